/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A sparse autoencoder or transcoder: its numbers and the settings that turn a row x of width d into
 * a code over F latents and back (methods/features-and-sparsity.md 1 and 2). All arrays are
 * row-major float32 on the host, by the names of SAELens's files. */
#include <json-glib/json-glib.h>

#include "kernels/dtype.h"
#include "kernels/error.h"

typedef enum {
    FOVEA_SAE_STANDARD,
    FOVEA_SAE_GATED,
    FOVEA_SAE_JUMPRELU,
    FOVEA_SAE_TOPK,
    FOVEA_SAE_ABSTOPK,
    FOVEA_SAE_BATCHTOPK, /* with thresholds it encodes as JumpReLU, else the rows of a call compete */
    FOVEA_SAE_MATRYOSHKA_BATCHTOPK,
    FOVEA_SAE_BATCH_ABSTOPK,    /* only while rows compete; it has no threshold */
    FOVEA_SAE_MATCHING_PURSUIT, /* tied: no W_enc, no b_enc */
    FOVEA_SAE_TRANSCODER,
    FOVEA_SAE_SKIP_TRANSCODER,
    FOVEA_SAE_JUMPRELU_TRANSCODER,
    FOVEA_SAE_JUMPRELU_SKIP_TRANSCODER,
    FOVEA_N_SAE_ARCHITECTURES
} FoveaSaeArchitecture;

typedef enum {
    FOVEA_SAE_NORMALIZE_NONE,
    FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE, /* times scaler; nothing if scaler is 0 */
    FOVEA_SAE_NORMALIZE_CONSTANT_NORM,    /* times sqrt (d) / |x| */
    FOVEA_SAE_NORMALIZE_LAYER_NORM,
    FOVEA_N_SAE_NORMALIZES
} FoveaSaeNormalize;

typedef struct _FoveaSae {
    FoveaSaeArchitecture architecture;
    gint64 d_in, d_out, d_sae; /* d, d_out (= d but for transcoders), F */
    double k;                  /* of top-k rules; may be a fraction where rows compete */
    gboolean apply_b_dec_to_input;
    gboolean rescale_acts_by_decoder_norm;
    gboolean hook_z; /* rows are the heads' z one after another, head 0 first */
    FoveaSaeNormalize normalize;
    double scaler;             /* of EXPECTED_AVERAGE; 0 = none */
    double residual_threshold; /* of matching pursuit; 0 = does not stop by it */
    gint64 max_iterations;     /* of matching pursuit; 0 = d */
    gboolean stop_on_duplicate_support;

    float *w_enc;                  /* (d, F) */
    float *w_dec;                  /* (F, d_out) */
    float *b_enc;                  /* (F) */
    float *b_dec;                  /* (d_out) */
    float *b_gate, *b_mag, *r_mag; /* (F), gated */
    float *threshold;              /* (F), jumprelu family and batch top-k after training */
    float *w_skip;                 /* (d_out, d), skip transcoders */
    float *scaling_factor;         /* (F) or NULL: on the code after the nonlinearity; old files */
    float *folded_norm; /* (F) or NULL: decoder norms that were folded, code = raw code * norm */

    FoveaDtype dtype; /* of tensors in the file */
    JsonObject
        *config; /* cfg.json in the form of version 6, keys that mean nothing here included */
} FoveaSae;

/* One of the arrays as files know it. */
typedef struct {
    const char *name; /* "W_enc" */
    float **values;
    guint rank;
    gint64 shape[2];
    gboolean required, allowed;
} FoveaSaeTensor;

enum {
    FOVEA_N_SAE_TENSORS = 10
};

/**
 * fovea_sae_new:
 *
 * All numbers zero, settings at SAELens's defaults for loading, k 100 (at most F), an empty
 * "metadata" in its configuration. Threshold arrays are made for the jumprelu family only.
 *
 * Errors: FOVEA_ERROR_RANGE for sizes below 1 or a d_out that differs although the architecture is
 * no transcoder; FOVEA_ERROR_MEMORY.
 * Thread: any.   Owner: caller frees with fovea_sae_free(); autoptr.
 */
FoveaSae *fovea_sae_new (
    FoveaSaeArchitecture architecture, gint64 d_in, gint64 d_out, gint64 d_sae, GError **error);

/**
 * fovea_sae_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @sae.
 */
void fovea_sae_free (FoveaSae *sae);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSae, fovea_sae_free)

/**
 * fovea_sae_check:
 *
 * What a file could say wrongly: k, and every number finite.
 *
 * Errors: FOVEA_ERROR_RANGE for k outside 1..F; FOVEA_ERROR_NUMERIC with tensor and flat index.
 * Thread: any.
 */
gboolean fovea_sae_check (const FoveaSae *sae, GError **error);

/**
 * fovea_sae_check_latent:
 *
 * Errors: FOVEA_ERROR_RANGE for a latent outside 0 .. F-1.   Thread: any.
 */
gboolean fovea_sae_check_latent (const FoveaSae *sae, gint64 latent, GError **error);

/**
 * fovea_sae_check_width:
 * @site: for the message
 * @width: numbers a token there
 *
 * Errors: FOVEA_ERROR_SHAPE if the autoencoder reads rows of another width.   Thread: any.
 */
gboolean
fovea_sae_check_width (const FoveaSae *sae, const char *site, gint64 width, GError **error);

/**
 * fovea_sae_get_tensor:
 * @i: below FOVEA_N_SAE_TENSORS, in the order of names
 *
 * Thread: any.
 */
FoveaSaeTensor fovea_sae_get_tensor (FoveaSae *sae, guint i);

/**
 * fovea_sae_architecture_name:
 *
 * "topk", as in cfg.json.   Thread: any.   Owner: static.
 */
const char *fovea_sae_architecture_name (FoveaSaeArchitecture architecture);

/**
 * fovea_sae_architecture_from_name:
 *
 * -1 for a name that is none.   Thread: any.
 */
int fovea_sae_architecture_from_name (const char *name);

/**
 * fovea_sae_normalize_name:
 *
 * "layer_norm", as in cfg.json.   Thread: any.   Owner: static.
 */
const char *fovea_sae_normalize_name (FoveaSaeNormalize normalize);

/**
 * fovea_sae_is_transcoder:
 *
 * Whether the output is another site's.   Thread: any.
 */
gboolean fovea_sae_is_transcoder (FoveaSaeArchitecture architecture);

/**
 * fovea_sae_has_k:
 *
 * Whether the code is chosen by rank.   Thread: any.
 */
gboolean fovea_sae_has_k (FoveaSaeArchitecture architecture);

/**
 * fovea_sae_has_signs:
 *
 * Whether codes may be negative.   Thread: any.
 */
gboolean fovea_sae_has_signs (FoveaSaeArchitecture architecture);

/**
 * fovea_sae_decoder_norms:
 *
 * Euclidean norm of each row of W_dec; 0 = the latent is blank.   Thread: any.   Owner: caller,
 * g_free(); (F).
 */
float *fovea_sae_decoder_norms (const FoveaSae *sae);

/**
 * fovea_sae_get_metadata:
 * @key: "hook_name"
 *
 * A text of the configuration's "metadata", or NULL.   Thread: any.   Owner: @sae.
 */
const char *fovea_sae_get_metadata (const FoveaSae *sae, const char *key);

/**
 * fovea_sae_set_metadata:
 * @value: (nullable): NULL takes it away
 *
 * Thread: one at a time.
 */
void fovea_sae_set_metadata (FoveaSae *sae, const char *key, const char *value);
