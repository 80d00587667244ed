/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention of a few rows over many keys, as when one token follows a long cache: tiles of 64 rows
 * would stand empty and one block per head would walk all keys alone. So the scores of all keys
 * are written out (they are few), a block per row makes weights of them, and values are summed in
 * slices of keys whose sums are joined in order. */
#include "kernels/cuda/attend-general.cuh"
#include "kernels/cuda/block-reduce.cuh"

enum {
    DECODE_ROWS = 4,                 /* most rows that come this way */
    DECODE_THREADS = REDUCE_THREADS, /* keys of a block of scores */
    DECODE_SLICE = 256               /* keys of a slice of values */
};

/* Scratch: weights (rows, H, n_keys), partial z (rows, H, slices, D). */
typedef struct {
    FoveaAttendArgs args;
    float *weights, *partial;
    int64_t n_slices;
} Decode;

bool
fovea_cuda_attend_is_decode (const FoveaAttendArgs *args)
{
    return args->rows <= DECODE_ROWS;
}

static int64_t
slices_of (const FoveaAttendArgs *args)
{
    return (args->n_keys + DECODE_SLICE - 1) / DECODE_SLICE;
}

size_t
fovea_cuda_attend_decode_scratch (const FoveaAttendArgs *args)
{
    int64_t floats = args->n_keys + slices_of (args) * args->width;
    return (size_t) (args->rows * args->heads * floats) * sizeof (float);
}

/* A thread owns a key, so that its sum over d has the order of tile_dot().
 * Moves: k once per query head, 4 T G D B if caches hold it. */
static __global__ void
__launch_bounds__ (DECODE_THREADS) decode_scores_kernel (const __grid_constant__ Decode c)
{
    const FoveaAttendArgs &args = c.args;
    int64_t key = (int64_t) blockIdx.x * DECODE_THREADS + threadIdx.x, head = blockIdx.y;
    int64_t row = blockIdx.z, D = args.width, group = head / (args.heads / args.kv_heads);
    extern __shared__ float q[];
    for (int64_t d = threadIdx.x; d < D; d += DECODE_THREADS)
        q[d] = args.q[(row * args.heads + head) * D + d];
    __syncthreads ();
    if (key >= args.n_keys)
        return;
    const float *k = args.k + (key * args.kv_heads + group) * D;
    float dot = 0;
    if (D % 4 == 0) {
        for (int64_t d = 0; d < D; d += 4) {
            float4 four = *(const float4 *) (k + d);
            dot = fmaf (q[d], four.x, dot);
            dot = fmaf (q[d + 1], four.y, dot);
            dot = fmaf (q[d + 2], four.z, dot);
            dot = fmaf (q[d + 3], four.w, dot);
        }
    } else {
        for (int64_t d = 0; d < D; d++)
            dot = fmaf (q[d], k[d], dot);
    }
    c.weights[(row * args.heads + head) * args.n_keys + key] =
        rule_score (args.rule, head, args.first_query + row, key, dot);
}

/* Lowest key with the largest weight; NONE if no key is allowed. */
static __device__ inline void
block_best (float *best, int32_t *key, float *shared, int32_t *shared_key)
{
    for (int other = 16; other > 0; other /= 2) {
        float b = __shfl_xor_sync (~0u, *best, other);
        int32_t k = __shfl_xor_sync (~0u, *key, other);
        if (k >= 0 && (*key < 0 || b > *best || (b == *best && k < *key)))
            *best = b, *key = k;
    }
    __syncthreads ();
    if (threadIdx.x % 32 == 0) {
        shared[threadIdx.x / 32] = *best;
        shared_key[threadIdx.x / 32] = *key;
    }
    __syncthreads ();
    for (int warp = 0; warp < REDUCE_WARPS; warp++) {
        float b = shared[warp];
        int32_t k = shared_key[warp];
        if (k >= 0 && (*key < 0 || b > *best || (b == *best && k < *key)))
            *best = b, *key = k;
    }
}

/* Scores of a row become weights in place; its statistics and dense row are written. */
static __global__ void
__launch_bounds__ (DECODE_THREADS) decode_weights_kernel (const __grid_constant__ Decode c)
{
    __shared__ float shared[REDUCE_WARPS];
    __shared__ int32_t shared_key[REDUCE_WARPS];
    const FoveaAttendArgs &args = c.args;
    int64_t head = blockIdx.x, row = blockIdx.y, at = row * args.heads + head;
    int64_t query = args.first_query + row, dense = (head * args.rows + row) * args.n_keys;
    float *s = c.weights + at * args.n_keys;
    float m = args.rule.sink_logits != NULL ? args.rule.sink_logits[head] : -CUDART_INF_F, l = 0;
    float sink = m;
    for (int64_t j = threadIdx.x; j < args.n_keys; j += DECODE_THREADS)
        m = fmaxf (m, s[j]);
    m = block_max (m);
    for (int64_t j = threadIdx.x; j < args.n_keys; j += DECODE_THREADS)
        l += s[j] == -CUDART_INF_F ? 0 : expf (s[j] - m);
    l = block_sum (l) + (sink == -CUDART_INF_F ? 0 : expf (sink - m));
    float inverse = l == 0 ? 0 : 1 / l, log_sum = logf (l);
    float entropy = 0, distance = 0, local = 0, best = 0;
    int32_t best_key = -1;
    for (int64_t j = threadIdx.x; j < args.n_keys; j += DECODE_THREADS) {
        float score = s[j], weight = score == -CUDART_INF_F ? 0 : expf (score - m) * inverse;
        s[j] = weight;
        entropy -= weight > 0 ? weight * (score - m - log_sum) : 0;
        distance += weight * (float) (query > j ? query - j : j - query);
        local += j <= query && j > query - FOVEA_LOCAL_WINDOW ? weight : 0;
        if (score != -CUDART_INF_F && (best_key < 0 || weight > best))
            best = weight, best_key = (int32_t) j;
        if (args.scores != NULL)
            args.scores[dense + j] = score;
        if (args.pattern != NULL)
            args.pattern[dense + j] = weight;
    }
    entropy = block_sum (entropy);
    distance = block_sum (distance);
    local = block_sum (local);
    block_best (&best, &best_key, shared, shared_key);
    if (threadIdx.x != 0)
        return;
    if (args.lse != NULL)
        args.lse[at] = m == -CUDART_INF_F ? m : m + log_sum;
    if (args.entropy != NULL)
        args.entropy[at] = entropy;
    if (args.max_weight != NULL)
        args.max_weight[at] = best_key < 0 ? 0 : best;
    if (args.max_key != NULL)
        args.max_key[at] = best_key;
    if (args.mean_distance != NULL)
        args.mean_distance[at] = distance;
    if (args.first_mass != NULL)
        args.first_mass[at] = s[0];
    if (args.local_mass != NULL)
        args.local_mass[at] = local;
}

/* Column mass and block sums: a warp owns 64 keys of a head and takes the rows in order. */
static __global__ void
decode_sums_kernel (const __grid_constant__ Decode c)
{
    const FoveaAttendArgs &args = c.args;
    int64_t block = blockIdx.x, head = blockIdx.y;
    int64_t first_block = args.first_query / TILE;
    int64_t n_row_blocks = (args.first_query + args.rows - 1) / TILE - first_block + 1;
    for (int64_t row = 0; row < args.rows; row++) {
        const float *w = c.weights + (row * args.heads + head) * args.n_keys;
        float mass = 0, top = 0;
        for (int half = 0; half < 2; half++) {
            int64_t key = block * TILE + 32 * half + threadIdx.x;
            if (key >= args.n_keys)
                continue;
            mass += w[key];
            top = fmaxf (top, w[key]);
            if (args.column_mass != NULL)
                args.column_mass[head * args.column_stride + key] += (double) w[key];
        }
        for (int other = 16; other > 0; other /= 2) {
            mass += __shfl_xor_sync (~0u, mass, other);
            top = fmaxf (top, __shfl_xor_sync (~0u, top, other));
        }
        int64_t row_block = head * n_row_blocks + (args.first_query + row) / TILE - first_block;
        int64_t at = row_block * args.block_stride + block;
        if (threadIdx.x == 0 && args.block_mass != NULL)
            args.block_mass[at] += mass;
        if (threadIdx.x == 0 && args.block_max != NULL)
            args.block_max[at] = fmaxf (args.block_max[at], top);
    }
}

/* One slice of keys for one row and head; a thread owns an element of D. */
static __global__ void
decode_values_kernel (const __grid_constant__ Decode c)
{
    const FoveaAttendArgs &args = c.args;
    int64_t slice = blockIdx.x, head = blockIdx.y, row = blockIdx.z, D = args.width;
    int64_t at = row * args.heads + head, group = head / (args.heads / args.kv_heads);
    int64_t first = slice * DECODE_SLICE;
    int64_t end = first + DECODE_SLICE < args.n_keys ? first + DECODE_SLICE : args.n_keys;
    const float *w = c.weights + at * args.n_keys;
    const float *v = args.v + group * D + threadIdx.x;
    float sum = 0;
#pragma unroll 8
    for (int64_t j = first; j < end; j++)
        sum = fmaf (w[j], v[j * args.kv_heads * D], sum);
    c.partial[(at * c.n_slices + slice) * D + threadIdx.x] = sum;
}

static __global__ void
decode_join_kernel (const __grid_constant__ Decode c)
{
    int64_t at = blockIdx.x, D = c.args.width;
    float sum = 0;
    for (int64_t slice = 0; slice < c.n_slices; slice++)
        sum += c.partial[(at * c.n_slices + slice) * D + threadIdx.x];
    c.args.z[at * D + threadIdx.x] = sum;
}

cudaError_t
fovea_cuda_attend_decode (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    Decode c = {*args, (float *) scratch, NULL, slices_of (args)};
    unsigned heads = (unsigned) args->heads, rows = (unsigned) args->rows;
    unsigned width = (unsigned) args->width, slices = (unsigned) c.n_slices;
    c.partial = c.weights + args->rows * args->heads * args->n_keys;
    dim3 keys ((unsigned) ((args->n_keys + DECODE_THREADS - 1) / DECODE_THREADS), heads, rows);
    decode_scores_kernel<<<keys, DECODE_THREADS, width * sizeof (float), stream>>> (c);
    decode_weights_kernel<<<dim3 (heads, rows), DECODE_THREADS, 0, stream>>> (c);
    if (args->column_mass != NULL || args->block_mass != NULL || args->block_max != NULL) {
        dim3 blocks ((unsigned) ((args->n_keys + TILE - 1) / TILE), heads);
        decode_sums_kernel<<<blocks, 32, 0, stream>>> (c);
    }
    decode_values_kernel<<<dim3 (slices, heads, rows), width, 0, stream>>> (c);
    decode_join_kernel<<<heads * rows, width, 0, stream>>> (c);
    return cudaGetLastError ();
}
