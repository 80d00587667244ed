/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Folders that hold a sparse autoencoder. Read: (1) SAELens 6 and older: cfg.json and
 * sae_weights.safetensors; (2) EleutherAI's sparsify: cfg.json and sae.safetensors; (3) Gemma Scope:
 * params.npz; (4) Llama Scope: hyperparams.json and final.safetensors, there or in checkpoints/;
 * (5) dictionary_learning: config.json and ae.safetensors. Written: SAELens 6. Pickles (.pt) are
 * programs and never run. */
#include "analysis/sae.h"

/**
 * fovea_sae_load:
 * @folder: one of the above
 *
 * Whatever the format, the configuration comes out in SAELens 6's form; keys of other formats are
 * kept in its "metadata".
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if @folder is none of these; FOVEA_ERROR_UNSUPPORTED for pickles,
 * an unknown architecture, setting or key; FOVEA_ERROR_SHAPE and FOVEA_ERROR_FORMAT naming the
 * tensor; those of fovea_sae_check(); file errors.
 * Thread: any; blocks.   Owner: caller.
 * Source: methods/features-and-sparsity.md 1.
 */
FoveaSae *fovea_sae_load (const char *folder, GError **error);

/**
 * fovea_sae_save:
 * @folder: made if it is not there
 *
 * Tensors in the element type that they came in (f16 and bf16 stay, the rest is f32), keys in the
 * order of the configuration. Rules by batch that have thresholds are written as "jumprelu", as
 * SAELens does.
 *
 * Errors: those of fovea_sae_check(); file errors.
 * Thread: any; blocks.
 */
gboolean fovea_sae_save (FoveaSae *sae, const char *folder, GError **error);

/**
 * fovea_sae_hash:
 *
 * SHA-256 in lower-case hex over settings and numbers: equal for equal codes, whatever the folder.
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_sae_hash (FoveaSae *sae);

/**
 * fovea_sae_check_site:
 * @hook_name: of a site, "blocks.3.hook_resid_pre"
 * @width: of its vectors
 *
 * Errors: FOVEA_ERROR_SHAPE if the autoencoder reads another site or width; the message has both.
 * Thread: any.
 */
gboolean
fovea_sae_check_site (const FoveaSae *sae, const char *hook_name, gint64 width, GError **error);
