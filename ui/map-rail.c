/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The overview is the canvas's own coarse picture of the map, so it costs nothing of its own. */
#include "ui/map-rail.h"

#include <math.h>

#include "ui/color-bar.h"

#define WIDTH    126
#define OVERVIEW 105
#define TOP      32
#define BAR_TOP  210

struct _FoveaMapRail {
    GtkWidget parent_instance;
    FoveaMapCanvas *canvas;
    FoveaCellModel *cells;
    FoveaViewport *viewport;
};

G_DEFINE_FINAL_TYPE (FoveaMapRail, fovea_map_rail, GTK_TYPE_WIDGET)

static void
draw_overview (FoveaMapRail *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double unit = OVERVIEW / (double) fovea_viewport_get_tokens (self->viewport);
    gint64 q0, q1, k0, k1;
    fovea_text_draw (widget, snapshot, "Whole map", 12, FOVEA_TEXT_NORMAL, &palette->quiet, 0, 16,
                     0);
    GdkTexture *whole = fovea_map_canvas_get_whole (self->canvas);
    if (whole != NULL)
        gtk_snapshot_append_texture (snapshot, whole,
                                     &GRAPHENE_RECT_INIT (0, TOP, OVERVIEW, OVERVIEW));
    fovea_box_draw (snapshot, 0, TOP, OVERVIEW, OVERVIEW, 0, 1, &palette->rule);
    fovea_viewport_get_span (self->viewport, TRUE, &q0, &q1);
    fovea_viewport_get_span (self->viewport, FALSE, &k0, &k1);
    fovea_box_draw (snapshot, (double) k0 * unit - 1, TOP + (double) q0 * unit - 1,
                    MAX ((double) (k1 - k0) * unit, 5) + 2, MAX ((double) (q1 - q0) * unit, 5) + 2,
                    1, 1.5, &palette->text);
}

static void
fovea_map_rail_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaMapRail *self = FOVEA_MAP_RAIL (widget);
    if (fovea_viewport_get_tokens (self->viewport) == 0)
        return;
    FoveaPalette palette;
    FoveaTileSpec spec;
    fovea_palette_load (widget, &palette);
    fovea_map_canvas_get_spec (self->canvas, &spec);
    draw_overview (self, snapshot, &palette);
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    double height = CLAMP (gtk_widget_get_height (widget) - BAR_TOP - 70, 60, 270);
    fovea_text_draw (widget, snapshot, "Weight", 12, FOVEA_TEXT_BOLD, &palette.text, 0,
                     BAR_TOP - 18, 0);
    fovea_color_bar_draw_vertical (widget, snapshot, &palette, &spec, 4, BAR_TOP, height,
                                   data != NULL ? data->row[data->place.key] : -1);
}

static void
fovea_map_rail_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : 240;
}

static void
centre_on (FoveaMapRail *self, double x, double y)
{
    double unit = OVERVIEW / (double) MAX (fovea_viewport_get_tokens (self->viewport), 1);
    int width, height;
    gint64 left, top;
    if (y > TOP + OVERVIEW + 8)
        return;
    double scale = fovea_viewport_get_scale (self->viewport);
    fovea_viewport_get_size (self->viewport, &width, &height);
    fovea_viewport_get_origin (self->viewport, &left, &top);
    fovea_viewport_pan (self->viewport, x / unit * scale - width / 2.0 - (double) left,
                        (y - TOP) / unit * scale - height / 2.0 - (double) top);
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, FoveaMapRail *self)
{
    centre_on (self, x, y);
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, FoveaMapRail *self)
{
    double x, y;
    if (gtk_gesture_drag_get_start_point (drag, &x, &y) && y < TOP + OVERVIEW)
        centre_on (self, x + dx, MIN (y + dy, TOP + OVERVIEW));
}

static void
fovea_map_rail_dispose (GObject *object)
{
    FoveaMapRail *self = FOVEA_MAP_RAIL (object);
    g_clear_object (&self->canvas);
    g_clear_object (&self->cells);
    g_clear_object (&self->viewport);
    G_OBJECT_CLASS (fovea_map_rail_parent_class)->dispose (object);
}

static void
fovea_map_rail_class_init (FoveaMapRailClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_map_rail_dispose;
    widget_class->snapshot = fovea_map_rail_snapshot;
    widget_class->measure = fovea_map_rail_measure;
    gtk_widget_class_set_css_name (widget_class, "maprail");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_map_rail_init (FoveaMapRail *self)
{
    GtkGesture *drag = gtk_gesture_drag_new ();
    g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), self);
    g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    "Whole map with the visible part framed, and colour bar", -1);
}

GtkWidget *
fovea_map_rail_new (FoveaMapCanvas *canvas, FoveaCellModel *cells, FoveaViewport *viewport)
{
    FoveaMapRail *self = g_object_new (FOVEA_TYPE_MAP_RAIL, NULL);
    self->canvas = g_object_ref (canvas);
    self->cells = g_object_ref (cells);
    self->viewport = g_object_ref (viewport);
    g_signal_connect_object (cells, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (viewport, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (canvas, "notify", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_map_canvas_get_tiles (canvas), "ready",
                             G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}
