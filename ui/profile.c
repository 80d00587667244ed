/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Weights come with the cell; nothing is read here. */
#include "ui/profile.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/figures/color-map.h"
#include "ui/scaled.h"
#include "ui/strong-cell.h"
#include "ui/whole.h"

#define LEAST_LENGTH 50 /* less shows nothing */

typedef struct {
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaViewport *viewport;
    gboolean alone;    /* its map is out of sight */
    GtkWidget *canvas; /* weak; the map that does what keys say */
    GtkWidget *menu;   /* context menu, a popover */
} FoveaProfilePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FoveaProfile, fovea_profile, GTK_TYPE_WIDGET)

double
fovea_profile_get_share (const float *weights, gint64 n, gint64 from, gint64 to)
{
    double largest = 0, floor = fovea_color_map_floor (n);
    for (gint64 i = from; i < MIN (to, n); i++)
        largest = MAX (largest, weights[i]);
    return largest > floor ? 1 - log10 (largest) / log10 (floor) : 0;
}

/* As long as the map where all of it is in sight: each bar is then below its column or beside its row. */
static double
get_length (FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    const FoveaProfileClass *klass = FOVEA_PROFILE_GET_CLASS (self);
    FoveaViewport *viewport = own->viewport;
    GtkWidget *widget = GTK_WIDGET (self);
    int along = klass->column ? gtk_widget_get_height (widget) : gtk_widget_get_width (widget);
    double length = along - klass->before - klass->after;
    if (own->alone || !fovea_viewport_is_fit (viewport))
        return length;
    double map =
        fovea_viewport_get_scale (viewport) * (double) fovea_viewport_get_tokens (viewport);
    return MIN (length, map / gtk_widget_get_scale_factor (widget) / fovea_text_scale (widget));
}

static void
fovea_profile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaProfile *self = FOVEA_PROFILE (widget);
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    const FoveaCellData *data = fovea_cell_model_get_data (own->cells);
    double length = get_length (self);
    FoveaPalette palette;
    if (data == NULL || length < LEAST_LENGTH)
        return;
    fovea_palette_load (widget, &palette);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    FOVEA_PROFILE_GET_CLASS (self)->draw (self, drawn, &palette, data, length);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
}

static void
fovea_profile_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
    const FoveaProfileClass *klass = FOVEA_PROFILE_GET_CLASS (widget);
    gboolean across = (orientation == GTK_ORIENTATION_HORIZONTAL) == klass->column;
    *minimum = *natural = across ? klass->size : klass->column ? 120 : 240;
}

/* -1 beside the bars. */
static gint64
token_at (FoveaProfile *self, double x, double y)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    const FoveaProfileClass *klass = FOVEA_PROFILE_GET_CLASS (self);
    const FoveaTraceInfo *info = fovea_selection_get_info (own->selection);
    double length = get_length (self), at = (klass->column ? y : x) - klass->before;
    return info != NULL && at >= 0 && at < length ? (gint64) (at / length * (double) info->n_tokens)
                                                  : -1;
}

/* The other token of the cell stays. */
static void
find_cell (FoveaProfile *self, gint64 token, gint64 *query, gint64 *key)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    const FoveaPlace *place = fovea_selection_get_place (own->selection);
    gboolean column = FOVEA_PROFILE_GET_CLASS (self)->column;
    *query = column ? token : place->query;
    *key = column ? place->key : token;
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    gint64 token = token_at (self, x, y), query, key;
    gtk_widget_grab_focus (GTK_WIDGET (self));
    find_cell (self, token, &query, &key);
    if (token >= 0)
        fovea_selection_select_cell (own->selection, query, key);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    gint64 query, key;
    find_cell (self, token_at (self, x, y), &query, &key);
    fovea_selection_hover_cell (own->selection, query, key);
}

static void
pointer_left (FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    fovea_selection_hover_nothing (own->selection);
}

static const FoveaMenuRow menu_rows[] = {
    {N_ ("Next strong cell"), "map.next-strong"}, {N_ ("Make the key the query"), "map.follow"},
    {N_ ("Go to position…"), "map.goto"},         {N_ ("Note on this cell"), "map.note"},
    {N_ ("Copy value"), "win.copy-value"},        {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},    {N_ ("Export this view…"), "win.export"},
};

/* At the selected token. */
static void
show_menu (FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    const FoveaProfileClass *klass = FOVEA_PROFILE_GET_CLASS (self);
    const FoveaPlace *place = fovea_selection_get_place (own->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (own->selection);
    double n = info != NULL ? (double) info->n_tokens : 1;
    gint64 token = klass->column ? place->query : place->key;
    int at = (int) (klass->before + get_length (self) * ((double) token + 0.5) / n);
    int across = (int) (FOVEA_PROFILE_BARS / 2.0);
    if (own->menu == NULL)
        own->menu = fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_context_menu_show (
        own->menu, &(GdkRectangle){klass->column ? across : at, klass->column ? at : across, 1, 1});
}

/* The second button selects as the first one does. */
static void
menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FoveaProfile *self)
{
    pressed (gesture, n_press, x, y, self);
    show_menu (self);
}

/* Keys are those of the map, which shows the same cell; what is strong is looked for along the bars. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaProfile *self = FOVEA_PROFILE (widget);
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    if (g_str_equal (action, "map.menu"))
        show_menu (self);
    else if (FOVEA_PROFILE_GET_CLASS (self)->column && g_str_has_suffix (action, "-strong"))
        fovea_strong_cell_go_down (widget, own->selection, own->cells,
                                   g_str_equal (action, "map.next-strong") ? 1 : -1);
    else if (own->canvas != NULL)
        gtk_widget_activate_action (own->canvas, action, NULL);
}

static void
cells_changed (FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    const FoveaCellData *data = fovea_cell_model_get_data (own->cells);
    if (data != NULL) {
        g_autofree char *label = FOVEA_PROFILE_GET_CLASS (self)->describe (data);
        gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                        -1);
    }
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_profile_dispose (GObject *object)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (FOVEA_PROFILE (object));
    g_clear_pointer (&own->menu, gtk_widget_unparent);
    g_clear_weak_pointer (&own->canvas);
    g_clear_object (&own->selection);
    g_clear_object (&own->cells);
    g_clear_object (&own->viewport);
    G_OBJECT_CLASS (fovea_profile_parent_class)->dispose (object);
}

static void
fovea_profile_class_init (FoveaProfileClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_profile_dispose;
    widget_class->snapshot = fovea_profile_snapshot;
    widget_class->measure = fovea_profile_measure;
    fovea_commands_bind (widget_class, "map.", activate);
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fovea_profile_init (FoveaProfile *self)
{
    GtkGesture *click = gtk_gesture_click_new ();
    GtkEventController *motion = gtk_event_controller_motion_new ();
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
    g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    gtk_widget_add_controller (GTK_WIDGET (self), motion);
    fovea_context_menu_bind (GTK_WIDGET (self), G_CALLBACK (menu_pressed), self);
}

void
fovea_profile_set (FoveaProfile *self,
                   FoveaSelection *selection,
                   FoveaCellModel *cells,
                   FoveaViewport *viewport)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    own->selection = g_object_ref (selection);
    own->cells = g_object_ref (cells);
    own->viewport = g_object_ref (viewport);
    g_signal_connect_object (cells, "changed", G_CALLBACK (cells_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (viewport, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
}

void
fovea_profile_set_alone (FoveaProfile *self, gboolean alone)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    own->alone = alone;
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
fovea_profile_set_canvas (FoveaProfile *self, GtkWidget *canvas)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    g_set_weak_pointer (&own->canvas, canvas);
}

FoveaSelection *
fovea_profile_get_selection (FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    return own->selection;
}

FoveaViewport *
fovea_profile_get_viewport (FoveaProfile *self)
{
    FoveaProfilePrivate *own = fovea_profile_get_instance_private (self);
    return own->viewport;
}
