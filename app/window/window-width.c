/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What of the header has room. The window says that it can be as narrow as with the least header: half a
 * screen is asked for in one step, and a window that cannot be so narrow does not come so far that its header
 * would give way. */
#include "app/window/window-private.h"
#include "ui/ahead.h"

#define SEARCH_ROOM   1100
#define SWITCHER_ROOM 980
#define SLACK         24

static int
least_width (GtkWidget *widget)
{
    int least;
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    return least;
}

static gboolean
shows_switcher (FoveaWindow *self)
{
    return g_strcmp0 (gtk_stack_get_visible_child_name (self->titles), "switcher") == 0;
}

/* What gives way does so a little before it must: in languages of long words, and with large text, sooner
 * than usual. */
static void
measure_header (FoveaWindow *self)
{
    int wanted = least_width (gtk_window_get_titlebar (GTK_WINDOW (self)));
    if (gtk_widget_get_visible (self->search))
        self->search_room = MAX (SEARCH_ROOM, wanted + SLACK);
    else if (shows_switcher (self))
        self->switcher_room = MAX (SWITCHER_ROOM, wanted + SLACK);
}

/* Search and switcher shrink with the window; panels are the shell's business. */
static void
fit_header (FoveaWindow *self, int width)
{
    gboolean work = g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "work") == 0;
    measure_header (self);
    gtk_widget_set_visible (self->history, work || self->opened != NULL);
    gtk_widget_set_visible (self->export_button, work);
    gtk_widget_set_visible (self->search, work && width >= MAX (SEARCH_ROOM, self->search_room));
    gtk_widget_set_visible (self->search_button,
                            work && width < MAX (SEARCH_ROOM, self->search_room));
    const char *title = width >= MAX (SWITCHER_ROOM, self->switcher_room) ? "switcher" : "list";
    gtk_stack_set_visible_child_name (self->titles, work ? title : "name");
}

void
fovea_window_follow_width (FoveaWindow *self)
{
    int width = gtk_widget_get_width (GTK_WIDGET (self)), height;
    if (width == 0)
        gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
    self->followed = width;
    fit_header (self, width);
    fovea_window_update_actions (self);
    fovea_ahead_measure (GTK_WIDGET (self));
}

static gboolean
follow_now (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
    FoveaWindow *self = FOVEA_WINDOW (widget);
    self->following = 0;
    fovea_window_follow_width (self);
    return G_SOURCE_REMOVE;
}

/* A search entry gives way to a button like its neighbour, the switcher to the list. */
static int
spare_width (FoveaWindow *self)
{
    int spare = 0;
    if (gtk_widget_get_visible (self->search))
        spare += least_width (self->search) - least_width (self->export_button);
    if (shows_switcher (self))
        spare += least_width (self->switcher) - least_width (self->view_list);
    return MAX (spare, 0);
}

static void
measure (GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
    FoveaWindow *self = FOVEA_WINDOW (widget);
    GtkWidgetClass *parent = g_type_class_peek (GTK_TYPE_APPLICATION_WINDOW);
    GtkWidget *header = gtk_window_get_titlebar (GTK_WINDOW (self));
    int least = 0;
    if (orientation == GTK_ORIENTATION_HORIZONTAL)
        least = self->header_width = least_width (header);
    else if (for_size >= 0)
        for_size = MAX (for_size, self->header_width);
    parent->measure (widget, orientation, for_size, minimum, natural, minimum_baseline,
                     natural_baseline);
    if (orientation == GTK_ORIENTATION_VERTICAL)
        return;
    int content = least_width (gtk_window_get_child (GTK_WINDOW (self)));
    int without = MAX (content, least - spare_width (self));
    *minimum -= MAX (MAX (content, least) - without, 0);
}

/* A header that is given less than it needs gives way at once, one that is given more with the next frame:
 * no size may change while sizes are given. */
static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    FoveaWindow *self = FOVEA_WINDOW (widget);
    GtkWidgetClass *parent = g_type_class_peek (GTK_TYPE_APPLICATION_WINDOW);
    if (width < self->header_width) {
        fit_header (self, width);
        self->header_width = least_width (gtk_window_get_titlebar (GTK_WINDOW (self)));
    }
    parent->size_allocate (widget, width, height, baseline);
    if (width != self->followed && self->following == 0)
        self->following = gtk_widget_add_tick_callback (widget, follow_now, NULL, NULL);
}

void
fovea_window_class_init_width (GtkWidgetClass *klass)
{
    klass->measure = measure;
    klass->size_allocate = size_allocate;
}
