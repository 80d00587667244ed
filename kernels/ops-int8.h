/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The CPU table with llama.cpp's arithmetic where weights are quantised: what it takes to give its
 * results again, where f32 ends near-ties the other way. */
#include "kernels/ops.h"

/**
 * fovea_ops_int8:
 *
 * The CPU table, but for two operations. `linear` of weights in blocks of 32 elements (Q4_0, Q4_1,
 * Q5_0, Q5_1, Q8_0) rounds each row of x to blocks of 8-bit integers and multiplies integers, in
 * every precision; other weights are multiplied as on the CPU. `attend` is fovea_attend_half_ref().
 *
 * Thread: any.   Owner: static.
 * Source: the block products of ggml (github.com/ggml-org/ggml), checked by the texts that
 * llama.cpp c392e50 continues (tests/test-gguf-model.c).
 */
const FoveaOps *fovea_ops_int8 (void);
