/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The upper bound of every curve, fast: what the heaviest keys of each query hold, for several
 * numbers of keys in one pass over the scores, without a map and without sorting. */
#include "capture/attention.h"
#include "kernels/threads.h"

/**
 * fovea_oracle_recall_measure:
 * @counts: (array length=n): keys that every query keeps, ascending; a query with fewer keeps all
 * @threads: (nullable): shares blocks of rows; the result does not depend on their number
 * @recall: (out caller-allocates): (n) mean over queries
 * @rows: (out caller-allocates) (optional): (n, T) of each query
 *
 * Cost: 2 T^2 D flops and about one exponential and ten operations a cell; 1 MiB a thread.
 *
 * Errors: FOVEA_ERROR_RANGE for a head that does not exist; FOVEA_ERROR_NOT_FOUND if only a pattern
 * was kept; G_IO_ERROR_CANCELLED.
 * Thread: any; blocks.   Source: methods/prefill.md 5.2.
 */
gboolean fovea_oracle_recall_measure (FoveaAttention *attention,
                                      guint head,
                                      const gint64 *counts,
                                      gsize n,
                                      FoveaThreads *threads,
                                      double *recall,
                                      float *rows,
                                      GCancellable *cancellable,
                                      GError **error);
