/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The Picture view is there while the open sequence is a picture; when another opens in its place, the
 * heads are shown. */
#include "app/window/window-private.h"

#include <glib/gi18n.h>
#include "ui/figures/picture-image.h"

gboolean
fovea_window_shows_picture (FoveaWindow *self)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "picture") == 0;
}

/* The list of narrow windows has its row as long as the switcher has its button. */
static void
list_picture (FoveaWindow *self, gboolean there)
{
    GtkStringList *names =
        GTK_STRING_LIST (gtk_drop_down_get_model (GTK_DROP_DOWN (self->view_list)));
    guint n = g_list_model_get_n_items (G_LIST_MODEL (names));
    gboolean listed =
        n > 0 && g_str_equal (gtk_string_list_get_string (names, n - 1), _ ("Picture"));
    if (there && !listed)
        gtk_string_list_append (names, _ ("Picture"));
    else if (!there && listed)
        gtk_string_list_remove (names, n - 1);
}

static void
trace_changed (FoveaWindow *self)
{
    gboolean there = fovea_picture_image_has (fovea_selection_get_info (self->selection));
    GtkStackPage *page = gtk_stack_get_page (self->views, GTK_WIDGET (self->picture));
    if (!there && fovea_window_shows_picture (self))
        fovea_window_show_view (self, "heads");
    gtk_stack_page_set_visible (page, there);
    list_picture (self, there);
}

void
fovea_window_connect_picture (FoveaWindow *self)
{
    g_signal_connect_object (self->selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    trace_changed (self);
}
