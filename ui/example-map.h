/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A small named map of one head. */
#include <gtk/gtk.h>

#include "ui/tile-cache.h"

#define FOVEA_TYPE_EXAMPLE_MAP (fovea_example_map_get_type ())
G_DECLARE_FINAL_TYPE (FoveaExampleMap, fovea_example_map, FOVEA, EXAMPLE_MAP, GtkWidget)

/**
 * fovea_example_map_new:
 * @tiles: shared by all examples
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_example_map_new (FoveaTileCache *tiles, const char *name, guint layer, guint head);

/**
 * fovea_example_map_set_tokens:
 *
 * Length of the trace that @tiles shows.   Thread: main.
 */
void fovea_example_map_set_tokens (FoveaExampleMap *self, gint64 n_tokens);
