/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products of experts in bf16 and f16 on Hopper: tiles of 128 positions by 256 columns, 64 inputs a
 * step, four steps in shared memory. Two warpgroups multiply 64 positions by all columns each, and bring
 * the tiles as well: rows of the stream lie wherever their choices are, which a bulk copy could not
 * gather. Wide tiles, since those of 128 columns read twice the L2 cache's share of a step.
 * Moves: the chosen experts' weights once a tile of rows.   Work: 2 flop a choice and weight.
 * Roof: memory where an expert has fewer than some 200 rows, else tensor cores. */
#include "kernels/cuda/experts-mma.cuh"
#include "kernels/cuda/hopper-tiles.cuh"
#include "kernels/cuda/hopper-wide.cuh"

enum {
    THREADS = 256,
    COLUMNS = 256,
    STAGES = 4,
    STAGE_BYTES = (EXPERT_LARGE + COLUMNS) * LINE_BYTES,
    SHARED_BYTES = 1024 + STAGES * STAGE_BYTES
};

/* The swizzle's group of eight rows, and the 128-byte swizzle itself. */
static const uint32_t DESCRIPTOR_HIGH = (8 * LINE_BYTES) >> 4 | 1u << 30;

/* 64 x 256 sums of a warpgroup from 16 inputs. */
template <typename T>
static __device__ inline void
multiply_16 (float (&d)[128], uint64_t a, uint64_t b, int add)
{
    if constexpr (std::is_same<T, __half>::value)
        product_wide (d, a, b, add);
    else
        product_wide_bf16 (d, a, b, add);
}

/* Step @k of the inputs into a stage; nothing is copied behind the last. */
static __device__ inline void
begin_step (const ExpertProduct &p,
            const ExpertRows<EXPERT_LARGE, COLUMNS> &rows,
            char *stage,
            int64_t k)
{
    if (k < p.n_in) {
        begin_lines<EXPERT_LARGE> (stage, rows.x, p.x, k, p.x_stride);
        begin_lines<COLUMNS> (stage + EXPERT_LARGE * LINE_BYTES, rows.w, p.x, k, p.n_in);
    }
    commit_copies ();
}

/* Lane l has rows l / 4 and l / 4 + 8 of its warp's 16, columns 2 (l % 4) and the next of every 8. */
template <typename T, bool FUSED>
static __device__ inline void
finish (const ExpertProduct &p, const ExpertTile &tile, int32_t block, const float (&d)[128])
{
    int lane = (int) threadIdx.x % 32, which;
    bool even = p.n_out % 2 == 0;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int r = (int) threadIdx.x / 32 * 16 + 8 * half + lane / 4;
        if (r >= tile.rows)
            continue;
        int64_t position = tile.position + r;
        T *h = (T *) p.y + position * p.y_stride;
        float *y = (float *) p.y + (FUSED ? 0 : p.lists.choices[position] * p.y_stride);
#pragma unroll
        for (int j = 0; j < COLUMNS / 8; j += FUSED ? 2 : 1) {
            int64_t o = column_output<FUSED, COLUMNS> (block, 8 * j, &which) + 2 * (lane % 4);
            if (FUSED)
                finish_hidden<T> (p, tile.expert, h, o, &d[4 * j + 2 * half],
                                  &d[4 * j + 4 + 2 * half]);
            else
                finish_out (p, tile.expert, y, o, &d[4 * j + 2 * half], even);
        }
    }
}

/* All steps of a tile. A stage is filled again once both warpgroups are through with it, while the
 * next product runs. */
template <typename T>
static __device__ inline void
multiply_all (const ExpertProduct &p,
              const ExpertRows<EXPERT_LARGE, COLUMNS> &rows,
              char *memory,
              float (&d)[128])
{
    uint32_t x = descriptor_low (memory + threadIdx.x / 128 * HOPPER_ROWS * LINE_BYTES, 16);
    uint32_t w = descriptor_low (memory + EXPERT_LARGE * LINE_BYTES, 16);
    for (int stage = 0; stage < STAGES - 1; stage++)
        begin_step (p, rows, memory + stage * STAGE_BYTES, stage * PANEL);
    int steps = (int) ((p.n_in + PANEL - 1) / PANEL), stage = 0, last = STAGES - 1;
    for (int step = 0; step < steps; step++) {
        wait_copies<STAGES - 2> ();
        /* The copies were ordinary writes; products read shared memory another way. */
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
        __syncthreads ();
        uint32_t at = (uint32_t) stage * (STAGE_BYTES >> 4);
        pin (d);
        product_fence ();
#pragma unroll
        for (int k = 0; k < PANEL / 16; k++)
            multiply_16<T> (d, descriptor (DESCRIPTOR_HIGH, x + at + 2 * k),
                            descriptor (DESCRIPTOR_HIGH, w + at + 2 * k), step > 0 || k > 0);
        product_commit ();
        product_wait<1> ();
        pin (d);
        __syncthreads (); /* the stage before is free */
        begin_step (p, rows, memory + last * STAGE_BYTES, (int64_t) (step + STAGES - 1) * PANEL);
        last = stage;
        stage = stage == STAGES - 1 ? 0 : stage + 1;
    }
    product_wait<0> ();
    pin (d);
    wait_copies<0> ();
}

/* Does: one of both products for a tile of positions of one expert.
 * Tiles: 128 x 256 x 64, one block a processor.   Needs: weights that experts_are_plain(). */
template <typename T, bool FUSED>
static __global__ void
__launch_bounds__ (THREADS, 1)
    hopper_kernel (const __grid_constant__ ExpertProduct p, int32_t n_columns)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char raw[];
    __shared__ ExpertRows<EXPERT_LARGE, COLUMNS> rows;
    char *memory = (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
    ExpertTile tile;
    int32_t block;
    if (!expert_place (p, n_columns, &tile, &block))
        return;
    find_rows<EXPERT_LARGE, COLUMNS, FUSED> (p, tile, block, &rows);
    __syncthreads ();
    float d[128];
    multiply_all<T> (p, rows, memory, d);
    finish<T, FUSED> (p, tile, block, d);
#endif
}

template <typename T, bool FUSED>
static cudaError_t
launch (const ExpertProduct *p, int64_t most, cudaStream_t stream)
{
    int32_t n_columns = (int32_t) expert_blocks (p, FUSED, COLUMNS);
    cudaError_t status = cudaFuncSetAttribute (
        hopper_kernel<T, FUSED>, cudaFuncAttributeMaxDynamicSharedMemorySize, SHARED_BYTES);
    if (status != cudaSuccess)
        return status;
    hopper_kernel<T, FUSED>
        <<<(unsigned) (most * n_columns), THREADS, SHARED_BYTES, stream>>> (*p, n_columns);
    return cudaGetLastError ();
}

cudaError_t
cuda_experts_hopper (
    const ExpertProduct *p, FoveaDtype dtype, bool fused, int64_t most, cudaStream_t stream)
{
    if (dtype == FOVEA_BF16)
        return fused ? launch<__nv_bfloat16, true> (p, most, stream)
                     : launch<__nv_bfloat16, false> (p, most, stream);
    return fused ? launch<__half, true> (p, most, stream) : launch<__half, false> (p, most, stream);
}
