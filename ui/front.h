/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The first items of a selection, for a view that is filled a few a frame: the model behind is whole
 * at once, and what is selected is selected in both. */
#include <gtk/gtk.h>

/* A place of a front of slots, whose item changes. */
#define FOVEA_TYPE_SLOT (fovea_slot_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSlot, fovea_slot, FOVEA, SLOT, GObject)

/**
 * fovea_slot_get_item:
 *
 * NULL = the front has become shorter.   Thread: main.   Owner: the slot, until its front changes.
 */
gpointer fovea_slot_get_item (FoveaSlot *self);

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
 * fovea_front_new_slots:
 * @whole: as above
 *
 * A front whose items are FoveaSlot, one for each place: another order or other items behind it are not
 * told to the view as other items, for each of which it would make a widget, but by the signal "moved",
 * after which slots have other items. Only places at the end come and go, the latter by a lower limit alone:
 * while there are fewer items than places the last places have none.
 *
 * Thread: main.   Owner: caller.
 */
FoveaFront *fovea_front_new_slots (GtkSelectionModel *whole);

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
 * Whether it has all items, and no place without one.   Thread: main.
 */
gboolean fovea_front_is_whole (FoveaFront *self);
