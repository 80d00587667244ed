/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Small stores whose every value is known: two layers of three heads, an activation, a whole map, a
 * half-width array, whole numbers and a pyramid level, with shapes that straddle nothing evenly. */
#include "storage/store.h"
#include "tests/support.h"

/* Of the test under way: a file that does not exist yet, in a folder of its own. */
extern char *store_path;

/**
 * store_set_up:
 *
 * Makes the folder; a checked fixture with store_tear_down().
 */
void store_set_up (void);

/**
 * store_tear_down:
 */
void store_tear_down (void);

/**
 * store_open:
 *
 * The store at store_path; fails the test if it does not open.   Owner: caller.
 */
FoveaStore *store_open (FoveaStoreMode mode);

/**
 * store_info:
 *
 * A sequence whose token texts are whole, partial and blank characters.   Owner: caller.
 */
FoveaTraceInfo *store_info (gint64 n_tokens, const char *title);

/**
 * store_arrays:
 *
 * What such a sequence keeps; of #FoveaArray.   Owner: caller.
 */
GPtrArray *store_arrays (gint64 T);

/**
 * store_write_rows:
 *
 * Rows [first, first + n) of an array, their known values, into a sink.
 */
void
store_write_rows (FoveaSink *sink, const FoveaArray *array, guint index, gint64 first, gint64 n);

/**
 * store_put_all:
 *
 * Writes every row until one is refused, which of a store that cannot be written may be any: its writer is
 * a thread.
 */
gboolean store_put_all (FoveaSink *sink, GPtrArray *arrays, gint64 slab, GError **error);

/**
 * store_write_all:
 *
 * Every row, maps in slabs of queries over all heads as a forward pass makes them.
 */
void store_write_all (FoveaSink *sink, GPtrArray *arrays, gint64 slab);

/**
 * store_write_sequence:
 *
 * A whole sequence through a sink.   Owner: caller.
 */
FoveaTrace *store_write_sequence (FoveaSink *sink, gint64 T, const char *title, gint64 slab);

/**
 * store_begin_run:
 */
gint64 store_begin_run (FoveaStore *store);

/**
 * store_new_sink:
 *
 * Owner: caller.
 */
FoveaSink *store_new_sink (FoveaStore *store, gint64 run, gint64 position);

/**
 * store_make:
 *
 * A finished run of @n sequences of @T tokens in a new or grown store.
 */
void store_make (guint n, gint64 T);

/**
 * store_assert_trace:
 *
 * Every row of every array has its known value, read whole and from the middle.
 */
void store_assert_trace (FoveaTrace *trace, gint64 T);

/**
 * store_run_sql:
 *
 * Changes the file behind Fovea's back.
 */
void store_run_sql (const char *sql);

/**
 * store_ask:
 * @sql: a query whose first row's first column is a number
 *
 * That number, NaN for NULL; fails the test if there is no such row.
 */
double store_ask (const char *sql);

/**
 * store_fail_at_each_step:
 * @work: what reads the store, and succeeds if nothing fails
 *
 * Fails a statement of the work at its first instruction, its second, and so on until it is done, first that
 * one alone and then all that follow as well: the work must say so in SQLite's words and with the store's name,
 * and must not succeed with an error or fail without one.
 */
void store_fail_at_each_step (FoveaStore *store, gboolean (*work) (FoveaStore *, GError **));
