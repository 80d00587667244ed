/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Only panels in sight are drawn: a model of 80 layers with 64 heads has 5,000 thin lines. A few layers share the
 * width that there is; of more, as many as there is room for do, and the others scroll. What a panel is wide
 * hence depends on the scrolled window, whose width is told while sizes are being given: panels follow it between
 * two frames. */
#include "ui/layer-curves.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/curve-frame.h"
#include "ui/drawn.h"
#include "ui/late.h"
#include "ui/scaled.h"
#include "ui/sentences.h"
#include "ui/still.h"

#define LEAST_PITCH 96  /* of a few, in the narrowest window that has all panes */
#define PITCH       134 /* of many, at least */
#define MOST_PITCH  282 /* of two layers, say */
#define ABREAST     6   /* layers that share the width; more scroll sideways */
#define LEFT        26  /* of the first panel, which has the numbers */
#define TOP         22
#define BOTTOM      24
#define PADDING     12
#define FRAME       6                        /* of the selected one, round it */
#define EDGES       (LEFT + FRAME - PADDING) /* beside what panels take from each to the next */
#define REACH       18                       /* from the pointer to the line that it is on */
#define STRONG      1.4                      /* width of the hovered head's line */

struct _FoveaLayerCurves {
    GtkWidget parent_instance;
    FoveaSparseModel *model;
    FoveaSelection *selection;
    GtkAdjustment *across; /* of the scrolled window it is in, NULL = none yet */
    int room;              /* width of that, which panels are made for; 0 = not known yet */
    guint fitting;         /* tick that follows it, 0 = none */
    guint thin;            /* method of the thin lines */
    gint64 under;          /* layer whose panel the pointer is on, -1 = none */
    FoveaStill still;      /* panels in sight */
    double from, page;     /* which those are, pixels */
};

G_DEFINE_FINAL_TYPE (FoveaLayerCurves, fovea_layer_curves, GTK_TYPE_WIDGET)

static gint64
get_n_layers (FoveaLayerCurves *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    return info != NULL ? info->architecture->n_layers : 0;
}

/* The selected point's, or else the first chosen one; no bound: those of single heads say little. */
static guint
find_thin (FoveaSparseModel *model)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (model, methods), selected;
    if (fovea_sparse_model_get_point (model, &selected, NULL) != NULL &&
        fovea_sparse_method_list ()[selected]->kind != FOVEA_SPARSE_ORACLE)
        return selected;
    for (guint i = 0; i < n; i++)
        if (fovea_sparse_method_list ()[methods[i]]->kind != FOVEA_SPARSE_ORACLE)
            return methods[i];
    return n > 0 ? methods[0] : G_MAXUINT;
}

/* FALSE where their method is not among the chosen ones. */
static gboolean
get_thin_style (FoveaLayerCurves *self, FoveaTheme theme, FoveaMethodStyle *style)
{
    guint methods[FOVEA_MAX_CHOSEN], at = 0;
    guint n = fovea_sparse_model_list_chosen (self->model, methods);
    FoveaMethodStyle styles[FOVEA_MAX_CHOSEN];
    while (at < n && methods[at] != self->thin)
        at++;
    if (at == n)
        return FALSE;
    fovea_curve_frame_get_styles (methods, n, theme, styles);
    *style = styles[at];
    return TRUE;
}

static void
draw_heads (FoveaLayerCurves *self,
            cairo_t *cr,
            const FoveaCurveFrame *frame,
            gint64 layer,
            FoveaTheme theme)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaMethodStyle style;
    if (!get_thin_style (self, theme, &style))
        return;
    for (gint64 h = 0; h < info->architecture->n_heads; h++) {
        const FoveaCurve *curve = fovea_sparse_model_find_curve (self->model, layer, h, self->thin);
        guint n_points;
        if (curve == NULL)
            continue;
        g_autofree double *points = fovea_curve_frame_place (frame, self->model, curve, &n_points);
        fovea_curve_frame_stroke (cr, points, n_points, &style, 0.7, 0.35);
    }
}

/* A layer of which only single heads were measured has thin lines and no means. */
static void
draw_panel (FoveaLayerCurves *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCurveFrame *frame,
            gint64 layer,
            gboolean numbered)
{
    GtkWidget *widget = GTK_WIDGET (self);
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->model, methods);
    FoveaMethodStyle styles[FOVEA_MAX_CHOSEN];
    g_autofree char *name = g_strdup_printf (_ ("layer %" PRId64), layer);
    fovea_curve_frame_draw_axes (widget, snapshot, palette, frame, NULL, FALSE, numbered);
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) frame->x - 2, (float) frame->y - 2,
                                       (float) frame->width + 4, (float) frame->height + 4));
    draw_heads (self, cr, frame, layer, palette->theme);
    fovea_curve_frame_get_styles (methods, n, palette->theme, styles);
    for (guint i = n; i-- > 0;) {
        const FoveaCurve *curve =
            fovea_sparse_model_find_curve (self->model, layer, -1, methods[i]);
        guint n_points;
        if (curve == NULL)
            continue;
        g_autofree double *points = fovea_curve_frame_place (frame, self->model, curve, &n_points);
        fovea_curve_frame_stroke (cr, points, n_points, &styles[i], 1.4, 1);
    }
    cairo_destroy (cr);
    fovea_label_draw (widget, snapshot, name, 11.5, FOVEA_LABEL_BOLD, &palette->text, frame->x + 4,
                      frame->y - 11, 0);
}

/* From panel to panel, in whole pixels, so that the lines of all are equally sharp. None is cut at the right
 * end of the room. */
static int
get_pitch (FoveaLayerCurves *self)
{
    gint64 n = get_n_layers (self);
    int least = n > ABREAST ? PITCH : LEAST_PITCH, room = self->room - EDGES;
    if (n < 1 || room < least)
        return least;
    return CLAMP (room / (int) MIN (n, room / least), least, MOST_PITCH);
}

/* Where the curves of a layer are drawn, in sight or not. */
static FoveaCurveFrame
get_frame (FoveaLayerCurves *self, gint64 layer, double low)
{
    int up;
    g_object_get (self->model, "up", &up, NULL);
    return (FoveaCurveFrame){
        .x = LEFT + (double) layer * get_pitch (self),
        .y = TOP,
        .width = get_pitch (self) - PADDING,
        .height = gtk_widget_get_height (GTK_WIDGET (self)) - TOP - BOTTOM,
        .low = low,
        .across = fovea_sparse_model_get_across (self->model),
        .flipped = up == FOVEA_UP_ERROR,
    };
}

/* What would be left of one in the place of the first one's numbers is none. */
static gboolean
is_drawn (const FoveaCurveFrame *frame, double from, double page)
{
    return frame->x <= from + page && frame->x + frame->width > from + LEFT - FRAME &&
           frame->height >= 30;
}

static void
draw_panels (FoveaLayerCurves *self,
             GtkSnapshot *snapshot,
             const FoveaPalette *palette,
             double from,
             double page)
{
    gboolean any = FALSE;
    double low = fovea_curve_frame_find_low (self->model);
    for (gint64 l = 0; l < get_n_layers (self); l++) {
        FoveaCurveFrame frame = get_frame (self, l, low);
        if (!is_drawn (&frame, from, page))
            continue;
        draw_panel (self, snapshot, palette, &frame, l, !any);
        any = TRUE;
    }
}

/* What of the layers is in sight, and whether they are drawn for it. The scrolled window counts pixels of the
 * screen, as many to one here as the text is larger. */
static gboolean
is_good (FoveaLayerCurves *self, FoveaTheme theme, double *from, double *page)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double scale = fovea_text_scale (widget);
    *from = self->across != NULL ? gtk_adjustment_get_value (self->across) / scale : 0;
    *page = self->across != NULL ? gtk_adjustment_get_page_size (self->across) / scale
                                 : gtk_widget_get_width (widget);
    return fovea_still_is_good (&self->still, widget, theme) && self->from == *from &&
           self->page == *page;
}

static void
make_still (GtkWidget *widget)
{
    FoveaLayerCurves *self = FOVEA_LAYER_CURVES (widget);
    FoveaPalette palette;
    double from, page;
    fovea_palette_load (widget, &palette);
    if (is_good (self, palette.theme, &from, &page))
        return;
    GtkSnapshot *drawn = gtk_snapshot_new ();
    draw_panels (self, drawn, &palette, from, page);
    fovea_still_take (&self->still, widget, palette.theme, drawn);
    self->from = from;
    self->page = page;
}

/* Round the panel of a layer. */
static void
draw_box (
    FoveaLayerCurves *self, GtkSnapshot *snapshot, gint64 layer, double width, const GdkRGBA *color)
{
    if (layer >= 0 && layer < get_n_layers (self))
        fovea_box_draw (snapshot, LEFT + (double) layer * get_pitch (self) - FRAME, 1,
                        get_pitch (self) - 1, gtk_widget_get_height (GTK_WIDGET (self)) - 2, 4,
                        width, color);
}

/* The line of the hovered head, wherever that is hovered: over the others, and apart from them. */
static void
draw_hovered (FoveaLayerCurves *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_head (self->selection);
    FoveaMethodStyle style;
    const FoveaCurve *curve =
        hover != NULL && get_thin_style (self, palette->theme, &style)
            ? fovea_sparse_model_find_curve (self->model, hover->layer, hover->head, self->thin)
            : NULL;
    if (curve == NULL)
        return;
    FoveaCurveFrame frame =
        get_frame (self, hover->layer, fovea_curve_frame_find_low (self->model));
    const FoveaMethodStyle line = {.color = style.color}; /* through, as the thin ones are */
    const FoveaMethodStyle ground = {.color = fovea_palette_argb (&palette->view)};
    guint n;
    if (!is_drawn (&frame, self->from, self->page))
        return;
    g_autofree double *points = fovea_curve_frame_place (&frame, self->model, curve, &n);
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) frame.x - 2, (float) frame.y - 2,
                                       (float) frame.width + 4, (float) frame.height + 4));
    fovea_curve_frame_stroke (cr, points, n, &ground, STRONG + 2, 1);
    fovea_curve_frame_stroke (cr, points, n, &line, STRONG, 1);
    cairo_destroy (cr);
}

static void
fovea_layer_curves_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaLayerCurves *self = FOVEA_LAYER_CURVES (widget);
    guint selected = fovea_selection_get_place (self->selection)->layer;
    FoveaPalette palette;
    double from, page;
    if (!fovea_late_is_due (widget))
        return;
    fovea_palette_load (widget, &palette);
    gboolean good = is_good (self, palette.theme, &from, &page);
    if (!good && !fovea_late_is_waiting (widget))
        fovea_still_soon (&self->still, widget, make_still);
    fovea_still_draw (&self->still, widget, snapshot);
    if (good)
        draw_hovered (self, snapshot, &palette);
    if (self->under != selected)
        draw_box (self, snapshot, self->under, 1, &palette.quiet);
    draw_box (self, snapshot, selected, 2, &palette.accent);
}

static void
fovea_layer_curves_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
    FoveaLayerCurves *self = FOVEA_LAYER_CURVES (widget);
    if (orientation == GTK_ORIENTATION_VERTICAL) {
        *minimum = 104;
        *natural = 196;
    } else {
        gint64 n = get_n_layers (self);
        int pitch =
            n * LEAST_PITCH <= self->room - EDGES && n <= ABREAST ? LEAST_PITCH : get_pitch (self);
        *minimum = *natural = EDGES + (int) n * pitch;
    }
}

/* -1 = beside all panels. */
static gint64
find_layer (FoveaLayerCurves *self, double x)
{
    gint64 layer = (gint64) floor ((x - LEFT + FRAME) / get_pitch (self));
    return layer >= 0 && layer < get_n_layers (self) ? layer : -1;
}

/* Whose thin line is nearest to a place in the panel of @layer, -1 = none is within reach. */
static gint64
find_head (FoveaLayerCurves *self, gint64 layer, double x, double y)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    double best = REACH;
    gint64 head = -1;
    if (layer < 0 || self->thin == G_MAXUINT)
        return -1;
    FoveaCurveFrame frame = get_frame (self, layer, fovea_curve_frame_find_low (self->model));
    for (gint64 h = 0; h < info->architecture->n_heads; h++) {
        const FoveaCurve *curve = fovea_sparse_model_find_curve (self->model, layer, h, self->thin);
        guint n;
        if (curve == NULL)
            continue;
        g_autofree double *points = fovea_curve_frame_place (&frame, self->model, curve, &n);
        double distance = fovea_curve_frame_measure (points, n, x, y);
        if (distance >= best)
            continue;
        best = distance;
        head = h;
    }
    return head;
}

static void
mark_panel (FoveaLayerCurves *self, gint64 layer)
{
    if (self->under == layer)
        return;
    self->under = layer;
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaLayerCurves *self)
{
    gint64 layer = find_layer (self, x), head = find_head (self, layer, x, y);
    mark_panel (self, layer);
    if (head >= 0)
        fovea_selection_hover_head (self->selection, (guint) layer, (guint) head);
    else
        fovea_selection_hover_nothing (self->selection);
}

static void
pointer_left (FoveaLayerCurves *self)
{
    mark_panel (self, -1);
    fovea_selection_hover_nothing (self->selection);
}

static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    FoveaLayerCurves *self = FOVEA_LAYER_CURVES (widget);
    gint64 layer = find_layer (self, x), head = find_head (self, layer, x, y);
    if (keyboard || head < 0)
        return FALSE;
    g_autofree char *text = fovea_sentence_for_head (self->selection, (guint) layer, (guint) head);
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
}

/* Keeps the head's number: another layer, the same place in it. */
static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaLayerCurves *self)
{
    gint64 layer = find_layer (self, x);
    if (layer < 0)
        return;
    fovea_selection_select_head (self->selection, (guint) layer,
                                 fovea_selection_get_place (self->selection)->head);
    g_object_set (self->model, "scope", FOVEA_SCOPE_LAYER, NULL);
}

char *
fovea_layer_curves_describe (FoveaSparseModel *model, FoveaSelection *selection)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    guint thin = find_thin (model);
    if (info == NULL || thin == G_MAXUINT)
        return g_strdup (_ ("Each layer"));
    return g_strdup_printf (_ ("Each layer, mean of its heads; thin lines are heads (%s)"),
                            fovea_sparse_method_list ()[thin]->name);
}

/* The selected layer is brought into sight however it was selected. */
static void
reveal (FoveaLayerCurves *self)
{
    double scale = fovea_text_scale (GTK_WIDGET (self)), pitch = get_pitch (self);
    double x = fovea_selection_get_place (self->selection)->layer * pitch;
    if (self->across != NULL)
        gtk_adjustment_clamp_page (self->across, x * scale, (x + pitch + EDGES) * scale);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tell (FoveaLayerCurves *self)
{
    self->thin = find_thin (self->model);
    g_autofree char *words = fovea_layer_curves_describe (self->model, self->selection);
    g_autofree char *label = g_strdup_printf (
        ngettext ("%s: %" PRId64 " layer", "%s: %" PRId64 " layers", (gulong) get_n_layers (self)),
        words, get_n_layers (self));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    fovea_late_put_off (GTK_WIDGET (self)); /* the curves above come first */
}

static void
renew (gpointer curves)
{
    fovea_still_forget (&FOVEA_LAYER_CURVES (curves)->still);
    gtk_widget_queue_draw (GTK_WIDGET (curves));
}

/* Fonts come through the style sheet. */
static void
fovea_layer_curves_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS (fovea_layer_curves_parent_class)->css_changed (widget, change);
    fovea_still_forget (&FOVEA_LAYER_CURVES (widget)->still);
}

static void
refresh (FoveaLayerCurves *self)
{
    tell (self);
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

static gboolean
fit (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
    FoveaLayerCurves *self = FOVEA_LAYER_CURVES (widget);
    int room = (int) (gtk_adjustment_get_page_size (self->across) / fovea_text_scale (widget));
    self->fitting = 0;
    if (room != self->room) {
        self->room = room;
        fovea_still_forget (&self->still);
        gtk_widget_queue_resize (widget);
    }
    return G_SOURCE_REMOVE;
}

/* Told while sizes are being given, when none may change. */
static void
room_changed (FoveaLayerCurves *self)
{
    if (self->fitting == 0)
        self->fitting = gtk_widget_add_tick_callback (GTK_WIDGET (self), fit, NULL, NULL);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Scrolling draws what comes into sight. */
static void
find_adjustment (FoveaLayerCurves *self)
{
    GtkWidget *scrolled = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
    if (scrolled == NULL || self->across != NULL)
        return;
    self->across =
        g_object_ref (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled)));
    g_signal_connect_object (self->across, "value-changed", G_CALLBACK (gtk_widget_queue_draw),
                             self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->across, "changed", G_CALLBACK (room_changed), self,
                             G_CONNECT_SWAPPED);
    room_changed (self);
}

/* A point of the same method leaves the lines as they are: drawing 72 of them takes some of a frame. */
static void
point_changed (FoveaLayerCurves *self)
{
    if (find_thin (self->model) != self->thin)
        tell (self);
}

static void
fovea_layer_curves_dispose (GObject *object)
{
    FoveaLayerCurves *self = FOVEA_LAYER_CURVES (object);
    fovea_still_clear (&self->still);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    g_clear_object (&self->across);
    G_OBJECT_CLASS (fovea_layer_curves_parent_class)->dispose (object);
}

static void
fovea_layer_curves_class_init (FoveaLayerCurvesClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_layer_curves_dispose;
    fovea_drawn_init_class (widget_class, "layercurves", fovea_layer_curves_snapshot,
                            fovea_layer_curves_measure);
    widget_class->css_changed = fovea_layer_curves_css_changed;
}

static void
fovea_layer_curves_init (FoveaLayerCurves *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    GtkEventController *motion = gtk_event_controller_motion_new ();
    self->under = -1;
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
    g_signal_connect (self, "map", G_CALLBACK (find_adjustment), NULL);
    fovea_late_init (GTK_WIDGET (self), 1, renew);
}

GtkWidget *
fovea_layer_curves_new (FoveaSparseModel *model, FoveaSelection *selection)
{
    FoveaLayerCurves *self = g_object_new (FOVEA_TYPE_LAYER_CURVES, NULL);
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (model, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "point-changed", G_CALLBACK (point_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (reveal), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    refresh (self);
    return GTK_WIDGET (self);
}

gboolean
fovea_layer_curves_locate_point (
    FoveaLayerCurves *self, guint layer, guint head, guint index, double *x, double *y)
{
    const FoveaCurve *curve = fovea_sparse_model_find_curve (self->model, layer, head, self->thin);
    FoveaCurveFrame frame = get_frame (self, layer, fovea_curve_frame_find_low (self->model));
    if (curve == NULL || index >= curve->n_points)
        return FALSE;
    *x = fovea_curve_frame_get_x (&frame, curve, index);
    *y = fovea_curve_frame_get_y (&frame,
                                  fovea_sparse_model_get_up (self->model, &curve->points[index]));
    return TRUE;
}

void
fovea_layer_curves_locate (FoveaLayerCurves *self, guint layer, int *x, int *width)
{
    *width = get_pitch (self) - PADDING;
    *x = LEFT + (int) layer * get_pitch (self);
}
