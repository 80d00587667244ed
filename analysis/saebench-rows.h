/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Texts as rows, as SAEBench's measurements want them (methods/features-and-sparsity.md 6): of each text
 * the mean over its tokens of the activation and of the code. Decoding is linear, so what a latent adds
 * to the mean is its mean code times its decoder row. */
#include "analysis/sae-codes.h"

typedef struct {
    gint64 n, d;
    float *x;             /* (n, d) */
    FoveaSaeCodes *codes; /* (n) rows over F latents */
} FoveaBenchRows;

/**
 * fovea_bench_rows_new:
 *
 * None yet.   Thread: any.   Owner: caller frees with fovea_bench_rows_free(); autoptr.
 */
FoveaBenchRows *fovea_bench_rows_new (gint64 d, gint64 n_latents);

/**
 * fovea_bench_rows_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @rows.
 */
void fovea_bench_rows_free (FoveaBenchRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaBenchRows, fovea_bench_rows_free)

/**
 * fovea_bench_rows_add:
 * @x: (codes->n_rows, d)
 * @codes: of one text's tokens, special ones left out; at least one
 *
 * Adds the text's means.   Thread: one at a time.
 */
void fovea_bench_rows_add (FoveaBenchRows *rows, const float *x, const FoveaSaeCodes *codes);

/**
 * fovea_bench_rows_pick:
 * @at: (n) rows of @rows, in any order
 *
 * A copy of some rows.   Thread: any.   Owner: caller.
 */
FoveaBenchRows *fovea_bench_rows_pick (const FoveaBenchRows *rows, const gint64 *at, gint64 n);

/**
 * fovea_bench_differences:
 * @labels: (n) 1 or 0
 *
 * Mean of a latent's code over rows of label 1, less that over rows of label 0.
 *
 * Shape: (F).   Thread: any.   Owner: caller, g_free(); NaN if a label does not occur.
 */
double *fovea_bench_differences (const FoveaBenchRows *rows, const guint8 *labels);

/**
 * fovea_bench_largest:
 * @values: (n)
 * @k: at most n
 *
 * The places of the k largest values, largest first; ties to the lower place; NaN last.
 *
 * Thread: any.   Owner: caller, g_free().
 */
gint32 *fovea_bench_largest (const double *values, gint64 n, gint64 k);

/**
 * fovea_bench_columns:
 * @latents: (k)
 *
 * The codes of a few latents as a dense matrix.
 *
 * Shape: (n, k).
 * Thread: any.   Owner: caller, g_free().
 */
float *fovea_bench_columns (const FoveaBenchRows *rows, const gint32 *latents, gint64 k);

/**
 * fovea_bench_balance:
 * @labels: (n)
 * @n_picked: (out): twice as many as the rarer label has, or @most
 *
 * Rows in which both labels are equally frequent, shuffled.
 *
 * Thread: any.   Owner: caller, g_free().
 */
gint64 *
fovea_bench_balance (const guint8 *labels, gint64 n, gint64 most, guint64 seed, gint64 *n_picked);
