/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention for every rule, width and wish, in f32: the fallback on a GPU and the oracle of faster
 * kernels. Scores are computed once to find each row's largest score and sum, and again to weigh:
 * that costs half as much again as one pass, and makes all that capture wants the true softmax's.
 * No float atomics: same input, same bits. */
#include "kernels/cuda/attend-tile.cuh"

/* The arguments as kernels take them; the rule's arrays are device memory here. */
typedef struct {
    FoveaAttendArgs args;
    RowNorm *norms;    /* (rows, H) */
    int64_t first_row; /* rows start in the middle of a block: first_query % 64 */
} GeneralAttend;

extern "C" {

/**
 * fovea_cuda_attend_general_scratch:
 *
 * Bytes of device memory that the call below needs.
 */
size_t fovea_cuda_attend_general_scratch (const FoveaAttendArgs *args);

/**
 * fovea_cuda_attend_general:
 * @args: as for `attend`, all pointers (the rule's too) device memory
 *
 * Enqueues attention of any rule, D <= 256.
 */
cudaError_t
fovea_cuda_attend_general (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream);

/* Parts, each in its file. */
cudaError_t fovea_cuda_attend_columns (const GeneralAttend *attend, cudaStream_t stream);
bool fovea_cuda_attend_is_decode (const FoveaAttendArgs *args);
size_t fovea_cuda_attend_decode_scratch (const FoveaAttendArgs *args);
cudaError_t
fovea_cuda_attend_decode (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream);
}
