/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a curve's name can stand: near its own curve, clear of every curve, mark and other name. */
#include "ui/figures/scene.h"

typedef struct _FoveaLabelPlacer FoveaLabelPlacer;

typedef struct {
    FoveaBox box;
    gboolean leader; /* the box stands off: a line joins it to the curve */
    double from[2], to[2];
} FoveaLabelPlace;

/**
 * fovea_label_placer_new:
 * @area: where labels may stand, points
 *
 * Thread: one at a time.   Owner: caller frees with fovea_label_placer_free(); autoptr.
 */
FoveaLabelPlacer *fovea_label_placer_new (FoveaBox area);

/**
 * fovea_label_placer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @placer.
 */
void fovea_label_placer_free (FoveaLabelPlacer *placer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLabelPlacer, fovea_label_placer_free)

/**
 * fovea_label_placer_add_curve:
 * @points: (n, 2)
 *
 * Gives the curve's number. All curves come before the first label.
 *
 * Units: points.   Thread: one at a time.
 */
guint fovea_label_placer_add_curve (FoveaLabelPlacer *placer, const double *points, guint n);

/**
 * fovea_label_placer_set_step:
 * @step: between the places that are tried, 2 at first
 *
 * Coarser for a screen, where a label must not cost a frame.   Thread: any.
 */
void fovea_label_placer_set_step (FoveaLabelPlacer *placer, double step);

/**
 * fovea_label_placer_find:
 * @curve: its number
 *
 * The best free place for a label of that size, which is then taken; FALSE if there is none.
 *
 * Units: points.   Thread: one at a time.
 */
gboolean fovea_label_placer_find (
    FoveaLabelPlacer *placer, guint curve, double width, double height, FoveaLabelPlace *place);
