/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the inspector says about a head on this text beyond the head table: its strongest pairs and
 * how many keys a row needs. */
#include "ui/selection.h"

#define FOVEA_N_PAIRS 7

typedef struct {
    gint64 query, key;
    float weight;
} FoveaPair;

typedef struct {
    guint layer, head;
    FoveaPair pairs[FOVEA_N_PAIRS]; /* first key and diagonal left out, largest first */
    guint n_pairs;
    double median_keys;    /* keys for 95 % of the mass, median over rows */
    double median_allowed; /* keys that row could see, median over rows */
    gint64 n_rows;         /* looked at */
    double entropy_share, mean_distance, first_weight,
        largest; /* means over rows, largest of all */
} FoveaHeadFacts;

/**
 * fovea_head_facts_read:
 * @max_rows: at most so many rows, evenly spread; pairs then come from those rows only
 *
 * O(rows * T * D).
 *
 * Errors: the trace's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 */
gboolean fovea_head_facts_read (FoveaTraceSource *source,
                                guint layer,
                                guint head,
                                gint64 max_rows,
                                FoveaHeadFacts *facts,
                                GCancellable *cancellable,
                                GError **error);
