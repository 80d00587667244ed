/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A capture's request as a command for people to copy: what the program makes of it is the same request, to
 * the last option. */
#include <string.h>

#include "app/capture-job.h"
#include "storage/store.h"
#include "tests/command-support.h"

/* What is set beside the model; everything else is as it would be left out. */
static const struct {
    const char *text, *jsonl, *points, *device;
    gint64 n_ids, random_repeat, tokens, stride, limit, generate, seed, shard, n_shards;
    guint64 memory;
    FoveaDtype keep;
    FoveaPrecision precision;
    int threads;
    gboolean no_special, dense;
} requests[] = {
    {.text = "Call me Ishmael."},
    {.text = "it's \"quoted\", $HOME `too` \\ and\nof two lines"},
    {.text = "- an item of a list"},
    {.text = "--help", .tokens = 3, .limit = 1},
    {.text = "-"},
    {.jsonl = "a file.jsonl", .limit = 1, .generate = 2},
    {.n_ids = 3, .dense = TRUE, .points = "blocks.{0,2}.attn.hook_pattern"},
    {.random_repeat = 4, .limit = 3, .seed = 77, .shard = 1, .n_shards = 2},
    {.text = "one two three four", .tokens = 2, .stride = 1, .no_special = TRUE, .keep = FOVEA_F16},
    {.text = "one", .device = "cpu", .threads = 1, .memory = 1 << 29, .keep = FOVEA_BF16},
    {.text = "one", .device = "cpu", .precision = FOVEA_PRECISION_BF16, .points = "all"},
};

static FoveaCaptureRequest *
new_request (int i)
{
    static const gint32 ids[] = {5, 0, 8191};
    FoveaCaptureRequest *r = fovea_capture_request_new ();
    r->model = g_strdup ("demo");
    r->text = g_strdup (requests[i].text);
    r->jsonl = g_strdup (requests[i].jsonl);
    r->ids = requests[i].n_ids > 0 ? g_memdup2 (ids, sizeof ids) : NULL;
    r->n_ids = requests[i].n_ids;
    r->random_repeat = requests[i].random_repeat;
    r->tokens = requests[i].tokens;
    r->stride = requests[i].stride;
    r->limit = requests[i].limit;
    r->generate = requests[i].generate;
    r->seed = (guint64) requests[i].seed;
    r->shard = requests[i].shard;
    r->n_shards = requests[i].n_shards;
    r->memory = requests[i].memory;
    r->keep = requests[i].keep;
    r->precision = requests[i].precision;
    r->threads = requests[i].threads;
    r->no_special = requests[i].no_special;
    r->dense = requests[i].dense;
    r->points = g_strdup (requests[i].points);
    r->device = g_strdup (requests[i].device);
    return r;
}

START_TEST (a_command_is_the_request_that_it_was_made_of)
{
    g_autofree char *lines = g_build_filename (command_folder, "a file.jsonl", NULL);
    g_autofree char *path = g_build_filename (command_folder, "b c.fovea", NULL);
    g_autoptr (GError) error = NULL;
    ck_assert (g_file_set_contents (lines, "{\"text\": \"one\"}\n{\"ids\": [1]}\n", -1, NULL));
    g_autoptr (FoveaCaptureRequest) request = new_request (_i);
    g_autofree char *command = fovea_capture_request_to_command (request, "b c.fovea");
    g_autofree char *quiet = g_str_has_prefix (command, "fovea capture ")
                                 ? g_strconcat ("fovea capture --quiet ", command + 14, NULL)
                                 : NULL;
    ck_assert_ptr_nonnull (quiet);
    g_autoptr (CommandResult) result = command_run_line (command_folder, quiet);
    ck_assert_msg (result->status == 0, "%s: %s", command, result->err);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, &error);
    ck_assert_msg (store != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    g_autofree char *options = fovea_capture_request_to_json (request);
    ck_assert_uint_eq (runs->len, 1);
    ck_assert_str_eq (((const FoveaRunInfo *) runs->pdata[0])->options, options);
}
END_TEST

/* What a run keeps of its request gives it again, but for a text or ids, of which it keeps the hash. */
START_TEST (options_give_the_request_again_where_all_of_it_is_kept)
{
    g_autoptr (FoveaCaptureRequest) request = new_request (_i);
    g_autofree char *lines = g_build_filename (command_folder, "a file.jsonl", NULL);
    ck_assert (g_file_set_contents (lines, "{\"text\": \"one\"}\n", -1, NULL));
    if (request->jsonl != NULL) {
        g_free (request->jsonl);
        request->jsonl = g_strdup (lines);
    }
    g_autofree char *options = fovea_capture_request_to_json (request);
    g_autoptr (FoveaCaptureRequest) again = fovea_capture_request_from_json (options);
    ck_assert ((again == NULL) == (request->text != NULL || request->ids != NULL));
    if (again == NULL)
        return;
    g_autofree char *same = fovea_capture_request_to_json (again);
    ck_assert_str_eq (same, options);
    g_autofree char *newer = g_strconcat ("{\"unknown\":1,", options + 1, NULL);
    ck_assert_ptr_null (fovea_capture_request_from_json (newer));
}
END_TEST

/* A comma may be of a name or between two. */
START_TEST (files_of_a_run_are_those_that_are_there)
{
    g_autofree char *one = g_build_filename (command_folder, "one, of two.txt", NULL);
    g_autofree char *two = g_build_filename (command_folder, "two.txt", NULL);
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->files = g_strdupv ((char *[]){one, NULL});
    g_autofree char *comma = fovea_capture_request_to_json (request);
    ck_assert_ptr_null (fovea_capture_request_from_json (comma)); /* not written yet */
    ck_assert (g_file_set_contents (one, "one", -1, NULL) &&
               g_file_set_contents (two, "two", -1, NULL));
    g_autoptr (FoveaCaptureRequest) named = fovea_capture_request_from_json (comma);
    ck_assert_uint_eq (g_strv_length (named->files), 1);
    g_strfreev (request->files);
    request->files = g_strdupv ((char *[]){two, two, NULL});
    g_autofree char *pair = fovea_capture_request_to_json (request);
    g_autoptr (FoveaCaptureRequest) both = fovea_capture_request_from_json (pair);
    ck_assert_uint_eq (g_strv_length (both->files), 2);
    ck_assert_str_eq (both->files[1], two);
    ck_assert_ptr_null (fovea_capture_request_from_json ("no JSON"));
    ck_assert_ptr_null (fovea_capture_request_from_json ("{\"model\":5,\"tokens\":\"x\"}"));
    ck_assert_ptr_null (fovea_capture_request_from_json ("{\"model\":[\"demo\"],\"seed\":{}}"));
    ck_assert_ptr_null (fovea_capture_request_from_json (NULL));
}
END_TEST

/* Linux refuses an argument of 128 KiB. */
START_TEST (a_book_is_piped_into_its_command)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    GString *book = g_string_new ("-It's \\ 100 %s\n");
    while (book->len < 300000)
        g_string_append (book, "the whale, the whale; ");
    request->model = g_strdup ("demo");
    request->tokens = 16;
    request->text = g_string_free (book, FALSE);
    g_autofree char *command = fovea_capture_request_to_command (request, "b.fovea");
    g_autofree char *script = g_build_filename (command_folder, "book.sh", NULL);
    g_autofree char *read = g_build_filename (command_folder, "read.txt", NULL);
    g_autofree char *path = g_build_filename (command_folder, "b.fovea", NULL);
    g_autofree char *piped = NULL;
    ck_assert (g_file_set_contents (script, command, -1, NULL));
    command_result_free (command_expect (command_folder, ". ./book.sh", 0, NULL));
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, &error);
    ck_assert_msg (store != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (fovea_trace_get_info (trace)->n_tokens, 16);
    /* To the last byte. */
    command_result_free (
        command_expect (command_folder, "fovea() { cat >read.txt; }; . ./book.sh", 0, NULL));
    ck_assert (g_file_get_contents (read, &piped, NULL, NULL));
    ck_assert_str_eq (piped, request->text);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture, command");
    TCase *tests = tcase_create ("command");
    tcase_add_checked_fixture (tests, command_set_up, command_tear_down);
    tcase_add_loop_test (tests, a_command_is_the_request_that_it_was_made_of, 0,
                         G_N_ELEMENTS (requests));
    tcase_add_loop_test (tests, options_give_the_request_again_where_all_of_it_is_kept, 0,
                         G_N_ELEMENTS (requests));
    tcase_add_test (tests, files_of_a_run_are_those_that_are_there);
    tcase_add_test (tests, a_book_is_piped_into_its_command);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
