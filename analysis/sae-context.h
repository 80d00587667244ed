/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How much of the text before it a latent needs (methods/features-and-sparsity.md 7.5): the model is
 * given the last n tokens alone, and the latent's code at the last one is compared with that in the
 * whole text. */
#include "analysis/sae-codes.h"
#include "capture/session.h"

typedef enum {
    FOVEA_CONTEXT_UNDECIDED, /* never near its whole code, or between the two */
    FOVEA_CONTEXT_SHORT,     /* 90 % with 8 tokens or fewer */
    FOVEA_CONTEXT_LONG,      /* only with 64 or more */
} FoveaContextRange;

typedef struct {
    gint64 n_tokens; /* that the model was given, the latent's own included */
    float code;
    double share; /* of the code in the whole text */
} FoveaContextStep;

/**
 * fovea_sae_context_run:
 * @info: the text
 * @position: the latent's token
 *
 * Lengths 1, 2, 4 .. up to the whole text before the token. Special tokens that begin the text stay in
 * front of every part and do not count: models give the first position a part of its own.
 *
 * Errors: FOVEA_ERROR_RANGE for latent or position, or where the latent is silent in the whole text;
 * FOVEA_ERROR_NOT_FOUND without a site; FOVEA_ERROR_SHAPE for a site of another width; the session's.
 * Thread: the session's; blocks.   Owner: caller, g_array_unref(); of #FoveaContextStep.
 */
GArray *fovea_sae_context_run (FoveaSession *session,
                               const FoveaSae *sae,
                               gint32 latent,
                               const FoveaTraceInfo *info,
                               gint64 position,
                               GCancellable *cancellable,
                               GError **error);

/**
 * fovea_sae_context_judge:
 * @steps: (element-type FoveaContextStep): lengths rising
 *
 * By the shortest part from which on the code never falls below 90 % again.   Thread: any.
 */
FoveaContextRange fovea_sae_context_judge (GArray *steps);
