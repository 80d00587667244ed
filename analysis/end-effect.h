/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a sparse method does to the model's answers: the model is run again with the method in the
 * place of attention at chosen layers and heads, and its next-token distributions are compared with
 * those of the dense run. Each layer's method chooses from that layer's own queries and keys in the
 * sparse run, as its kernel would; recall of a dense capture does not show how losses add up. */
#include "analysis/sparse-method.h"
#include "capture/session.h"

typedef struct _FoveaEndEffect FoveaEndEffect;

/* Means are over positions: t predicts token t + 1. */
typedef struct {
    gint64 n_positions;
    double density;    /* kept cells over allowed ones, over the chosen heads */
    double divergence; /* KL (dense || sparse), nats */
    double largest_divergence;
    double dense_loss, loss; /* nats, over positions with a next token */
    double loss_change;      /* loss - dense_loss */
    double agreement;        /* share of positions with the same likeliest token */
    /* Copying as a task: at positions whose token stood before, the last time with the same successor as
     * now, the share where that successor is the likeliest token. NaN if there is none. */
    gint64 n_copies; /* such positions */
    double dense_copy_score, copy_score, copy_score_change;
    double layer_error; /* |out - out~| / |out| of a layer's attention behind its output matrix,
                                given the same input; Frobenius, mean over touched layers */
} FoveaEndEffectResult;

/**
 * fovea_end_effect_new:
 * @session: borrowed; its chunk must hold the whole sequence
 * @info: with ids; copied
 *
 * Runs the dense pass. Memory: 4 T V bytes, and as much again while measuring.
 *
 * Errors: FOVEA_ERROR_RANGE if the session cuts the sequence into chunks; FOVEA_ERROR_MEMORY; those
 * of the session. Thread: the session's; blocks.
 * Owner: caller frees with fovea_end_effect_free(); autoptr.
 */
FoveaEndEffect *fovea_end_effect_new (FoveaSession *session,
                                      const FoveaTraceInfo *info,
                                      GCancellable *cancellable,
                                      GError **error);

/**
 * fovea_end_effect_set_gates:
 * @gates: (nullable): trained gates, for methods that need them; borrowed
 *
 * Thread: the session's.
 */
void fovea_end_effect_set_gates (FoveaEndEffect *effect, const struct _FoveaSeerWeights *gates);

/**
 * fovea_end_effect_free:
 *
 * NULL is fine.
 *
 * Thread: the session's.   Owner: takes @effect.
 */
void fovea_end_effect_free (FoveaEndEffect *effect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaEndEffect, fovea_end_effect_free)

/**
 * fovea_end_effect_measure:
 * @knobs: (FOVEA_SPARSE_MAX_KNOBS)
 * @heads: (L, H) where the method is applied; NULL = everywhere
 * @out: (out caller-allocates):
 *
 * One sparse run. Its cost is a dense one and, for the chosen heads, the selection and the kept
 * cells, shared by the threads of the session's device if it has any.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED if the method cannot apply to a chosen layer; those of the method
 * and of the session. Thread: the session's; blocks.
 */
gboolean fovea_end_effect_measure (FoveaEndEffect *effect,
                                   const FoveaSparseMethod *method,
                                   const double *knobs,
                                   const gboolean *heads,
                                   GCancellable *cancellable,
                                   FoveaEndEffectResult *out,
                                   GError **error);

/**
 * fovea_end_effect_get_layer_errors:
 *
 * The layer error of each layer in the last measurement, NaN where no head was chosen: (L).
 *
 * Thread: the session's.   Owner: the effect.
 */
const double *fovea_end_effect_get_layer_errors (const FoveaEndEffect *effect);
