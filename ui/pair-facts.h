/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rows of the inspector that lead to a cell: pairs of a query and a key, the strongest of a row or column. */
#include "ui/cell-model.h"
#include "ui/fact.h"

/**
 * fovea_pair_facts_new:
 *
 * Thread: main.   Owner: caller; holds the row of headings.
 */
GListStore *fovea_pair_facts_new (void);

/**
 * fovea_pair_facts_add:
 * @weight: already spelled
 *
 * Thread: main.
 */
void fovea_pair_facts_add (
    GListStore *facts, const FoveaTraceInfo *info, gint64 query, gint64 key, const char *weight);

/**
 * fovea_pair_facts_fill_top:
 * @keys: the strongest keys of the query, else the queries that give the key most
 *
 * Zeros are left out, so a short row shows fewer than six.   Thread: main.
 */
void fovea_pair_facts_fill_top (FoveaSection *section,
                                const FoveaTraceInfo *info,
                                const FoveaCellData *data,
                                gboolean keys);
