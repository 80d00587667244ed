/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "added_tokens" of tokenizer.json: whole strings that are looked for in the text before anything
 * else happens, or (normalized ones) after the normalizer. */
#include "capture/tokenizer-json.h"
#include "capture/tokenizer-normalizer.h"
#include "capture/tokenizer-vocabulary.h"

typedef struct _FoveaAddedTokens FoveaAddedTokens;

/* A part of a text: an added token, or (id -1) what stands between two. */
typedef struct {
    gsize start, end;
    gint32 id;
} FoveaTextPart;

/**
 * fovea_added_tokens_new_from_json:
 * @list: (nullable)
 * @vocabulary: gets the tokens that it lacks
 *
 * Errors: FOVEA_ERROR_FORMAT, FOVEA_ERROR_RANGE.
 * Thread: any.   Owner: caller; autoptr. Immutable, threads may share it.
 */
FoveaAddedTokens *fovea_added_tokens_new_from_json (JsonArray *list,
                                                    const FoveaNormalizer *normalizer,
                                                    FoveaVocabulary *vocabulary,
                                                    GError **error);

/**
 * fovea_added_tokens_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @added.
 */
void fovea_added_tokens_free (FoveaAddedTokens *added);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaAddedTokens, fovea_added_tokens_free)

/**
 * fovea_added_tokens_split:
 * @normalized: look for the tokens of the second round
 * @parts: (out caller-allocates): #FoveaTextPart in order, covering the text
 *
 * Leftmost and of those the longest token first.
 *
 * Thread: any.
 */
void fovea_added_tokens_split (const FoveaAddedTokens *added,
                               gboolean normalized,
                               const char *text,
                               gsize length,
                               GArray *parts);

/**
 * fovea_added_tokens_contains:
 *
 * Whether @id is an added token; @special (out) whether a special one.
 *
 * Thread: any.
 */
gboolean fovea_added_tokens_contains (const FoveaAddedTokens *added, gint32 id, gboolean *special);
