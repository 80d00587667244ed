/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A source's functions open the store for themselves, as all of the window does; weights are loaded
 * once, and the model when the first latent asks for it. */
#include "app/window/features-task.h"

#include <glib/gi18n.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "analysis/sae-fold.h"
#include "app/job-time.h"
#include "app/latent-figure.h"
#include "app/latent-list-job.h"
#include "app/sae-latent-job.h"
#include "app/window/dictionary-folders.h"
#include "app/window/run-model.h"
#include "ui/background.h"
#include "ui/token-text.h"

/* What a source's functions work on. */
typedef struct {
    char *path, *hash;
    gint64 run;
    char **models;
    char *folder;  /* NULL = not known */
    FoveaSae *sae; /* of the folder */
    GMutex mutex;  /* of the model */
    FoveaModel *model;
    char *model_name;
    gboolean looked; /* for the model */
} Source;

static void
source_free (gpointer data)
{
    Source *source = data;
    g_clear_pointer (&source->sae, fovea_sae_free);
    g_clear_pointer (&source->model, fovea_model_unref);
    g_mutex_clear (&source->mutex);
    g_free (source->folder);
    g_free (source->model_name);
    g_free (source->path);
    g_free (source->hash);
    g_strfreev (source->models);
    g_free (source);
}

/* Looked for once; without it a latent has no effects, which the view says. */
static FoveaModel *
get_model (Source *source, FoveaStore *store, GCancellable *cancellable)
{
    g_mutex_lock (&source->mutex);
    if (!source->looked) {
        g_autofree char *name = fovea_run_model_find (
            store, source->run, (const char *const *) source->models, cancellable);
        source->model = name != NULL ? fovea_model_open (name, NULL) : NULL;
        source->model_name = source->model != NULL ? g_steal_pointer (&name) : NULL;
        /* Found is found: whoever asks next would open a second one over the first. */
        source->looked = source->model != NULL || !g_cancellable_is_cancelled (cancellable);
    }
    g_mutex_unlock (&source->mutex);
    return source->model;
}

static FoveaSaeLatent *
read_latent (gpointer data, gint32 latent, GCancellable *cancellable, GError **error)
{
    Source *source = data;
    gboolean found;
    g_autoptr (FoveaSaeLatent) page =
        fovea_sae_latent_new (latent, FOVEA_LATENT_EXAMPLES, FOVEA_LATENT_WINDOW);
    g_autoptr (FoveaStore) store = fovea_store_open (source->path, FOVEA_STORE_READ, error);
    if (store == NULL || !fovea_sae_latent_job_collect (store, source->hash, page, &found, error) ||
        g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    if (!found) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "store '%s' has no codes of this dictionary any more", source->path);
        return NULL;
    }
    if (source->sae != NULL) {
        FoveaModel *model = get_model (source, store, cancellable);
        fovea_sae_latent_set_neighbours (page, source->sae, FOVEA_LATENT_NEIGHBOURS);
        if (model !=
            NULL) /* a site that does not write into the stream has no effects: no failure */
            fovea_sae_latent_set_effects (page, source->sae, model, FOVEA_LATENT_EFFECTS, NULL);
    }
    return g_steal_pointer (&page);
}

static FoveaLatentInterval *
read_bins (gpointer data, gint32 latent, const FoveaCodeBins *bins, guint n, GError **error)
{
    Source *source = data;
    g_autoptr (FoveaSaeLatent) page = fovea_sae_latent_new (latent, n, FOVEA_LATENT_WINDOW);
    g_autoptr (FoveaStore) store = fovea_store_open (source->path, FOVEA_STORE_READ, error);
    return store != NULL
               ? fovea_sae_latent_job_collect_bins (store, source->hash, page, bins, n, error)
               : NULL;
}

static FoveaSaeCodes *
read_codes (gpointer data, gint64 sequence, gint64 **positions, GError **error)
{
    Source *source = data;
    gint64 dictionary = 0;
    g_autoptr (FoveaStore) store = fovea_store_open (source->path, FOVEA_STORE_READ, error);
    if (store == NULL ||
        !fovea_store_find_dictionary (store, source->hash, &dictionary, NULL, error))
        return NULL;
    return fovea_store_read_codes (store, dictionary, sequence, positions, error);
}

/* Sources of the codes are told nowhere else, hence they are looked for now. */
static char *
print_json (gpointer data, FoveaSaeLatent *latent, GError **error)
{
    Source *source = data;
    g_return_val_if_fail (source->sae != NULL, NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (source->path, FOVEA_STORE_READ, error);
    if (store == NULL || !fovea_sae_latent_job_attribute (store, source->sae, latent, error))
        return NULL;
    return fovea_sae_latent_print_json (latent, source->sae);
}

/* What a shell takes as one word; the bundled model's short name needs no quotes. */
static char *
quote (const char *word)
{
    return g_strcmp0 (word, "demo") == 0 ? g_strdup (word) : g_shell_quote (word);
}

static char *
print_command (gpointer data, gint32 latent, const char *path)
{
    Source *source = data;
    g_autofree char *store = g_shell_quote (source->path), *output = g_shell_quote (path);
    g_autofree char *folder =
        source->folder != NULL ? g_shell_quote (source->folder) : g_strdup ("FOLDER");
    g_mutex_lock (&source->mutex);
    g_autofree char *model = source->model_name != NULL ? quote (source->model_name) : NULL;
    g_mutex_unlock (&source->mutex);
    return g_strdup_printf ("fovea sae dashboard %s %s --latent %d%s%s -o %s", folder, store,
                            latent, model != NULL ? " --model " : "", model != NULL ? model : "",
                            output);
}

static const FoveaFeatureFunctions functions = {
    read_latent, read_bins, read_codes, print_json, print_command, source_free,
};

/* Requests and results. */

void
fovea_features_request_free (FoveaFeaturesRequest *request)
{
    if (request == NULL)
        return;
    g_free (request->path);
    g_free (request->model_name);
    g_free (request->folder);
    g_free (request->hash);
    g_free (request->model);
    g_strfreev (request->models);
    g_free (request);
}

static void
offer_free (gpointer data)
{
    FoveaDictionaryOffer *offer = data;
    g_free (offer->hash);
    g_free (offer->folder);
    g_free (offer->label);
    g_free (offer->begun);
    g_free (offer->rest);
    g_free (offer);
}

void
fovea_features_free (FoveaFeatures *features)
{
    if (features == NULL)
        return;
    g_clear_pointer (&features->source, fovea_feature_source_unref);
    g_clear_pointer (&features->offers, g_ptr_array_unref);
    g_free (features->command);
    g_free (features);
}

/* The same from a shell. */
static char *
make_command (const FoveaFeaturesRequest *request)
{
    g_autofree char *folder = g_shell_quote (request->folder);
    g_autofree char *path = g_shell_quote (request->path);
    g_autofree char *model = request->model != NULL ? quote (request->model) : NULL;
    return model == NULL
               ? g_strdup_printf ("fovea sae encode %s %s", folder, path)
               : g_strdup_printf ("fovea sae encode %s %s --model %s", folder, path, model);
}

/* Opening. */

static FoveaDictionaryOffer *
add_offer (
    GPtrArray *offers, const char *hash, const char *folder, const char *name, const char *site)
{
    FoveaDictionaryOffer *offer = g_new0 (FoveaDictionaryOffer, 1);
    offer->hash = g_strdup (hash);
    offer->folder = g_strdup (folder);
    offer->label = g_strdup_printf ("%s · %s", name, site != NULL && *site != '\0' ? site : "?");
    g_ptr_array_add (offers, offer);
    return offer;
}

/* "12 of 20 sequences".   Owner: caller. */
static char *
describe_encoded (const FoveaDictionaryInfo *info)
{
    g_autofree char *n = fovea_number_text (info->n_sequences);
    g_autofree char *all = fovea_number_text (info->n_all);
    return g_strdup_printf (_ ("%s of %s sequences"), n, all);
}

/* One with codes; what was captured after it was encoded has none. With options of its own, say for one run, it is
 * as it was wanted. */
static void
add_encoded (GPtrArray *offers, const FoveaDictionaryInfo *info)
{
    gboolean runs_model;
    g_autofree char *folder = fovea_dictionary_folders_find (info->hash);
    FoveaDictionaryOffer *offer = add_offer (offers, info->hash, folder, info->name, info->site);
    if (info->n_sequences < info->n_all && fovea_encoding_read_options (info->options, &runs_model))
        offer->rest = describe_encoded (info);
}

/* Those whose encoding was stopped, if they can be gone on with: how far they are. */
static void
add_begun (GPtrArray *offers, GPtrArray *dictionaries, GPtrArray *unfinished)
{
    gboolean runs_model;
    for (guint i = unfinished->len; i-- > 0;) {
        const FoveaDictionaryInfo *info = g_ptr_array_index (unfinished, i);
        g_autofree char *folder = fovea_dictionary_folders_find (info->hash);
        if (folder == NULL || fovea_dictionaries_find (dictionaries, info->hash) != NULL ||
            !fovea_encoding_read_options (info->options, &runs_model))
            continue;
        add_offer (offers, NULL, folder, info->name, info->site)->begun = describe_encoded (info);
    }
}

/* Dictionaries with codes, newest first, then those that come with the program for its own model.
 * Their folders are noted by hash on the way, so that codes made by the command have them too. */
static GPtrArray *
list_offers (GPtrArray *dictionaries, GPtrArray *unfinished, const char *model_name)
{
    GPtrArray *offers = g_ptr_array_new_with_free_func (offer_free);
    g_auto (GStrv) bundled = g_strcmp0 (model_name, "fovea-demo") == 0
                                 ? fovea_dictionary_folders_list_bundled ()
                                 : g_new0 (char *, 1);
    GPtrArray *others = g_ptr_array_new_with_free_func (offer_free);
    for (guint i = 0; bundled[i] != NULL; i++) {
        g_autoptr (FoveaSae) sae = fovea_sae_load (bundled[i], NULL);
        if (sae == NULL)
            continue;
        g_autofree char *hash = fovea_sae_hash (sae);
        g_autofree char *name = g_path_get_basename (bundled[i]);
        g_autofree char *known = fovea_dictionary_folders_find (hash);
        if (known == NULL)
            fovea_dictionary_folders_keep (hash, bundled[i]);
        if (fovea_dictionaries_find (dictionaries, hash) == NULL &&
            fovea_dictionaries_find (unfinished, hash) == NULL)
            add_offer (others, NULL, bundled[i], name, fovea_sae_get_metadata (sae, "hook_name"));
    }
    for (guint i = dictionaries->len; i-- > 0;)
        add_encoded (offers, g_ptr_array_index (dictionaries, i));
    add_begun (offers, dictionaries, unfinished);
    g_ptr_array_extend_and_steal (offers, others);
    return offers;
}

/* A folder whose numbers have changed since is another dictionary's. */
static void
load_weights (Source *source, const char *wanted)
{
    g_autofree char *folder =
        wanted != NULL ? g_strdup (wanted) : fovea_dictionary_folders_find (source->hash);
    g_autoptr (FoveaSae) sae = folder != NULL ? fovea_sae_load (folder, NULL) : NULL;
    g_autofree char *found = sae != NULL ? fovea_sae_hash (sae) : NULL;
    if (g_strcmp0 (found, source->hash) != 0)
        return;
    source->sae = g_steal_pointer (&sae);
    source->folder = g_steal_pointer (&folder);
}

static void
find_norms (const FoveaSae *sae, double *norms)
{
    g_autofree float *all = fovea_sae_decoder_norms (sae);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        norms[0] = j == 0 ? (double) all[j] : MIN (norms[0], (double) all[j]);
        norms[1] = MAX (norms[1], (double) all[j]);
    }
}

static FoveaFeatureSource *
make_source (const FoveaFeaturesRequest *request,
             const FoveaDictionaryInfo *dictionary,
             FoveaLatentList *list)
{
    Source *source = g_new0 (Source, 1);
    FoveaDictionaryFacts *facts = g_new0 (FoveaDictionaryFacts, 1);
    int architecture = fovea_sae_architecture_from_name (dictionary->architecture);
    g_mutex_init (&source->mutex);
    source->path = g_strdup (request->path);
    source->hash = g_strdup (dictionary->hash);
    source->run = request->run;
    source->models = g_strdupv (request->models);
    load_weights (source, request->folder);
    facts->hash = g_strdup (dictionary->hash);
    facts->name = g_strdup (dictionary->name);
    facts->site = g_strdup (dictionary->site);
    facts->architecture = g_strdup (dictionary->architecture);
    facts->has_signs =
        architecture >= 0 && fovea_sae_has_signs ((FoveaSaeArchitecture) architecture);
    facts->has_weights = source->sae != NULL;
    if (source->sae != NULL) {
        find_norms (source->sae, facts->norms);
        facts->k = fovea_sae_has_k (source->sae->architecture) ? source->sae->k : 0;
        facts->fold = g_strdup (fovea_sae_get_metadata (source->sae, "fovea_folded") != NULL
                                    ? _ ("decoder norm folded")
                                    : _ ("as stored"));
    }
    return fovea_feature_source_new (facts, list, &functions, source);
}

static FoveaFeatures *
open_features (const FoveaFeaturesRequest *request, GCancellable *cancellable, GError **error)
{
    g_autoptr (FoveaFeatures) features = g_new0 (FoveaFeatures, 1);
    g_autoptr (FoveaStore) store = fovea_store_open (request->path, FOVEA_STORE_READ, error);
    g_autoptr (GPtrArray) dictionaries =
        store != NULL ? fovea_store_list_dictionaries (store, error) : NULL;
    g_autoptr (GPtrArray) unfinished =
        dictionaries != NULL ? fovea_store_list_unfinished_dictionaries (store, error) : NULL;
    if (unfinished == NULL) {
        g_prefix_error (error, _ ("List of dictionaries: "));
        return NULL;
    }
    features->offers = list_offers (dictionaries, unfinished, request->model_name);
    const FoveaDictionaryInfo *wanted = fovea_dictionaries_find (dictionaries, request->hash);
    if (wanted == NULL && dictionaries->len > 0)
        wanted = g_ptr_array_index (dictionaries, dictionaries->len - 1);
    if (wanted != NULL) {
        g_autoptr (FoveaLatentList) list =
            fovea_latent_list_job_read (store, wanted, NULL, NULL, cancellable, error);
        if (list == NULL) {
            /* Translators: "Dictionary abstopk on blocks.3.hook_resid_post: " and what went wrong */
            g_prefix_error (error, _ ("Dictionary %s on %s: "), wanted->name, wanted->site);
            return NULL;
        }
        features->source = make_source (request, wanted, list);
    }
    return g_steal_pointer (&features);
}

/* Encoding. */

typedef struct {
    FoveaFeaturesRequest *request;
    FoveaRelay *relay;       /* NULL = nothing is encoded */
    gint64 started;          /* encoding, us of the monotonic clock */
    gint64 first;            /* sequences that were encoded then; -1 = it has not begun */
    gint64 n_encoded, n_all; /* of an encoding that did not end */
} Work;

static void
work_free (gpointer data)
{
    Work *work = data;
    fovea_features_request_free (work->request);
    g_clear_pointer (&work->relay, fovea_relay_unref);
    g_free (work);
}

/* FoveaProgress. What was there took no time. */
static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    Work *work = data;
    if (work->first >= 0) {
        fovea_relay_post_sequences (work->relay, done, total,
                                    fovea_job_time_begin (work->started, work->first, done), 0);
        return;
    }
    work->first = done;
    work->started = g_get_monotonic_time ();
    g_autofree char *kept = fovea_number_text (done), *all = fovea_number_text (total);
    if (done > 0)
        fovea_relay_post (
            work->relay, (double) done / (double) total,
            g_strdup_printf (_ ("%s of %s sequences are kept, goes on there"), kept, all));
}

/* Where one of the same that was stopped, or lacks sequences, took its rows from the store, one that goes on with
 * it does, too. */
static gboolean
wants_model (FoveaStore *store, const char *hash)
{
    g_autoptr (GPtrArray) unfinished = fovea_store_list_unfinished_dictionaries (store, NULL);
    g_autoptr (GPtrArray) finished = fovea_store_list_dictionaries (store, NULL);
    const FoveaDictionaryInfo *info =
        unfinished != NULL ? fovea_dictionaries_find (unfinished, hash) : NULL;
    gboolean runs_model;
    if (info == NULL && finished != NULL)
        info = fovea_dictionaries_find (finished, hash);
    if (info != NULL && info->finished && info->n_sequences == info->n_all)
        info = NULL; /* it is made anew */
    return info == NULL || !fovea_encoding_read_options (info->options, &runs_model) || runs_model;
}

/* The run's model is run again where the store does not keep the site. */
static gboolean
encode (Work *work, GCancellable *cancellable, GError **error)
{
    FoveaFeaturesRequest *asked = work->request;
    g_autoptr (FoveaSae) sae = fovea_sae_load (asked->folder, error);
    g_autoptr (FoveaStore) store =
        sae != NULL ? fovea_store_open (asked->path, FOVEA_STORE_WRITE, error) : NULL;
    if (store == NULL)
        return FALSE;
    g_autofree char *name = g_path_get_basename (asked->folder);
    g_auto (FoveaEncoding) encoding = {0};
    asked->hash = fovea_sae_hash (sae);
    /* Whoever finds it unfinished goes on from there. */
    fovea_dictionary_folders_keep (asked->hash, asked->folder);
    if (!fovea_store_require_idle (store, FOVEA_WRITER_CODES, error))
        return FALSE;
    if (wants_model (store, asked->hash))
        asked->model = fovea_run_model_find (store, asked->run, (const char *const *) asked->models,
                                             cancellable);
    const FoveaSaeRequest request = {
        .sae = sae,
        .store = store,
        .model = asked->model,
    };
    gboolean done = fovea_latent_list_job_encode (&request, name, &encoding, on_progress, work,
                                                  cancellable, error);
    work->n_encoded = encoding.n_encoded;
    work->n_all = encoding.n_all;
    return done;
}

static void
run (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    FoveaFeatures *features = work->relay == NULL || encode (work, cancellable, &error)
                                  ? open_features (work->request, cancellable, &error)
                                  : NULL;
    if (features != NULL && work->relay != NULL)
        features->command = make_command (work->request);
    if (features != NULL)
        g_task_return_pointer (task, features, (GDestroyNotify) fovea_features_free);
    else
        g_task_return_error (task, error);
}

static void
start (FoveaFeaturesRequest *request,
       FoveaRelay *relay,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    Work *work = g_new0 (Work, 1);
    work->request = request;
    work->first = -1;
    work->relay = relay != NULL ? fovea_relay_ref (relay) : NULL;
    g_task_set_source_tag (task, start);
    g_task_set_task_data (task, work, work_free);
    fovea_background_run (task, relay != NULL ? FOVEA_BACKGROUND_JOB : FOVEA_BACKGROUND_LOOK, run);
}

void
fovea_features_task_open_async (FoveaFeaturesRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
    start (request, NULL, cancellable, callback, data);
}

void
fovea_features_task_encode_async (FoveaFeaturesRequest *request,
                                  FoveaRelay *relay,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
    start (request, relay, cancellable, callback, data);
}

FoveaFeatures *
fovea_features_task_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

gint64
fovea_features_task_get_encoded (GAsyncResult *result, gint64 *n_all)
{
    const Work *work = g_task_get_task_data (G_TASK (result));
    *n_all = work->n_all;
    return work->n_encoded;
}
