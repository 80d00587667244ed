/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tokens stand in lists by their first byte, longest first, so a text without such a byte costs one
 * table look-up a byte. */
#include "capture/tokenizer-added.h"

#include <string.h>

#include "capture/tokenizer-unicode.h"

typedef struct {
    char *content; /* what is looked for: normalised if the token is */
    gsize length;
    gint32 id;
    gboolean special, left, right, single_word;
} Added;

typedef GPtrArray *Round[256]; /* by first byte, of #Added, longest first; NULL = none */

struct _FoveaAddedTokens {
    GPtrArray *tokens;
    GHashTable *by_id;
    Round rounds[2]; /* raw text, normalised text */
};

static void
added_free (gpointer data)
{
    Added *token = data;
    g_free (token->content);
    g_free (token);
}

static int
longest_first (gconstpointer a, gconstpointer b)
{
    const Added *x = *(const Added *const *) a, *y = *(const Added *const *) b;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static char *
normalize_content (const FoveaNormalizer *normalizer, const char *content, GError **error)
{
    FoveaAlignedText *raw = fovea_aligned_text_new_from (content, strlen (content), 0);
    g_autoptr (FoveaAlignedText) normal = fovea_normalizer_apply (normalizer, raw, error);
    return normal == NULL ? NULL : g_strdup (normal->bytes->str);
}

typedef struct {
    FoveaAddedTokens *added;
    const FoveaNormalizer *normalizer;
    FoveaVocabulary *vocabulary;
} Reading;

static gboolean
add_token (const Reading *reading, JsonObject *object, GError **error)
{
    const char *content = fovea_tokenizer_json_string (object, "content", "");
    gint64 id = fovea_tokenizer_json_integer (object, "id", -1);
    gboolean special = fovea_tokenizer_json_boolean (object, "special", FALSE);
    gboolean normalized = fovea_tokenizer_json_boolean (object, "normalized", !special);
    if (!fovea_vocabulary_add (reading->vocabulary, content, id, error))
        return FALSE;
    Added *token = g_new0 (Added, 1);
    g_ptr_array_add (reading->added->tokens, token);
    g_hash_table_insert (reading->added->by_id, GINT_TO_POINTER ((int) id), token);
    token->id = (gint32) id;
    token->special = special;
    token->left = fovea_tokenizer_json_boolean (object, "lstrip", FALSE);
    token->right = fovea_tokenizer_json_boolean (object, "rstrip", FALSE);
    token->single_word = fovea_tokenizer_json_boolean (object, "single_word", FALSE);
    token->content =
        normalized ? normalize_content (reading->normalizer, content, error) : g_strdup (content);
    if (token->content == NULL)
        return FALSE;
    token->length = strlen (token->content);
    if (token->length == 0)
        return TRUE;
    GPtrArray **list = &reading->added->rounds[normalized][(guchar) token->content[0]];
    if (*list == NULL)
        *list = g_ptr_array_new ();
    g_ptr_array_add (*list, token);
    return TRUE;
}

static void
sort_rounds (FoveaAddedTokens *added)
{
    for (guint round = 0; round < 2; round++)
        for (guint byte = 0; byte < 256; byte++)
            if (added->rounds[round][byte] != NULL)
                g_ptr_array_sort (added->rounds[round][byte], longest_first);
}

FoveaAddedTokens *
fovea_added_tokens_new_from_json (JsonArray *list,
                                  const FoveaNormalizer *normalizer,
                                  FoveaVocabulary *vocabulary,
                                  GError **error)
{
    g_autoptr (FoveaAddedTokens) added = g_new0 (FoveaAddedTokens, 1);
    added->tokens = g_ptr_array_new_with_free_func (added_free);
    added->by_id = g_hash_table_new (NULL, NULL);
    Reading reading = {added, normalizer, vocabulary};
    for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
        JsonNode *node = json_array_get_element (list, i);
        if (!JSON_NODE_HOLDS_OBJECT (node)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "tokenizer.json: element %u of 'added_tokens' is no object", i);
            return NULL;
        }
        if (!add_token (&reading, json_node_get_object (node), error))
            return NULL;
    }
    sort_rounds (added);
    return g_steal_pointer (&added);
}

void
fovea_added_tokens_free (FoveaAddedTokens *added)
{
    if (added == NULL)
        return;
    for (guint round = 0; round < 2; round++)
        for (guint byte = 0; byte < 256; byte++)
            g_clear_pointer (&added->rounds[round][byte], g_ptr_array_unref);
    g_ptr_array_unref (added->tokens);
    g_hash_table_unref (added->by_id);
    g_free (added);
}

static gboolean
stands_alone (const char *text, gsize length, gsize start, gsize end)
{
    if (start > 0 && fovea_unicode_is_word (g_utf8_get_char (g_utf8_prev_char (text + start))))
        return FALSE;
    return end == length || !fovea_unicode_is_word (g_utf8_get_char (text + end));
}

/* The longest token that stands at @start, or NULL. */
static const Added *
find_at (const GPtrArray *list, const char *text, gsize length, gsize start)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const Added *token = g_ptr_array_index (list, i);
        if (token->length > length - start ||
            memcmp (text + start, token->content, token->length) != 0)
            continue;
        if (!token->single_word || stands_alone (text, length, start, start + token->length))
            return token;
    }
    return NULL;
}

/* Start of the token's part, spaces before it taken in, but not before @done. */
static gsize
widen_left (const Added *token, const char *text, gsize done, gsize start)
{
    while (token->left && start > done) {
        const char *before = g_utf8_prev_char (text + start);
        if (!fovea_unicode_is_space (g_utf8_get_char (before)))
            break;
        start = before - text;
    }
    return start;
}

static gsize
widen_right (const Added *token, const char *text, gsize length, gsize end)
{
    while (token->right && end < length && fovea_unicode_is_space (g_utf8_get_char (text + end)))
        end = g_utf8_next_char (text + end) - text;
    return end;
}

static void
add_part (GArray *parts, gsize start, gsize end, gint32 id)
{
    FoveaTextPart part = {start, end, id};
    if (start < end)
        g_array_append_val (parts, part);
}

void
fovea_added_tokens_split (const FoveaAddedTokens *added,
                          gboolean normalized,
                          const char *text,
                          gsize length,
                          GArray *parts)
{
    GPtrArray *const *lists = added->rounds[normalized ? 1 : 0];
    gsize done = 0;
    for (gsize i = 0; i < length;) {
        const Added *token = find_at (lists[(guchar) text[i]], text, length, i);
        if (token == NULL) {
            i++;
            continue;
        }
        gsize start = widen_left (token, text, done, i);
        gsize end = widen_right (token, text, length, i + token->length);
        add_part (parts, done, start, -1);
        add_part (parts, start, end, token->id);
        done = i = end;
    }
    add_part (parts, done, length, -1);
}

gboolean
fovea_added_tokens_contains (const FoveaAddedTokens *added, gint32 id, gboolean *special)
{
    const Added *token = g_hash_table_lookup (added->by_id, GINT_TO_POINTER (id));
    *special = token != NULL && token->special;
    return token != NULL;
}
