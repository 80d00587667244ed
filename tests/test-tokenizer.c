/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Real tokenizers against recorded reference ids, places of tokens, and refusals. */
#include "capture/tokenizer.h"
#include "capture/tokenizer-llama2c.h"
#include "kernels/error.h"
#include "tests/support.h"
#include "tests/tokenizer-ids.h"
#include "tests/tokenizer-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

static FoveaTokenizer *
open_shared (const char *relative)
{
    g_autofree char *path = support_shared (relative);
    if (path == NULL)
        return NULL;
    g_autoptr (GError) error = NULL;
    FoveaTokenizer *tokenizer = fovea_tokenizer_open (path, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

static FoveaTokenizer *
open_demo (void)
{
    g_autofree char *path = support_data ("data/demo");
    g_autoptr (GError) error = NULL;
    FoveaTokenizer *tokenizer = fovea_tokenizer_open (path, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

static char *
read_file (const char *path, gsize *length)
{
    char *text;
    g_autoptr (GError) error = NULL;
    ck_assert_msg (g_file_get_contents (path, &text, length, &error), "%s",
                   error != NULL ? error->message : "");
    return text;
}

static void
assert_encodes (FoveaTokenizer *tokenizer, const char *text, gboolean special, const char *want)
{
    g_autofree char *got = tokenizer_spell (tokenizer, text, -1, special);
    ck_assert_msg (strcmp (got, want) == 0, "'%s' gave %s, expected %s", text, got, want);
}

/* A tokenizer of inline JSON. */
static FoveaTokenizer *
parse (const char *json, const char *config)
{
    g_autoptr (GError) error = NULL;
    FoveaTokenizer *tokenizer = fovea_tokenizer_new_from_json (json, -1, config, -1, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    return tokenizer;
}

/* llama.cpp's vocabulary tests: texts between separator lines, one line of ids a text. */
static const struct {
    const char *folder, *stem;
} vocabularies[] = {
    {"models/tokenizers/gpt2", "models/ggml-vocab/ggml-vocab-gpt-2.gguf"},
    {"models/tokenizers/llama2", "models/ggml-vocab/ggml-vocab-llama-spm.gguf"},
    {"models/tokenizers/qwen2", "models/tokenizers/qwen2/ggml-vocab-qwen2"},
    {"models/tokenizers/bert-base-uncased", "models/ggml-vocab/ggml-vocab-bert-bge.gguf"},
};

START_TEST (published_vocabulary_tests_are_reproduced)
{
    g_autofree char *inp = g_strconcat (vocabularies[_i].stem, ".inp", NULL);
    g_autofree char *out = g_strconcat (vocabularies[_i].stem, ".out", NULL);
    g_autofree char *inp_path = support_shared (inp);
    g_autofree char *out_path = support_shared (out);
    g_autoptr (FoveaTokenizer) tokenizer = open_shared (vocabularies[_i].folder);
    if (tokenizer == NULL || inp_path == NULL || out_path == NULL)
        return;
    gsize length;
    g_autofree char *texts = read_file (inp_path, &length);
    g_autofree char *ids = read_file (out_path, &length);
    g_auto (GStrv) cases = g_strsplit (texts, "\n__ggml_vocab_test__\n", -1);
    g_auto (GStrv) wants = g_strsplit (ids, "\n", -1);
    guint n = 0;
    for (; cases[n] != NULL && wants[n] != NULL && cases[n + 1] != NULL; n++) {
        g_autofree char *got = tokenizer_spell (tokenizer, cases[n], -1, FALSE);
        ck_assert_msg (strcmp (got, g_strstrip (wants[n])) == 0,
                       "%s, case %u, '%s': got %s, expected %s", vocabularies[_i].folder, n,
                       cases[n], got, wants[n]);
    }
    ck_assert_uint_ge (n, 46);
}
END_TEST

START_TEST (demo_cases_are_reproduced_and_decoded)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_demo ();
    g_autofree char *path = support_data ("tests/golden/fovea-demo/tokenizer_reference.json");
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    JsonArray *cases = json_node_get_array (json_parser_get_root (parser));
    ck_assert_uint_ge (json_array_get_length (cases), 10);
    for (guint i = 0; i < json_array_get_length (cases); i++) {
        JsonObject *one = json_array_get_object_element (cases, i);
        const char *text = json_object_get_string_member (one, "text");
        JsonArray *ids = json_object_get_array_member (one, "ids");
        g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
        ck_assert_uint_eq (tokens->len, json_array_get_length (ids));
        g_autofree gint32 *plain = g_new (gint32, tokens->len + 1);
        gint64 place = 0;
        for (guint k = 0; k < tokens->len; k++) {
            const FoveaToken *token = &g_array_index (tokens, FoveaToken, k);
            plain[k] = token->id;
            ck_assert_int_eq (token->id, json_array_get_int_element (ids, k));
            gsize n;
            const char *bytes = fovea_tokenizer_get_bytes (tokenizer, token->id, &n);
            ck_assert_int_eq (token->start, place);
            ck_assert_int_eq (token->end - token->start, (gint64) n);
            ck_assert_mem_eq (bytes, text + token->start, n);
            place = token->end;
        }
        ck_assert_int_eq (place, (gint64) strlen (text));
        g_autofree char *back =
            fovea_tokenizer_decode (tokenizer, plain, tokens->len, FALSE, NULL, NULL);
        ck_assert_str_eq (back, text);
    }
}
END_TEST

START_TEST (demo_puts_bos_in_front)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_demo ();
    assert_encodes (tokenizer, "Hello, world!", TRUE, "0 40 614 79 12 1404 1");
    assert_encodes (tokenizer, "", TRUE, "0");
    assert_encodes (tokenizer, "<|bos|>Hello", FALSE, "0 40 614 79");
    ck_assert_int_eq (fovea_tokenizer_get_bos (tokenizer), 0);
    ck_assert (fovea_tokenizer_is_special (tokenizer, 0));
    ck_assert (!fovea_tokenizer_is_special (tokenizer, 40));
    ck_assert_uint_eq (fovea_tokenizer_get_size (tokenizer), 8192);
    ck_assert_str_eq (fovea_tokenizer_describe (tokenizer), "byte-level BPE, 8,192 tokens");
}
END_TEST

/* Prompt and ids recorded beside each checkpoint. */
static const struct {
    const char *folder;
    gboolean special;
} checkpoints[] = {
    {"models/stories260K", TRUE},
    {"models/babyllama-105", TRUE},
    {"models/char-gpt-shakespeare", TRUE},
};

START_TEST (prompts_of_checkpoints_are_reproduced)
{
    g_autofree char *relative = g_strconcat (checkpoints[_i].folder, "/reference.json", NULL);
    g_autofree char *path = support_shared (relative);
    g_autoptr (FoveaTokenizer) tokenizer = open_shared (checkpoints[_i].folder);
    if (tokenizer == NULL || path == NULL)
        return;
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    JsonObject *root = json_node_get_object (json_parser_get_root (parser));
    JsonArray *ids = json_object_get_array_member (root, "input_ids");
    g_autoptr (GString) want = g_string_new (NULL);
    for (guint i = 0; i < json_array_get_length (ids); i++)
        g_string_append_printf (want, i > 0 ? " %d" : "%d",
                                (int) json_array_get_int_element (ids, i));
    assert_encodes (tokenizer, json_object_get_string_member (root, "prompt"),
                    checkpoints[_i].special, want->str);
}
END_TEST

START_TEST (published_story_survives_a_round_trip)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_shared ("models/stories260K");
    g_autofree char *path = support_shared ("models/stories260K/expected_greedy_bos_200.txt");
    if (tokenizer == NULL || path == NULL)
        return;
    gsize length, n;
    g_autofree char *text = read_file (path, &length);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, TRUE, NULL);
    g_autofree gint32 *ids = g_new (gint32, tokens->len);
    for (guint i = 0; i < tokens->len; i++)
        ids[i] = g_array_index (tokens, FoveaToken, i).id;
    g_autofree char *back = fovea_tokenizer_decode (tokenizer, ids, tokens->len, TRUE, &n, NULL);
    ck_assert_uint_eq (n, length);
    ck_assert_str_eq (back, text);
}
END_TEST

START_TEST (llama2c_file_gives_the_ids_of_its_tokenizer_json)
{
    static const char *const texts[] = {
        "Once upon a time, there was a little girl named Lily.",
        "  two spaces\n\nLily's dog — naïve 🙂",
        "",
        " ",
        "HELLO 12345 \t end",
    };
    g_autoptr (FoveaTokenizer) json = open_shared ("models/stories260K");
    g_autofree char *path = support_shared ("models/stories260K/tok512.bin");
    if (json == NULL || path == NULL)
        return;
    gsize length;
    g_autofree char *bytes = read_file (path, &length);
    g_autoptr (FoveaTokenizer) bin =
        fovea_llama2c_tokenizer_new ((const guint8 *) bytes, length, NULL);
    ck_assert_ptr_nonnull (bin);
    ck_assert_uint_eq (fovea_tokenizer_get_size (bin), 512);
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autofree char *want = tokenizer_spell (json, texts[i], -1, TRUE);
        assert_encodes (bin, texts[i], TRUE, want);
    }
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_llama2c_tokenizer_new ((const guint8 *) bytes, length - 1, &error));
    ck_assert_msg (strstr (error->message, "byte ") != NULL, "%s", error->message);
}
END_TEST

START_TEST (places_survive_normalizers_that_change_lengths)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_shared ("models/babyllama-105");
    if (tokenizer == NULL)
        return;
    /* Leading spaces are stripped, inner ones collapse; "▁" before "a" is put in. */
    const char *text = "   ab    c ";
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
    const gint64 want[][2] = {{3, 3}, {3, 4}, {4, 5}, {5, 9}, {9, 10}};
    ck_assert_uint_eq (tokens->len, G_N_ELEMENTS (want));
    for (guint i = 0; i < tokens->len; i++) {
        ck_assert_int_eq (g_array_index (tokens, FoveaToken, i).start, want[i][0]);
        ck_assert_int_eq (g_array_index (tokens, FoveaToken, i).end, want[i][1]);
    }
}
END_TEST

START_TEST (composed_characters_keep_the_place_of_their_parts)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_shared ("models/tokenizers/qwen2");
    if (tokenizer == NULL)
        return;
    const char *text = "cafe\xcc\x81 x"; /* e and a combining acute: NFC makes one character */
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, NULL);
    g_autofree char *composed = tokenizer_spell (tokenizer, "caf\xc3\xa9 x", -1, FALSE);
    g_autofree char *got = tokenizer_spell_tokens (tokens);
    ck_assert_str_eq (got, composed);
    const FoveaToken *last = &g_array_index (tokens, FoveaToken, tokens->len - 1);
    ck_assert_int_eq (last->start, 6);
    ck_assert_int_eq (last->end, 8);
}
END_TEST

START_TEST (bytes_without_token_fall_back)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_shared ("models/stories260K");
    if (tokenizer == NULL)
        return;
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, "🙂", -1, FALSE, NULL);
    ck_assert_uint_eq (tokens->len, 5);
    static const guint8 bytes[] = {0xF0, 0x9F, 0x99, 0x82};
    for (guint i = 0; i < 4; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i + 1);
        gsize n;
        const char *shown = fovea_tokenizer_get_bytes (tokenizer, token->id, &n);
        ck_assert_uint_eq (n, 1);
        ck_assert_uint_eq ((guint8) shown[0], bytes[i]);
        ck_assert_int_eq (token->start, i);
        ck_assert_int_eq (token->end, i + 1);
    }
}
END_TEST

START_TEST (added_tokens_follow_their_flags)
{
    g_autoptr (FoveaTokenizer) tokenizer = parse (TINY (""), NULL);
    ck_assert_uint_eq (fovea_tokenizer_get_size (tokenizer), 8);
    assert_encodes (tokenizer, "ab  <m>  c", FALSE, "5 6 3");
    assert_encodes (tokenizer, "a cab c", FALSE, "1 4 7 4 3");
    assert_encodes (tokenizer, "acab", FALSE, "1 3 5");
    assert_encodes (tokenizer, "<s>a", FALSE, "0 1");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, "ab <m> c", -1, FALSE, NULL);
    ck_assert_int_eq (g_array_index (tokens, FoveaToken, 1).start, 2);
    ck_assert_int_eq (g_array_index (tokens, FoveaToken, 1).end, 7);
}
END_TEST

START_TEST (config_adds_and_removes_bos_and_eos)
{
    const char *json = TINY ("");
    g_autoptr (FoveaTokenizer) both = parse (
        json, "{\"bos_token\":{\"content\":\"<s>\"},\"add_bos_token\":true,\"eos_token\":\"ab\","
              "\"add_eos_token\":true}");
    assert_encodes (both, "c", TRUE, "0 3 5");
    assert_encodes (both, "c", FALSE, "3");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (both, "cc", -1, TRUE, NULL);
    const FoveaToken *last = &g_array_index (tokens, FoveaToken, tokens->len - 1);
    ck_assert_int_eq (last->start, 2);
    ck_assert_int_eq (last->end, 2);
    g_autoptr (FoveaTokenizer) none =
        parse (json, "{\"bos_token\":\"<s>\",\"add_bos_token\":false}");
    assert_encodes (none, "c", TRUE, "3");
    ck_assert_int_eq (fovea_tokenizer_get_bos (none), -1);
}
END_TEST

/* add_bos_token and add_eos_token of the configuration overrule the template. */
START_TEST (config_takes_away_what_the_template_adds)
{
    const char *json = AROUND ("{\"type\":\"BertProcessing\",\"cls\":[\"a\",0],\"sep\":[\"a\",0]}");
    g_autoptr (FoveaTokenizer) plain = parse (json, NULL);
    assert_encodes (plain, "a", TRUE, "0 0 0");
    g_autoptr (FoveaTokenizer) no_bos =
        parse (json, "{\"bos_token\":\"a\",\"add_bos_token\":false}");
    assert_encodes (no_bos, "a", TRUE, "0 0");
    g_autoptr (FoveaTokenizer) bare = parse (
        json, "{\"bos_token\":\"a\",\"add_bos_token\":false,\"eos_token\":{\"content\":\"a\"},"
              "\"add_eos_token\":false}");
    assert_encodes (bare, "a", TRUE, "0");
    g_autoptr (FoveaTokenizer) same =
        parse (json, "{\"bos_token\":\"a\",\"add_bos_token\":true,\"eos_token\":\"a\","
                     "\"add_eos_token\":true}");
    assert_encodes (same, "a", TRUE, "0 0 0");
}
END_TEST

/* A llama2.c tokenizer: three special tokens, 256 bytes, then "a", "b", "ab". */
static GString *
make_llama2c (void)
{
    static const char *const words[] = {" ", "a", "b", "ab"};
    GString *file = g_string_new_len ("\x08\0\0\0", 4);
    for (guint i = 0; i < 3 + 256 + G_N_ELEMENTS (words); i++) {
        g_autofree char *text = i < 3     ? g_strdup ("\n<s>\n")
                                : i < 259 ? g_strdup_printf ("<0x%02X>", i - 3)
                                          : g_strdup (words[i - 259]);
        guint8 header[8] = {0, 0, 0, 0, (guint8) strlen (text), 0, 0, 0};
        g_string_append_len (file, (const char *) header, sizeof header);
        g_string_append (file, text);
    }
    return file;
}

START_TEST (llama2c_tokenizers_are_found_in_a_folder)
{
    char *folder = support_temp_dir ();
    g_autoptr (GString) file = make_llama2c ();
    g_autofree char *one = g_build_filename (folder, "tok512.bin", NULL);
    g_autofree char *other = g_build_filename (folder, "tokenizer.bin", NULL);
    g_autofree char *weights = g_build_filename (folder, "model.bin", NULL);
    g_autoptr (GError) error = NULL;
    ck_assert (g_file_set_contents (weights, "x", 1, NULL));
    ck_assert_ptr_null (fovea_tokenizer_open (folder, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    g_clear_error (&error);
    ck_assert (g_file_set_contents (one, file->str, (gssize) file->len, NULL));
    g_autoptr (FoveaTokenizer) tokenizer = fovea_tokenizer_open (folder, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    assert_encodes (tokenizer, "ab", TRUE, "1 259 262");
    /* tokenizer.bin comes before tok512.bin: what is wrong with it is told. */
    ck_assert (g_file_set_contents (other, "junk", 4, NULL));
    ck_assert_ptr_null (fovea_tokenizer_open (folder, &error));
    ck_assert_msg (strstr (error->message, "tokenizer.bin: ") != NULL, "%s", error->message);
    support_remove_dir (folder);
}
END_TEST

START_TEST (llama2c_tokenizer_that_lies_is_refused_with_its_byte)
{
    g_autoptr (GString) file = make_llama2c ();
    for (gsize n = 0; n < file->len; n += 97) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (fovea_llama2c_tokenizer_new ((const guint8 *) file->str, n, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
        ck_assert_msg (strstr (error->message, "byte ") != NULL, "%s", error->message);
    }
    g_autoptr (GError) text = NULL;
    file->str[file->len - 1] = (char) 0xC3;
    ck_assert_ptr_null (fovea_llama2c_tokenizer_new ((const guint8 *) file->str, file->len, &text));
    ck_assert_msg (strstr (text->message, "token is no UTF-8 text") != NULL, "%s", text->message);
    g_autoptr (GError) length = NULL;
    file->str[9] = 4; /* 1,024 bytes more than the first token has */
    ck_assert_ptr_null (
        fovea_llama2c_tokenizer_new ((const guint8 *) file->str, file->len, &length));
    ck_assert_msg (strstr (length->message, "byte 12: token is longer") != NULL, "%s",
                   length->message);
}
END_TEST

START_TEST (unknown_characters_are_fused_or_refused)
{
    g_autoptr (FoveaTokenizer) fused =
        parse (TINY (",\"unk_token\":\"<s>\",\"fuse_unk\":true"), NULL);
    assert_encodes (fused, "axyb", FALSE, "1 0 2");
    g_autoptr (FoveaTokenizer) apart = parse (TINY (",\"unk_token\":\"<s>\""), NULL);
    assert_encodes (apart, "axyb", FALSE, "1 0 0 2");
    g_autoptr (FoveaTokenizer) none = parse (TINY (""), NULL);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_tokenizer_encode (none, "ab\xc3\xa9", -1, FALSE, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_str_eq (error->message,
                      "byte 2: no token for U+00E9, and the tokenizer has no unknown token");
}
END_TEST

START_TEST (ignore_merges_takes_a_whole_word_at_once)
{
    const char *json = "{\"model\":{\"type\":\"BPE\",\"ignore_merges\":true,"
                       "\"vocab\":{\"a\":0,\"b\":1,\"abab\":2},\"merges\":[]}}";
    g_autoptr (FoveaTokenizer) tokenizer = parse (json, NULL);
    assert_encodes (tokenizer, "abab", FALSE, "2");
    assert_encodes (tokenizer, "aba", FALSE, "0 1 0");
}
END_TEST

START_TEST (merges_go_by_rank_then_from_the_left)
{
    const char *json = "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"aa\":2,\"ab\":3,"
                       "\"aaaa\":4},\"merges\":[[\"a\",\"a\"],[\"a\",\"b\"],[\"aa\",\"aa\"]]}}";
    g_autoptr (FoveaTokenizer) tokenizer = parse (json, NULL);
    assert_encodes (tokenizer, "aaab", FALSE, "2 3");
    assert_encodes (tokenizer, "aaaaa", FALSE, "4 0");
    assert_encodes (tokenizer, "aab", FALSE, "2 1");
}
END_TEST

/* Merges that involve byte tokens, and characters that touch only across a merge of merges. */
START_TEST (merges_reach_wherever_a_token_reaches)
{
    const char *deep = "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"d\":3,"
                       "\"ab\":4,\"cd\":5,\"abcd\":6},\"merges\":[\"a b\",\"c d\",\"ab cd\"]}}";
    g_autoptr (FoveaTokenizer) tokenizer = parse (deep, NULL);
    assert_encodes (tokenizer, "abcdabcdcab", FALSE, "6 6 2 4");
    const char *unknown = "{\"model\":{\"type\":\"BPE\",\"unk_token\":\"?\",\"vocab\":{\"?\":0,"
                          "\"a\":1,\"?a\":2,\"a?a\":3},\"merges\":[\"? a\",\"a ?a\"]}}";
    g_autoptr (FoveaTokenizer) odd = parse (unknown, NULL);
    assert_encodes (odd, "axa", FALSE, "3");
    assert_encodes (odd, "xaa", FALSE, "2 1");
}
END_TEST

START_TEST (invalid_utf8_is_refused_with_its_byte)
{
    g_autoptr (FoveaTokenizer) tokenizer = parse (TINY (""), NULL);
    static const struct {
        const char *text;
        gssize length;
        const char *place;
    } cases[] = {
        {"ab\xff", -1, "byte 2"},
        {"\xc3", 1, "byte 0"},
        {"a\xed\xa0\x80", 4, "byte 1"},
        {"ab\0\xfe", 4, "byte 3"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert_ptr_null (
            fovea_tokenizer_encode (tokenizer, cases[i].text, cases[i].length, FALSE, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
        ck_assert_msg (strstr (error->message, cases[i].place) != NULL, "%s", error->message);
    }
}
END_TEST

/* What GPT-2's kin call add_prefix_space: as if a space stood before a text that begins with none, whose place
 * is empty. */
START_TEST (a_space_is_put_before_a_text_without)
{
#define BYTE_LEVEL(prefix)                                                                         \
    "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":" prefix                      \
    ",\"use_regex\":false},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"\u0120\":2,"   \
    "\"\u0120a\":3},\"merges\":[\"\u0120 a\"]}}"
    g_autoptr (FoveaTokenizer) with = parse (BYTE_LEVEL ("true"), NULL);
    g_autoptr (FoveaTokenizer) without = parse (BYTE_LEVEL ("false"), NULL);
    static const char *const texts[] = {"a", " a", "b", " b", "ab a", "  a", " "};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autofree char *spaced =
            g_strconcat (g_str_has_prefix (texts[i], " ") ? "" : " ", texts[i], NULL);
        g_autofree char *want = tokenizer_spell (without, spaced, -1, FALSE);
        assert_encodes (with, texts[i], FALSE, want);
    }
    assert_encodes (with, "ab", FALSE, "3 1");
    assert_encodes (without, "ab", FALSE, "0 1");
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (with, "ba", -1, FALSE, NULL);
    static const gint64 places[][2] = {{0, 0}, {0, 1}, {1, 2}};
    ck_assert_uint_eq (tokens->len, G_N_ELEMENTS (places));
    for (guint i = 0; i < tokens->len; i++) {
        ck_assert_int_eq (g_array_index (tokens, FoveaToken, i).start, places[i][0]);
        ck_assert_int_eq (g_array_index (tokens, FoveaToken, i).end, places[i][1]);
    }
}
END_TEST

/* A pattern that tries every way of cutting a run of letters gives up, and says where. */
START_TEST (patterns_that_take_for_ever_are_given_up)
{
    g_autoptr (FoveaTokenizer) tokenizer = parse (
        "{\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":{\"Regex\":"
        "\"(a+)+[cd]\"}},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}",
        NULL);
    g_autofree char *run = g_strnfill (60, 'a'), *text = g_strconcat ("b", run, NULL);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_tokenizer_encode (tokenizer, text, -1, FALSE, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
    ck_assert_str_eq (error->message, "byte 0: a pattern of the tokenizer needs too many steps");
    assert_encodes (tokenizer, "baab", FALSE, "1 0 0 1");
}
END_TEST

START_TEST (decoding_an_unknown_id_is_an_error)
{
    g_autoptr (FoveaTokenizer) tokenizer = parse (TINY (""), NULL);
    const gint32 ids[] = {1, 8};
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_tokenizer_decode (tokenizer, ids, 2, FALSE, NULL, &error));
    ck_assert_str_eq (error->message, "position 1: id 8 is not in 0 .. 7");
    gsize n = 7;
    ck_assert_str_eq (fovea_tokenizer_get_bytes (tokenizer, -1, &n), "");
    ck_assert_uint_eq (n, 0);
}
END_TEST

/* A megabyte in which words never end, and one of prose; bench-tokenizer says how fast. */
START_TEST (a_megabyte_survives_a_round_trip)
{
    g_autoptr (FoveaTokenizer) byte_level = open_demo ();
    g_autofree char *path = support_shared ("corpora/tinyshakespeare.txt");
    if (byte_level == NULL || path == NULL)
        return;
    gsize length;
    g_autofree char *text = read_file (path, &length);
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (byte_level, text, (gssize) length, FALSE, NULL);
    ck_assert_uint_gt (tokens->len, 200000);
    g_autofree gint32 *ids = g_new (gint32, tokens->len);
    for (guint i = 0; i < tokens->len; i++)
        ids[i] = g_array_index (tokens, FoveaToken, i).id;
    gsize back_length;
    g_autofree char *back =
        fovea_tokenizer_decode (byte_level, ids, tokens->len, FALSE, &back_length, NULL);
    ck_assert_uint_eq (back_length, length);
    ck_assert_mem_eq (back, text, length);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tokenizer");
    TCase *real = tcase_create ("real");
    tcase_set_timeout (real, 60);
    tcase_add_loop_test (real, published_vocabulary_tests_are_reproduced, 0,
                         G_N_ELEMENTS (vocabularies));
    tcase_add_loop_test (real, prompts_of_checkpoints_are_reproduced, 0,
                         G_N_ELEMENTS (checkpoints));
    tcase_add_test (real, demo_cases_are_reproduced_and_decoded);
    tcase_add_test (real, demo_puts_bos_in_front);
    tcase_add_test (real, published_story_survives_a_round_trip);
    tcase_add_test (real, llama2c_file_gives_the_ids_of_its_tokenizer_json);
    tcase_add_test (real, places_survive_normalizers_that_change_lengths);
    tcase_add_test (real, composed_characters_keep_the_place_of_their_parts);
    tcase_add_test (real, bytes_without_token_fall_back);
    tcase_add_test (real, a_megabyte_survives_a_round_trip);
    suite_add_tcase (suite, real);
    TCase *rules = tcase_create ("rules");
    tcase_add_test (rules, added_tokens_follow_their_flags);
    tcase_add_test (rules, config_adds_and_removes_bos_and_eos);
    tcase_add_test (rules, config_takes_away_what_the_template_adds);
    tcase_add_test (rules, llama2c_tokenizers_are_found_in_a_folder);
    tcase_add_test (rules, llama2c_tokenizer_that_lies_is_refused_with_its_byte);
    tcase_add_test (rules, unknown_characters_are_fused_or_refused);
    tcase_add_test (rules, ignore_merges_takes_a_whole_word_at_once);
    tcase_add_test (rules, merges_go_by_rank_then_from_the_left);
    tcase_add_test (rules, merges_reach_wherever_a_token_reaches);
    tcase_add_test (rules, invalid_utf8_is_refused_with_its_byte);
    tcase_add_test (rules, a_space_is_put_before_a_text_without);
    tcase_add_test (rules, patterns_that_take_for_ever_are_given_up);
    tcase_add_test (rules, decoding_an_unknown_id_is_an_error);
    suite_add_tcase (suite, rules);
    return support_run (suite);
}
