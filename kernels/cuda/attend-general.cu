/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* General attention: norms of all rows, then weights, values and statistics.
 * One block of 256 threads owns one row block (64 positions, aligned to the pyramid's) of one head
 * and walks the keys that its rule allows. */
#include "kernels/cuda/attend-general.cuh"

/* Statistics of four rows as one thread sees them: its columns of every tile. */
typedef struct {
    float entropy[TILE_SIDE], distance[TILE_SIDE], local[TILE_SIDE], first[TILE_SIDE];
    float best[TILE_SIDE];
    int32_t key[TILE_SIDE];
} RowSums;

/* Where a thread block stands. */
typedef struct {
    int64_t head, group;
    int64_t block;  /* row block within the call */
    int64_t origin; /* position of the tile's first row */
    int64_t row0;   /* its row number in the call; may be negative in the first block */
} Place;

static __device__ inline Place
place_of (const GeneralAttend &a)
{
    Place p;
    /* The last row blocks see most keys under a causal rule: they start first. */
    p.block = (int64_t) gridDim.x - 1 - blockIdx.x;
    p.head = blockIdx.y;
    p.group = p.head / (a.args.heads / a.args.kv_heads);
    p.row0 = p.block * TILE - a.first_row;
    p.origin = a.args.first_query + p.row0;
    return p;
}

static __device__ inline TileRows
queries_of (const FoveaAttendArgs &args, int64_t head)
{
    return TileRows{args.q + head * args.width, args.heads * args.width, args.rows};
}

static __device__ inline TileRows
keys_of (const FoveaAttendArgs &args, const float *data, int64_t group)
{
    return TileRows{data + group * args.width, args.kv_heads * args.width, args.n_keys};
}

static __device__ inline void
tiles_of (const GeneralAttend &a, const Place &p, int64_t *from, int64_t *to)
{
    int64_t first = p.row0 < 0 ? 0 : p.row0;
    int64_t end = p.row0 + TILE < a.args.rows ? p.row0 + TILE : a.args.rows;
    rule_tiles (a.args.rule, a.args.first_query + first, a.args.first_query + end - 1,
                a.args.n_keys, from, to);
}

/* Scores of the thread's 16 cells. */
static __device__ inline void
apply_rule (const GeneralAttend &a, const Place &p, int64_t k0, TileScores *t)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            int64_t row = p.row0 + TILE_SIDE * y + i, key = k0 + TILE_SIDE * x + j;
            bool inside = row >= 0 && row < a.args.rows && key < a.args.n_keys;
            t->s[i][j] =
                inside ? rule_score (a.args.rule, p.head, a.args.first_query + row, key, t->s[i][j])
                       : -CUDART_INF_F;
        }
}

/* Joins two partial softmax sums; -inf and 0 is the empty one. */
static __device__ inline void
join_norm (float *m, float *l, float other_m, float other_l)
{
    float both = fmaxf (*m, other_m);
    float mine = *m == -CUDART_INF_F ? 0 : *l * expf (*m - both);
    float theirs = other_m == -CUDART_INF_F ? 0 : other_l * expf (other_m - both);
    *m = both;
    *l = mine + theirs;
}

/* Row norms.
 * Moves: q once, k once per row block: 4 (T H D + T T/128 G D) B.   Work: T T H D flop if causal.
 * Roof:  f32 multiply-adds; two 16-byte shared loads feed 16 of them. */
static __global__ void
__launch_bounds__ (TILE_THREADS) norm_kernel (const __grid_constant__ GeneralAttend a)
{
    __shared__ TileInputs in;
    Place p = place_of (a);
    TileRows q = queries_of (a.args, p.head), k = keys_of (a.args, a.args.k, p.group);
    float m[TILE_SIDE], l[TILE_SIDE];
    for (int i = 0; i < TILE_SIDE; i++)
        m[i] = -CUDART_INF_F, l[i] = 0;
    int64_t from, to;
    tiles_of (a, p, &from, &to);
    for (int64_t tile = from; tile < to; tile++) {
        TileScores t;
        tile_dot (&in, q, p.row0, k, tile * TILE, a.args.width, &t);
        apply_rule (a, p, tile * TILE, &t);
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++) {
            float top = fmaxf (fmaxf (t.s[i][0], t.s[i][1]), fmaxf (t.s[i][2], t.s[i][3]));
            float both = fmaxf (m[i], top), sum = 0;
            /* A NaN is no maximum, but it must reach the sum. */
#pragma unroll
            for (int j = 0; j < TILE_SIDE; j++)
                sum += t.s[i][j] == -CUDART_INF_F ? 0 : expf (t.s[i][j] - both);
            l[i] = (m[i] == -CUDART_INF_F ? 0 : l[i] * expf (m[i] - both)) + sum;
            m[i] = both;
        }
    }
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        for (int other = 1; other < 16; other *= 2)
            join_norm (&m[i], &l[i], __shfl_xor_sync (~0u, m[i], other),
                       __shfl_xor_sync (~0u, l[i], other));
        int64_t row = p.row0 + TILE_SIDE * ((int) threadIdx.x / 16) + i;
        if (threadIdx.x % 16 != 0 || row < 0 || row >= a.args.rows)
            continue;
        if (a.args.rule.sink_logits != NULL)
            join_norm (&m[i], &l[i], a.args.rule.sink_logits[p.head], 1);
        int64_t at = row * a.args.heads + p.head;
        a.norms[at] = RowNorm{m[i], l[i] == 0 ? 0 : 1 / l[i]};
        if (a.args.lse != NULL)
            a.args.lse[at] = m[i] == -CUDART_INF_F ? -CUDART_INF_F : m[i] + logf (l[i]);
    }
}

/* Sums what a tile adds to the statistics of the thread's rows; @w are its weights. */
static __device__ inline void
add_statistics (const GeneralAttend &a,
                const Place &p,
                const RowNorm *norm,
                int64_t k0,
                const TileScores &t,
                const TileScores &w,
                RowSums *sums)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t query = p.origin + TILE_SIDE * y + i;
        float log_inverse = logf (norm[i].inverse);
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            int64_t key = k0 + TILE_SIDE * x + j;
            float weight = w.s[i][j];
            if (t.s[i][j] == -CUDART_INF_F)
                continue;
            if (weight > 0)
                sums->entropy[i] -= weight * (t.s[i][j] - norm[i].largest + log_inverse);
            sums->distance[i] += weight * (float) (query > key ? query - key : key - query);
            if (key <= query && key > query - FOVEA_LOCAL_WINDOW)
                sums->local[i] += weight;
            if (key == 0)
                sums->first[i] = weight;
            /* Keys rise, so that of equal weights the lowest stays. */
            if (sums->key[i] < 0 || weight > sums->best[i]) {
                sums->best[i] = weight;
                sums->key[i] = (int32_t) key;
            }
        }
    }
}

static __device__ inline float
sum_of_16 (float x)
{
    for (int other = 1; other < 16; other *= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

static __device__ inline void
write_statistics (const GeneralAttend &a, const Place &p, RowSums *sums)
{
    const FoveaAttendArgs &args = a.args;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        float entropy = sum_of_16 (sums->entropy[i]), distance = sum_of_16 (sums->distance[i]);
        float local = sum_of_16 (sums->local[i]), first = sum_of_16 (sums->first[i]);
        for (int other = 1; other < 16; other *= 2) {
            float best = __shfl_xor_sync (~0u, sums->best[i], other);
            int32_t key = __shfl_xor_sync (~0u, sums->key[i], other);
            bool better = sums->key[i] < 0 || best > sums->best[i] ||
                          (best == sums->best[i] && key < sums->key[i]);
            if (key >= 0 && better) {
                sums->best[i] = best;
                sums->key[i] = key;
            }
        }
        int64_t row = p.row0 + TILE_SIDE * ((int) threadIdx.x / 16) + i;
        if (threadIdx.x % 16 != 0 || row < 0 || row >= args.rows)
            continue;
        int64_t at = row * args.heads + p.head;
        if (args.entropy != NULL)
            args.entropy[at] = entropy;
        if (args.max_weight != NULL)
            args.max_weight[at] = sums->key[i] < 0 ? 0 : sums->best[i];
        if (args.max_key != NULL)
            args.max_key[at] = sums->key[i];
        if (args.mean_distance != NULL)
            args.mean_distance[at] = distance;
        if (args.first_mass != NULL)
            args.first_mass[at] = first;
        if (args.local_mass != NULL)
            args.local_mass[at] = local;
    }
}

/* Mass and largest weight of a tile, joined with what is there: a block row may have begun in an
 * earlier call. Only this thread block writes this row block. */
static __device__ inline void
write_block (const GeneralAttend &a, const Place &p, int64_t tile, const TileScores &w)
{
    __shared__ float mass[TILE_THREADS / 32], largest[TILE_THREADS / 32];
    float sum = 0, top = 0;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            sum += w.s[i][j];
            top = fmaxf (top, w.s[i][j]);
        }
    for (int other = 1; other < 32; other *= 2) {
        sum += __shfl_xor_sync (~0u, sum, other);
        top = fmaxf (top, __shfl_xor_sync (~0u, top, other));
    }
    __syncthreads ();
    if (threadIdx.x % 32 == 0) {
        mass[threadIdx.x / 32] = sum;
        largest[threadIdx.x / 32] = top;
    }
    __syncthreads ();
    if (threadIdx.x != 0)
        return;
    for (int warp = 1; warp < TILE_THREADS / 32; warp++) {
        sum += mass[warp];
        top = fmaxf (top, largest[warp]);
    }
    int64_t at = (p.head * gridDim.x + p.block) * a.args.block_stride + tile;
    if (a.args.block_mass != NULL)
        a.args.block_mass[at] += sum;
    if (a.args.block_max != NULL)
        a.args.block_max[at] = fmaxf (a.args.block_max[at], top);
}

static __device__ inline void
write_dense (
    const GeneralAttend &a, const Place &p, int64_t k0, const TileScores &t, const TileScores &w)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    for (int i = 0; i < TILE_SIDE; i++)
        for (int j = 0; j < TILE_SIDE; j++) {
            int64_t row = p.row0 + TILE_SIDE * y + i, key = k0 + TILE_SIDE * x + j;
            int64_t at = (p.head * a.args.rows + row) * a.args.n_keys + key;
            if (row < 0 || row >= a.args.rows || key >= a.args.n_keys)
                continue;
            if (a.args.scores != NULL)
                a.args.scores[at] = t.s[i][j];
            if (a.args.pattern != NULL)
                a.args.pattern[at] = w.s[i][j];
        }
}

typedef struct {
    float p[TILE][TILE + TILE_PAD]; /* weights, key by row */
    float v[TILE][TILE_DEPTH];      /* values of 64 keys, 32 elements */
} ValueInputs;

/* z += weights * values, 32 elements of D at a time; thread (x, y) owns rows 4y.. and elements
 * 2x, 2x+1 of every chunk. */
template <int CHUNKS>
static __device__ inline void
add_values (ValueInputs *in,
            const TileScores &w,
            TileRows v,
            int64_t k0,
            int64_t D,
            float (*z)[TILE_SIDE][2])
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    __syncthreads ();
#pragma unroll
    for (int j = 0; j < TILE_SIDE; j++)
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++)
            in->p[TILE_SIDE * x + j][TILE_SIDE * y + i] = w.s[i][j];
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
        __syncthreads ();
        int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
        for (int r = warp; r < TILE; r += TILE_THREADS / 32) {
            int64_t key = k0 + r, d = c * TILE_DEPTH + lane;
            in->v[r][lane] = key < v.n && d < D ? v.data[key * v.stride + d] : 0.0f;
        }
        __syncthreads ();
#pragma unroll 8
        for (int key = 0; key < TILE; key++) {
            float4 weight = *(const float4 *) &in->p[key][TILE_SIDE * y];
            float2 value = *(const float2 *) &in->v[key][2 * x];
            const float left[TILE_SIDE] = {weight.x, weight.y, weight.z, weight.w};
#pragma unroll
            for (int i = 0; i < TILE_SIDE; i++) {
                z[c][i][0] = fmaf (left[i], value.x, z[c][i][0]);
                z[c][i][1] = fmaf (left[i], value.y, z[c][i][1]);
            }
        }
    }
}

template <int CHUNKS>
static __device__ inline void
write_values (const GeneralAttend &a, const Place &p, float (*z)[TILE_SIDE][2])
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = p.row0 + TILE_SIDE * y + i;
        if (row < 0 || row >= a.args.rows)
            continue;
        float *to = a.args.z + (row * a.args.heads + p.head) * a.args.width;
#pragma unroll
        for (int c = 0; c < CHUNKS; c++)
            for (int e = 0; e < 2; e++)
                if (c * TILE_DEPTH + 2 * x + e < a.args.width)
                    to[c * TILE_DEPTH + 2 * x + e] = z[c][i][e];
    }
}

static __device__ inline void
load_norms (const GeneralAttend &a, const Place &p, RowNorm *norm)
{
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = p.row0 + TILE_SIDE * ((int) threadIdx.x / 16) + i;
        bool inside = row >= 0 && row < a.args.rows;
        norm[i] = inside ? a.norms[row * a.args.heads + p.head] : RowNorm{0, 0};
    }
}

/* Weights, and everything made of them.
 * Moves: as norm_kernel, v the same again, z and what is asked for.   Work: 2 T T H D if causal.
 * Rounding: f32 sums in key order per thread, then a fixed tree. */
template <int CHUNKS>
static __global__ void
__launch_bounds__ (TILE_THREADS) weigh_kernel (const __grid_constant__ GeneralAttend a)
{
    __shared__ TileInputs in;
    __shared__ ValueInputs values;
    Place p = place_of (a);
    const FoveaAttendArgs &args = a.args;
    TileRows q = queries_of (args, p.head), k = keys_of (args, args.k, p.group);
    TileRows v = keys_of (args, args.v, p.group);
    bool blocks = args.block_mass != NULL || args.block_max != NULL;
    bool dense = args.scores != NULL || args.pattern != NULL;
    RowSums sums = {};
    RowNorm norm[TILE_SIDE];
    float z[CHUNKS][TILE_SIDE][2] = {};
    for (int i = 0; i < TILE_SIDE; i++)
        sums.key[i] = -1;
    load_norms (a, p, norm);
    int64_t from, to, n_tiles = (args.n_keys + TILE - 1) / TILE;
    tiles_of (a, p, &from, &to);
    for (int64_t tile = dense ? 0 : from; tile < (dense ? n_tiles : to); tile++) {
        TileScores t, w;
        tile_dot (&in, q, p.row0, k, tile * TILE, args.width, &t);
        apply_rule (a, p, tile * TILE, &t);
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
            for (int j = 0; j < TILE_SIDE; j++)
                w.s[i][j] = t.s[i][j] == -CUDART_INF_F
                                ? 0
                                : expf (t.s[i][j] - norm[i].largest) * norm[i].inverse;
        if (dense)
            write_dense (a, p, tile * TILE, t, w);
        if (tile < from || tile >= to)
            continue;
        add_statistics (a, p, norm, tile * TILE, t, w, &sums);
        if (blocks)
            write_block (a, p, tile, w);
        add_values<CHUNKS> (&values, w, v, tile * TILE, args.width, z);
    }
    write_values<CHUNKS> (a, p, z);
    write_statistics (a, p, &sums);
}

static GeneralAttend
prepare (const FoveaAttendArgs *args, void *scratch)
{
    return GeneralAttend{*args, (RowNorm *) scratch, args->first_query % TILE};
}

size_t
fovea_cuda_attend_general_scratch (const FoveaAttendArgs *args)
{
    if (fovea_cuda_attend_is_decode (args))
        return fovea_cuda_attend_decode_scratch (args);
    return (size_t) (args->rows * args->heads) * sizeof (RowNorm);
}

cudaError_t
fovea_cuda_attend_general (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    if (fovea_cuda_attend_is_decode (args))
        return fovea_cuda_attend_decode (args, scratch, stream);
    GeneralAttend a = prepare (args, scratch);
    int64_t n_blocks = (a.first_row + args->rows + TILE - 1) / TILE;
    dim3 grid ((unsigned) n_blocks, (unsigned) args->heads);
    norm_kernel<<<grid, TILE_THREADS, 0, stream>>> (a);
    int64_t chunks = (args->width + TILE_DEPTH - 1) / TILE_DEPTH;
    if (chunks <= 1)
        weigh_kernel<1><<<grid, TILE_THREADS, 0, stream>>> (a);
    else if (chunks <= 2)
        weigh_kernel<2><<<grid, TILE_THREADS, 0, stream>>> (a);
    else if (chunks <= 4)
        weigh_kernel<4><<<grid, TILE_THREADS, 0, stream>>> (a);
    else if (chunks <= 8)
        weigh_kernel<8><<<grid, TILE_THREADS, 0, stream>>> (a);
    else
        return cudaErrorInvalidValue;
    cudaError_t status = cudaGetLastError ();
    return status == cudaSuccess && args->column_mass != NULL
               ? fovea_cuda_attend_columns (&a, stream)
               : status;
}
