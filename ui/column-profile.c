/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bars on the log scale of the map, as those of the row below it; they begin where the map does. */
#include "ui/column-profile.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/map-canvas-private.h"
#include "ui/map-rail.h"
#include "ui/token-text.h"
#include "ui/whole.h"

#define LEFT  6
#define BARS  42
#define WIDTH 96 /* with the numbers beside them */

struct _FoveaColumnProfile {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaViewport *viewport;
};

G_DEFINE_FINAL_TYPE (FoveaColumnProfile, fovea_column_profile, GTK_TYPE_WIDGET)

static double
get_length (FoveaColumnProfile *self)
{
    return gtk_widget_get_height (GTK_WIDGET (self)) - FOVEA_MAP_TOP - FOVEA_MAP_BOTTOM;
}

/* At most a bar each two pixels; more would be a grey mass. One path, as they change with every step. */
static void
draw_bars (GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCellData *data,
           double length)
{
    int bars = (int) MIN ((double) data->n_tokens, length / 2);
    double unit = length / (double) data->n_tokens;
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (LEFT, FOVEA_MAP_TOP - 4, BARS, (float) length + 8));
    gdk_cairo_set_source_rgba (cr, &palette->accent_text);
    for (int i = 0; i < bars; i++) {
        gint64 from = i * data->n_tokens / bars, to = (i + 1) * data->n_tokens / bars;
        double share = fovea_profile_get_share (data->column, data->n_tokens, from, to);
        double y = FOVEA_MAP_TOP + ((double) (from + to) / 2) * unit;
        cairo_rectangle (cr, LEFT, floor (y - 1), share * BARS, CLAMP (unit * 0.6, 1.5, 4));
    }
    cairo_fill (cr);
    cairo_destroy (cr);
}

/* The selected query in ink, the hovered one as a line. */
static void
draw_marks (FoveaColumnProfile *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCellData *data,
            double unit)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    gint64 query = data->place.query;
    double share = fovea_profile_get_share (data->column, data->n_tokens, query, query + 1);
    fovea_fill_draw (snapshot, LEFT, FOVEA_MAP_TOP + ((double) query + 0.5) * unit - 1.5,
                     MAX (share * BARS, 2), 3, 0, &palette->text);
    if (hover != NULL)
        fovea_fill_draw (snapshot, LEFT,
                         floor (FOVEA_MAP_TOP + ((double) hover->query + 0.5) * unit - 0.5), BARS,
                         1, 0, &palette->quiet);
}

static void
draw_words (FoveaColumnProfile *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCellData *data,
            double length)
{
    GtkWidget *widget = GTK_WIDGET (self);
    g_autofree char *key = fovea_number_text (data->place.key);
    g_autofree char *title = g_strdup_printf (_ ("Column %s"), key);
    g_autofree char *last = fovea_number_text (data->n_tokens - 1);
    fovea_label_draw (widget, snapshot, title, 12, FOVEA_LABEL_BOLD, &palette->text, LEFT,
                      FOVEA_MAP_TOP - 32, WIDTH - LEFT);
    fovea_label_draw (widget, snapshot, _ ("all queries"), 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT, FOVEA_MAP_TOP - 16, WIDTH - LEFT);
    fovea_label_draw (widget, snapshot, "0", 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + BARS + 6, FOVEA_MAP_TOP + 5, 0);
    fovea_label_draw (widget, snapshot, last, 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + BARS + 6, FOVEA_MAP_TOP + length - 5, 0);
}

static void
fovea_column_profile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaColumnProfile *self = FOVEA_COLUMN_PROFILE (widget);
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    double length = get_length (self);
    FoveaPalette palette;
    gint64 first, end;
    if (data == NULL || length < 50)
        return;
    fovea_palette_load (widget, &palette);
    double unit = length / (double) data->n_tokens;
    GtkSnapshot *drawn = gtk_snapshot_new ();
    fovea_fill_draw (drawn, LEFT, FOVEA_MAP_TOP, 1, length, 0, &palette.quiet);
    fovea_fill_draw (drawn, LEFT + BARS, FOVEA_MAP_TOP, 1, length, 0, &palette.grid);
    draw_bars (drawn, &palette, data, length);
    draw_words (self, drawn, &palette, data, length);
    fovea_viewport_get_span (self->viewport, TRUE, &first, &end);
    if (!fovea_viewport_is_fit (self->viewport))
        fovea_box_draw (drawn, LEFT - 2, FOVEA_MAP_TOP + (double) first * unit - 1, BARS + 5,
                        MAX ((double) (end - first) * unit, 6) + 2, 2, 1.5, &palette.text);
    draw_marks (self, drawn, &palette, data, unit);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

static void
fovea_column_profile_measure (GtkWidget *widget,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : 120;
}

/* -1 above and below the bars. */
static gint64
query_at (FoveaColumnProfile *self, double y)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    double length = get_length (self), along = y - FOVEA_MAP_TOP;
    return info != NULL && along >= 0 && along < length
               ? (gint64) (along / length * (double) info->n_tokens)
               : -1;
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaColumnProfile *self)
{
    gint64 query = query_at (self, y);
    if (query >= 0)
        fovea_selection_select_cell (self->selection, query,
                                     fovea_selection_get_place (self->selection)->key);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaColumnProfile *self)
{
    fovea_selection_hover_cell (self->selection, query_at (self, y),
                                fovea_selection_get_place (self->selection)->key);
}

static void
pointer_left (FoveaColumnProfile *self)
{
    fovea_selection_hover_nothing (self->selection);
}

static void
cells_changed (FoveaColumnProfile *self)
{
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    if (data != NULL) {
        g_autofree char *label = g_strdup_printf (
            _ ("Weights of all %" PRId64 " queries on key %" PRId64 "; selected query %" PRId64
               ", weight %.3f"),
            data->n_tokens, data->place.key, data->place.query, data->column[data->place.query]);
        gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                        -1);
    }
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_column_profile_dispose (GObject *object)
{
    FoveaColumnProfile *self = FOVEA_COLUMN_PROFILE (object);
    g_clear_object (&self->selection);
    g_clear_object (&self->cells);
    g_clear_object (&self->viewport);
    G_OBJECT_CLASS (fovea_column_profile_parent_class)->dispose (object);
}

static void
fovea_column_profile_class_init (FoveaColumnProfileClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_column_profile_dispose;
    widget_class->snapshot = fovea_column_profile_snapshot;
    widget_class->measure = fovea_column_profile_measure;
    gtk_widget_class_set_css_name (widget_class, "columnprofile");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_column_profile_init (FoveaColumnProfile *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    GtkEventController *motion = gtk_event_controller_motion_new ();
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Selected column over all queries"), -1);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
fovea_column_profile_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport)
{
    FoveaColumnProfile *self = g_object_new (FOVEA_TYPE_COLUMN_PROFILE, NULL);
    self->selection = g_object_ref (selection);
    self->cells = g_object_ref (cells);
    self->viewport = g_object_ref (viewport);
    g_signal_connect_object (cells, "changed", G_CALLBACK (cells_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (viewport, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}
