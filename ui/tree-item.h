/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A row of the sidebar: a store, one of its runs, or one of its sequences. Filled by app/window,
 * which alone knows what a store is; here it is a name with a count and children. */
#include <gio/gio.h>

typedef enum {
    FOVEA_TREE_STORE,
    FOVEA_TREE_RUN,
    FOVEA_TREE_SEQUENCE,
} FoveaTreeKind;

#define FOVEA_TYPE_TREE_ITEM (fovea_tree_item_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTreeItem, fovea_tree_item, FOVEA, TREE_ITEM, GObject)

/**
 * fovea_tree_item_new:
 * @path: file of the store
 * @id: of the run or sequence; 0 for a store
 * @title: what is shown
 * @count: "3.1 MB", "4 seq", "4,096"
 *
 * Thread: main.   Owner: caller.
 */
FoveaTreeItem *fovea_tree_item_new (
    FoveaTreeKind kind, const char *path, gint64 id, const char *title, const char *count);

/**
 * fovea_tree_item_get_kind:
 *
 * Thread: main.
 */
FoveaTreeKind fovea_tree_item_get_kind (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_path:
 *
 * Thread: main.   Owner: the item.
 */
const char *fovea_tree_item_get_path (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_id:
 *
 * Thread: main.
 */
gint64 fovea_tree_item_get_id (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_title:
 *
 * Thread: main.   Owner: the item.
 */
const char *fovea_tree_item_get_title (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_folded_title:
 *
 * Without the difference of upper and lower case.   Thread: main.   Owner: the item.
 */
const char *fovea_tree_item_get_folded_title (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_title_key:
 *
 * strcmp() of two of these orders titles as people do: numbers by their value.
 *
 * Thread: main.   Owner: the item.
 */
const char *fovea_tree_item_get_title_key (FoveaTreeItem *self);

/**
 * fovea_tree_item_set_length:
 *
 * Of a sequence, before the row is shown.   Thread: any.
 */
void fovea_tree_item_set_length (FoveaTreeItem *self, gint64 n_tokens);

/**
 * fovea_tree_item_get_length:
 *
 * In tokens, 0 of other rows.   Thread: main.
 */
gint64 fovea_tree_item_get_length (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_count:
 *
 * Thread: main.   Owner: the item.
 */
const char *fovea_tree_item_get_count (FoveaTreeItem *self);

/**
 * fovea_tree_item_get_children:
 *
 * Of #FoveaTreeItem; to be filled by the maker.   Thread: main.   Owner: the item; NULL for a
 * sequence.
 */
GListStore *fovea_tree_item_get_children (FoveaTreeItem *self);

/**
 * fovea_tree_item_set_hint:
 * @hint: (nullable): what there is to know of the row besides its name
 *
 * Before the row is shown; fovea_tree_item_renew() takes that of the fresh one.   Thread: any.
 */
void fovea_tree_item_set_hint (FoveaTreeItem *self, const char *hint);

/**
 * fovea_tree_item_get_hint:
 *
 * NULL = none.   Thread: main.   Owner: the item.
 */
const char *fovea_tree_item_get_hint (FoveaTreeItem *self);

/**
 * fovea_tree_item_set_compared:
 *
 * Whether other sequences are compared with this one. Property "compared" tells of changes.
 *
 * Thread: main.
 */
void fovea_tree_item_set_compared (FoveaTreeItem *self, gboolean compared);

/**
 * fovea_tree_item_get_compared:
 *
 * Thread: main.
 */
gboolean fovea_tree_item_get_compared (FoveaTreeItem *self);

/**
 * fovea_tree_item_set_missing:
 *
 * Whether the file of a store is gone. Property "missing" tells of changes.   Thread: main.
 */
void fovea_tree_item_set_missing (FoveaTreeItem *self, gboolean missing);

/**
 * fovea_tree_item_get_missing:
 *
 * Thread: main.
 */
gboolean fovea_tree_item_get_missing (FoveaTreeItem *self);

/**
 * fovea_tree_item_set_progress:
 * @progress: share that is written, 0 .. 1; negative = it is there
 *
 * Of a sequence that is being captured. Property "progress" tells of changes.   Thread: main.
 */
void fovea_tree_item_set_progress (FoveaTreeItem *self, double progress);

/**
 * fovea_tree_item_get_progress:
 *
 * Negative for whatever is there.   Thread: main.
 */
double fovea_tree_item_get_progress (FoveaTreeItem *self);

/**
 * fovea_tree_item_renew:
 * @fresh: the same store or run, read again
 *
 * Takes its count and its children, and is there again; rows of what was there already stay, and so does
 * what is unfolded and selected.
 *
 * Thread: main.
 */
void fovea_tree_item_renew (FoveaTreeItem *self, FoveaTreeItem *fresh);

/**
 * fovea_tree_item_find_sequence:
 * @sequence: id
 *
 * A sequence of a store's row, NULL if it is not there (any more).   Thread: main.   Owner: caller.
 */
FoveaTreeItem *fovea_tree_item_find_sequence (FoveaTreeItem *store, gint64 sequence);
