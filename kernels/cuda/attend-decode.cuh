/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the two halves of attention of a few rows share: sums of slices of keys, and how they lie in scratch
 * memory (attend-decode.cu, attend-decode-join.cu). */
#include "kernels/cuda/block-reduce.cuh"

extern "C" {
#include "kernels/ops.h"
}

enum {
    DECODE_ROWS = 4, /* most rows that come this way */
    DECODE_THREADS = REDUCE_THREADS,
    DECODE_KEYS = 64, /* of a tile at most */
    DECODE_BLOCKS =
        256, /* slices of all key heads: two blocks for most processors of an H100; a thread each when they are joined */
    DECODE_STAGES = 2,    /* tiles in shared memory */
    DECODE_SHARED = 96000 /* bytes of them: what a block has on the smallest GPU that is served */
};

/* What a slice knows of a row, with m its largest score and e = exp (score - m). */
typedef struct {
    float m, sum; /* of e */
    float spread; /* sum of e (score - m) */
    float distance, local;
    float first; /* score of key 0, -inf unless it is there and allowed */
    int32_t key; /* lowest with the score m, -1 if no key is allowed */
    int32_t unused;
} SliceRow;

/* What turns a row's scores into weights. */
typedef struct {
    float m, inverse;
} DecodeNorm;

/* Scratch: slices of rows and of z, norms; scores (rows, H, n_keys) if they are needed. Queries of a
 * key head are numbered row * share + head. */
typedef struct {
    FoveaAttendArgs args;
    SliceRow *rows; /* (rows, H, slices) */
    float *partial; /* (rows, H, slices, D) */
    DecodeNorm *norms;
    float *scores;           /* NULL = not needed */
    int32_t n_slices, slice; /* keys of one: whole tiles */
    int32_t from;            /* first key of the first slice */
    int32_t keys, key_bits;  /* of a tile, a power of two, and which */
    int32_t stride;          /* floats from one key of a tile to the next */
    int32_t share, queries;  /* query heads of a key head, times rows */
} Decode;

/**
 * cuda_decode_join:
 *
 * Rows from their slices, and what is kept of single keys.
 */
cudaError_t cuda_decode_join (const Decode *decode, cudaStream_t stream);
