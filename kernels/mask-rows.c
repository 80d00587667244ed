/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* On the CPU many masks ask for the same rows: their weights are made once, from the first to the
 * last key that any mask lists, and each mask gathers its keys of a row into a list that the loops
 * over named rows take (kernels/sparse-rows.h). The reference looks at every cell of every tile. */
#include "kernels/mask-rows.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "kernels/cpu-attend.h"
#include "kernels/cpu-kernels.h"
#include "kernels/device-private.h"
#include "kernels/ops-ref.h"

/* What a mask keeps of one row. */
typedef struct {
    double mass, value_mass;
} Sums;

/* Scores or weights of one block of rows against keys [k0,k1). */
static FoveaRectangleArgs
get_rectangle (const FoveaMaskRowsArgs *args, int64_t block, int64_t k0, int64_t k1, float *out)
{
    int64_t row = block * FOVEA_BLOCK;
    return (FoveaRectangleArgs){.rule = args->rule,
                                .head = args->head,
                                .q0 = args->q0 + row,
                                .n_queries = MIN (args->n_queries - row, FOVEA_BLOCK),
                                .k0 = k0,
                                .n_keys = k1 - k0,
                                .width = args->width,
                                .q = args->q + row * args->q_stride,
                                .q_stride = args->q_stride,
                                .k = args->k + k0 * args->k_stride,
                                .k_stride = args->k_stride,
                                .lse = args->lse + row,
                                .out = out};
}

/* What is lost of a row whose kept values sum up to @z, when they are weighed anew among
 * themselves. */
static double
get_loss (const FoveaMaskRowsArgs *args, int64_t row, double mass, const float *z)
{
    const float *full = args->full + row * args->width, *sinks = args->rule.sink_logits;
    double sink = sinks != NULL ? exp ((double) sinks[args->head] - (double) args->lse[row]) : 0;
    double norm = mass + sink, loss = 0;
    for (int64_t d = 0; d < args->width; d++) {
        double lost = (double) full[d] - (norm > 0 ? (double) z[d] / norm : 0);
        loss += lost * lost;
    }
    return loss;
}

/* Writes what is wanted of row @row of mask @m; @z is NULL without values. */
static void
write_row (const FoveaMaskRowsArgs *args, int m, int64_t row, const Sums *sums, const float *z)
{
    int64_t at = m * args->n_queries + row;
    args->mass[at] = (float) sums->mass;
    if (args->value_mass != NULL)
        args->value_mass[at] = (float) sums->value_mass;
    if (args->loss != NULL)
        args->loss[at] = (float) get_loss (args, row, sums->mass, z);
    if (args->z != NULL)
        memcpy (args->z + at * args->width, z, (size_t) args->width * sizeof *z);
}

/* Bit j is set for key j of the tile; all bits of a whole tile. */
static uint64_t
get_word (const FoveaMaskRowsArgs *args, const FoveaMaskTile *tile, int64_t row)
{
    return tile->bits < 0 ? UINT64_MAX : args->bits[tile->bits + row % FOVEA_BLOCK];
}

/* A row of a tile in the reference: @weights are those of the tile's @n keys. */
static void
add_cells (const FoveaMaskRowsArgs *args,
           const FoveaMaskTile *tile,
           uint64_t word,
           const float *weights,
           int64_t n,
           Sums *sums,
           double *z)
{
    for (int64_t j = 0; j < n; j++) {
        int64_t key = (int64_t) tile->column * FOVEA_BLOCK + j;
        double w = word >> j & 1 ? (double) weights[j] : 0;
        sums->mass += w;
        if (args->value_mass != NULL)
            sums->value_mass += w * (double) args->lengths[key];
        for (int64_t d = 0; args->v != NULL && d < args->width; d++)
            z[d] += w * (double) args->v[key * args->v_stride + d];
    }
}

/* One block of rows of one mask. */
static void
run_list_ref (FoveaDevice *device, const FoveaMaskRowsArgs *args, int m, int64_t block)
{
    int64_t list = block * args->n_masks + m, D = args->width;
    int64_t row0 = block * FOVEA_BLOCK, rows = MIN (args->n_queries - row0, FOVEA_BLOCK);
    Sums sums[FOVEA_BLOCK] = {{0, 0}};
    g_autofree double *z = g_new0 (double, (gsize) (FOVEA_BLOCK * D));
    g_autofree float *row_z = g_new (float, (gsize) D);
    float weights[FOVEA_BLOCK * FOVEA_BLOCK];
    for (int64_t t = args->ends[list]; t < args->ends[list + 1]; t++) {
        const FoveaMaskTile *tile = &args->tiles[t];
        int64_t k0 = (int64_t) tile->column * FOVEA_BLOCK;
        int64_t k1 = MIN (k0 + FOVEA_BLOCK, args->n_keys);
        const FoveaRectangleArgs rectangle = get_rectangle (args, block, k0, k1, weights);
        fovea_rectangle_ref (device, &rectangle);
        for (int64_t i = 0; i < rows; i++)
            add_cells (args, tile, get_word (args, tile, i), weights + i * (k1 - k0), k1 - k0,
                       &sums[i], z + i * D);
    }
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t d = 0; d < D; d++)
            row_z[d] = (float) z[i * D + d];
        write_row (args, m, row0 + i, &sums[i], row_z);
    }
}

void
fovea_mask_rows_ref (FoveaDevice *device, const FoveaMaskRowsArgs *args)
{
    for (int m = 0; m < args->n_masks && !device->failed; m++)
        for (int64_t b = 0; b < fovea_mask_rows_count_blocks (args); b++)
            run_list_ref (device, args, m, b);
}

/* A block of rows on the CPU. */
typedef struct {
    const FoveaMaskRowsArgs *args;
    const FoveaSparseLoops *loops;
    int64_t block, k0, k1; /* keys [k0,k1) have weights */
    const float *weights;  /* (rows, k1 - k0) */
    gsize room;            /* entries a worker */
    int32_t *keys;         /* (workers, room) those kept of a row */
    float *kept;           /* (workers, room) their weights */
    float *z;              /* (workers, D) */
} Block;

/* First and last key of any mask's tiles; false if there are none. */
static bool
find_keys (const FoveaMaskRowsArgs *args, int64_t block, int64_t *k0, int64_t *k1)
{
    int64_t first = INT64_MAX, end = 0;
    for (int m = 0; m < args->n_masks; m++) {
        const int64_t *ends = args->ends + block * args->n_masks + m;
        if (ends[0] == ends[1])
            continue;
        first = MIN (first, args->tiles[ends[0]].column);
        end = MAX (end, args->tiles[ends[1] - 1].column + 1);
    }
    *k0 = first * FOVEA_BLOCK;
    *k1 = MIN (end * FOVEA_BLOCK, args->n_keys);
    return end > 0;
}

/* Lists the kept keys of row @i that weigh anything, with the sums of their weights. */
static int64_t
gather_row (const Block *b, int64_t list, int64_t i, int32_t *keys, float *kept, Sums *sums)
{
    const FoveaMaskRowsArgs *args = b->args;
    const float *weights = b->weights + i * (b->k1 - b->k0);
    int64_t n = 0;
    for (int64_t t = args->ends[list]; t < args->ends[list + 1]; t++) {
        int64_t k0 = (int64_t) args->tiles[t].column * FOVEA_BLOCK;
        uint64_t word = get_word (args, &args->tiles[t], i);
        if (args->n_keys - k0 < FOVEA_BLOCK)
            word &= (UINT64_C (1) << (args->n_keys - k0)) - 1;
        for (; word != 0; word &= word - 1) {
            int64_t key = k0 + __builtin_ctzll (word);
            float w = weights[key - b->k0];
            if (!(w > 0))
                continue;
            sums->mass += (double) w;
            if (args->value_mass != NULL)
                sums->value_mass += (double) w * (double) args->lengths[key];
            keys[n] = (int32_t) key;
            kept[n++] = w;
        }
    }
    return n;
}

/* FoveaLoopBody over masks. */
static void
run_mask (void *data, int64_t m, int worker)
{
    const Block *b = data;
    const FoveaMaskRowsArgs *args = b->args;
    int32_t *keys = b->keys + (gsize) worker * b->room;
    float *kept = b->kept + (gsize) worker * b->room, *z = b->z + worker * args->width;
    int64_t row0 = b->block * FOVEA_BLOCK, list = b->block * args->n_masks + m;
    for (int64_t i = 0; i < MIN (args->n_queries - row0, FOVEA_BLOCK); i++) {
        Sums sums = {0, 0};
        int64_t n = gather_row (b, list, i, keys, kept, &sums);
        if (args->v != NULL)
            b->loops->sum (args->v, args->v_stride, args->width, keys, kept, n, NULL, z);
        write_row (args, (int) m, row0 + i, &sums, args->v != NULL ? z : NULL);
    }
}

void
fovea_mask_rows_cpu (FoveaDevice *device, const FoveaMaskRowsArgs *args)
{
    gsize workers = (gsize) fovea_threads_count (device->threads), n = (gsize) args->n_keys;
    g_autofree int32_t *keys = g_new (int32_t, workers * n);
    g_autofree float *kept = g_new (float, workers *n);
    g_autofree float *z = g_new (float, workers *(gsize) args->width);
    g_autofree float *weights = g_new (float, FOVEA_BLOCK *n);
    Block b = {.args = args,
               .loops = device->kernels->sparse,
               .weights = weights,
               .room = n,
               .keys = keys,
               .kept = kept,
               .z = z};
    for (; b.block < fovea_mask_rows_count_blocks (args) && !device->failed; b.block++) {
        if (find_keys (args, b.block, &b.k0, &b.k1)) {
            const FoveaRectangleArgs rectangle = get_rectangle (args, b.block, b.k0, b.k1, weights);
            fovea_rectangle_cpu (device, &rectangle);
        }
        fovea_threads_loop (device->threads, args->n_masks, run_mask, &b);
    }
}
