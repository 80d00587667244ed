/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a capture goes as it happens: memory (fovea_memory_sink_new()) or a store (storage/). Calls
 * come in this order, one at a time: begin, then write many times, then finish or abandon; then
 * begin again for the next sequence. Writes may come from another thread than the rest. */
#include "capture/trace.h"

typedef struct _FoveaSink FoveaSink;

struct _FoveaSink {
    /* A sequence starts. @arrays: of #FoveaArray, known completely before the first write; borrowed
     * until finish. */
    gboolean (*begin) (FoveaSink *sink,
                       const FoveaTraceInfo *info,
                       GPtrArray *arrays,
                       GError **error);
    /* @n_rows rows of arrays[index] from @first_row; @data as f32 (argmax: i32), dense, converted
     * to the array's type by the sink. Rows of an array come once each, in rising order within each
     * value of the first axis. Returns after copying. */
    gboolean (*write) (FoveaSink *sink,
                       guint index,
                       gint64 first_row,
                       gint64 n_rows,
                       const void *data,
                       GError **error);
    /* The sequence is complete; gives its trace, readable at once. */
    FoveaTrace *(*finish) (FoveaSink *sink, GError **error);
    /* The sequence failed or was cancelled: nothing of it remains. */
    void (*abandon) (FoveaSink *sink);
    void (*free) (FoveaSink *sink);
    /* Optional (NULL = never): the memory where @n_rows rows of arrays[index] will stay, in the
     * array's own type, to be filled by the caller instead of a write, before finish.
     * Thread: any number of them at once. */
    gpointer (*reserve) (FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows);
};

/**
 * fovea_sink_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @sink.
 */
void fovea_sink_free (FoveaSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSink, fovea_sink_free)

/**
 * fovea_memory_sink_new:
 *
 * Keeps arrays in memory, one mapping each, in their kept type. A trace that is freed before the
 * next sequence begins leaves its memory to that one.
 *
 * Thread: any.   Owner: caller frees with fovea_sink_free(); traces outlive it.
 */
FoveaSink *fovea_memory_sink_new (void);
