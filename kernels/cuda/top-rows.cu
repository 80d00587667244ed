/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How much the heaviest keys of a row hold, for several numbers of keys, without sorting the row: a
 * block of threads counts its scores in bins of equal width between the largest and the least. A
 * number of keys ends within one bin. What lies in heavier bins is summed; only the bin itself is
 * ranked. Too many scores in one bin, as ties make, are told apart bit by bit instead. Whole
 * numbers alone are counted by atomics, and a bin's scores are summed in the order of their ranks, so
 * the result has the same bits every time.
 * Moves: 12 B a key, mostly from the cache, as products are read three times.   Roof: L2. */
#include <limits.h>

#include "kernels/cuda/attend-tile.cuh"
#include "kernels/cuda/top-rows.cuh"

enum {
    THREADS = 512, /* three blocks a processor leave each thread 40 registers */
    WARPS = THREADS / 32,
    BINS = 4096,
    OWN_BINS = BINS / THREADS,
    MOST = FOVEA_TOP_MOST,
    ROOM = BINS / MOST /* scores of a bin that are ranked: the bins' own memory takes them */
};

/* Of a block: 37 KB, so that three fit a processor. Lists are ranked only when the bins are done with. */
typedef struct {
    union {
        int bins[BINS];
        float sorted[MOST][ROOM];
    };
    float lists[MOST][ROOM];
    bool is_cut[BINS];
    double reduce[WARPS];
    int scan[WARPS];
    int counts[MOST]; /* numbers of keys */
    int cut[MOST];    /* bin within which each number of keys ends; -1 = none, BINS = all are in */
    int above[MOST];  /* keys in heavier bins */
    int owner[MOST];  /* whose list the bin's is */
    int length[MOST];
    double part[MOST]; /* mass within the cut bin */
} Shared;

/* Bins of one row: a score's bin never falls as the score does. */
typedef struct {
    float largest, per_unit, base;
} Scale;

static __device__ inline int
bin_of (const Scale &scale, float score)
{
    /* One rounding: the same score has the same bin in every walk, whatever the compiler does around it. */
    int bin = (int) fmaf (-score, scale.per_unit, scale.base);
    return max (min (bin, BINS - 1), 0);
}

/* One row, and the keys that it may see as far as they lie together. */
typedef struct {
    const TopRowsStrip *strip;
    const float4 *dots;
    int64_t row;
    int first, end;
} Row;

static __device__ inline Row
find_row (const TopRowsStrip &strip, int64_t row)
{
    Row r = {&strip, (const float4 *) (strip.dots + row * strip.stride), row, 0,
             (int) strip.n_keys};
    int64_t query = strip.q0 + row, window = strip.rule.window;
    /* Bounds cut the walk short; the rule itself is asked only where it is more than bounds. */
    if (strip.rule.causal)
        r.end = (int) min (strip.n_keys, query + 1 - strip.k0);
    else if (window > 0)
        r.end = (int) min (strip.n_keys, query + window - strip.k0);
    if (window > 0)
        r.first = (int) max ((int64_t) 0, query - window + 1 - strip.k0);
    return r;
}

/* Calls @take with each score of the row that is allowed; NaN weighs nothing. A plain rule is a
 * factor within bounds. Most keys come in fours that need no look at the bounds. */
template <bool PLAIN, typename Take>
static __device__ inline void
walk (const Row &r, Take take)
{
    const TopRowsStrip &strip = *r.strip;
    for (int v = r.first / 4 + (int) threadIdx.x; 4 * v < r.end; v += THREADS) {
        float4 four = r.dots[v];
        const float dots[4] = {four.x, four.y, four.z, four.w};
        bool whole = 4 * v >= r.first && 4 * v + 4 <= r.end;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int j = 4 * v + i;
            if (!whole && (j < r.first || j >= r.end))
                continue;
            float s = PLAIN ? strip.rule.scale * dots[i]
                            : rule_score (strip.rule, strip.head, strip.q0 + r.row, strip.k0 + j,
                                          dots[i]);
            if (s > -CUDART_INF_F)
                take (s);
        }
    }
}

/* In every thread, from a fixed tree. All threads call it together. */
static __device__ inline double
sum_all (Shared *shared, double x)
{
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    __syncthreads (); /* the last call's values were read */
    if (threadIdx.x % 32 == 0)
        shared->reduce[threadIdx.x / 32] = x;
    __syncthreads ();
    x = threadIdx.x % 32 < WARPS ? shared->reduce[threadIdx.x % 32] : 0;
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

/* The same for the largest; NaN is passed over, and -inf is what nothing at all gives. */
static __device__ inline float
max_all (Shared *shared, float x)
{
    for (int other = 16; other > 0; other /= 2)
        x = fmaxf (x, __shfl_xor_sync (~0u, x, other));
    __syncthreads ();
    if (threadIdx.x % 32 == 0)
        shared->reduce[threadIdx.x / 32] = (double) x;
    __syncthreads ();
    x = (float) shared->reduce[threadIdx.x % WARPS];
    for (int other = 16; other > 0; other /= 2)
        x = fmaxf (x, __shfl_xor_sync (~0u, x, other));
    return x;
}

/* The largest score and the width of bins; gives how many keys are allowed. */
template <bool PLAIN>
static __device__ int
measure_scale (const Row &row, Shared *shared, Scale *scale)
{
    float largest = -CUDART_INF_F, fall = -CUDART_INF_F;
    int n = 0;
    /* The least score is minus the largest fall: one kind of reduction serves both. */
    walk<PLAIN> (row, [&] (float s) {
        largest = fmaxf (largest, s);
        fall = fmaxf (fall, -s);
        n++;
    });
    scale->largest = max_all (shared, largest);
    float range = scale->largest + max_all (shared, fall);
    /* No range, or one too small to divide by: all in bin 0. */
    scale->per_unit = range > 1e-30f ? (float) BINS / range : 0;
    scale->base = scale->largest * scale->per_unit;
    return (int) sum_all (shared, (double) n);
}

/* How many scores each bin holds. Whole numbers: atomics give the same in any order. */
template <bool PLAIN>
static __device__ void
count_bins (const Row &row, const Scale &scale, Shared *shared)
{
    for (int b = (int) threadIdx.x; b < BINS; b += THREADS) {
        shared->bins[b] = 0;
        shared->is_cut[b] = false;
    }
    __syncthreads ();
    walk<PLAIN> (row, [&] (float s) { atomicAdd (&shared->bins[bin_of (scale, s)], 1); });
    __syncthreads ();
}

/* Keys in the bins before those of this thread. */
static __device__ int
scan_bins (Shared *shared, int own)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32, sum = own, before;
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync (~0u, sum, step);
        sum += lane >= step ? other : 0;
    }
    if (lane == 31)
        shared->scan[warp] = sum;
    __syncthreads ();
    before = lane < warp ? shared->scan[lane] : 0;
    for (int other = 16; other > 0; other /= 2)
        before += __shfl_xor_sync (~0u, before, other);
    return before + sum - own;
}

/* Where each number of keys ends. Several may end in one bin: the first of them owns its list, so that
 * a bin is listed and ranked once. */
static __device__ void
find_cuts (const TopRowsStrip &strip, int n, Shared *shared)
{
    /* Neighbouring bins to a thread: what is before them is one sum, and they are walked in order. */
    int first = (int) threadIdx.x * OWN_BINS, own = 0;
    for (int i = 0; i < OWN_BINS; i++)
        own += shared->bins[first + i];
    int before = scan_bins (shared, own);
    if (threadIdx.x < MOST) {
        int c = (int) threadIdx.x;
        bool used = c < strip.n_counts;
        shared->cut[c] = used && shared->counts[c] >= n ? BINS : -1;
        shared->above[c] = shared->length[c] = 0;
        shared->part[c] = 0;
    }
    __syncthreads ();
    for (int i = 0; i < OWN_BINS; i++) {
        int after = before + shared->bins[first + i];
        for (int c = 0; c < strip.n_counts; c++)
            if (shared->counts[c] < n && before < shared->counts[c] && shared->counts[c] <= after) {
                shared->cut[c] = first + i;
                shared->above[c] = before;
                shared->is_cut[first + i] = true;
            }
        before = after;
    }
    __syncthreads ();
    if (threadIdx.x < MOST) {
        int c = (int) threadIdx.x, owner = 0;
        while (shared->cut[owner] != shared->cut[c])
            owner++;
        shared->owner[c] = owner;
    }
    __syncthreads ();
}

/* A score of a cut bin goes to the list of the first number of keys that ends there. */
static __device__ inline void
list_score (Shared *shared, int bin, float score)
{
    int owner = 0;
    while (shared->cut[owner] != bin)
        owner++;
    /* The place differs from run to run; ranking makes the order that of the scores again. */
    int at = atomicAdd (&shared->length[owner], 1);
    if (at < ROOM)
        shared->lists[owner][at] = score;
}

/* Sums all weights, and those in bins heavier than each cut; lists the scores of cut bins. */
template <bool PLAIN>
static __device__ float
gather (const Row &row, const Scale &scale, Shared *shared, float *sums)
{
    float total = 0;
    /* In registers: shared memory would be read for every key and number of keys. */
    int cut[MOST];
#pragma unroll
    for (int c = 0; c < MOST; c++)
        cut[c] = shared->cut[c];
    walk<PLAIN> (row, [&] (float s) {
        int bin = bin_of (scale, s);
        float w = __expf (s - scale.largest);
        total += w;
#pragma unroll
        for (int c = 0; c < MOST; c++)
            sums[c] += bin < cut[c] ? w : 0;
        if (shared->is_cut[bin])
            list_score (shared, bin, s);
    });
    __syncthreads ();
    return total;
}

/* Puts each list in falling order. Bins are done with: their memory takes them. */
static __device__ void
rank_lists (const TopRowsStrip &strip, Shared *shared)
{
    for (int c = 0; c < strip.n_counts; c++) {
        int n = shared->owner[c] == c ? shared->length[c] : 0;
        if (n > ROOM)
            continue;
        for (int i = (int) threadIdx.x; i < n; i += THREADS) {
            float s = shared->lists[c][i];
            int rank = 0;
            /* All pairs: lists hold a few dozen scores, and a sort's barriers would cost more. */
            for (int k = 0; k < n; k++)
                rank += shared->lists[c][k] > s || (shared->lists[c][k] == s && k < i);
            shared->sorted[c][rank] = s;
        }
    }
    __syncthreads ();
}

/* A warp for each number of keys: the heaviest of its list. */
static __device__ void
sum_lists (const TopRowsStrip &strip, float largest, Shared *shared)
{
    int c = (int) threadIdx.x / 32, lane = (int) threadIdx.x % 32;
    if (c >= strip.n_counts || shared->cut[c] < 0 || shared->cut[c] >= BINS)
        return;
    int owner = shared->owner[c], wanted = shared->counts[c] - shared->above[c];
    double sum = 0;
    if (shared->length[owner] > ROOM)
        return; /* left to bisect() */
    for (int i = lane; i < wanted; i += 32)
        sum += (double) __expf (shared->sorted[owner][i] - largest);
    for (int other = 16; other > 0; other /= 2)
        sum += __shfl_xor_sync (~0u, sum, other);
    if (lane == 0)
        shared->part[c] = sum;
}

/* Bits that order as the scores do. */
static __device__ inline unsigned
order_of (float score)
{
    unsigned bits = __float_as_uint (score + 0.0f); /* both zeros are one */
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

static __device__ inline float
score_of (unsigned order)
{
    return __uint_as_float (order >> 31 ? order & 0x7fffffffu : ~order);
}

/* Scores of a cut bin at or above @least: how many, and their weights. */
template <bool PLAIN>
static __device__ int
count_from (
    const Row &row, const Scale &scale, int cut, unsigned least, Shared *shared, double *mass)
{
    float sum = 0;
    int n = 0;
    walk<PLAIN> (row, [&] (float s) {
        if (bin_of (scale, s) != cut || order_of (s) < least)
            return;
        sum += __expf (s - scale.largest);
        n++;
    });
    *mass = sum_all (shared, (double) sum);
    return (int) sum_all (shared, (double) n);
}

/* The last score that is wanted of a bin, bit by bit: 32 walks over the row, for bins that overflow. */
template <bool PLAIN>
static __device__ void
bisect (const Row &row, const Scale &scale, int c, Shared *shared)
{
    int cut = shared->cut[c], wanted = shared->counts[c] - shared->above[c];
    unsigned last = 0;
    double mass;
    for (unsigned bit = 1u << 31; bit > 0; bit >>= 1)
        if (count_from<PLAIN> (row, scale, cut, last | bit, shared, &mass) >= wanted)
            last |= bit;
    int n = count_from<PLAIN> (row, scale, cut, last + 1, shared, &mass);
    /* Of the scores equal to the last one as many as are still wanted: whichever they are, they weigh alike. */
    if (threadIdx.x == 0)
        shared->part[c] =
            mass + (double) (wanted - n) * (double) __expf (score_of (last) - scale.largest);
}

/* Mass within the bins that numbers of keys end in. */
template <bool PLAIN>
static __device__ void
sum_cut_bins (const Row &row, const Scale &scale, Shared *shared)
{
    const TopRowsStrip &strip = *row.strip;
    rank_lists (strip, shared);
    sum_lists (strip, scale.largest, shared);
    __syncthreads ();
    for (int c = 0; c < strip.n_counts; c++)
        if (shared->cut[c] >= 0 && shared->cut[c] < BINS && shared->length[shared->owner[c]] > ROOM)
            bisect<PLAIN> (row, scale, c, shared);
    __syncthreads ();
}

/* Numbers of keys of this row; the next barrier makes them seen. */
static __device__ void
load_counts (const Row &row, Shared *shared)
{
    const TopRowsStrip &strip = *row.strip;
    int c = (int) threadIdx.x;
    if (c >= MOST)
        return;
    int64_t count = c >= strip.n_counts        ? 0
                    : strip.row_counts != NULL ? strip.row_counts[row.row * strip.out_stride + c]
                                               : strip.counts[c];
    shared->counts[c] = (int) min (count, (int64_t) INT_MAX);
}

/* Does: the mass of the heaviest keys of a row, for up to MOST numbers of keys. A block has a row.
 * Moves: 12 B a key, and 4 B a number of keys.   Roof: L2. */
template <bool PLAIN>
static __global__ void
__launch_bounds__ (THREADS, 3) top_rows_kernel (const __grid_constant__ TopRowsStrip strip)
{
    __shared__ Shared shared;
    const Row row = find_row (strip, blockIdx.x);
    float sums[MOST] = {0}, *out = strip.mass + row.row * strip.out_stride;
    Scale scale;
    load_counts (row, &shared);
    int n = measure_scale<PLAIN> (row, &shared, &scale);
    if (n == 0) { /* no key is allowed: nothing is held */
        if (threadIdx.x < strip.n_counts)
            out[threadIdx.x] = 0;
        return;
    }
    count_bins<PLAIN> (row, scale, &shared);
    find_cuts (strip, n, &shared);
    float own = gather<PLAIN> (row, scale, &shared, sums);
    double total = sum_all (&shared, (double) own);
    /* A sink takes its share of the row without being one of its keys. */
    if (strip.rule.sink_logits != NULL)
        total += exp ((double) strip.rule.sink_logits[strip.head] - (double) scale.largest);
    sum_cut_bins<PLAIN> (row, scale, &shared);
#pragma unroll
    for (int c = 0; c < MOST; c++) {
        double sum = sum_all (&shared, (double) sums[c]);
        if (threadIdx.x == 0 && c < strip.n_counts)
            out[c] = (float) ((sum + shared.part[c]) / total);
    }
}

cudaError_t
fovea_cuda_top_rows (const TopRowsStrip *strip, cudaStream_t stream)
{
    const FoveaScoreRule *rule = &strip->rule;
    unsigned n = (unsigned) strip->n_queries;
    bool plain = rule->segments == NULL && rule->alibi_slopes == NULL &&
                 rule->distance_bias == NULL && !(rule->soft_cap > 0);
    if (plain)
        top_rows_kernel<true><<<n, THREADS, 0, stream>>> (*strip);
    else
        top_rows_kernel<false><<<n, THREADS, 0, stream>>> (*strip);
    return cudaGetLastError ();
}
