/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The latents of a dictionary as a list model, sorted and filtered. Items are made when a row is
 * shown, so that a dictionary of 65,536 latents costs an array of numbers. */
#include <gio/gio.h>

#include "analysis/latent-list.h"

#define FOVEA_TYPE_LATENT_ITEM (fovea_latent_item_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLatentItem, fovea_latent_item, FOVEA, LATENT_ITEM, GObject)

#define FOVEA_TYPE_LATENT_MODEL (fovea_latent_model_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLatentModel, fovea_latent_model, FOVEA, LATENT_MODEL, GObject)

typedef enum {
    FOVEA_LATENTS_BY_BALANCE, /* both signs equally often first; rare ones say little, so they follow */
    FOVEA_LATENTS_BY_DENSITY,  /* those that fire most often first */
    FOVEA_LATENTS_BY_STRENGTH, /* largest magnitude first */
    FOVEA_LATENTS_BY_ID,
    FOVEA_N_LATENT_SORTS,
} FoveaLatentSort;

/**
 * fovea_latent_item_get_id:
 *
 * Thread: main.
 */
gint32 fovea_latent_item_get_id (FoveaLatentItem *item);

/**
 * fovea_latent_item_get_entry:
 *
 * Owner: the item.   Thread: main.
 */
const FoveaLatentEntry *fovea_latent_item_get_entry (FoveaLatentItem *item);

/**
 * fovea_latent_item_get_words:
 * @sign: +1 or -1
 *
 * "fl, followed": the tokens it fires on most; "·" if there are none.
 *
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_latent_item_get_words (FoveaLatentItem *item, int sign);

/**
 * fovea_latent_item_describe:
 *
 * "Latent 97: on 95 tokens plus, 165 minus": for who does not see the bars.
 *
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_latent_item_describe (FoveaLatentItem *item);

/**
 * fovea_latent_model_new:
 *
 * Empty.   Thread: main.   Owner: caller.
 */
FoveaLatentModel *fovea_latent_model_new (void);

/**
 * fovea_latent_model_set_list:
 * @list: (nullable):
 *
 * Thread: main.
 */
void fovea_latent_model_set_list (FoveaLatentModel *self, const FoveaLatentList *list);

/**
 * fovea_latent_model_set_sort:
 *
 * Ties go to the lower id.   Thread: main.
 */
void fovea_latent_model_set_sort (FoveaLatentModel *self, FoveaLatentSort sort);

/**
 * fovea_latent_model_set_filter:
 * @text: "97", "follow", "+ follow", "- stood", "+"; empty = all
 *
 * A sign alone leaves those that fire on it; with a word those whose strongest tokens on that side
 * hold it, upper and lower case alike; a number is an id.
 *
 * Thread: main.
 */
void fovea_latent_model_set_filter (FoveaLatentModel *self, const char *text);

/**
 * fovea_latent_model_find:
 *
 * Row of a latent, G_MAXUINT if it is filtered out.   Thread: main.   Cost: rows.
 */
guint fovea_latent_model_find (FoveaLatentModel *self, gint32 latent);

/**
 * fovea_latent_model_get_most:
 *
 * Tokens of the busiest side of any latent: where the bars end.   Thread: main.
 */
gint64 fovea_latent_model_get_most (FoveaLatentModel *self);
