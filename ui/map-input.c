/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pointer and keys of the map. Plain scrolling zooms at the pointer, Shift and touch pads pan;
 * dragging pans, Shift and drag zooms to a box. Every key is a "map." action of ui/commands.c. */
#include "ui/map-canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/cell-move.h"
#include "ui/context-menu.h"
#include "ui/key-follow.h"
#include "ui/pin.h"
#include "ui/strong-cell.h"

#define CARD_DELAY_MS  120
#define CELL_PIXELS    15
#define DRAG_THRESHOLD 4

/* From widget to viewport coordinates along one axis. */
static double
to_device (FoveaMapCanvas *self, double value, double margin)
{
    return (value - margin) * gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

/* The future counts as a cell here; selecting it clamps to the diagonal. */
static gboolean
find_cell (FoveaMapCanvas *self, double x, double y, gint64 *query, gint64 *key)
{
    return fovea_viewport_find_cell (self->viewport, to_device (self, x, self->left),
                                     to_device (self, y, self->top), query, key);
}

/* After a pause only: cards that flash by while the pointer travels help nobody. */
static gboolean
show_card (gpointer data)
{
    FoveaMapCanvas *self = data;
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    self->card_timeout = 0;
    if (hover != NULL) {
        fovea_selection_select (self->hover, hover);
        self->card_shown = TRUE;
        gtk_widget_queue_draw (GTK_WIDGET (self));
    }
    return G_SOURCE_REMOVE;
}

/* A pinned cell stays hovered until it is let go. */
static void
hover_cell (FoveaMapCanvas *self, double x, double y)
{
    gint64 query = -1, key = -1;
    if (fovea_selection_is_hover_pinned (self->selection))
        return;
    self->card_shown = FALSE;
    g_clear_handle_id (&self->card_timeout, g_source_remove);
    if (find_cell (self, x, y, &query, &key))
        fovea_selection_hover_cell (self->selection, query, key);
    else
        fovea_selection_hover_nothing (self->selection);
    if (fovea_selection_get_hovered_cell (self->selection) != NULL)
        self->card_timeout = g_timeout_add (CARD_DELAY_MS, show_card, self);
}

/* The toolkit also tells of a pointer that rests while the map moves under it. */
static void
pointer_moved (GtkEventControllerMotion *controller, double x, double y, FoveaMapCanvas *self)
{
    if (self->by_keys && x == self->pointer_x && y == self->pointer_y)
        return;
    self->by_keys = FALSE;
    self->pointer_x = x;
    self->pointer_y = y;
    hover_cell (self, x, y);
}

static void
pointer_left (GtkEventControllerMotion *controller, FoveaMapCanvas *self)
{
    hover_cell (self, -1, -1);
}

static gboolean
scrolled (GtkEventControllerScroll *controller, double dx, double dy, FoveaMapCanvas *self)
{
    GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));
    GdkModifierType state =
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
    GdkDevice *device = event != NULL ? gdk_event_get_device (event) : NULL;
    gboolean touch = device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHPAD;
    if (state & GDK_SHIFT_MASK) {
        fovea_viewport_pan (self->viewport, 40 * (dx + dy), 0);
    } else if (touch && !(state & GDK_CONTROL_MASK)) {
        fovea_viewport_pan (self->viewport, 40 * dx, 40 * dy);
    } else {
        self->scroll_rest -= dy;
        double whole = trunc (self->scroll_rest);
        self->scroll_rest -= whole;
        fovea_viewport_zoom (self->viewport, (int) whole,
                             to_device (self, self->pointer_x, self->left),
                             to_device (self, self->pointer_y, self->top));
    }
    return TRUE;
}

/* Whole steps of the zoom; what is left of the gesture is carried on. */
static void
pinched (GtkGestureZoom *gesture, double scale, FoveaMapCanvas *self)
{
    double x, y;
    if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
        return;
    int steps = (int) trunc (log2 (scale) - self->pinch);
    self->pinch += steps;
    fovea_viewport_zoom (self->viewport, steps, to_device (self, x, self->left),
                         to_device (self, y, self->top));
}

static void
pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, FoveaMapCanvas *self)
{
    self->pinch = 0;
}

static void
released (GtkGestureClick *gesture, int n_press, double x, double y, FoveaMapCanvas *self)
{
    gint64 query, key;
    if (!find_cell (self, x, y, &query, &key))
        return;
    fovea_selection_select_cell (self->selection, query, key);
    if (n_press == 2)
        fovea_viewport_zoom_to (self->viewport,
                                CELL_PIXELS * gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                                (double) query, (double) MIN (key, query));
}

static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaMapCanvas *self)
{
    gint64 query, key;
    if (!find_cell (self, x, y, &query, &key))
        return;
    gtk_widget_grab_focus (self->proxy);
    fovea_selection_select_cell (self->selection, query, key);
    fovea_map_canvas_show_menu (self);
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaMapCanvas *self)
{
    gtk_widget_grab_focus (self->proxy);
}

static void
drag_begin (GtkGestureDrag *gesture, double x, double y, FoveaMapCanvas *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
    self->boxing = (state & GDK_SHIFT_MASK) != 0;
    self->drag_x = self->drag_y = 0;
    self->box_x = x;
    self->box_y = y;
    self->box_width = self->box_height = 0;
}

/* A drag claims the pointer only past the threshold, so that clicks stay clicks, and what follows it, a
 * box too, selects nothing where the button comes up. */
static void
drag_update (GtkGestureDrag *gesture, double dx, double dy, FoveaMapCanvas *self)
{
    double x, y;
    gboolean far = hypot (dx, dy) >= DRAG_THRESHOLD;
    gtk_gesture_drag_get_start_point (gesture, &x, &y);
    if (far)
        gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    if (self->boxing) {
        self->box_x = MIN (x, x + dx);
        self->box_y = MIN (y, y + dy);
        self->box_width = fabs (dx);
        self->box_height = fabs (dy);
        gtk_widget_queue_draw (GTK_WIDGET (self));
        return;
    }
    if (!far)
        return;
    int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
    fovea_viewport_pan (self->viewport, (self->drag_x - dx) * scale, (self->drag_y - dy) * scale);
    self->drag_x = dx;
    self->drag_y = dy;
}

/* The box becomes the view; a box of a few pixels was a click that slipped. */
static void
drag_end (GtkGestureDrag *gesture, double dx, double dy, FoveaMapCanvas *self)
{
    gint64 q0, k0, q1, k1;
    int width, height;
    if (!self->boxing)
        return;
    self->boxing = FALSE;
    gtk_widget_queue_draw (GTK_WIDGET (self));
    if (MIN (self->box_width, self->box_height) < DRAG_THRESHOLD ||
        !find_cell (self, self->box_x, self->box_y, &q0, &k0) ||
        !find_cell (self, self->box_x + self->box_width, self->box_y + self->box_height, &q1, &k1))
        return;
    fovea_viewport_get_size (self->viewport, &width, &height);
    double scale =
        MIN ((double) width / (double) (k1 - k0 + 1), (double) height / (double) (q1 - q0 + 1));
    fovea_viewport_zoom_to (self->viewport, scale, (double) (q0 + q1) / 2, (double) (k0 + k1) / 2);
}

/* Why a key seems to do nothing. */
static void
say (FoveaMapCanvas *self, const char *words)
{
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", words);
}

static gboolean
activate_head (FoveaMapCanvas *self, const char *name)
{
    if (g_str_equal (name, "previous-head"))
        fovea_selection_step_head (self->selection, -1, 0);
    else if (g_str_equal (name, "next-head"))
        fovea_selection_step_head (self->selection, 1, 0);
    else if (g_str_equal (name, "previous-layer"))
        fovea_selection_step_head (self->selection, 0, -1);
    else if (g_str_equal (name, "next-layer"))
        fovea_selection_step_head (self->selection, 0, 1);
    else if (g_str_equal (name, "follow"))
        fovea_key_follow (GTK_WIDGET (self), self->selection);
    else if (g_str_equal (name, "next-strong"))
        fovea_strong_cell_go (GTK_WIDGET (self), self->selection, self->cells, 1);
    else if (g_str_equal (name, "previous-strong"))
        fovea_strong_cell_go (GTK_WIDGET (self), self->selection, self->cells, -1);
    else
        return FALSE;
    return TRUE;
}

/* Keyboard zoom stays round the selected cell, which may be out of sight now. */
static void
zoom_at_cell (FoveaMapCanvas *self, int steps)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    double x, y, width, height;
    fovea_viewport_locate (self->viewport, place->key, FALSE, &x, &width);
    fovea_viewport_locate (self->viewport, place->query, TRUE, &y, &height);
    fovea_viewport_zoom (self->viewport, steps, x + width / 2, y + height / 2);
    fovea_viewport_reveal (self->viewport, place->query, place->key);
}

/* Where nothing was measured there is no mask to lay over, and somebody wonders why. */
static gboolean
has_masks (FoveaMapCanvas *self)
{
    if (self->sparse != NULL && fovea_sparse_model_get_table (self->sparse) != NULL)
        return TRUE;
    say (self, _ ("No mask yet: masks come with curves, which the Sparsity view measures (Alt+3)"));
    return FALSE;
}

/* A mask that is not shown is shown first: else the key would change what nobody sees. */
static void
show_next_mask (FoveaMapCanvas *self)
{
    if (!self->overlay)
        g_object_set (self, "overlay", TRUE, NULL);
    else if (fovea_sparse_model_get_point (self->sparse, NULL, NULL) == NULL)
        say (self, _ ("No method was measured on this head"));
    else
        fovea_sparse_model_step_method (self->sparse, 1);
}

/* FALSE if @name is no zoom. At either end it says so. */
static gboolean
activate_zoom (FoveaMapCanvas *self, const char *name)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
    double before = fovea_viewport_get_scale (self->viewport);
    gboolean nearer = g_str_equal (name, "zoom-in"), fit = fovea_viewport_is_fit (self->viewport);
    if (nearer || g_str_equal (name, "zoom-out"))
        zoom_at_cell (self, nearer ? 1 : -1);
    else if (g_str_equal (name, "zoom-cells"))
        fovea_viewport_zoom_to (self->viewport, CELL_PIXELS * scale, (double) place->query,
                                (double) place->key);
    else if (g_str_equal (name, "zoom-cell"))
        fovea_viewport_zoom_to (self->viewport, 40 * scale, (double) place->query,
                                (double) place->key);
    else if (g_str_equal (name, "fit"))
        fovea_viewport_fit (self->viewport);
    else
        return FALSE;
    if (nearer && fovea_viewport_get_scale (self->viewport) <= before)
        say (self, _ ("Cells are not drawn any larger"));
    else if (fit && fovea_viewport_is_fit (self->viewport))
        say (self, _ ("The whole map is in sight already"));
    return TRUE;
}

/* Log comes after all others, and is always there. */
static void
show_next_color (FoveaMapCanvas *self)
{
    int next = fovea_map_canvas_get_color_scale (self) + 1;
    while (next <= FOVEA_COLOR_DIFFERENCE &&
           !fovea_map_canvas_can_color (self, (FoveaColorScale) next))
        next++;
    g_object_set (self, "color-scale", next % (FOVEA_COLOR_DIFFERENCE + 1), NULL);
}

static void
activate_view (FoveaMapCanvas *self, const char *name)
{
    if (g_str_equal (name, "block"))
        g_object_set (self, "block",
                      self->block == FOVEA_BLOCK_MEAN ? FOVEA_BLOCK_MAX : FOVEA_BLOCK_MEAN, NULL);
    else if (g_str_equal (name, "color"))
        show_next_color (self);
    else if (g_str_equal (name, "overlay") && has_masks (self))
        g_object_set (self, "overlay", !self->overlay, NULL);
    else if (g_str_equal (name, "next-mask") && has_masks (self))
        show_next_mask (self);
    else if (g_str_equal (name, "pin"))
        fovea_pin_toggle (GTK_WIDGET (self), self->selection);
    else if (g_str_equal (name, "note"))
        gtk_widget_activate_action (GTK_WIDGET (self), "win.note", NULL);
    else if (g_str_equal (name, "menu"))
        fovea_map_canvas_show_menu (self);
    else if (g_str_equal (name, "goto"))
        g_signal_emit_by_name (self, "goto");
}

void
fovea_map_canvas_activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaMapCanvas *self = FOVEA_MAP_CANVAS (widget);
    const char *name = action + sizeof "map." - 1;
    if (!g_str_equal (name,
                      "pin")) { /* the card of a pointer that rests would lie over what keys show */
        hover_cell (self, -1, -1);
        self->by_keys = TRUE;
    }
    if (!fovea_cell_move (self->selection, name) && !activate_head (self, name) &&
        !activate_zoom (self, name))
        activate_view (self, name);
}

void
fovea_map_canvas_add_input (FoveaMapCanvas *self)
{
    GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
    GtkGesture *zoom = gtk_gesture_zoom_new ();
    GtkEventController *motion = gtk_event_controller_motion_new ();
    GtkEventController *scroll =
        gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    g_signal_connect (click, "released", G_CALLBACK (released), self);
    g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), self);
    g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), self);
    g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end), self);
    g_signal_connect (zoom, "begin", G_CALLBACK (pinch_begin), self);
    g_signal_connect (zoom, "scale-changed", G_CALLBACK (pinched), self);
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect (motion, "leave", G_CALLBACK (pointer_left), self);
    g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), self);
    GtkEventController *all[] = {GTK_EVENT_CONTROLLER (click), GTK_EVENT_CONTROLLER (drag),
                                 GTK_EVENT_CONTROLLER (zoom), motion, scroll};
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        gtk_widget_add_controller (GTK_WIDGET (self), all[i]);
    fovea_context_menu_bind (GTK_WIDGET (self), G_CALLBACK (menu_pressed), self);
}
