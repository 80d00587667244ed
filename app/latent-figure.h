/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent's page as a file, the same bytes from command and window. */
#include "analysis/sae-latent.h"
#include "ui/figures/figure.h"

enum {
    FOVEA_LATENT_EXAMPLES = 20, /* a side, that are collected for a page */
    FOVEA_LATENT_WINDOW = 20,   /* tokens on either side; a figure shows as many as fit */
    FOVEA_LATENT_EFFECTS = 10,  /* next tokens of each sign, likewise */
    FOVEA_LATENT_NEIGHBOURS = 10,
};

typedef struct {
    const char *architecture, *site;
    gint64 n_latents;
    gboolean has_signs;
    guint n_examples; /* a side; 0 = 5 */
    double width_mm;  /* 0 = two columns */
    double dpi;       /* of a PNG, 0 = 300 */
    FoveaTheme theme;
} FoveaLatentPage;

/**
 * fovea_latent_figure_new:
 *
 * Errors: those of figure-latent.h.   Thread: any; blocks.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *
fovea_latent_figure_new (const FoveaSaeLatent *latent, const FoveaLatentPage *page, GError **error);

/**
 * fovea_latent_figure_print_provenance:
 *
 * What its file says of itself.   Thread: any.   Owner: caller.
 */
char *fovea_latent_figure_print_provenance (gint32 latent, const FoveaLatentPage *page);

/**
 * fovea_latent_figure_save:
 * @path: *.pdf, *.svg or *.png
 *
 * Errors: those of figure-latent.h and of fovea_figure_save().   Thread: any; blocks.
 */
gboolean fovea_latent_figure_save (const FoveaSaeLatent *latent,
                                   const FoveaLatentPage *page,
                                   const char *path,
                                   GError **error);
