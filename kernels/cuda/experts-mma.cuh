/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How tiles of positions and of weights get into shared memory for tensor cores, and how sums leave.
 * Rows are 64 inputs of two bytes; the 16-byte pieces of a row are swapped by its number (the swizzle
 * of 128 bytes), so that neither ldmatrix nor Hopper's products meet a bank twice.
 *
 * Where gate and up are made together, eight columns of the one stand beside the same eight of the
 * other: a lane's sums are then both halves of its elements. */
#include "kernels/cuda/experts.cuh"
#include "kernels/cuda/mma.cuh"

enum {
    PANEL = 64, /* inputs of a step */
    PIECE = 8,  /* inputs of 16 bytes */
    LINE_BYTES = 2 * PANEL
};

/* What a thread block looks up once: where rows of its tile lie. NULL = zeros. */
template <int ROWS, int COLUMNS> struct ExpertRows {
    const char *x[ROWS];
    const char *w[COLUMNS];
};

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
    *which = FUSED ? c / 8 % 2 : 0;
    return FUSED ? (int64_t) block * (COLUMNS / 2) + c / 16 * 8 + c % 8
                 : (int64_t) block * COLUMNS + c;
}

template <int ROWS, int COLUMNS, bool FUSED>
static __device__ inline void
find_rows (const ExpertProduct &p,
           const ExpertTile &tile,
           int32_t block,
           ExpertRows<ROWS, COLUMNS> *rows)
{
    for (int r = (int) threadIdx.x; r < ROWS; r += (int) blockDim.x) {
        int64_t position = tile.position + r;
        int64_t row = FUSED && r < tile.rows ? p.lists.choices[position] / p.n_used : position;
        rows->x[r] = r < tile.rows ? (const char *) p.x + 2 * row * p.x_stride : NULL;
    }
    for (int c = (int) threadIdx.x; c < COLUMNS; c += (int) blockDim.x) {
        int which;
        int64_t o = column_output<FUSED, COLUMNS> (block, c, &which);
        const ExpertMatrices &w = p.w[which];
        size_t size = w.dtype == FOVEA_F32 ? 4 : 2;
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
