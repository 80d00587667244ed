/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Inner loops of the CPU table that exist once per instruction set. The loops over rows, heads and
 * threads around them stand in ops-cpu.c, cpu-linear.c and cpu-attend.c and know no instruction
 * set.
 *
 * One set is chosen when a device is opened: the widest that the processor has, or the one that the
 * environment variable FOVEA_CPU names (generic, avx2, avx512, amx), which is how tests reach all
 * of them on one machine. */
#include <glib.h>

#include "kernels/cpu-few.h"
#include "kernels/cpu-int8.h"
#include "kernels/ops.h"
#include "kernels/sparse-rows.h"
#include "kernels/top-mass.h"

enum {
    FOVEA_TILE = FOVEA_BLOCK /* queries of a tile: one row block */
};

/* Up to 64 queries of one head against a run of keys. Scores are kept by key, queries in the lanes
 * of a vector: S(j,r) = scores[j*lanes + r]. So a mask, a maximum or a sum over keys is a vertical
 * operation, keys and values are read as they lie in the cache, and any width D works. */
typedef struct {
    const FoveaScoreRule *rule;
    FoveaPrecision precision; /* of e and v on tile registers */
    int64_t head, width;      /* D */
    int64_t q0;               /* position of lane 0 */
    int64_t k0, k1;           /* positions of the keys */
    int n_queries, lanes;     /* lanes: a multiple of the vector, the rest computes on zeros */
    const float *q;           /* row of lane 0 */
    int64_t q_stride;
    const float *k, *v; /* rows of key k0 */
    int64_t kv_stride;

    /* Only on tile registers: keys and values of the tile's key/value head as bf16 pieces from key
     * k0 on (prepare_keys), and room for the tile's own. */
    const uint16_t *k_pieces, *v_pieces;
    uint16_t *own_pieces;

    float *q_tile;  /* (D, lanes) scale * q */
    float *z_tile;  /* (D, lanes) sum of e v */
    float *scores;  /* (k1-k0, lanes), then e = exp (s - max) */
    float *max;     /* (lanes) largest score */
    float *sum;     /* (lanes) sum of e */
    float *inverse; /* (lanes) 1 / sum, 0 for a row without keys and for idle lanes */

    /* Only for capture, else NULL. */
    float *sum_es;                /* (lanes) sum of e (s - max) */
    float *sum_ed;                /* (lanes) sum of e |i - j| */
    float *largest, *largest_at;  /* (lanes) first largest e, and i - j of its key */
    float *block_sum, *block_max; /* (blocks, lanes) of e, over keys of equal j/64 */
} FoveaScoreTile;

/* Attention on tile registers: score_tile and weigh_tile in their place, on tiles of 64 lanes whose
 * k0 is a multiple of 64, and what they need prepared. Counts are in bf16 elements, for 64 keys. */
typedef struct {
    int64_t (*key_size) (int64_t width);
    int64_t (*value_size) (int64_t width);
    int64_t (*own_size) (int64_t width);
    /* Cuts up to 64 rows of one head into pieces; missing rows are zero. @out may be NULL. */
    void (*prepare) (const float *k,
                     const float *v,
                     int64_t stride,
                     int64_t n,
                     int64_t width,
                     uint16_t *k_out,
                     uint16_t *v_out);
    void (*score_tile) (FoveaScoreTile *tile);
    void (*weigh_tile) (FoveaScoreTile *tile);
} FoveaTileKernels;

struct _FoveaCpuKernels {
    const char *name;  /* as in FOVEA_CPU */
    const char *title; /* for people */
    int n_lanes;       /* floats a vector */

    void (*add) (const float *a, const float *b, int64_t n, float *out);
    void (*norm_row) (const FoveaNormArgs *args, int64_t row);
    void (*rotary_row) (const FoveaRotaryArgs *args, int64_t row);
    void (*activate) (FoveaActivation kind, const float *x, const float *up, int64_t n, float *out);
    float (*log_sum_exp) (const float *x, int64_t n);
    /* exp (score - lse) in place of each score, 0 for -inf and where lse is -inf */
    void (*weights_row) (float *scores, int64_t n, float lse);
    /* f32, f16, bf16 or whole blocks to f32 */
    void (*widen) (const void *in, FoveaDtype dtype, int64_t n, float *out);
    /* y[o0..o1) of one row x; weights of single elements, converted in registers */
    void (*vector_product) (const FoveaWeight *weight,
                            const float *x,
                            const float *bias,
                            int64_t o0,
                            int64_t o1,
                            float *y);

    /* Fills q_tile, scores and max. */
    void (*score_tile) (FoveaScoreTile *tile);
    /* Turns scores into e, fills sum, z_tile and what capture wants. */
    void (*weigh_tile) (FoveaScoreTile *tile);
    /* mass[j - k0] += sum of e * inverse over the lanes */
    void (*column_tile) (const FoveaScoreTile *tile, double *mass);

    /* Mass of a row's heaviest keys (top-mass.h). */
    FoveaTopMass top_mass;
    /* Sums and products of rows that codes name (sparse-rows.h). */
    const FoveaSparseLoops *sparse;
    /* Blocks of integers, of device int8 (cpu-int8.h). */
    const FoveaIntLoops *integers;

    /* Products of a few rows with blocks (cpu-few.h), NULL = unpacked first. */
    void (*few_product) (const FoveaFewRows *few, const uint8_t *const *lines, int n, float *out);
    /* Products of many rows on tile registers, NULL = through BLAS. */
    void (*linear) (FoveaDevice *device, const FoveaLinearArgs *args);
    /* Attention on tile registers, NULL = with vectors only. */
    const FoveaTileKernels *tiles;
};

extern const struct _FoveaCpuKernels fovea_cpu_kernels_generic;
extern const struct _FoveaCpuKernels fovea_cpu_kernels_avx2;
extern const struct _FoveaCpuKernels fovea_cpu_kernels_avx512;

/**
 * fovea_cpu_kernels_choose:
 * @name: (nullable): a set's name; NULL = the widest
 *
 * Errors: FOVEA_ERROR_DEVICE if @name is unknown or this processor lacks it.
 * Thread: any.   Owner: static.
 */
const struct _FoveaCpuKernels *fovea_cpu_kernels_choose (const char *name, GError **error);

extern const FoveaTileKernels fovea_tile_kernels_amx;

/**
 * fovea_linear_amx:
 *
 * The operation `linear` on AMX tiles, for any row count; FOVEA_PRECISION_F32 or BF16.
 *
 * Thread: the one that uses the device.
 */
void fovea_linear_amx (FoveaDevice *device, const FoveaLinearArgs *args);
