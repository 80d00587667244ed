/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Heads to try sparse methods on: the fixture of methods/prefill.md 4 and random ones. */
#include "analysis/mask-rows.h"
#include "analysis/sparse-measures.h"
#include "analysis/table.h"
#include "tests/trace-support.h"

typedef struct {
    FoveaTrace *trace;
    FoveaAttention *attention;
    FoveaSparseHead *head;
} SparseFixture;

/**
 * sparse_fixture_new:
 * @q: (T, D), the same for all @n_heads heads; likewise @k and @v (NULL: none)
 *
 * Head @head of a layer of @n_heads query heads and as many key heads.   Owner: caller clears.
 */
SparseFixture sparse_fixture_new (gint64 T,
                                  gint64 D,
                                  guint n_heads,
                                  guint head,
                                  gboolean causal,
                                  const float *q,
                                  const float *k,
                                  const float *v);

/**
 * sparse_fixture_heads:
 * @q: (T, H, D)
 * @k: (T, G, D); likewise @v (NULL: none)
 *
 * Head @head of a layer whose heads differ.   Owner: caller clears.
 */
SparseFixture sparse_fixture_heads (gint64 T,
                                    gint64 D,
                                    guint n_heads,
                                    guint n_kv_heads,
                                    guint head,
                                    const float *q,
                                    const float *k,
                                    const float *v);

/**
 * sparse_fixture_tiny:
 * @T: up to 32 rows of TINY-32
 */
SparseFixture sparse_fixture_tiny (gint64 T, guint n_heads, guint head, gboolean causal);

void sparse_fixture_clear (SparseFixture *fixture);

/**
 * sparse_tiny_values:
 * @out: (3, 32, 4) q, k, v of TINY-32
 */
void sparse_tiny_values (float *out);

/**
 * sparse_trace_new:
 * @n_products: the first layers that have queries, keys and values; the others hold nothing
 *
 * Random vectors of 8 elements for every head.   Owner: caller.
 */
FoveaTrace *
sparse_trace_new (gint64 T, guint n_layers, guint n_heads, guint n_products, guint64 seed);

/**
 * sparse_recall_new:
 * @ids: (array zero-terminated=1): of methods
 *
 * Their curves on a trace, at the points of their sweeps.   Owner: caller.
 */
FoveaTable *sparse_recall_new (FoveaTrace *trace, const char *const *ids);

/**
 * sparse_set_knobs:
 * @text: "block=4 k=3", or ""
 *
 * Defaults of the method with some set.
 */
void sparse_set_knobs (const FoveaSparseMethod *method, gint64 T, const char *text, double *knobs);

/**
 * sparse_block_rows:
 *
 * Rows of a block mask as prefill.md draws them: "# ## #.#", a # for each block with a kept cell,
 * up to the row's own block, or to the last if it looks ahead.   Owner: caller.
 */
char *sparse_block_rows (FoveaMask *mask, gint64 block);
