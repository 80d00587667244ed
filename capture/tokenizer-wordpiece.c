/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* WordPiece: from the left, always the longest piece of the vocabulary; inner pieces carry a prefix
 * ("##ing"). A word that cannot be spelled so, or is too long, is one unknown token. Cost: squared
 * in the word's length, which max_input_chars_per_word bounds. */
#include "capture/tokenizer-model.h"

#include <string.h>

typedef struct {
    FoveaTokenModel base;
    const FoveaVocabulary *vocabulary;
    gint32 unknown;
    char *prefix;
    gint64 max_characters;
} WordPiece;

/* Longest piece that starts at @start: its end and id. FALSE if there is none. */
static gboolean
find_piece (
    const WordPiece *model, const char *bytes, FoveaSpan word, gsize start, gsize *end, gint32 *id)
{
    g_autoptr (GString) piece = g_string_new (start > word.start ? model->prefix : "");
    gsize dressed = piece->len;
    g_string_append_len (piece, bytes + start, word.end - start);
    while (piece->len > dressed) {
        *id = fovea_vocabulary_lookup (model->vocabulary, piece->str, piece->len);
        *end = start + piece->len - dressed;
        if (*id >= 0)
            return TRUE;
        g_string_truncate (piece, g_utf8_prev_char (piece->str + piece->len) - piece->str);
    }
    return FALSE;
}

static gboolean
wordpiece_encode (const FoveaTokenModel *base,
                  const FoveaAlignedText *text,
                  FoveaSpan word,
                  FoveaTokenScratch *scratch,
                  GArray *tokens,
                  GError **error)
{
    const WordPiece *model = (const WordPiece *) base;
    const char *bytes = text->bytes->str;
    guint n_before = tokens->len;
    gboolean known =
        g_utf8_strlen (bytes + word.start, word.end - word.start) <= model->max_characters;
    for (gsize start = word.start, end; known && start < word.end; start = end) {
        gint32 id;
        known = find_piece (model, bytes, word, start, &end, &id);
        if (known)
            fovea_token_append (tokens, id, text, start, end);
    }
    if (!known) {
        g_array_set_size (tokens, n_before);
        fovea_token_append (tokens, model->unknown, text, word.start, word.end);
    }
    return TRUE;
}

static void
wordpiece_free (FoveaTokenModel *base)
{
    WordPiece *model = (WordPiece *) base;
    g_free (model->prefix);
    g_free (model);
}

FoveaTokenModel *
fovea_wordpiece_new_from_json (JsonObject *object,
                               const FoveaVocabulary *vocabulary,
                               GError **error)
{
    const char *unknown = fovea_tokenizer_json_string (object, "unk_token", "[UNK]");
    gint32 id = fovea_vocabulary_lookup (vocabulary, unknown, strlen (unknown));
    if (id < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: unk_token '%.40s' is not in the vocabulary", unknown);
        return NULL;
    }
    WordPiece *model = g_new0 (WordPiece, 1);
    model->base = (FoveaTokenModel){wordpiece_encode, wordpiece_free, "WordPiece"};
    model->vocabulary = vocabulary;
    model->unknown = id;
    model->prefix =
        g_strdup (fovea_tokenizer_json_string (object, "continuing_subword_prefix", "##"));
    model->max_characters = fovea_tokenizer_json_integer (object, "max_input_chars_per_word", 100);
    return &model->base;
}
