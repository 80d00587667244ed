/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products of experts in f32: tiles of 64 positions (32 where an expert has
 * few) by 128 columns, 16 of the inputs at a time,
 * by 256 threads. A thread owns 8 columns, 4 of either half: with gates in the one and ups in the
 * other it holds both of an element. Weights of any type and order are read as they are, so that no
 * converted copy of a model that is mostly not chosen is made.
 * Moves: the chosen experts' weights once a tile of rows.   Work: 2 flop a choice and weight.
 * Roof: multiply-adds; memory where an expert has few rows. */
#include "kernels/cuda/experts.cuh"

enum {
    THREADS = 256,
    DEPTH = 16, /* inputs in shared memory at once */
    EIGHT = 8,  /* inputs that a thread brings of one row */
    PAD = 4
};

/* Where one row of weights or of x lies; a thread brings eight inputs of it at a time. */
typedef struct {
    const void *data; /* NULL = a row of zeros */
    int64_t at, step; /* element of input 0; elements from one input to the next */
    FoveaDtype dtype;
    bool wide; /* 16 bytes at a time are allowed */
} Line;

/* Inputs k .. k+7 as floats, zeros behind the last. 32 bytes of f32 are a sector of memory; of 16 bytes
 * of bf16 the other half is another warp's, from the first cache. */
static __device__ inline void
load_eight (const Line &line, int64_t k, int64_t n_in, float *to)
{
    if (line.data != NULL && line.wide && k + EIGHT <= n_in) {
        if (line.dtype == FOVEA_F32) {
            const float4 *from = (const float4 *) ((const float *) line.data + line.at + k);
            *(float4 *) to = from[0];
            *(float4 *) (to + 4) = from[1];
            return;
        }
        uint4 bits = *(const uint4 *) ((const uint16_t *) line.data + line.at + k);
#pragma unroll
        for (int i = 0; i < EIGHT; i++)
            to[i] = expert_load (&bits, line.dtype, i);
        return;
    }
#pragma unroll
    for (int i = 0; i < EIGHT; i++)
        to[i] = line.data != NULL && k + i < n_in
                    ? expert_load (line.data, line.dtype, line.at + (k + i) * line.step)
                    : 0;
}

/* Whether load_eight() may take 16 bytes at a time wherever it begins. */
static __device__ inline bool
is_wide (const void *data, int64_t at, int64_t step, FoveaDtype dtype)
{
    /* Steps of eight elements keep to multiples of 16 bytes in either type. */
    size_t size = dtype == FOVEA_F32 ? 4 : 2;
    return step == 1 && ((uintptr_t) data + (size_t) at * size) % 16 == 0;
}

/* Column @c of the tile's 128. */
template <bool FUSED>
static __device__ inline Line
weight_line (const ExpertProduct &p, int32_t expert, int32_t block, int c)
{
    const int half = EXPERT_COLUMNS / 2;
    const ExpertMatrices &w = p.w[FUSED ? c / half : 0];
    int64_t o = FUSED ? (int64_t) block * half + c % half : (int64_t) block * EXPERT_COLUMNS + c;
    if (o >= p.n_out)
        return Line{};
    Line line = {w.data[expert], w.input_major ? o : o * w.stride, w.input_major ? w.stride : 1,
                 w.dtype};
    line.wide = is_wide (line.data, line.at, line.step, line.dtype);
    return line;
}

/* Row @r of the tile: the stream's own row of that choice, or its hidden one. */
template <bool FUSED>
static __device__ inline Line
input_line (const ExpertProduct &p, const ExpertTile &tile, int r)
{
    if (r >= tile.rows)
        return Line{};
    int64_t position = tile.position + r;
    /* The first product looks rows up; the second's stand in the order of positions. */
    int64_t row = FUSED ? p.lists.choices[position] / p.n_used : position;
    Line line = {p.x, row * p.x_stride, 1, FOVEA_F32};
    line.wide = is_wide (line.data, line.at, 1, FOVEA_F32);
    return line;
}

/* Sums of a thread: rows r, and columns 4 tx .. of both halves. */
template <int ROWS> struct Sums {
    float s[ROWS / 16][8];
};

/* DEPTH steps of the outer product: three 16-byte reads of shared memory feed 32 multiply-adds. A sum is
 * one chain over the inputs in rising order, as everywhere in f32. */
template <int ROWS>
static __device__ inline void
multiply (const float (&x)[DEPTH][ROWS + PAD],
          const float (&w)[DEPTH][EXPERT_COLUMNS + PAD],
          Sums<ROWS> *t)
{
    constexpr int EACH = ROWS / 16;
    int tx = (int) threadIdx.x % 16, ty = (int) threadIdx.x / 16;
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
        __align__ (16) float a[EACH], b[8];
        if constexpr (EACH == 2)
            *(float2 *) a = *(const float2 *) &x[k][EACH * ty];
        else
#pragma unroll
            for (int i = 0; i < EACH; i += 4)
                *(float4 *) (a + i) = *(const float4 *) &x[k][EACH * ty + i];
        *(float4 *) b = *(const float4 *) &w[k][4 * tx];
        *(float4 *) (b + 4) = *(const float4 *) &w[k][64 + 4 * tx];
#pragma unroll
        for (int i = 0; i < EACH; i++)
#pragma unroll
            for (int j = 0; j < 8; j++)
                t->s[i][j] = fmaf (a[i], b[j], t->s[i][j]);
    }
}

/* Writes what the sums make. */
template <int ROWS, bool FUSED>
static __device__ inline void
finish (const ExpertProduct &p, const ExpertTile &tile, int32_t block, const Sums<ROWS> &t)
{
    constexpr int EACH = ROWS / 16;
    int tx = (int) threadIdx.x % 16, ty = (int) threadIdx.x / 16;
    const float *bias[2] = {p.w[0].bias, p.w[1].bias};
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int r = EACH * ty + i;
        int64_t position = tile.position + (r < tile.rows ? r : 0);
        /* A row behind the last names the first one's choice, and writes nothing. */
        float *y = (float *) p.y + (FUSED ? position : p.lists.choices[position]) * p.y_stride;
#pragma unroll
        for (int j = 0; j < (FUSED ? 4 : 8); j++) {
            int64_t o = FUSED ? (int64_t) block * 64 + 4 * tx + j
                              : (int64_t) block * 128 + (j / 4) * 64 + 4 * tx + j % 4;
            if (o >= p.n_out || r >= tile.rows)
                continue;
            int64_t at = tile.expert * p.n_out + o;
            float first = t.s[i][j] + (bias[0] != NULL ? bias[0][at] : 0);
            y[o] = FUSED ? expert_activate (p.activation, first,
                                            t.s[i][j % 4 + 4] + (bias[1] != NULL ? bias[1][at] : 0))
                         : first;
        }
    }
}

/* Does: one of both products for a tile of positions of one expert. The inputs of the next step are on
 * their way to registers while those of this one are multiplied.
 * Tiles: ROWS x 128 outputs, 16 inputs a step, two steps in shared memory (21 or 26 KB).
 * Needs: nothing of sizes or alignment; where they allow it 16 bytes are read at a time. */
template <int ROWS, bool FUSED>
static __global__ void
__launch_bounds__ (THREADS, 2)
    tiles_kernel (const __grid_constant__ ExpertProduct p, int32_t n_columns)
{
    __shared__ __align__ (16) float x[2][DEPTH][ROWS + PAD];
    __shared__ __align__ (16) float w[2][DEPTH][EXPERT_COLUMNS + PAD];
    ExpertTile tile;
    int32_t block;
    if (!expert_place (p, n_columns, &tile, &block))
        return;
    /* Neighbouring threads store neighbouring columns: transposed on the way, without conflicts. */
    int column = (int) threadIdx.x % 128, wk = (int) threadIdx.x / 128 * EIGHT;
    int row = (int) threadIdx.x % ROWS, xk = (int) threadIdx.x / ROWS * EIGHT;
    bool brings = xk < DEPTH; /* of x; there may be fewer rows than threads */
    Line line = weight_line<FUSED> (p, tile.expert, block, column);
    Line input = brings ? input_line<FUSED> (p, tile, row) : Line{};
    float next_w[EIGHT], next_x[EIGHT];
    Sums<ROWS> t = {};
    load_eight (line, wk, p.n_in, next_w);
    load_eight (input, xk, p.n_in, next_x);
    int now = 0;
    for (int64_t k = 0; k < p.n_in; k += DEPTH, now ^= 1) {
#pragma unroll
        for (int i = 0; i < EIGHT; i++)
            w[now][wk + i][column] = next_w[i];
#pragma unroll
        for (int i = 0; i < EIGHT; i++)
            if (brings)
                x[now][xk + i][row] = next_x[i];
        __syncthreads (); /* two buffers: one barrier a step is enough */
        if (k + DEPTH < p.n_in) {
            load_eight (line, k + DEPTH + wk, p.n_in, next_w);
            load_eight (input, k + DEPTH + xk, p.n_in, next_x);
        }
        multiply<ROWS> (x[now], w[now], &t);
    }
    finish<ROWS, FUSED> (p, tile, block, t);
}

/* As many blocks as there can be tiles; those that find none end at once. */
cudaError_t
cuda_experts_tiles (const ExpertProduct *p, bool fused, int rows, int64_t most, cudaStream_t stream)
{
    int32_t n_columns = (int32_t) expert_blocks (p, fused, EXPERT_COLUMNS);
    unsigned grid = (unsigned) (most * n_columns);
    if (fused && rows == EXPERT_MEDIUM)
        tiles_kernel<EXPERT_MEDIUM, true><<<grid, THREADS, 0, stream>>> (*p, n_columns);
    else if (fused)
        tiles_kernel<EXPERT_SMALL, true><<<grid, THREADS, 0, stream>>> (*p, n_columns);
    else if (rows == EXPERT_MEDIUM)
        tiles_kernel<EXPERT_MEDIUM, false><<<grid, THREADS, 0, stream>>> (*p, n_columns);
    else
        tiles_kernel<EXPERT_SMALL, false><<<grid, THREADS, 0, stream>>> (*p, n_columns);
    return cudaGetLastError ();
}
