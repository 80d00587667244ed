/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Numbers of the normal distribution for data made up by tests. */
#include <math.h>

#include "capture/random.h"

/**
 * draw_normal:
 *
 * Mean 0, variance 1; of two uniform ones (Box and Muller 1958).
 */
static inline double
draw_normal (FoveaRandom *random)
{
    double r = sqrt (-2 * log (1 - fovea_random_uniform (random)));
    return r * cos (2 * G_PI * fovea_random_uniform (random));
}
