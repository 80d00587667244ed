/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A model that gives the rows of an autoencoder's site, one sequence at a time. Private to
 * app/sae-bench-*.c. */
#include "app/sae-bench-rows.h"
#include "capture/session.h"

typedef struct {
    const FoveaSae *sae;
    const char *site; /* the autoencoder's */
    FoveaModel *model;
    FoveaDevice *device, *cpu;
    FoveaSaeEncoder *encoder; /* made once: what it knows of the weights costs more than a text */
    FoveaSession *session;
    FoveaPlan *plan;
    FoveaSink *sink;
    gint64 longest; /* sequence that the session takes */
} FoveaSaeBenchRunner;

/**
 * fovea_sae_bench_runner_open:
 * @longest: tokens, cut at the model's context
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for an autoencoder that names no site; those of model, device, plan and
 * session.   Thread: any.
 */
gboolean fovea_sae_bench_runner_open (FoveaSaeBenchRunner *runner,
                                      const FoveaSaeBenchSource *source,
                                      gint64 longest,
                                      GError **error);

/**
 * fovea_sae_bench_runner_clear:
 *
 * Also of one that did not open.
 */
void fovea_sae_bench_runner_clear (FoveaSaeBenchRunner *runner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaSaeBenchRunner, fovea_sae_bench_runner_clear)

/**
 * fovea_sae_bench_runner_run:
 *
 * The site's rows of a sequence.
 *
 * Shape: (info->n_tokens, d).   Errors: those of the session; FOVEA_ERROR_SHAPE for a site of another
 * width.   Owner: caller, g_free().
 */
float *fovea_sae_bench_runner_run (FoveaSaeBenchRunner *runner,
                                   const FoveaTraceInfo *info,
                                   GCancellable *cancellable,
                                   GError **error);
