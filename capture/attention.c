/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Exact views of one layer's attention from its kept queries and keys (or a dense pattern).
 * Invariant: a weight read here agrees with the forward pass within 1e-6, whichever rectangle it is
 * read through. A layer whose queries and keys fit in HOLD_BYTES is held after the first read, so
 * that a loop over heads reads the trace once; larger ones are read by rows each time.
 * Cost of a rectangle: 2 q k D flops. */
#include "capture/attention-private.h"

#include <string.h>

#include "capture/local-device.h"
#include "capture/trace-private.h"

enum {
    HOLD_BYTES = 128 << 20,
    OFFSET_TILE = 32, /* rows of a diagonal computed at once */
};

gboolean
fovea_attention_is_kept (FoveaTrace *trace, FoveaPointKind kind, guint layer, guint level)
{
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    g_autofree char *name = fovea_point_name ((FoveaPoint){kind, layer, level});
    for (guint i = 0; i < arrays->len; i++)
        if (strcmp (((FoveaArray *) g_ptr_array_index (arrays, i))->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* Queries or keys as they enter the product: turned where the family turns them. An import may
 * bring turned ones only, or ones that nothing turns. */
static FoveaPointKind
product_kind (const FoveaArchitecture *architecture, gboolean queries)
{
    if (architecture->position == FOVEA_POSITION_ROTARY)
        return queries ? FOVEA_POINT_ROT_Q : FOVEA_POINT_ROT_K;
    return queries ? FOVEA_POINT_Q : FOVEA_POINT_K;
}

gboolean
fovea_attention_has_product (FoveaTrace *trace, guint layer)
{
    const FoveaArchitecture *architecture = fovea_trace_get_info (trace)->architecture;
    gboolean rotary = architecture->position == FOVEA_POSITION_ROTARY;
    for (int queries = 0; queries < 2; queries++) {
        if (fovea_attention_is_kept (trace, product_kind (architecture, queries), layer, 0))
            continue;
        if (!rotary ||
            !fovea_attention_is_kept (trace, queries ? FOVEA_POINT_Q : FOVEA_POINT_K, layer, 0))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_attention_has_scores (FoveaTrace *trace, guint layer)
{
    return fovea_attention_has_product (trace, layer) ||
           fovea_attention_is_kept (trace, FOVEA_POINT_SCORES, layer, 0);
}

gboolean
fovea_attention_has_pattern (FoveaTrace *trace, guint layer)
{
    return fovea_attention_has_product (trace, layer) ||
           fovea_attention_is_kept (trace, FOVEA_POINT_PATTERN, layer, 0);
}

FoveaAttention *
fovea_attention_open (FoveaTrace *trace, guint layer, GError **error)
{
    FoveaAttention *attention = fovea_attention_open_weak (trace, layer, error);
    if (attention != NULL) {
        attention->weak = FALSE;
        fovea_trace_ref (trace);
    }
    return attention;
}

FoveaAttention *
fovea_attention_open_weak (FoveaTrace *trace, guint layer, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    const FoveaArchitecture *architecture = info->architecture;
    if (layer >= (guint64) architecture->n_layers) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "layer %u is outside 0 to %" G_GINT64_FORMAT, layer,
                     architecture->n_layers - 1);
        return NULL;
    }
    gboolean factored = fovea_attention_has_product (trace, layer);
    gboolean dense = fovea_attention_is_kept (trace, FOVEA_POINT_PATTERN, layer, 0);
    if (!factored && !dense) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "layer %u: neither queries and keys nor a pattern were kept", layer);
        return NULL;
    }
    FoveaAttention *attention = g_new0 (FoveaAttention, 1);
    attention->trace = trace;
    attention->weak = TRUE;
    attention->architecture = fovea_architecture_copy (architecture);
    attention->layer = layer;
    attention->n_tokens = info->n_tokens;
    attention->n_heads = architecture->n_heads;
    attention->n_kv_heads = architecture->n_kv_heads;
    attention->width = architecture->head_width;
    attention->rule = fovea_architecture_get_sequence_rule (attention->architecture, layer,
                                                            fovea_trace_info_count_source (info));
    if (factored) {
        attention->q_name =
            fovea_point_name ((FoveaPoint){product_kind (architecture, TRUE), layer, 0});
        attention->k_name =
            fovea_point_name ((FoveaPoint){product_kind (architecture, FALSE), layer, 0});
    }
    if (dense)
        attention->pattern_name = fovea_point_name ((FoveaPoint){FOVEA_POINT_PATTERN, layer, 0});
    g_mutex_init (&attention->lock);
    return attention;
}

void
fovea_attention_free (FoveaAttention *attention)
{
    if (attention == NULL)
        return;
    if (!attention->weak)
        fovea_trace_unref (attention->trace);
    fovea_architecture_free (attention->architecture);
    fovea_attention_summary_free (attention->summary);
    g_free (attention->q_name);
    g_free (attention->k_name);
    g_free (attention->pattern_name);
    g_free (attention->q);
    g_free (attention->k);
    g_free (attention->lse);
    g_mutex_clear (&attention->lock);
    g_free (attention);
}

guint
fovea_attention_get_layer (const FoveaAttention *attention)
{
    return attention->layer;
}

const FoveaScoreRule *
fovea_attention_get_rule (FoveaAttention *attention)
{
    return &attention->rule;
}

static gboolean
load_lse (FoveaAttention *attention, GError **error)
{
    gint64 T = attention->n_tokens;
    if (!fovea_attention_is_kept (attention->trace, FOVEA_POINT_LSE, attention->layer, 0))
        return TRUE;
    g_autofree char *name = fovea_point_name ((FoveaPoint){FOVEA_POINT_LSE, attention->layer, 0});
    g_autofree float *lse = g_new (float, (gsize) (T * attention->n_heads));
    if (!fovea_trace_read (attention->trace, name, 0, T, lse, error))
        return FALSE;
    attention->lse = g_steal_pointer (&lse);
    return TRUE;
}

static guint64
count_product_bytes (const FoveaAttention *attention, gint64 n_queries, gint64 n_keys)
{
    return (guint64) ((n_queries * attention->n_heads + n_keys * attention->n_kv_heads) *
                      attention->width) *
           sizeof (float);
}

void
fovea_attention_count_bytes (const FoveaAttention *attention,
                             gint64 n_queries,
                             guint64 *held,
                             guint64 *each)
{
    gint64 T = attention->n_tokens;
    guint64 all = count_product_bytes (attention, T, T);
    gboolean factored = attention->q_name != NULL, holds = factored && all <= HOLD_BYTES;
    *held = holds ? all + (guint64) (T * attention->n_heads) * sizeof (float) : 0;
    *each = holds      ? 0
            : factored ? count_product_bytes (attention, n_queries, T)
                       : (guint64) T * sizeof (float); /* a row of a pattern */
}

/* Holds the layer if it is small; afterwards q, k and lse never change. */
static gboolean
load (FoveaAttention *attention, GError **error)
{
    gint64 T = attention->n_tokens, D = attention->width;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&attention->lock);
    if (attention->loaded)
        return TRUE;
    if (count_product_bytes (attention, T, T) <= HOLD_BYTES) {
        g_autofree float *q = g_new (float, (gsize) (T * attention->n_heads * D));
        g_autofree float *k = g_new (float, (gsize) (T * attention->n_kv_heads * D));
        if (!fovea_trace_read (attention->trace, attention->q_name, 0, T, q, error) ||
            !fovea_trace_read (attention->trace, attention->k_name, 0, T, k, error))
            return FALSE;
        if (!load_lse (attention, error))
            return FALSE;
        attention->q = g_steal_pointer (&q);
        attention->k = g_steal_pointer (&k);
    }
    attention->loaded = TRUE;
    return TRUE;
}

gboolean
fovea_attention_read_queries (
    FoveaAttention *attention, gint64 first, gint64 n, float *out, GError **error)
{
    return fovea_trace_read (attention->trace, attention->q_name, first, n, out, error);
}

gboolean
fovea_attention_read_keys (
    FoveaAttention *attention, gint64 first, gint64 n, float *out, GError **error)
{
    return fovea_trace_read (attention->trace, attention->k_name, first, n, out, error);
}

gboolean
fovea_attention_check_span (const char *what, gint64 from, gint64 to, gint64 limit, GError **error)
{
    if (from >= 0 && from <= to && to <= limit)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "%s %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                 " are outside 0 to %" G_GINT64_FORMAT,
                 what, from, to, limit);
    return FALSE;
}

gboolean
fovea_attention_check_head (const FoveaAttention *attention, guint head, GError **error)
{
    if (head < (guint64) attention->n_heads)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "head %u is outside 0 to %" G_GINT64_FORMAT,
                 head, attention->n_heads - 1);
    return FALSE;
}

/* Log-sum-exp of rows q0 .. q0+n of one head. */
static gboolean
read_lse (FoveaAttention *attention, guint head, gint64 q0, gint64 n, float *out, GError **error)
{
    gint64 H = attention->n_heads;
    if (attention->lse != NULL) {
        for (gint64 i = 0; i < n; i++)
            out[i] = attention->lse[(q0 + i) * H + head];
        return TRUE;
    }
    if (!fovea_attention_is_kept (attention->trace, FOVEA_POINT_LSE, attention->layer, 0)) {
        const FoveaAttentionSummary *summary = fovea_attention_get_summary (attention, error);
        for (gint64 i = 0; summary != NULL && i < n; i++)
            out[i] = summary->statistics[FOVEA_ROW_LSE][(q0 + i) * H + head];
        return summary != NULL;
    }
    g_autofree char *name = fovea_point_name ((FoveaPoint){FOVEA_POINT_LSE, attention->layer, 0});
    g_autofree float *rows = g_new (float, (gsize) (n * H));
    if (!fovea_trace_read (attention->trace, name, q0, n, rows, error))
        return FALSE;
    for (gint64 i = 0; i < n; i++)
        out[i] = rows[i * H + head];
    return TRUE;
}

/* @lse NULL: scores. */
static gboolean
compute_rectangle (FoveaAttention *attention,
                   guint head,
                   const gint64 span[4],
                   const float *lse,
                   float *out,
                   GError **error)
{
    gint64 H = attention->n_heads, G = attention->n_kv_heads, D = attention->width;
    gint64 q0 = span[0], n = span[1] - span[0], k0 = span[2], m = span[3] - span[2];
    g_autofree float *own_q = NULL;
    g_autofree float *own_k = NULL;
    const float *q = attention->q, *k = attention->k;
    if (q == NULL) {
        own_q = g_new (float, (gsize) (n * H * D));
        own_k = g_new (float, (gsize) (m * G * D));
        if (!fovea_attention_read_queries (attention, q0, n, own_q, error) ||
            !fovea_attention_read_keys (attention, k0, m, own_k, error))
            return FALSE;
    }
    FoveaDevice *device = fovea_local_device_take (error);
    if (device == NULL)
        return FALSE;
    FoveaRectangleArgs args = {
        .rule = attention->rule,
        .head = head,
        .q0 = q0,
        .n_queries = n,
        .k0 = k0,
        .n_keys = m,
        .width = D,
        .q = (q != NULL ? q + q0 * H * D : own_q) + head * D,
        .q_stride = H * D,
        .k = (k != NULL ? k + k0 * G * D : own_k) + (head / (H / G)) * D,
        .k_stride = G * D,
        .lse = lse,
        .out = out,
    };
    fovea_device_get_ops (device)->rectangle (device, &args);
    return fovea_local_device_give (device, error);
}

/* Crops kept dense rows. */
static gboolean
crop_rows (FoveaAttention *attention,
           const char *name,
           guint head,
           const gint64 span[4],
           float *out,
           GError **error)
{
    gint64 T = attention->n_tokens, m = span[3] - span[2];
    g_autofree float *row = g_new (float, (gsize) T);
    for (gint64 i = span[0]; i < span[1]; i++) {
        if (!fovea_trace_read (attention->trace, name, head * T + i, 1, row, error))
            return FALSE;
        memcpy (out + (i - span[0]) * m, row + span[2], (gsize) m * sizeof (float));
    }
    return TRUE;
}

static gboolean
check_rectangle (FoveaAttention *attention, guint head, const gint64 span[4], GError **error)
{
    return fovea_attention_check_head (attention, head, error) &&
           fovea_attention_check_span ("queries", span[0], span[1], attention->n_tokens, error) &&
           fovea_attention_check_span ("keys", span[2], span[3], attention->n_tokens, error);
}

gboolean
fovea_attention_read_pattern (FoveaAttention *attention,
                              guint head,
                              gint64 q0,
                              gint64 q1,
                              gint64 k0,
                              gint64 k1,
                              float *out,
                              GError **error)
{
    const gint64 span[4] = {q0, q1, k0, k1};
    if (!check_rectangle (attention, head, span, error))
        return FALSE;
    if (q0 == q1 || k0 == k1)
        return TRUE;
    if (attention->q_name == NULL)
        return crop_rows (attention, attention->pattern_name, head, span, out, error);
    g_autofree float *lse = g_new (float, (gsize) (q1 - q0));
    return load (attention, error) && read_lse (attention, head, q0, q1 - q0, lse, error) &&
           compute_rectangle (attention, head, span, lse, out, error);
}

gboolean
fovea_attention_read_scores (FoveaAttention *attention,
                             guint head,
                             gint64 q0,
                             gint64 q1,
                             gint64 k0,
                             gint64 k1,
                             float *out,
                             GError **error)
{
    const gint64 span[4] = {q0, q1, k0, k1};
    if (!check_rectangle (attention, head, span, error))
        return FALSE;
    if (q0 == q1 || k0 == k1)
        return TRUE;
    if (attention->q_name != NULL)
        return load (attention, error) &&
               compute_rectangle (attention, head, span, NULL, out, error);
    if (!fovea_attention_is_kept (attention->trace, FOVEA_POINT_SCORES, attention->layer, 0)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "layer %u: scores need queries and keys, and only a pattern was kept",
                     attention->layer);
        return FALSE;
    }
    g_autofree char *name =
        fovea_point_name ((FoveaPoint){FOVEA_POINT_SCORES, attention->layer, 0});
    return crop_rows (attention, name, head, span, out, error);
}

/* One small square beside the diagonal gives OFFSET_TILE of its cells. */
gboolean
fovea_attention_read_offset (
    FoveaAttention *attention, guint head, gint64 offset, float *out, GError **error)
{
    gint64 T = attention->n_tokens;
    float tile[OFFSET_TILE * OFFSET_TILE];
    if (!fovea_attention_check_head (attention, head, error))
        return FALSE;
    memset (out, 0, (gsize) T * sizeof (float));
    gint64 end = CLAMP (T - offset, 0, T);
    for (gint64 q0 = CLAMP (-offset, 0, T); q0 < end; q0 += OFFSET_TILE) {
        gint64 n = MIN (OFFSET_TILE, end - q0);
        gint64 k0 = q0 + offset;
        if (!fovea_attention_read_pattern (attention, head, q0, q0 + n, k0, k0 + n, tile, error))
            return FALSE;
        for (gint64 i = 0; i < n; i++)
            out[q0 + i] = tile[i * n + i];
    }
    return TRUE;
}

void
fovea_attention_get_shape (
    FoveaAttention *attention, gint64 *n_tokens, gint64 *n_heads, gint64 *n_kv_heads, gint64 *width)
{
    const gint64 values[] = {attention->n_tokens, attention->n_heads, attention->n_kv_heads,
                             attention->width};
    gint64 *const outs[] = {n_tokens, n_heads, n_kv_heads, width};
    for (gsize i = 0; i < G_N_ELEMENTS (outs); i++)
        if (outs[i] != NULL)
            *outs[i] = values[i];
}

/* Rows of a point, (T, heads, D), of which one head is wanted; @held if the layer is held. */
static gboolean
read_head_rows (FoveaAttention *attention,
                const char *name,
                const float *held,
                const gint64 place[4], /* heads, head, first, n */
                float *out,
                GError **error)
{
    gint64 heads = place[0], first = place[2], n = place[3], D = attention->width;
    g_autofree float *own = NULL;
    const float *rows = held != NULL ? held + first * heads * D : NULL;
    if (rows == NULL) {
        rows = own = g_new (float, (gsize) (n * heads * D));
        if (!fovea_trace_read (attention->trace, name, first, n, own, error))
            return FALSE;
    }
    for (gint64 i = 0; i < n; i++)
        memcpy (out + i * D, rows + (i * heads + place[1]) * D, (gsize) D * sizeof *out);
    return TRUE;
}

gboolean
fovea_attention_read_vectors (FoveaAttention *attention,
                              guint head,
                              FoveaAttentionVector which,
                              gint64 first,
                              gint64 n,
                              float *out,
                              GError **error)
{
    static const char *const names[] = {"queries", "keys", "values"};
    gint64 H = attention->n_heads, G = attention->n_kv_heads;
    const gint64 place[4] = {which == FOVEA_VECTOR_QUERY ? H : G,
                             which == FOVEA_VECTOR_QUERY ? head : head / (H / G), first, n};
    if (!fovea_attention_check_head (attention, head, error) ||
        !fovea_attention_check_span (names[which], first, first + n, attention->n_tokens, error))
        return FALSE;
    g_autofree char *v_name = fovea_point_name ((FoveaPoint){FOVEA_POINT_V, attention->layer, 0});
    gboolean kept =
        which == FOVEA_VECTOR_VALUE
            ? fovea_attention_is_kept (attention->trace, FOVEA_POINT_V, attention->layer, 0)
            : attention->q_name != NULL;
    if (!kept) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "layer %u: %s were not kept",
                     attention->layer, names[which]);
        return FALSE;
    }
    if (which == FOVEA_VECTOR_VALUE)
        return read_head_rows (attention, v_name, NULL, place, out, error);
    gboolean query = which == FOVEA_VECTOR_QUERY;
    return load (attention, error) &&
           read_head_rows (attention, query ? attention->q_name : attention->k_name,
                           query ? attention->q : attention->k, place, out, error);
}
