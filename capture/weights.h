/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A checkpoint's tensors sorted by what they are for. Matrices stay where they are (mapped);
 * vectors, which are small, become f32. */
#include "capture/families.h"
#include "capture/safetensors.h"

typedef struct _FoveaWeights FoveaWeights;

/**
 * fovea_weights_shape:
 * @columns: (out): 0 for a vector
 *
 * The shape that a role has in models of @architecture.
 *
 * Thread: any.
 */
void fovea_weights_shape (const FoveaArchitecture *architecture,
                          FoveaWeightRole role,
                          gint64 *rows,
                          gint64 *columns);

/**
 * fovea_weights_bind:
 * @architecture: its weight_dtype, n_parameters, no_head, sink_logits and distance_bias are set to what the tensors
 * say
 * @tensors: @n_tensors, whose data outlive the result
 * @file: what to call the checkpoint in messages
 *
 * Missing tensors are listed, not refused.
 *
 * Errors: FOVEA_ERROR_SHAPE with tensor and both shapes or types; FOVEA_ERROR_UNSUPPORTED for a
 * tensor that has no place in the family.
 * Thread: any.   Owner: caller frees with fovea_weights_free(); autoptr.
 */
FoveaWeights *fovea_weights_bind (const FoveaFamily *family,
                                  FoveaArchitecture *architecture,
                                  const FoveaTensor *tensors,
                                  guint n_tensors,
                                  const char *file,
                                  GError **error);

/**
 * fovea_weights_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @weights.
 */
void fovea_weights_free (FoveaWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaWeights, fovea_weights_free)

/**
 * fovea_weights_get_matrix:
 *
 * NULL if absent.
 *
 * Thread: any.   Owner: @weights.
 */
const FoveaWeight *
fovea_weights_get_matrix (const FoveaWeights *weights, FoveaWeightRole role, guint layer);

/**
 * fovea_weights_get_expert:
 * @role: of experts
 *
 * NULL if absent.
 *
 * Thread: any.   Owner: @weights.
 */
const FoveaWeight *fovea_weights_get_expert (const FoveaWeights *weights,
                                             FoveaWeightRole role,
                                             guint layer,
                                             guint expert);

/**
 * fovea_weights_get_vector:
 *
 * NULL if absent.
 *
 * Thread: any.   Owner: @weights.
 */
const float *
fovea_weights_get_vector (const FoveaWeights *weights, FoveaWeightRole role, guint layer);

/**
 * fovea_weights_get_missing:
 *
 * Names of tensors that a forward pass needs and the checkpoint lacks, with their prefix.
 *
 * Thread: any.   Owner: @weights; of const char *.
 */
const GPtrArray *fovea_weights_get_missing (const FoveaWeights *weights);
