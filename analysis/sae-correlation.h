/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which latents fire together with one, or against it (methods/features-and-sparsity.md 8.1): running
 * sums over all tokens, silent ones included. */
#include "analysis/sae-codes.h"

typedef struct {
    gint32 latent;
    double pearson; /* (n Sxy - Sx Sy) / sqrt ((n Sxx - Sx^2) (n Syy - Sy^2)) */
    double cosine;  /* Sxy / sqrt (Sxx Syy) */
    gint64 n_both;  /* tokens where both fire */
} FoveaCorrelated;

typedef struct _FoveaSaeCorrelation FoveaSaeCorrelation;

/**
 * fovea_sae_correlation_new:
 * @latent: 0 .. n_latents-1
 *
 * Thread: any.   Memory: 40 bytes a latent.
 * Owner: caller frees with fovea_sae_correlation_free(); autoptr.
 */
FoveaSaeCorrelation *fovea_sae_correlation_new (gint32 latent, gint64 n_latents);

/**
 * fovea_sae_correlation_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @correlation.
 */
void fovea_sae_correlation_free (FoveaSaeCorrelation *correlation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeCorrelation, fovea_sae_correlation_free)

/**
 * fovea_sae_correlation_add:
 * @codes: over as many latents
 *
 * Thread: one at a time.   Cost: a few flops a code.
 */
void fovea_sae_correlation_add (FoveaSaeCorrelation *correlation, const FoveaSaeCodes *codes);

/**
 * fovea_sae_correlation_list:
 * @n: at most
 *
 * Those that fire at some token with it, or never do, by the magnitude of the Pearson correlation;
 * ties to the lower latent. Latents that never fire, or do alike everywhere, have none.
 *
 * Thread: any.   Owner: caller, g_array_unref(); of #FoveaCorrelated.
 */
GArray *fovea_sae_correlation_list (const FoveaSaeCorrelation *correlation, guint n);
