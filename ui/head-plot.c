/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Points are collected when heads or their scores change, and drawn once: what is selected is marked over
 * them. While one is hovered all are drawn anew. At most MAX_LABELS heads are named, and a
 * name that would touch another or a point is left out. */
#include <glib/gi18n.h>
#include <math.h>

#include "ui/drawn.h"
#include "ui/head-plots.h"
#include "ui/head-set.h"
#include "ui/lasso.h"
#include "ui/late.h"
#include "ui/palette.h"
#include "ui/plot-key.h"
#include "ui/plot-points.h"
#include "ui/pointing.h"
#include "ui/sentences.h"
#include "ui/still.h"
#include "ui/whole.h"

#define LEFT        44
#define RIGHT       14
#define TOP         26 /* the title of the upward axis stands above it */
#define BOTTOM      40
#define MAX_LABELS  6
#define REACH       18
#define NAME_HEIGHT 14.f

struct _FoveaHeadPlot {
    GtkWidget parent_instance;
    FoveaPlotKind kind;
    FoveaSelection *selection;
    GListModel *items;
    char *x, *y, *x_title, *y_title;
    FoveaLasso *lasso;     /* of the drag under way */
    gboolean adding;       /* Ctrl: to what is chosen already */
    FoveaStill still;      /* axes, points and key */
    graphene_rect_t key;   /* 0 wide = there is none */
    graphene_rect_t title; /* of the upward axis */
    GArray *points;        /* NULL = to be collected; the items are those of the list */
    FoveaPlotAxis across, up;
    int width, height; /* that the points were placed for */
};

G_DEFINE_FINAL_TYPE (FoveaHeadPlot, fovea_head_plot, GTK_TYPE_WIDGET)

/* From values to widget pixels; y grows downwards. */
static void
place_points (FoveaHeadPlot *self)
{
    const FoveaPlotAxis *across = &self->across, *up = &self->up;
    double width = self->width - LEFT - RIGHT, height = self->height - TOP - BOTTOM;
    for (guint i = 0; i < self->points->len; i++) {
        FoveaPlotPoint *point = &g_array_index (self->points, FoveaPlotPoint, i);
        point->px = LEFT + (point->x - across->low) / (across->high - across->low) * width;
        point->py = TOP + height - (point->y - up->low) / (up->high - up->low) * height;
    }
}

/* Where they lie in the widget as it is. */
static GArray *
get_points (FoveaHeadPlot *self)
{
    int width = gtk_widget_get_width (GTK_WIDGET (self));
    int height = gtk_widget_get_height (GTK_WIDGET (self));
    gboolean collected = self->points == NULL;
    if (collected)
        self->points = fovea_plot_points_collect (self->items, self->kind, self->x, self->y,
                                                  &self->across, &self->up);
    if (collected || self->width != width || self->height != height) {
        self->width = width;
        self->height = height;
        place_points (self);
    }
    return self->points;
}

/* Grid lines in the lightest grey: they must not compete with the marks. */
static void
draw_axes (FoveaHeadPlot *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const FoveaPlotAxis *across = &self->across, *up = &self->up;
    GtkWidget *widget = GTK_WIDGET (self);
    double width = gtk_widget_get_width (widget) - LEFT - RIGHT;
    double height = gtk_widget_get_height (widget) - TOP - BOTTOM;
    for (double v = up->low; v <= up->high + up->step / 2; v += up->step) {
        double y = TOP + height - (v - up->low) / (up->high - up->low) * height;
        g_autofree char *text = fovea_plot_axis_print (v, up->step);
        fovea_fill_draw (snapshot, LEFT, round (y), width, 1, 0, &palette->grid);
        fovea_label_draw (widget, snapshot, text, 11, FOVEA_LABEL_RIGHT, &palette->quiet, LEFT - 6,
                          y, 0);
    }
    for (double v = across->low; v <= across->high + across->step / 2; v += across->step) {
        double x = LEFT + (v - across->low) / (across->high - across->low) * width;
        g_autofree char *text = fovea_plot_axis_print (v, across->step);
        if (self->kind == FOVEA_PLOT_SCATTER)
            fovea_fill_draw (snapshot, round (x), TOP, 1, height, 0, &palette->grid);
        double half = fovea_label_width (widget, 11, FOVEA_LABEL_NORMAL, text) / 2.0;
        x = MIN (x, gtk_widget_get_width (widget) - half - 1); /* the last one of many heads */
        fovea_label_draw (widget, snapshot, text, 11, FOVEA_LABEL_CENTER, &palette->quiet, x,
                          TOP + height + 11, 0);
    }
    fovea_fill_draw (snapshot, LEFT, round (TOP + height), width, 1, 0, &palette->quiet);
    fovea_label_draw (widget, snapshot,
                      self->kind == FOVEA_PLOT_RANKED ? _ ("rank among heads") : self->x_title, 11,
                      FOVEA_LABEL_CENTER, &palette->quiet, LEFT + width / 2, TOP + height + 28, 0);
    int title = fovea_label_draw (widget, snapshot,
                                  self->kind == FOVEA_PLOT_RANKED ? self->x_title : self->y_title,
                                  11, FOVEA_LABEL_NORMAL, &palette->quiet, LEFT - 30, 10, width);
    self->title = GRAPHENE_RECT_INIT (LEFT - 30, 0, (float) title, 10 + NAME_HEIGHT / 2);
}

/* The selection names a head by place, points hold items. */
static gboolean
is_selected (FoveaHeadPlot *self, const FoveaPlotPoint *point)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    guint layer, head;
    fovea_head_item_get_place (point->item, &layer, &head);
    return layer == place->layer && head == place->head;
}

/* How far the error bar of a point reaches up and down. Units: px. */
static double
get_reach (FoveaHeadPlot *self, const FoveaPlotPoint *point)
{
    double height = self->height - TOP - BOTTOM;
    return isfinite (point->error) ? point->error / (self->up.high - self->up.low) * height : 0;
}

/* A name may touch neither another name, nor the key, nor any mark or error bar but its own. */
static gboolean
is_free (FoveaHeadPlot *self, GArray *boxes, const graphene_rect_t *box, const FoveaPlotPoint *own)
{
    for (guint i = 0; i < boxes->len; i++)
        if (graphene_rect_intersection (box, &g_array_index (boxes, graphene_rect_t, i), NULL))
            return FALSE;
    for (guint i = 0; i < self->points->len; i++) {
        const FoveaPlotPoint *point = &g_array_index (self->points, FoveaPlotPoint, i);
        float x = (float) point->px, y = (float) point->py, reach = (float) get_reach (self, point);
        graphene_rect_t mark = GRAPHENE_RECT_INIT (x - 4, y - 4, 8, 8);
        graphene_rect_t bar = GRAPHENE_RECT_INIT (x - 1, y - reach, 2, 2 * reach);
        if (point != own && (graphene_rect_intersection (box, &mark, NULL) ||
                             graphene_rect_intersection (box, &bar, NULL)))
            return FALSE;
    }
    return TRUE;
}

/* Names a point to its right or left if there is room, the selected one also a line above or below and farther
 * off, never on the axis, whose line would strike it out. */
static gboolean
name_point (FoveaHeadPlot *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            GArray *boxes,
            const FoveaPlotPoint *point)
{
    static const struct {
        float down, off;
    } places[] = {{0, 8}, {-NAME_HEIGHT, 8}, {NAME_HEIGHT, 8}, {0, 16}, {0, 24}};
    gboolean bold = is_selected (self, point);
    const char *name = fovea_head_item_get_name (point->item);
    float lowest = (float) gtk_widget_get_height (GTK_WIDGET (self)) - BOTTOM - NAME_HEIGHT / 2;
    for (guint i = 0; i < (bold ? 2 * G_N_ELEMENTS (places) : 2); i++) {
        int side = i % 2 == 0 ? 1 : -1;
        float width = 28, off = places[i / 2].off;
        float x = (float) point->px + (side > 0 ? off : -off - width);
        float y = MIN ((float) point->py + places[i / 2].down, lowest);
        graphene_rect_t box = GRAPHENE_RECT_INIT (x, y - NAME_HEIGHT / 2, width, NAME_HEIGHT);
        if (x < LEFT || x + width > gtk_widget_get_width (GTK_WIDGET (self)) ||
            !is_free (self, boxes, &box, point))
            continue;
        g_array_append_val (boxes, box);
        fovea_label_draw (GTK_WIDGET (self), snapshot, name, 11,
                          (bold ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL) |
                              (side > 0 ? FOVEA_LABEL_NORMAL : FOVEA_LABEL_RIGHT),
                          &palette->text, point->px + side * off, y, 0);
        return TRUE;
    }
    return FALSE;
}

/* The selected head has its ring over all marks, and is named first, so that it is never the one without
 * room. */
static void
draw_labels (FoveaHeadPlot *self,
             GtkSnapshot *snapshot,
             const FoveaPalette *palette,
             GArray *points)
{
    g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
    guint n_named = 0;
    if (self->key.size.width > 0)
        g_array_append_val (boxes, self->key);
    g_array_append_val (boxes, self->title);
    for (guint i = 0; i < points->len; i++) {
        const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        if (!is_selected (self, point))
            continue;
        fovea_box_draw (snapshot, point->px - 8.5, point->py - 8.5, 17, 17, 8.5, 2,
                        &palette->accent);
        n_named += name_point (self, snapshot, palette, boxes, point);
    }
    for (guint i = 0; i < points->len && n_named < MAX_LABELS; i++) {
        const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        gboolean telling = self->kind == FOVEA_PLOT_RANKED
                               ? i < MAX_LABELS
                               : *fovea_head_item_get_role (point->item) != '\0';
        if (telling && !is_selected (self, point))
            n_named += name_point (self, snapshot, palette, boxes, point);
    }
}

/* Error bars lie under the mark. No score is below zero, so none reaches below the axis. */
static void
draw_point (FoveaHeadPlot *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaPlotPoint *point)
{
    double height = gtk_widget_get_height (GTK_WIDGET (self)) - TOP - BOTTOM;
    const char *role = fovea_head_item_get_role (point->item);
    const FoveaPlace *hover = fovea_selection_get_hovered_head (self->selection);
    guint layer, head;
    fovea_head_item_get_place (point->item, &layer, &head);
    gboolean dim = hover != NULL && (hover->layer != layer || hover->head != head);
    if (dim)
        gtk_snapshot_push_opacity (snapshot, 0.35);
    double reach = get_reach (self, point);
    if (reach > 0) {
        double top = point->py - reach, end = MIN (point->py + reach, TOP + height);
        GdkRGBA color = fovea_palette_rgba (fovea_color_map_role (palette->theme, role, NULL));
        fovea_fill_draw (snapshot, round (point->px - 0.5), top, 1, end - top, 0, &color);
    }
    fovea_mark_draw (snapshot, palette->theme, *role != '\0' ? role : NULL, point->px, point->py,
                     3.6);
    if (dim)
        gtk_snapshot_pop (snapshot);
    if (fovea_head_set_contains (fovea_selection_get_chosen (self->selection), layer, head))
        fovea_box_draw (snapshot, point->px - 6.5, point->py - 6.5, 13, 13, 6.5, 1.5,
                        &palette->accent);
}

/* Why there is nothing to draw, and what would give it, in as many lines as a narrow plot needs. */
static void
draw_empty (FoveaHeadPlot *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    static const char *const on_repeats[] = {"previous", "induction", "duplicate", NULL};
    GtkWidget *widget = GTK_WIDGET (self);
    gboolean scored = fovea_selection_get_heads (self->selection) != NULL;
    gboolean any = g_list_model_get_n_items (self->items) > 0;
    gboolean repeats = scored && any && g_strv_contains (on_repeats, self->x);
    const char *words = !scored   ? fovea_selection_get_waiting (self->selection)
                        : !any    ? _ ("No head is shown.")
                        : repeats ? _ ("This score is measured on random repeats.\n"
                                       "New capture, input Repeat, makes some.")
                                  : _ ("No head has this score yet.");
    g_autoptr (PangoLayout) kept = fovea_label_layout (widget, 12, FOVEA_LABEL_NORMAL, words);
    g_autoptr (PangoLayout) layout = pango_layout_copy (kept);
    int height;
    pango_layout_set_single_paragraph_mode (layout, FALSE);
    pango_layout_set_width (layout, (gtk_widget_get_width (widget) - LEFT - RIGHT) * PANGO_SCALE);
    pango_layout_get_pixel_size (layout, NULL, &height);
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (
        snapshot, &GRAPHENE_POINT_INIT (LEFT, (gtk_widget_get_height (widget) - height) / 2));
    gtk_snapshot_append_layout (snapshot, layout, &palette->quiet);
    gtk_snapshot_restore (snapshot);
}

static void
draw_still (FoveaHeadPlot *self, GtkSnapshot *snapshot, const FoveaPalette *palette, GArray *points)
{
    draw_axes (self, snapshot, palette);
    for (guint i = 0; i < points->len; i++)
        draw_point (self, snapshot, palette, &g_array_index (points, FoveaPlotPoint, i));
    int width = gtk_widget_get_width (GTK_WIDGET (self)) - LEFT - RIGHT;
    int height = gtk_widget_get_height (GTK_WIDGET (self)) - TOP - BOTTOM;
    if (self->kind == FOVEA_PLOT_RANKED)
        self->key =
            fovea_plot_key_draw (GTK_WIDGET (self), snapshot, palette, points,
                                 &GRAPHENE_RECT_INIT (LEFT, TOP, (float) width, (float) height));
}

static void
make_still (GtkWidget *widget)
{
    FoveaHeadPlot *self = FOVEA_HEAD_PLOT (widget);
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    if (self->x == NULL || gtk_widget_get_width (widget) < LEFT + RIGHT + 40 ||
        fovea_still_is_good (&self->still, widget, palette.theme))
        return;
    GArray *points = get_points (self);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    if (points->len > 0)
        draw_still (self, drawn, &palette, points);
    fovea_still_take (&self->still, widget, palette.theme, drawn);
}

/* Names and ring lie on the points as they were drawn, hence stay with them. */
static void
draw_last (FoveaHeadPlot *self, GtkSnapshot *snapshot)
{
    fovea_still_draw (&self->still, GTK_WIDGET (self), snapshot);
    fovea_whole_draw_again (GTK_WIDGET (self), snapshot);
}

static void
fovea_head_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaHeadPlot *self = FOVEA_HEAD_PLOT (widget);
    FoveaPalette palette;
    if (self->x == NULL || gtk_widget_get_width (widget) < LEFT + RIGHT + 40 ||
        !fovea_late_is_due (widget))
        return;
    if (fovea_late_is_waiting (widget)) /* it stays as it was */
        return draw_last (self, snapshot);
    fovea_palette_load (widget, &palette);
    gboolean hovered = fovea_selection_get_hovered_head (self->selection) != NULL;
    GArray *points = get_points (self);
    if (points->len == 0) {
        draw_empty (self, snapshot, &palette);
        return;
    }
    if (!hovered && !fovea_still_is_good (&self->still, widget, palette.theme)) {
        fovea_still_soon (&self->still, widget, make_still);
        return draw_last (self, snapshot);
    }
    if (hovered)
        draw_still (self, snapshot, &palette, points);
    else
        fovea_still_draw (&self->still, widget, snapshot);
    GtkSnapshot *names = gtk_snapshot_new ();
    draw_labels (self, names, &palette, points);
    fovea_whole_draw (widget, snapshot, names, FOVEA_WHOLE_MOST);
    if (self->lasso != NULL && fovea_lasso_is_drawn (self->lasso)) {
        guint n; /* closed as it will count when the button is let go */
        const double *corners = fovea_lasso_get_corners (self->lasso, &n);
        fovea_outline_draw (widget, snapshot, corners, n, &palette.accent);
    }
}

/* Small enough for 600 pixels of window, larger where there is room. */
static void
fovea_head_plot_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
    *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 136 : 200;
    *natural = orientation == GTK_ORIENTATION_VERTICAL ? 178 : 330;
}

/* Nearest within 18 pixels: marks are small, pointers are not exact. */
static gboolean
find_point (FoveaHeadPlot *self, double x, double y, guint *layer, guint *head)
{
    if (self->x == NULL)
        return FALSE;
    GArray *points = get_points (self);
    double best = REACH;
    for (guint i = 0; i < points->len; i++) {
        const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        double distance = hypot (point->px - x, point->py - y);
        if (distance >= best)
            continue;
        best = distance;
        fovea_head_item_get_place (point->item, layer, head);
    }
    return best < REACH;
}

/* Shift draws a loop, Ctrl adds to what is chosen. */
static void
drag_begin (GtkGestureDrag *drag, double x, double y, FoveaHeadPlot *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));
    g_clear_pointer (&self->lasso, fovea_lasso_free);
    self->lasso = fovea_lasso_new ((state & GDK_SHIFT_MASK) != 0, x, y);
    self->adding = (state & GDK_CONTROL_MASK) != 0;
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, FoveaHeadPlot *self)
{
    double x, y;
    if (self->lasso == NULL || !gtk_gesture_drag_get_start_point (drag, &x, &y))
        return;
    fovea_lasso_move (self->lasso, x + dx, y + dy);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Chooses what the lasso holds, in place of what was chosen or beside it. */
static void
drag_end (GtkGestureDrag *drag, double dx, double dy, FoveaHeadPlot *self)
{
    FoveaHeadSet *chosen = fovea_selection_get_chosen (self->selection);
    drag_update (drag, dx, dy, self);
    g_autoptr (FoveaLasso) lasso = g_steal_pointer (&self->lasso);
    if (lasso == NULL || !fovea_lasso_is_drawn (lasso) || self->x == NULL)
        return;
    GArray *points = get_points (self);
    if (!self->adding)
        fovea_head_set_clear (chosen);
    for (guint i = 0; i < points->len; i++) {
        guint layer, head;
        const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        fovea_head_item_get_place (point->item, &layer, &head);
        if (fovea_lasso_contains (lasso, point->px, point->py))
            fovea_head_set_add (chosen, layer, head);
    }
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaHeadPlot *self)
{
    guint layer, head;
    if (!find_point (self, x, y, &layer, &head))
        return;
    fovea_selection_select_head (self->selection, layer, head);
    if (n_press == 2)
        gtk_widget_activate_action (GTK_WIDGET (self), "heads.open", NULL);
}

/* The second button selects as the first one does. */
static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaHeadPlot *self)
{
    gtk_widget_grab_focus (GTK_WIDGET (self));
    pressed (gesture, 1, x, y, self);
    gtk_widget_activate_action (GTK_WIDGET (self), "heads.menu", NULL);
}

static void
hovered (GtkEventControllerMotion *motion, double x, double y, FoveaHeadPlot *self)
{
    guint layer, head;
    if (find_point (self, x, y, &layer, &head))
        fovea_selection_hover_head (self->selection, layer, head);
    else
        fovea_selection_hover_nothing (self->selection);
}

static void
left (FoveaHeadPlot *self)
{
    fovea_selection_hover_nothing (self->selection);
}

static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    FoveaHeadPlot *self = FOVEA_HEAD_PLOT (widget);
    guint layer, head;
    if (keyboard || !find_point (self, x, y, &layer, &head))
        return FALSE;
    g_autofree char *sentence = fovea_sentence_for_head (self->selection, layer, head);
    gtk_tooltip_set_text (tooltip, sentence);
    return TRUE;
}

/* Which are chosen has changed. */
static void
draw_anew (FoveaHeadPlot *self)
{
    fovea_still_forget (&self->still);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
renew (gpointer plot)
{
    g_clear_pointer (&FOVEA_HEAD_PLOT (plot)->points, g_array_unref);
    draw_anew (plot);
}

/* What was drawn stays for a frame or two, but items may be gone. */
static void
heads_changed (FoveaHeadPlot *self)
{
    g_clear_pointer (&self->points, g_array_unref);
    fovea_late_put_off (GTK_WIDGET (self));
}

/* Fonts come through the style sheet. */
static void
fovea_head_plot_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS (fovea_head_plot_parent_class)->css_changed (widget, change);
    fovea_still_forget (&FOVEA_HEAD_PLOT (widget)->still);
}

static void
fovea_head_plot_dispose (GObject *object)
{
    FoveaHeadPlot *self = FOVEA_HEAD_PLOT (object);
    fovea_still_clear (&self->still);
    g_clear_pointer (&self->points, g_array_unref);
    g_clear_object (&self->selection);
    g_clear_object (&self->items);
    g_clear_pointer (&self->lasso, fovea_lasso_free);
    g_clear_pointer (&self->x, g_free);
    g_clear_pointer (&self->y, g_free);
    g_clear_pointer (&self->x_title, g_free);
    g_clear_pointer (&self->y_title, g_free);
    G_OBJECT_CLASS (fovea_head_plot_parent_class)->dispose (object);
}

static void
fovea_head_plot_class_init (FoveaHeadPlotClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_head_plot_dispose;
    fovea_drawn_init_class (widget_class, "headplot", fovea_head_plot_snapshot,
                            fovea_head_plot_measure);
    widget_class->css_changed = fovea_head_plot_css_changed;
}

static void
fovea_head_plot_init (FoveaHeadPlot *self)
{
    gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
    fovea_late_init (GTK_WIDGET (self), 1, renew);
    fovea_pointing_bind (GTK_WIDGET (self),
                         &(FoveaPointing){.pressed = G_CALLBACK (pressed),
                                          .drag_begin = G_CALLBACK (drag_begin),
                                          .drag_update = G_CALLBACK (drag_update),
                                          .drag_end = G_CALLBACK (drag_end),
                                          .motion = G_CALLBACK (hovered),
                                          .leave = G_CALLBACK (left),
                                          .menu = G_CALLBACK (menu_pressed),
                                          .query_tooltip = G_CALLBACK (query_tooltip)});
}

GtkWidget *
fovea_head_plot_new (FoveaPlotKind kind, FoveaSelection *selection, GListModel *items)
{
    FoveaHeadPlot *self = g_object_new (FOVEA_TYPE_HEAD_PLOT, NULL);
    self->kind = kind;
    self->selection = g_object_ref (selection);
    self->items = g_object_ref (items);
    g_signal_connect_object (items, "items-changed", G_CALLBACK (heads_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "heads-changed", G_CALLBACK (heads_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "waiting-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_selection_get_chosen (selection), "changed",
                             G_CALLBACK (draw_anew), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_head_plot_set_scores (
    FoveaHeadPlot *self, const char *x, const char *x_title, const char *y, const char *y_title)
{
    g_free (self->x);
    g_free (self->y);
    g_free (self->x_title);
    g_free (self->y_title);
    self->x = g_strdup (x);
    self->y = g_strdup (y);
    self->x_title = g_strdup (x_title);
    self->y_title = g_strdup (y_title);
    g_autofree char *label =
        self->kind == FOVEA_PLOT_RANKED
            ? g_strdup_printf (_ ("Heads ranked by %s"), x_title)
            : g_strdup_printf (_ ("Heads by %s across and %s up"), x_title, y_title);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    renew (self);
}

gboolean
fovea_head_plot_locate (FoveaHeadPlot *self, double *x, double *y)
{
    GArray *points = self->x != NULL ? get_points (self) : NULL;
    for (guint i = 0; points != NULL && i < points->len; i++) {
        const FoveaPlotPoint *point = &g_array_index (points, FoveaPlotPoint, i);
        *x = point->px;
        *y = point->py;
        if (is_selected (self, point))
            return TRUE;
    }
    return FALSE;
}
