/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where a measurement of a sequence finds what it did before it was stopped, and leaves what it has done: a layer
 * at a time. Whoever has a place for that fills this; the bytes mean something to the same measurement only. */
#include <glib.h>

typedef struct {
    GBytes *(*find) (gpointer data, gint64 layer); /* (transfer full); NULL = nothing is there */
    void (*keep) (gpointer data, gint64 layer, GBytes *bytes);
    gpointer data;
} FoveaKeptLayers;

/**
 * fovea_kept_layers_read:
 * @kept: (nullable):
 * @out: (n) (out): left alone if it fails
 *
 * FALSE if nothing is there, or not as many numbers.   Thread: one at a time.
 */
gboolean fovea_kept_layers_read (const FoveaKeptLayers *kept, gint64 layer, double *out, gsize n);

/**
 * fovea_kept_layers_write:
 * @kept: (nullable):
 *
 * Thread: one at a time.
 */
void
fovea_kept_layers_write (const FoveaKeptLayers *kept, gint64 layer, const double *values, gsize n);
