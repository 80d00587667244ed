/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every operation but attention, each device of ops-support.h against the reference table. Shapes
 * straddle the tiles of the fast versions. */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

static const int64_t sizes[] = {1, 31, 32, 33, 127, 128, 129, 1000};
/* Of norms also those that a GPU's threads hold in registers, and longer ones. */
static const int64_t widths[] = {1, 31, 32, 33, 127, 128, 129, 1000, 1024, 2047, 4096, 5000};

static float *
filled (int64_t n, guint32 seed)
{
    float *x = g_new (float, n + 1);
    ops_fill (x, n, seed);
    return x;
}

static char *
title (const char *op, int device, int64_t rows, int64_t width, int mode)
{
    return g_strdup_printf ("%s on %s, %ld x %ld, mode %d", op,
                            fovea_device_describe (ops_devices[device]), (long) rows, (long) width,
                            mode);
}

/* A weight of the given type and order with row padding, and its data to free. */
static FoveaWeight
make_weight (FoveaDtype dtype, bool input_major, int64_t n_out, int64_t n_in, guint32 seed)
{
    int64_t length = input_major ? n_out : n_in, lines = input_major ? n_in : n_out;
    int64_t stride = length + (length % 8 != 0 ? 3 : 0); /* packed where fast loops may want it */
    g_autofree float *values = filled (lines * stride, seed);
    void *data = g_malloc ((size_t) (lines * stride) * fovea_dtype_size (dtype));
    fovea_dtype_from_f32 (values, (size_t) (lines * stride), dtype, data);
    return (FoveaWeight){data, dtype, n_out, n_in, stride, input_major};
}

/* Runs one linear on the reference and on all devices, twice each. */
static void
check_linear (FoveaLinearArgs args, int mode)
{
    bool tf32 = args.precision == FOVEA_PRECISION_TF32;
    int64_t n = args.rows * args.weight.n_out;
    g_autofree float *expected = g_new (float, n), *y = g_new (float, n), *again = g_new (float, n);
    args.y_stride = args.weight.n_out;
    args.y = expected;
    args.precision = tf32 ? FOVEA_PRECISION_F32 : args.precision;
    fovea_ops_ref.linear (ops_reference, &args);
    args.precision = tf32 ? FOVEA_PRECISION_TF32 : args.precision;
    for (int i = 0; i < ops_n_devices; i++) {
        if (!fovea_device_check_precision (ops_devices[i], args.precision, NULL))
            continue;
        g_autofree char *what =
            title ("linear", i, args.rows * 100000 + args.weight.n_in, args.weight.n_out, mode);
        memset (y, 0xff, (size_t) n * sizeof *y);
        args.y = y;
        carry_linear (ops_devices[i], &args);
        args.y = again;
        carry_linear (ops_devices[i], &args);
        ck_assert (fovea_device_sync (ops_devices[i], NULL));
        /* a product of two values of size 10 in a sum of 1,000, or of more; TF32 rounds both to 11 bits */
        double more = fmax (1, (double) args.weight.n_in / 1000);
        ops_compare (what, y, expected, n, tf32 ? 1e-6 : 1e-12 * more, more * (tf32 ? 2e-2 : 3e-5));
        ck_assert_msg (memcmp (y, again, (size_t) n * sizeof *y) == 0, "%s: bits differ", what);
    }
}

/* Mode: 3 types x 2 orders x 4 precisions, the last only where it is served. */
START_TEST (linear_agrees_with_reference)
{
    static const FoveaDtype types[] = {FOVEA_F32, FOVEA_F16, FOVEA_BF16};
    static const int64_t shapes[][3] = {
        {1, 33, 129},   {1, 1000, 31}, {31, 32, 33},   {33, 127, 128}, {128, 129, 70},
        {129, 64, 1},   {7, 1, 64},    {530, 40, 36},  {40, 64, 1100}, {1, 2048, 33},
        {1, 264, 9001}, {1, 8, 12672}, {1, 4096, 300}, {2, 264, 600}};
    FoveaDtype dtype = types[_i % 3];
    bool input_major = _i / 3 % 2 == 1;
    for (guint s = 0; s < G_N_ELEMENTS (shapes); s++) {
        int64_t rows = shapes[s][0], n_in = shapes[s][1], n_out = shapes[s][2];
        FoveaWeight weight = make_weight (dtype, input_major, n_out, n_in, 7 + s);
        g_autofree void *data = (void *) weight.data;
        g_autofree float *x = filled (rows * (n_in + 5), 3), *bias = filled (n_out, 5);
        FoveaLinearArgs args = {.precision = (FoveaPrecision) (_i / 6),
                                .rows = rows,
                                .x = x,
                                .x_stride = n_in + 5,
                                .weight = weight,
                                .bias = s % 2 == 0 ? bias : NULL};
        check_linear (args, _i);
    }
}
END_TEST

START_TEST (tf32_is_served_by_a_gpu_and_refused_elsewhere_by_name)
{
    for (int i = -1; i < ops_n_devices; i++) {
        FoveaDevice *device = i < 0 ? ops_reference : ops_devices[i];
        g_autoptr (GError) error = NULL;
        for (int p = FOVEA_PRECISION_F32; p < FOVEA_PRECISION_TF32; p++)
            ck_assert (fovea_device_check_precision (device, (FoveaPrecision) p, &error));
        bool served = fovea_device_check_precision (device, FOVEA_PRECISION_TF32, &error);
        ck_assert (served == (strcmp (fovea_device_get_ops (device)->name, "cuda") == 0));
        if (served)
            continue;
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE));
        ck_assert_ptr_nonnull (strstr (error->message, "tf32"));
        ck_assert_ptr_nonnull (strstr (error->message, fovea_device_describe (device)));
    }
}
END_TEST

START_TEST (precisions_have_names)
{
    for (int p = 0; p < FOVEA_N_PRECISIONS; p++)
        ck_assert_int_eq (
            (int) fovea_precision_from_name (fovea_precision_name ((FoveaPrecision) p)), p);
    ck_assert_str_eq (fovea_precision_name (FOVEA_PRECISION_TF32), "tf32");
}
END_TEST

/* Results of 8 MiB and more are written past the caches. */
START_TEST (large_result_is_the_same_as_its_rows)
{
    int64_t rows = 70, n_out = 32768, n_in = 40;
    FoveaWeight weight = make_weight (FOVEA_BF16, false, n_out, n_in, 1);
    g_autofree void *data = (void *) weight.data;
    g_autofree float *x = filled (rows * n_in, 2), *few = g_new (float, 64 * n_out);
    for (int i = 0; i < ops_n_devices; i++) {
        /* aligned as results of a forward pass are */
        float *y = fovea_ops_ref.alloc (ops_reference, (size_t) (rows * n_out) * sizeof (float));
        FoveaLinearArgs args = {
            .rows = rows, .x = x, .x_stride = n_in, .weight = weight, .y = y, .y_stride = n_out};
        carry_linear (ops_devices[i], &args);
        args.rows = 40;
        args.y = few;
        carry_linear (ops_devices[i], &args);
        ops_compare ("large linear", few, y, 40 * n_out, 1e-12, 1e-5);
        fovea_ops_ref.free (ops_reference, y);
    }
}
END_TEST

START_TEST (linear_writes_only_its_outputs)
{
    FoveaWeight weight = make_weight (FOVEA_BF16, false, 40, 33, 1);
    g_autofree void *data = (void *) weight.data;
    g_autofree float *x = filled (40 * 33, 2);
    float y[40 * 50];
    for (int i = 0; i < ops_n_devices; i++) {
        for (int j = 0; j < 40 * 50; j++)
            y[j] = 77;
        FoveaLinearArgs args = {
            .rows = 40, .x = x, .x_stride = 33, .weight = weight, .y = y, .y_stride = 50};
        carry_linear (ops_devices[i], &args);
        for (int t = 0; t < 40; t++)
            for (int o = 40; o < 50; o++)
                ck_assert_float_eq (y[t * 50 + o], 77);
    }
}
END_TEST

/* Mode: kind, and whether gain, bias and the captured outputs are there. */
START_TEST (norm_agrees_with_reference)
{
    int64_t width = widths[_i % (int) G_N_ELEMENTS (widths)], rows = 65;
    int mode = _i / (int) G_N_ELEMENTS (widths);
    int64_t n = rows * width;
    g_autofree float *x = filled (n, 1), *gain = filled (width, 2), *bias = filled (width, 3);
    g_autofree float *out[2] = {g_new (float, 2 * n), NULL};
    g_autofree float *normalized = g_new (float, 2 * n), *scale = g_new (float, 2 * rows);
    FoveaNormArgs args = {.kind = (FoveaNormKind) (mode % 2),
                          .eps = 1e-5f,
                          .gain_offset = mode / 2 == 1 ? 1 : 0,
                          .rows = rows,
                          .width = width,
                          .x = x,
                          .gain = mode / 2 < 2 ? gain : NULL,
                          .bias = mode / 2 == 0 ? bias : NULL,
                          .out = out[0],
                          .scale = scale,
                          .normalized = normalized};
    fovea_ops_ref.norm (ops_reference, &args);
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = title ("norm", i, rows, width, _i);
        args.out = out[0] + n;
        args.scale = scale + rows;
        args.normalized = normalized + n;
        carry_norm (ops_devices[i], &args);
        ops_compare (what, out[0] + n, out[0], n, 1e-12, 2e-5);
        ops_compare (what, normalized + n, normalized, n, 1e-12, 2e-5);
        ops_compare (what, scale + rows, scale, rows, 1e-12, 1e-6);
        memcpy (normalized + n, x, (size_t) n * sizeof *x);
        args.x = args.out = normalized + n; /* in place, nothing captured */
        args.scale = args.normalized = NULL;
        carry_norm (ops_devices[i], &args);
        ck_assert_msg (memcmp (normalized + n, out[0] + n, (size_t) n * sizeof *x) == 0, "%s: %s",
                       what, "in place differs");
        args.x = x;
    }
}
END_TEST

/* Rows of heads take the gains of their heads in turn: each head by itself gives the same. */
START_TEST (norm_takes_gains_in_turn)
{
    enum {
        HEADS = 3,
        TOKENS = 5
    };
    int64_t width = sizes[_i], n = TOKENS * HEADS * width;
    g_autofree float *x = filled (n, 1), *gains = filled (HEADS * width, 2);
    g_autofree float *out = g_new (float, 2 * n), *row = g_new (float, width);
    FoveaNormArgs args = {.kind = FOVEA_NORM_LAYER,
                          .eps = 1e-5f,
                          .rows = TOKENS * HEADS,
                          .width = width,
                          .x = x,
                          .gain = gains,
                          .out = out,
                          .gain_rows = HEADS};
    fovea_ops_ref.norm (ops_reference, &args);
    for (int64_t r = 0; r < TOKENS * HEADS; r++) {
        const FoveaNormArgs one = {.kind = FOVEA_NORM_LAYER,
                                   .eps = 1e-5f,
                                   .rows = 1,
                                   .width = width,
                                   .x = x + r * width,
                                   .gain = gains + r % HEADS * width,
                                   .out = row};
        fovea_ops_ref.norm (ops_reference, &one);
        ck_assert_mem_eq (out + r * width, row, (size_t) width * sizeof *row);
    }
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = title ("norm by heads", i, args.rows, width, _i);
        args.out = out + n;
        carry_norm (ops_devices[i], &args);
        ops_compare (what, out + n, out, n, 1e-12, 2e-5);
    }
}
END_TEST

START_TEST (rotary_agrees_with_reference)
{
    int64_t rows = 33, heads = 3, width = 70, half = _i / 2 == 0 ? 35 : 20, first = 5,
            n = rows * heads * width;
    g_autofree float *x = filled (n, 1), *out = g_new (float, n), *expected = g_new (float, n);
    g_autofree float *angle = filled ((rows + first) * half, 2);
    g_autofree float *cosines = g_new (float, (rows + first) * half);
    for (int64_t i = 0; i < (rows + first) * half; i++)
        cosines[i] = cosf (angle[i]);
    FoveaRotaryArgs args = {rows,  heads,   width, 2 * half, _i % 2 == 1,
                            first, cosines, angle, x,        expected};
    fovea_ops_ref.rotary (ops_reference, &args);
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = title ("rotary", i, rows, width, _i);
        memcpy (out, x, (size_t) n * sizeof *x);
        args.x = args.out = out;
        carry_rotary (ops_devices[i], &args);
        ops_compare (what, out, expected, n, 1e-13, 1e-6);
    }
}
END_TEST

START_TEST (activations_agree_with_reference)
{
    int64_t n = 40001;
    g_autofree float *x = filled (n, 1), *up = filled (n, 2);
    g_autofree float *out = g_new (float, n), *expected = g_new (float, n);
    for (int64_t i = 0; i < n; i++)
        x[i] *= 4;
    x[0] = -1000;
    x[1] = 1000;
    x[2] = 0;
    if (_i ==
        FOVEA_ACTIVATION_CLAMPED) { /* which clamps them; elsewhere they would only scale errors */
        up[0] = up[3] = -50;
        up[1] = up[4] = 50;
    }
    for (int gated = 0; gated < 2; gated++) {
        fovea_ops_ref.activate (ops_reference, (FoveaActivation) _i, x, gated ? up : NULL, n,
                                expected);
        for (int i = 0; i < ops_n_devices; i++) {
            g_autofree char *what = title ("activate", i, n, gated, _i);
            carry_activate (ops_devices[i], (FoveaActivation) _i, x, gated ? up : NULL, n, out);
            ops_compare (what, out, expected, n, 1e-12, 1e-6);
        }
    }
}
END_TEST

/* Values worked out by hand: 7 / (1 + exp (-11.914)) = 6.9999533, halves of it as up says. */
START_TEST (clamped_activation_is_that_of_its_formula)
{
    const float x[4] = {20, 0.5f, -2, 7}, up[4] = {-20, 0, 2, 9};
    const double expected[4] = {6.9999533 * -6, 0.5 / (1 + exp (-0.851)),
                                3 * -2 / (1 + exp (3.404)), 6.9999533 * 8};
    float out[4];
    fovea_ops_ref.activate (ops_reference, FOVEA_ACTIVATION_CLAMPED, x, up, 4, out);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol (out[i], expected[i], 1e-5);
}
END_TEST

START_TEST (a_squared_rectifier_is_zero_below_and_a_square_above)
{
    const float x[4] = {-3, -0.0f, 0.5f, 4}, expected[4] = {0, 0, 0.25f, 16};
    float out[4];
    for (int i = 0; i < ops_n_devices; i++) {
        carry_activate (ops_devices[i], FOVEA_ACTIVATION_RELU_SQUARED, x, NULL, 4, out);
        for (int e = 0; e < 4; e++)
            ck_assert (out[e] == expected[e]);
    }
}
END_TEST

START_TEST (activations_keep_nan)
{
    const float one[3] = {1, 1, 1};
    float x[3] = {1, NAN, -1}, out[3];
    for (int i = 0; i < ops_n_devices; i++) {
        for (int kind = 0; kind < FOVEA_N_ACTIVATIONS; kind++) {
            carry_activate (ops_devices[i], (FoveaActivation) kind, x, NULL, 3, out);
            ck_assert (isnan (out[1]) && !isnan (out[0]) && !isnan (out[2]));
            carry_activate (ops_devices[i], (FoveaActivation) kind, one, x, 3, out);
            ck_assert (isnan (out[1]) && !isnan (out[0]) && !isnan (out[2]));
        }
    }
}
END_TEST

START_TEST (add_and_embed_agree_with_reference)
{
    int64_t n = 40007;
    int32_t ids[] = {5, 0, 9, 5, 3};
    g_autofree float *a = filled (n, 1), *b = filled (n, 2), *out = g_new (float, n),
                     *expected = g_new (float, n);
    for (int i = 0; i < ops_n_devices; i++) {
        fovea_ops_ref.add (ops_reference, a, b, n, expected);
        carry_add (ops_devices[i], a, b, n, out);
        ck_assert (memcmp (out, expected, (size_t) n * sizeof *out) == 0);
        for (int type = 0; type < 6; type++) {
            FoveaWeight table = make_weight ((FoveaDtype) (type / 2), type % 2, 10, 67, 4);
            g_autofree void *data = (void *) table.data;
            fovea_ops_ref.embed (ops_reference, &table, ids, 5, expected);
            carry_embed (ops_devices[i], &table, ids, 5, out);
            ck_assert (memcmp (out, expected, 5 * 67 * sizeof *out) == 0);
        }
    }
}
END_TEST

START_TEST (cross_entropy_agrees_with_reference)
{
    int64_t V = sizes[_i], rows = 9;
    g_autofree float *logits = filled (rows * V, 1);
    int32_t targets[9];
    float out[9], expected[9];
    for (int t = 0; t < 9; t++)
        targets[t] = (int32_t) (t * 7 % V);
    fovea_ops_ref.cross_entropy (ops_reference, logits, targets, rows, V, expected);
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = title ("cross_entropy", i, rows, V, 0);
        carry_cross_entropy (ops_devices[i], logits, targets, rows, V, out);
        ops_compare (what, out, expected, rows, 1e-10, 2e-6);
    }
}
END_TEST

/* What a device reserves is not read from outside, so the prediction is held between bounds worked
 * out by hand: 64 scores of 4 bytes a key and thread at least, and ten times keys and values more
 * at most. */
START_TEST (predicted_scratch_grows_with_the_keys)
{
    FoveaScratchShape shape = {.rows = 512,
                               .n_keys = 2048,
                               .heads = 12,
                               .kv_heads = 4,
                               .width = 32,
                               .n_in = 1024,
                               .weight = FOVEA_BF16,
                               .capture = true};
    for (int i = 0; i < ops_n_devices; i++) {
        shape.n_keys = 2048;
        size_t small = fovea_device_predict_scratch (ops_devices[i], &shape);
        shape.n_keys = 8192;
        size_t large = fovea_device_predict_scratch (ops_devices[i], &shape);
        if (fovea_device_has_own_memory (ops_devices[i])) { /* what it takes is test-gpu's matter */
            ck_assert_uint_ge (large, small);
            continue;
        }
        ck_assert_uint_ge (large - small, 2 * 64 * 4 * (8192 - 2048 - 2048));
        ck_assert_uint_le (large, 2 * 64 * 8192 * 5 + 10 * 8192 * 4 * 32 * 8 + (8 << 20));
    }
}
END_TEST

/* A NaN stays one, with any payload. */
static void
compare_converted (const char *got, const char *expected, FoveaDtype dtype, int64_t n)
{
    g_autofree float *a = g_new (float, n), *b = g_new (float, n);
    fovea_dtype_to_f32 (got, dtype, (size_t) n, a);
    fovea_dtype_to_f32 (expected, dtype, (size_t) n, b);
    for (int64_t i = 0; i < n; i++)
        ck_assert (isnan (b[i]) ? isnan (a[i]) : memcmp (&a[i], &b[i], sizeof *a) == 0);
}

START_TEST (convert_rounds_as_reference_does)
{
    static const FoveaDtype dtypes[] = {FOVEA_F32, FOVEA_F16, FOVEA_BF16};
    static const int64_t lengths[] = {1, 63, 16384, 16385, 50001};
    for (int i = 0; i < ops_n_devices; i++) {
        for (guint d = 0; d < G_N_ELEMENTS (dtypes); d++) {
            int64_t n = lengths[_i];
            size_t bytes = (size_t) n * fovea_dtype_size (dtypes[d]);
            g_autofree float *x = filled (n, 40);
            x[n / 2] = NAN;
            x[n - 1] = 1e30f; /* infinite in f16 */
            g_autofree char *expected = g_malloc0 (bytes + 1), *got = g_malloc0 (bytes + 1);
            got[bytes] = 77;
            fovea_ops_ref.convert (ops_reference, x, dtypes[d], n, expected);
            carry_convert (ops_devices[i], x, dtypes[d], n, got);
            ck_assert_int_eq (got[bytes], 77);
            compare_converted (got, expected, dtypes[d], n);
        }
    }
}
END_TEST

/* What is rounded in place has the values of a conversion there and back. */
START_TEST (rounded_values_are_those_of_the_type)
{
    static const FoveaDtype dtypes[] = {FOVEA_F16, FOVEA_BF16};
    int64_t n = 50001;
    for (int i = 0; i < ops_n_devices; i++) {
        const FoveaOps *ops = fovea_device_get_ops (ops_devices[i]);
        ck_assert ((ops->round == NULL) == (ops->attend_dtype == NULL));
        for (guint d = 0; d < G_N_ELEMENTS (dtypes) && ops->round != NULL; d++) {
            g_autofree float *x = filled (n, 40), *expected = filled (n, 40);
            g_autofree char *two = g_malloc ((size_t) n * 2);
            fovea_dtype_from_f32 (expected, (size_t) n, dtypes[d], two);
            fovea_dtype_to_f32 (two, dtypes[d], (size_t) n, expected);
            carry_round (ops_devices[i], x, dtypes[d], n);
            ck_assert_mem_eq (x, expected, (size_t) n * sizeof *x);
        }
    }
}
END_TEST

START_TEST (lowest_row_with_nan_is_found)
{
    enum {
        ROWS = 70,
        WIDTH = 33
    };
    static const int64_t places[] = {0, 5 * WIDTH + WIDTH - 1, ROWS * WIDTH - 1};
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree float *x = filled (ROWS * WIDTH, 41);
        int32_t expected = INT32_MAX, got = INT32_MAX;
        carry_find_nan (ops_devices[i], x, ROWS, WIDTH, &got);
        ck_assert_int_eq (got, INT32_MAX);
        x[places[_i]] = NAN;
        x[ROWS * WIDTH - 1] = NAN;
        fovea_ops_ref.find_nan (ops_reference, x, ROWS, WIDTH, &expected);
        carry_find_nan (ops_devices[i], x, ROWS, WIDTH, &got);
        ck_assert_int_eq (expected, places[_i] / WIDTH);
        ck_assert_int_eq (got, expected);
        /* An earlier find of another tensor stays. */
        got = 0;
        carry_find_nan (ops_devices[i], x, ROWS, WIDTH, &got);
        ck_assert_int_eq (got, 0);
    }
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("ops");
    TCase *tests = tcase_create ("against reference");
    tcase_add_checked_fixture (tests, ops_open_all, ops_close_all);
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, linear_agrees_with_reference, 0, 24);
    tcase_add_test (tests, tf32_is_served_by_a_gpu_and_refused_elsewhere_by_name);
    tcase_add_test (tests, precisions_have_names);
    tcase_add_test (tests, large_result_is_the_same_as_its_rows);
    tcase_add_test (tests, linear_writes_only_its_outputs);
    tcase_add_loop_test (tests, norm_agrees_with_reference, 0, 6 * G_N_ELEMENTS (widths));
    tcase_add_loop_test (tests, norm_takes_gains_in_turn, 0, 8);
    tcase_add_loop_test (tests, rotary_agrees_with_reference, 0, 4);
    tcase_add_loop_test (tests, activations_agree_with_reference, 0, FOVEA_N_ACTIVATIONS);
    tcase_add_test (tests, clamped_activation_is_that_of_its_formula);
    tcase_add_test (tests, activations_keep_nan);
    tcase_add_test (tests, a_squared_rectifier_is_zero_below_and_a_square_above);
    tcase_add_test (tests, add_and_embed_agree_with_reference);
    tcase_add_loop_test (tests, cross_entropy_agrees_with_reference, 0, 8);
    tcase_add_test (tests, predicted_scratch_grows_with_the_keys);
    tcase_add_loop_test (tests, convert_rounds_as_reference_does, 0, 5);
    tcase_add_test (tests, rounded_values_are_those_of_the_type);
    tcase_add_loop_test (tests, lowest_row_with_nan_is_found, 0, 3);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
