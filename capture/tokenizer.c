/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The stages of tokenizer.json in their order: added tokens, normalizer, normalised added tokens,
 * pre-tokenizer, model, template. Everything is read once when the tokenizer is opened and never
 * changes after, so threads share it without locks. Truncation and padding settings are left aside:
 * Fovea's own options say how long a text may be. */
#include "capture/tokenizer.h"

#include <string.h>

#include "capture/json.h"
#include "capture/tokenizer-added.h"
#include "capture/tokenizer-decoder.h"
#include "capture/tokenizer-files.h"
#include "capture/tokenizer-model.h"
#include "capture/tokenizer-normalizer.h"
#include "capture/tokenizer-pretokenizer.h"
#include "capture/tokenizer-template.h"

/* Places of a text take 16 bytes a byte, and their arrays count in 32 bits. */
#define MAX_TEXT_BYTES ((gsize) 256 << 20)

struct _FoveaTokenizer {
    FoveaNormalizer *normalizer;
    FoveaPretokenizer *pretokenizer;
    FoveaVocabulary *vocabulary;
    FoveaAddedTokens *added;
    FoveaTokenModel *model;
    FoveaDecoder *decoder;
    FoveaTemplate *around;
    GString *texts; /* what every id stands for, one after another, each with a NUL */
    gsize *offsets; /* (size + 1), into texts */
    char *description;
};

void
fovea_tokenizer_free (FoveaTokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    fovea_normalizer_free (tokenizer->normalizer);
    fovea_pretokenizer_free (tokenizer->pretokenizer);
    fovea_added_tokens_free (tokenizer->added);
    if (tokenizer->model != NULL)
        tokenizer->model->free (tokenizer->model);
    fovea_vocabulary_free (tokenizer->vocabulary);
    fovea_decoder_free (tokenizer->decoder);
    fovea_template_free (tokenizer->around);
    if (tokenizer->texts != NULL)
        g_string_free (tokenizer->texts, TRUE);
    g_free (tokenizer->offsets);
    g_free (tokenizer->description);
    g_free (tokenizer);
}

/* A list of ["piece", score]: ids are places in it. */
static gboolean
read_pieces (FoveaVocabulary *vocabulary, JsonArray *pieces, GError **error)
{
    for (guint i = 0; i < json_array_get_length (pieces); i++) {
        JsonNode *node = json_array_get_element (pieces, i);
        JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
        JsonNode *text = pair != NULL && json_array_get_length (pair) > 0
                             ? json_array_get_element (pair, 0)
                             : NULL;
        if (text == NULL || !JSON_NODE_HOLDS_VALUE (text) ||
            json_node_get_value_type (text) != G_TYPE_STRING) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "tokenizer.json: element %u of 'vocab' is no piece with a score", i);
            return FALSE;
        }
        if (!fovea_vocabulary_add (vocabulary, json_node_get_string (text), i, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_vocabulary (FoveaVocabulary *vocabulary, JsonObject *model, GError **error)
{
    JsonNode *node = json_object_get_member (model, "vocab");
    if (node != NULL && JSON_NODE_HOLDS_ARRAY (node) &&
        g_str_equal (fovea_tokenizer_json_string (model, "type", ""), "Unigram"))
        return read_pieces (vocabulary, json_node_get_array (node), error);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                             "tokenizer.json: 'vocab' is no object");
        return FALSE;
    }
    JsonObjectIter iter;
    const char *token;
    JsonNode *id;
    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &token, &id)) {
        gint64 number = JSON_NODE_HOLDS_VALUE (id) ? json_node_get_int (id) : -1;
        if (!fovea_vocabulary_add (vocabulary, token, number, error))
            return FALSE;
    }
    return TRUE;
}

static const struct {
    const char *type;
    FoveaTokenModel *(*read) (JsonObject *, const FoveaVocabulary *, GError **);
} models[] = {
    {"BPE", fovea_bpe_new_from_json},
    {"WordPiece", fovea_wordpiece_new_from_json},
    {"Unigram", fovea_unigram_new_from_json},
    {"WordLevel", fovea_wordlevel_new_from_json},
};

/* Older files leave the type out; only BPE has merges. */
static const char *
model_type (JsonObject *model)
{
    const char *guess = json_object_has_member (model, "merges") ? "BPE" : "?";
    return fovea_tokenizer_json_string (model, "type", guess);
}

static gboolean
read_added (FoveaTokenizer *tokenizer, JsonObject *root, GError **error)
{
    JsonArray *added = fovea_tokenizer_json_array (root, "added_tokens", error);
    if (*error != NULL)
        return FALSE;
    tokenizer->added = fovea_added_tokens_new_from_json (added, tokenizer->normalizer,
                                                         tokenizer->vocabulary, error);
    return tokenizer->added != NULL;
}

/* Added tokens come after the vocabulary and before a model that looks for them. */
static gboolean
read_model (FoveaTokenizer *tokenizer, JsonObject *root, GError **error)
{
    if (tokenizer->model != NULL)
        return read_added (tokenizer, root, error);
    JsonObject *model = fovea_tokenizer_json_object (root, "model", error);
    if (model == NULL && *error == NULL)
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                             "tokenizer.json: there is no 'model'");
    if (*error != NULL)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
        if (strcmp (model_type (model), models[i].type) != 0)
            continue;
        if (!read_vocabulary (tokenizer->vocabulary, model, error) ||
            !read_added (tokenizer, root, error))
            return FALSE;
        tokenizer->model = models[i].read (model, tokenizer->vocabulary, error);
        return tokenizer->model != NULL;
    }
    return fovea_tokenizer_refuse ("model", model_type (model), error);
}

static gboolean
read_stages (FoveaTokenizer *tokenizer, JsonObject *root, JsonObject *config, GError **error)
{
    static const char *const members[] = {"normalizer", "pre_tokenizer", "post_processor",
                                          "decoder"};
    JsonObject *parts[G_N_ELEMENTS (members)];
    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        parts[i] = fovea_tokenizer_json_object (root, members[i], error);
        if (*error != NULL)
            return FALSE;
    }
    return (tokenizer->normalizer = fovea_normalizer_new_from_json (parts[0], error)) != NULL &&
           (tokenizer->pretokenizer = fovea_pretokenizer_new_from_json (parts[1], error)) != NULL &&
           (tokenizer->decoder = fovea_decoder_new_from_json (parts[3], error)) != NULL &&
           read_model (tokenizer, root, error) &&
           (tokenizer->around = fovea_template_new_from_json (
                parts[2], config, tokenizer->vocabulary, error)) != NULL;
}

static void
spell_tokens (FoveaTokenizer *tokenizer)
{
    guint size = fovea_tokenizer_get_size (tokenizer);
    g_autoptr (GString) token = g_string_new (NULL);
    tokenizer->texts = g_string_new (NULL);
    tokenizer->offsets = g_new (gsize, (gsize) size + 1);
    for (guint id = 0; id < size; id++) {
        gsize length;
        gboolean special;
        const char *name = fovea_vocabulary_get (tokenizer->vocabulary, (gint32) id, &length);
        g_string_truncate (token, 0);
        g_string_append_len (token, name, length);
        if (!fovea_added_tokens_contains (tokenizer->added, (gint32) id, &special))
            fovea_decoder_show (tokenizer->decoder, token);
        tokenizer->offsets[id] = tokenizer->texts->len;
        g_string_append_len (tokenizer->texts, token->str, token->len + 1);
    }
    tokenizer->offsets[size] = tokenizer->texts->len;
}

static char *
describe (FoveaTokenizer *tokenizer)
{
    guint size = fovea_tokenizer_get_size (tokenizer);
    g_autoptr (GString) number = g_string_new (NULL);
    g_string_printf (number, "%u", size);
    for (gssize i = (gssize) number->len - 3; i > 0; i -= 3)
        g_string_insert_c (number, i, ',');
    gboolean byte_level = fovea_pretokenizer_is_byte_level (tokenizer->pretokenizer);
    return g_strdup_printf ("%s%s, %s tokens", byte_level ? "byte-level " : "",
                            tokenizer->model->name, number->str);
}

FoveaTokenizer *
fovea_tokenizer_new_from_parts (JsonObject *stages,
                                JsonObject *config,
                                FoveaVocabulary *vocabulary,
                                FoveaTokenModel *model,
                                GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (FoveaTokenizer) tokenizer = g_new0 (FoveaTokenizer, 1);
    tokenizer->vocabulary = vocabulary;
    tokenizer->model = model;
    if (!read_stages (tokenizer, stages, config, &local)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    spell_tokens (tokenizer);
    tokenizer->description = describe (tokenizer);
    return g_steal_pointer (&tokenizer);
}

FoveaTokenizer *
fovea_tokenizer_new_from_json (
    const char *json, gssize length, const char *config, gssize config_length, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (JsonObject) settings = NULL;
    gsize json_length = length < 0 ? strlen (json) : (gsize) length;
    g_autoptr (JsonObject) root =
        fovea_json_parse_object (json, json_length, "tokenizer.json", 0, &local);
    if (local == NULL && config != NULL)
        settings = fovea_json_parse_object (
            config, config_length < 0 ? strlen (config) : (gsize) config_length,
            "tokenizer_config.json", 0, &local);
    g_autoptr (FoveaTokenizer) tokenizer = g_new0 (FoveaTokenizer, 1);
    tokenizer->vocabulary = fovea_vocabulary_new ();
    if (local != NULL || !read_stages (tokenizer, root, settings, &local)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    spell_tokens (tokenizer);
    tokenizer->description = describe (tokenizer);
    return g_steal_pointer (&tokenizer);
}

FoveaTokenizer *
fovea_tokenizer_open (const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
    g_autofree char *config_path = g_build_filename (folder, "tokenizer_config.json", NULL);
    g_autofree char *json = NULL;
    g_autofree char *config = NULL;
    gsize length, config_length = 0;
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return fovea_tokenizer_files_open (folder, error);
    if (!g_file_get_contents (path, &json, &length, error))
        return NULL;
    if (g_file_test (config_path, G_FILE_TEST_EXISTS) &&
        !g_file_get_contents (config_path, &config, &config_length, error))
        return NULL;
    FoveaTokenizer *tokenizer =
        fovea_tokenizer_new_from_json (json, length, config, config_length, error);
    if (tokenizer == NULL)
        g_prefix_error (error, "%s: ", folder);
    return tokenizer;
}

guint
fovea_tokenizer_get_size (FoveaTokenizer *tokenizer)
{
    return fovea_vocabulary_get_size (tokenizer->vocabulary);
}

const char *
fovea_tokenizer_describe (FoveaTokenizer *tokenizer)
{
    return tokenizer->description;
}

const char *
fovea_tokenizer_get_bytes (FoveaTokenizer *tokenizer, gint32 id, gsize *length)
{
    *length = 0;
    if (id < 0 || (guint) id >= fovea_tokenizer_get_size (tokenizer))
        return "";
    *length = tokenizer->offsets[id + 1] - tokenizer->offsets[id] - 1;
    return tokenizer->texts->str + tokenizer->offsets[id];
}

gboolean
fovea_tokenizer_is_special (FoveaTokenizer *tokenizer, gint32 id)
{
    gboolean special;
    fovea_added_tokens_contains (tokenizer->added, id, &special);
    return special;
}

gint32
fovea_tokenizer_get_bos (FoveaTokenizer *tokenizer)
{
    const GArray *before = tokenizer->around->before;
    return before->len > 0 ? g_array_index (before, gint32, 0) : -1;
}

const gint32 *
fovea_tokenizer_get_around (FoveaTokenizer *tokenizer, gboolean after, guint *n)
{
    const GArray *ids = after ? tokenizer->around->after : tokenizer->around->before;
    *n = ids->len;
    return (const gint32 *) (const void *) ids->data;
}

void
fovea_token_append (GArray *tokens, gint32 id, const FoveaAlignedText *text, gsize start, gsize end)
{
    FoveaSpan span = fovea_aligned_text_span (text, start, end);
    FoveaToken token = {id, (gint64) span.start, (gint64) span.end};
    g_array_append_val (tokens, token);
}

/* Everything that one call of encode works with. */
typedef struct {
    const FoveaTokenizer *tokenizer;
    FoveaTokenScratch scratch;
    GArray *tokens;
} Encoding;

/* Words and their tokens; takes @text. */
static gboolean
encode_words (Encoding *encoding, FoveaAlignedText *text, GError **error)
{
    const FoveaTokenizer *tokenizer = encoding->tokenizer;
    gboolean first = fovea_aligned_text_span (text, 0, 0).start == 0;
    g_autoptr (FoveaWords) words = fovea_words_new (text);
    if (!fovea_pretokenizer_apply (tokenizer->pretokenizer, words, first, error))
        return FALSE;
    for (guint i = 0; i < words->ranges->len; i++) {
        FoveaSpan word = g_array_index (words->ranges, FoveaSpan, i);
        if (!tokenizer->model->encode (tokenizer->model, words->text, word, &encoding->scratch,
                                       encoding->tokens, error))
            return FALSE;
    }
    return TRUE;
}

/* What stands between two added tokens of the raw text; takes @raw. */
static gboolean
encode_stretch (Encoding *encoding, FoveaAlignedText *raw, GError **error)
{
    const FoveaTokenizer *tokenizer = encoding->tokenizer;
    g_autoptr (FoveaAlignedText) text = fovea_normalizer_apply (tokenizer->normalizer, raw, error);
    if (text == NULL)
        return FALSE;
    g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FoveaTextPart));
    fovea_added_tokens_split (tokenizer->added, TRUE, text->bytes->str, text->bytes->len, parts);
    if (parts->len == 1 && g_array_index (parts, FoveaTextPart, 0).id < 0)
        return encode_words (encoding, g_steal_pointer (&text), error);
    for (guint i = 0; i < parts->len; i++) {
        FoveaTextPart part = g_array_index (parts, FoveaTextPart, i);
        if (part.id >= 0) {
            fovea_token_append (encoding->tokens, part.id, text, part.start, part.end);
            continue;
        }
        FoveaAlignedText *piece = fovea_aligned_text_new (part.end - part.start);
        fovea_aligned_text_copy (piece, text, part.start, part.end);
        if (!encode_words (encoding, piece, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
encode_text (Encoding *encoding, const char *text, gsize length, GError **error)
{
    g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FoveaTextPart));
    fovea_added_tokens_split (encoding->tokenizer->added, FALSE, text, length, parts);
    for (guint i = 0; i < parts->len; i++) {
        FoveaTextPart part = g_array_index (parts, FoveaTextPart, i);
        FoveaToken token = {part.id, (gint64) part.start, (gint64) part.end};
        if (part.id >= 0)
            g_array_append_val (encoding->tokens, token);
        else if (!encode_stretch (encoding,
                                  fovea_aligned_text_new_from (text + part.start,
                                                               part.end - part.start, part.start),
                                  error))
            return FALSE;
    }
    return TRUE;
}

/* NUL is a character like others here, unlike in g_utf8_validate(). */
static gboolean
check_text (const char *text, gsize length, GError **error)
{
    const char *end = text + length, *bad = text;
    while (!g_utf8_validate_len (bad, end - bad, &bad) && bad < end && *bad == '\0')
        bad++;
    if (bad < end) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "text: byte %zu: 0x%02x is no UTF-8",
                     (gsize) (bad - text), (guchar) *bad);
        return FALSE;
    }
    if (length > MAX_TEXT_BYTES) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "text of %zu bytes; at most %zu at a time", length, MAX_TEXT_BYTES);
        return FALSE;
    }
    return TRUE;
}

static void
append_template (GArray *tokens, const GArray *ids, gint64 place)
{
    for (guint i = 0; i < ids->len; i++) {
        FoveaToken token = {g_array_index (ids, gint32, i), place, place};
        g_array_append_val (tokens, token);
    }
}

GArray *
fovea_tokenizer_encode (FoveaTokenizer *tokenizer,
                        const char *text,
                        gssize length,
                        gboolean add_special,
                        GError **error)
{
    g_return_val_if_fail (tokenizer != NULL && text != NULL, NULL);
    gsize n = length < 0 ? strlen (text) : (gsize) length;
    if (!check_text (text, n, error))
        return NULL;
    g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (FoveaToken));
    Encoding encoding = {tokenizer, {NULL, NULL}, tokens};
    fovea_token_scratch_init (&encoding.scratch);
    if (add_special)
        append_template (tokens, tokenizer->around->before, 0);
    gboolean ok = encode_text (&encoding, text, n, error);
    fovea_token_scratch_clear (&encoding.scratch);
    if (!ok)
        return NULL;
    if (add_special)
        append_template (tokens, tokenizer->around->after, (gint64) n);
    return g_steal_pointer (&tokens);
}

char *
fovea_tokenizer_decode (FoveaTokenizer *tokenizer,
                        const gint32 *ids,
                        gsize n,
                        gboolean skip_special,
                        gsize *length,
                        GError **error)
{
    guint size = fovea_tokenizer_get_size (tokenizer);
    g_autoptr (GPtrArray) tokens = fovea_decoder_new_list ();
    for (gsize i = 0; i < n; i++) {
        if (ids[i] < 0 || (guint) ids[i] >= size) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "position %zu: id %d is not in 0 .. %u", i, ids[i], size - 1);
            return NULL;
        }
        if (skip_special && fovea_tokenizer_is_special (tokenizer, ids[i]))
            continue;
        gsize bytes;
        const char *text = fovea_vocabulary_get (tokenizer->vocabulary, ids[i], &bytes);
        g_ptr_array_add (tokens, g_string_new_len (text, (gssize) bytes));
    }
    GString *text = fovea_decoder_apply (tokenizer->decoder, tokens);
    if (length != NULL)
        *length = text->len;
    return g_string_free (text, FALSE);
}
