/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a drag over a plot encloses: a rectangle, or with Shift the loop that the pointer drew. Pixels
 * of the widget; no drawing, so tests need no display. */
#include <glib.h>

typedef struct _FoveaLasso FoveaLasso;

/**
 * fovea_lasso_new:
 * @free_hand: a loop rather than a rectangle
 * @x, @y: where the drag began
 *
 * Thread: main.   Owner: caller, fovea_lasso_free(); autoptr.
 */
FoveaLasso *fovea_lasso_new (gboolean free_hand, double x, double y);

/**
 * fovea_lasso_free:
 *
 * NULL is fine.   Thread: main.
 */
void fovea_lasso_free (FoveaLasso *lasso);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLasso, fovea_lasso_free)

/**
 * fovea_lasso_move:
 * @x, @y: where the pointer is now
 *
 * A loop takes a corner only where it moved some pixels on: a long drag stays short.   Thread: main.
 */
void fovea_lasso_move (FoveaLasso *lasso, double x, double y);

/**
 * fovea_lasso_is_drawn:
 *
 * FALSE while the pointer has hardly moved: a hand that shakes at a click encloses nothing.
 *
 * Thread: main.
 */
gboolean fovea_lasso_is_drawn (FoveaLasso *lasso);

/**
 * fovea_lasso_contains:
 *
 * Inside by the even-odd rule; the loop is closed by its first corner. Edges of a rectangle count as
 * inside.   Thread: main.
 */
gboolean fovea_lasso_contains (FoveaLasso *lasso, double x, double y);

/**
 * fovea_lasso_get_corners:
 * @n: (out):
 *
 * x and y of each corner, in order.   Thread: main.   Owner: the lasso.
 */
const double *fovea_lasso_get_corners (FoveaLasso *lasso, guint *n);
