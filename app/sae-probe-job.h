/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Two kinds of sequences of a store, by their titles, told apart by latents and by directions: what
 * `fovea sae probe` does. Every other sequence of a kind is learnt from, the rest are scored. */
#include "analysis/table.h"
#include "app/sae-job.h"

typedef struct {
    const char *positive, *negative; /* globs on titles */
    gint32 latent;                   /* -1 = none asked about */
    guint n_latents;
    guint64 seed;
} FoveaSaeProbeOptions;

/**
 * fovea_sae_probe_job_run:
 * @request: autoencoder, store, run
 * @progress: (nullable) (scope call): counts sequences, twice
 *
 * The table "sae_detection" (analysis/sae-detection.h), with notes on how many texts were learnt from and
 * scored, and the patterns as "positive" and "negative".
 *
 * Errors: FOVEA_ERROR_RANGE with fewer than two sequences of a kind, or one that is of both; those of
 * app/sae-job.h and analysis/sae-detection.h.
 * Thread: the store's; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_probe_job_run (const FoveaSaeRequest *request,
                                     const FoveaSaeProbeOptions *options,
                                     FoveaProgress progress,
                                     gpointer progress_data,
                                     GCancellable *cancellable,
                                     GError **error);
