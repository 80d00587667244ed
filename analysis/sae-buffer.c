/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows change places in memory: a shuffle of 40 batches of 2,048 rows of 384 takes about 0.1 s, once
 * for every 20 batches. */
#include "analysis/sae-buffer.h"

#include <string.h>

#include "kernels/error.h"

enum {
    BATCHES = 40 /* of the buffer: twice those served at a time */
};

FoveaSaeBuffer *
fovea_sae_buffer_new (gint64 width, gint64 batch, guint64 seed, GError **error)
{
    g_autoptr (FoveaSaeBuffer) buffer = g_new0 (FoveaSaeBuffer, 1);
    gsize size = 0;
    buffer->width = width;
    buffer->batch = batch;
    if (g_size_checked_mul (&size, (gsize) width, (gsize) batch) &&
        g_size_checked_mul (&size, size, BATCHES * sizeof (float)))
        buffer->rows = g_try_malloc (size);
    if (buffer->rows == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "mixing buffer: no room for %d batches of %" G_GINT64_FORMAT
                     " rows of %" G_GINT64_FORMAT,
                     BATCHES, batch, width);
        return NULL;
    }
    buffer->n = batch * BATCHES;
    buffer->next = buffer->n;
    fovea_random_init (&buffer->random, seed);
    return g_steal_pointer (&buffer);
}

void
fovea_sae_buffer_free (FoveaSaeBuffer *buffer)
{
    if (buffer == NULL)
        return;
    g_free (buffer->rows);
    g_free (buffer);
}

/* Rows change places in pairs, by the spec's order of swaps. */
static void
shuffle (FoveaSaeBuffer *buffer)
{
    gsize bytes = (gsize) buffer->width * sizeof (float);
    g_autofree float *kept = g_malloc (bytes);
    for (gint64 i = buffer->n - 1; i >= 1; i--) {
        gint64 j = (gint64) fovea_random_below (&buffer->random, (guint64) i + 1);
        float *a = buffer->rows + i * buffer->width, *b = buffer->rows + j * buffer->width;
        if (i == j)
            continue;
        memcpy (kept, a, bytes);
        memcpy (a, b, bytes);
        memcpy (b, kept, bytes);
    }
}

/* The unserved half moves to the front; the first time there is none. If the source fails it moves
 * back, so that a run can be kept as it was before. */
static gboolean
refill (FoveaSaeBuffer *buffer, FoveaSaeFill fill, gpointer data, GError **error)
{
    gint64 kept = buffer->filled > 0 ? buffer->n - buffer->next : 0, width = buffer->width;
    float *back = buffer->rows + (buffer->n - kept) * width;
    gsize bytes = (gsize) (kept * width) * sizeof *back;
    memmove (buffer->rows, back, bytes);
    if (!fill (data, buffer->rows + kept * width, buffer->n - kept, error)) {
        memmove (back, buffer->rows, bytes);
        return FALSE;
    }
    buffer->next = 0;
    buffer->filled += (guint64) (buffer->n - kept);
    shuffle (buffer);
    return TRUE;
}

const float *
fovea_sae_buffer_next (FoveaSaeBuffer *buffer, FoveaSaeFill fill, gpointer data, GError **error)
{
    gboolean is_due = buffer->filled == 0 || buffer->next >= buffer->n / 2;
    if (is_due && !refill (buffer, fill, data, error))
        return NULL;
    const float *rows = buffer->rows + buffer->next * buffer->width;
    buffer->next += buffer->batch;
    return rows;
}
