/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files of the map canvas share: state (map-canvas.c), pointer and keys (map-input.c),
 * labels (map-labels.c), the hovered cell's card (map-card.c), tiles and what stands in for them (map-tiles.c). */
#include "ui/map-canvas.h"
#include "ui/palette.h"
#include "ui/score-range.h"

/* Room for labels at text scale 1; the canvas keeps what it is now in left and top. Where positions stand
 * above the map a line would do (ui.md draws 29), but a map that moved when tokens take their place would
 * lose the cell under the pointer. */
#define FOVEA_MAP_LEFT   88
#define FOVEA_MAP_TOP    66
#define FOVEA_MAP_RIGHT  8
#define FOVEA_MAP_BOTTOM 8
/* From here on cells are wide enough for token texts of scale 1. */
#define FOVEA_MAP_LABEL_CELL 12

struct _FoveaMapCanvas {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaViewport *viewport;
    FoveaTileCache *tiles, *wholes;
    FoveaScoreRange *range;
    FoveaSparseModel *sparse;    /* NULL = there are no masks */
    gboolean overlay;            /* the user wants the mask; shown once it is there */
    gboolean waiting;            /* for it, long enough to be told */
    guint waiting_timeout;       /* until that is true, or no longer; 0 = it stays */
    guint n_stand_ins;           /* tiles of the last frame whose mask is not there */
    FoveaColorScale color_scale; /* wanted; a difference is drawn where there can be one */
    FoveaBlockValue block;

    /* The hovered cell is a selection of its own, so that its card is read like the inspector. */
    FoveaSelection *hover;
    FoveaCellModel *hover_cells;
    guint card_timeout;
    gboolean card_shown;
    gboolean by_keys; /* nothing is hovered until the pointer moves */

    GtkWidget *menu;  /* context menu, a popover */
    GtkWidget *proxy; /* focusable stand-in for the selected cell */
    double pointer_x, pointer_y;
    double drag_x, drag_y, box_x, box_y, box_width, box_height;
    gboolean boxing;
    double scroll_rest, pinch;
    gboolean allocating;
    double left, top, text_scale; /* of the last allocation */
};

/**
 * fovea_map_canvas_add_input:
 *
 * Controllers of a new canvas.   Thread: main.
 */
void fovea_map_canvas_add_input (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_show_menu:
 *
 * The context menu of the selected cell, beside it.   Thread: main.
 */
void fovea_map_canvas_show_menu (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_activate:
 *
 * Handler of every "map." action.   Thread: main.
 */
void fovea_map_canvas_activate (GtkWidget *widget, const char *action, GVariant *parameter);

/**
 * fovea_map_canvas_draw_tiles:
 *
 * Of what is in sight.   Thread: main.
 */
void fovea_map_canvas_draw_tiles (FoveaMapCanvas *self, GtkSnapshot *snapshot);

/**
 * fovea_map_canvas_get_close:
 * @side: cells of a square that begins at (@query, @key)
 * @pixels: device pixels of a cell
 *
 * The square as a texture, in the colours of the map; NULL = it is on its way.   Thread: main.   Owner: the
 * canvas.
 */
GdkTexture *fovea_map_canvas_get_close (
    FoveaMapCanvas *self, gint64 query, gint64 key, guint side, guint pixels);

/**
 * fovea_map_canvas_describe_waiting:
 *
 * Which mask is not there yet while something else is shown; NULL = nothing is waited for.
 *
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_map_canvas_describe_waiting (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_draw_waiting:
 *
 * The same over the map.   Thread: main.
 */
void fovea_map_canvas_draw_waiting (FoveaMapCanvas *self,
                                    GtkSnapshot *snapshot,
                                    const FoveaPalette *palette);

/**
 * fovea_map_canvas_describe_beyond:
 *
 * Of how many first tokens the mask is that lies over a longer text; NULL = it lies over all of it, or there is
 * none.
 *
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_map_canvas_describe_beyond (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_draw_beyond:
 *
 * The same where nothing was measured, if that is in sight.   Thread: main.
 */
void fovea_map_canvas_draw_beyond (FoveaMapCanvas *self,
                                   GtkSnapshot *snapshot,
                                   const FoveaPalette *palette);

/**
 * fovea_map_canvas_draw_labels:
 *
 * Token texts or positions along both axes.   Thread: main.
 */
void fovea_map_canvas_draw_labels (FoveaMapCanvas *self,
                                   GtkSnapshot *snapshot,
                                   const FoveaPalette *palette);

/**
 * fovea_map_canvas_draw_card:
 *
 * The hovered cell's card, if its numbers are there; where cells are too small to be told apart, with those
 * round it as they are close by.   Thread: main.
 */
void fovea_map_canvas_draw_card (FoveaMapCanvas *self,
                                 GtkSnapshot *snapshot,
                                 const FoveaPalette *palette);

/**
 * fovea_map_canvas_draw_bar:
 *
 * The colour bar in the empty triangle, when the whole causal map is shown.   Thread: main.
 */
void fovea_map_canvas_draw_bar (FoveaMapCanvas *self,
                                GtkSnapshot *snapshot,
                                const FoveaPalette *palette);

/**
 * fovea_map_canvas_locate:
 *
 * Rectangle of tokens along one axis in widget coordinates.   Thread: main.
 */
void fovea_map_canvas_locate (
    FoveaMapCanvas *self, gint64 token, gboolean vertical, double *first, double *length);
