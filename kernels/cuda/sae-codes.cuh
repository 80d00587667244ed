/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sparse codes on a GPU: what their kernels share. A quick pass multiplies f16 forms of rows and latents;
 * no score is kept but those that reach a threshold of their row. The threshold comes from a sample: the
 * scores of every latent of a few tiles, whose latents lie evenly over all. Which rank of the sample is
 * taken makes it near certain, whatever the scores are like, that more than k of all reach it and that
 * few do. A row where it was not so is noticed, listed and redone in full, so that codes do not depend
 * on luck: kernels/top-codes.h does the same on the CPU.
 *
 * Where inputs are rounded to bf16, a score is the product asked for: bf16 stands in f16 exactly but for
 * numbers below 2^-24 of the largest, since each row and each latent has a unit, a power of two: that
 * which brings its largest number near 2^12, or one for all latents that it suits as well.
 *
 * Else a score bounds its product, which is made again in f32 where it may matter:
 * |x~ w~ - x w| <= |x~ - x| |w~| + |x| |w~ - w| + sums' own error; a latent's reach is |w~|, a row's error
 * what it adds for a unit of reach. */
#include <cublas_v2.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdint.h>

extern "C" {
#include "kernels/device-codes.h"
}

/* The unit of all latents that it suits, so that a score takes no factor of its own. */
#define CODES_UNIT 0x1p-15f

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
    int *n_odd;         /* 0 if all latents' factors are CODES_UNIT */
} CodesPrepared;

/* One row's numbers for bounds. Below @least products have no mark: 0 = all that are positive have one,
 * inf = none has. */
typedef struct {
    alignas (16) float unit; /* of its f16 form */
    float error;             /* for a unit of reach; 0 if scores are the products */
    float slack;             /* whatever the reach */
    float least;
} CodesRow;

enum {
    CODES_SAMPLE = 4,       /* tiles at least, */
    CODES_SHARE = 24,       /* and one in so many, */
    CODES_SAMPLE_MOST = 48, /* at most: 294,912 latents */
    CODES_CHUNK = 4,        /* scores of a lane's row that are kept together */
    CODES_CHUNKS = 16,      /* of a group */
    CODES_RUNS = 32,        /* of eight scores, a row and tile of the sample */
    SCORE_BLOCK = 128       /* rows: there is room for whole blocks */
};

/* Rows under way. */
typedef struct {
    FoveaCodesArgs args;
    CodesPrepared prepared;
    const float *x; /* (rows, n_in) in f32, row stride x_stride: args.x, or centred */
    int64_t x_stride;
    __half *rounded; /* (rows, prepared.d) in units */
    CodesRow *row;   /* (rows) */
    float *largest;  /* (strip, sampled, CODES_RUNS) of the sample's scores */
    uint16_t *marks; /* (strip, tiles, 4) which chunks of a group reach the threshold */
    float4 *chunks; /* (strip, tiles, CODES_CHUNKS, 4) a group's marked chunks, one after another */
    int sampled, tiles; /* tiles in the sample, which are the first, and in all */
    int rank;           /* of the sample that is the threshold */
    int strip;          /* rows of a pass */
    float *products;    /* (strip, n) f32 where all are looked at; (processors, n) of rows redone */
    int *redo; /* [0] how many rows, [1] blocks that have made their products, then which rows */
    int room;  /* candidates of a row */
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
    p.n_odd = (int *) (p.lost + 2);
    return p;
}

/* Where operations are enqueued that ask how much there is: copies wait for a count while the stream goes on. */
typedef struct {
    cublasHandle_t blas;
    cudaStream_t stream, copies;
    cudaEvent_t counted;
} AboveStreams;

/* Latents of a tile lie evenly over all: column c of tile t is latent c n_tiles + t, so that latents that
 * fire together or were trained together are in no one tile. */
static __host__ __device__ inline int64_t
codes_latent (int64_t n_tiles, int64_t tile, int64_t column)
{
    return column * n_tiles + tile;
}

/* Column of score @i of chunk @chunk of the group that lanes @quad of quads hold. */
static __device__ inline int
codes_column (int chunk, int quad, int i)
{
    return 16 * chunk + i / 2 * 8 + 2 * quad + i % 2;
}

/* What a score must reach to be marked. Beyond its reach a little room for the subtraction's rounding. */
static __device__ inline float
codes_limit (float least, float reach, bool only_positive)
{
    float limit = least - reach - 0x1p-20f * fabsf (least);
    if (!(fabsf (least) < INFINITY))
        return INFINITY;
    return only_positive ? fmaxf (limit, 0x1p-149f - 1.01f * reach) : limit;
}

/* What kernels of capability 9.0 that follow each other begin with: the next may be brought to the
 * processors from now on, and this one goes on when the one before it is over. */
static __device__ inline void
codes_begin (void)
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;\ngriddepcontrol.wait;" ::: "memory");
#endif
}

/* Launches a kernel that begins so. */
template <typename... Parameters, typename... Arguments>
static cudaError_t
codes_follow (void (*kernel) (Parameters...),
              unsigned grid,
              unsigned threads,
              size_t shared,
              cudaStream_t stream,
              const Arguments &...arguments)
{
    cudaLaunchAttribute beside = {};
    beside.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    beside.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3 (grid);
    config.blockDim = dim3 (threads);
    config.dynamicSmemBytes = shared;
    config.stream = stream;
    config.attrs = &beside;
    config.numAttrs = 1;
    return cudaLaunchKernelEx (&config, kernel, Parameters (arguments)...);
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

/* And back. */
static __device__ inline float
codes_float (unsigned order)
{
    return __uint_as_float (order >> 31 ? order & 0x7fffffffu : ~order);
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
 * cuda_codes_sample:
 *
 * Thresholds of rows [@first, @first + @n) from scores of a sample; capability 9.0.
 */
cudaError_t cuda_codes_sample (const CodesRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_codes_threshold:
 *
 * The second half of cuda_codes_sample().
 */
cudaError_t cuda_codes_threshold (const CodesRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_codes_scores:
 *
 * Marks and chunks of rows that cuda_codes_sample() was given.
 */
cudaError_t cuda_codes_scores (const CodesRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_codes_choose:
 *
 * Codes from marked scores; rows that these do not decide go to run->redo.
 */
cudaError_t cuda_codes_choose (const CodesRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_codes_choice_bytes:
 *
 * Shared memory of a block of cuda_codes_choose().
 */
size_t cuda_codes_choice_bytes (const CodesRun *run);

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
