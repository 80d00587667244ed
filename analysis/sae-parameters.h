/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The numbers of a sparse autoencoder while it is trained. A latent's encoder and decoder are rows,
 * so whatever touches few latents reads whole lines; a file holds W_enc the other way round. All
 * arrays lie one after another in one block, so gradients and the optimiser's moments are blocks of
 * the same layout. */
#include <glib.h>
#include <stdint.h>

/* What turns a row x into a code, and what its loss adds to the squared error
 * (methods/features-and-sparsity.md 2 and 3.2). */
typedef enum {
    FOVEA_SAE_RULE_STANDARD,      /* relu; L1 weighted by decoder norms */
    FOVEA_SAE_RULE_GATED,         /* gate and magnitude; L1 and decode of the gate */
    FOVEA_SAE_RULE_JUMPRELU,      /* threshold; expected number of codes */
    FOVEA_SAE_RULE_JUMPRELU_TANH, /* threshold; saturating tanh of the code */
    FOVEA_SAE_RULE_TOPK,          /* k largest of each row */
    FOVEA_SAE_RULE_BATCHTOPK,     /* k B largest of a batch of B rows */
    FOVEA_SAE_RULE_MATRYOSHKA,    /* as before, each prefix of the latents decodes by itself */
    FOVEA_SAE_RULE_ABSTOPK,       /* k largest magnitudes of each row, signs kept */
    FOVEA_SAE_RULE_BATCH_ABSTOPK, /* k B largest magnitudes of a batch */
    FOVEA_N_SAE_RULES
} FoveaSaeRule;

typedef struct {
    int64_t d_in, d_out, n_latents; /* d, d_out, F */
    int64_t n;                      /* numbers in all */
    float *all;                     /* the block */
    float *w_enc;                   /* (F, d) */
    float *w_dec;                   /* (F, d_out) */
    float *b_enc;                   /* (F); b_gate of a gated one */
    float *b_dec;                   /* (d_out) */
    float *b_mag, *r_mag;           /* (F) gated, else NULL */
    float *log_threshold;           /* (F) jumprelu, else NULL */
} FoveaSaeParameters;

/**
 * fovea_sae_rule_name:
 *
 * "standard", "gated", "jumprelu", "jumprelu-tanh", "topk", "batchtopk", "matryoshka", "abstopk",
 * "batch-abstopk".
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_sae_rule_name (FoveaSaeRule rule);

/**
 * fovea_sae_rule_from_name:
 *
 * -1 for a name that is none.   Thread: any.
 */
int fovea_sae_rule_from_name (const char *name);

/**
 * fovea_sae_parameters_new:
 *
 * All zero.
 *
 * Errors: FOVEA_ERROR_RANGE for sizes below 1; FOVEA_ERROR_MEMORY.
 * Thread: any.   Owner: caller frees with fovea_sae_parameters_free(); autoptr.
 */
FoveaSaeParameters *fovea_sae_parameters_new (
    FoveaSaeRule rule, int64_t d_in, int64_t d_out, int64_t n_latents, GError **error);

/**
 * fovea_sae_parameters_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @parameters.
 */
void fovea_sae_parameters_free (FoveaSaeParameters *parameters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeParameters, fovea_sae_parameters_free)

/**
 * fovea_sae_parameters_find_bad:
 * @where: (out): "W_enc[3, 17]", the caller's to free; NULL if all are finite
 *
 * The first number that is not finite.   Thread: any.
 */
gboolean fovea_sae_parameters_find_bad (const FoveaSaeParameters *parameters, char **where);
