/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where DHSA's chunks end: labels from the layer's own attention, which stand in for a trained
 * predictor (methods/prefill.md 14.2). */
#include "analysis/sparse-head.h"

/* A change counts from here on. */
#define FOVEA_DHSA_LEAST_CHANGE 1.1

typedef struct {
    gint64 chunk;       /* at most T / chunk changes are taken; the length of even chunks */
    gint64 span;        /* w: keys compared on each side; 0 = even chunks */
    gint64 apart;       /* least distance of two changes */
    gint64 instruction; /* last tokens, which begin a chunk of their own; 0 = none */
} FoveaDhsaLabels;

/**
 * fovea_dhsa_get_changes:
 * @span: w
 *
 * For each token the larger over the smaller of what later queries give the w keys up to it and the
 * w keys behind it; 0 near the ends. (T)
 *
 * Errors: the backend's; G_IO_ERROR_CANCELLED.   Thread: the head's.   Owner: caller, g_free().
 */
double *fovea_dhsa_get_changes (const FoveaSparseHead *head, gint64 span, GError **error);

/**
 * fovea_dhsa_get_boundaries:
 * @n: (out): how many, both ends counted
 *
 * First tokens of chunks, ascending, from 0 to T.
 *
 * Errors: as fovea_dhsa_get_changes().   Thread: the head's.   Owner: caller, g_free().
 */
gint64 *fovea_dhsa_get_boundaries (const FoveaSparseHead *head,
                                   const FoveaDhsaLabels *labels,
                                   gsize *n,
                                   GError **error);
