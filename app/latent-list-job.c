/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sequence that came into the store after it was encoded has no codes yet and is passed over. */
#include "app/latent-list-job.h"

#include "analysis/sae-file.h"
#include "analysis/sae-fold.h"

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

gboolean
fovea_latent_list_job_encode (const FoveaSaeRequest *request,
                              const char *name,
                              FoveaProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GError **error)
{
    const FoveaSae *sae = request->sae;
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    g_autofree char *hash = fovea_sae_hash ((FoveaSae *) sae); /* only reads */
    const FoveaDictionary dictionary = {hash, name, site != NULL ? site : "",
                                        fovea_sae_architecture_name (sae->architecture),
                                        sae->d_sae};
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (request->store, &dictionary, error);
    return writer != NULL &&
           fovea_sae_job_visit (request, keep_portion, writer, progress, progress_data, cancellable,
                                error) &&
           fovea_code_writer_finish (writer, error);
}
