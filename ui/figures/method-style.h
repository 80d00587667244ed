/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How sparse methods are told apart: colour, mark and dash of the eight classes (ui.md 3). A method
 * has a class of its own where it can; of several that want the same, later ones take what is free. */
#include "ui/figures/color-map.h"

enum {
    FOVEA_N_METHOD_CLASSES = 8,
};

typedef struct {
    guint32 color;
    FoveaMark mark;
    const double *dash; /* ended by 0; its first 0 = drawn through */
} FoveaMethodStyle;

/**
 * fovea_method_styles_assign:
 * @ids: (array length=n):
 * @styles: (out caller-allocates): (n)
 *
 * Beyond eight methods classes repeat.
 *
 * Thread: any.
 */
void fovea_method_styles_assign (const char *const *ids,
                                 guint n,
                                 FoveaTheme theme,
                                 FoveaMethodStyle *styles);

/**
 * fovea_method_style_get_bound:
 *
 * The oracles' by token: the class that no other method takes.
 *
 * Thread: any.
 */
FoveaMethodStyle fovea_method_style_get_bound (FoveaTheme theme);
