/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Keys of the Heads view act on the list that is shown, as filtered and sorted, and on the selection
 * that all views share; nothing is kept here. */
#include "ui/heads-page-private.h"

#include <glib/gi18n.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/head-cell.h"
#include "ui/head-item.h"
#include "ui/head-plots.h"
#include "ui/head-set.h"
#include "ui/pin.h"
#include "ui/trace-source.h"

static void
activate_show (FoveaHeadsPage *self)
{
    /* G walks: grid and plots, grid, plots, table. */
    gboolean grid = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show[0]));
    gboolean plots = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show[1]));
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show[2]));
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->show[2]), !table && !grid);
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->show[0]), table || (grid && plots));
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->show[1]), table || (grid && !plots));
    fovea_heads_page_focus (self); /* what had the focus may be gone */
}

static void
choose_next (GtkDropDown *list)
{
    guint n = g_list_model_get_n_items (gtk_drop_down_get_model (list));
    gtk_drop_down_set_selected (list, (gtk_drop_down_get_selected (list) + 1) % n);
}

/* From no selection the first step goes to the first head. */
static void
step (FoveaHeadsPage *self, gint64 by)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    gint64 at = gtk_single_selection_get_selected (self->rows);
    if (n == 0)
        return;
    at = at == GTK_INVALID_LIST_POSITION ? 0 : CLAMP (at + by, 0, (gint64) n - 1);
    gtk_single_selection_set_selected (self->rows, (guint) at);
}

/* In its column, to the first or last row at the most; the last one may be shorter. */
static void
step_rows (FoveaHeadsPage *self, gint64 by)
{
    gint64 n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    gint64 at = gtk_single_selection_get_selected (self->rows);
    gint64 columns = fovea_heads_page_get_screen (self).columns;
    if (at == GTK_INVALID_LIST_POSITION || n == 0) {
        step (self, 0);
        return;
    }
    gint64 row = CLAMP (at / columns + by, 0, (n - 1) / columns);
    step (self, MIN (row * columns + at % columns, n - 1) - at);
}

/* To the first or last head of its row at the most. */
static void
step_in_row (FoveaHeadsPage *self, gint64 by)
{
    gint64 at = gtk_single_selection_get_selected (self->rows);
    gint64 columns = fovea_heads_page_get_screen (self).columns;
    gint64 column = at == GTK_INVALID_LIST_POSITION ? 0 : at % columns;
    step (self, CLAMP (column + by, 0, columns - 1) - column);
}

/* Moves of the cursor; FALSE if @name is none. */
static gboolean
activate_move (FoveaHeadsPage *self, const char *name)
{
    FoveaHeadsScreen screen = fovea_heads_page_get_screen (self);
    gint64 by = g_str_has_suffix (name, "left") || g_str_has_suffix (name, "up") ? -1 : 1;
    if (g_str_equal (name, "left") || g_str_equal (name, "right"))
        step (self, by);
    else if (g_str_equal (name, "up") || g_str_equal (name, "down"))
        step_rows (self, by);
    else if (g_str_equal (name, "far-left") || g_str_equal (name, "far-right"))
        step_in_row (self, by * screen.across);
    else if (g_str_equal (name, "far-up") || g_str_equal (name, "far-down"))
        step_rows (self, by * screen.down);
    else if (g_str_equal (name, "first") || g_str_equal (name, "last"))
        step (self, g_str_equal (name, "first") ? -G_MAXINT32 : G_MAXINT32);
    else
        return FALSE;
    return TRUE;
}

/* Every shown head, or with @extend those from the selected one to the other end. */
static void
choose_shown (FoveaHeadsPage *self, guint layer, guint head, gboolean extend)
{
    FoveaHeadSet *chosen = fovea_selection_get_chosen (self->selection);
    const FoveaPlace *from = fovea_selection_get_place (self->selection);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows)), ends = 0;
    for (guint i = 0; i < n; i++) {
        guint l, h;
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
        fovea_head_item_get_place (item, &l, &h);
        gboolean first = l == from->layer && h == from->head, last = l == layer && h == head;
        ends += first + last;
        if (!extend || ends > 0)
            fovea_head_set_add (chosen, l, h);
        if (extend && ends == 2)
            return;
    }
}

/* Ctrl adds one or takes it out, beginning with what is selected; Shift adds all up to it. */
static void
choose_at (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (widget);
    FoveaHeadSet *chosen = fovea_selection_get_chosen (self->selection);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    guint layer, head;
    gboolean extend;
    g_variant_get (parameter, "(uub)", &layer, &head, &extend);
    if (extend) {
        choose_shown (self, layer, head, TRUE);
        return;
    }
    if (fovea_head_set_get_n (chosen) == 0)
        fovea_head_set_add (chosen, place->layer, place->head);
    if (layer != place->layer || head != place->head)
        fovea_head_set_toggle (chosen, layer, head);
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Open the map of this head"), "heads.open"},
    {N_ ("Choose this head too, or not"), "heads.choose"},
    {N_ ("Choose every head shown"), "heads.choose-all"},
    {N_ ("Note on this head"), "heads.note"},
    {N_ ("Copy value"), "win.copy-value"},
    {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},
    {N_ ("Export this view…"), "win.export"},
};

static const FoveaMenuRow plot_rows[] = {
    {N_ ("Open the map of this head"), "heads.open"},
    {N_ ("Choose this head too, or not"), "heads.choose"},
    {N_ ("Choose every head shown"), "heads.choose-all"},
    {N_ ("Choose none"), "heads.choose-none"},
    {N_ ("Note on this head"), "heads.note"},
    {N_ ("Copy value"), "win.copy-value"},
    {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},
    {N_ ("Export this view…"), "win.export"},
};

/* At the mark of the head, or in the middle where it has none. */
static void
show_plot_menu (FoveaHeadsPage *self, FoveaHeadPlot *plot)
{
    double x = gtk_widget_get_width (GTK_WIDGET (plot)) / 2.0;
    double y = gtk_widget_get_height (GTK_WIDGET (plot)) / 2.0;
    gboolean none = fovea_head_set_get_n (fovea_selection_get_chosen (self->selection)) == 0;
    fovea_head_plot_locate (plot, &x, &y);
    gtk_widget_translate_coordinates (GTK_WIDGET (plot), GTK_WIDGET (self), x, y, &x, &y);
    if (self->plot_menu == NULL)
        self->plot_menu =
            fovea_context_menu_new (GTK_WIDGET (self), plot_rows, G_N_ELEMENTS (plot_rows));
    fovea_context_menu_refuse (self->plot_menu, "heads.choose-none",
                               none ? _ ("no head is chosen") : NULL);
    fovea_context_menu_show (self->plot_menu, &(GdkRectangle){(int) x, (int) y, 1, 1});
}

/* Beside the head in the plot that has the keys, or where the grid shows it, else in the middle of what stands
 * there instead. */
static void
show_menu (FoveaHeadsPage *self)
{
    GtkWidget *page = GTK_WIDGET (self);
    GtkRoot *root = gtk_widget_get_root (page);
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    GdkRectangle at = {gtk_widget_get_width (page) / 2, gtk_widget_get_height (page) / 2, 1, 1};
    if (FOVEA_IS_HEAD_PLOT (focus)) {
        show_plot_menu (self, FOVEA_HEAD_PLOT (focus));
        return;
    }
    for (GtkWidget *cell = gtk_widget_get_first_child (self->grid);
         gtk_widget_get_mapped (self->grid) && cell != NULL;
         cell = gtk_widget_get_next_sibling (cell)) {
        graphene_rect_t place;
        if ((gtk_widget_get_state_flags (cell) & GTK_STATE_FLAG_SELECTED) == 0 ||
            !gtk_widget_compute_bounds (cell, page, &place))
            continue;
        at = (GdkRectangle){(int) place.origin.x, (int) place.origin.y, (int) place.size.width,
                            (int) place.size.height};
    }
    if (self->menu == NULL)
        self->menu = fovea_context_menu_new (page, menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_show (self->menu, &at);
}

/* By the secondary button, which selects as the first one does; what is chosen stays. */
static void
menu_at (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (widget);
    guint layer, head;
    g_variant_get (parameter, "(uu)", &layer, &head);
    fovea_selection_select_head (self->selection, layer, head);
    show_menu (self);
}

/* Without another thing there is no other way to look at both: how to come by one. Of two models that have not
 * the same layers and heads there is nothing to compare. */
static void
compare_otherwise (FoveaHeadsPage *self)
{
    guint way = gtk_drop_down_get_selected (self->compare);
    const FoveaReference *marked = fovea_selection_get_reference (self->selection);
    gboolean own =
        marked != NULL &&
        fovea_trace_source_is_same (marked->source, fovea_selection_get_source (self->selection));
    if (fovea_selection_is_compared (self->selection))
        gtk_drop_down_set_selected (self->compare, (way + 1) % (FOVEA_HEAD_DIFFERENCE + 1));
    else
        gtk_widget_activate_action (
            GTK_WIDGET (self), "win.say", "s",
            own              ? _ ("This is the one that others are compared with: open another")
            : marked != NULL ? _ ("What Ctrl+D marked has other layers or heads than this")
                             : _ ("Nothing to compare with yet: Ctrl+D marks a sequence, those "
                                  "opened after it are compared with it"));
}

/* Every "heads." key; moves go over what is shown, layers over the model. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (widget);
    const char *name = action + sizeof "heads." - 1;
    if (activate_move (self, name))
        return;
    if (g_str_equal (name, "previous-head") || g_str_equal (name, "next-head"))
        fovea_selection_step_head (self->selection, g_str_equal (name, "next-head") ? 1 : -1, 0);
    else if (g_str_equal (name, "previous-layer") || g_str_equal (name, "next-layer"))
        fovea_selection_step_head (self->selection, 0, g_str_equal (name, "next-layer") ? 1 : -1);
    else if (g_str_equal (name, "sort"))
        choose_next (self->sort);
    else if (g_str_equal (name, "color"))
        choose_next (self->colors);
    else if (g_str_equal (name, "filter"))
        fovea_heads_page_focus_filter (self);
    else if (g_str_equal (name, "compare"))
        compare_otherwise (self);
    else if (g_str_equal (name, "show"))
        activate_show (self);
    else if (g_str_equal (name, "choose"))
        fovea_head_set_toggle (fovea_selection_get_chosen (self->selection),
                               fovea_selection_get_place (self->selection)->layer,
                               fovea_selection_get_place (self->selection)->head);
    else if (g_str_equal (name, "choose-all"))
        choose_shown (self, 0, 0, FALSE);
    else if (g_str_equal (name, "choose-none"))
        fovea_head_set_clear (fovea_selection_get_chosen (self->selection));
    else if (g_str_equal (name, "note"))
        gtk_widget_activate_action (widget, "win.note", NULL);
    else if (g_str_equal (name, "pin"))
        fovea_pin_toggle (widget, self->selection);
    else if (g_str_equal (name, "menu"))
        show_menu (self);
    else if (g_str_equal (name, "open"))
        g_signal_emit_by_name (self, "open-map");
}

void
fovea_heads_page_bind_keys (GtkWidgetClass *widget_class)
{
    fovea_commands_bind (widget_class, "heads.", activate);
    gtk_widget_class_install_action (widget_class, "heads.choose-at", "(uub)", choose_at);
    gtk_widget_class_install_action (widget_class, "heads.menu-at", "(uu)", menu_at);
}
