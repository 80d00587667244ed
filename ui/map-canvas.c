/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Drawing order: ground, tiles or what stands in for them, boxes, labels, card. */
#include "ui/map-canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/commands.h"
#include "ui/context-menu.h"
#include "ui/drawn.h"
#include "ui/mask-overlay.h"
#include "ui/scaled.h"
#include "ui/sentences.h"
#include "ui/texture.h"
#include "ui/whole.h"
#include "ui/trace-source.h"

/* The stand-in for the selected cell: takes the focus and the sentence, draws only a focus ring. */
#define FOVEA_TYPE_CELL_PROXY (fovea_cell_proxy_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCellProxy, fovea_cell_proxy, FOVEA, CELL_PROXY, GtkWidget)

struct _FoveaCellProxy {
    GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaCellProxy, fovea_cell_proxy, GTK_TYPE_WIDGET)

static void
fovea_cell_proxy_class_init (FoveaCellProxyClass *klass)
{
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cellproxy");
    gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GRID);
}

static void
fovea_cell_proxy_init (FoveaCellProxy *self)
{
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
    gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

G_DEFINE_FINAL_TYPE (FoveaMapCanvas, fovea_map_canvas, GTK_TYPE_WIDGET)

enum {
    PROP_0,
    PROP_COLOR_SCALE,
    PROP_BLOCK,
    PROP_OVERLAY,
    PROP_WAITING,
    N_PROPS,
};
static GParamSpec *props[N_PROPS];

/* Tiles and viewport count device pixels, everything else widget pixels. */
static int
device_scale (FoveaMapCanvas *self)
{
    return gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

void
fovea_map_canvas_locate (
    FoveaMapCanvas *self, gint64 token, gboolean vertical, double *first, double *length)
{
    int scale = device_scale (self);
    fovea_viewport_locate (self->viewport, token, vertical, first, length);
    *first = *first / scale + (vertical ? self->top : self->left);
    *length /= scale;
}

void
fovea_map_canvas_get_spec (FoveaMapCanvas *self, FoveaTileSpec *spec)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    FoveaPalette palette;
    FoveaColorScale scale = fovea_map_canvas_get_color_scale (self);
    fovea_palette_load (GTK_WIDGET (self), &palette);
    *spec = (FoveaTileSpec){
        .layer = place->layer,
        .head = place->head,
        .block = self->block,
        .color = scale,
        .floor = fovea_color_map_floor (MAX (fovea_viewport_get_tokens (self->viewport), 1)),
        .theme = palette.theme,
    };
    if (scale == FOVEA_COLOR_DIFFERENCE) {
        spec->color = FOVEA_COLOR_SCORE; /* colours that diverge from zero */
        spec->difference = TRUE;
        spec->floor = fovea_color_map_difference_limit (fovea_viewport_get_tokens (self->viewport));
    }
    if (scale == FOVEA_COLOR_SCORE)
        spec->floor = fovea_score_range_get (self->range);
    /* While a mask is being made the weights stay: never a blank. */
    spec->overlay = self->overlay && self->sparse != NULL &&
                    fovea_sparse_model_get_overlay (self->sparse) != NULL;
}

gboolean
fovea_map_canvas_can_color (FoveaMapCanvas *self, FoveaColorScale scale)
{
    FoveaTraceSource *source = fovea_selection_get_source (self->selection);
    if (scale == FOVEA_COLOR_SCORE && source != NULL)
        return fovea_attention_has_scores (fovea_trace_source_get_trace (source),
                                           fovea_selection_get_place (self->selection)->layer);
    return scale != FOVEA_COLOR_DIFFERENCE || fovea_selection_can_differ (self->selection);
}

FoveaColorScale
fovea_map_canvas_get_color_scale (FoveaMapCanvas *self)
{
    return fovea_map_canvas_can_color (self, self->color_scale) ? self->color_scale
                                                                : FOVEA_COLOR_LOG;
}

void
fovea_map_canvas_zoom_to_cell (FoveaMapCanvas *self, double scale)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    fovea_viewport_zoom_to (self->viewport, scale, (double) place->query, (double) place->key);
}

FoveaScoreRange *
fovea_map_canvas_get_range (FoveaMapCanvas *self)
{
    return self->range;
}

FoveaTileCache *
fovea_map_canvas_get_tiles (FoveaMapCanvas *self)
{
    return self->tiles;
}

/* Where a place is drawn, in widget pixels. */
typedef struct {
    double x, y, width, height; /* its cell */
    double row_end, column_top; /* row and column as far as there are pairs */
    double right, bottom;       /* ends of the map */
    gboolean lines;             /* rows are too narrow for a frame of their own */
} Spot;

static Spot
find_spot (FoveaMapCanvas *self, const FoveaPlace *place)
{
    Spot spot;
    double length;
    gint64 last = fovea_viewport_get_tokens (self->viewport) - 1;
    fovea_map_canvas_locate (self, place->key, FALSE, &spot.x, &spot.width);
    fovea_map_canvas_locate (self, place->query, TRUE, &spot.y, &spot.height);
    fovea_map_canvas_locate (self, last, FALSE, &spot.right, &length);
    spot.right += length;
    fovea_map_canvas_locate (self, last, TRUE, &spot.bottom, &length);
    spot.bottom += length;
    /* Cells are whole pixels, so that one may be wide enough beside one that is not. */
    spot.lines = fovea_viewport_get_scale (self->viewport) <
                 6 * gtk_widget_get_scale_factor (GTK_WIDGET (self));
    spot.row_end = spot.right;
    spot.column_top = self->top - 2;
    if (!fovea_map_canvas_is_causal (self))
        return spot;
    double end, top;
    fovea_map_canvas_locate (self, place->query, FALSE, &end, &length);
    spot.row_end = MIN (end + (spot.lines ? 0 : length), spot.row_end);
    fovea_map_canvas_locate (self, place->key, TRUE, &top, &length);
    spot.column_top = MAX (top, spot.column_top);
    return spot;
}

/* Thin lines through the cell; they end at the diagonal, clear of what stands in the empty triangle. */
static void
draw_lines (FoveaMapCanvas *self, GtkSnapshot *snapshot, const Spot *spot, const GdkRGBA *ink)
{
    double left = self->left - 2;
    fovea_fill_draw (snapshot, left, spot->y + spot->height / 2 - 0.5, spot->row_end - left, 1, 0,
                     ink);
    fovea_fill_draw (snapshot, spot->x + spot->width / 2 - 0.5, spot->column_top, 1,
                     spot->bottom - spot->column_top, 0, ink);
}

static void
draw_frames (FoveaMapCanvas *self, GtkSnapshot *snapshot, const Spot *spot, const GdkRGBA *ink)
{
    double left = self->left - 2, right = spot->right, top = self->top - 2;
    if (fovea_map_canvas_shows_bar (self)) { /* as lines do */
        right = spot->row_end;
        top = MAX (top, spot->column_top - 1);
    }
    fovea_box_draw (snapshot, left, spot->y - 1, right - left + 1, spot->height + 2, 0, 1.4, ink);
    fovea_box_draw (snapshot, spot->x - 1, top, spot->width + 2, spot->bottom - top + 1, 0, 1.4,
                    ink);
}

/* Row, column and cell; frames where cells are wide enough, lines where they are not. */
static void
draw_cursor (FoveaMapCanvas *self,
             GtkSnapshot *snapshot,
             const FoveaPlace *place,
             const FoveaPalette *palette)
{
    Spot spot = find_spot (self, place);
    if (spot.lines)
        draw_lines (self, snapshot, &spot, &palette->text);
    else
        draw_frames (self, snapshot, &spot, &palette->text);
    double grow = spot.lines ? 3 : 2;
    double width = spot.width + 2 * grow, height = spot.height + 2 * grow;
    fovea_box_draw (snapshot, spot.x - grow - 1, spot.y - grow - 1, width + 2, height + 2, 0, 1,
                    &palette->view);
    fovea_box_draw (snapshot, spot.x - grow, spot.y - grow, width, height, 0, 2, &palette->text);
}

/* Fainter than the cursor, or there would seem to be two. */
static void
draw_hover (FoveaMapCanvas *self,
            GtkSnapshot *snapshot,
            const FoveaPlace *place,
            const FoveaPalette *palette)
{
    Spot spot = find_spot (self, place);
    GdkRGBA faint = palette->text;
    faint.alpha = 0.35f;
    draw_lines (self, snapshot, &spot, &faint);
    fovea_box_draw (snapshot, spot.x - 1, spot.y - 1, spot.width + 2, spot.height + 2, 0, 1,
                    &palette->text);
}

/* What a step of the cursor changes. */
static void
draw_over (FoveaMapCanvas *self, GtkSnapshot *snapshot, const FoveaPalette *palette)
{
    GtkWidget *widget = GTK_WIDGET (self);
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    graphene_rect_t map = GRAPHENE_RECT_INIT ((float) self->left - 4, (float) self->top - 4,
                                              (float) (width - self->left) - FOVEA_MAP_RIGHT + 8,
                                              (float) (height - self->top) - FOVEA_MAP_BOTTOM + 8);
    fovea_map_canvas_draw_bar (self, snapshot, palette);
    gtk_snapshot_push_clip (snapshot, &map);
    draw_cursor (self, snapshot, fovea_selection_get_place (self->selection), palette);
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    if (hover != NULL)
        draw_hover (self, snapshot, hover, palette);
    if (self->boxing)
        fovea_box_draw (snapshot, self->box_x, self->box_y, self->box_width, self->box_height, 0, 1,
                        &palette->accent);
    gtk_snapshot_pop (snapshot);
    fovea_map_canvas_draw_labels (self, snapshot, palette);
    gtk_widget_snapshot_child (widget, self->proxy, snapshot);
}

static void
fovea_map_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaMapCanvas *self = FOVEA_MAP_CANVAS (widget);
    if (fovea_viewport_get_tokens (self->viewport) == 0)
        return;
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    fovea_map_canvas_draw_tiles (self, snapshot);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    draw_over (self, drawn, &palette);
    fovea_whole_draw (widget, snapshot, drawn, FOVEA_WHOLE_MOST);
    fovea_map_canvas_draw_beyond (self, snapshot, &palette);
    fovea_map_canvas_draw_waiting (self, snapshot, &palette);
    fovea_map_canvas_draw_card (self, snapshot, &palette);
}

static void
fovea_map_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    FoveaMapCanvas *self = FOVEA_MAP_CANVAS (widget);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    int device = device_scale (self);
    self->text_scale = fovea_text_scale (widget);
    self->left = ceil (FOVEA_MAP_LEFT * self->text_scale);
    self->top = ceil (FOVEA_MAP_TOP * self->text_scale);
    self->allocating = TRUE;
    fovea_viewport_set_size (self->viewport,
                             MAX (width - (int) self->left - FOVEA_MAP_RIGHT, 1) * device,
                             MAX (height - (int) self->top - FOVEA_MAP_BOTTOM, 1) * device);
    self->allocating = FALSE;
    double x, y, w, h;
    fovea_map_canvas_locate (self, MAX (place->key, 0), FALSE, &x, &w);
    fovea_map_canvas_locate (self, MAX (place->query, 0), TRUE, &y, &h);
    gtk_widget_size_allocate (
        self->proxy, &(GtkAllocation){(int) x, (int) y, MAX ((int) w, 1), MAX ((int) h, 1)}, -1);
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
fovea_map_canvas_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
    *minimum = 240;
    *natural = 480;
    /* The proxy never asks for room, but GTK wants it measured before it is allocated. */
    gtk_widget_measure (FOVEA_MAP_CANVAS (widget)->proxy, orientation, -1, NULL, NULL, NULL, NULL);
}

/* For signals that carry more arguments than a redraw wants. */
static void
redraw (FoveaMapCanvas *self)
{
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The viewport also changes while the canvas gets its size; then it is laid out already. */
static void
viewport_changed (FoveaMapCanvas *self)
{
    if (self->allocating)
        redraw (self);
    else
        gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Kept where a difference cannot be drawn, too: another text of the same run may be as long. */
static void
reference_changed (FoveaMapCanvas *self)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    FoveaTraceSource *other = reference != NULL ? reference->source : NULL;
    fovea_tile_cache_set_other (self->tiles, other);
    fovea_tile_cache_set_other (self->wholes, other);
    fovea_selection_compare_with (self->hover, other, NULL);
    redraw (self);
}

static void
trace_changed (FoveaMapCanvas *self)
{
    FoveaTraceSource *source = fovea_selection_get_source (self->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    fovea_tile_cache_set_source (self->tiles, source);
    fovea_tile_cache_set_source (self->wholes, source);
    fovea_selection_set_trace (self->hover, source, NULL, &(FoveaPlace){0});
    reference_changed (self);
    fovea_viewport_set_tokens (self->viewport, info != NULL ? info->n_tokens : 0);
}

/* The proxy moves with the cell, hence an allocation and not just a redraw. */
static void
moved (FoveaMapCanvas *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    fovea_viewport_reveal (self->viewport, place->query, place->key);
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* The sentence of the selected cell, spoken by canvas and proxy alike. */
static void
update_labels (FoveaMapCanvas *self)
{
    g_autofree char *sentence =
        fovea_sentence_for_cell (self->selection, fovea_cell_model_get_data (self->cells));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->proxy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    sentence, -1);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autofree char *waiting = fovea_map_canvas_describe_waiting (self);
    g_autofree char *state =
        waiting != NULL ? g_steal_pointer (&waiting) : fovea_map_canvas_describe_beyond (self);
    g_autofree char *label =
        g_strdup_printf (_ ("Attention map of head %u.%u. %s%s%s"), place->layer, place->head,
                         state != NULL ? state : "", state != NULL ? " " : "", sentence);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    redraw (self);
}

/* Cells say what the mask does to them while it is in sight. */
static void
mask_changed (FoveaMapCanvas *self)
{
    FoveaMaskOverlay *overlay = fovea_sparse_model_get_overlay (self->sparse);
    fovea_tile_cache_set_overlay (self->tiles, overlay);
    fovea_tile_cache_set_overlay (self->wholes, overlay);
    fovea_cell_model_set_mask (self->cells, self->overlay ? overlay : NULL);
    fovea_cell_model_set_mask (self->hover_cells, self->overlay ? overlay : NULL);
    update_labels (self);
}

void
fovea_map_canvas_set_sparse (FoveaMapCanvas *self, FoveaSparseModel *sparse)
{
    self->sparse = g_object_ref (sparse);
    g_signal_connect_object (sparse, "mask-changed", G_CALLBACK (mask_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
fovea_map_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaMapCanvas *self = FOVEA_MAP_CANVAS (object);
    if (id == PROP_OVERLAY || id == PROP_WAITING)
        g_value_set_boolean (value, id == PROP_OVERLAY ? self->overlay : self->waiting);
    else
        g_value_set_int (value,
                         id == PROP_COLOR_SCALE ? (int) self->color_scale : (int) self->block);
}

static void
fovea_map_canvas_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    FoveaMapCanvas *self = FOVEA_MAP_CANVAS (object);
    if (id == PROP_COLOR_SCALE)
        self->color_scale = (FoveaColorScale) g_value_get_int (value);
    else if (id == PROP_OVERLAY)
        self->overlay = g_value_get_boolean (value);
    else
        self->block = (FoveaBlockValue) g_value_get_int (value);
    if (id == PROP_OVERLAY && self->sparse != NULL)
        mask_changed (self);
    redraw (self);
}

static void
fovea_map_canvas_dispose (GObject *object)
{
    FoveaMapCanvas *self = FOVEA_MAP_CANVAS (object);
    g_clear_handle_id (&self->card_timeout, g_source_remove);
    g_clear_handle_id (&self->waiting_timeout, g_source_remove);
    g_clear_pointer (&self->menu, gtk_widget_unparent);
    g_clear_pointer (&self->proxy, gtk_widget_unparent);
    g_clear_object (&self->selection);
    g_clear_object (&self->cells);
    g_clear_object (&self->viewport);
    g_clear_object (&self->tiles);
    g_clear_object (&self->wholes);
    g_clear_object (&self->range);
    g_clear_object (&self->sparse);
    g_clear_object (&self->hover);
    g_clear_object (&self->hover_cells);
    G_OBJECT_CLASS (fovea_map_canvas_parent_class)->dispose (object);
}

static void
fovea_map_canvas_class_init (FoveaMapCanvasClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    object_class->dispose = fovea_map_canvas_dispose;
    object_class->get_property = fovea_map_canvas_get_property;
    object_class->set_property = fovea_map_canvas_set_property;
    fovea_drawn_init_class (widget_class, "mapcanvas", fovea_map_canvas_snapshot,
                            fovea_map_canvas_measure);
    widget_class->size_allocate = fovea_map_canvas_size_allocate;
    props[PROP_COLOR_SCALE] =
        g_param_spec_int ("color-scale", NULL, NULL, FOVEA_COLOR_LOG, FOVEA_COLOR_DIFFERENCE,
                          FOVEA_COLOR_LOG, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    props[PROP_BLOCK] =
        g_param_spec_int ("block", NULL, NULL, FOVEA_BLOCK_MEAN, FOVEA_BLOCK_MAX, FOVEA_BLOCK_MEAN,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    props[PROP_OVERLAY] = g_param_spec_boolean ("overlay", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    props[PROP_WAITING] = g_param_spec_boolean ("waiting", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (object_class, N_PROPS, props);
    g_signal_new ("goto", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
    fovea_commands_bind (widget_class, "map.", fovea_map_canvas_activate);
}

/* "win." actions are those of the window that the canvas stands in. */
static const FoveaMenuRow menu_rows[] = {
    {N_ ("Copy value"), "win.copy-value"},        {N_ ("Copy as table"), "win.copy-table"},
    {N_ ("Copy picture"), "win.copy-picture"},    {N_ ("Export this view…"), "win.export"},
    {N_ ("Zoom to this cell"), "map.zoom-cell"},  {N_ ("Whole map"), "map.fit"},
    {N_ ("Next strong cell"), "map.next-strong"}, {N_ ("Make the key the query"), "map.follow"},
    {N_ ("Go to position…"), "map.goto"},         {N_ ("Mask on, off"), "map.overlay"},
    {N_ ("Note on this cell"), "map.note"},
};

void
fovea_map_canvas_show_menu (FoveaMapCanvas *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    double x, y, width, height;
    fovea_map_canvas_locate (self, place->key, FALSE, &x, &width);
    fovea_map_canvas_locate (self, place->query, TRUE, &y, &height);
    fovea_context_menu_show (self->menu,
                             &(GdkRectangle){(int) x, (int) y, (int) width, (int) height});
}

static void
fovea_map_canvas_init (FoveaMapCanvas *self)
{
    self->left = FOVEA_MAP_LEFT;
    self->top = FOVEA_MAP_TOP;
    self->text_scale = 1;
    gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
    gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
    gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
    self->tiles = fovea_tile_cache_new (256);
    self->wholes = fovea_tile_cache_new (64);
    self->hover = fovea_selection_new ();
    self->hover_cells = fovea_cell_model_new (self->hover);
    self->proxy = g_object_new (FOVEA_TYPE_CELL_PROXY, NULL);
    gtk_widget_set_parent (self->proxy, GTK_WIDGET (self));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Attention map"), -1);
    self->menu = fovea_context_menu_new (GTK_WIDGET (self), menu_rows, G_N_ELEMENTS (menu_rows));
    fovea_map_canvas_add_input (self);
    g_signal_connect_object (self->tiles, "ready", G_CALLBACK (redraw), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->wholes, "ready", G_CALLBACK (redraw), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->hover_cells, "changed", G_CALLBACK (redraw), self,
                             G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_map_canvas_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport)
{
    FoveaMapCanvas *self = g_object_new (FOVEA_TYPE_MAP_CANVAS, NULL);
    self->selection = g_object_ref (selection);
    self->cells = g_object_ref (cells);
    self->viewport = g_object_ref (viewport);
    self->range = fovea_score_range_new (selection);
    g_signal_connect_object (self->range, "changed", G_CALLBACK (redraw), self, G_CONNECT_SWAPPED);
    g_signal_connect (self, "notify::waiting", G_CALLBACK (update_labels), NULL);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (redraw), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "reference-changed", G_CALLBACK (reference_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (cells, "changed", G_CALLBACK (update_labels), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (viewport, "changed", G_CALLBACK (viewport_changed), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}
