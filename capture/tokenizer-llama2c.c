/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* llama2.c joins, again and again, the two neighbours whose joint token has the best score. The
 * same comes from byte-pair encoding whose merges are all splits of every token into two tokens,
 * ordered by score; so the file is rewritten as a tokenizer.json and read by the one reader of
 * that. */
#include "capture/tokenizer-llama2c.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
    char *text;
    float score;
    guint id;
} Token;

enum {
    N_SPECIAL = 3, /* <unk>, <s>, </s> */
    N_BYTES = 256,
    HEADER_BYTES = 4,
    TOKEN_HEADER_BYTES = 8,
    MAX_TOKEN_BYTES = 1024
};

static void
clear_token (gpointer data)
{
    Token *token = data;
    g_free (token->text);
}

/* Names as tokenizer.json has them: upstream writes "\n<s>\n" for BOS. */
static char *
token_text (const guint8 *bytes, gsize length, guint id)
{
    static const char *const special[N_SPECIAL] = {"<unk>", "<s>", "</s>"};
    if (id < N_SPECIAL)
        return g_strdup (special[id]);
    return g_strndup ((const char *) bytes, length);
}

static gboolean
fail (GError **error, gsize offset, const char *what)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "tokenizer.bin: byte %zu: %s", offset,
                 what);
    return FALSE;
}

static gboolean
read_tokens (const guint8 *bytes, gsize length, GArray *tokens, GError **error)
{
    for (gsize offset = HEADER_BYTES; offset < length;) {
        if (length - offset < TOKEN_HEADER_BYTES)
            return fail (error, offset, "file ends inside a token");
        guint32 score_bits, n;
        memcpy (&score_bits, bytes + offset, 4);
        memcpy (&n, bytes + offset + 4, 4);
        score_bits = GUINT32_FROM_LE (score_bits);
        n = GUINT32_FROM_LE (n);
        offset += TOKEN_HEADER_BYTES;
        if (n > MAX_TOKEN_BYTES || n > length - offset)
            return fail (error, offset, "token is longer than the file or than 1024 bytes");
        if (!g_utf8_validate_len ((const char *) bytes + offset, n, NULL))
            return fail (error, offset, "token is no UTF-8 text");
        Token token = {token_text (bytes + offset, n, tokens->len), 0, tokens->len};
        memcpy (&token.score, &score_bits, 4);
        g_array_append_val (tokens, token);
        offset += n;
    }
    if (tokens->len < N_SPECIAL + N_BYTES)
        return fail (error, length, "fewer tokens than the 259 that every such file begins with");
    return TRUE;
}

static int
best_score_first (gconstpointer a, gconstpointer b)
{
    const Token *x = *(const Token *const *) a, *y = *(const Token *const *) b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Every way to make @text out of two tokens. */
static void
add_splits (JsonBuilder *builder, GHashTable *ids, const char *text)
{
    for (const char *p = text; *p != '\0' && *(p = g_utf8_next_char (p)) != '\0';) {
        g_autofree char *left = g_strndup (text, p - text);
        if (!g_hash_table_contains (ids, left) || !g_hash_table_contains (ids, p))
            continue;
        json_builder_begin_array (builder);
        json_builder_add_string_value (builder, left);
        json_builder_add_string_value (builder, p);
        json_builder_end_array (builder);
    }
}

static void
add_merges (JsonBuilder *builder, GArray *tokens)
{
    g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GPtrArray) order = g_ptr_array_new ();
    for (guint i = N_SPECIAL + N_BYTES; i < tokens->len; i++) {
        Token *token = &g_array_index (tokens, Token, i);
        g_hash_table_add (ids, token->text);
        g_ptr_array_add (order, token);
    }
    g_ptr_array_sort (order, best_score_first);
    json_builder_set_member_name (builder, "merges");
    json_builder_begin_array (builder);
    for (guint i = 0; i < order->len; i++)
        add_splits (builder, ids, ((Token *) g_ptr_array_index (order, i))->text);
    json_builder_end_array (builder);
}

static void
add_vocabulary (JsonBuilder *builder, GArray *tokens)
{
    json_builder_set_member_name (builder, "vocab");
    json_builder_begin_object (builder);
    for (guint i = 0; i < tokens->len; i++) {
        json_builder_set_member_name (builder, g_array_index (tokens, Token, i).text);
        json_builder_add_int_value (builder, i);
    }
    json_builder_end_object (builder);
}

/* The "model" object. */
static char *
write_model (GArray *tokens)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "type");
    json_builder_add_string_value (builder, "BPE");
    json_builder_set_member_name (builder, "unk_token");
    json_builder_add_string_value (builder, "<unk>");
    json_builder_set_member_name (builder, "byte_fallback");
    json_builder_add_boolean_value (builder, TRUE);
    add_vocabulary (builder, tokens);
    add_merges (builder, tokens);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

FoveaTokenizer *
fovea_llama2c_tokenizer_new (const guint8 *bytes, gsize length, GError **error)
{
    g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (Token));
    g_array_set_clear_func (tokens, clear_token);
    if (!read_tokens (bytes, length, tokens, error))
        return NULL;
    g_autofree char *model = write_model (tokens);
    /* Upstream puts a space in front of every text and BOS in front of that. */
    g_autofree char *json = g_strconcat (
        "{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true},"
        "{\"id\":1,\"content\":\"<s>\",\"special\":true},"
        "{\"id\":2,\"content\":\"</s>\",\"special\":true}],"
        "\"normalizer\":{\"type\":\"Prepend\",\"prepend\":\" \"},"
        "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteFallback\"},"
        "{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]},"
        "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
        "{\"SpecialToken\":{\"id\":\"<s>\"}},{\"Sequence\":{\"id\":\"A\"}}],"
        "\"special_tokens\":{\"<s>\":{\"ids\":[1]}}},\"model\":",
        model, "}", NULL);
    return fovea_tokenizer_new_from_json (json, -1, NULL, 0, error);
}

/* Name of the tokenizer file in @folder, or NULL. */
static char *
find_file (const char *folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    char *best = NULL;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        if (!g_str_has_prefix (name, "tok") || !g_str_has_suffix (name, ".bin"))
            continue;
        /* The folder's order is arbitrary; the last name wins, so tokenizer.bin before tok512.bin.
         */
        if (best == NULL || strcmp (name, best) > 0) {
            g_free (best);
            best = g_strdup (name);
        }
    }
    return best;
}

FoveaTokenizer *
fovea_llama2c_tokenizer_open (const char *folder, GError **error)
{
    g_autofree char *name = find_file (folder);
    if (name == NULL) {
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
            "%s: no tokenizer.json, tokenizer.model, vocab.json with merges.txt, vocab.txt or "
            "llama2.c tokenizer (tok*.bin)",
            folder);
        return NULL;
    }
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    if (!g_file_get_contents (path, &bytes, &length, error))
        return NULL;
    FoveaTokenizer *tokenizer = fovea_llama2c_tokenizer_new ((const guint8 *) bytes, length, error);
    if (tokenizer == NULL)
        g_prefix_error (error, "%s: ", path);
    return tokenizer;
}
