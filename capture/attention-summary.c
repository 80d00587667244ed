/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Summaries of a layer whose trace keeps none (imports, narrow captures): one sweep over its maps
 * in slabs of queries, by the attention operation of the forward pass, or over a dense pattern.
 * Cost: an attention layer, O(T^2 H D) flops on one thread, once per FoveaAttention; memory
 * O(T (H + G) D) plus the summaries. */
#include "capture/attention-private.h"

#include <math.h>
#include <string.h>

#include "capture/local-device.h"
#include "capture/pyramid.h"

enum {
    SLAB = 512 /* queries at a time: eight rows of blocks */
};

/* A sweep under way. */
typedef struct {
    FoveaAttention *attention;
    FoveaAttentionSummary *summary;
    gint64 n_blocks;
    float *block_mass, *block_max; /* (H, SLAB/64, n_blocks) */
    double *column_mass;           /* (H, T) */
    FoveaPyramid *pyramid;
} Sweep;

static FoveaAttentionSummary *
new_summary (const FoveaAttention *attention)
{
    gint64 T = attention->n_tokens, H = attention->n_heads;
    FoveaAttentionSummary *summary = g_new0 (FoveaAttentionSummary, 1);
    for (guint s = 0; s < FOVEA_N_ROW_STATISTICS; s++)
        summary->statistics[s] = g_new0 (float, (gsize) (T * H));
    summary->column_mass = g_new0 (float, (gsize) (T * H));
    summary->n_levels = fovea_point_n_levels (T);
    summary->mean = g_new0 (float *, summary->n_levels);
    summary->largest = g_new0 (float *, summary->n_levels);
    for (guint level = 0; level < summary->n_levels; level++) {
        gint64 block = (gint64) FOVEA_BLOCK << level;
        gint64 n = (T + block - 1) / block;
        summary->mean[level] = g_new0 (float, (gsize) (H * n * n));
        summary->largest[level] = g_new0 (float, (gsize) (H * n * n));
    }
    return summary;
}

void
fovea_attention_summary_free (FoveaAttentionSummary *summary)
{
    if (summary == NULL)
        return;
    for (guint s = 0; s < FOVEA_N_ROW_STATISTICS; s++)
        g_free (summary->statistics[s]);
    g_free (summary->column_mass);
    for (guint level = 0; level < summary->n_levels; level++) {
        g_free (summary->mean[level]);
        g_free (summary->largest[level]);
    }
    g_free (summary->mean);
    g_free (summary->largest);
    g_free (summary);
}

static gboolean
keep_block_row (gpointer data, const FoveaBlockRow *row, GError **error)
{
    const Sweep *sweep = data;
    gint64 block = (gint64) FOVEA_BLOCK << row->level;
    gint64 n = (sweep->attention->n_tokens + block - 1) / block;
    for (gint64 h = 0; h < row->n_heads; h++) {
        gsize at = (gsize) (((row->first_head + h) * n + row->row) * n);
        gsize bytes = (gsize) n * sizeof (float);
        memcpy (sweep->summary->mean[row->level] + at, row->mean + h * n, bytes);
        memcpy (sweep->summary->largest[row->level] + at, row->largest + h * n, bytes);
    }
    return TRUE;
}

static gboolean
add_block_rows (Sweep *sweep, gint64 rows, GError **error)
{
    gint64 n_rows = (rows + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    const FoveaBlockRows added = {.n_heads = sweep->attention->n_heads,
                                  .n_rows = n_rows,
                                  .mass = sweep->block_mass,
                                  .largest = sweep->block_max,
                                  .head_stride = n_rows * sweep->n_blocks,
                                  .row_stride = sweep->n_blocks};
    return fovea_pyramid_add_rows (sweep->pyramid, &added, keep_block_row, sweep, error);
}

static void
clear_blocks (Sweep *sweep, gint64 rows)
{
    gint64 n_rows = (rows + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    gsize bytes = (gsize) (sweep->attention->n_heads * n_rows * sweep->n_blocks) * sizeof (float);
    memset (sweep->block_mass, 0, bytes);
    memset (sweep->block_max, 0, bytes);
}

/* The rows [first, first + rows) through the forward pass's own operation; values and output are
 * of no interest, so the keys stand in for values. */
static void
attend_slab (Sweep *sweep,
             FoveaDevice *device,
             const float *q,
             const float *k,
             float *z,
             gint32 *max_key,
             gint64 first,
             gint64 rows)
{
    const FoveaAttention *attention = sweep->attention;
    gint64 H = attention->n_heads;
    float *statistics[FOVEA_N_ROW_STATISTICS];
    for (guint s = 0; s < FOVEA_N_ROW_STATISTICS; s++)
        statistics[s] = sweep->summary->statistics[s] + first * H;
    FoveaAttendArgs args = {
        .precision = FOVEA_PRECISION_F32,
        .rule = attention->rule,
        .rows = rows,
        .n_keys = attention->rule.causal ? first + rows : attention->n_tokens,
        .heads = H,
        .kv_heads = attention->n_kv_heads,
        .width = attention->width,
        .first_query = first,
        .q = q,
        .k = k,
        .v = k,
        .z = z,
        .lse = statistics[FOVEA_ROW_LSE],
        .entropy = statistics[FOVEA_ROW_ENTROPY],
        .max_weight = statistics[FOVEA_ROW_MAX],
        .max_key = max_key,
        .mean_distance = statistics[FOVEA_ROW_DISTANCE],
        .first_mass = statistics[FOVEA_ROW_FIRST],
        .local_mass = statistics[FOVEA_ROW_LOCAL],
        .column_mass = sweep->column_mass,
        .column_stride = attention->n_tokens,
        .block_mass = sweep->block_mass,
        .block_max = sweep->block_max,
        .block_stride = sweep->n_blocks,
    };
    fovea_device_get_ops (device)->attend (device, &args);
    for (gint64 i = 0; i < rows * H; i++)
        statistics[FOVEA_ROW_ARGMAX][i] = (float) max_key[i];
}

static gboolean
sweep_products (Sweep *sweep, GError **error)
{
    FoveaAttention *attention = sweep->attention;
    gint64 T = attention->n_tokens, H = attention->n_heads, D = attention->width;
    g_autofree float *k = g_new (float, (gsize) (T * attention->n_kv_heads * D));
    g_autofree float *q = g_new (float, (gsize) (SLAB * H * D));
    g_autofree float *z = g_new (float, (gsize) (SLAB * H * D));
    g_autofree gint32 *max_key = g_new (gint32, (gsize) (SLAB * H));
    if (!fovea_attention_read_keys (attention, 0, T, k, error))
        return FALSE;
    FoveaDevice *device = fovea_local_device_take (error);
    gboolean ok = device != NULL;
    for (gint64 first = 0; ok && first < T; first += SLAB) {
        gint64 rows = MIN (SLAB, T - first);
        ok = fovea_attention_read_queries (attention, first, rows, q, error);
        if (!ok)
            break;
        clear_blocks (sweep, rows);
        attend_slab (sweep, device, q, k, z, max_key, first, rows);
        ok = add_block_rows (sweep, rows, error);
    }
    if (device == NULL)
        return FALSE;
    return fovea_local_device_give (device, ok ? error : NULL) && ok;
}

/* Statistics of one dense row of head @h, query @i: methods/features-and-sparsity.md 9.1. */
static void
summarise_row (Sweep *sweep, gint64 h, gint64 i, gint64 block_rows, const float *row)
{
    const FoveaAttention *attention = sweep->attention;
    gint64 T = attention->n_tokens, H = attention->n_heads;
    float *blocks =
        sweep->block_mass + (h * block_rows + (i % SLAB) / FOVEA_BLOCK) * sweep->n_blocks;
    float *tops = sweep->block_max + (blocks - sweep->block_mass);
    double entropy = 0, distance = 0, local = 0;
    gint64 best = -1;
    for (gint64 j = 0; j < T; j++) {
        float a = row[j];
        if (!(a > 0))
            continue;
        entropy -= (double) a * log ((double) a);
        distance += (double) a * (double) ABS (i - j);
        local += j <= i && i - j < FOVEA_LOCAL_WINDOW ? (double) a : 0;
        best = best < 0 || a > row[best] ? j : best;
        sweep->column_mass[h * T + j] += (double) a;
        blocks[j / FOVEA_BLOCK] += a;
        tops[j / FOVEA_BLOCK] = MAX (tops[j / FOVEA_BLOCK], a);
    }
    float **statistics = sweep->summary->statistics;
    gint64 at = i * H + h;
    statistics[FOVEA_ROW_LSE][at] = NAN; /* a pattern alone does not tell */
    statistics[FOVEA_ROW_ENTROPY][at] = (float) entropy;
    statistics[FOVEA_ROW_MAX][at] = best >= 0 ? row[best] : 0.0f;
    statistics[FOVEA_ROW_ARGMAX][at] = (float) best;
    statistics[FOVEA_ROW_DISTANCE][at] = (float) distance;
    statistics[FOVEA_ROW_FIRST][at] = row[0];
    statistics[FOVEA_ROW_LOCAL][at] = (float) local;
}

/* A NaN would be taken for no weight, and the summaries for sound ones. */
static gboolean
check_row (const FoveaAttention *attention, gint64 h, gint64 i, const float *row, GError **error)
{
    for (gint64 j = 0; j < attention->n_tokens; j++)
        if (isnan (row[j])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                         "%s: NaN in head %" G_GINT64_FORMAT ", query %" G_GINT64_FORMAT
                         ", key %" G_GINT64_FORMAT,
                         attention->pattern_name, h, i, j);
            return FALSE;
        }
    return TRUE;
}

static gboolean
sweep_dense (Sweep *sweep, GError **error)
{
    FoveaAttention *attention = sweep->attention;
    gint64 T = attention->n_tokens;
    g_autofree float *row = g_new (float, (gsize) T);
    for (gint64 first = 0; first < T; first += SLAB) {
        gint64 rows = MIN (SLAB, T - first);
        gint64 block_rows = (rows + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
        clear_blocks (sweep, rows);
        for (gint64 h = 0; h < attention->n_heads; h++)
            for (gint64 i = first; i < first + rows; i++) {
                if (!fovea_trace_read (attention->trace, attention->pattern_name, h * T + i, 1, row,
                                       error) ||
                    !check_row (attention, h, i, row, error))
                    return FALSE;
                summarise_row (sweep, h, i, block_rows, row);
            }
        if (!add_block_rows (sweep, rows, error))
            return FALSE;
    }
    return TRUE;
}

static FoveaAttentionSummary *
compute (FoveaAttention *attention, GError **error)
{
    gint64 T = attention->n_tokens, H = attention->n_heads;
    gint64 n_blocks = (T + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    gsize n = (gsize) (H * (SLAB / FOVEA_BLOCK) * n_blocks);
    g_autofree float *block_mass = g_new (float, n);
    g_autofree float *block_max = g_new (float, n);
    g_autofree double *column_mass = g_new0 (double, (gsize) (H * T));
    g_autoptr (FoveaPyramid) pyramid = fovea_pyramid_new (&attention->rule, H, T);
    Sweep sweep = {attention, new_summary (attention), n_blocks, block_mass, block_max, column_mass,
                   pyramid};
    gboolean ok =
        attention->q_name != NULL ? sweep_products (&sweep, error) : sweep_dense (&sweep, error);
    if (!ok) {
        fovea_attention_summary_free (sweep.summary);
        return NULL;
    }
    for (gint64 i = 0; i < H * T; i++)
        sweep.summary->column_mass[i] = (float) column_mass[i];
    return sweep.summary;
}

const FoveaAttentionSummary *
fovea_attention_get_summary (FoveaAttention *attention, GError **error)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&attention->lock);
    if (attention->summary == NULL)
        attention->summary = compute (attention, error);
    return attention->summary;
}
