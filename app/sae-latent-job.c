/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Firings are offered from the strongest on, so each side is full after about as many as it shows. */
#include "app/sae-latent-job.h"

#include <math.h>

#include "analysis/sae-attribution.h"
#include "analysis/sae-reading.h"
#include "storage/code-rows.h"

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

/* Codes along a sequence of @T tokens, one of whose firings is the @at-th: they stand together. */
static float *
make_dense (GArray *firings, guint at, gint64 T)
{
    float *dense = g_new0 (float, (gsize) T);
    gint64 sequence = g_array_index (firings, FoveaFiring, at).sequence;
    while (at > 0 && g_array_index (firings, FoveaFiring, at - 1).sequence == sequence)
        at--;
    for (; at < firings->len; at++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, at);
        if (firing->sequence != sequence)
            break;
        if (firing->position >= 0 && firing->position < T)
            dense[firing->position] = firing->value;
    }
    return dense;
}

/* A sequence that an example may be in. */
typedef struct {
    FoveaTrace *trace;
    float *dense; /* (T) */
} Sequence;

static void
free_sequence (gpointer data)
{
    Sequence *sequence = data;
    fovea_trace_unref (sequence->trace);
    g_free (sequence->dense);
    g_free (sequence);
}

/* Opened once, however many of the latent's firings are in it. */
static const Sequence *
get_sequence (GHashTable *opened, FoveaStore *store, GArray *firings, guint at, GError **error)
{
    const gint64 *id = &g_array_index (firings, FoveaFiring, at).sequence;
    Sequence *sequence = g_hash_table_lookup (opened, id);
    if (sequence != NULL)
        return sequence;
    FoveaTrace *trace = fovea_store_open_trace (store, *id, error);
    if (trace == NULL)
        return NULL;
    sequence = g_new0 (Sequence, 1);
    sequence->trace = trace;
    sequence->dense = make_dense (firings, at, fovea_trace_get_info (trace)->n_tokens);
    g_hash_table_insert (opened, (gpointer) id, sequence);
    return sequence;
}

/* A store that somebody wrote to may name a token that there is not. */
static gboolean
is_there (const Sequence *sequence, const FoveaFiring *firing)
{
    return firing->position >= 0 &&
           firing->position < fovea_trace_get_info (sequence->trace)->n_tokens &&
           sequence->dense[firing->position] == firing->value;
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

/* Offers firings of at least these magnitudes, the strongest first. */
static gboolean
offer_above (FoveaStore *store,
             FoveaSaeLatent *latent,
             GArray *firings,
             const double *cuts,
             GHashTable *opened,
             GError **error)
{
    g_autoptr (GPtrArray) order = g_ptr_array_new ();
    for (guint i = 0; i < firings->len; i++) {
        FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        if (firing->value != 0 && fabs ((double) firing->value) >= cuts[firing->value > 0])
            g_ptr_array_add (order, firing);
    }
    g_ptr_array_sort (order, compare_firings);
    for (guint i = 0; i < order->len; i++) {
        const FoveaFiring *firing = g_ptr_array_index (order, i);
        GPtrArray *list = firing->value > 0 ? latent->positive : latent->negative;
        guint at = (guint) (firing - (const FoveaFiring *) firings->data);
        if (list->len >= latent->most_examples)
            continue;
        const Sequence *sequence = get_sequence (opened, store, firings, at, error);
        if (sequence == NULL)
            return FALSE;
        if (is_there (sequence, firing))
            fovea_sae_latent_offer (latent, firing->sequence,
                                    fovea_trace_get_info (sequence->trace), sequence->dense,
                                    firing->position);
    }
    return TRUE;
}

/* Windows keep others out, so the candidates may not be enough; what is among the examples already
 * is not taken twice. */
static gboolean
choose_examples (
    FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, GHashTable *opened, GError **error)
{
    const double all[2] = {0, 0};
    const double cuts[2] = {find_cut (latent, FALSE), find_cut (latent, TRUE)};
    if (!offer_above (store, latent, firings, cuts, opened, error))
        return FALSE;
    gboolean enough = (cuts[0] == 0 || latent->negative->len >= latent->most_examples) &&
                      (cuts[1] == 0 || latent->positive->len >= latent->most_examples);
    return enough || offer_above (store, latent, firings, all, opened, error);
}

/* What was drawn from each interval, whole windows as the strongest have. */
static gboolean
cut_drawn (
    FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, GHashTable *opened, GError **error)
{
    for (guint i = 0; i < latent->intervals->len; i++) {
        FoveaLatentInterval *interval = g_ptr_array_index (latent->intervals, i);
        for (guint c = 0; c < interval->chosen->len; c++) {
            guint at = g_array_index (interval->chosen, guint, c);
            const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, at);
            const Sequence *sequence = get_sequence (opened, store, firings, at, error);
            if (sequence == NULL)
                return FALSE;
            const FoveaTraceInfo *info = fovea_trace_get_info (sequence->trace);
            if (is_there (sequence, firing))
                g_ptr_array_add (interval->examples,
                                 fovea_sae_latent_cut (latent, firing->sequence, info,
                                                       sequence->dense, firing->position));
        }
    }
    return TRUE;
}

gboolean
fovea_sae_latent_job_show (
    FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, gint64 n_rows, GError **error)
{
    g_autoptr (GHashTable) opened =
        g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_sequence);
    gint64 last = -1;
    latent->n_rows = n_rows;
    for (guint i = 0; i < firings->len; i++) {
        const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, i);
        fovea_sae_latent_count (latent, firing->value);
        latent->n_sequences += firing->sequence != last;
        last = firing->sequence;
    }
    fovea_sae_latent_draw (latent, firings);
    return choose_examples (store, latent, firings, opened, error) &&
           cut_drawn (store, latent, firings, opened, error);
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

/* Not found: the run did not keep the layer's attention, which is no failure. */
static gboolean
attribute_example (FoveaStore *store,
                   const FoveaSae *sae,
                   gint32 latent,
                   FoveaLatentExample *example,
                   GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, example->sequence, error);
    if (trace == NULL)
        return FALSE;
    g_free (example->sources);
    example->sources = fovea_sae_attribute_window (sae, latent, trace, example->position,
                                                   example->first, example->n, &failure);
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
            if (!attribute_example (store, sae, latent->latent, g_ptr_array_index (lists[side], i),
                                    error))
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
    if (!fovea_store_find_dictionary (store, hash, &dictionary, NULL, error) ||
        !add_codes (store, dictionary, latent, &correlation, cancellable, error))
        return FALSE;
    if (correlation == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s has no codes of this autoencoder ('fovea sae encode' keeps them)",
                     fovea_store_get_path (store));
        return FALSE;
    }
    g_array_unref (latent->correlated);
    latent->correlated = fovea_sae_correlation_list (correlation, n);
    return TRUE;
}
