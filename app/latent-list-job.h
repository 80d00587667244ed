/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The codes that a store keeps of a dictionary: made, and read as a list of latents. */
#include "analysis/latent-list.h"
#include "app/sae-job.h"
#include "storage/dictionary.h"

/**
 * fovea_latent_list_job_read:
 * @progress: (nullable) (scope call): counts sequences
 *
 * One pass over the codes of every sequence that was encoded.
 *
 * Errors: FOVEA_ERROR_STORE; G_IO_ERROR_CANCELLED.   Thread: the store's; blocks.   Owner: caller.
 */
FoveaLatentList *fovea_latent_list_job_read (FoveaStore *store,
                                             const FoveaDictionaryInfo *dictionary,
                                             FoveaProgress progress,
                                             gpointer progress_data,
                                             GCancellable *cancellable,
                                             GError **error);

/* How an encoding went. */
typedef struct {
    char *hash;              /* of the dictionary */
    guint n_kept;            /* sequences that it went on behind */
    gint64 n_encoded, n_all; /* of one that was stopped: sequences that stay encoded; 0 = none */
} FoveaEncoding;

/**
 * fovea_encoding_clear:
 *
 * Thread: any.
 */
void fovea_encoding_clear (FoveaEncoding *encoding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaEncoding, fovea_encoding_clear)

/**
 * fovea_encoding_read_options:
 * @options: of an encoding that is not finished
 * @runs_model: (out): whether its rows come from a model, not from the store
 *
 * FALSE if it is not one that a request with only a model or none goes on with.   Thread: any.
 */
gboolean fovea_encoding_read_options (const char *options, gboolean *runs_model);

/**
 * fovea_latent_list_job_encode:
 * @asked: its store opened for writing
 * @name: of the dictionary, its folder's
 * @encoding: (out caller-allocates): filled however it ends
 *
 * Keeps the codes of every sequence. If it fails or is cancelled, those of the sequences that were done stay
 * in the store, where nobody takes them for all; the next of the same dictionary, model and device goes on
 * behind them, to the same bytes. @progress begins at what was kept.
 *
 * Errors: those of fovea_sae_job_visit() and storage/code-rows.h.   Thread: the store's; blocks.
 */
gboolean fovea_latent_list_job_encode (const FoveaSaeRequest *asked,
                                       const char *name,
                                       FoveaEncoding *encoding,
                                       FoveaProgress progress,
                                       gpointer progress_data,
                                       GCancellable *cancellable,
                                       GError **error);
