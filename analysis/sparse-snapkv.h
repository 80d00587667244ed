/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which keys of a prompt a cache keeps for what is generated after it: SnapKV as The Sparse Frontier
 * compares it, with a budget per head, and Ada-SnapKV, with one that heads share
 * (methods/prefill.md 9.4, 9.5). Decided once for a key head, for all query heads of its group. */
#include "analysis/sparse-head.h"
#include "analysis/sparse-select.h"

typedef struct {
    gint64 prompt;        /* tokens; what comes after is generated */
    gint64 probes;        /* last queries of the prompt that are looked at */
    gint64 smooth;        /* keys that the importance is averaged over, odd */
    gint64 local, prefix; /* last and first keys, always kept */
    gint64 capacity;      /* keys of a head, or of the layer divided by its heads */
    gboolean shared;      /* heads compete; the largest weight counts instead of the sum */
    double floor;         /* share of the capacity that every head has for itself, if shared */
} FoveaSnapkvBudget;

/**
 * fovea_snapkv_get_importance:
 * @kv_head: 0 .. G-1
 *
 * Smoothed importance of each key of the prompt, nothing forced.
 *
 * Errors: the backend's.   Thread: the head's; blocks.   Owner: the head.
 */
const double *fovea_snapkv_get_importance (FoveaSparseHead *head,
                                           guint kv_head,
                                           const FoveaSnapkvBudget *budget,
                                           GError **error);

/**
 * fovea_snapkv_keep:
 * @kv_head: 0 .. G-1
 * @keys: (out caller-allocates): (prompt) ascending
 * @n: (out): how many
 *
 * Errors: FOVEA_ERROR_RANGE if the capacity does not exceed the forced keys; the backend's.
 * Thread: the head's; blocks.
 */
gboolean fovea_snapkv_keep (FoveaSparseHead *head,
                            guint kv_head,
                            const FoveaSnapkvBudget *budget,
                            gint64 *keys,
                            gsize *n,
                            FoveaMargin *margin,
                            GError **error);
