/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention on the CPU: which tiles there are, who computes them, and what is written of them.
 *
 * A tile is one head and up to 64 queries of one row block. An item of the threads' loop is one
 * head, or every parts-th tile of one head where heads are few. Column mass of a part is summed by
 * one thread in the order of its tiles, and the parts are joined in order afterwards, so results
 * do not depend on timing. Scratch a thread: 64 T floats for scores, 128 D for queries and outputs,
 * 128 floats a 64-key block when capturing. */
#include "kernels/cpu-attend.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "kernels/cpu-kernels.h"
#include "kernels/device-private.h"

typedef struct {
    FoveaDevice *device;
    const FoveaAttendArgs *args;
    int64_t parts;   /* a head's tiles are dealt to so many items */
    int64_t n_tiles; /* a head */
    bool capture;
} Attend;

enum {
    LANE_ROWS = 8 /* arrays of one float a lane in scratch */
};

static size_t
scratch_floats (int64_t n_keys, int64_t width, bool capture)
{
    int64_t n_blocks = n_keys / FOVEA_BLOCK + 2;
    return (size_t) (FOVEA_TILE * (n_keys + 2 * width + LANE_ROWS) +
                     (capture ? 2 * n_blocks * FOVEA_TILE : 0));
}

static float *
cut (float **scratch, int64_t n)
{
    float *piece = *scratch;
    *scratch += n;
    return piece;
}

/* Points the tile's arrays into @scratch; geometry must be set. */
static void
place_arrays (FoveaScoreTile *t, float *scratch, bool capture)
{
    int64_t n_blocks = (t->k1 - t->k0) / FOVEA_BLOCK + 2;
    t->q_tile = cut (&scratch, t->width * t->lanes);
    t->z_tile = cut (&scratch, t->width * t->lanes);
    t->max = cut (&scratch, t->lanes);
    t->sum = cut (&scratch, t->lanes);
    t->inverse = cut (&scratch, t->lanes);
    t->sum_es = capture ? cut (&scratch, t->lanes) : NULL;
    t->sum_ed = capture ? cut (&scratch, t->lanes) : NULL;
    t->block_sum = capture ? cut (&scratch, n_blocks * t->lanes) : NULL;
    t->block_max = capture ? cut (&scratch, n_blocks * t->lanes) : NULL;
    t->scores = scratch;
}

static int
round_up (int64_t n, int step)
{
    return (int) ((n + step - 1) / step) * step;
}

static int64_t
n_tiles (const FoveaAttendArgs *args)
{
    if (args->rows == 0)
        return 0;
    return (args->first_query + args->rows - 1) / FOVEA_TILE - args->first_query / FOVEA_TILE + 1;
}

/* Tile @index of a head covers the queries of one row block. Gives the row of lane 0. */
static int64_t
set_geometry (const Attend *a, FoveaScoreTile *t, int64_t head, int64_t index)
{
    const FoveaAttendArgs *args = a->args;
    int64_t block = args->first_query / FOVEA_TILE + index;
    int64_t q0 = MAX (block * FOVEA_TILE, args->first_query);
    int64_t q1 = MIN ((block + 1) * FOVEA_TILE, args->first_query + args->rows);
    int64_t group = head / (args->heads / args->kv_heads), row = q0 - args->first_query;
    int64_t end = fovea_score_rule_end_key (&args->rule, q1 - 1, args->n_keys);
    t->rule = &args->rule;
    t->head = head;
    t->width = args->width;
    t->q0 = q0;
    t->n_queries = (int) (q1 - q0);
    t->lanes = round_up (t->n_queries, a->device->kernels->n_lanes);
    t->k1 = MAX (end, 0);
    t->k0 = MIN (fovea_score_rule_first_key (&args->rule, q0), t->k1);
    t->q = args->q + (row * args->heads + head) * args->width;
    t->q_stride = args->heads * args->width;
    t->kv_stride = args->kv_heads * args->width;
    t->k = args->k + t->k0 * t->kv_stride + group * args->width;
    t->v = args->v + t->k0 * t->kv_stride + group * args->width;
    return row;
}

/* The maximum that exponents are taken from: that of the sink too, and 0 in a row of -inf. */
static void
settle_max (FoveaScoreTile *t)
{
    const float *sinks = t->rule->sink_logits;
    for (int r = 0; r < t->lanes; r++) {
        if (sinks != NULL && sinks[t->head] > t->max[r])
            t->max[r] = sinks[t->head];
        if (t->max[r] == -INFINITY)
            t->max[r] = 0;
    }
}

static void
settle_sum (FoveaScoreTile *t)
{
    const float *sinks = t->rule->sink_logits;
    for (int r = 0; r < t->lanes; r++) {
        if (sinks != NULL)
            t->sum[r] += expf (sinks[t->head] - t->max[r]);
        bool used = r < t->n_queries && t->sum[r] != 0;
        t->inverse[r] = used ? 1.0f / t->sum[r] : 0;
    }
}

static void
write_z (const FoveaAttendArgs *args, const FoveaScoreTile *t, int64_t row)
{
    for (int r = 0; r < t->n_queries; r++) {
        float *z = args->z + ((row + r) * args->heads + t->head) * args->width;
        for (int64_t d = 0; d < t->width; d++)
            z[d] = t->z_tile[d * t->lanes + r] * t->inverse[r];
    }
}

static int64_t
n_blocks_of (const FoveaScoreTile *t)
{
    return t->k1 > t->k0 ? (t->k1 - 1) / FOVEA_BLOCK - t->k0 / FOVEA_BLOCK + 1 : 0;
}

/* First key with the largest weight: its block by the block maxima, then the key itself. -1 in a
 * row without allowed keys. */
static int64_t
find_max_key (const FoveaScoreTile *t, int lane, float *largest)
{
    int64_t n_blocks = n_blocks_of (t), best = 0;
    for (int64_t b = 1; b < n_blocks; b++)
        if (t->block_max[b * t->lanes + lane] > t->block_max[best * t->lanes + lane])
            best = b;
    *largest = n_blocks > 0 ? t->block_max[best * t->lanes + lane] : 0;
    if (!(*largest > 0))
        return -1;
    int64_t j = MAX ((t->k0 / FOVEA_BLOCK + best) * FOVEA_BLOCK - t->k0, 0);
    while (t->scores[j * t->lanes + lane] != *largest)
        j++;
    return t->k0 + j;
}

static float
local_mass (const FoveaScoreTile *t, int lane)
{
    int64_t query = t->q0 + lane;
    int64_t first = MAX (query - FOVEA_LOCAL_WINDOW + 1, t->k0), end = MIN (query + 1, t->k1);
    float sum = 0;
    for (int64_t j = first; j < end; j++)
        sum += t->scores[(j - t->k0) * t->lanes + lane];
    return sum * t->inverse[lane];
}

/* Entropy = lse - sum a s = ln sum - sum e (s - max) / sum, whatever the sink: its weight goes
 * nowhere, so with a sink the sum runs over a total mass below 1 and is corrected for it. */
static float
row_entropy (const FoveaScoreTile *t, int lane)
{
    double inverse = t->inverse[lane];
    if (inverse == 0)
        return 0;
    double mass = 1;
    if (t->rule->sink_logits != NULL)
        mass -= exp ((double) t->rule->sink_logits[t->head] - t->max[lane]) * inverse;
    double entropy = mass * log (t->sum[lane]) - t->sum_es[lane] * inverse;
    return entropy > 0 ? (float) entropy : 0;
}

static void
write_row_statistics (const FoveaAttendArgs *args, const FoveaScoreTile *t, int lane, int64_t at)
{
    float largest, inverse = t->inverse[lane];
    int64_t key = find_max_key (t, lane, &largest);
    if (args->lse != NULL)
        args->lse[at] = t->sum[lane] != 0 ? (float) (t->max[lane] + log (t->sum[lane])) : -INFINITY;
    if (args->entropy != NULL)
        args->entropy[at] = row_entropy (t, lane);
    if (args->max_weight != NULL)
        args->max_weight[at] = largest * inverse;
    if (args->max_key != NULL)
        args->max_key[at] = (int32_t) key;
    if (args->mean_distance != NULL)
        args->mean_distance[at] = t->sum_ed[lane] * inverse;
    if (args->first_mass != NULL)
        args->first_mass[at] = t->k0 == 0 && t->k1 > 0 ? t->scores[lane] * inverse : 0;
    if (args->local_mass != NULL)
        args->local_mass[at] = local_mass (t, lane);
}

static void
write_blocks (const Attend *a, const FoveaScoreTile *t)
{
    const FoveaAttendArgs *args = a->args;
    int64_t row_block = t->q0 / FOVEA_BLOCK - args->first_query / FOVEA_BLOCK;
    int64_t at = (t->head * a->n_tiles + row_block) * args->block_stride + t->k0 / FOVEA_BLOCK;
    for (int64_t b = 0; b < n_blocks_of (t); b++) {
        const float *sum = t->block_sum + b * t->lanes, *large = t->block_max + b * t->lanes;
        float mass = 0, largest = 0;
        for (int r = 0; r < t->lanes; r++) {
            float weight = large[r] * t->inverse[r];
            mass += sum[r] * t->inverse[r];
            largest = weight > largest ? weight : largest;
        }
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

/* Copies the tile's scores (@weights NULL) or weights to dense rows, 16 keys of all queries at a
 * time so that both sides stay in the first-level cache. */
static void
write_dense (
    const FoveaScoreTile *t, const float *weights, int64_t n_keys, int64_t first_key, float *out)
{
    enum {
        STRIP = 16
    };
    int64_t begin = t->k0 - first_key, n = t->k1 - t->k0;
    for (int r = 0; r < t->n_queries; r++) {
        fill (out + r * n_keys, begin, weights != NULL ? 0 : -INFINITY);
        fill (out + r * n_keys + begin + n, n_keys - begin - n, weights != NULL ? 0 : -INFINITY);
    }
    for (int64_t j0 = 0; j0 < n; j0 += STRIP) {
        int64_t j1 = MIN (j0 + STRIP, n);
        for (int r = 0; r < t->n_queries; r++) {
            float factor = weights != NULL ? weights[r] : 1;
            for (int64_t j = j0; j < j1; j++)
                out[r * n_keys + begin + j] = t->scores[j * t->lanes + r] * factor;
        }
    }
}

static void
run_tile (const Attend *a, int64_t head, int64_t index, double *columns, int worker)
{
    const FoveaAttendArgs *args = a->args;
    FoveaScoreTile tile = {0};
    int64_t row = set_geometry (a, &tile, head, index);
    int64_t dense = (head * args->rows + row) * args->n_keys;
    place_arrays (&tile, fovea_device_scratch (a->device, worker), a->capture);
    a->device->kernels->score_tile (&tile);
    if (args->scores != NULL)
        write_dense (&tile, NULL, args->n_keys, 0, args->scores + dense);
    settle_max (&tile);
    a->device->kernels->weigh_tile (&tile);
    settle_sum (&tile);
    write_z (args, &tile, row);
    if (args->pattern != NULL)
        write_dense (&tile, tile.inverse, args->n_keys, 0, args->pattern + dense);
    if (columns != NULL)
        a->device->kernels->column_tile (&tile, columns + tile.k0);
    if (!a->capture)
        return;
    write_blocks (a, &tile);
    for (int r = 0; r < tile.n_queries; r++)
        write_row_statistics (args, &tile, r, (row + r) * args->heads + head);
}

/* Part 0 of a head adds to the result itself, the others to shared scratch. */
static double *
columns_of (const Attend *a, int64_t head, int64_t part)
{
    const FoveaAttendArgs *args = a->args;
    if (args->column_mass == NULL)
        return NULL;
    if (part == 0)
        return args->column_mass + head * args->column_stride;
    double *shared = fovea_device_scratch (a->device, -1);
    return shared + (head * (a->parts - 1) + part - 1) * args->n_keys;
}

static void
run_item (void *data, int64_t i, int worker)
{
    const Attend *a = data;
    int64_t head = i / a->parts, part = i % a->parts;
    double *columns = columns_of (a, head, part);
    for (int64_t index = part; index < a->n_tiles; index += a->parts)
        run_tile (a, head, index, columns, worker);
}

static void
join_columns (const Attend *a)
{
    const FoveaAttendArgs *args = a->args;
    for (int64_t head = 0; head < args->heads; head++) {
        for (int64_t part = 1; part < a->parts; part++) {
            const double *from = columns_of (a, head, part);
            double *to = args->column_mass + head * args->column_stride;
            for (int64_t j = 0; j < args->n_keys; j++)
                to[j] += from[j];
        }
    }
}

static bool
wants_capture (const FoveaAttendArgs *args)
{
    return args->lse != NULL || args->entropy != NULL || args->max_weight != NULL ||
           args->max_key != NULL || args->mean_distance != NULL || args->first_mass != NULL ||
           args->local_mass != NULL || args->block_mass != NULL || args->block_max != NULL;
}

void
fovea_attend_cpu (FoveaDevice *device, const FoveaAttendArgs *args)
{
    int n_threads = fovea_threads_count (device->threads);
    Attend a = {device, args, 1, n_tiles (args), wants_capture (args)};
    while (args->heads * a.parts < 4 * n_threads && a.parts < a.n_tiles)
        a.parts++;
    size_t bytes = scratch_floats (args->n_keys, args->width, a.capture) * sizeof (float);
    size_t extra = args->column_mass != NULL
                       ? (size_t) (args->heads * (a.parts - 1) * args->n_keys) * sizeof (double)
                       : 0;
    if (!fovea_device_reserve (device, "attend", bytes, extra))
        return;
    if (extra > 0)
        memset (fovea_device_scratch (device, -1), 0, extra);
    fovea_threads_loop (device->threads, args->heads * a.parts, run_item, &a);
    if (extra > 0)
        join_columns (&a);
}

typedef struct {
    FoveaDevice *device;
    const FoveaRectangleArgs *args;
} Rectangle;

static void
run_rectangle_tile (void *data, int64_t i, int worker)
{
    const Rectangle *rectangle = data;
    const FoveaRectangleArgs *args = rectangle->args;
    int64_t row = i * FOVEA_TILE;
    int n = (int) MIN (FOVEA_TILE, args->n_queries - row);
    FoveaScoreTile t = {
        .rule = &args->rule,
        .head = args->head,
        .width = args->width,
        .q0 = args->q0 + row,
        .k0 = args->k0,
        .k1 = args->k0 + args->n_keys,
        .n_queries = n,
        .lanes = round_up (n, rectangle->device->kernels->n_lanes),
        .q = args->q + row * args->q_stride,
        .q_stride = args->q_stride,
        .k = args->k,
        .kv_stride = args->k_stride,
    };
    place_arrays (&t, fovea_device_scratch (rectangle->device, worker), false);
    rectangle->device->kernels->score_tile (&t);
    float *out = args->out + row * args->n_keys;
    write_dense (&t, NULL, args->n_keys, args->k0, out);
    for (int r = 0; r < n && args->lse != NULL; r++)
        for (int64_t j = 0; j < args->n_keys; j++, out++)
            *out = *out == -INFINITY ? 0 : expf (*out - args->lse[row + r]);
}

void
fovea_rectangle_cpu (FoveaDevice *device, const FoveaRectangleArgs *args)
{
    size_t bytes = scratch_floats (args->n_keys, args->width, false) * sizeof (float);
    if (!fovea_device_reserve (device, "rectangle", bytes, 0))
        return;
    Rectangle rectangle = {device, args};
    int64_t n = (args->n_queries + FOVEA_TILE - 1) / FOVEA_TILE;
    fovea_threads_loop (device->threads, n, run_rectangle_tile, &rectangle);
}
