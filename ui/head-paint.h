/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Heads coloured by one of their scores, in place of their maps. */
#include <gtk/gtk.h>

#include "ui/figures/ramp.h"
#include "ui/head-item.h"

/* What all heads have in common. A @score of NULL: they have their maps. */
typedef struct {
    const char *score;   /* column or role, static */
    gboolean difference; /* the score here less that of the reference */
    FoveaRamp ramp;
    guint32 colors[2][256]; /* by theme; entry 0, of no value, is transparent */
} FoveaHeadPaint;

/**
 * fovea_head_paint_set:
 * @items: (element-type FoveaHeadItem): all heads, so that a filter changes no colour
 * @score: (nullable): column or role; NULL, or one that no head has, is maps
 *
 * From zero to the next round number above the scores, or symmetric if some are negative.   Thread: main.
 */
void fovea_head_paint_set (FoveaHeadPaint *self,
                           GListModel *items,
                           const char *score,
                           gboolean difference);

/**
 * fovea_head_paint_get_color:
 * @other: of the reference, if the paint is of no difference
 *
 * Transparent where the head has no such score.   Thread: main.
 */
guint32 fovea_head_paint_get_color (const FoveaHeadPaint *self,
                                    FoveaTheme theme,
                                    FoveaHeadItem *item,
                                    gboolean other);

#define FOVEA_TYPE_PAINT_KEY (fovea_paint_key_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPaintKey, fovea_paint_key, FOVEA, PAINT_KEY, GtkWidget)

/**
 * fovea_paint_key_new:
 *
 * Its colours between the numbers at their ends; hidden while heads have their maps.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_paint_key_new (void);

/**
 * fovea_paint_key_set:
 *
 * Shows @paint as it is now; it must live as long as the key.   Thread: main.
 */
void fovea_paint_key_set (FoveaPaintKey *self, const FoveaHeadPaint *paint);
