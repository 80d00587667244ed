/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Blocks of 32 small integers: inner loops of device int8 (ops-int8.c), once for each instruction set.
 * Every set gives the same bits: sums of integers are exact, those of blocks are not fused. */
#include "kernels/dtype.h"

enum {
    FOVEA_INT_BLOCK = 32
};

/* Value i is scale q(i) + least. Of activations least is scale times the sum of q, as rounded. */
typedef struct {
    float scale, least;
    int8_t q[FOVEA_INT_BLOCK];
} FoveaIntBlock;

typedef struct {
    /* @n blocks of a row of Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0 as integers. */
    void (*unpack) (const uint8_t *line, FoveaDtype dtype, int64_t n, FoveaIntBlock *out);
    /* Sum over @n blocks of dw dx sum (qw qx) + mw sx, in their order. */
    float (*multiply) (const FoveaIntBlock *w, const FoveaIntBlock *x, int64_t n);
} FoveaIntLoops;

extern const FoveaIntLoops fovea_int_loops_generic;
extern const FoveaIntLoops fovea_int_loops_avx2;
extern const FoveaIntLoops fovea_int_loops_avx512;
