/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the marks of ranked heads mean, in the corner that ranks leave free. */
#include "ui/palette.h"
#include "ui/plot-points.h"

#define FOVEA_PLOT_KEY_COLUMNS 3 /* at most */

/**
 * fovea_plot_key_divide:
 * @needs: (array length=n): what each column's words are wide
 * @widths: (out caller-allocates) (array length=n): that the columns get of @room
 *
 * Alike where each has room for its words, else the last ones keep theirs and the first are cut.
 *
 * Thread: any.
 */
void fovea_plot_key_divide (const double *needs, guint n, double room, double *widths);

/**
 * fovea_plot_key_draw:
 * @area: of the points
 *
 * In columns, in one column where their words have no room, not at all over points. Gives the box of its words, 0 wide
 * without one.
 *
 * Thread: main.
 */
graphene_rect_t fovea_plot_key_draw (GtkWidget *widget,
                                     GtkSnapshot *snapshot,
                                     const FoveaPalette *palette,
                                     GArray *points,
                                     const graphene_rect_t *area);
