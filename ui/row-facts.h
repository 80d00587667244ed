/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Numbers of one row of a pattern: of the selected query alone, or of every row that a head's means are of. */
#include <glib.h>

typedef struct _FoveaSection FoveaSection; /* ui/fact.h */

typedef struct {
    gint64 n_allowed; /* keys that the query may see */
    gint64 n_keys; /* of them that hold 95 % of the row's mass, largest first; 0 = there is none */
    float largest;
    float first_weight;   /* on token 0; 0 where it may not be seen */
    double entropy;       /* nats */
    double mean_distance; /* tokens, either way, by weight */
} FoveaRowFacts;

/**
 * fovea_row_facts_measure:
 * @row: (array): weights of @query; read from @first up to @end only
 *
 * Sorts the row, O(T log T): long rows belong in a worker.
 *
 * Thread: any.
 */
FoveaRowFacts fovea_row_facts_measure (const float *row, gint64 query, gint64 first, gint64 end);

/**
 * fovea_row_facts_fill:
 *
 * Thread: main.
 */
void fovea_row_facts_fill (FoveaSection *section, const FoveaRowFacts *row);
