/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Stores, their runs and sequences as a searchable tree; below, the card of the model. */
#include <gtk/gtk.h>

#include "ui/selection.h"
#include "ui/sequence-order.h"
#include "ui/tree-item.h"

#define FOVEA_TYPE_SIDEBAR (fovea_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSidebar, fovea_sidebar, FOVEA, SIDEBAR, GtkBox)

/**
 * fovea_sidebar_new:
 * @stores: of #FoveaTreeItem
 *
 * Signals: "opened" (FoveaTreeItem of a sequence); "close-store" (path): to be taken off the list.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_sidebar_new (FoveaSelection *selection, GListModel *stores);

/**
 * fovea_sidebar_show:
 *
 * Marks the row of a sequence as the one that is open.   Thread: main.
 */
void fovea_sidebar_show (FoveaSidebar *self, FoveaTreeItem *item);

/**
 * fovea_sidebar_set_order:
 *
 * Of the sequences in their runs. What is open stays marked, what is folded stays folded.   Thread: main.
 */
void fovea_sidebar_set_order (FoveaSidebar *self, FoveaSequenceOrder order);

/**
 * fovea_sidebar_get_order:
 *
 * Thread: main.
 */
FoveaSequenceOrder fovea_sidebar_get_order (FoveaSidebar *self);

/**
 * fovea_sidebar_forget:
 *
 * Nothing is open.   Thread: main.
 */
void fovea_sidebar_forget (FoveaSidebar *self);

/**
 * fovea_sidebar_focus:
 *
 * Puts the focus on the row that is open; FALSE = there is none.   Thread: main.
 */
gboolean fovea_sidebar_focus (FoveaSidebar *self);
