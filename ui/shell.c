/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Everything is decided in size_allocate, since GTK 4.8 has no breakpoints. When a panel leaves the
 * layout it closes; when there is room again it comes back as the user last left it. */
#include "ui/shell.h"

#include <math.h>

#include "ui/scaled.h"
#include "ui/whole.h"

#define SIDEBAR        246
#define INSPECTOR      300
#define STRIP          72
#define SIDEBAR_ROOM   1200
#define INSPECTOR_ROOM 1020
#define MOST_CHANGES   15 /* rectangles of a view; those of the inspector cut each in two */

struct _FoveaShell {
    GtkWidget parent_instance;
    GtkWidget *sidebar, *strip, *centre, *inspector;
    gboolean show_sidebar, show_inspector; /* in the layout */
    gboolean over_sidebar, over_inspector; /* over the centre */
    int width;
};

G_DEFINE_FINAL_TYPE (FoveaShell, fovea_shell, GTK_TYPE_WIDGET)

enum {
    PROP_0,
    PROP_SHOW_SIDEBAR,
    PROP_SHOW_INSPECTOR,
};

/* Measures are those of usual text. */
static int
scaled (FoveaShell *self, int pixels)
{
    return (int) ceil (pixels * fovea_text_scale (GTK_WIDGET (self)));
}

static gboolean
sidebar_inline (FoveaShell *self)
{
    return self->width >= scaled (self, SIDEBAR_ROOM);
}

static gboolean
inspector_inline (FoveaShell *self)
{
    return self->width >= scaled (self, INSPECTOR_ROOM);
}

/* A child that is not visible must not be allocated. */
static void
place (GtkWidget *child, gboolean visible, int x, int y, int width, int height)
{
    gtk_widget_set_child_visible (child, visible);
    if (visible)
        gtk_widget_size_allocate (child, &(GtkAllocation){x, y, MAX (width, 1), MAX (height, 1)},
                                  -1);
}

/* The class brings the shadow that tells a panel over the centre from one beside it. */
static void
set_over (FoveaShell *self)
{
    if (!sidebar_inline (self) && self->over_sidebar)
        gtk_widget_add_css_class (self->sidebar, "over");
    else
        gtk_widget_remove_css_class (self->sidebar, "over");
    if (!inspector_inline (self) && self->over_inspector)
        gtk_widget_add_css_class (self->inspector, "over");
    else
        gtk_widget_remove_css_class (self->inspector, "over");
}

static void
fovea_shell_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    FoveaShell *self = FOVEA_SHELL (widget);
    gboolean had_sidebar = sidebar_inline (self), had_inspector = inspector_inline (self);
    self->width = width;
    if (had_sidebar != sidebar_inline (self)) {
        self->over_sidebar = FALSE;
        g_object_notify (G_OBJECT (self), "show-sidebar");
    }
    if (had_inspector != inspector_inline (self)) {
        self->over_inspector = FALSE;
        g_object_notify (G_OBJECT (self), "show-inspector");
    }
    gboolean side = sidebar_inline (self) && self->show_sidebar;
    gboolean inspect = inspector_inline (self) && self->show_inspector;
    int left = side ? scaled (self, SIDEBAR) : 0, right = inspect ? scaled (self, INSPECTOR) : 0;
    place (self->strip, TRUE, left, 0, width - left, scaled (self, STRIP));
    place (self->centre, TRUE, left, scaled (self, STRIP), width - left - right,
           height - scaled (self, STRIP));
    place (self->sidebar, side || (!sidebar_inline (self) && self->over_sidebar), 0, 0,
           scaled (self, SIDEBAR), height);
    place (self->inspector, inspect || (!inspector_inline (self) && self->over_inspector),
           width - scaled (self, INSPECTOR), scaled (self, STRIP), scaled (self, INSPECTOR),
           height - scaled (self, STRIP));
}

/* Panels never widen the window: below their room they leave the layout. */
static void
fovea_shell_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
    FoveaShell *self = FOVEA_SHELL (widget);
    int centre;
    gtk_widget_measure (self->centre, orientation, -1, &centre, NULL, NULL, NULL);
    GtkWidget *others[] = {self->sidebar, self->inspector, self->strip};
    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        gtk_widget_measure (others[i], orientation, -1, NULL, NULL, NULL, NULL);
    *minimum = orientation == GTK_ORIENTATION_VERTICAL ? centre + scaled (self, STRIP) : centre;
    *natural = orientation == GTK_ORIENTATION_VERTICAL ? MAX (*minimum, 820) : MAX (*minimum, 1440);
}

static void
fovea_shell_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaShell *self = FOVEA_SHELL (object);
    if (id == PROP_SHOW_SIDEBAR)
        g_value_set_boolean (value,
                             sidebar_inline (self) ? self->show_sidebar : self->over_sidebar);
    else
        g_value_set_boolean (value,
                             inspector_inline (self) ? self->show_inspector : self->over_inspector);
}

static void
fovea_shell_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    FoveaShell *self = FOVEA_SHELL (object);
    gboolean show = g_value_get_boolean (value);
    if (id == PROP_SHOW_SIDEBAR && (sidebar_inline (self) || self->width == 0))
        self->show_sidebar = show;
    else if (id == PROP_SHOW_SIDEBAR)
        self->over_sidebar = show;
    else if (inspector_inline (self) || self->width == 0)
        self->show_inspector = show;
    else
        self->over_inspector = show;
    set_over (self);
    /* More than an allocation: GTK 4.8 comes to one by way of parents that keep theirs, and what is asked for
     * of those meanwhile, as by a list in the centre whose scrollbar comes, is forgotten where one further up
     * has a new one in the same frame. */
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
fovea_shell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaShell *self = FOVEA_SHELL (widget);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    gtk_widget_snapshot_child (widget, self->strip, snapshot);
    gtk_widget_snapshot_child (widget, self->centre, drawn);
    fovea_whole_draw (widget, snapshot, drawn, MOST_CHANGES);
    gtk_widget_snapshot_child (widget, self->inspector, snapshot);
    gtk_widget_snapshot_child (widget, self->sidebar, snapshot);
}

static void
fovea_shell_dispose (GObject *object)
{
    FoveaShell *self = FOVEA_SHELL (object);
    g_clear_pointer (&self->strip, gtk_widget_unparent);
    g_clear_pointer (&self->centre, gtk_widget_unparent);
    g_clear_pointer (&self->sidebar, gtk_widget_unparent);
    g_clear_pointer (&self->inspector, gtk_widget_unparent);
    G_OBJECT_CLASS (fovea_shell_parent_class)->dispose (object);
}

static void
fovea_shell_class_init (FoveaShellClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    object_class->dispose = fovea_shell_dispose;
    object_class->get_property = fovea_shell_get_property;
    object_class->set_property = fovea_shell_set_property;
    widget_class->measure = fovea_shell_measure;
    widget_class->size_allocate = fovea_shell_size_allocate;
    widget_class->snapshot = fovea_shell_snapshot;
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
    g_object_class_install_property (
        object_class, PROP_SHOW_SIDEBAR,
        g_param_spec_boolean ("show-sidebar", NULL, NULL, TRUE, flags));
    g_object_class_install_property (
        object_class, PROP_SHOW_INSPECTOR,
        g_param_spec_boolean ("show-inspector", NULL, NULL, TRUE, flags));
    gtk_widget_class_set_css_name (widget_class, "shell");
}

static void
fovea_shell_init (FoveaShell *self)
{
    self->show_sidebar = self->show_inspector = TRUE;
    gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
    gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
    gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
fovea_shell_new (GtkWidget *sidebar, GtkWidget *strip, GtkWidget *centre, GtkWidget *inspector)
{
    FoveaShell *self = g_object_new (FOVEA_TYPE_SHELL, NULL);
    self->sidebar = sidebar;
    self->strip = strip;
    self->centre = centre;
    self->inspector = inspector;
    /* Panels come last, so that they are drawn over the centre. */
    gtk_widget_set_parent (strip, GTK_WIDGET (self));
    gtk_widget_set_parent (centre, GTK_WIDGET (self));
    gtk_widget_set_parent (inspector, GTK_WIDGET (self));
    gtk_widget_set_parent (sidebar, GTK_WIDGET (self));
    return GTK_WIDGET (self);
}

void
fovea_shell_get_layout (FoveaShell *self, gboolean *sidebar, gboolean *inspector)
{
    *sidebar = self->show_sidebar;
    *inspector = self->show_inspector;
}
