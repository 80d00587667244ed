/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sparse codes by levels on a GPU: all products of a row that are above their latent's. The quick pass is that of
 * the k largest (sae-codes.cuh): a latent's level is taken off its bias, so that what may be a code is a score of
 * at least 0 less its reach, and the chunks of all such scores are kept in their place. There is room for all
 * of them: no row overflows. Then
 *
 * - where scores are products (of inputs rounded to bf16), a block takes a row's first ABOVE_WINDOW chunks; else it
 *   lists what may be codes of a row, products of listed latents are made in f32, in phases, and what they leave
 *   is put in order. Either way codes of a row lie in order where its chunks have been;
 * - rows of many chunks are settled window by window, each by any block, and their codes stay in the places of
 *   their scores, NaN in those of what is none;
 * - counts of rows are summed up, and rows written where they belong, in the order of latents.
 *
 * Products one by one cost more than all of them at once where many are wanted: a strip with that many marks is
 * multiplied in full, into the room of its scores, in f32 from numbers in two parts (sae-split.cuh). So a row's
 * bits, not what they are to five digits, depend on the rows that it comes with. */
#include "kernels/cuda/sae-codes.cuh"

enum {
    ABOVE_THREADS = 128,
    ABOVE_WARPS = ABOVE_THREADS / 32,
    ABOVE_WINDOW = 256, /* chunks that a block settles at once */
    DENSE_THREADS = 256
};

/* Of a strip, in the GPU's memory. */
typedef struct {
    unsigned long long marked; /* chunks */
    int n_rest;
} AboveCounts;

/* Rows under way. */
typedef struct {
    CodesRun codes; /* rows in f16; marks and chunks of a strip */
    int64_t room;   /* FoveaAboveArgs */
    int64_t *offset;
    int32_t *latent;
    float *value;
    float *products; /* (strip, n_latents): the room of chunks */
    __half *lines; /* (strip, 3, n_in) rows in two parts, where products of f32 are made in full */
    __half *weights; /* (n_latents, 3, n_in) */
    float *line_unit, *weight_unit;
    bool split;   /* weights are there */
    int *n_codes; /* (strip) of rows; its complement where they are in order */
    AboveCounts *counts;
    int2 *rest;                     /* row and window, of windows that any block settles */
    unsigned long long most_marked; /* of a strip that is not multiplied in full */
    bool fused;
} AboveRun;

/**
 * cuda_above_settle:
 * @counted: recorded when run->counts->marked is there
 *
 * Codes of @n rows, in their order or in the places of their scores, and run->n_codes; nothing of use if
 * run->most_marked is passed.
 */
cudaError_t cuda_above_settle (
    const AboveRun *run, int64_t first, int n, cudaEvent_t counted, cudaStream_t stream);

/**
 * cuda_above_sum:
 *
 * Offsets behind row @first from run->n_codes, unless run->most_marked is passed.
 */
cudaError_t cuda_above_sum (const AboveRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_above_fill:
 *
 * Writes rows that end within the room, unless run->most_marked is passed.
 */
cudaError_t cuda_above_fill (const AboveRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_above_fill_bytes:
 *
 * Shared memory of a block of cuda_above_fill().
 */
size_t cuda_above_fill_bytes (const CodesPrepared *prepared);

/**
 * cuda_above_dense_count:
 *
 * run->n_codes from products in full.
 */
cudaError_t cuda_above_dense_count (const AboveRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_above_dense_fill:
 *
 * As cuda_above_fill(), from products in full.
 */
cudaError_t cuda_above_dense_fill (const AboveRun *run, int64_t first, int n, cudaStream_t stream);

/**
 * cuda_above_plan:
 * @capability: 90
 * @scratch: bytes that cuda_above_run() needs
 *
 * How rows will be encoded; pointers are not set.
 */
AboveRun
cuda_above_plan (const FoveaAboveArgs *args, int n_processors, int capability, size_t *scratch);

/**
 * cuda_above_run:
 *
 * Enqueues all rows; waits for the count of each strip's marks, not for what follows it.
 */
cudaError_t cuda_above_run (AboveRun *run, void *scratch, const AboveStreams *streams);

/**
 * cuda_above_try:
 * @share: of so many latents one may have a chunk of scores
 * @dense: (out): codes are too many for one by one, and nothing of use has been made
 *
 * As cuda_above_run(), but only from marked scores; looks at a few rows first.
 */
cudaError_t
cuda_above_try (AboveRun *run, void *scratch, int share, const AboveStreams *streams, bool *dense);
