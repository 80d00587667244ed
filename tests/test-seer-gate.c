/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SeerAttention's gate: what it reads is what stood before the rotary turn, its gradient is the slope
 * of its loss, and distilling brings it nearer to the attention that it is to foretell. */
#include <math.h>
#include <string.h>

#include "analysis/seer-gate.h"
#include "capture/turn.h"
#include "tests/sparse-support.h"

enum {
    T = 70, /* the last block is not full */
    D = 6,
    B = 8,
    NB = 9,
    WEIGHTS = D * 3 * D,
};

/* A head of a rotary layer: @plain (T, D) each of queries and keys before the turn. */
typedef struct {
    FoveaTrace *trace;
    FoveaAttention *attention;
    FoveaSparseHead *head;
    float *q, *k;
} Rotary;

static Rotary
open_rotary (gboolean interleaved, guint64 seed)
{
    const FoveaArchitecture architecture = {.n_layers = 1,
                                            .n_heads = 1,
                                            .n_kv_heads = 1,
                                            .head_width = D,
                                            .width = D,
                                            .position = FOVEA_POSITION_ROTARY,
                                            .rotary_width = 4,
                                            .rotary_base = 100,
                                            .rotary_interleaved = interleaved,
                                            .attention_scale = .4f};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, T);
    Rotary r = {.q = trace_random_values (T * D, seed), .k = trace_random_values (T * D, seed + 1)};
    r.trace = trace_of_products (info, r.q, r.k);
    r.attention = fovea_attention_open (r.trace, 0, &error);
    ck_assert_msg (r.attention != NULL, "%s", error != NULL ? error->message : "");
    r.head = fovea_sparse_head_new (r.attention, 0, 0, NULL, &error);
    ck_assert_msg (r.head != NULL, "%s", error != NULL ? error->message : "");
    return r;
}

static void
close_rotary (Rotary *r)
{
    fovea_sparse_head_free (r->head);
    fovea_attention_free (r->attention);
    fovea_trace_unref (r->trace);
    g_free (r->q);
    g_free (r->k);
}

START_TEST (turning_back_gives_what_stood_before)
{
    Rotary r = open_rotary (_i, 3);
    g_autoptr (FoveaTurn) turn = fovea_turn_new (r.attention);
    double moved = 0;
    for (int t = 0; t < T; t++) {
        double x[D], y[D];
        for (int d = 0; d < D; d++) {
            x[d] = (double) r.q[t * D + d];
            y[d] = (double) r.head->q[t * D + d];
            moved = MAX (moved, fabs (x[d] - y[d]));
        }
        fovea_turn_apply (turn, t, FOVEA_TURN_FORWARD, x);
        fovea_turn_apply (turn, t, FOVEA_TURN_BACK, y);
        for (int d = 0; d < D; d++) {
            ck_assert_double_eq_tol (x[d], (double) r.head->q[t * D + d], 1e-6);
            ck_assert_double_eq_tol (y[d], (double) r.q[t * D + d], 1e-6);
        }
    }
    ck_assert_double_gt (moved, .5); /* the head does hold turned queries */
    close_rotary (&r);
}
END_TEST

/* The logit of two blocks from the plain vectors: pool, map, turn, multiply. */
static double
score_plainly (const Rotary *r, const FoveaTurn *turn, const double *weights, int I, int J)
{
    double q[D] = {0}, pooled[3 * D], k[D] = {0}, sum = 0;
    int qn = MIN (B, T - I * B), kn = MIN (B, T - J * B);
    for (int d = 0; d < D; d++) {
        double largest = -INFINITY, least = INFINITY, mean = 0;
        for (int t = J * B; t < J * B + kn; t++) {
            largest = MAX (largest, (double) r->k[t * D + d]);
            least = MIN (least, (double) r->k[t * D + d]);
            mean += (double) r->k[t * D + d] / kn;
        }
        pooled[d] = largest;
        pooled[D + d] = least;
        pooled[2 * D + d] = mean;
        for (int t = I * B; t < I * B + qn; t++)
            q[d] += (double) r->q[t * D + d] / qn;
    }
    for (int o = 0; o < D; o++)
        for (int i = 0; i < 3 * D; i++)
            k[o] += weights[o * 3 * D + i] * pooled[i];
    fovea_turn_apply (turn, I * B, FOVEA_TURN_FORWARD, q);
    fovea_turn_apply (turn, J * B, FOVEA_TURN_FORWARD, k);
    for (int d = 0; d < D; d++)
        sum += q[d] * k[d];
    return sum / sqrt (D);
}

static void
make_weights (double *weights, guint64 seed)
{
    g_autofree float *values = trace_random_values (WEIGHTS, seed);
    for (int i = 0; i < WEIGHTS; i++)
        weights[i] = (double) values[i] / 4;
}

START_TEST (logits_are_those_of_the_specification)
{
    g_autoptr (GError) error = NULL;
    Rotary r = open_rotary (_i, 5);
    g_autoptr (FoveaTurn) turn = fovea_turn_new (r.attention);
    g_autoptr (FoveaSeerGate) gate = fovea_seer_gate_new (r.head, B, &error);
    double weights[WEIGHTS], scores[NB * NB], identity[D * D] = {0};
    make_weights (weights, 9);
    fovea_seer_gate_set_weights (gate, weights, NULL);
    ck_assert_int_eq (fovea_seer_gate_get_size (gate), NB);
    fovea_seer_gate_score (gate, scores);
    for (int I = 0; I < NB; I++)
        for (int J = 0; J < NB; J++)
            if (J <= I)
                ck_assert_double_eq_tol (scores[I * NB + J],
                                         score_plainly (&r, turn, weights, I, J), 1e-5);
            else
                ck_assert_double_eq (scores[I * NB + J], -INFINITY);
    double before = scores[3 * NB + 1];
    for (int d = 0; d < D; d++)
        identity[d * D + d] = 2;
    fovea_seer_gate_set_weights (gate, weights, identity);
    fovea_seer_gate_score (gate, scores);
    ck_assert_double_eq_tol (scores[3 * NB + 1], 2 * before, 1e-9);
    close_rotary (&r);
}
END_TEST

START_TEST (the_gradient_is_the_slope_of_the_loss)
{
    g_autoptr (GError) error = NULL;
    Rotary r = open_rotary (FALSE, 7);
    g_autoptr (FoveaSeerGate) gate = fovea_seer_gate_new (r.head, B, &error);
    g_autofree double *target = fovea_seer_gate_make_target (r.head, B, &error);
    double weights[WEIGHTS], gradient[WEIGHTS];
    make_weights (weights, 11);
    fovea_seer_gate_set_weights (gate, weights, NULL);
    fovea_seer_gate_get_loss (gate, target, gradient);
    for (int i = 0; i < WEIGHTS; i += 5) {
        double step = 1e-5, own = weights[i];
        weights[i] = own + step;
        fovea_seer_gate_set_weights (gate, weights, NULL);
        double above = fovea_seer_gate_get_loss (gate, target, NULL);
        weights[i] = own - step;
        fovea_seer_gate_set_weights (gate, weights, NULL);
        double below = fovea_seer_gate_get_loss (gate, target, NULL);
        weights[i] = own;
        ck_assert_double_eq_tol (gradient[i], (above - below) / (2 * step), 1e-7);
    }
    close_rotary (&r);
}
END_TEST

START_TEST (targets_are_shares_of_largest_weights)
{
    static const double last[] = {.069269, .143883, .032691, .112949,
                                  .316774, .108609, .047608, .168217};
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    g_autofree double *target = fovea_seer_gate_make_target (fixture.head, 4, &error);
    for (int J = 0; J < 8; J++)
        ck_assert_double_eq_tol (target[7 * 8 + J], last[J], 1e-6);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (distilling_comes_nearer_to_the_attention)
{
    g_autoptr (GError) error = NULL;
    Rotary r = open_rotary (FALSE, 13);
    g_autoptr (FoveaSeerGate) gate = fovea_seer_gate_new (r.head, B, &error);
    g_autofree double *target = fovea_seer_gate_make_target (r.head, B, &error);
    double before = fovea_seer_gate_get_loss (gate, target, NULL);
    double few = fovea_seer_gate_distill (gate, target, 30, 1e-2, NULL, &error);
    double many = fovea_seer_gate_distill (gate, target, 300, 1e-2, NULL, &error);
    ck_assert_double_lt (few, before);
    ck_assert_double_lt (many, few);
    ck_assert_double_lt (many, .7 * before);
    ck_assert_double_ge (many, 0);
    close_rotary (&r);
}
END_TEST

static FoveaSparseMeasures
measure (FoveaSparseHead *head, const char *text)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find ("seer-gate", NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    FoveaSparseMeasures m;
    sparse_set_knobs (method, T, text, knobs);
    ck_assert_msg (fovea_sparse_method_select (method, head, knobs, &selection, &error), "%s",
                   error != NULL ? error->message : "");
    const FoveaSparseSubject subject = {.selection = &selection, .mask = selection.executed};
    ck_assert (fovea_sparse_measure (head, &subject, 1, NULL, &m, NULL, &error));
    fovea_sparse_selection_clear (&selection);
    return m;
}

START_TEST (a_distilled_gate_recalls_more_at_the_same_ratio)
{
    double before = 0, after = 0;
    for (guint64 seed = 20; seed < 26; seed++) {
        Rotary r = open_rotary (FALSE, seed);
        before += measure (r.head, "block=8 ratio=.4 dense=0 steps=0").recall / 6;
        after += measure (r.head, "block=8 ratio=.4 dense=0 steps=400").recall / 6;
        close_rotary (&r);
    }
    ck_assert_double_gt (after, before);
}
END_TEST

START_TEST (a_ratio_is_so_many_blocks_of_every_row)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    /* .25 of 8 blocks gives 1, .5 gives 2; rows of one block have one. */
    ck_assert_double_eq_tol (
        measure (fixture.head, "block=4 ratio=.25 dense=0 steps=10").block_density, 8 / 36., 1e-12);
    ck_assert_double_eq_tol (
        measure (fixture.head, "block=4 ratio=.5 dense=0 steps=10").block_density, 15 / 36., 1e-12);
    ck_assert_double_eq (measure (fixture.head, "block=4 threshold=0 steps=10").density, 1);
    FoveaSparseMeasures none = measure (fixture.head, "block=4 threshold=1 dense=2 steps=10");
    ck_assert_int_eq (none.n_empty, 24);
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("seer gate");
    TCase *all = tcase_create ("gate");
    tcase_set_timeout (all, 60);
    tcase_add_loop_test (all, turning_back_gives_what_stood_before, 0, 2);
    tcase_add_loop_test (all, logits_are_those_of_the_specification, 0, 2);
    tcase_add_test (all, the_gradient_is_the_slope_of_the_loss);
    tcase_add_test (all, targets_are_shares_of_largest_weights);
    tcase_add_test (all, distilling_comes_nearer_to_the_attention);
    tcase_add_test (all, a_distilled_gate_recalls_more_at_the_same_ratio);
    tcase_add_test (all, a_ratio_is_so_many_blocks_of_every_row);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
