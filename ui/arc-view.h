/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A short text twice, queries at the left and keys at the right, with a line for each weight: the
 * stronger, the darker. The selected query's lines are in the accent colour. */
#include <gtk/gtk.h>

#include "ui/selection.h"

/* Longer texts have the map; so many lines would be a grey mass. */
#define FOVEA_ARCS_MAX_TOKENS 96

#define FOVEA_TYPE_ARC_VIEW (fovea_arc_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaArcView, fovea_arc_view, FOVEA, ARC_VIEW, GtkWidget)

/**
 * fovea_arc_view_new:
 *
 * Signal: "failed" (message).   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_arc_view_new (FoveaSelection *selection);

/**
 * fovea_arc_view_can_show:
 *
 * Whether the open text is short enough.   Thread: main.
 */
gboolean fovea_arc_view_can_show (FoveaSelection *selection);

/**
 * fovea_arc_view_count_lines:
 *
 * Weights that are drawn now; 0 while they are being read.   Thread: main.
 */
guint fovea_arc_view_count_lines (FoveaArcView *self);

/**
 * fovea_arc_view_retry:
 *
 * Reads weights that could not be read.   Thread: main.
 */
void fovea_arc_view_retry (FoveaArcView *self);
