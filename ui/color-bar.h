/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The colour bar of weights: in the rail upright, in the empty triangle of a whole map level. */
#include "ui/palette.h"
#include "ui/tile.h"

/**
 * fovea_color_bar_draw_horizontal:
 * @width: of bar and zero swatch together
 *
 * Bar 12 high at (x, y), ticks below.   Thread: main.
 */
void fovea_color_bar_draw_horizontal (GtkWidget *widget,
                                      GtkSnapshot *snapshot,
                                      const FoveaPalette *palette,
                                      const FoveaTileSpec *spec,
                                      double x,
                                      double y,
                                      double width);

/**
 * fovea_color_bar_draw_vertical:
 * @marked: weight to mark on the bar, negative = none
 *
 * Bar 18 wide at (x, y), largest on top, ticks at the right, zero below.
 *
 * Thread: main.
 */
void fovea_color_bar_draw_vertical (GtkWidget *widget,
                                    GtkSnapshot *snapshot,
                                    const FoveaPalette *palette,
                                    const FoveaTileSpec *spec,
                                    double x,
                                    double y,
                                    double height,
                                    double marked);

/**
 * fovea_color_bar_draw_future:
 * @bottom: where the vertical bar of @spec ends
 *
 * The colour of what a causal map leaves out, below the zero.   Thread: main.
 */
void fovea_color_bar_draw_future (GtkWidget *widget,
                                  GtkSnapshot *snapshot,
                                  const FoveaPalette *palette,
                                  const FoveaTileSpec *spec,
                                  double x,
                                  double bottom);
