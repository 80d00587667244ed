/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One read at a time, the last wish wins, what was left is dropped. A read waits at a gate, so that what
 * comes meanwhile is known to come meanwhile. */
#include "tests/run-until.h"
#include "tests/support.h"
#include "ui/reader.h"

enum {
    NOTHING = 0,
    BROKEN = 13, /* a wish that cannot be read */
};

/* What an owner wishes, and what came of it. */
typedef struct {
    GObject *object;
    FoveaReader *reader;
    int wish, taken, n_asked, n_taken, n_failed;
} Owner;

static Owner *the_owner;
static GMutex gate;             /* held: no read ends */
static gint n_requests, n_data; /* alive, atomic */

static gpointer
new_number (int value, gint *alive)
{
    int *number = g_new (int, 1);
    *number = value;
    g_atomic_int_inc (alive);
    return number;
}

static gpointer
ask (gpointer object)
{
    the_owner->n_asked++;
    return the_owner->wish != NOTHING ? new_number (the_owner->wish, &n_requests) : NULL;
}

static gpointer
read_number (gconstpointer request, GCancellable *cancellable, GError **error)
{
    int wish = *(const int *) request;
    g_mutex_lock (&gate);
    g_mutex_unlock (&gate);
    if (wish != BROKEN)
        return new_number (10 * wish, &n_data);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "wish %d", wish);
    return NULL;
}

static void
free_request (gpointer request)
{
    g_atomic_int_add (&n_requests, -1);
    g_free (request);
}

static void
free_data (gpointer data)
{
    g_atomic_int_add (&n_data, -1);
    g_free (data);
}

static void
take (gpointer object, gpointer data)
{
    the_owner->taken = *(int *) data;
    the_owner->n_taken++;
    free_data (data);
}

static void
tell_failure (gpointer object, const char *message)
{
    ck_assert_str_eq (message, "wish 13");
    the_owner->n_failed++;
}

static const FoveaReaderFunctions functions = {ask,          read_number,  take,
                                               tell_failure, free_request, free_data};

static void
set_up (void)
{
    the_owner = g_new0 (Owner, 1);
    the_owner->object = g_object_new (G_TYPE_OBJECT, NULL);
    the_owner->reader = fovea_reader_new (the_owner->object, &functions);
}

/* A read keeps its owner alive; all it made is gone in the end. */
static void
tear_down (void)
{
    RUN_UNTIL (g_atomic_int_get (&n_requests) == 0 && the_owner->object->ref_count == 1);
    ck_assert_int_eq (n_data, 0);
    fovea_reader_free (the_owner->reader);
    g_object_unref (the_owner->object);
    g_free (the_owner);
}

static void
wish (int value)
{
    the_owner->wish = value;
    fovea_reader_go (the_owner->reader);
}

START_TEST (what_is_asked_for_while_reading_is_read_once_and_last)
{
    g_mutex_lock (&gate);
    for (int i = 1; i <= 9; i++)
        wish (i);
    ck_assert_int_eq (the_owner->n_asked, 1);
    g_mutex_unlock (&gate);
    RUN_UNTIL (the_owner->taken == 90);
    ck_assert_int_eq (the_owner->n_taken, 2); /* the first and the last */
    ck_assert_int_eq (the_owner->n_asked, 2);
}
END_TEST

START_TEST (without_a_wish_nothing_is_read)
{
    wish (NOTHING);
    ck_assert_int_eq (the_owner->n_asked, 1);
    ck_assert_int_eq (n_requests, 0);
    wish (4);
    RUN_UNTIL (the_owner->taken == 40);
}
END_TEST

START_TEST (an_answer_of_what_was_left_is_dropped)
{
    g_mutex_lock (&gate);
    wish (1);
    fovea_reader_drop (the_owner->reader);
    wish (2);
    g_mutex_unlock (&gate);
    RUN_UNTIL (the_owner->taken == 20);
    ck_assert_int_eq (the_owner->n_taken, 1);
}
END_TEST

START_TEST (a_failure_is_told_and_the_next_wish_is_read)
{
    wish (BROKEN);
    RUN_UNTIL (the_owner->n_failed == 1);
    g_mutex_lock (&gate);
    wish (BROKEN);
    fovea_reader_drop (the_owner->reader); /* nobody wants to know */
    wish (3);
    g_mutex_unlock (&gate);
    RUN_UNTIL (the_owner->taken == 30);
    ck_assert_int_eq (the_owner->n_failed, 1);
}
END_TEST

/* The last is told, and only where nothing else is read in its place. */
START_TEST (a_failure_is_told_unless_another_wish_came_meanwhile)
{
    g_mutex_lock (&gate);
    wish (BROKEN);
    wish (5);
    g_mutex_unlock (&gate);
    RUN_UNTIL (the_owner->taken == 50);
    ck_assert_int_eq (the_owner->n_failed, 0);
    g_mutex_lock (&gate);
    wish (BROKEN);
    wish (NOTHING); /* as who has asked for just this already */
    g_mutex_unlock (&gate);
    RUN_UNTIL (the_owner->n_failed == 1);
}
END_TEST

START_TEST (a_stopped_reader_is_silent)
{
    g_mutex_lock (&gate);
    wish (1);
    wish (2);
    fovea_reader_stop (the_owner->reader);
    g_mutex_unlock (&gate);
    RUN_UNTIL (g_atomic_int_get (&n_requests) == 0);
    wish (3);
    ck_assert_int_eq (the_owner->n_asked, 1);
    ck_assert_int_eq (the_owner->n_taken + the_owner->n_failed, 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("reader");
    TCase *tcase = tcase_create ("reads");
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, what_is_asked_for_while_reading_is_read_once_and_last);
    tcase_add_test (tcase, without_a_wish_nothing_is_read);
    tcase_add_test (tcase, an_answer_of_what_was_left_is_dropped);
    tcase_add_test (tcase, a_failure_is_told_and_the_next_wish_is_read);
    tcase_add_test (tcase, a_failure_is_told_unless_another_wish_came_meanwhile);
    tcase_add_test (tcase, a_stopped_reader_is_silent);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
