/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* WordLevel: a word is a token or it is unknown. */
#include <string.h>

#include "capture/tokenizer-model.h"

typedef struct {
    FoveaTokenModel base;
    const FoveaVocabulary *vocabulary;
    gint32 unknown; /* id, or -1 */
} WordLevel;

static gboolean
wordlevel_encode (const FoveaTokenModel *base,
                  const FoveaAlignedText *text,
                  FoveaSpan word,
                  FoveaTokenScratch *scratch,
                  GArray *tokens,
                  GError **error)
{
    const WordLevel *model = (const WordLevel *) base;
    gint32 id = fovea_vocabulary_lookup (model->vocabulary, text->bytes->str + word.start,
                                         word.end - word.start);
    if (id < 0)
        id = model->unknown;
    if (id < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "byte %zu: no token for '%.*s', and the tokenizer has no unknown token",
                     fovea_aligned_text_span (text, word.start, word.end).start,
                     (int) MIN (word.end - word.start, 40), text->bytes->str + word.start);
        return FALSE;
    }
    fovea_token_append (tokens, id, text, word.start, word.end);
    return TRUE;
}

static void
wordlevel_free (FoveaTokenModel *model)
{
    g_free (model);
}

FoveaTokenModel *
fovea_wordlevel_new_from_json (JsonObject *object,
                               const FoveaVocabulary *vocabulary,
                               GError **error)
{
    const char *unknown = fovea_tokenizer_json_string (object, "unk_token", "<unk>");
    WordLevel *model = g_new0 (WordLevel, 1);
    model->base = (FoveaTokenModel){wordlevel_encode, wordlevel_free, "WordLevel"};
    model->vocabulary = vocabulary;
    model->unknown = fovea_vocabulary_lookup (vocabulary, unknown, strlen (unknown));
    return &model->base;
}
