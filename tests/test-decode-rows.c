/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Statistics of rows while decoding: those of a capture of the same tokens, at no change to the
 * logits, and with nothing taken or waited for between layers. */
#include <math.h>
#include <string.h>

#include "capture/session-rows.h"
#include "tests/forward-support.h"
#include "tests/late-device.h"

enum {
    PROMPT = 70, /* longer than a block */
    STEPS = 9,
    T = PROMPT + STEPS,
    CHUNK = 64,
    V = 8192
};

static void
make_ids (gint32 *ids)
{
    for (int t = 0; t < T; t++)
        ids[t] = (t * t * 37 + 11 * t) % V;
}

/* Kinds of runner: on the CPU (or FOVEA_TEST_DEVICE), and on a device with its own memory. */
static Runner
open_kind (int kind)
{
    const LateOptions options = {.seed = 5, .n_threads = 2};
    return kind == 0 ? runner_open ("demo", "cpu", T, CHUNK)
                     : runner_open_on ("demo", late_device_new (&options), T, CHUNK, 0);
}

static void
close_kind (Runner *runner, int kind)
{
    if (kind == 0) {
        runner_close (runner);
        return;
    }
    fovea_session_free (runner->session);
    late_device_free (runner->device);
    fovea_model_unref (runner->model);
}

static void
run (Runner *runner, const gint32 *ids, gint64 n, float *logits)
{
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_session_run (runner->session, ids, n, logits, NULL, &error), "%s",
                   error != NULL ? error->message : "");
}

static FoveaRowStatistics *
read_rows (Runner *runner)
{
    g_autoptr (GError) error = NULL;
    FoveaRowStatistics *rows = fovea_session_read_rows (runner->session, &error);
    ck_assert_msg (rows != NULL, "%s", error != NULL ? error->message : "");
    return rows;
}

/* Rows [first, first + rows) of a captured point against (L, rows, H) values. */
static void
compare (FoveaTrace *trace,
         const char *point,
         const FoveaRowStatistics *got,
         gint64 first,
         const float *values)
{
    gint64 H = got->heads, n;
    for (gint64 layer = 0; layer < got->n_layers; layer++) {
        g_autofree char *name = g_strdup_printf ("blocks.%d.attn.hook_%s", (int) layer, point);
        g_autofree float *want = support_read_point (trace, name, &n);
        ck_assert_int_eq (n, T * H);
        for (gint64 i = 0; i < got->rows * H; i++) {
            float a = values[layer * got->rows * H + i], b = want[first * H + i];
            ck_assert_msg (fabsf (a - b) <= 2e-4f * (1 + fabsf (b)),
                           "%s, %ld rows from %ld: %g, %g", name, (long) got->rows, (long) first,
                           (double) a, (double) b);
        }
    }
}

static void
compare_all (FoveaTrace *trace, const FoveaRowStatistics *got, gint64 first)
{
    gint64 n = got->n_layers * got->rows * got->heads;
    g_autofree float *keys = g_new (float, n);
    for (gint64 i = 0; i < n; i++)
        keys[i] = (float) got->max_key[i];
    compare (trace, "lse", got, first, got->lse);
    compare (trace, "row_entropy", got, first, got->entropy);
    compare (trace, "row_max", got, first, got->max_weight);
    compare (trace, "row_argmax", got, first, keys);
    compare (trace, "row_distance", got, first, got->mean_distance);
    compare (trace, "row_first", got, first, got->first_mass);
    compare (trace, "row_local", got, first, got->local_mass);
}

/* One token at a time, and then a few together. */
START_TEST (rows_of_decoding_are_those_of_a_capture)
{
    g_autoptr (GError) error = NULL;
    gint32 ids[T];
    make_ids (ids);
    Runner runner = open_kind (_i);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&runner, ids, T, "attention", FOVEA_F32, FALSE, NULL);
    ck_assert_msg (fovea_session_watch_rows (runner.session, 4, &error), "%s",
                   error != NULL ? error->message : "");
    run (&runner, ids, PROMPT, NULL);
    for (gint64 at = PROMPT, n = 1; at < T; at += n) {
        n = at < PROMPT + 3 ? 1 : MIN (4, T - at);
        run (&runner, ids + at, n, NULL);
        g_autoptr (FoveaRowStatistics) rows = read_rows (&runner);
        ck_assert_int_eq (rows->rows, n);
        ck_assert_int_eq (rows->n_layers, 6);
        ck_assert_int_eq (rows->heads, 12);
        compare_all (trace, rows, at);
    }
    close_kind (&runner, _i);
}
END_TEST

START_TEST (watching_keeps_the_bits_of_logits)
{
    gint32 ids[T];
    make_ids (ids);
    Runner runner = open_kind (_i);
    g_autofree float *plain = g_new (float, V), *watched = g_new (float, V);
    run (&runner, ids, PROMPT, NULL);
    run (&runner, ids + PROMPT, 1, plain);
    fovea_session_reset (runner.session);
    ck_assert (fovea_session_watch_rows (runner.session, 1, NULL));
    run (&runner, ids, PROMPT, NULL);
    run (&runner, ids + PROMPT, 1, watched);
    ck_assert_mem_eq (plain, watched, V * sizeof (float));
    close_kind (&runner, _i);
}
END_TEST

/* A token waits for its logits, for NaN and for its statistics; no buffer is taken for it. */
START_TEST (decoding_takes_no_memory_and_waits_only_at_its_end)
{
    gint32 ids[T];
    make_ids (ids);
    Runner runner = open_kind (1);
    g_autofree float *logits = g_new (float, V);
    ck_assert (fovea_session_watch_rows (runner.session, 1, NULL));
    run (&runner, ids, PROMPT, NULL);
    guint taken = late_device_allocations (runner.device);
    for (int t = PROMPT; t < T; t++) {
        guint reads = late_device_reads (runner.device);
        run (&runner, ids + t, 1, logits);
        ck_assert_uint_eq (late_device_reads (runner.device) - reads, 2);
        g_autoptr (FoveaRowStatistics) rows = read_rows (&runner);
        ck_assert_uint_eq (late_device_reads (runner.device) - reads, 3);
    }
    ck_assert_uint_eq (late_device_allocations (runner.device), taken);
    close_kind (&runner, 1);
}
END_TEST

static void
expect_none (Runner *runner)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_session_read_rows (runner->session, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
}

START_TEST (rows_that_nobody_watched_are_refused)
{
    gint32 ids[T];
    make_ids (ids);
    Runner runner = open_kind (_i);
    expect_none (&runner);
    run (&runner, ids, 1, NULL);
    expect_none (&runner);
    ck_assert (fovea_session_watch_rows (runner.session, 2, NULL));
    expect_none (&runner);
    run (&runner, ids, 3, NULL);
    expect_none (&runner);
    run (&runner, ids, 2, NULL);
    fovea_row_statistics_free (read_rows (&runner));
    ck_assert (fovea_session_watch_rows (runner.session, 0, NULL));
    run (&runner, ids, 1, NULL);
    expect_none (&runner);
    ck_assert (fovea_session_watch_rows (runner.session, 1, NULL));
    run (&runner, ids, 1, NULL);
    fovea_row_statistics_free (read_rows (&runner));
    fovea_session_reset (runner.session);
    expect_none (&runner);
    close_kind (&runner, _i);
}
END_TEST

START_TEST (numbers_of_rows_out_of_range_are_refused)
{
    static const gint64 counts[] = {-1, CHUNK + 1};
    Runner runner = open_kind (_i);
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!fovea_session_watch_rows (runner.session, counts[i], &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
        ck_assert_ptr_nonnull (strstr (error->message, "0 to 64"));
    }
    ck_assert (fovea_session_watch_rows (runner.session, CHUNK, NULL));
    close_kind (&runner, _i);
}
END_TEST

START_TEST (no_room_for_rows_is_a_memory_error)
{
    g_autoptr (GError) error = NULL;
    const LateOptions options = {.memory = 80 << 20};
    Runner runner = runner_open_on ("demo", late_device_new (&options), 1024, 1024, 0);
    guint64 free_bytes, total;
    const FoveaOps *ops = fovea_device_get_ops (runner.device);
    fovea_device_memory (runner.device, &free_bytes, &total);
    void *rest = ops->alloc (runner.device, free_bytes);
    ck_assert (!fovea_session_watch_rows (runner.session, 1024, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY), "%s", error->message);
    ops->free (runner.device, rest);
    close_kind (&runner, 1);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("decode rows");
    TCase *tests = tcase_create ("rows");
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, rows_of_decoding_are_those_of_a_capture, 0, 2);
    tcase_add_loop_test (tests, watching_keeps_the_bits_of_logits, 0, 2);
    tcase_add_test (tests, decoding_takes_no_memory_and_waits_only_at_its_end);
    tcase_add_loop_test (tests, rows_that_nobody_watched_are_refused, 0, 2);
    tcase_add_loop_test (tests, numbers_of_rows_out_of_range_are_refused, 0, 2);
    tcase_add_test (tests, no_room_for_rows_is_a_memory_error);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
