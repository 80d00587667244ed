/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A panel of curves of a share over density: logarithmic axis of density in percent, share from 0 to
 * 1, bands, dashes, marks and direct labels. Sparser is left, better is up. */
#include "ui/figures/method-style.h"
#include "ui/figures/scene.h"

typedef struct {
    const double *density, *share; /* (n), rising in density */
    guint n;
    const char *label; /* NULL = none */
    FoveaMethodStyle style;
    const double *band_density, *band_low, *band_high; /* (n_band) */
    guint n_band;                                      /* 0 = no band */
} FoveaPlotCurve;

typedef struct {
    double x, y, width, height; /* of the axes' box, points */
    double text;
    double low;        /* left end of the density axis, share above 0 and below 1 */
    double line_width; /* of the curves */
    gboolean marks;
    gboolean numbers_left, numbers_below;
    gboolean fine;     /* ticks at 1, 2 and 5 of each decade, and every fifth share; else fewer */
    const char *below; /* words under the axis, NULL = none */
} FoveaPlotPanel;

/**
 * fovea_plot_get_low:
 *
 * The 1, 2 or 5 times a power of ten at or below a density: where an axis begins.
 *
 * Thread: any.
 */
double fovea_plot_get_low (double density);

/**
 * fovea_plot_add:
 * @curves: (array length=n): drawn in this order
 *
 * Units: points.   Owner: the scene copies what it is given.
 * Thread: as the scene.
 */
void fovea_plot_add (FoveaScene *scene,
                     const FoveaPlotPanel *panel,
                     const FoveaPlotCurve *curves,
                     guint n);
