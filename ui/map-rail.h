/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Beside the map: the whole map with the visible part framed (drag moves it) and the colour bar
 * with the selected cell's weight marked. */
#include <gtk/gtk.h>

#include "ui/map-canvas.h"

#define FOVEA_TYPE_MAP_RAIL (fovea_map_rail_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMapRail, fovea_map_rail, FOVEA, MAP_RAIL, GtkWidget)

/**
 * fovea_map_rail_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_map_rail_new (FoveaMapCanvas *canvas, FoveaCellModel *cells, FoveaViewport *viewport);

/**
 * fovea_map_rail_set_knob:
 * @knob: (nullable): of the mask that lies over the map, "window 24"; NULL = none
 *
 * Thread: main.
 */
void fovea_map_rail_set_knob (FoveaMapRail *self, const char *knob);

/**
 * fovea_profile_get_share:
 * @weights: (array length=n):
 *
 * How long the bar of the largest weight of [from, to) is, 0 to 1: on the map's scale, so that bar and cell
 * say the same.
 *
 * Thread: any.
 */
double fovea_profile_get_share (const float *weights, gint64 n, gint64 from, gint64 to);

#define FOVEA_TYPE_ROW_PROFILE (fovea_row_profile_get_type ())
G_DECLARE_FINAL_TYPE (FoveaRowProfile, fovea_row_profile, FOVEA, ROW_PROFILE, GtkWidget)

/**
 * fovea_row_profile_new:
 *
 * Under the map: the selected row over all keys, with the visible span framed. Click: key.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_row_profile_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport);
