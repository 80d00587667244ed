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

/**
 * fovea_recall_leave:
 * @part: of fewer sequences
 * @methods: (nullable): ids, between spaces, of those whose curves may go
 * @whole: that has them of more
 *
 * The curves of @part that @whole has not, or with other knobs, fewer points or over fewer heads; without notes but
 * for "settings". NULL if there are none.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_leave (FoveaTable *part, const char *methods, FoveaTable *whole);
