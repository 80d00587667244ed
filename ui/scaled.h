/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Text scaling of the desktop for widgets that draw themselves. Their measures are those of ui.md, at
 * text scale 1; in this frame they keep them and are laid out, drawn and pointed at through one
 * transform, so that bars and marks grow with the letters. Widgets whose size is data (maps) stay
 * outside and multiply what they need for text. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_SCALED (fovea_scaled_get_type ())
G_DECLARE_FINAL_TYPE (FoveaScaled, fovea_scaled, FOVEA, SCALED, GtkWidget)

/**
 * fovea_scaled_new:
 * @child: (transfer floating): one widget that draws itself
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_scaled_new (GtkWidget *child);

/**
 * fovea_scaled_get_child:
 *
 * Thread: main.   Owner: the frame.
 */
GtkWidget *fovea_scaled_get_child (FoveaScaled *self);

/**
 * fovea_sideways_new:
 * @child: (transfer floating): a row of controls
 *
 * A frame in which a row that is too wide scrolls instead of widening the window; the control with
 * the focus comes into sight.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_sideways_new (GtkWidget *child);

/**
 * fovea_downwards_new:
 * @child: taken
 *
 * A frame that is as low as there is room, and scrolls where its child cannot be.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_downwards_new (GtkWidget *child);

/**
 * fovea_text_scale:
 *
 * How much larger than usual the desktop shows text, 1 = as usual; within 0.5 to 3.
 *
 * Thread: main.
 */
double fovea_text_scale (GtkWidget *widget);

/**
 * fovea_label_scale:
 *
 * By how much text is larger than its measures in @widget's own coordinates: the text scale, or 1
 * inside a FoveaScaled.
 *
 * Thread: main.
 */
double fovea_label_scale (GtkWidget *widget);
