/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a latent of an autoencoder on attention's output comes from: by weights, which heads it
 * writes with; at one token, how much of its code every head brings from every source position
 * (methods/features-and-sparsity.md 7.1 and 7.2). Rows are the heads' z one after another. */
#include "analysis/sae.h"
#include "capture/trace.h"

typedef struct {
    gint32 latent;
    double share;
} FoveaHeadLatent;

/* code = total + rest where the latent is on. */
typedef struct {
    guint layer;
    gint64 position;
    gint64 n_heads, n_sources; /* H; tokens that may be looked at */
    double *cells;             /* (H, n_sources) weight * (value . direction) */
    double *by_head;           /* (H) sums over sources */
    double *by_source;         /* (n_sources) sums over heads */
    double total;              /* of all cells */
    double rest;               /* biases, and what normalising takes off */
    double
        direct; /* z . direction from the kept z, which total must equal; NaN if it is not kept */
} FoveaDirectAttribution;

/**
 * fovea_sae_head_shares:
 * @shares: (out caller-allocates): (H) of the lengths of the decoder row's head blocks; sum 1, all 0
 * for a blank latent
 *
 * Errors: FOVEA_ERROR_SHAPE if d is no multiple of @n_heads; FOVEA_ERROR_RANGE for the latent.
 * Thread: any.
 */
gboolean fovea_sae_head_shares (
    const FoveaSae *sae, gint64 n_heads, gint32 latent, double *shares, GError **error);

/**
 * fovea_sae_head_latents:
 * @n: at most; 10 is usual
 *
 * Latents with the largest share of one head, largest first; ties to the lower latent.
 *
 * Errors: as fovea_sae_head_shares(); FOVEA_ERROR_RANGE for the head.   Thread: any.
 * Owner: caller, g_array_unref(); of #FoveaHeadLatent.
 */
GArray *
fovea_sae_head_latents (const FoveaSae *sae, gint64 n_heads, gint64 head, guint n, GError **error);

/**
 * fovea_sae_attribute:
 * @trace: with the layer's attention and values; its z too if the autoencoder normalises rows
 * @position: of the token whose code is taken apart
 *
 * Keys of a group share their value; values are not turned, so rotary positions do not matter.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED unless the site is a layer's attn.hook_z; FOVEA_ERROR_SHAPE for
 * another width; FOVEA_ERROR_RANGE for latent or position; those of reading traces and latents.
 * Thread: any; blocks.   Cost: H n_sources D flops.
 * Owner: caller frees with fovea_direct_attribution_free(); autoptr.
 */
FoveaDirectAttribution *fovea_sae_attribute (
    const FoveaSae *sae, gint32 latent, FoveaTrace *trace, gint64 position, GError **error);

/**
 * fovea_direct_attribution_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @attribution.
 */
void fovea_direct_attribution_free (FoveaDirectAttribution *attribution);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDirectAttribution, fovea_direct_attribution_free)

/**
 * fovea_sae_attribute_window:
 * @first: position of the window's first token
 * @n: its tokens
 *
 * What each token of a window brings to the code at @position, over all heads; 0 for those that it
 * cannot look at.
 *
 * Errors: as fovea_sae_attribute().   Thread: any; blocks.   Owner: caller, g_free(); (n).
 */
float *fovea_sae_attribute_window (const FoveaSae *sae,
                                   gint32 latent,
                                   FoveaTrace *trace,
                                   gint64 position,
                                   gint64 first,
                                   guint n,
                                   GError **error);
