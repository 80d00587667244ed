/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "pre_tokenizer" of tokenizer.json: cutting the normalised text into words; no token spans two. */
#include "capture/tokenizer-json.h"
#include "capture/tokenizer-text.h"

typedef struct _FoveaPretokenizer FoveaPretokenizer;

/* A text and its words: ranges of its bytes in rising order, none empty. */
typedef struct {
    FoveaAlignedText *text;
    GArray *ranges; /* of #FoveaSpan */
} FoveaWords;

/**
 * fovea_words_new:
 * @text: (transfer full): becomes one word, or none if empty
 *
 * Thread: any.   Owner: caller; autoptr.
 */
FoveaWords *fovea_words_new (FoveaAlignedText *text);

/**
 * fovea_words_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @words.
 */
void fovea_words_free (FoveaWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaWords, fovea_words_free)

/**
 * fovea_pretokenizer_new_from_json:
 * @object: (nullable): NULL cuts nothing
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED naming the type, FOVEA_ERROR_FORMAT.
 * Thread: any.   Owner: caller; immutable, threads may share it.
 */
FoveaPretokenizer *fovea_pretokenizer_new_from_json (JsonObject *object, GError **error);

/**
 * fovea_pretokenizer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @pretokenizer.
 */
void fovea_pretokenizer_free (FoveaPretokenizer *pretokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPretokenizer, fovea_pretokenizer_free)

/**
 * fovea_pretokenizer_apply:
 * @first: whether the text begins the user's text, which one scheme of Metaspace asks
 *
 * Cuts @words further, in place.
 *
 * Errors: those of fovea_pattern_find().
 * Thread: any.
 */
gboolean fovea_pretokenizer_apply (const FoveaPretokenizer *pretokenizer,
                                   FoveaWords *words,
                                   gboolean first,
                                   GError **error);

/**
 * fovea_pretokenizer_is_byte_level:
 *
 * Whether words come out in GPT-2's byte alphabet.
 *
 * Thread: any.
 */
gboolean fovea_pretokenizer_is_byte_level (const FoveaPretokenizer *pretokenizer);
