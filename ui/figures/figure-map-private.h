/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a map and the words round it share: where it stands, and what is in it. Points throughout. */
#include "ui/figures/figure-private.h"
#include "ui/figures/map-image.h"

typedef struct {
    FoveaScene *scene;
    const FoveaMapOptions *options;
    const FoveaTraceInfo *info;
    FoveaAttention *attention;
    FoveaAttention *less; /* of a difference, else NULL */
    FoveaFigureMeasures measures;
    FoveaMapRequest request;
    double x0, y0, cell_w, cell_h;
    gint64 block_q, block_k;
    GArray *q_ticks, *k_ticks;
    gboolean q_tokens, k_tokens; /* tokens along the axis, else positions */
    gboolean k_turned;
    double foot; /* room kept below the map */
    double room; /* that it leaves of the page's height; the width may leave less */
    gboolean chosen;
    float weight, theirs; /* of the chosen cell, here and in what is taken away */
    gint64 rank, n_allowed;
} FoveaMapLayout;

/**
 * fovea_map_layout_get_bottom:
 *
 * Lower edge of the cells.   Thread: any.
 */
double fovea_map_layout_get_bottom (const FoveaMapLayout *layout);

/**
 * fovea_map_layout_get_right:
 *
 * Right edge of the cells.   Thread: any.
 */
double fovea_map_layout_get_right (const FoveaMapLayout *layout);

/**
 * fovea_map_words_add:
 * @low: lowest edge of what there is
 *
 * The key of the colours, the chosen cell's frame and what it is, the caption.
 *
 * Thread: as the scene.
 */
void fovea_map_words_add (FoveaMapLayout *layout, double low);
