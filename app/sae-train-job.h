/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One training run from rows to a folder that SAELens reads: checkpoints on the way, curves beside
 * it. */
#include "analysis/sae-train.h"
#include "analysis/table.h"
#include "app/sae-source.h"

typedef struct {
    FoveaSaeTrainOptions train; /* d_in and d_out are the source's */
    const char *folder;         /* of the result; made if it is missing */
    const char *hook;           /* for the configuration */
    const char *target;         /* NULL = none */
    FoveaDtype dtype;           /* of the file: F32, F16 or BF16 */
    gint64 log_every;           /* steps of a row of curves; means over them */
    gint64 keep_every;          /* steps of a checkpoint */
    gboolean resume;
    const char *device; /* that trains: "cuda", or anything else for the CPU; NULL = the CPU */
    int threads;        /* 0 = all cores */
} FoveaSaeTrainRequest;

/* Told after every row of curves. */
typedef void (*FoveaSaeTrainProgress) (gpointer data, const FoveaSaeTrainStep *step);

/**
 * fovea_sae_train_job_run:
 * @progress: (nullable) (scope call):
 *
 * Trains, and writes cfg.json, sae_weights.safetensors and curves.tsv. The checkpoint,
 * checkpoint.safetensors, is kept when the run is cancelled or fails, and goes when it ends. Gives
 * the table "sae_training".
 *
 * Errors: G_IO_ERROR_CANCELLED, saying where the checkpoint is; FOVEA_ERROR_NUMERIC with the step,
 * the last checkpoint kept; FOVEA_ERROR_RANGE; those of the source; file errors.
 * Thread: one at a time; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_train_job_run (FoveaSaeSource *source,
                                     const FoveaSaeTrainRequest *request,
                                     FoveaSaeTrainProgress progress,
                                     gpointer progress_data,
                                     GCancellable *cancellable,
                                     GError **error);
