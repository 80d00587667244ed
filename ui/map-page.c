/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The toolbar holds no state: its lists follow selection and canvas, and set them. Head names are a
 * string list made once a trace. */
#include "ui/map-page.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ui/arc-area.h"
#include "ui/choice.h"
#include "ui/column-profile.h"
#include "ui/head-failure.h"
#include "ui/map-colors.h"
#include "ui/position-entry.h"
#include "ui/map-rail.h"
#include "ui/row-table.h"
#include "ui/scaled.h"
#include "ui/still-label.h"
#include "ui/token-text.h"
#include "ui/toolbar.h"
#include "ui/tip.h"

struct _FoveaMapPage {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaViewport *viewport;
    FoveaMapCanvas *canvas;
    FoveaSparseModel *sparse;
    GtkDropDown *heads, *colors, *overlays, *blocks, *margins;
    GtkWidget *zoom;
    GtkWidget *profile, *column, *rail, *picture, *table, *show_table, *arcs, *show_arcs;
    FoveaFailureBar *failure;
    GtkWidget *position; /* FoveaPositionEntry */
    gboolean following;  /* lists are being set, not chosen */
    gboolean using_mask;
    gint64 n_layers, n_heads;               /* that the list of heads names */
    guint heads_idle;                       /* what fills that list, 0 = filled */
    guint masks[FOVEA_MAX_CHOSEN], n_masks; /* methods that the list of masks names */
    guint zoom_idle, room_tick;             /* what tells the zoom, 0 = told */
    gboolean room_seen;                     /* a frame has gone by since the toolbar changed */
};

G_DEFINE_FINAL_TYPE (FoveaMapPage, fovea_map_page, GTK_TYPE_BOX)

/* The list shows what is selected, however it was selected. */
static void
follow_selection (FoveaMapPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (info == NULL || self->heads_idle != 0)
        return;
    self->following = TRUE;
    gtk_drop_down_set_selected (self->heads,
                                place->layer * (guint) info->architecture->n_heads + place->head);
    self->following = FALSE;
}

/* Setting the model selects its first row, which must not move the selection. */
static void
fill_heads (FoveaMapPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
    self->n_layers = info != NULL ? info->architecture->n_layers : 0;
    self->n_heads = info != NULL ? info->architecture->n_heads : 0;
    for (gint64 l = 0; l < self->n_layers; l++) {
        for (gint64 h = 0; h < self->n_heads; h++)
            gtk_string_list_take (names, g_strdup_printf (_ ("Head %" PRId64 ".%" PRId64), l, h));
    }
    self->following = TRUE;
    gtk_drop_down_set_model (self->heads, G_LIST_MODEL (names));
    self->following = FALSE;
    follow_selection (self);
}

static gboolean
fill_heads_idly (gpointer data)
{
    FoveaMapPage *self = data;
    self->heads_idle = 0;
    fill_heads (self);
    return G_SOURCE_REMOVE;
}

/* In a turn before the frame that shows it, at the latest: alone, for what has one priority shares a turn. */
static void
fill_heads_ahead (FoveaMapPage *self)
{
    if (self->heads_idle == 0)
        return;
    g_clear_handle_id (&self->heads_idle, g_source_remove);
    self->heads_idle = g_idle_add_full (GDK_PRIORITY_REDRAW - 3, fill_heads_idly, self, NULL);
}

/* A list makes up to two hundred rows at once, some milliseconds: in a turn of its own, for much else
 * follows a new trace, and only for another shape. */
static void
trace_changed (FoveaMapPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gboolean same = info != NULL && info->architecture->n_layers == self->n_layers &&
                    info->architecture->n_heads == self->n_heads;
    if (same)
        follow_selection (self);
    else if (self->heads_idle == 0)
        self->heads_idle = g_idle_add_full (G_PRIORITY_LOW, fill_heads_idly, self, NULL);
    if (gtk_widget_get_mapped (GTK_WIDGET (self)))
        fill_heads_ahead (self);
}

/* Only a choice by hand arrives here. */
static void
head_chosen (FoveaMapPage *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    guint index = gtk_drop_down_get_selected (self->heads);
    if (self->following || info == NULL || index == GTK_INVALID_LIST_POSITION)
        return;
    guint n_heads = (guint) info->architecture->n_heads;
    fovea_selection_select_head (self->selection, index / n_heads, index % n_heads);
}

static gboolean
show_zoom (gpointer data)
{
    FoveaMapPage *self = data;
    self->zoom_idle = 0;
    double scale =
        fovea_viewport_get_scale (self->viewport) / gtk_widget_get_scale_factor (GTK_WIDGET (self));
    gboolean large = scale >= 1;
    int digits = !large || fabs (scale - round (scale)) > 0.05;
    g_autofree char *text = large ? g_strdup_printf (_ ("%.*f px per token"), digits, scale)
                                  : g_strdup_printf (_ ("%.*f tokens per px"), digits, 1 / scale);
    g_autofree char *ratio = large ? g_strdup_printf ("%.*f : 1", digits, scale)
                                   : g_strdup_printf ("1 : %.*f", digits, 1 / scale);
    fovea_still_label_set_fitting (self->zoom, (const char *[]){text, ratio, NULL});
    return G_SOURCE_REMOVE;
}

/* Later, because the viewport also changes while widgets are being allocated. */
static void
viewport_changed (FoveaMapPage *self)
{
    if (self->zoom_idle == 0)
        self->zoom_idle = g_idle_add (show_zoom, self);
}

/* A list that shows something else leaves more or less room for the zoom, known after the next frame. */
static gboolean
tell_zoom_later (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    FoveaMapPage *self = FOVEA_MAP_PAGE (widget);
    if (!self->room_seen) {
        self->room_seen = TRUE;
        return G_SOURCE_CONTINUE;
    }
    self->room_tick = 0;
    viewport_changed (self);
    return G_SOURCE_REMOVE;
}

static void
room_changed (FoveaMapPage *self)
{
    self->room_seen = FALSE;
    if (self->room_tick == 0)
        self->room_tick =
            gtk_widget_add_tick_callback (GTK_WIDGET (self), tell_zoom_later, NULL, NULL);
}

/* Chosen methods that have a curve of what is shown, in the order of the list. */
static guint
list_masks (FoveaMapPage *self, guint *methods)
{
    guint chosen[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->sparse, chosen),
                                    m = 0;
    for (guint i = 0; i < n; i++)
        if (fovea_sparse_model_get_curve (self->sparse, chosen[i]) != NULL)
            methods[m++] = chosen[i];
    return m;
}

/* The row of the list that is true: none, or the method of the selected point. */
static void
follow_overlay (FoveaMapPage *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = list_masks (self, methods), method, row = 0;
    gboolean overlay;
    g_object_get (self->canvas, "overlay", &overlay, NULL);
    if (overlay && fovea_sparse_model_get_point (self->sparse, &method, NULL) != NULL)
        for (guint i = 0; i < n; i++)
            if (methods[i] == method)
                row = i + 1;
    if (overlay != self->using_mask)
        fovea_sparse_model_use (self->sparse, overlay);
    self->using_mask = overlay;
    g_autofree char *knob = fovea_sparse_model_describe_mask_knob (self->sparse);
    fovea_map_rail_set_knob (FOVEA_MAP_RAIL (self->rail), knob);
    self->following = TRUE;
    gtk_drop_down_set_selected (self->overlays, row);
    self->following = FALSE;
}

/* The curves of another head are of the same methods, and rows of a list take a while. */
static gboolean
keep_masks (FoveaMapPage *self, const guint *methods, guint n)
{
    gboolean same = n == self->n_masks && memcmp (methods, self->masks, n * sizeof *methods) == 0;
    memcpy (self->masks, methods, n * sizeof *methods);
    self->n_masks = n;
    return same;
}

static void
fill_overlays (FoveaMapPage *self)
{
    guint methods[FOVEA_MAX_CHOSEN] = {0}, n = list_masks (self, methods);
    if (keep_masks (self, methods, n)) {
        follow_overlay (self);
        return;
    }
    g_autoptr (GtkStringList) names =
        gtk_string_list_new ((const char *[]){_ ("Mask: none"), NULL});
    for (guint i = 0; i < n; i++)
        gtk_string_list_take (
            names, g_strdup_printf (_ ("Mask: %s"), fovea_sparse_method_list ()[methods[i]]->name));
    self->following = TRUE;
    gtk_drop_down_set_model (self->overlays, G_LIST_MODEL (names));
    self->following = FALSE;
    fovea_tip_set (GTK_WIDGET (self->overlays),
                   n > 0 ? _ ("Mask of a sparse method (O)")
                         : _ ("Masks come with curves: measure some in the Sparsity view"));
    follow_overlay (self);
}

/* By hand only: another method's mask at about the density of the one before. */
static void
overlay_chosen (FoveaMapPage *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = list_masks (self, methods);
    guint row = gtk_drop_down_get_selected (self->overlays);
    if (self->following || row == GTK_INVALID_LIST_POSITION)
        return;
    if (row > 0 && row <= n)
        fovea_sparse_model_select_near (self->sparse, methods[row - 1]);
    g_object_set (self->canvas, "overlay", row > 0, NULL);
}

/* Hiding the profiles gives their room to the map. */
static void
margins_chosen (FoveaMapPage *self)
{
    gtk_widget_set_visible (self->profile, gtk_drop_down_get_selected (self->margins) == 0);
    gtk_widget_set_visible (self->column, gtk_widget_get_visible (self->profile));
}

/* The map or the arcs, or the table of one of them; the profile stays, since it is the row. */
static void
show_one (FoveaMapPage *self)
{
    gboolean table = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_table));
    gboolean arcs = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_arcs));
    gtk_widget_set_visible (self->picture, !table && !arcs);
    gtk_widget_set_visible (self->table, table && !arcs);
    gtk_widget_set_visible (self->arcs, arcs);
    fovea_arc_area_show_table (FOVEA_ARC_AREA (self->arcs), table);
    fovea_profile_set_alone (FOVEA_PROFILE (fovea_scaled_get_child (FOVEA_SCALED (self->profile))),
                             table || arcs);
    if (arcs)
        fovea_arc_area_focus (FOVEA_ARC_AREA (self->arcs));
    else
        gtk_widget_child_focus (table ? self->table : self->picture, GTK_DIR_TAB_FORWARD);
}

/* Who asks for lines means to see some. */
static void
arcs_toggled (FoveaMapPage *self)
{
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_arcs)))
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->show_table), FALSE);
    show_one (self);
}

/* A longer text has no arcs, and its map comes back. */
static void
offer_arcs (FoveaMapPage *self)
{
    gboolean can = fovea_arc_model_can_show (self->selection);
    gtk_widget_set_visible (self->show_arcs, can);
    if (!can)
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->show_arcs), FALSE);
}

/* What was drawn of the map stays, so the line says how old it is. */
static void
tiles_failed (FoveaMapPage *self, const char *message)
{
    g_autofree char *line = g_strconcat (message,
                                         fovea_map_canvas_has_picture (self->canvas)
                                             ? _ (" · The map is from before the failure.")
                                             : "",
                                         NULL);
    fovea_head_failure_show (self->failure, line);
}

/* Drawing asks for the missing tiles again; the rest has to be told. */
static void
retry (FoveaMapPage *self)
{
    fovea_score_range_retry (fovea_map_canvas_get_range (self->canvas));
    fovea_arc_area_retry (FOVEA_ARC_AREA (self->arcs));
    if (self->using_mask)
        fovea_sparse_model_retry (self->sparse);
    gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

/* Another view may have asked for a mask that is not shown here. */
static void
mask_failed (FoveaMapPage *self, const char *message)
{
    if (self->using_mask)
        fovea_head_failure_show (self->failure, message);
}

/* The action lives on the canvas; buttons outside of it call it by name. */
static void
activate_on_canvas (GtkButton *button, FoveaMapPage *self)
{
    gtk_widget_activate_action (GTK_WIDGET (self->canvas),
                                gtk_widget_get_name (GTK_WIDGET (button)), NULL);
}

/* The widget's name carries the action, because the action is the canvas's own. */
static GtkWidget *
add_button (
    FoveaMapPage *self, GtkWidget *bar, const char *icon, const char *action, const char *tip)
{
    GtkWidget *button = gtk_button_new_from_icon_name (icon);
    gtk_widget_set_name (button, action);
    fovea_tip_set (button, tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip,
                                    -1);
    g_signal_connect (button, "clicked", G_CALLBACK (activate_on_canvas), self);
    gtk_box_append (GTK_BOX (bar), button);
    return button;
}

static GtkDropDown *
add_list (GtkWidget *bar, const char *const *choices, const char *label)
{
    GtkDropDown *list = fovea_choice_new (choices, label);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (list));
    return list;
}

static GtkWidget *
build_toolbar (FoveaMapPage *self)
{
    GtkWidget *bar = fovea_toolbar_new ();
    self->heads = add_list (bar, (const char *[]){"Head 0.0", NULL}, _ ("Head"));
    g_signal_connect_object (self->heads, "notify::selected", G_CALLBACK (head_chosen), self,
                             G_CONNECT_SWAPPED);
    add_button (self, bar, "go-previous-symbolic", "map.previous-head", _ ("Previous head ( [ )"));
    add_button (self, bar, "go-next-symbolic", "map.next-head", _ ("Next head ( ] )"));
    self->colors = fovea_map_colors_new (self->canvas, self->selection);
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->colors));
    self->overlays = add_list (bar, (const char *[]){_ ("Mask: none"), NULL}, _ ("Mask (O)"));
    gtk_widget_set_visible (GTK_WIDGET (self->overlays), FALSE);
    self->blocks = add_list (bar, (const char *[]){_ ("Block: mean"), _ ("Block: largest"), NULL},
                             _ ("Blocks (B)"));
    self->margins = add_list (
        bar, (const char *[]){_ ("Margins: profiles"), _ ("Margins: none"), NULL}, _ ("Margins"));
    g_signal_connect_object (self->margins, "notify::selected", G_CALLBACK (margins_chosen), self,
                             G_CONNECT_SWAPPED);
    /* Takes what the lists leave, and no room of its own. */
    self->zoom = fovea_still_label_new ("quiet", 1);
    g_object_set (self->zoom, "min-chars", 0, "nat-chars", 0, "xalign", 1.0f, "valign",
                  GTK_ALIGN_CENTER, NULL);
    gtk_box_append (GTK_BOX (bar), self->zoom);
    self->show_table = gtk_toggle_button_new ();
    gtk_button_set_icon_name (GTK_BUTTON (self->show_table), "fovea-table-symbolic");
    fovea_tip_set (self->show_table, _ ("Show as table (Ctrl+Shift+T)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->show_table),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show as table"), -1);
    g_signal_connect_object (self->show_table, "toggled", G_CALLBACK (show_one), self,
                             G_CONNECT_SWAPPED);
    add_button (self, bar, "list-remove-symbolic", "map.zoom-out", _ ("Zoom out ( − )"));
    add_button (self, bar, "list-add-symbolic", "map.zoom-in", _ ("Zoom in ( + )"));
    add_button (self, bar, "view-fullscreen-symbolic", "map.fit", _ ("Whole map (F)"));
    self->show_arcs = gtk_toggle_button_new_with_label (_ ("Arcs"));
    gtk_widget_set_visible (self->show_arcs, FALSE);
    fovea_tip_set (self->show_arcs, _ ("Lines from each query to its keys (Ctrl+Shift+A)"));
    g_signal_connect_object (self->show_arcs, "toggled", G_CALLBACK (arcs_toggled), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (bar), self->show_arcs);
    gtk_box_append (GTK_BOX (bar), self->show_table);
    return bar;
}

static void
build_failure (FoveaMapPage *self)
{
    self->failure = FOVEA_FAILURE_BAR (fovea_head_failure_new (self->selection));
    g_signal_connect_object (self->failure, "retry", G_CALLBACK (retry), self, G_CONNECT_SWAPPED);
}

static void
ask_position (FoveaMapPage *self)
{
    fovea_position_entry_ask (FOVEA_POSITION_ENTRY (self->position), NULL);
}

/* It hangs at the head list, near the map's origin. */
static void
build_position (FoveaMapPage *self)
{
    self->position = fovea_position_entry_new (self->selection, GTK_WIDGET (self->heads),
                                               GTK_WIDGET (self->canvas));
    g_signal_connect_object (self->canvas, "goto", G_CALLBACK (ask_position), self,
                             G_CONNECT_SWAPPED);
}

static void
fovea_map_page_dispose (GObject *object)
{
    FoveaMapPage *self = FOVEA_MAP_PAGE (object);
    g_clear_handle_id (&self->heads_idle, g_source_remove);
    g_clear_handle_id (&self->zoom_idle, g_source_remove);
    g_clear_pointer (&self->position, gtk_widget_unparent);
    g_clear_object (&self->selection);
    g_clear_object (&self->viewport);
    g_clear_object (&self->sparse);
    G_OBJECT_CLASS (fovea_map_page_parent_class)->dispose (object);
}

static void
fovea_map_page_class_init (FoveaMapPageClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_map_page_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "mappage");
}

static void
fovea_map_page_init (FoveaMapPage *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->viewport = fovea_viewport_new ();
    self->n_masks = G_MAXUINT; /* none were listed yet, not even none */
}

static void
connect_all (FoveaMapPage *self, FoveaCellModel *cells)
{
    const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
    g_object_bind_property (self->canvas, "block", self->blocks, "selected", both);
    GtkDropDown *lists[] = {self->heads, self->colors, self->overlays, self->blocks, self->margins};
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        g_signal_connect_object (lists[i], "notify::selected", G_CALLBACK (room_changed), self,
                                 G_CONNECT_SWAPPED);
    g_signal_connect_object (self->show_arcs, "notify::visible", G_CALLBACK (room_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (fill_heads_ahead), NULL);
    g_signal_connect_object (self->selection, "trace-changed", G_CALLBACK (offer_arcs), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->arcs, "failed", G_CALLBACK (fovea_head_failure_show),
                             self->failure, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "moved", G_CALLBACK (follow_selection), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->viewport, "changed", G_CALLBACK (viewport_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_map_canvas_get_tiles (self->canvas), "failed",
                             G_CALLBACK (tiles_failed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_map_canvas_get_range (self->canvas), "failed",
                             G_CALLBACK (fovea_head_failure_show), self->failure,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (cells, "failed", G_CALLBACK (fovea_head_failure_show), self->failure,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->failure, "retry", G_CALLBACK (fovea_cell_model_retry), cells,
                             G_CONNECT_SWAPPED);
}

/* A profile with the keys of the map. */
static GtkWidget *
add_keys (FoveaMapPage *self, GtkWidget *profile)
{
    fovea_profile_set_canvas (FOVEA_PROFILE (profile), GTK_WIDGET (self->canvas));
    return fovea_scaled_new (profile);
}

GtkWidget *
fovea_map_page_new (FoveaSelection *selection, FoveaCellModel *cells)
{
    FoveaMapPage *self = g_object_new (FOVEA_TYPE_MAP_PAGE, NULL);
    self->selection = g_object_ref (selection);
    self->canvas = FOVEA_MAP_CANVAS (fovea_map_canvas_new (selection, cells, self->viewport));
    self->rail = fovea_map_rail_new (self->canvas, cells, self->viewport);
    self->profile = add_keys (self, fovea_row_profile_new (selection, cells, self->viewport));
    self->column = add_keys (self, fovea_column_profile_new (selection, cells, self->viewport));
    GtkWidget *row = self->picture = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    self->table = fovea_row_table_new (selection, cells);
    gtk_widget_set_visible (self->table, FALSE);
    self->arcs = fovea_arc_area_new (selection, cells);
    gtk_widget_set_visible (self->arcs, FALSE);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->canvas));
    gtk_box_append (GTK_BOX (row), self->column);
    gtk_box_append (GTK_BOX (row), fovea_scaled_new (self->rail));
    build_failure (self);
    gtk_box_append (GTK_BOX (self), build_toolbar (self));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->failure));
    gtk_box_append (GTK_BOX (self), row);
    gtk_box_append (GTK_BOX (self), self->table);
    gtk_box_append (GTK_BOX (self), self->arcs);
    gtk_box_append (GTK_BOX (self), self->profile);
    build_position (self);
    connect_all (self, cells);
    return GTK_WIDGET (self);
}

void
fovea_map_page_set_sparse (FoveaMapPage *self, FoveaSparseModel *sparse)
{
    self->sparse = g_object_ref (sparse);
    fovea_map_canvas_set_sparse (self->canvas, sparse);
    gtk_widget_set_visible (GTK_WIDGET (self->overlays), TRUE);
    g_signal_connect_object (self->overlays, "notify::selected", G_CALLBACK (overlay_chosen), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->canvas, "notify::overlay", G_CALLBACK (follow_overlay), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (sparse, "changed", G_CALLBACK (fill_overlays), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (sparse, "point-changed", G_CALLBACK (follow_overlay), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (sparse, "failed", G_CALLBACK (mask_failed), self, G_CONNECT_SWAPPED);
    fill_overlays (self);
}

FoveaMapCanvas *
fovea_map_page_get_canvas (FoveaMapPage *self)
{
    return self->canvas;
}

FoveaViewport *
fovea_map_page_get_viewport (FoveaMapPage *self)
{
    return self->viewport;
}

void
fovea_map_page_toggle_table (FoveaMapPage *self)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->show_table);
    gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

void
fovea_map_page_toggle_arcs (FoveaMapPage *self)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->show_arcs);
    if (fovea_arc_model_can_show (self->selection))
        gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

gboolean
fovea_map_page_shows_arcs (FoveaMapPage *self)
{
    return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->show_arcs));
}

void
fovea_map_page_keep (FoveaMapPage *self, FoveaKept *kept, FoveaKept *of_text)
{
    fovea_kept_add (kept, "map-color", self->canvas, "color-scale");
    fovea_kept_add (kept, "map-block", self->blocks, "selected");
    fovea_kept_add (kept, "map-margins", self->margins, "selected");
    fovea_kept_add (kept, "map-table", self->show_table, "active");
    fovea_kept_add (of_text, "map-arcs", self->show_arcs, "active");
    fovea_kept_add (of_text, "map-mask", self->canvas, "overlay");
    fovea_viewport_keep (self->viewport, of_text);
}
