/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the two panels of the heads figure share: the grid says where it ends, the ranking takes the
 * rest. Points throughout. */
#include "ui/figures/color-bar.h"
#include "ui/figures/figure-private.h"

#define FOVEA_HEADS_LEAST_PANEL 24.0 /* height of a part of panel b beside the grid */
#define FOVEA_HEADS_BESIDE_GAP  2.6  /* letters between the grid and panel b there */

typedef struct {
    FoveaScene *scene;
    FoveaTrace *trace;
    FoveaTable *heads;
    const char *score, *caption;
    FoveaFigureMeasures measures;
    gint64 n_layers, n_heads;
    double left, top, cell, gap_x, gap_y;
    gboolean beside;          /* panel b is right of the grid */
    double right, below;      /* of the column of the grid; what stands below the grid in it */
    double panel;             /* height of one of panel b's */
    double panel_x, panel_to; /* panel b's column */
    FoveaRamp ramp;
    gboolean means;
    gboolean gaps; /* of some layers there are no maps */
    GCancellable *cancellable;
} FoveaHeadsLayout;

/**
 * fovea_heads_ranks_add:
 * @y: where the grid and its keys end
 *
 * Panel b below @y, or beside what ends there; gives its lowest edge. Beside the grid it sets the height
 * of its parts, which may be too little to draw any.
 *
 * Thread: as the scene.
 */
double fovea_heads_ranks_add (FoveaHeadsLayout *layout, double y);

/**
 * fovea_heads_ranks_get_room:
 *
 * Width for panels: the last rank's label may hang over the axis' end.
 *
 * Thread: any.
 */
double fovea_heads_ranks_get_room (const FoveaHeadsLayout *layout);

/**
 * fovea_heads_score_words:
 *
 * "mean_distance" as people read it.
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_heads_score_words (const char *score);
