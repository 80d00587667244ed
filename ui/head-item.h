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
 * Properties: layer, head (uint); role, name (string).
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

typedef struct _FoveaHeadFilter FoveaHeadFilter;

/**
 * fovea_head_filter_parse:
 * @text: words of which all must hold: "role:induction", "layer:4-5", "layer:3", "head:0-3",
 * "sink>0.3", "entropy<2", or part of a head's name or role
 *
 * Never fails: what it does not understand matches no head's name and so shows none.
 *
 * Thread: any.   Owner: caller frees with fovea_head_filter_free(); autoptr.
 */
FoveaHeadFilter *fovea_head_filter_parse (const char *text);

/**
 * fovea_head_filter_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @filter.
 */
void fovea_head_filter_free (FoveaHeadFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaHeadFilter, fovea_head_filter_free)

/**
 * fovea_head_filter_matches:
 *
 * Thread: main.
 */
gboolean fovea_head_filter_matches (const FoveaHeadFilter *filter, FoveaHeadItem *item);
