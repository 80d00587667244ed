/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Store -> run -> sequence by GtkTreeListModel; the filter keeps a row if it or something above or
 * below it matches. Sequences load by selecting them, as one click or arrow key. */
#include "ui/sidebar.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "ui/late.h"
#include "ui/tab-out.h"
#include "ui/token-text.h"
#include "ui/whole.h"
#include "ui/tip.h"

#define BAR      54 /* width of the bar of what is being written */
#define ITEM_KEY "fovea-item"

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
    gboolean following;
};

G_DEFINE_FINAL_TYPE (FoveaSidebar, fovea_sidebar, GTK_TYPE_BOX)

static guint opened_signal;

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

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    GtkWidget *expander = gtk_tree_expander_new (),
              *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *icon = gtk_image_new_from_icon_name ("fovea-layers-symbolic");
    GtkWidget *title = gtk_label_new (""), *part = gtk_label_new (""), *count = gtk_label_new (""),
              *bar = gtk_progress_bar_new ();
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
    gtk_label_set_xalign (GTK_LABEL (part), 0);
    gtk_widget_set_hexpand (part, TRUE);
    gtk_widget_add_css_class (count, "count");
    gtk_box_append (GTK_BOX (box), icon);
    gtk_box_append (GTK_BOX (box), title);
    gtk_box_append (GTK_BOX (box), part);
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("view-dual-symbolic"));
    gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
    gtk_widget_set_size_request (bar, BAR, -1);
    gtk_box_append (GTK_BOX (box), count);
    gtk_box_append (GTK_BOX (box), bar);
    gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
    gtk_list_item_set_child (list_item, expander);
}

/* A sequence that is being written has a bar in place of its count. */
static void
show_progress (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *bar =
        gtk_widget_get_last_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    double progress = fovea_tree_item_get_progress (item);
    gtk_widget_set_visible (bar, progress >= 0);
    gtk_widget_set_visible (gtk_widget_get_prev_sibling (bar), progress < 0);
    if (progress < 0)
        return;
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), MIN (progress, 1));
    g_autofree char *label =
        g_strdup_printf (_ ("%s, being written"), fovea_tree_item_get_title (item));
    gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    fovea_tip_set (expander, label);
}

static void
show_count (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *bar =
        gtk_widget_get_last_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    gtk_label_set_text (GTK_LABEL (gtk_widget_get_prev_sibling (bar)),
                        fovea_tree_item_get_count (item));
}

/* Two texts may begin alike, so the row itself says which one stands beside the others. */
static void
show_compared (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *bar =
        gtk_widget_get_last_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    GtkWidget *mark = gtk_widget_get_prev_sibling (gtk_widget_get_prev_sibling (bar));
    const char *title = fovea_tree_item_get_title (item);
    gboolean compared = fovea_tree_item_get_compared (item);
    g_autofree char *tip =
        compared ? g_strdup_printf (_ ("%s: others are compared with this one"), title)
                 : g_strdup (title);
    gtk_widget_set_visible (mark, compared);
    fovea_tip_set (expander, tip);
}

/* A row that has left the tree knows its item no more. */
static void
unbind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    g_autoptr (FoveaTreeItem) item = g_object_steal_data (G_OBJECT (list_item), ITEM_KEY);
    g_signal_handlers_disconnect_by_data (item, list_item);
}

/* Windows of a book differ at their end only, which therefore has a label of its own that is never
 * shortened: "moby_di…" and "part 12". */
static void
show_title (GtkWidget *title, GtkWidget *part, const char *text)
{
    static const char mark[] = ", part ";
    const char *end = g_strrstr (text, mark);
    g_autofree char *name = end != NULL ? g_strndup (text, (gsize) (end - text)) : g_strdup (text);
    gtk_label_set_text (GTK_LABEL (title), name);
    gtk_label_set_text (GTK_LABEL (part), end != NULL ? end + 2 : "");
}

/* One row widget for all three kinds; only stores carry the icon. */
static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    GtkTreeListRow *row = gtk_list_item_get_item (list_item);
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *icon =
        gtk_widget_get_first_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    GtkWidget *title = gtk_widget_get_next_sibling (icon);
    GtkWidget *part = gtk_widget_get_next_sibling (title);
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (row);
    gboolean store = fovea_tree_item_get_kind (item) == FOVEA_TREE_STORE;
    gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), row);
    gtk_widget_set_visible (icon, store);
    show_title (title, part, fovea_tree_item_get_title (item));
    if (store)
        gtk_widget_add_css_class (title, "store");
    else
        gtk_widget_remove_css_class (title, "store");
    if (fovea_tree_item_get_kind (item) == FOVEA_TREE_SEQUENCE)
        gtk_widget_add_css_class (gtk_widget_get_parent (title), "leaf");
    else
        gtk_widget_remove_css_class (gtk_widget_get_parent (title), "leaf");
    g_object_set_data_full (G_OBJECT (list_item), ITEM_KEY, g_object_ref (item), g_object_unref);
    g_signal_connect (item, "notify::progress", G_CALLBACK (show_progress), list_item);
    g_signal_connect (item, "notify::count", G_CALLBACK (show_count), list_item);
    g_signal_connect (item, "notify::compared", G_CALLBACK (show_compared), list_item);
    show_compared (item, NULL, list_item);
    show_count (item, NULL, list_item);
    show_progress (item, NULL, list_item);
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

static GtkWidget *
build_list (FoveaSidebar *self)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), NULL);
    GtkWidget *view = self->view =
        gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (self->rows)), factory);
    fovea_tab_out_bind (view);
    gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Stores, runs and sequences"), -1);
    g_signal_connect (view, "activate", G_CALLBACK (row_activated), self);
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
