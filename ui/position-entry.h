/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a position is typed that the selection is to go to, "157,26": a popover. */
#include <gtk/gtk.h>

#include "ui/selection.h"

#define FOVEA_TYPE_POSITION_ENTRY (fovea_position_entry_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPositionEntry, fovea_position_entry, FOVEA, POSITION_ENTRY, GtkPopover)

/**
 * fovea_position_entry_new:
 * @parent: at which it hangs, and which takes it out again when it goes
 * @asking: it or a child of it has the keys when it closes, unless what had them before takes them again
 *
 * Thread: main.   Owner: @parent.
 */
GtkWidget *
fovea_position_entry_new (FoveaSelection *selection, GtkWidget *parent, GtkWidget *asking);

/**
 * fovea_position_entry_ask:
 * @at: (nullable): in the parent's coordinates; NULL = all of it
 *
 * Pops up, empty.   Thread: main.
 */
void fovea_position_entry_ask (FoveaPositionEntry *self, const GdkRectangle *at);
