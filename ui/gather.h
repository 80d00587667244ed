/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A frame round a list that scrolls: all its rows move at once, and are drawn as a whole then
 * (ui/whole.h). */
#include <gtk/gtk.h>

#define FOVEA_TYPE_GATHER (fovea_gather_get_type ())
G_DECLARE_FINAL_TYPE (FoveaGather, fovea_gather, FOVEA, GATHER, GtkWidget)

/**
 * fovea_gather_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_gather_new (GtkWidget *child);
