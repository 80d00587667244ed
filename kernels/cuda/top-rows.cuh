/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Mass of the heaviest keys of rows on a GPU, from products that are there. */
#include <cuda_runtime.h>

extern "C" {
#include "kernels/ops.h"
#include "kernels/top-mass.h"
}

/* A strip of rows; pointers, the rule's too, are device memory. */
typedef struct {
    FoveaScoreRule rule;
    int64_t head;
    int64_t q0, n_queries;
    int64_t k0, n_keys; /* n_keys from k0 on */
    const float *dots;  /* (n_queries, n_keys): q.k, row stride `stride`, by 16 bytes */
    int64_t stride;
    int64_t counts[FOVEA_TOP_MOST]; /* without row_counts */
    const int32_t *row_counts;      /* (n_queries, n_counts), rows `out_stride` apart, or NULL */
    int n_counts;
    float *mass; /* (n_queries, n_counts), rows `out_stride` apart */
    int out_stride;
} TopRowsStrip;

/**
 * fovea_cuda_top_rows:
 *
 * Enqueues the strip.
 */
cudaError_t fovea_cuda_top_rows (const TopRowsStrip *strip, cudaStream_t stream);
