/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The rules of choosing (methods/prefill.md 1 and 3), and one test for each trap of section 23 that a
 * computation can fall into. */
#include <math.h>
#include <string.h>

#include "tests/sparse-support.h"

enum {
    D = 8,
    H = 4,
    G = 2,
    T = 96,
};

typedef struct {
    float *q, *k, *v;
} Values;

static Values
make_values (guint64 seed)
{
    return (Values){trace_random_values (T * H * D, seed),
                    trace_random_values (T * G * D, seed + 1),
                    trace_random_values (T * G * D, seed + 2)};
}

static void
free_values (Values *values)
{
    g_free (values->q);
    g_free (values->k);
    g_free (values->v);
}

static SparseFixture
open_head (const Values *values, guint head)
{
    return sparse_fixture_heads (T, D, H, G, head, values->q, values->k, values->v);
}

static FoveaSparseSelection
select_by (SparseFixture *fixture, const char *id, const char *text)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    ck_assert_ptr_nonnull (method);
    sparse_set_knobs (method, fixture->head->n_tokens, text, knobs);
    ck_assert_msg (fovea_sparse_method_select (method, fixture->head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    return selection;
}

static guint64
hash_of (SparseFixture *fixture, const char *id, const char *text)
{
    FoveaSparseSelection selection = select_by (fixture, id, text);
    guint64 hash = fovea_mask_hash (selection.executed);
    fovea_sparse_selection_clear (&selection);
    return hash;
}

static FoveaSparseMeasures
measure (SparseFixture *fixture, const char *id, const char *text, gboolean selected)
{
    g_autoptr (GError) error = NULL;
    FoveaSparseSelection selection = select_by (fixture, id, text);
    const FoveaSparseSubject subject = {.selection = &selection,
                                        .mask = selected ? selection.selected : selection.executed};
    FoveaSparseMeasures m;
    ck_assert (fovea_sparse_measure (fixture->head, &subject, 1, NULL, &m, NULL, &error));
    fovea_sparse_selection_clear (&selection);
    return m;
}

START_TEST (of_equal_scores_the_lowest_index_wins)
{
    const double scores[] = {1, 3, 2, 3, 1, 3};
    gint64 order[6];
    FoveaMargin margin;
    fovea_margin_init (&margin);
    ck_assert_uint_eq (fovea_select_top (scores, 6, 2, order, &margin), 2);
    ck_assert_int_eq (order[0], 1);
    ck_assert_int_eq (order[1], 3);
    ck_assert_double_eq (margin.gap, 0); /* a matter of the tie rule */
    ck_assert_uint_eq (fovea_select_top (scores, 6, 4, order, NULL), 4);
    ck_assert_int_eq (order[2], 5);
    ck_assert_int_eq (order[3], 2);
}
END_TEST

START_TEST (nan_and_minus_infinity_are_never_chosen)
{
    const double scores[] = {NAN, 1, -INFINITY, -1e300, NAN, INFINITY};
    gint64 order[6];
    ck_assert_uint_eq (fovea_select_top (scores, 6, 6, order, NULL), 3);
    ck_assert_int_eq (order[0], 5);
    ck_assert_int_eq (order[1], 1);
    ck_assert_int_eq (order[2], 3);
}
END_TEST

START_TEST (forced_entries_come_first_in_order_of_index)
{
    const double scores[] = {9, INFINITY, 8, INFINITY, INFINITY};
    gint64 order[5];
    ck_assert_uint_eq (fovea_select_top (scores, 5, 4, order, NULL), 4);
    ck_assert_int_eq (order[0], 1);
    ck_assert_int_eq (order[1], 3);
    ck_assert_int_eq (order[2], 4);
    ck_assert_int_eq (order[3], 0);
}
END_TEST

START_TEST (a_row_whose_keys_are_nan_is_left_empty)
{
    float tiny[3 * 32 * 4];
    sparse_tiny_values (tiny);
    SparseFixture fixture = sparse_fixture_new (32, 4, 1, 0, TRUE, tiny, tiny + 128, tiny + 256);
    float *q = (float *) fixture.head->q; /* as a capture gone wrong would have it */
    for (int i = 8 * 4; i < 12 * 4; i++)
        q[i] = NAN;
    FoveaSparseSelection selection = select_by (&fixture, "block-sparse", "block=4 k=2");
    g_autofree char *drawn = sparse_block_rows (selection.executed, 4);
    g_auto (GStrv) rows = g_strsplit (drawn, " ", -1);
    ck_assert_str_eq (rows[2], "...");
    ck_assert_ptr_nonnull (strchr (rows[3], '#'));
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Trap 1. Methods that rank within a row do not care for the scale; those that compare with a
 * threshold, or share out a softmax, do. */
typedef struct {
    const char *method, *knobs;
    gboolean cares;
} Scaling;

static const Scaling scalings[] = {
    {"block-sparse", "block=8 k=3", FALSE},
    {"frontier-block-sparse", "block=8 k=4", FALSE},
    {"hip", "keys=8 query-block=8 window=8", FALSE},
    {"dhsa-a", "query-block=8 key-block=8 density=.3", FALSE},
    {"quest", "budget=16 page=4", FALSE},
    {"xattention", "block=8 stride=4 share=.6", TRUE},
    {"flexprefill", "block=8 share=.6 least=8 divergence=0", TRUE},
    {"anchor", "block=8 step=2 theta=2.5", TRUE},
    {"pbs", "block=8 segment=16 share=.6", TRUE},
    {"seer-target", "block=8 threshold=.1", TRUE},
};

START_TEST (only_thresholds_and_shares_depend_on_the_scale)
{
    const Scaling *scaling = &scalings[_i];
    Values values = make_values (50);
    SparseFixture plain = open_head (&values, 1), scaled = open_head (&values, 1);
    ((FoveaScoreRule *) scaled.head->rule)->scale *= 3;
    gboolean same = hash_of (&plain, scaling->method, scaling->knobs) ==
                    hash_of (&scaled, scaling->method, scaling->knobs);
    ck_assert_int_eq (same, !scaling->cares);
    sparse_fixture_clear (&plain);
    sparse_fixture_clear (&scaled);
    free_values (&values);
}
END_TEST

/* Trap 2. */
START_TEST (the_three_rules_of_covering_differ_at_the_crossing)
{
    const double shares[] = {.125, .5, .25, .125};
    gint64 order[4];
    gsize n = fovea_select_rank (shares, 4, order);
    ck_assert_uint_eq (fovea_select_cover_before (shares, order, n, 0, .6, NULL), 2);
    ck_assert_uint_eq (fovea_select_cover_reach (shares, order, n, .6, NULL), 2);
    ck_assert_uint_eq (fovea_select_cover_within (shares, order, n, .6, NULL), 1);
    ck_assert_uint_eq (fovea_select_cover_before (shares, order, n, 0, .75, NULL), 2);
    ck_assert_uint_eq (fovea_select_cover_reach (shares, order, n, .75, NULL), 2);
    ck_assert_uint_eq (fovea_select_cover_within (shares, order, n, .75, NULL), 2);
    /* A target beyond all there is: everything, nothing, everything. */
    ck_assert_uint_eq (fovea_select_cover_before (shares, order, n, 0, 2, NULL), 4);
    ck_assert_uint_eq (fovea_select_cover_reach (shares, order, n, 2, NULL), 0);
    ck_assert_uint_eq (fovea_select_cover_within (shares, order, n, 2, NULL), 4);
    ck_assert_uint_eq (fovea_select_cover_before (shares, order, n, .7, .6, NULL), 0);
}
END_TEST

/* Trap 2, PBS: a sum of shares that rounds to less than 1 must not empty the row. */
START_TEST (pbs_of_everything_is_dense)
{
    Values values = make_values (51);
    SparseFixture fixture = open_head (&values, 2);
    FoveaSparseSelection selection = select_by (&fixture, "pbs", "block=8 segment=16 share=1");
    ck_assert_int_eq (fovea_mask_count (selection.executed), T * (T + 1) / 2);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 3. */
START_TEST (forced_lines_count_inside_the_budget)
{
    Values values = make_values (52);
    SparseFixture fixture = open_head (&values, 0);
    FoveaSparseSelection selection =
        select_by (&fixture, "vertical-slash",
                   "budget=6 ratio=1 probes=16 forced-columns=6 forced-distances=6 tile=8");
    g_autoptr (FoveaMask) lines = fovea_mask_new (T, fixture.head->rule);
    fovea_mask_add_rectangle (lines, 0, T, 0, 6);
    fovea_mask_add_band (lines, 0, T, 0, 6);
    fovea_mask_finish (lines);
    ck_assert_uint_eq (fovea_mask_hash (selection.selected), fovea_mask_hash (lines));
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 4. */
START_TEST (what_is_selected_and_what_is_executed_are_two_series)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    const char *knobs = "probes=4 budget=6 ratio=1 forced-columns=2 forced-distances=2 tile=4";
    ck_assert_int_eq (measure (&fixture, "vertical-slash", knobs, TRUE).cells, 235);
    ck_assert_int_eq (measure (&fixture, "vertical-slash", knobs, FALSE).cells, 380);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Trap 5. */
START_TEST (a_partial_block_is_divided_by_what_the_method_says)
{
    SparseFixture fixture = sparse_fixture_tiny (30, 1, 0, TRUE);
    g_autofree double *padded = fovea_sparse_head_pool (fixture.head, fixture.head->k, 4, TRUE);
    g_autofree double *plain = fovea_sparse_head_pool (fixture.head, fixture.head->k, 4, FALSE);
    for (int d = 0; d < 4; d++) {
        double sum = (double) fixture.head->k[28 * 4 + d] + (double) fixture.head->k[29 * 4 + d];
        ck_assert_double_eq (padded[7 * 4 + d], sum / 4);
        ck_assert_double_eq (plain[7 * 4 + d], sum / 2);
        ck_assert_double_eq (padded[6 * 4 + d], plain[6 * 4 + d]);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Trap 6: queries before the probes can say what they like. */
static const Scaling probings[] = {
    {"vertical-slash", "budget=10 ratio=1 probes=16 tile=8", FALSE},
    {"frontier-vertical-slash", "budget=10 ratio=1 probes=16 tile=8", FALSE},
    {"frontier-flexprefill", "share=.4 least=4 probes=16 tile=8", FALSE},
    {"dhsa-vs", "query-block=16 key-block=8 density=.3", FALSE},
    {"flexprefill", "block=16 share=.5 least=16 divergence=0", FALSE},
    {"block-sparse", "block=8 k=3", TRUE},
    {"xattention", "block=8 stride=4 share=.6", TRUE},
    {"anchor", "block=8 step=2 theta=2.5", TRUE},
};

START_TEST (methods_of_probe_rows_see_nothing_else)
{
    const Scaling *probing = &probings[_i];
    Values values = make_values (53);
    SparseFixture before = open_head (&values, 1);
    for (int i = 0; i < (T - 16) * H * D; i++)
        values.q[i] = -values.q[i];
    SparseFixture after = open_head (&values, 1);
    gboolean same = hash_of (&before, probing->method, probing->knobs) ==
                    hash_of (&after, probing->method, probing->knobs);
    ck_assert_int_eq (same, !probing->cares);
    sparse_fixture_clear (&before);
    sparse_fixture_clear (&after);
    free_values (&values);
}
END_TEST

/* Trap 7. */
START_TEST (a_window_counts_the_query_s_own_key)
{
    Values values = make_values (54);
    SparseFixture fixture = open_head (&values, 0);
    ck_assert_int_eq (measure (&fixture, "window", "window=1", FALSE).cells, T);
    ck_assert_int_eq (measure (&fixture, "window", "window=2", FALSE).cells, 2 * T - 1);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 8. Tiles of the causal half are the denominator, so a dense mask has block density 1, and a
 * diagonal tile counts whole. */
START_TEST (block_density_is_over_the_causal_tiles)
{
    Values values = make_values (55);
    SparseFixture fixture = open_head (&values, 0);
    ck_assert_double_eq (
        measure (&fixture, "xattention", "block=8 stride=4 share=1", FALSE).block_density, 1);
    ck_assert_double_eq (measure (&fixture, "power", "block=8 window=1", FALSE).block_density,
                         (12 + 11 + 10 + 8 + 4 + 7) / 78.);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 9. */
START_TEST (rows_left_without_a_key_are_counted_and_put_out_nothing)
{
    Values values = make_values (56);
    SparseFixture fixture = open_head (&values, 3);
    FoveaSparseMeasures m = measure (&fixture, "seer-target", "block=8 threshold=1 dense=2", FALSE);
    ck_assert_int_eq (m.n_empty, T - 16);
    ck_assert_double_eq (m.least_recall, 0);
    ck_assert_double_eq (m.largest_error, 1); /* all of the output is lost, and no more */
    ck_assert_double_eq_tol (m.recall, 16. / T, 1e-6);
    m = measure (&fixture, "dhsa-topk", "query-block=8 key-block=8 density=.1", FALSE);
    ck_assert_int_gt (m.n_empty, 0); /* the future ate the budget */
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 10. */
START_TEST (heads_of_a_group_or_layer_share_what_they_should)
{
    static const char *const ids[] = {"dhsa", "s2", "xattention"};
    static const char *const knobs[] = {"block=8 keys=20 local=4 global=2 instruction=0 chunk=8",
                                        "block=8 local=1 stride=4", "block=8 stride=4 share=.6"};
    Values values = make_values (57);
    guint64 hashes[H];
    for (guint i = 0; i < 3; i++) {
        for (guint h = 0; h < H; h++) {
            SparseFixture fixture = open_head (&values, h);
            hashes[h] = hash_of (&fixture, ids[i], knobs[i]);
            sparse_fixture_clear (&fixture);
        }
        ck_assert_int_eq (hashes[0] == hashes[1], i < 2);  /* of one group */
        ck_assert_int_eq (hashes[1] == hashes[2], i == 0); /* of one layer */
    }
    free_values (&values);
}
END_TEST

/* Trap 11. SparseD divides by the root of the number of heads, which here is not the head's width. */
START_TEST (sparsed_has_both_scales)
{
    Values values = make_values (58);
    g_autofree float *sharp = g_memdup2 (values.q, T * D * sizeof *values.q);
    for (int i = 0; i < T * D; i++)
        sharp[i] *= 4;
    SparseFixture fixture = sparse_fixture_new (T, D, 2, 0, FALSE, sharp, values.k, values.v);
    ck_assert_uint_ne (hash_of (&fixture, "sparsed", "block=8 share=.3 new=16 scale=0"),
                       hash_of (&fixture, "sparsed", "block=8 share=.3 new=16 scale=1"));
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 11. Only the rows of the first chunk follow the public code's other rule. */
START_TEST (xattention_s_quirk_ends_with_the_first_chunk)
{
    Values values = make_values (59);
    SparseFixture fixture = open_head (&values, 1);
    FoveaSparseSelection plain = select_by (&fixture, "xattention", "block=8 stride=4 share=.6");
    FoveaSparseSelection quirk =
        select_by (&fixture, "xattention-upstream", "block=8 stride=4 share=.6 chunk=48");
    g_autofree char *a = sparse_block_rows (plain.executed, 8);
    g_autofree char *b = sparse_block_rows (quirk.executed, 8);
    gsize first = 6 * 7 / 2 + 6; /* drawings of six rows and the blanks behind them */
    ck_assert_str_eq (a + first, b + first);
    ck_assert_int_ne (strncmp (a, b, first), 0);
    fovea_sparse_selection_clear (&plain);
    fovea_sparse_selection_clear (&quirk);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Trap 13. All keys of one chunk tie, and the budget ends inside it. */
START_TEST (a_budget_that_ends_in_a_tie_takes_the_lowest_keys)
{
    Values values = make_values (60);
    SparseFixture fixture = open_head (&values, 0);
    FoveaSparseSelection selection = select_by (
        &fixture, "dhsa", "block=8 keys=5 local=0 global=0 instruction=0 chunk=16 span=0");
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (selection.executed);
    const FoveaKeyRange *ranges;
    ck_assert_uint_eq (fovea_mask_cursor_read (cursor, T - 1, &ranges), 1);
    ck_assert_int_eq (ranges[0].from % 16, 0);
    ck_assert_int_eq (ranges[0].to - ranges[0].from, 5);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

/* Rows outside a box see nothing, but a mask would keep keys for them: densities above what is allowed. */
START_TEST (layers_of_two_texts_are_refused_by_every_method)
{
    static const FoveaScoreRule boxes[] = {
        {.query_from = 5}, {.query_to = 9}, {.key_from = 5}, {.key_to = 9}};
    Values values = make_values (21);
    SparseFixture fixture = open_head (&values, 0);
    FoveaScoreRule *rule = (FoveaScoreRule *) fixture.head->rule, plain = *rule;
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    *rule = boxes[_i];
    rule->scale = plain.scale;
    for (guint i = 0; methods[i] != NULL; i++)
        for (int causal = 0; causal < 2; causal++) {
            g_autoptr (GError) error = NULL;
            double knobs[FOVEA_SPARSE_MAX_KNOBS];
            FoveaSparseSelection selection;
            rule->causal = causal;
            fovea_sparse_method_get_defaults (methods[i], T, knobs);
            ck_assert_msg (
                !fovea_sparse_method_select (methods[i], fixture.head, knobs, &selection, &error),
                "%s", methods[i]->id);
            ck_assert_msg (strstr (error->message, methods[i]->id) != NULL &&
                               g_str_has_prefix (error->message, "layer 0 head 0: "),
                           "%s", error->message);
        }
    *rule = plain;
    FoveaSparseSelection selection = select_by (&fixture, "oracle-token", "k=3");
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
    free_values (&values);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse traps");
    TCase *rules = tcase_create ("rules"), *traps = tcase_create ("traps");
    tcase_add_test (rules, of_equal_scores_the_lowest_index_wins);
    tcase_add_test (rules, nan_and_minus_infinity_are_never_chosen);
    tcase_add_test (rules, forced_entries_come_first_in_order_of_index);
    tcase_add_test (rules, a_row_whose_keys_are_nan_is_left_empty);
    tcase_add_loop_test (traps, only_thresholds_and_shares_depend_on_the_scale, 0,
                         G_N_ELEMENTS (scalings));
    tcase_add_test (traps, the_three_rules_of_covering_differ_at_the_crossing);
    tcase_add_test (traps, pbs_of_everything_is_dense);
    tcase_add_test (traps, forced_lines_count_inside_the_budget);
    tcase_add_test (traps, what_is_selected_and_what_is_executed_are_two_series);
    tcase_add_test (traps, a_partial_block_is_divided_by_what_the_method_says);
    tcase_add_loop_test (traps, methods_of_probe_rows_see_nothing_else, 0, G_N_ELEMENTS (probings));
    tcase_add_test (traps, a_window_counts_the_query_s_own_key);
    tcase_add_test (traps, block_density_is_over_the_causal_tiles);
    tcase_add_test (traps, rows_left_without_a_key_are_counted_and_put_out_nothing);
    tcase_add_test (traps, heads_of_a_group_or_layer_share_what_they_should);
    tcase_add_test (traps, sparsed_has_both_scales);
    tcase_add_test (traps, xattention_s_quirk_ends_with_the_first_chunk);
    tcase_add_test (traps, a_budget_that_ends_in_a_tie_takes_the_lowest_keys);
    tcase_add_loop_test (traps, layers_of_two_texts_are_refused_by_every_method, 0, 4);
    suite_add_tcase (suite, rules);
    suite_add_tcase (suite, traps);
    return support_run (suite);
}
