/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of recall in a store, added to by and by: what is measured anew takes the place of the same
 * method on the same object, everything else stays. */
#include "storage/store.h"

/**
 * fovea_recall_get_kept:
 * @run, @sequence: what is looked at
 *
 * The table "recall" that is about this run, NULL if there is none. A table without a run counts if
 * it names the sequence.
 *
 * Thread: the store's.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_get_kept (FoveaStore *store, gint64 run, gint64 sequence);

/**
 * fovea_recall_get_for_figure:
 *
 * As fovea_recall_get_kept() of a sequence and its run; where that gives none, the newest table
 * "recall" of the store, which may be about another run. NULL without error if there is none at all.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_get_for_figure (FoveaStore *store, gint64 sequence, GError **error);

/**
 * fovea_recall_merge:
 * @kept: (nullable): measured before
 * @fresh: measured now
 *
 * A table "recall" with the rows of @fresh, and of @kept those of other methods or objects; @fresh
 * alone if they are of other sequences. Objects are in the order of fovea_sparse_curves_finish().
 * Rows of a method whose other knobs were set differently go.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_merge (FoveaTable *kept, FoveaTable *fresh);

/**
 * fovea_recall_keep:
 *
 * Merges @fresh with what the store has about @run, keeps the result and its summary "sparsity", and
 * gives the result.
 *
 * Errors: FOVEA_ERROR_STORE; then the old tables stay.   Thread: the store's; blocks.
 * Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_keep (FoveaStore *store, gint64 run, FoveaTable *fresh, GError **error);
