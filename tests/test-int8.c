/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Device int8: products of quantised weights on 8-bit activations against their formula in double,
 * attention on f16 against the plain one of rounded input, and everything else as on the CPU. */
#include <math.h>
#include <string.h>

#include "kernels/cpu-kernels.h"
#include "kernels/device.h"
#include "kernels/ops-ref.h"
#include "tests/support.h"

enum {
    ROWS = 3,
    OUTPUTS = 37, /* no multiple of what an item takes */
    INPUTS = 96,
    BLOCK = 32,
    N_BLOCKS = INPUTS / BLOCK
};

static const FoveaDtype types[] = {FOVEA_Q4_0, FOVEA_Q4_1, FOVEA_Q5_0, FOVEA_Q5_1, FOVEA_Q8_0};

/* In [-1, 1), the same in every run. */
static double
get_noise (guint32 *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double) (*state >> 8) / (1 << 23) - 1;
}

static void
put_half (guint8 *at, float value)
{
    fovea_dtype_from_f32 (&value, 1, FOVEA_F16, at);
}

/* Whether a block has a minimum after its scale. */
static gboolean
has_least (FoveaDtype dtype)
{
    return dtype == FOVEA_Q4_1 || dtype == FOVEA_Q5_1;
}

/* Random blocks with sane scales. */
static guint8 *
make_blocks (FoveaDtype dtype, guint32 seed)
{
    gsize size = fovea_dtype_size (dtype), n = OUTPUTS * N_BLOCKS;
    guint8 *blocks = g_malloc (n * size);
    for (gsize i = 0; i < n * size; i++)
        blocks[i] = (guint8) (128 + 127 * get_noise (&seed));
    for (gsize b = 0; b < n; b++) {
        put_half (blocks + b * size, (float) (0.02 + 0.01 * get_noise (&seed)));
        if (has_least (dtype))
            put_half (blocks + b * size + 2, (float) (0.3 * get_noise (&seed)));
    }
    return blocks;
}

static float *
make_values (gsize n, guint32 seed)
{
    float *values = g_new (float, n);
    for (gsize i = 0; i < n; i++)
        values[i] = (float) (3 * get_noise (&seed));
    return values;
}

/* What a block of activations is rounded to; the sum of its integers as f16 has it, too. */
static double
round_block (const float *x, double *out)
{
    double largest = 0, sum = 0;
    for (int i = 0; i < BLOCK; i++)
        largest = fmax (largest, fabs ((double) x[i]));
    float scale = (float) largest / 127;
    for (int i = 0; i < BLOCK; i++) {
        double q = scale > 0 ? rint ((double) (x[i] * (1 / scale))) : 0;
        out[i] = q * (double) fovea_round_half (scale);
        sum += q;
    }
    return (double) fovea_round_half (scale * (float) sum);
}

/* y(t,o) in double. A minimum meets the rounded sum, not the rounded values one by one. */
static double
get_expected (const float *w, const float *least, const float *x)
{
    double y = 0;
    for (int b = 0; b < N_BLOCKS; b++) {
        double rounded[BLOCK], sum = round_block (x + b * BLOCK, rounded);
        for (int i = 0; i < BLOCK; i++)
            y += ((double) w[b * BLOCK + i] - (double) least[b]) * rounded[i];
        y += (double) least[b] * sum;
    }
    return y;
}

static void
run_linear (
    const char *name, const FoveaWeight *weight, const float *x, const float *bias, float *y)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open (name, 2, &error);
    ck_assert_msg (device != NULL, "%s", error != NULL ? error->message : "");
    const FoveaLinearArgs args = {
        .x = x,
        .rows = ROWS,
        .x_stride = weight->n_in,
        .weight = *weight,
        .bias = bias,
        .y = y,
        .y_stride = weight->n_out,
    };
    fovea_device_get_ops (device)->linear (device, &args);
    ck_assert (fovea_device_sync (device, &error));
}

START_TEST (blocks_are_multiplied_as_integers)
{
    FoveaDtype dtype = types[_i];
    gsize size = fovea_dtype_size (dtype);
    g_autofree guint8 *blocks = make_blocks (dtype, 5);
    g_autofree float *x = make_values (ROWS * INPUTS, 7), *bias = make_values (OUTPUTS, 9);
    g_autofree float *w = g_new (float, OUTPUTS *INPUTS), *y = g_new (float, ROWS *OUTPUTS);
    fovea_dtype_to_f32 (blocks, dtype, OUTPUTS * INPUTS, w);
    memset (x, 0, BLOCK * sizeof *x); /* a block without scale */
    const FoveaWeight weight = {
        .data = blocks, .dtype = dtype, .n_out = OUTPUTS, .n_in = INPUTS, .stride = INPUTS};
    run_linear ("int8", &weight, x, bias, y);
    for (int t = 0; t < ROWS; t++)
        for (int o = 0; o < OUTPUTS; o++) {
            float least[N_BLOCKS] = {0};
            for (int b = 0; b < N_BLOCKS && has_least (dtype); b++)
                fovea_dtype_to_f32 (blocks + (gsize) (o * N_BLOCKS + b) * size + 2, FOVEA_F16, 1,
                                    &least[b]);
            double expected =
                get_expected (w + o * INPUTS, least, x + t * INPUTS) + (double) bias[o];
            ck_assert_double_eq_tol (y[t * OUTPUTS + o], expected, 2e-5);
        }
}
END_TEST

/* Whatever the instruction set: 11 blocks a row are two times four and a rest. */
START_TEST (every_instruction_set_gives_the_same_bits)
{
    enum {
        N_IN = 11 * BLOCK
    };
    static const char *const sets[] = {"generic", "avx2", "avx512", "amx"};
    FoveaDtype dtype = types[_i];
    gsize n = (gsize) OUTPUTS * N_IN / BLOCK * fovea_dtype_size (dtype);
    g_autofree guint8 *blocks = g_malloc (n);
    g_autofree float *x = make_values (ROWS * N_IN, 47);
    g_autofree float *first = g_new0 (float, ROWS *OUTPUTS), *y = g_new0 (float, ROWS *OUTPUTS);
    for (gsize at = 0; at < n;) { /* the same random blocks over and over, out of step with rows */
        g_autofree guint8 *some = make_blocks (dtype, 45);
        gsize part = MIN (n - at, OUTPUTS * N_BLOCKS * fovea_dtype_size (dtype));
        memcpy (blocks + at, some, part);
        at += part;
    }
    const FoveaWeight weight = {
        .data = blocks, .dtype = dtype, .n_out = OUTPUTS, .n_in = N_IN, .stride = N_IN};
    for (guint set = 0; set < G_N_ELEMENTS (sets); set++) {
        if (fovea_cpu_kernels_choose (sets[set], NULL) == NULL)
            continue;
        g_setenv ("FOVEA_CPU", sets[set], TRUE);
        run_linear ("int8", &weight, x, NULL, set == 0 ? first : y);
        if (set > 0)
            ck_assert_msg (memcmp (first, y, ROWS * OUTPUTS * sizeof *y) == 0, "%s", sets[set]);
    }
    g_unsetenv ("FOVEA_CPU");
    ck_assert (fabsf (first[0]) > 1e-3f && isfinite (first[ROWS * OUTPUTS - 1]));
}
END_TEST

/* The rounding is there, and no larger than 8 bits make it. */
START_TEST (eight_bits_differ_from_f32_by_less_than_a_percent)
{
    FoveaDtype dtype = types[_i];
    g_autofree guint8 *blocks = make_blocks (dtype, 15);
    g_autofree float *x = make_values (ROWS * INPUTS, 17);
    g_autofree float *y = g_new (float, ROWS *OUTPUTS), *exact = g_new (float, ROWS *OUTPUTS);
    const FoveaWeight weight = {
        .data = blocks, .dtype = dtype, .n_out = OUTPUTS, .n_in = INPUTS, .stride = INPUTS};
    run_linear ("int8", &weight, x, NULL, y);
    run_linear ("ref", &weight, x, NULL, exact);
    double squares = 0, all = 0;
    for (int i = 0; i < ROWS * OUTPUTS; i++) {
        squares += ((double) y[i] - exact[i]) * ((double) y[i] - exact[i]);
        all += (double) exact[i] * exact[i];
    }
    ck_assert_double_gt (sqrt (squares / all), 1e-4);
    ck_assert_double_lt (sqrt (squares / all), 1e-2);
}
END_TEST

/* f32 weights, and blocks that are not of 32 elements. */
START_TEST (other_weights_are_multiplied_as_on_the_cpu)
{
    g_autofree float *x = make_values (ROWS * INPUTS, 27), *w = make_values (OUTPUTS * INPUTS, 28);
    g_autofree float *y = g_new (float, ROWS *OUTPUTS), *cpu = g_new (float, ROWS *OUTPUTS);
    const FoveaWeight weight = {
        .data = w, .dtype = FOVEA_F32, .n_out = OUTPUTS, .n_in = INPUTS, .stride = INPUTS};
    run_linear ("int8", &weight, x, NULL, y);
    run_linear ("cpu", &weight, x, NULL, cpu);
    ck_assert_mem_eq (y, cpu, ROWS * OUTPUTS * sizeof *y);
}
END_TEST

enum {
    KEYS = 9,
    HEADS = 2,
    WIDTH = 4
};

static void
run_attend (const char *name, const float *q, const float *k, const float *v, float *z)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open (name, 1, &error);
    const FoveaAttendArgs args = {
        .q = q,
        .k = k,
        .v = v,
        .z = z,
        .rows = KEYS,
        .n_keys = KEYS,
        .heads = HEADS,
        .kv_heads = HEADS,
        .width = WIDTH,
        .rule = {.scale = 0.5f, .causal = true},
    };
    fovea_device_get_ops (device)->attend (device, &args);
    ck_assert (fovea_device_sync (device, &error));
}

/* Of queries, keys and values that f16 holds, only weights are rounded: up to 2^-11 of each. A
 * query's first key alone has the weight 1, which is exact. */
START_TEST (attention_takes_f16)
{
    enum {
        N = KEYS * HEADS * WIDTH
    };
    float z[N], rounded_z[N], plain[N];
    g_autofree float *q = make_values (N, 37), *k = make_values (N, 38), *v = make_values (N, 39);
    run_attend ("int8", q, k, v, z);
    for (int i = 0; i < N; i++) {
        q[i] = fovea_round_half (q[i]);
        k[i] = fovea_round_half (k[i]);
        v[i] = fovea_round_half (v[i]);
    }
    run_attend ("int8", q, k, v, rounded_z);
    run_attend ("ref", q, k, v, plain);
    ck_assert_mem_eq (z, rounded_z, sizeof z);
    ck_assert_mem_eq (z, v, HEADS * WIDTH * sizeof *z);
    double worst = 0;
    for (int i = 0; i < N; i++)
        worst = fmax (worst, fabs ((double) z[i] - plain[i]));
    ck_assert_double_gt (worst, 1e-6);
    ck_assert_double_lt (worst, 3.0 / 2048);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("int8");
    TCase *tcase = tcase_create ("int8");
    tcase_add_loop_test (tcase, blocks_are_multiplied_as_integers, 0, G_N_ELEMENTS (types));
    tcase_add_loop_test (tcase, every_instruction_set_gives_the_same_bits, 0, G_N_ELEMENTS (types));
    tcase_add_loop_test (tcase, eight_bits_differ_from_f32_by_less_than_a_percent, 0,
                         G_N_ELEMENTS (types));
    tcase_add_test (tcase, other_weights_are_multiplied_as_on_the_cpu);
    tcase_add_test (tcase, attention_takes_f16);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
