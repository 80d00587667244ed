/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Map view: toolbar, canvas, rail and row profile. */
#include <gtk/gtk.h>

#include "ui/kept.h"
#include "ui/map-canvas.h"

#define FOVEA_TYPE_MAP_PAGE (fovea_map_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMapPage, fovea_map_page, FOVEA, MAP_PAGE, GtkBox)

/**
 * fovea_map_page_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_map_page_new (FoveaSelection *selection, FoveaCellModel *cells);

/**
 * fovea_map_page_set_sparse:
 *
 * Offers the masks of the curves as overlays; without it there are none.   Thread: main.
 */
void fovea_map_page_set_sparse (FoveaMapPage *self, FoveaSparseModel *sparse);

/**
 * fovea_map_page_get_canvas:
 *
 * Owner: the page.   Thread: main.
 */
FoveaMapCanvas *fovea_map_page_get_canvas (FoveaMapPage *self);

/**
 * fovea_map_page_get_viewport:
 *
 * Owner: the page.   Thread: main.
 */
FoveaViewport *fovea_map_page_get_viewport (FoveaMapPage *self);

/**
 * fovea_map_page_toggle_table:
 *
 * The selected row as a table in place of the map, and back.   Thread: main.
 */
void fovea_map_page_toggle_table (FoveaMapPage *self);

/**
 * fovea_map_page_toggle_arcs:
 *
 * Lines between tokens in place of the map, and back, where the text is short enough for them.
 *
 * Thread: main.
 */
void fovea_map_page_toggle_arcs (FoveaMapPage *self);

/**
 * fovea_map_page_shows_arcs:
 *
 * Thread: main.
 */
gboolean fovea_map_page_shows_arcs (FoveaMapPage *self);

/**
 * fovea_map_page_keep:
 * @kept: gets what is chosen here
 * @of_text: and what belongs to the open text: the part of its map, arcs, the mask over it
 *
 * Thread: main.
 */
void fovea_map_page_keep (FoveaMapPage *self, FoveaKept *kept, FoveaKept *of_text);
