/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What rows of attention promise, on each device of ops-support.h: sums however scores run, rows behind
 * long caches, worked numbers, ties, rows that see nothing, NaN. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/attend-support.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

/* Reduced precision rounds weights and values, by at most 2^-8 each; given inputs as the device rounds
 * them, scores are those of f32, and so is the pattern but for the order of its sums. (Inputs that the
 * device would have rounded, of scores up to 12, move the values by 1.8e-4 of their square.) */
START_TEST (bf16_changes_only_the_sum_of_values)
{
    enum {
        T = 200,
        D = 48
    };
    const AttendShape shape = {T, 0, 1, 1, D};
    for (int i = 0; i < ops_n_devices; i++) {
        AttendInputs in = attend_new_inputs (&shape, ATTEND_CAUSAL);
        FoveaAttendArgs args = in.args;
        FoveaDtype dtype = fovea_device_attend_dtype (ops_devices[i], FOVEA_PRECISION_BF16);
        attend_round_inputs (&in, dtype);
        AttendOutputs f32 = attend_new_outputs (&args), bf16 = attend_new_outputs (&args);
        args.precision = FOVEA_PRECISION_F32;
        attend_attach (&args, &f32);
        carry_attend (ops_devices[i], &args);
        args.precision = FOVEA_PRECISION_BF16;
        attend_attach (&args, &bf16);
        carry_attend (ops_devices[i], &args);
        ops_compare ("bf16 z", bf16.z, f32.z, f32.n_z, 3e-5, 1e-2);
        ck_assert (memcmp (bf16.scores, f32.scores, (size_t) f32.n_dense * 4) == 0);
        ops_compare ("bf16 pattern", bf16.pattern, f32.pattern, f32.n_dense, 1e-9,
                     dtype == FOVEA_F32 ? 0 : 5e-6);
        attend_free_outputs (&f32);
        attend_free_outputs (&bf16);
        attend_free_inputs (&in);
    }
}
END_TEST

/* How scores go over the keys of a long row: up to 20, where their own rounding hardly shows. */
static const struct {
    const char *title;
    float slope, jump; /* of a score from key to key, and at every so many keys */
    int every;
} walks[] = {
    {"rising", 0.03125f, 0, 1},
    {"falling", -0.03125f, 0, 1},
    {"rising in leaps", 0, 9, 250},
    {"falling in leaps", 0, -9, 250},
    {"a saw that rises", -0.045f, 3.5f, 50},
    {"a saw that falls", 0.045f, -3.5f, 50},
    {"level", 0, 0, 1},
};

/* Kernels of one pass keep a row's sums relative to some earlier score: whatever way the scores take,
 * sums and statistics are those of the reference. */
START_TEST (sums_follow_scores_wherever_they_go)
{
    const AttendShape shape = {70, 530, 2, 1, 32};
    FoveaPrecision precision = (FoveaPrecision) (_i % 3);
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = g_strdup_printf ("%s, precision %d, %s", walks[_i / 3].title,
                                                 precision, fovea_device_describe (ops_devices[i]));
        AttendInputs in = attend_new_inputs (&shape, ATTEND_CAUSAL);
        in.args.rule.scale = 1;
        for (int64_t j = 0; j < in.args.n_keys * shape.width; j++) {
            int64_t key = j / shape.width;
            in.k[j] = j % shape.width > 0
                          ? in.k[j] / 64
                          : walks[_i / 3].slope * (float) key +
                                walks[_i / 3].jump * (float) (key / walks[_i / 3].every);
        }
        for (int64_t j = 0; j < shape.rows * shape.heads * shape.width; j += shape.width)
            in.q[j] = 1;
        attend_round_inputs (&in, fovea_device_attend_dtype (ops_devices[i], precision));
        AttendOutputs want = attend_new_outputs (&in.args), got = attend_new_outputs (&in.args);
        attend_attach (&in.args, &want);
        fovea_ops_ref.attend (ops_reference, &in.args);
        in.args.precision = precision;
        attend_attach (&in.args, &got);
        carry_attend (ops_devices[i], &in.args);
        ck_assert (fovea_device_sync (ops_devices[i], NULL));
        attend_compare_summaries (what, &in.args, &got, &want,
                                  precision == FOVEA_PRECISION_F32 ? &attend_f32_bounds
                                                                   : &attend_reduced_bounds);
        attend_free_outputs (&got);
        attend_free_outputs (&want);
        attend_free_inputs (&in);
    }
}
END_TEST

/* The last rows of caches that a GPU cuts into slices of several tiles, or of one wide tile that is full or
 * not; at a window's end most keys are seen by none of them. */
static const struct {
    AttendShape shape;
    int64_t window;
    bool sink;
} caches[] = {{{1, 39999, 2, 1, 8}, 0, false},    {{1, 9000, 16, 8, 20}, 0, true},
              {{4, 20011, 6, 2, 16}, 0, false},   {{3, 30000, 2, 1, 33}, 700, true},
              {{2, 6000, 64, 4, 4}, 100, false},  {{4, 2999, 5, 1, 128}, 0, false},
              {{1, 4095, 32, 8, 64}, 0, false},   {{3, 3890, 8, 8, 64}, 0, true},
              {{1, 4095, 20, 10, 80}, 900, false}};

START_TEST (rows_behind_a_long_cache_agree_with_reference)
{
    int at = _i / 2;
    AttendInputs in = attend_new_inputs (&caches[at].shape, ATTEND_CAUSAL);
    static float sinks_of_all[64];
    for (int h = 0; h < 64; h++)
        sinks_of_all[h] = (float) (h % 5) - 1;
    in.args.rule.window = caches[at].window;
    in.args.rule.sink_logits = caches[at].sink ? sinks_of_all : NULL;
    in.args.precision = _i % 2 == 0 ? FOVEA_PRECISION_F32 : FOVEA_PRECISION_BF16;
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = attend_name_case (ATTEND_CAUSAL, at, ops_devices[i]);
        attend_round_inputs (&in, fovea_device_attend_dtype (ops_devices[i], in.args.precision));
        AttendOutputs want = attend_new_outputs (&in.args), got = attend_new_outputs (&in.args);
        attend_attach (&in.args, &want);
        fovea_ops_ref.attend (ops_reference, &in.args);
        attend_attach (&in.args, &got);
        carry_attend (ops_devices[i], &in.args);
        attend_compare_summaries (what, &in.args, &got, &want,
                                  _i % 2 == 0 ? &attend_f32_bounds : &attend_reduced_bounds);
        attend_compare_dense (what, &got, &want,
                              _i % 2 == 0 ? &attend_f32_bounds : &attend_reduced_bounds);
        attend_check_bits (what, ops_devices[i], in.args, &got);
        attend_free_outputs (&got);
        attend_free_outputs (&want);
    }
    attend_free_inputs (&in);
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
    for (int i = -1; i < ops_n_devices; i++) {
        FoveaDevice *device = i < 0 ? ops_reference : ops_devices[i];
        carry_attend (device, &args);
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
    for (int i = -1; i < ops_n_devices; i++) {
        FoveaDevice *device = i < 0 ? ops_reference : ops_devices[i];
        carry_attend (device, &args);
        ck_assert_int_eq (max_key[0], 1);
        ck_assert_int_eq (max_key[1], 1);
    }
}
END_TEST

/* Keys that repeat score alike to the last bit, in lanes, tiles and blocks of rows far from each other. */
START_TEST (lowest_of_equal_keys_wins_however_far_apart)
{
    enum {
        T = 400,
        PERIOD = 7,
        HEADS = 2
    };
    static const int64_t widths[] = {32, 64, 128};
    const AttendShape shape = {T, 0, HEADS, 1, widths[_i % 3]};
    AttendInputs in = attend_new_inputs (&shape, ATTEND_CAUSAL);
    g_autofree float *z = g_new (float, T *HEADS *shape.width);
    g_autofree int32_t *max_key = g_new (int32_t, T * HEADS);
    for (int64_t t = PERIOD; t < T; t++)
        memcpy (in.k + t * shape.width, in.k + t % PERIOD * shape.width,
                (size_t) shape.width * sizeof (float));
    in.args.precision = (FoveaPrecision) (_i / 3);
    in.args.z = z;
    in.args.max_key = max_key;
    for (int i = -1; i < ops_n_devices; i++) {
        carry_attend (i < 0 ? ops_reference : ops_devices[i], &in.args);
        for (int t = 0; t < T; t++)
            for (int h = 0; h < HEADS; h++)
                ck_assert_msg (max_key[t * HEADS + h] >= 0 &&
                                   max_key[t * HEADS + h] < MIN (PERIOD, t + 1),
                               "row %d, head %d: key %d", t, h, max_key[t * HEADS + h]);
    }
    attend_free_inputs (&in);
}
END_TEST

/* A window of 3 keeps queries from position 9 on from all of four keys, be they one or many. */
START_TEST (softmax_of_masked_row_is_zero)
{
    const AttendShape shape = {70, 0, 1, 1, 32};
    AttendInputs in = attend_new_inputs (&shape, ATTEND_CAUSAL);
    FoveaAttendArgs args = in.args;
    args.rows = _i == 0 ? 1 : 70;
    args.rule.window = 3;
    args.n_keys = 4;
    args.first_query = 9;
    for (int i = -1; i < ops_n_devices; i++) {
        FoveaDevice *device = i < 0 ? ops_reference : ops_devices[i];
        AttendOutputs o = attend_new_outputs (&args);
        attend_attach (&args, &o);
        carry_attend (device, &args);
        for (int64_t t = 0; t < args.rows; t++)
            ck_assert (o.statistics[0][t] == -INFINITY && o.statistics[1][t] == 0 &&
                       o.statistics[2][t] == 0 && o.max_key[t] == -1);
        for (int64_t j = 0; j < o.n_z; j++)
            ck_assert_float_eq (o.z[j], 0);
        for (int64_t j = 0; j < o.n_dense; j++)
            ck_assert (o.pattern[j] == 0 && o.scores[j] == -INFINITY);
        for (int64_t j = 0; j < o.n_columns; j++)
            ck_assert_double_eq (o.column_mass[j], 0);
        attend_free_outputs (&o);
    }
    attend_free_inputs (&in);
}
END_TEST

/* Mode: precision, and a width that fast kernels serve or not. */
START_TEST (nan_in_a_query_stays_in_its_row)
{
    enum {
        T = 70,
        BAD = 66
    };
    int64_t width = _i % 2 == 0 ? 1 : 32;
    const AttendShape shape = {T, 0, 1, 1, width};
    AttendInputs in = attend_new_inputs (&shape, ATTEND_CAUSAL);
    g_autofree float *z = g_new (float, T *width);
    in.args.precision = (FoveaPrecision) (_i / 2);
    in.args.z = z;
    for (int64_t j = 0; j < T * width; j++)
        in.v[j] = 1;
    in.q[BAD * width] = NAN;
    for (int i = 0; i < ops_n_devices; i++) {
        carry_attend (ops_devices[i], &in.args);
        for (int64_t j = 0; j < T * width; j++)
            ck_assert_msg (j / width == BAD ? isnan (z[j]) : fabsf (z[j] - 1) < 1e-2f,
                           "z[%ld] = %g", (long) j, (double) z[j]);
    }
    attend_free_inputs (&in);
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("attend, rows");
    TCase *tests = tcase_create ("rows"), *cache = tcase_create ("cache");
    tcase_add_checked_fixture (tests, ops_open_all, ops_close_all);
    tcase_add_checked_fixture (cache, ops_open_all, ops_close_all);
    tcase_set_timeout (tests, 60);
    tcase_set_timeout (cache, 120); /* beneath a race detector */
    tcase_add_test (tests, bf16_changes_only_the_sum_of_values);
    tcase_add_loop_test (tests, sums_follow_scores_wherever_they_go, 0, 3 * G_N_ELEMENTS (walks));
    tcase_add_loop_test (cache, rows_behind_a_long_cache_agree_with_reference, 0,
                         2 * G_N_ELEMENTS (caches));
    tcase_add_test (tests, row_statistics_match_worked_example);
    tcase_add_test (tests, lower_key_wins_a_tie);
    tcase_add_loop_test (tests, lowest_of_equal_keys_wins_however_far_apart, 0, 9);
    tcase_add_loop_test (tests, softmax_of_masked_row_is_zero, 0, 2);
    tcase_add_loop_test (tests, nan_in_a_query_stays_in_its_row, 0, 6);
    suite_add_tcase (suite, tests);
    suite_add_tcase (suite, cache);
    return support_run (suite);
}
