/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The key of a colour scale: quantity, bar, ticks, and apart from it the swatch of zero. */
#include "ui/figures/ramp.h"
#include "ui/figures/scene.h"

/**
 * fovea_color_bar_get_size:
 * @n_lines: (nullable): how many lines of words stand above
 *
 * Room of fovea_color_bar_add().   Units: points.
 *
 * Thread: any.
 */
void fovea_color_bar_get_size (
    const FoveaRamp *ramp, double bar, double text, guint n_lines, double *width, double *height);

/**
 * fovea_color_bar_add:
 * @x, @y: top left
 * @bar: length of the bar
 * @title: the quantity, bold
 * @detail: (nullable): a second line
 *
 * Units: points.
 * Thread: as the scene.
 */
void fovea_color_bar_add (FoveaScene *scene,
                          const FoveaRamp *ramp,
                          double x,
                          double y,
                          double bar,
                          double text,
                          const char *title,
                          const char *detail);

/**
 * fovea_color_bar_add_inline:
 * @left: as far as the words may reach; -INFINITY = they decide
 * @right: right end
 * @baseline: (inout): of the words; becomes that of the last line
 *
 * All on one line, ends labelled only; the title has a line of its own if there is no room for both. Gives
 * the left end of the last line.
 *
 * Units: points.
 * Thread: as the scene.
 */
double fovea_color_bar_add_inline (FoveaScene *scene,
                                   const FoveaRamp *ramp,
                                   double left,
                                   double right,
                                   double *baseline,
                                   double text,
                                   const char *title);
