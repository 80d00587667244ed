/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tokenizers out of GGUF metadata: llama.cpp's own vocabulary tests, the same ids as the
 * tokenizer.json of the same model on whole books, small vocabularies by hand, and refusals. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-gguf.h"
#include "tests/gguf-support.h"
#include "tests/support.h"
#include "tests/tokenizer-ids.h"

static FoveaTokenizer *
open_gguf (const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaGguf) file = fovea_gguf_open (path, &error);
    FoveaTokenizer *tokenizer = file != NULL ? fovea_gguf_tokenizer_new (file, path, &error) : NULL;
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

static const char *const vocabularies[] = {"bert-bge", "gpt-2", "llama-spm", "mpt"};

START_TEST (published_vocabulary_tests_are_reproduced)
{
    g_autofree char *relative =
        g_strdup_printf ("models/ggml-vocab/ggml-vocab-%s.gguf", vocabularies[_i]);
    g_autofree char *path = support_shared (relative);
    if (path == NULL)
        return;
    g_autofree char *inp = g_strconcat (path, ".inp", NULL),
                    *out = g_strconcat (path, ".out", NULL);
    g_autofree char *texts = NULL, *ids = NULL;
    ck_assert (g_file_get_contents (inp, &texts, NULL, NULL));
    ck_assert (g_file_get_contents (out, &ids, NULL, NULL));
    g_auto (GStrv) cases = g_strsplit (texts, "\n__ggml_vocab_test__\n", -1);
    g_auto (GStrv) wants = g_strsplit (ids, "\n", -1);
    g_autoptr (FoveaTokenizer) tokenizer = open_gguf (path);
    guint n = 0;
    for (; cases[n] != NULL && wants[n] != NULL && cases[n + 1] != NULL; n++) {
        g_autofree char *got = tokenizer_spell (tokenizer, cases[n], -1, FALSE);
        ck_assert_msg (strcmp (got, g_strstrip (wants[n])) == 0,
                       "%s, case %u, '%s': got %s, expected %s", vocabularies[_i], n, cases[n], got,
                       wants[n]);
    }
    ck_assert_uint_ge (n, 46);
}
END_TEST

/* GGUF, folder of the same tokenizer's tokenizer.json, whether both go back to the text. */
static const struct {
    const char *gguf, *folder;
    gboolean exact;
} twins[] = {
    {"ggml-vocab/ggml-vocab-gpt-2.gguf", "tokenizers/gpt2", TRUE},
    {"ggml-vocab/ggml-vocab-llama-spm.gguf", "tokenizers/llama2", TRUE},
    {"ggml-vocab/ggml-vocab-bert-bge.gguf", "tokenizers/bert-base-uncased", FALSE},
    {"stories260K/stories260K-f32.gguf", "stories260K", TRUE},
};

static const char *const texts[] = {"moby_dick.txt", "german_sample.txt", "wikitext2_valid.txt",
                                    "tinystories_sample.txt"};

START_TEST (books_have_the_ids_of_the_same_tokenizer_in_json)
{
    g_autofree char *gguf = g_build_filename ("models", twins[_i].gguf, NULL);
    g_autofree char *json = g_build_filename ("models", twins[_i].folder, NULL);
    g_autofree char *path = support_shared (gguf), *folder = support_shared (json);
    if (path == NULL || folder == NULL)
        return;
    g_autoptr (FoveaTokenizer) mine = open_gguf (path);
    g_autoptr (FoveaTokenizer) theirs = fovea_tokenizer_open (folder, NULL);
    ck_assert_uint_eq (fovea_tokenizer_get_size (mine), fovea_tokenizer_get_size (theirs));
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autofree char *relative = g_build_filename ("corpora", texts[i], NULL);
        g_autofree char *book = support_shared (relative), *text = NULL;
        gsize length;
        ck_assert (g_file_get_contents (book, &text, &length, NULL));
        g_autoptr (GArray) a = fovea_tokenizer_encode (mine, text, -1, TRUE, NULL);
        g_autoptr (GArray) b = fovea_tokenizer_encode (theirs, text, -1, TRUE, NULL);
        ck_assert (a != NULL && b != NULL);
        ck_assert_uint_ge (a->len, 100);
        ck_assert_uint_eq (a->len, b->len);
        g_autofree gint32 *ids = g_new (gint32, a->len);
        for (guint t = 0; t < a->len;
             t++) { /* member by member: what lies between them is anything */
            const FoveaToken *x = &g_array_index (a, FoveaToken, t);
            const FoveaToken *y = &g_array_index (b, FoveaToken, t);
            ck_assert (x->id == y->id && x->start == y->start && x->end == y->end);
            ids[t] = x->id;
        }
        g_autofree char *back = fovea_tokenizer_decode (mine, ids, a->len, TRUE, NULL, NULL);
        gboolean special = strstr (text, "<unk>") != NULL || strstr (text, "<|endoftext|>") != NULL;
        ck_assert_msg (special || !twins[_i].exact || strcmp (back, text) == 0, "%s", texts[i]);
    }
}
END_TEST

START_TEST (neox_vocabulary_goes_there_and_back)
{
    g_autofree char *path = support_shared ("models/ggml-vocab/ggml-vocab-gpt-neox.gguf");
    if (path == NULL)
        return;
    static const char text[] = "Ünïcode  and   runs    of spaces\n\n\tcode(); 12345 'll";
    g_autoptr (FoveaTokenizer) tokenizer = open_gguf (path);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
    gint32 ids[100];
    ck_assert_uint_lt (tokens->len, 100);
    for (guint t = 0; t < tokens->len; t++)
        ids[t] = g_array_index (tokens, FoveaToken, t).id;
    g_autofree char *back = fovea_tokenizer_decode (tokenizer, ids, tokens->len, TRUE, NULL, NULL);
    ck_assert_str_eq (back, text);
}
END_TEST

#define MARK "\u2581"

/* A SentencePiece vocabulary: joining prefers the better score, then the place further left. */
static const char *const pieces[] = {"<unk>", "<s>", "</s>",   MARK,    "a",   "b",
                                     "ab",    "ba",  MARK "a", "<x y>", "abb", "c"};
static const float scores[] = {0, 0, 0, -1, -2, -3, -4, -4, -6, 0, -5, -9};
static const gint32 types[] = {2, 3, 3, 1, 1, 1, 1, 1, 1, 4, 1, 1};

static GgufBuilder *
start_pieces (void)
{
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_text (builder, "tokenizer.ggml.model", "llama");
    gguf_add_texts (builder, "tokenizer.ggml.tokens", G_N_ELEMENTS (pieces), pieces);
    gguf_add_array (builder, "tokenizer.ggml.token_type", FOVEA_GGUF_I32, 4, G_N_ELEMENTS (types),
                    types);
    gguf_add_u32 (builder, "tokenizer.ggml.unknown_token_id", 0);
    gguf_add_u32 (builder, "tokenizer.ggml.bos_token_id", 1);
    gguf_add_u32 (builder, "tokenizer.ggml.eos_token_id", 2);
    return builder;
}

static FoveaTokenizer *
finish_tokenizer (GgufBuilder *builder, GError **error)
{
    g_autoptr (GBytes) bytes = gguf_builder_finish (builder, 3);
    g_autoptr (FoveaGguf) file = fovea_gguf_open_bytes (bytes, "t.gguf", error);
    ck_assert_ptr_nonnull (file);
    return fovea_gguf_tokenizer_new (file, "t.gguf", error);
}

static void
assert_encodes (FoveaTokenizer *tokenizer, const char *text, const char *want)
{
    g_autofree char *got = tokenizer_spell (tokenizer, text, -1, TRUE);
    ck_assert_msg (strcmp (got, want) == 0, "'%s' gave %s, expected %s", text, got, want);
}

START_TEST (pieces_are_joined_by_score_and_place)
{
    GgufBuilder *builder = start_pieces ();
    gguf_add_array (builder, "tokenizer.ggml.scores", FOVEA_GGUF_F32, 4, G_N_ELEMENTS (scores),
                    scores);
    gguf_add_integer (builder, "tokenizer.ggml.add_eos_token", FOVEA_GGUF_BOOL, 1, 1);
    g_autoptr (FoveaTokenizer) tokenizer = finish_tokenizer (builder, NULL);
    ck_assert_ptr_nonnull (tokenizer);
    assert_encodes (tokenizer, "", "1 2");
    assert_encodes (tokenizer, "c", "1 3 11 2");
    assert_encodes (tokenizer, "aba",
                    "1 3 6 4 2"); /* ab and ba score the same: ab is further left */
    assert_encodes (tokenizer, "caba", "1 3 11 6 4 2");
    assert_encodes (tokenizer, "bab", "1 3 7 5 2");
    assert_encodes (tokenizer, "a", "1 8 2");
    assert_encodes (tokenizer, "abb", "1 3 10 2");
    assert_encodes (tokenizer, "a?!a", "1 8 0 4 2"); /* unknowns are one */
    assert_encodes (tokenizer, "c<x y>c", "1 3 11 9 3 11 2");
    ck_assert (fovea_tokenizer_is_special (tokenizer, 1));
    ck_assert (!fovea_tokenizer_is_special (tokenizer, 9));
    const gint32 ids[] = {1, 3, 11, 8, 2};
    g_autofree char *text = fovea_tokenizer_decode (tokenizer, ids, 5, TRUE, NULL, NULL);
    ck_assert_str_eq (text, "c a");
}
END_TEST

START_TEST (spaces_and_ends_are_as_the_metadata_say)
{
    GgufBuilder *builder = start_pieces ();
    gguf_add_array (builder, "tokenizer.ggml.scores", FOVEA_GGUF_F32, 4, G_N_ELEMENTS (scores),
                    scores);
    gguf_add_integer (builder, "tokenizer.ggml.add_space_prefix", FOVEA_GGUF_BOOL, 1, 0);
    gguf_add_integer (builder, "tokenizer.ggml.add_bos_token", FOVEA_GGUF_BOOL, 1, 0);
    gguf_add_integer (builder, "tokenizer.ggml.remove_extra_whitespaces", FOVEA_GGUF_BOOL, 1, 1);
    g_autoptr (FoveaTokenizer) tokenizer = finish_tokenizer (builder, NULL);
    assert_encodes (tokenizer, "c", "11");
    assert_encodes (tokenizer, "  c   a ", "11 8");
    ck_assert_int_eq (fovea_tokenizer_get_bos (tokenizer), -1);
}
END_TEST

/* BERT's words, which begin with a space of their own in GGUF, in letters of one size or two. */
START_TEST (words_keep_their_capitals_where_the_metadata_say)
{
    static const char *const words[] = {"[PAD]",   "[UNK]",   "[CLS]", "[SEP]",
                                        "\u2581a", "\u2581A", "b",     "\u2581B"};
    for (int lower = -1; lower <= 1; lower++) { /* -1: the file does not say */
        GgufBuilder *builder = gguf_builder_new ();
        gguf_add_text (builder, "tokenizer.ggml.model", "bert");
        gguf_add_texts (builder, "tokenizer.ggml.tokens", G_N_ELEMENTS (words), words);
        gguf_add_u32 (builder, "tokenizer.ggml.unknown_token_id", 1);
        gguf_add_u32 (builder, "tokenizer.ggml.cls_token_id", 2);
        gguf_add_u32 (builder, "tokenizer.ggml.seperator_token_id", 3);
        if (lower >= 0)
            gguf_add_integer (builder, "tokenizer.ggml.normalizer.lowercase", FOVEA_GGUF_BOOL, 1,
                              (guint64) lower);
        g_autoptr (FoveaTokenizer) tokenizer = finish_tokenizer (builder, NULL);
        assert_encodes (tokenizer, "A ab B", lower == 0 ? "2 5 4 6 7 3" : "2 4 4 6 1 3");
    }
}
END_TEST

/* tiktoken's lines as texts of the byte alphabet, by rank. */
static GPtrArray *
spell_ranks (const char *file)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func (g_free);
    g_auto (GStrv) lines = g_strsplit (file, "\n", -1);
    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
        gsize n;
        g_auto (GStrv) words = g_strsplit (lines[i], " ", 2);
        g_autofree guchar *bytes = g_base64_decode (words[0], &n);
        GString *text = g_string_new (NULL);
        for (gsize k = 0; k < n; k++)
            g_string_append_unichar (text, fovea_byte_to_char (bytes[k]));
        g_ptr_array_add (tokens, g_string_free (text, FALSE));
    }
    return tokens;
}

/* Every way to make a token of two, in order of rank. */
static GPtrArray *
list_splits (GPtrArray *tokens)
{
    GPtrArray *merges = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 256; i < tokens->len; i++) {
        const char *token = tokens->pdata[i];
        for (const char *p = g_utf8_next_char (token); *p != '\0'; p = g_utf8_next_char (p)) {
            g_autofree char *left = g_strndup (token, (gsize) (p - token));
            if (g_ptr_array_find_with_equal_func (tokens, left, g_str_equal, NULL) &&
                g_ptr_array_find_with_equal_func (tokens, p, g_str_equal, NULL))
                g_ptr_array_add (merges, g_strdup_printf ("%s %s", left, p));
        }
    }
    return merges;
}

/* The vocabulary of gpt-oss is cut as tiktoken's o200k; ids that tiktoken recorded. */
START_TEST (words_of_gpt_4o_are_those_of_tiktoken)
{
    g_autofree char *path = support_data ("tests/golden/tokenizers/tiktoken.json");
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    JsonObject *root = json_node_get_object (json_parser_get_root (parser));
    JsonArray *cases = json_object_get_array_member (root, "cases");
    g_autoptr (GPtrArray) tokens = spell_ranks (json_object_get_string_member (root, "file"));
    g_autoptr (GPtrArray) merges = list_splits (tokens);
    GgufBuilder *builder = gguf_builder_new ();
    gguf_add_text (builder, "tokenizer.ggml.model", "gpt2");
    gguf_add_text (builder, "tokenizer.ggml.pre", "gpt-4o");
    gguf_add_texts (builder, "tokenizer.ggml.tokens", tokens->len,
                    (const char *const *) tokens->pdata);
    gguf_add_texts (builder, "tokenizer.ggml.merges", merges->len,
                    (const char *const *) merges->pdata);
    g_autoptr (FoveaTokenizer) tokenizer = finish_tokenizer (builder, NULL);
    ck_assert_ptr_nonnull (tokenizer);
    guint n = 0;
    for (guint i = 0; i < json_array_get_length (cases); i++) {
        JsonObject *one = json_array_get_object_element (cases, i);
        const char *text = json_object_get_string_member (one, "text");
        JsonArray *ids = json_object_get_array_member (one, "ids");
        if (strcmp (json_object_get_string_member (one, "encoding"), "o200k_base") != 0)
            continue;
        g_autoptr (GString) want = g_string_new (NULL);
        for (guint k = 0; k < json_array_get_length (ids); k++)
            g_string_append_printf (want, k > 0 ? " %d" : "%d",
                                    (int) json_array_get_int_element (ids, k));
        g_autofree char *got = tokenizer_spell (tokenizer, text, -1, FALSE);
        ck_assert_msg (strcmp (got, want->str) == 0, "'%s': %s, expected %s", text, got, want->str);
        n++;
    }
    ck_assert_uint_eq (n, 38);
}
END_TEST

static void
assert_refused (GgufBuilder *builder, FoveaError code, const char *words)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (finish_tokenizer (builder, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "'%s' does not say '%s'", error->message,
                   words);
}

START_TEST (tables_that_do_not_fit_are_refused)
{
    static const char *const halves[] = {"a", "b", "ab"}, *const broken[] = {"a b", "ab"};
    static const char *const unknown[] = {"a c"}, *const invalid[] = {"a", "\xff"};
    assert_refused (gguf_builder_new (), FOVEA_ERROR_NOT_FOUND, "no \"tokenizer.ggml.model\"");
    assert_refused (start_pieces (), FOVEA_ERROR_FORMAT, "no \"tokenizer.ggml.scores\"");
    GgufBuilder *builder = start_pieces ();
    gguf_add_array (builder, "tokenizer.ggml.scores", FOVEA_GGUF_F32, 4, 5, scores);
    assert_refused (builder, FOVEA_ERROR_FORMAT, "has 5 elements for 12 tokens");
    for (int i = 0; i < 4; i++) {
        builder = gguf_builder_new ();
        gguf_add_text (builder, "tokenizer.ggml.model", i == 3 ? "rwkv" : "gpt2");
        gguf_add_text (builder, "tokenizer.ggml.pre", i == 2 ? "unheard-of" : "gpt-2");
        gguf_add_texts (builder, "tokenizer.ggml.tokens", 3, halves);
        gguf_add_texts (builder, "tokenizer.ggml.merges", i == 0 ? 2 : 1,
                        i == 0 ? broken : unknown);
        static const char *const words[] = {
            "merge 1 is not two tokens", "merge 0 is not two tokens",
            "\"tokenizer.ggml.pre\" \"unheard-of\"", "\"rwkv\" is not supported"};
        assert_refused (builder, i < 2 ? FOVEA_ERROR_FORMAT : FOVEA_ERROR_UNSUPPORTED, words[i]);
    }
    builder = gguf_builder_new ();
    gguf_add_text (builder, "tokenizer.ggml.model", "llama");
    gguf_add_texts (builder, "tokenizer.ggml.tokens", 2, invalid);
    assert_refused (builder, FOVEA_ERROR_FORMAT, "token 1 is no UTF-8");
    builder = gguf_builder_new ();
    gguf_add_text (builder, "tokenizer.ggml.model", "llama");
    assert_refused (builder, FOVEA_ERROR_FORMAT, "\"tokenizer.ggml.tokens\" is no list");
}
END_TEST

/* llama.cpp has 1 to 6; 0 is undefined. */
START_TEST (types_that_nobody_knows_are_refused)
{
    static const gint32 wrong[] = {-1, 7, 99, G_MAXINT32, G_MININT32};
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        const gint32 given[12] = {[5] = wrong[i]};
        GgufBuilder *builder = gguf_builder_new ();
        gguf_add_text (builder, "tokenizer.ggml.model", "llama");
        gguf_add_texts (builder, "tokenizer.ggml.tokens", 12, pieces);
        gguf_add_array (builder, "tokenizer.ggml.scores", FOVEA_GGUF_F32, 4, 12, scores);
        gguf_add_array (builder, "tokenizer.ggml.token_type", FOVEA_GGUF_I32, 4, 12, given);
        assert_refused (builder, FOVEA_ERROR_FORMAT,
                        "\"tokenizer.ggml.token_type\" holds a type that is not known");
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tokenizers in GGUF");
    TCase *tcase = tcase_create ("tokenizers");
    tcase_set_timeout (tcase, 120);
    tcase_add_loop_test (tcase, published_vocabulary_tests_are_reproduced, 0,
                         G_N_ELEMENTS (vocabularies));
    tcase_add_loop_test (tcase, books_have_the_ids_of_the_same_tokenizer_in_json, 0,
                         G_N_ELEMENTS (twins));
    tcase_add_test (tcase, neox_vocabulary_goes_there_and_back);
    tcase_add_test (tcase, pieces_are_joined_by_score_and_place);
    tcase_add_test (tcase, spaces_and_ends_are_as_the_metadata_say);
    tcase_add_test (tcase, words_keep_their_capitals_where_the_metadata_say);
    tcase_add_test (tcase, words_of_gpt_4o_are_those_of_tiktoken);
    tcase_add_test (tcase, tables_that_do_not_fit_are_refused);
    tcase_add_test (tcase, types_that_nobody_knows_are_refused);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
