/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The overview is the canvas's own coarse picture of the map, so it costs nothing of its own. */
#include "ui/map-rail.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/color-bar.h"
#include "ui/drawn.h"
#include "ui/mask-view.h"
#include "ui/texture.h"
#include "ui/token-text.h"

#define WIDTH       126
#define OVERVIEW    105 /* side, and what it shrinks to in a low window before the bar goes */
#define SMALLEST    56
#define TOP         32
#define GAP         73 /* from the overview to the bar, with its heading */
#define LEAST_GAP   40
#define BAR_LEAST   60
#define BAR_FOOT    70 /* swatches below the bar */
#define KEY         70 /* of a mask */
#define MAX_SPANS   8
#define SPAN_TOP    32
#define SPAN_PITCH  33
#define SPAN_HEIGHT 27

struct _FoveaMapRail {
    GtkWidget parent_instance;
    FoveaMapCanvas *canvas;
    FoveaCellModel *cells;
    FoveaViewport *viewport;
    char *knob; /* of the mask, NULL = none */
};

G_DEFINE_FINAL_TYPE (FoveaMapRail, fovea_map_rail, GTK_TYPE_WIDGET)

/* What the bar or the mask's key needs below the overview. */
static int
get_foot (FoveaMapRail *self)
{
    FoveaTileSpec spec;
    fovea_map_canvas_get_spec (self->canvas, &spec);
    return spec.overlay ? KEY : BAR_LEAST + BAR_FOOT;
}

static int
get_side (FoveaMapRail *self)
{
    int height = gtk_widget_get_height (GTK_WIDGET (self));
    return CLAMP (height - TOP - LEAST_GAP - get_foot (self), SMALLEST, OVERVIEW);
}

/* The frame is at least five pixels, or it would vanish in long texts. */
static void
draw_overview (FoveaMapRail *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    GtkWidget *widget = GTK_WIDGET (self);
    float side = (float) get_side (self);
    double unit = side / (double) fovea_viewport_get_tokens (self->viewport);
    gint64 q0, q1, k0, k1;
    fovea_label_draw (widget, snapshot, _ ("Whole map"), 12, FOVEA_LABEL_NORMAL, &palette->quiet, 0,
                      16, 0);
    GdkTexture *whole = fovea_map_canvas_get_whole (self->canvas);
    if (whole != NULL)
        fovea_texture_draw (widget, snapshot, whole, &GRAPHENE_RECT_INIT (0, TOP, side, side));
    fovea_box_draw (snapshot, 0, TOP, side, side, 0, 1, &palette->rule);
    fovea_viewport_get_span (self->viewport, TRUE, &q0, &q1);
    fovea_viewport_get_span (self->viewport, FALSE, &k0, &k1);
    fovea_box_draw (snapshot, (double) k0 * unit - 1, TOP + (double) q0 * unit - 1,
                    MAX ((double) (k1 - k0) * unit, 5) + 2, MAX ((double) (q1 - q0) * unit, 5) + 2,
                    1, 1.5, &palette->text);
}

/* At fit the rail offers how many tokens to look at: all, then powers of four below. */
static guint
list_spans (FoveaMapRail *self, gint64 *spans)
{
    gint64 n_tokens = fovea_viewport_get_tokens (self->viewport), span = 1;
    guint n = 0;
    spans[n++] = n_tokens;
    while (span * 4 < n_tokens)
        span *= 4;
    for (; span >= 16 && n < MAX_SPANS; span /= 4)
        spans[n++] = span;
    return n;
}

/* Drawn rather than buttons: every span has a key, and the rail is for the eye. */
static void
draw_spans (FoveaMapRail *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const char *const keys[] = {"F", _ ("whole map"), "+ −", _ ("zoom"),
                                "Z", _ ("to cell"),   "T",   _ ("go to")};
    GtkWidget *widget = GTK_WIDGET (self);
    gint64 spans[MAX_SPANS];
    guint n = list_spans (self, spans);
    fovea_label_draw (widget, snapshot, _ ("Zoom"), 12, FOVEA_LABEL_BOLD, &palette->text, 0, 16, 0);
    for (guint i = 0; i < n; i++) {
        g_autofree char *text = fovea_number_text (spans[i]);
        double y = SPAN_TOP + i * SPAN_PITCH;
        if (i == 0)
            fovea_selected_draw (snapshot, 0, y, 90, SPAN_HEIGHT, 6, palette);
        else
            fovea_fill_draw (snapshot, 0, y, 90, SPAN_HEIGHT, 6, &palette->button);
        if (i > 0 && fovea_palette_is_contrast (palette))
            fovea_box_draw (snapshot, 0, y, 90, SPAN_HEIGHT, 6, 1, &palette->text);
        fovea_label_draw (widget, snapshot, text, 13, FOVEA_LABEL_CENTER, &palette->text, 45,
                          y + SPAN_HEIGHT / 2.0, 0);
    }
    double y = SPAN_TOP + n * SPAN_PITCH + 8;
    fovea_label_draw (widget, snapshot, _ ("tokens across"), 11, FOVEA_LABEL_NORMAL,
                      &palette->quiet, 0, y, 0);
    fovea_label_draw (widget, snapshot, _ ("Keys"), 12, FOVEA_LABEL_BOLD, &palette->text, 0, y + 30,
                      0);
    for (guint i = 0; i < G_N_ELEMENTS (keys); i += 2) {
        double row = y + 56 + i / 2 * 26;
        double width = 12 + 5 * (double) g_utf8_strlen (keys[i], -1);
        fovea_box_draw (snapshot, 0, row - 9, width, 18, 4, 1, &palette->rule);
        fovea_label_draw (widget, snapshot, keys[i], 11, FOVEA_LABEL_CENTER, &palette->text,
                          width / 2, row, 0);
        fovea_label_draw (widget, snapshot, keys[i + 1], 12, FOVEA_LABEL_NORMAL, &palette->quiet,
                          width + 8, row, 0);
    }
}

/* Words only: the numbers are of the whole map, which is out of sight here. The toolbar names the method. */
static void
draw_mask_key (FoveaMapRail *self, GtkSnapshot *snapshot, const FoveaPalette *palette, int top)
{
    GtkWidget *widget = GTK_WIDGET (self);
    const char *heading = self->knob != NULL ? self->knob : _ ("Mask");
    fovea_label_draw (widget, snapshot, heading, 12, FOVEA_LABEL_BOLD, &palette->text, 0, top - 18,
                      gtk_widget_get_width (widget));
    fovea_mask_key_draw (widget, snapshot, palette, NULL, 0, top, WIDTH);
}

/* As at the bar in the map: whether a colour is of a cell or of a block.   Owner: caller. */
static char *
name_weight (FoveaMapRail *self, const FoveaTileSpec *spec)
{
    double scale = fovea_viewport_get_scale (self->viewport);
    int block = (int) ceil (1 / scale - 1e-6);
    if (scale >= 1)
        return g_strdup (_ ("Weight"));
    return g_strdup_printf (spec->block == FOVEA_BLOCK_MEAN ? _ ("Mean, %d × %d")
                                                            : _ ("Largest, %d × %d"),
                            block, block);
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
    if (fovea_map_canvas_shows_bar (self->canvas)) {
        draw_spans (self, snapshot, &palette);
        return;
    }
    /* Of a small map that fits, the overview would be a second picture, in the place of its bar. */
    gboolean fit = fovea_viewport_is_fit (self->viewport);
    int foot = get_foot (self), below = TOP + get_side (self);
    int gap = CLAMP (gtk_widget_get_height (widget) - below - foot, LEAST_GAP, GAP);
    int top = fit ? TOP + 2 : below + gap;
    if (!fit)
        draw_overview (self, snapshot, &palette);
    if (gtk_widget_get_height (widget) < top + foot)
        return; /* a bar that is cut off would be read wrongly */
    if (spec.overlay) {
        draw_mask_key (self, snapshot, &palette, top);
        return;
    }
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    double height = CLAMP (gtk_widget_get_height (widget) - top - BAR_FOOT, BAR_LEAST, 270);
    gboolean score = spec.color == FOVEA_COLOR_SCORE && !spec.difference;
    g_autofree char *heading = spec.difference ? g_strdup (_ ("Difference"))
                               : score         ? g_strdup (_ ("Score, nats"))
                                               : name_weight (self, &spec);
    fovea_label_draw (widget, snapshot, heading, 12, FOVEA_LABEL_BOLD, &palette.text, 0, top - 18,
                      gtk_widget_get_width (widget));
    fovea_color_bar_draw_vertical (widget, snapshot, &palette, &spec, 4, top, height,
                                   data == NULL      ? NAN
                                   : spec.difference ? data->row[data->place.key] - data->other
                                   : score           ? data->score
                                                     : data->row[data->place.key]);
    if (fovea_map_canvas_is_causal (self->canvas))
        fovea_color_bar_draw_future (widget, snapshot, &palette, &spec, 4, top + height);
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

/* Drags below the overview belong to the colour bar, which has nothing to drag. */
static void
centre_on (FoveaMapRail *self, double x, double y)
{
    double unit = get_side (self) / (double) MAX (fovea_viewport_get_tokens (self->viewport), 1);
    int width, height;
    gint64 left, top;
    if (y > TOP + get_side (self) + 8 || fovea_viewport_is_fit (self->viewport))
        return;
    double scale = fovea_viewport_get_scale (self->viewport);
    fovea_viewport_get_size (self->viewport, &width, &height);
    fovea_viewport_get_origin (self->viewport, &left, &top);
    fovea_viewport_pan (self->viewport, x / unit * scale - width / 2.0 - (double) left,
                        (y - TOP) / unit * scale - height / 2.0 - (double) top);
}

/* Zooms round the selected cell, as the keys do. */
static void
choose_span (FoveaMapRail *self, double x, double y)
{
    gint64 spans[MAX_SPANS];
    int width, height;
    guint n = list_spans (self, spans), i = (guint) ((y - SPAN_TOP) / SPAN_PITCH);
    if (y < SPAN_TOP || i >= n || x > 90)
        return;
    fovea_viewport_get_size (self->viewport, &width, &height);
    fovea_map_canvas_zoom_to_cell (self->canvas, MIN (width, height) / (double) spans[i]);
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, FoveaMapRail *self)
{
    if (fovea_map_canvas_shows_bar (self->canvas)) {
        choose_span (self, x, y);
        gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
        return;
    }
    centre_on (self, x, y);
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, FoveaMapRail *self)
{
    double x, y;
    int end = TOP + get_side (self);
    if (gtk_gesture_drag_get_start_point (drag, &x, &y) && y < end)
        centre_on (self, x + dx, MIN (y + dy, end));
}

static void
fovea_map_rail_dispose (GObject *object)
{
    FoveaMapRail *self = FOVEA_MAP_RAIL (object);
    g_clear_object (&self->canvas);
    g_clear_object (&self->cells);
    g_clear_object (&self->viewport);
    g_clear_pointer (&self->knob, g_free);
    G_OBJECT_CLASS (fovea_map_rail_parent_class)->dispose (object);
}

static void
fovea_map_rail_class_init (FoveaMapRailClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_map_rail_dispose;
    fovea_drawn_init_class (widget_class, "maprail", fovea_map_rail_snapshot,
                            fovea_map_rail_measure);
}

static void
fovea_map_rail_init (FoveaMapRail *self)
{
    GtkGesture *drag = gtk_gesture_drag_new ();
    g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), self);
    g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Whole map with the visible part framed, and colour bar"),
                                    -1);
}

void
fovea_map_rail_set_knob (FoveaMapRail *self, const char *knob)
{
    if (g_strcmp0 (self->knob, knob) == 0)
        return;
    g_free (self->knob);
    self->knob = g_strdup (knob);
    gtk_widget_queue_draw (GTK_WIDGET (self));
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
