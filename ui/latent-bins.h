/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The bins of a latent's histogram as something to point at: where they were drawn, which are chosen,
 * and how keys move from one to the next. */
#include <gtk/gtk.h>

#include "analysis/sae-latent.h"
#include "ui/palette.h"

/* Lengths in pixels at text scale 1. */
typedef struct {
    double x, y, width, height; /* of all bars that are drawn */
    guint n_bins, first;        /* the first one drawn: without signs only one half is */
    double limit;               /* code at the end of the last bin */
    gint64 *counts;             /* (n_bins) tokens; NULL = nothing is drawn */
} FoveaLatentBins;

/**
 * fovea_latent_bins_clear:
 *
 * Nothing is drawn any more.   Thread: main.
 */
void fovea_latent_bins_clear (FoveaLatentBins *bins);

/**
 * fovea_latent_bins_holds:
 *
 * Whether a point is above the axis of the histogram.   Thread: main.
 */
gboolean fovea_latent_bins_holds (const FoveaLatentBins *bins, double x, double y);

/**
 * fovea_latent_bins_find:
 *
 * The bin at @x, or the nearest.   Thread: main.
 */
guint fovea_latent_bins_find (const FoveaLatentBins *bins, double x);

/**
 * fovea_latent_bins_name:
 * @chosen: of these bins
 *
 * "codes +0.30 to +0.35".   Thread: main.   Owner: caller, g_free().
 */
char *fovea_latent_bins_name (const FoveaLatentBins *bins, const FoveaCodeBins *chosen);

/**
 * fovea_latent_bins_describe:
 * @chosen: of these bins
 *
 * "codes +0.30 to +0.35, 12 tokens".   Thread: main.   Owner: caller, g_free().
 */
char *fovea_latent_bins_describe (const FoveaLatentBins *bins, const FoveaCodeBins *chosen);

/**
 * fovea_latent_bins_step:
 * @chosen: (nullable): where keys are; NULL = nowhere yet, which begins at 0
 * @by: 1 or -1
 *
 * The next bin in that direction in which there are tokens; FALSE if there is none.   Thread: main.
 */
gboolean fovea_latent_bins_step (const FoveaLatentBins *bins,
                                 const FoveaCodeBins *chosen,
                                 int by,
                                 FoveaCodeBins *next);

/**
 * fovea_latent_bins_widen:
 * @by: bins more on either side, or fewer if it is negative
 *
 * FALSE if nothing would change.   Thread: main.
 */
gboolean fovea_latent_bins_widen (const FoveaLatentBins *bins,
                                  const FoveaCodeBins *chosen,
                                  int by,
                                  FoveaCodeBins *next);

/**
 * fovea_latent_bins_draw:
 *
 * A frame around the chosen ones, and a veil over the others.   Thread: main.
 */
void fovea_latent_bins_draw (const FoveaLatentBins *bins,
                             const FoveaCodeBins *chosen,
                             GtkSnapshot *snapshot,
                             const FoveaPalette *palette);
