/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Mass of a row's heaviest keys for the instruction set FOVEA_SET. The bits of weights, which are
 * never negative, order like the weights: exponent and first three bits of the mantissa make a
 * histogram of their logarithm. It tells in which bin each cut falls; bins above it are summed
 * whole, and only the few weights of the cut's own bin are looked at more closely, by further bits,
 * until the cut is exact.
 *
 * Cost a weight: one exponential, one count, FOVEA_TOP_MOST comparisons; three passes over a row
 * that stays in the first- or second-level cache. */
#include "kernels/cpu-simd.h"

#include "kernels/cpu-vector-attend.h"
#include "kernels/top-mass.h"

enum {
    SHIFT = 20,   /* bits of a weight below its bin */
    BINS = 1024,  /* weights are at most 1: bin 1016 */
    SPREAD = 4,   /* histograms side by side: equal bins in a row do not wait for each other */
    FEW = 32,     /* weights that are compared each with each */
    RUN = 4096,   /* weights summed in float before the sum moves to double */
    FINE_BITS = 8 /* by which a bin is split further */
};

/* Where one number of keys cuts: its bin, and how many keys of that bin are inside. */
typedef struct {
    int32_t bin; /* -1: all keys are inside */
    int64_t inside;
} Cut;

INLINE uint32_t
to_bits (float x)
{
    uint32_t bits;
    memcpy (&bits, &x, sizeof bits);
    return bits;
}

INLINE float
from_bits (uint32_t bits)
{
    float x;
    memcpy (&x, &bits, sizeof x);
    return x;
}

INLINE float
get_largest (const float *x, int64_t n)
{
    V largest = v_all (-INFINITY);
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        largest = v_max (v_load (x + i), largest); /* NaN gives way */
    float rest = v_largest (largest);
    for (; i < n; i++)
        rest = x[i] > rest ? x[i] : rest;
    return rest;
}

/* exp (score - largest), padded with zeros to a whole vector; gives the padded length. */
INLINE int64_t
weigh (const float *scores, int64_t n, float largest, float *weights)
{
    V top = v_all (largest), zero = v_all (0);
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        v_store (weights + i, v_max (v_exp (v_load (scores + i) - top), zero));
    if (i == n)
        return n;
    float rest[LANES];
    for (int l = 0; l < LANES; l++)
        rest[l] = i + l < n ? scores[i + l] : -INFINITY;
    v_store (weights + i, v_max (v_exp (v_load (rest) - top), zero));
    return i + LANES;
}

/* @n: a multiple of SPREAD */
INLINE void
count_bins (const float *weights, int64_t n, uint32_t (*bins)[BINS])
{
    memset (bins, 0, SPREAD * sizeof *bins);
    for (int64_t i = 0; i < n; i += SPREAD)
        for (int s = 0; s < SPREAD; s++)
            bins[s][to_bits (weights[i + s]) >> SHIFT]++;
}

/* Walks down the bins until every number of keys is met. */
INLINE void
find_cuts (uint32_t (*bins)[BINS], const int64_t *counts, int n_counts, int64_t n, Cut *cuts)
{
    int64_t above = 0;
    int32_t bin = BINS;
    for (int c = 0; c < n_counts; c++) {
        int64_t count = counts[c];
        if (count >= n) { /* all keys: above the lowest bin there is */
            cuts[c] = (Cut){-1, 0};
            continue;
        }
        while (above < count && bin-- > 0)
            for (int s = 0; s < SPREAD; s++)
                above += bins[s][bin];
        int64_t own = 0; /* of the last bin, which the walk has passed */
        for (int s = 0; s < SPREAD && bin < BINS; s++)
            own += bins[s][bin];
        cuts[c] = (Cut){bin < BINS ? bin : BINS - 1, count - (above - own)};
    }
}

/* Sum of all weights, and for each cut of those in bins above it. */
INLINE double
sum_above (const float *weights, int64_t n, const Cut *cuts, int n_cuts, double *sums)
{
    V from[FOVEA_TOP_MOST], zero = v_all (0);
    double total = 0;
    for (int c = 0; c < FOVEA_TOP_MOST; c++) {
        from[c] = v_all (c < n_cuts ? from_bits ((uint32_t) (cuts[c].bin + 1) << SHIFT) : INFINITY);
        sums[c] = 0;
    }
    for (int64_t start = 0; start < n; start += RUN) {
        int64_t end = start + RUN < n ? start + RUN : n;
        V part[FOVEA_TOP_MOST], all = zero;
        for (int c = 0; c < FOVEA_TOP_MOST; c++)
            part[c] = zero;
        for (int64_t i = start; i < end; i += LANES) {
            V w = v_load (weights + i);
            all = all + w;
            for (int c = 0; c < FOVEA_TOP_MOST; c++)
                part[c] = part[c] + v_pick_le (from[c], w, w, zero);
        }
        total += (double) v_sum (all);
        for (int c = 0; c < FOVEA_TOP_MOST; c++)
            sums[c] += (double) v_sum (part[c]);
    }
    return total;
}

/* Weights that lie in the bin of any cut, in order; gives how many. */
INLINE int64_t
collect (const float *weights, int64_t n, const uint8_t *is_cut, float *close)
{
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        close[m] = weights[i];
        m += is_cut[to_bits (weights[i]) >> SHIFT];
    }
    return m;
}

/* Sum of the @rank largest of a few, each placed by how many are larger: no branch depends on the
 * weights. Equal ones share a place, so those too many are taken off again. */
INLINE double
sum_few (const float *x, int n, int rank)
{
    float few[FEW], least = INFINITY;
    double sum = 0;
    int taken = 0;
    for (int i = 0; i < FEW; i++)
        few[i] = i < n ? x[i] : -1;
    for (int i = 0; i < n; i++) {
        int larger = 0;
        for (int j = 0; j < FEW; j++)
            larger += few[j] > few[i];
        bool in = larger < rank;
        taken += in;
        sum += in ? (double) few[i] : 0;
        least = in && few[i] < least ? few[i] : least;
    }
    return taken > rank ? sum - (double) (taken - rank) * (double) least : sum;
}

/* Splits @x by the next bits below @shift: adds what lies above the cut to @sum, and leaves in @x
 * what lies in its bin. */
INLINE int64_t
split (float *x, int64_t n, int shift, int bits, int64_t *rank, double *sum)
{
    uint32_t counts[1 << FINE_BITS] = {0}, bin = 1u << bits, low = (1u << bits) - 1;
    int64_t above = 0, kept = 0;
    for (int64_t i = 0; i < n; i++)
        counts[to_bits (x[i]) >> shift & low]++;
    while (above < *rank && bin-- > 0)
        above += counts[bin];
    *rank -= above - counts[bin];
    for (int64_t i = 0; i < n; i++) {
        uint32_t own = to_bits (x[i]) >> shift & low;
        float w = x[i];
        *sum += own > bin ? (double) w : 0;
        x[kept] = w;
        kept += own == bin;
    }
    return kept;
}

/* Sum of the @rank largest of @x, all of one bin; @x is written over. */
static double
sum_largest (float *x, int64_t n, int64_t rank)
{
    double sum = 0;
    int shift = SHIFT;
    while (n > FEW && shift > 0 && rank > 0) {
        int bits = shift < FINE_BITS ? shift : FINE_BITS;
        shift -= bits;
        n = split (x, n, shift, bits, &rank, &sum);
    }
    if (rank <= 0 || n == 0)
        return sum;
    return sum + (n > FEW ? (double) rank * (double) x[0] : sum_few (x, (int) n, (int) rank));
}

INLINE int64_t
take_bin (const float *close, int64_t n, int32_t bin, float *list)
{
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        list[m] = close[i];
        m += (int32_t) (to_bits (close[i]) >> SHIFT) == bin;
    }
    return m;
}

void
FOVEA_IN_SET (fovea_top_mass) (const FoveaTopMassArgs *args)
{
    uint32_t bins[SPREAD][BINS];
    uint8_t is_cut[BINS] = {0};
    Cut cuts[FOVEA_TOP_MOST];
    double above[FOVEA_TOP_MOST];
    float largest = get_largest (args->scores, args->n);
    if (!(largest > -INFINITY) || largest == INFINITY) {
        for (int c = 0; c < args->n_counts; c++)
            args->mass[c] = 0;
        return;
    }
    int64_t n = weigh (args->scores, args->n, largest, args->weights);
    count_bins (args->weights, n, bins);
    find_cuts (bins, args->counts, args->n_counts, args->n, cuts);
    double total = sum_above (args->weights, n, cuts, args->n_counts, above);
    total += exp ((double) args->sink - (double) largest);
    for (int c = 0; c < args->n_counts; c++)
        if (cuts[c].inside > 0)
            is_cut[cuts[c].bin] = 1;
    int64_t n_close = collect (args->weights, n, is_cut, args->close);
    for (int c = 0; c < args->n_counts; c++) {
        int64_t m =
            cuts[c].inside > 0 ? take_bin (args->close, n_close, cuts[c].bin, args->list) : 0;
        args->mass[c] = (above[c] + sum_largest (args->list, m, cuts[c].inside)) / total;
    }
}
