/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Names of curves in a plot. Finding their places takes longer than a frame may, so a thread looks
 * while the names of before stay; a point that moves along a curve leaves names where they are. */
#include "ui/curve-frame.h"

typedef struct _FoveaCurveNames FoveaCurveNames;

/**
 * fovea_curve_names_new:
 * @widget: that draws them; not owned, outlives this
 *
 * Thread: main.   Owner: caller frees with fovea_curve_names_free().
 */
FoveaCurveNames *fovea_curve_names_new (GtkWidget *widget);

/**
 * fovea_curve_names_free:
 *
 * NULL is fine. A search under way ends by itself, unheard.
 *
 * Thread: main.   Owner: takes @names.
 */
void fovea_curve_names_free (FoveaCurveNames *names);

/**
 * fovea_curve_names_forget:
 *
 * Curves or fonts have changed: the next frame looks for places anew.   Thread: main.
 */
void fovea_curve_names_forget (FoveaCurveNames *names);

/**
 * fovea_curve_names_is_busy:
 *
 * Whether places are being looked for.   Thread: main.
 */
gboolean fovea_curve_names_is_busy (const FoveaCurveNames *names);

/**
 * fovea_curve_names_draw:
 *
 * @goal: pixels from the top of the goal's line, which has a name too, NaN = none
 *
 * Draws those known and starts the search for others where size, theme, goal or curves are new; the
 * widget is drawn again when it ends.   Thread: main.
 */
void fovea_curve_names_draw (FoveaCurveNames *names,
                             GtkSnapshot *snapshot,
                             const FoveaPalette *palette,
                             FoveaSparseModel *model,
                             const FoveaCurveFrame *frame,
                             double goal);
