/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The strongest firings alone flatter a latent: what it means when it fires weakly is often something
 * else. So each side is cut into intervals and examples are drawn from all of them. One pass draws by
 * reservoirs: first one firing of each sequence, then a few of those. What somebody points at in the
 * histogram is drawn from a shuffled list instead: it may well be all of one text. */
#include <math.h>

#include "analysis/sae-latent.h"
#include "capture/random.h"

#define SILENT 1e-6f /* codes below it, by magnitude */

/* What a pass knows of one interval. */
typedef struct {
    gint64 sequence;  /* of the candidate */
    guint candidate;  /* number of a firing */
    guint n_here;     /* firings of that sequence so far */
    gint64 n_offered; /* sequences before it */
} Reservoir;

static FoveaLatentInterval *
interval_new (void)
{
    FoveaLatentInterval *interval = g_new0 (FoveaLatentInterval, 1);
    interval->chosen = g_array_new (FALSE, FALSE, sizeof (guint));
    interval->examples =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_latent_example_free);
    return interval;
}

void
fovea_latent_interval_free (FoveaLatentInterval *interval)
{
    if (interval == NULL)
        return;
    g_array_unref (interval->chosen);
    g_ptr_array_unref (interval->examples);
    g_free (interval);
}

static void
add_side (FoveaSaeLatent *latent, double extreme)
{
    for (guint i = 0; i < FOVEA_LATENT_INTERVALS && extreme != 0; i++) {
        FoveaLatentInterval *interval = interval_new ();
        double strong = extreme * (FOVEA_LATENT_INTERVALS - i) / FOVEA_LATENT_INTERVALS;
        double weak = extreme * (FOVEA_LATENT_INTERVALS - i - 1) / FOVEA_LATENT_INTERVALS;
        interval->from = MIN (strong, weak);
        interval->to = MAX (strong, weak);
        g_ptr_array_add (latent->intervals, interval);
    }
}

/* Puts the candidate of a sequence that is over among the few, if it is drawn. */
static void
offer (FoveaLatentInterval *interval, Reservoir *r, FoveaRandom *random)
{
    if (r->n_here == 0)
        return;
    r->n_offered++;
    r->n_here = 0;
    if (interval->chosen->len < FOVEA_LATENT_DRAWN) {
        g_array_append_val (interval->chosen, r->candidate);
        return;
    }
    guint64 at = fovea_random_below (random, (guint64) r->n_offered);
    if (at < FOVEA_LATENT_DRAWN)
        g_array_index (interval->chosen, guint, at) = r->candidate;
}

/* Interval of a code among those of its side, 0 the strongest. */
static guint
find_place (double value, double extreme)
{
    double off = (1 - value / extreme) * FOVEA_LATENT_INTERVALS;
    return off > 0 ? MIN ((guint) off, FOVEA_LATENT_INTERVALS - 1) : 0;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
    guint x = *(const guint *) a, y = *(const guint *) b;
    return x < y ? -1 : x > y;
}

/* Makes the intervals of both sides; gives how many are on the positive one. */
static guint
make_intervals (FoveaSaeLatent *latent, GArray *firings, double *most, double *least)
{
    *most = *least = 0;
    for (guint i = 0; i < firings->len; i++) {
        *most = fmax (*most, (double) g_array_index (firings, FoveaFiring, i).value);
        *least = fmin (*least, (double) g_array_index (firings, FoveaFiring, i).value);
    }
    g_ptr_array_set_size (latent->intervals, 0);
    add_side (latent, *most >= (double) SILENT ? *most : 0);
    guint n_positive = latent->intervals->len;
    add_side (latent, *least <= -(double) SILENT ? *least : 0);
    return n_positive;
}

void
fovea_sae_latent_draw (FoveaSaeLatent *latent, GArray *firings)
{
    Reservoir reservoirs[2 * FOVEA_LATENT_INTERVALS] = {0};
    double most, least;
    guint n_positive = make_intervals (latent, firings, &most, &least);
    FoveaRandom random;
    fovea_random_init (&random, (guint64) latent->latent);
    for (guint i = 0; i < firings->len; i++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        if (!(fabsf (firing->value) >= SILENT))
            continue;
        guint at = firing->value > 0 ? find_place ((double) firing->value, most)
                                     : n_positive + find_place ((double) firing->value, least);
        FoveaLatentInterval *interval = g_ptr_array_index (latent->intervals, at);
        Reservoir *r = &reservoirs[at];
        if (r->sequence != firing->sequence)
            offer (interval, r, &random);
        r->sequence = firing->sequence;
        interval->n++;
        if (fovea_random_below (&random, ++r->n_here) == 0)
            r->candidate = i;
    }
    for (guint at = 0; at < latent->intervals->len; at++) {
        FoveaLatentInterval *interval = g_ptr_array_index (latent->intervals, at);
        offer (interval, &reservoirs[at], &random);
        g_array_sort (interval->chosen, compare_numbers);
    }
}

/* Numbers of the firings in the bins, in an order of chance. */
static GArray *
shuffle_bins (const FoveaSaeLatent *latent, GArray *firings, const FoveaCodeBins *bins)
{
    GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));
    FoveaRandom random;
    double limit = 0;
    fovea_random_init (&random, (guint64) latent->latent);
    for (guint i = 0; i < firings->len; i++)
        limit = fmax (limit, fabs ((double) g_array_index (firings, FoveaFiring, i).value));
    for (guint i = 0; i < firings->len; i++) {
        double value = (double) g_array_index (firings, FoveaFiring, i).value;
        guint bin = value != 0 ? fovea_sae_latent_find_bin (value, limit, bins->n_bins) : G_MAXUINT;
        if (bin >= bins->first && bin <= bins->last)
            g_array_append_val (order, i);
    }
    for (guint i = order->len; i > 1; i--) {
        guint *last = &g_array_index (order, guint, i - 1);
        guint *other = &g_array_index (order, guint, fovea_random_below (&random, i));
        guint kept = *last;
        *last = *other;
        *other = kept;
    }
    return order;
}

/* Whether one that was taken is of the same text, or within @window of it there. */
static gboolean
is_near (GArray *taken, GArray *firings, const FoveaFiring *firing, gint64 window)
{
    for (guint i = 0; i < taken->len; i++) {
        const FoveaFiring *other =
            &g_array_index (firings, FoveaFiring, g_array_index (taken, guint, i));
        if (other->sequence == firing->sequence &&
            ABS ((gint64) other->position - firing->position) <= window)
            return TRUE;
    }
    return FALSE;
}

/* For g_array_sort_with_data(): larger magnitudes first, then the order of firings. */
static int
compare_magnitudes (gconstpointer a, gconstpointer b, gpointer firings)
{
    guint i = *(const guint *) a, j = *(const guint *) b;
    float p = fabsf (g_array_index ((GArray *) firings, FoveaFiring, i).value);
    float q = fabsf (g_array_index ((GArray *) firings, FoveaFiring, j).value);
    return p != q ? (p > q ? -1 : 1) : (i > j) - (i < j);
}

FoveaLatentInterval *
fovea_sae_latent_draw_bins (const FoveaSaeLatent *latent,
                            GArray *firings,
                            const FoveaCodeBins *bins,
                            guint n)
{
    FoveaLatentInterval *interval = interval_new ();
    g_autoptr (GArray) order = shuffle_bins (latent, firings, bins);
    const gint64 windows[] = {G_MAXINT64, latent->window}; /* first one of a text, then others */
    interval->n = order->len;
    for (guint pass = 0; pass < G_N_ELEMENTS (windows); pass++)
        for (guint i = 0; i < order->len && interval->chosen->len < n; i++) {
            guint at = g_array_index (order, guint, i);
            if (!is_near (interval->chosen, firings, &g_array_index (firings, FoveaFiring, at),
                          windows[pass]))
                g_array_append_val (interval->chosen, at);
        }
    g_array_sort_with_data (interval->chosen, compare_magnitudes, firings);
    return interval;
}

double
fovea_sae_latent_consistency (const FoveaSaeLatent *latent)
{
    return latent->n_sequences > 0 ? (double) latent->codes->len / (double) latent->n_sequences
                                   : (double) NAN;
}
