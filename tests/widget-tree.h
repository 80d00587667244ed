/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Walks through widgets, depth first, so that whoever looks for one of some kind is a plain loop. */
#include <gtk/gtk.h>

/* What follows @at among the descendants of @root; NULL behind the last. The first follows @root. */
static inline GtkWidget *
widget_tree_next (GtkWidget *root, GtkWidget *at)
{
    GtkWidget *next = gtk_widget_get_first_child (at);
    while (next == NULL && at != root) {
        next = gtk_widget_get_next_sibling (at);
        at = gtk_widget_get_parent (at);
    }
    return next;
}

/* Every descendant of @root, in sight or not; the tree must not change meanwhile. */
#define EACH_WIDGET(widget, root)                                                                  \
    for (GtkWidget *widget = widget_tree_next (root, root); widget != NULL;                        \
         widget = widget_tree_next (root, widget))

/* The first descendant of a type, NULL = none. */
static inline GtkWidget *
widget_tree_find (GtkWidget *root, GType type)
{
    EACH_WIDGET (widget, root)
        if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
            return widget;
    return NULL;
}

/* All descendants of a type, in order.   Owner: caller, g_ptr_array_unref(); the widgets are not. */
static inline GPtrArray *
widget_tree_list (GtkWidget *root, GType type)
{
    GPtrArray *found = g_ptr_array_new ();
    EACH_WIDGET (widget, root)
        if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
            g_ptr_array_add (found, widget);
    return found;
}
