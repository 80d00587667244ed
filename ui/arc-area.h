/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The weights of one head on a short text, each of them: as lines between its tokens, or as a table of those. */
#include <gtk/gtk.h>

#include "ui/arc-model.h"
#include "ui/cell-model.h"

#define FOVEA_TYPE_ARC_AREA (fovea_arc_area_get_type ())
G_DECLARE_FINAL_TYPE (FoveaArcArea, fovea_arc_area, FOVEA, ARC_AREA, GtkBox)

/**
 * fovea_arc_area_new:
 * @cells: the selected row, which strong cells are found in
 *
 * Signal: "failed" (message).   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_arc_area_new (FoveaSelection *selection, FoveaCellModel *cells);

/**
 * fovea_arc_area_show_table:
 * @table: or the lines
 *
 * Thread: main.
 */
void fovea_arc_area_show_table (FoveaArcArea *self, gboolean table);

/**
 * fovea_arc_area_focus:
 *
 * The lines, or the selected row of the table.   Thread: main.
 */
void fovea_arc_area_focus (FoveaArcArea *self);

/**
 * fovea_arc_area_retry:
 *
 * Reads weights that could not be read.   Thread: main.
 */
void fovea_arc_area_retry (FoveaArcArea *self);
