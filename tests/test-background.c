/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the window has done behind its back: threads that give way to it, and files that are written on
 * the side. */
#include "app/window/recent.h"
#include "app/window/relay.h"
#include "app/window/writer.h"
#include "kernels/threads.h"
#include "tests/support.h"
#include "tests/yields.h"
#include "ui/background.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
get_niceness (void)
{
    return getpriority (PRIO_PROCESS, (id_t) gettid ());
}

static cpu_set_t
get_processors (void)
{
    cpu_set_t processors;
    sched_getaffinity (0, sizeof processors, &processors);
    return processors;
}

/* What threads saw; Check's own words belong to the test's thread. */
typedef struct {
    int own, made; /* niceness of the thread, and of one that it made */
    int offers;    /* of the processor, in a loop of two items */
    cpu_set_t own_processors, made_processors;
    GObject *object;
    GCancellable *cancellable;
    GThread *freed;
    gboolean done;
} Seen;

static gpointer
look (gpointer seen)
{
    ((Seen *) seen)->made = get_niceness ();
    ((Seen *) seen)->made_processors = get_processors ();
    return NULL;
}

static void
nothing (void *data, int64_t i, int worker)
{
}

static void
work (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Seen *seen = data;
    seen->object = object;
    seen->cancellable = cancellable;
    seen->own = get_niceness ();
    seen->own_processors = get_processors ();
    g_thread_join (g_thread_new ("made", look, seen));
    FoveaThreads *team = fovea_threads_new (1);
    yields_take ();
    fovea_threads_loop (team, 2, nothing, NULL);
    seen->offers = yields_take ();
    fovea_threads_free (team);
    g_task_return_int (task, 42);
}

static void
done (GObject *object, GAsyncResult *result, gpointer data)
{
    Seen *seen = data;
    g_autoptr (GError) error = NULL;
    ck_assert_int_eq (g_task_propagate_int (G_TASK (result), &error), 42);
    ck_assert_ptr_null (error);
    seen->done = TRUE;
}

static void
gone (gpointer data, GObject *object)
{
    ((Seen *) data)->freed = g_thread_self ();
}

/* The task holds the only reference to its object by then: whichever thread drops it disposes of it. */
START_TEST (work_gives_way_to_the_main_loop_and_ends_on_it)
{
    static const FoveaBackground kinds[] = {FOVEA_BACKGROUND_LOOK, FOVEA_BACKGROUND_JOB};
    Seen seen[G_N_ELEMENTS (kinds)] = {0};
    int before = get_niceness ();
    cpu_set_t processors = get_processors (), both;
    guint n = (guint) CPU_COUNT (&processors);
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_object_weak_ref (object, gone, &seen[i]);
        GTask *task = g_task_new (object, cancellable, done, &seen[i]);
        g_object_unref (object); /* the task has it */
        g_task_set_task_data (task, &seen[i], NULL);
        fovea_background_run (task, kinds[i], work);
        g_object_unref (task);
        while (!seen[i].done || seen[i].freed == NULL)
            g_main_context_iteration (NULL, TRUE);
        ck_assert_ptr_eq (seen[i].freed, g_thread_self ());
        ck_assert_ptr_eq (seen[i].object, object);
        ck_assert_ptr_eq (seen[i].cancellable, cancellable);
        ck_assert_int_eq (seen[i].made, seen[i].own);
        ck_assert_int_eq (seen[i].offers, 2);
        ck_assert (CPU_EQUAL (&seen[i].made_processors, &seen[i].own_processors));
        ck_assert_uint_eq ((guint) CPU_COUNT (&seen[i].own_processors),
                           fovea_background_count (kinds[i], n));
        CPU_AND (&both, &seen[i].own_processors, &processors);
        ck_assert (
            CPU_EQUAL (&both, &seen[i].own_processors)); /* none that the process may not use */
    }
    ck_assert_int_gt (seen[0].own, before);
    ck_assert_int_gt (seen[1].own, seen[0].own);
    ck_assert_int_eq (get_niceness (), before);
    both = get_processors ();
    ck_assert (CPU_EQUAL (&both, &processors));
}
END_TEST

/* What a task or a pool is at until it is let go. */
typedef struct {
    gint let_go, ended; /* atomic */
} Hold;

static void
hold (Hold *at)
{
    while (!g_atomic_int_get (&at->let_go))
        g_thread_yield ();
    g_atomic_int_set (&at->ended, TRUE);
}

static void
hold_task (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    hold (data);
    g_task_return_boolean (task, TRUE);
}

static void
hold_in_pool (gpointer data, gpointer unused)
{
    hold (data);
}

/* Fonts and numbers are taken down by exit(). */
START_TEST (a_process_ends_after_what_was_asked_for)
{
    Hold task = {0}, pooled = {0};
    GTask *asked = g_task_new (NULL, NULL, NULL, NULL);
    g_task_set_task_data (asked, &task, NULL);
    fovea_background_run (asked, FOVEA_BACKGROUND_LOOK, hold_task);
    g_object_unref (asked);
    fovea_background_push (fovea_background_new_pool (hold_in_pool, 1), &pooled);
    ck_assert (!fovea_background_finish (0.01));
    g_atomic_int_set (&task.let_go, TRUE);
    ck_assert (!fovea_background_finish (0.01));
    g_atomic_int_set (&pooled.let_go, TRUE);
    ck_assert (fovea_background_finish (60));
    ck_assert (g_atomic_int_get (&task.ended) && g_atomic_int_get (&pooled.ended));
}
END_TEST

/* As Linux lays out what it tells of a thread; the slice of an ordinary one is told since 6.12. */
typedef struct {
    guint32 size, policy;
    guint64 flags;
    gint32 nice;
    guint32 priority;
    guint64 runtime, deadline, period;
} Attributes;

static gpointer
get_slice (gpointer data)
{
    Attributes own = {0};
    if (syscall (SYS_sched_getattr, 0, &own, sizeof own, 0) != 0)
        own.runtime = 0;
    return GUINT_TO_POINTER ((guint) (own.runtime / 1000));
}

static gpointer
lead (gpointer slices)
{
    guint *us = slices;
    us[0] = GPOINTER_TO_UINT (get_slice (NULL));
    fovea_background_lead ();
    us[1] = GPOINTER_TO_UINT (get_slice (NULL));
    us[2] = GPOINTER_TO_UINT (g_thread_join (g_thread_new ("made", get_slice, NULL)));
    us[3] = (guint) get_niceness ();
    return NULL;
}

/* Its slice is what the scheduler owes it at most after a sleep. */
START_TEST (the_main_loop_is_not_interrupted_by_what_gives_way_to_it)
{
    guint us[4];
    g_thread_join (g_thread_new ("lead", lead, us));
    ck_assert_uint_eq (us[3], (guint) get_niceness ());
    if (us[0] == 0) {
        printf ("skipped: this kernel tells of no slices\n");
        return;
    }
    ck_assert_uint_eq (us[1], 100000);
    ck_assert_uint_eq (us[2], us[0]); /* what it makes is not the main loop */
}
END_TEST

START_TEST (a_processor_is_left_to_the_main_loop_where_there_are_enough)
{
    static const guint looks[] = {1, 1, 2, 3, 4}, jobs[] = {1, 2, 3, 3, 4}; /* of 1, 2, 3, 4, 5 */
    for (guint n = 1; n <= G_N_ELEMENTS (looks); n++) {
        ck_assert_uint_eq (fovea_background_count (FOVEA_BACKGROUND_LOOK, n), looks[n - 1]);
        ck_assert_uint_eq (fovea_background_count (FOVEA_BACKGROUND_JOB, n), jobs[n - 1]);
    }
}
END_TEST

enum {
    WRITES = 100,
    POSTS = 1000,
    PAUSE_MS = 80, /* between two that are told */
};

typedef struct {
    guint n;
    double first, last;
    gint64 began, ended; /* us, of the first and the last that were told */
} Told;

static void
tell (gpointer data, double fraction, const char *text)
{
    Told *told = data;
    ck_assert_str_eq (text, "some of them");
    told->ended = g_get_monotonic_time ();
    if (told->n++ == 0) {
        told->first = fraction;
        told->began = told->ended;
    }
    told->last = fraction;
}

static gpointer
post (gpointer relay)
{
    for (guint i = 1; i <= POSTS; i++) {
        fovea_relay_post (relay, (double) i / POSTS, g_strdup ("some of them"));
        g_usleep (300);
    }
    return NULL;
}

START_TEST (progress_is_told_some_times_a_second_and_to_its_end)
{
    Told told = {0};
    FoveaRelay *relay = fovea_relay_new (tell, &told);
    GThread *thread = g_thread_new ("post", post, relay);
    while (told.last < 1)
        g_main_context_iteration (NULL, TRUE);
    g_thread_join (thread);
    ck_assert_double_lt (told.first, 1); /* at once */
    ck_assert_uint_gt (told.n, 1);
    ck_assert_int_ge (told.ended - told.began, (told.n - 1) * (PAUSE_MS - 1) * 1000);
    fovea_relay_stop (relay);
    fovea_relay_unref (relay);
}
END_TEST

static void
keep_text (gpointer data, double fraction, const char *text)
{
    char **kept = data;
    g_free (*kept);
    *kept = g_strdup (text);
}

START_TEST (progress_says_of_how_much_it_is_and_how_long_the_rest_takes)
{
    char *text = NULL;
    FoveaRelay *relay = fovea_relay_new (keep_text, &text);
    fovea_relay_post_heads (relay, 12, 8208, g_get_monotonic_time (), 0);
    while (text == NULL)
        g_main_context_iteration (NULL, TRUE);
    ck_assert_str_eq (text, "12 of 8,208 heads");
    g_clear_pointer (&text, g_free);
    fovea_relay_post_tokens (relay, 4000, 32000, g_get_monotonic_time () - 600 * G_USEC_PER_SEC, 0);
    while (text == NULL)
        g_main_context_iteration (NULL, TRUE);
    ck_assert_str_eq (text, "4,000 of 32,000 tokens · about 70 min left");
    g_clear_pointer (&text, g_free);
    fovea_relay_post_sequences (relay, 9, 45, g_get_monotonic_time () - 60 * G_USEC_PER_SEC, 0);
    while (text == NULL)
        g_main_context_iteration (NULL, TRUE);
    ck_assert_str_eq (text, "9 of 45 sequences · about 4 min left");
    g_free (text);
    fovea_relay_stop (relay);
    fovea_relay_unref (relay);
}
END_TEST

static int written[WRITES], n_written;

static void
append (gpointer number)
{
    written[n_written++] = GPOINTER_TO_INT (number);
}

static void
count (gpointer n)
{
    g_usleep (1000);
    g_atomic_int_inc ((int *) n);
}

START_TEST (writes_come_in_order_and_flushing_waits_for_them)
{
    int n = 0;
    for (int i = 0; i < WRITES; i++)
        fovea_writer_push (append, GINT_TO_POINTER (i));
    fovea_writer_push (count, &n);
    fovea_writer_flush ();
    ck_assert_int_eq (n_written, WRITES);
    for (int i = 0; i < WRITES; i++)
        ck_assert_int_eq (written[i], i);
    ck_assert_int_eq (g_atomic_int_get (&n), 1);
    fovea_writer_flush (); /* nothing to wait for */
    fovea_writer_push (count, &n);
    fovea_writer_flush ();
    ck_assert_int_eq (g_atomic_int_get (&n), 2);
}
END_TEST

static char *
get_list (void)
{
    return g_build_filename (g_get_user_data_dir (), "recently-used.xbel", NULL);
}

/* Names of the stores that the list knows, which another program could have written. */
static void
check_list (const char *const *paths, guint n)
{
    g_autofree char *file = get_list ();
    g_autoptr (GError) error = NULL;
    GBookmarkFile *list = g_bookmark_file_new ();
    ck_assert_msg (g_bookmark_file_load_from_file (list, file, &error), "%s: %s", file,
                   error != NULL ? error->message : "");
    ck_assert_int_eq (g_bookmark_file_get_size (list), (int) n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *uri = g_filename_to_uri (paths[i], NULL, NULL);
        g_autofree char *type = g_bookmark_file_get_mime_type (list, uri, NULL);
        ck_assert_str_eq (type, "application/x-fovea");
        ck_assert (g_bookmark_file_has_application (list, uri, "Fovea", NULL));
    }
    g_bookmark_file_free (list);
}

START_TEST (stores_are_added_to_the_desktops_list_once_and_a_damaged_list_is_left_alone)
{
    static const char *const paths[] = {"/a place/one.fovea", "/two & three.fovea"};
    static const char damaged[] = "no list at all";
    g_autofree char *file = get_list ();
    g_autofree char *left = NULL;
    for (guint i = 0; i < 2 * G_N_ELEMENTS (paths); i++)
        fovea_recent_note (paths[i % G_N_ELEMENTS (paths)]);
    fovea_writer_flush ();
    check_list (paths, G_N_ELEMENTS (paths));
    ck_assert (g_file_set_contents (file, damaged, -1, NULL));
    fovea_recent_note (paths[0]);
    fovea_writer_flush ();
    ck_assert (g_file_get_contents (file, &left, NULL, NULL));
    ck_assert_str_eq (left, damaged);
}
END_TEST

int
main (void)
{
    char *folder = g_dir_make_tmp ("fovea-test-XXXXXX", NULL);
    g_setenv ("XDG_DATA_HOME", folder, TRUE); /* not the list of whoever runs this */
    Suite *suite = suite_create ("background");
    TCase *threads = tcase_create ("threads");
    tcase_add_test (threads, work_gives_way_to_the_main_loop_and_ends_on_it);
    tcase_add_test (threads, a_process_ends_after_what_was_asked_for);
    tcase_add_test (threads, the_main_loop_is_not_interrupted_by_what_gives_way_to_it);
    tcase_add_test (threads, a_processor_is_left_to_the_main_loop_where_there_are_enough);
    tcase_add_test (threads, progress_is_told_some_times_a_second_and_to_its_end);
    tcase_add_test (threads, progress_says_of_how_much_it_is_and_how_long_the_rest_takes);
    suite_add_tcase (suite, threads);
    TCase *writer = tcase_create ("writer");
    tcase_add_test (writer, writes_come_in_order_and_flushing_waits_for_them);
    tcase_add_test (writer,
                    stores_are_added_to_the_desktops_list_once_and_a_damaged_list_is_left_alone);
    suite_add_tcase (suite, writer);
    int status = support_run (suite);
    support_remove_dir (folder); /* frees it */
    return status;
}
