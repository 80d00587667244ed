/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Comparison of two models on the same tokens: nothing where there is no difference, and every
 * number against its formula, written out on the whole arrays, where there is one. */
#include <math.h>
#include <string.h>

#include "analysis/compare-latents.h"
#include "analysis/compare-roles.h"
#include "analysis/compare.h"
#include "analysis/sae-codes.h"
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
    g_autoptr (FoveaTable) points = fovea_compare_points (a, b, NULL, NULL);
    g_autoptr (FoveaTable) heads = fovea_compare_heads (a, b, NULL, NULL);
    ck_assert (fovea_compare_predictions (a, b, &change, NULL, NULL));
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
    g_autoptr (FoveaTable) table = fovea_compare_points (a, b, NULL, NULL);
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
    g_autoptr (FoveaTable) table = fovea_compare_heads (a, b, NULL, NULL);
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
    ck_assert (fovea_compare_predictions (a, b, &change, NULL, NULL));
    ck_assert_double_gt (divergence, 0);
    ck_assert_double_eq_tol (change.divergence, divergence, 1e-9);
    ck_assert_double_eq_tol (change.agreement, (double) agree / T, 1e-12);
}
END_TEST

/* A table of four heads as `fovea heads` makes them, with what the roles here are judged by. */
static FoveaTable *
make_heads (const char *const *roles, const double *induction, const double *previous)
{
    static const char *const names[] = {"0.0", "0.1", "1.0", "1.1"};
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "name", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "roles", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "induction", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "previous", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, names[i]);
        fovea_table_set_text (table, row, 1, roles[i]);
        fovea_table_set_number (table, row, 2, induction[i]);
        fovea_table_set_number (table, row, 3, previous[i]);
    }
    return table;
}

/* A head that plays two roles counts for both; one that is lost or gained is named; the score of a role
 * is over the heads of either model. */
START_TEST (roles_kept_lost_and_gained_are_told)
{
    static const char *const roles_a[] = {"previous token", "induction,previous token", "induction",
                                          ""};
    static const char *const roles_b[] = {"previous token", "induction", "", "induction"};
    static const double induction_a[] = {0, 0.9, 0.6, 0.3}, induction_b[] = {0, 0.8, 0.1, 0.5};
    static const double previous_a[] = {0.7, 0.5, 0, 0}, previous_b[] = {0.8, 0.25, 0, 0};
    g_autoptr (FoveaTable) a = make_heads (roles_a, induction_a, previous_a);
    g_autoptr (FoveaTable) b = make_heads (roles_b, induction_b, previous_b);
    g_autoptr (FoveaTable) table = fovea_compare_roles (a, b, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 2); /* no other role is played */
    ck_assert_str_eq (fovea_table_read_text (table, 0, "role"), "previous token");
    ck_assert_int_eq (fovea_table_read_number (table, 0, "heads_a"), 2);
    ck_assert_int_eq (fovea_table_read_number (table, 0, "heads_b"), 1);
    ck_assert_int_eq (fovea_table_read_number (table, 0, "kept"), 1);
    ck_assert_str_eq (fovea_table_read_text (table, 0, "lost"), "0.1");
    ck_assert_str_eq (fovea_table_read_text (table, 0, "gained"), "");
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "score_a"), 0.6, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "score_b"), 0.525, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "largest"), 0.25, 1e-12);
    ck_assert_str_eq (fovea_table_read_text (table, 1, "role"), "induction");
    ck_assert_int_eq (fovea_table_read_number (table, 1, "kept"), 1);
    ck_assert_str_eq (fovea_table_read_text (table, 1, "lost"), "1.0");
    ck_assert_str_eq (fovea_table_read_text (table, 1, "gained"), "1.1");
    ck_assert_double_eq_tol (fovea_table_read_number (table, 1, "score_a"), 0.6, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 1, "largest"), 0.5, 1e-12);
}
END_TEST

START_TEST (roles_of_other_heads_are_refused)
{
    static const char *const none[] = {"", "", "", ""};
    static const double zeros[4] = {0};
    g_autoptr (FoveaTable) a = make_heads (none, zeros, zeros);
    g_autoptr (FoveaTable) b = make_heads (none, zeros, zeros);
    g_autoptr (FoveaTable) same = fovea_compare_roles (a, b, NULL);
    g_autoptr (GError) error = NULL;
    ck_assert_uint_eq (fovea_table_get_n_rows (same), 0);
    for (guint row = 0; row < 4; row++) {
        g_autofree char *name = g_strdup (fovea_table_read_text (b, row, "name"));
        fovea_table_set_text (b, row, 0, "2.0");
        ck_assert_ptr_null (fovea_compare_roles (a, b, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
        g_clear_error (&error);
        fovea_table_set_text (b, row, 0, name);
    }
    fovea_table_add_row (b);
    ck_assert_ptr_null (fovea_compare_roles (a, b, &error));
    ck_assert_msg (strstr (error->message, "4 in A, 5 in B") != NULL, "%s", error->message);
}
END_TEST

/* A dictionary of the stream with random directions, four codes a token. */
static FoveaSae *
make_dictionary (void)
{
    enum {
        LATENTS = 40
    };
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, H * D, H * D, LATENTS, NULL);
    guint32 seed = 9;
    ck_assert_ptr_nonnull (sae);
    for (int i = 0; i < H * D * LATENTS; i++) {
        seed = seed * 1664525u + 1013904223u;
        sae->w_enc[i] = sae->w_dec[i] = (float) (seed >> 8) * 0x1p-23f - 1;
    }
    sae->k = 4;
    fovea_sae_set_metadata (sae, "hook_name", "blocks.1.hook_resid_post");
    return sae;
}

/* Codes of a trace as a whole array, (T, F). */
static float *
dense_codes (const FoveaSae *sae, FoveaDevice *device, FoveaTrace *trace)
{
    gint64 n;
    g_autofree float *x = support_read_point (trace, "blocks.1.hook_resid_post", &n);
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, T, x, NULL);
    float *dense = g_new0 (float, (gsize) (T * sae->d_sae));
    for (gint64 t = 0; t < T; t++)
        for (gint64 i = codes->offsets[t]; i < codes->offsets[t + 1]; i++)
            dense[t * sae->d_sae + codes->latents[i]] = codes->values[i];
    return dense;
}

static void
check_latent (FoveaTable *table, guint row, const float *a, const float *b, gint64 F)
{
    gint64 latent = fovea_table_get_integer (table, row, 0), n_a = 0, n_b = 0, n_both = 0;
    double sum_a = 0, sum_b = 0, own = 0, square = 0;
    for (gint64 t = 0; t < T; t++) {
        double x = (double) a[t * F + latent], y = (double) b[t * F + latent];
        n_a += x != 0;
        n_b += y != 0;
        n_both += x != 0 && y != 0;
        sum_a += x;
        sum_b += y;
        own += x * x;
        square += (y - x) * (y - x);
    }
    double n = (double) (n_a + n_b - n_both);
    ck_assert_double_gt (n, 0);
    ck_assert_int_eq (fovea_table_read_number (table, row, "tokens_a"), n_a);
    ck_assert_int_eq (fovea_table_read_number (table, row, "tokens_b"), n_b);
    ck_assert_int_eq (fovea_table_read_number (table, row, "both"), n_both);
    ck_assert_double_eq_tol (fovea_table_read_number (table, row, "code_a"), sum_a / n, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, row, "code_b"), sum_b / n, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, row, "change"), sqrt (square), 1e-12);
    double error = fovea_table_read_number (table, row, "error");
    if (n_a > 0)
        ck_assert_double_eq_tol (error, square == 0 ? 0 : sqrt (square / own), 1e-9);
    else
        ck_assert (isinf (error));
}

START_TEST (features_are_measured_as_their_formulas_say)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaTrace) b = capture_small (TRUE, ids);
    g_autoptr (FoveaSae) sae = make_dictionary ();
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    g_autofree float *x = dense_codes (sae, device, a), *y = dense_codes (sae, device, b);
    g_autoptr (FoveaTable) table = fovea_compare_latents (sae, device, a, b, NULL);
    double last = INFINITY;
    guint fired = 0;
    ck_assert_ptr_nonnull (table);
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        double change = fovea_table_read_number (table, row, "change");
        check_latent (table, row, x, y, sae->d_sae);
        ck_assert_double_le (change, last);
        last = change;
    }
    for (gint64 f = 0; f < sae->d_sae; f++) {
        gboolean fires = FALSE;
        for (gint64 t = 0; t < T; t++)
            fires = fires || x[t * sae->d_sae + f] != 0 || y[t * sae->d_sae + f] != 0;
        fired += fires;
    }
    ck_assert_uint_eq (fovea_table_get_n_rows (table), fired);
    ck_assert_double_gt (fovea_table_read_number (table, 0, "change"), 0);
    g_autoptr (FoveaTable) same = fovea_compare_latents (sae, device, a, a, NULL);
    ck_assert_str_eq (fovea_table_get_note (same, "kept_firings"), "1");
    ck_assert_str_eq (fovea_table_get_note (same, "error"), "0");
}
END_TEST

START_TEST (features_of_another_width_or_no_point_are_refused)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (FoveaSae) sae = make_dictionary ();
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    g_autoptr (GError) error = NULL;
    fovea_sae_set_metadata (sae, "hook_name", "blocks.1.mlp.hook_post");
    ck_assert_ptr_null (fovea_compare_latents (sae, device, a, a, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    g_clear_error (&error);
    fovea_sae_set_metadata (sae, "hook_name", NULL);
    ck_assert_ptr_null (fovea_compare_latents (sae, device, a, a, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
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
    ck_assert_ptr_null (fovea_compare_points (a, b, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_ptr_nonnull (strstr (error->message, "different tokens"));
    ck_assert_ptr_null (fovea_compare_heads (a, b, NULL, NULL));
    ck_assert (!fovea_compare_predictions (a, b, &change, NULL, NULL));
}
END_TEST

static FoveaTrace *
capture_family (const char *name)
{
    g_autofree char *relative = g_build_filename ("tests/golden/families", name, NULL);
    g_autofree char *folder = support_data (relative);
    Runner runner = runner_open (folder, "cpu", T, 0);
    FoveaTrace *trace = runner_capture (&runner, ids, T, "all", FOVEA_F32, FALSE, NULL);
    runner_close (&runner);
    return trace;
}

/* Heads alike, streams of another width; and another number of layers. */
START_TEST (models_of_other_shapes_are_told_apart_by_what_differs)
{
    static const struct {
        const char *other, *part;
    } rows[] = {{"gpt_oss_mxfp4", "hook_embed is 12 x 16 in A, 12 x 32 in B"},
                {"deepseek_v2", "has 2 layers of 4 heads of width 8"}};
    g_autoptr (FoveaTrace) a = capture_family ("qwen3"), b = capture_family (rows[_i].other);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_compare_points (a, b, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_msg (strstr (error->message, rows[_i].part) != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_cancelled_comparison_stops)
{
    g_autoptr (FoveaTrace) a = capture_small (FALSE, ids);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    FoveaPredictionChange change;
    g_cancellable_cancel (cancellable);
    for (int i = 0; i < 3; i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaTable) table = i == 0   ? fovea_compare_points (a, a, cancellable, &error)
                                       : i == 1 ? fovea_compare_heads (a, a, cancellable, &error)
                                                : NULL;
        ck_assert_ptr_null (table);
        if (i == 2)
            ck_assert (!fovea_compare_predictions (a, a, &change, cancellable, &error));
        ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    }
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
    tcase_add_test (tcase, roles_kept_lost_and_gained_are_told);
    tcase_add_test (tcase, roles_of_other_heads_are_refused);
    tcase_add_test (tcase, features_are_measured_as_their_formulas_say);
    tcase_add_test (tcase, features_of_another_width_or_no_point_are_refused);
    tcase_add_test (tcase, other_tokens_are_refused);
    tcase_add_loop_test (tcase, models_of_other_shapes_are_told_apart_by_what_differs, 0, 2);
    tcase_add_test (tcase, a_cancelled_comparison_stops);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
