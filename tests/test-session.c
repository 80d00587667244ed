/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A session as a hand makes it, through every view: how long the main loop is away after each kind of
 * action, printed; that memory stays where it is over a thousand selections; and what the window says
 * when its store goes away or there is no GPU. Times are of the processor as well as of the clock,
 * for other work on the machine changes the latter more; where FOVEA_QUIET says that nothing else runs,
 * sessions go on for five minutes, one after the other or, with PACE_MS=1600, one at a hand's pace, and the
 * medians of each step are held to a frame; else one is gone through.
 * Exit status 77 without a display. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/data-files.h"
#include "app/window/device-choice.h"
#include "app/window/window-private.h"
#include "tests/support.h"
#include "tests/turn-log.h"
#include "tests/window-bench.h"

#define SECONDS     300 /* of sessions, on a quiet machine */
#define MOST_ROUNDS 6
#define MOST_GROWN  4.0 /* MB over a thousand selections */

/* Three frames: what an action asks for is on screen then. */
static void
turn (Bench *bench, TurnMeter *meter)
{
    turn_meter_frames (meter, GTK_WIDGET (bench->window), 3);
}

/* PACE_MS: what passes from one action to the next, where it is a hand that makes them. The loop goes on
 * meanwhile, and is measured. */
static void
finish (TurnLog *log, TurnMeter *meter, gint64 began)
{
    const char *pace = g_getenv ("PACE_MS");
    gint64 end = began + (pace != NULL ? g_ascii_strtoll (pace, NULL, 10) * 1000 : 0);
    while (g_get_monotonic_time () < end)
        turn_meter_turn (meter);
    turn_log_add (log, meter);
}

static void
press (Bench *bench, const char *action)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    if (focus != NULL)
        gtk_widget_activate_action (focus, action, NULL);
}

/* @n times round a list of actions on what has the focus. */
static void
repeat (Bench *bench, TurnLog *log, const char *name, const char *const *actions, int n)
{
    for (int i = 0; i < n; i++)
        for (guint a = 0; actions[a] != NULL; a++) {
            TurnMeter *meter = turn_meter_new (name);
            gint64 began = g_get_monotonic_time ();
            turn_meter_begin (meter);
            press (bench, actions[a]);
            turn_meter_end (meter);
            turn (bench, meter);
            finish (log, meter, began);
        }
}

static void
show (Bench *bench, TurnLog *log, const char *view)
{
    g_autofree char *name = g_strdup_printf ("open %s", view);
    TurnMeter *meter = turn_meter_new (name);
    gint64 began = g_get_monotonic_time ();
    turn_meter_begin (meter);
    activate (bench, "view", g_variant_new_string (view));
    turn_meter_end (meter);
    for (int i = 0; i < 5; i++)
        turn (bench, meter);
    finish (log, meter, began);
    activate (bench, "view", g_variant_new_string (view)); /* the focus, now that all is laid out */
}

/* A call, and the main loop until @condition holds, as one step of the session. */
#define STEP(log, name, call, condition)                                                           \
    G_STMT_START                                                                                   \
    {                                                                                              \
        TurnMeter *step = turn_meter_new (name);                                                   \
        gint64 began = g_get_monotonic_time ();                                                    \
        gint64 end = began + WINDOW_BENCH_DEADLINE_S * G_USEC_PER_SEC;                             \
        turn_meter_begin (step);                                                                   \
        call;                                                                                      \
        turn_meter_end (step);                                                                     \
        while (!(condition) && g_get_monotonic_time () < end)                                      \
            turn_meter_turn (step);                                                                \
        ck_assert_msg ((condition), "%s: not reached: " #condition, name);                         \
        finish (log, step, began);                                                                 \
    }                                                                                              \
    G_STMT_END

static gboolean
look_up (gpointer looking)
{
    *(gboolean *) looking = FALSE;
    return G_SOURCE_REMOVE;
}

/* Before a window's first frame there is nothing that could stall. */
static void
wait_for_first_frame (Bench *bench)
{
    TurnMeter *first = turn_meter_new ("first frame");
    turn (bench, first);
    turn_meter_free (first);
}

/* What a hand needs before it does anything: the window draws the examples of its start page meanwhile, and
 * sets the letters of what comes. */
static void
look_around (Bench *bench, TurnLog *log)
{
    gboolean looking = TRUE;
    TurnMeter *meter = turn_meter_new ("start page");
    wait_for_first_frame (bench);
    g_timeout_add (1000, look_up, &looking);
    while (looking)
        turn_meter_turn (meter);
    turn_log_add (log, meter);
}

/* Some text of several hundred tokens, curves and codes, so that every view has something. */
static void
go_through_jobs (Bench *bench, TurnLog *log)
{
    g_autofree char *book = fovea_data_find ("texts/moby_dick.txt", NULL);
    g_autofree char *text = NULL, *folder = fovea_data_find ("sae/abstopk", NULL);
    ck_assert (g_file_get_contents (book, &text, NULL, NULL));
    g_autofree char *start = g_utf8_substring (text, 0, 2000);
    STEP (log, "job: run a text", fovea_window_run_text (bench->window, start, bench->path),
          fovea_selection_get_heads (bench->selection) != NULL &&
              !fovea_window_is_busy (bench->window));
    STEP (log, "job: measure", activate (bench, "measure", NULL),
          !fovea_window_is_busy (bench->window));
    STEP (log, "job: encode", activate (bench, "encode", g_variant_new_string (folder)),
          !fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    show (bench, log, "features");
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "abstopk, 1,536 latents") != NULL);
}

/* A look at what was run, after the window was closed, in the next. */
static void
go_through_store (Bench *before, TurnLog *log)
{
    gtk_window_destroy (GTK_WINDOW (before->window));
    before->window = NULL;
    Bench *bench = bench_new ();
    wait_for_first_frame (bench);
    STEP (log, "open a store", fovea_window_open (bench->window, before->path),
          fovea_selection_get_heads (bench->selection) != NULL &&
              !fovea_window_is_busy (bench->window));
    show (bench, log, "features");
    show (bench, log, "sparsity");
    bench_free (bench);
}

static void
go_through_dialogs (Bench *bench, TurnLog *log)
{
    static const struct {
        const char *action, *title;
    } dialogs[] = {{"palette", "Find"},
                   {"export", "Export"},
                   {"new-capture", "New capture"},
                   {"preferences", "Preferences"}};
    for (guint i = 0; i < G_N_ELEMENTS (dialogs); i++) {
        g_autofree char *name = g_strdup_printf ("dialog: %s", dialogs[i].title);
        TurnMeter *meter = turn_meter_new (name);
        gint64 began = g_get_monotonic_time ();
        turn_meter_begin (meter);
        activate (bench, dialogs[i].action, NULL);
        turn_meter_end (meter);
        GtkWidget *dialog = find_window (dialogs[i].title);
        ck_assert_msg (dialog != NULL, "no %s", name);
        g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
        for (int frame = 0; frame < 5; frame++)
            turn (bench, meter);
        if (dialog != NULL) { /* the finder goes by itself where it does not get the focus */
            g_object_remove_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
            gtk_window_destroy (GTK_WINDOW (dialog));
        }
        turn (bench, meter);
        finish (log, meter, began);
    }
}

static void
prepare (Bench *bench)
{
    TurnLog *log = turn_log_new ();
    turn_log_begin (log);
    go_through_jobs (bench, log);
    turn_log_free (log);
}

/* Everything that a view does, by its actions. */
static void
go_through_views (Bench *bench, TurnLog *log)
{
    show (bench, log, "heads");
    repeat (bench, log, "heads: arrows",
            (const char *[]){"heads.left", "heads.up", "heads.right", NULL}, 12);
    repeat (bench, log, "heads: sort", (const char *[]){"heads.sort", NULL}, 9);
    repeat (bench, log, "heads: grid, plots, table", (const char *[]){"heads.show", NULL}, 4);
    show (bench, log, "map");
    repeat (bench, log, "map: arrows", (const char *[]){"map.down", "map.left", "map.far-up", NULL},
            12);
    repeat (bench, log, "map: zoom", (const char *[]){"map.zoom-in", NULL}, 8);
    repeat (bench, log, "map: fit, colour, block",
            (const char *[]){"map.fit", "map.color", "map.block", "map.overlay", NULL}, 3);
    repeat (bench, log, "map: heads", (const char *[]){"map.next-head", "map.next-layer", NULL}, 8);
    show (bench, log, "sparsity");
    repeat (bench, log, "sparsity: points",
            (const char *[]){"curves.right", "curves.down", "curves.left", NULL}, 8);
    repeat (bench, log, "sparsity: heads", (const char *[]){"curves.next-head", NULL}, 8);
    show (bench, log, "features");
    repeat (bench, log, "features: latents", (const char *[]){"latent.next", NULL}, 24);
    repeat (bench, log, "features: contexts",
            (const char *[]){"latent.down", "latent.right", "latent.open", NULL}, 6);
    repeat (bench, log, "features: bins",
            (const char *[]){"latent.bin-right", "latent.wider", "latent.all", NULL}, 4);
}

START_TEST (no_action_of_a_session_holds_the_main_loop)
{
    static const char *const again[] = {"heads", "sparsity", "features", "map"};
    TurnLog *log = turn_log_new ();
    do {
        Bench *bench = bench_new ();
        turn_log_begin (log);
        look_around (bench, log);
        go_through_jobs (bench, log);
        go_through_views (bench, log);
        for (guint v = 0; v < G_N_ELEMENTS (again); v++)
            show (bench, log, again[v]); /* finds everything made already */
        go_through_dialogs (bench, log);
        ck_assert_ptr_null (fovea_window_get_failure (bench->window));
        go_through_store (bench, log);
        bench_free (bench);
    } while (turn_meter_holds () && turn_log_get_seconds (log) < SECONDS);
    /* Under full load a processor takes two to three times as long by its own clock, for everything. */
    double longest = turn_log_report (log);
    if (turn_meter_holds ())
        ck_assert_msg (longest <= TURN_FRAME_MS, "%g ms of the processor in one turn", longest);
    turn_log_free (log);
}
END_TEST

/* Bytes in use by the program's own allocations. */
static gsize
get_in_use (void)
{
    struct mallinfo2 info = mallinfo2 ();
    return info.uordblks + info.hblkhd;
}

static void
select_many (Bench *bench, int n)
{
    TurnMeter *meter = turn_meter_new ("selections");
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    for (int i = 0; i < n; i++) {
        fovea_selection_select (bench->selection,
                                &(FoveaPlace){(guint) (i % info->architecture->n_layers),
                                              (guint) (i * 7 % info->architecture->n_heads),
                                              (i * 13) % info->n_tokens, (i * 5) % info->n_tokens});
        if (i % 20 == 0)
            turn (bench, meter);
    }
    turn_meter_report (meter, 0); /* held above; here it is memory that counts */
}

START_TEST (every_view_comes_to_rest)
{
    static const char *const views[] = {"heads", "map", "sparsity", "features"};
    Bench *bench = bench_new ();
    prepare (bench);
    for (guint v = 0; v < G_N_ELEMENTS (views); v++) {
        activate (bench, "view", g_variant_new_string (views[v]));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        turn_meter_rest (GTK_WIDGET (bench->window), views[v]);
    }
    bench_free (bench);
}
END_TEST

/* The first thousand fill every cache and the history; where workers are late, the next ones go on. */
static void
select_until_memory_stays (Bench *bench, const char *view)
{
    double grown = G_MAXDOUBLE;
    guint round = 0;
    activate (bench, "view", g_variant_new_string (view));
    select_many (bench, 1000);
    for (gsize before = get_in_use (); grown >= MOST_GROWN && round < MOST_ROUNDS; round++) {
        select_many (bench, 1000);
        gsize after = get_in_use ();
        grown = ((double) after - (double) before) / 1e6;
        printf ("%s: %.1f MB in use, %+.2f MB after 1,000 more selections\n", view,
                (double) after / 1e6, grown);
        before = after;
    }
    ck_assert_msg (grown < MOST_GROWN, "%s: %.1f MB more after each 1,000 selections, %u times",
                   view, grown, round);
}

START_TEST (memory_stays_where_it_is_over_a_thousand_selections)
{
    Bench *bench = bench_new ();
    prepare (bench);
    static const char *const views[] = {"heads", "map", "sparsity", "features"};
    for (guint v = 0; v < G_N_ELEMENTS (views); v++)
        select_until_memory_stays (bench, views[v]);
    bench_free (bench);
}
END_TEST

START_TEST (a_store_that_goes_away_is_told_in_one_line_and_the_window_goes_on)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert_int_eq (unlink (bench->path), 0);
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    const char *failure = fovea_window_get_failure (bench->window);
    ck_assert_ptr_nonnull (failure);
    ck_assert_ptr_null (strchr (failure, '\n'));
    ck_assert_ptr_nonnull (strstr (failure, "look.fovea"));
    /* What is open stays readable: the file lives on while it is held. */
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select (bench->selection, &(FoveaPlace){2, 3, 20, 4});
    RUN_UNTIL (fovea_cell_model_get_data (bench->window->cells) != NULL &&
               fovea_cell_model_get_data (bench->window->cells)->place.query == 20);
    /* Features are read from the file, which is not there. */
    activate (bench, "view", g_variant_new_string ("features"));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window->features_page),
                          "Its dictionaries cannot be read.") != NULL);
    fovea_window_open (bench->window, bench->path);
    fovea_failure_bar_close (bench->window->failure);
    RUN_UNTIL (fovea_window_get_failure (bench->window) != NULL);
    ck_assert_ptr_nonnull (strstr (fovea_window_get_failure (bench->window), "look.fovea"));
    bench_free (bench);
}
END_TEST

START_TEST (without_a_gpu_a_capture_that_asks_for_one_says_so_in_one_line)
{
    Bench *bench = bench_new ();
    g_autoptr (FoveaDevice) device = fovea_device_open ("cuda", 0, NULL);
    if (device != NULL) {
        printf ("skipped: there is a GPU\n");
        bench_free (bench);
        return;
    }
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->text = g_strdup (window_bench_text);
    request->device = g_strdup ("cuda");
    request->limit = 1;
    fovea_window_capture (bench->window, request, bench->path);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    const char *failure = fovea_window_get_failure (bench->window);
    ck_assert_ptr_nonnull (failure);
    ck_assert_ptr_null (strchr (failure, '\n'));
    ck_assert (strstr (failure, "cuda") != NULL || strstr (failure, "CUDA") != NULL);
    /* The same on the processor works. */
    run_and_score (bench);
    bench_free (bench);
}
END_TEST

START_TEST (opening_a_store_puts_the_focus_into_its_view_and_not_into_a_text)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWidget *focus;
    RUN_UNTIL ((focus = gtk_window_get_focus (GTK_WINDOW (bench->window))) != NULL &&
               gtk_widget_is_ancestor (focus, GTK_WIDGET (bench->window->heads)));
    ck_assert (!GTK_IS_TEXT_VIEW (focus) && !GTK_IS_TEXT (focus)); /* a caret that blinks draws */
    bench_free (bench);
}
END_TEST

/* What a hand lets go over the window, through the target that the desktop asks. */
static void
drop (Bench *bench, const GValue *value)
{
    g_autoptr (GListModel) controllers =
        gtk_widget_observe_controllers (GTK_WIDGET (bench->window));
    gboolean taken = FALSE;
    guint n_targets = 0;
    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
        g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
        if (!GTK_IS_DROP_TARGET (controller))
            continue;
        GdkContentFormats *formats = gtk_drop_target_get_formats (GTK_DROP_TARGET (controller));
        if (!gdk_content_formats_contain_gtype (formats, G_VALUE_TYPE (value)))
            continue; /* files and text have one each */
        g_signal_emit_by_name (controller, "drop", value, 10.0, 10.0, &taken);
        n_targets++;
    }
    ck_assert_uint_eq (n_targets, 1);
    ck_assert (taken);
}

static void
drop_path (Bench *bench, const char *path)
{
    g_auto (GValue) value = G_VALUE_INIT;
    g_autoptr (GFile) file = g_file_new_for_path (path);
    GSList list = {file, NULL};
    g_value_init (&value, GDK_TYPE_FILE_LIST);
    g_value_set_boxed (&value, &list);
    drop (bench, &value);
}

START_TEST (stores_models_dictionaries_and_text_can_be_dropped)
{
    Bench *first = bench_new (), *bench = bench_new ();
    open_scored (first);
    drop_path (bench, first->path);
    RUN_UNTIL (fovea_selection_get_info (bench->selection) != NULL);
    /* A dictionary is encoded with, once there is something to encode. */
    g_autofree char *folder = fovea_data_find ("sae/topk", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    drop_path (bench, folder);
    ck_assert (fovea_window_is_busy (bench->window));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "topk, 1,536 latents") != NULL);
    /* A model's folder opens the dialog with it. */
    drop_path (bench, first->folder);
    RUN_UNTIL (find_window ("New capture") != NULL);
    gtk_window_destroy (GTK_WINDOW (find_window ("New capture")));
    g_auto (GValue) text = G_VALUE_INIT;
    g_value_init (&text, G_TYPE_STRING);
    g_value_set_string (&text, "Call me Ishmael.");
    drop (bench, &text);
    g_autofree char *typed = fovea_start_page_get_text (bench->window->start);
    ck_assert_str_eq (typed, "Call me Ishmael.");
    RUN_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (bench->window->start)));
    bench_free (bench);
    bench_free (first);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_set_timeout (tcase, turn_meter_holds () ? 2 * SECONDS : 280);
    tcase_add_test (tcase, no_action_of_a_session_holds_the_main_loop);
    if (g_getenv ("REST") != NULL)
        return;
    tcase_add_test (tcase, every_view_comes_to_rest);
    tcase_add_test (tcase, memory_stays_where_it_is_over_a_thousand_selections);
    tcase_add_test (tcase, a_store_that_goes_away_is_told_in_one_line_and_the_window_goes_on);
    tcase_add_test (tcase, without_a_gpu_a_capture_that_asks_for_one_says_so_in_one_line);
    tcase_add_test (tcase, stores_models_dictionaries_and_text_can_be_dropped);
    tcase_add_test (tcase, opening_a_store_puts_the_focus_into_its_view_and_not_into_a_text);
}

int
main (void)
{
    return window_bench_main ("session", add_tests);
}
