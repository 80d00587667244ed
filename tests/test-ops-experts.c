/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* MLPs of experts: the choice of experts against worked examples and its own rules, their sum against
 * the formula in double, and every table against the reference. */
#include <math.h>
#include <string.h>

#include "kernels/device-experts.h"
#include "kernels/weight.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

#define ref       ops_reference
#define devices   ops_devices
#define n_devices ops_n_devices

static float *
filled (int64_t n, guint32 seed)
{
    float *x = g_new (float, n);
    ops_fill (x, n, seed);
    return x;
}

/* Routes four experts' scores of one row on a device; -1 = the reference. */
static void
route_four (int i, FoveaRouteArgs args, const float *scores, int32_t *chosen, float *shares)
{
    args.rows = 1;
    args.scores = scores;
    args.chosen = chosen;
    args.shares = shares;
    if (i < 0)
        fovea_ops_ref.route (ref, &args);
    else
        carry_route (devices[i], &args);
}

/* exp: 1, 2, 4, 1 of 8. */
START_TEST (softmax_shares_are_those_worked_out)
{
    const float scores[4] = {0, (float) G_LN2, 2 * (float) G_LN2, 0};
    int32_t chosen[2];
    float shares[2], weights[4];
    for (int i = -1; i < n_devices; i++) {
        FoveaRouteArgs args = {.n_experts = 4, .n_used = 2, .scale = 1, .weights = weights};
        route_four (i, args, scores, chosen, shares);
        ck_assert (chosen[0] == 2 && chosen[1] == 1);
        ck_assert_float_eq_tol (shares[0], 0.5f, 1e-6f);
        ck_assert_float_eq_tol (shares[1], 0.25f, 1e-6f);
        ck_assert_float_eq_tol (weights[3], 0.125f, 1e-6f);
        args.add_to_one = true;
        args.scale = 3;
        args.weights = NULL;
        route_four (i, args, scores, chosen, shares);
        ck_assert_float_eq_tol (shares[0], 2, 1e-6f);
        ck_assert_float_eq_tol (shares[1], 1, 1e-6f);
    }
}
END_TEST

/* sigmoid: 0.5, 0.75, 0.9, 0.5; what is added decides who is chosen and is no part of the share. */
START_TEST (added_values_choose_and_do_not_weigh)
{
    const float scores[4] = {0, (float) log (3), (float) log (9), 0};
    const float added[4] = {0, 0, -1, 0.3f};
    int32_t chosen[2];
    float shares[2];
    for (int i = -1; i < n_devices; i++) {
        const FoveaRouteArgs args = {
            .n_experts = 4, .n_used = 2, .sigmoid = true, .scale = 2, .added = added};
        route_four (i, args, scores, chosen, shares);
        ck_assert (chosen[0] == 3 && chosen[1] == 1);
        ck_assert_float_eq_tol (shares[0], 1, 1e-6f);
        ck_assert_float_eq_tol (shares[1], 1.5f, 1e-6f);
    }
}
END_TEST

/* Groups {0,1} and {2,3}: by softmax the best member speaks for a group, by sigmoid the best two. */
START_TEST (groups_are_judged_by_their_best)
{
    const float scores[4] = {3, -8, 2, 2};
    int32_t chosen[2];
    float shares[2];
    for (int i = -1; i < n_devices; i++) {
        FoveaRouteArgs args = {
            .n_experts = 4, .n_used = 2, .n_groups = 2, .n_groups_used = 1, .scale = 1};
        route_four (i, args, scores, chosen, shares);
        ck_assert (chosen[0] == 0 && chosen[1] == 1);
        args.sigmoid = true;
        route_four (i, args, scores, chosen, shares);
        ck_assert (chosen[0] == 2 && chosen[1] == 3);
    }
}
END_TEST

START_TEST (lower_index_wins_a_tie_and_nan_is_met)
{
    const float scores[2][4] = {{1, 2, 2, 1}, {5, 0, 0, NAN}};
    int32_t chosen[3];
    float shares[3];
    for (int i = -1; i < n_devices; i++) {
        const FoveaRouteArgs args = {.n_experts = 4, .n_used = 3, .sigmoid = true, .scale = 1};
        route_four (i, args, scores[0], chosen, shares);
        ck_assert (chosen[0] == 1 && chosen[1] == 2 && chosen[2] == 0);
        route_four (i, args, scores[1], chosen, shares);
        ck_assert (chosen[0] == 3 && chosen[1] == 0 && chosen[2] == 1);
        ck_assert (isnan (shares[0]) && !isnan (shares[1]));
    }
}
END_TEST

static const struct {
    int64_t rows, E, K, groups, groups_used;
} routes[] = {{1, 1, 1, 0, 0},    {9, 8, 2, 0, 0},    {130, 31, 5, 0, 0}, {64, 33, 33, 0, 0},
              {33, 128, 8, 0, 0}, {17, 256, 8, 8, 4}, {5, 384, 6, 0, 0},  {700, 64, 4, 4, 2}};

/* Mode: shape, softmax or sigmoid. Weights may stand where the scores were. */
START_TEST (routes_agree_with_reference)
{
    int64_t rows = routes[_i / 2].rows, E = routes[_i / 2].E, K = routes[_i / 2].K, n = rows * E;
    g_autofree float *scores = filled (n, 1), *added = filled (E, 2), *again = g_new (float, n);
    g_autofree float *weights = g_new (float, n), *shares = g_new (float, 2 * rows * K);
    g_autofree int32_t *chosen = g_new (int32_t, 2 * rows * K);
    FoveaRouteArgs args = {.rows = rows,
                           .n_experts = E,
                           .n_used = K,
                           .sigmoid = _i % 2,
                           .add_to_one = _i % 4 < 2,
                           .n_groups = routes[_i / 2].groups,
                           .n_groups_used = routes[_i / 2].groups_used,
                           .scale = 1.5f,
                           .scores = scores,
                           .added = _i % 2 ? added : NULL,
                           .weights = weights,
                           .chosen = chosen,
                           .shares = shares};
    fovea_ops_ref.route (ref, &args);
    for (int i = 0; i < n_devices; i++) {
        memcpy (again, scores, (size_t) n * sizeof *again);
        args.scores = args.weights = again;
        args.chosen = chosen + rows * K;
        args.shares = shares + rows * K;
        carry_route (devices[i], &args);
        ck_assert_mem_eq (chosen, chosen + rows * K, (size_t) (rows * K) * sizeof *chosen);
        ops_compare ("route, weights", again, weights, n, 1e-13, 1e-6);
        ops_compare ("route, shares", shares + rows * K, shares, rows * K, 1e-13, 1e-6);
    }
}
END_TEST

/* An MLP of experts with weights of a size that keeps the stream's. */
typedef struct {
    FoveaExpertsArgs args;
    FoveaWeight *weights;
    GPtrArray *owned;
} Mlp;

static void *
own (Mlp *mlp, void *memory)
{
    g_ptr_array_add (mlp->owned, memory);
    return memory;
}

/* Matrices of a role side by side, as a session has them, or with gaps that differ. Rows are padded unless
 * they are a multiple of 8, where it may be that the fast loops want none. */
static void
make_role (Mlp *mlp, const FoveaWeight *form, int64_t E, bool even, guint32 seed, FoveaWeight *to)
{
    int64_t length = form->input_major ? form->n_out : form->n_in;
    int64_t lines = form->input_major ? form->n_in : form->n_out;
    int64_t stride = length + (length % 8 != 0 ? 3 : 0), n = lines * stride;
    size_t bytes = ((size_t) n * fovea_dtype_size (form->dtype) + 255) & ~(size_t) 255;
    char *data = own (mlp, g_malloc0 ((size_t) (E + 1) * (bytes + 256)));
    data += -(uintptr_t) data % 64;
    for (int64_t e = 0; e < E; e++) {
        g_autofree float *values = filled (n, seed + (guint32) e);
        for (int64_t i = 0; i < n; i++)
            values[i] /= sqrtf ((float) form->n_in);
        to[e] = *form;
        to[e].stride = stride;
        to[e].data = data;
        fovea_dtype_from_f32 (values, (size_t) n, form->dtype, data);
        data += bytes + (even ? 0 : 16 * (size_t) (e % 3));
    }
}

/* Rows choose experts by a hash of their number; @crowd: all take the first K. */
static void
choose (Mlp *mlp, int64_t rows, int64_t E, int64_t K, bool crowd)
{
    int32_t *chosen = own (mlp, g_new (int32_t, rows * K));
    for (int64_t t = 0; t < rows; t++)
        for (int64_t k = 0; k < K; k++)
            chosen[t * K + k] = (int32_t) ((crowd ? k : (t * t * 7 + 3 * t) % E + k) % E);
    mlp->args.chosen = chosen;
}

typedef struct {
    int64_t rows, E, K, C, M;
    bool crowd, even;
} Shape;

static Mlp
make_mlp (const Shape *s, FoveaDtype dtype, bool input_major, bool biased)
{
    Mlp mlp = {.owned = g_ptr_array_new_with_free_func (g_free)};
    mlp.weights = own (&mlp, g_new (FoveaWeight, 3 * s->E));
    const FoveaWeight wide = {NULL, dtype, s->M, s->C, 0, input_major};
    const FoveaWeight narrow = {NULL, dtype, s->C, s->M, 0, input_major};
    for (int role = 0; role < 3; role++)
        make_role (&mlp, role < 2 ? &wide : &narrow, s->E, s->even, (guint32) (role * s->E) + 1,
                   mlp.weights + role * s->E);
    float *shares = own (&mlp, filled (s->rows * s->K, 99));
    mlp.args = (FoveaExpertsArgs){
        .activation = biased ? FOVEA_ACTIVATION_CLAMPED : FOVEA_ACTIVATION_SILU,
        .rows = s->rows,
        .n_experts = s->E,
        .n_used = s->K,
        .weights = mlp.weights,
        .x = own (&mlp, filled (s->rows * s->C, 98)),
        .shares = shares,
        .gathered = own (&mlp, g_new (float, s->rows * s->C)),
        .pre = own (&mlp, g_new (float, s->rows * s->M)),
        .up = own (&mlp, g_new (float, s->rows * s->M)),
    };
    for (int role = 0; role < 3 && biased; role++)
        mlp.args.bias[role] = own (&mlp, filled (s->E * (role < 2 ? s->M : s->C), 95 + role));
    choose (&mlp, s->rows, s->E, s->K, s->crowd);
    return mlp;
}

static double
dot (const FoveaWeight *w, int64_t o, const double *x, const float *bias, int64_t expert)
{
    double sum = bias != NULL ? bias[expert * w->n_out + o] : 0;
    for (int64_t i = 0; i < w->n_in; i++) {
        float value;
        fovea_weight_read (w, o, i, 1, &value);
        sum += value * x[i];
    }
    return sum;
}

/* Element (t, c) of the sum, as its formula says. */
static double
formula (const Mlp *mlp, int64_t t, int64_t c)
{
    const FoveaExpertsArgs *a = &mlp->args;
    int64_t C = a->weights[0].n_in, M = a->weights[0].n_out, E = a->n_experts;
    g_autofree double *x = g_new (double, C), *h = g_new (double, M);
    double sum = 0;
    for (int64_t i = 0; i < C; i++)
        x[i] = a->x[t * C + i];
    for (int64_t k = 0; k < a->n_used; k++) {
        int64_t e = a->chosen[t * a->n_used + k];
        for (int64_t m = 0; m < M; m++) {
            double gate = dot (&a->weights[e], m, x, a->bias[0], e);
            h[m] = gate / (1 + exp (-gate)) * dot (&a->weights[E + e], m, x, a->bias[1], e);
        }
        sum += a->shares[t * a->n_used + k] * dot (&a->weights[2 * E + e], c, h, a->bias[2], e);
    }
    return sum;
}

START_TEST (reference_is_the_formula)
{
    const Shape shape = {5, 4, 2, 33, 20, false, true};
    Mlp mlp = make_mlp (&shape, FOVEA_F32, _i, false);
    g_autofree float *out = g_new (float, shape.rows *shape.C);
    mlp.args.out = out;
    fovea_ops_ref.experts (ref, &mlp.args);
    for (int64_t t = 0; t < shape.rows; t++)
        for (int64_t c = 0; c < shape.C; c += 4) {
            double expected = formula (&mlp, t, c);
            ck_assert_double_eq_tol (out[t * shape.C + c], expected, 1e-5 * (1 + fabs (expected)));
        }
    g_ptr_array_unref (mlp.owned);
}
END_TEST

/* A shape's MLP on every device, twice and with the same bits, against the reference. @name: in messages. */
static void
check_shape (const char *name,
             const Shape *shape,
             bool input_major,
             FoveaPrecision precision,
             FoveaDtype dtype,
             bool biased)
{
    bool tf32 = precision == FOVEA_PRECISION_TF32, wide = precision == FOVEA_PRECISION_F32;
    int64_t n = shape->rows * shape->C;
    Mlp mlp = make_mlp (shape, dtype, input_major, biased);
    g_autofree float *expected = g_new (float, n), *out = g_new (float, 2 * n);
    mlp.args.precision = tf32 ? FOVEA_PRECISION_F32 : precision;
    mlp.args.out = expected;
    fovea_ops_ref.experts (ref, &mlp.args);
    mlp.args.precision = precision;
    for (int i = 0; i < n_devices; i++) {
        if (!fovea_device_check_precision (devices[i], precision, NULL))
            continue;
        g_autofree char *what =
            g_strdup_printf ("experts on %s, %s", fovea_device_describe (devices[i]), name);
        memset (out, 0xff, 2 * (size_t) n * sizeof *out);
        for (int turn = 0; turn < 2; turn++) {
            mlp.args.out = out + turn * n;
            carry_experts (devices[i], &mlp.args);
        }
        ck_assert (fovea_device_sync (devices[i], NULL));
        /* A hidden value at the edge of two of bf16 may be rounded either way. */
        ops_compare (what, out, expected, n, wide ? 1e-12 : 1e-5, wide ? 1e-4 : 3e-2);
        ck_assert_msg (memcmp (out, out + n, (size_t) n * sizeof *out) == 0, "%s: bits differ",
                       what);
    }
    g_ptr_array_unref (mlp.owned);
}

/* One row and many, experts that nobody chose, that all did, more tiles than one, widths that no
 * vector fits, matrices at even distances and not, more inputs than one block sums up in either product. */
static const Shape shapes[] = {
    {1, 4, 2, 64, 96, false, true},     {1, 3, 3, 7, 5, false, true},
    {2, 8, 2, 128, 256, false, false},  {33, 8, 2, 64, 128, false, true},
    {200, 8, 2, 136, 72, true, true},   {150, 5, 1, 33, 130, false, true},
    {70, 128, 8, 48, 40, false, true},  {270, 2, 2, 130, 136, true, true},
    {170, 3, 2, 128, 64, false, false}, {90, 2, 1, 1096, 32, true, true},
    {90, 2, 1, 40, 1096, true, true}};

/* Mode: 3 types x 2 orders x 4 precisions, the last only where it is served. */
START_TEST (experts_agree_with_reference)
{
    static const FoveaDtype types[] = {FOVEA_F32, FOVEA_F16, FOVEA_BF16};
    for (guint s = 0; s < G_N_ELEMENTS (shapes); s++) {
        g_autofree char *name = g_strdup_printf ("shape %u, mode %d", s, _i);
        check_shape (name, &shapes[s], _i / 3 % 2, (FoveaPrecision) (_i / 6), types[_i % 3], s % 2);
    }
}
END_TEST

/* A GPU's kernels, each by as little as it takes: what a race detector ends with in its time
 * (CK_RUN_CASE=once). */
static const struct {
    const char *kernel;
    Shape shape;
    FoveaPrecision precision;
    FoveaDtype dtype;
} kernels[] = {
    {"a row", {1, 3, 2, 64, 40, false, true}, FOVEA_PRECISION_F32, FOVEA_BF16},
    {"small tiles", {20, 2, 1, 40, 24, false, true}, FOVEA_PRECISION_F32, FOVEA_BF16},
    {"large tiles", {90, 2, 1, 40, 24, true, true}, FOVEA_PRECISION_F32, FOVEA_F32},
    {"small tiles of mma", {20, 2, 1, 40, 24, false, true}, FOVEA_PRECISION_BF16, FOVEA_BF16},
    {"large tiles of mma", {130, 3, 1, 40, 24, true, false}, FOVEA_PRECISION_BF16, FOVEA_BF16},
    {"Hopper's", {90, 2, 1, 40, 24, true, true}, FOVEA_PRECISION_BF16, FOVEA_BF16},
    {"Hopper's, more steps than stages",
     {200, 2, 1, 328, 40, true, true},
     FOVEA_PRECISION_BF16,
     FOVEA_BF16},
    {"Hopper's, inputs in halves",
     {90, 2, 1, 40, 1032, true, true},
     FOVEA_PRECISION_BF16,
     FOVEA_BF16},
};

START_TEST (each_kernel_of_experts_agrees_on_a_small_case)
{
    check_shape (kernels[_i].kernel, &kernels[_i].shape, 0, kernels[_i].precision,
                 kernels[_i].dtype, _i % 2);
}
END_TEST

/* What other rows choose is none of a row's business, as long as one kernel serves both numbers of rows. */
START_TEST (a_row_has_the_same_bits_in_any_company)
{
    const Shape many = {64, 8, 2, 64, 96, false, true};
    Mlp mlp = make_mlp (&many, FOVEA_BF16, false, false);
    g_autofree float *all = g_new (float, many.rows *many.C), *some = g_new (float, 40 * many.C);
    mlp.args.precision = _i ? FOVEA_PRECISION_BF16 : FOVEA_PRECISION_F32;
    for (int i = 0; i < n_devices; i++) {
        mlp.args.rows = many.rows;
        mlp.args.out = all;
        carry_experts (devices[i], &mlp.args);
        mlp.args.rows = 40;
        mlp.args.out = some;
        carry_experts (devices[i], &mlp.args);
        ops_compare ("fewer rows", some, all, 40 * many.C, 1e-10, 1e-3);
    }
    g_ptr_array_unref (mlp.owned);
}
END_TEST

START_TEST (nan_of_a_row_stays_in_it)
{
    const Shape shape = {40, 4, 2, 64, 64, true, true};
    Mlp mlp = make_mlp (&shape, FOVEA_BF16, false, false);
    g_autofree float *out = g_new (float, shape.rows *shape.C);
    ((float *) mlp.args.x)[7 * shape.C + 5] = NAN;
    mlp.args.out = out;
    for (int i = 0; i < n_devices; i++) {
        carry_experts (devices[i], &mlp.args);
        for (int64_t e = 0; e < shape.rows * shape.C; e++)
            ck_assert (isnan (out[e]) == (e / shape.C == 7));
    }
    g_ptr_array_unref (mlp.owned);
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("ops, experts");
    TCase *choice = tcase_create ("choice");
    TCase *sum = tcase_create ("sum");
    TCase *once = tcase_create ("once");
    tcase_add_checked_fixture (choice, ops_open_all, ops_close_all);
    tcase_add_checked_fixture (sum, ops_open_all, ops_close_all);
    tcase_add_checked_fixture (once, ops_open_all, ops_close_all);
    tcase_set_timeout (sum, 120);
    tcase_set_timeout (once, 120); /* beneath a race detector */
    tcase_add_test (choice, softmax_shares_are_those_worked_out);
    tcase_add_test (choice, added_values_choose_and_do_not_weigh);
    tcase_add_test (choice, groups_are_judged_by_their_best);
    tcase_add_test (choice, lower_index_wins_a_tie_and_nan_is_met);
    tcase_add_loop_test (choice, routes_agree_with_reference, 0, 2 * G_N_ELEMENTS (routes));
    tcase_add_loop_test (sum, reference_is_the_formula, 0, 2);
    tcase_add_loop_test (sum, experts_agree_with_reference, 0, 6 * FOVEA_N_PRECISIONS);
    tcase_add_loop_test (sum, a_row_has_the_same_bits_in_any_company, 0, 2);
    tcase_add_test (sum, nan_of_a_row_stays_in_it);
    tcase_add_loop_test (once, each_kernel_of_experts_agrees_on_a_small_case, 0,
                         G_N_ELEMENTS (kernels));
    suite_add_tcase (suite, choice);
    suite_add_tcase (suite, sum);
    suite_add_tcase (suite, once);
    return support_run (suite);
}
