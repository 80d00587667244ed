/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention on the CPU: which tiles there are, and who computes them. What leaves a tile is written
 * by cpu-tile-results.c.
 *
 * A tile is one head and up to 64 queries of one row block. An item of the threads' loop is one
 * head, or every parts-th tile of one head where heads are few. Column mass of a part is summed by
 * one thread in the order of its tiles, and the parts are joined in order afterwards, so results
 * do not depend on timing. Scratch a thread: 64 T floats for scores, 128 D for queries and outputs,
 * 128 floats a 64-key block when capturing. */
#include "kernels/cpu-attend.h"

#include <glib.h>
#include <string.h>

#include "kernels/cpu-kernels.h"
#include "kernels/cpu-tile-results.h"
#include "kernels/device-private.h"

typedef struct {
    FoveaDevice *device;
    const FoveaAttendArgs *args;
    int64_t parts;   /* a head's tiles are dealt to so many items */
    int64_t n_tiles; /* a head */
    bool capture;
    const FoveaTileKernels *tiles; /* NULL: vectors only */
    uint16_t *pieces;              /* (G, n_blocks, keys and values) in shared scratch */
    int64_t n_blocks;              /* of 64 keys */
    double *columns;               /* of parts, in shared scratch */
} Attend;

enum {
    LANE_ROWS = 8 /* arrays of one float a lane in scratch */
};

/* Floats of scratch for a tile; tile registers pad keys to 64 and elements to 32. */
static size_t
scratch_floats (int64_t n_keys, int64_t width, bool capture, const FoveaTileKernels *tiles)
{
    int64_t n_blocks = n_keys / FOVEA_BLOCK + 2;
    int64_t lines = n_keys + FOVEA_BLOCK + 2 * (width + 32) + LANE_ROWS;
    return (size_t) (FOVEA_TILE * lines + (capture ? 2 * n_blocks * FOVEA_TILE : 0) +
                     (tiles != NULL ? tiles->own_size (width) / 2 : 0));
}

/* Takes @n floats off the front of @scratch. */
static float *
cut (float **scratch, int64_t n)
{
    float *piece = *scratch;
    *scratch += n;
    return piece;
}

/* Points the tile's arrays into @scratch; geometry must be set. Scores come last: theirs is the one
 * length that grows with keys. */
static void
place_arrays (FoveaScoreTile *t, float *scratch, bool capture, const FoveaTileKernels *tiles)
{
    int64_t n_blocks = (t->k1 - t->k0) / FOVEA_BLOCK + 2;
    if (tiles != NULL)
        t->own_pieces = (uint16_t *) cut (&scratch, tiles->own_size (t->width) / 2);
    t->q_tile = cut (&scratch, (t->width + 32) * t->lanes);
    t->z_tile = cut (&scratch, (t->width + 32) * t->lanes);
    t->max = cut (&scratch, t->lanes);
    t->sum = cut (&scratch, t->lanes);
    t->inverse = cut (&scratch, t->lanes);
    t->sum_es = capture ? cut (&scratch, t->lanes) : NULL;
    t->sum_ed = capture ? cut (&scratch, t->lanes) : NULL;
    t->largest = capture ? cut (&scratch, t->lanes) : NULL;
    t->largest_at = capture ? cut (&scratch, t->lanes) : NULL;
    t->block_sum = capture ? cut (&scratch, n_blocks * t->lanes) : NULL;
    t->block_max = capture ? cut (&scratch, n_blocks * t->lanes) : NULL;
    t->scores = scratch;
}

static int
round_up (int64_t n, int step)
{
    return (int) ((n + step - 1) / step) * step;
}

/* Row blocks that the chunk touches; the first and the last may be partial. */
static int64_t
n_tiles (const FoveaAttendArgs *args)
{
    if (args->rows == 0)
        return 0;
    return (args->first_query + args->rows - 1) / FOVEA_TILE - args->first_query / FOVEA_TILE + 1;
}

/* Pieces of the keys of one block, or of its values; each run over all blocks of a head. */
static uint16_t *
pieces_of (const Attend *a, int64_t group, int64_t block, bool values)
{
    int64_t k = a->tiles->key_size (a->args->width), v = a->tiles->value_size (a->args->width);
    uint16_t *head = a->pieces + group * a->n_blocks * (k + v);
    return values ? head + a->n_blocks * k + block * v : head + block * k;
}

/* Tile @index of a head covers the queries of one row block. Gives the row of lane 0. Its keys begin
 * at a block's start, so that sums of blocks are of whole ones whatever a window cuts. */
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
    t->precision = args->precision;
    t->lanes = a->tiles != NULL ? FOVEA_TILE : round_up (t->n_queries, a->device->kernels->n_lanes);
    t->k1 = MAX (end, 0);
    t->k0 = MIN (fovea_score_rule_first_key (&args->rule, q0), t->k1) / FOVEA_BLOCK * FOVEA_BLOCK;
    t->q = args->q + (row * args->heads + head) * args->width;
    t->q_stride = args->heads * args->width;
    t->kv_stride = args->kv_heads * args->width;
    t->k = args->k + t->k0 * t->kv_stride + group * args->width;
    t->v = args->v + t->k0 * t->kv_stride + group * args->width;
    if (a->tiles != NULL) {
        t->k_pieces = pieces_of (a, group, t->k0 / FOVEA_BLOCK, false);
        t->v_pieces = pieces_of (a, group, t->k0 / FOVEA_BLOCK, true);
    }
    return row;
}

/* The order matters: raw scores are written before weights take their place, and the output before
 * the factor becomes that of the kept normaliser. */
static void
run_tile (const Attend *a, int64_t head, int64_t index, double *columns, int worker)
{
    const FoveaAttendArgs *args = a->args;
    FoveaScoreTile tile = {0};
    int64_t row = set_geometry (a, &tile, head, index);
    int64_t dense = (head * args->rows + row) * args->n_keys;
    place_arrays (&tile, fovea_device_scratch (a->device, worker), a->capture, a->tiles);
    if (a->tiles != NULL)
        a->tiles->score_tile (&tile);
    else
        a->device->kernels->score_tile (&tile);
    if (args->scores != NULL)
        fovea_tile_write_dense (&tile, NULL, args->n_keys, 0, args->scores + dense);
    fovea_tile_settle_max (&tile);
    if (a->tiles != NULL)
        a->tiles->weigh_tile (&tile);
    else
        a->device->kernels->weigh_tile (&tile);
    fovea_tile_settle_sum (&tile);
    fovea_tile_write_z (args, &tile, row);
    fovea_tile_settle_kept (&tile);
    if (args->pattern != NULL)
        fovea_tile_write_dense (&tile, tile.inverse, args->n_keys, 0, args->pattern + dense);
    if (columns != NULL)
        a->device->kernels->column_tile (&tile, columns + tile.k0);
    if (!a->capture)
        return;
    fovea_tile_write_blocks (args, &tile, a->n_tiles);
    fovea_tile_write_statistics (args, &tile, row);
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
    return a->columns + (head * (a->parts - 1) + part - 1) * args->n_keys;
}

/* Tiles are dealt out in turn, since those of late queries have more keys. */
static void
run_item (void *data, int64_t i, int worker)
{
    const Attend *a = data;
    int64_t head = i / a->parts, part = i % a->parts;
    double *columns = columns_of (a, head, part);
    for (int64_t index = part; index < a->n_tiles; index += a->parts)
        run_tile (a, head, index, columns, worker);
}

/* Parts are added in order, whoever finished first. */
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

/* Whether weights have to be summed up as well as used; columns and dense rows have passes of their
 * own over the finished tile. */
static bool
wants_capture (const FoveaAttendArgs *args)
{
    return args->lse != NULL || args->entropy != NULL || args->max_weight != NULL ||
           args->max_key != NULL || args->mean_distance != NULL || args->first_mass != NULL ||
           args->local_mass != NULL || args->block_mass != NULL || args->block_max != NULL;
}

/* Item i: block i / G of key/value head i % G. */
static void
prepare_block (void *data, int64_t i, int worker)
{
    const Attend *a = data;
    const FoveaAttendArgs *args = a->args;
    int64_t group = i % args->kv_heads, block = i / args->kv_heads, key = block * FOVEA_BLOCK;
    int64_t stride = args->kv_heads * args->width, at = key * stride + group * args->width;
    a->tiles->prepare (args->k + at, args->v + at, stride, MIN (FOVEA_BLOCK, args->n_keys - key),
                       args->width, pieces_of (a, group, block, false),
                       pieces_of (a, group, block, true));
}

/* Tile registers pay from about 32 rows on: fewer leave lanes idle and cut all keys for little. But
 * scores past 16 differ by more than 1e-6 between the two ways, and rectangles are always
 * recomputed by tiles: so whatever may be captured goes through tiles, and only single rows, the
 * steps of a generation, do not. Pieces are three times the size of keys and values, so there is a
 * limit. */
static const FoveaTileKernels *
choose_tiles (FoveaDevice *device, int64_t rows, int64_t n_keys, int64_t kv_heads, int64_t width)
{
    enum {
        MIN_ROWS = 2,
        MAX_BYTES = 64 << 20
    };
    const FoveaTileKernels *tiles = device->kernels->tiles;
    if (tiles == NULL || rows < MIN_ROWS)
        return NULL;
    int64_t size = tiles->key_size (width) + tiles->value_size (width);
    return (n_keys / FOVEA_BLOCK + 1) * kv_heads <= MAX_BYTES / 2 / size ? tiles : NULL;
}

/* Bytes of shared scratch: columns of parts first, then pieces. */
static size_t
shared_bytes (const Attend *a, size_t *column_bytes)
{
    const FoveaAttendArgs *args = a->args;
    size_t n = 0, columns = (size_t) (args->heads * (a->parts - 1) * args->n_keys);
    *column_bytes = args->column_mass != NULL ? columns * sizeof (double) : 0;
    if (a->tiles != NULL)
        n = (size_t) (args->kv_heads * a->n_blocks *
                      (a->tiles->key_size (args->width) + a->tiles->value_size (args->width)));
    return *column_bytes + 64 + n * sizeof (uint16_t);
}

/* How one call is cut: parts of a head and tile registers or not. Four items a thread even out that
 * some have more keys than others; more would cost scratch for columns. */
static Attend
plan_attend (FoveaDevice *device, const FoveaAttendArgs *args)
{
    int n_threads = fovea_threads_count (device->threads);
    Attend a = {device, args, 1, n_tiles (args), wants_capture (args)};
    while (args->heads * a.parts < 4 * n_threads && a.parts < a.n_tiles)
        a.parts++;
    a.tiles = choose_tiles (device, args->rows, args->n_keys, args->kv_heads, args->width);
    a.n_blocks = (args->n_keys + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    return a;
}

static size_t
worker_bytes (const Attend *a)
{
    return sizeof (float) * scratch_floats (a->args->n_keys, a->args->width, a->capture, a->tiles);
}

void
fovea_attend_cpu (FoveaDevice *device, const FoveaAttendArgs *args)
{
    Attend a = plan_attend (device, args);
    size_t columns, shared = shared_bytes (&a, &columns);
    if (!fovea_device_reserve (device, "attend", worker_bytes (&a), shared))
        return;
    a.columns = fovea_device_scratch (device, -1);
    a.pieces = (uint16_t *) ((char *) a.columns + (columns + 63) / 64 * 64);
    memset (a.columns, 0, columns);
    if (a.tiles != NULL)
        fovea_threads_loop (device->threads, a.n_blocks * args->kv_heads, prepare_block, &a);
    fovea_threads_loop (device->threads, args->heads * a.parts, run_item, &a);
    if (columns > 0)
        join_columns (&a);
}

/* For the last chunk of a text, which sees the most keys. Outputs are asked for by addresses that are
 * compared with NULL and never written. */
void
fovea_attend_predict_cpu (FoveaDevice *device,
                          const FoveaScratchShape *shape,
                          size_t *worker,
                          size_t *shared)
{
    float lse;
    double column;
    size_t columns;
    FoveaAttendArgs args = {.rows = shape->rows,
                            .n_keys = shape->n_keys,
                            .heads = shape->heads,
                            .kv_heads = shape->kv_heads,
                            .width = shape->width,
                            .first_query = shape->n_keys - shape->rows,
                            .lse = shape->capture ? &lse : NULL,
                            .column_mass = shape->capture ? &column : NULL};
    Attend a = plan_attend (device, &args);
    *worker = worker_bytes (&a);
    *shared = shared_bytes (&a, &columns);
}

typedef struct {
    FoveaDevice *device;
    const FoveaRectangleArgs *args;
    const FoveaTileKernels *tiles;
    uint16_t *pieces; /* of the keys, in shared scratch */
} Rectangle;

/* Values are not needed: a rectangle is of scores or weights. */
static void
prepare_rectangle_block (void *data, int64_t i, int worker)
{
    const Rectangle *r = data;
    const FoveaRectangleArgs *args = r->args;
    int64_t key = i * FOVEA_BLOCK;
    r->tiles->prepare (args->k + key * args->k_stride, NULL, args->k_stride,
                       MIN (FOVEA_BLOCK, args->n_keys - key), args->width,
                       r->pieces + i * r->tiles->key_size (args->width), NULL);
}

static void
run_rectangle_tile (void *data, int64_t i, int worker)
{
    const Rectangle *rectangle = data;
    const FoveaRectangleArgs *args = rectangle->args;
    const FoveaCpuKernels *kernels = rectangle->device->kernels;
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
        .lanes = rectangle->tiles != NULL ? FOVEA_TILE : round_up (n, kernels->n_lanes),
        .q = args->q + row * args->q_stride,
        .q_stride = args->q_stride,
        .k = args->k,
        .kv_stride = args->k_stride,
        .k_pieces = rectangle->pieces,
    };
    float *out = args->out + row * args->n_keys;
    place_arrays (&t, fovea_device_scratch (rectangle->device, worker), false, rectangle->tiles);
    if (rectangle->tiles != NULL)
        rectangle->tiles->score_tile (&t);
    else
        kernels->score_tile (&t);
    fovea_tile_write_dense (&t, NULL, args->n_keys, args->k0, out);
    for (int r = 0; r < n && args->lse != NULL; r++, out += args->n_keys)
        kernels->weights_row (out, args->n_keys, args->lse[row + r]);
}

void
fovea_rectangle_cpu (FoveaDevice *device, const FoveaRectangleArgs *args)
{
    Rectangle r = {device, args}; /* however few its rows: as the forward pass of a long text */
    int64_t n_blocks = (args->n_keys + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    r.tiles = choose_tiles (device, FOVEA_TILE, args->n_keys, 1, args->width);
    size_t floats = scratch_floats (args->n_keys, args->width, false, r.tiles);
    int64_t size = r.tiles != NULL ? r.tiles->key_size (args->width) * n_blocks : 0;
    if (!fovea_device_reserve (device, "rectangle", floats * sizeof (float), (size_t) size * 2))
        return;
    r.pieces = fovea_device_scratch (device, -1);
    if (r.tiles != NULL)
        fovea_threads_loop (device->threads, n_blocks, prepare_rectangle_block, &r);
    int64_t n = (args->n_queries + FOVEA_TILE - 1) / FOVEA_TILE;
    fovea_threads_loop (device->threads, n, run_rectangle_tile, &r);
}
