/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A panel of ranked heads: one mark a head from the highest score down, error bars, the leading
 * ones named. */
#include "analysis/table.h"
#include "ui/figures/color-map.h"
#include "ui/figures/scene.h"

#define FOVEA_RANKED_INSET 4.0 /* first and last mark from the ends of the axis, points */

typedef struct {
    const char *column; /* of the heads table */
    const char *title;
    FoveaMark mark;
    guint32 color;
    double x, y, width, height; /* of the axes' box, points */
    double text;
    gboolean numbers; /* on the value axis */
    gboolean inner;   /* another stands below with these ranks: none are written here */
    double top;       /* of the value axis; 0 = from the values */
} FoveaRankedPanel;

/**
 * fovea_ranked_has_values:
 *
 * Whether a table has the column and any value in it.
 *
 * Thread: any.
 */
gboolean fovea_ranked_has_values (FoveaTable *heads, const char *column);

/**
 * fovea_ranked_add:
 *
 * Title above, axes, marks and labels; ends 3 lines of text below the box, at its ticks if it is an
 * inner one.
 *
 * Units: points.
 * Thread: as the scene.
 */
void fovea_ranked_add (FoveaScene *scene, FoveaTable *heads, const FoveaRankedPanel *panel);
