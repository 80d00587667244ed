/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Symbols that users of SentencePiece define, and its control pieces: ids of whole models as
 * sentencepiece gives them (recorded by tests/make-symbols.py), places, and the search by itself. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "capture/tokenizer-sentencepiece.h"
#include "capture/tokenizer-symbols.h"
#include "tests/support.h"

enum {
    N_MODELS = 12,
};

static JsonParser *parser;
static JsonArray *texts, *pipelines;

static void
open_recorded (void)
{
    g_autofree char *path = support_data ("tests/golden/tokenizers/symbols.json");
    parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    JsonObject *recorded = json_node_get_object (json_parser_get_root (parser));
    texts = json_object_get_array_member (recorded, "texts");
    pipelines = json_object_get_array_member (recorded, "pipelines");
}

static void
close_recorded (void)
{
    g_object_unref (parser);
}

static FoveaTokenizer *
open_model (guint number)
{
    g_autoptr (GError) error = NULL;
    JsonObject *pipeline = json_array_get_object_element (pipelines, number);
    gsize n;
    g_autofree guint8 *model =
        g_base64_decode (json_object_get_string_member (pipeline, "model"), &n);
    FoveaTokenizer *tokenizer = fovea_sentencepiece_new (model, n, NULL, 0, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

static void
check_text (FoveaTokenizer *tokenizer, const char *name, const char *text, JsonArray *ids)
{
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
    gint64 end = 0, length = (gint64) strlen (text);
    ck_assert_ptr_nonnull (tokens);
    for (guint i = 0; i < MIN (tokens->len, json_array_get_length (ids)); i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        ck_assert_msg (token->id == json_array_get_int_element (ids, i),
                       "%s, '%.60s': token %u is %d, expected %d", name, text, i, token->id,
                       (int) json_array_get_int_element (ids, i));
        ck_assert (token->start <= token->end && token->end >= end && token->end <= length);
        end = token->end;
    }
    ck_assert_msg (tokens->len == json_array_get_length (ids),
                   "%s, '%.60s': %u tokens, expected %u", name, text, tokens->len,
                   json_array_get_length (ids));
}

START_TEST (ids_are_those_of_sentencepiece)
{
    ck_assert_uint_eq (json_array_get_length (pipelines), N_MODELS);
    JsonObject *pipeline = json_array_get_object_element (pipelines, (guint) _i);
    JsonArray *ids = json_object_get_array_member (pipeline, "ids");
    g_autoptr (FoveaTokenizer) tokenizer = open_model ((guint) _i);
    for (guint i = 0; i < json_array_get_length (texts); i++)
        check_text (tokenizer, json_object_get_string_member (pipeline, "name"),
                    json_array_get_string_element (texts, i),
                    json_array_get_array_element (ids, i));
}
END_TEST

/* A symbol stands where its bytes do, also where the map would have rewritten them (A becomes a, and
 * the accent goes apart), and where a space is part of it. */
START_TEST (symbols_keep_their_places)
{
    static const struct {
        const char *symbol;
        gint64 start, end;
    } want[] = {
        {"<sep>", 1, 6}, {"A", 6, 7}, {"\u00e9", 7, 9}, {"!!", 9, 11}, {"\u2581the", 11, 15}};
    g_autoptr (FoveaTokenizer) tokenizer = open_model (4); /* of pairs */
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (tokenizer, "x<sep>A\u00e9!! the", -1, FALSE, NULL);
    guint first = tokens->len - G_N_ELEMENTS (want);
    for (guint i = 0; i < G_N_ELEMENTS (want); i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, first + i);
        gsize n;
        const char *text = fovea_tokenizer_get_bytes (tokenizer, token->id, &n);
        /* shown as it decodes: a mark is a space */
        ck_assert_str_eq (*text == ' ' ? text + 1 : text,
                          i == 4 ? want[i].symbol + 3 : want[i].symbol);
        ck_assert_int_eq (token->start, want[i].start);
        ck_assert_int_eq (token->end, want[i].end);
        ck_assert (!fovea_tokenizer_is_special (tokenizer, token->id));
    }
}
END_TEST

START_TEST (the_longest_symbol_is_found)
{
    static const char *const added[] = {"b", "bcd", "bc", "\xc3\xa9", "", "bcd", "ba"};
    static const struct {
        const char *text;
        gsize length;
        gint32 id;
        gsize used;
    } want[] = {
        {"bcd", 3, 5, 3}, /* the later of two */
        {"bcde", 4, 5, 3}, {"bcd", 2, 2, 2},       {"bcx", 3, 2, 2},   {"bx", 2, 0, 1},
        {"b", 1, 0, 1},    {"b\0c", 3, 0, 1},      {"ba", 2, 6, 2},    {"a", 1, -1, 0},
        {"c", 1, -1, 0},   {"\xc3\xa9x", 3, 3, 2}, {"\xc3", 1, -1, 0}, {"\0b", 2, -1, 0},
        {"", 0, -1, 0},    {"\xff", 1, -1, 0},
    };
    g_autoptr (FoveaSymbols) symbols = fovea_symbols_new ();
    for (guint i = 0; i < G_N_ELEMENTS (added); i++)
        fovea_symbols_add (symbols, added[i], (gint32) i);
    fovea_symbols_seal (symbols);
    for (guint i = 0; i < G_N_ELEMENTS (want); i++) {
        g_autofree char *text = g_memdup2 (want[i].text, want[i].length); /* and no byte more */
        gsize used = 0;
        gint32 id = fovea_symbols_find (symbols, text, want[i].length, &used);
        ck_assert_msg (id == want[i].id && used == want[i].used, "row %u: %d, %zu bytes", i, id,
                       used);
    }
    gsize used = 0;
    g_autoptr (FoveaSymbols) none = fovea_symbols_new ();
    fovea_symbols_seal (none);
    ck_assert_int_eq (fovea_symbols_find (none, "b", 1, &used), -1);
    ck_assert_int_eq (fovea_symbols_find (NULL, "b", 1, &used), -1);
}
END_TEST

START_TEST (what_is_no_list_of_symbols_is_refused)
{
    static const char *const bad[][2] = {{"7", "'user_defined_symbols' is no list"},
                                         {"[\"a\",7]", "element 1 of 'user_defined_symbols'"},
                                         {"[[]]", "element 0 of 'user_defined_symbols'"}};
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *json = g_strdup_printf (
            "{\"normalizer\":{\"type\":\"SentencePiece\",\"user_defined_symbols\":%s},"
            "\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"<unk>\":0}}}",
            bad[i][0]);
        ck_assert_ptr_null (fovea_tokenizer_new_from_json (json, -1, NULL, 0, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
        ck_assert_msg (strstr (error->message, bad[i][1]) != NULL, "%s", error->message);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("symbols");
    TCase *tcase = tcase_create ("symbols");
    tcase_add_unchecked_fixture (tcase, open_recorded, close_recorded);
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, ids_are_those_of_sentencepiece, 0, N_MODELS);
    tcase_add_test (tcase, symbols_keep_their_places);
    tcase_add_test (tcase, the_longest_symbol_is_found);
    tcase_add_test (tcase, what_is_no_list_of_symbols_is_refused);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
