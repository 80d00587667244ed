/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What a capture request stands for: sequences of every source, one limit over several files, standard
 * input, pictures, and the greedy continuation behind a sequence. */
#include <stdio.h>
#include <string.h>

#include "app/capture-input.h"
#include "capture/npy.h"
#include "tests/forward-support.h"

static char *folder;

static void
set_up (void)
{
    folder = support_temp_dir ();
}

static void
tear_down (void)
{
    support_remove_dir (folder);
}

static FoveaModel *
open_model (const char *relative)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = support_data (relative);
    FoveaModel *model = fovea_model_open (path, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    return model;
}

#define DEMO "data/demo"
#define VIT  "tests/golden/families/vit"

static char *
write_file (const char *name, const char *bytes, gssize length)
{
    char *path = g_build_filename (folder, name, NULL);
    ck_assert (g_file_set_contents (path, bytes, length, NULL));
    return path;
}

/* @n prepared pictures for the small image model. */
static char *
write_pictures (const char *name, gint64 n)
{
    const gint64 shape[] = {n, 3, 12, 12};
    g_autoptr (GString) file = fovea_npy_write_header (FOVEA_F32, 4, shape);
    g_autofree char *zeros = g_malloc0 ((gsize) n * 3 * 12 * 12 * sizeof (float));
    g_string_append_len (file, zeros, n * 3 * 12 * 12 * (gssize) sizeof (float));
    return write_file (name, file->str, (gssize) file->len);
}

static GPtrArray *
read_all (FoveaModel *model, const FoveaCaptureRequest *request)
{
    g_autoptr (GError) error = NULL;
    GPtrArray *all = fovea_capture_input_read (model, request, &error);
    ck_assert_msg (all != NULL, "%s", error != NULL ? error->message : "");
    return all;
}

static void
assert_refused (FoveaModel *model, const FoveaCaptureRequest *request, int code, const char *part)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_capture_input_read (model, request, &error));
    ck_assert_msg (code < 0 || g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' lacks '%s'", error->message, part);
}

/* "title|title|..." */
static char *
join_titles (GPtrArray *all)
{
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < all->len; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? "|" : "",
                                ((const FoveaTraceInfo *) all->pdata[i])->title);
    return g_string_free (text, FALSE);
}

enum {
    TEXT,
    FILES,
    JSONL,
    IDS,
    RANDOM,
    N_SOURCES
};

static void
add_source (FoveaCaptureRequest *request, int source)
{
    static const gint32 ids[] = {5, 6, 7};
    g_autofree char *text = write_file ("a.txt", "Call me Ishmael.", -1);
    g_autofree char *lines = write_file ("a.jsonl", "{\"text\": \"one\"}\n{\"ids\": [3, 4]}\n", -1);
    const char *files[] = {text, NULL};
    switch (source) {
    case TEXT:
        request->text = g_strdup ("The time traveller");
        break;
    case FILES:
        request->files = g_strdupv ((char **) files);
        break;
    case JSONL:
        request->jsonl = g_strdup (lines);
        break;
    case IDS:
        request->ids = g_memdup2 (ids, sizeof ids);
        request->n_ids = 3;
        break;
    default:
        request->random_repeat = 4;
    }
}

START_TEST (every_source_gives_its_sequences)
{
    static const char *const titles[N_SOURCES] = {
        "The time traveller", "a.txt", "a.jsonl line 1|a.jsonl line 2", "ids",
        "random repeat 1|random repeat 2|random repeat 3|random repeat 4|random repeat 5|random "
        "repeat 6|random repeat 7|random repeat 8|random repeat 9|random repeat 10"};
    g_autoptr (FoveaModel) model = open_model (DEMO);
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    add_source (request, _i);
    g_autoptr (GPtrArray) all = read_all (model, request);
    g_autofree char *got = join_titles (all);
    g_autofree char *prefix = g_strconcat (folder, "/", NULL);
    if (_i == JSONL) { /* whose lines are called by its path */
        g_autoptr (GString) bare = g_string_new (got);
        g_string_replace (bare, prefix, "", 0);
        ck_assert_str_eq (bare->str, titles[_i]);
    } else {
        ck_assert_str_eq (got, titles[_i]);
    }
}
END_TEST

/* As it begins, so that texts of a store are told apart; 24 letters of any length. */
START_TEST (a_text_is_called_by_its_beginning)
{
    static const struct {
        const char *text, *title;
    } texts[] = {{"The cat sat.", "The cat sat."},
                 {" \n\tThe cat\nsat on the mat\n", "The cat sat on the mat"},
                 {"Editor of a well-known daily paper", "Editor of a well-known…"},
                 {"𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅", "𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄𝔅𝔄…"},
                 {" \n ", "text"}};
    g_autoptr (FoveaModel) model = open_model (DEMO);
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
        request->text = g_strdup (texts[i].text);
        g_autoptr (GPtrArray) all = read_all (model, request);
        ck_assert_str_eq (((FoveaTraceInfo *) all->pdata[0])->title, texts[i].title);
    }
}
END_TEST

START_TEST (one_repeat_is_one_sequence)
{
    g_autoptr (FoveaModel) model = open_model (DEMO);
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    add_source (request, RANDOM);
    request->limit = 1;
    g_autoptr (GPtrArray) all = read_all (model, request);
    g_autofree char *got = join_titles (all);
    ck_assert_str_eq (got, "random repeat 1");
}
END_TEST

START_TEST (ids_that_the_model_lacks_are_refused)
{
    static const gint32 ids[] = {5, 1 << 30, 7};
    g_autoptr (FoveaModel) model = open_model (DEMO);
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    request->ids = g_memdup2 (ids, sizeof ids);
    request->n_ids = 3;
    assert_refused (model, request, FOVEA_ERROR_RANGE, "1073741824");
}
END_TEST

START_TEST (one_source_and_no_more)
{
    g_autoptr (FoveaModel) model = open_model (DEMO);
    g_autoptr (FoveaCaptureRequest) none = fovea_capture_request_new ();
    assert_refused (model, none, FOVEA_ERROR_USAGE, "capture: no input: give one of TEXT, -f FILE");
    for (int a = 0; a < N_SOURCES; a++)
        for (int b = a + 1; b < N_SOURCES; b++) {
            g_autoptr (FoveaCaptureRequest) two = fovea_capture_request_new ();
            add_source (two, a);
            add_source (two, b);
            assert_refused (model, two, FOVEA_ERROR_USAGE, "capture: more than one input: give");
        }
}
END_TEST

/* @files, by the folder's names, with a limit: the titles that come of them, or what is said. */
static void
check_files (FoveaModel *model, const char *const *names, gint64 limit, const char *expected)
{
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename (folder, names[i], NULL);
        g_strv_builder_add (files, path);
    }
    request->files = g_strv_builder_end (files);
    request->limit = limit;
    if (!fovea_model_get_architecture (model)->image_size) {
        request->tokens = 3;
        request->stride = 3;
        request->no_special = TRUE;
    }
    g_autoptr (GPtrArray) all = read_all (model, request);
    g_autofree char *got = join_titles (all);
    ck_assert_str_eq (got, expected);
}

/* Windows of all files together are no more than the limit; what lies behind it is not even opened. */
START_TEST (files_share_one_limit)
{
    const char *const two[] = {"a.txt", "b.txt", NULL}, *const lost[] = {"a.txt", "nosuch", NULL};
    g_autofree char *a = write_file ("a.txt", "one two three four", -1);
    g_autofree char *b = write_file ("b.txt", "five six seven eight", -1);
    g_autoptr (FoveaModel) model = open_model (DEMO);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (fovea_model_get_tokenizer (model, NULL),
                                                        "one two three four", -1, FALSE, NULL);
    ck_assert_uint_eq (tokens->len, 4);
    check_files (model, two, 0, "a.txt, part 1|a.txt, part 2|b.txt, part 1|b.txt, part 2");
    check_files (model, two, 3, "a.txt, part 1|a.txt, part 2|b.txt, part 1");
    check_files (model, two, 2, "a.txt, part 1|a.txt, part 2");
    check_files (model, two, 1, "a.txt, part 1");
    check_files (model, lost, 2, "a.txt, part 1|a.txt, part 2");
}
END_TEST

START_TEST (pictures_of_files_share_one_limit)
{
    const char *const two[] = {"a.npy", "b.npy", NULL}, *const lost[] = {"a.npy", "nosuch", NULL};
    g_autofree char *a = write_pictures ("a.npy", 3), *b = write_pictures ("b.npy", 1);
    g_autoptr (FoveaModel) model = open_model (VIT);
    check_files (model, two, 0, "a.npy, 0|a.npy, 1|a.npy, 2|b.npy");
    check_files (model, two, 4, "a.npy, 0|a.npy, 1|a.npy, 2|b.npy");
    check_files (model, two, 3, "a.npy, 0|a.npy, 1|a.npy, 2");
    check_files (model, two, 2, "a.npy, 0|a.npy, 1");
    check_files (model, lost, 3, "a.npy, 0|a.npy, 1|a.npy, 2");
}
END_TEST

START_TEST (files_that_cannot_be_read_are_named)
{
    g_autofree char *nowhere = g_build_filename (folder, "nosuch.txt", NULL);
    g_autofree char *text = write_file ("a.txt", "one", -1), *empty = write_file ("e.txt", "", -1);
    g_autofree char *picture = write_file ("a.PNG", "\x89PNG", -1);
    struct {
        const char *files[3];
        const char *part;
    } rows[] = {
        {{nowhere, NULL}, "nosuch.txt"},
        {{text, nowhere, NULL}, "nosuch.txt"},
        {{folder, NULL}, folder},
        {{empty, NULL}, "e.txt: empty text"},
        {{text, picture, NULL}, "demo reads texts, not pictures: a.PNG"},
        {{text, empty, NULL}, "e.txt: empty text"},
    };
    g_autoptr (FoveaModel) model = open_model (DEMO);
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
        request->files = g_strdupv ((char **) rows[i].files);
        assert_refused (model, request, -1, rows[i].part);
    }
    g_autoptr (FoveaCaptureRequest) lines = fovea_capture_request_new ();
    lines->jsonl = g_strdup (nowhere);
    assert_refused (model, lines, -1, "nosuch.txt");
    g_free (lines->jsonl);
    lines->jsonl = g_strdup (empty);
    assert_refused (model, lines, FOVEA_ERROR_RANGE, "no lines with 'text' or 'ids'");
}
END_TEST

/* What the process is given in the place of standard input. */
static void
give_input (const char *path)
{
    ck_assert_ptr_nonnull (freopen (path, "r", stdin));
}

START_TEST (a_dash_is_standard_input)
{
    g_autofree char *text = write_file ("a.txt", "Call me Ishmael.", -1);
    g_autofree char *lines = write_file ("a.jsonl", "{\"ids\": [3, 4]}\n", -1);
    const char *files[] = {"-", NULL};
    g_autoptr (FoveaModel) model = open_model (DEMO);
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    request->files = g_strdupv ((char **) files);
    give_input (text);
    g_autoptr (GPtrArray) all = read_all (model, request);
    const FoveaTraceInfo *info = all->pdata[0];
    ck_assert_str_eq (info->title, "standard input");
    ck_assert_str_eq (info->token_texts[info->n_tokens - 1], ".");
    g_clear_pointer (&request->files, g_strfreev);
    request->jsonl = g_strdup ("-");
    give_input (lines);
    g_autoptr (GPtrArray) ids = read_all (model, request);
    ck_assert_int_eq (((const FoveaTraceInfo *) ids->pdata[0])->n_tokens, 2);
    /* A folder is no input; that is told by the name that was given. */
    give_input (folder);
    assert_refused (model, request, -1, "-: ");
}
END_TEST

/* Each option that cuts texts means nothing for pictures, and neither does any other source. */
START_TEST (what_has_no_meaning_for_pictures_is_refused)
{
    static const char needs[] = "reads pictures: give files, PNG, JPEG or .npy";
    static const char senseless[] =
        "--tokens, --stride, --no-special and --generate have no meaning";
    g_autofree char *pictures = write_pictures ("a.npy", 1);
    const char *files[] = {pictures, NULL};
    g_autoptr (FoveaModel) model = open_model (VIT);
    for (int source = 0; source < N_SOURCES; source++) {
        g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
        add_source (request, source);
        if (source != FILES)
            assert_refused (model, request, FOVEA_ERROR_USAGE, needs);
    }
    for (int option = 0; option < 4; option++) {
        g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
        request->files = g_strdupv ((char **) files);
        g_autoptr (GPtrArray) fine = read_all (model, request);
        ck_assert_uint_eq (fine->len, 1);
        request->tokens = option == 0 ? 1 : 0;
        request->stride = option == 1 ? 1 : 0;
        request->no_special = option == 2;
        request->generate = option == 3 ? 1 : 0;
        assert_refused (model, request, FOVEA_ERROR_USAGE, senseless);
        /* Who gave a text has chosen none of these options in the window. */
        g_free (request->files[0]);
        request->files[0] = g_strdup ("/no/such/a book.txt");
        assert_refused (model, request, FOVEA_ERROR_USAGE, "pictures: a book.txt is none");
    }
}
END_TEST

/* Each token behind the sequence is the likeliest after all before it, computed anew for each. */
START_TEST (a_continuation_is_greedy)
{
    enum {
        MORE = 6
    };
    static const gint32 ids[] = {0, 519, 671, 5317, 7019};
    const gint64 n = G_N_ELEMENTS (ids);
    g_autofree char *path = support_data (DEMO);
    Runner runner = runner_open (path, "cpu", 32, 0);
    g_autoptr (FoveaTraceInfo) given = runner_info (&runner, ids, n);
    g_autoptr (GError) error = NULL;
    g_free (given->model_hash);
    given->model_hash = g_strdup ("abc");
    given->keep = FOVEA_BF16;
    gint64 V = fovea_model_get_architecture (runner.model)->vocabulary;
    g_autofree float *logits = g_new (float, V);
    for (gint64 more = 0; more <= MORE; more += 3) {
        g_autoptr (FoveaTraceInfo) longer =
            fovea_capture_input_continue (runner.model, runner.session, given, more, NULL, &error);
        ck_assert_msg (longer != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_int_eq (longer->n_tokens, n + more); /* none of these ends a text */
        ck_assert_mem_eq (longer->ids, ids, sizeof ids);
        ck_assert_str_eq (longer->title, given->title);
        ck_assert_str_eq (longer->model_hash, "abc");
        ck_assert_int_eq (longer->keep, FOVEA_BF16);
        for (gint64 t = n; t < longer->n_tokens; t++) {
            gint64 best = 0;
            fovea_session_reset (runner.session);
            ck_assert (fovea_session_run (runner.session, longer->ids, t, logits, NULL, NULL));
            for (gint64 v = 1; v < V; v++)
                best = logits[v] > logits[best] ? v : best;
            ck_assert_int_eq (longer->ids[t], best);
        }
    }
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();
    g_cancellable_cancel (cancelled);
    ck_assert_ptr_null (
        fovea_capture_input_continue (runner.model, runner.session, given, 1, cancelled, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("capture, input");
    TCase *tests = tcase_create ("input");
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_loop_test (tests, every_source_gives_its_sequences, 0, N_SOURCES);
    tcase_add_test (tests, a_text_is_called_by_its_beginning);
    tcase_add_test (tests, one_repeat_is_one_sequence);
    tcase_add_test (tests, ids_that_the_model_lacks_are_refused);
    tcase_add_test (tests, one_source_and_no_more);
    tcase_add_test (tests, files_share_one_limit);
    tcase_add_test (tests, pictures_of_files_share_one_limit);
    tcase_add_test (tests, files_that_cannot_be_read_are_named);
    tcase_add_test (tests, a_dash_is_standard_input);
    tcase_add_test (tests, what_has_no_meaning_for_pictures_is_refused);
    tcase_add_test (tests, a_continuation_is_greedy);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
