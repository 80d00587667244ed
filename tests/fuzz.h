/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A fuzz target is one file that defines fuzz_one(). fuzz-driver.c makes a libFuzzer program of it
 * (clang), or an ordinary test that replays the files of tests/fuzz-corpus/NAME. */
#include "capture/trace.h"

/**
 * fuzz_one:
 * @data: exactly @size bytes on the heap, so that a sanitizer sees a read of one byte too many
 *
 * Must return whatever the bytes are.
 */
void fuzz_one (const guint8 *data, gsize size);

/**
 * fuzz_read_derived:
 *
 * Reads a row of what follows from a trace's arrays: maps and their summaries, whose buffers are
 * sized by the model's description rather than by the arrays. The first sixty points are enough.
 */
static inline void
fuzz_read_derived (FoveaTrace *trace)
{
    g_auto (GStrv) names = fovea_trace_list_points (trace);
    for (guint i = 0; i < 60 && names[i] != NULL; i++) {
        g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, names[i], NULL);
        gint64 length = array != NULL ? fovea_array_row_length (array) : 0;
        if (length <= 0 || length > 1 << 20 || fovea_array_n_rows (array) <= 0)
            continue;
        g_autofree float *out = g_new (float, length);
        fovea_trace_read (trace, names[i], 0, 1, out, NULL);
    }
}
