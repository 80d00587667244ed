/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a reconstruction does to the model's answers: the model is run again with the reconstruction
 * in the place of a site, with zeros there, and with the site's mean
 * (methods/features-and-sparsity.md 5.4). */
#include "capture/session.h"

typedef struct _FoveaSaeEffect FoveaSaeEffect;

/* Sums over positions, so that sequences add up; losses over positions with a next token. */
typedef struct {
    gint64 n_positions, n_next;
    double clean_loss, loss, zero_loss, mean_loss;       /* nats, summed */
    double divergence, zero_divergence, mean_divergence; /* KL (clean || replaced), nats, summed */
} FoveaSaeEffectSums;

/**
 * fovea_sae_effect_new:
 * @session: borrowed
 * @info: with ids; copied
 * @points: (array zero-terminated=1): points to keep in f32, the site among them
 *
 * Runs the model as it is. Memory: 4 T V bytes, and as much again while measuring.
 *
 * Errors: those of plans and sessions.   Thread: the session's; blocks.
 * Owner: caller frees with fovea_sae_effect_free(); autoptr.
 */
FoveaSaeEffect *fovea_sae_effect_new (FoveaSession *session,
                                      const FoveaTraceInfo *info,
                                      const char *const *points,
                                      GCancellable *cancellable,
                                      GError **error);

/**
 * fovea_sae_effect_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @effect.
 */
void fovea_sae_effect_free (FoveaSaeEffect *effect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeEffect, fovea_sae_effect_free)

/**
 * fovea_sae_effect_get_trace:
 *
 * What the clean run kept.   Thread: any.   Owner: the effect.
 */
FoveaTrace *fovea_sae_effect_get_trace (FoveaSaeEffect *effect);

/**
 * fovea_sae_effect_measure:
 * @site: where to replace, one of the kept points
 * @reconstruction: (T, width of the site)
 * @skipped: (nullable): (T) positions that stay as they are
 * @sums: (inout): added to
 *
 * Three runs.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a site that cannot be replaced; the session's.
 * Thread: the session's; blocks.
 */
gboolean fovea_sae_effect_measure (FoveaSaeEffect *effect,
                                   const char *site,
                                   const float *reconstruction,
                                   const gboolean *skipped,
                                   FoveaSaeEffectSums *sums,
                                   GCancellable *cancellable,
                                   GError **error);

/**
 * fovea_sae_effect_recovered:
 * @clean: loss as it is
 * @replaced: loss with the reconstruction
 * @ablated: loss without the site
 *
 * (ablated - replaced) / (ablated - clean): 1 = nothing is lost, 0 = no better than nothing. NaN if
 * the site does not matter (below 1e-6). The same of divergences, whose clean value is 0.
 *
 * Thread: any.
 */
double fovea_sae_effect_recovered (double clean, double replaced, double ablated);
