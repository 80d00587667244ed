/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The choices of the export dialog as a form: what is exported, how large and as what. Each content comes with
 * the choices that it had last. It is built in parts, for the turns of a dialog that is not in sight yet. */
#include "app/window/export-contents.h"
#include "app/window/form.h"
#include "app/window/window.h"

typedef struct _FoveaExportForm FoveaExportForm;

/**
 * fovea_export_form_new:
 * @changed: from fovea_export_form_begin() on
 *
 * With the list of what the open sequence has, and room for the other parts.
 *
 * Thread: main.   Owner: caller, fovea_export_form_free() after its widget has gone.
 */
FoveaExportForm *
fovea_export_form_new (FoveaWindow *owner, FoveaFormChanged changed, gpointer data);

/**
 * fovea_export_form_free:
 *
 * NULL is fine.   Thread: main.
 */
void fovea_export_form_free (FoveaExportForm *self);

/**
 * fovea_export_form_get_widget:
 *
 * Thread: main.   Owner: its parent.
 */
GtkWidget *fovea_export_form_get_widget (FoveaExportForm *self);

/**
 * fovea_export_form_add_sizes:
 *
 * Width and height, below what is there.   Thread: main.
 */
void fovea_export_form_add_sizes (FoveaExportForm *self);

/**
 * fovea_export_form_add_kinds:
 *
 * Format and text, below the sizes.   Thread: main.
 */
void fovea_export_form_add_kinds (FoveaExportForm *self);

/**
 * fovea_export_form_add_looks:
 *
 * Colours, theme, letters and caption, below the kinds.   Thread: main.
 */
void fovea_export_form_add_looks (FoveaExportForm *self);

/**
 * fovea_export_form_begin:
 *
 * All parts are there: chooses what the view in front shows, and tells of it as of a change.   Thread: main.
 */
void fovea_export_form_begin (FoveaExportForm *self);

/**
 * fovea_export_form_get_content:
 *
 * Thread: main.   Owner: static.
 */
const FoveaExportContent *fovea_export_form_get_content (FoveaExportForm *self);

/**
 * fovea_export_form_get_format:
 *
 * Thread: main.   Owner: static.
 */
const FoveaExportFormat *fovea_export_form_get_format (FoveaExportForm *self);

/**
 * fovea_export_form_is_data:
 *
 * Whether the numbers are wanted in place of a picture.   Thread: main.
 */
gboolean fovea_export_form_is_data (FoveaExportForm *self);

/**
 * fovea_export_form_make_request:
 *
 * The selection may have moved meanwhile; the figure is of what is selected now.
 *
 * Thread: main.   Owner: caller, fovea_figure_request_free().
 */
FoveaFigureRequest *fovea_export_form_make_request (FoveaExportForm *self);

/**
 * fovea_export_form_show_height:
 *
 * What the content took, in millimetres: an own height begins with it.   Thread: main.
 */
void fovea_export_form_show_height (FoveaExportForm *self, double height_mm);
