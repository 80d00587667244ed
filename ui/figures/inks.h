/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a figure is drawn in besides the colours of data: a set for paper, one for a dark slide. A
 * scene holds its set, so that words, axes and marks need not be told on what they stand. */
#include "ui/figures/color-map.h"

typedef struct _FoveaInks {
    FoveaTheme theme;
    guint32 page;                                /* painted under all; alpha 0: paper */
    double margin;                               /* of a painted page, points */
    guint32 ground;                              /* that shows through: halos, edges of marks */
    guint32 ink, quiet;                          /* words and axes; captions, headings of keys */
    guint32 outline;                             /* round small maps and cells without a value */
    guint32 faint;                               /* bars of what is beside the point */
    guint32 kept_word, missed_word, wasted_word; /* hues of a mask that can be read */
    const char *ground_name, *ground_title;      /* for captions: "white", "White" */
} FoveaInks;

/**
 * fovea_inks_get:
 *
 * Thread: any.   Owner: static.
 */
const FoveaInks *fovea_inks_get (FoveaTheme theme);

/**
 * fovea_theme_get_name:
 *
 * "light" or "dark", as options and files have it.   Thread: any.   Owner: static.
 */
const char *fovea_theme_get_name (FoveaTheme theme);

/**
 * fovea_theme_from_name:
 *
 * FALSE if there is no such theme; @theme is then left alone.   Thread: any.
 */
gboolean fovea_theme_from_name (const char *name, FoveaTheme *theme);
