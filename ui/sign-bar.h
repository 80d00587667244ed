/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How often a latent fires on either side, as two bars from the middle: minus left and blue, plus
 * right and brown, as everywhere. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_SIGN_BAR (fovea_sign_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSignBar, fovea_sign_bar, FOVEA, SIGN_BAR, GtkWidget)

/**
 * fovea_sign_bar_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_sign_bar_new (void);

/**
 * fovea_sign_bar_set:
 * @most: count at which a bar is full; lengths are logarithmic, for counts span decades
 *
 * Thread: main.
 */
void fovea_sign_bar_set (FoveaSignBar *self, gint64 minus, gint64 plus, gint64 most);
