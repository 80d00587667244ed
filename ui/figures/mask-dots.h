/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Colours of a mask's dots, for files and for the screen: the five verdicts, and what stands for
 * several pairs (analysis/mask-verdict.h) between two of them. */
#include "analysis/mask-verdict.h"

/* The three colours of ui.md 3, the same in both themes; what is neither is zero. */
#define FOVEA_MASK_KEPT   0xFF0B6E8F
#define FOVEA_MASK_MISSED 0xFFCD451C
#define FOVEA_MASK_WASTED 0xFFC9C5D8

/**
 * fovea_mask_dots_set_palette:
 * @colors: (array fixed-size=FOVEA_N_VERDICTS): of single pairs, 0xAARRGGBB
 * @palette: (out caller-allocates): (FOVEA_N_DOTS)
 *
 * A dot of step s of FOVEA_DOT_STEPS is s steps of the way from its ground's colour to that of what
 * matters in it.
 *
 * Thread: any.
 */
void fovea_mask_dots_set_palette (const guint32 *colors, guint32 *palette);
