/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* tiktoken's files: the ids that tiktoken itself gives (recorded by tests/make-tiktoken.py), GPT-2's
 * vocabulary as such a file beside its tokenizer.json on a book, and files that lie. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-tiktoken.h"
#include "tests/support.h"
#include "tests/tokenizer-ids.h"

static JsonObject *
load_recorded (JsonParser *parser)
{
    g_autofree char *path = support_data ("tests/golden/tokenizers/tiktoken.json");
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    return json_node_get_object (json_parser_get_root (parser));
}

static FoveaTokenizer *
open_as (const char *file, const char *name, const char *config)
{
    g_autoptr (GError) error = NULL;
    FoveaTokenizer *tokenizer = fovea_tiktoken_new (file, strlen (file), name, config, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

/* Each encoding's pattern on the same ranks; decoding gives the text again. */
START_TEST (ids_are_those_of_tiktoken)
{
    static const char *const names[] = {"r50k_base", "cl100k_base", "o200k_base", "llama3"};
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonObject *root = load_recorded (parser);
    JsonArray *cases = json_object_get_array_member (root, "cases");
    g_autofree char *name = g_strconcat (names[_i], ".tiktoken", NULL);
    g_autoptr (FoveaTokenizer) tokenizer =
        open_as (json_object_get_string_member (root, "file"), name, NULL);
    guint n = 0;
    for (guint i = 0; i < json_array_get_length (cases); i++) {
        JsonObject *one = json_array_get_object_element (cases, i);
        if (strcmp (json_object_get_string_member (one, "encoding"), names[_i]) != 0)
            continue;
        const char *text = json_object_get_string_member (one, "text");
        JsonArray *ids = json_object_get_array_member (one, "ids");
        g_autoptr (GString) want = g_string_new (NULL);
        g_autofree gint32 *list = g_new (gint32, json_array_get_length (ids) + 1);
        for (guint k = 0; k < json_array_get_length (ids); k++) {
            list[k] = (gint32) json_array_get_int_element (ids, k);
            g_string_append_printf (want, k > 0 ? " %d" : "%d", list[k]);
        }
        g_autofree char *got = tokenizer_spell (tokenizer, text, -1, FALSE);
        ck_assert_msg (strcmp (got, want->str) == 0, "%s, '%s': got %s, expected %s", names[_i],
                       text, got, want->str);
        g_autofree char *back = fovea_tokenizer_decode (
            tokenizer, list, json_array_get_length (ids), FALSE, NULL, NULL);
        ck_assert_str_eq (back, text);
        n++;
    }
    ck_assert_uint_eq (n, 38);
}
END_TEST

/* Llama 3's file bears SentencePiece's name; config says what it says of other kinds of files. */
START_TEST (special_tokens_come_from_the_encoding_or_the_config)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    const char *file = json_object_get_string_member (load_recorded (parser), "file");
    g_autoptr (FoveaTokenizer) named = open_as (file, "llama3.tiktoken", NULL);
    g_autofree char *ids = tokenizer_spell (named, "<|begin_of_text|>!", -1, FALSE);
    ck_assert_str_eq (ids, "128000 33");
    ck_assert_int_eq (fovea_tokenizer_get_bos (named), 128000);
    g_autoptr (FoveaTokenizer) told = open_as (
        file, "tiktoken.model",
        "{\"pat_str\":\"\\\\S+|\\\\s+\",\"added_tokens_decoder\":{\"500\":{\"content\":\"<x>\","
        "\"special\":true}}}");
    g_autofree char *own = tokenizer_spell (told, "!<x>!", -1, FALSE);
    ck_assert_str_eq (own, "33 500 33");
    ck_assert (fovea_tokenizer_is_special (told, 500));
    ck_assert (fovea_tiktoken_is_one (file, strlen (file)));
    ck_assert (!fovea_tiktoken_is_one ("\n\x0d", 2) && !fovea_tiktoken_is_one ("{}", 2));
    ck_assert (!fovea_tiktoken_is_one ("IQ==", 4) && !fovea_tiktoken_is_one ("", 0));
}
END_TEST

START_TEST (folders_with_such_a_file_open)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    const char *file = json_object_get_string_member (load_recorded (parser), "file");
    static const char *const names[] = {"qwen.tiktoken", "tokenizer.model"};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *folder = support_temp_dir ();
        g_autofree char *path = g_build_filename (folder, names[i], NULL);
        g_autofree char *config = g_build_filename (folder, "tokenizer_config.json", NULL);
        ck_assert (g_file_set_contents (path, file, -1, NULL));
        ck_assert (g_file_set_contents (config, "{\"pat_str\":\".\"}", -1, NULL));
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTokenizer) tokenizer = fovea_tokenizer_open (folder, &error);
        ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
        g_autofree char *ids = tokenizer_spell (tokenizer, "a!", -1, FALSE);
        ck_assert_str_eq (ids, "97 33");
        support_remove_dir (g_steal_pointer (&folder));
    }
}
END_TEST

static void
assert_refused (const char *file, gssize length, FoveaError code, const char *words)
{
    g_autoptr (GError) error = NULL;
    gsize n = length < 0 ? strlen (file) : (gsize) length;
    ck_assert_ptr_null (fovea_tiktoken_new (file, n, "x.tiktoken", NULL, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "'%s' does not say '%s'", error->message,
                   words);
}

START_TEST (lines_that_lie_are_refused_with_their_number)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    const char *file = json_object_get_string_member (load_recorded (parser), "file");
    static const struct {
        const char *line, *words;
    } bad[] = {
        {"IQ==", "line 407: no token and rank"},
        {"QUJD -1", "line 407: the rank is no number"},
        {"QUJD 4x", "line 407: the rank is no number"},
        {"QUJD 4194303", "too large for the file"},
        {"QUJD 99999999999999999999999", "too large for the file"},
        {"!!!! 600", "line 407: the token is no base64"},
        {" 600", "line 407: an empty token"},
        {"QUJD 7", "line 407: the token or its rank came before"},
        {"IQ== 600", "line 407: the token or its rank came before"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autofree char *text = g_strdup_printf ("%s%s\n", file, bad[i].line);
        assert_refused (text, -1, FOVEA_ERROR_FORMAT, bad[i].words);
    }
    assert_refused (file, -1, FOVEA_ERROR_UNSUPPORTED, "an encoding of 406 tokens");
    assert_refused ("QUI= 0\n", -1, FOVEA_ERROR_FORMAT, "no token for byte 0x00");
    assert_refused ("QQ\0== 0\n", 8, FOVEA_ERROR_FORMAT, "line 1");
    assert_refused ("", 0, FOVEA_ERROR_FORMAT, "no token for byte");
}
END_TEST

/* vocab.json's tokens as lines of ranks. */
static char *
write_ranks (JsonObject *vocabulary)
{
    GString *file = g_string_new (NULL);
    JsonObjectIter iter;
    const char *token;
    JsonNode *id;
    json_object_iter_init (&iter, vocabulary);
    while (json_object_iter_next (&iter, &token, &id)) {
        g_autoptr (GString) bytes = g_string_new (NULL);
        if (token[0] == '<' && token[1] == '|')
            continue;
        fovea_byte_decode (token, strlen (token), bytes);
        g_autofree char *base64 = g_base64_encode ((const guchar *) bytes->str, bytes->len);
        g_string_append_printf (file, "%s %d\n", base64, (int) json_node_get_int (id));
    }
    return g_string_free (file, FALSE);
}

START_TEST (a_book_has_the_tokens_of_gpt2s_tokenizer_json)
{
    g_autofree char *vocabulary = support_shared ("models/tokenizers/gpt2/vocab.json");
    g_autofree char *folder = support_shared ("models/tokenizers/gpt2");
    g_autofree char *book = support_shared ("corpora/wikitext2_valid.txt"), *text = NULL;
    if (vocabulary == NULL || folder == NULL || book == NULL)
        return;
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, vocabulary, NULL));
    g_autofree char *file = write_ranks (json_node_get_object (json_parser_get_root (parser)));
    g_autoptr (FoveaTokenizer) ranks = open_as (file, "some.tiktoken", NULL);
    g_autoptr (FoveaTokenizer) merges = fovea_tokenizer_open (folder, NULL);
    ck_assert_str_eq (fovea_tokenizer_describe (ranks), "byte-level BPE, 50,257 tokens");
    ck_assert (g_file_get_contents (book, &text, NULL, NULL));
    g_autoptr (GArray) a = fovea_tokenizer_encode (ranks, text, -1, FALSE, NULL);
    g_autoptr (GArray) b = fovea_tokenizer_encode (merges, text, -1, FALSE, NULL);
    ck_assert_uint_gt (a->len, 200000);
    ck_assert_uint_eq (a->len, b->len);
    for (guint i = 0; i < a->len; i++) { /* not as bytes: there are some between the members */
        FoveaToken x = g_array_index (a, FoveaToken, i), y = g_array_index (b, FoveaToken, i);
        ck_assert_msg (x.id == y.id && x.start == y.start && x.end == y.end, "token %u", i);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tiktoken");
    TCase *tcase = tcase_create ("tiktoken");
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, ids_are_those_of_tiktoken, 0, 4);
    tcase_add_test (tcase, special_tokens_come_from_the_encoding_or_the_config);
    tcase_add_test (tcase, folders_with_such_a_file_open);
    tcase_add_test (tcase, lines_that_lie_are_refused_with_their_number);
    tcase_add_test (tcase, a_book_has_the_tokens_of_gpt2s_tokenizer_json);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
