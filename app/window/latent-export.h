/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent's page as the export dialog's content: the figure, the file and the command of it. It is no kind of
 * `fovea figure`; what it shares with those are width, theme and dots. */
#include "app/figure-request.h"
#include "ui/feature-source.h"

/* In place of a kind of figure. */
#define FOVEA_EXPORT_LATENT FOVEA_N_FIGURE_KINDS

/* Which latent. */
typedef struct {
    FoveaFeatureSource *source; /* NULL = none is shown */
    gint32 latent;
} FoveaLatentExport;

/**
 * fovea_latent_export_draw:
 *
 * Errors: those of feature-source.h and latent-figure.h.   Thread: any; blocks.
 * Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_latent_export_draw (const FoveaLatentExport *which,
                                       const FoveaFigureRequest *request,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * fovea_latent_export_save:
 * @path: *.pdf, *.svg, *.png or *.json
 *
 * Errors: those of feature-source.h and latent-figure.h; FOVEA_ERROR_UNSUPPORTED for JSON without the
 * dictionary's own numbers.   Thread: any; blocks.
 */
gboolean fovea_latent_export_save (const FoveaLatentExport *which,
                                   const FoveaFigureRequest *request,
                                   const char *path,
                                   GCancellable *cancellable,
                                   GError **error);

/**
 * fovea_latent_export_print_provenance:
 *
 * What a file of it says of itself.   Thread: any.   Owner: caller.
 */
char *fovea_latent_export_print_provenance (const FoveaLatentExport *which,
                                            const FoveaFigureRequest *request);

/**
 * fovea_latent_export_to_command:
 *
 * That writes the same @path.   Thread: any.   Owner: caller.
 */
char *fovea_latent_export_to_command (const FoveaLatentExport *which,
                                      const FoveaFigureRequest *request,
                                      const char *path);
