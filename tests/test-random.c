/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The generator against the published vectors of methods/tasks-and-icl.md 0, and the sampler's
 * rules. */
#include "capture/random.h"
#include "capture/sampler.h"
#include "tests/support.h"

#include <math.h>

START_TEST (seed_42_gives_the_published_state)
{
    FoveaRandom random;
    fovea_random_init (&random, 42);
    ck_assert_uint_eq (random.state[0], 0xbdd732262feb6e95);
    ck_assert_uint_eq (random.state[1], 0x28efe333b266f103);
    ck_assert_uint_eq (random.state[2], 0x47526757130f9f52);
    ck_assert_uint_eq (random.state[3], 0x581ce1ff0e4ae394);
    fovea_random_init (&random, 0);
    ck_assert_uint_eq (random.state[0], 0xe220a8397b1dcdaf);
    ck_assert_uint_eq (random.state[1], 0x6e789e6aa1b965f4);
    ck_assert_uint_eq (random.state[2], 0x06c45d188009454f);
}
END_TEST

START_TEST (seed_42_gives_the_published_outputs)
{
    const guint64 want[] = {0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1};
    FoveaRandom random;
    fovea_random_init (&random, 42);
    for (guint i = 0; i < G_N_ELEMENTS (want); i++)
        ck_assert_uint_eq (fovea_random_next (&random), want[i]);
}
END_TEST

START_TEST (seed_42_gives_the_published_uniforms)
{
    const double want[] = {0.0838629711, 0.3789802507, 0.6800434110, 0.9246929453};
    FoveaRandom random;
    fovea_random_init (&random, 42);
    for (guint i = 0; i < G_N_ELEMENTS (want); i++)
        ck_assert_double_eq_tol (fovea_random_uniform (&random), want[i], 5e-11);
}
END_TEST

START_TEST (seed_42_gives_the_published_digits)
{
    const guint64 want[] = {2, 2, 9, 3, 6, 4, 4, 7};
    FoveaRandom random;
    fovea_random_init (&random, 42);
    for (guint i = 0; i < G_N_ELEMENTS (want); i++)
        ck_assert_uint_eq (fovea_random_below (&random, 10), want[i]);
}
END_TEST

START_TEST (below_one_is_zero_and_below_a_large_number_stays_below)
{
    FoveaRandom random;
    fovea_random_init (&random, 7);
    guint64 n = G_GUINT64_CONSTANT (0x8000000000000001);
    for (guint i = 0; i < 1000; i++) {
        ck_assert_uint_eq (fovea_random_below (&random, 1), 0);
        ck_assert_uint_lt (fovea_random_below (&random, n), n);
    }
}
END_TEST

START_TEST (streams_of_two_indices_differ)
{
    FoveaRandom a, b, again;
    fovea_random_init_stream (&a, 1, 2, 3);
    fovea_random_init_stream (&b, 1, 2, 4);
    fovea_random_init_stream (&again, 1, 2, 3);
    ck_assert_mem_eq (&a, &again, sizeof a);
    ck_assert_mem_ne (&a, &b, sizeof a);
}
END_TEST

START_TEST (repeat_tokens_repeat_after_bos)
{
    enum {
        P = 50
    };
    gint32 ids[1 + 2 * P], other[2 * P];
    fovea_random_repeat_tokens (3, 5, 0, 4, 9, P, ids);
    fovea_random_repeat_tokens (3, 5, -1, 4, 9, P, other);
    ck_assert_int_eq (ids[0], 0);
    ck_assert_mem_eq (ids + 1, ids + 1 + P, P * sizeof *ids);
    ck_assert_mem_eq (ids + 1, other, sizeof other);
    guint seen = 0;
    for (guint i = 0; i < P; i++) {
        ck_assert_int_ge (ids[1 + i], 4);
        ck_assert_int_lt (ids[1 + i], 9);
        seen |= 1u << ids[1 + i];
    }
    ck_assert_uint_eq (seen, 0x1f0);
    fovea_random_repeat_tokens (3, 6, -1, 4, 9, P, other);
    ck_assert_mem_ne (ids + 1, other, sizeof other);
}
END_TEST

START_TEST (greedy_takes_the_lower_id_of_a_tie_and_draws_nothing)
{
    const float logits[] = {-1, 3, NAN, 3, 2};
    FoveaSamplerOptions options = {.temperature = 0, .top_p = 1};
    FoveaRandom random, before;
    fovea_random_init (&random, 1);
    before = random;
    ck_assert_int_eq (fovea_sample_token (logits, 5, &options, &random), 1);
    ck_assert_mem_eq (&random, &before, sizeof random);
}
END_TEST

/* Shares of 20,000 draws. */
static void
draw_shares (const float *logits, guint n, FoveaSamplerOptions options, double *shares)
{
    FoveaRandom random;
    fovea_random_init (&random, 11);
    for (guint i = 0; i < n; i++)
        shares[i] = 0;
    for (guint i = 0; i < 20000; i++)
        shares[fovea_sample_token (logits, n, &options, &random)] += 1.0 / 20000;
}

START_TEST (shares_follow_the_softmax)
{
    const float logits[] = {logf (1), logf (6), logf (3), -INFINITY};
    double shares[4];
    draw_shares (logits, 4, (FoveaSamplerOptions){.temperature = 1, .top_p = 1}, shares);
    ck_assert_double_eq_tol (shares[0], 0.1, 0.01);
    ck_assert_double_eq_tol (shares[1], 0.6, 0.015);
    ck_assert_double_eq_tol (shares[2], 0.3, 0.015);
    ck_assert_double_eq (shares[3], 0);
    draw_shares (logits, 4, (FoveaSamplerOptions){.temperature = 0.5, .top_p = 1}, shares);
    ck_assert_double_eq_tol (shares[1], 36.0 / 46, 0.015);
}
END_TEST

START_TEST (top_k_comes_before_top_p)
{
    /* Of 4:3:2:1, top 3 leaves 9 parts; 0.75 of 9 needs 4 + 3, of all 10 it would need 4 + 3 + 2.
     */
    const float logits[] = {logf (1), logf (2), logf (3), logf (4)};
    double shares[4];
    FoveaSamplerOptions options = {.temperature = 1, .top_k = 3, .top_p = 0.75};
    draw_shares (logits, 4, options, shares);
    ck_assert_double_eq (shares[0], 0);
    ck_assert_double_eq (shares[1], 0);
    ck_assert_double_eq_tol (shares[3], 4.0 / 7, 0.015);
    options.top_p = 1;
    draw_shares (logits, 4, options, shares);
    ck_assert_double_eq_tol (shares[1], 2.0 / 9, 0.015);
    options.top_k = 1;
    draw_shares (logits, 4, options, shares);
    ck_assert_double_eq_tol (shares[3], 1, 1e-9);
}
END_TEST

START_TEST (top_p_of_zero_keeps_the_most_likely_token)
{
    const float logits[] = {1, 2, 2, 0};
    double shares[4];
    draw_shares (logits, 4, (FoveaSamplerOptions){.temperature = 1, .top_p = 0}, shares);
    ck_assert_double_eq_tol (shares[1], 1, 1e-9);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("random");
    TCase *random = tcase_create ("random");
    tcase_add_test (random, seed_42_gives_the_published_state);
    tcase_add_test (random, seed_42_gives_the_published_outputs);
    tcase_add_test (random, seed_42_gives_the_published_uniforms);
    tcase_add_test (random, seed_42_gives_the_published_digits);
    tcase_add_test (random, below_one_is_zero_and_below_a_large_number_stays_below);
    tcase_add_test (random, streams_of_two_indices_differ);
    tcase_add_test (random, repeat_tokens_repeat_after_bos);
    suite_add_tcase (suite, random);
    TCase *sampler = tcase_create ("sampler");
    tcase_add_test (sampler, greedy_takes_the_lower_id_of_a_tie_and_draws_nothing);
    tcase_add_test (sampler, shares_follow_the_softmax);
    tcase_add_test (sampler, top_k_comes_before_top_p);
    tcase_add_test (sampler, top_p_of_zero_keeps_the_most_likely_token);
    suite_add_tcase (suite, sampler);
    return support_run (suite);
}
