/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tokenizers in older files than tokenizer.json: the published ids from each, the same places on
 * whole books, and files that lie. */
#include <string.h>

#include "capture/tokenizer-files.h"
#include "capture/tokenizer-sentencepiece.h"
#include "tests/support.h"
#include "tests/tokenizer-ids.h"

/* Files of a tokenizer, the folder that also has its tokenizer.json, and its published cases. */
static const struct {
    const char *folder;
    const char *files[2];
    const char *cases;
    const char *description;
} kinds[] = {
    {"tokenizers/llama2",
     {"tokenizer.model"},
     "ggml-vocab/ggml-vocab-llama-spm.gguf",
     "BPE with byte fallback, 32,000 tokens"},
    {"tokenizers/gpt2",
     {"vocab.json", "merges.txt"},
     "ggml-vocab/ggml-vocab-gpt-2.gguf",
     "byte-level BPE, 50,257 tokens"},
    {"tokenizers/bert-base-uncased",
     {"vocab.txt"},
     "ggml-vocab/ggml-vocab-bert-bge.gguf",
     "WordPiece, 30,522 tokens"},
    {"babyllama-105", {"tok105.model"}, NULL, "BPE, 105 tokens"},
};

/* A new folder that holds only those files; NULL if they are not there. */
static char *
folder_of (int kind)
{
    char *temp = support_temp_dir ();
    for (int i = 0; i < 2 && kinds[kind].files[i] != NULL; i++) {
        const char *file = kinds[kind].files[i];
        g_autofree char *relative = g_build_filename ("models", kinds[kind].folder, file, NULL);
        g_autofree char *path = support_shared (relative), *data = NULL;
        gsize length;
        if (path == NULL) {
            support_remove_dir (temp);
            return NULL;
        }
        /* whatever a SentencePiece model is called, a folder holds it under one name */
        g_autofree char *to = g_build_filename (
            temp, g_str_has_suffix (file, ".model") ? "tokenizer.model" : file, NULL);
        ck_assert (g_file_get_contents (path, &data, &length, NULL));
        ck_assert (g_file_set_contents (to, data, (gssize) length, NULL));
    }
    return temp;
}

static FoveaTokenizer *
open_kind (int kind)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = folder_of (kind);
    if (folder == NULL)
        return NULL;
    FoveaTokenizer *tokenizer = fovea_tokenizer_open (folder, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq (fovea_tokenizer_describe (tokenizer), kinds[kind].description);
    support_remove_dir (g_steal_pointer (&folder));
    return tokenizer;
}

START_TEST (published_cases_are_reproduced)
{
    g_autoptr (FoveaTokenizer) tokenizer = open_kind (_i);
    if (tokenizer == NULL || kinds[_i].cases == NULL)
        return;
    g_autofree char *base = g_build_filename ("models", kinds[_i].cases, NULL);
    g_autofree char *stem = support_shared (base), *texts = NULL, *ids = NULL;
    g_autofree char *inp = g_strconcat (stem, ".inp", NULL),
                    *out = g_strconcat (stem, ".out", NULL);
    ck_assert (g_file_get_contents (inp, &texts, NULL, NULL));
    ck_assert (g_file_get_contents (out, &ids, NULL, NULL));
    g_auto (GStrv) cases = g_strsplit (texts, "\n__ggml_vocab_test__\n", -1);
    g_auto (GStrv) wants = g_strsplit (ids, "\n", -1);
    guint n = 0;
    for (; cases[n] != NULL && wants[n] != NULL && cases[n + 1] != NULL; n++) {
        g_autofree char *got = tokenizer_spell (tokenizer, cases[n], -1, FALSE);
        ck_assert_msg (strcmp (got, g_strstrip (wants[n])) == 0,
                       "case %u, '%s': got %s, expected %s", n, cases[n], got, wants[n]);
    }
    ck_assert_uint_ge (n, 46);
}
END_TEST

START_TEST (books_have_the_tokens_of_tokenizer_json)
{
    static const char *const books[] = {"pride_and_prejudice.txt", "german_sample.txt",
                                        "wikitext2_valid.txt"};
    g_autoptr (FoveaTokenizer) mine = open_kind (_i);
    g_autofree char *relative = g_build_filename ("models", kinds[_i].folder, NULL);
    g_autofree char *folder = support_shared (relative);
    if (mine == NULL || folder == NULL)
        return;
    g_autoptr (FoveaTokenizer) theirs = fovea_tokenizer_open (folder, NULL);
    /* babyllama's tokenizer.json takes any white space from the ends, also beside <unk> of the last
     * book, where the model takes ' ' alone. */
    guint n = kinds[_i].cases != NULL ? G_N_ELEMENTS (books) : G_N_ELEMENTS (books) - 1;
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_build_filename ("corpora", books[i], NULL);
        g_autofree char *path = support_shared (name), *text = NULL;
        ck_assert (g_file_get_contents (path, &text, NULL, NULL));
        g_strchomp (text);
        gboolean around = strstr (kinds[_i].folder, "gpt2") == NULL;
        g_autoptr (GArray) a = fovea_tokenizer_encode (mine, text, -1, around, NULL);
        g_autoptr (GArray) b = fovea_tokenizer_encode (theirs, text, -1, around, NULL);
        ck_assert (a != NULL && b != NULL);
        ck_assert_uint_eq (a->len, b->len);
        for (guint k = 0; k < a->len; k++) { /* not as bytes: there are some between members */
            FoveaToken x = g_array_index (a, FoveaToken, k), y = g_array_index (b, FoveaToken, k);
            ck_assert_msg (x.id == y.id && x.start == y.start && x.end == y.end,
                           "%s: token %u is %d at %d to %d, not %d at %d to %d", books[i], k, x.id,
                           (int) x.start, (int) x.end, y.id, (int) y.start, (int) y.end);
        }
    }
}
END_TEST

static void
put_number (GByteArray *to, guint64 value)
{
    do {
        guint8 byte = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        g_byte_array_append (to, &byte, 1);
        value >>= 7;
    } while (value > 0);
}

static void
put_run (GByteArray *to, guint number, const void *data, gsize n)
{
    put_number (to, number << 3 | 2);
    put_number (to, n);
    g_byte_array_append (to, data, (guint) n);
}

static void
put_piece (GByteArray *to, const char *text, float score, guint type)
{
    g_autoptr (GByteArray) piece = g_byte_array_new ();
    put_run (piece, 1, text, strlen (text));
    put_number (piece, 2 << 3 | 5);
    g_byte_array_append (piece, (const guint8 *) &score, 4);
    put_number (piece, 3 << 3);
    put_number (piece, type);
    put_run (to, 1, piece->data, piece->len);
}

static void
put_settings (GByteArray *to, guint message, const guint (*fields)[2])
{
    g_autoptr (GByteArray) settings = g_byte_array_new ();
    for (; (*fields)[0] != 0; fields++) {
        put_number (settings, (*fields)[0] << 3);
        put_number (settings, (*fields)[1]);
    }
    put_run (to, message, settings->data, settings->len);
}

#define MARK "\u2581"

/* Pieces a, b, ab after the three special ones; the trainer's and the normalizer's settings. */
static GByteArray *
make_model (guint kind, guint prefix, guint collapse)
{
    GByteArray *model = g_byte_array_new ();
    put_piece (model, "<unk>", 0, 2);
    put_piece (model, "<s>", 0, 3);
    put_piece (model, "</s>", 0, 3);
    put_piece (model, MARK, -1, 1);
    put_piece (model, "a", -2, 1);
    put_piece (model, "b", -3, 1);
    put_piece (model, "ab", -4, 1);
    put_piece (model, "!!", 0, 4);
    put_settings (model, 2, (const guint[][2]){{3, kind}, {35, 0}, {0, 0}});
    put_settings (model, 3, (const guint[][2]){{3, prefix}, {4, collapse}, {0, 0}});
    return model;
}

static void
assert_encodes (GByteArray *model, const char *config, const char *text, const char *want)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTokenizer) tokenizer = fovea_sentencepiece_new (
        model->data, model->len, config, config != NULL ? strlen (config) : 0, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    g_autofree char *got = tokenizer_spell (tokenizer, text, -1, TRUE);
    ck_assert_msg (strcmp (got, want) == 0, "'%s' gave %s, expected %s", text, got, want);
}

START_TEST (settings_of_a_model_are_followed)
{
    g_autoptr (GByteArray) plain = make_model (2, 1, 0), collapsing = make_model (2, 0, 1);
    assert_encodes (plain, NULL, "ab", "1 3 6");
    assert_encodes (plain, NULL, " a  b", "1 3 3 4 3 3 5");
    assert_encodes (plain, NULL, "a?xb", "1 3 4 0 5");
    assert_encodes (plain, NULL, "a!!b", "1 3 4 7 5");
    assert_encodes (collapsing, NULL, "  a  b ", "1 4 3 5");
    assert_encodes (plain, "{\"add_bos_token\":false,\"add_eos_token\":true}", "a", "3 4 2");
}
END_TEST

/* Pieces of whole words; with @bytes 256 more, one for each byte. */
static GByteArray *
make_words (guint prefix, gboolean bytes)
{
    static const char *const words[] = {MARK, MARK "ab", MARK "b", "b"};
    GByteArray *model = g_byte_array_new ();
    put_piece (model, "<unk>", 0, 2);
    put_piece (model, "<s>", 0, 3);
    put_piece (model, "</s>", 0, 3);
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        put_piece (model, words[i], -1, 1);
    for (guint b = 0; bytes && b < 256; b++) {
        g_autofree char *name = g_strdup_printf ("<0x%02X>", b);
        put_piece (model, name, 0, 6);
    }
    put_settings (model, 2, (const guint[][2]){{3, 3}, {35, bytes}, {0, 0}});
    put_settings (model, 3, (const guint[][2]){{3, prefix}, {4, 0}, {0, 0}});
    return model;
}

/* Spaces begin words, unknown neighbours are one token or their bytes: as sentencepiece 0.2.3 has it. */
START_TEST (models_of_whole_words_know_a_word_or_not)
{
    g_autoptr (GByteArray) plain = make_words (1, FALSE), bare = make_words (0, FALSE);
    g_autoptr (GByteArray) bytes = make_words (1, TRUE);
    assert_encodes (plain, NULL, "ab b", "1 4 5");
    assert_encodes (plain, NULL, "ab  b", "1 4 3 5");
    assert_encodes (plain, NULL, "ab x y b abb", "1 4 0 5 0");
    assert_encodes (bare, NULL, "b ab", "1 6 4");
    assert_encodes (bare, NULL, "bb", "1 0");
    assert_encodes (bytes, NULL, "x b", "1 233 157 136 127 5"); /* E2 96 81 78 */
}
END_TEST

START_TEST (places_of_unknown_words_are_joined)
{
    g_autoptr (GByteArray) model = make_words (1, FALSE);
    g_autoptr (FoveaTokenizer) tokenizer =
        fovea_sentencepiece_new (model->data, model->len, NULL, 0, NULL);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, "ab x yz b", -1, FALSE, NULL);
    const FoveaToken want[] = {{4, 0, 2}, {0, 2, 7}, {5, 7, 9}};
    ck_assert_uint_eq (tokens->len, G_N_ELEMENTS (want));
    for (guint i = 0; i < tokens->len; i++) {
        FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        ck_assert (token->id == want[i].id && token->start == want[i].start &&
                   token->end == want[i].end);
    }
}
END_TEST

static void
assert_refused (GByteArray *model, FoveaError code, const char *words)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sentencepiece_new (model->data, model->len, NULL, 0, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, words) != NULL, "'%s' does not say '%s'", error->message,
                   words);
}

START_TEST (what_is_not_known_is_refused_by_name)
{
    g_autoptr (GByteArray) other = make_model (5, 1, 1), mapped = make_model (2, 1, 1);
    g_autoptr (GByteArray) map = g_byte_array_new (), none = g_byte_array_new ();
    assert_refused (other, FOVEA_ERROR_UNSUPPORTED, "of unknown kind");
    put_run (map, 2, "\1\2\3", 3);
    put_run (mapped, 3, map->data, map->len);
    assert_refused (mapped, FOVEA_ERROR_FORMAT, "character map: byte 0: a trie");
    assert_refused (none, FOVEA_ERROR_FORMAT, "there are no pieces");
    put_run (none, 1, "\n\1\xff", 3);
    assert_refused (none, FOVEA_ERROR_FORMAT, "byte 4: a piece that is no UTF-8");
}
END_TEST

/* Messages whose own lengths are right, but not those of what is in them. */
static const struct {
    const char *bytes;
    gsize n;
    const char *words;
} malformed[] = {
    {"\x0a\x03\x15\x01\x02", 5, "byte 3: the message ends inside a field"},
    {"\x0a\x05\x11\x01\x02\x03\x04", 7, "byte 3: the message ends inside a field"},
    {"\x0a\x01\x80", 3, "byte 3: a number that does not end"},
    {"\x0a\x0b\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 13, "a number that does not end"},
    {"\x0a\x02\x18\x80", 4, "byte 4: a number that does not end"},
    {"\x0a\x02\x0a\x80", 4, "byte 4: a number that does not end"},
    {"\x0a\x02\x0b\x00", 4, "byte 3: a field of no known type"},
    {"\x0a\x02\x0a\x01", 4, "byte 4: a field longer than its message"},
    {"\x0a\x7f", 2, "byte 2: a field longer than its message"},
    {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "a field longer than its message"},
    {"\x12\x01\x18", 3, "byte 3: a number that does not end"},
    {"\x1a\x01\x18", 3, "byte 3: a number that does not end"},
    {"\x2a\x01\x18", 3, "byte 3: a number that does not end"},
    {"\x80", 1, "byte 1: a number that does not end"},
};

START_TEST (malformed_messages_are_refused_with_their_byte)
{
    g_autofree guint8 *bytes = g_memdup2 (malformed[_i].bytes, malformed[_i].n); /* none behind */
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sentencepiece_new (bytes, malformed[_i].n, NULL, 0, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT));
    ck_assert_msg (strstr (error->message, malformed[_i].words) != NULL, "%s", error->message);
}
END_TEST

/* Cut anywhere, a message either ends between two fields or is refused with its byte. */
START_TEST (truncated_models_are_refused)
{
    g_autoptr (GByteArray) model = make_model (2, 1, 1);
    guint refused = 0;
    for (guint n = 0; n < model->len; n++) {
        g_autofree guint8 *copy = g_memdup2 (model->data, n);
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTokenizer) tokenizer = fovea_sentencepiece_new (copy, n, NULL, 0, &error);
        ck_assert ((tokenizer == NULL) == (error != NULL));
        refused += tokenizer == NULL;
        ck_assert_msg (error == NULL || strstr (error->message, "tokenizer.model: byte ") != NULL ||
                           strstr (error->message, "unigram") != NULL,
                       "%s", error->message);
    }
    ck_assert_uint_ge (refused, model->len - 12);
}
END_TEST

START_TEST (words_and_merges_follow_their_settings)
{
    static const char words[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nAb\nab\n##c\n";
    static const char vocabulary[] =
        "{\"<s>\":0,\"</s>\":1,\"<mask>\":2,\"a\":3,\"b\":4,\"ab\":5,\"\u0120\":6}";
    static const char merges[] = "#version: 0.2\na b\n";
    g_autoptr (FoveaTokenizer) lower = fovea_tokenizer_new_from_words (words, NULL, NULL);
    g_autoptr (FoveaTokenizer) cased =
        fovea_tokenizer_new_from_words (words, "{\"do_lower_case\":false}", NULL);
    g_autoptr (FoveaTokenizer) bytes =
        fovea_tokenizer_new_from_merges (vocabulary, merges, NULL, NULL);
    ck_assert (lower != NULL && cased != NULL && bytes != NULL);
    g_autofree char *a = tokenizer_spell (lower, "Abc ABC x", -1, TRUE);
    g_autofree char *b = tokenizer_spell (cased, "Abc abc", -1, TRUE);
    g_autofree char *c = tokenizer_spell (bytes, "ab ab<mask>b", -1, TRUE);
    ck_assert_str_eq (a, "2 5 6 5 6 1 3");
    ck_assert_str_eq (b, "2 4 6 5 6 3");
    ck_assert_str_eq (c, "0 5 6 5 2 4 1");
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_tokenizer_new_from_merges (vocabulary, "a c\n", NULL, &error));
    ck_assert (strstr (error->message, "merge 0") != NULL);
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_tokenizer_new_from_words ("a\nb\n", NULL, &error));
    ck_assert (strstr (error->message, "[UNK]") != NULL);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tokenizer files");
    TCase *tcase = tcase_create ("files");
    tcase_set_timeout (tcase, 120);
    tcase_add_loop_test (tcase, published_cases_are_reproduced, 0, G_N_ELEMENTS (kinds));
    tcase_add_loop_test (tcase, books_have_the_tokens_of_tokenizer_json, 0, G_N_ELEMENTS (kinds));
    tcase_add_test (tcase, settings_of_a_model_are_followed);
    tcase_add_test (tcase, models_of_whole_words_know_a_word_or_not);
    tcase_add_test (tcase, places_of_unknown_words_are_joined);
    tcase_add_test (tcase, what_is_not_known_is_refused_by_name);
    tcase_add_loop_test (tcase, malformed_messages_are_refused_with_their_byte, 0,
                         G_N_ELEMENTS (malformed));
    tcase_add_test (tcase, truncated_models_are_refused);
    tcase_add_test (tcase, words_and_merges_follow_their_settings);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
