/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The two ways to run a fuzz target. Replaying also feeds every file cut short at each length (up
 * to a bound) and with single bytes flipped, which finds most reads past the end without a fuzzer.
 */
#include "tests/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_CUTS = 600,
    FLIPS = 8
};

static void
run (const guint8 *data, gsize size)
{
    guint8 *copy = malloc (size);
    g_assert (copy != NULL || size == 0);
    if (size > 0)
        memcpy (copy, data, size);
    fuzz_one (copy, size);
    free (copy);
}

#ifdef FOVEA_LIBFUZZER

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR | G_LOG_FATAL_MASK);
    run (data, size);
    return 0;
}

#else

static void
replay (guint8 *data, gsize size)
{
    run (data, size);
    for (gsize cut = 0; cut < MIN (size, MAX_CUTS); cut++)
        run (data, cut);
    for (gsize at = 0; at < MIN (size, MAX_CUTS); at++) {
        for (int bit = 0; bit < FLIPS; bit++) {
            data[at] ^= (guint8) (1 << bit);
            run (data, size);
            data[at] ^= (guint8) (1 << bit);
        }
    }
}

int
main (int argc, char **argv)
{
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR | G_LOG_FATAL_MASK);
    g_autoptr (GDir) dir = g_dir_open (argv[argc - 1], 0, NULL);
    const char *name;
    guint n = 0;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *path = g_build_filename (argv[argc - 1], name, NULL);
        g_autofree char *data = NULL;
        gsize size;
        if (g_file_get_contents (path, &data, &size, NULL)) {
            replay ((guint8 *) data, size);
            n++;
        }
    }
    g_print ("%u files replayed\n", n);
    return n > 0 ? 0 : 1;
}

#endif
