/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A request drawn and written: one figure, or a PDF with a page for every head of a layer. */
#include "app/figure-request.h"
#include "capture/session.h"

/* Draws what @request asks, from whatever @data holds.   Owner: the caller gets the figure. */
typedef FoveaFigure *(*FoveaFigureDraw) (const FoveaFigureRequest *request,
                                         gpointer data,
                                         GError **error);

/**
 * fovea_figure_request_check_path:
 *
 * Whether @request can be written to @path: pages need a .pdf.
 *
 * Errors: FOVEA_ERROR_USAGE.   Thread: any.
 */
gboolean fovea_figure_request_check_path (const FoveaFigureRequest *request,
                                          const char *path,
                                          GError **error);

/**
 * fovea_figure_request_save:
 * @request: with its object set
 * @draw: called once, or once for each head
 * @progress: (nullable): pages done and their number; called for pages only
 * @smallest: (out) (optional): text size in points, the smallest of all pages
 *
 * Errors: as fovea_figure_request_check_path(), those of @draw and of fovea_figure_save();
 * G_IO_ERROR_CANCELLED between two pages, and then nothing is written.
 * Thread: any; blocks.
 */
gboolean fovea_figure_request_save (const FoveaFigureRequest *request,
                                    FoveaTrace *trace,
                                    const char *path,
                                    FoveaFigureDraw draw,
                                    gpointer data,
                                    FoveaProgress progress,
                                    gpointer progress_data,
                                    double *smallest,
                                    GCancellable *cancellable,
                                    GError **error);
