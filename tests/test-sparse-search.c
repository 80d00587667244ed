/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* MInference's search: every pattern comes to the wanted density, the judgement is that of the
 * measures, and heads that are made for a pattern are given it. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-search.h"
#include "tests/sparse-support.h"

enum {
    T = 512,
    D = 8,
};

static SparseFixture
open_random (guint64 seed, gboolean values)
{
    g_autofree float *q = trace_random_values (T * D, seed);
    g_autofree float *k = trace_random_values (T * D, seed + 1);
    g_autofree float *v = trace_random_values (T * D, seed + 2);
    return sparse_fixture_heads (T, D, 1, 1, 0, q, k, values ? v : NULL);
}

static guint
search (SparseFixture *fixture, const FoveaSearchOptions *options, FoveaSearchCandidate *candidates)
{
    g_autoptr (GError) error = NULL;
    guint best;
    ck_assert_msg (fovea_sparse_search (fixture->head, options, candidates, &best, &error), "%s",
                   error != NULL ? error->message : "");
    return best;
}

START_TEST (patterns_are_scaled_to_the_wanted_density)
{
    static const double wanted[] = {.3, .45, .6, .8};
    const FoveaSearchOptions options = {wanted[_i], FOVEA_SEARCH_RECALL, 32};
    FoveaSearchCandidate candidates[FOVEA_N_SEARCH_PATTERNS];
    SparseFixture fixture = open_random (70, TRUE);
    guint best = search (&fixture, &options, candidates);
    for (guint i = 0; i < FOVEA_N_SEARCH_PATTERNS; i++) {
        double density = candidates[i].density;
        ck_assert_int_eq (candidates[i].matched, fabs (density - wanted[_i]) <= .02 * wanted[_i]);
        /* The steps of 32 blocks are this coarse. */
        ck_assert_msg (density > wanted[_i] - 2. / 32 && density <= 1.02 * wanted[_i], "%s: %g",
                       candidates[i].pattern, density);
        ck_assert_double_ge (candidates[best].recall, candidates[i].recall);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (candidates_are_judged_as_they_are_measured)
{
    const FoveaSearchOptions options = {.4, FOVEA_SEARCH_ERROR, 0};
    FoveaSearchCandidate candidates[FOVEA_N_SEARCH_PATTERNS];
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (71, TRUE);
    guint best = search (&fixture, &options, candidates);
    for (guint i = 0; i < FOVEA_N_SEARCH_PATTERNS; i++) {
        FoveaSparseSelection selection;
        FoveaSparseMeasures m;
        ck_assert (fovea_sparse_method_select (candidates[i].method, fixture.head,
                                               candidates[i].knobs, &selection, &error));
        const FoveaSparseSubject subject = {.selection = &selection, .mask = selection.executed};
        ck_assert (fovea_sparse_measure (fixture.head, &subject, 1, NULL, &m, NULL, &error));
        ck_assert_double_eq_tol (candidates[i].density, m.density, 1e-12);
        ck_assert_double_eq_tol (candidates[i].recall, m.recall, 1e-6);
        ck_assert_double_eq_tol (candidates[i].error, m.error, 1e-5);
        ck_assert_double_le (candidates[best].error, candidates[i].error);
        fovea_sparse_selection_clear (&selection);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

/* A head that looks at its neighbours, at a few columns, or at a block of the text by subject. */
static SparseFixture
open_made (const char *kind)
{
    g_autofree float *q = g_new0 (float, T *D);
    g_autofree float *k = g_new0 (float, T *D);
    g_autofree float *v = trace_random_values (T * D, 9);
    guint32 x = 1;
    for (int t = 0; t < T; t++) {
        gboolean columns = strcmp (kind, "columns") == 0, local = strcmp (kind, "local") == 0;
        x = t % 16 == 0 ? x * 1103515245 + 12345 : x;
        int subject = (int) (x >> 16) % 7; /* of a block */
        q[t * D + 7] = columns || local ? 6 : 0;
        k[t * D + 7] = columns ? (t % 29 == 3 ? 6 : 0) : local && t < 16 ? 5 : 0;
        double side = t % 2 == 0 ? 4 : -4; /* blocks have no mean */
        for (int w = 0; w < 2 && local; w++) {
            double angle = t * (w == 0 ? .1 : .013);
            q[t * D + 2 * w] = k[t * D + 2 * w] = (float) (side * cos (angle));
            q[t * D + 2 * w + 1] = k[t * D + 2 * w + 1] = (float) (side * sin (angle));
        }
        /* The last queries look elsewhere, and with them go the methods that ask only them. */
        if (local && t >= T - 16)
            memset (q + t * D, 0, D * sizeof *q);
        q[t * D + 5] = local && t >= T - 16 ? 6 : 0;
        k[t * D + 5] = local ? (float) (x >> 16 & 1) - .5f : 0;
        x = local ? x * 1103515245 + 12345 : x;
        if (!columns && !local)
            q[t * D + subject] = k[t * D + subject] = 6;
    }
    return sparse_fixture_heads (T, D, 1, 1, 0, q, k, v);
}

typedef struct {
    const char *kind, *pattern;
} Made;

static const Made made[] = {
    {"local", "a-shape"},
    {"columns", "vertical-slash"},
    {"subjects", "block-sparse"},
};

START_TEST (heads_made_for_a_pattern_are_given_it)
{
    const FoveaSearchOptions options = {.3, FOVEA_SEARCH_RECALL, 0};
    FoveaSearchCandidate candidates[FOVEA_N_SEARCH_PATTERNS];
    SparseFixture fixture = open_made (made[_i].kind);
    guint best = search (&fixture, &options, candidates);
    ck_assert_msg (g_str_has_prefix (candidates[best].pattern, made[_i].pattern), "%s got %s",
                   made[_i].kind, candidates[best].pattern);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (the_method_executes_the_winner)
{
    const FoveaSearchOptions options = {.3, FOVEA_SEARCH_RECALL, 64};
    FoveaSearchCandidate candidates[FOVEA_N_SEARCH_PATTERNS];
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find ("minference", NULL);
    SparseFixture fixture = open_random (72, TRUE);
    FoveaSparseSelection own, winner;
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    guint best = search (&fixture, &options, candidates);
    sparse_set_knobs (method, T, "density=.3", knobs);
    ck_assert (fovea_sparse_method_select (method, fixture.head, knobs, &own, &error));
    ck_assert (fovea_sparse_method_select (candidates[best].method, fixture.head,
                                           candidates[best].knobs, &winner, &error));
    ck_assert_uint_eq (fovea_mask_hash (own.executed), fovea_mask_hash (winner.executed));
    fovea_sparse_selection_clear (&own);
    fovea_sparse_selection_clear (&winner);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (the_error_needs_values)
{
    const FoveaSearchOptions options = {.3, FOVEA_SEARCH_ERROR, 64};
    FoveaSearchCandidate candidates[FOVEA_N_SEARCH_PATTERNS];
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (73, FALSE);
    guint best;
    ck_assert (!fovea_sparse_search (fixture.head, &options, candidates, &best, &error));
    ck_assert_str_eq (error->message,
                      "layer 0 head 0: the output error needs values, which were not kept");
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse search");
    TCase *all = tcase_create ("search");
    tcase_set_timeout (all, 60);
    tcase_add_loop_test (all, patterns_are_scaled_to_the_wanted_density, 0, 4);
    tcase_add_test (all, candidates_are_judged_as_they_are_measured);
    tcase_add_loop_test (all, heads_made_for_a_pattern_are_given_it, 0, G_N_ELEMENTS (made));
    tcase_add_test (all, the_method_executes_the_winner);
    tcase_add_test (all, the_error_needs_values);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
