/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Two tables "recall" of the same sequences as one. */
#include "analysis/table.h"

/**
 * fovea_recall_merge:
 * @kept: (nullable): measured before
 * @fresh: measured now
 * @n_kept: (out): rows of @kept that stayed
 *
 * The points of both; where both have one, that of @fresh. @fresh alone if they are of other
 * sequences, or of other numbers of their first tokens. Points of a method one of whose other knobs was set differently go. Means over fewer
 * heads never stand beside or in place of means over more: measuring one head leaves the model's
 * curve alone. Objects are in the order of fovea_sparse_curves_finish(), methods of @fresh first.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_merge (FoveaTable *kept, FoveaTable *fresh, guint *n_kept);
