/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Grid above plots. A pane gives its lower child no more than it must have, and rows of thumbnails leave
 * what they do not fill empty: that goes to the plots, up to the height they are drawn for, unless
 * somebody moved the handle. What the rows fill depends on the width alone, so that nothing here follows
 * what it has caused; it is looked at between two frames, since sizes may not change while they are given. */
#include <glib/gi18n.h>

#include "ui/heads-page-private.h"
#include "ui/scaled.h"
#include "ui/tip.h"

#define PLOTS_HEIGHT 216
#define GRID_SPACE   15 /* above and below the rows */

/* Cells side by side and the size of one, 0 while there is none to measure. */
static int
count_columns (FoveaHeadsPage *self, GtkAllocation *top)
{
    GtkWidget *first = gtk_widget_get_first_child (self->grid);
    int columns = 0;
    GtkAllocation at;
    if (first == NULL)
        return 0;
    gtk_widget_get_allocation (first, top);
    for (GtkWidget *cell = first; cell != NULL; cell = gtk_widget_get_next_sibling (cell)) {
        gtk_widget_get_allocation (cell, &at);
        if (at.y != top->y)
            break;
        columns++;
    }
    return columns;
}

/* Of all rows of the grid, 0 while there is no cell to measure. */
static int
measure_rows (FoveaHeadsPage *self)
{
    GtkAllocation top;
    int n = (int) g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    int columns = count_columns (self, &top);
    return columns > 0 ? (n + columns - 1) / columns * top.height + GRID_SPACE : 0;
}

static guint
count_in_sight (GtkAdjustment *along, int size)
{
    return (guint) MAX (gtk_adjustment_get_page_size (along) / MAX (size, 1), 1);
}

/* Without a grid a row is a layer, and all of them are one screen. */
FoveaHeadsScreen
fovea_heads_page_get_screen (FoveaHeadsPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    guint n_heads = info != NULL ? (guint) info->architecture->n_heads : 1;
    GtkAllocation cell;
    guint columns = gtk_widget_get_mapped (self->grid) ? (guint) count_columns (self, &cell) : 0;
    if (columns == 0 || cell.height == 0) /* or it is about to be laid out */
        return (FoveaHeadsScreen){n_heads, n_heads, MAX (n / n_heads, 1)};
    GtkScrollable *grid = GTK_SCROLLABLE (self->grid);
    /* Where a row is a layer that is known, while cells may stand as they did before. */
    if (gtk_grid_view_get_min_columns (GTK_GRID_VIEW (self->grid)) ==
        gtk_grid_view_get_max_columns (GTK_GRID_VIEW (self->grid)))
        columns = n_heads;
    return (FoveaHeadsScreen){
        columns, MIN (count_in_sight (gtk_scrollable_get_hadjustment (grid), cell.width), columns),
        count_in_sight (gtk_scrollable_get_vadjustment (grid), cell.height)};
}

static gboolean
share_now (GtkWidget *page, GdkFrameClock *clock, gpointer unused)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (page);
    int least, most, rows = measure_rows (self);
    self->sharing = 0;
    if (rows == 0 || !gtk_widget_get_mapped (self->plots) || !gtk_widget_get_mapped (self->grid))
        return G_SOURCE_REMOVE;
    g_object_get (self->panes, "max-position", &most, NULL);
    gtk_widget_measure (self->plots, GTK_ORIENTATION_VERTICAL, -1, &least, NULL, NULL, NULL);
    int wanted = (int) (PLOTS_HEIGHT * fovea_text_scale (page)) - least;
    self->shared_most = most;
    self->shared_at = most - CLAMP (most - rows, 0, MAX (wanted, 0));
    if (gtk_paned_get_position (self->panes) != self->shared_at)
        gtk_paned_set_position (self->panes, self->shared_at);
    return G_SOURCE_REMOVE;
}

void
fovea_heads_page_share (FoveaHeadsPage *self)
{
    if (self->sharing == 0 && !self->divided)
        self->sharing = gtk_widget_add_tick_callback (GTK_WIDGET (self), share_now, NULL, NULL);
}

/* A pane that comes back is given some room by the toolkit, which is no hand's. */
void
fovea_heads_page_share_anew (FoveaHeadsPage *self)
{
    self->shared_at = 0;
    fovea_heads_page_share (self);
}

/* With all else as it was, it was a hand. */
static void
moved (FoveaHeadsPage *self)
{
    int most;
    g_object_get (self->panes, "max-position", &most, NULL);
    if (self->sharing == 0 && self->shared_at > 0 && most == self->shared_most &&
        gtk_paned_get_position (self->panes) != self->shared_at)
        self->divided = TRUE;
}

GtkWidget *
fovea_heads_page_build_panes (FoveaHeadsPage *self)
{
    GtkWidget *panes = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
    self->panes = GTK_PANED (panes);
    gtk_paned_set_start_child (self->panes, self->grid_area);
    gtk_paned_set_end_child (self->panes, self->plots);
    gtk_paned_set_resize_end_child (self->panes, FALSE);
    gtk_paned_set_shrink_start_child (self->panes, FALSE);
    gtk_paned_set_shrink_end_child (self->panes, FALSE);
    gtk_widget_set_vexpand (panes, TRUE);
    g_signal_connect_object (panes, "notify::max-position", G_CALLBACK (fovea_heads_page_share),
                             self, G_CONNECT_SWAPPED);
    g_signal_connect_object (panes, "notify::position", G_CALLBACK (moved), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->rows, "items-changed", G_CALLBACK (fovea_heads_page_share), self,
                             G_CONNECT_SWAPPED);
    return panes;
}

/* The table takes the place of grid and plots; those two may be shown together. */
void
fovea_heads_page_show_chosen (FoveaHeadsPage *self)
{
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show[2]));
    gtk_widget_set_visible (self->table, table);
    gtk_widget_set_visible (gtk_widget_get_parent (self->grid_area), !table);
    gtk_widget_set_visible (self->grid_area,
                            gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show[0])));
    gtk_widget_set_visible (self->plots,
                            gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show[1])));
    fovea_heads_page_share_anew (self);
}

void
fovea_heads_page_add_toggles (FoveaHeadsPage *self, GtkWidget *bar)
{
    static const char *const icons[] = {"view-grid-symbolic", "fovea-scatter-symbolic",
                                        "fovea-table-symbolic"};
    static const char *const names[] = {N_ ("Grid (G)"), N_ ("Plots (G)"), N_ ("Table (G)")};
    GtkWidget *group = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
    gtk_widget_add_css_class (group, "toggles");
    for (guint i = 0; i < 3; i++) {
        self->show[i] = gtk_toggle_button_new ();
        gtk_button_set_icon_name (GTK_BUTTON (self->show[i]), icons[i]);
        fovea_tip_set (self->show[i], _ (names[i]));
        gtk_accessible_update_property (GTK_ACCESSIBLE (self->show[i]),
                                        GTK_ACCESSIBLE_PROPERTY_LABEL, _ (names[i]), -1);
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->show[i]), i < 2);
        gtk_box_append (GTK_BOX (group), self->show[i]);
        g_signal_connect_object (self->show[i], "toggled",
                                 G_CALLBACK (fovea_heads_page_show_chosen), self,
                                 G_CONNECT_SWAPPED);
    }
    gtk_box_append (GTK_BOX (bar), group);
}
