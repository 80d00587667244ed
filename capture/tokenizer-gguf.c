/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GGUF keeps a vocabulary as parallel arrays: texts, types, and scores or merges. They become a
 * vocabulary and a model at once; only the small rest (what happens to spaces, how words are cut,
 * what stands around a text) takes the way of a tokenizer.json. */
#include "capture/tokenizer-gguf.h"

#include <string.h>

#include "capture/tokenizer-scores.h"

typedef enum {
    TOKEN_NORMAL = 1,
    TOKEN_UNKNOWN = 2,
    TOKEN_CONTROL = 3,
    TOKEN_USER = 4,
    TOKEN_UNUSED = 5,
    TOKEN_BYTE = 6,
} TokenType;

typedef struct {
    const FoveaGguf *file;
    const char *name;
    FoveaVocabulary *vocabulary;
    guint n;
    guint8 *types; /* of #TokenType, by id */
    JsonObject *stages;
} Reading;

#define CONTRACTIONS "'s|'t|'re|'ve|'m|'ll|'d"
#define GPT2         "" CONTRACTIONS "| ?\\\\p{L}+| ?\\\\p{N}+| ?[^\\\\s\\\\p{L}\\\\p{N}]+|\\\\s+(?!\\\\S)"
#define LLAMA3(digits)                                                                             \
    "(?i:" CONTRACTIONS ")|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|" digits                        \
    "| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"

#define UPPER "\\\\p{Lu}\\\\p{Lt}\\\\p{Lm}\\\\p{Lo}\\\\p{M}"
#define LOWER "\\\\p{Ll}\\\\p{Lm}\\\\p{Lo}\\\\p{M}"
#define GPT4O                                                                                      \
    "[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[" UPPER "]*[" LOWER "]+(?i:" CONTRACTIONS ")?"                 \
    "|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[" UPPER "]+[" LOWER "]*(?i:" CONTRACTIONS ")?"                \
    "|\\\\p{N}{1,3}| "                                                                             \
    "?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n/]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"

/* Values of tokenizer.ggml.pre: patterns applied one after another, and whether a word that is a
 * token is taken before any merge. */
static const struct {
    const char *names; /* separated by spaces */
    const char *patterns[3];
    gboolean ignore_merges;
} cuts[] = {
    {"gpt-2 mpt olmo jais phi-2 roberta-bpe", {GPT2}},
    {"llama3 llama-v3 llama-bpe falcon3", {LLAMA3 ("\\\\p{N}{1,3}")}, TRUE},
    {"qwen2 stablelm2 deepseek-r1-qwen megrez", {LLAMA3 ("\\\\p{N}")}},
    {"gpt-4o", {GPT4O}, TRUE},
    {"dbrx smaug-bpe", {LLAMA3 ("\\\\p{N}{1,3}")}},
    {"starcoder refact command-r smollm codeshell exaone", {"\\\\p{N}", GPT2}},
    {"falcon", {"[\\\\p{P}\\\\$\\\\+<=>\\\\^~\\\\|`]+", GPT2, "[0-9][0-9][0-9]"}},
};

static gboolean
fail (const Reading *reading, const char *what, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: %s", reading->name, what);
    return FALSE;
}

/* An array of @n numbers; FALSE without error if it is absent. */
static gboolean
find_numbers (const Reading *reading, const char *key, FoveaGgufArray *array, GError **error)
{
    if (!fovea_gguf_get_array (reading->file, key, array))
        return FALSE;
    if (array->n == reading->n && array->type != FOVEA_GGUF_TEXT)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: \"%s\" has %" G_GUINT64_FORMAT " elements for %u tokens", reading->name, key,
                 array->n, reading->n);
    return FALSE;
}

static gboolean
read_types (Reading *reading, GError **error)
{
    FoveaGgufArray array;
    GError *local = NULL;
    reading->types = g_malloc (MAX (reading->n, 1));
    memset (reading->types, TOKEN_NORMAL, reading->n);
    if (!find_numbers (reading, "tokenizer.ggml.token_type", &array, &local)) {
        if (local != NULL)
            g_propagate_error (error, local);
        return local == NULL;
    }
    for (guint i = 0; i < reading->n; i++) {
        double type = fovea_gguf_array_number (&array, i);
        if (!(type >= 0 && type <= TOKEN_BYTE))
            return fail (reading, "\"tokenizer.ggml.token_type\" holds a type that is not known",
                         error);
        reading->types[i] = (guint8) type;
    }
    return TRUE;
}

/* BERT's tokens: a piece that begins a word carries U+2581 here, and one that goes on carries
 * nothing; WordPiece marks the latter instead. */
static char *
spell_bert (const char *text, gsize length)
{
    static const char mark[] = "\u2581";
    if (length > 0 && text[0] == '[' && text[length - 1] == ']')
        return g_strndup (text, length);
    if (length > strlen (mark) && memcmp (text, mark, strlen (mark)) == 0)
        return g_strndup (text + strlen (mark), length - strlen (mark));
    return g_strdup_printf ("##%.*s", (int) length, text);
}

static gboolean
is_text (const char *text, gsize length)
{
    return length <= G_MAXINT && g_utf8_validate_len (text, (gssize) length, NULL) &&
           memchr (text, '\0', length) == NULL;
}

static gboolean
read_texts (Reading *reading, gboolean bert, GError **error)
{
    FoveaGgufArray texts;
    if (!fovea_gguf_get_array (reading->file, "tokenizer.ggml.tokens", &texts) ||
        texts.type != FOVEA_GGUF_TEXT || texts.n > G_MAXINT32)
        return fail (reading, "\"tokenizer.ggml.tokens\" is no list of texts", error);
    reading->n = (guint) texts.n;
    for (guint i = 0; i < reading->n; i++) {
        gsize length;
        const char *text = fovea_gguf_array_next_text (&texts, &length);
        g_autofree char *token = NULL;
        if (!is_text (text, length)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: token %u is no UTF-8 text",
                         reading->name, i);
            return FALSE;
        }
        token = bert ? spell_bert (text, length) : g_strndup (text, length);
        if (!fovea_vocabulary_add (reading->vocabulary, token, i, error))
            return FALSE;
    }
    return TRUE;
}

/* Ids of the metadata; -1 if absent, and for "none", which some files write as 2^32 - 1. */
static gint64
find_id (const Reading *reading, const char *key)
{
    gint64 id = -1;
    fovea_gguf_get_integer (reading->file, key, &id);
    return id >= 0 && id < reading->n ? id : -1;
}

static void
add_special (const Reading *reading)
{
    for (guint i = 0; i < reading->n; i++) {
        gsize length;
        guint8 type = reading->types[i];
        const char *text = fovea_vocabulary_get (reading->vocabulary, (gint32) i, &length);
        if (type == TOKEN_CONTROL || type == TOKEN_UNKNOWN || type == TOKEN_USER)
            fovea_stages_add_token (reading->stages, (gint32) i, text, type != TOKEN_USER);
    }
}

/* What stands around every text; @adds: whether a beginning is put there if nothing is said. */
static void
set_around (const Reading *reading, gboolean adds)
{
    gboolean before = fovea_gguf_get_boolean (reading->file, "tokenizer.ggml.add_bos_token", adds);
    gboolean after = fovea_gguf_get_boolean (reading->file, "tokenizer.ggml.add_eos_token", FALSE);
    fovea_stages_set_around (reading->stages,
                             before ? find_id (reading, "tokenizer.ggml.bos_token_id") : -1,
                             after ? find_id (reading, "tokenizer.ggml.eos_token_id") : -1);
}

static FoveaTokenModel *
read_scores (Reading *reading, GError **error)
{
    FoveaGgufArray scores;
    g_autofree FoveaScoredToken *tokens = g_new0 (FoveaScoredToken, reading->n + 1);
    gboolean bytes = FALSE;
    if (!find_numbers (reading, "tokenizer.ggml.scores", &scores, error)) {
        if (error != NULL && *error == NULL)
            fail (reading, "there is no \"tokenizer.ggml.scores\"", error);
        return NULL;
    }
    for (guint i = 0; i < reading->n; i++) {
        guint8 type = reading->types[i];
        tokens[i].score = (float) fovea_gguf_array_number (&scores, i);
        tokens[i].joins = type == TOKEN_NORMAL || type == TOKEN_USER || type == TOKEN_UNUSED;
        bytes = bytes || type == TOKEN_BYTE;
    }
    g_autoptr (GArray) merges = fovea_scores_list_merges (reading->vocabulary, tokens, reading->n);
    const FoveaBpeOptions options = {
        .unknown = (gint32) find_id (reading, "tokenizer.ggml.unknown_token_id"),
        .fuse_unknown = TRUE,
        .byte_fallback = bytes,
    };
    reading->stages = fovea_scores_new_stages (
        fovea_gguf_get_boolean (reading->file, "tokenizer.ggml.add_space_prefix", TRUE),
        fovea_gguf_get_boolean (reading->file, "tokenizer.ggml.remove_extra_whitespaces", FALSE));
    set_around (reading, TRUE);
    return fovea_bpe_new (reading->vocabulary, &options, merges);
}

/* Index into cuts, or -1. Files older than the key say nothing; the families that had byte-level
 * vocabularies then are cut as GPT-2 is. */
static int
find_cut (const Reading *reading, GError **error)
{
    const char *pre = fovea_gguf_get_text (reading->file, "tokenizer.ggml.pre");
    const char *kind = fovea_gguf_get_text (reading->file, "general.architecture");
    static const char *const old[] = {"gpt2", "gptneox", "mpt", NULL};
    if (pre == NULL && kind != NULL && g_strv_contains (old, kind))
        return 0;
    for (gsize i = 0; pre != NULL && i < G_N_ELEMENTS (cuts); i++) {
        g_auto (GStrv) names = g_strsplit (cuts[i].names, " ", -1);
        if (g_strv_contains ((const char *const *) names, pre))
            return (int) i;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: \"tokenizer.ggml.pre\" %s%s%s is not supported", reading->name,
                 pre != NULL ? "\"" : "", pre != NULL ? pre : "that is absent",
                 pre != NULL ? "\"" : "");
    return -1;
}

static JsonObject *
new_byte_stages (int cut)
{
    static const char level[] =
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}";
    g_autoptr (GString) text =
        g_string_new ("{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[");
    for (gsize i = 0; i < G_N_ELEMENTS (cuts[cut].patterns); i++)
        if (cuts[cut].patterns[i] != NULL)
            g_string_append_printf (text,
                                    "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"%s\"},"
                                    "\"behavior\":\"Isolated\",\"invert\":false},",
                                    cuts[cut].patterns[i]);
    g_string_append_printf (text, "%s]},\"decoder\":%s,\"added_tokens\":[]}", level, level);
    return fovea_stages_parse (text->str);
}

/* "left right" of merge @rank; a space within a token is never written as one here. */
static gboolean
add_merge (const Reading *reading, const char *text, gsize length, guint rank, GArray *merges)
{
    const char *space = length > 1 ? memchr (text + 1, ' ', length - 1) : NULL;
    if (space == NULL)
        return FALSE;
    gsize left = (gsize) (space - text), right = length - left - 1;
    g_autofree char *both = g_strdup_printf ("%.*s%.*s", (int) left, text, (int) right, space + 1);
    FoveaBpeMerge merge = {fovea_vocabulary_lookup (reading->vocabulary, text, left),
                           fovea_vocabulary_lookup (reading->vocabulary, space + 1, right),
                           fovea_vocabulary_lookup (reading->vocabulary, both, left + right), rank};
    g_array_append_val (merges, merge);
    return merge.left >= 0 && merge.right >= 0 && merge.joined >= 0;
}

static FoveaTokenModel *
read_merges (Reading *reading, GError **error)
{
    FoveaGgufArray texts;
    int cut = find_cut (reading, error);
    if (cut < 0)
        return NULL;
    if (!fovea_gguf_get_array (reading->file, "tokenizer.ggml.merges", &texts) ||
        texts.type != FOVEA_GGUF_TEXT || texts.n > G_MAXINT32) {
        fail (reading, "\"tokenizer.ggml.merges\" is no list of texts", error);
        return NULL;
    }
    g_autoptr (GArray) merges = g_array_new (FALSE, FALSE, sizeof (FoveaBpeMerge));
    for (guint i = 0, n = (guint) texts.n; i < n; i++) {
        gsize length;
        const char *text = fovea_gguf_array_next_text (&texts, &length);
        if (is_text (text, length) && add_merge (reading, text, length, i, merges))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: merge %u is not two tokens that give a third", reading->name, i);
        return NULL;
    }
    const FoveaBpeOptions options = {.unknown = -1, .ignore_merges = cuts[cut].ignore_merges};
    reading->stages = new_byte_stages (cut);
    set_around (reading, cuts[cut].ignore_merges);
    return fovea_bpe_new (reading->vocabulary, &options, merges);
}

/* The key that says "separator" is spelled wrongly in the format itself. */
static FoveaTokenModel *
read_words (Reading *reading, GError **error)
{
    g_autoptr (JsonObject) options = json_object_new ();
    gsize length;
    gint64 unknown = find_id (reading, "tokenizer.ggml.unknown_token_id");
    const char *text = fovea_vocabulary_get (reading->vocabulary, (gint32) unknown, &length);
    json_object_set_string_member (options, "unk_token", length > 0 ? text : "[UNK]");
    g_autofree char *stages = g_strdup_printf (
        "{\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,"
        "\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":%s},"
        "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
        "\"decoder\":{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true},"
        "\"added_tokens\":[]}",
        fovea_gguf_get_boolean (reading->file, "tokenizer.ggml.normalizer.lowercase", TRUE)
            ? "true"
            : "false");
    reading->stages = fovea_stages_parse (stages);
    gint64 first = find_id (reading, "tokenizer.ggml.cls_token_id");
    fovea_stages_set_around (reading->stages,
                             first >= 0 ? first : find_id (reading, "tokenizer.ggml.bos_token_id"),
                             find_id (reading, "tokenizer.ggml.seperator_token_id"));
    return fovea_wordpiece_new_from_json (options, reading->vocabulary, error);
}

static const struct {
    const char *name;
    FoveaTokenModel *(*read) (Reading *reading, GError **error);
} models[] = {
    {"llama", read_scores},
    {"gpt2", read_merges},
    {"bert", read_words},
};

static FoveaTokenModel *
read_model (Reading *reading, const char *model, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS (models); i++) {
        if (!g_str_equal (models[i].name, model))
            continue;
        if (!read_texts (reading, models[i].read == read_words, error) ||
            !read_types (reading, error))
            return NULL;
        return models[i].read (reading, error);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: \"tokenizer.ggml.model\" \"%s\" is not supported (known: llama, gpt2, bert)",
                 reading->name, model);
    return NULL;
}

FoveaTokenizer *
fovea_gguf_tokenizer_new (const FoveaGguf *file, const char *name, GError **error)
{
    const char *kind = fovea_gguf_get_text (file, "tokenizer.ggml.model");
    g_autoptr (GError) local = NULL;
    FoveaTokenizer *tokenizer = NULL;
    if (kind == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s: there is no \"tokenizer.ggml.model\"", name);
        return NULL;
    }
    Reading reading = {.file = file, .name = name, .vocabulary = fovea_vocabulary_new ()};
    FoveaTokenModel *model = read_model (&reading, kind, &local);
    if (model != NULL) {
        add_special (&reading);
        tokenizer = fovea_tokenizer_new_from_parts (
            reading.stages, NULL, g_steal_pointer (&reading.vocabulary), model, &local);
    }
    fovea_vocabulary_free (reading.vocabulary);
    g_clear_pointer (&reading.stages, json_object_unref);
    g_free (reading.types);
    if (tokenizer == NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    return tokenizer;
}
