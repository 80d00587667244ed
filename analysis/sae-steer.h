/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Steering by one latent: the model is run with the latent's code changed at every token, and its
 * answers are compared with those of the untouched run (methods/features-and-sparsity.md 8.3). Error
 * terms stay, so a code that is not changed changes nothing. */
#include "analysis/sae-codes.h"
#include "capture/sampler.h"
#include "capture/session.h"

typedef enum {
    FOVEA_STEER_NONE,
    FOVEA_STEER_CLAMP, /* the code is the value */
    FOVEA_STEER_ADD,   /* the value is added to it */
    FOVEA_STEER_SCALE, /* it is multiplied by the value; 0 = the latent is taken away */
    FOVEA_STEER_LEAST, /* at least the value; at most, if that is negative */
    FOVEA_N_STEERS
} FoveaSteerMode;

typedef struct {
    FoveaSteerMode mode;
    double value;                /* in units of the latent's code */
    gint64 n_more;               /* tokens to continue with; 0 = none */
    FoveaSamplerOptions sampler; /* zeros = greedy */
    guint64 seed;                /* of sampling: the same draws for every value */
} FoveaSteerOptions;

typedef struct {
    gint64 n_changed;        /* tokens of the prompt whose code changed */
    double divergence;       /* KL (clean || steered), nats, mean over the prompt's tokens */
    double next_divergence;  /* of the token after the prompt alone */
    double clean_loss, loss; /* of the prompt's tokens, nats; NaN for a prompt of one token */
    float *next;             /* (V) log-probabilities of the token after the prompt */
    GArray *ids;             /* of gint32: how the steered model goes on */
    double text_loss; /* of @ids for the untouched model, nats a token; NaN if there are none */
} FoveaSteerResult;

typedef struct _FoveaSaeSteer FoveaSaeSteer;

/**
 * fovea_sae_steer_check:
 *
 * Whether codes of @sae can be changed in a model of this kind.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without a site; FOVEA_ERROR_SHAPE for a site of another width;
 * FOVEA_ERROR_UNSUPPORTED for transcoders.
 * Thread: any.
 */
gboolean
fovea_sae_steer_check (const FoveaSae *sae, const FoveaArchitecture *architecture, GError **error);

/**
 * fovea_sae_steer_new:
 * @session: borrowed, with room for prompt and continuation
 * @sae: borrowed; its metadata name the site
 * @info: the prompt; copied
 * @all_tokens: steer at special tokens too
 *
 * Runs the model as it is. Memory: 4 T V bytes, and as much again while measuring.
 *
 * Errors: FOVEA_ERROR_RANGE for a latent outside 0 .. F-1; FOVEA_ERROR_NOT_FOUND without a site;
 * FOVEA_ERROR_SHAPE for a site of another width; FOVEA_ERROR_UNSUPPORTED for transcoders and for
 * sites that cannot be edited; those of the session.
 * Thread: the session's; blocks.   Owner: caller frees with fovea_sae_steer_free(); autoptr.
 */
FoveaSaeSteer *fovea_sae_steer_new (FoveaSession *session,
                                    const FoveaSae *sae,
                                    gint32 latent,
                                    const FoveaTraceInfo *info,
                                    gboolean all_tokens,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_sae_steer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @steer.
 */
void fovea_sae_steer_free (FoveaSaeSteer *steer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeSteer, fovea_sae_steer_free)

/**
 * fovea_sae_steer_limit:
 * @positions: (array length=n): tokens of the prompt
 *
 * From now on only these are steered, whatever they are, and no token of a continuation: for taking a
 * latent away at one place.
 *
 * Errors: FOVEA_ERROR_RANGE for a position outside the prompt.   Thread: the session's.
 */
gboolean
fovea_sae_steer_limit (FoveaSaeSteer *steer, const gint32 *positions, gint64 n, GError **error);

/**
 * fovea_sae_steer_get_codes:
 *
 * The latent's code at each of the prompt's tokens as the model is: (T).
 *
 * Thread: any.   Owner: the steer.
 */
const float *fovea_sae_steer_get_codes (const FoveaSaeSteer *steer);

/**
 * fovea_sae_steer_measure:
 *
 * One run of the prompt; with n_more also the continuation, and a run of that without steering.
 *
 * Errors: those of the session.   Thread: the session's; blocks.
 * Owner: caller frees with fovea_steer_result_free(); autoptr.
 */
FoveaSteerResult *fovea_sae_steer_measure (FoveaSaeSteer *steer,
                                           const FoveaSteerOptions *options,
                                           GCancellable *cancellable,
                                           GError **error);

/**
 * fovea_steer_result_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @result.
 */
void fovea_steer_result_free (FoveaSteerResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSteerResult, fovea_steer_result_free)

/**
 * fovea_steer_mode_from_name:
 *
 * "clamp", "add", "scale" or "least"; -1 for another.   Thread: any.
 */
int fovea_steer_mode_from_name (const char *name);
