/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* SAEBench's measurements from request to table, as `fovea sae bench` runs them. */
#include "analysis/table.h"
#include "app/sae-bench-rows.h"
#include "app/sae-job.h"

typedef struct {
    FoveaSaeBenchSource source;
    const char *texts;     /* labelled texts, of probing, scr and tpp */
    const gint64 *numbers; /* (n_numbers) of latents; NULL = the usual ones */
    guint n_numbers;
    gint64 most_words; /* of absorption; 0 = all */
    FoveaSaeBenchProgress progress;
    gpointer progress_data;
} FoveaSaeBenchRequest;

/**
 * fovea_sae_bench_probe:
 *
 * The table "sae_sparse_probing": of every class of the texts against the rest, and every number of
 * latents, accuracy and AUROC on a fifth of the texts, beside the accuracy of a probe on the
 * activations.
 *
 * Errors: FOVEA_ERROR_RANGE for fewer than two classes; those of texts and probes.
 * Thread: one at a time; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_bench_probe (const FoveaSaeBenchRequest *request,
                                   GCancellable *cancellable,
                                   GError **error);

/**
 * fovea_sae_bench_remove:
 *
 * The table "sae_spurious_correlation"; texts have two labels of two names each, the wanted first.
 *
 * Errors, Thread, Owner: as fovea_sae_bench_probe().
 */
FoveaTable *fovea_sae_bench_remove (const FoveaSaeBenchRequest *request,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_sae_bench_perturb:
 *
 * The table "sae_targeted_perturbation".   Errors, Thread, Owner: as fovea_sae_bench_probe().
 */
FoveaTable *fovea_sae_bench_perturb (const FoveaSaeBenchRequest *request,
                                     GCancellable *cancellable,
                                     GError **error);

/**
 * fovea_sae_bench_absorb:
 *
 * The table "sae_absorption": a row a letter, and the means of those that count.
 *
 * Errors, Thread, Owner: as fovea_sae_bench_probe().
 */
FoveaTable *fovea_sae_bench_absorb (const FoveaSaeBenchRequest *request,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_sae_bench_describe:
 * @request: what a store keeps, or the model run again
 * @tolerance: on the mean squared error of an element
 *
 * The table "sae_description_length".
 *
 * Errors: those of sae-job.h.   Thread: the store's; blocks.   Owner: as above.
 */
FoveaTable *fovea_sae_bench_describe (const FoveaSaeRequest *request,
                                      double tolerance,
                                      GCancellable *cancellable,
                                      GError **error);
