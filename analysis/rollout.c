/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The row of a product is taken from its left end: from the last layer's row downwards, so that no
 * T x T matrix is ever multiplied. Sums in double. */
#include "analysis/rollout.h"

#include <string.h>

#include "capture/attention.h"

enum {
    ROWS = 64 /* of a map at a time */
};

/* mixed += share of each position times its row, mean over heads. */
static gboolean
add_head (FoveaAttention *attention,
          guint head,
          gint64 T,
          const double *shares,
          double weight,
          float *rows,
          double *mixed,
          GError **error)
{
    for (gint64 q = 0; q < T; q += ROWS) {
        gint64 end = MIN (q + ROWS, T);
        if (!fovea_attention_read_pattern (attention, head, q, end, 0, T, rows, error))
            return FALSE;
        for (gint64 i = q; i < end; i++)
            for (gint64 k = 0; k < T; k++)
                mixed[k] += weight * shares[i] * (double) rows[(i - q) * T + k];
    }
    return TRUE;
}

gboolean
fovea_rollout_read (
    FoveaTrace *trace, gint64 query, float *out, GCancellable *cancellable, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    gint64 T = info->n_tokens, H = info->architecture->n_heads;
    if (query < 0 || query >= T) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "query %" G_GINT64_FORMAT " is outside 0 to %" G_GINT64_FORMAT, query, T - 1);
        return FALSE;
    }
    g_autofree double *shares = g_new0 (double, (gsize) T);
    g_autofree double *mixed = g_new (double, (gsize) T);
    g_autofree float *rows = g_new (float, (gsize) (ROWS * T));
    shares[query] = 1;
    for (guint layer = (guint) info->architecture->n_layers; layer-- > 0;) {
        g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, error);
        if (attention == NULL)
            return FALSE;
        for (gint64 t = 0; t < T; t++)
            mixed[t] = shares[t] / 2;
        for (guint head = 0; head < H; head++)
            if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
                !add_head (attention, head, T, shares, 0.5 / (double) H, rows, mixed, error))
                return FALSE;
        memcpy (shares, mixed, (gsize) T * sizeof *shares);
    }
    for (gint64 t = 0; t < T; t++)
        out[t] = (float) shares[t];
    return TRUE;
}
