/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the attention kernels for Hopper share: tiles in shared memory, their descriptors and maps,
 * rings of stages. */
#include <cuda.h>

#include "kernels/cuda/hopper.cuh"
#include "kernels/cuda/tickets.h"

enum {
    HOPPER_KEYS = 128, /* keys of a tile: two blocks of the pyramid */
    HOPPER_ROWS = 64,  /* rows of a warpgroup */
};

/* What kernels with two consumers take from here without a template. */
enum {
    CONSUMERS = 2, /* warpgroups */
    HOPPER_THREADS = 128 * (CONSUMERS + 1),
    TILE_ROWS = HOPPER_ROWS * CONSUMERS
};

/* @C consumers: warpgroups of 64 rows each. A tile lies in shared memory in panels of up to 64 columns, a
 * row of which is one period of the swizzle: the form that bulk copies write and products read. HIGH
 * is the upper word of a descriptor, alike for all tiles: rows eight apart, and the swizzle. Stages
 * as many as fit beside the queries. */
template <int D, int C = 2> struct Tiles {
    static constexpr int CONSUMERS = C;
    static constexpr int THREADS = 128 * (CONSUMERS + 1);
    static constexpr int TILE_ROWS = HOPPER_ROWS * CONSUMERS;
    static constexpr int PANEL = D < 64 ? D : 64; /* columns of a panel: the swizzle's row */
    static constexpr int PANELS = D / PANEL;
    static constexpr int ROW_BYTES = 2 * PANEL;
    static constexpr int STAGES = D == 128 ? 2 : D == 64 ? 3 : 4;
    static constexpr uint32_t Q_BYTES = TILE_ROWS * D * 2;
    static constexpr uint32_t KV_BYTES = HOPPER_KEYS * D * 2;
    static constexpr uint32_t HIGH = ((8 * ROW_BYTES) >> 4) | ((PANEL == 64 ? 1u : 2u) << 30);
    static constexpr size_t SHARED = 1024 + Q_BYTES + 2 * STAGES * KV_BYTES + 1024;
};

/* A place in a ring of stages. */
typedef struct {
    int stage;
    uint32_t phase;
} Ring;

/* The next place; the phase turns when the ring begins anew. */
template <int STAGES>
static __device__ inline void
ring_next (Ring *r)
{
    if (++r->stage == STAGES) {
        r->stage = 0;
        r->phase ^= 1;
    }
}

/* Loads a tile, a bulk copy a panel, and tells @bar how many bytes to expect: of rows outside the tensor,
 * too, which arrive as zeros. */
template <int D>
static __device__ inline void
load_panels (
    const CUtensorMap *map, char *to, uint64_t *bar, int rows, uint32_t bytes, int head, int row)
{
    using X = Tiles<D>;
    barrier_expect (bar, bytes);
#pragma unroll
    for (int i = 0; i < X::PANELS; i++)
        tensor_load (map, to + i * rows * X::ROW_BYTES, bar, i * X::PANEL, head, row);
}

/* The next ticket of a block, its @turn-th, for one thread. */
static __device__ inline int
next_ticket (const Tickets &t, uint32_t turn)
{
    return t.counter != NULL ? atomicAdd (t.counter, 1)
                             : own_ticket (&t, (int) gridDim.x, (int) blockIdx.x, (int) turn);
}

/* High words are constants of a kernel, low ones move with the tile. */
static __device__ inline uint64_t
descriptor (uint32_t high, uint32_t low)
{
    return (uint64_t) high << 32 | low;
}

/* Low word of a tile's descriptor, the same for the whole warp: kept in a uniform register, it
 * costs no vector arithmetic per product. */
static __device__ inline uint32_t
descriptor_low (const void *tile, uint32_t leading)
{
    uint32_t low = (shared_address (tile) & 0x3ffff) >> 4 | (leading >> 4) << 16;
    return __shfl_sync (~0u, low, 0);
}

/* The four lanes that hold a row's columns between them. */
static __device__ inline float
quad_total (float x)
{
    x += __shfl_xor_sync (~0u, x, 1);
    return x + __shfl_xor_sync (~0u, x, 2);
}

/* A launch of @grid blocks that may start before the kernel in front of it has ended (grid_wait()): what it
 * costs to start is hidden. @early: room for what is said of that. */
static inline cudaLaunchConfig_t
launch_early (int grid, int threads, size_t shared, cudaStream_t stream, cudaLaunchAttribute *early)
{
    early->id = cudaLaunchAttributeProgrammaticStreamSerialization;
    early->val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim.x = (unsigned) grid;
    config.blockDim.x = (unsigned) threads;
    config.dynamicSmemBytes = shared;
    config.stream = stream;
    config.attrs = early;
    config.numAttrs = 1;
    return config;
}

/* Sets the counter to 0 where one is wanted. */
static inline cudaError_t
clear_tickets (const Tickets *t, cudaStream_t stream)
{
    return t->counter == NULL ? cudaSuccess : cudaMemsetAsync (t->counter, 0, sizeof (int), stream);
}

/* What stands for a log-sum-exp that is still to come. Arithmetic gives no such NaN. */
#define HOPPER_MARK 0xffffffffu

[[maybe_unused]] static __device__ inline bool
is_marked (float lse)
{
    return __float_as_uint (lse) == HOPPER_MARK;
}

typedef CUresult (*EncodeTiled) (CUtensorMap *,
                                 CUtensorMapDataType,
                                 cuuint32_t,
                                 void *,
                                 const cuuint64_t *,
                                 const cuuint64_t *,
                                 const cuuint32_t *,
                                 const cuuint32_t *,
                                 CUtensorMapInterleave,
                                 CUtensorMapSwizzle,
                                 CUtensorMapL2promotion,
                                 CUtensorMapFloatOOBfill);

/* The driver's entry, asked for at run time, so that nothing links libcuda. */
static cudaError_t
find_encode (EncodeTiled *encode)
{
    static EncodeTiled known;
    if (known == NULL) {
        void *entry = NULL;
        cudaDriverEntryPointQueryResult found;
        cudaError_t status = cudaGetDriverEntryPointByVersion ("cuTensorMapEncodeTiled", &entry,
                                                               12000, cudaEnableDefault, &found);
        if (status != cudaSuccess || found != cudaDriverEntryPointSuccess || entry == NULL)
            return status != cudaSuccess ? status : cudaErrorNotSupported;
        known = (EncodeTiled) entry;
    }
    *encode = known;
    return cudaSuccess;
}

/* (n, heads, D) bf16 in boxes of (@rows, 1, panel). */
[[maybe_unused]] static cudaError_t
make_map (CUtensorMap *map, const void *data, int64_t n, int64_t heads, int64_t D, int rows)
{
    EncodeTiled encode;
    cudaError_t status = find_encode (&encode);
    if (status != cudaSuccess)
        return status;
    uint32_t panel = D < 64 ? (uint32_t) D : 64;
    cuuint64_t sizes[3] = {(cuuint64_t) D, (cuuint64_t) heads, (cuuint64_t) n};
    cuuint64_t strides[2] = {(cuuint64_t) (2 * D), (cuuint64_t) (2 * D * heads)};
    cuuint32_t box[3] = {panel, 1, (cuuint32_t) rows}, ones[3] = {1, 1, 1};
    CUresult result =
        encode (map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 3, (void *) data, sizes, strides, box, ones,
                CU_TENSOR_MAP_INTERLEAVE_NONE,
                panel == 64 ? CU_TENSOR_MAP_SWIZZLE_128B : CU_TENSOR_MAP_SWIZZLE_64B,
                CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return result == CUDA_SUCCESS ? cudaSuccess : cudaErrorInvalidValue;
}
