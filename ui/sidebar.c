/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Store -> run -> sequence by GtkTreeListModel; the filter keeps a row if it or something above or
 * below it matches. Sequences load by selecting them, as one click or arrow key. */
#include "ui/sidebar.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/fill.h"
#include "ui/late.h"
#include "ui/model-card.h"
#include "ui/ordered-tree.h"
#include "ui/sidebar-row.h"
#include "ui/some-rows.h"
#include "ui/tab-out.h"
#include "ui/whole.h"
#include "ui/tip.h"
#include "ui/trace-source.h"

struct _FoveaSidebar {
    GtkBox parent_instance;
    FoveaSelection *selection;
    GListModel *stores;
    FoveaOrderedTree *tree;
    GtkFilter *filter;
    GtkFilterListModel *found; /* without the filter while nothing is searched for */
    char *needle;
    FoveaSomeRows *some; /* of what was found */
    gboolean fresh;      /* what is shown of them is for the next frame: no more in this one */
    GtkSingleSelection *rows;
    GtkWidget *view, *search_bar, *search;
    FoveaTreeItem *opened;   /* the sequence that was asked for last */
    FoveaTreeItem *compared; /* the one that others are compared with */
    GtkWidget *menu;         /* NULL = never shown yet */
    FoveaTreeItem *pointed;  /* what the menu is of */
    GtkWidget *pointed_row;  /* weak */
    gboolean following;
    FoveaSequenceOrder order; /* that is wanted */
    guint ordering;           /* puts rows in it; 0 = they are */
    gboolean focused;         /* the list was, before rows were taken away for that */
};

G_DEFINE_FINAL_TYPE (FoveaSidebar, fovea_sidebar, GTK_TYPE_BOX)

static guint opened_signal, close_signal;

/* Downwards: a store stays while anything in it matches. */
static gboolean
contains (FoveaTreeItem *item, const char *needle)
{
    if (strstr (fovea_tree_item_get_folded_title (item), needle) != NULL)
        return TRUE;
    GListStore *children = fovea_tree_item_get_children (item);
    guint n = children != NULL ? g_list_model_get_n_items (G_LIST_MODEL (children)) : 0;
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaTreeItem) child = g_list_model_get_item (G_LIST_MODEL (children), i);
        if (contains (child, needle))
            return TRUE;
    }
    return FALSE;
}

static gboolean
matches (gpointer row, gpointer data)
{
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (row);
    return contains (item, FOVEA_SIDEBAR (data)->needle);
}

static void
search_changed (FoveaSidebar *self)
{
    g_free (self->needle);
    self->needle = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
    gtk_filter_list_model_set_filter (self->found, *self->needle != '\0' ? self->filter : NULL);
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
    if (self->opened != NULL) /* its row may have been away */
        fovea_sidebar_show (self, self->opened);
    if (g_list_model_get_n_items (G_LIST_MODEL (self->rows)) > 0)
        return;
    g_autofree char *none = g_strdup_printf (_ ("No store, run or sequence “%s”"),
                                             gtk_editable_get_text (GTK_EDITABLE (self->search)));
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", none);
}

/* Rows that were just found are made when they are laid out. */
static gboolean
focus_selected (GtkWidget *view, GdkFrameClock *clock, gpointer sidebar)
{
    FoveaSidebar *self = sidebar;
    gboolean wanted = gtk_widget_get_mapped (view) &&
                      gtk_single_selection_get_selected (self->rows) != GTK_INVALID_LIST_POSITION;
    return wanted && !fovea_sidebar_focus (self) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* The first sequence that was found is opened, and the keys go on from its row. */
static void
search_activated (FoveaSidebar *self)
{
    search_changed (self); /* typed fast, it leaves nothing out yet */
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    for (guint i = 0; i < n; i++) {
        g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
        g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (row);
        if (fovea_tree_item_get_kind (item) != FOVEA_TREE_SEQUENCE ||
            fovea_tree_item_get_progress (item) >= 0)
            continue;
        gtk_single_selection_set_selected (self->rows, i);
        gtk_widget_add_tick_callback (self->view, focus_selected, self, NULL);
        return;
    }
}

static gboolean
search_down (GtkWidget *search, GVariant *unused, gpointer sidebar)
{
    search_activated (sidebar);
    return TRUE;
}

/* As from a field of any list: Down leads into what was found. */
static void
add_search_keys (FoveaSidebar *self)
{
    GtkEventController *keys = gtk_shortcut_controller_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Down, 0),
                          gtk_callback_action_new (search_down, self, NULL)));
    gtk_widget_add_controller (self->search, keys);
    g_signal_connect_object (self->search, "activate", G_CALLBACK (search_activated), self,
                             G_CONNECT_SWAPPED);
}

/* Stores and runs only unfold; a sequence opens once it is there. A store that comes, goes or folds
 * above moves the selected row, which opens nothing. */
static void
row_selected (FoveaSidebar *self)
{
    GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->rows);
    if (row == NULL || self->following)
        return;
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (row);
    if (fovea_tree_item_get_kind (item) == FOVEA_TREE_SEQUENCE &&
        fovea_tree_item_get_progress (item) < 0 && g_set_object (&self->opened, item))
        g_signal_emit (self, opened_signal, 0, item);
}

/* Enter on a sequence reads it once more, as after a failure. */
static void
row_activated (GtkListView *view, guint position, FoveaSidebar *self)
{
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
    g_clear_object (&self->opened);
    row_selected (self);
}

/* Its row, NULL = it has none. */
static FoveaTreeItem *
find_row_of (FoveaSidebar *self, FoveaTraceSource *source)
{
    const char *path = fovea_trace_source_get_origin (source);
    for (guint i = 0; i < g_list_model_get_n_items (self->stores); i++) {
        g_autoptr (FoveaTreeItem) store = g_list_model_get_item (self->stores, i);
        if (g_strcmp0 (fovea_tree_item_get_path (store), path) == 0)
            return fovea_tree_item_find_sequence (store, fovea_trace_source_get_sequence (source));
    }
    return NULL;
}

static void
show_reference (FoveaSidebar *self)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    if (self->compared != NULL)
        fovea_tree_item_set_compared (self->compared, FALSE);
    g_clear_object (&self->compared);
    if (reference != NULL)
        self->compared = find_row_of (self, reference->source);
    if (self->compared != NULL)
        fovea_tree_item_set_compared (self->compared, TRUE);
}

/* Radio rows, one for each order. */
static GtkWidget *
build_order (void)
{
    GtkWidget *button = gtk_menu_button_new ();
    g_autoptr (GMenu) orders = g_menu_new (), menu = g_menu_new ();
    for (guint i = 0; i < FOVEA_N_ORDERS; i++) {
        g_autofree char *action = g_strdup_printf (
            "win.sequence-order('%s')", fovea_sequence_order_get_id ((FoveaSequenceOrder) i));
        g_menu_append (orders, fovea_sequence_order_get_title ((FoveaSequenceOrder) i), action);
    }
    g_menu_append_section (menu, _ ("Sequences by"), G_MENU_MODEL (orders));
    gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-sort-ascending-symbolic");
    gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
    gtk_widget_add_css_class (button, "flat");
    fovea_tip_set (button, _ ("Order of sequences (Ctrl+Shift+S: the next)"));
    /* The focus is on the button inside. */
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (button)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Order of sequences"), -1);
    return button;
}

static GtkWidget *
build_heading (FoveaSidebar *self)
{
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *title = gtk_label_new (_ ("STORES")), *button = gtk_toggle_button_new ();
    gtk_widget_add_css_class (title, "section");
    gtk_widget_set_hexpand (title, TRUE);
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_button_set_icon_name (GTK_BUTTON (button), "edit-find-symbolic");
    gtk_widget_add_css_class (button, "flat");
    fovea_tip_set (button, _ ("Search stores"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Search stores"), -1);
    g_object_bind_property (button, "active", self->search_bar, "search-mode-enabled",
                            G_BINDING_BIDIRECTIONAL);
    gtk_widget_add_css_class (box, "heading");
    gtk_box_append (GTK_BOX (box), title);
    gtk_box_append (GTK_BOX (box), build_order ());
    gtk_box_append (GTK_BOX (box), button);
    return box;
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Close this store, its file stays"), "sidebar.close"},
    {N_ ("Copy the path of its file"), "sidebar.copy-path"},
    {N_ ("Sort sequences by the next order"), "sidebar.sort"},
};

/* The widget of the row that has the focus, NULL = none has. */
static GtkWidget *
get_focused_row (FoveaSidebar *self)
{
    GtkWidget *row = gtk_widget_get_focus_child (self->view);
    return row != NULL && fovea_sidebar_row_get_item (row) != NULL ? row : NULL;
}

static void
menu_closed (FoveaSidebar *self)
{
    if (self->pointed_row != NULL && gtk_widget_get_mapped (self->pointed_row))
        gtk_widget_grab_focus (self->pointed_row);
}

static void
show_menu (FoveaSidebar *self, GtkWidget *row, const GdkRectangle *at)
{
    if (self->menu == NULL) {
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
        g_signal_connect_object (self->menu, "closed", G_CALLBACK (menu_closed), self,
                                 G_CONNECT_SWAPPED);
    }
    g_set_object (&self->pointed, fovea_sidebar_row_get_item (row));
    g_set_weak_pointer (&self->pointed_row, row);
    fovea_context_menu_show (self->menu, at);
}

static void
show_menu_by_key (FoveaSidebar *self)
{
    GtkWidget *row = get_focused_row (self);
    graphene_rect_t place;
    if (row != NULL && gtk_widget_compute_bounds (row, GTK_WIDGET (self), &place))
        show_menu (self, row,
                   &(GdkRectangle){(int) place.origin.x, (int) place.origin.y,
                                   (int) place.size.width, (int) place.size.height});
}

/* Of GtkGestureClick, on the list: the row under the pointer is not opened by it. */
static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaSidebar *self)
{
    GtkWidget *row = gtk_widget_pick (self->view, x, y, GTK_PICK_DEFAULT);
    double left, top;
    while (row != NULL && gtk_widget_get_parent (row) != self->view)
        row = gtk_widget_get_parent (row);
    if (row != NULL && fovea_sidebar_row_get_item (row) != NULL &&
        gtk_widget_translate_coordinates (self->view, GTK_WIDGET (self), x, y, &left, &top))
        show_menu (self, row, &(GdkRectangle){(int) left, (int) top, 1, 1});
}

/* Every "sidebar." key: of the row that has the focus, or that the menu is of. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaSidebar *self = FOVEA_SIDEBAR (widget);
    GtkWidget *row = get_focused_row (self);
    FoveaTreeItem *item = row != NULL ? fovea_sidebar_row_get_item (row) : self->pointed;
    const char *name = action + sizeof "sidebar." - 1;
    if (g_str_equal (name, "menu"))
        show_menu_by_key (self);
    else if (g_str_equal (name, "sort"))
        gtk_widget_activate_action (widget, "win.sort-sequences", NULL);
    else if (item == NULL)
        return;
    else if (g_str_equal (name, "copy-path")) {
        gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), fovea_tree_item_get_path (item));
        g_autofree char *said = g_strdup_printf (_ ("Copied: %s"), fovea_tree_item_get_path (item));
        gtk_widget_activate_action (widget, "win.say", "s", said);
    } else
        g_signal_emit (self, close_signal, 0, fovea_tree_item_get_path (item));
}

/* A list that has not been laid out yet scrolls nowhere. */
static gboolean
scroll_to_selected (GtkWidget *view, GdkFrameClock *clock, gpointer data)
{
    FoveaSidebar *self = data;
    guint row = gtk_single_selection_get_selected (self->rows);
    if (!gtk_widget_get_mapped (view) || row == GTK_INVALID_LIST_POSITION)
        return G_SOURCE_REMOVE;
    if (gtk_widget_get_height (view) == 0)
        return G_SOURCE_CONTINUE;
    gtk_widget_activate_action (view, "list.scroll-to-item", "u", row);
    return G_SOURCE_REMOVE;
}

/* In the whole list. Among the few that a search has found one looks at each. */
static guint
find_row (FoveaSidebar *self, FoveaTreeItem *item)
{
    if (gtk_filter_list_model_get_filter (self->found) == NULL)
        return fovea_ordered_tree_find (self->tree, item);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->found));
    for (guint i = 0; i < n; i++) {
        g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->found), i);
        g_autoptr (FoveaTreeItem) candidate = gtk_tree_list_row_get_item (row);
        if (candidate == item)
            return i;
    }
    return GTK_INVALID_LIST_POSITION;
}

/* FoveaSomeRowsStay. The row is one of those that were shown, whatever it is of. */
static guint
find_focused (gpointer sidebar)
{
    FoveaSidebar *self = sidebar;
    GtkWidget *widget = get_focused_row (self);
    GtkTreeListRow *focused = widget != NULL ? fovea_sidebar_row_get_tree_row (widget) : NULL;
    if (focused == NULL)
        return GTK_INVALID_LIST_POSITION;
    if (gtk_filter_list_model_get_filter (self->found) == NULL)
        return gtk_tree_list_row_get_position (focused);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->found));
    for (guint i = 0; i < n; i++) {
        g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->found), i);
        if (row == focused)
            return i;
    }
    return GTK_INVALID_LIST_POSITION;
}

static void
follow (FoveaSidebar *self, guint row)
{
    self->following = TRUE;
    gtk_single_selection_set_selected (self->rows, row);
    self->following = FALSE;
}

/* Rows that are not shown yet are, round that of what is open. */
static void
show_opened (FoveaSidebar *self)
{
    self->following = TRUE;
    guint row =
        fovea_some_rows_go_to (self->some, self->opened != NULL ? find_row (self, self->opened)
                                                                : GTK_INVALID_LIST_POSITION);
    self->following = FALSE;
    if (row == GTK_INVALID_LIST_POSITION)
        return;
    follow (self, row);
    gtk_widget_add_tick_callback (self->view, scroll_to_selected, self, NULL);
}

/* FoveaFillStep. What is open may have stood behind rows that came, and is marked again when it is back. */
static gboolean
grow (gpointer view)
{
    FoveaSidebar *self = FOVEA_SIDEBAR (gtk_widget_get_ancestor (view, FOVEA_TYPE_SIDEBAR));
    gboolean more = self->fresh || fovea_some_rows_grow (self->some);
    self->fresh = FALSE;
    if (self->opened == NULL ||
        gtk_single_selection_get_selected (self->rows) != GTK_INVALID_LIST_POSITION)
        return more;
    guint row = fovea_some_rows_find (self->some, find_row (self, self->opened));
    if (row != GTK_INVALID_LIST_POSITION)
        follow (self, row);
    return more;
}

static void
found_changed (FoveaSidebar *self)
{
    if (self->some == NULL || fovea_some_rows_is_whole (self->some))
        return;
    self->fresh = TRUE;
    fovea_fill_go (self->view);
}

static GtkWidget *
build_list (FoveaSidebar *self)
{
    GtkWidget *view = self->view = gtk_list_view_new (
        g_object_ref (GTK_SELECTION_MODEL (self->rows)), fovea_sidebar_row_factory_new ());
    fovea_tab_out_bind (view);
    fovea_fill_init (view, grow);
    gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Stores, runs and sequences"), -1);
    g_signal_connect (view, "activate", G_CALLBACK (row_activated), self);
    fovea_context_menu_bind (view, G_CALLBACK (menu_pressed), self);
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                    GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand (scrolled, TRUE);
    return scrolled;
}

static void
fovea_sidebar_dispose (GObject *object)
{
    FoveaSidebar *self = FOVEA_SIDEBAR (object);
    g_clear_object (&self->selection);
    g_clear_object (&self->stores);
    g_clear_handle_id (&self->ordering, g_source_remove);
    g_clear_pointer (&self->tree, fovea_ordered_tree_free);
    g_clear_object (&self->found);
    if (self->some != NULL)
        fovea_some_rows_set_stay (self->some, NULL, NULL);
    g_clear_object (&self->some);
    g_clear_object (&self->filter);
    g_clear_pointer (&self->needle, g_free);
    g_clear_object (&self->rows);
    g_clear_object (&self->opened);
    g_clear_object (&self->compared);
    g_clear_object (&self->pointed);
    g_clear_weak_pointer (&self->pointed_row);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    G_OBJECT_CLASS (fovea_sidebar_parent_class)->dispose (object);
}

/* A window that begins its work has more to draw than one frame can. */
static void
fovea_sidebar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    if (!fovea_late_is_due (widget))
        return;
    GtkSnapshot *drawn = gtk_snapshot_new ();
    GTK_WIDGET_CLASS (fovea_sidebar_parent_class)->snapshot (widget, drawn);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

static void
fovea_sidebar_class_init (FoveaSidebarClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_sidebar_dispose;
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_sidebar_snapshot;
    opened_signal = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, FOVEA_TYPE_TREE_ITEM);
    close_signal = g_signal_new ("close-store", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    fovea_commands_bind (GTK_WIDGET_CLASS (klass), "sidebar.", activate);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "sidebar");
}

static void
fovea_sidebar_init (FoveaSidebar *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    fovea_late_init (GTK_WIDGET (self), 1, fovea_late_draw);
}

GtkWidget *
fovea_sidebar_new (FoveaSelection *selection, GListModel *stores)
{
    FoveaSidebar *self = g_object_new (FOVEA_TYPE_SIDEBAR, NULL);
    self->selection = g_object_ref (selection);
    self->search_bar = gtk_search_bar_new ();
    self->search = gtk_search_entry_new ();
    gtk_search_bar_set_child (GTK_SEARCH_BAR (self->search_bar), self->search);
    gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar), GTK_EDITABLE (self->search));
    self->stores = g_object_ref (stores);
    self->tree = fovea_ordered_tree_new (stores);
    self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
    self->found =
        gtk_filter_list_model_new (g_object_ref (fovea_ordered_tree_get_rows (self->tree)), NULL);
    self->some = fovea_some_rows_new (g_object_ref (G_LIST_MODEL (self->found)));
    fovea_some_rows_set_stay (self->some, find_focused, self);
    self->rows = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->some)));
    gtk_single_selection_set_autoselect (self->rows, FALSE);
    gtk_single_selection_set_can_unselect (self->rows, TRUE);
    gtk_box_append (GTK_BOX (self), build_heading (self));
    gtk_box_append (GTK_BOX (self), self->search_bar);
    gtk_box_append (GTK_BOX (self), build_list (self));
    gtk_box_append (GTK_BOX (self), fovea_model_card_new (selection));
    g_signal_connect_object (self->search, "search-changed", G_CALLBACK (search_changed), self,
                             G_CONNECT_SWAPPED);
    add_search_keys (self);
    g_signal_connect_object (self->found, "items-changed", G_CALLBACK (found_changed), self,
                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);
    found_changed (self);
    g_signal_connect_object (self->rows, "notify::selected", G_CALLBACK (row_selected), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "reference-changed", G_CALLBACK (show_reference), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_sidebar_show (FoveaSidebar *self, FoveaTreeItem *item)
{
    g_set_object (&self->opened, item);
    show_opened (self);
}

FoveaSequenceOrder
fovea_sidebar_get_order (FoveaSidebar *self)
{
    return self->order;
}

/* Whoever has the keys in the list keeps them on what is open, whose row is another one then. */
static gboolean
put_in_order (gpointer sidebar)
{
    FoveaSidebar *self = sidebar;
    self->ordering = 0;
    self->following = TRUE;
    fovea_some_rows_hold (self->some);
    fovea_ordered_tree_set_order (self->tree, self->order);
    self->following = FALSE;
    show_opened (self);
    found_changed (self);
    if (self->focused && self->opened != NULL)
        gtk_widget_add_tick_callback (self->view, focus_selected, self, NULL);
    else if (self->focused)
        gtk_widget_child_focus (self->view, GTK_DIR_TAB_FORWARD);
    self->focused = FALSE;
    return G_SOURCE_REMOVE;
}

/* To take away the widgets of two hundred rows takes most of a frame: that is a turn by itself, and the next
 * one, before anything is drawn, puts the rows in order. */
void
fovea_sidebar_set_order (FoveaSidebar *self, FoveaSequenceOrder order)
{
    if (get_focused_row (self) != NULL) { /* GTK would leave it on a widget that is gone */
        gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
        self->focused = TRUE;
    }
    self->order = order;
    if (self->ordering != 0)
        return;
    self->following = TRUE;
    gboolean cut = fovea_some_rows_cut (self->some);
    self->following = FALSE;
    if (cut)
        self->ordering = g_idle_add_full (GTK_PRIORITY_RESIZE, put_in_order, self, NULL);
    else
        put_in_order (self);
}

void
fovea_sidebar_forget (FoveaSidebar *self)
{
    g_clear_object (&self->opened);
    follow (self, GTK_INVALID_LIST_POSITION);
}

gboolean
fovea_sidebar_focus (FoveaSidebar *self)
{
    guint row = gtk_single_selection_get_selected (self->rows);
    if (row == GTK_INVALID_LIST_POSITION)
        return FALSE;
    gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", row);
    for (GtkWidget *child = gtk_widget_get_first_child (self->view); child != NULL;
         child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_get_state_flags (child) & GTK_STATE_FLAG_SELECTED)
            return gtk_widget_grab_focus (child);
    return FALSE;
}
