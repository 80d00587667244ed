/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The list of ways to colour a map. A difference is among them while there is something to take away. */
#include "ui/map-canvas.h"

/**
 * fovea_map_colors_new:
 *
 * It shows what @canvas draws, and sets what it is to draw.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkDropDown *fovea_map_colors_new (FoveaMapCanvas *canvas, FoveaSelection *selection);
