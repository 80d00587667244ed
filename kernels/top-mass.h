/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How much of a softmax row its heaviest keys hold, for several numbers of keys at once and without
 * sorting the row. */
#include <stdint.h>

enum {
    FOVEA_TOP_MOST = 8, /* numbers of keys that are asked at once */
    FOVEA_TOP_PAD = 16, /* floats that room is longer than the row */
};

/* One row; the room is written over. */
typedef struct {
    const float *scores; /* (n) natural log, -inf where forbidden; NaN weighs nothing */
    int64_t n;
    float sink;            /* a further score whose weight no key has; -inf = none */
    const int64_t *counts; /* (n_counts) ascending, 0 or more; beyond n is n */
    int n_counts;          /* at most FOVEA_TOP_MOST */
    float *weights;        /* room: (n + FOVEA_TOP_PAD) */
    float *close;          /* room: the same */
    float *list;           /* room: the same */
    double *mass;          /* (n_counts) out: share of the row, 0 to 1 */
} FoveaTopMassArgs;

typedef void (*FoveaTopMass) (const FoveaTopMassArgs *args);

/**
 * fovea_top_mass_choose:
 *
 * The loop for this processor, or for the set that FOVEA_CPU names.
 *
 * Thread: any.   Owner: static.
 */
FoveaTopMass fovea_top_mass_choose (void);

/**
 * fovea_top_mass_ref:
 *
 * The same by sorting, in double: what the loops are tested against.
 *
 * Thread: any.
 */
void fovea_top_mass_ref (const FoveaTopMassArgs *args);
