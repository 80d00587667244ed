/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Character maps of SentencePiece: ids of whole models as sentencepiece gives them, texts as the
 * library of tokenizer.json rewrites them (both recorded by tests/make-charmap.py), places, and maps
 * that lie. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "capture/tokenizer-charmap.h"
#include "capture/tokenizer-normalizer.h"
#include "capture/tokenizer-sentencepiece.h"
#include "tests/support.h"

enum {
    N_MODELS = 5,
    N_TEXTS = 61
};

static JsonParser *parser;
static JsonObject *recorded;

static void
open_recorded (void)
{
    g_autofree char *path = support_data ("tests/golden/tokenizers/charmap.json");
    parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    recorded = json_node_get_object (json_parser_get_root (parser));
}

static void
close_recorded (void)
{
    g_object_unref (parser);
}

static const char *
text_of (const char *member, guint i)
{
    JsonArray *texts = json_object_get_array_member (recorded, member);
    ck_assert_uint_eq (json_array_get_length (texts), N_TEXTS);
    return json_array_get_string_element (texts, i);
}

static FoveaTokenizer *
open_model (guint number, const char **name)
{
    g_autoptr (GError) error = NULL;
    JsonObject *pipeline = json_array_get_object_element (
        json_object_get_array_member (recorded, "pipelines"), number);
    gsize n;
    g_autofree guint8 *model =
        g_base64_decode (json_object_get_string_member (pipeline, "model"), &n);
    *name = json_object_get_string_member (pipeline, "name");
    FoveaTokenizer *tokenizer = fovea_sentencepiece_new (model, n, NULL, 0, &error);
    ck_assert_msg (tokenizer != NULL, "%s: %s", *name, error != NULL ? error->message : "");
    return tokenizer;
}

/* Two kinds of models, spaces kept, spaces behind words, and single characters. */
START_TEST (ids_are_those_of_sentencepiece)
{
    const char *name;
    g_autoptr (FoveaTokenizer) tokenizer = open_model ((guint) _i, &name);
    JsonArray *all = json_object_get_array_member (
        json_array_get_object_element (json_object_get_array_member (recorded, "pipelines"),
                                       (guint) _i),
        "ids");
    for (guint i = 0; i < N_TEXTS; i++) {
        JsonArray *want = json_array_get_array_element (all, i);
        const char *text = text_of ("texts", i);
        g_autoptr (GArray) got = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
        ck_assert_msg (got->len == json_array_get_length (want), "%s, '%s': %u tokens, expected %u",
                       name, text, got->len, json_array_get_length (want));
        for (guint k = 0; k < got->len; k++) {
            const FoveaToken *token = &g_array_index (got, FoveaToken, k);
            ck_assert_msg (token->id == json_array_get_int_element (want, k),
                           "%s, '%s': token %u is %d", name, text, k, token->id);
            ck_assert (token->start <= token->end && token->end <= (gint64) strlen (text));
        }
    }
}
END_TEST

static void
assert_normalizes (const char *json, const char *text, const char *want)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonParser) one = json_parser_new ();
    ck_assert (json_parser_load_from_data (one, json, -1, NULL));
    g_autoptr (FoveaNormalizer) normalizer =
        fovea_normalizer_new_from_json (json_node_get_object (json_parser_get_root (one)), &error);
    ck_assert_msg (normalizer != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaAlignedText) out = fovea_normalizer_apply (
        normalizer, fovea_aligned_text_new_from (text, strlen (text), 0), &error);
    ck_assert_msg (out != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_msg (strcmp (out->bytes->str, want) == 0, "'%s' became '%s', expected '%s'", text,
                   out->bytes->str, want);
    ck_assert_uint_eq (out->spans->len, out->bytes->len);
}

START_TEST (texts_are_rewritten_as_by_the_library_of_tokenizer_json)
{
    g_autofree char *precompiled =
        g_strdup_printf ("{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"%s\"}",
                         json_object_get_string_member (recorded, "map"));
    for (guint i = 0; i < N_TEXTS; i++) {
        assert_normalizes (precompiled, text_of ("texts", i), text_of ("normalized", i));
        assert_normalizes ("{\"type\":\"Nmt\"}", text_of ("texts", i), text_of ("nmt", i));
    }
    assert_normalizes ("{\"type\":\"Precompiled\",\"precompiled_charsmap\":null}", "A ", "A ");
}
END_TEST

static FoveaCharmap *
make_map (gsize *n)
{
    g_autofree guint8 *bytes = g_base64_decode (json_object_get_string_member (recorded, "map"), n);
    FoveaCharmap *map = fovea_charmap_new (bytes, *n, NULL);
    ck_assert_ptr_nonnull (map);
    return map;
}

/* A, an e with acute, "ffi" (its first letter alone is no key) and a trade mark have keys. */
START_TEST (the_longest_or_the_shortest_key_is_found)
{
    gsize n, used = 99;
    g_autoptr (FoveaCharmap) map = make_map (&n);
    ck_assert_str_eq (fovea_charmap_find (map, "Ax", 2, TRUE, &used), "a");
    ck_assert_uint_eq (used, 1);
    ck_assert_str_eq (fovea_charmap_find (map, "ffix", 4, TRUE, &used), "\ufb03");
    ck_assert_uint_eq (used, 3);
    ck_assert_ptr_null (fovea_charmap_find (map, "ffi", 2, TRUE, &used));
    ck_assert_ptr_null (fovea_charmap_find (map, "x", 1, FALSE, &used));
    ck_assert_ptr_null (fovea_charmap_find (map, "", 0, FALSE, &used));
    ck_assert_str_eq (fovea_charmap_find (map, "\u200b", 3, FALSE, &used), "");
    ck_assert_uint_eq (used, 3);
}
END_TEST

/* What an e with acute becomes (two characters) stands where it stood; what came in has no place. */
START_TEST (rewritten_characters_keep_their_places)
{
    gsize n;
    g_autoptr (FoveaCharmap) map = make_map (&n);
    const FoveaPieceRule rule = {map, TRUE, TRUE, TRUE, FALSE};
    static const char text[] = "  x\u00e9\u3000 y ";
    g_autoptr (FoveaAlignedText) from = fovea_aligned_text_new_from (text, strlen (text), 100);
    g_autoptr (FoveaAlignedText) out = fovea_piece_rule_apply (&rule, from);
    ck_assert_str_eq (out->bytes->str, "\u2581xe\u0301\u2581y");
    static const gsize ranges[][4] = {{0, 3, 102, 102}, {3, 4, 102, 103},  {4, 5, 103, 105},
                                      {5, 7, 103, 105}, {7, 10, 105, 109}, {10, 11, 109, 110}};
    for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
        FoveaSpan span = fovea_aligned_text_span (out, ranges[i][0], ranges[i][1]);
        ck_assert_msg (span.start == ranges[i][2] && span.end == ranges[i][3],
                       "range %u: %zu to %zu", i, span.start, span.end);
    }
    const FoveaPieceRule plain = {NULL, FALSE, FALSE, FALSE, FALSE};
    g_autoptr (FoveaAlignedText) same = fovea_piece_rule_apply (&plain, from);
    ck_assert_str_eq (same->bytes->str, text);
}
END_TEST

/* NUL is a character of texts. */
START_TEST (texts_with_nul_are_kept_whole)
{
    const FoveaPieceRule rule = {NULL, FALSE, TRUE, FALSE, FALSE};
    g_autoptr (FoveaAlignedText) from = fovea_aligned_text_new_from ("a \0b  ", 6, 0);
    g_autoptr (FoveaAlignedText) out = fovea_piece_rule_apply (&rule, from);
    ck_assert_uint_eq (out->bytes->len, 4);
    ck_assert_mem_eq (out->bytes->str, "a \0b", 5);
}
END_TEST

START_TEST (maps_that_do_not_fit_are_refused_with_their_byte)
{
    static const struct {
        const char *bytes;
        gsize n;
        const char *words;
    } bad[] = {
        {"", 0, "byte 0: a trie of no such size"},
        {"\4\0\0", 3, "byte 0: a trie"},
        {"\0\0\0\0", 4, "byte 0: a trie"},
        {"\3\0\0\0abcd", 8, "byte 0: a trie"},
        {"\xfc\xff\xff\xff"
         "abcd",
         8, "byte 0: a trie"},
        {"\4\0\0\0abcd", 8, "byte 8: the last replacement does not end"},
        {"\4\0\0\0abcdx", 9, "byte 9: the last replacement does not end"},
        {"\4\0\0\0abcdx\0\xff", 12, "byte 10: a replacement that is no UTF-8"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_charmap_new ((const guint8 *) bad[i].bytes, bad[i].n, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
        ck_assert_msg (strstr (error->message, bad[i].words) != NULL, "%u: %s", i, error->message);
    }
}
END_TEST

/* Whatever the units say, what comes out is a text whose bytes all have places. */
START_TEST (units_that_lie_leave_texts_sound)
{
    gsize n;
    g_autofree guint8 *bytes =
        g_base64_decode (json_object_get_string_member (recorded, "map"), &n);
    g_autoptr (GRand) rand = g_rand_new_with_seed (3);
    guint changed = 0;
    for (int round = 0; round < 300; round++) {
        g_autofree guint8 *copy = g_memdup2 (bytes, n);
        guint32 trie = (guint32) (bytes[0] | bytes[1] << 8);
        for (int k = 0; k < 1 + round / 4; k++)
            copy[4 + g_rand_int_range (rand, 0, (gint32) trie)] =
                (guint8) g_rand_int_range (rand, 0, 256);
        g_autoptr (FoveaCharmap) map = fovea_charmap_new (copy, n, NULL);
        const FoveaPieceRule rule = {map, TRUE, round % 2 == 0, TRUE, round % 3 == 0};
        for (guint i = 0; i < N_TEXTS; i++) {
            const char *text = text_of ("texts", i);
            g_autoptr (FoveaAlignedText) from =
                fovea_aligned_text_new_from (text, strlen (text), 0);
            g_autoptr (FoveaAlignedText) out = fovea_piece_rule_apply (&rule, from);
            ck_assert (g_utf8_validate_len (out->bytes->str, out->bytes->len, NULL));
            ck_assert_uint_eq (out->spans->len, out->bytes->len);
            changed += strcmp (out->bytes->str, text) != 0;
        }
    }
    ck_assert_uint_gt (changed, 1000);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("character maps");
    TCase *tcase = tcase_create ("maps");
    tcase_add_unchecked_fixture (tcase, open_recorded, close_recorded);
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, ids_are_those_of_sentencepiece, 0, N_MODELS);
    tcase_add_test (tcase, texts_are_rewritten_as_by_the_library_of_tokenizer_json);
    tcase_add_test (tcase, the_longest_or_the_shortest_key_is_found);
    tcase_add_test (tcase, rewritten_characters_keep_their_places);
    tcase_add_test (tcase, texts_with_nul_are_kept_whole);
    tcase_add_test (tcase, maps_that_do_not_fit_are_refused_with_their_byte);
    tcase_add_test (tcase, units_that_lie_leave_texts_sound);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
