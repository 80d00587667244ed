/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sizes round outwards, so that a child never gets less than it asked for. */
#include "ui/scaled.h"

#include <math.h>

#define USUAL_DPI (96 * 1024.0)

struct _FoveaScaled {
    GtkWidget parent_instance;
    GtkWidget *child;
};

G_DEFINE_FINAL_TYPE (FoveaScaled, fovea_scaled, GTK_TYPE_WIDGET)

double
fovea_text_scale (GtkWidget *widget)
{
    int dpi = -1;
    g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
    return dpi > 0 ? CLAMP (dpi / USUAL_DPI, 0.5, 3) : 1; /* -1: the desktop does not say */
}

double
fovea_label_scale (GtkWidget *widget)
{
    gboolean inside = gtk_widget_get_ancestor (widget, FOVEA_TYPE_SCALED) != NULL;
    return inside ? 1 : fovea_text_scale (widget);
}

static GtkWidget *
new_scrolled (GtkWidget *child, GtkPolicyType across, GtkPolicyType down)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), across, down);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
    return scrolled;
}

GtkWidget *
fovea_sideways_new (GtkWidget *child)
{
    GtkWidget *scrolled = new_scrolled (child, GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
    gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    return scrolled;
}

GtkWidget *
fovea_downwards_new (GtkWidget *child)
{
    return new_scrolled (child, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
}

/* How much of the child's own pixels a length has room for. What was rounded up to it comes back whole:
 * a quotient of floats may fall just short of it. */
static int
fit (int length, double scale)
{
    return (int) floor (length / scale + 1e-6);
}

static void
fovea_scaled_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
    double scale = fovea_text_scale (widget);
    int across = for_size < 0 ? -1 : fit (for_size, scale);
    int least, usual;
    gtk_widget_measure (FOVEA_SCALED (widget)->child, orientation, across, &least, &usual, NULL,
                        NULL);
    *minimum = (int) ceil (least * scale);
    *natural = (int) ceil (usual * scale);
}

static void
fovea_scaled_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    double scale = fovea_text_scale (widget);
    GskTransform *transform = NULL;
    if (scale != 1)
        transform = gsk_transform_scale (NULL, (float) scale, (float) scale);
    gtk_widget_allocate (FOVEA_SCALED (widget)->child, fit (width, scale), fit (height, scale), -1,
                         transform);
}

static GtkSizeRequestMode
fovea_scaled_get_request_mode (GtkWidget *widget)
{
    return gtk_widget_get_request_mode (FOVEA_SCALED (widget)->child);
}

static void
fovea_scaled_dispose (GObject *object)
{
    g_clear_pointer (&FOVEA_SCALED (object)->child, gtk_widget_unparent);
    G_OBJECT_CLASS (fovea_scaled_parent_class)->dispose (object);
}

static void
fovea_scaled_class_init (FoveaScaledClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_scaled_dispose;
    widget_class->measure = fovea_scaled_measure;
    widget_class->size_allocate = fovea_scaled_size_allocate;
    widget_class->get_request_mode = fovea_scaled_get_request_mode;
    gtk_widget_class_set_css_name (widget_class, "scaled");
}

static void
fovea_scaled_init (FoveaScaled *self)
{
}

GtkWidget *
fovea_scaled_new (GtkWidget *child)
{
    FoveaScaled *self = g_object_new (FOVEA_TYPE_SCALED, NULL);
    self->child = child;
    gtk_widget_set_parent (child, GTK_WIDGET (self));
    g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)), "notify::gtk-xft-dpi",
                             G_CALLBACK (gtk_widget_queue_resize), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GtkWidget *
fovea_scaled_get_child (FoveaScaled *self)
{
    return self->child;
}
