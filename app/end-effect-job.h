/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What sparse attention does to a model's answers over the sequences of a store: what
 * `fovea recall --end-effect` prints. */
#include "app/recall-job.h"

/**
 * fovea_end_effect_job_run:
 * @model: folder, file or "demo": the one that the sequences were captured with
 * @progress: (nullable) (scope call): counts runs of the model
 *
 * The table "end_effect", a row a method and point: means over sequences of density, divergence
 * (with its largest), losses and agreement (see end-effect.h); a method that cannot apply has one
 * row, of NaN, with the reason in column "note". The model is run in f32, each sequence whole.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without sequences or their ids; FOVEA_ERROR_SHAPE if the model is
 * another; those of end-effect.h, naming the sequence; G_IO_ERROR_CANCELLED.
 * Thread: the store's; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_end_effect_job_run (FoveaStore *store,
                                      FoveaRecallRequest *request,
                                      const char *model,
                                      FoveaProgress progress,
                                      gpointer progress_data,
                                      GCancellable *cancellable,
                                      GError **error);
