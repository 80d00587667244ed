/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention of each instruction set against the reference table: masks, head layouts, shapes that
 * straddle tiles, and everything that capture asks for. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/ops-support.h"
#include "tests/support.h"

static FoveaDevice *ref, *devices[OPS_MAX_DEVICES];
static int n_devices;

static void
open_all (void)
{
    n_devices = ops_open_devices (&ref, devices);
}

static void
close_all (void)
{
    ops_close_devices (ref, devices, n_devices);
}

enum {
    MAX_HEADS = 6,
    MAX_KEYS = 1000,
    N_STATISTICS = 6
};

typedef struct {
    int64_t rows, first_query, heads, kv_heads, width;
} Shape;

static const Shape shapes[] = {
    {1, 0, 1, 1, 32},    {1, 129, 6, 2, 32},   {31, 0, 4, 4, 8},    {32, 33, 2, 1, 33},
    {33, 95, 3, 1, 64},  {127, 0, 6, 2, 32},   {128, 64, 2, 2, 80}, {129, 0, 1, 1, 96},
    {65, 63, 4, 2, 128}, {200, 800, 2, 1, 16}, {7, 57, 2, 1, 5},
};

static const float slopes[MAX_HEADS] = {0.5f, 0.25f, 0.125f, 0.0625f, 0.03f, 0.01f};
static const float sinks[MAX_HEADS] = {0.5f, -3.0f, 6.0f, 0.0f, 1.0f, 2.0f};
static int32_t segments[MAX_KEYS + 1];

enum {
    CAUSAL,
    BIDIRECTIONAL,
    WINDOW,
    TWO_SIDED_WINDOW,
    SOFT_CAP,
    ALIBI,
    SINK,
    SEGMENTS,
    EVERYTHING,
    N_RULES
};

static FoveaScoreRule
make_rule (int kind, int64_t width)
{
    bool all = kind == EVERYTHING;
    for (int i = 0; i <= MAX_KEYS; i++)
        segments[i] = i / 37;
    FoveaScoreRule rule = {.scale = 1 / sqrtf ((float) width)};
    rule.causal = kind != BIDIRECTIONAL && kind != TWO_SIDED_WINDOW;
    rule.window = kind == WINDOW || kind == TWO_SIDED_WINDOW || all ? 20 : 0;
    rule.soft_cap = kind == SOFT_CAP || all ? 5 : 0;
    rule.alibi_slopes = kind == ALIBI || all ? slopes : NULL;
    rule.sink_logits = kind == SINK || all ? sinks : NULL;
    rule.segments = kind == SEGMENTS || all ? segments : NULL;
    return rule;
}

/* All that one call gives, in one allocation. */
typedef struct {
    float *z, *statistics[N_STATISTICS], *block_mass, *block_max, *scores, *pattern;
    int32_t *max_key;
    double *column_mass;
    int64_t n_z, n_rows, n_columns, n_blocks, n_dense;
} Outputs;

static Outputs
new_outputs (const FoveaAttendArgs *a)
{
    Outputs o = {0};
    int64_t row_blocks = (a->first_query + a->rows - 1) / 64 - a->first_query / 64 + 1;
    o.n_z = a->rows * a->heads * a->width;
    o.n_rows = a->rows * a->heads;
    o.n_columns = a->heads * (a->n_keys + 2);
    o.n_blocks = a->heads * row_blocks * (a->n_keys / 64 + 2);
    o.n_dense = a->heads * a->rows * a->n_keys;
    o.z = g_new0 (float, o.n_z);
    for (int i = 0; i < N_STATISTICS; i++)
        o.statistics[i] = g_new0 (float, o.n_rows);
    o.max_key = g_new0 (int32_t, o.n_rows);
    o.column_mass = g_new0 (double, o.n_columns);
    o.block_mass = g_new0 (float, o.n_blocks);
    o.block_max = g_new0 (float, o.n_blocks);
    o.scores = g_new0 (float, o.n_dense);
    o.pattern = g_new0 (float, o.n_dense);
    return o;
}

static void
free_outputs (Outputs *o)
{
    g_free (o->z);
    for (int i = 0; i < N_STATISTICS; i++)
        g_free (o->statistics[i]);
    g_free (o->max_key);
    g_free (o->column_mass);
    g_free (o->block_mass);
    g_free (o->block_max);
    g_free (o->scores);
    g_free (o->pattern);
}

static void
attach (FoveaAttendArgs *a, const Outputs *o)
{
    a->z = o->z;
    a->lse = o->statistics[0];
    a->entropy = o->statistics[1];
    a->max_weight = o->statistics[2];
    a->mean_distance = o->statistics[3];
    a->first_mass = o->statistics[4];
    a->local_mass = o->statistics[5];
    a->max_key = o->max_key;
    a->column_mass = o->column_mass;
    a->column_stride = a->n_keys + 2;
    a->block_mass = o->block_mass;
    a->block_max = o->block_max;
    a->block_stride = a->n_keys / 64 + 2;
    a->scores = o->scores;
    a->pattern = o->pattern;
}

/* The largest weights may tie within rounding: then either key is right. */
static void
compare_max_keys (const char *what,
                  const FoveaAttendArgs *a,
                  const Outputs *got,
                  const Outputs *want)
{
    for (int64_t i = 0; i < got->n_rows; i++) {
        int32_t key = got->max_key[i], expected = want->max_key[i];
        int64_t row = (i % a->heads * a->rows + i / a->heads) * a->n_keys;
        bool same = key == expected ||
                    (key >= 0 && expected >= 0 &&
                     fabsf (want->pattern[row + key] - want->pattern[row + expected]) < 1e-6f);
        ck_assert_msg (same, "%s: max key %d, expected %d", what, key, expected);
    }
}

static void
compare_outputs (const char *what,
                 const FoveaAttendArgs *a,
                 const Outputs *got,
                 const Outputs *want)
{
    static const double allowed[N_STATISTICS] = {2e-6, 5e-6, 5e-6, 2e-5, 5e-6, 5e-6};
    ops_compare (what, got->z, want->z, got->n_z, 1e-11, 5e-6);
    for (int i = 0; i < N_STATISTICS; i++)
        ops_compare (what, got->statistics[i], want->statistics[i], got->n_rows, 1e-9, allowed[i]);
    ops_compare (what, got->block_mass, want->block_mass, got->n_blocks, 1e-10, 1e-5);
    ops_compare (what, got->block_max, want->block_max, got->n_blocks, 1e-10, 5e-6);
    ops_compare (what, got->scores, want->scores, got->n_dense, 1e-11, 1e-5);
    ops_compare (what, got->pattern, want->pattern, got->n_dense, 1e-10, 5e-6);
    for (int64_t i = 0; i < got->n_columns; i++)
        ck_assert_msg (fabs (got->column_mass[i] - want->column_mass[i]) <
                           1e-5 * (1 + fabs (want->column_mass[i])),
                       "%s: column mass %ld", what, (long) i);
    compare_max_keys (what, a, got, want);
}

/* A second run, and one without capture, must give the same bits. */
static void
check_bits (const char *what, FoveaDevice *device, FoveaAttendArgs args, const Outputs *first)
{
    Outputs o = new_outputs (&args);
    attach (&args, &o);
    fovea_ops_cpu.attend (device, &args);
    size_t bytes = (size_t) o.n_z * sizeof *o.z;
    ck_assert_msg (memcmp (o.z, first->z, bytes) == 0, "%s: z differs on repeat", what);
    ck_assert_msg (memcmp (o.column_mass, first->column_mass,
                           (size_t) o.n_columns * sizeof *o.column_mass) == 0,
                   "%s: column mass differs on repeat", what);
    FoveaAttendArgs plain = {.precision = args.precision,
                             .rule = args.rule,
                             .rows = args.rows,
                             .n_keys = args.n_keys,
                             .heads = args.heads,
                             .kv_heads = args.kv_heads,
                             .width = args.width,
                             .first_query = args.first_query,
                             .q = args.q,
                             .k = args.k,
                             .v = args.v,
                             .z = o.z};
    memset (o.z, 0xff, bytes);
    fovea_ops_cpu.attend (device, &plain);
    ck_assert_msg (memcmp (o.z, first->z, bytes) == 0, "%s: capture changes z", what);
    free_outputs (&o);
}

/* Rectangles of one head against its dense rows: the same bits where both run on the same
 * registers, else rounding of scores as large as 100. */
static void
check_rectangle (const char *what, FoveaDevice *device, const FoveaAttendArgs *a, const Outputs *o)
{
    int64_t head = a->heads - 1, group = a->kv_heads - 1, row = a->rows / 3, key = a->n_keys / 4;
    int64_t n_queries = a->rows - row, n_keys = a->n_keys - key;
    g_autofree float *out = g_new (float, n_queries *n_keys), *lse = g_new (float, n_queries);
    for (int64_t i = 0; i < n_queries; i++)
        lse[i] = o->statistics[0][(row + i) * a->heads + head];
    FoveaRectangleArgs r = {.rule = a->rule,
                            .head = head,
                            .q0 = a->first_query + row,
                            .n_queries = n_queries,
                            .k0 = key,
                            .n_keys = n_keys,
                            .width = a->width,
                            .q = a->q + (row * a->heads + head) * a->width,
                            .q_stride = a->heads * a->width,
                            .k = a->k + (key * a->kv_heads + group) * a->width,
                            .k_stride = a->kv_heads * a->width,
                            .out = out};
    for (int with_lse = 0; with_lse < 2; with_lse++) {
        const float *dense =
            (with_lse ? o->pattern : o->scores) + (head * a->rows + row) * a->n_keys;
        r.lse = with_lse ? lse : NULL;
        fovea_device_get_ops (device)->rectangle (device, &r);
        for (int64_t i = 0; i < n_queries; i++)
            ops_compare (what, out + i * n_keys, dense + i * a->n_keys + key, n_keys, 1e-9,
                         a->rows < 32 ? 3e-6
                         : with_lse   ? 1e-6
                                      : 0);
    }
}

START_TEST (attention_agrees_with_reference)
{
    const Shape *s = &shapes[_i % G_N_ELEMENTS (shapes)];
    int kind = _i / (int) G_N_ELEMENTS (shapes);
    int64_t n_keys = s->first_query + s->rows;
    g_autofree float *q = g_new (float, s->rows * s->heads * s->width);
    g_autofree float *k = g_new (float, n_keys * s->kv_heads * s->width);
    g_autofree float *v = g_new (float, n_keys * s->kv_heads * s->width);
    ops_fill (q, s->rows * s->heads * s->width, 1);
    ops_fill (k, n_keys * s->kv_heads * s->width, 2);
    ops_fill (v, n_keys * s->kv_heads * s->width, 3);
    FoveaAttendArgs args = {.rule = make_rule (kind, s->width),
                            .rows = s->rows,
                            .n_keys = n_keys,
                            .heads = s->heads,
                            .kv_heads = s->kv_heads,
                            .width = s->width,
                            .first_query = s->first_query,
                            .q = q,
                            .k = k,
                            .v = v};
    Outputs want = new_outputs (&args);
    attach (&args, &want);
    fovea_ops_ref.attend (ref, &args);
    for (int i = 0; i < n_devices; i++) {
        g_autofree char *what =
            g_strdup_printf ("attend, rule %d, shape %d, %s", kind,
                             _i % (int) G_N_ELEMENTS (shapes), fovea_device_describe (devices[i]));
        Outputs got = new_outputs (&args);
        attach (&args, &got);
        fovea_ops_cpu.attend (devices[i], &args);
        ck_assert (fovea_device_sync (devices[i], NULL));
        compare_outputs (what, &args, &got, &want);
        check_bits (what, devices[i], args, &got);
        check_rectangle (what, devices[i], &args, &got);
        free_outputs (&got);
    }
    free_outputs (&want);
}
END_TEST

/* Reduced precision rounds weights and values, by at most 2^-8 each; scores and statistics are
 * those of f32. */
START_TEST (bf16_changes_only_the_sum_of_values)
{
    enum {
        T = 200,
        D = 48
    };
    g_autofree float *q = g_new (float, T *D), *k = g_new (float, T *D), *v = g_new (float, T *D);
    ops_fill (q, T * D, 1);
    ops_fill (k, T * D, 2);
    ops_fill (v, T * D, 3);
    FoveaAttendArgs args = {.rule = make_rule (CAUSAL, D),
                            .rows = T,
                            .n_keys = T,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = D,
                            .q = q,
                            .k = k,
                            .v = v};
    for (int i = 0; i < n_devices; i++) {
        Outputs f32 = new_outputs (&args), bf16 = new_outputs (&args);
        args.precision = FOVEA_PRECISION_F32;
        attach (&args, &f32);
        fovea_ops_cpu.attend (devices[i], &args);
        args.precision = FOVEA_PRECISION_BF16;
        attach (&args, &bf16);
        fovea_ops_cpu.attend (devices[i], &args);
        ops_compare ("bf16 z", bf16.z, f32.z, f32.n_z, 3e-5, 1e-2);
        ck_assert (memcmp (bf16.scores, f32.scores, (size_t) f32.n_dense * 4) == 0);
        ck_assert (memcmp (bf16.pattern, f32.pattern, (size_t) f32.n_dense * 4) == 0);
        free_outputs (&f32);
        free_outputs (&bf16);
    }
}
END_TEST

/* Scores ln 4, ln 2, 0, 0 give the weights .5, .25, .125, .125 of the worked example. */
START_TEST (row_statistics_match_worked_example)
{
    float q = 1, v[4] = {1, 2, 4, 8}, z;
    float k[4] = {logf (4), logf (2), 0, 0};
    float lse, entropy, max_weight, distance, first, local;
    int32_t max_key;
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = 1,
                            .n_keys = 4,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = 1,
                            .first_query = 3,
                            .q = &q,
                            .k = k,
                            .v = v,
                            .z = &z,
                            .lse = &lse,
                            .entropy = &entropy,
                            .max_weight = &max_weight,
                            .max_key = &max_key,
                            .mean_distance = &distance,
                            .first_mass = &first,
                            .local_mass = &local};
    for (int i = -1; i < n_devices; i++) {
        FoveaDevice *device = i < 0 ? ref : devices[i];
        fovea_device_get_ops (device)->attend (device, &args);
        ck_assert_float_eq_tol (lse, logf (8), 1e-6f);
        ck_assert_float_eq_tol (entropy, 1.213008f, 1e-6f);
        ck_assert_float_eq_tol (max_weight, 0.5f, 1e-6f);
        ck_assert_int_eq (max_key, 0);
        ck_assert_float_eq_tol (distance, 2.125f, 1e-6f);
        ck_assert_float_eq_tol (first, 0.5f, 1e-6f);
        ck_assert_float_eq_tol (local, 1, 1e-6f);
        ck_assert_float_eq_tol (z, 0.5f + 0.5f + 0.5f + 1, 1e-6f);
    }
}
END_TEST

START_TEST (lower_key_wins_a_tie)
{
    float q[2] = {1, 1}, k[3] = {0, 2, 2}, v[3] = {1, 1, 1}, z[2];
    int32_t max_key[2];
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = 2,
                            .n_keys = 3,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = 1,
                            .first_query = 1,
                            .q = q,
                            .k = k,
                            .v = v,
                            .z = z,
                            .max_key = max_key};
    for (int i = -1; i < n_devices; i++) {
        FoveaDevice *device = i < 0 ? ref : devices[i];
        fovea_device_get_ops (device)->attend (device, &args);
        ck_assert_int_eq (max_key[0], 1);
        ck_assert_int_eq (max_key[1], 1);
    }
}
END_TEST

/* A window of 3 keeps a query at position 9 from all of four keys. */
START_TEST (softmax_of_masked_row_is_zero)
{
    float q = 1, k[4] = {1, 2, 3, 4}, v[4] = {1, 1, 1, 1}, z, lse, entropy, pattern[4], scores[4];
    float max_weight;
    int32_t max_key;
    double columns[4] = {0};
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true, .window = 3},
                            .rows = 1,
                            .n_keys = 4,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = 1,
                            .first_query = 9,
                            .q = &q,
                            .k = k,
                            .v = v,
                            .z = &z,
                            .lse = &lse,
                            .entropy = &entropy,
                            .max_weight = &max_weight,
                            .max_key = &max_key,
                            .column_mass = columns,
                            .column_stride = 4,
                            .pattern = pattern,
                            .scores = scores};
    for (int i = -1; i < n_devices; i++) {
        FoveaDevice *device = i < 0 ? ref : devices[i];
        fovea_device_get_ops (device)->attend (device, &args);
        ck_assert (z == 0 && entropy == 0 && max_weight == 0 && max_key == -1);
        ck_assert (lse == -INFINITY);
        for (int j = 0; j < 4; j++)
            ck_assert (pattern[j] == 0 && scores[j] == -INFINITY && columns[j] == 0);
    }
}
END_TEST

START_TEST (nan_in_a_query_stays_in_its_row)
{
    enum {
        T = 70
    };
    float q[T], k[T], v[T], z[T];
    for (int i = 0; i < T; i++)
        q[i] = k[i] = v[i] = 1;
    q[66] = NAN;
    FoveaAttendArgs args = {.rule = {.scale = 1, .causal = true},
                            .rows = T,
                            .n_keys = T,
                            .heads = 1,
                            .kv_heads = 1,
                            .width = 1,
                            .q = q,
                            .k = k,
                            .v = v,
                            .z = z};
    for (int i = 0; i < n_devices; i++) {
        fovea_ops_cpu.attend (devices[i], &args);
        for (int t = 0; t < T; t++)
            ck_assert (t == 66 ? isnan (z[t]) : fabsf (z[t] - 1) < 1e-6f);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("attend");
    TCase *tests = tcase_create ("cpu against reference");
    tcase_add_checked_fixture (tests, open_all, close_all);
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, attention_agrees_with_reference, 0,
                         N_RULES * (int) G_N_ELEMENTS (shapes));
    tcase_add_test (tests, bf16_changes_only_the_sum_of_values);
    tcase_add_test (tests, row_statistics_match_worked_example);
    tcase_add_test (tests, lower_key_wins_a_tie);
    tcase_add_test (tests, softmax_of_masked_row_is_zero);
    tcase_add_test (tests, nan_in_a_query_stays_in_its_row);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
