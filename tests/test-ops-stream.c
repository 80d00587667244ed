/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scaled rows, capped values and rows added by a gate of their own: every table against the reference, and the reference against the formula. */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

static const int64_t sizes[] = {1, 31, 33, 127, 16384, 40001};

static float *
filled (int64_t n, guint32 seed)
{
    float *x = g_new (float, n + 1);
    ops_fill (x, n, seed);
    x[n] = 77; /* behind the end */
    return x;
}

START_TEST (scale_multiplies_every_element)
{
    int64_t n = sizes[_i];
    g_autofree float *x = filled (n, 1), *out = filled (n, 2);
    for (int i = 0; i < ops_n_devices; i++) {
        carry_scale (ops_devices[i], x, 6.9282f, n, out);
        for (int64_t e = 0; e < n; e++)
            ck_assert_float_eq (out[e], 6.9282f * x[e]);
        ck_assert_float_eq (out[n], 77);
    }
    memcpy (out, x, (size_t) n * sizeof *x);
    carry_scale (ops_devices[0], out, -2, n, out); /* in place */
    ck_assert_float_eq (out[n - 1], -2 * x[n - 1]);
}
END_TEST

START_TEST (soft_cap_agrees_with_reference)
{
    int64_t n = sizes[_i];
    g_autofree float *x = filled (n, 3), *out = filled (n, 4), *expected = filled (n, 5);
    x[0] = 1e30f;
    x[n / 2] = -200;
    fovea_ops_ref.soft_cap (ops_reference, x, 30, n, expected);
    for (int64_t e = 0; e < n; e++)
        ck_assert_double_eq_tol (expected[e], 30 * tanh (x[e] / 30.0), 4e-6);
    for (int i = 0; i < ops_n_devices; i++) {
        carry_soft_cap (ops_devices[i], x, 30, n, out);
        ops_compare ("soft_cap", out, expected, n, 1e-12, 1e-5);
        ck_assert_float_eq (out[n], 77);
    }
}
END_TEST

/* Every element is itself or the limit on its side, to the last bit on every device. */
START_TEST (clip_keeps_what_is_within)
{
    int64_t n = sizes[_i];
    g_autofree float *x = filled (n, 3), *out = filled (n, 4);
    x[0] = 1e30f;
    x[n / 2] = -200;
    x[n - 1] = NAN;
    for (int i = -1; i < ops_n_devices; i++) {
        if (i < 0)
            fovea_ops_ref.clip (ops_reference, x, 0.5f, n, out);
        else
            carry_clip (ops_devices[i], x, 0.5f, n, out);
        for (int64_t e = 0; e + 1 < n; e++)
            ck_assert_float_eq (out[e], CLAMP (x[e], -0.5f, 0.5f));
        ck_assert (isnan (out[n - 1]));
        ck_assert_float_eq (out[n], 77);
    }
}
END_TEST

START_TEST (soft_cap_keeps_nan)
{
    float x[3] = {1, NAN, -1}, out[3];
    for (int i = 0; i < ops_n_devices; i++) {
        carry_soft_cap (ops_devices[i], x, 30, 3, out);
        ck_assert (isnan (out[1]) && !isnan (out[0]) && !isnan (out[2]));
    }
}
END_TEST

/* A row's gate is the sigmoid of a number of its own: far out it is 0 or 1. */
START_TEST (rows_are_added_by_their_gates)
{
    int64_t n = 101, width = sizes[_i] % 1000 + 1;
    g_autofree float *x = filled (n * width, 6), *gates = filled (n, 7);
    g_autofree float *out = filled (n * width, 8), *before = filled (n * width, 8);
    gates[0] = 100;
    gates[1] = -200;
    g_autofree float *expected = g_memdup2 (before, (size_t) (n * width) * sizeof *before);
    fovea_ops_ref.add_gated (ops_reference, x, gates, n, width, expected);
    for (int64_t c = 0; c < width; c++) {
        ck_assert_float_eq (expected[c], before[c] + x[c]);
        ck_assert_float_eq (expected[width + c], before[width + c]);
    }
    ck_assert_double_eq_tol (expected[2 * width],
                             before[2 * width] + x[2 * width] / (1 + exp (-(double) gates[2])),
                             1e-5);
    for (int i = 0; i < ops_n_devices; i++) {
        memcpy (out, before, (size_t) (n * width) * sizeof *out);
        carry_add_gated (ops_devices[i], x, gates, n, width, out);
        ops_compare ("add_gated", out, expected, n * width, 1e-13, 1e-6);
        ck_assert_float_eq (out[n * width], 77);
    }
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("ops, stream");
    TCase *tests = tcase_create ("against reference");
    tcase_add_checked_fixture (tests, ops_open_all, ops_close_all);
    tcase_add_loop_test (tests, scale_multiplies_every_element, 0, G_N_ELEMENTS (sizes));
    tcase_add_loop_test (tests, soft_cap_agrees_with_reference, 0, G_N_ELEMENTS (sizes));
    tcase_add_loop_test (tests, clip_keeps_what_is_within, 0, G_N_ELEMENTS (sizes));
    tcase_add_test (tests, soft_cap_keeps_nan);
    tcase_add_loop_test (tests, rows_are_added_by_their_gates, 0, G_N_ELEMENTS (sizes));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
