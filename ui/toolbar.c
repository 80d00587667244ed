/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Least widths first; then children get what they lack, from the one that lacks least to the one that
 * lacks most, while it is there; then who can use a part of it, as an entry can; then who expands. Where
 * not even the least widths have room, what stands behind the gap goes to a line of its own. */
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

/* Children that stand side by side. */
typedef struct {
    Child *children;
    guint n;
} Line;

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

/* The first line of @children within @width. With room for all it is all of them; else it ends where
 * one expands, so that what belongs together stays together, or where the next has no room. */
static Line
take_line (Child *children, guint n, int width)
{
    int used = -SPACING;
    for (guint i = 0; i < n; i++)
        used += children[i].width + SPACING;
    if (width < 0 || used <= width)
        return (Line){children, n};
    used = children[0].width;
    for (guint i = 1; i < n; i++) {
        used += children[i].width + SPACING;
        if (used > width ||
            gtk_widget_compute_expand (children[i].widget, GTK_ORIENTATION_HORIZONTAL))
            return (Line){children, i};
    }
    return (Line){children, n};
}

static void
measure_line (const Line *line, int *minimum, int *natural)
{
    *minimum = *natural = 0;
    for (guint i = 0; i < line->n; i++) {
        int least, all;
        gtk_widget_measure (line->children[i].widget, GTK_ORIENTATION_VERTICAL, -1, &least, &all,
                            NULL, NULL);
        *minimum = MAX (*minimum, least);
        *natural = MAX (*natural, all);
    }
}

/* As narrow as the widest child, as wide as all of them whole. */
static void
measure_width (GArray *children, int *minimum, int *natural)
{
    for (guint i = 0; i < children->len; i++) {
        const Child *child = &g_array_index (children, Child, i);
        *minimum = MAX (*minimum, child->width);
        *natural += child->natural + (i > 0 ? SPACING : 0);
    }
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
    Child *at = (Child *) (void *) children->data;
    guint left = children->len;
    *minimum = *natural = 0;
    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
        measure_width (children, minimum, natural);
        return;
    }
    while (left > 0) {
        Line line = take_line (at, left, for_size);
        int least, all, gap = left < children->len ? SPACING : 0;
        measure_line (&line, &least, &all);
        *minimum += gap + least;
        *natural += gap + all;
        at += line.n;
        left -= line.n;
    }
}

static GtkSizeRequestMode
fovea_toolbar_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *bar)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* The child that lacks least of those that lack something; NULL if none does. */
static Child *
find_next (const Line *line)
{
    Child *found = NULL;
    for (guint i = 0; i < line->n; i++) {
        Child *child = &line->children[i];
        int gap = child->natural - child->width;
        if (gap > 0 && (found == NULL || gap < found->natural - found->width))
            found = child;
    }
    return found;
}

/* A list of words has two forms and nothing between. */
static int
give_part (const Line *line, int room)
{
    for (guint i = 0; i < line->n; i++) {
        Child *child = &line->children[i];
        int part = MIN (room, child->natural - child->width);
        if (GTK_IS_DROP_DOWN (child->widget) || part <= 0)
            continue;
        child->width += part;
        room -= part;
    }
    return room;
}

static void
give_rest (const Line *line, int room)
{
    guint n = 0;
    for (guint i = 0; i < line->n; i++)
        n += gtk_widget_compute_expand (line->children[i].widget, GTK_ORIENTATION_HORIZONTAL);
    for (guint i = 0; i < line->n && n > 0; i++) {
        Child *child = &line->children[i];
        if (!gtk_widget_compute_expand (child->widget, GTK_ORIENTATION_HORIZONTAL))
            continue;
        int share = room / (int) n--;
        child->width += share;
        room -= share;
    }
}

static void
share_width (const Line *line, int width)
{
    int room = width - SPACING * ((int) line->n - 1);
    for (guint i = 0; i < line->n; i++)
        room -= line->children[i].width;
    for (Child *next = find_next (line); next != NULL && next->natural - next->width <= room;
         next = find_next (line)) {
        room -= next->natural - next->width;
        next->width = next->natural;
    }
    give_rest (line, give_part (line, MAX (room, 0)));
}

static void
fovea_toolbar_layout_allocate (
    GtkLayoutManager *manager, GtkWidget *bar, int width, int height, int baseline)
{
    g_autoptr (GArray) children = list_children (bar);
    gboolean mirrored = gtk_widget_get_direction (bar) == GTK_TEXT_DIR_RTL;
    Child *next = (Child *) (void *) children->data;
    guint left = children->len;
    int y = 0;
    while (left > 0) {
        Line line = take_line (next, left, width);
        int tall, natural, x = 0;
        measure_line (&line, &tall, &natural);
        tall = line.n == left ? MAX (tall, height - y) : tall; /* the last has what is over */
        share_width (&line, width);
        for (guint i = 0; i < line.n; i++) {
            const Child *child = &line.children[i];
            gtk_widget_size_allocate (
                child->widget,
                &(GtkAllocation){mirrored ? width - x - child->width : x, y, child->width, tall},
                -1);
            x += child->width + SPACING;
        }
        next += line.n;
        left -= line.n;
        y += tall + SPACING;
    }
}

static void
fovea_toolbar_layout_class_init (FoveaToolbarLayoutClass *klass)
{
    GtkLayoutManagerClass *manager = GTK_LAYOUT_MANAGER_CLASS (klass);
    manager->get_request_mode = fovea_toolbar_layout_get_request_mode;
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
