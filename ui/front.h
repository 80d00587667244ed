/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The first items of a selection, for a view that is filled a few a frame: the model behind is whole
 * at once, and what is selected is selected in both. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_FRONT (fovea_front_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFront, fovea_front, FOVEA, FRONT, GObject)

/**
 * fovea_front_new:
 * @whole: it has none of its items at first
 *
 * Thread: main.   Owner: caller.
 */
FoveaFront *fovea_front_new (GtkSelectionModel *whole);

/**
 * fovea_front_set_limit:
 * @limit: items it may have, G_MAXUINT = all
 *
 * Thread: main.
 */
void fovea_front_set_limit (FoveaFront *self, guint limit);

/**
 * fovea_front_is_whole:
 *
 * Whether it has all items.   Thread: main.
 */
gboolean fovea_front_is_whole (FoveaFront *self);
