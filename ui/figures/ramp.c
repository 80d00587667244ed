/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The palette has 254 steps of the 256-colour table: one entry is kept for absent, one for zero. */
#include "ui/figures/ramp.h"

#include <math.h>

void
fovea_ramp_set_palette (const FoveaRamp *ramp, FoveaTheme theme, guint32 *palette)
{
    const guint32 *table = ramp->kind == FOVEA_RAMP_SIGNED ? fovea_color_map_diverging (theme)
                                                           : fovea_color_map_sequential (theme);
    palette[0] = 0;
    palette[1] = fovea_color_map_zero (theme);
    for (int i = 0; i < FOVEA_RAMP_STEPS; i++)
        palette[FOVEA_RAMP_FIRST + i] =
            table[(i * 255 + (FOVEA_RAMP_STEPS - 1) / 2) / (FOVEA_RAMP_STEPS - 1)];
}

guint8
fovea_ramp_get_index (const FoveaRamp *ramp, double value)
{
    if (isnan (value))
        return 0;
    double at;
    if (ramp->kind == FOVEA_RAMP_LOG) {
        if (value < ramp->low)
            return 1;
        at = log10 (value / ramp->low) / log10 (ramp->high / ramp->low);
    } else if (ramp->kind == FOVEA_RAMP_LINEAR) {
        at = (value - ramp->low) / (ramp->high - ramp->low);
        if (at < FOVEA_RAMP_ZERO)
            return 1;
    } else {
        at = (value / ramp->high + 1) / 2;
    }
    return (guint8) (FOVEA_RAMP_FIRST + (int) (CLAMP (at, 0, 1) * (FOVEA_RAMP_STEPS - 1) + 0.5));
}
