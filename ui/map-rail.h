/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Beside the map: the whole map with the visible part framed (drag moves it) and the colour bar
 * with the selected cell's weight marked. */
#include <gtk/gtk.h>

#include "ui/map-canvas.h"
#include "ui/profile.h"

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

#define FOVEA_TYPE_ROW_PROFILE (fovea_row_profile_get_type ())
G_DECLARE_FINAL_TYPE (FoveaRowProfile, fovea_row_profile, FOVEA, ROW_PROFILE, FoveaProfile)

/**
 * fovea_row_profile_new:
 *
 * Under the map: the selected row over all keys, with the visible span framed. Click: key.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_row_profile_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport);
