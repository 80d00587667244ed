/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lines of the weights of a model, queries at the left and keys at the right. */
#include "ui/arc-view.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ui/cell-move.h"
#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/drawn.h"
#include "ui/key-follow.h"
#include "ui/palette.h"
#include "ui/pin.h"
#include "ui/position-entry.h"
#include "ui/scaled.h"
#include "ui/strong-cell.h"
#include "ui/token-text.h"

#define ROW    18
#define TOP    24
#define COLUMN 110 /* of token texts, each side */

struct _FoveaArcView {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    FoveaArcModel *model;
    FoveaCellModel *cells;
    GtkWidget *menu, *position; /* popovers: context menu, and where a position is typed */
};

G_DEFINE_FINAL_TYPE (FoveaArcView, fovea_arc_view, GTK_TYPE_WIDGET)

static double
row_middle (gint64 token)
{
    return TOP + ((double) token + 0.5) * ROW;
}

/* Scrolls as little as needed. */
static void
reveal (FoveaArcView *self, gint64 token)
{
    GtkWidget *area = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
    double scale = fovea_text_scale (GTK_WIDGET (self)) / fovea_label_scale (GTK_WIDGET (self));
    if (area != NULL)
        gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (area)),
                                   scale * (row_middle (token) - ROW),
                                   scale * (row_middle (token) + ROW));
}

static void
moved (FoveaArcView *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autofree char *label =
        g_strdup_printf (_ ("Lines from queries to keys of head %u.%u. Selected: query %" PRId64
                            ", key %" PRId64 "."),
                         place->layer, place->head, place->query, place->key);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    reveal (self, place->query);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* One curve a weight; the eye follows curves better than crossing straight lines. */
static void
draw_line (cairo_t *cr, double left, double right, gint64 query, gint64 key, float weight)
{
    double middle = (left + right) / 2;
    cairo_move_to (cr, left, row_middle (query));
    cairo_curve_to (cr, middle, row_middle (query), middle, row_middle (key), right,
                    row_middle (key));
    cairo_set_line_width (cr, 0.6 + 2.4 * weight);
    cairo_stroke (cr);
}

/* Which lines are drawn, -1 = of every token. */
typedef struct {
    gint64 query, key;
} Shown;

/* Of what the pointer is on alone, as the selected token's would be lost among all. */
static Shown
find_shown (FoveaArcView *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    if (hover == NULL)
        return (Shown){-1, -1};
    return hover->query == place->query && hover->key != place->key ? (Shown){-1, hover->key}
                                                                    : (Shown){hover->query, -1};
}

static void
draw_lines_of (FoveaArcView *self, cairo_t *cr, Shown shown, const GdkRGBA *color, double strength)
{
    gint64 n = fovea_arc_model_count_tokens (self->model);
    const float *weights = fovea_arc_model_get_weights (self->model);
    double width = gtk_widget_get_width (GTK_WIDGET (self));
    gint64 first = MAX (shown.query, 0), end = shown.query < 0 ? n : shown.query + 1;
    for (gint64 q = first; q < MIN (end, n); q++) {
        for (gint64 k = 0; k < n; k++) {
            float weight = weights[q * n + k];
            if (weight < FOVEA_ARCS_LEAST || (shown.key >= 0 && k != shown.key))
                continue;
            cairo_set_source_rgba (cr, color->red, color->green, color->blue,
                                   pow (weight, 0.7) * strength);
            draw_line (cr, COLUMN + 6, width - COLUMN - 6, q, k, weight);
        }
    }
}

/* The selected query comes last, so that nothing lies over it. */
static void
draw_lines (FoveaArcView *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    gint64 chosen = fovea_selection_get_place (self->selection)->query;
    float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
    float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
    Shown shown = find_shown (self);
    gboolean all = shown.query < 0 && shown.key < 0;
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
    if (all)
        draw_lines_of (self, cr, (Shown){-1, -1}, &palette->quiet, 0.5);
    draw_lines_of (self, cr, all ? (Shown){chosen, -1} : shown,
                   all || shown.query == chosen ? &palette->accent_text : &palette->text, 1);
    cairo_destroy (cr);
}

static void
draw_token (FoveaArcView *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            gint64 token,
            gboolean key,
            gboolean selected)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double width = gtk_widget_get_width (widget), y = row_middle (token);
    double x = key ? width - COLUMN : 0;
    g_autofree char *text = fovea_token_text (fovea_selection_get_info (self->selection), token);
    if (selected)
        fovea_selected_draw (snapshot, x, y - ROW / 2.0 + 1, COLUMN, ROW - 2, 4, palette);
    fovea_label_draw (widget, snapshot, text, 12,
                      (selected ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL) |
                          (key ? FOVEA_LABEL_NORMAL : FOVEA_LABEL_RIGHT),
                      &palette->text, key ? x + 4 : COLUMN - 4, y, COLUMN - 8);
}

/* Round the names of the hovered cell. */
static void
draw_hovered (FoveaArcView *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    double right = gtk_widget_get_width (GTK_WIDGET (self)) - COLUMN;
    if (hover == NULL)
        return;
    fovea_box_draw (snapshot, 0, row_middle (hover->query) - ROW / 2.0 + 1, COLUMN, ROW - 2, 4, 1,
                    &palette->quiet);
    fovea_box_draw (snapshot, right, row_middle (hover->key) - ROW / 2.0 + 1, COLUMN, ROW - 2, 4, 1,
                    &palette->quiet);
}

static void
fovea_arc_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaArcView *self = FOVEA_ARC_VIEW (widget);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gint64 n = fovea_arc_model_count_tokens (self->model);
    FoveaPalette palette;
    if (n == 0)
        return;
    fovea_palette_load (widget, &palette);
    if (fovea_arc_model_get_weights (self->model) != NULL)
        draw_lines (self, snapshot, &palette);
    fovea_label_draw (widget, snapshot, _ ("▶ query"), 11, FOVEA_LABEL_RIGHT, &palette.quiet,
                      COLUMN - 4, 10, 0);
    fovea_label_draw (widget, snapshot, _ ("▼ key"), 11, FOVEA_LABEL_NORMAL, &palette.quiet,
                      gtk_widget_get_width (widget) - COLUMN + 4, 10, 0);
    for (gint64 t = 0; t < n; t++) {
        draw_token (self, snapshot, &palette, t, FALSE, t == place->query);
        draw_token (self, snapshot, &palette, t, TRUE, t == place->key);
    }
    draw_hovered (self, snapshot, &palette);
}

static void
fovea_arc_view_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
    int rows = (int) fovea_arc_model_count_tokens (FOVEA_ARC_VIEW (widget)->model);
    *minimum = *natural =
        orientation == GTK_ORIENTATION_VERTICAL ? TOP + rows * ROW + 8 : 2 * COLUMN + 120;
}

/* Left half: the query, right half: the key; the other stays as it is selected. FALSE where there is no
 * token. */
static gboolean
find_pair (FoveaArcView *self, double x, double y, gint64 *query, gint64 *key)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gint64 token = (gint64) floor ((y - TOP) / ROW);
    gboolean left = x < gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
    *query = left ? token : place->query;
    *key = left ? place->key : token;
    return token >= 0 && token < fovea_arc_model_count_tokens (self->model);
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaArcView *self)
{
    gint64 query, key;
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (find_pair (self, x, y, &query, &key))
        fovea_selection_select_cell (self->selection, query, key);
}

/* Over names only: between them lie lines, not tokens. */
static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaArcView *self)
{
    gint64 query, key;
    gboolean there = find_pair (self, x, y, &query, &key);
    if (there && x < COLUMN)
        fovea_selection_hover_query (self->selection, query);
    else if (there && x >= gtk_widget_get_width (GTK_WIDGET (self)) - COLUMN)
        fovea_selection_hover_cell (self->selection, query, key);
    else
        fovea_selection_hover_nothing (self->selection);
}

static void
pointer_left (FoveaArcView *self)
{
    fovea_selection_hover_nothing (self->selection);
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Next strong cell"), "arcs.next-strong"}, {N_ ("Make the key the query"), "arcs.follow"},
    {N_ ("Go to position…"), "arcs.goto"},         {N_ ("Note on this cell"), "arcs.note"},
    {N_ ("Copy value"), "win.copy-value"},         {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},     {N_ ("Export this view…"), "win.export"},
    {N_ ("Show as table"), "win.table"},           {N_ ("Map in place of arcs"), "win.arcs"},
};

/* The name of the query, where its lines begin. */
static GdkRectangle
locate_query (FoveaArcView *self)
{
    gint64 query = fovea_selection_get_place (self->selection)->query;
    return (GdkRectangle){COLUMN, (int) row_middle (query) - ROW / 2, 1, ROW};
}

static void
show_menu (FoveaArcView *self)
{
    GdkRectangle at = locate_query (self);
    if (self->menu == NULL)
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_show (self->menu, &at);
}

/* The second button selects as the first one does. */
static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaArcView *self)
{
    pressed (gesture, n_press, x, y, self);
    show_menu (self);
}

static void
ask_position (FoveaArcView *self)
{
    GdkRectangle at = locate_query (self);
    if (self->position == NULL)
        self->position =
            fovea_position_entry_new (self->selection, GTK_WIDGET (self), GTK_WIDGET (self));
    fovea_position_entry_ask (FOVEA_POSITION_ENTRY (self->position), &at);
}

/* Every "arcs." key. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaArcView *self = FOVEA_ARC_VIEW (widget);
    const char *name = action + sizeof "arcs." - 1;
    int by = g_str_has_prefix (name, "next-") ? 1 : -1;
    if (fovea_cell_move (self->selection, name))
        return;
    if (g_str_has_suffix (name, "-head"))
        fovea_selection_step_head (self->selection, by, 0);
    else if (g_str_has_suffix (name, "-layer"))
        fovea_selection_step_head (self->selection, 0, by);
    else if (g_str_has_suffix (name, "-strong"))
        fovea_strong_cell_go (widget, self->selection, self->cells, by);
    else if (g_str_equal (name, "follow"))
        fovea_key_follow (widget, self->selection);
    else if (g_str_equal (name, "goto"))
        ask_position (self);
    else if (g_str_equal (name, "note"))
        gtk_widget_activate_action (widget, "win.note", NULL);
    else if (g_str_equal (name, "pin"))
        fovea_pin_toggle (widget, self->selection);
    else if (g_str_equal (name, "menu"))
        show_menu (self);
}

/* Only while it is on screen: a hidden view costs nothing. */
static void
fovea_arc_view_map (GtkWidget *widget)
{
    GTK_WIDGET_CLASS (fovea_arc_view_parent_class)->map (widget);
    fovea_arc_model_use (FOVEA_ARC_VIEW (widget)->model, TRUE);
    moved (FOVEA_ARC_VIEW (widget));
}

static void
fovea_arc_view_unmap (GtkWidget *widget)
{
    fovea_arc_model_use (FOVEA_ARC_VIEW (widget)->model, FALSE);
    GTK_WIDGET_CLASS (fovea_arc_view_parent_class)->unmap (widget);
}

static void
fovea_arc_view_dispose (GObject *object)
{
    FoveaArcView *self = FOVEA_ARC_VIEW (object);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    g_clear_pointer (&self->position, gtk_widget_unparent);
    g_clear_object (&self->selection);
    g_clear_object (&self->model);
    g_clear_object (&self->cells);
    G_OBJECT_CLASS (fovea_arc_view_parent_class)->dispose (object);
}

static void
fovea_arc_view_class_init (FoveaArcViewClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_arc_view_dispose;
    fovea_drawn_init_class (widget_class, "arcview", fovea_arc_view_snapshot,
                            fovea_arc_view_measure);
    widget_class->map = fovea_arc_view_map;
    widget_class->unmap = fovea_arc_view_unmap;
    fovea_commands_bind (widget_class, "arcs.", activate);
}

static void
fovea_arc_view_init (FoveaArcView *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    GtkEventController *motion = gtk_event_controller_motion_new ();
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
    fovea_context_menu_bind (GTK_WIDGET (self), G_CALLBACK (menu_pressed), self);
}

GtkWidget *
fovea_arc_view_new (FoveaSelection *selection, FoveaArcModel *model, FoveaCellModel *cells)
{
    FoveaArcView *self = g_object_new (FOVEA_TYPE_ARC_VIEW, NULL);
    self->selection = g_object_ref (selection);
    self->model = g_object_ref (model);
    self->cells = g_object_ref (cells);
    g_signal_connect_object (model, "changed", G_CALLBACK (gtk_widget_queue_resize), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

guint
fovea_arc_view_count_lines (FoveaArcView *self)
{
    const float *weights = fovea_arc_model_get_weights (self->model);
    gint64 n_tokens = fovea_arc_model_count_tokens (self->model);
    guint n = 0;
    for (gint64 i = 0; weights != NULL && i < n_tokens * n_tokens; i++)
        n += weights[i] >= FOVEA_ARCS_LEAST;
    return n;
}
