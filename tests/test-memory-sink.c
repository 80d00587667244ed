/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Whose memory a trace of the memory sink stands in: its own while it lives, whatever the sink does;
 * the next sequence's once it is gone. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* mincore() names addresses that are not mapped. */
static gboolean
is_mapped (const void *at)
{
    guintptr page = (guintptr) sysconf (_SC_PAGESIZE);
    unsigned char resident;
    return mincore ((void *) ((guintptr) at / page * page), 1, &resident) == 0 || errno != ENOMEM;
}

START_TEST (shorter_sequence_takes_what_it_needs_of_the_memory)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    const gint64 longer = 1 << 20, shorter = 1 << 14;
    float *first_at, *second_at;
    fovea_trace_unref (capture (sink, longer, 1, (gpointer *) &first_at));
    g_autoptr (FoveaTrace) trace = capture (sink, shorter, 2, (gpointer *) &second_at);
    ck_assert_ptr_eq (first_at, second_at);
    check_value (trace, shorter, 2);
    ck_assert (is_mapped (second_at + shorter * WIDTH - 1));
    ck_assert (!is_mapped (second_at + longer * WIDTH - 1));
}
END_TEST

/* Sizes about a line, a page and a huge page; each array is filled to its last byte. */
START_TEST (arrays_of_a_sequence_share_no_byte)
{
    static const gint64 widths[] = {1, 16, 17, 1024, 1025, 524288, 524289, 3};
    const gint64 n_rows = 2;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (FoveaTraceInfo) info = new_info ();
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_autoptr (GError) error = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        g_autofree char *name = g_strdup_printf ("a%u", i);
        FoveaArray array = {name, FOVEA_F32, 2, {n_rows, widths[i]}, 1};
        g_ptr_array_add (arrays, fovea_array_copy (&array));
    }
    ck_assert (sink->begin (sink, info, arrays, &error));
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        float *to = sink->reserve (sink, i, 0, n_rows);
        ck_assert_int_eq ((guintptr) to % 64, 0);
        for (gint64 at = 0; at < n_rows * widths[i]; at++)
            to[at] = (float) i + 0.5f;
    }
    g_autoptr (FoveaTrace) trace = sink->finish (sink, &error);
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        g_autofree char *name = g_strdup_printf ("a%u", i);
        g_autofree float *read = g_new (float, (gsize) (n_rows * widths[i]));
        ck_assert (fovea_trace_read (trace, name, 0, n_rows, read, &error));
        for (gint64 at = 0; at < n_rows * widths[i]; at++)
            ck_assert_float_eq (read[at], (float) i + 0.5f);
    }
}
END_TEST

static void
check_refused (gint64 rows, const char *what)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (FoveaTraceInfo) info = new_info ();
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_autoptr (GError) error = NULL;
    const FoveaArray array = {"hook_embed", FOVEA_F32, 2, {rows, WIDTH}, 1};
    g_ptr_array_add (arrays, fovea_array_copy (&array));
    ck_assert (!sink->begin (sink, info, arrays, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    ck_assert_ptr_nonnull (strstr (error->message, what));
    g_autoptr (FoveaTrace) trace = capture (sink, ROWS, 5, NULL);
    check_value (trace, ROWS, 5);
}

/* More than 64 bits can count, and more than the system's address space. */
START_TEST (too_large_a_sequence_is_refused_and_the_sink_stays_usable)
{
    check_refused (G_MAXINT64 / 2, "hook_embed: too large to address");
    check_refused (G_MAXINT64 / WIDTH / 8, "no room for");
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
    tcase_add_test (tcase, shorter_sequence_takes_what_it_needs_of_the_memory);
    tcase_add_test (tcase, arrays_of_a_sequence_share_no_byte);
    tcase_add_test (tcase, too_large_a_sequence_is_refused_and_the_sink_stays_usable);
    tcase_add_test (tcase, abandoned_sequence_leaves_the_sink_usable);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
