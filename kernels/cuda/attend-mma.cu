/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention in bf16 and f16 on tensor cores for every rule: windows, soft-caps, ALiBi, biases by
 * distance and segments, which the Hopper kernel does not have, and every GPU that is no Hopper. One
 * pass makes values, log-sum-exps and row statistics: a row's sums are kept relative to a reference,
 * which rises when its largest score has left it far behind. Column mass and sums of blocks want the true
 * softmax, and get it in a second pass (attend-mma-columns.cu). No float is summed by more than one
 * writer: same input, same bits, and those of the values whatever else is asked for. */
#include "kernels/cuda/attend-mma.cuh"

enum {
    PAD_THREADS = 256
};

/* Whether queries of this width stay in registers; else they are read from shared memory again. */
static __host__ __device__ constexpr bool
queries_stay (int padded)
{
    return padded <= 96;
}

/* Thread blocks that stand on a processor together. */
static __host__ __device__ constexpr int
blocks_at_once (int padded)
{
    return padded <= 64 ? 2 : padded <= 128 ? 3 : 2;
}

/* Eight numbers of a row from float to T; @n of them lie inside the row. */
template <typename T>
static __device__ inline void
pad_eight (const float *from, int n, T *to)
{
    float x[8];
    T y[8];
    bool whole = n >= 8 && ((uintptr_t) from & 15) == 0;
    if (whole) {
        *(float4 *) x = *(const float4 *) from;
        *(float4 *) (x + 4) = *(const float4 *) (from + 4);
    }
#pragma unroll
    for (int i = 0; i < 8; i++)
        y[i] = (T) (whole ? x[i] : i < n ? from[i] : 0);
    *(uint4 *) to = *(const uint4 *) y;
}

/* Does: queries or keys as products take them, rounded and padded with zeros to the kernel's width, whose
 * products then need no look at the end of a row.
 * Moves: 6 B an element.   Roof: memory. */
template <int P, typename T>
static __global__ void
__launch_bounds__ (PAD_THREADS) pad_kernel (const float *from, int64_t lines, int width, T *to)
{
    constexpr int EIGHTS = P / 8;
    int64_t n = lines * EIGHTS, step = (int64_t) gridDim.x * PAD_THREADS;
    for (int64_t i = (int64_t) blockIdx.x * PAD_THREADS + threadIdx.x; i < n; i += step) {
        int64_t line = i / EIGHTS;
        int d = 8 * (int) (i - line * EIGHTS);
        pad_eight (from + line * width + d, width - d, to + 8 * i);
    }
}

/* The lane's largest score of row @r in a tile. */
static __device__ inline float
largest_of (const MmaScores &t, int r)
{
    float largest = -CUDART_INF_F;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
        largest = fmaxf (largest, fmaxf (t.s[n][2 * r], t.s[n][2 * r + 1]));
    return largest;
}

/* Looks for the key of a new largest score: on demand, since few tiles of a row hold one. */
static __device__ inline void
note_largest (const MmaScores &t, int r, int32_t first_key, float largest, RowState *row)
{
    if (!(largest > row->largest))
        return;
    int at = 0;
    /* From the end, so that of equal scores the lowest key stays. */
#pragma unroll
    for (int n = MMA_COLUMNS - 1; n >= 0; n--)
#pragma unroll
        for (int e = 1; e >= 0; e--)
            at = t.s[n][2 * r + e] == largest ? across_of (n, e) : at;
    row->key = first_key + at;
    row->largest = largest;
}

/* Weights in place of a row's scores, and what they add to its sums. @ahead: query less key of the
 * lane's first column. */
template <bool ROWS>
static __device__ inline void
weigh_row (int r, int32_t ahead, MmaScores *t, RowState *row)
{
    /* A tile's sum by itself, then added: a chain of 16, not one as long as the row. */
    float shift = shift_of (*row), sum = 0, first = (float) ahead;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 2; e++) {
            float *score = &t->s[n][2 * r + e];
            *score = weigh_score<ROWS> (*score, first - (float) across_of (n, e), shift, row);
            sum += *score;
        }
    row->sum += sum;
}

/* What only few tiles have: key 0, and the last sixteen keys of a row. */
static __device__ inline void
add_near (const MmaTile &at, int r, int32_t ahead, const MmaScores &w, RowState *row)
{
    /* The lane of a quad whose first column is the tile's. */
    if (at.key == 0 && threadIdx.x % 4 == 0)
        row->first += w.s[0][2 * r];
    if (at.key + TILE <= at.query - FOVEA_LOCAL_WINDOW || at.key > at.query + MMA_DOWN)
        return;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 2; e++) {
            int back = ahead - across_of (n, e);
            row->local += back >= 0 && back < FOVEA_LOCAL_WINDOW ? w.s[n][2 * r + e] : 0;
        }
}

/* A tile's scores become weights; sums and values so far follow the references. */
template <int P, bool ROWS>
static __device__ inline void
add_tile (const MmaTile &at, MmaScores *t, RowState *rows, float (*z)[4])
{
    int lane = (int) threadIdx.x % 32;
    /* Both references first, so that one vote decides about scaling the sums of both rows. */
    float factor[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float largest = largest_of (*t, r);
        if (ROWS)
            note_largest (*t, r, at.key + 2 * (lane % 4), largest, &rows[r]);
        factor[r] = raise_reference<ROWS> (max_of_lanes<4> (largest), &rows[r]);
    }
    /* Rare after a row's first tiles, as the reference rises in leaps: the branch is cheaper than the products. */
    if (__any_sync (~0u, factor[0] != 1 || factor[1] != 1)) {
#pragma unroll
        for (int d = 0; d < P / 8; d++)
#pragma unroll
            for (int e = 0; e < 4; e++)
                z[d][e] *= factor[e / 2];
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int32_t ahead = at.query - at.key + lane / 4 + 8 * r - 2 * (lane % 4);
        weigh_row<ROWS> (r, ahead, t, &rows[r]);
        if (ROWS)
            add_near (at, r, ahead, *t, &rows[r]);
    }
}

/* Two weights as a register of a product takes them, the first in the low half. */
template <typename T>
static __device__ inline uint32_t
two_of (float x, float y)
{
    if constexpr (std::is_same<T, __half>::value) {
        __half2 pair = __floats2half2_rn (x, y);
        return *(const uint32_t *) &pair;
    } else {
        __nv_bfloat162 pair = __floats2bfloat162_rn (x, y);
        return *(const uint32_t *) &pair;
    }
}

/* z += weights * values; weights are rounded to T here and nowhere else. */
template <int P, typename T>
static __device__ inline void
add_values (const MmaScores &w, const T *v, float (*z)[4])
{
    int lane = (int) threadIdx.x % 32;
    const T *line = v + lane % 16 * (P + MMA_PAD) + 8 * (lane / 16);
#pragma unroll
    for (int step = 0; step < TILE / 16; step++) {
        uint32_t p[4], b[4];
        /* Sums of one product lie in the lane as the next one's rows are wanted: nothing is exchanged. */
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const float *two = &w.s[2 * step + i / 2][i % 2 * 2];
            p[i] = two_of<T> (two[0], two[1]);
        }
#pragma unroll
        for (int d = 0; d < P / 8; d += 2) {
            load_4_turned (b, line + 16 * step * (P + MMA_PAD) + 8 * d);
            multiply_16<T> (z[d], p, b);
            multiply_16<T> (z[d + 1], p, b + 2);
        }
    }
}

/* Ends the lane's two rows. */
template <int P, bool ROWS>
static __device__ inline void
finish_rows (const MmaAttend &a, const MmaTile &at, RowState *rows, float (*z)[4])
{
    const FoveaAttendArgs &args = a.args;
    int lane = (int) threadIdx.x % 32;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int32_t row = at.row + lane / 4 + 8 * r;
        bool inside = row >= 0 && row < a.rows;
        float inverse = finish_row<4, ROWS> (args, at.head, row, inside, a.norms, &rows[r]);
        if (!inside)
            continue;
        float *values = args.z + ((int64_t) row * args.heads + at.head) * args.width;
#pragma unroll
        for (int d = 0; d < P / 8; d++)
#pragma unroll
            for (int e = 0; e < 2; e++) {
                int c = 8 * d + 2 * (lane % 4) + e;
                /* Padding is zeros times weights, and nobody's. */
                if (c < args.width)
                    values[c] = z[d][2 * r + e] * inverse;
            }
    }
}

/* Tiles of keys that @n rows from @row on may see. */
static __device__ inline void
key_tiles (const MmaAttend &a, int32_t row, int32_t n, int32_t *from, int32_t *to)
{
    /* The first row of a block may lie before the call's: chunks begin inside of blocks. */
    int32_t first = max (row, 0), end = min (row + n, a.rows);
    int64_t tiles[2] = {0, 0};
    if (first < end)
        rule_tiles (a.args.rule, a.first_query + first, a.first_query + end - 1, a.n_keys,
                    &tiles[0], &tiles[1]);
    *from = (int32_t) tiles[0];
    *to = (int32_t) tiles[1];
}

/* Does: values, log-sum-exps, norms and (ROWS) statistics of 16 rows a warp.
 * Tiles: 128 rows (64 beyond D=64) x 64 keys; keys of the next tile come while this one's weights are made,
 * and values while its scores are.
 * Moves: q once, k and v once per 128 or 64 rows, from L2: T T/64 G P B each at D <= 64.
 * Work:  2 T T H P flop if causal.
 * Roof:  shared memory: 2 KiB feed eight products of a warp, for 32 exponentials of every lane. */
template <int P, typename T, bool ROWS>
static __global__ void __launch_bounds__ (32 * mma_warps (P), blocks_at_once (P))
    attend_kernel (const __grid_constant__ MmaAttend a)
{
    extern __shared__ __align__ (16) char shared[];
    constexpr int WARPS = mma_warps (P), THREADS = 32 * WARPS, DOWN = MMA_DOWN * WARPS;
    constexpr bool STAY = queries_stay (P);
    T *queries = (T *) shared, *k = queries + DOWN * (P + MMA_PAD), *v = k + TILE * (P + MMA_PAD);
    int warp = (int) threadIdx.x / 32;
    /* The last row blocks see most keys under a causal rule: they start first. */
    int32_t row = (int32_t) (gridDim.x - 1 - blockIdx.x) * DOWN - a.first_row;
    int32_t head = (int32_t) blockIdx.y, group = head / a.share, from, to, own_from, own_to;
    int64_t q_stride = a.args.heads * P, k_stride = a.args.kv_heads * P;
    const T *k_from = (const T *) a.k + group * P, *v_from = (const T *) a.v + group * P;
    MmaTile at = {head, a.first_query + row + MMA_DOWN * warp, 0, row + MMA_DOWN * warp};
    key_tiles (a, row, DOWN, &from, &to);
    key_tiles (a, at.row, MMA_DOWN, &own_from, &own_to);
    uint32_t q[STAY ? P / 16 : 1][4];
    float z[P / 8][4] = {};
    RowState rows[2] = {new_row (), new_row ()};
    begin_tile<P, DOWN, THREADS> (queries, (const T *) a.q + head * P, q_stride, row, a.rows);
    if (from < to)
        begin_tile<P, TILE, THREADS> (k, k_from, k_stride, from * TILE, a.n_keys);
    commit_copies ();
    for (int32_t tile = from; tile < to; tile++) {
        MmaScores t;
        /* A window leaves some warps without keys in a tile that others of the block need. */
        bool mine = tile >= own_from && tile < own_to;
        at.key = tile * TILE;
        wait_copies<0> ();
        __syncthreads (); /* keys are there, and the last values were used */
        begin_tile<P, TILE, THREADS> (v, v_from, k_stride, at.key, a.n_keys);
        commit_copies ();
        if (STAY && tile == from)
            load_down<STAY ? P : 16> (q, queries);
        if (mine)
            tile_product<P, STAY> (q, queries, k, &t);
        __syncthreads (); /* keys were used */
        if (tile + 1 < to)
            begin_tile<P, TILE, THREADS> (k, k_from, k_stride, at.key + TILE, a.n_keys);
        commit_copies ();
        if (mine) {
            apply_rule<false> (a, at, &t);
            add_tile<P, ROWS> (at, &t, rows, z);
        }
        wait_copies<1> ();
        __syncthreads (); /* values are there */
        if (mine)
            add_values<P> (t, v, z);
    }
    finish_rows<P, ROWS> (a, at, rows, z);
}

/* Widths that kernels are made for: each of them is seconds of compiling. */
static int
padded_width (int64_t width)
{
    /* 80 and 96 are common widths that 128 would make a third or two thirds slower. */
    static const int widths[] = {32, 64, 80, 96, 128};
    for (int padded : widths)
        if (width <= padded)
            return padded;
    return 256;
}

/* Rows of D elements of the queries, or of the keys. */
static int64_t
lines_of (const FoveaAttendArgs *args, bool keys)
{
    return keys ? args->n_keys * args->kv_heads : args->rows * args->heads;
}

/* Bytes of the norms; what follows is copied 16 bytes at a time. */
static size_t
norm_bytes (const FoveaAttendArgs *args)
{
    return ((size_t) (args->rows * args->heads) * sizeof (RowNorm) + 15) / 16 * 16;
}

size_t
fovea_cuda_attend_mma_scratch (const FoveaAttendArgs *args)
{
    int64_t lines = lines_of (args, false) + 2 * lines_of (args, true);
    return norm_bytes (args) + (size_t) (lines * padded_width (args->width)) * sizeof (__half);
}

/* Pads what goes into products behind the norms. */
template <int P, typename T>
static MmaAttend
prepare (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    enum {
        PAD_BLOCKS = 2048 /* a loop over lines: enough blocks for any GPU, whatever their number */
    };
    MmaAttend a = {*args,
                   NULL,
                   NULL,
                   NULL,
                   (RowNorm *) scratch,
                   (int32_t) (args->first_query % TILE),
                   (int32_t) args->rows,
                   (int32_t) args->n_keys,
                   (int32_t) args->first_query,
                   (int32_t) (args->heads / args->kv_heads)};
    T *at = (T *) ((char *) scratch + norm_bytes (args));
    const float *from[3] = {args->q, args->k, args->v};
    const void **to[3] = {&a.q, &a.k, &a.v};
    for (int i = 0; i < 3; i++) {
        int64_t lines = lines_of (args, i > 0);
        pad_kernel<P, T>
            <<<PAD_BLOCKS, PAD_THREADS, 0, stream>>> (from[i], lines, (int) args->width, at);
        *to[i] = at;
        at += lines * P;
    }
    return a;
}

/* The kernel for what is wanted, then the second pass for what wants the true softmax. */
template <int P, typename T>
static cudaError_t
launch (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    constexpr int WARPS = mma_warps (P), DOWN = MMA_DOWN * WARPS;
    constexpr int BYTES = (DOWN + 2 * TILE) * (P + MMA_PAD) * (int) sizeof (T);
    MmaAttend a = prepare<P, T> (args, scratch, stream);
    void (*kernel) (MmaAttend) =
        wants_rows (args) ? attend_kernel<P, T, true> : attend_kernel<P, T, false>;
    /* Heads in y: blocks of one head run side by side and find its keys in the cache. */
    dim3 grid ((unsigned) ((a.first_row + args->rows + DOWN - 1) / DOWN), (unsigned) args->heads);
    cudaError_t status =
        cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status != cudaSuccess)
        return status;
    kernel<<<grid, 32 * WARPS, BYTES, stream>>> (a);
    status = cudaGetLastError ();
    return status == cudaSuccess && wants_second_pass (args)
               ? fovea_cuda_attend_mma_columns (&a, P, stream)
               : status;
}

template <typename T>
static cudaError_t
launch_width (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    switch (padded_width (args->width)) {
    case 32:
        return launch<32, T> (args, scratch, stream);
    case 64:
        return launch<64, T> (args, scratch, stream);
    case 80:
        return launch<80, T> (args, scratch, stream);
    case 96:
        return launch<96, T> (args, scratch, stream);
    case 128:
        return launch<128, T> (args, scratch, stream);
    default:
        return launch<256, T> (args, scratch, stream);
    }
}

cudaError_t
fovea_cuda_attend_mma (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    if (args->width > 256)
        return cudaErrorInvalidValue;
    return args->precision == FOVEA_PRECISION_F16
               ? launch_width<__half> (args, scratch, stream)
               : launch_width<__nv_bfloat16> (args, scratch, stream);
}
