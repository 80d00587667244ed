/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* SentencePiece's byte-pair encoding: tokens with scores instead of a list of merges. */
#include "capture/tokenizer-model.h"

typedef struct {
    float score;
    gboolean joins; /* whether merging may give it: no control, byte or unknown token */
} FoveaScoredToken;

/**
 * fovea_scores_list_merges:
 * @tokens: (array length=n): by id, one for each of @vocabulary
 *
 * Every way to make a token out of two, ranked by its score; equal scores are of equal rank.
 * SentencePiece joins, again and again, the two neighbours whose joint token has the best score,
 * the leftmost of equals: byte-pair encoding with these merges does the same.
 *
 * Thread: any.   Owner: caller; of #FoveaBpeMerge.
 */
GArray *fovea_scores_list_merges (const FoveaVocabulary *vocabulary,
                                  const FoveaScoredToken *tokens,
                                  guint n);

/**
 * fovea_scores_new_stages:
 * @prefix: whether a space goes in front of every text
 * @collapse: whether spaces at the ends go and runs of them become one
 *
 * tokenizer.json of such a model without its model: spaces are U+2581.
 *
 * Thread: any.   Owner: caller, json_object_unref(); autoptr.
 */
JsonObject *fovea_scores_new_stages (gboolean prefix, gboolean collapse);

/**
 * fovea_stages_parse:
 * @text: an object that is known to be sound
 *
 * Thread: any.   Owner: caller.
 */
JsonObject *fovea_stages_parse (const char *text);

/**
 * fovea_stages_add_token:
 *
 * Appends to "added_tokens".
 *
 * Thread: one.
 */
void fovea_stages_add_token (JsonObject *stages, gint32 id, const char *content, gboolean special);

/**
 * fovea_stages_set_around:
 * @before, @after: ids put in front of and behind every text, -1 = none
 *
 * Sets "post_processor".
 *
 * Thread: one.
 */
void fovea_stages_set_around (JsonObject *stages, gint64 before, gint64 after);
