/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From the same blocks as the thumbnails: where 64 tokens and more share one they come from the pyramid,
 * so that a head costs its blocks and not its pairs. A block's mass is its mean times its pairs. */
#include "ui/head-change.h"

#include <math.h>

#include "capture/attention.h"
#include "kernels/score-rule.h"
#include "ui/tile.h"

/* Allowed pairs of each block, as far as there are any. */
static void
count_pairs (const FoveaScoreRule *rule, const FoveaTileSpec *spec, gint64 n_tokens, double *pairs)
{
    for (guint y = 0; y < spec->height; y++) {
        gint64 q0, q1;
        fovea_tile_get_tokens (spec->scale, y, &q0, &q1);
        for (guint x = 0; x < spec->width; x++) {
            gint64 k0, k1;
            double *n = &pairs[(gsize) y * spec->width + x];
            fovea_tile_get_tokens (spec->scale, x, &k0, &k1);
            *n = 0;
            for (gint64 q = q0; q < MIN (q1, n_tokens); q++) {
                gint64 from = MAX (k0, fovea_score_rule_first_key (rule, q));
                gint64 end = MIN (k1, fovea_score_rule_end_key (rule, q, n_tokens));
                *n += (double) MAX (end - from, 0);
            }
        }
    }
}

static gboolean
read_layer (FoveaTraceSource *source,
            FoveaTraceSource *other,
            FoveaTileSpec *spec,
            float *changes,
            GCancellable *cancellable,
            GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (source));
    gsize n = (gsize) spec->width * spec->height;
    g_autofree float *differences = g_new (float, n);
    g_autofree double *pairs = g_new (double, n);
    FoveaAttention *attention = fovea_trace_source_get_layer (source, spec->layer, error);
    if (attention == NULL)
        return FALSE;
    count_pairs (fovea_attention_get_rule (attention), spec, info->n_tokens, pairs);
    for (spec->head = 0; spec->head < info->architecture->n_heads; spec->head++) {
        double moved = 0;
        if (!fovea_tile_read_difference (source, other, spec, differences, cancellable, error))
            return FALSE;
        for (gsize i = 0; i < n; i++)
            if (differences[i] > FOVEA_TILE_FUTURE)
                moved += pairs[i] * fabs ((double) differences[i]);
        changes[spec->head] = (float) MIN (moved / 2 / (double) info->n_tokens, 1);
    }
    return TRUE;
}

gboolean
fovea_head_change_read (FoveaTraceSource *source,
                        FoveaTraceSource *other,
                        float *changes,
                        GCancellable *cancellable,
                        GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (source));
    gint64 side = MIN (info->n_tokens, FOVEA_HEAD_CHANGE_SIDE);
    FoveaTileSpec spec = {
        .scale = (double) side / (double) info->n_tokens,
        .width = (guint) side,
        .height = (guint) side,
    };
    for (; spec.layer < info->architecture->n_layers; spec.layer++)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !read_layer (source, other, &spec, changes + spec.layer * info->architecture->n_heads,
                         cancellable, error))
            return FALSE;
    return TRUE;
}
