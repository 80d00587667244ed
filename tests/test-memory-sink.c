/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Whose memory a trace of the memory sink stands in: its own while it lives, whatever the sink does;
 * the next sequence's once it is gone. */
#include "capture/sink.h"
#include "tests/support.h"

enum {
    ROWS = 33,
    WIDTH = 5,
};

static FoveaTraceInfo *
new_info (void)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("import");
    info->model_name = g_strdup ("m");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("t");
    info->n_tokens = ROWS;
    return info;
}

static gpointer
begin (FoveaSink *sink, gint64 rows)
{
    g_autoptr (FoveaTraceInfo) info = new_info ();
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    FoveaArray array = {"hook_embed", FOVEA_F32, 2, {rows, WIDTH}, 1};
    g_ptr_array_add (arrays, fovea_array_copy (&array));
    g_autoptr (GError) error = NULL;
    ck_assert_msg (sink->begin (sink, info, arrays, &error), "%s", error ? error->message : "");
    return sink->reserve (sink, 0, 0, rows);
}

/* A finished sequence of @rows rows, each value @value. @at: (out) (optional): where it lies. */
static FoveaTrace *
capture (FoveaSink *sink, gint64 rows, float value, gpointer *at)
{
    float *to = begin (sink, rows);
    for (gint64 i = 0; i < rows * WIDTH; i++)
        to[i] = value;
    if (at != NULL)
        *at = to;
    g_autoptr (GError) error = NULL;
    FoveaTrace *trace = sink->finish (sink, &error);
    ck_assert_msg (trace != NULL, "%s", error ? error->message : "");
    return trace;
}

static void
check_value (FoveaTrace *trace, gint64 rows, float value)
{
    g_autofree float *read = g_new (float, (gsize) (rows * WIDTH));
    g_autoptr (GError) error = NULL;
    ck_assert (fovea_trace_read (trace, "hook_embed", 0, rows, read, &error));
    for (gint64 i = 0; i < rows * WIDTH; i++)
        ck_assert_float_eq (read[i], value);
}

START_TEST (living_trace_keeps_its_memory)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    gpointer first_at, second_at;
    g_autoptr (FoveaTrace) first = capture (sink, ROWS, 1, &first_at);
    g_autoptr (FoveaTrace) second = capture (sink, ROWS, 2, &second_at);
    ck_assert_ptr_ne (first_at, second_at);
    check_value (first, ROWS, 1);
    check_value (second, ROWS, 2);
}
END_TEST

START_TEST (trace_outlives_its_sink)
{
    FoveaSink *sink = fovea_memory_sink_new ();
    g_autoptr (FoveaTrace) trace = capture (sink, ROWS, 3, NULL);
    fovea_sink_free (sink);
    check_value (trace, ROWS, 3);
}
END_TEST

START_TEST (freed_trace_leaves_its_memory_to_the_next)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    gpointer first_at, second_at;
    fovea_trace_unref (capture (sink, ROWS, 1, &first_at));
    g_autoptr (FoveaTrace) second = capture (sink, ROWS, 2, &second_at);
    ck_assert_ptr_eq (first_at, second_at);
    check_value (second, ROWS, 2);
}
END_TEST

START_TEST (memory_of_another_size_is_not_reused)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    fovea_trace_unref (capture (sink, ROWS, 1, NULL));
    g_autoptr (FoveaTrace) longer = capture (sink, 20000, 2, NULL);
    check_value (longer, 20000, 2);
}
END_TEST

START_TEST (abandoned_sequence_leaves_the_sink_usable)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    begin (sink, ROWS);
    sink->abandon (sink);
    g_autoptr (FoveaTrace) trace = capture (sink, ROWS, 4, NULL);
    check_value (trace, ROWS, 4);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("memory-sink");
    TCase *tcase = tcase_create ("ownership");
    tcase_add_test (tcase, living_trace_keeps_its_memory);
    tcase_add_test (tcase, trace_outlives_its_sink);
    tcase_add_test (tcase, freed_trace_leaves_its_memory_to_the_next);
    tcase_add_test (tcase, memory_of_another_size_is_not_reused);
    tcase_add_test (tcase, abandoned_sequence_leaves_the_sink_usable);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
