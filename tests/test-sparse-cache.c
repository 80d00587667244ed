/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Methods that choose what a cache keeps: the worked examples of methods/prefill.md 9.4 to 9.6, and
 * what must hold for any head: budgets are spent in full, forced keys stay, bounds are bounds. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-quest.h"
#include "analysis/sparse-snapkv.h"
#include "capture/random.h"
#include "tests/sparse-support.h"

/* Two heads of TINY-32: (Q, K), and the same with their parts exchanged. */
static SparseFixture
open_pair (guint head)
{
    float tiny[3 * 32 * 4], q[32 * 2 * 4], k[32 * 2 * 4];
    gsize row = 4 * sizeof (float);
    sparse_tiny_values (tiny);
    for (int t = 0; t < 32; t++) {
        memcpy (q + t * 8, tiny + t * 4, row);
        memcpy (q + t * 8 + 4, tiny + 128 + t * 4, row);
        memcpy (k + t * 8, tiny + 128 + t * 4, row);
        memcpy (k + t * 8 + 4, tiny + t * 4, row);
    }
    return sparse_fixture_heads (32, 4, 2, 2, head, q, k, NULL);
}

static const FoveaSnapkvBudget worked = {
    .prompt = 32, .probes = 8, .smooth = 3, .local = 4, .prefix = 2, .capacity = 12, .floor = .2};

static void
check_kept (SparseFixture *fixture,
            guint kv_head,
            const FoveaSnapkvBudget *budget,
            const gint64 *expected,
            gsize n_expected)
{
    g_autoptr (GError) error = NULL;
    gint64 keys[32];
    gsize n;
    ck_assert (fovea_snapkv_keep (fixture->head, kv_head, budget, keys, &n, NULL, &error));
    ck_assert_uint_eq (n, n_expected);
    ck_assert_mem_eq (keys, expected, n * sizeof *keys);
}

START_TEST (snapkv_keeps_the_worked_keys)
{
    static const gint64 kept[] = {0, 1, 12, 13, 14, 17, 18, 19, 28, 29, 30, 31};
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_pair (0);
    const double *importance = fovea_snapkv_get_importance (fixture.head, 0, &worked, &error);
    ck_assert_double_eq_tol (importance[12], .469457, 1e-6);
    ck_assert_double_eq_tol (importance[13], .540347, 1e-6);
    ck_assert_double_eq_tol (importance[14], .559209, 1e-6);
    ck_assert_double_eq_tol (importance[0], .171326, 1e-6);
    check_kept (&fixture, 0, &worked, kept, G_N_ELEMENTS (kept));
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (ada_snapkv_shares_the_budget_of_heads)
{
    static const gint64 first[] = {0, 1, 12, 13, 14, 17, 18, 19, 28, 29, 30, 31};
    static const gint64 second[] = {0, 1, 8, 15, 16, 25, 26, 27, 28, 29, 30, 31};
    FoveaSnapkvBudget budget = worked;
    SparseFixture fixture = open_pair (1);
    budget.shared = TRUE;
    check_kept (&fixture, 0, &budget, first, G_N_ELEMENTS (first));
    check_kept (&fixture, 1, &budget, second, G_N_ELEMENTS (second));
    sparse_fixture_clear (&fixture);
}
END_TEST

/* A random layer of 4 query and 2 key heads. */
static SparseFixture
open_random (gint64 T, guint head, guint64 seed)
{
    g_autofree float *q = trace_random_values ((gsize) T * 4 * 8, seed);
    g_autofree float *k = trace_random_values ((gsize) T * 2 * 8, seed + 1);
    g_autofree float *v = trace_random_values ((gsize) T * 2 * 8, seed + 2);
    return sparse_fixture_heads (T, 8, 4, 2, head, q, k, v);
}

START_TEST (shared_budgets_add_up_whatever_the_heads)
{
    g_autoptr (GError) error = NULL;
    FoveaSnapkvBudget budget = {.prompt = 90,
                                .probes = 16,
                                .smooth = 5,
                                .local = 8,
                                .prefix = 2,
                                .shared = TRUE,
                                .floor = .2};
    SparseFixture fixture = open_random (90, 0, 40 + (guint64) _i);
    for (budget.capacity = 11; budget.capacity <= 90; budget.capacity += 13) {
        gint64 keys[90];
        gsize n, total = 0;
        for (guint g = 0; g < 2; g++) {
            ck_assert (fovea_snapkv_keep (fixture.head, g, &budget, keys, &n, NULL, &error));
            ck_assert_uint_ge (n, 10);
            ck_assert_int_eq (keys[0], 0);
            ck_assert_int_eq (keys[1], 1);
            ck_assert_int_eq (keys[n - 8], 82);
            total += n;
        }
        ck_assert_uint_eq (total, 2 * (gsize) budget.capacity);
    }
    sparse_fixture_clear (&fixture);
}
END_TEST

static FoveaSparseSelection
select_by (SparseFixture *fixture, const char *id, const char *text)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, &error);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    sparse_set_knobs (method, fixture->head->n_tokens, text, knobs);
    ck_assert_msg (fovea_sparse_method_select (method, fixture->head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    return selection;
}

START_TEST (a_group_shares_what_its_cache_keeps)
{
    static const char *const methods[] = {"snapkv", "ada-snapkv", "quest"};
    static const char *const knobs[] = {"capacity=24 local=4 prefix=2", "capacity=24 local=4",
                                        "budget=16 page=4"};
    SparseFixture first = open_random (80, 2, 9), second = open_random (80, 3, 9);
    FoveaSparseSelection a = select_by (&first, methods[_i], knobs[_i]);
    FoveaSparseSelection b = select_by (&second, methods[_i], knobs[_i]);
    ck_assert_uint_eq (fovea_mask_hash (a.executed), fovea_mask_hash (b.executed));
    ck_assert_int_eq (a.first_row, 60);
    fovea_sparse_selection_clear (&a);
    fovea_sparse_selection_clear (&b);
    sparse_fixture_clear (&first);
    sparse_fixture_clear (&second);
}
END_TEST

START_TEST (only_rows_after_the_prompt_are_measured)
{
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (80, 1, 3);
    FoveaSparseSelection selection = select_by (&fixture, "snapkv", "capacity=24 local=4 prefix=2");
    const FoveaSparseSubject subject = {.selection = &selection, .mask = selection.executed};
    FoveaSparseMeasures m;
    ck_assert (fovea_sparse_measure (fixture.head, &subject, 1, NULL, &m, NULL, &error));
    ck_assert_int_eq (m.n_queries, 20);
    ck_assert_int_eq (m.cells, 20 * 24 + 20 * 21 / 2);
    ck_assert_double_lt (m.recall, 1);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (a_capacity_within_the_forced_keys_is_refused)
{
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (80, 0, 3);
    FoveaSnapkvBudget budget = {
        .prompt = 60, .probes = 8, .smooth = 3, .local = 16, .prefix = 4, .capacity = 20};
    gint64 keys[60];
    gsize n;
    ck_assert (!fovea_snapkv_keep (fixture.head, 0, &budget, keys, &n, NULL, &error));
    ck_assert_str_eq (error->message, "a capacity of 20 keys does not exceed the 16 last and 4 "
                                      "first ones, which are always kept");
    g_clear_error (&error);
    budget.capacity = 30;
    budget.smooth = 4;
    ck_assert (!fovea_snapkv_keep (fixture.head, 0, &budget, keys, &n, NULL, &error));
    ck_assert_str_eq (
        error->message,
        "importance is averaged over 4 keys, which have no middle: the number is odd");
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (a_sweep_over_a_short_text_begins_at_the_forced_keys)
{
    SparseFixture fixture = open_random (80, 0, 3);
    FoveaSparseSelection selection = select_by (&fixture, "snapkv", "capacity=4 local=6 prefix=2");
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (selection.executed);
    gint64 counts[1];
    fovea_mask_cursor_read_tiles (cursor, 60, 61, 80, counts);
    ck_assert_int_eq (counts[0], 6 + 2 + 1 + 1);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Mass that a row keeps. */
static double
get_recall (SparseFixture *fixture, FoveaMask *mask, gint64 query)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    const FoveaKeyRange *ranges;
    float weights[32];
    double sum = 0;
    gsize n = fovea_mask_cursor_read (cursor, query, &ranges);
    ck_assert (fovea_attention_read_pattern (fixture->attention, 0, query, query + 1, 0, 32,
                                             weights, NULL));
    for (gsize i = 0; i < n; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            sum += (double) weights[j];
    return sum;
}

START_TEST (quest_finds_the_worked_pages)
{
    static const double last[] = {3.8125, 3.25, 2, 2, 2.5, 3.1875, 2.875};
    static const double before[] = {2.9375, 5.125, 4.4375, 4.6875, 4.875, 3.75, 5.0625};
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    FoveaSparseSelection selection = select_by (&fixture, "quest", "budget=8 page=4 tail=8");
    const double *bounds = fovea_quest_get_bounds (fixture.head, 4);
    for (int p = 0; p < 7; p++) {
        ck_assert_double_eq (
            fovea_quest_score (fixture.head, fixture.head->q + 31 * 4, bounds + p * 8), last[p]);
        ck_assert_double_eq (
            fovea_quest_score (fixture.head, fixture.head->q + 29 * 4, bounds + p * 8), before[p]);
    }
    ck_assert_double_eq_tol (get_recall (&fixture, selection.executed, 31), .359594, 1e-6);
    ck_assert_double_eq_tol (get_recall (&fixture, selection.executed, 29), .437156, 1e-6);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (quest_scores_bound_every_product_of_the_page)
{
    SparseFixture fixture = open_random (75, 0, 17);
    const FoveaSparseHead *head = fixture.head;
    const double *bounds = fovea_quest_get_bounds (fixture.head, 16);
    for (gint64 q = 0; q < 75; q++)
        for (gint64 j = 0; j < 75; j++) {
            double product = 0, bound;
            for (gint64 d = 0; d < 8; d++)
                product += (double) head->q[q * 8 + d] * (double) head->k[j * 8 + d];
            bound = fovea_quest_score (head, head->q + q * 8, bounds + j / 16 * 16);
            ck_assert_double_ge (bound + 1e-12, product);
        }
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (quest_with_room_for_all_pages_is_dense)
{
    SparseFixture fixture = open_random (75, 0, 5);
    FoveaSparseSelection selection = select_by (&fixture, "quest", "budget=80 page=16");
    ck_assert_int_eq (fovea_mask_count (selection.executed), 75 * 76 / 2);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse caches");
    TCase *all = tcase_create ("caches");
    tcase_add_test (all, snapkv_keeps_the_worked_keys);
    tcase_add_test (all, ada_snapkv_shares_the_budget_of_heads);
    tcase_add_loop_test (all, shared_budgets_add_up_whatever_the_heads, 0, 4);
    tcase_add_loop_test (all, a_group_shares_what_its_cache_keeps, 0, 3);
    tcase_add_test (all, only_rows_after_the_prompt_are_measured);
    tcase_add_test (all, a_capacity_within_the_forced_keys_is_refused);
    tcase_add_test (all, a_sweep_over_a_short_text_begins_at_the_forced_keys);
    tcase_add_test (all, quest_finds_the_worked_pages);
    tcase_add_test (all, quest_scores_bound_every_product_of_the_page);
    tcase_add_test (all, quest_with_room_for_all_pages_is_dense);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
