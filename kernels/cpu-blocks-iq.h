/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Unpacking of the types whose elements are points of a grid, once for each instruction set. */
#include "kernels/dtype.h"

/* One block of 256 elements as floats. */
typedef void (*FoveaUnpackBlock) (const uint8_t *restrict block, float *restrict out);

/* By type; NULL for others than IQ1 to IQ3. Called by fovea_unpack_blocks_generic() and its like. */
extern const FoveaUnpackBlock fovea_unpack_iq_generic[FOVEA_N_STORED_DTYPES];
extern const FoveaUnpackBlock fovea_unpack_iq_avx2[FOVEA_N_STORED_DTYPES];
extern const FoveaUnpackBlock fovea_unpack_iq_avx512[FOVEA_N_STORED_DTYPES];
