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

/* What a thread weighs four rows with. */
typedef struct {
    float largest[TILE_SIDE], inverse[TILE_SIDE], lse[TILE_SIDE];
} RowNorms;

/* Where a thread block stands: @at with the key still to come, tiles of keys [from, to). */
typedef struct {
    TilePlace at;
    int32_t group, block; /* row block within the call */
    int32_t from, to;
} Place;

static __device__ inline Place
place_of (const GeneralAttend &a)
{
    const FoveaAttendArgs &args = a.args;
    Place p;
    /* The last row blocks see most keys under a causal rule: they start first. */
    p.block = (int32_t) (gridDim.x - 1 - blockIdx.x);
    p.at.head = (int32_t) blockIdx.y;
    p.group = p.at.head / (int32_t) (args.heads / args.kv_heads);
    p.at.row = (int32_t) (p.block * TILE - a.first_row);
    p.at.query = (int32_t) args.first_query + p.at.row;
    p.at.key = 0;
    int64_t first = max (p.at.row, 0), end = min ((int64_t) p.at.row + TILE, args.rows), from, to;
    rule_tiles (args.rule, args.first_query + first, args.first_query + end - 1, args.n_keys, &from,
                &to);
    p.from = (int32_t) from;
    p.to = (int32_t) to;
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

/* Joins two partial softmax sums; -inf and 0 is the empty one. */
static __device__ inline void
join_norm (float *m, float *l, float other_m, float other_l)
{
    float both = fmaxf (*m, other_m);
    /* A NaN is no maximum, but it must reach the sum: one without maximum is 0 or NaN. */
    float mine = *m == -CUDART_INF_F ? *l : *l * expf (*m - both);
    float theirs = other_m == -CUDART_INF_F ? other_l : other_l * expf (other_m - both);
    *m = both;
    *l = mine + theirs;
}

/* Takes the thread's four scores of a row into its largest one and sum. */
static __device__ inline void
add_to_norm (const float *s, float *m, float *l)
{
    float top = fmaxf (fmaxf (s[0], s[1]), fmaxf (s[2], s[3]));
    if (top > *m) {
        *l *= tile_weight (*m - top); /* of nothing yet, 0 */
        *m = top;
    }
    float shift = *m == -CUDART_INF_F ? 0 : *m; /* -inf less -inf would be NaN */
    *l += tile_weight (s[0] - shift) + tile_weight (s[1] - shift) + tile_weight (s[2] - shift) +
          tile_weight (s[3] - shift);
}

/* Row norms.
 * Moves: q once, k once per row block: 4 (T H D + T T/128 G D) B.   Work: T T H D flop if causal.
 * Roof:  f32 multiply-adds; two 16-byte shared loads feed 16 of them. */
static __global__ void
__launch_bounds__ (TILE_THREADS) norm_kernel (const __grid_constant__ GeneralAttend a)
{
    __shared__ TileInputs in;
    Place p = place_of (a);
    TileRows q = queries_of (a.args, p.at.head), k = keys_of (a.args, a.args.k, p.group);
    float m[TILE_SIDE], l[TILE_SIDE];
    for (int i = 0; i < TILE_SIDE; i++)
        m[i] = -CUDART_INF_F, l[i] = 0;
    for (int32_t tile = p.from; tile < p.to; tile++) {
        TileScores t;
        p.at.key = tile * TILE;
        tile_dot (&in, q, p.at.row, k, p.at.key, a.args.width, &t);
        tile_rule (a.args, p.at, &t);
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++)
            add_to_norm (t.s[i], &m[i], &l[i]);
    }
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        for (int other = 1; other < 16; other *= 2)
            join_norm (&m[i], &l[i], __shfl_xor_sync (~0u, m[i], other),
                       __shfl_xor_sync (~0u, l[i], other));
        int64_t row = p.at.row + TILE_SIDE * ((int) threadIdx.x / 16) + i;
        if (threadIdx.x % 16 != 0 || row < 0 || row >= a.args.rows)
            continue;
        if (a.args.rule.sink_logits != NULL)
            join_norm (&m[i], &l[i], a.args.rule.sink_logits[p.at.head], 1);
        int64_t to = row * a.args.heads + p.at.head;
        a.norms[to] = RowNorm{m[i], l[i] == 0 ? 0 : 1 / l[i]};
        if (a.args.lse != NULL)
            a.args.lse[to] = m[i] == -CUDART_INF_F ? -CUDART_INF_F : m[i] + logf (l[i]);
    }
}

/* Looks for a row's largest weight; few tiles have a new one. Keys rise, so that of equal weights the
 * lowest stays. */
static __device__ inline void
note_largest (
    const TileScores &t, const TileScores &w, int i, int32_t key, float *best, int32_t *best_key)
{
    float top = fmaxf (fmaxf (w.s[i][0], w.s[i][1]), fmaxf (w.s[i][2], w.s[i][3]));
    if (*best_key >= 0 && !(top > *best))
        return;
#pragma unroll
    for (int j = 0; j < TILE_SIDE; j++)
        if (t.s[i][j] != -CUDART_INF_F && (*best_key < 0 || w.s[i][j] > *best)) {
            *best = w.s[i][j];
            *best_key = key + j;
        }
}

/* Sums what a tile adds to the statistics of the thread's rows; @w are its weights. Few tiles hold key
 * 0 or the last sixteen keys of a row. */
static __device__ inline void
add_statistics (const TilePlace &at,
                const RowNorms &norms,
                const TileScores &t,
                const TileScores &w,
                RowSums *sums)
{
    int32_t key = at.key + TILE_SIDE * ((int) threadIdx.x % 16);
    int32_t query = at.query + TILE_SIDE * ((int) threadIdx.x / 16);
    bool near = at.key + TILE > at.query - FOVEA_LOCAL_WINDOW && at.key < at.query + TILE;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        float back = (float) (query + i - key);
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            float weight = w.s[i][j], ahead = back - (float) j;
            sums->entropy[i] -= weight > 0 ? weight * (t.s[i][j] - norms.lse[i]) : 0;
            sums->distance[i] = fmaf (weight, fabsf (ahead), sums->distance[i]);
            if (near)
                sums->local[i] += ahead >= 0 && ahead < FOVEA_LOCAL_WINDOW ? weight : 0;
        }
        if (key == 0)
            sums->first[i] = w.s[i][0];
        note_largest (t, w, i, key, &sums->best[i], &sums->key[i]);
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
        int64_t row = p.at.row + TILE_SIDE * ((int) threadIdx.x / 16) + i;
        if (threadIdx.x % 16 != 0 || row < 0 || row >= args.rows)
            continue;
        int64_t at = row * args.heads + p.at.head;
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
    int64_t at = ((int64_t) p.at.head * gridDim.x + p.block) * a.args.block_stride + tile;
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
            int64_t row = p.at.row + TILE_SIDE * y + i, key = k0 + TILE_SIDE * x + j;
            int64_t at = (p.at.head * a.args.rows + row) * a.args.n_keys + key;
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
    float v[TILE][TILE];            /* values of 64 keys, 64 elements */
} ValueInputs;

/* 64 elements of the values of 64 keys. A warp reads 128 contiguous bytes. */
static __device__ inline void
load_values (float (*to)[TILE], TileRows v, int32_t key, int d0, int D)
{
#pragma unroll 8
    for (int i = (int) threadIdx.x; i < TILE * TILE; i += TILE_THREADS) {
        int r = i / TILE, d = i % TILE;
        bool inside = key + r < v.n && d0 + d < D;
        to[r][d] = inside ? v.data[(key + r) * v.stride + d0 + d] : 0.0f;
    }
}

/* z += weights * values, 64 elements of D at a time; thread (x, y) owns rows 4y.. and elements
 * 4x.. of every chunk. */
template <int CHUNKS>
static __device__ inline void
add_values (ValueInputs *in, const TileScores &w, TileRows v, int32_t key, int D, TileScores *z)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    __syncthreads ();
#pragma unroll
    for (int j = 0; j < TILE_SIDE; j++)
        *(float4 *) &in->p[TILE_SIDE * x + j][TILE_SIDE * y] =
            float4{w.s[0][j], w.s[1][j], w.s[2][j], w.s[3][j]};
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
        if (c > 0)
            __syncthreads ();
        load_values (in->v, v, key, c * TILE, D);
        __syncthreads ();
#pragma unroll 8
        for (int k = 0; k < TILE; k++) {
            float4 weight = *(const float4 *) &in->p[k][TILE_SIDE * y];
            float4 value = *(const float4 *) &in->v[k][TILE_SIDE * x];
            const float left[TILE_SIDE] = {weight.x, weight.y, weight.z, weight.w};
            const float right[TILE_SIDE] = {value.x, value.y, value.z, value.w};
#pragma unroll
            for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
                for (int e = 0; e < TILE_SIDE; e++)
                    z[c].s[i][e] = fmaf (left[i], right[e], z[c].s[i][e]);
        }
    }
}

template <int CHUNKS>
static __device__ inline void
write_values (const GeneralAttend &a, const Place &p, const TileScores *z)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = p.at.row + TILE_SIDE * y + i;
        if (row < 0 || row >= a.args.rows)
            continue;
        float *to = a.args.z + (row * a.args.heads + p.at.head) * a.args.width;
#pragma unroll
        for (int c = 0; c < CHUNKS; c++)
#pragma unroll
            for (int e = 0; e < TILE_SIDE; e++)
                if (c * TILE + TILE_SIDE * x + e < a.args.width)
                    to[c * TILE + TILE_SIDE * x + e] = z[c].s[i][e];
    }
}

static __device__ inline void
load_norms (const GeneralAttend &a, const Place &p, RowNorms *norms)
{
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = p.at.row + TILE_SIDE * ((int) threadIdx.x / 16) + i;
        bool inside = row >= 0 && row < a.args.rows;
        RowNorm norm = inside ? a.norms[row * a.args.heads + p.at.head] : RowNorm{0, 0};
        /* Weights of a row without keys are 0 whatever is taken from -inf. */
        norms->largest[i] = norm.largest == -CUDART_INF_F ? 0 : norm.largest;
        norms->inverse[i] = norm.inverse;
        norms->lse[i] = norms->largest[i] - logf (norm.inverse);
    }
}

/* Weights, and everything made of them.
 * Moves: as norm_kernel, v the same again, z and what is asked for.   Work: 2 T T H D if causal.
 * Rounding: f32 sums in key order per thread, then a fixed tree. */
template <int CHUNKS, bool ROWS>
static __global__ void
__launch_bounds__ (TILE_THREADS, CHUNKS <= 2 ? 2 : 1)
    weigh_kernel (const __grid_constant__ GeneralAttend a)
{
    extern __shared__ __align__ (16) char shared[];
    TileInputs *in = (TileInputs *) shared;
    ValueInputs *values = (ValueInputs *) (in + 1);
    Place p = place_of (a);
    const FoveaAttendArgs &args = a.args;
    TileRows q = queries_of (args, p.at.head), k = keys_of (args, args.k, p.group);
    TileRows v = keys_of (args, args.v, p.group);
    bool blocks = args.block_mass != NULL || args.block_max != NULL;
    bool dense = args.scores != NULL || args.pattern != NULL;
    RowSums sums = {};
    RowNorms norms;
    TileScores z[CHUNKS] = {};
    for (int i = 0; i < TILE_SIDE; i++)
        sums.key[i] = -1;
    load_norms (a, p, &norms);
    int32_t n_tiles = (int32_t) ((args.n_keys + TILE - 1) / TILE);
    for (int32_t tile = dense ? 0 : p.from; tile < (dense ? n_tiles : p.to); tile++) {
        TileScores t, w;
        p.at.key = tile * TILE;
        tile_dot (in, q, p.at.row, k, p.at.key, args.width, &t);
        tile_rule (args, p.at, &t);
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
            for (int j = 0; j < TILE_SIDE; j++)
                w.s[i][j] = tile_weight (t.s[i][j] - norms.largest[i]) * norms.inverse[i];
        if (dense)
            write_dense (a, p, p.at.key, t, w);
        if (tile < p.from || tile >= p.to)
            continue;
        if (ROWS)
            add_statistics (p.at, norms, t, w, &sums);
        if (blocks)
            write_block (a, p, tile, w);
        add_values<CHUNKS> (values, w, v, p.at.key, (int) args.width, z);
    }
    write_values<CHUNKS> (a, p, z);
    if (ROWS)
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

template <int CHUNKS>
static cudaError_t
launch (const GeneralAttend &a, dim3 grid, cudaStream_t stream)
{
    const FoveaAttendArgs &args = a.args;
    constexpr int BYTES = sizeof (TileInputs) + sizeof (ValueInputs);
    bool rows = args.entropy != NULL || args.max_weight != NULL || args.max_key != NULL ||
                args.mean_distance != NULL || args.first_mass != NULL || args.local_mass != NULL;
    void (*weigh) (GeneralAttend) = rows ? weigh_kernel<CHUNKS, true> : weigh_kernel<CHUNKS, false>;
    cudaError_t status =
        cudaFuncSetAttribute (weigh, cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status != cudaSuccess)
        return status;
    norm_kernel<<<grid, TILE_THREADS, 0, stream>>> (a);
    weigh<<<grid, TILE_THREADS, BYTES, stream>>> (a);
    status = cudaGetLastError ();
    return status == cudaSuccess && args.column_mass != NULL
               ? fovea_cuda_attend_columns (&a, stream)
               : status;
}

cudaError_t
fovea_cuda_attend_general (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    if (fovea_cuda_attend_is_decode (args))
        return fovea_cuda_attend_decode (args, scratch, stream);
    GeneralAttend a = prepare (args, scratch);
    dim3 grid ((unsigned) ((a.first_row + args->rows + TILE - 1) / TILE), (unsigned) args->heads);
    if (args->width <= TILE)
        return launch<1> (a, grid, stream);
    if (args->width <= 2 * TILE)
        return launch<2> (a, grid, stream);
    return args->width <= 4 * TILE ? launch<4> (a, grid, stream) : cudaErrorInvalidValue;
}
