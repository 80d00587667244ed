/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Trained gates of SeerAttention for all layers of a model, from a safetensors file with the names of
 * the public code. For each layer L, behind "model.layers.L.self_attn.attn_gate." or "layers.L....",
 * attngate_linear_k.weight (or mask_linear_k.weight, as older files have it): (H or G, 3 D, D), inputs
 * in the order largest, least, mean of a block's keys; and if there is one, attngate_linear_q.weight
 * (mask_linear_q.weight): (H, D, D). */
#include "analysis/sparse-head.h"

typedef struct _FoveaSeerWeights FoveaSeerWeights;

/**
 * fovea_seer_weights_open:
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a .pth or .bin file, which is a program; FOVEA_ERROR_NOT_FOUND
 * if no tensor is a gate's; those of safetensors.h.
 * Thread: any.   Owner: caller frees with fovea_seer_weights_free(); autoptr.
 */
FoveaSeerWeights *fovea_seer_weights_open (const char *path, GError **error);

/**
 * fovea_seer_weights_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @weights.
 */
void fovea_seer_weights_free (FoveaSeerWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSeerWeights, fovea_seer_weights_free)

/**
 * fovea_seer_weights_hash:
 *
 * SHA-256 of the gates, whatever the file is called and whatever else is in it. Reads all of them.
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_seer_weights_hash (const FoveaSeerWeights *weights);

/**
 * fovea_seer_weights_read:
 * @k: (out) (transfer full): (D, 3D), as fovea_seer_gate_set_weights() takes it
 * @q: (out) (transfer full) (nullable): (D, D), NULL if queries are not mapped
 *
 * The maps of one head.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without a gate for the head's layer; FOVEA_ERROR_SHAPE if it is one of
 * another model; FOVEA_ERROR_UNSUPPORTED for other poolings or a width that is not the head's. All
 * name the tensor.
 * Thread: any.
 */
gboolean fovea_seer_weights_read (const FoveaSeerWeights *weights,
                                  const FoveaSparseHead *head,
                                  double **k,
                                  double **q,
                                  GError **error);
