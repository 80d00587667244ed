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

/**
 * fovea_latent_list_job_encode:
 * @request: its store opened for writing
 * @name: of the dictionary, its folder's
 *
 * Keeps the codes of every sequence; all of them or, if it fails or is cancelled, none.
 *
 * Errors: those of fovea_sae_job_visit() and storage/code-rows.h.   Thread: the store's; blocks.
 */
gboolean fovea_latent_list_job_encode (const FoveaSaeRequest *request,
                                       const char *name,
                                       FoveaProgress progress,
                                       gpointer progress_data,
                                       GCancellable *cancellable,
                                       GError **error);
