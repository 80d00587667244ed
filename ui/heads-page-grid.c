/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The grid of thumbnails. A cell costs a quarter of a millisecond of style and layout when it is first
 * shown, and a grid view makes all cells of 30 rows, so they come some a frame. */
#include <glib/gi18n.h>

#include "ui/commands.h"
#include "ui/fill.h"
#include "ui/front.h"
#include "ui/gather.h"
#include "ui/head-cell.h"
#include "ui/heads-page-private.h"
#include "ui/layer-labels.h"
#include "ui/tab-out.h"

#define MANY_HEADS   12
#define FEW_HEADS    8
#define PITCH        69 /* of large thumbnails, as in the style sheet */
#define GRID_PADDING 6
#define SIDE_STEP    4
#define LEAST_HEIGHT 100 /* a row of thumbnails */
#define MOST_NEW     24  /* cells in a frame */
#define MOST_GONE    96  /* taken away in a frame */
#define MADE_ROWS    30  /* of a grid view; others are made when they are scrolled to */
#define MOST_ROWS    8   /* rectangles: rows before and after a step of the selection */
#define FLOW_COLUMNS 24  /* at least so many fit, where rows are not layers */
#define SLOT         "fovea-slot"

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaHeadsPage *self)
{
    gtk_list_item_set_child (item, fovea_head_cell_new (self->selection, self->thumbnails));
}

/* Up to 8 heads a layer have the large size whatever the width, since a row of them is never long; over
 * 12 have the small one and scroll. Between, what of the two has room, in steps, so that a window that
 * is being resized does not ask for thumbnails at every pixel. */
static int
find_side (FoveaHeadsPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    int n = info != NULL ? (int) info->architecture->n_heads : 1;
    int room = gtk_widget_get_width (self->ruler) - GRID_PADDING;
    if (n > MANY_HEADS)
        return FOVEA_HEAD_CELL_LEAST;
    if (n <= FEW_HEADS || room <= 0 || room >= n * PITCH)
        return FOVEA_HEAD_CELL_SIDE;
    int side = room / n - 2 * FOVEA_HEAD_CELL_PAD;
    return CLAMP (side - side % SIDE_STEP, FOVEA_HEAD_CELL_LEAST, FOVEA_HEAD_CELL_SIDE - SIDE_STEP);
}

/* The cell after @at, the first after NULL; NULL behind the last. */
static FoveaHeadCell *
next_cell (FoveaHeadsPage *self, FoveaHeadCell *at)
{
    GtkWidget *row = at == NULL
                         ? gtk_widget_get_first_child (self->grid)
                         : gtk_widget_get_next_sibling (gtk_widget_get_parent (GTK_WIDGET (at)));
    for (; row != NULL; row = gtk_widget_get_next_sibling (row)) {
        GtkWidget *cell = gtk_widget_get_first_child (row);
        if (FOVEA_IS_HEAD_CELL (cell))
            return FOVEA_HEAD_CELL (cell);
    }
    return NULL;
}

/* Cells hear of changes by this and not by signals: of a thousand handlers one is found, to be taken off,
 * by going through all of them. */
static void
tell_cells (FoveaHeadsPage *self, void (*tell) (FoveaHeadCell *cell))
{
    for (FoveaHeadCell *cell = next_cell (self, NULL); cell != NULL; cell = next_cell (self, cell))
        tell (cell);
}

static void
marks_moved (FoveaHeadsPage *self)
{
    tell_cells (self, fovea_head_cell_follow);
}

void
fovea_heads_page_renew_cells (FoveaHeadsPage *self)
{
    tell_cells (self, fovea_head_cell_renew);
}

static void
thumbnail_came (FoveaHeadsPage *self)
{
    tell_cells (self, fovea_head_cell_take_thumbnail);
}

void
fovea_heads_page_fit (FoveaHeadsPage *self)
{
    int side = find_side (self);
    if (side == self->side)
        return;
    self->side = side;
    if (side < FOVEA_HEAD_CELL_SIDE)
        gtk_widget_add_css_class (self->grid, "many");
    else
        gtk_widget_remove_css_class (self->grid, "many");
    fovea_heads_page_show_cells (self);
    fovea_heads_page_share (self);
    fovea_layer_labels_set_pitch (FOVEA_LAYER_LABELS (self->labels),
                                  side + FOVEA_HEAD_CELL_PAD + FOVEA_HEAD_CELL_LINE);
}

static gboolean
fit_now (GtkWidget *page, GdkFrameClock *clock, gpointer unused)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (page);
    self->fitting = 0;
    fovea_heads_page_fit (self);
    return G_SOURCE_REMOVE;
}

/* Told while sizes are being given, when no size may change. */
static void
width_changed (FoveaHeadsPage *self)
{
    if (self->fitting == 0 && find_side (self) != self->side)
        self->fitting = gtk_widget_add_tick_callback (GTK_WIDGET (self), fit_now, NULL, NULL);
}

/* What stands at its place now. */
static void
show_cell (FoveaHeadsPage *self, FoveaHeadCell *cell)
{
    FoveaSlot *slot = g_object_get_data (G_OBJECT (cell), SLOT);
    fovea_head_cell_set_compare (cell, fovea_heads_page_get_shown (self), self->others);
    fovea_head_cell_set_paint (cell, &self->paint);
    fovea_head_cell_set_item (cell, fovea_slot_get_item (slot), fovea_heads_page_get_badge (self),
                              self->side);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaHeadsPage *self)
{
    GtkWidget *cell = gtk_list_item_get_child (item);
    g_object_set_data_full (G_OBJECT (cell), SLOT, g_object_ref (gtk_list_item_get_item (item)),
                            g_object_unref);
    show_cell (self, FOVEA_HEAD_CELL (cell));
}

static void
unbind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, FoveaHeadsPage *self)
{
    GtkWidget *cell = gtk_list_item_get_child (item);
    g_object_set_data (G_OBJECT (cell), SLOT, NULL);
}

void
fovea_heads_page_show_cells (FoveaHeadsPage *self)
{
    for (FoveaHeadCell *cell = next_cell (self, NULL); cell != NULL; cell = next_cell (self, cell))
        if (g_object_get_data (G_OBJECT (cell), SLOT) != NULL)
            show_cell (self, cell);
}

/* Double click and Enter. */
static void
row_activated (FoveaHeadsPage *self)
{
    fovea_heads_page_row_selected (self);
    g_signal_emit_by_name (self, "open-map");
}

static gboolean
add_cells (gpointer page)
{
    FoveaHeadsPage *self = page;
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->front));
    guint all = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    guint made = MADE_ROWS * gtk_grid_view_get_max_columns (GTK_GRID_VIEW (self->grid));
    guint least = MIN (n, made + MOST_GONE); /* behind those made there is nothing to take away */
    if (n > all)
        fovea_front_set_limit (self->front, MAX (all, least - MIN (least, MOST_GONE)));
    else
        fovea_front_set_limit (self->front, n >= made ? G_MAXUINT : n + MOST_NEW);
    if (!fovea_front_is_whole (self->front))
        return TRUE;
    fovea_front_set_limit (self->front,
                           G_MAXUINT); /* a filter that goes brings no more than are made */
    fovea_heads_page_follow (self);    /* its cell may have come only now */
    fovea_heads_page_cells_came (self);
    fovea_heads_page_share (self);
    return FALSE;
}

void
fovea_heads_page_hold_cells (FoveaHeadsPage *self)
{
    fovea_front_set_limit (self->front, g_list_model_get_n_items (G_LIST_MODEL (self->front)));
}

void
fovea_heads_page_set_rows (FoveaHeadsPage *self, gboolean by_layer)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    GtkGridView *grid = GTK_GRID_VIEW (self->grid);
    guint n_heads = info != NULL ? (guint) info->architecture->n_heads : 1;
    /* Those of wide layers stay: cells beyond fewer columns would all go at once. */
    guint columns = by_layer ? n_heads : MAX (FLOW_COLUMNS, n_heads),
          before = gtk_grid_view_get_max_columns (grid);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->front));
    if (columns > before) /* cells that are to be made for more columns come some a frame */
        fovea_front_set_limit (self->front, MIN (n, MADE_ROWS * before));
    gtk_grid_view_set_min_columns (grid, 1);
    gtk_grid_view_set_max_columns (grid, columns);
    gtk_grid_view_set_min_columns (grid, by_layer ? n_heads : 1);
    gtk_widget_set_visible (self->labels, by_layer);
    fovea_heads_page_fit (self);
    fovea_fill_go (GTK_WIDGET (self));
}

GtkWidget *
fovea_heads_page_build_grid (FoveaHeadsPage *self)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *scrolled = self->around = gtk_scrolled_window_new ();
    g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), self);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), self);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), self);
    self->front = fovea_front_new_slots (GTK_SELECTION_MODEL (self->rows));
    self->grid = gtk_grid_view_new (g_object_ref (GTK_SELECTION_MODEL (self->front)), factory);
    fovea_fill_init (GTK_WIDGET (self), add_cells);
    fovea_tab_out_bind (self->grid);
    fovea_commands_bind_first (self->grid,
                               (const char *[]){"heads.far-left", "heads.far-right", "heads.far-up",
                                                "heads.far-down", "heads.pin", NULL});
    gtk_widget_set_halign (self->grid, GTK_ALIGN_START); /* few heads stay side by side */
    /* In flowing rows, so many as have room for their badges. */
    gtk_scrollable_set_hscroll_policy (GTK_SCROLLABLE (self->grid), GTK_SCROLL_NATURAL);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Heads by layer"), -1);
    g_signal_connect_object (self->grid, "activate", G_CALLBACK (row_activated), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->front, "moved", G_CALLBACK (fovea_heads_page_show_cells), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "moved", G_CALLBACK (marks_moved), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "hovered", G_CALLBACK (marks_moved), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_selection_get_chosen (self->selection), "changed",
                             G_CALLBACK (marks_moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->thumbnails, "ready", G_CALLBACK (thumbnail_came), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->others, "ready", G_CALLBACK (thumbnail_came), self,
                             G_CONNECT_SWAPPED);
    gtk_accessible_update_property (GTK_ACCESSIBLE (scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Heads by layer"), -1);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->grid);
    gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), LEAST_HEIGHT);
    gtk_widget_set_hexpand (scrolled, TRUE);
    gtk_widget_set_vexpand (scrolled, TRUE);
    self->ruler = gtk_drawing_area_new ();
    g_signal_connect_object (self->ruler, "resize", G_CALLBACK (width_changed), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (column), self->ruler);
    gtk_box_append (GTK_BOX (column), scrolled);
    self->labels = fovea_layer_labels_new (
        self->selection, gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)));
    gtk_box_append (GTK_BOX (row), self->labels);
    gtk_box_append (GTK_BOX (row), column);
    return fovea_gather_new (row, MOST_ROWS);
}
