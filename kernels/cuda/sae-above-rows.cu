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
    REST_BLOCKS = 8,   /* a multiprocessor */
    LIST_CHUNKS = 768, /* of a row whose products are made in phases */
    PHASES = 8,
    NO_LATENT = 0x7fffffff
};

/* Whether a strip will be multiplied in full. */
static __device__ inline bool
is_dense (const AboveRun &run)
{
    return run.counts->marked > run.most_marked;
}

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

/* What a block has of its window: chunks, and scores that may be codes, later their codes. */
typedef struct {
    int place[ABOVE_WINDOW];
    int __align__ (16) latent[ABOVE_WINDOW * CODES_CHUNK]; /* NO_LATENT: it is none */
    int at[ABOVE_WINDOW * CODES_CHUNK];                    /* among the row's scores */
    float value[ABOVE_WINDOW * CODES_CHUNK];
    int n, n_codes;
} Window;

/* Lists up to @most chunks of a row, from number @first on; gives how many the row has. */
static __device__ inline int
list_chunks (const AboveRun &run, int64_t at, int first, int most, int *place)
{
    const uint16_t *marks = marks_of (run, at);
    int groups = 4 * run.codes.tiles, own = 0, total;
    __syncthreads (); /* those before were read */
#pragma unroll 4
    for (int g = (int) threadIdx.x; g < groups; g += ABOVE_THREADS)
        own += __popc (marks[g]);
    int to = block_before<ABOVE_WARPS> (own, &total) - first;
    for (int g = (int) threadIdx.x; g < groups && own > 0; g += ABOVE_THREADS) {
        unsigned left = marks[g];
        for (int i = 0; left != 0; left &= left - 1, i++, to++)
            if (to >= 0 && to < most)
                place[to] = pack_place (g, i, __ffs ((int) left) - 1);
    }
    __syncthreads ();
    return total;
}

/* Whether the codes of a row with so many chunks, twice 4 B each, fit where these have been. */
static __device__ inline bool
can_stage (const AboveRun &run, int total)
{
    return 2 * CODES_CHUNK * total <= run.codes.prepared.F;
}

/* Whether a score may be a code's. */
static __device__ inline bool
is_candidate (const AboveRun &run, const CodesRow &row, float score, int64_t latent)
{
    return latent < run.codes.args.weights.n_latents &&
           score >= -(row.error * run.codes.prepared.reach[latent] + row.slack);
}

/* The latents of a chunk that may have codes; gives how many they are. */
static __device__ inline int
find_candidates (const AboveRun &run,
                 const CodesRow &row,
                 const float4 *chunks,
                 int packed,
                 int (&found)[CODES_CHUNK])
{
    float4 four = chunks[slot_of (packed)];
    const float v[4] = {four.x, four.y, four.z, four.w};
    int n = 0;
#pragma unroll
    for (int e = 0; e < CODES_CHUNK; e++) {
        int64_t latent = latent_of (run, packed, e);
        if (is_candidate (run, row, v[e], latent))
            found[n++] = (int) latent;
    }
    return n;
}

/* Lists the scores of the window's first @n chunks that may be codes. The others become NaN if codes are to
 * stay in their place. */
template <bool ROUNDED>
static __device__ inline void
list_scores (const AboveRun &run, const CodesRow &row, int64_t at, int n, bool in_place, Window *w)
{
    float *scores = (float *) chunks_of (run, at);
    for (int i = (int) threadIdx.x; i < n; i += ABOVE_THREADS) {
        int packed = w->place[i];
        int64_t slot = slot_of (packed);
        float4 four = ((const float4 *) scores)[slot];
        const float v[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
        for (int e = 0; e < CODES_CHUNK; e++) {
            int64_t latent = latent_of (run, packed, e);
            bool in = ROUNDED ? latent < run.codes.args.weights.n_latents && v[e] > 0
                              : is_candidate (run, row, v[e], latent);
            if (in) { /* in any order: each is settled by itself */
                int to = atomicAdd (&w->n, 1);
                w->latent[to] = (int) latent;
                w->at[to] = (int) (4 * slot + e);
                w->value[to] = v[e];
            } else if (in_place) {
                scores[4 * slot + e] = NAN;
            }
        }
    }
    __syncthreads ();
}

/* The product with latent @latent, from its sum; NaN if it is no code. */
static __device__ inline float
finish_product (const FoveaCodesWeights &w, float sum, int latent)
{
    float p = sum + (w.bias != NULL ? w.bias[latent] : 0);
    return p > w.level[latent] ? p : NAN;
}

/* Products of listed scores. */
template <bool VECTORS>
static __device__ inline void
make_products (const AboveRun &run, int64_t t, Window *w)
{
    using P = Products<false, VECTORS>;
    int n = w->n, lane = lane_id (), kept = 0;
    for (int first = (int) threadIdx.x / 32 * P::BATCH; first < n;
         first += ABOVE_WARPS * P::BATCH) {
        auto name = [&] (int b) { return w->latent[min (first + b, n - 1)]; };
        float p = P::make (run.codes, t, name);
        bool in = false;
        __syncwarp (); /* all have read their names */
        if (lane < P::BATCH && first + lane < n) {
            int i = first + lane;
            w->value[i] = finish_product (run.codes.args.weights, p, w->latent[i]);
            in = w->value[i] == w->value[i];
            w->latent[i] = in ? w->latent[i] : NO_LATENT;
        }
        kept += __popc (__ballot_sync (~0u, in));
    }
    if (lane == 0 && kept > 0)
        atomicAdd (&w->n_codes, kept);
}

/* Scores that are products but for their level. */
static __device__ inline void
add_levels (const AboveRun &run, Window *w)
{
    int n = w->n;
    for (int i = (int) threadIdx.x; i < n; i += ABOVE_THREADS)
        w->value[i] += run.codes.args.weights.level[w->latent[i]];
    if (threadIdx.x == 0)
        w->n_codes = n;
}

/* Codes in the places of their scores. */
static __device__ inline void
put_back (const AboveRun &run, int64_t at, const Window *w)
{
    float *scores = (float *) chunks_of (run, at);
    for (int i = (int) threadIdx.x; i < w->n; i += ABOVE_THREADS)
        scores[w->at[i]] = w->latent[i] == NO_LATENT ? NAN : w->value[i];
}

/* The codes among @n entries in the order of latents, where the row's chunks have been. A place needs only
 * counting. All threads of the block call it together; there is room for three more entries. */
static __device__ inline void
stage_codes (const AboveRun &run, int64_t at, int n, int *latent, const float *value)
{
    int2 *to = (int2 *) chunks_of (run, at);
    int fours = (n + 3) / 4;
    if ((int) threadIdx.x < 4 * fours - n)
        latent[n + (int) threadIdx.x] = NO_LATENT;
    __syncthreads ();
    for (int i = (int) threadIdx.x; i < n; i += ABOVE_THREADS) {
        int own = latent[i], place = 0;
        const int4 *others = (const int4 *) latent;
#pragma unroll 4
        for (int o = 0; o < fours; o++) {
            int4 four = others[o];
            place += (four.x < own) + (four.y < own) + (four.z < own) + (four.w < own);
        }
        if (own != NO_LATENT)
            to[place] = make_int2 (own, __float_as_int (value[i]));
    }
}

/* Window @window of row @at of the strip, which is row @t of all; its codes are w->n_codes. Gives how many
 * chunks the row has. @whole: they are in this window, and codes go out in their order. */
template <bool ROUNDED, bool VECTORS>
static __device__ inline int
settle (const AboveRun &run, int64_t t, int64_t at, int window, bool *whole, Window *w)
{
    int first = window * ABOVE_WINDOW;
    int total = list_chunks (run, at, first, ABOVE_WINDOW, w->place);
    int n = min (total - first, (int) ABOVE_WINDOW);
    *whole = total <= ABOVE_WINDOW && can_stage (run, total);
    if (threadIdx.x == 0)
        w->n = w->n_codes = 0;
    __syncthreads ();
    list_scores<ROUNDED> (run, run.codes.row[t], at, n, !*whole, w);
    if (ROUNDED)
        add_levels (run, w);
    else
        make_products<VECTORS> (run, t, w);
    __syncthreads ();
    if (*whole)
        stage_codes (run, at, w->n, w->latent, w->value);
    else
        put_back (run, at, w);
    return total;
}

/* Windows of a row with @total chunks, from @first on, that any block may settle. */
static __device__ inline void
leave_windows (const AboveRun &run, int64_t at, int first, int total)
{
    int end = (total + ABOVE_WINDOW - 1) / ABOVE_WINDOW;
    int to = end > first ? atomicAdd (&run.counts->n_rest, end - first) : 0;
    for (int i = first; i < end; i++)
        run.rest[to + i - first] = make_int2 ((int) at, i);
}

/* A block the first window of a row whose scores are products. */
static __global__ void
__launch_bounds__ (ABOVE_THREADS)
    settle_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    __shared__ Window w;
    codes_begin ();
    int64_t at = blockIdx.x;
    bool whole;
    int total = settle<true, true> (run, first + at, at, 0, &whole, &w);
    if (threadIdx.x != 0)
        return;
    run.n_codes[at] = whole ? ~w.n_codes : w.n_codes;
    leave_windows (run, at, 1, total);
    if (total > 0)
        atomicAdd (&run.counts->marked, (unsigned long long) total);
}

/* A block lists what may be codes of a row, in the order of tiles, where its chunks have been; a row of many
 * chunks is left. */
static __global__ void
__launch_bounds__ (ABOVE_THREADS) list_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    __shared__ int place[LIST_CHUNKS], latent[LIST_CHUNKS * CODES_CHUNK];
    codes_begin ();
    int64_t at = blockIdx.x;
    CodesRow row = run.codes.row[first + at];
    int total = list_chunks (run, at, 0, LIST_CHUNKS, place), n = 0;
    bool listed = total <= LIST_CHUNKS && can_stage (run, total);
    __syncthreads ();
    for (int base = 0; listed && base < total; base += ABOVE_THREADS) {
        int i = base + (int) threadIdx.x, found[CODES_CHUNK], own = 0, all;
        if (i < total)
            own = find_candidates (run, row, chunks_of (run, at), place[i], found);
        int to = n + block_before<ABOVE_WARPS> (own, &all);
        for (int e = 0; e < own; e++)
            latent[to + e] = found[e];
        n += all;
    }
    __syncthreads ();
    for (int i = (int) threadIdx.x; i < n; i += ABOVE_THREADS)
        ((int *) chunks_of (run, at))[i] = latent[i];
    if (threadIdx.x != 0)
        return;
    run.n_codes[at] = listed ? ~n : 0;
    if (!listed)
        leave_windows (run, at, 0, total);
    if (total > 0)
        atomicAdd (&run.counts->marked, (unsigned long long) total);
}

/* Products of listed latents, behind their list; NaN for what is no code. A warp makes those of a row's part: all
 * rows' first parts are made before the second, so that weights of a few tiles at a time are asked of the L2
 * cache. */
template <bool VECTORS>
static __global__ void
__launch_bounds__ (ABOVE_THREADS)
    products_kernel (const __grid_constant__ AboveRun run, int64_t first, int n)
{
    using P = Products<false, VECTORS>;
    codes_begin ();
    int blocks = (n + ABOVE_WARPS - 1) / ABOVE_WARPS, phase = (int) blockIdx.x / blocks;
    int at = (int) blockIdx.x % blocks * ABOVE_WARPS + (int) threadIdx.x / 32, lane = lane_id ();
    if (is_dense (run) || at >= n || run.n_codes[at] >= 0)
        return;
    int listed = ~run.n_codes[at], end = listed * (phase + 1) / PHASES;
    const int *latent = (const int *) chunks_of (run, at);
    float *value = (float *) chunks_of (run, at) + listed;
    for (int i = listed * phase / PHASES; i < end; i += P::BATCH) {
        auto name = [&] (int b) { return latent[min (i + b, end - 1)]; };
        float p = P::make (run.codes, first + at, name);
        if (lane < P::BATCH && i + lane < end)
            value[i + lane] = finish_product (run.codes.args.weights, p, latent[i + lane]);
    }
}

/* A block puts what has become codes of a row in order. */
static __global__ void
__launch_bounds__ (ABOVE_THREADS) order_kernel (const __grid_constant__ AboveRun run)
{
    __shared__ int __align__ (16) latent[LIST_CHUNKS * CODES_CHUNK];
    __shared__ float value[LIST_CHUNKS * CODES_CHUNK];
    codes_begin ();
    int64_t at = blockIdx.x;
    if (is_dense (run) || run.n_codes[at] >= 0)
        return;
    int listed = ~run.n_codes[at], own = 0, kept;
    const int *from = (const int *) chunks_of (run, at);
    for (int i = (int) threadIdx.x; i < listed; i += ABOVE_THREADS) {
        value[i] = __int_as_float (from[listed + i]);
        bool in = value[i] == value[i];
        latent[i] = in ? from[i] : NO_LATENT;
        own += in;
    }
    block_before<ABOVE_WARPS> (own, &kept); /* and all have read theirs */
    stage_codes (run, at, listed, latent, value);
    if (threadIdx.x == 0)
        run.n_codes[at] = ~kept;
}

/* Blocks share the windows that are left. */
template <bool ROUNDED, bool VECTORS>
static __global__ void
__launch_bounds__ (ABOVE_THREADS) rest_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    __shared__ Window w;
    codes_begin ();
    if (is_dense (run))
        return;
    for (int i = (int) blockIdx.x; i < run.counts->n_rest; i += (int) gridDim.x) {
        int2 rest = run.rest[i];
        bool whole;
        settle<ROUNDED, VECTORS> (run, first + rest.x, rest.x, rest.y, &whole, &w);
        if (threadIdx.x == 0 && w.n_codes > 0)
            atomicAdd (&run.n_codes[rest.x], w.n_codes);
        __syncthreads (); /* before they are set anew */
    }
}

/* One block. */
static __global__ void
__launch_bounds__ (SUM_THREADS)
    sum_kernel (const __grid_constant__ AboveRun run, int64_t first, int n)
{
    codes_begin ();
    if (is_dense (run))
        return;
    int64_t before = first == 0 ? 0 : run.offset[first];
    if (first == 0 && threadIdx.x == 0)
        run.offset[0] = 0;
    for (int base = 0; base < n; base += SUM_THREADS) {
        int i = base + (int) threadIdx.x, own = i < n ? run.n_codes[i] : 0, total;
        own = own < 0 ? ~own : own;
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
    if (is_dense (run))
        return;
    int64_t at = blockIdx.x, to = run.offset[first + at], end = run.offset[first + at + 1];
    if (end == to || end > run.room)
        return;
    const int2 *staged = (const int2 *) chunks_of (run, at);
    if (run.n_codes[at] < 0) {
        for (int i = (int) threadIdx.x; i < end - to; i += ABOVE_THREADS) {
            int2 code = staged[i];
            run.latent[to + i] = code.x;
            run.value[to + i] = __int_as_float (code.y);
        }
        return;
    }
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

template <bool ROUNDED, bool VECTORS>
static cudaError_t
launch_rest (const AboveRun *run, int64_t first, cudaStream_t stream)
{
    unsigned grid = (unsigned) (REST_BLOCKS * run->codes.n_processors);
    return codes_follow (rest_kernel<ROUNDED, VECTORS>, grid, ABOVE_THREADS, 0, stream, *run,
                         first);
}

static cudaError_t
settle_rounded (const AboveRun *run, int64_t first, int n, cudaEvent_t counted, cudaStream_t stream)
{
    cudaError_t status =
        codes_follow (settle_kernel, (unsigned) n, ABOVE_THREADS, 0, stream, *run, first);
    if (status == cudaSuccess)
        status = cudaEventRecord (counted, stream);
    return status == cudaSuccess ? launch_rest<true, true> (run, first, stream) : status;
}

template <bool VECTORS>
static cudaError_t
settle_exact (const AboveRun *run, int64_t first, int n, cudaEvent_t counted, cudaStream_t stream)
{
    unsigned rows = (unsigned) n, parts = (rows + ABOVE_WARPS - 1) / ABOVE_WARPS * PHASES;
    cudaError_t status = codes_follow (list_kernel, rows, ABOVE_THREADS, 0, stream, *run, first);
    if (status == cudaSuccess)
        status = cudaEventRecord (counted, stream);
    if (status == cudaSuccess)
        status = codes_follow (products_kernel<VECTORS>, parts, ABOVE_THREADS, 0, stream, *run,
                               first, n);
    if (status == cudaSuccess)
        status = launch_rest<false, VECTORS> (run, first, stream);
    return status == cudaSuccess ? codes_follow (order_kernel, rows, ABOVE_THREADS, 0, stream, *run)
                                 : status;
}

cudaError_t
cuda_above_settle (
    const AboveRun *run, int64_t first, int n, cudaEvent_t counted, cudaStream_t stream)
{
    auto launch = run->codes.args.weights.rounded   ? settle_rounded
                  : codes_has_vectors (&run->codes) ? settle_exact<true>
                                                    : settle_exact<false>;
    return launch (run, first, n, counted, stream);
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
