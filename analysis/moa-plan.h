/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* MoA: how long a window each head gets. Spans follow the length of the text, span = alpha + beta N;
 * every head gets one of at most two spans of its layer, so that what is lost in all is least and
 * the mean density stays within a bound (methods/prefill.md 17). */
#include "capture/attention.h"

typedef struct {
    double alpha, beta; /* tokens, share of the length */
    gint64 blocks;      /* local blocks of 64 at the length at hand, the own one included */
    double density;     /* widest row of blocks over all blocks */
} FoveaMoaSpan;

/**
 * fovea_moa_list_spans:
 * @n_tokens: N
 * @least, @most: lengths at which a span must make sense, too: more than 0, and within the text
 * @step: tokens between two alphas
 *
 * Nine betas 0 .. 1 and the alphas that are valid with each; of spans that are equal at N the one
 * with the least beta. Ascending.
 *
 * Thread: any.   Owner: caller; of #FoveaMoaSpan.
 */
GArray *fovea_moa_list_spans (gint64 n_tokens, gint64 least, gint64 most, gint64 step);

/**
 * fovea_moa_read_losses:
 * @spans: of #FoveaMoaSpan
 * @losses: (out caller-allocates): (H, spans) mass that each head of the layer loses, over its rows
 *
 * The recall proxy: mass stands in for influence on the loss, which would need gradients.
 *
 * Errors: the backend's.   Thread: any; blocks.
 */
gboolean fovea_moa_read_losses (FoveaAttention *attention,
                                const GArray *spans,
                                double *losses,
                                GError **error);

/**
 * fovea_moa_choose:
 * @losses: (L, H, P)
 * @densities: (P) ascending
 * @chosen: (out caller-allocates): (L, H) spans
 *
 * The plan of least loss whose mean density is at most @bound; gives that density. If even the
 * sparsest span is denser all heads get it.
 *
 * Cost: L times 400 L squared, and the pairs of spans of each layer.
 *
 * Thread: any.
 */
double fovea_moa_choose (const double *losses,
                         const double *densities,
                         gsize n_layers,
                         gsize n_heads,
                         gsize n_spans,
                         double bound,
                         guint *chosen);

/**
 * fovea_moa_get_influence:
 * @weights: (array length=n): of one query
 * @gradients: (array length=n): of the loss by each weight
 * @out: (out caller-allocates): (n)
 *
 * First-order change of the loss when one key is left out and the rest renormalised; for a single
 * key, when its weight becomes 0. Exact for a loss that is linear in the weights.
 *
 * Thread: any.   Source: methods/prefill.md 17.2.
 */
void fovea_moa_get_influence (const double *weights, const double *gradients, gsize n, double *out);
