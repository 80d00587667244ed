/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every kind of normalizer, pre-tokenizer, post-processor and decoder against recorded ids of the
 * library that defines them (tests/golden/tokenizers/parts.json), and the small tables below them.
 * A suffix on the last character of each word makes every cut visible in the ids. */
#include "capture/tokenizer-bytes.h"
#include "capture/tokenizer-decoder.h"
#include "capture/tokenizer-pattern.h"
#include "capture/tokenizer-pretokenizer.h"
#include "capture/tokenizer-scripts.h"
#include "capture/tokenizer-unicode.h"
#include "capture/tokenizer-vocabulary.h"
#include "capture/tokenizer.h"
#include "tests/support.h"

#include <json-glib/json-glib.h>
#include <string.h>

static JsonObject *golden;

static void
load_golden (const char *relative)
{
    g_autofree char *path = support_data (relative);
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    golden = json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

static void
set_up_scripts (void)
{
    load_golden ("tests/golden/tokenizers/scripts.json");
}

static void
tear_down (void)
{
    g_clear_pointer (&golden, json_object_unref);
}

static void
copy_member (JsonObject *from, const char *name, JsonObject *to)
{
    json_object_set_member (to, name, json_node_copy (json_object_get_member (from, name)));
}

/* tokenizer.json of one pipeline, which may have added tokens of its own. */
static char *
compose (JsonObject *pipeline)
{
    g_autoptr (JsonObject) root = json_object_new ();
    copy_member (golden, "model", root);
    gboolean own = json_object_has_member (pipeline, "added_tokens");
    copy_member (own ? pipeline : golden, "added_tokens", root);
    copy_member (pipeline, "normalizer", root);
    copy_member (pipeline, "pre_tokenizer", root);
    copy_member (pipeline, "decoder", root);
    copy_member (pipeline, "post_processor", root);
    g_autoptr (JsonNode) node = json_node_alloc ();
    json_node_init_object (node, root);
    return json_to_string (node, FALSE);
}

static void
assert_ids (FoveaTokenizer *tokenizer, JsonObject *one, gboolean special, const char *where)
{
    const char *text = json_object_get_string_member (one, "text");
    JsonArray *want = json_object_get_array_member (one, special ? "special" : "ids");
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, special, &error);
    ck_assert_msg (tokens != NULL, "%s: %s", where, error != NULL ? error->message : "");
    ck_assert_msg (tokens->len == json_array_get_length (want), "%s: '%s': %u tokens, expected %u",
                   where, text, tokens->len, json_array_get_length (want));
    for (guint i = 0; i < tokens->len; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        ck_assert_msg (token->id == json_array_get_int_element (want, i),
                       "%s: '%s': token %u is %d", where, text, i, token->id);
        ck_assert (token->start <= token->end && token->end <= (gint64) strlen (text));
    }
}

static void
assert_decodes (FoveaTokenizer *tokenizer, JsonObject *one, const char *where)
{
    JsonArray *list = json_object_get_array_member (one, "ids");
    guint n = json_array_get_length (list);
    g_autofree gint32 *ids = g_new (gint32, n + 1);
    for (guint i = 0; i < n; i++)
        ids[i] = (gint32) json_array_get_int_element (list, i);
    g_autofree char *text = fovea_tokenizer_decode (tokenizer, ids, n, FALSE, NULL, NULL);
    const char *want = json_object_get_string_member (one, "decoded");
    ck_assert_msg (strcmp (text, want) == 0, "%s: decoded '%s', expected '%s'", where, text, want);
}

START_TEST (pipelines_match_the_library)
{
    static const char *const files[] = {"tests/golden/tokenizers/parts.json",
                                        "tests/golden/tokenizers/chance.json"};
    load_golden (files[_i]);
    JsonArray *pipelines = json_object_get_array_member (golden, "pipelines");
    ck_assert_uint_ge (json_array_get_length (pipelines), 48);
    for (guint i = 0; i < json_array_get_length (pipelines); i++) {
        JsonObject *pipeline = json_array_get_object_element (pipelines, i);
        g_autofree char *json = compose (pipeline);
        g_autofree char *where = g_strdup_printf ("pipeline %u", i);
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTokenizer) tokenizer =
            fovea_tokenizer_new_from_json (json, -1, NULL, 0, &error);
        ck_assert_msg (tokenizer != NULL, "%s: %s", where, error != NULL ? error->message : "");
        JsonArray *cases = json_object_get_array_member (pipeline, "cases");
        for (guint k = 0; k < json_array_get_length (cases); k++) {
            JsonObject *one = json_array_get_object_element (cases, k);
            assert_ids (tokenizer, one, FALSE, where);
            assert_ids (tokenizer, one, TRUE, where);
            assert_decodes (tokenizer, one, where);
        }
    }
}
END_TEST

START_TEST (byte_alphabet_is_a_bijection)
{
    gboolean seen[0x200] = {FALSE};
    for (guint byte = 0; byte < 256; byte++) {
        gunichar c = fovea_byte_to_char ((guint8) byte);
        ck_assert_uint_lt (c, 0x200);
        ck_assert (!seen[c] && g_unichar_isgraph (c));
        seen[c] = TRUE;
        ck_assert_int_eq (fovea_byte_from_char (c), (int) byte);
    }
    ck_assert_uint_eq (fovea_byte_to_char (' '), 0x120);
    ck_assert_uint_eq (fovea_byte_to_char ('\n'), 0x10A);
    ck_assert_int_eq (fovea_byte_from_char (' '), -1);
    ck_assert_int_eq (fovea_byte_from_char (0x2581), -1);
}
END_TEST

START_TEST (text_outside_the_byte_alphabet_is_kept)
{
    g_autoptr (GString) out = g_string_new ("x");
    fovea_byte_decode ("\u0120the", strlen ("\u0120the"), out);
    ck_assert_str_eq (out->str, "x the");
    fovea_byte_decode ("a b", 3, out);
    ck_assert_str_eq (out->str, "x thea b");
}
END_TEST

/* Normal form run by run must equal that of the whole text. */
START_TEST (normal_forms_of_runs_equal_those_of_the_whole)
{
    static const char *const texts[] = {
        "cafe\u0301 Å ﬁ ½",
        "\u1100\u1161\u11A8가",
        "\u0915\u093F\u0301",
        "ｶﾞ①",
        "a\u0323\u0301\u0301",
        "\u09C7\u09BE\u0B47\u0B3E",
        "",
        "\u0301start",
    };
    static const GNormalizeMode modes[] = {G_NORMALIZE_NFC, G_NORMALIZE_NFD, G_NORMALIZE_NFKC,
                                           G_NORMALIZE_NFKD};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
            gsize n = strlen (texts[i]);
            g_autoptr (FoveaAlignedText) raw = fovea_aligned_text_new_from (texts[i], n, 10);
            g_autoptr (FoveaAlignedText) got = fovea_unicode_normalize (raw, modes[m]);
            g_autofree char *want = g_utf8_normalize (texts[i], -1, modes[m]);
            ck_assert_str_eq (got->bytes->str, want);
            FoveaSpan all = fovea_aligned_text_span (got, 0, got->bytes->len);
            ck_assert (n == 0 || (all.start == 10 && all.end == 10 + n));
        }
}
END_TEST

START_TEST (spaces_are_those_of_unicode)
{
    static const gunichar spaces[] = {' ', '\t', '\v', 0x85, 0xA0, 0x1680, 0x2028, 0x202F, 0x3000};
    static const gunichar others[] = {'a', 0x180E, 0x200B, 0xFEFF, 0x1F};
    g_autoptr (FoveaPattern) pattern = fovea_pattern_new_regex ("^\\s$", NULL);
    g_autoptr (FoveaPattern) negated = fovea_pattern_new_regex ("^[^\\s]$", NULL);
    for (guint i = 0; i < G_N_ELEMENTS (spaces) + G_N_ELEMENTS (others); i++) {
        gboolean want = i < G_N_ELEMENTS (spaces);
        gunichar c = want ? spaces[i] : others[i - G_N_ELEMENTS (spaces)];
        char utf8[8];
        gsize n = (gsize) g_unichar_to_utf8 (c, utf8);
        g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (gsize));
        g_autoptr (GArray) misses = g_array_new (FALSE, FALSE, sizeof (gsize));
        ck_assert (fovea_pattern_find (pattern, utf8, n, hits, NULL));
        ck_assert (fovea_pattern_find (negated, utf8, n, misses, NULL));
        ck_assert_msg (fovea_unicode_is_space (c) == want, "U+%04X", c);
        ck_assert_msg ((hits->len > 0) == want, "U+%04X as \\s", c);
        ck_assert_msg ((misses->len > 0) == !want, "U+%04X as [^\\s]", c);
    }
}
END_TEST

START_TEST (empty_matches_advance_by_a_character)
{
    g_autoptr (FoveaPattern) pattern = fovea_pattern_new_regex ("x*", NULL);
    g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (gsize));
    ck_assert (fovea_pattern_find (pattern, "éxx", 4, matches, NULL));
    const gsize want[] = {0, 0, 2, 4, 4, 4};
    ck_assert_uint_eq (matches->len, G_N_ELEMENTS (want));
    ck_assert_mem_eq (matches->data, want, sizeof want);
}
END_TEST

static JsonObject *
parse_object (const char *json)
{
    g_autoptr (JsonNode) node = json_from_string (json, NULL);
    ck_assert_ptr_nonnull (node);
    return json_object_ref (json_node_get_object (node));
}

/* Words lie where the library has them, and text before the first script is of none. */
START_TEST (words_of_scripts_are_those_of_the_library)
{
    JsonArray *words = json_object_get_array_member (golden, "words");
    g_autoptr (JsonObject) kind = parse_object ("{\"type\":\"UnicodeScripts\"}");
    g_autoptr (FoveaPretokenizer) cut = fovea_pretokenizer_new_from_json (kind, NULL);
    ck_assert_ptr_nonnull (cut);
    for (guint i = 0; i < json_array_get_length (words); i++) {
        JsonObject *one = json_array_get_object_element (words, i);
        const char *text = json_object_get_string_member (one, "text");
        JsonArray *places = json_object_get_array_member (one, "places");
        g_autoptr (FoveaWords) mine =
            fovea_words_new (fovea_aligned_text_new_from (text, strlen (text), 0));
        ck_assert (fovea_pretokenizer_apply (cut, mine, TRUE, NULL));
        ck_assert_msg (mine->ranges->len == json_array_get_length (places),
                       "'%s': %u words, not %u", text, mine->ranges->len,
                       json_array_get_length (places));
        for (guint k = 0; k < mine->ranges->len; k++) {
            const FoveaSpan *range = &g_array_index (mine->ranges, FoveaSpan, k);
            JsonArray *place = json_array_get_array_element (places, k);
            ck_assert_uint_eq (range->start, (guint64) json_array_get_int_element (place, 0));
            ck_assert_uint_eq (range->end, (guint64) json_array_get_int_element (place, 1));
        }
    }
}
END_TEST

static guint
count_words (gunichar a, gunichar b, gunichar c)
{
    g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (gsize));
    char text[24];
    int n = g_unichar_to_utf8 (a, text);
    n += g_unichar_to_utf8 (b, text + n);
    if (c != 0)
        n += g_unichar_to_utf8 (c, text + n);
    fovea_scripts_find (text, (gsize) n, starts);
    return starts->len;
}

/* Every character beside its neighbour, and between a Latin and a Greek letter. */
START_TEST (every_character_has_its_script)
{
    guint32 value = 2166136261u;
    gunichar before = 'a';
    for (gunichar c = 0x20; c < 0x110000; c++) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        value =
            (value ^ (16 * count_words (before, c, 0) + count_words ('a', c, 0x3b1))) * 16777619u;
        before = c;
    }
    ck_assert_uint_eq (value, (guint64) json_object_get_int_member (golden, "all"));
}
END_TEST

START_TEST (frames_of_sound_are_joined_as_by_the_library)
{
    JsonArray *cases = json_object_get_array_member (golden, "ctc");
    for (guint i = 0; i < json_array_get_length (cases); i++) {
        JsonObject *one = json_array_get_object_element (cases, i);
        JsonArray *tokens = json_object_get_array_member (one, "tokens");
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaDecoder) decoder =
            fovea_decoder_new_from_json (json_object_get_object_member (one, "decoder"), &error);
        ck_assert_msg (decoder != NULL, "%s", error != NULL ? error->message : "");
        g_autoptr (GPtrArray) list = fovea_decoder_new_list ();
        for (guint k = 0; k < json_array_get_length (tokens); k++)
            g_ptr_array_add (list, g_string_new (json_array_get_string_element (tokens, k)));
        GString *text = fovea_decoder_apply (decoder, list);
        ck_assert_str_eq (text->str, json_object_get_string_member (one, "text"));
        g_string_free (text, TRUE);
    }
}
END_TEST

START_TEST (a_frame_by_itself_is_shown_as_its_text)
{
    static const char *const shown[][2] = {{"|", " "}, {"<pad>", ""}, {"n't", "n't"}, {"a", "a"}};
    g_autoptr (JsonObject) kind = parse_object ("{\"type\":\"CTC\"}");
    g_autoptr (FoveaDecoder) decoder = fovea_decoder_new_from_json (kind, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
        GString *token = g_string_new (shown[i][0]);
        fovea_decoder_show (decoder, token);
        ck_assert_str_eq (token->str, shown[i][1]);
        g_string_free (token, TRUE);
    }
}
END_TEST

START_TEST (a_vocabulary_finds_every_token_again)
{
    g_autoptr (FoveaVocabulary) vocabulary = fovea_vocabulary_new ();
    for (int i = 0; i < 5000; i++) {
        g_autofree char *token = g_strdup_printf ("t%d", i * 7);
        ck_assert (fovea_vocabulary_add (vocabulary, token, 2 * i, NULL));
    }
    ck_assert_uint_eq (fovea_vocabulary_get_size (vocabulary), 9999);
    for (int i = 0; i < 5000; i++) {
        g_autofree char *token = g_strdup_printf ("t%d", i * 7);
        gsize length;
        ck_assert_int_eq (fovea_vocabulary_lookup (vocabulary, token, strlen (token)), 2 * i);
        ck_assert_str_eq (fovea_vocabulary_get (vocabulary, 2 * i, &length), token);
        ck_assert_str_eq (fovea_vocabulary_get (vocabulary, 2 * i + 1, &length), "");
    }
    ck_assert_int_eq (fovea_vocabulary_lookup (vocabulary, "t", 1), -1);
    ck_assert_int_eq (fovea_vocabulary_lookup (vocabulary, "t7x", 2), 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tokenizer parts");
    TCase *pipelines = tcase_create ("pipelines");
    tcase_add_checked_fixture (pipelines, NULL, tear_down);
    tcase_add_loop_test (pipelines, pipelines_match_the_library, 0, 2);
    suite_add_tcase (suite, pipelines);
    TCase *scripts = tcase_create ("scripts and sounds");
    tcase_add_checked_fixture (scripts, set_up_scripts, tear_down);
    tcase_add_test (scripts, words_of_scripts_are_those_of_the_library);
    tcase_add_test (scripts, every_character_has_its_script);
    tcase_add_test (scripts, frames_of_sound_are_joined_as_by_the_library);
    tcase_add_test (scripts, a_frame_by_itself_is_shown_as_its_text);
    suite_add_tcase (suite, scripts);
    TCase *tables = tcase_create ("tables");
    tcase_add_test (tables, byte_alphabet_is_a_bijection);
    tcase_add_test (tables, text_outside_the_byte_alphabet_is_kept);
    tcase_add_test (tables, normal_forms_of_runs_equal_those_of_the_whole);
    tcase_add_test (tables, spaces_are_those_of_unicode);
    tcase_add_test (tables, empty_matches_advance_by_a_character);
    tcase_add_test (tables, a_vocabulary_finds_every_token_again);
    suite_add_tcase (suite, tables);
    return support_run (suite);
}
