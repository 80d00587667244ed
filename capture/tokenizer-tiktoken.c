/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reading tiktoken's files. Merging the pair whose joint token has the lowest rank, again and again,
 * is byte-pair encoding with every split of a token as a merge of the token's rank; a word that is a
 * token is that token. Tokens are bytes: they become texts of GPT-2's alphabet, so that all later
 * stages are those of a byte-level tokenizer.json. Cost: each token is split in every place once. */
#include "capture/tokenizer-tiktoken.h"

#include <string.h>

#include "capture/json.h"
#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-scores.h"

enum {
    MAX_TOKENS = 1 << 22,
    N_BYTES = 256
};

#define ENGLISH_ENDS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define UPPER        "\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}"
#define LOWER        "\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}"
#define BEFORE_WORD  "[^\\r\\n\\p{L}\\p{N}]?"
#define SPACES       "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define PATTERN_GPT2                                                                               \
    "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define PATTERN_CL100K                                                                             \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|" BEFORE_WORD                                                    \
    "\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" SPACES
#define PATTERN_QWEN                                                                               \
    ENGLISH_ENDS "|" BEFORE_WORD "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" SPACES
#define PATTERN_O200K                                                                              \
    BEFORE_WORD "[" UPPER "]*[" LOWER "]+" ENGLISH_ENDS "?|" BEFORE_WORD "[" UPPER "]+[" LOWER     \
                "]*" ENGLISH_ENDS "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" SPACES

typedef struct {
    const char *names; /* of files, without .tiktoken */
    guint n;           /* tokens of the file, 0 = does not tell */
    const char *pattern;
    gint32 begin; /* put in front of every text, -1 = nothing */
    struct {
        gint32 id;
        const char *text;
    } special[6];
} Encoding;

static const Encoding encodings[] = {
    {"gpt2 r50k_base", 50256, PATTERN_GPT2, -1, {{50256, "<|endoftext|>"}}},
    {"p50k_base", 50280, PATTERN_GPT2, -1, {{50256, "<|endoftext|>"}}},
    {"p50k_edit",
     0,
     PATTERN_GPT2,
     -1,
     {{50256, "<|endoftext|>"},
      {50281, "<|fim_prefix|>"},
      {50282, "<|fim_middle|>"},
      {50283, "<|fim_suffix|>"}}},
    {"cl100k_base",
     100256,
     PATTERN_CL100K,
     -1,
     {{100257, "<|endoftext|>"},
      {100258, "<|fim_prefix|>"},
      {100259, "<|fim_middle|>"},
      {100260, "<|fim_suffix|>"},
      {100276, "<|endofprompt|>"}}},
    {"o200k_base",
     199998,
     PATTERN_O200K,
     -1,
     {{199999, "<|endoftext|>"}, {200018, "<|endofprompt|>"}}},
    {"o200k_harmony",
     0,
     PATTERN_O200K,
     -1,
     {{199998, "<|startoftext|>"},
      {199999, "<|endoftext|>"},
      {200005, "<|channel|>"},
      {200006, "<|start|>"},
      {200007, "<|end|>"},
      {200008, "<|message|>"}}},
    {"qwen",
     151643,
     PATTERN_QWEN,
     -1,
     {{151643, "<|endoftext|>"}, {151644, "<|im_start|>"}, {151645, "<|im_end|>"}}},
    {"llama3",
     128000,
     PATTERN_CL100K,
     128000,
     {{128000, "<|begin_of_text|>"},
      {128001, "<|end_of_text|>"},
      {128006, "<|start_header_id|>"},
      {128007, "<|end_header_id|>"},
      {128009, "<|eot_id|>"}}},
};

typedef struct {
    const char *name;
    FoveaVocabulary *vocabulary;
    GArray *tokens; /* of #FoveaScoredToken, by id */
    gsize limit;    /* of ranks: a file of few bytes has no large ones */
    guint n;        /* tokens that the file has */
} Reading;

static gboolean
fail (const Reading *reading, guint line, const char *what, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: line %u: %s", reading->name, line + 1,
                 what);
    return FALSE;
}

gboolean
fovea_tiktoken_is_one (const char *text, gsize length)
{
    gsize i = 0;
    while (i < length && (g_ascii_isalnum (text[i]) || strchr ("+/=", text[i]) != NULL) &&
           text[i] != '\0')
        i++;
    return i > 0 && i + 1 < length && text[i] == ' ' && g_ascii_isdigit (text[i + 1]);
}

/* A token's bytes in GPT-2's alphabet. */
static char *
spell (const guint8 *bytes, gsize n)
{
    GString *text = g_string_sized_new (2 * n);
    for (gsize i = 0; i < n; i++)
        g_string_append_unichar (text, fovea_byte_to_char (bytes[i]));
    return g_string_free (text, FALSE);
}

/* Ids of which the file says nothing lie between others and join nothing. */
static void
set_token (Reading *reading, gint32 id)
{
    if (reading->tokens->len <= (guint) id)
        g_array_set_size (reading->tokens, (guint) id + 1);
    g_array_index (reading->tokens, FoveaScoredToken, id) =
        (FoveaScoredToken){.score = (float) -id, .joins = TRUE};
}

static gboolean
read_line (Reading *reading, guint number, char *line, GError **error)
{
    char *space = strchr (line, ' '), *end = NULL;
    gsize n = 0;
    if (space == NULL)
        return fail (reading, number, "no token and rank with a space between", error);
    *space = '\0';
    guint64 rank = g_ascii_strtoull (space + 1, &end, 10);
    if (!g_ascii_isdigit (space[1]) || *end != '\0' || rank >= reading->limit)
        return fail (reading, number, "the rank is no number, or too large for the file", error);
    if (*line == '\0')
        return fail (reading, number, "an empty token", error);
    g_autofree guint8 *bytes = g_base64_decode (line, &n);
    if (n == 0)
        return fail (reading, number, "the token is no base64", error);
    g_autofree char *text = spell (bytes, n);
    gsize length;
    if (*fovea_vocabulary_get (reading->vocabulary, (gint32) rank, &length) != '\0' ||
        fovea_vocabulary_lookup (reading->vocabulary, text, strlen (text)) >= 0)
        return fail (reading, number, "the token or its rank came before", error);
    set_token (reading, (gint32) rank);
    reading->n++;
    return fovea_vocabulary_add (reading->vocabulary, text, (gint64) rank, error);
}

static gboolean
read_lines (Reading *reading, const char *text, gsize length, GError **error)
{
    guint number = 0;
    for (const char *at = text, *end = text + length; at < end; number++) {
        const char *stop = memchr (at, '\n', (gsize) (end - at));
        g_autofree char *line = g_strndup (at, (gsize) ((stop != NULL ? stop : end) - at));
        g_strchomp (line);
        if (*line != '\0' && !read_line (reading, number, line, error))
            return FALSE;
        at = stop != NULL ? stop + 1 : end;
    }
    for (int byte = 0; byte < N_BYTES; byte++) {
        const guint8 one = (guint8) byte;
        g_autofree char *token = spell (&one, 1);
        if (fovea_vocabulary_lookup (reading->vocabulary, token, strlen (token)) >= 0)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: no token for byte 0x%02x",
                     reading->name, byte);
        return FALSE;
    }
    return TRUE;
}

/* By the file's name first, for one number of tokens can be that of two. */
static const Encoding *
find_encoding (const Reading *reading)
{
    g_autofree char *stem = g_strdup (reading->name);
    if (g_str_has_suffix (stem, ".tiktoken"))
        stem[strlen (stem) - strlen (".tiktoken")] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++) {
        g_auto (GStrv) names = g_strsplit (encodings[i].names, " ", -1);
        if (g_strv_contains ((const char *const *) names, stem))
            return &encodings[i];
    }
    for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++)
        if (encodings[i].n == reading->n)
            return &encodings[i];
    return NULL;
}

/* "added_tokens_decoder" of tokenizer_config.json: an object of ids. False if there is none. */
static gboolean
add_listed (JsonObject *stages, JsonObject *config)
{
    JsonObject *listed =
        config != NULL ? fovea_tokenizer_json_object (config, "added_tokens_decoder", NULL) : NULL;
    if (listed == NULL)
        return FALSE;
    JsonObjectIter iter;
    const char *id;
    JsonNode *node;
    json_object_iter_init (&iter, listed);
    while (json_object_iter_next (&iter, &id, &node)) {
        guint64 number;
        JsonObject *token = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
        const char *content =
            token != NULL ? fovea_tokenizer_json_string (token, "content", "") : "";
        if (*content != '\0' &&
            g_ascii_string_to_unsigned (id, 10, 0, MAX_TOKENS - 1, &number, NULL))
            fovea_stages_add_token (stages, (gint32) number, content,
                                    fovea_tokenizer_json_boolean (token, "special", FALSE));
    }
    return TRUE;
}

static JsonObject *
make_stages (const char *pattern, const Encoding *encoding, JsonObject *config)
{
    JsonObject *stages = fovea_stages_parse (
        "{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\","
        "\"pattern\":{},\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\","
        "\"add_prefix_space\":false,\"use_regex\":false}]},"
        "\"decoder\":{\"type\":\"ByteLevel\"},\"added_tokens\":[]}");
    JsonArray *parts = json_object_get_array_member (
        json_object_get_object_member (stages, "pre_tokenizer"), "pretokenizers");
    JsonObject *split = json_array_get_object_element (parts, 0);
    json_object_set_string_member (json_object_get_object_member (split, "pattern"), "Regex",
                                   pattern);
    gboolean listed = add_listed (stages, config);
    for (gsize i = 0; !listed && encoding != NULL && i < G_N_ELEMENTS (encoding->special); i++)
        if (encoding->special[i].text != NULL)
            fovea_stages_add_token (stages, encoding->special[i].id, encoding->special[i].text,
                                    TRUE);
    if (!listed && encoding != NULL)
        fovea_stages_set_around (stages, encoding->begin, -1);
    return stages;
}

static FoveaTokenizer *
make_tokenizer (Reading *reading, JsonObject *config, GError **error)
{
    const Encoding *encoding = find_encoding (reading);
    const char *pattern =
        config != NULL ? fovea_tokenizer_json_string (config, "pat_str", NULL) : NULL;
    if (pattern == NULL && encoding == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: an encoding of %u tokens that is not known; tokenizer_config.json can "
                     "name its pattern as \"pat_str\"",
                     reading->name, reading->n);
        return NULL;
    }
    g_autoptr (JsonObject) stages =
        make_stages (pattern != NULL ? pattern : encoding->pattern, encoding, config);
    const FoveaBpeOptions options = {.unknown = -1, .ignore_merges = TRUE};
    g_autoptr (GArray) merges = fovea_scores_list_merges (
        reading->vocabulary, (FoveaScoredToken *) (void *) reading->tokens->data,
        reading->tokens->len);
    FoveaTokenModel *model = fovea_bpe_new (reading->vocabulary, &options, merges);
    return fovea_tokenizer_new_from_parts (stages, config, g_steal_pointer (&reading->vocabulary),
                                           model, error);
}

FoveaTokenizer *
fovea_tiktoken_new (
    const char *text, gsize length, const char *name, const char *config, GError **error)
{
    g_autoptr (JsonObject) settings = NULL;
    if (config != NULL) {
        settings =
            fovea_json_parse_object (config, strlen (config), "tokenizer_config.json", 0, error);
        if (settings == NULL)
            return NULL;
    }
    g_autoptr (GArray) tokens = g_array_new (FALSE, TRUE, sizeof (FoveaScoredToken));
    Reading reading = {name, fovea_vocabulary_new (), tokens, MIN (length, MAX_TOKENS), 0};
    FoveaTokenizer *tokenizer = NULL;
    if (read_lines (&reading, text, length, error))
        tokenizer = make_tokenizer (&reading, settings, error);
    fovea_vocabulary_free (reading.vocabulary);
    return tokenizer;
}
