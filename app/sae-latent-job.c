/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Firings are taken from the strongest on, so each side is full after about as many as it shows; of a
 * sequence nothing but their windows is read. */
#include "app/sae-latent-job.h"

#include <math.h>

#include "analysis/sae-attribution.h"
#include "analysis/sae-reading.h"
#include "storage/dictionary.h"
#include "storage/text-window.h"

enum {
    CANDIDATES = 20 /* firings that are sorted for every example that is shown */
};

/* Stronger first; of equal ones the earlier. Reading order is that of sequences and positions. */
static int
compare_firings (gconstpointer a, gconstpointer b)
{
    const FoveaFiring *x = *(const FoveaFiring *const *) a, *y = *(const FoveaFiring *const *) b;
    float p = fabsf (x->value), q = fabsf (y->value);
    if (p != q)
        return p > q ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The latent's codes in a window, from firings around the @at-th: those of a sequence stand together. */
static void
fill_codes (FoveaLatentExample *example, GArray *firings, guint at)
{
    gint64 sequence = g_array_index (firings, FoveaFiring, at).sequence;
    while (at > 0 && g_array_index (firings, FoveaFiring, at - 1).sequence == sequence)
        at--;
    for (; at < firings->len; at++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, at);
        gint64 place = firing->position - example->first;
        if (firing->sequence != sequence)
            break;
        if (place >= 0 && place < example->n)
            example->codes[place] = firing->value;
    }
}

/* The window around a firing. NULL without an error for a token that there is not: somebody else may
 * have written to the store. */
static FoveaLatentExample *
read_example (
    FoveaStore *store, const FoveaSaeLatent *latent, GArray *firings, guint at, GError **error)
{
    const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, at);
    g_autoptr (FoveaTextWindow) window =
        fovea_store_read_window (store, firing->sequence, firing->position, latent->window, error);
    if (window == NULL || window->n == 0)
        return NULL;
    FoveaLatentExample *example = g_new0 (FoveaLatentExample, 1);
    example->sequence = firing->sequence;
    example->position = firing->position;
    example->value = firing->value;
    example->first = window->first;
    example->n = window->n;
    example->texts = g_steal_pointer (&window->texts);
    example->special = g_steal_pointer (&window->special);
    example->codes = g_new0 (float, window->n);
    fill_codes (example, firings, at);
    return example;
}

/* Whether a stronger firing's window has the token. */
static gboolean
is_covered (const FoveaSaeLatent *latent, GPtrArray *list, const FoveaFiring *firing)
{
    for (guint i = 0; i < list->len; i++) {
        const FoveaLatentExample *other = g_ptr_array_index (list, i);
        if (other->sequence == firing->sequence &&
            ABS (other->position - firing->position) <= (gint64) latent->window)
            return TRUE;
    }
    return FALSE;
}

/* Magnitude of a side's codes above which there are many more than are shown; 0 = take all. A latent
 * may fire on half of the tokens, and sorting those for the sake of twenty takes longer than the rest. */
static double
find_cut (const FoveaSaeLatent *latent, gboolean positive)
{
    gint64 n = 0;
    for (guint i = 0; i < latent->intervals->len; i++) {
        const FoveaLatentInterval *interval = g_ptr_array_index (latent->intervals, i);
        if ((interval->to > 0) != positive)
            continue;
        n += interval->n;
        if (n >= CANDIDATES * (gint64) latent->most_examples)
            return positive ? interval->from : -interval->to;
    }
    return 0;
}

/* Takes firings of at least these magnitudes, the strongest first. */
static gboolean
take_above (
    FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, const double *cuts, GError **error)
{
    g_autoptr (GPtrArray) order = g_ptr_array_new ();
    for (guint i = 0; i < firings->len; i++) {
        FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        if (firing->value != 0 && fabs ((double) firing->value) >= cuts[firing->value > 0])
            g_ptr_array_add (order, firing);
    }
    g_ptr_array_sort (order, compare_firings);
    for (guint i = 0; i < order->len; i++) {
        g_autoptr (GError) failure = NULL;
        const FoveaFiring *firing = g_ptr_array_index (order, i);
        GPtrArray *list = firing->value > 0 ? latent->positive : latent->negative;
        guint at = (guint) (firing - (const FoveaFiring *) firings->data);
        if (list->len >= latent->most_examples || is_covered (latent, list, firing))
            continue;
        FoveaLatentExample *example = read_example (store, latent, firings, at, &failure);
        if (failure != NULL) {
            g_propagate_error (error, g_steal_pointer (&failure));
            return FALSE;
        }
        if (example != NULL)
            g_ptr_array_add (list, example);
    }
    return TRUE;
}

/* Windows keep others out, so the candidates may not be enough; what is among the examples already is
 * covered by itself. */
static gboolean
choose_examples (FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, GError **error)
{
    const double all[2] = {0, 0};
    const double cuts[2] = {find_cut (latent, FALSE), find_cut (latent, TRUE)};
    if (!take_above (store, latent, firings, cuts, error))
        return FALSE;
    gboolean enough = (cuts[0] == 0 || latent->negative->len >= latent->most_examples) &&
                      (cuts[1] == 0 || latent->positive->len >= latent->most_examples);
    return enough || take_above (store, latent, firings, all, error);
}

/* What was drawn from an interval, whole windows as the strongest have. */
static gboolean
cut_interval (FoveaStore *store,
              const FoveaSaeLatent *latent,
              FoveaLatentInterval *interval,
              GArray *firings,
              GError **error)
{
    for (guint c = 0; c < interval->chosen->len; c++) {
        g_autoptr (GError) failure = NULL;
        FoveaLatentExample *example = read_example (
            store, latent, firings, g_array_index (interval->chosen, guint, c), &failure);
        if (failure != NULL) {
            g_propagate_error (error, g_steal_pointer (&failure));
            return FALSE;
        }
        if (example != NULL)
            g_ptr_array_add (interval->examples, example);
    }
    return TRUE;
}

static gboolean
cut_drawn (FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, GError **error)
{
    for (guint i = 0; i < latent->intervals->len; i++)
        if (!cut_interval (store, latent, g_ptr_array_index (latent->intervals, i), firings, error))
            return FALSE;
    return TRUE;
}

gboolean
fovea_sae_latent_job_show (
    FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, gint64 n_rows, GError **error)
{
    gint64 last = -1;
    for (guint i = 0; latent->unit > 0 && i < firings->len; i++)
        g_array_index (firings, FoveaFiring, i).value *= (float) latent->unit;
    latent->n_rows = n_rows;
    for (guint i = 0; i < firings->len; i++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        fovea_sae_latent_count (latent, firing->value);
        latent->n_sequences += firing->sequence != last;
        last = firing->sequence;
    }
    fovea_sae_latent_draw (latent, firings);
    return choose_examples (store, latent, firings, error) &&
           cut_drawn (store, latent, firings, error);
}

gboolean
fovea_sae_latent_job_collect (
    FoveaStore *store, const char *hash, FoveaSaeLatent *latent, gboolean *found, GError **error)
{
    gint64 dictionary, n_tokens = 0;
    *found = FALSE;
    if (!fovea_store_find_dictionary (store, hash, &dictionary, &n_tokens, error))
        return FALSE;
    if (dictionary == 0)
        return TRUE;
    g_autoptr (GArray) firings =
        fovea_store_read_firings (store, dictionary, latent->latent, error);
    if (firings == NULL)
        return FALSE;
    *found = TRUE;
    return fovea_sae_latent_job_show (store, latent, firings, n_tokens, error);
}

FoveaLatentInterval *
fovea_sae_latent_job_collect_bins (FoveaStore *store,
                                   const char *hash,
                                   const FoveaSaeLatent *latent,
                                   const FoveaCodeBins *bins,
                                   guint n,
                                   GError **error)
{
    gint64 dictionary;
    if (!fovea_store_require_dictionary (store, hash, &dictionary, NULL, error))
        return NULL;
    g_autoptr (GArray) firings =
        fovea_store_read_firings (store, dictionary, latent->latent, error);
    if (firings == NULL)
        return NULL;
    for (guint i = 0; latent->unit > 0 && i < firings->len; i++)
        g_array_index (firings, FoveaFiring, i).value *= (float) latent->unit;
    g_autoptr (FoveaLatentInterval) interval =
        fovea_sae_latent_draw_bins (latent, firings, bins, n);
    return cut_interval (store, latent, interval, firings, error) ? g_steal_pointer (&interval)
                                                                  : NULL;
}

/* Not found: the run did not keep the layer's attention, which is no failure. */
static gboolean
attribute_example (FoveaStore *store,
                   const FoveaSae *sae,
                   const FoveaSaeLatent *latent,
                   FoveaLatentExample *example,
                   GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, example->sequence, error);
    if (trace == NULL)
        return FALSE;
    g_free (example->sources);
    example->sources = fovea_sae_attribute_window (sae, latent->latent, trace, example->position,
                                                   example->first, example->n, &failure);
    for (guint i = 0; example->sources != NULL && latent->unit > 0 && i < example->n; i++)
        example->sources[i] *= (float) latent->unit;
    if (failure == NULL || g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND) ||
        g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

gboolean
fovea_sae_latent_job_attribute (FoveaStore *store,
                                const FoveaSae *sae,
                                FoveaSaeLatent *latent,
                                GError **error)
{
    GPtrArray *lists[] = {latent->positive, latent->negative};
    guint layer;
    if (!fovea_sae_parse_site (fovea_sae_get_metadata (sae, "hook_name"), "attn.hook_z", &layer))
        return TRUE;
    for (guint side = 0; side < G_N_ELEMENTS (lists); side++)
        for (guint i = 0; i < lists[side]->len; i++)
            if (!attribute_example (store, sae, latent, g_ptr_array_index (lists[side], i), error))
                return FALSE;
    return TRUE;
}

/* Every sequence with codes adds its rows. */
static gboolean
add_codes (FoveaStore *store,
           gint64 dictionary,
           FoveaSaeLatent *latent,
           FoveaSaeCorrelation **correlation,
           GCancellable *cancellable,
           GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, error);
    for (guint i = 0; sequences != NULL && i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        g_autofree gint64 *positions = NULL;
        g_autoptr (GError) failure = NULL;
        g_autoptr (FoveaSaeCodes) codes =
            fovea_store_read_codes (store, dictionary, sequence->id, &positions, &failure);
        /* Captured after the codes were kept. */
        if (g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
            continue;
        if (codes == NULL) {
            g_propagate_error (error, g_steal_pointer (&failure));
            return FALSE;
        }
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        if (*correlation == NULL)
            *correlation = fovea_sae_correlation_new (latent->latent, codes->n_latents);
        if (codes->n_latents > latent->latent)
            fovea_sae_correlation_add (*correlation, codes);
    }
    return sequences != NULL;
}

gboolean
fovea_sae_latent_job_correlate (FoveaStore *store,
                                const char *hash,
                                FoveaSaeLatent *latent,
                                guint n,
                                GCancellable *cancellable,
                                GError **error)
{
    gint64 dictionary;
    g_autoptr (FoveaSaeCorrelation) correlation = NULL;
    if (!fovea_store_require_dictionary (store, hash, &dictionary, NULL, error) ||
        !add_codes (store, dictionary, latent, &correlation, cancellable, error))
        return FALSE;
    if (correlation == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s has no sequence any more that was encoded with this autoencoder",
                     fovea_store_get_path (store));
        return FALSE;
    }
    g_array_unref (latent->correlated);
    latent->correlated = fovea_sae_correlation_list (correlation, n);
    return TRUE;
}
