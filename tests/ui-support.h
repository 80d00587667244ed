/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A small trace whose maps are known exactly, for tests of widgets and of what they are made of. */
#include "analysis/table.h"
#include "ui/trace-source.h"

/* Head 0.0 puts 0.9 on the previous token and 0.1 on its own; 0.1 spreads evenly; 1.0 puts 0.95 on
 * token 0; 1.1 is even but for one spike of 0.5 at (SPIKE_QUERY, SPIKE_KEY). */
#define UI_SUPPORT_SPIKE_QUERY 20
#define UI_SUPPORT_SPIKE_KEY   7

/**
 * ui_support_weight:
 *
 * The weight that the planted trace holds.
 */
float ui_support_weight (guint layer, guint head, gint64 query, gint64 key);

/**
 * ui_support_source:
 * @n_tokens: T; tokens are called "t0", "t1", ..., the first is special
 *
 * 2 layers of 2 heads, dense patterns in memory.   Owner: caller.
 */
FoveaTraceSource *ui_support_source (gint64 n_tokens);

/**
 * ui_support_swapped_source:
 *
 * The same with the two heads of each layer swapped.   Owner: caller.
 */
FoveaTraceSource *ui_support_swapped_source (gint64 n_tokens);

/**
 * ui_support_bare_source:
 *
 * The same tokens with no array kept.   Owner: caller.
 */
FoveaTraceSource *ui_support_bare_source (gint64 n_tokens);

/**
 * ui_support_heads:
 *
 * A head table for it: 0.0 previous token 0.9 +- 0.01, 1.0 sink 0.95, the others without a role.
 *
 * Owner: caller.
 */
FoveaTable *ui_support_heads (void);
