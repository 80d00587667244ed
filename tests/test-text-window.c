/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Windows of tokens against the whole sequence, at its ends, without texts, and of a damaged store. */
#include <string.h>

#include "storage/text-window.h"
#include "tests/store-support.h"

enum {
    T = 40
};

static void
check_window (FoveaStore *store, const FoveaTraceInfo *info, gint64 position, guint reach)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTextWindow) window =
        fovea_store_read_window (store, 1, position, reach, &error);
    ck_assert_msg (window != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (window->n_tokens, T);
    ck_assert_int_eq (window->first, MAX (position - (gint64) reach, 0));
    ck_assert_int_eq (window->first + window->n, MIN (position + (gint64) reach + 1, T));
    for (guint i = 0; i < window->n; i++) {
        ck_assert_str_eq (window->texts[i], info->token_texts[window->first + i]);
        ck_assert_int_eq (window->special[i],
                          info->special != NULL && info->special[window->first + i]);
    }
    ck_assert_ptr_null (window->texts[window->n]);
}

START_TEST (windows_are_parts_of_the_sequence)
{
    store_make (2, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    for (gint64 position = 0; position < T; position++) {
        check_window (store, info, position, 3);
        check_window (store, info, position, 100);
    }
    check_window (store, info, 7, 0);
}
END_TEST

START_TEST (token_that_there_is_not_has_an_empty_window)
{
    static const gint64 outside[] = {-1, T, T + 100};
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
        g_autoptr (FoveaTextWindow) window =
            fovea_store_read_window (store, 1, outside[i], 3, NULL);
        ck_assert_uint_eq (window->n, 0);
        ck_assert_int_eq (window->n_tokens, T);
        ck_assert_ptr_null (window->texts[0]);
    }
}
END_TEST

START_TEST (sequence_that_is_not_there_is_refused)
{
    g_autoptr (GError) missing = NULL, unfinished = NULL;
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_store_read_window (store, 9, 0, 3, &missing));
    ck_assert (g_error_matches (missing, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    store_run_sql ("UPDATE sequence SET complete = 0");
    ck_assert_ptr_null (fovea_store_read_window (store, 1, 0, 3, &unfinished));
    ck_assert (g_error_matches (unfinished, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
}
END_TEST

START_TEST (places_stand_for_texts_that_were_not_kept)
{
    store_make (1, T);
    store_run_sql ("UPDATE token SET text = NULL; UPDATE token SET id = 500 + position");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTextWindow) window = fovea_store_read_window (store, 1, 5, 1, NULL);
    ck_assert_str_eq (window->texts[0], " 504");
    store_run_sql ("DELETE FROM token");
    g_autoptr (FoveaTextWindow) bare = fovea_store_read_window (store, 1, 5, 1, NULL);
    ck_assert_str_eq (bare->texts[2], " 6");
}
END_TEST

START_TEST (missing_tokens_are_damage)
{
    g_autoptr (GError) error = NULL;
    store_make (1, T);
    store_run_sql ("DELETE FROM token WHERE position = 6");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_store_read_window (store, 1, 5, 2, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    g_autoptr (FoveaTextWindow) elsewhere = fovea_store_read_window (store, 1, 20, 2, NULL);
    ck_assert_uint_eq (elsewhere->n, 5);
}
END_TEST

static gboolean
begins_with (FoveaStore *store, const gint32 *ids, gint64 n)
{
    g_autoptr (GError) error = NULL;
    gboolean begins = 7;
    gboolean ok = fovea_store_begins_with (store, 1, ids, n, &begins, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
    return begins;
}

START_TEST (beginnings_are_told_apart)
{
    gint32 ids[T + 1] = {0};
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "made");
    memcpy (ids, info->ids, T * sizeof *ids);
    for (gint64 n = 1; n <= T; n++)
        ck_assert (begins_with (store, ids, n));
    ck_assert (!begins_with (store, ids, T + 1));
    for (gint64 t = 0; t < T; t++) {
        ids[t]++;
        ck_assert (!begins_with (store, ids, T));
        ck_assert (t == 0 || begins_with (store, ids, t));
        ids[t]--;
    }
    store_run_sql ("UPDATE token SET id = NULL");
    ids[0]++;
    ck_assert (begins_with (store, ids, T)); /* nothing tells otherwise */
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("windows");
    tcase_add_checked_fixture (tc, store_set_up, store_tear_down);
    tcase_add_test (tc, windows_are_parts_of_the_sequence);
    tcase_add_test (tc, token_that_there_is_not_has_an_empty_window);
    tcase_add_test (tc, sequence_that_is_not_there_is_refused);
    tcase_add_test (tc, places_stand_for_texts_that_were_not_kept);
    tcase_add_test (tc, missing_tokens_are_damage);
    tcase_add_test (tc, beginnings_are_told_apart);
    Suite *suite = suite_create ("text-window");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
