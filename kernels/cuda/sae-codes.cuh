/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sparse codes on a GPU: what their kernels share. A quick pass multiplies f16 forms of rows and latents
 * and leaves, for every row, its scores and the largest score of each group of 64 latents. The k-th
 * largest of these, less what rounding may have added, is a bound that at least k products reach; so
 * only groups and scores that may reach it are looked at again, by products in the precision asked
 * for. Codes therefore do not depend on the quick pass: kernels/top-codes.h does the same on the CPU.
 *
 * f16 keeps 11 bits where bf16 keeps 8, so its bound tells apart eight times more; each row and each
 * latent has a unit, a power of two that brings its largest number near 2^12. Inputs rounded to bf16
 * stand in f16 exactly, but for numbers below 2^-26 of the largest.
 *
 * The bound: |x~ w~ - x w| <= |x~ - x| |w~| + |x| |w~ - w| + sums' own error; a latent's reach is
 * |w~|, a row's error what it adds for a unit of reach. */
#include <cublas_v2.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdint.h>

extern "C" {
#include "kernels/device-codes.h"
}

/* FoveaCodesWeights.prepared, taken apart. */
typedef struct {
    int64_t F, d;       /* padded */
    __half *w;          /* (F, d) in units */
    float2 *affine;     /* (F) scale * unit, scale * bias; NaN bias beyond the last latent */
    float *unit;        /* (F) */
    float *reach;       /* (F) scale |w~| */
    float *group_reach; /* (F/64) largest of a group */
    float *lost;        /* largest |w~ - w| / |w~| */
    float *most_bias;   /* largest |scale * bias| */
} CodesPrepared;

/* One row's numbers for bounds. */
typedef struct {
    float error; /* for a unit of reach */
    float slack; /* whatever the reach */
    float unit;  /* of its f16 form */
} CodesRow;

/* Rows under way. */
typedef struct {
    FoveaCodesArgs args;
    CodesPrepared prepared;
    const float *x; /* (rows, n_in) in f32, row stride x_stride: args.x, or centred */
    int64_t x_stride;
    __half *rounded; /* (rows, prepared.d) in units */
    CodesRow *row;   /* (rows) */
    uint4 *scores;   /* (strip, F) bf16, in the order of sae-scores.cu */
    float *largest;  /* (strip, F/64) */
    int strip;       /* rows of a pass */
    float *products; /* (strip, n) f32 where all are looked at; (processors, n) of rows redone */
    int *redo;       /* [0] how many rows, then which */
    int room;        /* candidates of a row */
    bool fused;
    int n_processors;
} CodesRun;

static inline CodesPrepared
codes_prepared (const FoveaCodesWeights *w)
{
    CodesPrepared p;
    p.F = (w->n_latents + FOVEA_CODES_TILE - 1) / FOVEA_CODES_TILE * FOVEA_CODES_TILE;
    p.d = (w->n_in + FOVEA_CODES_PANEL - 1) / FOVEA_CODES_PANEL * FOVEA_CODES_PANEL;
    char *at = (char *) w->prepared;
    p.w = (__half *) at;
    p.affine = (float2 *) (at += p.F * p.d * 2);
    p.unit = (float *) (at += p.F * (int64_t) sizeof (float2));
    p.reach = (float *) (at += p.F * (int64_t) sizeof (float));
    p.group_reach = (float *) (at += p.F * (int64_t) sizeof (float));
    p.lost = (float *) (at += p.F / FOVEA_CODES_GROUP * (int64_t) sizeof (float));
    p.most_bias = p.lost + 1;
    return p;
}

/* Group of latent @j: a tile's columns by quads of lanes. */
static __host__ __device__ inline int64_t
codes_group (int64_t j)
{
    return j / FOVEA_CODES_TILE * 4 + j % 8 / 2;
}

/* Bits that order as floats do; NaN is 0, below all. */
static __device__ inline unsigned
codes_order (float x)
{
    unsigned bits = __float_as_uint (x + 0.0f); /* both zeros are one */
    if (x != x)
        return 0;
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

/* What a product competes by; 0 = not at all. */
static __device__ inline unsigned
codes_rank (float p, float scale, bool by_magnitude, bool only_positive)
{
    float q = p * scale;
    if (only_positive && !(p > 0))
        return 0;
    return codes_order (by_magnitude ? fabsf (q) : q);
}

/**
 * cuda_codes_scores:
 *
 * Scores and largest scores of rows [@first, @first + @n) by tensor cores; compute capability 9.0.
 */
cudaError_t cuda_codes_scores (const CodesRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_codes_prepare:
 *
 * FoveaCodesWeights.prepared.
 */
cudaError_t
cuda_codes_prepare (const FoveaCodesWeights *weights, int n_processors, cudaStream_t stream);

/**
 * cuda_codes_round:
 *
 * Rows in f16, their errors; empties the list of rows to be redone. As cuda_codes_run() has it.
 */
cudaError_t
cuda_codes_round (const CodesRun *run, const float *centre, float *centred, cudaStream_t stream);

/**
 * cuda_codes_plan:
 * @capability: 90
 * @scratch: bytes that fovea_cuda_codes() needs
 *
 * How rows will be encoded; pointers are not set.
 */
CodesRun
cuda_codes_plan (const FoveaCodesArgs *args, int n_processors, int capability, size_t *scratch);

/**
 * cuda_codes_lay_out:
 *
 * Sets the pointers of a planned run.
 */
cudaError_t cuda_codes_lay_out (CodesRun *run, void *scratch);

/**
 * cuda_codes_run:
 * @centre: (nullable) (n_in): subtracted from rows before anything
 * @centred: (nullable) (rows, n_in): where they go then
 *
 * Enqueues all rows.
 */
cudaError_t cuda_codes_run (CodesRun *run,
                            void *scratch,
                            const float *centre,
                            float *centred,
                            cublasHandle_t blas,
                            cudaStream_t stream);

/* Products of all latents of a few rows. */
typedef struct {
    const float *products; /* (rows, n), row stride `stride`, without bias */
    int64_t n, stride;
    const CodesRow *row;       /* (rows) whose units the products are in, or NULL = 1 */
    const float *unit;         /* (n) and those of latents */
    const float *bias, *scale; /* by name; NULL = 0, 1 */
    const int32_t *members;    /* (n) names, rising; NULL = 0 .. n-1 */
    int64_t k;
    bool by_magnitude, only_positive;
    int32_t *latent, *count; /* (rows, k), (rows) */
    float *value;            /* (rows, k) */
} DenseRows;

/**
 * cuda_codes_dense:
 *
 * The k largest of each of @n rows, by their bits.
 */
cudaError_t cuda_codes_dense (const DenseRows *dense, int64_t n, cudaStream_t stream);

/**
 * cuda_codes_redo:
 *
 * Rows of run->redo, from products in full.
 */
cudaError_t cuda_codes_redo (const CodesRun *run, cudaStream_t stream);
