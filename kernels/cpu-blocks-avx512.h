/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Unpacking of runs of blocks by look-up, where AVX-512 has the instruction for it. */
#include "kernels/dtype.h"

/* @n blocks as floats. */
typedef void (*FoveaUnpackRun) (const uint8_t *block, size_t n, float *out);

/* By type; NULL for those that have no such loop. Called by fovea_unpack_blocks_avx512(). */
extern const FoveaUnpackRun fovea_unpack_run_avx512[FOVEA_N_STORED_DTYPES];
