/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The colours of data: one sequential map, one diverging map, eight classes, each for light and
 * dark (ui.md 3). What is no data: inks.h. */
#include <glib.h>

typedef enum {
    FOVEA_THEME_LIGHT,
    FOVEA_THEME_DARK,
} FoveaTheme;

/* Roles and methods share the eight classes (ui.md 3); index 0 is class 1. */
typedef enum {
    FOVEA_MARK_DISC,
    FOVEA_MARK_TRIANGLE_UP,
    FOVEA_MARK_BAR,
    FOVEA_MARK_DIAMOND,
    FOVEA_MARK_SQUARE,
    FOVEA_MARK_CROSS,
    FOVEA_MARK_TRIANGLE_DOWN,
    FOVEA_MARK_RING, /* no role */
} FoveaMark;

/**
 * fovea_color_map_sequential:
 * @theme: light or dark
 *
 * 256 colours 0xAARRGGBB, opaque, low to high: 9 stops joined by straight lines in OKLab.
 *
 * Thread: any.   Owner: static.
 */
const guint32 *fovea_color_map_sequential (FoveaTheme theme);

/**
 * fovea_color_map_diverging:
 *
 * 256 colours for -1 .. +1, 0xAARRGGBB.
 *
 * Thread: any.   Owner: static.
 */
const guint32 *fovea_color_map_diverging (FoveaTheme theme);

/**
 * fovea_color_map_zero:
 *
 * Colour of weight zero or below the floor.
 *
 * Thread: any.
 */
guint32 fovea_color_map_zero (FoveaTheme theme);

/**
 * fovea_color_map_future:
 *
 * Colour of forbidden cells on screen (figures leave paper).
 *
 * Thread: any.
 */
guint32 fovea_color_map_future (FoveaTheme theme);

/**
 * fovea_color_map_difference_limit:
 *
 * Mean weights of texts of so many tokens that differ by this much or more have the last colour: 0.1,
 * or 16 times what a token would have if all had the same, rounded down to 1, 2 or 5.   Thread: any.
 */
double fovea_color_map_difference_limit (gint64 n_tokens);

/**
 * fovea_color_map_floor:
 * @n_tokens: T
 *
 * Lower end of the log scale: the largest power of ten <= 1 / (6 T).
 *
 * Thread: any.
 */
double fovea_color_map_floor (gint64 n_tokens);

/**
 * fovea_color_map_log:
 * @floor: lower end
 *
 * Colour of a weight on the log scale; below @floor the zero colour.
 *
 * Thread: any.
 */
guint32 fovea_color_map_log (FoveaTheme theme, double weight, double floor);

/**
 * fovea_color_map_linear:
 *
 * Colour of a share 0 .. 1; below 0.005 the zero colour.
 *
 * Thread: any.
 */
guint32 fovea_color_map_linear (FoveaTheme theme, double share);

/**
 * fovea_color_map_signed:
 * @limit: the range is -@limit .. @limit; values beyond take the end colours
 *
 * Colour of a signed value; NaN and a limit of 0 give the middle.
 *
 * Thread: any.
 */
guint32 fovea_color_map_signed (FoveaTheme theme, double value, double limit);

/**
 * fovea_color_map_role:
 * @role: "previous token", "induction", ... as in the heads table; NULL or "" = none
 * @mark: (out) (optional): its shape
 *
 * Colour of a role.
 *
 * Thread: any.
 */
guint32 fovea_color_map_role (FoveaTheme theme, const char *role, FoveaMark *mark);

/**
 * fovea_color_map_class:
 * @index: 0 .. 7, class 1 to 8
 *
 * Thread: any.
 */
guint32 fovea_color_map_class (FoveaTheme theme, guint index);

/**
 * fovea_color_map_text_on:
 *
 * Black or white, whichever contrasts more with @color.
 *
 * Thread: any.
 */
guint32 fovea_color_map_text_on (guint32 color);

/**
 * fovea_color_map_mix:
 * @share: of @to, 0 .. 1; the rest is @from
 *
 * An opaque colour on the straight line between two, as they are stored.   Thread: any.
 */
guint32 fovea_color_map_mix (guint32 from, guint32 to, double share);

/**
 * fovea_color_map_word_on:
 *
 * @color, or as much nearer to black or white as takes a word on @ground to a contrast of 4.5.
 *
 * Thread: any.
 */
guint32 fovea_color_map_word_on (guint32 color, guint32 ground);
