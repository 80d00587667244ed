/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One thing that the command palette can find: an action, a head, a sequence, a token, a latent or a
 * note, and how well a typed text names it. */
#include <glib-object.h>

#include "ui/tree-item.h"

typedef enum {
    FOVEA_FINDER_ACTION,
    FOVEA_FINDER_HEAD,
    FOVEA_FINDER_SEQUENCE,
    FOVEA_FINDER_TOKEN,
    FOVEA_FINDER_LATENT,
    FOVEA_FINDER_NOTE,
} FoveaFinderKind;

#define FOVEA_TYPE_FINDER_ITEM (fovea_finder_item_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFinderItem, fovea_finder_item, FOVEA, FINDER_ITEM, GObject)

/* What is found. Only the members of its kind mean something. */
typedef struct {
    FoveaFinderKind kind;
    const char *action; /* as g_action_parse_detailed_name() reads it */
    guint layer, head;
    gint64 token, key; /* of a note on a cell: its query and key; on a head: -1 */
    gint32 latent;
    FoveaTreeItem *sequence;
} FoveaFinderTarget;

/**
 * fovea_finder_item_new:
 * @title: what is matched
 * @detail: keys, role, store or position
 *
 * Thread: main.   Owner: caller.
 */
FoveaFinderItem *
fovea_finder_item_new (const FoveaFinderTarget *target, const char *title, const char *detail);

/**
 * fovea_finder_item_get_target:
 *
 * Thread: main.   Owner: the item.
 */
const FoveaFinderTarget *fovea_finder_item_get_target (FoveaFinderItem *self);

/**
 * fovea_finder_item_get_title:
 *
 * Thread: main.   Owner: the item.
 */
const char *fovea_finder_item_get_title (FoveaFinderItem *self);

/**
 * fovea_finder_item_get_detail:
 *
 * Thread: main.   Owner: the item.
 */
const char *fovea_finder_item_get_detail (FoveaFinderItem *self);

/* Rate of a word whose letters are there in order, and no more; all else is below. */
#define FOVEA_FINDER_LETTERS 1000

/**
 * fovea_finder_rate:
 * @typed: words, all of which must be there
 * @title: what they may name
 *
 * How well @typed names @title, whatever the case: 0 = begins with it; more for the beginning of a
 * later word, a part of a word, and letters in order; -1 = not at all. Nothing typed names
 * everything equally.
 *
 * Thread: any.
 */
int fovea_finder_rate (const char *typed, const char *title);
