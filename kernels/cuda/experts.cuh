/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* An MLP of experts on the GPU. The host does not know who chose whom: it launches as many blocks as
 * could be needed, and each looks up in a list that was made on the GPU which expert's rows it has.
 *
 * A choice is row * K + k. Choices sorted by expert are positions; rows of a product are positions in
 * tiles of one expert each. What every kernel gives is independent of the order in which blocks run:
 * sorting counts instead of appending, and a row's experts are added in their order. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "kernels/device-experts.h"

enum {
    EXPERT_SMALL = 32,   /* rows of a tile where experts have few, */
    EXPERT_MEDIUM = 64,  /* else in f32, where a row that is padding costs most, */
    EXPERT_LARGE = 128,  /* and on tensor cores */
    EXPERT_COLUMNS = 128 /* of a tile; gate and up have half of them each */
};

/* Some positions of one expert. Tiles of an expert follow each other, so that blocks that run at the
 * same time read the same weights. */
typedef struct {
    int32_t expert, position, rows;
    int32_t first, n; /* tiles of the same expert */
} ExpertTile;

typedef struct {
    ExpertTile *tiles;
    int32_t *n_tiles;
    int32_t *choices; /* by position */
} ExpertLists;

/* Matrices of one role, all alike but for where they lie. */
typedef struct {
    const void *const *data; /* (E) */
    const float *bias;       /* (E, n_out) or NULL */
    int64_t stride;
    FoveaDtype dtype;
    bool input_major;
} ExpertMatrices;

/* One of the two products: y = act (x GATE) * (x IN) by positions, rounded to the product's type and
 * padded with zeros to y_stride; or y = x OUT by choices, in f32. */
typedef struct {
    ExpertLists lists;
    ExpertMatrices w[2]; /* gate and in; or out alone */
    FoveaActivation activation;
    bool aligned; /* all matrices begin at multiples of 16 bytes */
    int32_t n_used;
    int64_t n_in, n_out;
    const void *x; /* by positions; the first product in f32 finds a choice's row of the stream */
    int64_t x_stride;
    void *y;
    int64_t y_stride;
    int32_t
        splits; /* of the inputs of OUT: each has a y of its own, @split_stride elements apart */
    int64_t split_stride;
} ExpertProduct;

/* x as a product of @dtype sees it. */
static __device__ inline float
expert_round (float x, FoveaDtype dtype)
{
    if (dtype == FOVEA_BF16)
        return __bfloat162float (__float2bfloat16 (x));
    if (dtype == FOVEA_F16)
        return __half2float (__float2half (x));
    return x;
}

static __device__ inline float
expert_load (const void *data, FoveaDtype dtype, int64_t at)
{
    if (dtype == FOVEA_BF16)
        return __bfloat162float (((const __nv_bfloat16 *) data)[at]);
    if (dtype == FOVEA_F16)
        return __half2float (((const __half *) data)[at]);
    return ((const float *) data)[at];
}

/* w(o,i) of an expert. */
static __device__ inline float
expert_weight (const ExpertMatrices &w, const void *data, int64_t o, int64_t i)
{
    return expert_load (data, w.dtype, w.input_major ? i * w.stride + o : o * w.stride + i);
}

/* silu (x) to 2^-20 of it, which is more than is left of a hidden element of two bytes; expf() and a true
 * quotient were a tenth of such a product's time. */
static __device__ inline float
expert_quick_silu (float x)
{
    return __fdividef (x, 1 + __expf (-x));
}

/* What a hidden element is; the formulas of activate_kernel(). */
static __device__ inline float
expert_activate (FoveaActivation kind, float gate, float up)
{
    switch (kind) {
    case FOVEA_ACTIVATION_GELU:
        return 0.5f * gate * (1 + erff (gate * 0.70710678118654752f)) * up;
    case FOVEA_ACTIVATION_GELU_NEW:
        return 0.5f * gate *
               (1 + tanhf (0.79788456080286536f * (gate + 0.044715f * gate * gate * gate))) * up;
    case FOVEA_ACTIVATION_SILU:
        return gate / (1 + expf (-gate)) * up;
    case FOVEA_ACTIVATION_CLAMPED:
        gate = gate > 7 ? 7 : gate;
        up = (up > 7 ? 7 : up < -7 ? -7 : up) + 1;
        return gate / (1 + expf (-1.702f * gate)) * up;
    case FOVEA_ACTIVATION_RELU_SQUARED:
        return (gate > 0 ? gate * gate : gate < 0 ? 0 : gate) * up;
    default:
        return (gate > 0 ? gate : gate < 0 ? 0 : gate) * up; /* NaN stays NaN */
    }
}

/* The tile and the block of columns of a thread block; false if there is none for it. */
static __device__ inline bool
expert_place (const ExpertProduct &p, int32_t n_columns, ExpertTile *tile, int32_t *column)
{
    int32_t at = (int32_t) (blockIdx.x / (unsigned) n_columns);
    if (at >= *p.lists.n_tiles)
        return false;
    ExpertTile one = p.lists.tiles[at];
    int32_t within = (int32_t) blockIdx.x - one.first * n_columns;
    *column = within / one.n;
    *tile = p.lists.tiles[one.first + within % one.n];
    return true;
}

/* Blocks of @columns: half of them gates and half ups, or of out. */
static inline int64_t
expert_blocks (const ExpertProduct *p, bool fused, int64_t columns)
{
    int64_t n = fused ? p->y_stride : p->n_out, each = fused ? columns / 2 : columns;
    return (n + each - 1) / each;
}

/* Whether weights have the product's type and order, and rows that are whole pieces of 16 bytes. */
static inline bool
experts_are_plain (const ExpertProduct *p, FoveaDtype dtype, bool fused)
{
    bool plain = p->aligned && p->n_in % 8 == 0;
    for (int i = 0; i < (fused ? 2 : 1); i++)
        plain = plain && p->w[i].dtype == dtype && !p->w[i].input_major && p->w[i].stride % 8 == 0;
    return plain;
}

/**
 * cuda_experts_sort:
 * @rows: of a tile
 *
 * Fills the lists from (n) chosen experts.
 */
cudaError_t cuda_experts_sort (const int32_t *chosen,
                               int64_t n,
                               int64_t n_experts,
                               int rows,
                               ExpertLists lists,
                               cudaStream_t stream);

/**
 * cuda_experts_tiles:
 *
 * One product in f32, whatever the weights' type. @rows: of a tile of the lists, SMALL or MEDIUM;
 * @most: tiles that there may be.
 */
cudaError_t cuda_experts_tiles (
    const ExpertProduct *p, bool fused, int rows, int64_t most, cudaStream_t stream);

/**
 * cuda_experts_mma:
 * @dtype: BF16 or F16: of x, and of hidden elements
 *
 * The same on tensor cores.
 */
cudaError_t cuda_experts_mma (const ExpertProduct *p,
                              FoveaDtype dtype,
                              bool fused,
                              bool large,
                              int64_t most,
                              cudaStream_t stream);

/* Matrices that lie at even distances, and how many rows x has. */
typedef struct {
    const void *first[2]; /* of gate and in, or of out alone */
    int64_t stride[2];    /* elements from one expert to the next */
    int64_t n_experts, n_positions;
} ExpertStack;

/**
 * cuda_experts_hopper:
 *
 * The same on Hopper, for large tiles and weights that are plain. x has a row a position.
 */
cudaError_t cuda_experts_hopper (const ExpertProduct *p,
                                 const ExpertStack *stack,
                                 FoveaDtype dtype,
                                 bool fused,
                                 int n_processors,
                                 cudaStream_t stream);

/* A few rows of the stream. */
typedef struct {
    ExpertMatrices w[FOVEA_N_EXPERT_ROLES];
    FoveaActivation activation;
    FoveaDtype rounding; /* F32 = none */
    int32_t rows, n_used;
    int64_t width, hidden; /* C, M */
    const float *x, *shares;
    const int32_t *chosen;
    float *h, *out; /* (rows, K, M) scratch, (rows, C) */
} ExpertRow;

/**
 * cuda_experts_row_serves:
 *
 * Whether rows are few, and those of all weights can be read 16 bytes at a time.
 */
bool cuda_experts_row_serves (const FoveaExpertsArgs *args);

/**
 * cuda_experts_row:
 */
cudaError_t cuda_experts_row (const ExpertRow *r, cudaStream_t stream);
