/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention for every rule and width in f32: what --precision f32 runs on, the fallback on a GPU and
 * the oracle of faster kernels. One pass makes values, log-sum-exps and row statistics; column mass and
 * sums of blocks, which want the true softmax, a second one. Dense rows are rectangles
 * (rectangle.cuh). No float has more than one writer in a call: same input, same bits. */
#include "kernels/cuda/attend-rows.cuh"
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
 * Enqueues attention of any rule, D <= 256. Dense rows are written only for the few rows of
 * fovea_cuda_attend_is_decode().
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
