/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Unigram and WordLevel against ids that Hugging Face's tokenizers gave for the same tokenizer.json
 * (tests/golden/tokenizers/unigram.json), rules of the best way by hand, SentencePiece's unigram
 * files, and refusals. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "capture/tokenizer-sentencepiece.h"
#include "capture/tokenizer.h"
#include "tests/support.h"
#include "tests/tokenizer-ids.h"

static FoveaTokenizer *
parse (const char *json)
{
    g_autoptr (GError) error = NULL;
    FoveaTokenizer *tokenizer = fovea_tokenizer_new_from_json (json, -1, NULL, 0, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

static void
check_case (FoveaTokenizer *tokenizer, const char *pipeline, JsonObject *one)
{
    const char *text = json_object_get_string_member (one, "text");
    JsonArray *ids = json_object_get_array_member (one, "ids");
    g_autoptr (GString) want = g_string_new (NULL);
    gint32 list[100];
    gsize n = json_array_get_length (ids);
    ck_assert_uint_lt (n, 100);
    for (guint i = 0; i < n; i++) {
        list[i] = (gint32) json_array_get_int_element (ids, i);
        g_string_append_printf (want, i > 0 ? " %d" : "%d", list[i]);
    }
    g_autofree char *got = tokenizer_spell (tokenizer, text, -1, FALSE);
    ck_assert_msg (strcmp (got, want->str) == 0, "%s, '%s': got %s, expected %s", pipeline, text,
                   got, want->str);
    g_autofree char *back = fovea_tokenizer_decode (tokenizer, list, n, FALSE, NULL, NULL);
    const char *decoded = json_object_get_string_member (one, "decoded");
    ck_assert_msg (strcmp (back, decoded) == 0, "%s: '%s' came back as '%s', expected '%s'",
                   pipeline, text, back, decoded);
}

START_TEST (recorded_ids_are_reproduced)
{
    g_autofree char *path = support_data ("tests/golden/tokenizers/unigram.json");
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    JsonArray *pipelines = json_object_get_array_member (
        json_node_get_object (json_parser_get_root (parser)), "pipelines");
    ck_assert_uint_eq (json_array_get_length (pipelines), 4);
    for (guint i = 0; i < 4; i++) {
        JsonObject *pipeline = json_array_get_object_element (pipelines, i);
        g_autofree char *json =
            json_to_string (json_object_get_member (pipeline, "tokenizer"), FALSE);
        g_autoptr (FoveaTokenizer) tokenizer = parse (json);
        JsonArray *cases = json_object_get_array_member (pipeline, "cases");
        ck_assert_uint_eq (json_array_get_length (cases), 12);
        for (guint k = 0; k < 12; k++)
            check_case (tokenizer, json_object_get_string_member (pipeline, "name"),
                        json_array_get_object_element (cases, k));
    }
}
END_TEST

#define UNIGRAM(rest, pieces) "{\"model\":{\"type\":\"Unigram\"," rest "\"vocab\":[" pieces "]}}"

START_TEST (best_sum_wins_and_the_first_of_equals)
{
    /* ab+c = -4, a+bc = -3, abc = -3.5; x is cheaper in two than in one */
    g_autoptr (FoveaTokenizer) sums = parse (UNIGRAM (
        "\"unk_id\":0,", "[\"?\",0],[\"a\",-1],[\"bc\",-2],[\"ab\",-1],[\"c\",-3],[\"abc\",-3.5],"
                         "[\"x\",-1],[\"xx\",-3]"));
    /* aa+a and a+aa are equal: the shorter first piece was tried first, but the last place keeps
     * the way that reached it first */
    g_autoptr (FoveaTokenizer) ties =
        parse (UNIGRAM ("\"unk_id\":0,", "[\"?\",0],[\"a\",-1],[\"aa\",-1]"));
    static const char *const want[][2] = {
        {"abc", "1 2"}, {"xx", "6 6"}, {"axxc", "1 6 6 4"}, {"a!!c", "1 0 4"}};
    for (guint i = 0; i < G_N_ELEMENTS (want); i++) {
        g_autofree char *got = tokenizer_spell (sums, want[i][0], -1, FALSE);
        ck_assert_msg (strcmp (got, want[i][1]) == 0, "'%s' gave %s, expected %s", want[i][0], got,
                       want[i][1]);
    }
    g_autofree char *tie = tokenizer_spell (ties, "aaa", -1, FALSE);
    ck_assert_str_eq (tie, "1 2");
    ck_assert_str_eq (fovea_tokenizer_describe (ties), "Unigram, 3 tokens");
}
END_TEST

START_TEST (places_are_those_of_the_pieces)
{
    g_autoptr (FoveaTokenizer) tokenizer =
        parse (UNIGRAM ("\"unk_id\":0,", "[\"?\",0],[\"\u00e9a\",-1],[\"b\",-1]"));
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (tokenizer, "b\u00e9a\u2026\u2026b", -1, FALSE, NULL);
    static const gint64 want[][3] = {{2, 0, 1}, {1, 1, 4}, {0, 4, 10}, {2, 10, 11}};
    ck_assert_uint_eq (tokens->len, 4);
    for (guint i = 0; i < 4; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        ck_assert (token->id == want[i][0] && token->start == want[i][1] &&
                   token->end == want[i][2]);
    }
}
END_TEST

/* Fields of SentencePiece's file: a piece with its score and type, and the kind of model. */
static void
put_piece (GByteArray *to, const char *text, float score, guint8 type)
{
    guint8 n = (guint8) strlen (text);
    const guint8 head[] = {0x0a, (guint8) (n + 9), 0x0a, n}, number[] = {0x15},
                 kind[] = {0x18, type};
    g_byte_array_append (to, head, 4);
    g_byte_array_append (to, (const guint8 *) text, n);
    g_byte_array_append (to, number, 1);
    g_byte_array_append (to, (const guint8 *) &score, 4);
    g_byte_array_append (to, kind, 2);
}

START_TEST (unigram_files_of_sentencepiece_are_read)
{
    g_autoptr (GByteArray) model = g_byte_array_new ();
    static const guint8 settings[] = {0x12, 2, 0x18, 1, 0x1a, 4, 0x18, 1, 0x20, 0};
    put_piece (model, "<unk>", 0, 2);
    put_piece (model, "<s>", 0, 3);
    put_piece (model, "</s>", 0, 3);
    put_piece (model, "\u2581", -3, 1);
    put_piece (model, "\u2581a", -1, 1);
    put_piece (model, "a", -2, 1);
    put_piece (model, "b", -2, 1);
    put_piece (model, "ab", -5, 1);
    g_byte_array_append (model, settings, sizeof settings);
    g_autoptr (FoveaTokenizer) tokenizer =
        fovea_sentencepiece_new (model->data, model->len, NULL, 0, NULL);
    ck_assert_ptr_nonnull (tokenizer);
    g_autofree char *words = tokenizer_spell (tokenizer, "ab a", -1, FALSE),
                    *unknown = tokenizer_spell (tokenizer, "a??b", -1, FALSE);
    ck_assert_str_eq (words, "4 6 4");
    ck_assert_str_eq (unknown, "4 0 6");
}
END_TEST

/* What sentencepiece 0.2.3 gives for these very bytes: a piece set unused is none, and after 4,000
 * pieces of -30,000 a sum of 32 bits would know no difference between -5 and -6. */
START_TEST (sums_of_sentencepiece_are_counted_anew)
{
    g_autoptr (GByteArray) model = g_byte_array_new ();
    static const guint8 settings[] = {0x12, 2, 0x18, 1, 0x1a, 6, 0x18, 0, 0x20, 0, 0x28, 0};
    put_piece (model, "<unk>", 0, 2);
    put_piece (model, "x", -30000, 1);
    put_piece (model, "a", -3, 1);
    put_piece (model, "b", -3, 1);
    put_piece (model, "ab", -5, 1);
    put_piece (model, "aab", -1, 5);
    g_byte_array_append (model, settings, sizeof settings);
    g_autoptr (FoveaTokenizer) tokenizer =
        fovea_sentencepiece_new (model->data, model->len, NULL, 0, NULL);
    g_autoptr (GString) text = g_string_new (NULL);
    for (guint i = 0; i < 4000; i++)
        g_string_append_c (text, 'x');
    g_string_append (text, "aab");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text->str, -1, FALSE, NULL);
    ck_assert_uint_eq (tokens->len, 4002);
    ck_assert_int_eq (g_array_index (tokens, FoveaToken, 3999).id, 1);
    ck_assert_int_eq (g_array_index (tokens, FoveaToken, 4000).id, 2);
    ck_assert_int_eq (g_array_index (tokens, FoveaToken, 4001).id, 4);
}
END_TEST

static const struct {
    const char *json;
    FoveaError code;
    const char *part;
} refused[] = {
    {UNIGRAM ("\"unk_id\":5,", "[\"a\",-1]"), FOVEA_ERROR_FORMAT, "unk_id 5 is none of 1 pieces"},
    {UNIGRAM ("", "[\"a\",\"b\"]"), FOVEA_ERROR_FORMAT, "piece 0 has no finite score"},
    {UNIGRAM ("", "[\"a\"]"), FOVEA_ERROR_FORMAT, "piece 0 has no finite score"},
    {UNIGRAM ("", "\"a\""), FOVEA_ERROR_FORMAT, "element 0 of 'vocab'"},
    {UNIGRAM ("", "[1,2]"), FOVEA_ERROR_FORMAT, "element 0 of 'vocab'"},
};

START_TEST (what_is_no_list_of_pieces_is_refused)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_tokenizer_new_from_json (refused[_i].json, -1, NULL, 0, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, refused[_i].code), "%s", error->message);
    ck_assert_msg (strstr (error->message, refused[_i].part) != NULL, "%s", error->message);
}
END_TEST

START_TEST (words_without_token_are_an_error_where_none_is_unknown)
{
    static const char *const jsons[] = {
        UNIGRAM ("", "[\"a\",-1]"),
        "{\"pre_tokenizer\":{\"type\":\"Whitespace\"},"
        "\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":\"[UNK]\"}}"};
    for (guint i = 0; i < G_N_ELEMENTS (jsons); i++) {
        g_autoptr (FoveaTokenizer) tokenizer = parse (jsons[i]);
        g_autoptr (GError) error = NULL;
        g_autofree char *fine = tokenizer_spell (tokenizer, "a", -1, FALSE);
        ck_assert_str_eq (fine, "0");
        ck_assert_ptr_null (
            fovea_tokenizer_encode (tokenizer, i == 0 ? "ab" : "a b", -1, FALSE, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
        ck_assert_msg (strstr (error->message, i == 0 ? "byte 1: no token for U+0062"
                                                      : "byte 2: no token for 'b'") != NULL,
                       "%s", error->message);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tokenizer models");
    TCase *tcase = tcase_create ("models");
    tcase_add_test (tcase, recorded_ids_are_reproduced);
    tcase_add_test (tcase, best_sum_wins_and_the_first_of_equals);
    tcase_add_test (tcase, places_are_those_of_the_pieces);
    tcase_add_test (tcase, unigram_files_of_sentencepiece_are_read);
    tcase_add_test (tcase, sums_of_sentencepiece_are_counted_anew);
    tcase_add_loop_test (tcase, what_is_no_list_of_pieces_is_refused, 0, G_N_ELEMENTS (refused));
    tcase_add_test (tcase, words_without_token_are_an_error_where_none_is_unknown);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
