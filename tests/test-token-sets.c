/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sets of tokens: who belongs to which, and the running sum at its ends and between them. */
#include <math.h>

#include "analysis/token-sets.h"
#include "tests/support.h"

enum {
    V = 20
};

static gint64 order[V];

static void
set_up (void)
{
    for (int i = 0; i < V; i++)
        order[i] = V - 1 - i; /* the highest id is pushed most */
}

START_TEST (sets_hold_the_tokens_that_their_names_say)
{
    static const struct {
        const char *text;
        gboolean in[FOVEA_N_TOKEN_SETS]; /* space, capital, digits, punctuation */
    } cases[] = {
        {" the", {1, 0, 0, 0}},
        {" The", {1, 1, 0, 0}},
        {"The", {0, 1, 0, 0}},
        {"12", {0, 0, 1, 0}},
        {" 12", {1, 0, 1, 0}},
        {"1a", {0, 0, 0, 0}},
        {".", {0, 0, 0, 1}},
        {" --", {1, 0, 0, 1}},
        {"+=", {0, 0, 0, 1}},
        {" ", {1, 0, 0, 0}},
        {"", {0, 0, 0, 0}},
        {"\xc3", {0, 0, 0, 0}},
        {"\xc3\x89t\xc3\xa9", {0, 1, 0, 0}},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        for (int set = 0; set < FOVEA_N_TOKEN_SETS; set++)
            ck_assert_msg (!fovea_token_set_contains (set, cases[i].text) == !cases[i].in[set],
                           "\"%s\" and %s", cases[i].text, fovea_token_set_name (set));
}
END_TEST

/* The top |S| tokens give 1, the last |S| give 1 at the other end. */
START_TEST (set_at_an_end_has_score_one)
{
    guint8 members[V] = {0};
    for (int i = 0; i < 5; i++)
        members[_i == 0 ? V - 1 - i : i] = 1;
    FoveaTokenEnrichment e = fovea_token_set_enrich (order, members, V);
    ck_assert_int_eq (e.n, 5);
    ck_assert_double_eq_tol (e.score, 1, 1e-12);
    ck_assert_int_eq (e.top, _i == 0);
}
END_TEST

/* Members at ranks 0, 2 and 4 of 7: 1/3, 1/12, 5/12, 1/6, 1/2 is the highest. */
START_TEST (running_sum_is_taken_at_its_highest)
{
    static const gint64 ranks[] = {0, 1, 2, 3, 4, 5, 6};
    static const guint8 members[] = {1, 0, 1, 0, 1, 0, 0};
    FoveaTokenEnrichment e = fovea_token_set_enrich (ranks, members, 7);
    ck_assert_double_eq_tol (e.score, .5, 1e-12);
    ck_assert (e.top);
}
END_TEST

START_TEST (set_of_nobody_or_everybody_has_no_score)
{
    guint8 none[V] = {0}, all[V];
    for (int i = 0; i < V; i++)
        all[i] = 1;
    ck_assert (isnan (fovea_token_set_enrich (order, none, V).score));
    ck_assert (isnan (fovea_token_set_enrich (order, all, V).score));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("token sets");
    tcase_add_checked_fixture (tc, set_up, NULL);
    tcase_add_test (tc, sets_hold_the_tokens_that_their_names_say);
    tcase_add_loop_test (tc, set_at_an_end_has_score_one, 0, 2);
    tcase_add_test (tc, running_sum_is_taken_at_its_highest);
    tcase_add_test (tc, set_of_nobody_or_everybody_has_no_score);
    Suite *suite = suite_create ("token-sets");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
