/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Widths of chips are measured once a token and kept, so drawing costs the visible chips only. The
 * overview is one texture of the strip's width, each pixel the strongest value beneath it, rebuilt
 * when values or width change. */
#include "ui/token-strip-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/late.h"
#include "ui/key-follow.h"
#include "ui/palette.h"
#include "ui/pin.h"
#include "ui/position-entry.h"
#include "ui/strong-cell.h"
#include "ui/token-text.h"

G_DEFINE_FINAL_TYPE (FoveaTokenStrip, fovea_token_strip, GTK_TYPE_WIDGET)

double
fovea_token_strip_chip_width (FoveaTokenStrip *self, gint64 token)
{
    if (self->widths[token] > 0)
        return self->widths[token];
    g_autofree char *text = fovea_token_text (fovea_selection_get_info (self->selection), token);
    int width = fovea_label_width (GTK_WIDGET (self), 13, FOVEA_LABEL_NORMAL, text);
    self->widths[token] = (float) MAX (width + 2 * CHIP_PAD, 18);
    return self->widths[token];
}

void
fovea_token_strip_get_visible (FoveaTokenStrip *self, gint64 *first, gint64 *end)
{
    double x = SIDE, right = gtk_widget_get_width (GTK_WIDGET (self)) - SIDE;
    *first = *end = self->first;
    while (*end < self->n_tokens && x + fovea_token_strip_chip_width (self, *end) <= right) {
        x += fovea_token_strip_chip_width (self, *end) + CHIP_GAP;
        (*end)++;
    }
}

/* The first token with which @last is the last chip that still fits. */
static gint64
first_that_ends_at (FoveaTokenStrip *self, gint64 last)
{
    double room = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * SIDE;
    gint64 first = last + 1;
    while (first > 0 && room >= fovea_token_strip_chip_width (self, first - 1)) {
        first--;
        room -= fovea_token_strip_chip_width (self, first) + CHIP_GAP;
    }
    return MIN (first, last);
}

static void renew (gpointer widget);

/* The last chip ends at the right edge at most: no empty strip. */
static void
scroll_to (FoveaTokenStrip *self, gint64 first)
{
    if (self->n_tokens == 0)
        return;
    gint64 last = first_that_ends_at (self, self->n_tokens - 1);
    self->first = CLAMP (first, 0, last);
    renew (self);
}

/* Nothing moves while the token is in sight already, and as little as it must a step beyond the edge. What was
 * jumped to has its surroundings with it: what it attends to is in front of it, the rest of its word behind. */
static void
reveal (FoveaTokenStrip *self, gint64 token)
{
    gint64 first, end, alone;
    self->reveal_due = gtk_widget_get_width (GTK_WIDGET (self)) == 0;
    if (token < 0 || self->n_tokens == 0 || self->reveal_due)
        return;
    fovea_token_strip_get_visible (self, &first, &end);
    if (token >= first && token < end)
        return;
    alone = first_that_ends_at (self, token);
    if (token < 2 * first - end || token > 2 * end - first)
        scroll_to (self, alone + (token - alone) / 3);
    else
        scroll_to (self, token < first ? token : alone);
}

/* The strip is one object to assistive technology: the selected token. */
static void
update_label (FoveaTokenStrip *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    if (info == NULL)
        return;
    gint64 query = fovea_selection_get_place (self->selection)->query;
    g_autofree char *text = fovea_token_words (info, query);
    g_autofree char *value = fovea_token_paint_describe (self->paint, query, 2);
    g_autofree char *label =
        fovea_selection_has_token (self->selection, query)
            ? g_strdup_printf (_ ("Token %" PRId64 ", %s, coloured %s, chosen"), query, text, value)
            : g_strdup_printf (_ ("Token %" PRId64 ", %s, coloured %s"), query, text, value);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
}

static void
trace_changed (FoveaTokenStrip *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_clear_pointer (&self->widths, g_free);
    self->n_tokens = info != NULL ? info->n_tokens : 0;
    self->widths = g_new0 (float, (gsize) self->n_tokens + 1);
    self->first = 0;
    g_clear_object (&self->overview);
    renew (self);
}

static void
moved (FoveaTokenStrip *self)
{
    reveal (self, fovea_selection_get_place (self->selection)->query);
    update_label (self);
    renew (self);
}

static void
tokens_changed (FoveaTokenStrip *self)
{
    update_label (self);
    renew (self);
}

static void
paint_changed (FoveaTokenStrip *self)
{
    g_clear_object (&self->overview);
    update_label (self);
    renew (self);
}

/* The row that is read for the map is what colours tokens where no view says otherwise. */
static void
cells_changed (FoveaTokenStrip *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    if (info == NULL)
        return;
    g_autofree char *token = fovea_token_quote (info, place->query);
    g_autofree char *query = fovea_number_text (place->query);
    g_autofree char *caption =
        g_strdup_printf (_ ("Tokens, coloured by head %u.%u weight from query %s %s"), place->layer,
                         place->head, query, token);
    if (data != NULL)
        fovea_token_paint_set (self->weights, data->row, data->n_tokens, 1, caption, _ ("weight"));
    else /* not read yet, or not kept at all */
        fovea_token_paint_set (self->weights, NULL, 0, 1, _ ("Tokens"), "");
}

FoveaTokenPaint *
fovea_token_strip_get_paint (FoveaTokenStrip *self)
{
    return self->paint;
}

void
fovea_token_strip_set_paint (FoveaTokenStrip *self, FoveaTokenPaint *paint)
{
    FoveaTokenPaint *shown = paint != NULL ? paint : self->weights;
    if (self->paint == shown)
        return;
    g_signal_handlers_disconnect_by_func (self->paint, paint_changed, self);
    g_set_object (&self->paint, shown);
    g_signal_connect_object (self->paint, "changed", G_CALLBACK (paint_changed), self,
                             G_CONNECT_SWAPPED);
    paint_changed (self);
}

static gboolean
has_room (FoveaTokenStrip *self)
{
    return fovea_selection_get_info (self->selection) != NULL && self->n_tokens > 0 &&
           gtk_widget_get_width (GTK_WIDGET (self)) >= LEAST_WIDTH;
}

static void
make_still (GtkWidget *widget)
{
    FoveaTokenStrip *self = FOVEA_TOKEN_STRIP (widget);
    FoveaPalette palette;
    if (!has_room (self))
        return;
    fovea_palette_load (widget, &palette);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    fovea_token_strip_draw (self, drawn, &palette, gtk_widget_get_width (widget));
    fovea_still_take (&self->still, widget, palette.theme, drawn);
}

/* Another head or query changes nearly every chip: as much to draw as the rest of a step's frame, so it has
 * a turn of its own before that. */
static void
renew (gpointer widget)
{
    fovea_still_ahead (&FOVEA_TOKEN_STRIP (widget)->still, widget, make_still);
    gtk_widget_queue_draw (widget);
}

static void
fovea_token_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaTokenStrip *self = FOVEA_TOKEN_STRIP (widget);
    FoveaPalette palette;
    if (!has_room (self) || !fovea_late_is_due (widget))
        return;
    fovea_palette_load (widget, &palette);
    if (!fovea_still_is_good (&self->still, widget, palette.theme))
        make_still (widget); /* the frame came first, or another width with it */
    fovea_still_draw (&self->still, widget, snapshot);
    fovea_token_strip_draw_hover (self, snapshot, &palette, gtk_widget_get_width (widget));
}

/* Fonts come through the style sheet. */
static void
fovea_token_strip_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS (fovea_token_strip_parent_class)->css_changed (widget, change);
    fovea_still_forget (&FOVEA_TOKEN_STRIP (widget)->still);
}

static void
fovea_token_strip_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 400;
}

static void
fovea_token_strip_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    FoveaTokenStrip *self = FOVEA_TOKEN_STRIP (widget);
    if (self->reveal_due)
        reveal (self, fovea_selection_get_place (self->selection)->query);
}

/* Token of the chip at a point, -1 = none. */
static gint64
chip_at (FoveaTokenStrip *self, double x, double y)
{
    gint64 first, end;
    double left = SIDE;
    if (y < CHIP_Y - 2 || y > CHIP_Y + CHIP_HEIGHT + 2)
        return -1;
    fovea_token_strip_get_visible (self, &first, &end);
    for (gint64 t = first; t < end; t++) {
        double width = fovea_token_strip_chip_width (self, t);
        if (x >= left && x < left + width)
            return t;
        left += width + CHIP_GAP;
    }
    return -1;
}

/* What a click there would select, with Shift or without. */
static void
hover (FoveaTokenStrip *self, GdkModifierType state)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    gint64 token = self->n_tokens > 0 ? chip_at (self, self->pointer_x, self->pointer_y) : -1;
    if (token < 0)
        fovea_selection_hover_nothing (self->selection);
    else if (state & GDK_SHIFT_MASK)
        fovea_selection_hover_cell (self->selection, place->query, token);
    else
        fovea_selection_hover_query (self->selection, token);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaTokenStrip *self)
{
    self->pointer_x = x;
    self->pointer_y = y;
    hover (self, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (motion)));
}

static void
pointer_left (FoveaTokenStrip *self)
{
    self->pointer_x = self->pointer_y = -1;
    fovea_selection_hover_nothing (self->selection);
}

/* The frame's middle goes under the pointer. */
static void
scroll_overview (FoveaTokenStrip *self, double x)
{
    gint64 first, end;
    double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * SIDE;
    fovea_token_strip_get_visible (self, &first, &end);
    scroll_to (self, (gint64) ((x - SIDE) / width * (double) self->n_tokens) - (end - first) / 2);
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaTokenStrip *self)
{
    gtk_widget_grab_focus (GTK_WIDGET (self));
    if (self->n_tokens > 0 && y > OVERVIEW_Y - 4) {
        scroll_overview (self, x);
        return;
    }
    gint64 token = self->n_tokens > 0 ? chip_at (self, x, y) : -1;
    if (token < 0)
        return;
    GdkModifierType state =
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (state & GDK_CONTROL_MASK)
        fovea_selection_choose_token (self->selection, token);
    else if (state & GDK_SHIFT_MASK)
        fovea_selection_select_cell (self->selection, place->query, token);
    else
        fovea_selection_select_cell (self->selection, token, place->key);
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, FoveaTokenStrip *self)
{
    self->dragging = self->n_tokens > 0 && y > OVERVIEW_Y - 4;
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, FoveaTokenStrip *self)
{
    double x, y;
    if (self->dragging && gtk_gesture_drag_get_start_point (drag, &x, &y))
        scroll_overview (self, x + dx);
}

/* Three tokens a notch, eight times as many over the overview; touch pads send fractions, which add up. */
static gboolean
scrolled (GtkEventControllerScroll *scroll, double dx, double dy, FoveaTokenStrip *self)
{
    self->scroll_rest += (self->pointer_y > OVERVIEW_Y - 4 ? 24 : 3) * (dx + dy);
    double whole = trunc (self->scroll_rest);
    self->scroll_rest -= whole;
    scroll_to (self, self->first + (gint64) whole);
    hover (self, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll)));
    return TRUE;
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Its strongest latent"), "strip.open"},
    {N_ ("Choose this token too, or not"), "strip.choose"},
    {N_ ("Make the key the query"), "strip.follow"},
    {N_ ("Go to position…"), "strip.goto"},
    {N_ ("Note on this cell"), "strip.note"},
    {N_ ("Copy value"), "win.copy-value"},
    {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Export this view…"), "win.export"},
};

static GdkRectangle
locate_query (FoveaTokenStrip *self)
{
    gint64 first, end, query = fovea_selection_get_place (self->selection)->query;
    GdkRectangle at = {SIDE, CHIP_Y, 1, CHIP_HEIGHT};
    fovea_token_strip_get_visible (self, &first, &end);
    for (gint64 t = first; t < end && t < query && query < end; t++)
        at.x += (int) (fovea_token_strip_chip_width (self, t) + CHIP_GAP);
    return at;
}

/* Below the query's chip; where that is out of sight, at the left. */
static void
show_menu (FoveaTokenStrip *self)
{
    GdkRectangle at = locate_query (self);
    if (self->menu == NULL)
        self->menu =
            fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_show (self->menu, &at);
}

/* At the query's chip; where that is out of sight, at the left. */
static void
ask_position (FoveaTokenStrip *self)
{
    GdkRectangle at = locate_query (self);
    if (self->position == NULL)
        self->position =
            fovea_position_entry_new (self->selection, GTK_WIDGET (self), GTK_WIDGET (self));
    fovea_position_entry_ask (FOVEA_POSITION_ENTRY (self->position), &at);
}

/* It is of the query, which a click with this button selects as one with the other does. */
static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaTokenStrip *self)
{
    gint64 token = self->n_tokens > 0 ? chip_at (self, x, y) : -1;
    if (token < 0)
        return;
    gtk_widget_grab_focus (GTK_WIDGET (self));
    fovea_selection_select_cell (self->selection, token,
                                 fovea_selection_get_place (self->selection)->key);
    show_menu (self);
}

/* What else than moving the query and the key a key does; FALSE if @name is a move. */
static gboolean
activate_more (FoveaTokenStrip *self, const char *name)
{
    GtkWidget *widget = GTK_WIDGET (self);
    int by = g_str_has_prefix (name, "next-") ? 1 : -1;
    if (g_str_equal (name, "choose"))
        fovea_selection_choose_token (self->selection,
                                      fovea_selection_get_place (self->selection)->query);
    else if (g_str_equal (name, "choose-none"))
        fovea_selection_choose_no_token (self->selection);
    else if (g_str_equal (name, "open"))
        gtk_widget_activate_action (widget, "win.latent-of-token", NULL);
    else if (g_str_equal (name, "menu"))
        show_menu (self);
    else if (g_str_equal (name, "goto"))
        ask_position (self);
    else if (g_str_equal (name, "follow"))
        fovea_key_follow (widget, self->selection);
    else if (g_str_equal (name, "note"))
        gtk_widget_activate_action (widget, "win.note", NULL);
    else if (g_str_equal (name, "pin"))
        fovea_pin_toggle (widget, self->selection);
    else if (g_str_has_suffix (name, "-strong"))
        fovea_strong_cell_go (widget, self->selection, self->cells, by);
    else if (g_str_has_suffix (name, "-head") || g_str_has_suffix (name, "-layer"))
        fovea_selection_step_head (self->selection, g_str_has_suffix (name, "-head") ? by : 0,
                                   g_str_has_suffix (name, "-layer") ? by : 0);
    else
        return FALSE;
    return TRUE;
}

/* Every "strip." key; what does not exist is clamped by the selection. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaTokenStrip *self = FOVEA_TOKEN_STRIP (widget);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const char *name = action + sizeof "strip." - 1;
    gint64 first, end, query = place->query, key = place->key;
    if (self->n_tokens == 0 || activate_more (self, name))
        return;
    fovea_token_strip_get_visible (self, &first, &end);
    gint64 step = g_str_has_prefix (name, "far-") ? MAX (end - first, 1) : 1;
    if (g_str_has_suffix (name, "left") || g_str_has_suffix (name, "right"))
        query += g_str_has_suffix (name, "left") ? -step : step;
    else if (g_str_equal (name, "up") || g_str_equal (name, "down"))
        key += g_str_equal (name, "up") ? -1 : 1;
    else
        query = g_str_equal (name, "first") ? 0 : self->n_tokens - 1;
    fovea_selection_select_cell (self->selection, query, key);
}

static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    FoveaTokenStrip *self = FOVEA_TOKEN_STRIP (widget);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gint64 token = info != NULL && !keyboard ? chip_at (self, x, y) : -1;
    if (info != NULL && y < 2 * FOVEA_STRIP_CAPTION_Y) {
        gtk_tooltip_set_text (tooltip, fovea_token_paint_get_caption (self->paint));
        return TRUE;
    }
    if (token < 0)
        return FALSE;
    g_autofree char *text = fovea_token_quote (info, token);
    g_autofree char *value = fovea_token_paint_describe (self->paint, token, 3);
    g_autofree char *id =
        info->ids != NULL ? g_strdup_printf (_ (", id %d"), info->ids[token]) : g_strdup ("");
    g_autofree char *number = fovea_number_text (token);
    g_autofree char *tip = g_strdup_printf (_ ("Token %s %s%s, %s %s"), number, text, id,
                                            fovea_token_paint_get_quantity (self->paint), value);
    gtk_tooltip_set_text (tooltip, tip);
    return TRUE;
}

static void
fovea_token_strip_dispose (GObject *object)
{
    FoveaTokenStrip *self = FOVEA_TOKEN_STRIP (object);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    g_clear_pointer (&self->position, gtk_widget_unparent);
    g_clear_object (&self->selection);
    g_clear_object (&self->cells);
    g_clear_object (&self->weights);
    g_clear_object (&self->paint);
    g_clear_object (&self->overview);
    g_clear_pointer (&self->widths, g_free);
    fovea_still_clear (&self->still);
    G_OBJECT_CLASS (fovea_token_strip_parent_class)->dispose (object);
}

static void
fovea_token_strip_class_init (FoveaTokenStripClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_token_strip_dispose;
    widget_class->snapshot = fovea_token_strip_snapshot;
    widget_class->css_changed = fovea_token_strip_css_changed;
    widget_class->measure = fovea_token_strip_measure;
    widget_class->size_allocate = fovea_token_strip_size_allocate;
    fovea_commands_bind (widget_class, "strip.", activate);
    gtk_widget_class_set_css_name (widget_class, "tokenstrip");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
add_controllers (FoveaTokenStrip *self)
{
    GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
    GtkEventController *scroll =
        gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    GtkEventController *motion = gtk_event_controller_motion_new ();
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), self);
    g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), self);
    g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), self);
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
    gtk_widget_add_controller (GTK_WIDGET (self), scroll);
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
    fovea_context_menu_bind (GTK_WIDGET (self), G_CALLBACK (menu_pressed), self);
}

static void
fovea_token_strip_init (FoveaTokenStrip *self)
{
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
    gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Tokens"), -1);
    fovea_late_init (GTK_WIDGET (self), 1, renew);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
    add_controllers (self);
}

GtkWidget *
fovea_token_strip_new (FoveaSelection *selection, FoveaCellModel *cells)
{
    FoveaTokenStrip *self = g_object_new (FOVEA_TYPE_TOKEN_STRIP, NULL);
    self->selection = g_object_ref (selection);
    self->cells = g_object_ref (cells);
    self->weights = fovea_token_paint_new (FOVEA_PAINT_WEIGHT);
    self->paint = g_object_ref (self->weights);
    g_signal_connect_object (self->paint, "changed", G_CALLBACK (paint_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (cells, "changed", G_CALLBACK (cells_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "tokens-changed", G_CALLBACK (tokens_changed), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}
