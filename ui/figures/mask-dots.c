/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A straight line between the two colours as they are stored: the eye takes the steps for even, and
 * no step is mistaken for a third colour, since grounds are pale and what matters is not. */
#include "ui/figures/mask-dots.h"

#include <string.h>

static guint32
mix (guint32 from, guint32 to, guint step)
{
    guint32 color = 0;
    for (guint shift = 0; shift < 32; shift += 8) {
        guint a = from >> shift & 0xFF, b = to >> shift & 0xFF;
        guint sum = a * (FOVEA_DOT_STEPS - step) + b * step;
        color |= (guint32) ((sum + FOVEA_DOT_STEPS / 2) / FOVEA_DOT_STEPS) << shift;
    }
    return color;
}

void
fovea_mask_dots_set_palette (const guint32 *colors, guint32 *palette)
{
    memcpy (palette, colors, FOVEA_N_VERDICTS * sizeof *colors);
    for (guint dot = FOVEA_N_VERDICTS; dot < FOVEA_N_DOTS; dot++) {
        FoveaVerdict ground, over;
        guint step = fovea_verdict_split_dot ((guint8) dot, &ground, &over);
        palette[dot] = mix (colors[ground], colors[over], step);
    }
}
