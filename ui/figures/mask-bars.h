/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Under each mask of a figure a bar of the attention mass and one of the work, each split in two. Words find
 * room at every width: shorter names, a line of their own for what is written at their end, a number alone. */
#include "ui/figures/inks.h"
#include "ui/figures/scene.h"

enum {
    FOVEA_MASK_BARS_MOST = 3, /* masks side by side */
    FOVEA_MASK_N_BARS = 2,
};

typedef struct {
    double text, width; /* points: size of letters, length of a bar */
    const FoveaInks *inks;
    gboolean stacked; /* what is at the end of a name has a line to itself */
    guint n;
    double kept[FOVEA_MASK_BARS_MOST][FOVEA_MASK_N_BARS]; /* shares of mass, and of work */
} FoveaMaskBars;

/**
 * fovea_mask_bars_fit:
 *
 * Decides by the length of a bar how words stand, whatever shares there will be.   Thread: any.
 */
void fovea_mask_bars_fit (FoveaMaskBars *self);

/**
 * fovea_mask_bars_get_height:
 *
 * From the first line of the first bar to the lower edge of the last, points.   Thread: any.
 */
double fovea_mask_bars_get_height (const FoveaMaskBars *self);

/**
 * fovea_mask_bars_add:
 * @i: mask
 * @x, @y: left end of its bars, first baseline
 *
 * Thread: any.
 */
void
fovea_mask_bars_add (const FoveaMaskBars *self, FoveaScene *scene, guint i, double x, double y);
