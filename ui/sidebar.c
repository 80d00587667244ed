/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Store -> run -> sequence by GtkTreeListModel; the filter keeps a row if it or something above or
 * below it matches. Sequences load by selecting them, as one click or arrow key. */
#include "ui/sidebar.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/late.h"
#include "ui/sidebar-row.h"
#include "ui/tab-out.h"
#include "ui/token-text.h"
#include "ui/whole.h"
#include "ui/tip.h"

struct _FoveaSidebar {
    GtkBox parent_instance;
    FoveaSelection *selection;
    GtkTreeListModel *tree;
    GtkFilter *filter;
    GtkSingleSelection *rows;
    GtkWidget *view, *search_bar, *search;
    GtkLabel *model_name, *facts[6];
    FoveaTreeItem *opened;   /* the sequence that was asked for last */
    FoveaTreeItem *compared; /* the one that others are compared with */
    GtkWidget *menu;         /* NULL = never shown yet */
    FoveaTreeItem *pointed;  /* what the menu is of */
    GtkWidget *pointed_row;  /* weak */
    gboolean following;
};

G_DEFINE_FINAL_TYPE (FoveaSidebar, fovea_sidebar, GTK_TYPE_BOX)

static guint opened_signal, close_signal;

static const char *const fact_names[] = {N_ ("family"),     N_ ("layers × heads"), N_ ("width"),
                                         N_ ("vocabulary"), N_ ("weights"),        N_ ("hash")};

/* Sequences are leaves. */
static GListModel *
get_children (gpointer item, gpointer data)
{
    GListStore *children = fovea_tree_item_get_children (item);
    return children != NULL ? G_LIST_MODEL (g_object_ref (children)) : NULL;
}

/* Downwards: a store stays while anything in it matches. */
static gboolean
contains (FoveaTreeItem *item, const char *needle)
{
    g_autofree char *title = g_utf8_casefold (fovea_tree_item_get_title (item), -1);
    if (strstr (title, needle) != NULL)
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
    FoveaSidebar *self = data;
    g_autofree char *needle =
        g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (row);
    return *needle == '\0' || contains (item, needle);
}

static void
search_changed (FoveaSidebar *self)
{
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

/* In the middle, where people do not compare; the tooltip has it whole. */
static char *
shorten_hash (const char *hash)
{
    gsize length = hash != NULL ? strlen (hash) : 0;
    if (length < 12)
        return g_strdup (length > 0 ? hash : "–");
    return g_strdup_printf ("sha256 %.4s…%s", hash, hash + length - 4);
}

/* What an imported trace does not know is 0. */
static char *
count_text (gint64 n)
{
    if (n == 0)
        return g_strdup ("–");
    if (n >= 1000000)
        return g_strdup_printf ("%.1f M", (double) n / 1e6);
    return fovea_number_text (n);
}

/* The card is of the trace's model, so it changes with the sequence. */
static void
show_model (FoveaSidebar *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    if (info == NULL)
        return;
    const FoveaArchitecture *a = info->architecture;
    g_autofree char *width = count_text (a->width);
    g_autofree char *parameters = count_text (a->n_parameters);
    g_autofree char *dtype = g_ascii_strdown (fovea_dtype_name (a->weight_dtype), -1);
    char *texts[] = {
        g_strdup_printf ("%s, %s", a->family != NULL ? a->family : _ ("unknown"),
                         fovea_architecture_get_score_rule (a, 0).causal ? _ ("decoder")
                                                                         : _ ("encoder")),
        g_strdup_printf (_ ("%" PRId64 " × %" PRId64 ", %" PRId64 " key/value"), a->n_layers,
                         a->n_heads, a->n_kv_heads),
        g_strdup_printf (_ ("%s, head %" PRId64), width, a->head_width),
        count_text (a->vocabulary),
        a->n_parameters > 0 ? g_strdup_printf ("%s, %s", dtype, parameters) : g_strdup ("–"),
        shorten_hash (info->model_hash),
    };
    gtk_label_set_text (self->model_name, info->model_name != NULL ? info->model_name : "");
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        gtk_label_set_text (self->facts[i], texts[i]);
        g_free (texts[i]);
    }
    fovea_tip_set (GTK_WIDGET (self->facts[5]), info->model_hash);
}

/* What is marked is what is open then. */
static void
show_reference (FoveaSidebar *self)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    if (self->compared != NULL)
        fovea_tree_item_set_compared (self->compared, FALSE);
    g_clear_object (&self->compared);
    if (reference == NULL || self->opened == NULL)
        return;
    self->compared = g_object_ref (self->opened);
    fovea_tree_item_set_compared (self->compared, TRUE);
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
    gtk_box_append (GTK_BOX (box), button);
    return box;
}

/* What a note in a paper needs: every fact, the hash in full. */
static void
copy_card (FoveaSidebar *self)
{
    g_autoptr (GString) text = g_string_new (gtk_label_get_text (self->model_name));
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    if (info == NULL)
        return;
    for (guint i = 0; i + 1 < G_N_ELEMENTS (fact_names); i++)
        g_string_append_printf (text, "\n%s\t%s", _ (fact_names[i]),
                                gtk_label_get_text (self->facts[i]));
    g_string_append_printf (text, "\nhash\t%s", info->model_hash);
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
}

static GtkWidget *
build_copy (FoveaSidebar *self)
{
    GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
    gtk_widget_add_css_class (button, "flat");
    fovea_tip_set (button, _ ("Copy the model's facts, the hash in full"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Copy the model's facts"), -1);
    g_signal_connect_swapped (button, "clicked", G_CALLBACK (copy_card), self);
    return button;
}

/* Values can be selected and copied, but do not take the focus on a click. */
static GtkWidget *
build_card (FoveaSidebar *self)
{
    GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3),
              *heading = gtk_label_new (_ ("MODEL"));
    GtkWidget *grid = gtk_grid_new ();
    gtk_widget_add_css_class (card, "modelcard");
    gtk_widget_add_css_class (heading, "section");
    gtk_label_set_xalign (GTK_LABEL (heading), 0);
    self->model_name = GTK_LABEL (gtk_label_new (_ ("none yet")));
    gtk_widget_add_css_class (GTK_WIDGET (self->model_name), "name");
    gtk_label_set_xalign (self->model_name, 0);
    gtk_label_set_ellipsize (self->model_name, PANGO_ELLIPSIZE_MIDDLE);
    gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
    gtk_grid_set_row_spacing (GTK_GRID (grid), 5);
    for (int i = 0; i < 6; i++) {
        GtkWidget *name = gtk_label_new (_ (fact_names[i])), *value = gtk_label_new ("–");
        gtk_widget_add_css_class (name, "quiet");
        gtk_label_set_xalign (GTK_LABEL (name), 0);
        gtk_label_set_xalign (GTK_LABEL (value), 0);
        gtk_label_set_selectable (GTK_LABEL (value), TRUE);
        gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_END);
        gtk_widget_set_focus_on_click (value, FALSE);
        gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                        name, NULL, -1);
        gtk_grid_attach (GTK_GRID (grid), name, 0, i, 1, 1);
        gtk_grid_attach (GTK_GRID (grid), value, 1, i, 1, 1);
        self->facts[i] = GTK_LABEL (value);
    }
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_widget_set_hexpand (GTK_WIDGET (self->model_name), TRUE);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->model_name));
    gtk_box_append (GTK_BOX (row), build_copy (self));
    gtk_box_append (GTK_BOX (card), heading);
    gtk_box_append (GTK_BOX (card), row);
    gtk_box_append (GTK_BOX (card), grid);
    return card;
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Close this store, its file stays"), "sidebar.close"},
    {N_ ("Copy the path of its file"), "sidebar.copy-path"},
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
    else if (item == NULL)
        return;
    else if (g_str_equal (name, "copy-path")) {
        gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), fovea_tree_item_get_path (item));
        g_autofree char *said = g_strdup_printf (_ ("Copied: %s"), fovea_tree_item_get_path (item));
        gtk_widget_activate_action (widget, "win.say", "s", said);
    } else
        g_signal_emit (self, close_signal, 0, fovea_tree_item_get_path (item));
}

static GtkWidget *
build_list (FoveaSidebar *self)
{
    GtkWidget *view = self->view = gtk_list_view_new (
        g_object_ref (GTK_SELECTION_MODEL (self->rows)), fovea_sidebar_row_factory_new ());
    fovea_tab_out_bind (view);
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
    g_clear_object (&self->tree);
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
    self->tree =
        gtk_tree_list_model_new (g_object_ref (stores), FALSE, TRUE, get_children, NULL, NULL);
    self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
    GtkFilterListModel *filtered =
        gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->tree)), self->filter);
    self->rows = gtk_single_selection_new (G_LIST_MODEL (filtered));
    gtk_single_selection_set_autoselect (self->rows, FALSE);
    gtk_single_selection_set_can_unselect (self->rows, TRUE);
    gtk_box_append (GTK_BOX (self), build_heading (self));
    gtk_box_append (GTK_BOX (self), self->search_bar);
    gtk_box_append (GTK_BOX (self), build_list (self));
    gtk_box_append (GTK_BOX (self), build_card (self));
    g_signal_connect_object (self->search, "search-changed", G_CALLBACK (search_changed), self,
                             G_CONNECT_SWAPPED);
    add_search_keys (self);
    g_signal_connect_object (self->rows, "notify::selected", G_CALLBACK (row_selected), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (show_model), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "reference-changed", G_CALLBACK (show_reference), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
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

void
fovea_sidebar_show (FoveaSidebar *self, FoveaTreeItem *item)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    g_set_object (&self->opened, item);
    for (guint i = 0; i < n; i++) {
        g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
        g_autoptr (FoveaTreeItem) candidate = gtk_tree_list_row_get_item (row);
        if (candidate != item)
            continue;
        self->following = TRUE;
        gtk_single_selection_set_selected (self->rows, i);
        self->following = FALSE;
        gtk_widget_add_tick_callback (self->view, scroll_to_selected, self, NULL);
    }
}

void
fovea_sidebar_forget (FoveaSidebar *self)
{
    g_clear_object (&self->opened);
    self->following = TRUE;
    gtk_single_selection_set_selected (self->rows, GTK_INVALID_LIST_POSITION);
    self->following = FALSE;
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
