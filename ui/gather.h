/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A frame round what is drawn as a whole (ui/whole.h) when it changes all over: a list that scrolls, a
 * group of buttons. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_GATHER (fovea_gather_get_type ())
G_DECLARE_FINAL_TYPE (FoveaGather, fovea_gather, FOVEA, GATHER, GtkWidget)

/**
 * fovea_gather_new:
 * @most: rectangles that are drawn by themselves
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_gather_new (GtkWidget *child, guint most);
