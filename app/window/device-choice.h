/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The devices of this machine by the names that --device takes, found by opening each. */
#include <gio/gio.h>

typedef struct {
    char *name;  /* "auto", "cpu", "cuda:0" */
    char *label; /* "Fastest device", "CPU, 8 threads", "CUDA 0 · NVIDIA H100, 79 GiB" */
} FoveaDeviceChoice;

/**
 * fovea_device_choices_find:
 *
 * "auto", "cpu" and every GPU, of #FoveaDeviceChoice.
 *
 * Thread: any; a GPU takes some tenths of a second.   Owner: caller, g_ptr_array_unref().
 */
GPtrArray *fovea_device_choices_find (void);

/**
 * fovea_device_choices_find_async:
 *
 * Thread: main.
 */
void fovea_device_choices_find_async (GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);

/**
 * fovea_device_choices_find_finish:
 *
 * Errors: only a cancel.   Thread: main.   Owner: caller.
 */
GPtrArray *fovea_device_choices_find_finish (GAsyncResult *result, GError **error);
