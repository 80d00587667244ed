/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What leaves a tile of attention: outputs, dense rows, statistics of rows and sums of blocks.
 *
 * A tile keeps scores, later exponentials, by keys with its queries in lanes; every result is by
 * queries. Weights are exponentials times the lane's factor, which is first that of the sum and then
 * that of the kept log-sum-exp: so results must be written in the order that the header gives. */
#include "kernels/cpu-tile-results.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* The maximum that exponents are taken from: that of the sink too, and 0 in a row of -inf. */
void
fovea_tile_settle_max (FoveaScoreTile *t)
{
    const float *sinks = t->rule->sink_logits;
    for (int r = 0; r < t->lanes; r++) {
        if (sinks != NULL && sinks[t->head] > t->max[r])
            t->max[r] = sinks[t->head];
        if (t->max[r] == -INFINITY)
            t->max[r] = 0;
    }
}

/* 1 / sum, with the sink in the sum; 0 silences rows without keys and idle lanes. */
void
fovea_tile_settle_sum (FoveaScoreTile *t)
{
    const float *sinks = t->rule->sink_logits;
    for (int r = 0; r < t->lanes; r++) {
        if (sinks != NULL)
            t->sum[r] += expf (sinks[t->head] - t->max[r]);
        bool used = r < t->n_queries && t->sum[r] != 0;
        t->inverse[r] = used ? 1.0f / t->sum[r] : 0;
    }
}

/* From queries in lanes back to rows, divided by the sum at last: a division a score less. */
void
fovea_tile_write_z (const FoveaAttendArgs *args, const FoveaScoreTile *t, int64_t row)
{
    for (int r = 0; r < t->n_queries; r++) {
        float *z = args->z + ((row + r) * args->heads + t->head) * args->width;
        for (int64_t d = 0; d < t->width; d++)
            z[d] = t->z_tile[d * t->lanes + r] * t->inverse[r];
    }
}

/* As it is kept: rounded to f32, half a unit of which is 1e-6 of a weight once scores pass 16. */
static float
row_lse (const FoveaScoreTile *t, int lane)
{
    return t->sum[lane] != 0 ? t->max[lane] + logf (t->sum[lane]) : -INFINITY;
}

/* From here on the factor is that of the kept log-sum-exp, so that dense rows, statistics and
 * blocks agree with rectangles recomputed from it; the output had the sum itself. */
void
fovea_tile_settle_kept (FoveaScoreTile *t)
{
    for (int r = 0; r < t->n_queries; r++)
        if (t->inverse[r] != 0)
            t->inverse[r] = expf (t->max[r] - row_lse (t, r));
}

/* 64-key blocks, by position, that the tile's keys lie in. */
static int64_t
n_blocks_of (const FoveaScoreTile *t)
{
    return t->k1 > t->k0 ? (t->k1 - 1) / FOVEA_BLOCK - t->k0 / FOVEA_BLOCK + 1 : 0;
}

/* Key q0 + i is local to lanes i .. i+15. */
static void
sum_local (const FoveaScoreTile *t, float *local)
{
    memset (local, 0, FOVEA_TILE * sizeof *local);
    int64_t first = MAX (t->q0 - FOVEA_LOCAL_WINDOW + 1, t->k0);
    int64_t end = MIN (t->q0 + t->n_queries, t->k1);
    for (int64_t j = first; j < end; j++) {
        const float *e = t->scores + (j - t->k0) * t->lanes;
        int low = (int) MAX (j - t->q0, 0);
        int high = (int) MIN (j - t->q0 + FOVEA_LOCAL_WINDOW, t->n_queries);
        for (int r = low; r < high; r++)
            local[r] += e[r];
    }
}

/* Entropy = lse - sum a s = ln sum - sum e (s - max) / sum. The weight of a sink goes nowhere: with
 * one the sum runs over a mass below 1, by which ln sum is multiplied. */
static float
row_entropy (const FoveaScoreTile *t, float log_sum, int lane)
{
    float inverse = t->inverse[lane], mass = 1;
    if (inverse == 0)
        return 0;
    if (t->rule->sink_logits != NULL)
        mass -= expf (t->rule->sink_logits[t->head] - t->max[lane]) * inverse;
    float entropy = mass * log_sum - t->sum_es[lane] * inverse;
    return entropy > 0 ? entropy : entropy <= 0 ? 0 : entropy; /* NaN stays NaN */
}

/* Statistics of one row; @at is its place in their arrays. The place of the largest weight is kept as
 * a distance from the query, which a float holds exactly up to 2^24 keys. */
static void
write_row_statistics (
    const FoveaAttendArgs *args, const FoveaScoreTile *t, float local, int lane, int64_t at)
{
    float inverse = t->inverse[lane], log_sum = logf (t->sum[lane]);
    if (args->lse != NULL)
        args->lse[at] = row_lse (t, lane);
    if (args->entropy != NULL)
        args->entropy[at] = row_entropy (t, log_sum, lane);
    if (args->max_weight != NULL)
        args->max_weight[at] = t->largest[lane] * inverse;
    if (args->max_key != NULL)
        args->max_key[at] =
            t->largest[lane] > 0 ? (int32_t) (t->q0 + lane - (int64_t) t->largest_at[lane]) : -1;
    if (args->mean_distance != NULL)
        args->mean_distance[at] = t->sum_ed[lane] * inverse;
    if (args->first_mass != NULL)
        args->first_mass[at] = t->k0 == 0 && t->k1 > 0 ? t->scores[lane] * inverse : 0;
    if (args->local_mass != NULL)
        args->local_mass[at] = local * inverse;
}

/* Statistics of all rows of the tile, the first of which is @row. */
void
fovea_tile_write_statistics (const FoveaAttendArgs *args, const FoveaScoreTile *t, int64_t row)
{
    float local[FOVEA_TILE];
    sum_local (t, local);
    for (int r = 0; r < t->n_queries; r++)
        write_row_statistics (args, t, local[r], r, (row + r) * args->heads + t->head);
}

/* Sum and maximum over lanes of a block's sums and maxima times 1 / sum. Four chains each, so that
 * the compiler may keep them in one vector; idle lanes have a factor of 0. */
static float
reduce_lanes (const FoveaScoreTile *t, const float *sum, const float *large, float *largest)
{
    float mass[4] = {0}, most[4] = {0};
    for (int r = 0; r < t->lanes; r += 4) {
        for (int c = 0; c < 4; c++) {
            float weight = large[r + c] * t->inverse[r + c];
            mass[c] += sum[r + c] * t->inverse[r + c];
            most[c] = weight > most[c] ? weight : most[c];
        }
    }
    *largest = MAX (MAX (most[0], most[1]), MAX (most[2], most[3]));
    return (mass[0] + mass[1]) + (mass[2] + mass[3]);
}

/* Adds the tile to its row of the pyramid's lowest level. A row block belongs to one tile of a
 * call, so no other thread writes there. */
void
fovea_tile_write_blocks (const FoveaAttendArgs *args, const FoveaScoreTile *t, int64_t n_row_blocks)
{
    int64_t row_block = t->q0 / FOVEA_BLOCK - args->first_query / FOVEA_BLOCK;
    int64_t at = (t->head * n_row_blocks + row_block) * args->block_stride + t->k0 / FOVEA_BLOCK;
    for (int64_t b = 0; b < n_blocks_of (t); b++) {
        float largest, mass = reduce_lanes (t, t->block_sum + b * t->lanes,
                                            t->block_max + b * t->lanes, &largest);
        if (args->block_mass != NULL)
            args->block_mass[at + b] += mass;
        if (args->block_max != NULL && largest > args->block_max[at + b])
            args->block_max[at + b] = largest;
    }
}

static void
fill (float *row, int64_t n, float value)
{
    for (int64_t j = 0; j < n; j++)
        row[j] = value;
}

typedef float Four __attribute__ ((vector_size (16)));

static Four
load_four (const float *from)
{
    Four x;
    memcpy (&x, from, sizeof x);
    return x;
}

/* Four keys of four queries, turned: rows of keys come in, rows of queries go out. */
static void
turn_square (const float *from, int64_t from_stride, Four factor, float *to, int64_t to_stride)
{
    Four a = load_four (from) * factor, b = load_four (from + from_stride) * factor;
    Four c = load_four (from + 2 * from_stride) * factor;
    Four d = load_four (from + 3 * from_stride) * factor;
    Four ac0 = __builtin_shufflevector (a, c, 0, 4, 1, 5);
    Four ac1 = __builtin_shufflevector (a, c, 2, 6, 3, 7);
    Four bd0 = __builtin_shufflevector (b, d, 0, 4, 1, 5);
    Four bd1 = __builtin_shufflevector (b, d, 2, 6, 3, 7);
    const Four rows[] = {__builtin_shufflevector (ac0, bd0, 0, 4, 1, 5),
                         __builtin_shufflevector (ac0, bd0, 2, 6, 3, 7),
                         __builtin_shufflevector (ac1, bd1, 0, 4, 1, 5),
                         __builtin_shufflevector (ac1, bd1, 2, 6, 3, 7)};
    for (int r = 0; r < 4; r++)
        memcpy (to + r * to_stride, &rows[r], sizeof rows[r]);
}

/* Copies the tile's scores (@weights NULL) or weights to dense rows, 16 keys of all queries at a
 * time so that both sides stay in the first-level cache, by squares of 4 where they fit. */
void
fovea_tile_write_dense (
    const FoveaScoreTile *t, const float *weights, int64_t n_keys, int64_t first_key, float *out)
{
    enum {
        STRIP = 16,
        SIDE = 4
    };
    int64_t begin = t->k0 - first_key, n = t->k1 - t->k0;
    for (int r = 0; r < t->n_queries; r++) {
        fill (out + r * n_keys, begin, weights != NULL ? 0 : -INFINITY);
        fill (out + r * n_keys + begin + n, n_keys - begin - n, weights != NULL ? 0 : -INFINITY);
    }
    for (int64_t j0 = 0; j0 < n; j0 += STRIP) {
        int64_t j1 = MIN (j0 + STRIP, n), whole = j0 + (j1 - j0) / SIDE * SIDE;
        int r = 0;
        for (; r + SIDE <= t->n_queries; r += SIDE) {
            Four factor = weights != NULL ? load_four (weights + r) : (Four){1, 1, 1, 1};
            float *rows = out + r * n_keys + begin;
            for (int64_t j = j0; j < whole; j += SIDE)
                turn_square (t->scores + j * t->lanes + r, t->lanes, factor, rows + j, n_keys);
        }
        for (int q = 0; q < t->n_queries; q++)
            for (int64_t j = q < r ? whole : j0; j < j1; j++)
                out[q * n_keys + begin + j] =
                    t->scores[j * t->lanes + q] * (weights != NULL ? weights[q] : 1);
    }
}
