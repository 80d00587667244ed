/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How much the heaviest keys of a row hold, for several numbers of keys, without sorting the row: a
 * block of threads counts its scores in bins of equal width between the largest and the least. A
 * number of keys ends within one bin. What lies in heavier bins is summed; only the bin itself is
 * ranked. Too many scores in one bin, as ties make, are told apart bit by bit instead. Whole
 * numbers alone are counted by atomics, and a bin's scores are summed in the order of their ranks, so
 * the result has the same bits every time.
 * Moves: 12 B a key, mostly from the cache, as products are read three times.   Roof: L2. */
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

typedef struct {
    union {
        int bins[BINS];
        float sorted[MOST][ROOM];
    };
    float lists[MOST][ROOM];
    bool is_cut[BINS];
    double reduce[WARPS];
    int scan[WARPS];
    int cut[MOST];   /* bin within which each number of keys ends; -1 = none, BINS = all are in */
    int above[MOST]; /* keys in heavier bins */
    int owner[MOST]; /* whose list the bin's is */
    int length[MOST];
    double part[MOST]; /* mass within the cut bin */
} Shared;

/* Bins of one row: a score's bin never falls as the score does. */
typedef struct {
    float largest, per_unit;
} Scale;

static __device__ inline int
bin_of (const Scale &scale, float score)
{
    int bin = (int) ((scale.largest - score) * scale.per_unit);
    return bin < BINS - 1 ? bin : BINS - 1;
}

/* NaN weighs nothing. */
static __device__ inline float
score_at (const TopRowsStrip &strip, int64_t row, int64_t j)
{
    float s = rule_score (strip.rule, strip.head, strip.q0 + row, strip.k0 + j,
                          strip.dots[row * strip.n_keys + j]);
    return s == s ? s : -CUDART_INF_F;
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
static __device__ int64_t
measure_scale (const TopRowsStrip &strip, int64_t row, Shared *shared, Scale *scale)
{
    float largest = -CUDART_INF_F, fall = -CUDART_INF_F;
    int n = 0;
    for (int64_t j = threadIdx.x; j < strip.n_keys; j += THREADS) {
        float s = score_at (strip, row, j);
        if (s == -CUDART_INF_F)
            continue;
        largest = fmaxf (largest, s);
        fall = fmaxf (fall, -s);
        n++;
    }
    scale->largest = max_all (shared, largest);
    float range = scale->largest + max_all (shared, fall);
    /* No range, or one too small to divide by: all in bin 0. */
    scale->per_unit = range > 1e-30f ? (float) BINS / range : 0;
    return (int64_t) sum_all (shared, (double) n);
}

/* Counts scores by bins, and gives the sum of weights. */
static __device__ double
count_bins (const TopRowsStrip &strip, int64_t row, const Scale &scale, Shared *shared)
{
    float sum = 0;
    for (int b = (int) threadIdx.x; b < BINS; b += THREADS) {
        shared->bins[b] = 0;
        shared->is_cut[b] = false;
    }
    __syncthreads ();
    for (int64_t j = threadIdx.x; j < strip.n_keys; j += THREADS) {
        float s = score_at (strip, row, j);
        if (s == -CUDART_INF_F)
            continue;
        atomicAdd (&shared->bins[bin_of (scale, s)], 1);
        sum += expf (s - scale.largest);
    }
    return sum_all (shared, (double) sum);
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

/* Where each number of keys ends. */
static __device__ void
find_cuts (const TopRowsStrip &strip, int64_t n, Shared *shared)
{
    int first = (int) threadIdx.x * OWN_BINS, own = 0;
    for (int i = 0; i < OWN_BINS; i++)
        own += shared->bins[first + i];
    int before = scan_bins (shared, own);
    if (threadIdx.x < MOST) {
        int c = (int) threadIdx.x;
        bool used = c < strip.n_counts;
        shared->cut[c] = used && strip.counts[c] >= n ? BINS : -1;
        shared->above[c] = shared->length[c] = 0;
        shared->part[c] = 0;
    }
    __syncthreads ();
    for (int i = 0; i < OWN_BINS; i++) {
        int after = before + shared->bins[first + i];
        for (int c = 0; c < strip.n_counts; c++)
            if (strip.counts[c] < n && before < strip.counts[c] && strip.counts[c] <= after) {
                shared->cut[c] = first + i;
                shared->above[c] = before;
                shared->is_cut[first + i] = true;
            }
        before = after;
    }
    __syncthreads ();
    if (threadIdx.x < MOST) {
        int c = (int) threadIdx.x, owner = c;
        while (owner > 0 && shared->cut[owner - 1] == shared->cut[c])
            owner--;
        shared->owner[c] = owner;
    }
    __syncthreads ();
}

/* Sums weights in heavier bins, by the first number of keys that takes them, and lists the scores of
 * cut bins. */
static __device__ void
gather (const TopRowsStrip &strip, int64_t row, const Scale &scale, Shared *shared, float *sums)
{
    int cut[MOST];
#pragma unroll
    for (int c = 0; c < MOST; c++)
        cut[c] = c < strip.n_counts ? shared->cut[c] : BINS + 1;
    for (int64_t j = threadIdx.x; j < strip.n_keys; j += THREADS) {
        float s = score_at (strip, row, j);
        if (s == -CUDART_INF_F)
            continue;
        int bin = bin_of (scale, s), level = 0;
        float w = expf (s - scale.largest);
#pragma unroll
        for (int c = 0; c < MOST; c++)
            level += cut[c] <= bin;
#pragma unroll
        for (int c = 0; c < MOST; c++)
            sums[c] += level == c ? w : 0;
        if (!shared->is_cut[bin])
            continue;
        int owner = 0;
        while (shared->cut[owner] != bin)
            owner++;
        int at = atomicAdd (&shared->length[owner], 1);
        if (at < ROOM)
            shared->lists[owner][at] = s;
    }
    __syncthreads ();
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
    int owner = shared->owner[c], wanted = (int) strip.counts[c] - shared->above[c];
    double sum = 0;
    if (shared->length[owner] > ROOM)
        return;
    for (int i = lane; i < wanted; i += 32)
        sum += (double) expf (shared->sorted[owner][i] - largest);
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
static __device__ int
count_from (const TopRowsStrip &strip,
            int64_t row,
            const Scale &scale,
            int cut,
            unsigned least,
            Shared *shared,
            double *mass)
{
    float sum = 0;
    int n = 0;
    for (int64_t j = threadIdx.x; j < strip.n_keys; j += THREADS) {
        float s = score_at (strip, row, j);
        if (s == -CUDART_INF_F || bin_of (scale, s) != cut || order_of (s) < least)
            continue;
        sum += expf (s - scale.largest);
        n++;
    }
    *mass = sum_all (shared, (double) sum);
    return (int) sum_all (shared, (double) n);
}

/* The last score that is wanted of a bin, bit by bit: 32 walks over the row, for bins that overflow. */
static __device__ void
bisect (const TopRowsStrip &strip, int64_t row, const Scale &scale, int c, Shared *shared)
{
    int cut = shared->cut[c], wanted = (int) strip.counts[c] - shared->above[c];
    unsigned last = 0;
    double mass;
    for (unsigned bit = 1u << 31; bit > 0; bit >>= 1)
        if (count_from (strip, row, scale, cut, last | bit, shared, &mass) >= wanted)
            last |= bit;
    int n = count_from (strip, row, scale, cut, last + 1, shared, &mass);
    if (threadIdx.x == 0)
        shared->part[c] =
            mass + (double) (wanted - n) * (double) expf (score_of (last) - scale.largest);
}

static __global__ void
__launch_bounds__ (THREADS, 3) top_rows_kernel (const __grid_constant__ TopRowsStrip strip)
{
    __shared__ Shared shared;
    int64_t row = blockIdx.x;
    float sums[MOST] = {0}, *out = strip.mass + row * strip.n_counts;
    double sum = 0;
    Scale scale;
    int64_t n = measure_scale (strip, row, &shared, &scale);
    if (n == 0) {
        if (threadIdx.x < strip.n_counts)
            out[threadIdx.x] = 0;
        return;
    }
    double total = count_bins (strip, row, scale, &shared);
    if (strip.rule.sink_logits != NULL)
        total += exp ((double) strip.rule.sink_logits[strip.head] - (double) scale.largest);
    find_cuts (strip, n, &shared);
    gather (strip, row, scale, &shared, sums);
    rank_lists (strip, &shared);
    sum_lists (strip, scale.largest, &shared);
    __syncthreads ();
    for (int c = 0; c < strip.n_counts; c++)
        if (shared.cut[c] >= 0 && shared.cut[c] < BINS && shared.length[shared.owner[c]] > ROOM)
            bisect (strip, row, scale, c, &shared);
    __syncthreads ();
#pragma unroll
    for (int c = 0; c < MOST; c++) {
        sum += sum_all (&shared, (double) sums[c]);
        if (threadIdx.x == 0 && c < strip.n_counts)
            out[c] = (float) ((sum + shared.part[c]) / total);
    }
}

cudaError_t
fovea_cuda_top_rows (const TopRowsStrip *strip, cudaStream_t stream)
{
    top_rows_kernel<<<(unsigned) strip->n_queries, THREADS, 0, stream>>> (*strip);
    return cudaGetLastError ();
}
