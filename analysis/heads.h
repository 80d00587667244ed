/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Scores and roles of every head: row statistics and detectors on ordinary text, diagonals on
 * repeated random tokens. Means over rows, then over sequences, with the standard error over
 * sequences (methods/features-and-sparsity.md 9). */
#include "analysis/kept-layers.h"
#include "analysis/table.h"
#include "capture/attention.h"
#include "capture/progress.h"

typedef struct _FoveaHeads FoveaHeads;

/**
 * fovea_heads_new:
 *
 * An empty collection; sequences are added one by one so that traces need not all be there at once.
 *
 * Thread: one at a time.   Owner: caller frees with fovea_heads_free(); autoptr.
 */
FoveaHeads *fovea_heads_new (void);

/**
 * fovea_heads_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @heads.
 */
void fovea_heads_free (FoveaHeads *heads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaHeads, fovea_heads_free)

/**
 * fovea_heads_set_progress:
 * @progress: (nullable): counts the heads of the sequence that is being added, of L times H; called
 * within fovea_heads_add(), from any of its threads, one at a time
 *
 * Thread: one at a time.
 */
void fovea_heads_set_progress (FoveaHeads *heads, FoveaProgress progress, gpointer data);

/**
 * fovea_heads_set_kept:
 * @kept: (nullable): of the sequence that is added next, as fovea_head_measures_compute() takes it; borrowed until
 * then
 *
 * Thread: one at a time.
 */
void fovea_heads_set_kept (FoveaHeads *heads, const FoveaKeptLayers *kept);

/**
 * fovea_heads_add:
 * @trace: ordinary text, or repeated random tokens (info->repeat_period > 0)
 *
 * Of layers whose attention is not kept all scores are NaN.
 *
 * Errors: FOVEA_ERROR_SHAPE if L or H differ from the first trace; FOVEA_ERROR_NOT_FOUND if
 * attention of no layer is kept. Thread: one at a time; blocks.
 */
gboolean
fovea_heads_add (FoveaHeads *heads, FoveaTrace *trace, GCancellable *cancellable, GError **error);

/**
 * fovea_heads_finish:
 *
 * The table "heads", one row a head. Columns: layer, head, name ("5.7"), role (main one or ""),
 * roles (all, comma-separated, main one first; names in roles.h), then per score a value and its
 * standard error over sequences, "<score>_se" (NaN with fewer than two). On text: entropy (nats),
 * entropy_normalised, effective_tokens, max_weight, mean_distance (tokens), first_token,
 * first_token_share, window_16, long_range, positional, and the detectors previous_text,
 * current_text, duplicate_text, induction_text, sink_column (with sink_key and sink_token, position
 * and text of that column where it is strongest). On repeats: previous, current, duplicate,
 * induction, first. NaN without such sequences. Roles previous token, current token and sink are
 * judged on repeats if there are any, else on text; duplicate token and induction on repeats; the
 * others on text. Notes: n_text, n_repeat, repeat_period.
 *
 * Thread: one at a time.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_heads_finish (FoveaHeads *heads);

/**
 * fovea_heads_get_evidence:
 * @role: "induction" ... as in the column role
 *
 * The column whose value says how strongly the head of a row plays @role: of the sequences that it
 * was judged by. NULL if there is no such role.
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_heads_get_evidence (FoveaTable *table, guint row, const char *role);

/**
 * fovea_heads_check_table:
 *
 * Whether a table that a file kept can stand for one of fovea_heads_finish() of a model of
 * @n_layers by @n_heads: layer, head, name, role and roles are of their kinds, and every row's
 * layer and head lie within.
 *
 * Thread: any.
 */
gboolean fovea_heads_check_table (FoveaTable *table, gint64 n_layers, gint64 n_heads);

/**
 * fovea_heads_write_score:
 * @error: standard error, NaN = none
 * @digits: behind the point
 *
 * "0.960 ± 0.002"; an error that these digits do not show is no zero: "0.001 ± <0.001".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_heads_write_score (double value, double error, int digits);
