/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention in one pass on Hopper's own instructions, with the statistics of the true softmax.
 * bf16 queries, keys and values; scores, sums and statistics in f32. */
#include <cuda_runtime.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything is device memory. Statistics as in FoveaAttendArgs (kernels/ops.h), NULL = not wanted;
 * the six row statistics come together or not at all. */
typedef struct {
    int64_t rows, n_keys, first_query;
    int64_t heads, kv_heads, width; /* H, G, D in 32, 64, 128 */
    float scale;
    bool causal;
    const float *sink_logits;                                              /* (H) or NULL */
    const void *q;                                                         /* (rows, H, D) bf16 */
    const void *k, *v;                                                     /* (n_keys, G, D) bf16 */
    float *z;                                                              /* (rows, H, D) */
    float *lse;                                                            /* (rows, H) natural */
    float *entropy, *max_weight, *mean_distance, *first_mass, *local_mass; /* (rows, H) */
    int32_t *max_key;
    float *block_mass, *block_max; /* (H, row blocks, block_stride), both or none */
    int64_t block_stride;
    /* For columns that follow: see fovea_hopper_attend_leads(). NULL = none do, or they wait. */
    void *columns_scratch;
} FoveaHopperAttend;

/**
 * fovea_hopper_attend_supports:
 *
 * Whether this width, these sizes and wishes are served, on a device of compute capability 9.0.
 */
bool fovea_hopper_attend_supports (const FoveaHopperAttend *attend);

/**
 * fovea_hopper_attend_scratch:
 * @n_processors: multiprocessors of the device
 *
 * Bytes of device memory that the call needs.
 */
size_t fovea_hopper_attend_scratch (const FoveaHopperAttend *attend, int n_processors);

/**
 * fovea_hopper_attend:
 *
 * Enqueues the pass.
 */
cudaError_t fovea_hopper_attend (const FoveaHopperAttend *attend,
                                 void *scratch,
                                 int n_processors,
                                 cudaStream_t stream);

/**
 * fovea_hopper_attend_leads:
 * @n_processors: multiprocessors of the device
 *
 * Whether fovea_hopper_attend(), told the columns' scratch, marks the log-sum-exps that are still to
 * come and makes that scratch ready. The columns, launched next on the stream with @rows_marked, then
 * begin where a multiprocessor has no more rows, and not when the last one has none. So it is
 * where items of rows are few, and the wait for the last of them counts.
 */
bool fovea_hopper_attend_leads (const FoveaHopperAttend *attend, int n_processors);

/* Column mass of rows whose log-sum-exp is known. */
typedef struct {
    int64_t rows, n_keys, first_query;
    int64_t heads, kv_heads, width;
    float scale;
    bool causal;
    const void *q, *k;   /* as above */
    const float *lse;    /* (rows, H) natural */
    double *column_mass; /* (H, column_stride) += */
    int64_t column_stride;
    bool rows_marked; /* the call in front of this one is of the same rows, and leads */
} FoveaHopperColumns;

/**
 * fovea_hopper_columns_scratch:
 *
 * Bytes of device memory that the call below needs.
 */
size_t fovea_hopper_columns_scratch (const FoveaHopperColumns *columns);

/**
 * fovea_hopper_columns:
 *
 * Enqueues the scores once more, turned, and adds what each key receives. Widths and sizes as
 * fovea_hopper_attend_supports() has them.
 */
cudaError_t fovea_hopper_columns (const FoveaHopperColumns *columns,
                                  void *scratch,
                                  int n_processors,
                                  cudaStream_t stream);

#ifdef __cplusplus
}
#endif
