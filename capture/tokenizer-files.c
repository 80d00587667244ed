/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Older files are rewritten as a tokenizer.json and read by the one reader of that; only
 * SentencePiece's has one of its own. */
#include "capture/tokenizer-files.h"

#include <string.h>

#include "capture/json.h"
#include "capture/tokenizer-llama2c.h"
#include "capture/tokenizer-scores.h"
#include "capture/tokenizer-sentencepiece.h"
#include "capture/tokenizer-tiktoken.h"

/* Names that RoBERTa's kin have and GPT-2's do not. */
static const char *const roberta[] = {"<s>", "</s>", "<mask>"};
static const char *const special[] = {"<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>"};
static const char *const bert[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

static JsonArray *
list_merges (const char *text)
{
    JsonArray *merges = json_array_new ();
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_strchomp (lines[i]);
        if (*lines[i] != '\0' && !(i == 0 && g_str_has_prefix (lines[i], "#version")))
            json_array_add_string_element (merges, lines[i]);
    }
    return merges;
}

static void
add_specials (JsonObject *root, JsonObject *vocabulary, const char *const *names, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        JsonNode *id = json_object_get_member (vocabulary, names[i]);
        gint64 number = id != NULL && JSON_NODE_HOLDS_VALUE (id) ? json_node_get_int (id) : -1;
        if (number >= 0 && number <= G_MAXINT32)
            fovea_stages_add_token (root, (gint32) number, names[i], TRUE);
    }
}

static gint64
find_id (JsonObject *vocabulary, const char *name)
{
    JsonNode *id = json_object_get_member (vocabulary, name);
    return id != NULL && JSON_NODE_HOLDS_VALUE (id) ? json_node_get_int (id) : -1;
}

/* Serialises @root, whose "model" becomes @model (taken), and reads it. */
static FoveaTokenizer *
read_root (JsonObject *root, JsonObject *model, const char *config, GError **error)
{
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
    json_object_set_object_member (root, "model", model);
    json_node_set_object (node, root);
    g_autofree char *text = json_to_string (node, FALSE);
    return fovea_tokenizer_new_from_json (text, -1, config, -1, error);
}

FoveaTokenizer *
fovea_tokenizer_new_from_merges (const char *vocabulary,
                                 const char *merges,
                                 const char *config,
                                 GError **error)
{
    g_autoptr (JsonObject) tokens =
        fovea_json_parse_object (vocabulary, strlen (vocabulary), "vocab.json", 0, error);
    if (tokens == NULL)
        return NULL;
    g_autoptr (JsonObject) root = fovea_stages_parse (
        "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
        "\"decoder\":{\"type\":\"ByteLevel\"},\"added_tokens\":[]}");
    add_specials (root, tokens, special, G_N_ELEMENTS (special));
    gboolean around = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS (roberta); i++)
        around = around && find_id (tokens, roberta[i]) >= 0;
    if (around)
        fovea_stages_set_around (root, find_id (tokens, "<s>"), find_id (tokens, "</s>"));
    JsonObject *model = json_object_new ();
    json_object_set_string_member (model, "type", "BPE");
    json_object_set_object_member (model, "vocab", json_object_ref (tokens));
    json_object_set_array_member (model, "merges", list_merges (merges));
    return read_root (root, model, config, error);
}

static gboolean
wants_lower_case (const char *config)
{
    if (config == NULL)
        return TRUE;
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (config, strlen (config), "tokenizer_config.json", 0, NULL);
    return object == NULL || fovea_tokenizer_json_boolean (object, "do_lower_case", TRUE);
}

FoveaTokenizer *
fovea_tokenizer_new_from_words (const char *vocabulary, const char *config, GError **error)
{
    JsonObject *model = json_object_new (), *tokens = json_object_new ();
    g_auto (GStrv) lines = g_strsplit (vocabulary, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_strchomp (lines[i]);
        if (*lines[i] != '\0')
            json_object_set_int_member (tokens, lines[i], i);
    }
    g_autofree char *stages =
        g_strdup_printf ("{\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,"
                         "\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":%s},"
                         "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
                         "\"decoder\":{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true},"
                         "\"added_tokens\":[]}",
                         wants_lower_case (config) ? "true" : "false");
    g_autoptr (JsonObject) root = fovea_stages_parse (stages);
    add_specials (root, tokens, bert, G_N_ELEMENTS (bert));
    fovea_stages_set_around (root, find_id (tokens, "[CLS]"), find_id (tokens, "[SEP]"));
    json_object_set_string_member (model, "type", "WordPiece");
    json_object_set_string_member (model, "unk_token", "[UNK]");
    json_object_set_object_member (model, "vocab", tokens);
    return read_root (root, model, config, error);
}

/* Text of a file of the folder; NULL without error if it is not there. */
static char *
read_file (const char *folder, const char *name, gsize *length, GError **error)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    char *text = NULL;
    if (*error == NULL && g_file_test (path, G_FILE_TEST_EXISTS))
        g_file_get_contents (path, &text, length, error);
    return text;
}

/* The first name of the folder that ends in .tiktoken, in order of the alphabet; NULL = none. */
static char *
find_tiktoken (const char *folder)
{
    char *found = NULL;
    g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
    for (const char *name; names != NULL && (name = g_dir_read_name (names)) != NULL;) {
        if (!g_str_has_suffix (name, ".tiktoken") || (found != NULL && strcmp (name, found) > 0))
            continue;
        g_free (found);
        found = g_strdup (name);
    }
    return found;
}

/* tokenizer.model, which is one of tiktoken's in a few folders. */
static FoveaTokenizer *
read_pieces (const char *pieces, gsize length, const char *config, GError **error)
{
    if (fovea_tiktoken_is_one (pieces, length))
        return fovea_tiktoken_new (pieces, length, "tokenizer.model", config, error);
    return fovea_sentencepiece_new ((const guint8 *) pieces, length, config,
                                    config != NULL ? strlen (config) : 0, error);
}

static FoveaTokenizer *
open_first (const char *folder, GError **error)
{
    gsize length, ranks_length, n;
    g_autofree char *ranks_name = find_tiktoken (folder);
    g_autofree char *config = read_file (folder, "tokenizer_config.json", &n, error);
    g_autofree char *pieces = read_file (folder, "tokenizer.model", &length, error);
    g_autofree char *vocabulary = read_file (folder, "vocab.json", &n, error);
    g_autofree char *merges = read_file (folder, "merges.txt", &n, error);
    g_autofree char *words = read_file (folder, "vocab.txt", &n, error);
    g_autofree char *ranks =
        ranks_name != NULL ? read_file (folder, ranks_name, &ranks_length, error) : NULL;
    if (*error != NULL)
        return NULL;
    if (pieces != NULL)
        return read_pieces (pieces, length, config, error);
    if (ranks != NULL)
        return fovea_tiktoken_new (ranks, ranks_length, ranks_name, config, error);
    if (vocabulary != NULL && merges != NULL)
        return fovea_tokenizer_new_from_merges (vocabulary, merges, config, error);
    if (words != NULL)
        return fovea_tokenizer_new_from_words (words, config, error);
    return fovea_llama2c_tokenizer_open (folder, error);
}

FoveaTokenizer *
fovea_tokenizer_files_open (const char *folder, GError **error)
{
    GError *local = NULL;
    FoveaTokenizer *tokenizer = open_first (folder, &local);
    if (tokenizer != NULL)
        return tokenizer;
    if (strstr (local->message, folder) == NULL)
        g_prefix_error (&local, "%s: ", folder);
    g_propagate_error (error, local);
    return NULL;
}
