/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SentencePiece's models of whole words: spaces are U+2581 and begin a word, also where the
 * model puts them behind words; a word is a piece or unknown, and neighbours that are unknown are one token. Linear in the text. */
#include <string.h>

#include "capture/tokenizer-model.h"

#define SPACE "\u2581"

typedef struct {
    FoveaTokenModel base;
    const FoveaVocabulary *vocabulary;
    gint32 unknown;    /* id, or -1 */
    gint32 bytes[256]; /* of unknown words; -1 = there are none */
} Words;

static gboolean
is_space (const char *at, const char *end)
{
    gsize n = strlen (SPACE);
    return (gsize) (end - at) >= n && memcmp (at, SPACE, n) == 0;
}

/* End of the word that begins at @start, with the space that it may begin with. */
static gsize
find_end (const char *bytes, gsize start, gsize end)
{
    gsize at = start + (is_space (bytes + start, bytes + end) ? strlen (SPACE) : 1);
    while (at < end && !is_space (bytes + at, bytes + end))
        at++;
    return at;
}

/* A run of words that no piece stands for. */
static gboolean
add_unknown (const Words *model,
             const FoveaAlignedText *text,
             gsize start,
             gsize end,
             GArray *tokens,
             GError **error)
{
    if (start == end)
        return TRUE;
    if (model->bytes[0] >= 0) {
        for (gsize i = start; i < end; i++)
            fovea_token_append (tokens, model->bytes[(guint8) text->bytes->str[i]], text, i, i + 1);
        return TRUE;
    }
    if (model->unknown < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "byte %zu: no token for '%.*s', and the tokenizer has no unknown token",
                     fovea_aligned_text_span (text, start, end).start, (int) MIN (end - start, 40),
                     text->bytes->str + start);
        return FALSE;
    }
    fovea_token_append (tokens, model->unknown, text, start, end);
    return TRUE;
}

static gboolean
words_encode (const FoveaTokenModel *base,
              const FoveaAlignedText *text,
              FoveaSpan word,
              FoveaTokenScratch *scratch,
              GArray *tokens,
              GError **error)
{
    const Words *model = (const Words *) base;
    const char *bytes = text->bytes->str;
    gsize unknown = word.start; /* from here on to the word at hand */
    for (gsize start = word.start, end; start < word.end; start = end) {
        end = find_end (bytes, start, word.end);
        gint32 id = fovea_vocabulary_lookup (model->vocabulary, bytes + start, end - start);
        if (id < 0 || id == model->unknown)
            continue;
        if (!add_unknown (model, text, unknown, start, tokens, error))
            return FALSE;
        fovea_token_append (tokens, id, text, start, end);
        unknown = end;
    }
    return add_unknown (model, text, unknown, word.end, tokens, error);
}

static void
words_free (FoveaTokenModel *model)
{
    g_free (model);
}

FoveaTokenModel *
fovea_words_model_new (const FoveaVocabulary *vocabulary, gint32 unknown, gboolean byte_fallback)
{
    Words *model = g_new0 (Words, 1);
    gboolean all = byte_fallback;
    model->base = (FoveaTokenModel){words_encode, words_free, "words"};
    model->vocabulary = vocabulary;
    model->unknown = unknown;
    for (int b = 0; b < 256; b++) {
        g_autofree char *name = g_strdup_printf ("<0x%02X>", (guint) b);
        model->bytes[b] = fovea_vocabulary_lookup (vocabulary, name, strlen (name));
        all = all && model->bytes[b] >= 0;
    }
    if (!all)
        model->bytes[0] = -1;
    return &model->base;
}
