/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a position is typed that the map is to go to, "157,26": a popover near the map's origin. */
#include <gtk/gtk.h>

#include "ui/selection.h"

#define FOVEA_TYPE_MAP_POSITION (fovea_map_position_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMapPosition, fovea_map_position, FOVEA, MAP_POSITION, GtkPopover)

/**
 * fovea_map_position_new:
 * @parent: at which it hangs, and which takes it out again when it goes
 *
 * Signal: "closed", the popover's own: the keys go on where they came from.
 *
 * Thread: main.   Owner: the parent.
 */
FoveaMapPosition *fovea_map_position_new (FoveaSelection *selection, GtkWidget *parent);

/**
 * fovea_map_position_ask:
 *
 * Pops up, empty.   Thread: main.
 */
void fovea_map_position_ask (FoveaMapPosition *self);
