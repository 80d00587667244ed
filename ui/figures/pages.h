/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One PDF of several figures, a page each, with an entry in the outline by which readers jump. */
#include "ui/figures/figure.h"

typedef struct _FoveaFigurePages FoveaFigurePages;

/**
 * fovea_figure_pages_new:
 * @title: for the file's metadata
 * @provenance: (nullable): the query that made it, as fovea_figure_save() keeps it
 *
 * Thread: one at a time.   Owner: caller frees with fovea_figure_pages_free(); autoptr.
 */
FoveaFigurePages *fovea_figure_pages_new (const char *title, const char *provenance);

/**
 * fovea_figure_pages_free:
 *
 * NULL is fine.
 *
 * Thread: one at a time.   Owner: takes @pages.
 */
void fovea_figure_pages_free (FoveaFigurePages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFigurePages, fovea_figure_pages_free)

/**
 * fovea_figure_pages_add:
 * @name: (nullable): of the page in the outline, "head 5.7"; NULL = none
 *
 * Appends a page of @figure's own size. The figure may be freed afterwards.
 *
 * Thread: one at a time.
 */
void fovea_figure_pages_add (FoveaFigurePages *pages, FoveaFigure *figure, const char *name);

/**
 * fovea_figure_pages_finish:
 *
 * The file; nothing can be added afterwards. Same pages, same bytes.
 *
 * Errors: FOVEA_ERROR_MEMORY with cairo's word.   Thread: one at a time.   Owner: caller.
 */
GBytes *fovea_figure_pages_finish (FoveaFigurePages *pages, GError **error);

/**
 * fovea_figure_pages_save:
 * @path: *.pdf
 *
 * Finishes and writes. The file appears complete or not at all.
 *
 * Errors: as fovea_figure_pages_finish(), file errors.   Thread: one at a time; blocks.
 */
gboolean fovea_figure_pages_save (FoveaFigurePages *pages, const char *path, GError **error);
