/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The sentences of ui.md 7: what inspector, accessible labels and the hidden status label say. */
#include "ui/cell-model.h"
#include "ui/token-paint.h"

/* What keeps the attention of every layer. */
#define FOVEA_ATTENTION_COMMAND "fovea capture MODEL -f TEXT -o STORE --points attention"

/**
 * fovea_sentence_for_cell:
 * @data: (nullable): numbers of the cell; without them only the place is said
 *
 * "Query 157 P, key 26 sy, head 5.10: weight 0.860, rank 1 of 158."
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_cell (FoveaSelection *selection, const FoveaCellData *data);

/**
 * fovea_sentence_for_missing:
 *
 * What the layer's maps need and the run did not keep, with the command that keeps it; NULL = nothing.
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_missing (FoveaTraceSource *source, guint layer);

/**
 * fovea_sentence_for_missing_scores:
 *
 * The same of scores, which a kept pattern has not.   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_missing_scores (FoveaTraceSource *source, guint layer);

/**
 * fovea_sentence_for_unread:
 * @message: of the error
 *
 * Why the selected head has no numbers: what is missing of its layer, else @message.
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_unread (FoveaSelection *selection, const char *message);

/**
 * fovea_sentence_for_change:
 *
 * "+0.0213": the weight of the cell less that in what the text is compared with; NULL = it is with nothing.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_change (const FoveaCellData *data);

/**
 * fovea_sentence_for_pair:
 *
 * "▶ 157 “P”    ▼ 26 “sy”" of the open text.   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_pair (FoveaSelection *selection, gint64 query, gint64 key);

/**
 * fovea_sentence_for_head:
 *
 * "Head 5.10, induction 0.960 plus or minus 0.002."
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_head (FoveaSelection *selection, guint layer, guint head);

/**
 * fovea_heads_find_row:
 *
 * Row of a head in the head table, or -1.   Thread: any.
 */
int fovea_heads_find_row (FoveaTable *heads, guint layer, guint head);

/**
 * fovea_heads_get_score:
 * @score: column, or a role, which stands for the score that decides it
 *
 * NaN if there is no such row or column.   Thread: any.
 */
double fovea_heads_get_score (FoveaTable *heads, int row, const char *score);

/**
 * fovea_heads_has_score:
 *
 * Whether @score is a number column of the table, or a role that some head may have.
 *
 * Thread: any.
 */
gboolean fovea_heads_has_score (FoveaTable *heads, const char *score);

/**
 * fovea_heads_get_role:
 *
 * Main role, "" if none.   Thread: any.   Owner: the table.
 */
const char *fovea_heads_get_role (FoveaTable *heads, int row);

/**
 * fovea_sentence_for_roles:
 * @picture: its sequences are pictures
 *
 * What roles and their errors are of, and what could be had beside them.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_roles (FoveaTable *heads, gboolean picture);

/**
 * fovea_sentence_for_scores:
 *
 * "72 heads · scores from 8 random repeats of 100 tokens, seed 0".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_sentence_for_scores (FoveaTable *heads);

/**
 * fovea_sentence_for_tokens:
 *
 * The chosen tokens for a spreadsheet: position, token and value, a line each; NULL if none are
 * chosen.   Thread: main.   Owner: caller.
 */
char *fovea_sentence_for_tokens (FoveaSelection *selection, FoveaTokenPaint *paint);
