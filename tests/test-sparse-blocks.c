/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Masses and largest weights of blocks against plain sums over the pattern: sizes that divide one another
 * and that do not, texts that end within a block. The cells of masks, which are counted by ranges,
 * against those that a walk over the rows meets. And weights against exponentials in double. */
#include <math.h>

#include "analysis/sparse-head.h"
#include "capture/random.h"
#include "kernels/cpu-kernels.h"
#include "tests/sparse-support.h"

enum {
    WIDTH = 8,
};

static SparseFixture
make_head (gint64 T, gboolean causal)
{
    g_autofree float *q = trace_random_values ((gsize) (T * WIDTH), 31);
    g_autofree float *k = trace_random_values ((gsize) (T * WIDTH), 32);
    return sparse_fixture_new (T, WIDTH, 1, 0, causal, q, k, NULL);
}

/* Blocks, tokens: 64 and 16 are swept together, and so is any other size with 64. */
static const gint64 cases[][2] = {{16, 200}, {64, 200},  {128, 300}, {24, 150},
                                  {96, 200}, {64, 1100}, {1, 70},    {512, 100}};

START_TEST (blocks_hold_the_sum_and_the_largest_of_their_weights)
{
    gint64 B = cases[_i / 2][0], T = cases[_i / 2][1], nb = (T + B - 1) / B;
    SparseFixture f = make_head (T, _i % 2 == 0);
    g_autofree float *pattern = g_new (float, (gsize) (T * T));
    g_autofree double *mass = g_new0 (double, (gsize) (nb * nb));
    g_autofree double *largest = g_new0 (double, (gsize) (nb * nb));
    g_autoptr (GError) error = NULL;
    ck_assert (fovea_attention_read_pattern (f.attention, 0, 0, T, 0, T, pattern, &error));
    for (gint64 i = 0; i < T; i++)
        for (gint64 j = 0; j < T; j++) {
            gint64 at = i / B * nb + j / B;
            double weight = (double) pattern[i * T + j];
            mass[at] += weight;
            largest[at] = MAX (largest[at], weight);
        }
    const double *found = fovea_sparse_head_get_block_mass (f.head, B, &error);
    const double *found_largest = fovea_sparse_head_get_block_max (f.head, B, &error);
    ck_assert_ptr_nonnull (found);
    ck_assert_ptr_nonnull (found_largest);
    for (gint64 b = 0; b < nb * nb; b++) {
        ck_assert_double_eq_tol (found[b], mass[b], 1e-9);
        /* Tiles of other sizes may differ in the last bit of a weight. */
        ck_assert_double_eq_tol (found_largest[b], largest[b], 1e-6);
    }
    ck_assert_ptr_eq (found, fovea_sparse_head_get_block_mass (f.head, B, &error));
    sparse_fixture_clear (&f);
}
END_TEST

/* Rectangles, blocks, columns and diagonals anywhere: some rows share their parts, some do not. */
static FoveaMask *
make_mask (const FoveaScoreRule *rule, gint64 T, guint64 seed)
{
    FoveaMask *mask = fovea_mask_new (T, rule);
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (int part = 0; part < 12; part++) {
        gint64 q0 = (gint64) ((double) T * fovea_random_uniform (&random));
        gint64 q1 = q0 + 1 + (gint64) (90 * fovea_random_uniform (&random));
        gint64 list[] = {part, 11 + 3 * part, 40 + 2 * part, 100 + part};
        if (part % 4 == 0)
            fovea_mask_add_rectangle (mask, q0, q1, list[0], list[2]);
        else if (part % 4 == 1)
            fovea_mask_add_blocks (mask, q0, q1, 16, list, G_N_ELEMENTS (list));
        else if (part % 4 == 2)
            fovea_mask_add_blocks (mask, q0, q1, 1, list, G_N_ELEMENTS (list));
        else if (seed % 2 == 0)
            fovea_mask_add_diagonals (mask, q0, q1, list, G_N_ELEMENTS (list));
    }
    fovea_mask_finish (mask);
    return mask;
}

START_TEST (cells_are_those_that_the_rows_meet)
{
    static const FoveaScoreRule rules[] = {
        {.scale = 1, .causal = true}, {.scale = 1}, {.scale = 1, .causal = true, .window = 37}};
    gint64 all = 0;
    for (gsize r = 0; r < G_N_ELEMENTS (rules); r++) {
        gint64 T = 333, count = 0;
        g_autoptr (FoveaMask) mask = make_mask (&rules[r], T, (guint64) _i);
        g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
        for (gint64 q = 0; q < T; q++) {
            const FoveaKeyRange *ranges;
            gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
            for (gsize i = 0; i < n; i++) {
                ck_assert (ranges[i].from < ranges[i].to && ranges[i].to <= T);
                ck_assert (i == 0 || ranges[i].from > ranges[i - 1].to);
                count += ranges[i].to - ranges[i].from;
            }
        }
        ck_assert_int_eq (fovea_mask_count (mask), count);
        all += count;
    }
    ck_assert_int_gt (all, 0);
}
END_TEST

/* What several rows share is what each has, up to its end. */
START_TEST (rows_that_are_read_together_are_those_that_are_read_alone)
{
    static const FoveaScoreRule rules[] = {
        {.scale = 1, .causal = true}, {.scale = 1}, {.scale = 1, .causal = true, .window = 37}};
    gint64 T = 333, n_together = 0;
    for (gsize rule = 0; rule < G_N_ELEMENTS (rules); rule++) {
        g_autoptr (FoveaMask) mask = make_mask (&rules[rule], T, (guint64) _i);
        g_autoptr (FoveaMaskCursor) several = fovea_mask_cursor_new (mask);
        g_autoptr (FoveaMaskCursor) single = fovea_mask_cursor_new (mask);
        for (gint64 q = 0, n_rows; q < T; q += n_rows) {
            const FoveaKeyRange *all, *own;
            gsize n = fovea_mask_cursor_read_rows (several, q, MIN (4, T - q), &n_rows, &all);
            n_together += n_rows > 1;
            for (gint64 r = q; r < q + n_rows; r++) {
                gint64 end = fovea_score_rule_end_key (&rules[rule], r, T);
                gsize n_own = fovea_mask_cursor_read (single, r, &own), seen = 0;
                for (gsize i = 0; i < n && all[i].from < end; i++, seen++) {
                    ck_assert_uint_lt (i, n_own);
                    ck_assert_int_eq (own[i].from, all[i].from);
                    ck_assert_int_eq (own[i].to, MIN (all[i].to, end));
                }
                ck_assert_uint_eq (seen, n_own);
            }
        }
    }
    ck_assert_int_gt (n_together, 0);
}
END_TEST

/* Every method at every point of its curve: some count without drawing. */
START_TEST (cells_that_a_search_counts_are_those_of_the_mask)
{
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    static const gint64 lengths[] = {70, 300, 1030};
    SparseFixture f = make_head (lengths[_i], TRUE);
    gsize n_counted = 0;
    for (gsize m = 0; methods[m] != NULL; m++)
        for (gsize i = 0; i < FOVEA_SPARSE_MAX_POINTS; i++) {
            double knobs[FOVEA_SPARSE_MAX_KNOBS];
            FoveaSparseSelection selection;
            gint64 cells;
            fovea_sparse_method_get_defaults (methods[m], lengths[_i], knobs);
            if (methods[m]->cells == NULL ||
                !fovea_sparse_method_get_point (methods[m], lengths[_i], i, &knobs[0]))
                continue;
            ck_assert (fovea_sparse_method_select (methods[m], f.head, knobs, &selection, NULL));
            ck_assert (fovea_sparse_method_count_cells (methods[m], f.head, knobs, &cells, NULL));
            ck_assert_int_eq (cells, fovea_mask_count (selection.executed));
            fovea_sparse_selection_clear (&selection);
            n_counted++;
        }
    ck_assert_uint_gt (n_counted, 2);
    sparse_fixture_clear (&f);
}
END_TEST

/* Of every set of instructions that the processor has, at lengths around its registers. */
START_TEST (weights_are_the_exponentials_of_scores)
{
    static const char *const sets[] = {"generic", "avx2", "avx512"};
    enum {
        MOST = 40
    };
    for (guint set = 0; set < G_N_ELEMENTS (sets); set++) {
        const struct _FoveaCpuKernels *kernels = fovea_cpu_kernels_choose (sets[set], NULL);
        for (int n = 0; kernels != NULL && n <= MOST; n++) {
            float row[MOST + 1], scores[MOST + 1];
            for (int j = 0; j <= MOST; j++)
                row[j] = scores[j] = j % 7 == 3 ? -INFINITY : 3.5f - (float) j * 0.77f;
            kernels->weights_row (row, n, 3.75f);
            for (int j = 0; j < n; j++) {
                double weight = exp ((double) scores[j] - 3.75);
                ck_assert_double_eq_tol ((double) row[j], weight, 2e-7 * weight + 1e-38);
            }
            ck_assert (row[n] == scores[n]); /* nothing is written behind the last */
            for (int j = 0; j < n; j++)
                row[j] = -INFINITY;
            kernels->weights_row (row, n, -INFINITY);
            for (int j = 0; j < n; j++)
                ck_assert (row[j] == 0);
        }
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse-blocks");
    TCase *all = tcase_create ("all");
    tcase_add_loop_test (all, blocks_hold_the_sum_and_the_largest_of_their_weights, 0,
                         2 * G_N_ELEMENTS (cases));
    tcase_add_loop_test (all, cells_are_those_that_the_rows_meet, 0, 20);
    tcase_add_loop_test (all, rows_that_are_read_together_are_those_that_are_read_alone, 0, 20);
    tcase_add_loop_test (all, cells_that_a_search_counts_are_those_of_the_mask, 0, 3);
    tcase_add_test (all, weights_are_the_exponentials_of_scores);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
