/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tiles of about 128 queries by 4,096 keys (2 MiB) are read, summed by block in double, divided by
 * the number of allowed pairs and turned into palette entries. Exact reading costs (q1-q0)(k1-k0) D
 * products, so from blocks of 48 on the pyramid answers instead (64 tokens a block and coarser),
 * where the rectangle lies on its grid. */
#include "ui/figures/map-image.h"

#include <math.h>

#define FINEST        (72.0 / 600) /* points a pixel */
#define TILE_QUERIES  128
#define TILE_KEYS     4096
#define PYRAMID_FROM  48
#define PYRAMID_BLOCK 64

typedef struct {
    FoveaAttention *attention;
    const FoveaScoreRule *rule;
    const FoveaMapRequest *request;
    gint64 block_q, block_k;
    FoveaIndexedImage *image;
} Reader;

static gint64
block_for (gint64 cells, double points)
{
    return MAX (1, (gint64) ceil (cells * FINEST / points - 1e-9));
}

static gint64
ceil_div (gint64 a, gint64 b)
{
    return (a + b - 1) / b;
}

static gboolean
set_nan_error (const FoveaMapRequest *request, gint64 q, gint64 k, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                 "attention pattern: head %u, query %" G_GINT64_FORMAT ", key %" G_GINT64_FORMAT
                 ": %s is NaN",
                 request->head, q, k, request->scores ? "score" : "weight");
    return FALSE;
}

/* One pixel from the tile whose first cell is (@q0, @k0); the block may be cut by the rectangle. */
static gboolean
fill_pixel (Reader *reader,
            const float *tile,
            gint64 q0,
            gint64 k0,
            gint64 stride,
            gint64 q,
            gint64 k,
            GError **error)
{
    const FoveaMapRequest *r = reader->request;
    gint64 q_end = MIN (q + reader->block_q, r->q1), k_end = MIN (k + reader->block_k, r->k1);
    gint64 pairs = fovea_score_rule_count (reader->rule, q, q_end, k, k_end);
    if (pairs == 0)
        return TRUE;
    double sum = 0;
    for (gint64 i = q; i < q_end; i++) {
        const float *row = tile + (i - q0) * stride - k0;
        gint64 first = MAX (k, fovea_score_rule_first_key (reader->rule, i));
        gint64 end = MIN (k_end, fovea_score_rule_end_key (reader->rule, i, r->n_tokens));
        for (gint64 j = first; j < end; j++) {
            if (isnan (row[j]))
                return set_nan_error (r, i, j, error);
            sum += row[j];
        }
    }
    gsize x = (gsize) ((k - r->k0) / reader->block_k), y = (gsize) ((q - r->q0) / reader->block_q);
    reader->image->pixels[y * reader->image->width + x] =
        fovea_ramp_get_index (&r->ramp, sum / (double) pairs);
    return TRUE;
}

/* What is read of the one less what is read of the other. */
static void
take_away (float *values, const float *theirs, gsize n)
{
    for (gsize i = 0; i < n; i++)
        values[i] -= theirs[i];
}

static gboolean
read_tile (Reader *reader, float *tile, gint64 q0, gint64 q1, gint64 k0, gint64 k1, GError **error)
{
    const FoveaMapRequest *r = reader->request;
    gsize n = (gsize) (q1 - q0) * (gsize) (k1 - k0);
    if (r->scores)
        return fovea_attention_read_scores (reader->attention, r->head, q0, q1, k0, k1, tile,
                                            error);
    if (!fovea_attention_read_pattern (reader->attention, r->head, q0, q1, k0, k1, tile, error))
        return FALSE;
    if (r->less == NULL)
        return TRUE;
    g_autofree float *theirs = g_new (float, n);
    if (!fovea_attention_read_pattern (r->less, r->head, q0, q1, k0, k1, theirs, error))
        return FALSE;
    take_away (tile, theirs, n);
    return TRUE;
}

static gboolean
fill_tile (Reader *reader, float *tile, gint64 q0, gint64 q1, gint64 k0, gint64 k1, GError **error)
{
    if (fovea_score_rule_count (reader->rule, q0, q1, k0, k1) == 0)
        return TRUE;
    if (!read_tile (reader, tile, q0, q1, k0, k1, error))
        return FALSE;
    for (gint64 q = q0; q < q1; q += reader->block_q)
        for (gint64 k = k0; k < k1; k += reader->block_k)
            if (!fill_pixel (reader, tile, q0, k0, k1 - k0, q, k, error))
                return FALSE;
    return TRUE;
}

static gboolean
fill_exactly (Reader *reader, GCancellable *cancellable, GError **error)
{
    const FoveaMapRequest *r = reader->request;
    gint64 rows = MAX (TILE_QUERIES / reader->block_q, 1) * reader->block_q;
    gint64 columns = MAX (TILE_KEYS / reader->block_k, 1) * reader->block_k;
    gsize n;
    if (!g_size_checked_mul (&n, (gsize) MIN (rows, r->q1 - r->q0),
                             (gsize) MIN (columns, r->k1 - r->k0)))
        return FALSE;
    g_autofree float *tile = g_new (float, n);
    for (gint64 q = r->q0; q < r->q1; q += rows) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        for (gint64 k = r->k0; k < r->k1; k += columns)
            if (!fill_tile (reader, tile, q, MIN (q + rows, r->q1), k, MIN (k + columns, r->k1),
                            error))
                return FALSE;
    }
    return TRUE;
}

/* As many as the image has pixels. */
static gboolean
read_blocks (
    FoveaAttention *attention, const Reader *reader, guint level, float *values, GError **error)
{
    const FoveaMapRequest *r = reader->request;
    gint64 row = r->q0 / reader->block_q, column = r->k0 / reader->block_k;
    return fovea_attention_read_level (attention, r->head, level, FOVEA_BLOCK_MEAN, row,
                                       row + reader->image->height, column,
                                       column + reader->image->width, values, error);
}

static gboolean
fill_from_level (Reader *reader, guint level, GError **error)
{
    const FoveaMapRequest *r = reader->request;
    gint64 b = reader->block_q, width = reader->image->width, height = reader->image->height;
    g_autofree float *values = g_new (float, (gsize) width *height);
    g_autofree float *theirs = r->less != NULL ? g_new (float, (gsize) width *height) : NULL;
    if (!read_blocks (reader->attention, reader, level, values, error) ||
        (theirs != NULL && !read_blocks (r->less, reader, level, theirs, error)))
        return FALSE;
    if (theirs != NULL)
        take_away (values, theirs, (gsize) width * (gsize) height);
    for (gint64 y = 0; y < height; y++) {
        for (gint64 x = 0; x < width; x++) {
            gint64 q = r->q0 + y * b, k = r->k0 + x * b;
            gint64 pairs =
                fovea_score_rule_count (reader->rule, q, MIN (q + b, r->q1), k, MIN (k + b, r->k1));
            double value = values[y * width + x];
            if (pairs > 0 && isnan (value))
                return set_nan_error (r, q, k, error);
            if (pairs > 0)
                reader->image->pixels[y * width + x] = fovea_ramp_get_index (&r->ramp, value);
        }
    }
    return TRUE;
}

/* The pyramid level to use, or -1. Its blocks must tile the rectangle: it starts on the grid, and
 * ends on it or with the sequence. */
static int
find_level (Reader *reader)
{
    const FoveaMapRequest *r = reader->request;
    gint64 block = MAX (reader->block_q, reader->block_k);
    if (r->scores || block < PYRAMID_FROM || reader->block_q != reader->block_k)
        return -1;
    guint n = fovea_attention_get_n_levels (reader->attention);
    if (r->less != NULL)
        n = MIN (n, fovea_attention_get_n_levels (r->less));
    for (guint level = 0; level < n; level++) {
        gint64 b = (gint64) PYRAMID_BLOCK << level;
        if (b < block)
            continue;
        gboolean fits = r->q0 % b == 0 && r->k0 % b == 0 &&
                        (r->q1 % b == 0 || r->q1 == r->n_tokens) &&
                        (r->k1 % b == 0 || r->k1 == r->n_tokens);
        return fits ? (int) level : -1;
    }
    return -1;
}

/* Sets the blocks; gives the level that has them, or -1. */
static int
choose_blocks (Reader *reader)
{
    const FoveaMapRequest *r = reader->request;
    reader->block_q = block_for (r->q1 - r->q0, r->height);
    reader->block_k = block_for (r->k1 - r->k0, r->width);
    int level = find_level (reader);
    if (level >= 0)
        reader->block_q = reader->block_k = (gint64) PYRAMID_BLOCK << level;
    return level;
}

void
fovea_map_image_get_blocks (FoveaAttention *attention,
                            const FoveaMapRequest *request,
                            gint64 *block_q,
                            gint64 *block_k)
{
    Reader reader = {.attention = attention, .request = request};
    choose_blocks (&reader);
    *block_q = reader.block_q;
    *block_k = reader.block_k;
}

FoveaIndexedImage *
fovea_map_image_new (FoveaAttention *attention,
                     const FoveaMapRequest *request,
                     gint64 *block_q,
                     gint64 *block_k,
                     GCancellable *cancellable,
                     GError **error)
{
    Reader reader = {
        .attention = attention, .rule = fovea_attention_get_rule (attention), .request = request};
    gint64 n_q = request->q1 - request->q0, n_k = request->k1 - request->k0;
    int level = choose_blocks (&reader);
    g_autoptr (FoveaIndexedImage) image = fovea_indexed_image_new (
        (guint) ceil_div (n_k, reader.block_k), (guint) ceil_div (n_q, reader.block_q));
    fovea_ramp_set_palette (&request->ramp, request->theme, image->palette);
    reader.image = image;
    gboolean done = level >= 0 ? fill_from_level (&reader, (guint) level, error)
                               : fill_exactly (&reader, cancellable, error);
    *block_q = reader.block_q;
    *block_k = reader.block_k;
    return done ? g_steal_pointer (&image) : NULL;
}
