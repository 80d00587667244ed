/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Who has the keys of the Heads view: what is shown, and of the grid the selected head's cell, which may
 * have to be made first. */
#include "ui/data-table.h"
#include "ui/head-plots.h"
#include "ui/heads-page-private.h"

/* The frame of the focus stands where the selection is, or two heads would look chosen. */
static gboolean
focus_selected (FoveaHeadsPage *self)
{
    for (GtkWidget *cell = gtk_widget_get_first_child (self->grid); cell != NULL;
         cell = gtk_widget_get_next_sibling (cell))
        if (gtk_widget_get_state_flags (cell) & GTK_STATE_FLAG_SELECTED) {
            gboolean taken = gtk_widget_grab_focus (cell);
            gtk_widget_set_focusable (self->around, FALSE);
            return taken;
        }
    return FALSE;
}

/* The selected head has no cell yet: from another one arrows would go on from there. Around the cells they go
 * on from the selection. */
static gboolean
focus_around (FoveaHeadsPage *self)
{
    if (gtk_single_selection_get_selected (self->rows) == GTK_INVALID_LIST_POSITION)
        return FALSE;
    gtk_widget_set_focusable (self->around, TRUE);
    return gtk_widget_grab_focus (self->around);
}

void
fovea_heads_page_keep_focus (FoveaHeadsPage *self)
{
    if (gtk_widget_get_state_flags (self->grid) & GTK_STATE_FLAG_FOCUS_WITHIN ||
        gtk_widget_is_focus (self->around))
        focus_selected (self);
}

void
fovea_heads_page_focus (FoveaHeadsPage *self)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    GtkWidget *shown = gtk_widget_get_visible (self->table)       ? self->table
                       : gtk_widget_get_visible (self->grid_area) ? self->grid
                                                                  : self->plots;
    self->focus_due = shown == self->grid && !focus_selected (self);
    if (shown == self->grid && !self->focus_due)
        return;
    if (shown == self->table && fovea_data_table_focus (FOVEA_DATA_TABLE (self->table)))
        return;
    if (shown == self->plots)
        fovea_head_plots_focus (
            self->plots); /* not the list before it, which takes Enter and arrows */
    else if (!(shown == self->grid && focus_around (self)) &&
             (focus == NULL || !gtk_widget_is_ancestor (focus, shown))) /* else it would move on */
        gtk_widget_child_focus (shown, GTK_DIR_TAB_FORWARD);
    self->focus_before = root != NULL ? gtk_root_get_focus (root) : NULL;
}

/* Whoever went elsewhere meanwhile stays there; the toolkit puts the focus into the toolbar when the view
 * comes to the front. */
void
fovea_heads_page_cells_came (FoveaHeadsPage *self)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    gboolean due = self->focus_due && (focus == NULL || focus == self->focus_before);
    self->focus_due = FALSE;
    if (due)
        focus_selected (self);
}
