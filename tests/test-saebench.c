/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SAEBench's measurements: the numbers of methods/features-and-sparsity.md 6, and what they must say of
 * autoencoders whose latents are known. */
#include "analysis/saebench-mdl.h"
#include "analysis/saebench-probing.h"
#include "analysis/saebench-scr.h"
#include "analysis/saebench-weights.h"
#include "capture/random.h"
#include "tests/draw-normal.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

enum {
    D = 16,
    F = 24
};

static FoveaDevice *device;

/* An autoencoder whose first D latents are the axes, and whose others are their opposites: its codes are
 * the positive and the negative part of every number. */
static FoveaSae *
new_axes (void)
{
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    for (int j = 0; j < F; j++) {
        int axis = j % D;
        float sign = j < D ? 1 : -1;
        sae->w_enc[axis * F + j] = sign;
        sae->w_dec[j * D + axis] = sign;
    }
    return sae;
}

/* @n texts of one token each, of what @value gives. */
static FoveaBenchRows *
new_rows (const FoveaSae *sae, gint64 n, const float *x)
{
    FoveaBenchRows *rows = fovea_bench_rows_new (D, sae->d_sae);
    for (gint64 i = 0; i < n; i++) {
        g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, 1, x + i * D, NULL);
        fovea_bench_rows_add (rows, x + i * D, codes);
    }
    return rows;
}

START_TEST (bits_of_a_code_are_those_of_its_firing_and_its_bins)
{
    const gint64 one[4] = {10, 0, 0, 0}, two[4] = {5, 0, 5, 0};
    double value_bits;
    ck_assert_double_eq_tol (fovea_mdl_bits (0.5, one, 4, &value_bits), 1, 1e-12);
    ck_assert_double_eq_tol (value_bits, 0, 1e-12);
    ck_assert_double_eq_tol (fovea_mdl_bits (0.25, two, 4, NULL), 1.061278, 5e-7);
    ck_assert_double_eq_tol (fovea_mdl_bits (0.25, two, 4, NULL) - 0.25, 0.811278, 5e-7);
    ck_assert_double_eq (fovea_mdl_bits (0, one, 4, NULL), 0);
    ck_assert_double_eq_tol (fovea_mdl_bits (1, one, 4, NULL), 0, 1e-12);
}
END_TEST

/* Latent 0 fires with 1 or 3 in a quarter of the rows each, latent 1 (a negative code) with -2 in half:
 * every latent's values are at ends of their range. */
START_TEST (description_length_counts_values_of_either_sign)
{
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, 2, 2, 2, NULL);
    gint64 offsets[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    gint32 latents[8] = {0, 0, 0, 0, 1, 1, 1, 1};
    float values[8] = {1, 1, 3, 3, -2, -2, -2, -2}, x[16] = {0};
    const FoveaSaeCodes codes = {8, 2, offsets, latents, values, NULL, NULL};
    FoveaMdl coarse, fine;
    sae->w_dec[0] = sae->w_dec[3] = 1;
    for (int i = 0; i < 8; i++)
        x[2 * i + latents[i]] = values[i];
    /* Four bins of 0.5 move 1 to 1.25 and 3 to 2.75: an error of 0.0625 in 4 of 16 elements. */
    ck_assert (fovea_mdl_measure (sae, device, &codes, x, x, 0.0157, &coarse, NULL));
    ck_assert_int_eq (coarse.bins, 4);
    ck_assert (coarse.within);
    ck_assert_double_eq_tol (coarse.exact, 0, 1e-12);
    ck_assert_double_eq_tol (coarse.error, 0.0625 * 4 / 16, 1e-9);
    ck_assert_double_eq_tol (coarse.firing_bits, 2, 1e-12);
    ck_assert_double_eq_tol (coarse.value_bits, 0.5, 1e-12);
    ck_assert_double_eq_tol (coarse.bits, 2.5, 1e-12);
    ck_assert_int_eq (coarse.n_latents, 2);
    /* b bins move them by 1/b. */
    ck_assert (fovea_mdl_measure (sae, device, &codes, x, x, 0.25 / 100, &fine, NULL));
    ck_assert_int_eq (fine.bins, 12);
    ck_assert_double_eq_tol (fine.error, 4.0 / 16 / 144, 1e-9);
    ck_assert (fovea_mdl_measure (sae, device, &codes, x, x, 1e-9, &fine, NULL));
    ck_assert (!fine.within);
    ck_assert_int_eq (fine.bins, 32);
}
END_TEST

START_TEST (description_length_of_no_rows_is_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_axes ();
    gint64 offset = 0;
    const FoveaSaeCodes codes = {0, F, &offset, NULL, NULL, NULL, NULL};
    FoveaMdl mdl;
    ck_assert (!fovea_mdl_measure (sae, device, &codes, NULL, NULL, 0.01, &mdl, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (rows_are_means_over_the_tokens_of_a_text)
{
    g_autoptr (FoveaSae) sae = new_axes ();
    float x[2 * D] = {0};
    x[0] = 1;
    x[D] = 3;
    x[D + 2] = -4;
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, 2, x, NULL);
    g_autoptr (FoveaBenchRows) rows = fovea_bench_rows_new (D, F);
    fovea_bench_rows_add (rows, x, codes);
    ck_assert_int_eq (rows->n, 1);
    ck_assert_float_eq (rows->x[0], 2);
    ck_assert_float_eq (rows->x[2], -2);
    ck_assert_float_eq (fovea_sae_codes_get (rows->codes, 0, 0), 2);
    ck_assert_float_eq (fovea_sae_codes_get (rows->codes, 0, D + 2), 2);
    ck_assert_int_eq (rows->codes->offsets[1], 2);
    const gint64 at[3] = {0, 0, 0};
    g_autoptr (FoveaBenchRows) picked = fovea_bench_rows_pick (rows, at, 3);
    ck_assert_int_eq (picked->n, 3);
    ck_assert_float_eq (picked->x[2 * D + 2], -2);
    ck_assert_float_eq (fovea_sae_codes_get (picked->codes, 2, D + 2), 2);
}
END_TEST

enum {
    ROWS = 40
};

/* Rows in which about half of all codes are 0, and the same as a dense matrix, (ROWS, F). */
static FoveaBenchRows *
new_sparse_rows (double *dense)
{
    FoveaRandom random;
    g_autoptr (FoveaSae) sae = new_axes ();
    g_autofree float *x = g_new (float, ROWS *D);
    fovea_random_init (&random, 17);
    for (int i = 0; i < ROWS * D; i++)
        x[i] = (float) draw_normal (&random);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < F; j++)
            dense[i * F + j] = MAX ((j < D ? 1 : -1) * (double) x[i * D + j % D], 0);
    return new_rows (sae, ROWS, x);
}

START_TEST (differences_are_means_of_one_label_less_those_of_the_other)
{
    double dense[ROWS * F];
    guint8 labels[ROWS], same[ROWS] = {0};
    g_autoptr (FoveaBenchRows) rows = new_sparse_rows (dense);
    for (int i = 0; i < ROWS; i++)
        labels[i] = i % 3 == 0;
    g_autofree double *got = fovea_bench_differences (rows, labels);
    g_autofree double *none = fovea_bench_differences (rows, same);
    for (int j = 0; j < F; j++) {
        double sums[2] = {0, 0};
        for (int i = 0; i < ROWS; i++)
            sums[labels[i]] += dense[i * F + j];
        ck_assert_double_eq_tol (got[j], sums[1] / 14 - sums[0] / 26, 1e-6);
        ck_assert (isnan (none[j])); /* a label that does not occur has no mean */
    }
}
END_TEST

START_TEST (columns_and_picked_rows_are_those_of_the_dense_matrix)
{
    static const gint32 latents[] = {23, 0, 5, 5};
    static const gint64 at[] = {39, 0, 0, 17};
    double dense[ROWS * F];
    g_autoptr (FoveaBenchRows) rows = new_sparse_rows (dense);
    g_autofree float *columns = fovea_bench_columns (rows, latents, G_N_ELEMENTS (latents));
    g_autoptr (FoveaBenchRows) picked = fovea_bench_rows_pick (rows, at, G_N_ELEMENTS (at));
    for (int i = 0; i < ROWS; i++)
        for (guint k = 0; k < G_N_ELEMENTS (latents); k++)
            ck_assert_float_eq_tol (columns[i * 4 + (int) k], (float) dense[i * F + latents[k]],
                                    1e-6f);
    for (guint i = 0; i < G_N_ELEMENTS (at); i++)
        for (int j = 0; j < F; j++)
            ck_assert_float_eq_tol (fovea_sae_codes_get (picked->codes, i, j),
                                    (float) dense[at[i] * F + j], 1e-6f);
}
END_TEST

START_TEST (the_largest_come_first_ties_by_place_and_nan_last)
{
    static const double values[] = {2, NAN, -1, 7, 2, INFINITY, 7, -INFINITY};
    static const gint32 order[] = {5, 3, 6, 0, 4, 2, 7, 1};
    for (gint64 k = 0; k <= 8; k++) {
        g_autofree gint32 *got = fovea_bench_largest (values, 8, k);
        for (gint64 i = 0; i < k; i++)
            ck_assert_int_eq (got[i], order[i]);
    }
}
END_TEST

START_TEST (balanced_rows_have_both_labels_equally_often)
{
    guint8 labels[100];
    gint64 n, positive = 0, seen[100] = {0};
    for (int i = 0; i < 100; i++)
        labels[i] = i % 5 == 0;
    g_autofree gint64 *at = fovea_bench_balance (labels, 100, 100, 1, &n);
    ck_assert_int_eq (n, 40);
    for (gint64 i = 0; i < n; i++) {
        positive += labels[at[i]];
        ck_assert_int_eq (seen[at[i]]++, 0);
    }
    ck_assert_int_eq (positive, 20);
    g_autofree gint64 *few = fovea_bench_balance (labels, 100, 10, 1, &n);
    ck_assert_int_eq (n, 10);
}
END_TEST

/* Random texts; labels by the sign of one number, which stays away from 0, or by nothing. */
static void
draw_texts (FoveaRandom *random, gint64 n, int axis, float *x, guint8 *labels)
{
    for (gint64 i = 0; i < n; i++) {
        for (int c = 0; c < D; c++)
            x[i * D + c] = (float) draw_normal (random);
        labels[i] = fovea_random_below (random, 2) == 1;
        if (axis >= 0)
            x[i * D + axis] = (labels[i] ? 1 : -1) * (1 + fabsf (x[i * D + axis]));
    }
}

START_TEST (one_latent_knows_the_label_that_was_planted_in_it)
{
    enum {
        N = 600
    };
    FoveaRandom random;
    g_autoptr (FoveaSae) sae = new_axes ();
    static float x[N * D], test_x[N * D];
    guint8 labels[N], test_labels[N];
    const gint64 ks[3] = {1, 2, 5};
    FoveaSparseProbe probes[3];
    double reference;
    fovea_random_init (&random, 3);
    draw_texts (&random, N, 12, x, labels);
    draw_texts (&random, N, 12, test_x, test_labels);
    g_autoptr (FoveaBenchRows) train = new_rows (sae, N, x);
    g_autoptr (FoveaBenchRows) test = new_rows (sae, N, test_x);
    ck_assert (
        fovea_sparse_probe (train, labels, test, test_labels, ks, 3, probes, &reference, NULL));
    ck_assert_int_eq (probes[0].best, 12);
    ck_assert_double_eq (probes[0].accuracy, 1);
    ck_assert_double_eq (probes[0].auroc, 1);
    ck_assert_double_ge (reference, 0.99);
    for (gint64 i = 0; i < N; i++)
        labels[i] = (guint8) fovea_random_below (&random, 2);
    ck_assert (
        fovea_sparse_probe (train, labels, test, test_labels, ks, 3, probes, &reference, NULL));
    ck_assert_double_eq_tol (probes[0].accuracy, 0.5, 0.08);
}
END_TEST

/* The class is where a latent is negative: its mean code is below the other class's. */
START_TEST (a_latent_that_speaks_by_its_negative_side_is_found)
{
    enum {
        N = 200
    };
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, D, D, D, NULL);
    FoveaRandom random;
    static float x[N * D];
    guint8 labels[N];
    const gint64 k = 1;
    FoveaSparseProbe probe;
    double reference;
    sae->k = D;
    for (int j = 0; j < D; j++)
        sae->w_enc[j * D + j] = sae->w_dec[j * D + j] = 1;
    fovea_random_init (&random, 4);
    draw_texts (&random, N, -1, x, labels);
    for (gint64 i = 0; i < N; i++)
        x[i * D + 7] = labels[i] ? -2 : 0.25f;
    g_autoptr (FoveaBenchRows) rows = new_rows (sae, N, x);
    ck_assert (fovea_sparse_probe (rows, labels, rows, labels, &k, 1, &probe, &reference, NULL));
    ck_assert_int_eq (probe.best, 7);
    ck_assert_double_eq (probe.accuracy, 1);
}
END_TEST

START_TEST (sparse_probing_refuses_more_latents_than_there_are)
{
    g_autoptr (FoveaSae) sae = new_axes ();
    g_autoptr (GError) error = NULL;
    float x[2 * D] = {1};
    const guint8 labels[2] = {0, 1};
    const gint64 k = F + 1;
    FoveaSparseProbe probe;
    double reference;
    g_autoptr (FoveaBenchRows) rows = new_rows (sae, 2, x);
    ck_assert (!fovea_sparse_probe (rows, labels, rows, labels, &k, 1, &probe, &reference, &error));
    ck_assert_msg (strstr (error->message, "25 is outside 1 .. 24") != NULL, "%s", error->message);
}
END_TEST

START_TEST (removal_scores_what_there_was_to_gain)
{
    ck_assert_double_eq_tol (fovea_scr_score (0.62, 0.95, 0.80), 0.545455, 5e-7);
    ck_assert_double_eq (fovea_scr_score (0.9, 0.9005, 0.1), 0);
    ck_assert_double_eq_tol (fovea_scr_score (0.6, 0.9, 0.5), -1.0 / 3, 1e-12);
}
END_TEST

/* Attribute a is weakly in number 0, attribute b strongly in number 1: a probe trained where both go
 * together leans on b. */
static void
draw_pairs (FoveaRandom *random, gint64 n, float *x, guint8 *a, guint8 *b)
{
    for (gint64 i = 0; i < n; i++) {
        for (int c = 0; c < D; c++)
            x[i * D + c] = 0.3f * (float) draw_normal (random);
        a[i] = i % 2 == 0;
        b[i] = i / 2 % 2 == 0;
        x[i * D] += a[i] ? 0.5f : -0.5f;
        x[i * D + 1] += b[i] ? 2 : -2;
    }
}

START_TEST (taking_away_the_unwanted_attribute_restores_the_wanted_one)
{
    enum {
        N = 800
    };
    FoveaRandom random;
    g_autoptr (FoveaSae) sae = new_axes ();
    static float x[N * D], test_x[N * D];
    static guint8 a[N], b[N], test_a[N], test_b[N];
    const gint64 ns[3] = {0, 2, 20};
    FoveaScr scr[3];
    fovea_random_init (&random, 5);
    draw_pairs (&random, N, x, a, b);
    draw_pairs (&random, N, test_x, test_a, test_b);
    g_autoptr (FoveaBenchRows) rows = new_rows (sae, N, x);
    g_autoptr (FoveaBenchRows) test_rows = new_rows (sae, N, test_x);
    const FoveaScrSet train = {rows, a, b}, test = {test_rows, test_a, test_b};
    ck_assert (fovea_scr_measure (sae, &train, &test, ns, 3, scr, NULL));
    ck_assert (!scr[0].removes_wanted);
    ck_assert_double_lt (scr[0].base, 0.75);
    ck_assert_double_gt (scr[0].clean, 0.9);
    ck_assert_double_eq_tol (scr[0].score, 0, 1e-12); /* nothing was taken away */
    /* Both latents of number 1, positive and negative. */
    ck_assert_double_gt (scr[1].score, 0.8);
    ck_assert_double_lt (scr[2].score, scr[1].score); /* the wanted attribute went, too */
}
END_TEST

START_TEST (a_kind_of_text_that_is_missing_is_named)
{
    g_autoptr (FoveaSae) sae = new_axes ();
    g_autoptr (GError) error = NULL;
    float x[4 * D] = {0};
    const guint8 a[4] = {0, 0, 1, 1}, b[4] = {0, 0, 1, 1};
    const gint64 n = 1;
    FoveaScr scr;
    g_autoptr (FoveaBenchRows) rows = new_rows (sae, 4, x);
    const FoveaScrSet set = {rows, a, b};
    ck_assert (!fovea_scr_measure (sae, &set, &set, &n, 1, &scr, &error));
    ck_assert_msg (strstr (error->message, "b alone") != NULL, "%s", error->message);
}
END_TEST

START_TEST (rows_that_are_normalised_cannot_lose_latents_in_the_mean)
{
    g_autoptr (FoveaSae) sae = new_axes ();
    g_autoptr (GError) error = NULL;
    float x[4 * D] = {0};
    const guint8 a[4] = {0, 0, 1, 1}, b[4] = {0, 1, 0, 1};
    const gint64 n = 1;
    FoveaScr scr;
    g_autoptr (FoveaBenchRows) rows = new_rows (sae, 4, x);
    const FoveaScrSet set = {rows, a, b};
    sae->normalize = FOVEA_SAE_NORMALIZE_LAYER_NORM;
    ck_assert (!fovea_scr_measure (sae, &set, &set, &n, 1, &scr, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_msg (strstr (error->message, "layer_norm") != NULL, "%s", error->message);
}
END_TEST

/* Six classes, each along an axis of its own. A probe leans on the axes of the others, too, so theirs
 * suffer a little. */
START_TEST (perturbing_a_class_hurts_its_own_probe_alone)
{
    enum {
        N = 600
    };
    FoveaRandom random;
    g_autoptr (FoveaSae) sae = new_axes ();
    static float x[N * D];
    static gint32 classes[N];
    const gint64 ns[2] = {0, 1};
    FoveaTpp tpp[2];
    fovea_random_init (&random, 6);
    for (gint64 i = 0; i < N; i++) {
        classes[i] = (gint32) (i % 6);
        for (int c = 0; c < D; c++)
            x[i * D + c] = 0.2f * (float) draw_normal (&random);
        x[i * D + 8 + classes[i]] += 1.5f;
    }
    g_autoptr (FoveaBenchRows) rows = new_rows (sae, N, x);
    ck_assert (fovea_tpp_measure (sae, rows, classes, rows, classes, 6, ns, 2, tpp, NULL));
    ck_assert_double_eq (tpp[0].score, 0);
    ck_assert_double_gt (tpp[1].intended, 0.15);
    ck_assert_double_gt (tpp[1].score, 0.1);
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_tpp_measure (sae, rows, classes, rows, classes, 1, ns, 2, tpp, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (a_probe_in_small_batches_finds_the_axis_and_keeps_the_rest_small)
{
    enum {
        N = 400
    };
    FoveaRandom random;
    static float x[N * D];
    guint8 labels[N];
    FoveaLinearOptions options;
    const FoveaLinearRows rows = {N, D, x, NULL};
    fovea_random_init (&random, 7);
    draw_texts (&random, N, 3, x, labels);
    fovea_linear_options_init (&options);
    g_autoptr (FoveaProbe) probe = fovea_linear_train (&rows, labels, &options, NULL);
    g_autoptr (FoveaProbe) again = fovea_linear_train (&rows, labels, &options, NULL);
    ck_assert_ptr_nonnull (probe);
    ck_assert_double_gt (fovea_probe_measure (probe, N, x, labels, NULL), 0.99);
    for (int c = 0; c < D; c++)
        ck_assert (c == 3 || fabs (probe->weights[c]) < 0.5 * probe->weights[3]);
    ck_assert_mem_eq (probe->weights, again->weights, D * sizeof (double));
    /* The same rows, sparse. */
    gint64 offsets[N + 1];
    static gint32 latents[N * D];
    for (int i = 0; i <= N; i++)
        offsets[i] = i * D;
    for (int i = 0; i < N * D; i++)
        latents[i] = i % D;
    const FoveaSaeCodes codes = {N, D, offsets, latents, x, NULL, NULL};
    const FoveaLinearRows sparse = {N, D, NULL, &codes};
    g_autoptr (FoveaProbe) same = fovea_linear_train (&sparse, labels, &options, NULL);
    for (int c = 0; c < D; c++)
        ck_assert_double_eq_tol (probe->weights[c], same->weights[c], 1e-12);
    memset (labels, 1, sizeof labels);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_linear_train (&rows, labels, &options, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

static double
get_statistic (FoveaTable *table, const char *name, guint column)
{
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        if (g_str_equal (fovea_table_get_text (table, row, 0), name))
            return fovea_table_get_number (table, row, column);
    ck_abort_msg ("no %s", name);
    return 0;
}

/* Axes 0 to 7 have an opposite latent, 8 to 15 have none; one latent is blank, one twice as long. */
START_TEST (weights_tell_norms_agreement_and_opposites)
{
    g_autoptr (FoveaSae) sae = new_axes ();
    for (int i = 0; i < D; i++)
        sae->w_dec[9 * D + i] *= 2;
    sae->w_dec[10 * D + 10] = 0;
    sae->w_enc[11 * F + 11] = 0;
    sae->w_enc[12 * F + 11] = 3; /* reads another axis than it writes */
    sae->b_enc[3] = -24;
    g_autoptr (FoveaTable) table = fovea_sae_bench_weights (sae, device, NULL, NULL);
    ck_assert_ptr_nonnull (table);
    ck_assert_double_eq (get_statistic (table, "decoder_norm", 1), F);
    ck_assert_double_eq_tol (get_statistic (table, "decoder_norm", 2), 1, 1e-12); /* 2 and 0 */
    ck_assert_double_eq_tol (get_statistic (table, "decoder_norm", 3), sqrt (2.0 / F), 1e-12);
    ck_assert_double_eq (get_statistic (table, "decoder_norm", 4), 0);
    ck_assert_double_eq (get_statistic (table, "decoder_norm", 6), 1);
    ck_assert_double_eq (get_statistic (table, "decoder_norm", 8), 2);
    ck_assert_double_eq (get_statistic (table, "encoder_norm", 8), 3);
    ck_assert_double_eq (get_statistic (table, "encoder_decoder_cosine", 1), F - 1);
    ck_assert_double_eq_tol (get_statistic (table, "encoder_decoder_cosine", 2),
                             (F - 2.0) / (F - 1), 1e-12);
    ck_assert_double_eq (get_statistic (table, "encoder_decoder_cosine", 4), 0);
    ck_assert_double_eq (get_statistic (table, "nearest_decoder_cosine", 8), 0);
    ck_assert_double_eq (get_statistic (table, "most_opposite_decoder_cosine", 4), -1);
    ck_assert_double_eq_tol (get_statistic (table, "most_opposite_decoder_cosine", 2),
                             -16.0 / (F - 1), 1e-6);
    ck_assert_double_eq_tol (get_statistic (table, "encoder_bias", 2), -1, 1e-12);
    ck_assert_double_eq (get_statistic (table, "encoder_bias", 5), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("saebench");
    TCase *tests = tcase_create ("measurements");
    device = fovea_device_open ("cpu", 1, NULL);
    tcase_set_timeout (tests, 120);
    tcase_add_test (tests, bits_of_a_code_are_those_of_its_firing_and_its_bins);
    tcase_add_test (tests, description_length_counts_values_of_either_sign);
    tcase_add_test (tests, description_length_of_no_rows_is_refused);
    tcase_add_test (tests, rows_are_means_over_the_tokens_of_a_text);
    tcase_add_test (tests, differences_are_means_of_one_label_less_those_of_the_other);
    tcase_add_test (tests, columns_and_picked_rows_are_those_of_the_dense_matrix);
    tcase_add_test (tests, the_largest_come_first_ties_by_place_and_nan_last);
    tcase_add_test (tests, balanced_rows_have_both_labels_equally_often);
    tcase_add_test (tests, one_latent_knows_the_label_that_was_planted_in_it);
    tcase_add_test (tests, a_latent_that_speaks_by_its_negative_side_is_found);
    tcase_add_test (tests, sparse_probing_refuses_more_latents_than_there_are);
    tcase_add_test (tests, removal_scores_what_there_was_to_gain);
    tcase_add_test (tests, taking_away_the_unwanted_attribute_restores_the_wanted_one);
    tcase_add_test (tests, a_kind_of_text_that_is_missing_is_named);
    tcase_add_test (tests, rows_that_are_normalised_cannot_lose_latents_in_the_mean);
    tcase_add_test (tests, perturbing_a_class_hurts_its_own_probe_alone);
    tcase_add_test (tests, a_probe_in_small_batches_finds_the_axis_and_keeps_the_rest_small);
    tcase_add_test (tests, weights_tell_norms_agreement_and_opposites);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
