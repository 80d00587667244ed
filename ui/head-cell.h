/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One head of the grid: thumbnail, name, badge. */
#include <gtk/gtk.h>

#include "ui/head-paint.h"
#include "ui/selection.h"
#include "ui/tile-cache.h"

#define FOVEA_TYPE_HEAD_CELL (fovea_head_cell_get_type ())
G_DECLARE_FINAL_TYPE (FoveaHeadCell, fovea_head_cell, FOVEA, HEAD_CELL, GtkWidget)

#define FOVEA_HEAD_CELL_SIDE  60 /* of a thumbnail, pixels */
#define FOVEA_HEAD_CELL_LEAST 36
#define FOVEA_HEAD_CELL_PAD   3  /* round it */
#define FOVEA_HEAD_CELL_LINE  15 /* of text under it */

/**
 * fovea_head_cell_new:
 * @thumbnails: shared by all cells; must have the selection's source
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_head_cell_new (FoveaSelection *selection, FoveaTileCache *thumbnails);

/* What a cell shows where there is a reference. */
typedef enum {
    FOVEA_HEAD_ALONE,
    FOVEA_HEAD_BESIDE,     /* its map and below it the reference's */
    FOVEA_HEAD_DIFFERENCE, /* its map less the reference's */
} FoveaHeadCompare;

/**
 * fovea_head_cell_set_compare:
 * @others: thumbnails of the reference
 *
 * Thread: main.
 */
void
fovea_head_cell_set_compare (FoveaHeadCell *self, FoveaHeadCompare compare, FoveaTileCache *others);

/**
 * fovea_head_cell_set_item:
 * @badge: (nullable): score shown instead of the main role's
 * @side: of the thumbnail, FOVEA_HEAD_CELL_LEAST to FOVEA_HEAD_CELL_SIDE
 *
 * Thread: main.
 */
void
fovea_head_cell_set_item (FoveaHeadCell *self, FoveaHeadItem *item, const char *badge, int side);

/**
 * fovea_head_cell_set_paint:
 * @paint: not held; drawn as it is then
 *
 * Drawn again at every call: its colours may be others.   Thread: main.
 */
void fovea_head_cell_set_paint (FoveaHeadCell *self, const FoveaHeadPaint *paint);

/**
 * fovea_head_cell_follow:
 *
 * After the selection, the chosen heads or what is hovered changed, which concerns two cells of a thousand:
 * drawn again only then.   Thread: main.
 */
void fovea_head_cell_follow (FoveaHeadCell *self);

/**
 * fovea_head_cell_renew:
 *
 * After its head has other scores.   Thread: main.
 */
void fovea_head_cell_renew (FoveaHeadCell *self);

/**
 * fovea_head_cell_take_thumbnail:
 *
 * After a thumbnail came, which may be any cell's: drawn again only where one is missing.   Thread: main.
 */
void fovea_head_cell_take_thumbnail (FoveaHeadCell *self);

/**
 * fovea_head_cell_set_side:
 *
 * The same head at another size.   Thread: main.
 */
void fovea_head_cell_set_side (FoveaHeadCell *self, int side);
