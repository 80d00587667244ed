/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the latents at one token do for a choice between two next tokens, as of an indirect object
 * against a subject: each is taken away in turn, and all together, while the autoencoder's error stays
 * (methods/features-and-sparsity.md 7.5). */
#include "analysis/sae-codes.h"
#include "capture/session.h"

/* A choice at a text's end. */
typedef struct {
    gint32 answer, against; /* tokens */
    gint64 position;        /* where latents are taken away */
} FoveaSaeChoice;

/* One latent that fires there. */
typedef struct {
    gint32 latent;
    float code;
    double difference; /* logit of the answer less that of the other, without it */
} FoveaLatentAblation;

typedef struct {
    double clean; /* the difference as the model is */
    double none;  /* without all latents there */
    GArray
        *latents; /* of #FoveaLatentAblation, the largest change first, ties to the lower latent */
} FoveaSaeAblation;

/**
 * fovea_sae_ablation_run:
 * @session: with room for the text
 * @sae: its metadata name the site
 *
 * A run of the text for each latent that fires, and two more.
 *
 * Errors: FOVEA_ERROR_RANGE for a position outside the text or a token outside the vocabulary;
 * FOVEA_ERROR_NOT_FOUND without a site, FOVEA_ERROR_SHAPE for one of another width,
 * FOVEA_ERROR_UNSUPPORTED for transcoders and sites that cannot be edited; the session's.
 * Thread: the session's; blocks.   Owner: caller frees with fovea_sae_ablation_free(); autoptr.
 */
FoveaSaeAblation *fovea_sae_ablation_run (FoveaSession *session,
                                          const FoveaSae *sae,
                                          const FoveaTraceInfo *info,
                                          const FoveaSaeChoice *choice,
                                          GCancellable *cancellable,
                                          GError **error);

/**
 * fovea_sae_ablation_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @ablation.
 */
void fovea_sae_ablation_free (FoveaSaeAblation *ablation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeAblation, fovea_sae_ablation_free)

/**
 * fovea_choice_difference:
 * @difference: (out): logit of the answer less that of the other, after the text
 *
 * As the model is: for another wording of the same question. @choice's position does not matter.
 *
 * Errors: FOVEA_ERROR_RANGE for tokens; the session's.   Thread: the session's; blocks.
 */
gboolean fovea_choice_difference (FoveaSession *session,
                                  const FoveaTraceInfo *info,
                                  const FoveaSaeChoice *choice,
                                  double *difference,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * fovea_choice_find_subject:
 *
 * Where the token that the answer stands against comes last in the text: the second subject of an
 * indirect-object prompt; -1 if it is not there.   Thread: any.
 */
gint64 fovea_choice_find_subject (const FoveaTraceInfo *info, gint32 against);
