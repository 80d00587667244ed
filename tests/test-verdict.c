/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Masks judged against exact weights, cell by cell by the definition; methods brought to a density;
 * curves read back from a table. */
#include <math.h>
#include <string.h>

#include "analysis/curve-set.h"
#include "analysis/mask-verdict.h"
#include "analysis/sparse-fit.h"
#include "tests/sparse-support.h"
#include "ui/figures/mask-dots.h"

enum {
    T = 32,
};

/* Whether key @j is among the fewest that hold @share of a row; ties by the lower key. */
static gboolean
matters_by_hand (const float *row, gint64 end, gint64 j, double share)
{
    double total = 0, before = 0;
    for (gint64 k = 0; k < end; k++) {
        total += (double) row[k];
        if (row[k] > row[j] || (row[k] == row[j] && k < j))
            before += (double) row[k];
    }
    return before < share * total;
}

/* Whether a band of @window keys and @sinks sinks holds the cell. */
static gboolean
streaming_by_hand (gint64 q, gint64 j, gint64 window, gint64 sinks)
{
    return j <= q && (q - j < window || j < sinks);
}

static FoveaSparseSelection
select_streaming (const SparseFixture *fixture, const char *knobs)
{
    const FoveaSparseMethod *method = fovea_sparse_method_find ("streaming", NULL);
    double values[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    sparse_set_knobs (method, T, knobs, values);
    ck_assert (fovea_sparse_method_select (method, fixture->head, values, &selection, NULL));
    return selection;
}

START_TEST (every_cell_is_judged_by_the_definition)
{
    SparseFixture fixture = sparse_fixture_tiny (T, 1, 0, TRUE);
    FoveaSparseSelection selection = select_streaming (&fixture, "window=6 sinks=2");
    guint8 cells[T * T];
    FoveaVerdictSummary summary;
    double kept = 0, share = 0.8;
    ck_assert (fovea_mask_verdict_read (fixture.head, &selection.executed, 1, NULL, share, 1, cells,
                                        &summary, NULL));
    for (gint64 q = 0; q < T; q++) {
        float row[T];
        ck_assert (fovea_attention_read_pattern (fixture.attention, 0, q, q + 1, 0, T, row, NULL));
        for (gint64 j = 0; j < T; j++) {
            gboolean in = streaming_by_hand (q, j, 6, 2);
            gboolean matters = j <= q && matters_by_hand (row, q + 1, j, share);
            FoveaVerdict expected = j > q           ? FOVEA_VERDICT_FUTURE
                                    : in && matters ? FOVEA_VERDICT_KEPT
                                    : in            ? FOVEA_VERDICT_WASTED
                                    : matters       ? FOVEA_VERDICT_MISSED
                                                    : FOVEA_VERDICT_NONE;
            ck_assert_msg (cells[q * T + j] == expected, "query %d key %d is %d, expected %d",
                           (int) q, (int) j, cells[q * T + j], expected);
            kept += in ? (double) row[j] : 0;
        }
    }
    ck_assert (fabs (summary.kept_mass - kept / T) <= 1e-6);
    ck_assert (fabs (summary.kept_mass - 0.571193) <=
               1.5e-6); /* its recall, methods/prefill.md 4 */
    ck_assert (fabs (summary.density - 228.0 / 528) <= 1e-12);
    ck_assert_int_eq (summary.counts[FOVEA_VERDICT_KEPT] + summary.counts[FOVEA_VERDICT_WASTED],
                      228);
    ck_assert_int_eq (summary.counts[FOVEA_VERDICT_FUTURE], T * (T - 1) / 2);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (a_block_makes_the_dot_of_its_pairs)
{
    SparseFixture fixture = sparse_fixture_tiny (T, 1, 0, TRUE);
    FoveaSparseSelection selection = select_streaming (&fixture, "window=6 sinks=2");
    enum {
        BLOCK = 5,
        SIDE = (T + BLOCK - 1) / BLOCK
    };
    guint8 cells[T * T], blocks[SIDE * SIDE];
    FoveaVerdictSummary fine, coarse;
    ck_assert (fovea_mask_verdict_read (fixture.head, &selection.executed, 1, NULL, 0.95, 1, cells,
                                        &fine, NULL));
    ck_assert (fovea_mask_verdict_read (fixture.head, &selection.executed, 1, NULL, 0.95, BLOCK,
                                        blocks, &coarse, NULL));
    ck_assert_mem_eq (fine.counts, coarse.counts, sizeof fine.counts);
    for (gint64 I = 0; I < SIDE; I++)
        for (gint64 J = 0; J < SIDE; J++) {
            guint32 counts[FOVEA_N_VERDICTS] = {0};
            for (gint64 q = I * BLOCK; q < MIN ((I + 1) * BLOCK, T); q++)
                for (gint64 j = J * BLOCK; j < MIN ((J + 1) * BLOCK, T); j++)
                    counts[cells[q * T + j]]++;
            ck_assert_int_eq (blocks[I * SIDE + J], fovea_verdict_get_dot (counts));
        }
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Pairs none, kept, missed, wasted, future of a block, and its dot: ground, what is over it, steps of
 * twelve (0 = the ground's or what matters' own colour). */
static const struct {
    guint32 counts[FOVEA_N_VERDICTS];
    FoveaVerdict ground, over;
    guint steps;
} dots[] = {
    {{0, 1, 0, 0, 0}, FOVEA_VERDICT_KEPT, FOVEA_VERDICT_KEPT, 0},
    {{0, 0, 5, 0, 9}, FOVEA_VERDICT_MISSED, FOVEA_VERDICT_MISSED, 0},
    {{7, 0, 0, 3, 0}, FOVEA_VERDICT_NONE, FOVEA_VERDICT_NONE, 0},
    {{3, 0, 0, 3, 9}, FOVEA_VERDICT_WASTED, FOVEA_VERDICT_WASTED, 0},
    {{0, 0, 0, 0, 4}, FOVEA_VERDICT_FUTURE, FOVEA_VERDICT_FUTURE, 0},
    {{168, 0, 1, 0, 0}, FOVEA_VERDICT_NONE, FOVEA_VERDICT_MISSED, 2}, /* 12 (1/169)^(1/3) = 2.17 */
    {{7, 0, 1, 0, 99}, FOVEA_VERDICT_NONE, FOVEA_VERDICT_MISSED, 6},  /* 12 / 2 */
    {{0, 2, 1, 21, 0}, FOVEA_VERDICT_WASTED, FOVEA_VERDICT_KEPT, 6},  /* 3 of 24 */
    {{1, 1, 1, 0, 0}, FOVEA_VERDICT_NONE, FOVEA_VERDICT_KEPT, 10},    /* 12 (2/3)^(1/3) = 10.5 */
    {{1 << 20, 0, 1, 0, 0}, FOVEA_VERDICT_NONE, FOVEA_VERDICT_MISSED, 1}, /* never nothing */
};

START_TEST (a_dot_shows_the_few_pairs_that_matter)
{
    guint8 dot = fovea_verdict_get_dot (dots[_i].counts);
    FoveaVerdict ground, over;
    if (dots[_i].steps == 0) {
        ck_assert_int_eq (dot, dots[_i].ground);
        return;
    }
    ck_assert_int_lt (dot, FOVEA_N_DOTS);
    ck_assert_uint_eq (fovea_verdict_split_dot (dot, &ground, &over), dots[_i].steps);
    ck_assert_int_eq (ground, dots[_i].ground);
    ck_assert_int_eq (over, dots[_i].over);
}
END_TEST

START_TEST (colours_of_dots_lie_between_those_of_their_pairs)
{
    const guint32 colors[FOVEA_N_VERDICTS] = {0xFFFFFFFF, 0xFF0B6E8F, 0xFFCD451C, 0xFFC9C5D8, 0};
    guint32 palette[FOVEA_N_DOTS];
    fovea_mask_dots_set_palette (colors, palette);
    ck_assert_mem_eq (palette, colors, sizeof colors);
    /* Halfway from white to the colour of what is missed: (0xFF + 0xCD) / 2 and so on. */
    ck_assert_uint_eq (palette[fovea_verdict_get_dot (dots[6].counts)], 0xFFE6A28E);
    for (guint dot = FOVEA_N_VERDICTS; dot < FOVEA_N_DOTS; dot++)
        ck_assert_uint_eq (palette[dot] >> 24, 0xFF);
}
END_TEST

/* What matters is found in whole rows; mass and pairs are those of the part. */
START_TEST (a_part_has_its_own_shares)
{
    SparseFixture fixture = sparse_fixture_tiny (T, 1, 0, TRUE);
    FoveaSparseSelection selection = select_streaming (&fixture, "window=6 sinks=2");
    const FoveaVerdictPart part = {T / 2, T - 1, 1, T / 2 + 3};
    gint64 n_k = part.k1 - part.k0;
    guint8 cells[T * T], all[T * T];
    FoveaVerdictSummary of_part, of_all;
    double kept = 0, total = 0;
    ck_assert (fovea_mask_verdict_read (fixture.head, &selection.executed, 1, &part, 0.8, 1, cells,
                                        &of_part, NULL));
    ck_assert (fovea_mask_verdict_read (fixture.head, &selection.executed, 1, NULL, 0.8, 1, all,
                                        &of_all, NULL));
    for (gint64 q = part.q0; q < part.q1; q++) {
        float row[T];
        ck_assert (fovea_attention_read_pattern (fixture.attention, 0, q, q + 1, 0, T, row, NULL));
        for (gint64 j = part.k0; j < part.k1; j++) {
            ck_assert_uint_eq (cells[(q - part.q0) * n_k + j - part.k0], all[q * T + j]);
            kept += streaming_by_hand (q, j, 6, 2) ? (double) row[j] : 0;
            total += j <= q ? (double) row[j] : 0;
        }
    }
    ck_assert_double_eq_tol (of_part.kept_mass, kept / total, 1e-6);
    ck_assert_double_gt (fabs (of_part.kept_mass - of_all.kept_mass), 1e-3);
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (a_share_or_block_out_of_range_is_named)
{
    SparseFixture fixture = sparse_fixture_tiny (T, 1, 0, TRUE);
    FoveaSparseSelection selection = select_streaming (&fixture, "window=6");
    static const struct {
        double share;
        gint64 block;
    } wrong[] = {{0, 1}, {1.5, 1}, {NAN, 1}, {0.9, 0}};
    guint8 cells[T * T];
    FoveaVerdictSummary summary;
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!fovea_mask_verdict_read (fixture.head, &selection.executed, 1, NULL,
                                             wrong[i].share, wrong[i].block, cells, &summary,
                                             &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    }
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

static const char *const fitted[] = {"streaming", "oracle-token", "oracle-mass", "window"};

START_TEST (a_method_with_a_fine_knob_comes_close_to_any_density)
{
    g_autoptr (FoveaTrace) trace = sparse_trace_new (200, 1, 2, 1, 4);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    g_autoptr (FoveaSparseHead) head = fovea_sparse_head_new (attention, 0, 1, NULL, NULL);
    const FoveaSparseMethod *method = fovea_sparse_method_find (fitted[_i], NULL);
    for (double density = 0.15; density < 0.9; density += 0.2) {
        double knobs[FOVEA_SPARSE_MAX_KNOBS];
        FoveaSparseSelection selection;
        fovea_sparse_method_get_defaults (method, 200, knobs);
        ck_assert (fovea_sparse_fit (method, head, density, knobs, &selection, NULL));
        double got = (double) fovea_mask_count (selection.executed) /
                     (double) fovea_mask_count_allowed (selection.executed);
        ck_assert_msg (fabs (log (got / density)) < 0.06, "%s at %g: %g", method->id, density, got);
        fovea_sparse_selection_clear (&selection);
    }
}
END_TEST

START_TEST (a_method_that_does_not_apply_is_not_fitted)
{
    SparseFixture fixture = sparse_fixture_tiny (T, 1, 0, FALSE);
    const FoveaSparseMethod *method = fovea_sparse_method_find ("streaming", NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    g_autoptr (GError) error = NULL;
    fovea_sparse_method_get_defaults (method, T, knobs);
    ck_assert (!fovea_sparse_fit (method, fixture.head, 0.3, knobs, &selection, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    sparse_fixture_clear (&fixture);
}
END_TEST

/* Two curves, the second of what was selected; their rows in falling density. */
static FoveaTable *
make_table (void)
{
    FoveaTable *table = fovea_table_new ("recall");
    static const char *const texts[] = {"name", "method", "series", "knob"};
    static const char *const numbers[] = {"value", "density", "recall"};
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        fovea_table_add_column (table, texts[i], FOVEA_COLUMN_TEXT, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_add_column (table, numbers[i], FOVEA_COLUMN_NUMBER, "", "");
    for (guint row = 0; row < 4; row++) {
        fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, 1);
        fovea_table_set_integer (table, row, 1, 2);
        fovea_table_set_text (table, row, 2, "1.2");
        fovea_table_set_text (table, row, 3, "window");
        fovea_table_set_text (table, row, 4, row < 2 ? "executed" : "selected");
        fovea_table_set_text (table, row, 5, "window");
        fovea_table_set_number (table, row, 6, 64 >> (row % 2));
        fovea_table_set_number (table, row, 7, row == 3 ? (double) NAN : 0.5 / (1 + row % 2));
        fovea_table_set_number (table, row, 8, row == 3 ? (double) NAN : 0.8 - 0.2 * (row % 2));
    }
    return table;
}

START_TEST (a_curve_is_read_in_order_of_density)
{
    g_autoptr (FoveaTable) table = make_table ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    ck_assert_int_eq (n, 2);
    ck_assert_int_eq (curves[0].n_points, 2);
    ck_assert (curves[0].points[0].density == 0.25 && curves[0].points[0].value == 32);
    ck_assert_int_eq (curves[0].points[0].row, 1);
    ck_assert (curves[1].selected && curves[1].n_points == 1);
    const FoveaCurve *found = fovea_curve_set_find (set, 1, 2, "window");
    ck_assert_ptr_eq (found, &curves[0]);
    ck_assert_ptr_null (fovea_curve_set_find (set, 1, 1, "window"));
    ck_assert_ptr_null (fovea_curve_set_find (set, 1, 2, "streaming"));
}
END_TEST

START_TEST (between_points_a_curve_is_straight_in_the_logarithm)
{
    g_autoptr (FoveaTable) table = make_table ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    const FoveaCurve *curve = fovea_curve_set_find (set, 1, 2, "window");
    ck_assert (fabs (fovea_curve_get_recall (curve, sqrt (0.25 * 0.5)) - 0.7) <= 1e-12);
    ck_assert (fabs (fovea_curve_get_recall (curve, 0.5) - 0.8) <= 1e-12);
    ck_assert (fabs (fovea_curve_get_recall (curve, 1) - 1) <= 1e-12);
    ck_assert (fabs (fovea_curve_get_density (curve, 0.9) - sqrt (0.5)) <= 1e-12);
    ck_assert (isnan (fovea_curve_get_recall (curve, 0.2)));
    ck_assert (fovea_curve_get_density (curve, 0.1) == 0.25);
    ck_assert (isnan (fovea_curve_get_density (curve, 1.1)));
}
END_TEST

START_TEST (a_table_of_another_kind_has_no_curves)
{
    g_autoptr (FoveaTable) table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_row (table);
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    guint n;
    fovea_curve_set_list (set, &n);
    ck_assert_int_eq (n, 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("verdict");
    TCase *tests = tcase_create ("verdict");
    tcase_set_timeout (tests, 60);
    tcase_add_test (tests, every_cell_is_judged_by_the_definition);
    tcase_add_test (tests, a_block_makes_the_dot_of_its_pairs);
    tcase_add_loop_test (tests, a_dot_shows_the_few_pairs_that_matter, 0, G_N_ELEMENTS (dots));
    tcase_add_test (tests, colours_of_dots_lie_between_those_of_their_pairs);
    tcase_add_test (tests, a_share_or_block_out_of_range_is_named);
    tcase_add_test (tests, a_part_has_its_own_shares);
    tcase_add_loop_test (tests, a_method_with_a_fine_knob_comes_close_to_any_density, 0,
                         G_N_ELEMENTS (fitted));
    tcase_add_test (tests, a_method_that_does_not_apply_is_not_fitted);
    tcase_add_test (tests, a_curve_is_read_in_order_of_density);
    tcase_add_test (tests, between_points_a_curve_is_straight_in_the_logarithm);
    tcase_add_test (tests, a_table_of_another_kind_has_no_curves);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
