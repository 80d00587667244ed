/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention of a few rows over many keys, as when one token follows a long cache: tiles of 64 rows
 * would stand empty and one block a head would walk all keys alone. So a thread block has a slice of
 * the keys of one key head, and all query heads that share it: keys and values come from memory once.
 * A slice leaves sums relative to its own largest score; they are joined in order, a block a row and
 * head. What is kept of single keys (dense rows, column and block sums) follows from scores that are
 * written out then only.
 *
 * Tiles: up to 64 keys, two of them on their way; up to 8 queries; 256 threads.
 * Moves: 8 T G D B.   Work: 4 T H D flop.   Roof: memory. */
#include "kernels/cuda/attend-decode.cuh"
#include "kernels/cuda/attend-general.cuh"
#include "kernels/cuda/early.cuh"
#include "kernels/cuda/mma.cuh"

bool
fovea_cuda_attend_is_decode (const FoveaAttendArgs *args)
{
    return args->rows <= DECODE_ROWS;
}

/* Whether something of single keys is kept, which takes the row's whole sum first. */
static bool
needs_scores (const FoveaAttendArgs *args)
{
    return args->scores != NULL || args->pattern != NULL || args->column_mass != NULL ||
           args->block_mass != NULL || args->block_max != NULL;
}

/* Sizes that follow from the shape alone, so that a row's bits do not depend on the GPU or on what is
 * asked for. Fewer slices than blocks that could run leave processors idle; more cost a longer join. */
static Decode
plan (const FoveaAttendArgs *args)
{
    const FoveaScoreRule *rule = &args->rule;
    Decode c = {*args};
    /* Keys before every row's window are not looked at. */
    int64_t before = args->first_query - rule->window + 1;
    c.from = rule->window > 0 && before > 0 ? (int32_t) (before / DECODE_KEYS * DECODE_KEYS) : 0;
    int64_t n = args->n_keys - c.from, most = DECODE_BLOCKS / args->kv_heads;
    /* More key heads than blocks are wanted have a slice each. */
    int64_t each = (n + (most > 0 ? most : 1) - 1) / (most > 0 ? most : 1);
    c.slice = (int32_t) ((each + DECODE_KEYS - 1) / DECODE_KEYS * DECODE_KEYS);
    c.n_slices = (int32_t) ((n + c.slice - 1) / c.slice);
    /* A row's end is moved by four floats, so that neighbouring keys lie in other banks. */
    c.stride = (int32_t) ((args->width + 3) / 4 * 4 + 4);
    c.keys = DECODE_KEYS;
    while (c.keys > 1 && 2 * DECODE_STAGES * c.keys * c.stride * 4 > DECODE_SHARED)
        c.keys /= 2;
    while (1 << c.key_bits < c.keys)
        c.key_bits++;
    c.share = (int32_t) (args->heads / args->kv_heads);
    c.queries = (int32_t) args->rows * c.share;
    return c;
}

/* Parts of the scratch memory at @at, or their bytes alone. */
static size_t
place (Decode *c, char *at)
{
    const FoveaAttendArgs *args = &c->args;
    /* Room for slices of one tile each: more keys never need less room. */
    int64_t most = DECODE_BLOCKS / args->kv_heads,
            n = (args->n_keys + DECODE_KEYS - 1) / DECODE_KEYS;
    size_t rows = (size_t) (args->rows * args->heads);
    size_t slices = rows * (size_t) (n < most ? n : most > 0 ? most : 1);
    size_t sizes[4] = {slices * sizeof (SliceRow), slices * (size_t) args->width * sizeof (float),
                       rows * sizeof (DecodeNorm),
                       needs_scores (args) ? rows * (size_t) args->n_keys * sizeof (float) : 0};
    c->rows = (SliceRow *) at;
    c->partial = (float *) (at + sizes[0]);
    c->norms = (DecodeNorm *) (at + sizes[0] + sizes[1]);
    c->scores = sizes[3] > 0 ? (float *) (at + sizes[0] + sizes[1] + sizes[2]) : NULL;
    return sizes[0] + sizes[1] + sizes[2] + sizes[3];
}

size_t
fovea_cuda_attend_decode_scratch (const FoveaAttendArgs *args)
{
    static char nowhere[1]; /* addresses are counted from it, not used */
    Decode c = plan (args);
    return place (&c, nowhere);
}

/* What a block knows of its queries, and what they have of the tile at hand. */
template <int Q> struct DecodeShared {
    float weights[Q][DECODE_KEYS]; /* scores first */
    float factor[Q];               /* by which sums before this tile shrink */
    int32_t head[Q];
    int32_t position[Q];
    int32_t at[Q]; /* row * H + head */
};

/* A thread's share of copying a tile and of summing its values, found once: divisions in the loop cost more
 * than the copies themselves. Threads that are left over have none. */
typedef struct {
    int line, step, piece; /* every few of the lines, one piece of four floats */
    bool wide;             /* pieces lie at multiples of 16 bytes */
} DecodeThread;

static __device__ inline DecodeThread
find_share (const Decode &c)
{
    const FoveaAttendArgs &args = c.args;
    int pieces = (c.stride - 4) / 4, step = DECODE_THREADS / pieces;
    int line = (int) threadIdx.x / pieces;
    /* Threads that are left over get a line beyond all, and copy nothing. */
    bool wide = args.width % 4 == 0 && (((uintptr_t) args.k | (uintptr_t) args.v) % 16) == 0;
    return DecodeThread{line < step ? line : INT32_MAX / 2, step, (int) threadIdx.x % pieces, wide};
}

/* Begins to copy a tile of keys or of values; those behind the last are zeros. Whole rows come as they
 * lie in memory: a thread that read its own key there would touch 32 lines a load.
 * Rows that are no multiple of 16 bytes go through registers. */
static __device__ inline void
begin_lines (
    const Decode &c, const DecodeThread &t, const float *from, int32_t key0, int32_t end, float *to)
{
    int32_t D = (int32_t) c.args.width;
    int64_t row = c.args.kv_heads * c.args.width;
    const float *source = from + (key0 + (int64_t) t.line) * row + 4 * t.piece;
    for (int line = t.line; line < c.keys; line += t.step, source += t.step * row) {
        float *target = to + line * c.stride + 4 * t.piece;
        bool inside = key0 + line < end;
        if (t.wide)
            copy_async<16> (target, inside ? source : from, inside);
        else
            for (int i = 0; i < 4; i++)
                target[i] = inside && 4 * t.piece + i < D ? source[i] : 0;
    }
}

static __device__ inline void
begin_tile (
    const Decode &c, const DecodeThread &t, int64_t group, int32_t key0, int32_t end, float *to)
{
    begin_lines (c, t, c.args.k + group * c.args.width, key0, end, to);
    begin_lines (c, t, c.args.v + group * c.args.width, key0, end, to + c.keys * c.stride);
}

/* Scores of a tile: a thread has a key and every few of the queries. One chain of multiply-adds over
 * d, as in tile_dot(). */
template <int Q>
static __device__ inline void
score_tile (const Decode &c,
            int n_queries,
            int32_t key0,
            int32_t end,
            const float *queries,
            const float *tile,
            DecodeShared<Q> *s)
{
    const FoveaAttendArgs &args = c.args;
    int line = (int) threadIdx.x & (c.keys - 1), key = key0 + line;
    const float *k = tile + line * c.stride;
    for (int q = (int) threadIdx.x >> c.key_bits; q < n_queries;
         q += DECODE_THREADS >> c.key_bits) {
        const float *x = queries + q * c.stride;
        float dot = 0; /* padding multiplies zeros */
#pragma unroll 4
        for (int d = 0; d < c.stride - 4; d += 4) {
            float4 a = *(const float4 *) (x + d), b = *(const float4 *) (k + d);
            dot = fmaf (a.x, b.x, dot);
            dot = fmaf (a.y, b.y, dot);
            dot = fmaf (a.z, b.z, dot);
            dot = fmaf (a.w, b.w, dot);
        }
        float score = key < end ? rule_score (args.rule, s->head[q], s->position[q], key, dot)
                                : -CUDART_INF_F;
        s->weights[q][line] = score;
        if (c.scores != NULL && key < end)
            c.scores[s->at[q] * args.n_keys + key] = score;
    }
}

/* The part of a row that a lane has looked at. Keys rise, so the first of equal ones stays. */
static __device__ inline void
add_key (int32_t position, int32_t key, float score, float m, float e, SliceRow *r)
{
    r->sum += e;
    r->spread += e > 0 ? e * (score - m) : 0;
    r->distance += e * (float) (position > key ? position - key : key - position);
    r->local += key <= position && key > position - FOVEA_LOCAL_WINDOW ? e : 0;
    if (key == 0)
        r->first = score;
}

/* Weights of a tile relative to the largest score so far, and what they add to the row; a warp has a
 * query. @best: the lane's largest score, whose key is r->key. */
template <int Q>
static __device__ inline void
weigh_tile (const Decode &c, int q, int32_t key0, DecodeShared<Q> *s, SliceRow *r, float *best)
{
    int32_t position = s->position[q];
    int lane = (int) threadIdx.x % 32;
    float top = -CUDART_INF_F;
    for (int line = lane; line < c.keys; line += 32)
        top = fmaxf (top, s->weights[q][line]);
    for (int other = 16; other > 0; other /= 2)
        top = fmaxf (top, __shfl_xor_sync (~0u, top, other));
    /* -inf less -inf would be NaN: a row without a key so far, or for good, rises by nothing. */
    float m = fmaxf (r->m, top), rise = r->m == m ? 0 : r->m - m;
    float factor = r->m == -CUDART_INF_F ? 0 : expf (rise);
    if (factor != 1) {
        r->spread = factor == 0 ? 0 : factor * (r->spread + rise * r->sum);
        r->sum *= factor;
        r->distance *= factor;
        r->local *= factor;
    }
    r->m = m;
    for (int line = lane; line < c.keys; line += 32) {
        float score = s->weights[q][line];
        float e = score == -CUDART_INF_F ? 0 : expf (score - m);
        s->weights[q][line] = e;
        if (score != -CUDART_INF_F && (r->key < 0 || score > *best)) {
            *best = score;
            r->key = key0 + line;
        }
        add_key (position, key0 + line, score, m, e, r);
    }
    if (lane == 0)
        s->factor[q] = factor;
}

/* Sums of weight times value: a thread has four elements of D and every few of the keys. */
template <int Q>
static __device__ inline void
sum_tile (const Decode &c,
          const DecodeThread &t,
          const float *tile,
          const DecodeShared<Q> &s,
          float4 (&z)[Q])
{
#pragma unroll
    for (int q = 0; q < Q; q++) {
        float f = s.factor[q]; /* 1 of nearly all tiles behind the first few */
        z[q] = make_float4 (f * z[q].x, f * z[q].y, f * z[q].z, f * z[q].w);
    }
    const float *values = tile + c.keys * c.stride + 4 * t.piece;
#pragma unroll 4
    for (int line = t.line; line < c.keys; line += t.step) {
        float4 v = *(const float4 *) (values + line * c.stride);
#pragma unroll
        for (int q = 0; q < Q; q++) {
            float w = s.weights[q][line];
            z[q].x = fmaf (w, v.x, z[q].x);
            z[q].y = fmaf (w, v.y, z[q].y);
            z[q].z = fmaf (w, v.z, z[q].z);
            z[q].w = fmaf (w, v.w, z[q].w);
        }
    }
}

/* A slice's z, from what groups of threads have of it, in their order. @room: of all threads' sums. */
template <int Q>
static __device__ inline void
leave_sums (const Decode &c, const DecodeShared<Q> &s, int n_queries, float *room, float4 (&z)[Q])
{
    int columns = (c.stride - 4) / 4, groups = DECODE_THREADS / columns, D = (int) c.args.width;
    /* The tiles are done with: their memory takes the sums. */
#pragma unroll
    for (int q = 0; q < Q; q++)
        ((float4 *) room)[q * DECODE_THREADS + threadIdx.x] = z[q];
    __syncthreads ();
    for (int at = (int) threadIdx.x; at < n_queries * D; at += DECODE_THREADS) {
        int q = at / D, d = at % D;
        float sum = 0;
        for (int g = 0; g < groups; g++)
            sum += room[4 * (q * DECODE_THREADS + g * columns + d / 4) + d % 4];
        c.partial[((int64_t) s.at[q] * c.n_slices + blockIdx.x) * D + d] = sum;
    }
}

/* Lanes' parts of a row become one; @best: the lane's largest score. */
static __device__ inline SliceRow
join_lanes (SliceRow r, float best)
{
    for (int other = 16; other > 0; other /= 2) {
        r.sum += __shfl_xor_sync (~0u, r.sum, other);
        r.spread += __shfl_xor_sync (~0u, r.spread, other);
        r.distance += __shfl_xor_sync (~0u, r.distance, other);
        r.local += __shfl_xor_sync (~0u, r.local, other);
        r.first = fmaxf (r.first, __shfl_xor_sync (~0u, r.first, other));
        float b = __shfl_xor_sync (~0u, best, other);
        int32_t k = __shfl_xor_sync (~0u, r.key, other);
        if (k >= 0 && (r.key < 0 || b > best || (b == best && k < r.key))) {
            best = b;
            r.key = k;
        }
    }
    return r;
}

/* Queries of the block in shared memory, padded with zeros, and where they stand. */
template <int Q>
static __device__ inline void
begin_queries (const Decode &c,
               int64_t group,
               int32_t query0,
               int n_queries,
               DecodeShared<Q> *s,
               float *queries)
{
    int32_t heads = (int32_t) c.args.heads, D = (int32_t) c.args.width;
    for (int q = (int) threadIdx.x; q < Q; q += DECODE_THREADS) {
        int32_t row = (query0 + q) / c.share;
        s->head[q] = (int32_t) group * c.share + (query0 + q) % c.share;
        s->position[q] = (int32_t) c.args.first_query + row;
        s->at[q] = row * heads + s->head[q];
        s->factor[q] = 1;
    }
    for (int at = (int) threadIdx.x; at < Q * DECODE_KEYS; at += DECODE_THREADS)
        s->weights[at / DECODE_KEYS][at % DECODE_KEYS] = 0; /* of queries that are not there */
    __syncthreads ();
    for (int at = (int) threadIdx.x; at < Q * c.stride; at += DECODE_THREADS) {
        int q = at / c.stride, d = at % c.stride;
        queries[at] = q < n_queries && d < D ? c.args.q[(int64_t) s->at[q] * D + d] : 0;
    }
}

/* Does: sums of e, e v and statistics over a slice's keys, e relative to its largest score.
 * Tiles: 64 keys (fewer beyond D=80) and their values, twice: 70 KB at D=64, three blocks a processor,
 * so that 100 KB are on their way to each.
 * Moves: 8 D B a key and key head.   Work: 4 D flop a key and query.   Roof: memory.
 *
 * One slice (x) of the keys of a key head (y) for up to Q of its queries (z). */
template <int Q>
static __global__ void
__launch_bounds__ (DECODE_THREADS) decode_slice_kernel (const __grid_constant__ Decode c)
{
    extern __shared__ __align__ (16) float tiles[];
    __shared__ DecodeShared<Q> s;
    const FoveaAttendArgs &args = c.args;
    int64_t group = blockIdx.y;
    int32_t key0 = c.from + (int32_t) blockIdx.x * c.slice;
    int32_t end = min (key0 + c.slice, (int32_t) args.n_keys);
    int32_t query0 = (int32_t) blockIdx.z * Q;
    int n_queries = min (Q, c.queries - query0), tile = 2 * c.keys * c.stride;
    float *queries = tiles + DECODE_STAGES * tile;
    int warp = (int) threadIdx.x / 32;
    const DecodeThread share = find_share (c);
    early_wait ();
    begin_tile (c, share, group, key0, end, tiles);
    commit_copies ();
    early_admit ();
    begin_queries<Q> (c, group, query0, n_queries, &s, queries);
    SliceRow row = {-CUDART_INF_F, 0, 0, 0, 0, -CUDART_INF_F, -1, 0};
    float best = -CUDART_INF_F;
    float4 z[Q] = {};
    for (int stage = 0; key0 < end; key0 += c.keys, stage ^= 1) {
        const float *now = tiles + stage * tile;
        if (key0 + c.keys < end)
            begin_tile (c, share, group, key0 + c.keys, end, tiles + (stage ^ 1) * tile);
        commit_copies ();
        wait_copies<1> ();
        __syncthreads (); /* everybody's copies of this tile */
        score_tile<Q> (c, n_queries, key0, end, queries, now, &s);
        __syncthreads ();
        if (warp < n_queries)
            weigh_tile<Q> (c, warp, key0, &s, &row, &best);
        __syncthreads ();
        sum_tile<Q> (c, share, now, s, z);
        __syncthreads (); /* the tile and its weights may be written over */
    }
    leave_sums<Q> (c, s, n_queries, tiles, z);
    row = join_lanes (row, best);
    if (warp < n_queries && threadIdx.x % 32 == 0)
        c.rows[(int64_t) s.at[warp] * c.n_slices + blockIdx.x] = row;
}

template <int Q>
static cudaError_t
run_slices (const Decode *c, cudaStream_t stream)
{
    size_t tiles = (size_t) (DECODE_STAGES * 2 * c->keys * c->stride) * sizeof (float);
    size_t sums = (size_t) (Q * DECODE_THREADS) * sizeof (float4); /* take the place of the tiles */
    size_t queries = (size_t) (Q * c->stride) * sizeof (float);
    size_t bytes = (tiles > sums ? tiles : sums) + queries;
    cudaError_t status = cudaFuncSetAttribute (
        decode_slice_kernel<Q>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    if (status != cudaSuccess)
        return status;
    dim3 grid ((unsigned) c->n_slices, (unsigned) c->args.kv_heads,
               (unsigned) ((c->queries + Q - 1) / Q));
    cudaLaunchAttribute early;
    cudaLaunchConfig_t config = early_config (grid, DECODE_THREADS, bytes, stream, &early);
    return cudaLaunchKernelEx (&config, decode_slice_kernel<Q>, *c);
}

cudaError_t
fovea_cuda_attend_decode (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    Decode c = plan (args);
    place (&c, (char *) scratch);
    /* A warp weighs the keys of one query, and a block has eight; four need half of the sums. */
    cudaError_t status = c.queries <= 4 ? run_slices<4> (&c, stream) : run_slices<8> (&c, stream);
    if (status != cudaSuccess)
        return status;
    return cuda_decode_join (&c, stream);
}
