/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every tokenizer of the shared models on every text of the shared corpora (4 MB in all) against what
 * Hugging Face's tokenizers made of it (make-corpora-record.py): ids, places in the text and the text
 * that comes back, as checksums. Absent files are told, and the test of them is skipped. */
#include "capture/tokenizer.h"
#include "tests/support.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <zlib.h>

static const char *const folders[] = {
    "tokenizers/gpt2", "tokenizers/llama2", "tokenizers/qwen2",     "tokenizers/bert-base-uncased",
    "fovea-demo",      "babyllama-105",     "char-gpt-shakespeare", "stories260K"};

static gint64
checksum (gconstpointer data, gsize length)
{
    return (gint64) crc32 (0, data, (uInt) length);
}

static gboolean
is_space (char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The characters that a token's bytes lie in, less white space at either end: tokens of single bytes
 * have places within a character here, and spaces that they stand for. */
static void
put_place (const char *text, gsize length, const FoveaToken *token, gint32 *place)
{
    gint64 start = token->start, end = token->end;
    while (start > 0 && start < end && (text[start] & 0xC0) == 0x80)
        start--;
    while (end > start && end < (gint64) length && (text[end] & 0xC0) == 0x80)
        end++;
    while (start < end && is_space (text[start]))
        start++;
    while (end > start && is_space (text[end - 1]))
        end--;
    place[0] = start < end ? (gint32) start : 0;
    place[1] = start < end ? (gint32) end : 0;
}

static void
check_book (FoveaTokenizer *tokenizer, const char *what, const char *path, JsonObject *want)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length, decoded_length;
    ck_assert (g_file_get_contents (path, &text, &length, NULL));
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (tokenizer, text, (gssize) length, FALSE, &error);
    if (json_object_has_member (want, "lacks")) {
        ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE),
                       "%s: a character without token is no error", what);
        return;
    }
    ck_assert_msg (tokens != NULL, "%s: %s", what, error != NULL ? error->message : "");
    ck_assert_msg ((gint64) tokens->len == json_object_get_int_member (want, "n"),
                   "%s: %u tokens, expected %" G_GINT64_FORMAT, what, tokens->len,
                   json_object_get_int_member (want, "n"));
    g_autofree gint32 *ids = g_new (gint32, tokens->len);
    g_autofree gint32 *places = g_new (gint32, 2 * (gsize) tokens->len);
    for (guint t = 0; t < tokens->len; t++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, t);
        ids[t] = token->id;
        put_place (text, length, token, places + 2 * t);
    }
    ck_assert_msg (checksum (ids, tokens->len * sizeof *ids) ==
                       json_object_get_int_member (want, "ids"),
                   "%s: other ids", what);
    ck_assert_msg (checksum (places, 2 * (gsize) tokens->len * sizeof *places) ==
                       json_object_get_int_member (want, "places"),
                   "%s: other places", what);
    g_autofree char *decoded =
        fovea_tokenizer_decode (tokenizer, ids, tokens->len, FALSE, &decoded_length, &error);
    ck_assert_msg (decoded != NULL, "%s: %s", what, error != NULL ? error->message : "");
    ck_assert_msg (checksum (decoded, decoded_length) ==
                       json_object_get_int_member (want, "decoded"),
                   "%s: decodes to something else", what);
}

START_TEST (every_text_has_the_ids_places_and_decoding_of_the_origin)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *record = support_data ("tests/golden/tokenizers/corpora.json");
    g_autofree char *relative = g_build_filename ("models", folders[_i], NULL);
    g_autofree char *folder = support_shared (relative);
    if (folder == NULL)
        return;
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, record, NULL));
    JsonObject *all = json_node_get_object (json_parser_get_root (parser));
    JsonObject *books = json_object_get_object_member (all, folders[_i]);
    g_autoptr (FoveaTokenizer) tokenizer = fovea_tokenizer_open (folder, &error);
    ck_assert_msg (tokenizer != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GList) names = json_object_get_members (books);
    ck_assert_uint_eq (g_list_length (names), 7);
    for (GList *name = names; name != NULL; name = name->next) {
        g_autofree char *book = g_build_filename ("corpora", name->data, NULL);
        g_autofree char *path = support_shared (book);
        g_autofree char *what = g_strdup_printf ("%s, %s", folders[_i], (char *) name->data);
        if (path != NULL)
            check_book (tokenizer, what, path, json_object_get_object_member (books, name->data));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("corpora");
    TCase *tcase = tcase_create ("tokenizers");
    tcase_set_timeout (tcase, 120);
    tcase_add_loop_test (tcase, every_text_has_the_ids_places_and_decoding_of_the_origin, 0,
                         G_N_ELEMENTS (folders));
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
