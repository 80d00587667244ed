/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The mask of the selected point over the whole map of the selected head, in the three colours, with
 * their words and numbers in the empty triangle. */
#include "ui/palette.h"
#include "ui/sparse-model.h"

#define FOVEA_TYPE_MASK_VIEW (fovea_mask_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMaskView, fovea_mask_view, FOVEA, MASK_VIEW, GtkWidget)

/**
 * fovea_mask_view_new:
 *
 * Signals: "open" (a double click), "failed" (message).   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_mask_view_new (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_mask_key_explain:
 * @block: queries and keys that a pixel is of
 *
 * What the colours do not say: the ground of a map is another one in the dark.   Thread: any.   Owner: caller.
 */
char *fovea_mask_key_explain (FoveaTheme theme, int block);

/**
 * fovea_mask_key_draw:
 * @numbers: (nullable): to the right of the words
 * @x, @y: top left
 * @width: to the right end of the numbers
 *
 * The three colours, their words, and how much each is.   Thread: main.
 */
void fovea_mask_key_draw (GtkWidget *widget,
                          GtkSnapshot *snapshot,
                          const FoveaPalette *palette,
                          const FoveaSparseNumbers *numbers,
                          double x,
                          double y,
                          double width);

/**
 * fovea_mask_view_describe:
 *
 * "Mask of StreamingLLM, window 24 on head 5.10: kept mass 0.54, ...".   Thread: main.   Owner: caller
 * frees with g_free().
 */
char *fovea_mask_view_describe (FoveaSparseModel *model, FoveaSelection *selection);
