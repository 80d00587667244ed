/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Mixing buffer: neighbouring tokens must not meet in one batch. 40 batches of rows are filled and
 * shuffled; half are served, the rest move to the front and the room behind them is filled anew
 * (methods/features-and-sparsity.md 3.1). */
#include <glib.h>

#include "capture/random.h"

/* Gives the next @n rows of a source, in an order that depends on nothing but how many were given
 * before. */
typedef gboolean (*FoveaSaeFill) (gpointer data, float *rows, gint64 n, GError **error);

typedef struct {
    gint64 width, batch;
    gint64 n;       /* rows of the buffer */
    gint64 next;    /* first row not served */
    guint64 filled; /* rows taken from the source so far */
    FoveaRandom random;
    float *rows; /* (n, width) */
} FoveaSaeBuffer;

/**
 * fovea_sae_buffer_new:
 * @width: floats of a row
 *
 * Errors: FOVEA_ERROR_MEMORY.
 * Thread: any.   Owner: caller frees with fovea_sae_buffer_free(); autoptr.
 */
FoveaSaeBuffer *fovea_sae_buffer_new (gint64 width, gint64 batch, guint64 seed, GError **error);

/**
 * fovea_sae_buffer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @buffer.
 */
void fovea_sae_buffer_free (FoveaSaeBuffer *buffer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeBuffer, fovea_sae_buffer_free)

/**
 * fovea_sae_buffer_next:
 *
 * The next (batch, width) rows, valid until the next call; NULL on failure.
 *
 * Errors: those of @fill.   Thread: one at a time.   Owner: the buffer.
 */
const float *
fovea_sae_buffer_next (FoveaSaeBuffer *buffer, FoveaSaeFill fill, gpointer data, GError **error);
