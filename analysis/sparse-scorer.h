/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Masks of heads measured on a device: the rows are never a map there either, but log-sum-exps over
 * the tiles that each mask selects. Masks are chosen by whoever calls. */
#include "analysis/sparse-measures.h"
#include "kernels/device.h"

typedef struct _FoveaSparseScorer FoveaSparseScorer;

/**
 * fovea_sparse_scorer_new:
 * @device: borrowed; nobody else uses it until the scorer is freed
 *
 * Thread: any.   Owner: caller frees with fovea_sparse_scorer_free(); autoptr.
 */
FoveaSparseScorer *fovea_sparse_scorer_new (FoveaDevice *device);

/**
 * fovea_sparse_scorer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @scorer.
 */
void fovea_sparse_scorer_free (FoveaSparseScorer *scorer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseScorer, fovea_sparse_scorer_free)

/**
 * fovea_sparse_scorer_measure:
 * @subjects: (array length=n):
 * @out: (out caller-allocates): (n)
 *
 * As fovea_sparse_measure(), to 1e-5, as sums are f32 here. A head of which only the pattern was kept is measured by
 * the processor. Oracles by rows choose their keys there, too, and their bits travel.
 *
 * Cost: memory on the device of 16 T D bytes and about 50 MiB for lists and results.
 *
 * Errors: the device's; the backend's; G_IO_ERROR_CANCELLED by the head's cancellable.
 * Thread: any number at once, each with a head of its own; blocks.
 */
gboolean fovea_sparse_scorer_measure (FoveaSparseScorer *scorer,
                                      FoveaSparseHead *head,
                                      const FoveaSparseSubject *subjects,
                                      gsize n,
                                      FoveaSparseMeasures *out,
                                      GError **error);
