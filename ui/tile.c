/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Three ways to fill a tile. Exact: rectangles of the pattern are read in strips of at most
 * STRIP_FLOATS values and averaged per pixel over the pairs that the score rule allows. Pyramid:
 * from the finest level whose blocks fit into a pixel, weighted by allowed pairs. Sampled: the same as
 * exact from a few queries a pixel, for scores, of which no pyramid is kept. The mean is over allowed
 * pairs in all, so brightness stays the same when a tile refines. */
#include "ui/tile.h"
#include "ui/trace-source.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define STRIP_FLOATS  (1 << 20)
#define PYRAMID_BLOCK 64

typedef struct {
    FoveaAttention *attention;
    const FoveaScoreRule *rule;
    const FoveaTileSpec *spec;
    gint64 n_tokens;
    gint64 *column_first, *column_end; /* (width) tokens under each pixel column, clamped */
    float *values;
} Reader;

void
fovea_tile_get_tokens (double scale, gint64 pixel, gint64 *first, gint64 *end)
{
    *first = (gint64) floor ((double) pixel / scale + 1e-9);
    *end = MAX ((gint64) floor ((double) (pixel + 1) / scale + 1e-9), *first + 1);
}

/* Beyond the sequence both ends are its length, an empty range. */
static void
get_clamped (const Reader *reader, gint64 pixel, gint64 *first, gint64 *end)
{
    fovea_tile_get_tokens (reader->spec->scale, pixel, first, end);
    *first = MIN (*first, reader->n_tokens);
    *end = MIN (*end, reader->n_tokens);
}

/* Folds @rows queries from @q0 into one pixel. @weights starts at key @k0 and has @stride values a
 * row. */
static float
fold_pixel (const Reader *reader,
            const float *weights,
            gint64 stride,
            gint64 q0,
            gint64 rows,
            gint64 k0,
            guint column)
{
    gint64 first = reader->column_first[column], end = reader->column_end[column], n_pairs = 0;
    double sum = 0;
    float largest = -INFINITY; /* scores may all be negative */
    for (gint64 r = 0; r < rows; r++) {
        gint64 from = MAX (first, fovea_score_rule_first_key (reader->rule, q0 + r));
        gint64 to = MIN (end, fovea_score_rule_end_key (reader->rule, q0 + r, reader->n_tokens));
        for (gint64 k = from; k < to; k++) {
            float w = weights[r * stride + k - k0];
            sum += w;
            largest = MAX (largest, w);
        }
        n_pairs += MAX (to - from, 0);
    }
    if (n_pairs == 0)
        return FOVEA_TILE_FUTURE;
    return reader->spec->block == FOVEA_BLOCK_MAX ? largest : (float) (sum / (double) n_pairs);
}

static gboolean
read_rectangle (
    const Reader *reader, gint64 q0, gint64 q1, gint64 k0, gint64 k1, float *out, GError **error)
{
    guint head = reader->spec->head;
    return reader->spec->color == FOVEA_COLOR_SCORE
               ? fovea_attention_read_scores (reader->attention, head, q0, q1, k0, k1, out, error)
               : fovea_attention_read_pattern (reader->attention, head, q0, q1, k0, k1, out, error);
}

/* Fills the pixel rows [row, end_row) that lie over the queries [q0, q1). */
static gboolean
fill_strip (const Reader *reader,
            guint row,
            guint end_row,
            gint64 q0,
            gint64 q1,
            float *buffer,
            GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    gint64 k0 = reader->column_first[0], k1 = reader->column_end[spec->width - 1];
    if (!read_rectangle (reader, q0, q1, k0, k1, buffer, error))
        return FALSE;
    for (guint y = row; y < end_row; y++) {
        gint64 first, end;
        get_clamped (reader, spec->y + y, &first, &end);
        for (guint x = 0; x < spec->width; x++) {
            if (reader->column_first[x] >= reader->n_tokens)
                break;
            reader->values[(gsize) y * spec->width + x] = fold_pixel (
                reader, buffer + (first - q0) * (k1 - k0), k1 - k0, first, end - first, k0, x);
        }
    }
    return TRUE;
}

/* Strips end on pixel rows, so every pixel is folded from one read. */
static gboolean
read_exact (const Reader *reader, GCancellable *cancellable, GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    gint64 n_keys = reader->column_end[spec->width - 1] - reader->column_first[0];
    gint64 rows = MAX (STRIP_FLOATS / MAX (n_keys, 1), (gint64) ceil (1 / spec->scale) + 1);
    g_autofree float *buffer = g_try_new (float, (gsize) (rows * n_keys));
    if (buffer == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "map tile: no memory for %" G_GINT64_FORMAT " weights", rows * n_keys);
        return FALSE;
    }
    for (guint y = 0; y < spec->height;) {
        gint64 q0, q1, first, end;
        guint next = y;
        get_clamped (reader, spec->y + y, &q0, &q1);
        for (; next < spec->height; next++) {
            get_clamped (reader, spec->y + next, &first, &end);
            if (first >= reader->n_tokens || end - q0 > rows)
                break;
            q1 = end;
        }
        if (next == y)
            break;
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !fill_strip (reader, y, next, q0, q1, buffer, error))
            return FALSE;
        y = next;
    }
    return TRUE;
}

/* Allowed pairs of a block. The allowed region is a band, hence convex: four allowed corners mean
 * all pairs. Only blocks on its edge pay for counting. */
static gint64
count_pairs (const Reader *reader, gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    const FoveaScoreRule *rule = reader->rule;
    if (rule->causal && k0 > q1 - 1)
        return 0;
    if (rule->window > 0 && q0 - (k1 - 1) >= rule->window)
        return 0;
    if (fovea_score_rule_allows (rule, q0, k0) && fovea_score_rule_allows (rule, q0, k1 - 1) &&
        fovea_score_rule_allows (rule, q1 - 1, k0) &&
        fovea_score_rule_allows (rule, q1 - 1, k1 - 1))
        return (q1 - q0) * (k1 - k0);
    return fovea_score_rule_count (rule, q0, q1, k0, k1);
}

typedef struct {
    gint64 size;           /* tokens of a block */
    gint64 r0, r1, c0, c1; /* rectangle of blocks read */
    float *blocks;         /* (r1-r0, c1-c0) */
} Level;

static float
fold_blocks (const Reader *reader, const Level *level, gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    double sum = 0, largest = 0;
    gint64 n_pairs = 0;
    for (gint64 r = q0 / level->size; r <= (q1 - 1) / level->size; r++) {
        for (gint64 c = k0 / level->size; c <= (k1 - 1) / level->size; c++) {
            gint64 n =
                count_pairs (reader, r * level->size, MIN ((r + 1) * level->size, reader->n_tokens),
                             c * level->size, MIN ((c + 1) * level->size, reader->n_tokens));
            double v = level->blocks[(r - level->r0) * (level->c1 - level->c0) + c - level->c0];
            if (n == 0)
                continue;
            n_pairs += n;
            sum += v * (double) n;
            largest = MAX (largest, v);
        }
    }
    if (n_pairs == 0)
        return FOVEA_TILE_FUTURE;
    return (float) (reader->spec->block == FOVEA_BLOCK_MAX ? largest : sum / (double) n_pairs);
}

/* The level whose blocks are the largest that still fit into a pixel. */
static gboolean
open_level (const Reader *reader, guint n_rows, Level *level, GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    guint index = (guint) floor (log2 (1 / spec->scale / PYRAMID_BLOCK) + 1e-9);
    index = MIN (index, fovea_attention_get_n_levels (reader->attention) - 1);
    level->size = (gint64) PYRAMID_BLOCK << index;
    gint64 first, end;
    get_clamped (reader, spec->y, &first, &end);
    level->r0 = first / level->size;
    get_clamped (reader, spec->y + n_rows - 1, &first, &end);
    level->r1 = (end - 1) / level->size + 1;
    level->c0 = reader->column_first[0] / level->size;
    level->c1 = (reader->column_end[spec->width - 1] - 1) / level->size + 1;
    level->blocks = g_new (float, (gsize) ((level->r1 - level->r0) * (level->c1 - level->c0)));
    return fovea_attention_read_level (reader->attention, spec->head, index, spec->block, level->r0,
                                       level->r1, level->c0, level->c1, level->blocks, error);
}

/* Pixel rows beyond the sequence keep their mark. */
static gboolean
read_pyramid (const Reader *reader, GCancellable *cancellable, GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    gint64 first, end;
    guint n_rows = 0;
    while (n_rows < spec->height) {
        get_clamped (reader, spec->y + n_rows, &first, &end);
        if (first >= reader->n_tokens)
            break;
        n_rows++;
    }
    if (n_rows == 0)
        return TRUE;
    Level level = {0};
    gboolean done = open_level (reader, n_rows, &level, error);
    for (guint y = 0; done && y < n_rows; y++) {
        get_clamped (reader, spec->y + y, &first, &end);
        for (guint x = 0; x < spec->width && reader->column_first[x] < reader->n_tokens; x++)
            reader->values[(gsize) y * spec->width + x] = fold_blocks (
                reader, &level, first, end, reader->column_first[x], reader->column_end[x]);
        done = !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
    g_free (level.blocks);
    return done;
}

/* One pixel row from evenly spaced queries, each over all keys of the tile. @sums and @pairs have a
 * value a pixel. */
static gboolean
sample_pixel_row (
    const Reader *reader, guint y, float *buffer, double *sums, gint64 *pairs, GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    gint64 k0 = reader->column_first[0], k1 = reader->column_end[spec->width - 1], q0, q1;
    gboolean largest = spec->block == FOVEA_BLOCK_MAX;
    get_clamped (reader, spec->y + y, &q0, &q1);
    for (guint x = 0; x < spec->width; x++)
        sums[x] = largest ? -INFINITY : 0;
    memset (pairs, 0, spec->width * sizeof *pairs);
    gint64 n = MIN (q1 - q0, FOVEA_TILE_SAMPLES);
    for (gint64 i = 0; i < n; i++) {
        gint64 query = q0 + i * (q1 - q0) / n;
        if (!read_rectangle (reader, query, query + 1, k0, k1, buffer, error))
            return FALSE;
        for (guint x = 0; x < spec->width; x++) {
            gint64 from =
                MAX (reader->column_first[x], fovea_score_rule_first_key (reader->rule, query));
            gint64 to = MIN (reader->column_end[x],
                             fovea_score_rule_end_key (reader->rule, query, reader->n_tokens));
            for (gint64 k = from; k < to; k++)
                sums[x] = largest ? MAX (sums[x], buffer[k - k0]) : sums[x] + buffer[k - k0];
            pairs[x] += MAX (to - from, 0);
        }
    }
    for (guint x = 0; x < spec->width && reader->column_first[x] < reader->n_tokens; x++)
        reader->values[(gsize) y * spec->width + x] =
            pairs[x] == 0 ? FOVEA_TILE_FUTURE
                          : (float) (largest ? sums[x] : sums[x] / (double) pairs[x]);
    return TRUE;
}

static gboolean
read_sampled (const Reader *reader, GCancellable *cancellable, GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    gint64 n_keys = reader->column_end[spec->width - 1] - reader->column_first[0], first, end;
    g_autofree float *buffer = g_new (float, (gsize) n_keys);
    g_autofree double *sums = g_new (double, spec->width);
    g_autofree gint64 *pairs = g_new (gint64, spec->width);
    for (guint y = 0; y < spec->height; y++) {
        get_clamped (reader, spec->y + y, &first, &end);
        if (first >= reader->n_tokens)
            break;
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !sample_pixel_row (reader, y, buffer, sums, pairs, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_tile (FoveaTraceSource *source,
           const FoveaTileSpec *spec,
           float *values,
           GCancellable *cancellable,
           GError **error)
{
    for (gsize i = 0; i < (gsize) spec->width * spec->height; i++)
        values[i] = FOVEA_TILE_OUTSIDE;
    FoveaAttention *attention = fovea_trace_source_get_layer (source, spec->layer, error);
    if (attention == NULL)
        return FALSE;
    g_autofree gint64 *columns = g_new (gint64, 2 * (gsize) spec->width);
    Reader reader = {
        .attention = attention,
        .rule = fovea_attention_get_rule (attention),
        .spec = spec,
        .n_tokens = fovea_trace_get_info (fovea_trace_source_get_trace (source))->n_tokens,
        .column_first = columns,
        .column_end = columns + spec->width,
        .values = values,
    };
    for (guint x = 0; x < spec->width; x++)
        get_clamped (&reader, spec->x + x, &reader.column_first[x], &reader.column_end[x]);
    if (reader.column_first[0] >= reader.n_tokens)
        return TRUE;
    if (1 / spec->scale >= PYRAMID_BLOCK && spec->color == FOVEA_COLOR_SCORE)
        return read_sampled (&reader, cancellable, error);
    if (1 / spec->scale >= PYRAMID_BLOCK)
        return read_pyramid (&reader, cancellable, error);
    return read_exact (&reader, cancellable, error);
}

void
fovea_tile_color (const FoveaTileSpec *spec, const float *values, guint32 *pixels)
{
    guint32 future = spec->paper ? 0 : fovea_color_map_future (spec->theme);
    for (gsize i = 0; i < (gsize) spec->width * spec->height; i++) {
        if (values[i] == FOVEA_TILE_OUTSIDE)
            pixels[i] = 0;
        else if (values[i] == FOVEA_TILE_FUTURE)
            pixels[i] = future;
        else if (spec->color == FOVEA_COLOR_SCORE)
            pixels[i] = fovea_color_map_signed (spec->theme, values[i], spec->floor);
        else if (spec->color == FOVEA_COLOR_LOG)
            pixels[i] = fovea_color_map_log (spec->theme, values[i], spec->floor);
        else
            pixels[i] = fovea_color_map_linear (spec->theme, values[i]);
    }
}

gboolean
fovea_tile_read (FoveaTraceSource *source,
                 const FoveaTileSpec *spec,
                 float *values,
                 GCancellable *cancellable,
                 GError **error)
{
    g_return_val_if_fail (spec->width > 0 && spec->height > 0 && spec->scale > 0, FALSE);
    gboolean done = read_tile (source, spec, values, cancellable, error);
    if (!done)
        fovea_trace_source_name_error (source, _ ("Map"), spec->layer, spec->head, error);
    return done;
}
