/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention in bf16 on tensor cores for every rule: windows, soft-caps, ALiBi, biases by distance and
 * segments, which the Hopper kernel does not have. FOVEA_CUDA_ATTEND=plain chooses it. As the
 * general kernel it computes scores twice: first each row's largest score and sum, then weights, so
 * that whatever is made of them is the true softmax's and nothing is rescaled. No float is summed by
 * more than one writer: same input, same bits. */
#include "kernels/cuda/attend-mma.cuh"

enum {
    WARPS = MMA_THREADS / 32,
    PAD_THREADS = 256,
    IN_REGISTERS = 128 /* widest rows whose queries stay in registers */
};

/* Queries and keys as the products take them. Moves: 6 B an element.   Roof: memory. */
static __global__ void
__launch_bounds__ (PAD_THREADS)
    pad_kernel (const float *from, int64_t lines, int width, int padded, __nv_bfloat16 *to)
{
    int64_t n = lines * padded, step = (int64_t) gridDim.x * PAD_THREADS;
    for (int64_t i = (int64_t) blockIdx.x * PAD_THREADS + threadIdx.x; i < n; i += step) {
        int64_t line = i / padded;
        int d = (int) (i - line * padded);
        to[i] = __float2bfloat16_rn (d < width ? from[line * width + d] : 0);
    }
}

/* Where a thread block stands; its key is set tile by tile. */
static __device__ inline MmaTile
place_of (const MmaAttend &a, int64_t *from, int64_t *to)
{
    /* The last row blocks see most keys under a causal rule: they start first. */
    int64_t block = (int64_t) gridDim.x - 1 - blockIdx.x, row = block * TILE - a.first_row;
    int64_t first = row < 0 ? 0 : row, end = row + TILE < a.args.rows ? row + TILE : a.args.rows;
    rule_tiles (a.args.rule, a.args.first_query + first, a.args.first_query + end - 1,
                a.args.n_keys, from, to);
    return MmaTile{(int64_t) blockIdx.y, a.args.first_query + row, 0, row};
}

template <int P>
static __device__ inline void
begin_queries (const MmaAttend &a, const MmaTile &at, __nv_bfloat16 *to)
{
    begin_tile<P> (to, a.q + at.head * P, a.args.heads * P, at.row, a.args.rows);
}

template <int P>
static __device__ inline void
begin_keys (const MmaAttend &a,
            const MmaTile &at,
            const __nv_bfloat16 *from,
            int64_t tile,
            __nv_bfloat16 *to)
{
    int64_t group = at.head / (a.args.heads / a.args.kv_heads);
    begin_tile<P> (to, from + group * P, a.args.kv_heads * P, tile * TILE, a.args.n_keys);
}

/* What a lane knows of one of its rows: of its own 16 columns of every tile. */
typedef struct {
    float largest, sum;
    int32_t key;
} RowTop;

/* Takes a tile's scores of row @r of the lane's two into account. The key is looked for on demand: among
 * 32 lanes some meet a new largest score in nearly every tile. */
static __device__ inline void
add_scores (const MmaScores &t, int r, int32_t first_key, bool keys, RowTop *top)
{
    float largest = -CUDART_INF_F, sum = 0;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
        largest = fmaxf (largest, fmaxf (t.s[n][2 * r], t.s[n][2 * r + 1]));
    if (keys && largest > top->largest) {
        int at = 0;
        /* From the end, so that of equal scores the lowest key stays. */
#pragma unroll
        for (int n = MMA_COLUMNS - 1; n >= 0; n--)
#pragma unroll
            for (int e = 1; e >= 0; e--)
                at = t.s[n][2 * r + e] == largest ? 8 * n + e : at;
        top->key = first_key + at;
    }
    if (largest > top->largest) {
        top->sum *= exp_below (top->largest - largest);
        top->largest = largest;
    }
    if (top->largest == -CUDART_INF_F)
        largest = 0; /* nothing is allowed yet, and -inf less -inf would be NaN */
    else
        largest = top->largest;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
        sum += exp_below (t.s[n][2 * r] - largest) + exp_below (t.s[n][2 * r + 1] - largest);
    top->sum += sum;
}

/* Joins what four lanes know of a row. */
static __device__ inline void
join_lanes (RowTop *top)
{
    for (int other = 1; other < 4; other *= 2) {
        RowTop o = {__shfl_xor_sync (~0u, top->largest, other),
                    __shfl_xor_sync (~0u, top->sum, other), __shfl_xor_sync (~0u, top->key, other)};
        bool better = o.largest > top->largest ||
                      (o.largest == top->largest && o.key >= 0 && o.key < top->key);
        float both = fmaxf (top->largest, o.largest);
        float mine =
            top->largest == -CUDART_INF_F ? top->sum : top->sum * exp_below (top->largest - both);
        float theirs = o.largest == -CUDART_INF_F ? o.sum : o.sum * exp_below (o.largest - both);
        /* The lower lane's first in both, so that all four have the same bits. */
        top->sum = (threadIdx.x & (unsigned) other) == 0 ? mine + theirs : theirs + mine;
        top->largest = both;
        top->key = better ? o.key : top->key;
    }
}

static __device__ inline void
write_norm (const MmaAttend &a, const MmaTile &at, int64_t row, const RowTop &top)
{
    const FoveaAttendArgs &args = a.args;
    int64_t to = row * args.heads + at.head;
    float m = top.largest, l = top.sum;
    if (args.rule.sink_logits != NULL) {
        float sink = args.rule.sink_logits[at.head], both = fmaxf (m, sink);
        l = (m == -CUDART_INF_F ? l : l * expf (m - both)) + expf (sink - both);
        m = both;
    }
    float inverse = l == 0 ? 0 : 1 / l;
    a.norms[to] = RowNorm{m == -CUDART_INF_F ? 0 : m, inverse};
    if (args.lse != NULL)
        args.lse[to] = m == -CUDART_INF_F ? m : m + logf (l);
    if (args.max_weight != NULL)
        args.max_weight[to] = top.key < 0 ? 0 : expf (top.largest - m) * inverse;
    if (args.max_key != NULL)
        args.max_key[to] = top.key;
}

/* Row norms, largest weights and their keys.
 * Moves: q once, k once per row block, from L2: 2 T T/128 G P B.   Work: T T H P flop if causal.
 * Roof:  shared memory: 64 columns of 16 elements, 2 KiB, feed eight products of a warp. */
template <int P>
static __global__ void
__launch_bounds__ (MMA_THREADS,
                   P <= 64    ? 4
                   : P <= 128 ? 3
                              : 2) norm_kernel (const __grid_constant__ MmaAttend a)
{
    extern __shared__ __align__ (16) __nv_bfloat16 shared[];
    constexpr int TILE_SIZE = TILE * (P + MMA_PAD);
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    bool keys = a.args.max_key != NULL || a.args.max_weight != NULL;
    RowTop top[2] = {{-CUDART_INF_F, 0, -1}, {-CUDART_INF_F, 0, -1}};
    int64_t from, to;
    MmaTile at = place_of (a, &from, &to);
    begin_queries<P> (a, at, shared);
    if (from < to)
        begin_keys<P> (a, at, a.k, from, shared + (1 + from % 2) * TILE_SIZE);
    commit_copies ();
    uint32_t q[P <= IN_REGISTERS ? P / 16 : 1][4];
    for (int64_t tile = from; tile < to; tile++) {
        if (tile + 1 < to)
            begin_keys<P> (a, at, a.k, tile + 1, shared + (1 + (tile + 1) % 2) * TILE_SIZE);
        commit_copies ();
        wait_copies<1> ();
        __syncthreads ();
        if (P <= IN_REGISTERS && tile == from)
            load_down<P <= IN_REGISTERS ? P : 16> (q, shared);
        MmaScores t;
        at.key = tile * TILE;
        tile_product<P> (P <= IN_REGISTERS ? q : NULL, shared, shared + (1 + tile % 2) * TILE_SIZE,
                         &t);
        apply_rule<false> (a.args, at, has_edge (a.args, at), &t);
        add_scores (t, 0, (int32_t) at.key + 2 * (lane % 4), keys, &top[0]);
        add_scores (t, 1, (int32_t) at.key + 2 * (lane % 4), keys, &top[1]);
        __syncthreads ();
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        join_lanes (&top[r]);
        int64_t row = at.row + 16 * warp + lane / 4 + 8 * r;
        if (lane % 4 == 0 && row >= 0 && row < a.args.rows)
            write_norm (a, at, row, top[r]);
    }
}

/* Statistics of one of a lane's rows, of its own columns, and what weights are made with. */
typedef struct {
    RowNorm norm;
    float lse, entropy, distance, local, first;
} RowSums;

static __device__ inline void
open_rows (const MmaAttend &a, const MmaTile &at, RowSums *sums)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int64_t row = at.row + 16 * warp + lane / 4 + 8 * r;
        bool inside = row >= 0 && row < a.args.rows;
        sums[r] = RowSums{};
        sums[r].norm = inside ? a.norms[row * a.args.heads + at.head] : RowNorm{0, 0};
        sums[r].lse = sums[r].norm.largest - logf (sums[r].norm.inverse);
    }
}

/* What a tile adds to the statistics. Few tiles hold key 0 or the last sixteen keys of a row. */
static __device__ inline void
add_statistics (const MmaTile &at, const MmaScores &t, const MmaScores &w, RowSums *sums)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    int ahead = (int) (at.query - at.key) + 16 * warp + lane / 4 - 2 * (lane % 4);
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            RowSums *sum = &sums[e / 2];
            float weight = w.s[n][e],
                  distance = (float) ahead + (float) (e / 2 * 8 - 8 * n - e % 2);
            sum->entropy -= weight > 0 ? weight * (t.s[n][e] - sum->lse) : 0;
            sum->distance = fmaf (weight, fabsf (distance), sum->distance);
        }
    if (at.key == 0 && lane % 4 == 0) {
        sums[0].first = w.s[0][0];
        sums[1].first = w.s[0][2];
    }
    if (at.key + TILE <= at.query - FOVEA_LOCAL_WINDOW || at.key > at.query + TILE)
        return;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int back = ahead + e / 2 * 8 - 8 * n - e % 2;
            sums[e / 2].local += back >= 0 && back < FOVEA_LOCAL_WINDOW ? w.s[n][e] : 0;
        }
}

static __device__ inline void
write_statistics (const MmaAttend &a, const MmaTile &at, const RowSums *sums)
{
    const FoveaAttendArgs &args = a.args;
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float entropy = sum_of_4 (sums[r].entropy), distance = sum_of_4 (sums[r].distance);
        float local = sum_of_4 (sums[r].local), first = sum_of_4 (sums[r].first);
        int64_t row = at.row + 16 * warp + lane / 4 + 8 * r, to = row * args.heads + at.head;
        if (lane % 4 != 0 || row < 0 || row >= args.rows)
            continue;
        if (args.entropy != NULL)
            args.entropy[to] = entropy;
        if (args.mean_distance != NULL)
            args.mean_distance[to] = distance;
        if (args.first_mass != NULL)
            args.first_mass[to] = first;
        if (args.local_mass != NULL)
            args.local_mass[to] = local;
    }
}

/* Mass and largest weight of the warp's part of a tile, for join_block(). */
static __device__ inline void
sum_block (const MmaScores &w, float *mass, float *largest)
{
    float sum = 0, top = 0;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            sum += w.s[n][e];
            top = fmaxf (top, w.s[n][e]);
        }
    for (int other = 1; other < 32; other *= 2) {
        sum += __shfl_xor_sync (~0u, sum, other);
        top = fmaxf (top, __shfl_xor_sync (~0u, top, other));
    }
    if (threadIdx.x % 32 == 0) {
        mass[threadIdx.x / 32] = sum;
        largest[threadIdx.x / 32] = top;
    }
}

/* One thread joins the warps' parts with what is there. A block row has one writer at a time: the
 * atomics are there because nothing waits for them, and weights order as their bits do. */
static __device__ inline void
join_block (
    const MmaAttend &a, const MmaTile &at, int64_t tile, const float *mass, const float *largest)
{
    int64_t block = (int64_t) gridDim.x - 1 - blockIdx.x;
    int64_t to = (at.head * gridDim.x + block) * a.args.block_stride + tile;
    float sum = 0, top = 0;
    for (int warp = 0; warp < WARPS; warp++) {
        sum += mass[warp];
        top = fmaxf (top, largest[warp]);
    }
    if (a.args.block_mass != NULL)
        atomicAdd (&a.args.block_mass[to], sum);
    if (a.args.block_max != NULL)
        atomicMax ((int *) &a.args.block_max[to], __float_as_int (top));
}

static __device__ inline void
weigh (const MmaScores &t, const RowSums *sums, MmaScores *w)
{
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            const RowNorm &norm = sums[e / 2].norm;
            w->s[n][e] = exp_below (t.s[n][e] - norm.largest) * norm.inverse;
        }
}

/* z += weights * values; weights are rounded to bf16 here and nowhere else. */
template <int P>
static __device__ inline void
add_values (const MmaScores &w, const __nv_bfloat16 *v, float (*z)[4])
{
    int lane = (int) threadIdx.x % 32;
#pragma unroll
    for (int step = 0; step < TILE / 16; step++) {
        uint32_t p[4], b[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const float *two = &w.s[2 * step + i / 2][i % 2 * 2];
            __nv_bfloat162 pair = __floats2bfloat162_rn (two[0], two[1]);
            p[i] = *(const uint32_t *) &pair;
        }
#pragma unroll
        for (int d = 0; d < P / 8; d += 2) {
            load_4_turned (b,
                           v + (16 * step + lane % 16) * (P + MMA_PAD) + 8 * d + 8 * (lane / 16));
            multiply_16 (z[d], p, b);
            multiply_16 (z[d + 1], p, b + 2);
        }
    }
}

template <int P>
static __device__ inline void
write_values (const MmaAttend &a, const MmaTile &at, float (*z)[4])
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int64_t row = at.row + 16 * warp + lane / 4 + 8 * r;
        if (row < 0 || row >= a.args.rows)
            continue;
        float *to = a.args.z + (row * a.args.heads + at.head) * a.args.width;
#pragma unroll
        for (int d = 0; d < P / 8; d++)
#pragma unroll
            for (int e = 0; e < 2; e++) {
                int c = 8 * d + 2 * (lane % 4) + e;
                if (c < a.args.width)
                    to[c] = z[d][2 * r + e];
            }
    }
}

/* Weights, and everything made of them.
 * Moves: as norm_kernel, v the same again, z and what is asked for.   Work: 2 T T H P if causal. */
template <int P, bool ROWS>
static __global__ void
__launch_bounds__ (MMA_THREADS,
                   P <= 32   ? 4
                   : P <= 80 ? 3
                             : 2) weigh_kernel (const __grid_constant__ MmaAttend a)
{
    extern __shared__ __align__ (16) __nv_bfloat16 shared[];
    __shared__ float mass[WARPS], largest[WARPS];
    constexpr int TILE_SIZE = TILE * (P + MMA_PAD);
    __nv_bfloat16 *k = shared + TILE_SIZE, *v = shared + 2 * TILE_SIZE;
    bool blocks = a.args.block_mass != NULL || a.args.block_max != NULL;
    uint32_t q[P <= IN_REGISTERS ? P / 16 : 1][4];
    float z[P / 8][4] = {};
    RowSums sums[2];
    int64_t from, to;
    MmaTile at = place_of (a, &from, &to);
    open_rows (a, at, sums);
    begin_queries<P> (a, at, shared);
    if (from < to)
        begin_keys<P> (a, at, a.k, from, k);
    commit_copies ();
    for (int64_t tile = from; tile < to; tile++) {
        MmaScores t, w;
        at.key = tile * TILE;
        wait_copies<0> ();
        __syncthreads (); /* keys are there, and the last values were used */
        begin_keys<P> (a, at, a.v, tile, v);
        commit_copies ();
        if (P <= IN_REGISTERS && tile == from)
            load_down<P <= IN_REGISTERS ? P : 16> (q, shared);
        tile_product<P> (P <= IN_REGISTERS ? q : NULL, shared, k, &t);
        __syncthreads (); /* keys were used */
        if (tile + 1 < to)
            begin_keys<P> (a, at, a.k, tile + 1, k);
        commit_copies ();
        apply_rule<false> (a.args, at, has_edge (a.args, at), &t);
        weigh (t, sums, &w);
        if (ROWS)
            add_statistics (at, t, w, sums);
        if (blocks)
            sum_block (w, mass, largest);
        wait_copies<1> ();
        __syncthreads (); /* values are there, and the warps' sums */
        if (blocks && threadIdx.x == 0)
            join_block (a, at, tile, mass, largest);
        add_values<P> (w, v, z);
    }
    write_values<P> (a, at, z);
    if (ROWS)
        write_statistics (a, at, sums);
}

static int
padded_width (int64_t width)
{
    static const int widths[] = {32, 64, 80, 96, 128};
    for (int padded : widths)
        if (width <= padded)
            return padded;
    return 256;
}

static size_t
elements (const FoveaAttendArgs *args, bool keys)
{
    int64_t lines = keys ? args->n_keys * args->kv_heads : args->rows * args->heads;
    return (size_t) (lines * padded_width (args->width));
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
    return norm_bytes (args) +
           (elements (args, false) + 2 * elements (args, true)) * sizeof (__nv_bfloat16);
}

/* Pads what goes into products behind the norms. */
static MmaAttend
prepare (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    enum {
        PAD_BLOCKS = 2048
    };
    MmaAttend a = {*args, NULL, NULL, NULL, (RowNorm *) scratch, args->first_query % TILE};
    __nv_bfloat16 *at = (__nv_bfloat16 *) ((char *) scratch + norm_bytes (args));
    const float *from[3] = {args->q, args->k, args->v};
    const __nv_bfloat16 **to[3] = {&a.q, &a.k, &a.v};
    int padded = padded_width (args->width);
    for (int i = 0; i < 3; i++) {
        size_t n = elements (args, i > 0);
        pad_kernel<<<PAD_BLOCKS, PAD_THREADS, 0, stream>>> (from[i], (int64_t) n / padded,
                                                            (int) args->width, padded, at);
        *to[i] = at;
        at += n;
    }
    return a;
}

template <int P>
static cudaError_t
launch (const MmaAttend &a, cudaStream_t stream)
{
    const FoveaAttendArgs &args = a.args;
    constexpr int BYTES = 3 * TILE * (P + MMA_PAD) * (int) sizeof (__nv_bfloat16);
    bool rows = args.entropy != NULL || args.mean_distance != NULL || args.first_mass != NULL ||
                args.local_mass != NULL;
    void (*weigh) (MmaAttend) = rows ? weigh_kernel<P, true> : weigh_kernel<P, false>;
    dim3 grid ((unsigned) ((a.first_row + args.rows + TILE - 1) / TILE), (unsigned) args.heads);
    cudaError_t status =
        cudaFuncSetAttribute (norm_kernel<P>, cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status == cudaSuccess)
        status = cudaFuncSetAttribute (weigh, cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status != cudaSuccess)
        return status;
    norm_kernel<P><<<grid, MMA_THREADS, BYTES, stream>>> (a);
    weigh<<<grid, MMA_THREADS, BYTES, stream>>> (a);
    status = cudaGetLastError ();
    return status == cudaSuccess && args.column_mass != NULL
               ? fovea_cuda_attend_mma_columns (&a, P, stream)
               : status;
}

cudaError_t
fovea_cuda_attend_mma (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    if (args->width > 256)
        return cudaErrorInvalidValue;
    MmaAttend a = prepare (args, scratch, stream);
    switch (padded_width (args->width)) {
    case 32:
        return launch<32> (a, stream);
    case 64:
        return launch<64> (a, stream);
    case 80:
        return launch<80> (a, stream);
    case 96:
        return launch<96> (a, stream);
    case 128:
        return launch<128> (a, stream);
    default:
        return launch<256> (a, stream);
    }
}
