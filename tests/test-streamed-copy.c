/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Copies past the caches: every byte arrives and none beside them is touched, from and to anywhere. */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "kernels/streamed-copy.h"
#include "tests/support.h"

enum {
    ROOM = 64, /* before and behind what is copied */
    GUARD = 0xa5
};

/* Copies @bytes from @from bytes behind a line's beginning to @to behind one. */
static void
check_copy (gsize to, gsize from, gsize bytes)
{
    gsize room = 4 * ROOM + bytes;
    g_autofree guint8 *source = g_malloc (room), *memory = g_malloc (room);
    gsize line = -GPOINTER_TO_SIZE (memory) % ROOM, other = -GPOINTER_TO_SIZE (source) % ROOM;
    guint8 *target = memory + line + ROOM + to;
    for (gsize i = 0; i < room; i++)
        source[i] = (guint8) (i * 131 + i / 256);
    memset (memory, GUARD, room);
    fovea_streamed_copy (target, source + other + from, bytes);
    for (gsize i = 0; i < room; i++) {
        gboolean inside = memory + i >= target && memory + i < target + bytes;
        guint8 wanted = inside ? source[other + from + (gsize) (memory + i - target)] : GUARD;
        if (memory[i] != wanted)
            ck_abort_msg ("%zu bytes from %zu to %zu: byte %zu is %d, not %d", bytes, from, to, i,
                          memory[i], wanted);
    }
}

START_TEST (any_number_of_bytes_arrives_at_any_place)
{
    for (gsize to = 0; to < ROOM; to++)
        for (gsize bytes = 0; bytes < 200; bytes += 1 + to % 3)
            check_copy (to, (to * 7) % ROOM, bytes);
}
END_TEST

START_TEST (a_long_copy_arrives_whole)
{
    static const gsize sizes[] = {4095, 4096, 65537, 512 << 10, (3 << 20) + 17};
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        check_copy (0, 0, sizes[i]);
        check_copy (16, 0, sizes[i]);
        check_copy (63, 1, sizes[i]);
    }
}
END_TEST

START_TEST (nothing_is_copied_from_nowhere)
{
    guint8 byte = GUARD;
    fovea_streamed_copy (&byte, &byte + 1, 0);
    ck_assert_uint_eq (byte, GUARD);
}
END_TEST

/* Bytes of one thread's copies, which another reads as soon as it is told of them. */
typedef struct {
    guint8 *to;
    gint ready; /* copies so far */
} Handed;

enum {
    PIECES = 200,
    BYTES = 8192
};

static gpointer
copy_pieces (gpointer data)
{
    Handed *handed = data;
    g_autofree guint8 *from = g_malloc (BYTES);
    for (int i = 0; i < PIECES; i++) {
        memset (from, i + 1, BYTES);
        fovea_streamed_copy (handed->to + (gsize) i * BYTES, from, BYTES);
        g_atomic_int_set (&handed->ready, i + 1);
    }
    return NULL;
}

START_TEST (another_thread_sees_all_that_it_is_told_of)
{
    g_autofree guint8 *memory = g_malloc0 ((gsize) PIECES * BYTES);
    Handed handed = {memory, 0};
    GThread *thread = g_thread_new ("copies", copy_pieces, &handed);
    for (int seen = 0; seen < PIECES;) {
        int ready = g_atomic_int_get (&handed.ready);
        for (; seen < ready; seen++) {
            const guint8 *piece = memory + (gsize) seen * BYTES;
            ck_assert_uint_eq (piece[0], (guint8) (seen + 1));
            ck_assert_mem_eq (piece, piece + 1, BYTES - 1);
        }
        g_thread_yield ();
    }
    g_thread_join (thread);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("streamed copy");
    TCase *tests = tcase_create ("copy");
    tcase_add_test (tests, any_number_of_bytes_arrives_at_any_place);
    tcase_add_test (tests, a_long_copy_arrives_whole);
    tcase_add_test (tests, nothing_is_copied_from_nowhere);
    tcase_add_test (tests, another_thread_sees_all_that_it_is_told_of);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
