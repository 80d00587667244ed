/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Unpacking of GGML's quantised blocks, once for each instruction set. */
#include "kernels/dtype.h"

#define FOVEA_DECLARE_UNPACK(set)                                                                  \
    void fovea_unpack_blocks_##set (const void *in, FoveaDtype dtype, size_t n_blocks, float *out)

/**
 * fovea_unpack_blocks_generic:
 * @in: @n_blocks blocks, any alignment
 * @dtype: a type of blocks
 *
 * Every set gives the same bits: scales are products of two floats, no sum is fused.
 *
 * Thread: any.
 * Source: block layouts of ggml (github.com/ggml-org/ggml, MIT); verified bit for bit against what
 * its own conversion gives (tests/test-blocks.c).
 */
FOVEA_DECLARE_UNPACK (generic);

/** fovea_unpack_blocks_avx2: as fovea_unpack_blocks_generic(); Thread: any. */
FOVEA_DECLARE_UNPACK (avx2);

/** fovea_unpack_blocks_avx512: as fovea_unpack_blocks_generic(); Thread: any. */
FOVEA_DECLARE_UNPACK (avx512);
