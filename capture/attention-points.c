/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What a layer's attention gives besides rectangles: row statistics, column mass, the pyramid, and
 * any rows of the points that derive from them. A point that was kept is read; otherwise it comes
 * from the layer's summary, which costs one pass over its attention and is held. */
#include "capture/attention-private.h"

#include <string.h>

#include "capture/trace-private.h"

static const FoveaPointKind statistic_points[FOVEA_N_ROW_STATISTICS] = {
    [FOVEA_ROW_LSE] = FOVEA_POINT_LSE,
    [FOVEA_ROW_ENTROPY] = FOVEA_POINT_ROW_ENTROPY,
    [FOVEA_ROW_MAX] = FOVEA_POINT_ROW_MAX,
    [FOVEA_ROW_ARGMAX] = FOVEA_POINT_ROW_ARGMAX,
    [FOVEA_ROW_DISTANCE] = FOVEA_POINT_ROW_DISTANCE,
    [FOVEA_ROW_FIRST] = FOVEA_POINT_ROW_FIRST,
    [FOVEA_ROW_LOCAL] = FOVEA_POINT_ROW_LOCAL,
};

gboolean
fovea_attention_read_row_statistic (
    FoveaAttention *attention, guint head, FoveaRowStatistic statistic, float *out, GError **error)
{
    gint64 T = attention->n_tokens, H = attention->n_heads;
    FoveaPointKind kind = statistic_points[statistic];
    g_autofree float *rows = NULL;
    const float *from = NULL;
    if (!fovea_attention_check_head (attention, head, error))
        return FALSE;
    if (fovea_attention_is_kept (attention->trace, kind, attention->layer, 0)) {
        g_autofree char *name = fovea_point_name ((FoveaPoint){kind, attention->layer, 0});
        from = rows = g_new (float, (gsize) (T * H));
        if (!fovea_trace_read (attention->trace, name, 0, T, rows, error))
            return FALSE;
    } else {
        const FoveaAttentionSummary *summary = fovea_attention_get_summary (attention, error);
        if (summary == NULL)
            return FALSE;
        from = summary->statistics[statistic];
    }
    for (gint64 t = 0; t < T; t++)
        out[t] = from[t * H + head];
    return TRUE;
}

gboolean
fovea_attention_read_column_mass (FoveaAttention *attention, guint head, float *out, GError **error)
{
    gsize T = (gsize) attention->n_tokens;
    if (!fovea_attention_check_head (attention, head, error))
        return FALSE;
    if (fovea_attention_is_kept (attention->trace, FOVEA_POINT_COLUMN_MASS, attention->layer, 0)) {
        g_autofree char *name =
            fovea_point_name ((FoveaPoint){FOVEA_POINT_COLUMN_MASS, attention->layer, 0});
        return fovea_trace_read (attention->trace, name, head, 1, out, error);
    }
    const FoveaAttentionSummary *summary = fovea_attention_get_summary (attention, error);
    if (summary != NULL)
        memcpy (out, summary->column_mass + head * T, T * sizeof (float));
    return summary != NULL;
}

guint
fovea_attention_get_n_levels (FoveaAttention *attention)
{
    return fovea_point_n_levels (attention->n_tokens);
}

/* One row of blocks of a head, (B). */
static gboolean
read_block_row (FoveaAttention *attention,
                FoveaPoint point,
                gint64 row,
                gint64 n_blocks,
                float *out,
                GError **error)
{
    if (fovea_attention_is_kept (attention->trace, point.kind, point.layer, point.level)) {
        g_autofree char *name = fovea_point_name (point);
        return fovea_trace_read (attention->trace, name, row, 1, out, error);
    }
    const FoveaAttentionSummary *summary = fovea_attention_get_summary (attention, error);
    if (summary == NULL)
        return FALSE;
    float **levels = point.kind == FOVEA_POINT_PYRAMID_MEAN ? summary->mean : summary->largest;
    memcpy (out, levels[point.level] + row * n_blocks, (gsize) n_blocks * sizeof (float));
    return TRUE;
}

gboolean
fovea_attention_read_level (FoveaAttention *attention,
                            guint head,
                            guint level,
                            FoveaBlockValue value,
                            gint64 r0,
                            gint64 r1,
                            gint64 c0,
                            gint64 c1,
                            float *out,
                            GError **error)
{
    if (!fovea_attention_check_head (attention, head, error) ||
        !fovea_attention_check_span ("levels", level, level,
                                     fovea_attention_get_n_levels (attention) - 1, error))
        return FALSE;
    gint64 block = (gint64) FOVEA_BLOCK << level;
    gint64 n_blocks = (attention->n_tokens + block - 1) / block;
    if (!fovea_attention_check_span ("block rows", r0, r1, n_blocks, error) ||
        !fovea_attention_check_span ("block columns", c0, c1, n_blocks, error))
        return FALSE;
    FoveaPoint point = {value == FOVEA_BLOCK_MEAN ? FOVEA_POINT_PYRAMID_MEAN
                                                  : FOVEA_POINT_PYRAMID_MAX,
                        attention->layer, level};
    g_autofree float *row = g_new (float, (gsize) n_blocks);
    for (gint64 r = r0; r < r1; r++) {
        if (!read_block_row (attention, point, head * n_blocks + r, n_blocks, row, error))
            return FALSE;
        memcpy (out + (r - r0) * (c1 - c0), row + c0, (gsize) (c1 - c0) * sizeof (float));
    }
    return TRUE;
}

gboolean
fovea_attention_makes (FoveaPointKind kind)
{
    return kind >= FOVEA_POINT_SCORES && kind <= FOVEA_POINT_PYRAMID_MAX;
}

gboolean
fovea_attention_can_make (FoveaTrace *trace, FoveaPoint point)
{
    gboolean factored = fovea_attention_has_product (trace, point.layer);
    if (point.level >= fovea_point_n_levels (fovea_trace_get_info (trace)->n_tokens))
        return FALSE;
    if (point.kind == FOVEA_POINT_SCORES || point.kind == FOVEA_POINT_LSE)
        return factored;
    return factored || fovea_attention_is_kept (trace, FOVEA_POINT_PATTERN, point.layer, 0);
}

/* Rows head*T + i of scores or pattern, one head at a time. */
static gboolean
make_map_rows (FoveaAttention *attention,
               FoveaPointKind kind,
               gint64 first_row,
               gint64 n_rows,
               float *out,
               GError **error)
{
    gint64 T = attention->n_tokens;
    for (gint64 row = first_row; row < first_row + n_rows;) {
        guint head = (guint) (row / T);
        gint64 q0 = row % T, q1 = MIN (T, q0 + first_row + n_rows - row);
        float *to = out + (row - first_row) * T;
        gboolean ok = kind == FOVEA_POINT_SCORES
                          ? fovea_attention_read_scores (attention, head, q0, q1, 0, T, to, error)
                          : fovea_attention_read_pattern (attention, head, q0, q1, 0, T, to, error);
        if (!ok)
            return FALSE;
        row += q1 - q0;
    }
    return TRUE;
}

static const float *
summary_rows (const FoveaAttentionSummary *summary, FoveaPoint point)
{
    if (point.kind == FOVEA_POINT_COLUMN_MASS)
        return summary->column_mass;
    if (point.kind == FOVEA_POINT_PYRAMID_MEAN)
        return summary->mean[point.level];
    if (point.kind == FOVEA_POINT_PYRAMID_MAX)
        return summary->largest[point.level];
    for (guint s = 0; s < FOVEA_N_ROW_STATISTICS; s++)
        if (statistic_points[s] == point.kind)
            return summary->statistics[s];
    return NULL;
}

static gboolean
make_rows (FoveaAttention *attention,
           FoveaPoint point,
           gint64 first_row,
           gint64 n_rows,
           float *out,
           GError **error)
{
    if (point.kind == FOVEA_POINT_SCORES || point.kind == FOVEA_POINT_PATTERN)
        return make_map_rows (attention, point.kind, first_row, n_rows, out, error);
    const FoveaAttentionSummary *summary = fovea_attention_get_summary (attention, error);
    if (summary == NULL)
        return FALSE;
    g_autoptr (FoveaArray) shape =
        fovea_point_describe (attention->architecture, point, attention->n_tokens);
    gint64 length = fovea_array_row_length (shape);
    memcpy (out, summary_rows (summary, point) + first_row * length,
            (gsize) (n_rows * length) * sizeof (float));
    return TRUE;
}

gboolean
fovea_attention_make (FoveaTrace *trace,
                      FoveaPoint point,
                      gint64 first_row,
                      gint64 n_rows,
                      float *out,
                      GError **error)
{
    FoveaAttention *attention = fovea_trace_borrow_attention (trace, point.layer, error);
    if (attention == NULL)
        return FALSE;
    gboolean ok = make_rows (attention, point, first_row, n_rows, out, error);
    fovea_trace_return_attention (trace);
    return ok;
}
