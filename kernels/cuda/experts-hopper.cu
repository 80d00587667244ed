/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products of experts in bf16 and f16 on Hopper: a persistent grid of one block per multiprocessor, whose
 * tiles are 128 positions by 256 columns. Warpgroup 0 loads, two warpgroups multiply 64 positions each.
 * Where gate and up are made together each has 128 of the columns: a lane's column c and c + 128 are then
 * both halves of one element.
 *
 * Bulk copies fetch the tiles. For that rows are gathered before (8 C B a choice, against 6 C M flop),
 * and experts of a role lie at even distances, so that one map serves all of them. Rows of a tile behind
 * an expert's last are the next one's: they are multiplied, and not written.
 * Moves: the chosen experts' weights once a tile of rows.   Work: 2 flop a choice and weight.
 * Roof: memory where an expert has fewer than some 200 rows, else tensor cores. */
#include "kernels/cuda/experts.cuh"
#include "kernels/cuda/hopper-wide.cuh"

enum {
    COLUMNS = WIDE_COLUMNS,
    HALF_BYTES = COLUMNS / 2 * WIDE_LINE_BYTES, /* of a stage: gates, then ups; or outs, twice */
    SHARED_BYTES = WIDE_BYTES + 256
};
static_assert ((int) EXPERT_LARGE == (int) TILE_ROWS, "a tile is a stage's rows");

/* Maps of x and of both halves of the columns. */
typedef struct {
    CUtensorMap x, w[2];
} Maps;

/* What a block makes next: a tile and a block of columns. Blocks that run at the same time have all tiles
 * of an expert for the same columns, so that weights come from memory once. */
typedef struct {
    ExpertTile tile;
    int32_t block;
    int split, step0, steps; /* its part of the inputs */
} Item;

/* Halves of a tile's inputs are neighbours, then tiles of the same columns, then columns, then experts. */
static __device__ inline Item
find_item (const ExpertProduct &p, int32_t n_columns, int32_t at)
{
    /* Divisions, but once an item, and the loader makes them ahead of the products. */
    int32_t split = at % p.splits, steps = (int32_t) ((p.n_in + WIDE_PANEL - 1) / WIDE_PANEL);
    int32_t each = (steps + p.splits - 1) / p.splits;
    at /= p.splits;
    ExpertTile one = p.lists.tiles[at / n_columns];
    int32_t within = at - one.first * n_columns;
    return Item{p.lists.tiles[one.first + within % one.n], within / one.n, split, split * each,
                min (each, steps - split * each)};
}

/* Known on the GPU alone. */
static __device__ inline int32_t
count_items (const ExpertProduct &p, int32_t n_columns)
{
    return *p.lists.n_tiles * n_columns * p.splits;
}

/* One thread brings all tiles of its block's items, one after the other, as far ahead as stages allow:
 * also those of the next item while this one's sums are finished. */
template <bool FUSED>
static __device__ void
produce (const ExpertProduct &p, const Maps &maps, int32_t n_columns, char *stages, WideBarriers *b)
{
    Ring ring = {0, 1};
    int32_t n_items = count_items (p, n_columns);
    for (int32_t at = (int32_t) blockIdx.x; at < n_items; at += (int32_t) gridDim.x) {
        Item item = find_item (p, n_columns, at);
        int column = item.block * (FUSED ? COLUMNS / 2 : COLUMNS);
        for (int step = item.step0; step < item.step0 + item.steps; step++) {
            char *stage = wide_next_stage (stages, ring, b);
            uint64_t *full = &b->full[ring.stage];
            /* Inputs behind the last are zeros, as the map says: a step is always whole. */
            tensor_load (&maps.x, stage, full, step * WIDE_PANEL, item.tile.position, 0);
            for (int half = 0; half < 2; half++)
                tensor_load (&maps.w[half], stage + WIDE_X_BYTES + half * HALF_BYTES, full,
                             step * WIDE_PANEL, FUSED ? column : column + half * COLUMNS / 2,
                             item.tile.expert);
            ring_next<WIDE_STAGES> (&ring);
        }
    }
}

/* Hidden elements of a lane's rows. */
template <typename T>
static __device__ inline void
finish_hidden (const ExpertProduct &p, const Item &item, int row, const float (&d)[128])
{
    int64_t o0 = (int64_t) item.block * (COLUMNS / 2) + 2 * (threadIdx.x % 4);
    const float *gate = p.w[0].bias, *up = p.w[1].bias;
    int64_t biases = item.tile.expert * p.n_out;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int r = row + 8 * half;
        /* At its position: the second product gathers nothing. */
        T *h = (T *) p.y + (item.tile.position + r) * p.y_stride;
#pragma unroll
        for (int j = 0; j < COLUMNS / 16; j++) {
            int64_t o = o0 + 8 * j;
            T two[2];
            if (r >= item.tile.rows || o >= p.y_stride)
                continue;
#pragma unroll
            for (int i = 0; i < 2; i++) {
                bool inside = o + i < p.n_out;
                float a = d[4 * j + 2 * half + i], b = d[64 + 4 * j + 2 * half + i];
                a += inside && gate != NULL ? gate[biases + o + i] : 0;
                b += inside && up != NULL ? up[biases + o + i] : 0;
                float h1 = p.activation == FOVEA_ACTIVATION_SILU
                               ? expert_quick_silu (a) * b
                               : expert_activate (p.activation, a, b);
                two[i] = (T) (inside ? h1 : 0);
            }
            *(uint32_t *) (h + o) = *(const uint32_t *) two;
        }
    }
}

/* Outputs of a lane's rows, each to its choice. */
static __device__ inline void
finish_out (const ExpertProduct &p, const Item &item, int row, const float (&d)[128])
{
    int64_t o0 = (int64_t) item.block * COLUMNS + 2 * (threadIdx.x % 4);
    /* Of two halves of the inputs the first adds the bias. */
    const float *bias =
        p.w[0].bias != NULL && item.split == 0 ? p.w[0].bias + item.tile.expert * p.n_out : NULL;
    bool even = p.n_out % 2 == 0;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int r = row + 8 * half;
        bool there = r < item.tile.rows;
        int64_t choice = p.lists.choices[item.tile.position + (there ? r : 0)];
        float *y = (float *) p.y + item.split * p.split_stride + choice * p.y_stride;
#pragma unroll
        for (int j = 0; j < COLUMNS / 8; j++) {
            int64_t o = o0 + 8 * j;
            if (!there || o >= p.n_out)
                continue;
            float a = d[4 * j + 2 * half], b = d[4 * j + 2 * half + 1];
            bool both = o + 1 < p.n_out;
            a += bias != NULL ? bias[o] : 0;
            b += bias != NULL && both ? bias[o + 1] : 0;
            if (even) {
                *(float2 *) (y + o) = make_float2 (a, b);
                continue;
            }
            y[o] = a;
            if (both)
                y[o + 1] = b;
        }
    }
}

/* The loader's items. */
template <typename T, bool FUSED>
static __device__ void
consume (const ExpertProduct &p, int32_t n_columns, int consumer, char *stages, WideBarriers *b)
{
    uint32_t x = descriptor_low (stages + consumer * HOPPER_ROWS * WIDE_LINE_BYTES, 16);
    uint32_t w = descriptor_low (stages + WIDE_X_BYTES, 16);
    int row =
        consumer * HOPPER_ROWS + (int) threadIdx.x % 128 / 32 * 16 + (int) threadIdx.x % 32 / 4;
    int32_t n_items = count_items (p, n_columns);
    Ring ring = {0, 0};
    float d[128];
    for (int32_t at = (int32_t) blockIdx.x; at < n_items; at += (int32_t) gridDim.x) {
        Item item = find_item (p, n_columns, at);
        wide_multiply<T> (item.steps, x, w, b, &ring, d, [] {});
        if constexpr (FUSED)
            finish_hidden<T> (p, item, row, d);
        else
            finish_out (p, item, row, d);
    }
}

/* Does: one of both products for all tiles.
 * Tiles: 128 x 256 x 64, four stages of 48 KB.   Needs: what experts_are_even() asks for. */
template <typename T, bool FUSED>
static __global__ void
__launch_bounds__ (HOPPER_THREADS, 1) hopper_kernel (const __grid_constant__ ExpertProduct p,
                                                     const __grid_constant__ Maps maps,
                                                     int32_t n_columns)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char raw[];
    char *stages = wide_stages (raw);
    WideBarriers *b = (WideBarriers *) (stages + WIDE_STAGES * WIDE_STAGE_BYTES);
    wide_begin (b);
    wide_split ([&] { produce<FUSED> (p, maps, n_columns, stages, b); },
                [&] (int consumer) { consume<T, FUSED> (p, n_columns, consumer, stages, b); });
#endif
}

/* (n, rows, columns) of two bytes in boxes of 128 rows by 64 columns; strides in elements. */
static cudaError_t
make_stack (CUtensorMap *map,
            const void *data,
            int64_t columns,
            int64_t rows,
            int64_t row_stride,
            int64_t n,
            int64_t stride)
{
    EncodeTiled encode;
    cudaError_t status = find_encode (&encode);
    if (status != cudaSuccess)
        return status;
    cuuint64_t sizes[3] = {(cuuint64_t) columns, (cuuint64_t) rows, (cuuint64_t) n};
    cuuint64_t strides[2] = {(cuuint64_t) (2 * row_stride), (cuuint64_t) (2 * stride)};
    cuuint32_t box[3] = {WIDE_PANEL, 128, 1}, ones[3] = {1, 1, 1};
    /* Both types of two bytes are moved alike. */
    CUresult result =
        encode (map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 3, (void *) data, sizes, strides, box, ones,
                CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return result == CUDA_SUCCESS ? cudaSuccess : cudaErrorInvalidValue;
}

/* As many blocks as processors, whatever the number of items is: the host does not know it. */
template <typename T, bool FUSED>
static cudaError_t
launch (const ExpertProduct *p, const Maps *maps, int n_processors, cudaStream_t stream)
{
    int32_t n_columns = (int32_t) expert_blocks (p, FUSED, COLUMNS);
    cudaError_t status = cudaFuncSetAttribute (
        hopper_kernel<T, FUSED>, cudaFuncAttributeMaxDynamicSharedMemorySize, SHARED_BYTES);
    if (status != cudaSuccess)
        return status;
    hopper_kernel<T, FUSED>
        <<<(unsigned) n_processors, HOPPER_THREADS, SHARED_BYTES, stream>>> (*p, *maps, n_columns);
    return cudaGetLastError ();
}

cudaError_t
cuda_experts_hopper (const ExpertProduct *p,
                     const ExpertStack *stack,
                     FoveaDtype dtype,
                     bool fused,
                     int n_processors,
                     cudaStream_t stream)
{
    Maps maps;
    int64_t width = (p->n_in + 7) / 8 * 8; /* rows of x are padded with zeros, those of w are not */
    cudaError_t status =
        make_stack (&maps.x, p->x, width, stack->n_positions, p->x_stride, 1, p->x_stride);
    for (int i = 0; i < 2 && status == cudaSuccess; i++) {
        int which = fused ? i : 0;
        status = make_stack (&maps.w[i], stack->first[which], p->n_in, p->n_out, p->w[which].stride,
                             stack->n_experts, stack->stride[which]);
    }
    if (status != cudaSuccess)
        return status;
    if (dtype == FOVEA_BF16)
        return fused ? launch<__nv_bfloat16, true> (p, &maps, n_processors, stream)
                     : launch<__nv_bfloat16, false> (p, &maps, n_processors, stream);
    return fused ? launch<__half, true> (p, &maps, n_processors, stream)
                 : launch<__half, false> (p, &maps, n_processors, stream);
}
