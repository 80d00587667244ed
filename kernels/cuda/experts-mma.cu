/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products of experts in bf16 and f16 by mma.sync, on every GPU since sm_80. Four warps; tiles of 128
 * positions by 128 columns, a warp 64 by 64 of it, or of 32 positions, a warp 32 by 32; 64 inputs a
 * step, three steps in shared memory.
 * Moves: the chosen experts' weights once a tile of rows.   Work: 2 flop a choice and weight.
 * Roof: memory where an expert has fewer than some 200 rows, else tensor cores.
 *
 * Rows in shared memory are 64 inputs of two bytes; the 16-byte pieces of a row are swapped by its number (the
 * swizzle of 128 bytes), so that ldmatrix meets no bank twice. Where gate and up are made together, eight
 * columns of the one stand beside the same eight of the other: a lane's sums are then both halves of its
 * elements. */
#include "kernels/cuda/experts.cuh"
#include "kernels/cuda/mma.cuh"

enum {
    PANEL = 64, /* inputs of a step */
    PIECE = 8,  /* inputs of 16 bytes */
    LINE_BYTES = 2 * PANEL
};

/* What a thread block looks up once: where rows of its tile lie, so that a copy in the loop is an address, an
 * offset and a comparison. NULL = zeros. */
template <int ROWS, int COLUMNS> struct ExpertRows {
    const char *x[ROWS];
    const char *w[COLUMNS];
};

/* Where a piece of a row lies in a stage. */
static __device__ inline uint32_t
piece_offset (int line, int piece)
{
    return (uint32_t) (line * LINE_BYTES + ((piece ^ (line & 7)) << 4));
}

/* The matrix and the output that column @c of a block of COLUMNS stands for. */
template <bool FUSED, int COLUMNS>
static __device__ inline int64_t
column_output (int32_t block, int c, int *which)
{
    /* Gate and up by eights: a lane then has both sums of an element, and nothing is exchanged. */
    *which = FUSED ? c / 8 % 2 : 0;
    return FUSED ? (int64_t) block * (COLUMNS / 2) + c / 16 * 8 + c % 8
                 : (int64_t) block * COLUMNS + c;
}

/* Rows behind the tile's last and columns behind the last output are zeros: their sums are never written, but
 * what lies there might be NaN, and is another expert's. */
template <int ROWS, int COLUMNS, bool FUSED>
static __device__ inline void
find_rows (const ExpertProduct &p,
           const ExpertTile &tile,
           int32_t block,
           ExpertRows<ROWS, COLUMNS> *rows)
{
    for (int r = (int) threadIdx.x; r < ROWS; r += (int) blockDim.x) {
        int64_t position = tile.position + r;
        rows->x[r] = r < tile.rows ? (const char *) p.x + 2 * position * p.x_stride : NULL;
    }
    for (int c = (int) threadIdx.x; c < COLUMNS; c += (int) blockDim.x) {
        int which;
        int64_t o = column_output<FUSED, COLUMNS> (block, c, &which);
        const ExpertMatrices &w = p.w[which];
        size_t size = w.dtype == FOVEA_F32 ? 4 : 2; /* there are no other types on a GPU */
        size_t at = size * (size_t) (w.input_major ? o : o * w.stride);
        rows->w[c] = o < p.n_out ? (const char *) w.data[tile.expert] + at : NULL;
    }
}

/* LINES rows of x or w, inputs from @k on. All that is read is inside: rows are whole pieces. */
template <int LINES, int N>
static __device__ inline void
begin_lines (
    char *to, const char *const (&lines)[N], const void *somewhere, int64_t k, int64_t n_in)
{
    int piece = (int) threadIdx.x % 8;
    /* The copy writes zeros where it is told that nothing is there, and reads nothing. */
    bool inside = k + piece * PIECE < n_in;
    for (int line = (int) threadIdx.x / 8; line < LINES; line += (int) blockDim.x / 8) {
        const char *from = lines[line];
        bool there = inside && from != NULL;
        copy_async<16> (to + piece_offset (line, piece),
                        there ? from + 2 * (k + piece * PIECE) : (const char *) somewhere, there);
    }
}

/* Weights of another type or order than the product's, one by one. */
template <typename T, bool FUSED>
static __device__ inline void
convert_weights (const ExpertProduct &p,
                 char *to,
                 const char *const (&lines)[EXPERT_COLUMNS],
                 int64_t k)
{
    /* Neighbouring threads take what lies side by side. */
    bool across = p.w[0].input_major;
    for (int at = (int) threadIdx.x; at < EXPERT_COLUMNS * PANEL; at += (int) blockDim.x) {
        int c = across ? at % EXPERT_COLUMNS : at / PANEL;
        int i = across ? at / EXPERT_COLUMNS : at % PANEL;
        const ExpertMatrices &w = p.w[FUSED ? c / 8 % 2 : 0];
        float x = lines[c] != NULL && k + i < p.n_in
                      ? expert_load (lines[c], w.dtype, (k + i) * (w.input_major ? w.stride : 1))
                      : 0;
        ((T *) (to + piece_offset (c, i / PIECE)))[i % PIECE] = (T) x;
    }
}

/* A sum and its bias; there is none behind the last output. */
static __device__ inline float
biased (const ExpertMatrices &w, int64_t first, int64_t n_out, int64_t o, float sum)
{
    return w.bias != NULL && o < n_out ? sum + w.bias[first + o] : sum;
}

/* Two neighbouring elements of a row @h from sums of gate and up. Behind the last come zeros. */
template <typename T>
static __device__ inline void
finish_hidden (
    const ExpertProduct &p, int32_t expert, T *h, int64_t o, const float *gate, const float *up)
{
    T two[2];
    int64_t first = expert * p.n_out;
    if (o >= p.y_stride)
        return;
#pragma unroll
    for (int i = 0; i < 2; i++)
        two[i] =
            (T) (o + i < p.n_out ? expert_activate (p.activation,
                                                    biased (p.w[0], first, p.n_out, o + i, gate[i]),
                                                    biased (p.w[1], first, p.n_out, o + i, up[i]))
                                 : 0);
    *(uint32_t *) (h + o) = *(const uint32_t *) two;
}

/* Two neighbouring outputs of a row @y; @even: both are there, at a multiple of 8 bytes. */
static __device__ inline void
finish_out (
    const ExpertProduct &p, int32_t expert, float *y, int64_t o, const float *sums, bool even)
{
    int64_t first = expert * p.n_out;
    float one = biased (p.w[0], first, p.n_out, o, sums[0]);
    float two = biased (p.w[0], first, p.n_out, o + 1, sums[1]);
    if (even && o < p.n_out)
        *(float2 *) (y + o) = make_float2 (one, two);
    else if (o < p.n_out) {
        y[o] = one;
        if (o + 1 < p.n_out)
            y[o + 1] = two;
    }
}

enum {
    THREADS = 128,
    STAGES = 3
};

/* A warp's part of a tile: as square as registers allow, since a part of n by n reads 2 n rows of shared
 * memory for n^2 sums. */
template <int ROWS> struct Part {
    static constexpr int DOWN = ROWS == EXPERT_LARGE ? 64 : 32;
    static constexpr int ACROSS = ROWS == EXPERT_LARGE ? 64 : 32;
    static constexpr int SIDE = EXPERT_COLUMNS / ACROSS; /* warps side by side */
    static constexpr int STAGE = (ROWS + EXPERT_COLUMNS) * LINE_BYTES;
    float s[DOWN / 16][ACROSS / 8][4];
};

/* One step of 64 inputs: eight reads of matrices for 32 products at 64 by 64. */
template <typename T, int ROWS>
static __device__ inline void
multiply_step (const char *x, const char *w, Part<ROWS> *part)
{
    constexpr int DOWN = Part<ROWS>::DOWN, ACROSS = Part<ROWS>::ACROSS, SIDE = Part<ROWS>::SIDE;
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    int row = warp / SIDE * DOWN + lane % 16;
    int column = warp % SIDE * ACROSS + lane / 16 * 8 + lane % 8;
    /* All matrices of 16 inputs first: the products behind them wait for one latency, not for each. */
#pragma unroll
    for (int k = 0; k < PANEL / 16; k++) {
        uint32_t a[DOWN / 16][4], b[ACROSS / 16][4];
#pragma unroll
        for (int i = 0; i < DOWN / 16; i++)
            load_4 (a[i], x + piece_offset (row + 16 * i, 2 * k + lane / 16));
#pragma unroll
        for (int j = 0; j < ACROSS / 16; j++)
            load_4 (b[j], w + piece_offset (column + 16 * j, 2 * k + lane / 8 % 2));
#pragma unroll
        for (int i = 0; i < DOWN / 16; i++)
#pragma unroll
            for (int j = 0; j < ACROSS / 8; j++)
                multiply_16<T> (part->s[i][j], a[i], b[j / 2] + 2 * (j % 2));
    }
}

/* Lane l has rows l / 4 and l / 4 + 8 of every 16, columns 2 (l % 4) and the next of every 8. */
template <typename T, int ROWS, bool FUSED>
static __device__ inline void
finish (const ExpertProduct &p, const ExpertTile &tile, int32_t block, const Part<ROWS> &part)
{
    constexpr int DOWN = Part<ROWS>::DOWN, ACROSS = Part<ROWS>::ACROSS, SIDE = Part<ROWS>::SIDE;
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32, which;
    bool even = p.n_out % 2 == 0;
#pragma unroll
    for (int at = 0; at < DOWN / 8; at++) {
        int i = at / 2, half = at % 2;
        int r = warp / SIDE * DOWN + 16 * i + 8 * half + lane / 4;
        if (r >= tile.rows)
            continue;
        int64_t position = tile.position + r;
        T *h = (T *) p.y + position * p.y_stride;
        float *y = (float *) p.y + (FUSED ? 0 : p.lists.choices[position] * p.y_stride);
#pragma unroll
        for (int j = 0; j < ACROSS / 8; j += FUSED ? 2 : 1) {
            int column = warp % SIDE * ACROSS + 8 * j;
            int64_t o =
                column_output<FUSED, EXPERT_COLUMNS> (block, column, &which) + 2 * (lane % 4);
            const float *sums = part.s[i][j] + 2 * half;
            if constexpr (FUSED)
                finish_hidden<T> (p, tile.expert, h, o, sums, part.s[i][j + 1] + 2 * half);
            else
                finish_out (p, tile.expert, y, o, sums, even);
        }
    }
}

/* Step @k of the inputs into a stage. */
template <typename T, int ROWS, bool FUSED, bool PLAIN>
static __device__ inline void
begin_step (const ExpertProduct &p,
            const ExpertRows<ROWS, EXPERT_COLUMNS> &rows,
            char *stage,
            int64_t k)
{
    /* A group is committed also where nothing is left, so that waiting counts the same in every step. */
    if (k < p.n_in) {
        begin_lines<ROWS> (stage, rows.x, p.x, k, p.x_stride);
        if (PLAIN)
            begin_lines<EXPERT_COLUMNS> (stage + ROWS * LINE_BYTES, rows.w, p.x, k, p.n_in);
        else
            convert_weights<T, FUSED> (p, stage + ROWS * LINE_BYTES, rows.w, k);
    }
    commit_copies ();
}

/* Does: one of both products for a tile of positions of one expert.
 * Tiles: ROWS x 128 x 64, three steps in shared memory (96 or 60 KB), two blocks a processor.
 * PLAIN: weights have the product's type and order, and rows of whole pieces. */
template <typename T, int ROWS, bool FUSED, bool PLAIN>
static __global__ void
__launch_bounds__ (THREADS, 2)
    mma_kernel (const __grid_constant__ ExpertProduct p, int32_t n_columns)
{
    extern __shared__ __align__ (1024) char memory[];
    __shared__ ExpertRows<ROWS, EXPERT_COLUMNS> rows;
    constexpr int STAGE = Part<ROWS>::STAGE;
    ExpertTile tile;
    int32_t block;
    if (!expert_place (p, n_columns, &tile, &block))
        return; /* the host launches as many as there may be, the GPU knows how many there are */
    find_rows<ROWS, EXPERT_COLUMNS, FUSED> (p, tile, block, &rows);
    __syncthreads ();
    for (int stage = 0; stage < STAGES - 1; stage++)
        begin_step<T, ROWS, FUSED, PLAIN> (p, rows, memory + stage * STAGE, stage * PANEL);
    Part<ROWS> part = {};
    int now = 0, next = STAGES - 1;
    for (int64_t k = 0; k < p.n_in; k += PANEL) {
        wait_copies<STAGES - 2> ();
        __syncthreads (); /* everybody's copies, and everybody is done with the stage that is next */
        begin_step<T, ROWS, FUSED, PLAIN> (p, rows, memory + next * STAGE,
                                           k + (STAGES - 1) * PANEL);
        multiply_step<T, ROWS> (memory + now * STAGE, memory + now * STAGE + ROWS * LINE_BYTES,
                                &part);
        now = now == STAGES - 1 ? 0 : now + 1;
        next = next == STAGES - 1 ? 0 : next + 1;
    }
    wait_copies<0> (); /* a block must not end with copies under way */
    finish<T, ROWS, FUSED> (p, tile, block, part);
}

/* More than 48 KB of shared memory have to be asked for. */
template <typename T, int ROWS, bool FUSED, bool PLAIN>
static cudaError_t
launch (const ExpertProduct *p, int64_t most, cudaStream_t stream)
{
    const int bytes = STAGES * Part<ROWS>::STAGE;
    int32_t n_columns = (int32_t) expert_blocks (p, FUSED, EXPERT_COLUMNS);
    cudaError_t status = cudaFuncSetAttribute (mma_kernel<T, ROWS, FUSED, PLAIN>,
                                               cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    if (status != cudaSuccess)
        return status;
    mma_kernel<T, ROWS, FUSED, PLAIN>
        <<<(unsigned) (most * n_columns), THREADS, (size_t) bytes, stream>>> (*p, n_columns);
    return cudaGetLastError ();
}

template <typename T, int ROWS>
static cudaError_t
launch_rows (const ExpertProduct *p, bool fused, bool plain, int64_t most, cudaStream_t stream)
{
    if (fused)
        return plain ? launch<T, ROWS, true, true> (p, most, stream)
                     : launch<T, ROWS, true, false> (p, most, stream);
    return plain ? launch<T, ROWS, false, true> (p, most, stream)
                 : launch<T, ROWS, false, false> (p, most, stream);
}

cudaError_t
cuda_experts_mma (const ExpertProduct *p,
                  FoveaDtype dtype,
                  bool fused,
                  bool large,
                  int64_t most,
                  cudaStream_t stream)
{
    bool plain = experts_are_plain (p, dtype, fused);
    if (dtype == FOVEA_BF16)
        return large ? launch_rows<__nv_bfloat16, EXPERT_LARGE> (p, fused, plain, most, stream)
                     : launch_rows<__nv_bfloat16, EXPERT_SMALL> (p, fused, plain, most, stream);
    return large ? launch_rows<__half, EXPERT_LARGE> (p, fused, plain, most, stream)
                 : launch_rows<__half, EXPERT_SMALL> (p, fused, plain, most, stream);
}
