/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Softmax of one query over keys that come in pieces: the recurrence of FlashAttention, and the
 * merging of results that were made apart (methods/prefill.md 20). Exact up to rounding in any order. */
#include <glib.h>

typedef struct {
    gsize width;     /* D */
    double largest;  /* m: -infinity before the first allowed key */
    double sum;      /* l: of exp (score - m) */
    double *weighed; /* (D) sum of exp (score - m) value; the caller's room */
} FoveaPartialSoftmax;

/**
 * fovea_partial_softmax_init:
 * @room: (D), kept by address
 *
 * Nothing seen yet.
 *
 * Thread: any.
 */
void fovea_partial_softmax_init (FoveaPartialSoftmax *partial, double *room, gsize width);

/**
 * fovea_partial_softmax_add:
 * @scores: (array length=n): -infinity where forbidden
 * @values: (n, D)
 *
 * Takes in a tile of keys.
 *
 * Thread: one at a time.
 */
void fovea_partial_softmax_add (FoveaPartialSoftmax *partial,
                                const double *scores,
                                const double *values,
                                gsize n);

/**
 * fovea_partial_softmax_merge:
 *
 * As if @partial had seen the keys of @other, too.
 *
 * Thread: one at a time.
 */
void fovea_partial_softmax_merge (FoveaPartialSoftmax *partial, const FoveaPartialSoftmax *other);

/**
 * fovea_partial_softmax_finish:
 * @out: (out caller-allocates): (D) zeros if no key was allowed
 *
 * The output; gives the log-sum-exp, -infinity if no key was allowed.
 *
 * Thread: any.
 */
double fovea_partial_softmax_finish (const FoveaPartialSoftmax *partial, double *out);
