/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One widget for stores, runs and sequences, whose parts come and go with what the item tells. */
#include "ui/sidebar-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/tip.h"

#define BAR      54 /* width of the bar of what is being written */
#define ITEM_KEY "fovea-item"
#define ROW_KEY  "fovea-row"

/* Most rows are of sequences that are there: they have neither picture nor bar, which are made when they
 * are wanted. A list of thousands makes two hundred rows at once. */
typedef struct {
    GtkTreeExpander *expander;
    GtkBox *box;
    GtkLabel *title, *part, *count;
    GtkWidget *icon, *mark, *bar; /* NULL = never wanted */
} Row;

static Row *
get_row (GtkListItem *list_item)
{
    return g_object_get_data (G_OBJECT (list_item), ROW_KEY);
}

static GtkLabel *
add_label (GtkBox *box)
{
    GtkWidget *label = gtk_label_new ("");
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_box_append (box, label);
    return GTK_LABEL (label);
}

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    Row *row = g_new0 (Row, 1);
    row->expander = GTK_TREE_EXPANDER (gtk_tree_expander_new ());
    row->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8));
    row->title = add_label (row->box);
    row->part = add_label (row->box);
    row->count = add_label (row->box);
    gtk_label_set_ellipsize (row->title, PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand (GTK_WIDGET (row->part), TRUE);
    gtk_widget_add_css_class (GTK_WIDGET (row->count), "count");
    gtk_tree_expander_set_child (row->expander, GTK_WIDGET (row->box));
    gtk_list_item_set_child (list_item, GTK_WIDGET (row->expander));
    g_object_set_data_full (G_OBJECT (list_item), ROW_KEY, row, g_free);
}

/* Behind @after, NULL = first. */
static void
show_icon (Row *row, GtkWidget **icon, const char *name, GtkLabel *after, gboolean wanted)
{
    if (*icon == NULL && wanted) {
        *icon = gtk_image_new_from_icon_name (name);
        gtk_box_insert_child_after (row->box, *icon, after != NULL ? GTK_WIDGET (after) : NULL);
    }
    if (*icon != NULL)
        gtk_widget_set_visible (*icon, wanted);
}

static void
make_bar (Row *row)
{
    row->bar = gtk_progress_bar_new ();
    gtk_widget_set_valign (row->bar, GTK_ALIGN_CENTER);
    gtk_widget_set_size_request (row->bar, BAR, -1);
    gtk_box_append (row->box, row->bar);
}

/* A sequence that is being written has a bar in place of its count. */
static void
show_progress (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    Row *row = get_row (list_item);
    double progress = fovea_tree_item_get_progress (item);
    if (row->bar == NULL && progress >= 0)
        make_bar (row);
    gtk_widget_set_visible (GTK_WIDGET (row->count), progress < 0);
    if (row->bar != NULL)
        gtk_widget_set_visible (row->bar, progress >= 0);
    if (progress < 0)
        return;
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (row->bar), MIN (progress, 1));
    g_autofree char *label =
        g_strdup_printf (_ ("%s, being written"), fovea_tree_item_get_title (item));
    gtk_accessible_update_property (GTK_ACCESSIBLE (row->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    fovea_tip_set (GTK_WIDGET (row->expander), label);
}

static void
set_class (GtkWidget *widget, const char *css_class, gboolean has)
{
    if (has)
        gtk_widget_add_css_class (widget, css_class);
    else
        gtk_widget_remove_css_class (widget, css_class);
}

/* What is not there has no size. */
static void
show_count (FoveaTreeItem *item, Row *row)
{
    gboolean missing = fovea_tree_item_get_missing (item);
    gtk_label_set_text (row->count, missing ? _ ("missing") : fovea_tree_item_get_count (item));
    set_class (GTK_WIDGET (row->expander), "missing", missing);
}

/* Stores may share a name, and a row may be too short for it: where the file is, or was. */
static char *
describe (FoveaTreeItem *item)
{
    g_autofree char *path = g_filename_display_name (fovea_tree_item_get_path (item));
    const char *title = fovea_tree_item_get_title (item);
    if (fovea_tree_item_get_missing (item))
        return g_strdup_printf (_ ("%s is not there any more; Delete closes it"), path);
    if (fovea_tree_item_get_kind (item) == FOVEA_TREE_STORE)
        return g_steal_pointer (&path);
    if (fovea_tree_item_get_hint (item) != NULL)
        return g_strdup_printf ("%s: %s", title, fovea_tree_item_get_hint (item));
    if (fovea_tree_item_get_compared (item))
        return g_strdup_printf (_ ("%s: others are compared with this one"), title);
    return g_strdup (title);
}

/* Two texts may begin alike, so the row itself says which one stands beside the others. */
static void
show_state (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    Row *row = get_row (list_item);
    g_autofree char *tip = describe (item);
    g_autofree char *name = g_strdup_printf ("%s, %s", fovea_tree_item_get_title (item),
                                             fovea_tree_item_get_count (item));
    show_icon (row, &row->mark, "view-dual-symbolic", row->part,
               fovea_tree_item_get_compared (item));
    fovea_tip_set (GTK_WIDGET (row->expander), tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (row->expander), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    name, -1);
    show_count (item, row);
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
show_title (Row *row, const char *text)
{
    static const char mark[] = ", part ";
    const char *end = g_strrstr (text, mark);
    g_autofree char *name = end != NULL ? g_strndup (text, (gsize) (end - text)) : g_strdup (text);
    gtk_label_set_text (row->title, name);
    gtk_label_set_text (row->part, end != NULL ? end + 2 : "");
}

/* One row widget for all three kinds; only stores carry the icon. */
static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    GtkTreeListRow *tree_row = gtk_list_item_get_item (list_item);
    Row *row = get_row (list_item);
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (tree_row);
    FoveaTreeKind kind = fovea_tree_item_get_kind (item);
    gtk_tree_expander_set_list_row (row->expander, tree_row);
    show_icon (row, &row->icon, "fovea-layers-symbolic", NULL, kind == FOVEA_TREE_STORE);
    show_title (row, fovea_tree_item_get_title (item));
    set_class (GTK_WIDGET (row->title), "store", kind == FOVEA_TREE_STORE);
    set_class (GTK_WIDGET (row->box), "leaf", kind == FOVEA_TREE_SEQUENCE);
    g_object_set_data_full (G_OBJECT (list_item), ITEM_KEY, g_object_ref (item), g_object_unref);
    g_signal_connect (item, "notify::progress", G_CALLBACK (show_progress), list_item);
    g_signal_connect (item, "notify::count", G_CALLBACK (show_state), list_item);
    g_signal_connect (item, "notify::compared", G_CALLBACK (show_state), list_item);
    g_signal_connect (item, "notify::missing", G_CALLBACK (show_state), list_item);
    show_state (item, NULL, list_item);
    show_progress (item, NULL, list_item);
}

GtkListItemFactory *
fovea_sidebar_row_factory_new (void)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), NULL);
    return factory;
}

/* Of the row or of what is in it. */
static GtkTreeExpander *
get_expander (GtkWidget *widget)
{
    GtkWidget *child = gtk_widget_get_first_child (widget);
    GtkWidget *expander = GTK_IS_TREE_EXPANDER (child)
                              ? child
                              : gtk_widget_get_ancestor (widget, GTK_TYPE_TREE_EXPANDER);
    return expander != NULL ? GTK_TREE_EXPANDER (expander) : NULL;
}

FoveaTreeItem *
fovea_sidebar_row_get_item (GtkWidget *widget)
{
    GtkTreeExpander *expander = widget != NULL ? get_expander (widget) : NULL;
    g_autoptr (FoveaTreeItem) item =
        expander != NULL ? gtk_tree_expander_get_item (expander) : NULL;
    return item; /* the tree has it */
}

GtkTreeListRow *
fovea_sidebar_row_get_tree_row (GtkWidget *widget)
{
    GtkTreeExpander *expander = get_expander (widget);
    return expander != NULL ? gtk_tree_expander_get_list_row (expander) : NULL;
}
