/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tiles of the map, those of a coarser zoom or the whole map for those not there, and, while a mask is being
 * made, the weights, dimmed and said to be. The viewport counts device pixels and tiles are made for exactly
 * those, so nothing is ever smoothed but the stand-in. The cost of a frame is the visible tiles. */
#include <glib/gi18n.h>
#include <math.h>

#include "ui/map-canvas-private.h"
#include "ui/mask-overlay.h"
#include "ui/texture.h"
#include "ui/token-text.h"

#define TILE  256
#define WHOLE 128
/* Steps of zoom from which a tile may stand in for one that is being made. */
#define COARSEST   16
#define WAITING_MS 150 /* masks that are there before change nothing else */
#define DIMMED     0.3 /* opacity of weights in the place of a mask */

/* Scores without a known range have no colours yet. */
static gboolean
has_colors (const FoveaTileSpec *spec)
{
    return spec->overlay || spec->color != FOVEA_COLOR_SCORE || spec->floor > 0;
}

static GdkTexture *
get_whole_of (FoveaMapCanvas *self, FoveaTileSpec spec)
{
    gint64 n_tokens = fovea_viewport_get_tokens (self->viewport);
    if (n_tokens == 0 || !has_colors (&spec))
        return NULL;
    spec.scale = (double) WHOLE / (double) n_tokens;
    spec.x = spec.y = 0;
    spec.width = spec.height = WHOLE;
    return fovea_tile_cache_get (self->wholes, &spec, 0);
}

GdkTexture *
fovea_map_canvas_get_whole (FoveaMapCanvas *self)
{
    FoveaTileSpec spec;
    fovea_map_canvas_get_spec (self, &spec);
    GdkTexture *whole = get_whole_of (self, spec);
    if (whole != NULL || !spec.overlay)
        return whole;
    spec.overlay = FALSE; /* a mask of a long text takes seconds */
    return get_whole_of (self, spec);
}

gboolean
fovea_map_canvas_has_picture (FoveaMapCanvas *self)
{
    FoveaTileSpec spec;
    fovea_map_canvas_get_spec (self, &spec);
    return fovea_tile_cache_has_like (self->tiles, &spec) ||
           fovea_tile_cache_has_like (self->wholes, &spec);
}

GdkTexture *
fovea_map_canvas_get_close (
    FoveaMapCanvas *self, gint64 query, gint64 key, guint side, guint pixels)
{
    FoveaTileSpec spec;
    fovea_map_canvas_get_spec (self, &spec);
    if (!has_colors (&spec))
        return NULL;
    spec.scale = pixels;
    spec.x = key * pixels;
    spec.y = query * pixels;
    spec.width = spec.height = side * pixels;
    return fovea_tile_cache_get (self->wholes, &spec, 0);
}

/* The same place as it was seen from further off, if it was: zoom steps below 8 pixels a cell are
 * powers of two, so a tile lies inside one tile of a coarser step. */
static gboolean
draw_coarser (FoveaMapCanvas *self, GtkSnapshot *snapshot, const FoveaTileSpec *spec)
{
    gint64 x, y;
    fovea_viewport_get_origin (self->viewport, &x, &y);
    for (int factor = 2; factor <= COARSEST; factor *= 2) {
        FoveaTileSpec coarse = *spec;
        coarse.scale = spec->scale / factor;
        coarse.x = spec->x / factor / TILE * TILE;
        coarse.y = spec->y / factor / TILE * TILE;
        GdkTexture *texture = fovea_tile_cache_peek (self->tiles, &coarse);
        if (texture == NULL)
            continue;
        fovea_texture_draw (GTK_WIDGET (self), snapshot, texture,
                            &GRAPHENE_RECT_INIT ((float) (coarse.x * factor - x),
                                                 (float) (coarse.y * factor - y),
                                                 (float) (TILE * factor), (float) (TILE * factor)));
        return TRUE;
    }
    return FALSE;
}

/* The whole map, or, of a mask, the weights that were there before it. */
static void
draw_stand_in (FoveaMapCanvas *self,
               GtkSnapshot *snapshot,
               const FoveaTileSpec *spec,
               const graphene_rect_t *rect)
{
    gint64 x, y;
    float side = (float) ceil ((double) fovea_viewport_get_tokens (self->viewport) * spec->scale);
    FoveaTileSpec weights = *spec;
    fovea_viewport_get_origin (self->viewport, &x, &y);
    GdkTexture *whole = get_whole_of (self, *spec);
    if (whole != NULL) {
        fovea_texture_draw (GTK_WIDGET (self), snapshot, whole,
                            &GRAPHENE_RECT_INIT ((float) -x, (float) -y, side, side));
        return;
    }
    weights.overlay = FALSE;
    GdkTexture *texture = spec->overlay ? fovea_tile_cache_peek (self->tiles, &weights) : NULL;
    if (texture != NULL)
        fovea_texture_draw (GTK_WIDGET (self), snapshot, texture, rect);
    else if (spec->overlay && !draw_coarser (self, snapshot, &weights))
        draw_stand_in (self, snapshot, &weights, rect);
}

/* Whether a mask that is wanted has not even been chosen yet. */
static gboolean
lacks_mask (FoveaMapCanvas *self)
{
    return self->overlay && self->sparse != NULL && fovea_sparse_model_lacks_mask (self->sparse);
}

/* What is not the mask where the mask should be. */
static void
draw_dimmed (FoveaMapCanvas *self,
             GtkSnapshot *snapshot,
             const FoveaTileSpec *spec,
             const graphene_rect_t *rect)
{
    self->n_stand_ins++;
    if (self->waiting)
        gtk_snapshot_push_opacity (snapshot, DIMMED);
    draw_stand_in (self, snapshot, spec, rect);
    if (self->waiting)
        gtk_snapshot_pop (snapshot);
}

/* Draws one tile, or while it is being made what stands in for it: never a blank. */
static void
draw_tile (FoveaMapCanvas *self, GtkSnapshot *snapshot, const FoveaTileSpec *spec, int urgency)
{
    gint64 x, y;
    fovea_viewport_get_origin (self->viewport, &x, &y);
    graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) (spec->x - x), (float) (spec->y - y),
                                               (float) spec->width, (float) spec->height);
    GdkTexture *texture = fovea_tile_cache_get (self->tiles, spec, urgency);
    if (texture != NULL) {
        fovea_texture_draw (GTK_WIDGET (self), snapshot, texture, &rect);
        return;
    }
    gtk_snapshot_push_clip (snapshot, &rect);
    gboolean drawn = draw_coarser (self, snapshot, spec);
    if (!drawn && spec->overlay)
        draw_dimmed (self, snapshot, spec, &rect);
    else if (!drawn)
        draw_stand_in (self, snapshot, spec, &rect);
    gtk_snapshot_pop (snapshot);
}

static gboolean
change_waiting (gpointer data)
{
    FoveaMapCanvas *self = data;
    self->waiting_timeout = 0;
    self->waiting = !self->waiting;
    g_object_notify (G_OBJECT (self), "waiting");
    gtk_widget_queue_draw (GTK_WIDGET (self));
    return G_SOURCE_REMOVE;
}

/* Told between frames: whoever is told lays out anew. */
static void
follow_waiting (FoveaMapCanvas *self, gboolean waiting)
{
    if (waiting == self->waiting)
        g_clear_handle_id (&self->waiting_timeout, g_source_remove);
    else if (self->waiting_timeout == 0)
        self->waiting_timeout = g_timeout_add (waiting ? WAITING_MS : 0, change_waiting, self);
}

/* A round of the cache: tiles that scrolled out of sight are dropped before they are made. */
void
fovea_map_canvas_draw_tiles (FoveaMapCanvas *self, GtkSnapshot *snapshot)
{
    FoveaTileSpec spec;
    gint64 x, y;
    int width, height, device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
    fovea_map_canvas_get_spec (self, &spec);
    if (!has_colors (&spec))
        return;
    fovea_viewport_get_origin (self->viewport, &x, &y);
    fovea_viewport_get_size (self->viewport, &width, &height);
    spec.scale = fovea_viewport_get_scale (self->viewport);
    spec.width = spec.height = TILE;
    gint64 end =
        (gint64) ceil ((double) fovea_viewport_get_tokens (self->viewport) * spec.scale - 1e-6);
    double focus_x = (self->pointer_x - self->left) * device + (double) x;
    double focus_y = (self->pointer_y - self->top) * device + (double) y;
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) self->left, (float) self->top));
    gtk_snapshot_scale (snapshot, 1.0f / (float) device, 1.0f / (float) device);
    gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
    gboolean lacks = lacks_mask (self), dimmed = lacks && self->waiting;
    self->n_stand_ins = lacks;
    if (dimmed)
        gtk_snapshot_push_opacity (snapshot, DIMMED);
    fovea_tile_cache_begin (self->tiles);
    for (spec.y = y / TILE * TILE; spec.y < MIN (y + height, end); spec.y += TILE)
        for (spec.x = x / TILE * TILE; spec.x < MIN (x + width, end); spec.x += TILE)
            draw_tile (self, snapshot, &spec,
                       (int) hypot ((double) spec.x + TILE / 2.0 - focus_x,
                                    (double) spec.y + TILE / 2.0 - focus_y));
    fovea_tile_cache_end (self->tiles);
    follow_waiting (self, self->n_stand_ins > 0);
    if (dimmed)
        gtk_snapshot_pop (snapshot);
    gtk_snapshot_pop (snapshot);
    gtk_snapshot_restore (snapshot);
}

char *
fovea_map_canvas_describe_waiting (FoveaMapCanvas *self)
{
    g_autofree char *name = self->waiting ? fovea_sparse_model_name_mask (self->sparse) : NULL;
    return name != NULL
               ? g_strdup_printf (_ ("Not the mask yet: %s is still being computed."), name)
               : NULL;
}

/* A line, or two, the second of which says more, on a ground of its own: in the lower part of @area, where
 * neither the key at fit nor the selected cell is. */
static void
draw_words (FoveaMapCanvas *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const char *const *lines,
            const graphene_rect_t *area,
            const GdkRGBA *edge)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double s = self->text_scale, width = 0, height = (lines[1] != NULL ? 52 : 34) * s;
    double room = gtk_widget_get_width (widget) - self->left - FOVEA_MAP_RIGHT;
    for (guint i = 0; i < 2 && lines[i] != NULL; i++)
        width = MAX (width,
                     fovea_label_width (widget, i == 0 ? 13 : 12,
                                        i == 0 ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL, lines[i]));
    width = MIN (width + 28, room);
    double x = area->origin.x + (area->size.width - width) / 2;
    double gap = CLAMP (area->size.height - height, 4, 16);
    double y = area->origin.y + area->size.height - height - gap;
    double end = gtk_widget_get_height (widget) - FOVEA_MAP_BOTTOM - height - 4;
    x = CLAMP (x, self->left, self->left + room - width);
    y = CLAMP (y, self->top, MAX (end, self->top));
    fovea_fill_draw (snapshot, x, y, width, height, 9, &palette->view);
    fovea_box_draw (snapshot, x, y, width, height, 9, 2, edge);
    fovea_label_draw (widget, snapshot, lines[0], 13, FOVEA_LABEL_BOLD, &palette->text, x + 14,
                      y + 17 * s, width - 28);
    if (lines[1] != NULL)
        fovea_label_draw (widget, snapshot, lines[1], 12, FOVEA_LABEL_NORMAL, &palette->text,
                          x + 14, y + 36 * s, width - 28);
}

void
fovea_map_canvas_draw_waiting (FoveaMapCanvas *self,
                               GtkSnapshot *snapshot,
                               const FoveaPalette *palette)
{
    GtkWidget *widget = GTK_WIDGET (self);
    g_autofree char *text = fovea_map_canvas_describe_waiting (self);
    if (text == NULL)
        return;
    const graphene_rect_t map = GRAPHENE_RECT_INIT (
        (float) self->left, (float) self->top,
        (float) (gtk_widget_get_width (widget) - self->left) - FOVEA_MAP_RIGHT,
        (float) (gtk_widget_get_height (widget) - self->top) - FOVEA_MAP_BOTTOM);
    draw_words (self, snapshot, palette, (const char *const[]){text, NULL}, &map, &palette->accent);
}

/* Over how many tokens the mask lies, if the text goes on behind them; else 0. */
static gint64
get_cut (FoveaMapCanvas *self)
{
    FoveaMaskOverlay *mask = self->overlay && self->sparse != NULL
                                 ? fovea_sparse_model_get_overlay (self->sparse)
                                 : NULL;
    return mask != NULL && fovea_mask_overlay_is_cut (mask) ? fovea_mask_overlay_get_n_tokens (mask)
                                                            : 0;
}

char *
fovea_map_canvas_describe_beyond (FoveaMapCanvas *self)
{
    gint64 cut = get_cut (self);
    if (cut == 0)
        return NULL;
    g_autofree char *tokens = fovea_number_text (cut);
    return g_strdup_printf (_ ("Hatched: not measured, beyond the first %s tokens."), tokens);
}

/* What is in sight of the hatched part: queries behind the mask, and the keys that they may see. Texts whose
 * tokens look ahead are never measured in part. */
static gboolean
find_hatched (FoveaMapCanvas *self, gint64 cut, graphene_rect_t *area)
{
    gint64 q0, q1, k0, k1;
    double x0, x1, y0, y1, width, height;
    fovea_viewport_get_span (self->viewport, TRUE, &q0, &q1);
    fovea_viewport_get_span (self->viewport, FALSE, &k0, &k1);
    if (q1 <= cut || k0 >= q1)
        return FALSE;
    fovea_map_canvas_locate (self, MAX (q0, cut), TRUE, &y0, &height);
    fovea_map_canvas_locate (self, q1 - 1, TRUE, &y1, &height);
    fovea_map_canvas_locate (self, k0, FALSE, &x0, &width);
    fovea_map_canvas_locate (self, MIN (k1, q1) - 1, FALSE, &x1, &width);
    graphene_rect_init (area, (float) x0, (float) y0, (float) (x1 + width - x0),
                        (float) (y1 + height - y0));
    return TRUE;
}

void
fovea_map_canvas_draw_beyond (FoveaMapCanvas *self,
                              GtkSnapshot *snapshot,
                              const FoveaPalette *palette)
{
    gint64 cut = get_cut (self);
    graphene_rect_t area;
    if (cut == 0 || self->waiting || !find_hatched (self, cut, &area))
        return;
    g_autofree char *tokens = fovea_number_text (cut);
    g_autofree char *more = g_strdup_printf (_ ("The mask is of the first %s tokens only"), tokens);
    draw_words (self, snapshot, palette, (const char *const[]){_ ("Not measured"), more, NULL},
                &area, &palette->rule);
}
