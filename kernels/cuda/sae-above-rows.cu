/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes by levels from marked scores (sae-above.cuh).
 * Moves, a row: 8 B a tile and 16 B a chunk marked, three times; a latent's weights a product; 8 B a code.
 * Roof: L2. */
#include "kernels/cuda/block-reduce.cuh"
#include "kernels/cuda/sae-above.cuh"
#include "kernels/cuda/sae-products.cuh"

enum {
    SUM_THREADS = 1024,
    COUNT_BLOCKS = 2, /* a multiprocessor */
    REST_BLOCKS = 6
};

static __device__ inline const uint16_t *
marks_of (const AboveRun &run, int64_t at)
{
    return run.codes.marks + at * run.codes.tiles * 4;
}

/* Of row @at of the strip. */
static __device__ inline float4 *
chunks_of (const AboveRun &run, int64_t at)
{
    return run.codes.chunks + at * run.codes.tiles * (CODES_CHUNKS * 4);
}

/* A chunk of group @group: its place among those of the group that are marked, and its number. */
static __device__ inline int
pack_place (int group, int place, int number)
{
    return group << 8 | place << 4 | number;
}

/* Where it stands among the row's chunks. */
static __device__ inline int64_t
slot_of (int packed)
{
    int group = packed >> 8;
    return ((int64_t) (group / 4) * CODES_CHUNKS + (packed >> 4 & 15)) * 4 + group % 4;
}

static __device__ inline int64_t
latent_of (const AboveRun &run, int packed, int e)
{
    int group = packed >> 8;
    return codes_latent (run.codes.tiles, group / 4, codes_column (packed & 15, group % 4, e));
}

static __global__ void
__launch_bounds__ (DENSE_THREADS) count_kernel (const __grid_constant__ AboveRun run, int n)
{
    codes_begin ();
    const uint2 *marks = (const uint2 *) run.codes.marks;
    int64_t all = (int64_t) n * run.codes.tiles, step = (int64_t) gridDim.x * DENSE_THREADS;
    int own = 0, total;
    for (int64_t i = (int64_t) blockIdx.x * DENSE_THREADS + threadIdx.x; i < all; i += step)
        own += __popc (marks[i].x) + __popc (marks[i].y);
    block_before<DENSE_THREADS / 32> (own, &total);
    if (threadIdx.x == 0 && total > 0)
        atomicAdd (&run.counts->marked, (unsigned long long) total);
}

/* What a block has of its window: chunks, and scores that may be codes. */
typedef struct {
    int place[ABOVE_WINDOW];
    int latent[ABOVE_WINDOW * CODES_CHUNK];
    int at[ABOVE_WINDOW * CODES_CHUNK]; /* among the row's scores */
    int n, n_codes;
} Window;

/* Lists the chunks of window @window; gives how many the row has. */
static __device__ inline int
list_chunks (const AboveRun &run, int64_t at, int window, Window *w)
{
    const uint16_t *marks = marks_of (run, at);
    int groups = 4 * run.codes.tiles, own = 0, total, first = window * ABOVE_WINDOW;
    for (int g = (int) threadIdx.x; g < groups; g += ABOVE_THREADS)
        own += __popc (marks[g]);
    int to = block_before<ABOVE_WARPS> (own, &total) - first;
    for (int g = (int) threadIdx.x; g < groups && own > 0; g += ABOVE_THREADS) {
        unsigned left = marks[g];
        for (int place = 0; left != 0; left &= left - 1, place++, to++)
            if (to >= 0 && to < ABOVE_WINDOW)
                w->place[to] = pack_place (g, place, __ffs ((int) left) - 1);
    }
    return total;
}

/* Lists the scores of the window's first @n chunks that may be codes. The others become NaN; and where scores
 * are products, those that are become codes. */
template <bool ROUNDED>
static __device__ inline void
list_scores (const AboveRun &run, const CodesRow &row, int64_t at, int n, Window *w)
{
    const FoveaCodesWeights &weights = run.codes.args.weights;
    float *scores = (float *) chunks_of (run, at);
    int kept = 0;
    for (int i = (int) threadIdx.x; i < n; i += ABOVE_THREADS) {
        int packed = w->place[i];
        int64_t slot = slot_of (packed);
        float4 four = ((const float4 *) scores)[slot];
        float v[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
        for (int e = 0; e < CODES_CHUNK; e++) {
            int64_t latent = latent_of (run, packed, e);
            bool in = latent < weights.n_latents;
            float reach = 0;
            if (!ROUNDED && in)
                reach = row.error * run.codes.prepared.reach[latent] + row.slack;
            in = in && (ROUNDED ? v[e] > 0 : v[e] >= -reach);
            if (!in)
                scores[4 * slot + e] = NAN;
            else if (ROUNDED)
                scores[4 * slot + e] = v[e] + weights.level[latent];
            kept += in;
            if (ROUNDED || !in)
                continue;
            int to = atomicAdd (&w->n, 1); /* in any order: each is settled by itself */
            w->latent[to] = (int) latent;
            w->at[to] = (int) (4 * slot + e);
        }
    }
    if (ROUNDED && kept > 0)
        atomicAdd (&w->n_codes, kept);
}

/* Products of listed scores, in their places. */
template <bool VECTORS>
static __device__ inline void
make_products (const AboveRun &run, int64_t t, int64_t at, Window *w)
{
    using P = Products<false, VECTORS>;
    const FoveaCodesWeights &weights = run.codes.args.weights;
    float *scores = (float *) chunks_of (run, at);
    int n = w->n, lane = lane_id (), kept = 0;
    for (int first = (int) threadIdx.x / 32 * P::BATCH; first < n;
         first += ABOVE_WARPS * P::BATCH) {
        auto name = [&] (int b) { return w->latent[min (first + b, n - 1)]; };
        float p = P::make (run.codes, t, name);
        bool own = lane < P::BATCH && first + lane < n;
        int latent = own ? w->latent[first + lane] : 0;
        p += own && weights.bias != NULL ? weights.bias[latent] : 0;
        bool in = own && p > weights.level[latent];
        if (own)
            scores[w->at[first + lane]] = in ? p : NAN;
        kept += __popc (__ballot_sync (~0u, in));
    }
    if (lane == 0 && kept > 0)
        atomicAdd (&w->n_codes, kept);
}

/* A window of row @at of the strip, which is row @t of all. Gives how many chunks the row has; the window's
 * codes are w->n_codes. */
template <bool ROUNDED, bool VECTORS>
static __device__ inline int
settle (const AboveRun &run, int64_t t, int64_t at, int window, Window *w)
{
    __syncthreads (); /* the window before was read */
    if (threadIdx.x == 0)
        w->n = w->n_codes = 0;
    int total = list_chunks (run, at, window, w);
    __syncthreads ();
    int left = total - window * ABOVE_WINDOW;
    list_scores<ROUNDED> (run, run.codes.row[t], at, min (left, (int) ABOVE_WINDOW), w);
    __syncthreads ();
    if (!ROUNDED)
        make_products<VECTORS> (run, t, at, w);
    __syncthreads ();
    return total;
}

/* A block the first window of a row. */
template <bool ROUNDED, bool VECTORS>
static __global__ void
__launch_bounds__ (ABOVE_THREADS)
    settle_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    __shared__ Window w;
    codes_begin ();
    int64_t at = blockIdx.x;
    if (run.counts->marked > run.most_marked)
        return;
    int total = settle<ROUNDED, VECTORS> (run, first + at, at, 0, &w);
    if (threadIdx.x != 0)
        return;
    run.n_codes[at] = w.n_codes;
    int rest = (total - 1) / ABOVE_WINDOW;
    int to = rest > 0 ? atomicAdd (&run.counts->n_rest, rest) : 0;
    for (int i = 0; i < rest; i++)
        run.rest[to + i] = make_int2 ((int) at, i + 1);
}

/* Blocks share the other windows. */
template <bool ROUNDED, bool VECTORS>
static __global__ void
__launch_bounds__ (ABOVE_THREADS) rest_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    __shared__ Window w;
    codes_begin ();
    for (int i = (int) blockIdx.x; i < run.counts->n_rest; i += (int) gridDim.x) {
        int2 rest = run.rest[i];
        settle<ROUNDED, VECTORS> (run, first + rest.x, rest.x, rest.y, &w);
        if (threadIdx.x == 0 && w.n_codes > 0)
            atomicAdd (&run.n_codes[rest.x], w.n_codes);
    }
}

/* One block. */
static __global__ void
__launch_bounds__ (SUM_THREADS)
    sum_kernel (const __grid_constant__ AboveRun run, int64_t first, int n)
{
    codes_begin ();
    int64_t before = first == 0 ? 0 : run.offset[first];
    if (first == 0 && threadIdx.x == 0)
        run.offset[0] = 0;
    for (int base = 0; base < n; base += SUM_THREADS) {
        int i = base + (int) threadIdx.x, own = i < n ? run.n_codes[i] : 0, total;
        int in_front = block_before<SUM_THREADS / 32> (own, &total);
        if (i < n)
            run.offset[first + i + 1] = before + in_front + own;
        before += total;
    }
}

/* Bits of a row's codes in the order of latents, and how many are before each 256 of them. */
typedef struct {
    unsigned *bits; /* (F / 32) */
    int *before;    /* (F / 256) */
} Order;

/* Calls @take (latent, value) for the codes of marked chunks of the thread's groups. */
template <typename Take>
static __device__ inline void
walk_codes (const AboveRun &run, int64_t at, Take take)
{
    const uint16_t *marks = marks_of (run, at);
    const float4 *chunks = chunks_of (run, at);
    for (int g = (int) threadIdx.x; g < 4 * run.codes.tiles; g += ABOVE_THREADS) {
        unsigned left = marks[g];
        for (int place = 0; left != 0; left &= left - 1, place++) {
            int packed = pack_place (g, place, __ffs ((int) left) - 1);
            float4 four = chunks[slot_of (packed)];
            const float v[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
            for (int e = 0; e < CODES_CHUNK; e++)
                if (v[e] == v[e])
                    take (latent_of (run, packed, e), v[e]);
        }
    }
}

static __device__ inline void
find_order (const AboveRun &run, int64_t at, const Order &order)
{
    int groups = (int) (run.codes.prepared.F / 256), total, sum = 0;
    for (int i = (int) threadIdx.x; i < 8 * groups; i += ABOVE_THREADS)
        order.bits[i] = 0;
    __syncthreads ();
    walk_codes (run, at, [&] (int64_t latent, float) {
        atomicOr (&order.bits[latent / 32], 1u << latent % 32);
    });
    __syncthreads ();
    for (int base = 0; base < groups; base += ABOVE_THREADS) {
        int g = base + (int) threadIdx.x, own = 0;
        for (int i = 0; i < 8 && g < groups; i++)
            own += __popc (order.bits[8 * g + i]);
        int in_front = block_before<ABOVE_WARPS> (own, &total);
        if (g < groups)
            order.before[g] = sum + in_front;
        sum += total;
    }
    __syncthreads ();
}

/* A block a row. */
static __global__ void
__launch_bounds__ (ABOVE_THREADS) fill_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    extern __shared__ unsigned shared[];
    codes_begin ();
    int64_t at = blockIdx.x, to = run.offset[first + at], end = run.offset[first + at + 1];
    if (end == to || end > run.room)
        return;
    const Order order = {shared, (int *) (shared + run.codes.prepared.F / 32)};
    find_order (run, at, order);
    walk_codes (run, at, [&] (int64_t latent, float value) {
        int64_t i = to + order.before[latent / 256];
        for (int64_t word = latent / 256 * 8; word < latent / 32; word++)
            i += __popc (order.bits[word]);
        i += __popc (order.bits[latent / 32] & ((1u << latent % 32) - 1));
        run.latent[i] = (int32_t) latent;
        run.value[i] = value;
    });
}

cudaError_t
cuda_above_count (const AboveRun *run, int n, cudaStream_t stream)
{
    unsigned grid = (unsigned) (COUNT_BLOCKS * run->codes.n_processors);
    return codes_follow (count_kernel, grid, DENSE_THREADS, 0, stream, *run, n);
}

template <bool ROUNDED, bool VECTORS>
static cudaError_t
launch_settle (const AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    cudaError_t status = codes_follow (settle_kernel<ROUNDED, VECTORS>, (unsigned) n, ABOVE_THREADS,
                                       0, stream, *run, first);
    unsigned grid = (unsigned) (REST_BLOCKS * run->codes.n_processors);
    return status == cudaSuccess ? codes_follow (rest_kernel<ROUNDED, VECTORS>, grid, ABOVE_THREADS,
                                                 0, stream, *run, first)
                                 : status;
}

cudaError_t
cuda_above_settle (const AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    if (run->codes.args.weights.rounded)
        return launch_settle<true, true> (run, first, n, stream);
    return codes_has_vectors (&run->codes) ? launch_settle<false, true> (run, first, n, stream)
                                           : launch_settle<false, false> (run, first, n, stream);
}

cudaError_t
cuda_above_sum (const AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    return codes_follow (sum_kernel, 1, SUM_THREADS, 0, stream, *run, first, n);
}

size_t
cuda_above_fill_bytes (const CodesPrepared *p)
{
    return (size_t) (p->F / 32 * (int64_t) sizeof (unsigned) + p->F / 256 * (int64_t) sizeof (int));
}

cudaError_t
cuda_above_fill (const AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    size_t bytes = cuda_above_fill_bytes (&run->codes.prepared);
    cudaError_t status = cudaFuncSetAttribute (
        fill_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    return status == cudaSuccess
               ? codes_follow (fill_kernel, (unsigned) n, ABOVE_THREADS, bytes, stream, *run, first)
               : status;
}
