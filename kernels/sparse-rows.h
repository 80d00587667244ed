/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Arithmetic on rows that are named by index, which is what sparse codes are made of: a decode is a
 * weighted sum of dictionary rows, the gradient of a code is dot products with them, and the
 * gradient of a dictionary row is a weighted sum of batch rows. Only rows that a code names are
 * read. Sums run in the order of the list: same list, same bits. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One step of Adam over a run of parameters; corrections for the first steps are in the factors:
 * w -= rate * m / (sqrt (v) * root + eps), with m and v of the gradient times @scale. */
typedef struct {
    float rate;         /* learning rate / (1 - beta1^t) */
    float root;         /* 1 / sqrt (1 - beta2^t) */
    float eps;          /* beside the corrected root */
    float beta1, beta2; /* of the running mean and mean square */
    float scale;        /* of the gradient: clipping */
} FoveaAdamStep;

typedef struct {
    /* out = base + sum over i < n of weight[i] * rows[index[i]]; @base NULL = 0, may be @out. */
    void (*sum) (const float *rows,
                 int64_t stride,
                 int64_t width,
                 const int32_t *index,
                 const float *weight,
                 int64_t n,
                 const float *base,
                 float *out);
    /* out[i] = x . rows[index[i]], i < n; @index NULL = the first n rows. A row's bits do not depend
     * on its neighbours in the list. */
    void (*dots) (const float *x,
                  const float *rows,
                  int64_t stride,
                  int64_t width,
                  const int32_t *index,
                  int64_t n,
                  float *out);
    /* out = a * x + b * y over n elements; out may be x or y. */
    void (*blend) (float a, const float *x, float b, const float *y, int64_t n, float *out);
    /* One step of Adam over @n parameters @w with gradient @g, which is read only. */
    void (*adam) (
        const FoveaAdamStep *step, int64_t n, const float *g, float *w, float *m, float *v);
} FoveaSparseLoops;

/**
 * fovea_sparse_loops_choose:
 *
 * The loops for this processor, or for the set that FOVEA_CPU names.
 *
 * Thread: any.   Owner: static.
 */
const FoveaSparseLoops *fovea_sparse_loops_choose (void);
