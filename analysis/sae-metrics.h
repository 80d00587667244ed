/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How well a sparse autoencoder does on rows, and what each latent does there
 * (methods/features-and-sparsity.md 5). Counts are of codes other than 0, so signs never cancel;
 * sums run in double, row by row, so results do not depend on how rows come in portions. */
#include "analysis/sae-codes.h"
#include "analysis/table.h"

typedef struct {
    gint64 n_rows;
    double l0;              /* codes a row */
    double l1;              /* sum of magnitudes a row */
    double l1_weighted;     /* by decoder norms */
    double mse;             /* mean over rows of |e|^2 */
    double mse_element;     /* the same over d_out */
    double fvu;             /* sum |e|^2 / sum |x - mean|^2 */
    double explained;       /* 1 - fvu */
    double explained_error; /* 1 - sum var (e_d) / sum var (x_d): blind to a constant error */
    double nmse;            /* mean of |e|^2 / |x|^2 over rows that are not 0 */
    double nmse_ratio;      /* sum |e|^2 / sum |x|^2 */
    double cosine;          /* mean of cos (x, xh) over rows where both are not 0 */
    double l2_ratio;        /* mean of |xh| / |x| over rows that are not 0 */
    double bias;            /* mean |xh|^2 / mean x . xh: below 1 = shrinkage */
    gint64 n_zero_rows;     /* |x| = 0 */
    double dead;            /* share of latents that never fired */
    double below_1e6, below_1e5, above_01, above_001; /* shares of latents by density */
} FoveaSaeQuality;

typedef struct _FoveaSaeMetrics FoveaSaeMetrics;

/**
 * fovea_sae_metrics_new:
 * @sae: must outlive the metrics
 *
 * Thread: any.   Owner: caller frees with fovea_sae_metrics_free(); autoptr.
 */
FoveaSaeMetrics *fovea_sae_metrics_new (const FoveaSae *sae);

/**
 * fovea_sae_metrics_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @metrics.
 */
void fovea_sae_metrics_free (FoveaSaeMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeMetrics, fovea_sae_metrics_free)

/**
 * fovea_sae_metrics_use_raw_units:
 *
 * Counts codes of a folded autoencoder in the units of the file it was folded from; the weighted sum and
 * all that is said of reconstructions stay as they are. Nothing if it is not folded. Before rows are
 * added.
 *
 * Thread: one at a time.
 */
void fovea_sae_metrics_use_raw_units (FoveaSaeMetrics *metrics);

/**
 * fovea_sae_metrics_add:
 * @codes: of these rows
 * @target: (n_rows, d_out): what was to be reconstructed
 * @reconstruction: (n_rows, d_out)
 *
 * One text a call, where firings a text are to mean something. Rows that should not count (special
 * tokens) are left out by the caller.
 *
 * Thread: one at a time.
 */
void fovea_sae_metrics_add (FoveaSaeMetrics *metrics,
                            const FoveaSaeCodes *codes,
                            const float *target,
                            const float *reconstruction);

/**
 * fovea_sae_metrics_finish:
 * @quality: (out caller-allocates): NaN for what has no rows
 *
 * May be called more than once.   Thread: one at a time.
 */
void fovea_sae_metrics_finish (const FoveaSaeMetrics *metrics, FoveaSaeQuality *quality);

/**
 * fovea_sae_metrics_list_latents:
 *
 * The table "sae_latents", a row a latent: density, shares of rows where it is above and below 0,
 * two-sidedness 2 min / sum of these (0 one-sided, 1 balanced; NaN if dead), mean of its codes and
 * their extremes, firings a text where it fires (consistent-activation heuristic), norm of its decoder row, and the cosine between encoder and decoder.
 *
 * Thread: one at a time.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_metrics_list_latents (const FoveaSaeMetrics *metrics);

/**
 * fovea_sae_metrics_count_densities:
 * @latents: the table "sae_latents", from here or from a store
 *
 * The table "sae_densities": latents by log10 (density + 1e-10), 50 bins over -10 .. 0; the dead ones
 * are all in the first.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_metrics_count_densities (FoveaTable *latents);

/**
 * fovea_sae_quality_tabulate:
 *
 * The table "sae_quality": name, value, unit and what it is, a row a number.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_quality_tabulate (const FoveaSaeQuality *quality);
