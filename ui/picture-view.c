/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The overlay is made anew when the weights or the overlay change, and drawn at any size from one
 * texture; frames of the selected and the hovered patch are drawn above it. */
#include "ui/picture-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/drawn.h"
#include "ui/texture.h"

enum {
    SHARP = 512 /* pixels that a texture has at least, of a side */
};

struct _FoveaPictureView {
    GtkWidget parent_instance;
    FoveaPictureModel *model;
    FoveaSelection *selection;
    GdkTexture *texture; /* NULL = to be made */
    FoveaTheme theme;    /* that the texture is of */
    FoveaRamp ramp;
    FoveaPictureOverlay overlay;
    gboolean grid;
};

G_DEFINE_FINAL_TYPE (FoveaPictureView, fovea_picture_view, GTK_TYPE_WIDGET)

GdkTexture *
fovea_picture_texture_new (const FoveaPictureData *data,
                           const float *weights,
                           guint factor,
                           FoveaTheme theme,
                           FoveaRamp *ramp)
{
    FoveaRamp log = {FOVEA_RAMP_LOG, fovea_color_map_floor (data->n_tokens), 1};
    g_autoptr (FoveaIndexedImage) image =
        weights != NULL ? fovea_picture_image_overlay (data->image, &log, weights, theme)
                        : fovea_picture_image_draw (data->image);
    guint side = (guint) data->image->size, width = side * factor;
    guint32 *pixels = g_new (guint32, (gsize) width * width);
    for (guint y = 0; y < width; y++)
        for (guint x = 0; x < width; x++)
            pixels[(gsize) y * width + x] =
                image->palette[image->pixels[(gsize) (y / factor) * side + x / factor]];
    if (ramp != NULL)
        *ramp = log;
    return fovea_texture_new (pixels, width, width);
}

/* Room of the square, and where it begins: what stands under the widget stands under the picture. */
static double
get_side (FoveaPictureView *self, double *left, double *top)
{
    double width = gtk_widget_get_width (GTK_WIDGET (self));
    double height = gtk_widget_get_height (GTK_WIDGET (self));
    double side = MAX (MIN (width, height) - 4, 0);
    *left = *top = 2;
    return side;
}

static const float *
get_weights (FoveaPictureView *self, const FoveaPictureData *data)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (self->overlay == FOVEA_PICTURE_ROLLOUT)
        return data->rollout;
    return self->overlay == FOVEA_PICTURE_HEAD && place->layer < data->n_layers &&
                   place->head < data->n_heads
               ? fovea_picture_data_get_head (data, place->layer, place->head)
               : NULL;
}

/* Two strokes, seen on dark and on light. */
static void
frame_patch (GtkSnapshot *snapshot,
             const FoveaPictureData *data,
             gint64 position,
             const double square[3], /* left, top, side */
             const GdkRGBA *color)
{
    double cell = square[2] / (double) data->image->across;
    const GdkRGBA paper = {1, 1, 1, 1};
    gint64 patch = position - 1;
    if (patch < 0)
        return;
    double x = square[0] + (double) (patch % data->image->across) * cell;
    double y = square[1] + (double) (patch / data->image->across) * cell;
    fovea_box_draw (snapshot, x - 1, y - 1, cell + 2, cell + 2, 0, 4, &paper);
    fovea_box_draw (snapshot, x, y, cell, cell, 0, 2, color);
}

static void
draw_grid (GtkSnapshot *snapshot, gint64 across, const double square[3])
{
    const GdkRGBA line = {1, 1, 1, 0.55f};
    for (gint64 i = 1; i < across; i++) {
        double at = square[2] * (double) i / (double) across;
        fovea_fill_draw (snapshot, square[0] + at - 0.5, square[1], 1, square[2], 0, &line);
        fovea_fill_draw (snapshot, square[0], square[1] + at - 0.5, square[2], 1, 0, &line);
    }
}

static void
fovea_picture_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaPictureView *self = FOVEA_PICTURE_VIEW (widget);
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    FoveaPalette palette;
    double square[3];
    square[2] = get_side (self, &square[0], &square[1]);
    fovea_palette_load (widget, &palette);
    if (data == NULL || square[2] < 20)
        return;
    if (self->theme != palette.theme)
        g_clear_object (&self->texture);
    self->theme = palette.theme;
    if (self->texture == NULL)
        self->texture = fovea_picture_texture_new (data, get_weights (self, data),
                                                   (guint) (SHARP / data->image->size + 1),
                                                   self->theme, &self->ramp);
    fovea_texture_draw (widget, snapshot, self->texture,
                        &GRAPHENE_RECT_INIT ((float) square[0], (float) square[1],
                                             (float) square[2], (float) square[2]));
    if (self->grid)
        draw_grid (snapshot, data->image->across, square);
    if (hover != NULL && hover->query != place->query)
        frame_patch (snapshot, data, hover->query, square, &palette.quiet);
    if (place->key != place->query)
        frame_patch (snapshot, data, place->key, square, &palette.text);
    frame_patch (snapshot, data, place->query, square, &palette.accent);
    fovea_box_draw (snapshot, square[0], square[1], square[2], square[2], 0, 1, &palette.rule);
}

static void
fovea_picture_view_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
    *minimum = 140;
    *natural = orientation == GTK_ORIENTATION_VERTICAL && for_size > 0 ? MAX (for_size, 140) : 420;
}

static GtkSizeRequestMode
fovea_picture_view_get_request_mode (GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* The position under the pointer, or -1. */
static gint64
find_position (FoveaPictureView *self, double x, double y)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    double left, top, side = get_side (self, &left, &top);
    if (data == NULL || x < left || y < top || x >= left + side || y >= top + side)
        return -1;
    gint64 across = data->image->across;
    gint64 column = MIN ((gint64) ((x - left) / side * (double) across), across - 1);
    gint64 row = MIN ((gint64) ((y - top) / side * (double) across), across - 1);
    return 1 + row * across + column;
}

void
fovea_picture_view_select_at (FoveaPictureView *self, double x, double y, gboolean key)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gint64 position = MAX (find_position (self, x, y), 0);
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (fovea_picture_model_get_data (self->model) == NULL)
        return;
    if (key)
        fovea_selection_select_cell (self->selection, place->query, position);
    else
        fovea_selection_select_cell (self->selection, position, place->key);
}

gboolean
fovea_picture_view_locate (FoveaPictureView *self, gint64 position, GdkRectangle *place)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    double left, top, side = get_side (self, &left, &top);
    if (data == NULL)
        return FALSE;
    gint64 across = data->image->across, patch = MAX (position - 1, 0);
    double cell = side / (double) across;
    *place = (GdkRectangle){(int) (left + (double) (patch % across) * cell),
                            (int) (top + (double) (patch / across) * cell), (int) cell, (int) cell};
    return TRUE;
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaPictureView *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
    fovea_picture_view_select_at (self, x, y, (state & GDK_SHIFT_MASK) != 0);
}

static void
moved (GtkEventControllerMotion *motion, double x, double y, FoveaPictureView *self)
{
    gint64 position = find_position (self, x, y);
    fovea_selection_hover_query (self->selection, position > 0 ? position : -1);
}

static void
left (GtkEventControllerMotion *motion, FoveaPictureView *self)
{
    fovea_selection_hover_nothing (self->selection);
}

/* In words what the colours say. */
static void
describe (FoveaPictureView *self)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (self->model);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const float *weights = data != NULL ? get_weights (self, data) : NULL;
    g_autofree char *label = g_strdup (_ ("The picture that the model read."));
    if (weights != NULL && info != NULL) {
        gint64 best = 0;
        for (gint64 t = 1; t < data->n_tokens; t++)
            best = weights[t] > weights[best] ? t : best;
        g_autofree char *from = fovea_picture_name_position (info, data->query);
        g_autofree char *to = fovea_picture_name_position (info, best);
        g_autofree char *what = self->overlay == FOVEA_PICTURE_ROLLOUT
                                    ? g_strdup (_ ("Rollout"))
                                    : g_strdup_printf (_ ("Head %u.%u"), place->layer, place->head);
        g_free (label);
        label = g_strdup_printf (_ ("%s from %s, over the picture: most weight, %.3f, on %s."),
                                 what, from, (double) weights[best], to);
    }
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
}

static void
refresh (FoveaPictureView *self)
{
    g_clear_object (&self->texture);
    describe (self);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_picture_view_dispose (GObject *object)
{
    FoveaPictureView *self = FOVEA_PICTURE_VIEW (object);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    g_clear_object (&self->texture);
    G_OBJECT_CLASS (fovea_picture_view_parent_class)->dispose (object);
}

static void
fovea_picture_view_class_init (FoveaPictureViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_picture_view_dispose;
    fovea_drawn_init_class (widget_class, "pictureview", fovea_picture_view_snapshot,
                            fovea_picture_view_measure);
    widget_class->get_request_mode = fovea_picture_view_get_request_mode;
}

static void
fovea_picture_view_init (FoveaPictureView *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    GtkEventController *motion = gtk_event_controller_motion_new ();
    self->grid = TRUE;
    /* Until there is a picture: a screen reader walks over hidden pages, too. */
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Picture"), -1);
    gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
    gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    g_signal_connect (motion, "motion", G_CALLBACK (moved), self);
    g_signal_connect (motion, "leave", G_CALLBACK (left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
fovea_picture_view_new (FoveaPictureModel *model, FoveaSelection *selection)
{
    FoveaPictureView *self = g_object_new (FOVEA_TYPE_PICTURE_VIEW, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_picture_view_set_overlay (FoveaPictureView *self, FoveaPictureOverlay overlay, gboolean grid)
{
    self->overlay = overlay;
    self->grid = grid;
    refresh (self);
}
