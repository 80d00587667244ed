/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Writing a request: one figure, or a page for every head. */
#include <glib/gstdio.h>
#include <string.h>

#include "app/figure-save.h"
#include "tests/figure-support.h"
#include "tests/support.h"

enum {
    N_HEADS = 3
}; /* of figure_trace() */

typedef struct {
    FoveaTrace *trace;
    GCancellable *cancellable;
    guint drawn, cancel_at; /* figures so far; cancels when so many are drawn */
    gint64 done, total;
} Drawing;

static FoveaFigure *
draw (const FoveaFigureRequest *request, gpointer data, GError **error)
{
    Drawing *drawing = data;
    if (++drawing->drawn == drawing->cancel_at)
        g_cancellable_cancel (drawing->cancellable);
    return fovea_figure_request_draw (request, drawing->trace, NULL, NULL, error);
}

static void
on_page (gpointer data, gint64 done, gint64 total)
{
    Drawing *drawing = data;
    ck_assert_int_eq (done, drawing->done + 1);
    drawing->done = done;
    drawing->total = total;
}

static FoveaFigureRequest *
make_request (FoveaFigureKind kind, gboolean every_head)
{
    FoveaFigureRequest *request = fovea_figure_request_new (kind);
    request->store_name = g_strdup ("a.fovea");
    request->model_name = g_strdup ("small");
    request->map.layer = 1;
    request->every_head = every_head;
    return request;
}

static gboolean
save (Drawing *drawing, const FoveaFigureRequest *request, const char *path, GError **error)
{
    double smallest;
    gboolean ok = fovea_figure_request_save (request, drawing->trace, path, draw, drawing, on_page,
                                             drawing, &smallest, drawing->cancellable, error);
    if (ok)
        ck_assert_double_eq (smallest, 7);
    return ok;
}

static guint
count (GBytes *bytes, const char *part)
{
    gsize length;
    const char *at = g_bytes_get_data (bytes, &length), *end = at + length;
    guint n = 0;
    while ((at = memmem (at, (gsize) (end - at), part, strlen (part))) != NULL) {
        at += strlen (part);
        n++;
    }
    return n;
}

static GBytes *
read_file (const char *path)
{
    char *contents;
    gsize length;
    ck_assert (g_file_get_contents (path, &contents, &length, NULL));
    g_unlink (path);
    return g_bytes_new_take (contents, length);
}

START_TEST (every_head_gets_a_page_and_a_name)
{
    static const FoveaFigureKind kinds[] = {FOVEA_FIGURE_MAP, FOVEA_FIGURE_TOKENS};
    g_autofree char *folder = g_dir_make_tmp ("fovea-pages-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (folder, "pages.pdf", NULL);
    g_autoptr (FoveaTrace) trace = figure_trace (20);
    g_autoptr (FoveaFigureRequest) request = make_request (kinds[_i], TRUE);
    Drawing drawing = {.trace = trace};
    g_autoptr (GError) error = NULL;
    ck_assert_msg (save (&drawing, request, path, &error), "%s",
                   error != NULL ? error->message : "");
    ck_assert (drawing.drawn == N_HEADS && drawing.done == N_HEADS && drawing.total == N_HEADS);
    g_autoptr (GBytes) file = read_file (path);
    ck_assert_uint_eq (count (file, "/Type /Page "), N_HEADS);
    for (guint head = 0; head < N_HEADS; head++) {
        g_autofree char *title = g_strdup_printf ("/Title (Head 1.%u)", head);
        ck_assert_uint_eq (count (file, title), 1);
    }
    ck_assert_uint_eq (count (file, "/Title (Every head of layer 1, small)"), 1);
    /* The window has a selected head, the command that it names has none: the same bytes. */
    request->map.head = 2;
    drawing.done = 0;
    ck_assert (save (&drawing, request, path, NULL));
    g_autoptr (GBytes) other = read_file (path);
    ck_assert (g_bytes_equal (file, other));
    g_rmdir (folder);
}
END_TEST

START_TEST (the_query_inside_draws_all_pages_again)
{
    g_autofree char *folder = g_dir_make_tmp ("fovea-pages-XXXXXX", NULL);
    g_autofree char *first = g_build_filename (folder, "first.pdf", NULL);
    g_autofree char *second = g_build_filename (folder, "second.pdf", NULL);
    g_autoptr (FoveaTrace) trace = figure_trace (20);
    g_autoptr (FoveaFigureRequest) made = make_request (FOVEA_FIGURE_MAP, TRUE);
    Drawing drawing = {.trace = trace}, again = {.trace = trace};
    ck_assert (save (&drawing, made, first, NULL));
    g_autofree char *json = fovea_figure_read_provenance (first, NULL);
    ck_assert_ptr_nonnull (json);
    g_autoptr (FoveaFigureRequest) read = fovea_figure_request_from_json (json, NULL);
    ck_assert (read != NULL && read->every_head);
    ck_assert (save (&again, read, second, NULL));
    g_autoptr (GBytes) a = read_file (first), b = read_file (second);
    ck_assert (g_bytes_equal (a, b));
    g_autofree char *command = fovea_figure_request_to_command (read, NULL, "m.pdf");
    ck_assert_str_eq (command, "fovea figure map 'a.fovea' --sequence 0 --layer 1 --every-head -o "
                               "'m.pdf'");
    g_rmdir (folder);
}
END_TEST

START_TEST (one_figure_is_what_figure_save_writes)
{
    static const char *const names[] = {"one.pdf", "one.svg", "one.png"};
    g_autofree char *folder = g_dir_make_tmp ("fovea-pages-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (folder, names[_i], NULL);
    g_autofree char *plain = g_strconcat (folder, "/plain-", names[_i], NULL);
    g_autoptr (FoveaTrace) trace = figure_trace (20);
    g_autoptr (FoveaFigureRequest) request = make_request (FOVEA_FIGURE_MAP, FALSE);
    Drawing drawing = {.trace = trace};
    ck_assert (save (&drawing, request, path, NULL));
    ck_assert (drawing.drawn == 1 && drawing.total == 0); /* no pages to count */
    g_autoptr (FoveaFigure) figure = fovea_figure_request_draw (request, trace, NULL, NULL, NULL);
    g_autofree char *json = fovea_figure_request_to_json (request);
    ck_assert_ptr_null (strstr (json, "every_head"));
    ck_assert (fovea_figure_save (figure, plain, request->dpi, json, NULL));
    g_autoptr (GBytes) a = read_file (path), b = read_file (plain);
    ck_assert (g_bytes_equal (a, b));
    g_rmdir (folder);
}
END_TEST

START_TEST (pages_need_a_pdf)
{
    static const char *const names[] = {"maps.svg", "maps.png", "maps", "pdf"};
    g_autoptr (FoveaFigureRequest) request = make_request (FOVEA_FIGURE_MAP, TRUE);
    g_autoptr (GError) error = NULL;
    Drawing drawing = {0};
    ck_assert (!save (&drawing, request, names[_i], &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_USAGE));
    ck_assert_msg (strstr (error->message, ".pdf") != NULL, "%s", error->message);
    ck_assert_uint_eq (drawing.drawn, 0);
}
END_TEST

START_TEST (stopped_between_pages_nothing_is_written)
{
    g_autofree char *folder = g_dir_make_tmp ("fovea-pages-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (folder, "pages.pdf", NULL);
    g_autoptr (FoveaTrace) trace = figure_trace (20);
    g_autoptr (FoveaFigureRequest) request = make_request (FOVEA_FIGURE_MAP, TRUE);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    Drawing drawing = {.trace = trace, .cancellable = cancellable, .cancel_at = 2};
    ck_assert (!save (&drawing, request, path, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_uint_eq (drawing.drawn, 2);
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
    g_rmdir (folder);
}
END_TEST

START_TEST (a_page_that_fails_fails_the_file)
{
    g_autofree char *folder = g_dir_make_tmp ("fovea-pages-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (folder, "pages.pdf", NULL);
    g_autoptr (FoveaTrace) trace = figure_trace (20);
    g_autoptr (FoveaFigureRequest) request = make_request (FOVEA_FIGURE_MAP, TRUE);
    g_autoptr (GError) error = NULL;
    Drawing drawing = {.trace = trace};
    request->map.layer = 9;
    ck_assert (!save (&drawing, request, path, &error));
    ck_assert_msg (error != NULL && strstr (error->message, "9") != NULL, "%s",
                   error != NULL ? error->message : "no error");
    ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
    g_rmdir (folder);
}
END_TEST

static Suite *
make_suite (void)
{
    Suite *suite = suite_create ("figure save");
    TCase *tcase = tcase_create ("pages");
    tcase_add_loop_test (tcase, every_head_gets_a_page_and_a_name, 0, 2);
    tcase_add_test (tcase, the_query_inside_draws_all_pages_again);
    tcase_add_loop_test (tcase, one_figure_is_what_figure_save_writes, 0, 3);
    tcase_add_loop_test (tcase, pages_need_a_pdf, 0, 4);
    tcase_add_test (tcase, stopped_between_pages_nothing_is_written);
    tcase_add_test (tcase, a_page_that_fails_fails_the_file);
    suite_add_tcase (suite, tcase);
    return suite;
}

int
main (void)
{
    return support_run (make_suite ());
}
