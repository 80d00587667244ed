/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store while a capture writes it: the sidebar's row with a bar, what is committed beside it, and that
 * nothing of the row stays. Exit status 77 without a display. */
#include <sched.h>
#include <string.h>

#include "app/data-files.h"
#include "app/window/capture-task.h"
#include "app/window/window-private.h"
#include "fovea-config.h"
#include "storage/dictionary.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/background.h"

enum {
    TEXTS = 24,
    TOKENS = 512,
};

/* One book again and again. */
static FoveaCaptureRequest *
new_request (void)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    g_autofree char *book = fovea_data_find ("texts/moby_dick.txt", NULL);
    request->model = g_strdup ("demo");
    request->files = g_new0 (char *, TEXTS + 1);
    for (guint i = 0; i < TEXTS; i++)
        request->files[i] = g_strdup (book);
    request->tokens = TOKENS;
    return request;
}

static void
capture (Bench *bench, const char *path)
{
    fovea_window_capture (bench->window, new_request (), path);
}

/* The row that is being written, NULL = none. */
static FoveaTreeItem *
find_written (GListModel *level)
{
    FoveaTreeItem *found = NULL;
    for (guint i = 0; found == NULL && i < g_list_model_get_n_items (level); i++) {
        g_autoptr (FoveaTreeItem) item = g_list_model_get_item (level, i);
        GListStore *children = fovea_tree_item_get_children (item);
        if (fovea_tree_item_get_progress (item) >= 0)
            found = item;
        else if (children != NULL)
            found = find_written (G_LIST_MODEL (children));
    }
    return found;
}

static FoveaTreeItem *
get_written (Bench *bench)
{
    return find_written (fovea_library_get_stores (bench->window->library));
}

/* The n-th run of the only store, NULL = there is none. Borrowed: the list has it. */
static GListModel *
get_sequences (Bench *bench, guint n)
{
    GListModel *stores = fovea_library_get_stores (bench->window->library);
    g_autoptr (FoveaTreeItem) store = g_list_model_get_item (stores, 0);
    GListModel *runs = store != NULL ? G_LIST_MODEL (fovea_tree_item_get_children (store)) : NULL;
    g_autoptr (FoveaTreeItem) run = runs != NULL ? g_list_model_get_item (runs, n) : NULL;
    GListStore *sequences = run != NULL ? fovea_tree_item_get_children (run) : NULL;
    return sequences != NULL ? G_LIST_MODEL (sequences) : NULL;
}

static guint
count_sequences (Bench *bench, guint run)
{
    GListModel *sequences = get_sequences (bench, run);
    return sequences != NULL ? g_list_model_get_n_items (sequences) : 0;
}

static gboolean
has_bar (GtkWidget *parent)
{
    EACH_WIDGET (widget, parent)
        if (GTK_IS_PROGRESS_BAR (widget) && gtk_widget_get_mapped (widget))
            return TRUE;
    return FALSE;
}

/* The bar is of the second run: its row is listed once something of the run is committed. */
START_TEST (what_is_committed_can_be_looked_at_while_the_rest_is_written)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    capture (bench, bench->path);
    RUN_UNTIL (get_written (bench) != NULL);
    ck_assert (fovea_window_is_busy (bench->window));
    RUN_UNTIL (has_bar (GTK_WIDGET (bench->window->sidebar)));
    RUN_UNTIL (count_sequences (bench, 1) > 1); /* one that is there, one that is written */
    ck_assert (fovea_window_is_busy (bench->window));
    ck_assert_int_eq (bench->window->opened->run, 1); /* nobody is taken elsewhere */
    g_autoptr (FoveaTreeItem) item = g_list_model_get_item (get_sequences (bench, 1), 0);
    ck_assert_double_lt (fovea_tree_item_get_progress (item), 0);
    gint64 sequence = fovea_tree_item_get_id (item);
    fovea_window_read_item (bench->window, item);
    RUN_UNTIL (bench->window->opened->sequence == sequence);
    ck_assert_int_eq (fovea_selection_get_info (bench->selection)->n_tokens, TOKENS);
    RUN_UNTIL (count_sequences (bench, 1) == TEXTS && get_written (bench) == NULL);
    /* Who looks at the run already stays where he is, and its heads are scored now. */
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    ck_assert_int_eq (bench->window->opened->sequence, sequence);
    ck_assert (!has_bar (GTK_WIDGET (bench->window->sidebar)));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    bench_free (bench);
}
END_TEST

/* Whether a label says @words, wherever in its text. */
static gboolean
says (GtkWidget *parent, const char *words)
{
    EACH_WIDGET (widget, parent)
        if (GTK_IS_LABEL (widget) &&
            strstr (gtk_label_get_text (GTK_LABEL (widget)), words) != NULL)
            return TRUE;
    return FALSE;
}

START_TEST (a_cancelled_capture_leaves_what_it_committed_and_no_bar)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    capture (bench, bench->path);
    RUN_UNTIL (count_sequences (bench, 1) > 1);
    RUN_UNTIL (says (GTK_WIDGET (bench->window->status), " of 12,288 tokens · "));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_autofree char *told = g_strdup (fovea_window_get_status (bench->window));
    ck_assert_ptr_null (get_written (bench));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) kept = fovea_store_list_sequences (store, 2, NULL);
    ck_assert_uint_gt (kept->len, 0);
    ck_assert_uint_lt (kept->len, TEXTS);
    g_autofree char *expected = g_strdup_printf (
        kept->len == 1 ? "Cancelled; %u sequence of %d is kept, Ctrl+G goes on there"
                       : "Cancelled; %u sequences of %d are kept, Ctrl+G goes on there",
        kept->len, TEXTS);
    ck_assert_str_eq (told, expected);
    RUN_UNTIL (count_sequences (bench, 1) == kept->len);
    ck_assert_int_eq (bench->window->opened->run, 1);
    bench_free (bench);
}
END_TEST

static void
predicted (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaPrediction **prediction = data;
    *prediction = fovea_capture_task_predict_finish (result, NULL);
    ck_assert_ptr_nonnull (*prediction);
}

/* Asked on the side, it is of the processors that the job will have. */
static void
check_threads (const FoveaPrediction *prediction)
{
    cpu_set_t processors;
    sched_getaffinity (0, sizeof processors, &processors);
    g_autofree char *threads = g_strdup_printf (
        "CPU, %u thread",
        fovea_background_count (FOVEA_BACKGROUND_JOB, (guint) CPU_COUNT (&processors)));
    if (g_str_has_prefix (prediction->device, "CPU"))
        ck_assert_msg (g_str_has_prefix (prediction->device, threads), "%s", prediction->device);
}

/* What it would take from here on. */
static FoveaPrediction *
predict (const char *path)
{
    FoveaPrediction *prediction = NULL;
    fovea_capture_task_predict_async (new_request (), path, NULL, predicted, &prediction);
    RUN_UNTIL (prediction != NULL);
    check_threads (prediction);
    return prediction;
}

static GAction *
find_go_on (Bench *bench)
{
    return g_action_map_lookup_action (G_ACTION_MAP (bench->window), "go-on");
}

/* From nothing open: the first sequence is looked at while the next are written. */
START_TEST (a_cancelled_capture_is_gone_on_with_and_not_begun_anew)
{
    Bench *bench = bench_new ();
    ck_assert (!g_action_get_enabled (find_go_on (bench)));
    capture (bench, bench->path);
    RUN_UNTIL (bench->window->opened != NULL);
    RUN_UNTIL (g_str_equal (gtk_stack_get_visible_child_name (bench->window->root), "work"));
    ck_assert (fovea_window_is_busy (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) before = fovea_store_list_sequences (store, 1, NULL);
    ck_assert_uint_lt (before->len, TEXTS);
    g_autoptr (FoveaPrediction) prediction = predict (bench->path);
    ck_assert_int_eq (prediction->resumed, 1);
    ck_assert_int_eq (prediction->n_done, before->len);
    g_autoptr (FoveaPrediction) whole = predict (NULL);
    ck_assert_int_eq (whole->resumed, 0);
    ck_assert_uint_eq (prediction->store_bytes, (guint64) ((double) (TEXTS - before->len) / TEXTS *
                                                           (double) whole->store_bytes));
    ck_assert (g_action_get_enabled (find_go_on (bench)));
    GtkWidget *sidebar = GTK_WIDGET (bench->window->sidebar);
    RUN_UNTIL (says (sidebar, " of 24 seq"));
    activate (bench, "go-on", NULL);
    ck_assert (!g_action_get_enabled (find_go_on (bench)));
    RUN_UNTIL (!fovea_window_is_busy (bench->window) &&
               fovea_selection_get_heads (bench->selection) != NULL);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    g_autoptr (GPtrArray) after = fovea_store_list_sequences (store, 1, NULL);
    ck_assert_uint_eq (after->len, TEXTS);
    ck_assert (((const FoveaRunInfo *) runs->pdata[0])->finished);
    RUN_UNTIL (says (sidebar, "24 seq") && !says (sidebar, " of 24 seq"));
    g_autoptr (FoveaPrediction) anew = predict (bench->path);
    ck_assert_int_eq (anew->resumed, 0); /* what has ended is made anew */
    bench_free (bench);
}
END_TEST

/* The jobs of a window that write a store. */
static void
begin_capture (Bench *bench)
{
    fovea_window_capture (bench->window, new_request (), bench->path);
    RUN_UNTIL (count_sequences (bench, 1) > 1); /* something is committed */
}

static void
begin_measuring (Bench *bench)
{
    activate (bench, "measure", NULL);
}

static void
begin_encoding (Bench *bench)
{
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    activate (bench, "view", g_variant_new_string ("features"));
    activate (bench, "encode", g_variant_new_string (folder));
}

static const struct {
    void (*begin) (Bench *bench);
    guint runs;
} jobs[] = {{begin_capture, 2}, {begin_measuring, 1}, {begin_encoding, 1}};

/* Nothing is asked: the window goes at once, its job soon after, and the store has what was committed and is
 * written by the next one, which offers to go on with a capture. */
START_TEST (a_window_closes_while_its_job_runs)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    jobs[_i].begin (bench);
    ck_assert (fovea_window_is_busy (bench->window));
    GtkWindow *closing = GTK_WINDOW (bench->window);
    g_object_add_weak_pointer (G_OBJECT (closing), (gpointer *) &closing);
    gtk_window_close (closing);
    bench->window = NULL;
    RUN_UNTIL (closing == NULL); /* the job had a reference of it */
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_uint_eq (runs->len, jobs[_i].runs);
    const FoveaRunInfo *last = runs->pdata[runs->len - 1];
    g_autoptr (GPtrArray) kept = fovea_store_list_sequences (store, last->id, NULL);
    ck_assert_uint_gt (kept->len, 0);
    if (jobs[_i].runs == 2) {
        ck_assert (!last->finished);
        ck_assert_uint_lt (kept->len, TEXTS);
    }
    Bench *next = bench_new ();
    fovea_window_open (next->window, bench->path);
    RUN_UNTIL (next->window->opened != NULL && !fovea_window_is_busy (next->window));
    ck_assert_int_eq (g_action_get_enabled (find_go_on (next)), jobs[_i].runs == 2);
    ck_assert_ptr_null (fovea_window_get_failure (next->window));
    bench_free (next);
    bench_free (bench);
}
END_TEST

/* A program that writes a store and is killed when something is kept. */
static void
leave_unfinished (const char *path)
{
    g_autofree char *program = g_build_filename (FOVEA_BUILD_DIR, "app", "command", "fovea", NULL);
    g_autoptr (FoveaStore) store = NULL;
    g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
    g_autoptr (FoveaCaptureRequest) request = new_request ();
    const char *const first[] = {program, "capture", "demo", "-o", path, "--tokens", "512"};
    for (guint i = 0; i < G_N_ELEMENTS (first); i++)
        g_ptr_array_add (arguments, (gpointer) first[i]);
    for (guint i = 0; i < TEXTS; i++) {
        g_ptr_array_add (arguments, (gpointer) "-f");
        g_ptr_array_add (arguments, request->files[i]);
    }
    g_ptr_array_add (arguments, NULL);
    g_autoptr (GSubprocess) capture = g_subprocess_newv ((const char *const *) arguments->pdata,
                                                         G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
    guint n = 0;
    while (n == 0) {
        if (store == NULL)
            store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
        g_autoptr (GPtrArray) kept =
            store != NULL ? fovea_store_list_sequences (store, 0, NULL) : NULL;
        n = kept != NULL ? kept->len : 0;
    }
    g_subprocess_force_exit (capture);
    g_subprocess_wait (capture, NULL, NULL);
}

START_TEST (a_capture_that_was_killed_is_told_of_and_gone_on_with)
{
    Bench *bench = bench_new ();
    leave_unfinished (bench->path);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) before = fovea_store_list_sequences (store, 1, NULL);
    ck_assert_uint_lt (before->len, TEXTS);
    ck_assert (!g_action_get_enabled (find_go_on (bench)));
    fovea_window_open (bench->window, bench->path);
    g_autofree char *told = g_strdup_printf (
        "Run 1 is not finished, %u of 24 sequences are kept; Ctrl+G goes on there", before->len);
    RUN_UNTIL (says (GTK_WIDGET (bench->window->status), told));
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    ck_assert (says (GTK_WIDGET (bench->window->status), told)); /* before what the heads do */
    ck_assert (g_action_get_enabled (find_go_on (bench)));
    activate (bench, "go-on", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    const FoveaRunInfo *run = runs->pdata[0];
    ck_assert_uint_eq (runs->len, 1);
    ck_assert (run->finished);
    ck_assert_int_eq (run->n_sequences, TEXTS);
    ck_assert (!g_action_get_enabled (find_go_on (bench)));
    bench_free (bench);
}
END_TEST

/* What another program would hold for as long as it writes, this test holds. */
START_TEST (nothing_is_begun_beside_another_program)
{
    static const FoveaDictionary dictionary = {"abcd", "mine", "", "topk", 5, "{}"};
    Bench *bench = bench_new ();
    GtkWidget *status = GTK_WIDGET (bench->window->status);
    leave_unfinished (bench->path);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_WRITE, NULL);
    g_autoptr (GPtrArray) kept = fovea_store_list_sequences (store, 1, NULL);
    FoveaSink *sink = fovea_store_new_sink (store, 1, kept->len, NULL);
    g_autofree char *run =
        g_strdup_printf ("Run 1 is not finished, %u of 24 sequences are kept", kept->len);
    g_autofree char *beside =
        g_strconcat (run, "; another program is writing into its store just now", NULL);
    g_autofree char *free_again = g_strconcat (run, "; Ctrl+G goes on there", NULL);
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (says (status, beside));
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    activate (bench, "go-on", NULL);
    ck_assert (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (fovea_window_get_failure (bench->window),
                      "Another program is writing into look.fovea just now. Try again when it has "
                      "ended.");
    fovea_sink_free (sink); /* as if killed: no file has changed */
    RUN_UNTIL (says (status, free_again));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    FoveaCodeWriter *writer = fovea_code_writer_new (store, &dictionary, NULL);
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_nonnull (strstr (fovea_window_get_failure (bench->window),
                                   "another encoding is writing into it just now"));
    fovea_code_writer_free (writer);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_uint_eq (runs->len, 1);
    bench_free (bench);
}
END_TEST

static void
stop_after_one (gpointer data, const FoveaCaptureProgress *progress)
{
    if (progress->sequence > 0)
        g_cancellable_cancel (data);
}

static void
forget_planned (const char *path)
{
    g_autofree char *line =
        g_strdup_printf ("sqlite3 '%s' 'UPDATE run SET n_planned = NULL'", path);
    int status = -1;
    ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
}

/* Of a text the store keeps a hash, from which nothing can be captured. */
START_TEST (a_run_of_a_typed_text_that_did_not_end_names_new_capture)
{
    Bench *bench = bench_new ();
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->text = g_strdup ("Call me Ishmael. Some years ago, never mind how long precisely");
    request->tokens = request->stride = 4;
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, NULL);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_CREATE, NULL);
    ck_assert (!fovea_capture_job_run (job, store, FALSE, stop_after_one, cancellable, NULL,
                                       cancellable, NULL));
    if (_i > 0) /* as an older program leaves it, which did not note how many there are */
        forget_planned (bench->path);
    g_autofree char *of =
        g_strdup_printf (" of %u sequences are", fovea_capture_job_get_sequences (job)->len);
    g_autofree char *told =
        g_strconcat ("Run 1 is not finished, 1", _i > 0 ? " sequence is" : of,
                     " kept; New capture with the same choices goes on there", NULL);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (says (GTK_WIDGET (bench->window->status), told));
    RUN_UNTIL (says (GTK_WIDGET (bench->window->sidebar), _i > 0 ? "1 seq, unfinished" : "1 of "));
    ck_assert (!g_action_get_enabled (find_go_on (bench)));
    bench_free (bench);
}
END_TEST

/* By another program, while nothing is done here. */
START_TEST (what_others_write_to_an_open_store_is_listed)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *program = g_build_filename (FOVEA_BUILD_DIR, "app", "command", "fovea", NULL);
    g_autofree char *line =
        g_strdup_printf ("%s capture demo -o %s 'Call me Ishmael.'", program, bench->path);
    int status;
    ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
    RUN_UNTIL (count_sequences (bench, 1) == 1);
    ck_assert_int_eq (bench->window->opened->run, 1);
    bench_free (bench);
}
END_TEST

START_TEST (a_capture_that_fails_leaves_no_row)
{
    Bench *bench = bench_new ();
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("/not/there");
    request->text = g_strdup ("x");
    fovea_window_capture (bench->window, request, bench->path);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_nonnull (fovea_window_get_failure (bench->window));
    ck_assert_uint_eq (g_list_model_get_n_items (fovea_library_get_stores (bench->window->library)),
                       0);
    bench_free (bench);
}
END_TEST

static void
take_store (gpointer data, FoveaTreeItem *store)
{
    g_set_object ((FoveaTreeItem **) data, store);
}

/* Without a capture, by what it would tell. */
START_TEST (a_row_follows_what_is_told_and_goes)
{
    Bench *bench = bench_new ();
    FoveaLibrary *library = bench->window->library;
    g_autoptr (FoveaTreeItem) listed = NULL;
    FoveaWritingRow *row = fovea_writing_row_new (library, bench->path, take_store, &listed);
    FoveaRelay *relay = fovea_writing_row_get_relay (row);
    ck_assert_ptr_null (get_written (bench));
    fovea_relay_post (relay, 0.25, g_strdup ("first"));
    RUN_UNTIL (get_written (bench) != NULL);
    ck_assert_double_eq_tol (fovea_tree_item_get_progress (get_written (bench)), 0.25, 1e-9);
    fovea_relay_post (relay, 0.5, g_strdup ("first"));
    RUN_UNTIL (fovea_tree_item_get_progress (get_written (bench)) > 0.4);
    fovea_relay_post (relay, 1.125, g_strdup ("second")); /* there is no such file to list */
    RUN_UNTIL (strcmp (fovea_tree_item_get_title (get_written (bench)), "second") == 0);
    ck_assert_double_eq_tol (fovea_tree_item_get_progress (get_written (bench)), 0.125, 1e-9);
    fovea_writing_row_end (row);
    ck_assert_ptr_null (get_written (bench));
    ck_assert_uint_eq (g_list_model_get_n_items (fovea_library_get_stores (library)), 0);
    while (g_main_context_pending (NULL)) /* the listing comes too late */
        g_main_context_iteration (NULL, FALSE);
    ck_assert_ptr_null (listed);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, what_is_committed_can_be_looked_at_while_the_rest_is_written);
    tcase_add_test (tcase, a_cancelled_capture_leaves_what_it_committed_and_no_bar);
    tcase_add_test (tcase, a_cancelled_capture_is_gone_on_with_and_not_begun_anew);
    tcase_add_loop_test (tcase, a_window_closes_while_its_job_runs, 0, G_N_ELEMENTS (jobs));
    tcase_add_test (tcase, a_capture_that_was_killed_is_told_of_and_gone_on_with);
    tcase_add_test (tcase, nothing_is_begun_beside_another_program);
    tcase_add_loop_test (tcase, a_run_of_a_typed_text_that_did_not_end_names_new_capture, 0, 2);
    tcase_add_test (tcase, what_others_write_to_an_open_store_is_listed);
    tcase_add_test (tcase, a_capture_that_fails_leaves_no_row);
    tcase_add_test (tcase, a_row_follows_what_is_told_and_goes);
}

int
main (void)
{
    return window_bench_main ("writing", add_tests);
}
