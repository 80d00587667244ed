/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention of each device of ops-support.h against the reference table: masks, head layouts, shapes
 * that straddle tiles, precisions, and everything that capture asks for. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/attend-support.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

static const AttendShape shapes[] = {
    {1, 0, 1, 1, 32},
    {1, 129, 6, 2, 32},
    {31, 0, 4, 4, 8},
    {32, 33, 2, 1, 33},
    {33, 95, 3, 1, 64},
    {127, 0, 6, 2, 32},
    {128, 64, 2, 2, 80},
    {129, 0, 1, 1, 96},
    {65, 63, 4, 2, 128},
    {200, 800, 2, 1, 16},
    {7, 57, 2, 1, 5},
    {34, 70, 2, 1, 256},
    {5, 123, 4, 1, 64},
    {193, 0, 2, 1, 64},
    /* Several tiles of rows and keys of every kernel, wholly before and behind the diagonal. */
    {300, 84, 2, 1, 64},
    {420, 100, 1, 1, 128},
    {530, 0, 2, 2, 32},
};

/* Rectangles of one head against its dense rows: the same bits where both run on the same
 * registers, else rounding of scores as large as 100. */
static void
check_rectangle (const char *what,
                 FoveaDevice *device,
                 const FoveaAttendArgs *a,
                 const AttendOutputs *o)
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
        carry_rectangle (device, &r);
        for (int64_t i = 0; i < n_queries; i++)
            ops_compare (what, out + i * n_keys, dense + i * a->n_keys + key, n_keys, 1e-9,
                         a->rows < 32 ? 3e-6
                         : with_lse   ? 1e-6
                                      : 0);
    }
}

START_TEST (attention_agrees_with_reference)
{
    int shape = _i % (int) G_N_ELEMENTS (shapes), kind = _i / (int) G_N_ELEMENTS (shapes);
    AttendInputs in = attend_new_inputs (&shapes[shape], kind);
    AttendOutputs want = attend_new_outputs (&in.args);
    attend_attach (&in.args, &want);
    fovea_ops_ref.attend (ops_reference, &in.args);
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *what = attend_name_case (kind, shape, ops_devices[i]);
        AttendOutputs got = attend_new_outputs (&in.args);
        attend_attach (&in.args, &got);
        carry_attend (ops_devices[i], &in.args);
        ck_assert (fovea_device_sync (ops_devices[i], NULL));
        attend_compare_summaries (what, &in.args, &got, &want, &attend_f32_bounds);
        attend_compare_dense (what, &got, &want, &attend_f32_bounds);
        attend_check_bits (what, ops_devices[i], in.args, &got);
        check_rectangle (what, ops_devices[i], &in.args, &got);
        attend_free_outputs (&got);
    }
    attend_free_outputs (&want);
    attend_free_inputs (&in);
}
END_TEST

/* Inputs as one type rounds them, and what the reference makes of them. */
typedef struct {
    FoveaDtype dtype;
    AttendInputs in;
    AttendOutputs want;
} Rounded;

static Rounded
new_rounded (const AttendShape *shape, int kind, FoveaDtype dtype)
{
    Rounded r = {dtype, attend_new_inputs (shape, kind), {0}};
    attend_round_inputs (&r.in, dtype);
    r.want = attend_new_outputs (&r.in.args);
    attend_attach (&r.in.args, &r.want);
    fovea_ops_ref.attend (ops_reference, &r.in.args);
    return r;
}

static void
free_rounded (Rounded *r)
{
    attend_free_outputs (&r->want);
    attend_free_inputs (&r->in);
}

static void
check_reduced (const char *what, FoveaDevice *device, const Rounded *r, FoveaPrecision precision)
{
    FoveaAttendArgs args = r->in.args;
    AttendOutputs got = attend_new_outputs (&args);
    args.precision = precision;
    attend_attach (&args, &got);
    attend_wish (&args, ATTEND_NO_DENSE);
    carry_attend (device, &args);
    ck_assert (fovea_device_sync (device, NULL));
    attend_compare_summaries (what, &args, &got, &r->want, &attend_reduced_bounds);
    attend_check_bits (what, device, args, &got);
    attend_attach (&args, &got);
    carry_attend (device, &args);
    attend_compare_dense (what, &got, &r->want, &attend_reduced_bounds);
    attend_free_outputs (&got);
}

/* Given inputs as a device rounds them, bf16 and f16 are near the reference too, and capture changes
 * nothing there either. Neighbours that round alike share what the reference says. */
START_TEST (reduced_attention_agrees_with_reference)
{
    int n_shapes = (int) G_N_ELEMENTS (shapes), shape = _i % n_shapes,
        kind = _i / n_shapes % ATTEND_N_RULES;
    FoveaPrecision precision =
        _i / n_shapes / ATTEND_N_RULES == 0 ? FOVEA_PRECISION_BF16 : FOVEA_PRECISION_F16;
    Rounded rounded =
        new_rounded (&shapes[shape], kind, fovea_device_attend_dtype (ops_devices[0], precision));
    for (int i = 0; i < ops_n_devices; i++) {
        g_autofree char *plain = attend_name_case (kind, shape, ops_devices[i]);
        g_autofree char *what = g_strdup_printf ("%s, precision %d", plain, (int) precision);
        FoveaDtype dtype = fovea_device_attend_dtype (ops_devices[i], precision);
        if (dtype != rounded.dtype) {
            free_rounded (&rounded);
            rounded = new_rounded (&shapes[shape], kind, dtype);
        }
        check_reduced (what, ops_devices[i], &rounded, precision);
    }
    free_rounded (&rounded);
}
END_TEST

/* One case a rule, so that CK_RUN_CASE chooses one: sanitizers are slow. */
static TCase *
new_rule_case (int kind)
{
    static const char *const names[ATTEND_N_RULES] = {
        "causal",   "bidirectional", "window", "two-sided-window", "soft-cap", "alibi", "sink",
        "segments", "distance",      "box",    "everything"};
    int n = (int) G_N_ELEMENTS (shapes), f16 = ATTEND_N_RULES * n;
    TCase *tests = tcase_create (names[kind]);
    tcase_add_checked_fixture (tests, ops_open_all, ops_close_all);
    tcase_set_timeout (tests, 60);
    tcase_add_loop_test (tests, attention_agrees_with_reference, kind * n, (kind + 1) * n);
    tcase_add_loop_test (tests, reduced_attention_agrees_with_reference, kind * n, (kind + 1) * n);
    tcase_add_loop_test (tests, reduced_attention_agrees_with_reference, f16 + kind * n,
                         f16 + (kind + 1) * n);
    return tests;
}

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("attend");
    for (int kind = 0; kind < ATTEND_N_RULES; kind++)
        suite_add_tcase (suite, new_rule_case (kind));
    return support_run (suite);
}
