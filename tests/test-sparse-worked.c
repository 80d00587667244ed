/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Worked examples of methods/prefill.md beyond the table of section 4: which blocks each method
 * draws, what its selector computes on the way, and what it refuses. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-block-sparse.h"
#include "analysis/sparse-dhsa.h"
#include "analysis/sparse-xattention.h"
#include "tests/sparse-support.h"

typedef struct {
    const char *method, *knobs;
    gint64 T, block;
    gboolean both_ways;
    const char *rows; /* blanks at the end of a row left out */
} Drawing;

static const Drawing drawings[] = {
    {"oracle-block", "block=4 k=2", 32, 4, 0, "# ## #.# ## #..# .#..# ...## .#..#"},
    {"block-sparse", "block=4 k=3", 32, 4, 0, "# ## ### ##.# #..## .#..## ##.# .#..#..#"},
    {"frontier-block-sparse", "block=4 k=4", 32, 4, 0,
     "# ## ### #### #.### ##..## #..#.## ##....##"},
    {"xattention", "block=4 stride=2 share=.8", 32, 4, 0,
     "# ## ### #### ##.## ###..# #.###.# ##.###.#"},
    {"xattention", "block=4 stride=2 share=.6", 32, 4, 0,
     "# ## #.# ##.# ##..# ###..# #..##.# ##..##.#"},
    {"xattention", "block=4 stride=4 share=.8", 32, 4, 0,
     "# ## ### #### ###.# ###..# #.###.# ##...###"},
    {"xattention-upstream", "block=4 stride=2 share=.8", 32, 4, 0,
     "# ## ### #### ##### ####.# #####.# ######.#"},
    {"xattention-upstream", "block=4 stride=2 share=.6", 32, 4, 0,
     "# ## ### #### ##.## ####.# #.###.# ##.###.#"},
    {"flexprefill", "block=4 share=.6 divergence=.05 least=4", 32, 4, 0,
     "# ## ### ##.# ###.# ##.### ##..#.# ##..##.#"},
    {"flexprefill", "block=4 share=.6 divergence=.1 least=4", 32, 4, 0,
     "# ## ### ##.# #..## #....# #.....# #......#"},
    {"flexprefill", "block=4 share=.9 divergence=.1 least=4", 32, 4, 0,
     "# ## ### #### ##### ###### ##.##.# ##..#..#"},
    {"seer-target", "block=4 threshold=.15", 32, 4, 0,
     "# ## ### #### #.### .#..## ####### ########"},
    {"seer-target", "block=4 threshold=.2", 32, 4, 0, "# ## ### #.# #..# ....# ####### ########"},
    {"dhsa-a", "query-block=8 key-block=4 density=.375", 32, 4, 0,
     "# ## ## ##.# #...# #...## ## ##.....#"},
    {"dhsa-vs", "query-block=8 key-block=4 density=.375", 32, 4, 0,
     "# ## ### #### #..#. #..#.# ####### ########"},
    {"s2", "block=4 local=2 stride=4", 32, 4, 0, "# ## ### #.## #..## #...## #...### #...#.##"},
    {"moa-span", "block=4 alpha=8 beta=0", 32, 4, 0, "# ## ### #.## #..## #...## #....## #.....##"},
    {"moa-span", "block=4 alpha=0 beta=.25", 32, 4, 0,
     "# ## ### #.## #..## #...## #....## #.....##"},
    {"moa-span", "block=4 alpha=4 beta=.25", 32, 4, 0,
     "# ## ### #### #.### #..### #...### #....###"},
    {"moa-span", "block=4 alpha=8 beta=.5", 32, 4, 0,
     "# ## ### #### ##### ###### ####### #.######"},
    {"sparsed", "block=4 share=.3 new=12", 32, 4, 1,
     ".#.#...# #..##..# ..##..#. ......#. ...#..#. .#..#..# ...#...# .#..#..#"},
};

/* Both without the blanks at the ends of rows. */
static char *
trim_rows (const char *rows)
{
    g_autoptr (GRegex) regex = g_regex_new ("\\.+(?= |$)", 0, 0, NULL);
    return g_regex_replace_literal (regex, rows, -1, 0, "", 0, NULL);
}

static FoveaSparseSelection
select_tiny (const SparseFixture *fixture, const char *id, const char *text)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, &error);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    ck_assert_ptr_nonnull (method);
    sparse_set_knobs (method, fixture->head->n_tokens, text, knobs);
    ck_assert_msg (fovea_sparse_method_select (method, fixture->head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    return selection;
}

START_TEST (methods_draw_the_blocks_of_the_specification)
{
    const Drawing *drawing = &drawings[_i];
    SparseFixture fixture = sparse_fixture_tiny (drawing->T, 4, 0, !drawing->both_ways);
    FoveaSparseSelection selection = select_tiny (&fixture, drawing->method, drawing->knobs);
    g_autofree char *drawn = sparse_block_rows (selection.executed, drawing->block);
    g_autofree char *rows = trim_rows (drawn);
    g_autofree char *expected = trim_rows (drawing->rows);
    ck_assert_str_eq (rows, expected);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Keys of a row as text: "0 4 18". */
static char *
list_keys (FoveaMask *mask, gint64 query)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    GString *text = g_string_new (NULL);
    const FoveaKeyRange *ranges;
    gsize n = fovea_mask_cursor_read (cursor, query, &ranges);
    for (gsize i = 0; i < n; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            g_string_append_printf (text, "%s%" G_GINT64_FORMAT, text->len > 0 ? " " : "", j);
    return g_string_free (text, FALSE);
}

static void
check_keys (FoveaMask *mask, gint64 query, const char *expected)
{
    g_autofree char *keys = list_keys (mask, query);
    ck_assert_str_eq (keys, expected);
}

START_TEST (hip_finds_the_worked_keys_of_each_row)
{
    static const char *const found[] = {"0 1 2 3",   "1 3 4 7",   "0 3 6 9",
                                        "4 8 10 12", "0 7 15 16", "0 3 9 18"};
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    FoveaSparseSelection selection =
        select_tiny (&fixture, "hip", "query-block=4 keys=4 window=8 key-block=1");
    for (gint64 I = 2; I < 8; I++) {
        g_autofree char *keys = list_keys (selection.executed, I * 4);
        g_autofree char *all = g_strdup_printf ("%s %d", found[I - 2], (int) I * 4 - 4);
        ck_assert_msg (g_str_has_prefix (keys, all), "row %d: %s, not %s", (int) I, keys, all);
    }
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (hip_with_room_for_all_keys_is_dense)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    FoveaSparseSelection selection =
        select_tiny (&fixture, "hip", "query-block=4 keys=32 window=8 key-block=2");
    ck_assert_int_eq (fovea_mask_count (selection.executed), 528);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (dhsa_labels_a_boundary_where_later_queries_change)
{
    static const double expected[] = {1.3727, 1.2523, 1.0737, 1.0175, 1.1539, 1.1448};
    static const gint64 bounds[] = {0, 4, 13, 18, 22, 28, 32};
    const FoveaDhsaLabels labels = {.chunk = 6, .span = 2, .apart = 2};
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (32, 2, 1, TRUE);
    g_autofree double *changes = fovea_dhsa_get_changes (fixture.head, 2, &error);
    gsize n;
    ck_assert_ptr_nonnull (changes);
    for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
        ck_assert_double_eq_tol (changes[3 + i], expected[i], 6e-5);
    ck_assert_double_eq_tol (changes[27], 3.3963, 6e-5);
    ck_assert_double_eq (changes[2], 0);
    ck_assert_double_eq (changes[28], 0);
    g_autofree gint64 *found = fovea_dhsa_get_boundaries (fixture.head, &labels, &n, &error);
    ck_assert_uint_eq (n, G_N_ELEMENTS (bounds));
    ck_assert_mem_eq (found, bounds, sizeof bounds);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (dhsa_takes_the_keys_of_the_best_chunks)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    FoveaSparseSelection selection = select_tiny (
        &fixture, "dhsa", "block=4 keys=12 local=4 global=2 instruction=0 chunk=6 span=2 apart=2");
    check_keys (selection.executed, 31, "0 1 4 5 6 7 18 19 20 21 28 29 30 31");
    check_keys (selection.executed, 19, "0 1 2 3 4 13 14 15 16 17 18 19");
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (dhsa_even_chunks_need_no_labels)
{
    static const gint64 bounds[] = {0, 12, 24, 28, 30};
    const FoveaDhsaLabels labels = {.chunk = 12, .instruction = 2};
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (30, 1, 0, TRUE);
    gsize n;
    g_autofree gint64 *found = fovea_dhsa_get_boundaries (fixture.head, &labels, &n, &error);
    ck_assert_uint_eq (n, G_N_ELEMENTS (bounds));
    ck_assert_mem_eq (found, bounds, sizeof bounds);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (pbs_orders_keys_as_in_the_worked_example)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    FoveaSparseSelection selection = select_tiny (&fixture, "pbs", "block=4 segment=8 share=.6");
    /* Row 6 keeps permuted blocks 0 1 3 4 of the earlier segments, row 7 blocks 0 1 2 4, and the
     * own segment: 29 28 31 24 | 30 27 26 25. */
    check_keys (selection.executed, 27, "0 1 2 3 4 5 6 7 10 11 13 15 16 18 20 21 24 25 26 27");
    check_keys (selection.executed, 31,
                "0 1 2 3 4 5 6 7 8 9 12 14 16 18 20 21 24 25 26 27 28 29 30 31");
    ck_assert_double_eq_tol (selection.margin.gap, 0, 5.1e-5);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (pbs_without_order_is_plain_block_selection)
{
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    FoveaSparseSelection plain =
        select_tiny (&fixture, "pbs", "block=4 segment=8 share=.6 permute=0");
    g_autofree char *drawn = sparse_block_rows (plain.executed, 4);
    gint64 cells = fovea_mask_count (plain.executed), whole = 0;
    /* Every drawn tile is whole: 16 cells, or 10 on the diagonal. */
    g_auto (GStrv) rows = g_strsplit (drawn, " ", -1);
    for (gsize I = 0; rows[I] != NULL; I++)
        for (gsize J = 0; rows[I][J] != '\0'; J++)
            whole += rows[I][J] != '#' ? 0 : I == J ? 10 : 16;
    ck_assert_int_eq (cells, whole);
    fovea_sparse_selection_clear (&plain);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (frontier_budgets_are_those_of_the_table)
{
    static const struct {
        gint64 n_blocks, k;
        double sparsity, reached;
    } budgets[] = {
        {1024, 26, .95, .9499},   {1024, 35, .9333, .9328}, {1024, 53, .9, .8992},
        {1024, 71, .8667, .8662}, {1024, 108, .8, .8003},   {1024, 188, .6667, .6667},
        {1024, 300, .5, .5001},
    };
    for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++) {
        double reached = fovea_frontier_get_sparsity (budgets[i].n_blocks, budgets[i].k);
        gint64 k = fovea_frontier_choose_k (budgets[i].n_blocks, budgets[i].reached);
        ck_assert_double_eq_tol (reached, budgets[i].reached, 5.1e-5);
        ck_assert_int_eq (k, budgets[i].k);
    }
    ck_assert_int_eq (fovea_frontier_choose_k (1024, 1), 3);
    ck_assert_int_eq (fovea_frontier_choose_k (1024, 0), 1024);
    ck_assert_int_eq (fovea_frontier_choose_k (2, .5), 2);
}
END_TEST

START_TEST (xattention_scores_are_the_worked_ones)
{
    static const double fifth[] = {.110747, .721369, .556982, .198504, .104315, .308082};
    static const double last[] = {.219392, .396375, .197384, .210656,
                                  .274137, .233972, .185720, .282363};
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    const double *scores = fovea_xattention_get_scores (fixture.head, 2, 4, &error);
    for (int J = 0; J < 6; J++)
        ck_assert_double_eq_tol (scores[5 * 8 + J], fifth[J], 1e-6);
    for (int J = 0; J < 8; J++)
        ck_assert_double_eq_tol (scores[7 * 8 + J], last[J], 1e-6);
    ck_assert_ptr_null (fovea_xattention_get_scores (fixture.head, 3, 4, &error));
    ck_assert_ptr_nonnull (error);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* The share that a head needs, by trying every block as the last that is taken. */
START_TEST (xattention_s_share_of_a_head_covers_its_heaviest_blocks)
{
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, TRUE);
    const double *scores = fovea_xattention_get_scores (fixture.head, 2, 4, &error);
    const double *mass = fovea_sparse_head_get_block_mass (fixture.head, 4, &error);
    double needed = 0, all = 0, share;
    for (int I = 0; I < 8; I++) {
        gboolean taken[8] = {0};
        double row = 0, covered = 0, least = INFINITY;
        for (int J = 0; J <= I; J++)
            row += mass[I * 8 + J];
        while (covered < .9 * row) {
            int best = -1;
            for (int J = 0; J <= I; J++)
                if (!taken[J] && (best < 0 || mass[I * 8 + J] > mass[I * 8 + best]))
                    best = J;
            taken[best] = TRUE;
            covered += mass[I * 8 + best];
            least = MIN (least, scores[I * 8 + best]);
        }
        for (int J = 0; J <= I; J++) {
            needed += scores[I * 8 + J] >= least ? scores[I * 8 + J] : 0;
            all += scores[I * 8 + J];
        }
    }
    ck_assert (fovea_xattention_find_share (fixture.head, 2, 4, .9, &share, &error));
    ck_assert_double_eq_tol (share, needed / all, 1e-12);
    ck_assert_double_gt (share, .5);
    ck_assert_double_lt (share, 1);
    /* The method is XAttention with just this share. */
    const FoveaSparseMethod *profiled = fovea_sparse_method_find ("xattention-profiled", NULL);
    const FoveaSparseMethod *plain = fovea_sparse_method_find ("xattention", NULL);
    const double own[FOVEA_SPARSE_MAX_KNOBS] = {.9, 2, 4},
                 fixed[FOVEA_SPARSE_MAX_KNOBS] = {share, 2, 4};
    FoveaSparseSelection a, b;
    ck_assert (fovea_sparse_method_select (profiled, fixture.head, own, &a, &error));
    ck_assert (fovea_sparse_method_select (plain, fixture.head, fixed, &b, &error));
    ck_assert_uint_eq (fovea_mask_hash (a.executed), fovea_mask_hash (b.executed));
    fovea_sparse_selection_clear (&a);
    fovea_sparse_selection_clear (&b);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* No queries or keys are read, so the lengths of the paper cost only their parts. */
START_TEST (power_has_the_density_of_its_paper)
{
    static const gint64 lengths[] = {32768, 131072}, cells[] = {70598656, 351535104};
    static const double densities[] = {.131496, .040924};
    const FoveaScoreRule rule = {.scale = 1, .causal = TRUE};
    FoveaSparseHead head = {
        .n_tokens = lengths[_i], .width = 1, .n_heads = 1, .n_kv_heads = 1, .rule = &rule};
    const FoveaSparseMethod *power = fovea_sparse_method_find ("power", NULL);
    const double knobs[FOVEA_SPARSE_MAX_KNOBS] = {5, 256};
    FoveaSparseSelection selection = {0};
    ck_assert (power->select (&head, knobs, &selection, NULL));
    gint64 count = fovea_mask_count (selection.executed);
    ck_assert_int_eq (count, cells[_i]);
    ck_assert_double_eq_tol ((double) count /
                                 (double) fovea_mask_count_allowed (selection.executed),
                             densities[_i], 6e-7);
    ck_assert_uint_lt (fovea_mask_get_bytes (selection.executed), 4 << 20);
    fovea_sparse_selection_clear (&selection);
}
END_TEST

typedef struct {
    const char *method, *knobs;
    gboolean causal;
    const char *message;
} Refusal;

static const Refusal refusals[] = {
    {"pbs", "segment=24 block=16", TRUE,
     "pbs: segment is 24 tokens, which blocks of 16 do not divide"},
    {"sparsed", "", TRUE,
     "layer 0 head 0: sparsed is for attention that looks ahead, and this layer is causal"},
    {"hip", "", FALSE, "layer 0 head 0: hip is for causal attention, and this layer looks ahead"},
    {"hip", "keys=0", TRUE, "hip: keys is 0, allowed are whole numbers 1 to 1e+09"},
    {"dhsa", "block=1.5", TRUE, "dhsa: block is 1.5, allowed are whole numbers 1 to 65536"},
};

START_TEST (methods_refuse_what_they_cannot_do_in_one_line)
{
    const Refusal *refusal = &refusals[_i];
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = sparse_fixture_tiny (32, 1, 0, refusal->causal);
    const FoveaSparseMethod *method = fovea_sparse_method_find (refusal->method, &error);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    sparse_set_knobs (method, 32, refusal->knobs, knobs);
    ck_assert (!fovea_sparse_method_select (method, fixture.head, knobs, &selection, &error));
    ck_assert_str_eq (error->message, refusal->message);
    ck_assert_ptr_null (selection.executed);
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse methods, worked");
    TCase *all = tcase_create ("worked");
    tcase_add_loop_test (all, methods_draw_the_blocks_of_the_specification, 0,
                         G_N_ELEMENTS (drawings));
    tcase_add_test (all, hip_finds_the_worked_keys_of_each_row);
    tcase_add_test (all, hip_with_room_for_all_keys_is_dense);
    tcase_add_test (all, dhsa_labels_a_boundary_where_later_queries_change);
    tcase_add_test (all, dhsa_takes_the_keys_of_the_best_chunks);
    tcase_add_test (all, dhsa_even_chunks_need_no_labels);
    tcase_add_test (all, pbs_orders_keys_as_in_the_worked_example);
    tcase_add_test (all, pbs_without_order_is_plain_block_selection);
    tcase_add_test (all, frontier_budgets_are_those_of_the_table);
    tcase_add_test (all, xattention_scores_are_the_worked_ones);
    tcase_add_test (all, xattention_s_share_of_a_head_covers_its_heaviest_blocks);
    tcase_add_loop_test (all, power_has_the_density_of_its_paper, 0, 2);
    tcase_add_loop_test (all, methods_refuse_what_they_cannot_do_in_one_line, 0,
                         G_N_ELEMENTS (refusals));
    suite_add_tcase (suite, all);
    return support_run (suite);
}
