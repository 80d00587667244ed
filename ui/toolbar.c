/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Least widths first; then children get what they lack, from the one that lacks least to the one that
 * lacks most, while it is there; then who can use a part of it, as an entry can; then who expands. */
#include "ui/toolbar.h"

#define SPACING 6

struct _FoveaToolbarLayout {
    GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaToolbarLayout, fovea_toolbar_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct {
    GtkWidget *widget;
    int width, natural;
} Child;

static GArray *
list_children (GtkWidget *bar)
{
    GArray *children = g_array_new (FALSE, FALSE, sizeof (Child));
    for (GtkWidget *widget = gtk_widget_get_first_child (bar); widget != NULL;
         widget = gtk_widget_get_next_sibling (widget)) {
        Child child = {.widget = widget};
        if (!gtk_widget_should_layout (widget))
            continue;
        gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &child.width, &child.natural,
                            NULL, NULL);
        g_array_append_val (children, child);
    }
    return children;
}

static void
fovea_toolbar_layout_measure (GtkLayoutManager *manager,
                              GtkWidget *bar,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
    g_autoptr (GArray) children = list_children (bar);
    *minimum = *natural = 0;
    for (guint i = 0; i < children->len; i++) {
        const Child *child = &g_array_index (children, Child, i);
        int least = child->width + (i > 0 ? SPACING : 0), all = least;
        all += child->natural - child->width;
        if (orientation == GTK_ORIENTATION_VERTICAL) {
            gtk_widget_measure (child->widget, orientation, -1, &least, &all, NULL, NULL);
            *minimum = MAX (*minimum, least);
            *natural = MAX (*natural, all);
        } else {
            *minimum += least;
            *natural += all;
        }
    }
}

/* The child that lacks least of those that lack something; NULL if none does. */
static Child *
find_next (GArray *children)
{
    Child *found = NULL;
    for (guint i = 0; i < children->len; i++) {
        Child *child = &g_array_index (children, Child, i);
        int gap = child->natural - child->width;
        if (gap > 0 && (found == NULL || gap < found->natural - found->width))
            found = child;
    }
    return found;
}

/* A list of words has two forms and nothing between. */
static int
give_part (GArray *children, int room)
{
    for (guint i = 0; i < children->len; i++) {
        Child *child = &g_array_index (children, Child, i);
        int part = MIN (room, child->natural - child->width);
        if (GTK_IS_DROP_DOWN (child->widget) || part <= 0)
            continue;
        child->width += part;
        room -= part;
    }
    return room;
}

static void
give_rest (GArray *children, int room)
{
    guint n = 0;
    for (guint i = 0; i < children->len; i++)
        n += gtk_widget_compute_expand (g_array_index (children, Child, i).widget,
                                        GTK_ORIENTATION_HORIZONTAL);
    for (guint i = 0; i < children->len && n > 0; i++) {
        Child *child = &g_array_index (children, Child, i);
        if (!gtk_widget_compute_expand (child->widget, GTK_ORIENTATION_HORIZONTAL))
            continue;
        int share = room / (int) n--;
        child->width += share;
        room -= share;
    }
}

static void
fovea_toolbar_layout_allocate (
    GtkLayoutManager *manager, GtkWidget *bar, int width, int height, int baseline)
{
    g_autoptr (GArray) children = list_children (bar);
    gboolean mirrored = gtk_widget_get_direction (bar) == GTK_TEXT_DIR_RTL;
    int room = width - SPACING * ((int) children->len - 1), at = 0;
    for (guint i = 0; i < children->len; i++)
        room -= g_array_index (children, Child, i).width;
    for (Child *next = find_next (children); next != NULL && next->natural - next->width <= room;
         next = find_next (children)) {
        room -= next->natural - next->width;
        next->width = next->natural;
    }
    room = give_part (children, MAX (room, 0));
    give_rest (children, room);
    for (guint i = 0; i < children->len; i++) {
        const Child *child = &g_array_index (children, Child, i);
        gtk_widget_size_allocate (
            child->widget,
            &(GtkAllocation){mirrored ? width - at - child->width : at, 0, child->width, height},
            baseline);
        at += child->width + SPACING;
    }
}

static void
fovea_toolbar_layout_class_init (FoveaToolbarLayoutClass *klass)
{
    GtkLayoutManagerClass *manager = GTK_LAYOUT_MANAGER_CLASS (klass);
    manager->measure = fovea_toolbar_layout_measure;
    manager->allocate = fovea_toolbar_layout_allocate;
}

static void
fovea_toolbar_layout_init (FoveaToolbarLayout *self)
{
}

GtkWidget *
fovea_toolbar_new (void)
{
    GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
    gtk_widget_set_layout_manager (bar, g_object_new (FOVEA_TYPE_TOOLBAR_LAYOUT, NULL));
    gtk_widget_add_css_class (bar, "toolbar");
    return bar;
}
