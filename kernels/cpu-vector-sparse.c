/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Arithmetic on rows named by index (sparse-rows.h) for the instruction set FOVEA_SET. Sums keep a
 * slice of the result in registers while the list passes by, so a row of the result is written once
 * whatever the length of the list; each row of the list is read once, in slices of whole lines.
 *
 * Cost: one load and one fused product a vector of a row: rows in the second-level cache are read at
 * its speed, others at that of memory. */
#include "kernels/cpu-simd.h"

#include "kernels/cpu-vector-attend.h"
#include "kernels/sparse-rows.h"

enum {
    /* Vectors of a slice: enough sums to hide the latency of a product, few enough for the register
     * file. */
    SLICE = LANES == 16 ? 12 : 6,
    DOTS = 4 /* rows that share the loads of x */
};

/* @n vectors (a constant) of the result from column @at on. */
INLINE void
sum_slice (const float *rows,
           int64_t stride,
           const int32_t *index,
           const float *weight,
           int64_t n_rows,
           const float *base,
           int n,
           float *out)
{
    V sum[SLICE];
    for (int s = 0; s < n; s++)
        sum[s] = base != NULL ? v_load (base + s * LANES) : v_all (0);
    for (int64_t i = 0; i < n_rows; i++) {
        const float *row = rows + index[i] * stride;
        V w = v_all (weight[i]);
        for (int s = 0; s < n; s++)
            sum[s] = v_fma (w, v_load (row + s * LANES), sum[s]);
    }
    for (int s = 0; s < n; s++)
        v_store (out + s * LANES, sum[s]);
}

/* The last columns, fewer than a vector. */
INLINE void
sum_rest (const float *rows,
          int64_t stride,
          const int32_t *index,
          const float *weight,
          int64_t n_rows,
          const float *base,
          int n,
          float *out)
{
    V sum = base != NULL ? v_load_part (base, n) : v_all (0);
    for (int64_t i = 0; i < n_rows; i++)
        sum = v_fma (v_all (weight[i]), v_load_part (rows + index[i] * stride, n), sum);
    v_store_part (out, sum, n);
}

static void
sum (const float *rows,
     int64_t stride,
     int64_t width,
     const int32_t *index,
     const float *weight,
     int64_t n,
     const float *base,
     float *out)
{
    int64_t at = 0;
    for (; at + SLICE * LANES <= width; at += SLICE * LANES)
        sum_slice (rows + at, stride, index, weight, n, base != NULL ? base + at : NULL, SLICE,
                   out + at);
    for (; at + LANES <= width; at += LANES)
        sum_slice (rows + at, stride, index, weight, n, base != NULL ? base + at : NULL, 1,
                   out + at);
    if (at < width)
        sum_rest (rows + at, stride, index, weight, n, base != NULL ? base + at : NULL,
                  (int) (width - at), out + at);
}

/* @n rows (a constant) at once: two sums a row, by even and odd vectors, whatever @n is, so that the
 * grouping cannot be seen in the bits. */
INLINE void
dot_group (const float *x, const float *const *row, int n, int64_t width, float *out)
{
    V even[DOTS], odd[DOTS];
    int64_t at = 0;
    for (int r = 0; r < n; r++)
        even[r] = odd[r] = v_all (0);
    for (; at + 2 * LANES <= width; at += 2 * LANES) {
        V a = v_load (x + at), b = v_load (x + at + LANES);
        for (int r = 0; r < n; r++) {
            even[r] = v_fma (a, v_load (row[r] + at), even[r]);
            odd[r] = v_fma (b, v_load (row[r] + at + LANES), odd[r]);
        }
    }
    for (; at < width; at += LANES) {
        int part = width - at < LANES ? (int) (width - at) : LANES;
        V a = part < LANES ? v_load_part (x + at, part) : v_load (x + at);
        for (int r = 0; r < n; r++)
            even[r] = v_fma (
                a, part < LANES ? v_load_part (row[r] + at, part) : v_load (row[r] + at), even[r]);
    }
    for (int r = 0; r < n; r++)
        out[r] = v_sum (even[r] + odd[r]);
}

static void
dots (const float *x,
      const float *rows,
      int64_t stride,
      int64_t width,
      const int32_t *index,
      int64_t n,
      float *out)
{
    int64_t i = 0;
    for (; i < n; i += DOTS) {
        const float *row[DOTS];
        int some = n - i < DOTS ? (int) (n - i) : DOTS;
        for (int r = 0; r < some; r++)
            row[r] = rows + (index != NULL ? index[i + r] : i + r) * stride;
        if (some == DOTS)
            dot_group (x, row, DOTS, width, out + i);
        else
            for (int r = 0; r < some; r++)
                dot_group (x, row + r, 1, width, out + i + r);
    }
}

static void
blend (float a, const float *x, float b, const float *y, int64_t n, float *out)
{
    V va = v_all (a), vb = v_all (b);
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        v_store (out + i, v_fma (va, v_load (x + i), vb * v_load (y + i)));
    if (i < n) {
        int part = (int) (n - i);
        V rest = v_fma (va, v_load_part (x + i, part), vb * v_load_part (y + i, part));
        v_store_part (out + i, rest, part);
    }
}

/* One vector of parameters. */
INLINE void
adam_vector (const FoveaAdamStep *step, V g, V *w, V *m, V *v)
{
    V beta1 = v_all (step->beta1), beta2 = v_all (step->beta2);
    g = g * v_all (step->scale);
    *m = v_fma (beta1, *m, v_all (1 - step->beta1) * g);
    *v = v_fma (beta2, *v, v_all (1 - step->beta2) * (g * g));
    V root = v_fma (v_sqrt (*v), v_all (step->root), v_all (step->eps));
    *w = *w - v_all (step->rate) * *m / root;
}

static void
adam (const FoveaAdamStep *step, int64_t n, const float *g, float *w, float *m, float *v)
{
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        V vw = v_load (w + i), vm = v_load (m + i), vv = v_load (v + i);
        adam_vector (step, v_load (g + i), &vw, &vm, &vv);
        v_store (w + i, vw);
        v_store (m + i, vm);
        v_store (v + i, vv);
    }
    if (i < n) {
        int part = (int) (n - i);
        V vw = v_load_part (w + i, part), vm = v_load_part (m + i, part),
          vv = v_load_part (v + i, part);
        adam_vector (step, v_load_part (g + i, part), &vw, &vm, &vv);
        v_store_part (w + i, vw, part);
        v_store_part (m + i, vm, part);
        v_store_part (v + i, vv, part);
    }
}

const FoveaSparseLoops FOVEA_IN_SET (fovea_sparse_loops) = {sum, dots, blend, adam};
