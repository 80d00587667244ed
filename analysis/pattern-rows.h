/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The weights of a head, query by query, for who looks at one row at a time. A tile of attention is computed
 * for 64 queries whether one is wanted or all, so that many are read at once and kept. */
#include "capture/attention.h"

typedef struct _FoveaPatternRows FoveaPatternRows;

/**
 * fovea_pattern_rows_new:
 * @attention: must outlive the rows
 * @n_tokens: of its trace
 *
 * Memory: 64 rows of weights or 4 MiB, whichever is less, but one row at least.
 *
 * Thread: any, one at a time.   Owner: caller, fovea_pattern_rows_free(); autoptr.
 */
FoveaPatternRows *fovea_pattern_rows_new (FoveaAttention *attention, guint head, gint64 n_tokens);

/**
 * fovea_pattern_rows_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @rows.
 */
void fovea_pattern_rows_free (FoveaPatternRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPatternRows, fovea_pattern_rows_free)

/**
 * fovea_pattern_rows_get:
 *
 * Weights of the keys that @query may see, from key 0 on; those of later keys are not there. The values
 * are those of fovea_attention_read_pattern(). Cheap where queries come in rising order.
 *
 * Errors: those of fovea_attention_read_pattern().
 * Thread: as the rows.   Owner: the rows, until the next call.
 */
const float *fovea_pattern_rows_get (FoveaPatternRows *rows, gint64 query, GError **error);
