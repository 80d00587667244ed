/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* From values to entries of a palette of 256. */
#include "ui/figures/color-map.h"

enum {
    FOVEA_RAMP_FIRST = 2,   /* entries before the ramp: absent and zero */
    FOVEA_RAMP_STEPS = 254, /* of the ramp */
};

#define FOVEA_RAMP_ZERO 0.005 /* of a linear range: less is zero */

typedef enum {
    FOVEA_RAMP_LOG,    /* low .. high, by decades */
    FOVEA_RAMP_LINEAR, /* low .. high; zero below half a percent of the range */
    FOVEA_RAMP_SIGNED, /* -high .. high */
} FoveaRampKind;

typedef struct {
    FoveaRampKind kind;
    double low, high;
} FoveaRamp;

/**
 * fovea_ramp_set_palette:
 *
 * Fills a palette: 0 transparent, 1 the zero colour, 2 .. 255 the ramp.
 *
 * Shape: @palette is (256) of 0xAARRGGBB.   Thread: any.
 */
void fovea_ramp_set_palette (const FoveaRamp *ramp, FoveaTheme theme, guint32 *palette);

/**
 * fovea_ramp_get_index:
 *
 * Palette entry of a value; NaN is transparent.
 *
 * Thread: any.
 */
guint8 fovea_ramp_get_index (const FoveaRamp *ramp, double value);
