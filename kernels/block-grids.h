/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Grids of GGML's IQ types: points of 8 or 4 elements, each element a code of @bits bits in a list
 * of values. A code is worth less memory than a value: all grids take 9 KiB and stay in the
 * first-level cache. */
#include <stdint.h>

/* Eight codes of two bits; values 8, 25, 43. */
extern const uint16_t fovea_grid_iq2_xxs[256];
extern const uint16_t fovea_grid_iq2_xs[512];
extern const uint16_t fovea_grid_iq2_s[1024];

/* Eight codes of two bits; values -1, 0, 1. IQ1_M has the same. */
extern const uint16_t fovea_grid_iq1_s[2048];

/* Four codes of three bits; values 4, 12, 20, 28, 36, 44, 52, 62. */
extern const uint16_t fovea_grid_iq3_xxs[256];

/* The same with values 1, 3, 5 .. 15. */
extern const uint16_t fovea_grid_iq3_s[512];
