/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of recall in a store, added to by and by: what is measured anew takes the place of the same
 * points, everything else stays. */
#include "storage/store.h"

/**
 * fovea_recall_get_kept:
 * @run, @sequence: what is looked at
 * @first_tokens: of each longer text; 0 = all tokens, else the newest of any number
 *
 * The newest table "recall" that names the sequence, NULL if there is none. A table of @run that
 * names no sequences, as older stores have, counts too.
 *
 * Thread: the store's.   Owner: caller, fovea_table_unref().
 */
FoveaTable *
fovea_recall_get_kept (FoveaStore *store, gint64 run, gint64 sequence, gint64 first_tokens);

/**
 * fovea_recall_list_kept:
 *
 * All of them, of #FoveaTable: of all tokens, then of fewer and fewer first ones.
 *
 * Thread: the store's.   Owner: caller.
 */
GPtrArray *fovea_recall_list_kept (FoveaStore *store, gint64 run, gint64 sequence);

/**
 * fovea_recall_get_for_figure:
 *
 * As fovea_recall_get_kept() of a sequence and its run; where that gives none, the newest table
 * "recall" of the store, which may be about another run. NULL without error if there is none at all.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_get_for_figure (FoveaStore *store,
                                         gint64 sequence,
                                         gint64 first_tokens,
                                         GError **error);

/**
 * fovea_recall_keep:
 * @fresh: measured now; its note "sequences" says on what
 * @anew: forget what was measured before on these sequences
 * @n_kept: (out): rows of earlier measurements that stay beside @fresh
 *
 * Merges @fresh with what the store has about the same sequences and as many first tokens of them (fovea_recall_merge()), whichever
 * program or option measured that, keeps the result and its summary "sparsity" in place of the old
 * ones, and gives the result. It is about their run if they are all of one. What an interrupted measurement of
 * these left of some of them goes (recall-partial.h).
 *
 * Errors: FOVEA_ERROR_STORE; then the old tables stay.   Thread: the store's; blocks.
 * Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_keep (
    FoveaStore *store, FoveaTable *fresh, gboolean anew, guint *n_kept, GError **error);
