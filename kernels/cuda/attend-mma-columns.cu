/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The second pass of attention on tensor cores: column mass, and mass and largest weight of blocks. A
 * warp owns 16 keys of one head and walks the queries in order, so that sums need no atomics and come
 * out the same every time. Keys are the rows of its tiles. Cost: the scores once more. */
#include "kernels/cuda/attend-mma.cuh"

/* Whether keys of this width stay in registers: 256 would take 64 of them for the operand alone, and are read
 * from shared memory again for each tile. */
static __host__ __device__ constexpr bool
keys_stay (int padded)
{
    return padded <= 128;
}

/* Rows of the call that may see one of @n keys from @key on, as tiles of rows [*from, *to). */
static __device__ inline void
query_tiles (const MmaAttend &a, int32_t key, int32_t n, int32_t *from, int32_t *to)
{
    const FoveaScoreRule &rule = a.args.rule;
    int64_t window = rule.window, last = min (key + n, a.n_keys) - 1;
    /* 64-bit here, once a warp; in the loop everything is 32-bit. */
    int64_t first = rule.causal ? key : window > 0 ? key - window + 1 : 0;
    int64_t end = a.first_query + a.rows, origin = a.first_query - a.first_row;
    if (window > 0 && last + window < end)
        end = last + window;
    *from = first > origin ? (int32_t) ((first - origin) / TILE) : 0;
    *to = end > origin && key < a.n_keys ? (int32_t) ((end - origin + TILE - 1) / TILE) : 0;
}

/* Begins to copy what weights of 64 rows are made with; rows outside of the call weigh nothing. */
static __device__ inline void
begin_norms (const MmaAttend &a, int32_t head, int32_t row, RowNorm *to)
{
    if (threadIdx.x >= TILE)
        return;
    row += (int32_t) threadIdx.x;
    /* The copy itself writes zeros where a row is not there: an inverse of 0 makes its weights 0. */
    bool inside = row >= 0 && row < a.rows;
    const RowNorm *from = a.norms + (inside ? row * a.args.heads + head : 0);
    copy_async<8> (to + threadIdx.x, from, inside);
}

/* Weights in place of scores, and what they add to the lane's two keys. */
static __device__ inline void
weigh (const RowNorm *norms, MmaScores *t, double *mass)
{
    int lane = (int) threadIdx.x % 32;
    float sum[2] = {};
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++) {
        /* Two neighbouring queries of a lane: one load for both their norms. */
        const float4 two = *(const float4 *) &norms[8 * n + 2 * (lane % 4)];
#pragma unroll
        for (int e = 0; e < 4; e++) {
            float shift = e % 2 == 0 ? two.x : two.z, inverse = e % 2 == 0 ? two.y : two.w;
            t->s[n][e] = exp2_quick (fmaf (t->s[n][e], ROW_LOG2E, -shift)) * inverse;
            sum[e / 2] += t->s[n][e];
        }
    }
    /* f32 over 16 weights at most, double from there: a long column would lose its small weights. */
    mass[0] += (double) sum[0];
    mass[1] += (double) sum[1];
}

/* Mass and largest weight of a warp's part of a tile. */
typedef struct {
    float mass, largest;
} BlockPart;

static __device__ inline BlockPart
part_of (const MmaScores &w)
{
    BlockPart part = {0, 0};
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            part.mass += w.s[n][e];
            part.largest = fmaxf (part.largest, w.s[n][e]);
        }
    for (int other = 1; other < 32; other *= 2) {
        part.mass += __shfl_xor_sync (~0u, part.mass, other);
        part.largest = fmaxf (part.largest, __shfl_xor_sync (~0u, part.largest, other));
    }
    return part;
}

/* One thread joins the parts of four warps with what is there: a row of blocks may have begun in an
 * earlier call. A block has one writer in a call: the atomics are there because nothing waits for
 * them, and weights order as their bits do. */
static __device__ inline void
join_block (
    const MmaAttend &a, int32_t head, int32_t tile, int32_t key_block, const BlockPart *parts)
{
    int64_t row_blocks = (a.first_row + a.rows + TILE - 1) / TILE;
    int64_t to = (head * row_blocks + tile) * a.args.block_stride + key_block;
    BlockPart all = {0, 0};
    for (int i = 0; i < TILE / MMA_DOWN; i++) {
        all.mass += parts[i].mass;
        all.largest = fmaxf (all.largest, parts[i].largest);
    }
    if (a.args.block_mass != NULL && all.mass != 0)
        atomicAdd (&a.args.block_mass[to], all.mass);
    if (a.args.block_max != NULL && all.largest > 0)
        atomicMax ((int *) &a.args.block_max[to], __float_as_int (all.largest));
}

/* Adds what the lane's two keys got to what earlier calls gave them. */
static __device__ inline void
write_mass (const MmaAttend &a, const MmaTile &at, double *mass)
{
    int lane = (int) threadIdx.x % 32;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        /* Lanes of a quad have queries of their own and the same keys. */
        mass[r] += __shfl_xor_sync (~0u, mass[r], 1);
        mass[r] += __shfl_xor_sync (~0u, mass[r], 2);
        int32_t key = at.key + lane / 4 + 8 * r;
        if (a.args.column_mass != NULL && lane % 4 == 0 && key < a.n_keys)
            a.args.column_mass[at.head * a.args.column_stride + key] += mass[r];
    }
}

/* Sums of f32 within a tile, of double over tiles.
 * Moves: k once, q once per 128 or 64 keys, from L2, 8 T H B of sums.   Work: T T H P flop if causal. */
template <int P, typename T>
static __global__ void __launch_bounds__ (32 * mma_warps (P),
                                          P <= 64    ? 2
                                          : P <= 128 ? 3
                                                     : 2)
    columns_kernel (const __grid_constant__ MmaAttend a)
{
    extern __shared__ __align__ (16) char shared[];
    constexpr int WARPS = mma_warps (P), THREADS = 32 * WARPS, DOWN = MMA_DOWN * WARPS;
    constexpr bool STAY = keys_stay (P);
    constexpr int TILE_SIZE = TILE * (P + MMA_PAD);
    __shared__ __align__ (16) RowNorm norms[2][TILE];
    __shared__ BlockPart parts[WARPS];
    T *keys = (T *) shared, *queries = keys + DOWN * (P + MMA_PAD);
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    int32_t head = (int32_t) blockIdx.y, group = head / a.share, k0 = (int32_t) blockIdx.x * DOWN;
    int32_t from, to, own_from, own_to;
    int64_t q_stride = a.args.heads * P, k_stride = a.args.kv_heads * P;
    const T *q_from = (const T *) a.q + head * P;
    bool blocks = a.args.block_mass != NULL || a.args.block_max != NULL;
    MmaTile at = {head, 0, k0 + MMA_DOWN * warp, 0};
    double mass[2] = {};
    query_tiles (a, k0, DOWN, &from, &to); /* of any warp, and of this one's keys */
    query_tiles (a, at.key, MMA_DOWN, &own_from, &own_to);
    uint32_t k[STAY ? P / 16 : 1][4];
    begin_tile<P, DOWN, THREADS> (keys, (const T *) a.k + group * P, k_stride, k0, a.n_keys);
    for (int32_t tile = from; tile <= to; tile++) {
        /* This turn begins to bring a tile and uses the one before. */
        if (tile < to) {
            int32_t row = tile * TILE - a.first_row;
            begin_tile<P, TILE, THREADS> (queries + tile % 2 * TILE_SIZE, q_from, q_stride, row,
                                          a.rows);
            begin_norms (a, head, row, norms[tile % 2]);
        }
        commit_copies ();
        if (tile == from)
            continue;
        wait_copies<1> ();
        __syncthreads ();
        if (STAY && tile == from + 1)
            load_down<STAY ? P : 16> (k, keys);
        BlockPart part = {0,
                          0}; /* also of a warp that skips the tile: the joining thread reads all */
        at.row = (tile - 1) * TILE - a.first_row;
        at.query = a.first_query + at.row;
        if (tile - 1 >= own_from && tile - 1 < own_to) {
            MmaScores t;
            tile_product<P, STAY> (k, keys, queries + (tile - 1) % 2 * TILE_SIZE, &t);
            apply_rule<true> (a, at, &t);
            weigh (norms[(tile - 1) % 2], &t, mass);
            if (blocks)
                part = part_of (t);
        }
        if (blocks && lane == 0)
            parts[warp] = part;
        __syncthreads (); /* the tile may be written, and the warps' parts are there */
        if (blocks && threadIdx.x % (2 * TILE) == 0)
            join_block (a, head, tile - 1, at.key / TILE, parts + warp);
    }
    write_mass (a, at, mass);
}

template <int P, typename T>
static cudaError_t
launch (const MmaAttend &a, cudaStream_t stream)
{
    constexpr int WARPS = mma_warps (P), DOWN = MMA_DOWN * WARPS;
    constexpr int BYTES = (DOWN + 2 * TILE) * (P + MMA_PAD) * (int) sizeof (T);
    dim3 grid ((unsigned) ((a.n_keys + DOWN - 1) / DOWN), (unsigned) a.args.heads);
    cudaError_t status = cudaFuncSetAttribute (columns_kernel<P, T>,
                                               cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status != cudaSuccess)
        return status;
    columns_kernel<P, T><<<grid, 32 * WARPS, BYTES, stream>>> (a);
    return cudaGetLastError ();
}

template <int P>
static cudaError_t
launch_type (const MmaAttend &a, cudaStream_t stream)
{
    return a.args.precision == FOVEA_PRECISION_F16 ? launch<P, __half> (a, stream)
                                                   : launch<P, __nv_bfloat16> (a, stream);
}

cudaError_t
fovea_cuda_attend_mma_columns (const MmaAttend *attend, int padded, cudaStream_t stream)
{
    switch (padded) {
    case 32:
        return launch_type<32> (*attend, stream);
    case 64:
        return launch_type<64> (*attend, stream);
    case 80:
        return launch_type<80> (*attend, stream);
    case 96:
        return launch_type<96> (*attend, stream);
    case 128:
        return launch_type<128> (*attend, stream);
    default:
        return launch_type<256> (*attend, stream);
    }
}
