/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a model of the selection reads off the main loop: one read at a time, and where many were asked
 * for meanwhile, the last. */
#include <gio/gio.h>

typedef struct {
    /* Main: a request for what is wanted now, NULL = nothing is, or it is there already. */
    gpointer (*ask) (gpointer owner);
    /* Any thread; touches nothing of the owner. */
    gpointer (*read) (gconstpointer request, GCancellable *cancellable, GError **error);
    void (*take) (gpointer owner, gpointer data); /* main; owns @data */
    /* Main; not of what made way for another wish. */
    void (*fail) (gpointer owner, const char *message);
    GDestroyNotify free_request, free_data;
} FoveaReaderFunctions;

typedef struct _FoveaReader FoveaReader;

/**
 * fovea_reader_new:
 * @owner: not owned; a read under way keeps it alive
 * @functions: (transfer none): static
 *
 * Thread: main.   Owner: caller frees with fovea_reader_free().
 */
FoveaReader *fovea_reader_new (GObject *owner, const FoveaReaderFunctions *functions);

/**
 * fovea_reader_free:
 *
 * In the owner's finalize: no read is under way then.   Thread: main.   Owner: takes @reader.
 */
void fovea_reader_free (FoveaReader *reader);

/**
 * fovea_reader_go:
 *
 * Starts a read, or notes that one more is due when the present one ends.   Thread: main.
 */
void fovea_reader_go (FoveaReader *reader);

/**
 * fovea_reader_drop:
 *
 * What is being read is of something that was left: it will not be taken.   Thread: main.
 */
void fovea_reader_drop (FoveaReader *reader);

/**
 * fovea_reader_stop:
 *
 * In the owner's dispose: nothing is taken, failed or asked for any more.   Thread: main.
 */
void fovea_reader_stop (FoveaReader *reader);
