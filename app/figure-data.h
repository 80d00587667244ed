/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The numbers behind a figure, for those who draw their own: a request, but as CSV or npz. */
#include "app/figure-request.h"

/**
 * fovea_figure_data_save:
 * @table: (nullable): needed for a CSV of all heads or of curves, which is this table
 * @path: *.csv or *.npz
 *
 * map: its rectangle of weights, or of scores where it is coloured by score; tokens: the weights of
 * the chosen query; qk: query, key and product by dimension; heads: the head table (CSV), or every pattern (npz); kinds drawn from curves: the
 * table "recall" (CSV).
 *
 * Errors: those of fovea_exchange_export() and of fovea_figure_data_check(); FOVEA_ERROR_NOT_FOUND
 * without the table.
 * Thread: any; blocks.
 */
gboolean fovea_figure_data_save (const FoveaFigureRequest *request,
                                 FoveaTrace *trace,
                                 FoveaTable *table,
                                 const char *path,
                                 GCancellable *cancellable,
                                 GError **error);

/**
 * fovea_figure_data_check:
 *
 * Whether there are numbers of that form behind the figure.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED.   Thread: any.
 */
gboolean
fovea_figure_data_check (const FoveaFigureRequest *request, const char *path, GError **error);

/**
 * fovea_figure_data_to_command:
 *
 * The same file from a shell, NULL where only the window has the table, or nobody.   Thread: any.   Owner:
 * caller frees with g_free().
 */
char *fovea_figure_data_to_command (const FoveaFigureRequest *request,
                                    const char *store_path,
                                    const char *path);
