/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A mask and what it does to its head, read in a thread: first the mask, then the numbers. */
#include "ui/mask-overlay.h"

typedef struct _FoveaSparseNumbers FoveaSparseNumbers;

struct _FoveaSparseNumbers {
    FoveaMaskReport report;
    gint64 n_tokens;
    FoveaMaskRow *rows; /* (T) */
    float *missed;      /* (T) share of a query's mass that is left out, NaN = not looked at */
};

/**
 * fovea_sparse_numbers_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_sparse_numbers_free (FoveaSparseNumbers *numbers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseNumbers, fovea_sparse_numbers_free)

/**
 * fovea_sparse_mask_async:
 *
 * Thread: main.
 */
void fovea_sparse_mask_async (FoveaTraceSource *source,
                              const FoveaMaskQuestion *question,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);

/**
 * fovea_sparse_mask_finish:
 *
 * Errors: those of fovea_mask_overlay_new().   Thread: main.   Owner: caller.
 */
FoveaMaskOverlay *fovea_sparse_mask_finish (GAsyncResult *result, GError **error);

/**
 * fovea_sparse_numbers_async:
 *
 * All rows, or of long sequences 2,048 of them.   Thread: main.
 */
void fovea_sparse_numbers_async (FoveaMaskOverlay *overlay,
                                 gint64 n_tokens,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);

/**
 * fovea_sparse_numbers_finish:
 *
 * Errors: the trace's; G_IO_ERROR_CANCELLED.   Thread: main.   Owner: caller.
 */
FoveaSparseNumbers *fovea_sparse_numbers_finish (GAsyncResult *result, GError **error);
