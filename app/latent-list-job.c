/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sequence that came into the store after it was encoded has no codes yet and is passed over. */
#include "app/latent-list-job.h"

#include <json-glib/json-glib.h>

#include "analysis/sae-file.h"
#include "analysis/sae-fold.h"
#include "capture/json.h"

static gboolean
add_sequence (FoveaLatentList *list,
              FoveaStore *store,
              const FoveaDictionaryInfo *dictionary,
              gint64 sequence,
              GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autofree gint64 *positions = NULL;
    g_autoptr (FoveaSaeCodes) codes =
        fovea_store_read_codes (store, dictionary->id, sequence, &positions, &failure);
    if (g_error_matches (failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
        return TRUE;
    if (codes == NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, sequence, error);
    return trace != NULL &&
           fovea_latent_list_add (list, fovea_trace_get_info (trace), positions, codes, error);
}

FoveaLatentList *
fovea_latent_list_job_read (FoveaStore *store,
                            const FoveaDictionaryInfo *dictionary,
                            FoveaProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, error);
    g_autoptr (FoveaLatentList) list = fovea_latent_list_new (dictionary->n_latents);
    for (guint i = 0; sequences != NULL && i < sequences->len; i++) {
        const FoveaSequenceInfo *sequence = g_ptr_array_index (sequences, i);
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !add_sequence (list, store, dictionary, sequence->id, error))
            return NULL;
        if (progress != NULL)
            progress (progress_data, i + 1, sequences->len);
    }
    return sequences != NULL ? g_steal_pointer (&list) : NULL;
}

/* FoveaSaeVisit. */
static gboolean
keep_portion (gpointer data, const FoveaSaePortion *portion, GError **error)
{
    return fovea_code_writer_add (data, portion->sequence->id, portion->positions, portion->codes,
                                  error);
}

/* FoveaSaeSkip. */
static gboolean
is_kept (gpointer data, gint64 sequence)
{
    return fovea_code_writer_has (data, sequence);
}

/* What the numbers of codes depend on beside the autoencoder: where rows come from, and what computes. Codes
 * of other options never stand among them.   Owner: caller. */
static char *
print_options (const FoveaSaeRequest *request, const char *model_hash)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "model");
    json_builder_add_string_value (builder, model_hash);
    json_builder_set_member_name (builder, "all_tokens");
    json_builder_add_boolean_value (builder, request->all_tokens);
    json_builder_set_member_name (builder, "device");
    json_builder_add_string_value (builder, request->device != NULL ? request->device : "cpu");
    json_builder_set_member_name (builder, "threads");
    json_builder_add_int_value (builder, request->threads);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

gboolean
fovea_encoding_read_options (const char *options, gboolean *runs_model)
{
    g_autoptr (JsonNode) root = json_from_string (options, NULL);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
        return FALSE;
    JsonObject *object = json_node_get_object (root);
    const char *model = fovea_json_get_text (object, "model");
    if (model == NULL)
        return FALSE; /* it is no text */
    const FoveaSaeRequest plain = {0};
    g_autofree char *expected = print_options (&plain, model);
    *runs_model = *model != '\0';
    return g_str_equal (options, expected);
}

static FoveaCodeWriter *
open_writer (const FoveaSaeRequest *request,
             const char *name,
             FoveaEncoding *encoding,
             GCancellable *cancellable,
             GError **error)
{
    const FoveaSae *sae = request->sae;
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    const char *model_hash =
        request->opened != NULL ? fovea_model_get_hash (request->opened, cancellable, error) : "";
    if (model_hash == NULL)
        return NULL;
    g_autofree char *options = print_options (request, model_hash);
    const FoveaDictionary dictionary = {encoding->hash,
                                        name,
                                        site != NULL ? site : "",
                                        fovea_sae_architecture_name (sae->architecture),
                                        sae->d_sae,
                                        options};
    return fovea_code_writer_new (request->store, &dictionary, error);
}

/* How far it is. What cannot be read now is told by whoever reads next. */
static void
count_encoded (FoveaStore *store, FoveaEncoding *encoding)
{
    g_autoptr (GPtrArray) unfinished = fovea_store_list_unfinished_dictionaries (store, NULL);
    const FoveaDictionaryInfo *info =
        unfinished != NULL ? fovea_dictionaries_find (unfinished, encoding->hash) : NULL;
    encoding->n_encoded = info != NULL ? info->n_sequences : 0;
    encoding->n_all = info != NULL ? info->n_all : 0;
}

void
fovea_encoding_clear (FoveaEncoding *encoding)
{
    g_clear_pointer (&encoding->hash, g_free);
}

gboolean
fovea_latent_list_job_encode (const FoveaSaeRequest *asked,
                              const char *name,
                              FoveaEncoding *encoding,
                              FoveaProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GError **error)
{
    FoveaSaeRequest request = *asked;
    g_autoptr (FoveaModel) model = NULL;
    *encoding = (FoveaEncoding){.hash = fovea_sae_hash ((FoveaSae *) request.sae)}; /* only reads */
    if (!fovea_store_require_idle (request.store, FOVEA_WRITER_CODES, error))
        return FALSE; /* before a model is read for nothing */
    if (request.model != NULL && (model = fovea_model_open (request.model, error)) == NULL)
        return FALSE;
    request.opened = model;
    FoveaCodeWriter *writer = open_writer (&request, name, encoding, cancellable, error);
    if (writer == NULL)
        return FALSE;
    request.skip = is_kept;
    request.skip_data = writer;
    encoding->n_kept = fovea_code_writer_get_n_kept (writer);
    gboolean done = fovea_sae_job_visit (&request, keep_portion, writer, progress, progress_data,
                                         cancellable, error) &&
                    fovea_code_writer_finish (writer, cancellable, error);
    fovea_code_writer_free (writer); /* commits what waits */
    count_encoded (request.store, encoding);
    return done;
}
