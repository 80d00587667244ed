/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Comparison of two models on the same tokens: nothing where there is no difference, and every
 * number against its formula, written out on the whole arrays, where there is one. */
#include <math.h>
#include <string.h>

#include "analysis/compare.h"
#include "tests/forward-support.h"

enum {
    T = 12,
    H = 4,
    D = 12,
    V = 211,
};

static const gint32 ids[T] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};

/* The small Llama, or a copy whose weights are all a little larger. */
static FoveaTrace *
capture_small (gboolean changed, const gint32 *tokens)
{
    g_autofree char *folder = support_data ("tests/golden/tiny/llama"), *temp = support_temp_dir ();
    static const char *const files[] = {"config.json", "model.safetensors"};
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *from = g_build_filename (folder, files[i], NULL), *data = NULL;
        g_autofree char *to = g_build_filename (temp, files[i], NULL);
        gsize length;
        ck_assert (g_file_get_contents (from, &data, &length, NULL));
        /* floats of the data part; the header ends where its length says */
        guint64 header = 0;
        memcpy (&header, data, sizeof header);
        for (gsize at = 8 + (gsize) header; i == 1 && changed && at + 4 <= length; at += 4) {
            float value;
            memcpy (&value, data + at, 4);
            value *= at % 7 == 0 ? 1.05f : 1;
            memcpy (data + at, &value, 4);
        }
        ck_assert (g_file_set_contents (to, data, (gssize) length, NULL));
    }
    Runner runner = runner_open (temp, "cpu", T, 0);
    FoveaTrace *trace = runner_capture (&runner, tokens, T, "all", FOVEA_F32, FALSE, NULL);
    runner_close (&runner);
    support_remove_dir (g_steal_pointer (&temp));
    return trace;
}

static guint
find_row (FoveaTable *table, const char *point)
{
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        if (g_str_equal (fovea_table_get_text (table, row, 0), point))
            return row;
    ck_abort_msg ("no row for %s", point);
    return 0;
}

START_TEST (a_model_does_not_differ_from_itself)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaTrace) b = capture_small (FALSE, ids);
    FoveaPredictionChange change;
    g_autoptr (FoveaTable) points = fovea_compare_points (a, b, NULL);
    g_autoptr (FoveaTable) heads = fovea_compare_heads (a, b, NULL);
    ck_assert (fovea_compare_predictions (a, b, &change, NULL));
    ck_assert_uint_gt (fovea_table_get_n_rows (points), 40);
    for (guint row = 0; row < fovea_table_get_n_rows (points); row++) {
        ck_assert (fovea_table_get_number (points, row, 2) == 0);
        ck_assert (fovea_table_get_number (points, row, 3) == 1);
        ck_assert (fovea_table_get_number (points, row, 4) == 0);
    }
    ck_assert_uint_eq (fovea_table_get_n_rows (heads), 3 * H);
    for (guint row = 0; row < 3 * H; row++)
        ck_assert (fovea_table_get_number (heads, row, 3) == 0);
    ck_assert (change.divergence == 0 && change.agreement == 1);
}
END_TEST

START_TEST (points_are_measured_as_their_formulas_say)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaTrace) b = capture_small (TRUE, ids);
    g_autoptr (FoveaTable) table = fovea_compare_points (a, b, NULL);
    static const char *const names[] = {"blocks.1.mlp.hook_post", "blocks.2.hook_resid_post",
                                        "blocks.0.attn.hook_attn_scores"};
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        gint64 n, kept = 0;
        g_autofree float *x = support_read_point (a, names[i], &n);
        g_autofree float *y = support_read_point (b, names[i], &n);
        double square = 0, own = 0, other = 0, both = 0, largest = 0;
        for (gint64 j = 0; j < n; j++) {
            if (isinf (x[j])) /* forbidden in both */
                continue;
            double p = (double) x[j], q = (double) y[j];
            square += (q - p) * (q - p);
            own += p * p;
            other += q * q;
            both += p * q;
            largest = MAX (largest, fabs (q - p));
            kept++;
        }
        guint row = find_row (table, names[i]);
        ck_assert_int_eq (fovea_table_get_integer (table, row, 1), kept);
        ck_assert_double_gt (square, 0);
        ck_assert_double_eq_tol (fovea_table_get_number (table, row, 2), sqrt (square / own),
                                 1e-12);
        ck_assert_double_eq_tol (fovea_table_get_number (table, row, 3), both / sqrt (own * other),
                                 1e-12);
        ck_assert_double_eq_tol (fovea_table_get_number (table, row, 4), largest, 1e-12);
    }
}
END_TEST

START_TEST (heads_are_measured_as_their_formulas_say)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaTrace) b = capture_small (TRUE, ids);
    g_autoptr (FoveaTable) table = fovea_compare_heads (a, b, NULL);
    gint64 n;
    g_autofree float *x = support_read_point (a, "blocks.1.attn.hook_pattern", &n);
    g_autofree float *y = support_read_point (b, "blocks.1.attn.hook_pattern", &n);
    g_autofree float *p = support_read_point (a, "blocks.1.attn.hook_z", &n);
    g_autofree float *q = support_read_point (b, "blocks.1.attn.hook_z", &n);
    for (guint h = 0; h < H; h++) {
        double moved = 0, largest = 0, square = 0, own = 0;
        for (int i = 0; i < T * T; i++) {
            double d = fabs ((double) y[h * T * T + i] - (double) x[h * T * T + i]);
            moved += d / 2 / T;
            largest = MAX (largest, d);
        }
        for (int t = 0; t < T; t++) {
            for (int d = 0; d < D; d++) {
                double u = (double) p[(t * H + (int) h) * D + d];
                double v = (double) q[(t * H + (int) h) * D + d];
                square += (v - u) * (v - u);
                own += u * u;
            }
        }
        guint row = H + h;
        ck_assert_int_eq (fovea_table_get_integer (table, row, 0), 1);
        ck_assert_int_eq (fovea_table_get_integer (table, row, 1), h);
        ck_assert_double_gt (moved, 0);
        ck_assert_double_eq_tol (fovea_table_get_number (table, row, 2), sqrt (square / own),
                                 1e-12);
        ck_assert_double_eq_tol (fovea_table_get_number (table, row, 3), moved, 1e-12);
        ck_assert_double_eq_tol (fovea_table_get_number (table, row, 4), largest, 1e-12);
    }
}
END_TEST

START_TEST (predictions_diverge_as_their_softmaxes_do)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaTrace) b = capture_small (TRUE, ids);
    FoveaPredictionChange change;
    gint64 n;
    g_autofree float *x = support_read_point (a, "unembed.hook_out", &n);
    g_autofree float *y = support_read_point (b, "unembed.hook_out", &n);
    double divergence = 0;
    int agree = 0;
    for (int t = 0; t < T; t++) {
        double sum_x = 0, sum_y = 0;
        int best_x = 0, best_y = 0;
        for (int v = 0; v < V; v++) {
            sum_x += exp ((double) x[t * V + v]);
            sum_y += exp ((double) y[t * V + v]);
            best_x = x[t * V + v] > x[t * V + best_x] ? v : best_x;
            best_y = y[t * V + v] > y[t * V + best_y] ? v : best_y;
        }
        for (int v = 0; v < V; v++) {
            double p = exp ((double) x[t * V + v]) / sum_x, q = exp ((double) y[t * V + v]) / sum_y;
            divergence += p * log (p / q) / T;
        }
        agree += best_x == best_y;
    }
    ck_assert (fovea_compare_predictions (a, b, &change, NULL));
    ck_assert_double_gt (divergence, 0);
    ck_assert_double_eq_tol (change.divergence, divergence, 1e-9);
    ck_assert_double_eq_tol (change.agreement, (double) agree / T, 1e-12);
}
END_TEST

START_TEST (other_tokens_are_refused)
{
    gint32 other[T];
    memcpy (other, ids, sizeof other);
    other[5] = 7;
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaTrace) b = capture_small (FALSE, other);
    g_autoptr (GError) error = NULL;
    FoveaPredictionChange change;
    ck_assert_ptr_null (fovea_compare_points (a, b, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_ptr_nonnull (strstr (error->message, "different tokens"));
    ck_assert_ptr_null (fovea_compare_heads (a, b, NULL));
    ck_assert (!fovea_compare_predictions (a, b, &change, NULL));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("compare");
    TCase *tcase = tcase_create ("compare");
    tcase_add_test (tcase, a_model_does_not_differ_from_itself);
    tcase_add_test (tcase, points_are_measured_as_their_formulas_say);
    tcase_add_test (tcase, heads_are_measured_as_their_formulas_say);
    tcase_add_test (tcase, predictions_diverge_as_their_softmaxes_do);
    tcase_add_test (tcase, other_tokens_are_refused);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
