/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bars on the log scale of the map; each pixel shows the largest weight beneath it. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/map-rail.h"
#include "ui/palette.h"
#include "ui/token-text.h"
#include "ui/whole.h"

#define LEFT       88
#define RIGHT      36
#define TOP        4
#define BARS       42
#define HEIGHT     66
#define TICK_GAP   100 /* pixels between two numbers, at least */
#define TICK_CLEAR 60  /* of the last one */

struct _FoveaRowProfile {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaViewport *viewport;
};

G_DEFINE_FINAL_TYPE (FoveaRowProfile, fovea_row_profile, GTK_TYPE_WIDGET)

double
fovea_profile_get_share (const float *weights, gint64 n, gint64 from, gint64 to)
{
    double largest = 0, floor = fovea_color_map_floor (n);
    for (gint64 i = from; i < MIN (to, n); i++)
        largest = MAX (largest, weights[i]);
    return largest > floor ? 1 - log10 (largest) / log10 (floor) : 0;
}

static double
bar_height (const FoveaCellData *data, gint64 from, gint64 to)
{
    return fovea_profile_get_share (data->row, data->n_tokens, from, to) * BARS;
}

/* At most a bar each two pixels; more would be a grey mass. */
static void
draw_bars (FoveaRowProfile *self, cairo_t *cr, const FoveaCellData *data, double width)
{
    double unit = width / (double) data->n_tokens;
    int bars = (int) MIN ((double) data->n_tokens, width / 2);
    for (int i = 0; i < bars; i++) {
        gint64 from = i * data->n_tokens / bars, to = (i + 1) * data->n_tokens / bars;
        double height = bar_height (data, from, to);
        double x = LEFT + ((double) (from + to) / 2) * unit;
        cairo_rectangle (cr, floor (x - 1), TOP + BARS - height, CLAMP (unit * 0.6, 1.5, 4),
                         height);
    }
    cairo_fill (cr);
}

static void
draw_tick (GtkWidget *widget,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           gint64 token,
           double unit,
           FoveaLabelFlags flags)
{
    g_autofree char *text = fovea_number_text (token);
    fovea_label_draw (widget, snapshot, text, 11, flags, &palette->quiet,
                      LEFT + ((double) token + 0.5) * unit, TOP + BARS + 10, 0);
}

/* In the steps of the map above; the last key always, and what would touch it gives way. */
static void
draw_axis (FoveaRowProfile *self,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCellData *data,
           double width)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double unit = width / (double) data->n_tokens;
    g_autofree char *low = fovea_power_text (fovea_color_map_floor (data->n_tokens));
    g_autofree char *row = fovea_number_text (data->place.query);
    g_autofree char *title = g_strdup_printf (_ ("Row %s"), row);
    fovea_label_draw (widget, snapshot, title, 12, FOVEA_LABEL_BOLD, &palette->text, 14, 18, 0);
    fovea_label_draw (widget, snapshot, _ ("all keys"), 11, FOVEA_LABEL_NORMAL, &palette->quiet, 14,
                      34, 0);
    fovea_label_draw (widget, snapshot, "1", 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + width + 6, TOP + 4, 0);
    fovea_label_draw (widget, snapshot, low, 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + width + 6, TOP + BARS - 2, 0);
    gint64 last = data->n_tokens - 1;
    gint64 step = fovea_viewport_find_step (self->viewport, TICK_GAP / unit);
    for (gint64 t = 0; t < last; t += step)
        if ((double) (last - t) * unit > TICK_CLEAR)
            draw_tick (widget, snapshot, palette, t, unit,
                       t == 0 ? FOVEA_LABEL_NORMAL : FOVEA_LABEL_CENTER);
    draw_tick (widget, snapshot, palette, last, unit, FOVEA_LABEL_RIGHT);
}

/* Near the right end the text turns to the left of its bar. On a ground of its own: bars and frame
 * would strike it through. */
static void
draw_key (FoveaRowProfile *self,
          GtkSnapshot *snapshot,
          const FoveaPalette *palette,
          const FoveaCellData *data,
          double width)
{
    double x = LEFT + ((double) data->place.key + 0.5) * width / (double) data->n_tokens;
    double height = MAX (bar_height (data, data->place.key, data->place.key + 1), 2);
    g_autofree char *token =
        fovea_token_quote (fovea_selection_get_info (self->selection), data->place.key);
    g_autofree char *number = fovea_number_text (data->place.key);
    g_autofree char *text = g_strdup_printf ("%s %s", number, token);
    gboolean flip = x > LEFT + width - 90;
    g_autoptr (PangoLayout) layout =
        fovea_label_layout (GTK_WIDGET (self), 11, FOVEA_LABEL_NORMAL, text);
    int used, high;
    GdkRGBA ground = palette->view;
    pango_layout_get_pixel_size (layout, &used, &high);
    ground.alpha = 0.85f;
    fovea_fill_draw (snapshot, x - 1.5, TOP + BARS - height, 3, height, 0, &palette->text);
    fovea_fill_draw (snapshot, flip ? x - 8 - used : x + 4, TOP + 8 - high / 2.0, used + 4, high, 2,
                     &ground);
    fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11,
                      flip ? FOVEA_LABEL_RIGHT : FOVEA_LABEL_NORMAL, &palette->text,
                      flip ? x - 6 : x + 6, TOP + 8, 0);
}

/* Where a cell is hovered, here or elsewhere: its key, and of another row no more. */
static void
draw_hover (FoveaRowProfile *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            gint64 n_tokens,
            double width)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    if (hover == NULL)
        return;
    double x = LEFT + ((double) hover->key + 0.5) * width / (double) n_tokens;
    fovea_fill_draw (snapshot, floor (x - 0.5), TOP, 1, BARS, 0, &palette->quiet);
}

static void
draw_profile (FoveaRowProfile *self,
              GtkSnapshot *snapshot,
              const FoveaPalette *palette,
              const FoveaCellData *data,
              double width)
{
    double unit = width / (double) data->n_tokens;
    gint64 first, end;
    fovea_fill_draw (snapshot, LEFT, TOP, width, 1, 0, &palette->grid);
    fovea_fill_draw (snapshot, LEFT, TOP + BARS, width, 1, 0, &palette->quiet);
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (LEFT - 4, TOP, (float) width + 8, BARS));
    gdk_cairo_set_source_rgba (cr, &palette->accent_text);
    draw_bars (self, cr, data, width);
    cairo_destroy (cr);
    draw_axis (self, snapshot, palette, data, width);
    fovea_viewport_get_span (self->viewport, FALSE, &first, &end);
    if (!fovea_viewport_is_fit (self->viewport))
        fovea_box_draw (snapshot, LEFT + (double) first * unit - 1, TOP - 2,
                        MAX ((double) (end - first) * unit, 6) + 2, BARS + 5, 2, 1.5,
                        &palette->text);
    draw_key (self, snapshot, palette, data, width);
    draw_hover (self, snapshot, palette, data->n_tokens, width);
}

static void
fovea_row_profile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaRowProfile *self = FOVEA_ROW_PROFILE (widget);
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    double width = gtk_widget_get_width (widget) - LEFT - RIGHT;
    FoveaPalette palette;
    if (data == NULL || width < 50)
        return;
    fovea_palette_load (widget, &palette);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    draw_profile (self, drawn, &palette, data, width);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

static void
fovea_row_profile_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 240;
}

/* -1 beside the bars. */
static gint64
key_at (FoveaRowProfile *self, double x)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    double width = gtk_widget_get_width (GTK_WIDGET (self)) - LEFT - RIGHT;
    return info != NULL && x >= LEFT && x < LEFT + width
               ? (gint64) ((x - LEFT) / width * (double) info->n_tokens)
               : -1;
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaRowProfile *self)
{
    gint64 key = key_at (self, x);
    if (key >= 0)
        fovea_selection_select_cell (self->selection,
                                     fovea_selection_get_place (self->selection)->query, key);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaRowProfile *self)
{
    fovea_selection_hover_cell (self->selection, fovea_selection_get_place (self->selection)->query,
                                key_at (self, x));
}

static void
pointer_left (FoveaRowProfile *self)
{
    fovea_selection_hover_nothing (self->selection);
}

static void
cells_changed (FoveaRowProfile *self)
{
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    if (data != NULL) {
        g_autofree char *label = g_strdup_printf (
            _ ("Weights of query %" PRId64 " on all %" PRId64 " keys; selected key %" PRId64
               ", weight %.3f"),
            data->place.query, data->n_tokens, data->place.key, data->row[data->place.key]);
        gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                        -1);
    }
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_row_profile_dispose (GObject *object)
{
    FoveaRowProfile *self = FOVEA_ROW_PROFILE (object);
    g_clear_object (&self->selection);
    g_clear_object (&self->cells);
    g_clear_object (&self->viewport);
    G_OBJECT_CLASS (fovea_row_profile_parent_class)->dispose (object);
}

static void
fovea_row_profile_class_init (FoveaRowProfileClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_row_profile_dispose;
    widget_class->snapshot = fovea_row_profile_snapshot;
    widget_class->measure = fovea_row_profile_measure;
    gtk_widget_class_set_css_name (widget_class, "rowprofile");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_row_profile_init (FoveaRowProfile *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Selected row over all keys"), -1);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    GtkEventController *motion = gtk_event_controller_motion_new ();
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
fovea_row_profile_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport)
{
    FoveaRowProfile *self = g_object_new (FOVEA_TYPE_ROW_PROFILE, NULL);
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
