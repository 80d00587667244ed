/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One head as grid, plots and filter see it: place, role and scores. */
#include <gio/gio.h>

#include "analysis/table.h"

#define FOVEA_TYPE_HEAD_ITEM (fovea_head_item_get_type ())
G_DECLARE_FINAL_TYPE (FoveaHeadItem, fovea_head_item, FOVEA, HEAD_ITEM, GObject)

/**
 * fovea_head_item_new:
 * @heads: (nullable): the table its scores are in
 *
 * Properties: layer, head (uint); role, name (string). Signal: "changed" (its scores).
 *
 * Thread: main.   Owner: caller.
 */
FoveaHeadItem *fovea_head_item_new (guint layer, guint head, FoveaTable *heads);

/**
 * fovea_head_item_get_place:
 *
 * Thread: main.
 */
void fovea_head_item_get_place (FoveaHeadItem *self, guint *layer, guint *head);

/**
 * fovea_head_item_get_name:
 *
 * "5.10".   Thread: main.   Owner: the item.
 */
const char *fovea_head_item_get_name (FoveaHeadItem *self);

/**
 * fovea_head_item_get_role:
 *
 * Main role, "" = none.   Thread: main.   Owner: the item.
 */
const char *fovea_head_item_get_role (FoveaHeadItem *self);

/**
 * fovea_head_item_get_score:
 * @name: column of the head table
 *
 * NaN if unknown.   Thread: main.
 */
double fovea_head_item_get_score (FoveaHeadItem *self, const char *name);

/**
 * fovea_head_item_has_score:
 *
 * Whether the head table knows a score of that name, for any head; TRUE while there is no table.
 *
 * Thread: main.
 */
gboolean fovea_head_item_has_score (FoveaHeadItem *self, const char *name);

/**
 * fovea_head_item_set_scores:
 * @heads: (nullable): the table its scores are in
 * @reference: (nullable): scores of the same head elsewhere
 *
 * Thread: main.
 */
void fovea_head_item_set_scores (FoveaHeadItem *self, FoveaTable *heads, FoveaTable *reference);

/* The score that is of two texts and not in the head table. */
#define FOVEA_HEAD_CHANGE "change"

/**
 * fovea_head_item_set_change:
 * @change: from the text that it is compared with, 0 .. 1; NaN = not known
 *
 * The score #FOVEA_HEAD_CHANGE, and the difference.   Thread: main.
 */
void fovea_head_item_set_change (FoveaHeadItem *self, double change);

/**
 * fovea_head_item_get_difference:
 *
 * The score less the reference's; NaN if either is unknown.   Thread: main.
 */
double fovea_head_item_get_difference (FoveaHeadItem *self, const char *name);

/**
 * fovea_head_item_set_key:
 * @key: not NaN
 *
 * What an order goes by.   Thread: main.
 */
void fovea_head_item_set_key (FoveaHeadItem *self, double key);

/**
 * fovea_head_item_get_key:
 *
 * Thread: main.
 */
double fovea_head_item_get_key (FoveaHeadItem *self);
