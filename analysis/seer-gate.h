/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* SeerAttention's gate of one head: blocks of queries and keys, as they are before the rotary turn,
 * are pooled, mapped, turned to their blocks' first positions and multiplied; a small softmax
 * foretells where the large one is heavy. With given weights, or distilled from the head's own
 * attention (methods/prefill.md 12.2, 12.3). */
#include "analysis/sparse-head.h"

typedef struct _FoveaSeerGate FoveaSeerGate;

/**
 * fovea_seer_gate_new:
 * @block: B
 *
 * Pools the head. The map of keys begins as their mean, that of queries is none.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without queries and keys; the backend's.
 * Thread: the head's.   Owner: caller frees with fovea_seer_gate_free(); autoptr.
 */
FoveaSeerGate *fovea_seer_gate_new (FoveaSparseHead *head, gint64 block, GError **error);

/**
 * fovea_seer_gate_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @gate.
 */
void fovea_seer_gate_free (FoveaSeerGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSeerGate, fovea_seer_gate_free)

/**
 * fovea_seer_gate_get_size:
 *
 * nb = ceil (T/B).
 *
 * Thread: any.
 */
gint64 fovea_seer_gate_get_size (const FoveaSeerGate *gate);

/**
 * fovea_seer_gate_set_weights:
 * @k_weights: (D, 3D), inputs in the order largest, least, mean
 * @q_weights: (nullable): (D, D)
 *
 * Thread: one at a time.
 */
void
fovea_seer_gate_set_weights (FoveaSeerGate *gate, const double *k_weights, const double *q_weights);

/**
 * fovea_seer_gate_get_key_weights:
 *
 * Thread: one at a time.   Owner: the gate; (D, 3D).
 */
const double *fovea_seer_gate_get_key_weights (const FoveaSeerGate *gate);

/**
 * fovea_seer_gate_score:
 * @scores: (out caller-allocates): (nb, nb) logits, -infinity where J > I
 *
 * Thread: one at a time.
 */
void fovea_seer_gate_score (FoveaSeerGate *gate, double *scores);

/**
 * fovea_seer_gate_get_loss:
 * @target: (nb, nb) rows of largest weights, each of sum 1
 * @gradient: (out caller-allocates) (nullable): (D, 3D) by the weights of keys
 *
 * Mean over rows of KL (target || gate), the first quarter of rows left out. Nats.
 *
 * Thread: one at a time.
 */
double fovea_seer_gate_get_loss (FoveaSeerGate *gate, const double *target, double *gradient);

/**
 * fovea_seer_gate_make_target:
 *
 * Largest weight of each block, normalised by rows: (nb, nb).
 *
 * Errors: the backend's.   Thread: the head's; blocks.   Owner: caller, g_free().
 */
double *fovea_seer_gate_make_target (FoveaSparseHead *head, gint64 block, GError **error);

/**
 * fovea_seer_gate_distill:
 * @n_steps: of AdamW without decay; cosine rate after 20 steps of warm-up
 *
 * Fits the map of keys to the target; gives the loss at the end.
 *
 * Cost: 4 nb^2 D flops a step.
 *
 * Errors: G_IO_ERROR_CANCELLED gives NaN.   Thread: one at a time; blocks.
 */
double fovea_seer_gate_distill (FoveaSeerGate *gate,
                                const double *target,
                                guint n_steps,
                                double rate,
                                GCancellable *cancellable,
                                GError **error);
