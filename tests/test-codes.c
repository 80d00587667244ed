/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Top-k codes and arithmetic on named rows, in every instruction set of this processor. Inputs are
 * whole numbers of nine bits: bf16 cannot hold them, but their sums are exact in f32, so codes must
 * agree with integer arithmetic to the bit, ties included. */
#include "kernels/device.h"
#include "kernels/sparse-rows.h"
#include "kernels/top-codes.h"
#include "tests/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const sets[] = {"generic", "avx2", "avx512", "amx"};

static guint32 state;

static int
draw (int below)
{
    state = state * 1664525u + 1013904223u;
    return (int) ((state >> 8) % (guint32) below);
}

/* Not inlined: the compiler takes the products of sizes for overflows. */
static __attribute__ ((noinline)) float *
draw_numbers (gint64 n, int most)
{
    float *x = g_malloc_n ((gsize) n, sizeof *x);
    for (gint64 i = 0; i < n; i++)
        x[i] = (float) (draw (2 * most + 1) - most);
    return x;
}

/* The device of set @i, NULL if this processor lacks it. */
static FoveaDevice *
open_set (int i, int threads)
{
    g_autoptr (GError) error = NULL;
    g_setenv ("FOVEA_CPU", sets[i], TRUE);
    FoveaDevice *device = fovea_device_open ("cpu", threads, &error);
    g_unsetenv ("FOVEA_CPU");
    if (device == NULL)
        g_printerr ("test-codes: %s\n", error->message);
    return device;
}

typedef struct {
    FoveaTopWeights weights;
    FoveaTopCodesArgs args;
    gint64 n_in;
} Problem;

typedef struct {
    double rank, value;
    gint32 latent;
} Entry;

/* For qsort: the higher rank, then the lower latent. */
static int
compare_entries (const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return x->latent - y->latent;
}

static int
compare_latents (const void *a, const void *b)
{
    return ((const Entry *) a)->latent - ((const Entry *) b)->latent;
}

/* The codes of one row by sorting all products. */
static gint64
sort_row (const Problem *p, gint64 row, Entry *entries)
{
    gint64 n = 0, kept = 0;
    for (gint64 j = 0; j < p->weights.n_latents; j++) {
        gint32 latent = p->weights.members != NULL ? p->weights.members[j] : (gint32) j;
        double sum = p->weights.bias != NULL ? (double) p->weights.bias[latent] : 0;
        for (gint64 i = 0; i < p->n_in; i++)
            sum += (double) p->args.x[row * p->args.x_stride + i] *
                   (double) p->weights.w[latent * p->n_in + i];
        double rank = p->weights.scale != NULL ? sum * (double) p->weights.scale[latent] : sum;
        entries[n++] = (Entry){p->args.by_magnitude ? fabs (rank) : rank, sum, latent};
    }
    qsort (entries, (size_t) n, sizeof *entries, compare_entries);
    for (gint64 i = 0; i < MIN (n, p->args.k); i++)
        if (!p->args.only_positive || entries[i].value > 0)
            entries[kept++] = entries[i];
    qsort (entries, (size_t) kept, sizeof *entries, compare_latents);
    return kept;
}

static void
check_codes (const Problem *p)
{
    g_autofree Entry *entries = g_new (Entry, (gsize) p->weights.n_latents);
    for (gint64 t = 0; t < p->args.rows; t++) {
        gint64 n = sort_row (p, t, entries);
        ck_assert_int_eq (p->args.count[t], n);
        for (gint64 i = 0; i < n; i++) {
            ck_assert_int_eq (p->args.latent[t * p->args.k + i], entries[i].latent);
            ck_assert_double_eq ((double) p->args.value[t * p->args.k + i], entries[i].value);
        }
    }
}

/* Encodes in every set with one and three threads and compares each result. */
static void
run_everywhere (Problem *p)
{
    gsize n = (gsize) (p->args.rows * p->args.k);
    g_autofree gint32 *latent = g_new (gint32, n), *count = g_new (gint32, (gsize) p->args.rows);
    g_autofree float *value = g_new (float, n);
    p->args.latent = latent;
    p->args.count = count;
    p->args.value = value;
    for (guint s = 0; s < G_N_ELEMENTS (sets); s++)
        for (int threads = 1; threads <= 3; threads += 2) {
            g_autoptr (FoveaDevice) device = open_set ((int) s, threads);
            if (device == NULL)
                continue;
            g_autoptr (GError) error = NULL;
            g_autoptr (FoveaTopEncoder) encoder = fovea_top_encoder_new (device, p->n_in, &error);
            ck_assert_ptr_nonnull (encoder);
            fovea_top_encoder_set (encoder, &p->weights);
            memset (latent, 0xff, n * sizeof *latent);
            ck_assert_msg (fovea_top_encoder_run (encoder, &p->args, &error), "%s: %s", sets[s],
                           error != NULL ? error->message : "");
            check_codes (p);
        }
}

/* Shapes around tiles and panels: rows, n_in, latents, k. */
static const gint64 shapes[][4] = {{1, 1, 1, 1},     {3, 7, 5, 2},       {31, 32, 33, 33},
                                   {33, 31, 64, 1},  {64, 40, 1000, 32}, {70, 96, 1030, 100},
                                   {300, 33, 515, 8}};

static void
run_shape (int i, gboolean by_magnitude, gboolean only_positive)
{
    gint64 rows = shapes[i][0], n_in = shapes[i][1], latents = shapes[i][2];
    state = (guint32) (1000 + i);
    g_autofree float *x = draw_numbers (rows * (n_in + 3), 511),
                     *w = draw_numbers (latents * n_in, 511);
    g_autofree float *bias = draw_numbers (latents, 2047);
    Problem p = {.n_in = n_in, .weights = {.w = w, .bias = bias, .n_latents = latents}};
    p.args = (FoveaTopCodesArgs){.rows = rows,
                                 .x = x,
                                 .x_stride = n_in + 3,
                                 .k = shapes[i][3],
                                 .by_magnitude = by_magnitude,
                                 .only_positive = only_positive};
    run_everywhere (&p);
}

START_TEST (top_codes_are_those_of_sorting_all_products)
{
    run_shape (_i, FALSE, FALSE);
}
END_TEST

START_TEST (positive_codes_leave_out_what_is_zero_or_less)
{
    run_shape (_i, FALSE, TRUE);
}
END_TEST

START_TEST (codes_by_magnitude_keep_their_signs)
{
    run_shape (_i, TRUE, FALSE);
}
END_TEST

START_TEST (scaled_latents_compete_by_scaled_products)
{
    state = 5;
    g_autofree float *x = draw_numbers (50 * 24, 511), *w = draw_numbers (200 * 24, 511);
    float scale[200];
    for (int j = 0; j < 200; j++)
        scale[j] = (float) (1 << draw (4)); /* exact */
    Problem p = {.n_in = 24, .weights = {.w = w, .scale = scale, .n_latents = 200}};
    p.args = (FoveaTopCodesArgs){.rows = 50, .x = x, .x_stride = 24, .k = 9};
    run_everywhere (&p);
    p.args.by_magnitude = true;
    run_everywhere (&p);
}
END_TEST

START_TEST (only_members_compete_and_keep_their_names)
{
    gint32 members[77];
    state = 6;
    g_autofree float *x = draw_numbers (40 * 50, 511), *w = draw_numbers (300 * 50, 511);
    g_autofree float *bias = draw_numbers (300, 511);
    for (int j = 0; j < 77; j++)
        members[j] = 3 * j + 11;
    Problem p = {.n_in = 50,
                 .weights = {.w = w, .bias = bias, .members = members, .n_latents = 77}};
    p.args = (FoveaTopCodesArgs){.rows = 40, .x = x, .x_stride = 50, .k = 20, .by_magnitude = true};
    run_everywhere (&p);
}
END_TEST

START_TEST (ties_go_to_the_lower_latent_however_many_there_are)
{
    state = 7;
    g_autofree float *x = draw_numbers (40 * 16, 3), *w = draw_numbers (2000 * 16, 1);
    memset (w + 500 * 16, 0, 1000 * 16 * sizeof *w); /* a thousand equal products */
    Problem p = {.n_in = 16, .weights = {.w = w, .n_latents = 2000}};
    p.args = (FoveaTopCodesArgs){.rows = 40, .x = x, .x_stride = 16, .k = 5};
    run_everywhere (&p);
    memset (w, 0, 2000 * 16 * sizeof *w);
    run_everywhere (&p);
}
END_TEST

START_TEST (k_outside_the_latents_is_refused)
{
    float x[2] = {1, 2}, w[6] = {0}, value[8];
    gint32 latent[8], count[1];
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    g_autoptr (FoveaTopEncoder) encoder = fovea_top_encoder_new (device, 2, NULL);
    fovea_top_encoder_set (encoder, &(FoveaTopWeights){.w = w, .n_latents = 3});
    FoveaTopCodesArgs args = {.rows = 1, .x = x, .x_stride = 2, .k = 4};
    args.latent = latent;
    args.value = value;
    args.count = count;
    ck_assert (!fovea_top_encoder_run (encoder, &args, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    args.k = 0;
    ck_assert (!fovea_top_encoder_run (encoder, &args, NULL));
}
END_TEST

START_TEST (a_row_with_a_nan_has_no_codes_and_spoils_no_other)
{
    state = 8;
    g_autofree float *x = draw_numbers (8 * 40, 511), *w = draw_numbers (100 * 40, 511);
    gint32 latent[8 * 4], count[8];
    float value[8 * 4];
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    g_autoptr (FoveaTopEncoder) encoder = fovea_top_encoder_new (device, 40, NULL);
    fovea_top_encoder_set (encoder, &(FoveaTopWeights){.w = w, .n_latents = 100});
    x[3 * 40 + 17] = NAN;
    FoveaTopCodesArgs args = {.rows = 8, .x = x, .x_stride = 40, .k = 4};
    args.latent = latent;
    args.value = value;
    args.count = count;
    ck_assert (fovea_top_encoder_run (encoder, &args, NULL));
    for (int t = 0; t < 8; t++)
        ck_assert_int_eq (count[t], t == 3 ? 0 : 4);
}
END_TEST

/* Real-valued inputs: the set of codes is that of the f32 products, so it is the same by tiles. */
START_TEST (codes_have_the_same_bits_by_tiles_and_by_blas)
{
    enum {
        ROWS = 200,
        N = 384,
        F = 2048,
        K = 32
    };
    gint32 *latent[2], *count[2];
    float *value[2];
    state = 9;
    g_autofree float *x = draw_numbers (ROWS * N, 100000), *w = draw_numbers (F * N, 100000);
    for (int i = 0; i < F * N; i++)
        w[i] = w[i] * 1.3e-7f;
    for (int s = 0; s < 2; s++) {
        g_autoptr (FoveaDevice) device = open_set (s == 0 ? 2 : 3, 2);
        latent[s] = g_new0 (gint32, ROWS * K);
        count[s] = g_new0 (gint32, ROWS);
        value[s] = g_new0 (float, ROWS *K);
        if (device == NULL)
            continue;
        g_autoptr (FoveaTopEncoder) encoder = fovea_top_encoder_new (device, N, NULL);
        fovea_top_encoder_set (encoder, &(FoveaTopWeights){.w = w, .n_latents = F});
        FoveaTopCodesArgs args = {
            .rows = ROWS, .x = x, .x_stride = N, .k = K, .only_positive = true};
        args.latent = latent[s];
        args.count = count[s];
        args.value = value[s];
        ck_assert (fovea_top_encoder_run (encoder, &args, NULL));
    }
    if (count[0][0] > 0 && count[1][0] > 0) {
        ck_assert_mem_eq (latent[0], latent[1], ROWS * K * sizeof (gint32));
        ck_assert_mem_eq (value[0], value[1], ROWS * K * sizeof (float));
    }
    for (int s = 0; s < 2; s++) {
        g_free (latent[s]);
        g_free (count[s]);
        g_free (value[s]);
    }
}
END_TEST

/* Sums and dots over named rows; whole numbers again. */
START_TEST (named_rows_are_summed_and_multiplied_exactly)
{
    static const int widths[] = {1, 3, 4, 15, 16, 31, 96, 192, 200, 384, 401};
    gint32 index[37];
    for (guint s = 0; s < G_N_ELEMENTS (sets); s++) {
        g_setenv ("FOVEA_CPU", sets[s], TRUE);
        const FoveaSparseLoops *loops = fovea_sparse_loops_choose ();
        int width = widths[_i];
        state = (guint32) (20 + _i);
        g_autofree float *rows = draw_numbers (50 * (width + 2), 300),
                         *x = draw_numbers (width, 300);
        g_autofree float *weight = draw_numbers (37, 50), *out = g_new0 (float, 402);
        float dot[38];
        for (int i = 0; i < 37; i++)
            index[i] = draw (50);
        out[width] = dot[37] = 12345;
        loops->sum (rows, width + 2, width, index, weight, 37, x, out);
        loops->dots (x, rows, width + 2, width, index, 37, dot);
        for (int c = 0; c < width; c++) {
            double want = (double) x[c];
            for (int i = 0; i < 37; i++)
                want += (double) weight[i] * (double) rows[index[i] * (width + 2) + c];
            ck_assert_double_eq ((double) out[c], want);
        }
        for (int i = 0; i < 37; i++) {
            double want = 0;
            for (int c = 0; c < width; c++)
                want += (double) x[c] * (double) rows[index[i] * (width + 2) + c];
            ck_assert_double_eq ((double) dot[i], want);
        }
        ck_assert_float_eq (out[width], 12345);
        ck_assert_float_eq (dot[37], 12345);
    }
    g_unsetenv ("FOVEA_CPU");
}
END_TEST

START_TEST (adam_takes_the_textbook_step)
{
    const FoveaAdamStep step = {.rate = 0.01f / (1 - 0.9f * 0.9f),
                                .root = 1 / sqrtf (1 - 0.99f * 0.99f),
                                .eps = 1e-8f,
                                .beta1 = 0.9f,
                                .beta2 = 0.99f,
                                .scale = 0.5f};
    for (guint s = 0; s < G_N_ELEMENTS (sets); s++) {
        float w[19], m[19], v[19], g[19];
        g_setenv ("FOVEA_CPU", sets[s], TRUE);
        for (int i = 0; i < 19; i++) {
            w[i] = (float) i;
            m[i] = 0.1f * (float) (i - 9);
            v[i] = 0.01f * (float) (i + 1);
            g[i] = (float) (i % 5) - 2;
        }
        fovea_sparse_loops_choose ()->adam (&step, 19, g, w, m, v);
        for (int i = 0; i < 19; i++) {
            double gradient = 0.5 * (i % 5 - 2);
            double mean = 0.9 * 0.1 * (i - 9) + 0.1 * gradient;
            double square = 0.99 * 0.01 * (i + 1) + 0.01 * gradient * gradient;
            double want = i - 0.01 * (mean / (1 - 0.81)) / (sqrt (square / (1 - 0.9801)) + 1e-8);
            ck_assert_double_eq_tol ((double) m[i], mean, 1e-6);
            ck_assert_double_eq_tol ((double) v[i], square, 1e-6);
            ck_assert_double_eq_tol ((double) w[i], want, 3e-6);
        }
    }
    g_unsetenv ("FOVEA_CPU");
}
END_TEST

START_TEST (a_blend_adds_two_scaled_rows)
{
    for (guint s = 0; s < G_N_ELEMENTS (sets); s++) {
        float x[21], y[21], out[22] = {0};
        g_setenv ("FOVEA_CPU", sets[s], TRUE);
        for (int i = 0; i < 21; i++) {
            x[i] = (float) i;
            y[i] = (float) (i * i);
        }
        out[21] = 7;
        fovea_sparse_loops_choose ()->blend (2, x, -3, y, 21, out);
        for (int i = 0; i < 21; i++)
            ck_assert_float_eq (out[i], (float) (2 * i - 3 * i * i));
        ck_assert_float_eq (out[21], 7);
    }
    g_unsetenv ("FOVEA_CPU");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("codes");
    TCase *codes = tcase_create ("top");
    tcase_set_timeout (codes, 120);
    tcase_add_loop_test (codes, top_codes_are_those_of_sorting_all_products, 0,
                         G_N_ELEMENTS (shapes));
    tcase_add_loop_test (codes, positive_codes_leave_out_what_is_zero_or_less, 0,
                         G_N_ELEMENTS (shapes));
    tcase_add_loop_test (codes, codes_by_magnitude_keep_their_signs, 0, G_N_ELEMENTS (shapes));
    tcase_add_test (codes, scaled_latents_compete_by_scaled_products);
    tcase_add_test (codes, only_members_compete_and_keep_their_names);
    tcase_add_test (codes, ties_go_to_the_lower_latent_however_many_there_are);
    tcase_add_test (codes, k_outside_the_latents_is_refused);
    tcase_add_test (codes, a_row_with_a_nan_has_no_codes_and_spoils_no_other);
    tcase_add_test (codes, codes_have_the_same_bits_by_tiles_and_by_blas);
    suite_add_tcase (suite, codes);
    TCase *rows = tcase_create ("rows");
    tcase_add_loop_test (rows, named_rows_are_summed_and_multiplied_exactly, 0, 11);
    tcase_add_test (rows, adam_takes_the_textbook_step);
    tcase_add_test (rows, a_blend_adds_two_scaled_rows);
    suite_add_tcase (suite, rows);
    return support_run (suite);
}
