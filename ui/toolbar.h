/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The row of controls above a view. Where there is no room for all of them whole, as many as can be are
 * whole and the others show their short form; a box would give each a little, which helps none. Where
 * even short forms are too many there are two lines, so that nothing is out of sight. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_TOOLBAR_LAYOUT (fovea_toolbar_layout_get_type ())
G_DECLARE_FINAL_TYPE (
    FoveaToolbarLayout, fovea_toolbar_layout, FOVEA, TOOLBAR_LAYOUT, GtkLayoutManager)

/**
 * fovea_toolbar_new:
 *
 * An empty GtkBox, to be filled with gtk_box_append().   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_toolbar_new (void);
