/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "L0", "L1", ... beside the rows of the head grid, scrolling with it. */
#include <gtk/gtk.h>

#include "ui/selection.h"

#define FOVEA_TYPE_LAYER_LABELS (fovea_layer_labels_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayerLabels, fovea_layer_labels, FOVEA, LAYER_LABELS, GtkWidget)

/**
 * fovea_layer_labels_new:
 * @scroll: vertical adjustment of the grid, whose rows are of one height
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_layer_labels_new (FoveaSelection *selection, GtkAdjustment *scroll);

/**
 * fovea_layer_labels_set_pitch:
 * @pitch: pixels from a row to the next, at the usual size of text
 *
 * Thread: main.
 */
void fovea_layer_labels_set_pitch (FoveaLayerLabels *self, int pitch);
