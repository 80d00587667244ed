/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves are drawn once, and again where anything of them changes; names have a search of their own, and
 * what is selected or hovered is marked over both. Bands, lines,
 * marks, names, in that order, so that nothing hides a name. */
#include "ui/curve-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/curve-frame.h"
#include "ui/curve-names.h"
#include "ui/drawn.h"
#include "ui/pointing.h"
#include "ui/still.h"
#include "ui/whole.h"

#define LEFT      46
#define RIGHT     22
#define TOP       10
#define BOTTOM    48
#define REACH     18
#define GOAL_GRAB 6
#define BAND      0.13

struct _FoveaCurveView {
    GtkWidget parent_instance;
    FoveaSparseModel *model;
    FoveaSelection *selection;
    gboolean dragging_goal;
    FoveaCurveNames *names;
    FoveaStill still;           /* axes, goal and curves */
    const FoveaCurve *numbered; /* whose knob the axis had */
    GtkWidget *menu;            /* context menu, a popover */
};

G_DEFINE_FINAL_TYPE (FoveaCurveView, fovea_curve_view, GTK_TYPE_WIDGET)

static guint open_signal;

static const char *const ups[] = {N_ ("Mass recall"), N_ ("Output error"),
                                  N_ ("Recall of the worst query")};

static FoveaUp
get_up (FoveaCurveView *self)
{
    int up;
    g_object_get (self->model, "up", &up, NULL);
    return (FoveaUp) up;
}

static FoveaCurveFrame
get_frame (FoveaCurveView *self)
{
    return (FoveaCurveFrame){
        .x = LEFT,
        .y = TOP,
        .width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - LEFT - RIGHT, 1),
        .height = MAX (gtk_widget_get_height (GTK_WIDGET (self)) - TOP - BOTTOM, 1),
        .low = fovea_curve_frame_find_low (self->model),
        .across = fovea_sparse_model_get_across (self->model),
        .flipped = get_up (self) == FOVEA_UP_ERROR,
    };
}

/* 95 % of resampled sequences, where there were several. */
static void
draw_band (cairo_t *cr,
           const FoveaCurveFrame *frame,
           const FoveaCurve *curve,
           const FoveaMethodStyle *style)
{
    GdkRGBA color = fovea_palette_rgba (style->color);
    for (guint i = 0; i < 2 * curve->n_points; i++) {
        gboolean back = i >= curve->n_points;
        guint at = back ? 2 * curve->n_points - 1 - i : i;
        double value = back ? curve->points[at].low : curve->points[at].high;
        if (isnan (value))
            return;
        cairo_line_to (cr, fovea_curve_frame_get_x (frame, curve, at),
                       fovea_curve_frame_get_y (frame, value));
    }
    cairo_set_source_rgba (cr, color.red, color.green, color.blue, BAND);
    cairo_fill (cr);
}

static void
draw_marks (cairo_t *cr,
            const FoveaPalette *palette,
            const double *points,
            guint n,
            const FoveaMethodStyle *style)
{
    GdkRGBA color = fovea_palette_rgba (style->color);
    for (guint i = 0; i < n; i++) {
        fovea_mark_path (cr, style->mark, points[2 * i], points[2 * i + 1], 3.6);
        gdk_cairo_set_source_rgba (cr, &palette->view);
        cairo_set_line_width (cr, 1.5);
        cairo_stroke_preserve (cr);
        gdk_cairo_set_source_rgba (cr, &color);
        cairo_fill (cr);
    }
}

/* Drawn by cairo at once: lines, bands and marks of all methods. */
static void
draw_curves (FoveaCurveView *self,
             GtkSnapshot *snapshot,
             const FoveaPalette *palette,
             const FoveaCurveFrame *frame)
{
    GtkWidget *widget = GTK_WIDGET (self);
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    FoveaMethodStyle styles[FOVEA_MAX_CHOSEN];
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                       (float) gtk_widget_get_height (widget)));
    fovea_curve_frame_get_styles (methods, n, palette->theme, styles);
    for (int layer = 0; layer < 3; layer++)
        for (guint i = n; i-- > 0;) {
            const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, methods[i]);
            guint n_points;
            if (curve == NULL)
                continue;
            g_autofree double *points =
                fovea_curve_frame_place (frame, self->model, curve, &n_points);
            if (layer == 0 && get_up (self) == FOVEA_UP_RECALL)
                draw_band (cr, frame, curve, &styles[i]);
            else if (layer == 1)
                fovea_curve_frame_stroke (cr, points, n_points, &styles[i], 1.8, 1);
            else if (layer == 2)
                draw_marks (cr, palette, points, n_points, &styles[i]);
        }
    cairo_destroy (cr);
}

static double
get_goal_y (FoveaCurveView *self, const FoveaCurveFrame *frame)
{
    double goal;
    g_object_get (self->model, "goal", &goal, NULL);
    return fovea_curve_frame_get_y (frame, goal);
}

/* A goal of recall says nothing about errors, where it is not drawn. Its name is one of the curves'. */
static void
draw_goal (FoveaCurveView *self,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCurveFrame *frame)
{
    double y = get_goal_y (self, frame);
    if (frame->flipped)
        return;
    for (double x = frame->x; x < frame->x + frame->width; x += 5)
        fovea_fill_draw (snapshot, x, round (y), 2, 1, 0, &palette->text);
}

gboolean
fovea_curve_view_locate (FoveaCurveView *self, guint method, guint index, double *x, double *y)
{
    const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, method);
    FoveaCurveFrame frame = get_frame (self);
    if (curve == NULL || index >= curve->n_points)
        return FALSE;
    double value = fovea_sparse_model_get_up (self->model, &curve->points[index]);
    *x = fovea_curve_frame_get_x (&frame, curve, index);
    *y = fovea_curve_frame_get_y (&frame, value);
    return !isnan (value);
}

static void
draw_ring (FoveaCurveView *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
    guint method, index;
    double x, y;
    if (fovea_sparse_model_get_point (self->model, &method, &index) != NULL &&
        fovea_curve_view_locate (self, method, index, &x, &y))
        fovea_box_draw (snapshot, x - 9, y - 9, 18, 18, 9, 2.4, color);
    if (fovea_sparse_model_get_hovered (self->model, &method, &index) != NULL &&
        fovea_curve_view_locate (self, method, index, &x, &y))
        fovea_box_draw (snapshot, x - 7, y - 7, 14, 14, 7, 1, color);
}

/* What runs across, and the curve whose knob's values stand under the axis. */
static char *
describe_across (FoveaCurveView *self, const FoveaCurve **curve)
{
    guint method;
    *curve = NULL;
    if (fovea_sparse_model_get_across (self->model) != FOVEA_ACROSS_KNOB)
        return g_strdup (_ ("pairs kept, share of all allowed (left is sparser)"));
    if (fovea_sparse_model_get_point (self->model, &method, NULL) == NULL)
        return g_strdup (_ ("knob steps (left is sparser)"));
    const FoveaSparseMethod *m = fovea_sparse_method_list ()[method];
    *curve = fovea_sparse_model_get_curve (self->model, method);
    return g_strdup_printf (_ ("knob steps, sparser left · numbers: %s of %s"), m->knobs[0].name,
                            m->name);
}

/* Which side is sparser goes first where there is no room for it. */
static void
draw_across (GtkWidget *widget,
             GtkSnapshot *snapshot,
             const FoveaPalette *palette,
             const FoveaCurveFrame *frame,
             const char *words)
{
    const char *aside = strstr (words, " (");
    int width = fovea_label_width (widget, 12, FOVEA_LABEL_NORMAL, words);
    g_autofree char *shown = aside != NULL && width > frame->width
                                 ? g_strndup (words, (gsize) (aside - words))
                                 : g_strdup (words);
    fovea_label_draw (widget, snapshot, shown, 12, FOVEA_LABEL_CENTER, &palette->quiet,
                      frame->x + frame->width / 2, frame->y + frame->height + 34, frame->width);
}

/* @numbered: the curve whose knob's values stand under the axis */
static void
draw_still (FoveaCurveView *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCurveFrame *frame,
            const char *across,
            const FoveaCurve *numbered)
{
    GtkWidget *widget = GTK_WIDGET (self);
    fovea_curve_frame_draw_axes (widget, snapshot, palette, frame, numbered, TRUE, TRUE);
    draw_across (widget, snapshot, palette, frame, across);
    draw_goal (self, snapshot, palette, frame);
    draw_curves (self, snapshot, palette, frame);
}

static gboolean
has_room (const FoveaCurveFrame *frame)
{
    return frame->width >= 80 && frame->height >= 60;
}

/* A point of another curve changes an axis of knobs and nothing else. */
static gboolean
is_good (FoveaCurveView *self, FoveaTheme theme)
{
    const FoveaCurve *numbered;
    g_autofree char *across = describe_across (self, &numbered);
    return fovea_still_is_good (&self->still, GTK_WIDGET (self), theme) &&
           self->numbered == numbered;
}

static void
make_still (GtkWidget *widget)
{
    FoveaCurveView *self = FOVEA_CURVE_VIEW (widget);
    FoveaCurveFrame frame = get_frame (self);
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    if (!has_room (&frame) || is_good (self, palette.theme))
        return;
    GtkSnapshot *drawn = gtk_snapshot_new ();
    g_autofree char *across = describe_across (self, &self->numbered);
    draw_still (self, drawn, &palette, &frame, across, self->numbered);
    fovea_still_take (&self->still, widget, palette.theme, drawn);
}

static void
fovea_curve_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaCurveView *self = FOVEA_CURVE_VIEW (widget);
    FoveaPalette palette;
    FoveaCurveFrame frame = get_frame (self);
    if (!has_room (&frame))
        return;
    fovea_palette_load (widget, &palette);
    if (!is_good (self, palette.theme))
        fovea_still_soon (&self->still, widget, make_still);
    fovea_still_draw (&self->still, widget, snapshot);
    if (self->still.node != NULL && !fovea_still_is_good (&self->still, widget, palette.theme)) {
        fovea_whole_draw_again (widget, snapshot); /* the ring stays on the curves as they were */
        return;
    }
    GtkSnapshot *drawn = gtk_snapshot_new ();
    fovea_curve_names_draw (self->names, drawn, &palette, self->model, &frame,
                            frame.flipped ? NAN : get_goal_y (self, &frame));
    draw_ring (self, drawn, &palette.text);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

static void
fovea_curve_view_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
    *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 150 : 240;
    *natural = orientation == GTK_ORIENTATION_VERTICAL ? 420 : 490;
}

/* Nearest within reach: marks are small, pointers are not exact. */
static gboolean
find_point (FoveaCurveView *self, double x, double y, guint *method, guint *index)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    double best = REACH;
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, methods[i]);
        for (guint p = 0; curve != NULL && p < curve->n_points; p++) {
            double px, py;
            if (!fovea_curve_view_locate (self, methods[i], p, &px, &py) ||
                hypot (px - x, py - y) >= best)
                continue;
            best = hypot (px - x, py - y);
            *method = methods[i];
            *index = p;
        }
    }
    return best < REACH;
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaCurveView *self)
{
    guint method, index;
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (!find_point (self, x, y, &method, &index))
        return;
    fovea_sparse_model_select (self->model, method, index);
    if (n_press == 2)
        g_signal_emit (self, open_signal, 0);
}

/* Points come before the goal where both are near. */
static void
drag_begin (GtkGestureDrag *drag, double x, double y, FoveaCurveView *self)
{
    FoveaCurveFrame frame = get_frame (self);
    guint method, index;
    self->dragging_goal = !frame.flipped && fabs (y - get_goal_y (self, &frame)) <= GOAL_GRAB &&
                          !find_point (self, x, y, &method, &index);
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, FoveaCurveView *self)
{
    FoveaCurveFrame frame = get_frame (self);
    double x, y;
    if (!self->dragging_goal || !gtk_gesture_drag_get_start_point (drag, &x, &y))
        return;
    double goal = 1 - (y + dy - frame.y) / frame.height;
    g_object_set (self->model, "goal", CLAMP (round (goal * 100) / 100, 0, 1), NULL);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaCurveView *self)
{
    guint method = G_MAXUINT, index = 0;
    FoveaCurveFrame frame = get_frame (self);
    find_point (self, x, y, &method, &index);
    gboolean goal =
        method == G_MAXUINT && !frame.flipped && fabs (y - get_goal_y (self, &frame)) <= GOAL_GRAB;
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), goal ? "ns-resize" : NULL);
    fovea_sparse_model_hover (self->model, method, index);
}

static void
pointer_left (FoveaCurveView *self)
{
    fovea_sparse_model_hover (self->model, G_MAXUINT, 0);
}

static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    FoveaCurveView *self = FOVEA_CURVE_VIEW (widget);
    guint method, index;
    if (keyboard || !find_point (self, x, y, &method, &index))
        return FALSE;
    const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, method);
    g_autofree char *text =
        fovea_sparse_model_describe_point (self->model, method, &curve->points[index]);
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
}

char *
fovea_curve_view_get_sentence (FoveaCurveView *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    guint method, n_curves = 0;
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self->model, &method, NULL);
    g_autofree char *object = fovea_sparse_model_describe (self->model);
    for (guint i = 0; i < n; i++)
        n_curves += fovea_sparse_model_get_curve (self->model, methods[i]) != NULL;
    g_autofree char *selected = point != NULL
                                    ? fovea_sparse_model_describe_point (self->model, method, point)
                                    : g_strdup (_ ("nothing"));
    return g_strdup_printf (ngettext ("%s of %s against density, %u method. Selected: %s.",
                                      "%s of %s against density, %u methods. Selected: %s.",
                                      n_curves),
                            _ (ups[get_up (self)]), object, n_curves, selected);
}

/* Label and picture follow the model together. */
static void
refresh (FoveaCurveView *self)
{
    g_autofree char *sentence = fovea_curve_view_get_sentence (self);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                    -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
curves_changed (FoveaCurveView *self)
{
    fovea_curve_names_forget (self->names);
    fovea_still_forget (&self->still);
    refresh (self);
}

/* Fonts come through the style sheet. */
static void
fovea_curve_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS (fovea_curve_view_parent_class)->css_changed (widget, change);
    fovea_still_forget (&FOVEA_CURVE_VIEW (widget)->still);
    if (FOVEA_CURVE_VIEW (widget)->names != NULL)
        fovea_curve_names_forget (FOVEA_CURVE_VIEW (widget)->names);
}

/* Along the curve; at its end nothing happens. */
static void
step_point (FoveaCurveView *self, int by)
{
    guint method, index;
    if (fovea_sparse_model_get_point (self->model, &method, &index) == NULL)
        return;
    const FoveaCurve *curve = fovea_sparse_model_get_curve (self->model, method);
    if (by < 0 ? index > 0 : index + 1 < curve->n_points)
        fovea_sparse_model_select (self->model, method, index + (guint) by);
}

static void
step_goal (FoveaCurveView *self, double by)
{
    double goal;
    g_object_get (self->model, "goal", &goal, NULL);
    g_object_set (self->model, "goal", CLAMP (goal + by, 0, 1), NULL);
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("This mask on the map"), "curves.open"},
    {N_ ("Measure the chosen sparse methods"), "win.measure", N_ ("a job is running")},
    {N_ ("Copy value"), "win.copy-value"},
    {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},
    {N_ ("Export this view…"), "win.export"},
};

/* Beside the selected point; without one, at the corner. */
static void
show_menu (FoveaCurveView *self)
{
    guint method, index;
    double x = 12, y = 12;
    if (fovea_sparse_model_get_point (self->model, &method, &index) != NULL)
        fovea_curve_view_locate (self, method, index, &x, &y);
    if (self->menu == NULL)
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_refuse (self->menu, "curves.open",
                               fovea_sparse_model_get_overlay (self->model) != NULL
                                   ? NULL
                                   : _ ("no point has a mask yet"));
    fovea_context_menu_show (self->menu, &(GdkRectangle){(int) x, (int) y, 1, 1});
}

static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaCurveView *self)
{
    guint method, index;
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (find_point (self, x, y, &method, &index))
        fovea_sparse_model_select (self->model, method, index);
    show_menu (self);
}

/* Every "curves." key. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaCurveView *self = FOVEA_CURVE_VIEW (widget);
    const char *name = action + sizeof "curves." - 1;
    if (g_str_equal (name, "left") || g_str_equal (name, "right"))
        step_point (self, g_str_equal (name, "left") ? -1 : 1);
    else if (g_str_equal (name, "up") || g_str_equal (name, "down"))
        fovea_sparse_model_step_method (self->model, g_str_equal (name, "up") ? -1 : 1);
    else if (g_str_equal (name, "previous-head") || g_str_equal (name, "next-head"))
        fovea_selection_step_head (self->selection, g_str_equal (name, "next-head") ? 1 : -1, 0);
    else if (g_str_equal (name, "previous-layer") || g_str_equal (name, "next-layer"))
        fovea_selection_step_head (self->selection, 0, g_str_equal (name, "next-layer") ? 1 : -1);
    else if (g_str_equal (name, "goal-up") || g_str_equal (name, "goal-down"))
        step_goal (self, g_str_equal (name, "goal-up") ? 0.01 : -0.01);
    else if (g_str_equal (name, "pin"))
        gtk_widget_activate_action (widget, "win.pin", NULL);
    else if (g_str_equal (name, "menu"))
        show_menu (self);
    else if (g_str_equal (name, "open"))
        g_signal_emit (self, open_signal, 0);
}

static void
fovea_curve_view_dispose (GObject *object)
{
    g_clear_pointer (&FOVEA_CURVE_VIEW (object)->menu, gtk_widget_unparent);
    g_clear_pointer (&FOVEA_CURVE_VIEW (object)->names, fovea_curve_names_free);
    fovea_still_clear (&FOVEA_CURVE_VIEW (object)->still);
    g_clear_object (&FOVEA_CURVE_VIEW (object)->model);
    g_clear_object (&FOVEA_CURVE_VIEW (object)->selection);
    G_OBJECT_CLASS (fovea_curve_view_parent_class)->dispose (object);
}

static void
fovea_curve_view_class_init (FoveaCurveViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_curve_view_dispose;
    fovea_drawn_init_class (widget_class, "curveview", fovea_curve_view_snapshot,
                            fovea_curve_view_measure);
    widget_class->css_changed = fovea_curve_view_css_changed;
    open_signal = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
    fovea_commands_bind (widget_class, "curves.", activate);
}

static void
fovea_curve_view_init (FoveaCurveView *self)
{
    self->names = fovea_curve_names_new (GTK_WIDGET (self));
    gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
    fovea_pointing_bind (GTK_WIDGET (self),
                         &(FoveaPointing){.pressed = G_CALLBACK (pressed),
                                          .drag_begin = G_CALLBACK (drag_begin),
                                          .drag_update = G_CALLBACK (drag_update),
                                          .motion = G_CALLBACK (pointer_moved),
                                          .leave = G_CALLBACK (pointer_left),
                                          .menu = G_CALLBACK (menu_pressed),
                                          .query_tooltip = G_CALLBACK (query_tooltip)});
}

GtkWidget *
fovea_curve_view_new (FoveaSparseModel *model, FoveaSelection *selection)
{
    FoveaCurveView *self = g_object_new (FOVEA_TYPE_CURVE_VIEW, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (model, "changed", G_CALLBACK (curves_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "point-changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "point-hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    refresh (self);
    return GTK_WIDGET (self);
}
