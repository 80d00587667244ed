/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What is shown, as a figure file: the same request, hence the same bytes, as `fovea figure`. */
#include "app/figure-request.h"
#include "app/window/library.h"

/**
 * fovea_export_async:
 * @request: (transfer full): kind and options
 * @opened: the sequence it is about
 * @heads: (nullable): table "heads"
 * @path: *.pdf, *.svg or *.png
 *
 * Thread: main.
 */
void fovea_export_async (FoveaFigureRequest *request,
                         const FoveaOpened *opened,
                         FoveaTable *heads,
                         const char *path,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data);

/**
 * fovea_export_finish:
 *
 * The same figure as a shell command.
 *
 * Errors: those of figure.h and store.h.   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_export_finish (GAsyncResult *result, GError **error);
