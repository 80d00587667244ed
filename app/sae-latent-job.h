/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent's counts and examples out of where it fires, from the codes that a store keeps or as they
 * were found just now. */
#include "analysis/sae-latent.h"
#include "storage/store.h"

/**
 * fovea_sae_latent_job_collect:
 * @hash: of the autoencoder
 * @found: (out): whether the store has its codes; @latent is as it was if not
 *
 * Counts and examples. Reads the latent's firings, and the tokens of those sequences alone that
 * examples are in.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean fovea_sae_latent_job_collect (
    FoveaStore *store, const char *hash, FoveaSaeLatent *latent, gboolean *found, GError **error);

/**
 * fovea_sae_latent_job_show:
 * @firings: (inout) (element-type FoveaFiring): all of the latent, in the order of sequences; in the
 * units that the latent is shown in afterwards
 * @n_rows: tokens that were encoded
 *
 * The same from firings at hand. Reads the examples' windows and nothing else of their sequences.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean fovea_sae_latent_job_show (
    FoveaStore *store, FoveaSaeLatent *latent, GArray *firings, gint64 n_rows, GError **error);

/**
 * fovea_sae_latent_job_collect_bins:
 * @latent: says which, and how wide a window is; need not be filled
 * @n: examples at most
 *
 * Examples of codes in these bins, as fovea_sae_latent_draw_bins() draws them.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without codes; FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 * Owner: caller, fovea_latent_interval_free().
 */
FoveaLatentInterval *fovea_sae_latent_job_collect_bins (FoveaStore *store,
                                                        const char *hash,
                                                        const FoveaSaeLatent *latent,
                                                        const FoveaCodeBins *bins,
                                                        guint n,
                                                        GError **error);

/**
 * fovea_sae_latent_job_attribute:
 * @sae: whose latent it is
 *
 * Sources of the strongest examples, for an autoencoder of attn.hook_z and of those sequences whose
 * attention and values the store keeps; nothing for others.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean fovea_sae_latent_job_attribute (FoveaStore *store,
                                         const FoveaSae *sae,
                                         FoveaSaeLatent *latent,
                                         GError **error);

/**
 * fovea_sae_latent_job_correlate:
 * @hash: of the autoencoder
 * @n: latents at most
 *
 * Latents that fire with this one or against it, over all codes that the store keeps: reads them all.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without codes; FOVEA_ERROR_STORE; G_IO_ERROR_CANCELLED.
 * Thread: the store's; blocks.
 */
gboolean fovea_sae_latent_job_correlate (FoveaStore *store,
                                         const char *hash,
                                         FoveaSaeLatent *latent,
                                         guint n,
                                         GCancellable *cancellable,
                                         GError **error);
