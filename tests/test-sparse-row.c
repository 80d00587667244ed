/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Running sums of a row against plain sums key by key: ranges of every length, nested sets of the
 * heaviest keys with ties among the weights, at widths on both sides of a register. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sparse-packed.h"
#include "analysis/sparse-row.h"
#include "capture/random.h"
#include "tests/sparse-support.h"

enum {
    T = 150,
    MOST_D = 40,
};

static const gint64 widths[] = {1, 4, 16, 17, 32, 40};

/* A head with nothing but values, and a row of weights of which few differ. */
typedef struct {
    FoveaSparseHead head;
    float *v;
    float *weights; /* (T), kept by address in the row */
    FoveaSparseRow *row;
    gint64 first;
} Fixture;

static Fixture
fixture_new (gint64 D, gint64 first)
{
    Fixture f = {.first = first};
    FoveaRandom random;
    fovea_random_init (&random, (guint64) (D + 7 * first));
    f.weights = g_new0 (float, T);
    f.v = trace_random_values ((gsize) (T * D), 5);
    f.head = (FoveaSparseHead){.n_tokens = T, .width = D, .v = f.v};
    for (gint64 j = first; j < T; j++)
        f.weights[j] = (float) floor (9 * fovea_random_uniform (&random)) / 64;
    f.row = fovea_sparse_row_new (&f.head);
    fovea_sparse_row_load (f.row, f.weights, first, T);
    return f;
}

static void
fixture_clear (Fixture *f)
{
    fovea_sparse_row_free (f->row);
    g_free (f->v);
    g_free (f->weights);
}

/* What the keys that @kept marks hold, by plain sums. */
static FoveaRowShare
sum_kept (const Fixture *f, const gboolean *kept, double *out)
{
    FoveaRowShare share = {0};
    gint64 D = f->head.width;
    memset (out, 0, (gsize) D * sizeof *out);
    for (gint64 j = 0; j < T; j++) {
        double squared = 0;
        if (!kept[j])
            continue;
        for (gint64 d = 0; d < D; d++) {
            double v = (double) f->v[j * D + d];
            squared += v * v;
            out[d] += (double) f->weights[j] * v;
        }
        share.n_keys++;
        share.mass += (double) f->weights[j];
        share.value_mass += (double) f->weights[j] * sqrt (squared);
    }
    return share;
}

static void
check_share (const Fixture *f, const gboolean *kept, const FoveaRowShare *share, const double *out)
{
    double wanted_out[MOST_D];
    const FoveaRowShare wanted = sum_kept (f, kept, wanted_out);
    ck_assert_int_eq (share->n_keys, wanted.n_keys);
    ck_assert_double_eq_tol (share->mass, wanted.mass, 1e-12);
    ck_assert_double_eq_tol (share->value_mass, wanted.value_mass, 1e-9);
    for (gint64 d = 0; d < f->head.width; d++)
        ck_assert_double_eq_tol (out[d], wanted_out[d], 1e-5);
}

START_TEST (shares_of_ranges_are_sums_over_their_keys)
{
    Fixture f = fixture_new (widths[_i], 0);
    FoveaRandom random;
    fovea_random_init (&random, 3);
    for (int round = 0; round < 60; round++) {
        FoveaKeyRange ranges[T];
        gboolean kept[T] = {FALSE};
        double out[MOST_D];
        gsize n = 0;
        gint64 longest = 1 + round; /* lone keys first, then runs of several groups */
        for (gint64 at = 0; at < T;) {
            gint64 from = at + 1 + (gint64) (4 * fovea_random_uniform (&random));
            gint64 to = from + 1 + (gint64) ((double) longest * fovea_random_uniform (&random));
            if (to > T)
                break;
            ranges[n++] = (FoveaKeyRange){from, to};
            for (gint64 j = from; j < to; j++)
                kept[j] = TRUE;
            at = to;
        }
        FoveaRowShare share = fovea_sparse_row_get_share (f.row, ranges, n, out);
        check_share (&f, kept, &share, out);
        ck_assert_double_eq (share.mass, fovea_sparse_row_get_mass (f.row, ranges, n));
        ck_assert_double_eq (share.mass, fovea_sparse_row_get_share (f.row, ranges, n, NULL).mass);
    }
    fixture_clear (&f);
}
END_TEST

/* Four rows of which each sees a key more than the one before it, with ranges of the last. */
START_TEST (rows_together_hold_what_each_holds_alone)
{
    enum {
        R = FOVEA_SPARSE_MOST_ROWS
    };
    gint64 D = widths[_i], ends[R];
    g_autofree float *weights = trace_random_values (R * T, 41);
    g_autofree float *v = trace_random_values ((gsize) (T * D), 42);
    const FoveaSparseHead head = {.n_tokens = T, .width = D, .v = v};
    FoveaSparseRow *rows[R] = {NULL};
    for (gint64 r = 0; r < R; r++) {
        ends[r] = T - R + 1 + r;
        for (gint64 j = 0; j < T; j++)
            weights[r * T + j] = j < ends[r] ? fabsf (weights[r * T + j]) : 0;
        rows[r] =
            r == 0 ? fovea_sparse_row_new (&head) : fovea_sparse_row_new_beside (&head, rows[0]);
        fovea_sparse_row_load_beyond (rows[r], weights + r * T, 0, ends[r], T);
    }
    for (gint64 step = 1; step < 60; step += 7) {
        FoveaKeyRange ranges[T], own[T];
        FoveaRowShare shares[R];
        double outputs[R * MOST_D], out[MOST_D];
        gsize n = 0;
        for (gint64 from = T % (step + 2); from < T; from += step + 2) /* the last ends with T */
            ranges[n++] = (FoveaKeyRange){from, MIN (from + step, T)};
        ranges[n - 1].to = T;
        fovea_sparse_rows_get_shares (rows, ranges, n, shares, outputs);
        for (gint64 r = 0; r < R; r++) {
            gsize n_own = 0;
            for (gsize i = 0; i < n && ranges[i].from < ends[r]; i++)
                own[n_own++] = (FoveaKeyRange){ranges[i].from, MIN (ranges[i].to, ends[r])};
            FoveaRowShare alone = fovea_sparse_row_get_share (rows[r], own, n_own, out);
            ck_assert_int_eq (shares[r].n_keys, alone.n_keys);
            ck_assert_double_eq_tol (shares[r].mass, alone.mass, 1e-12);
            ck_assert_double_eq_tol (shares[r].value_mass, alone.value_mass, 1e-11);
            for (gint64 d = 0; d < D; d++)
                ck_assert_double_eq_tol (outputs[r * D + d], out[d], 1e-5);
        }
    }
    for (int r = R; r-- > 0;)
        fovea_sparse_row_free (rows[r]);
}
END_TEST

/* The keys of a list of ranges. */
static void
mark (const FoveaKeyRange *ranges, gsize n, gboolean *kept)
{
    memset (kept, 0, T * sizeof *kept);
    for (gsize i = 0; i < n; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            kept[j] = TRUE;
}

START_TEST (heaviest_sets_are_those_that_are_listed_one_by_one)
{
    static const gint64 firsts[] = {0, 37};
    for (gsize i = 0; i < G_N_ELEMENTS (firsts); i++) {
        Fixture f = fixture_new (widths[_i], firsts[i]);
        gint64 n = T - firsts[i], D = f.head.width;
        /* Equal numbers and none at all are among what a sweep asks for. */
        const gint64 counts[] = {0, 0, 1, 2, 3, 9, 9, 10, 40, n / 2, n - 1, n, n};
        FoveaRowShare shares[G_N_ELEMENTS (counts)];
        double outputs[G_N_ELEMENTS (counts) * MOST_D];
        fovea_sparse_row_get_heaviest (f.row, counts, G_N_ELEMENTS (counts), shares, outputs);
        for (gsize c = 0; c < G_N_ELEMENTS (counts); c++) {
            FoveaKeyRange ranges[T];
            gboolean kept[T];
            mark (ranges, fovea_sparse_row_list_heaviest (f.row, counts[c], ranges), kept);
            check_share (&f, kept, &shares[c], outputs + (gint64) c * D);
            ck_assert_double_eq_tol (shares[c].mass, fovea_sparse_row_get_sums (f.row)[counts[c]],
                                     1e-12);
        }
        fixture_clear (&f);
    }
}
END_TEST

/* Every number of keys at once, so that each tie is cut at each of its places. */
START_TEST (every_number_of_heaviest_keys_adds_one_key)
{
    Fixture f = fixture_new (4, 0);
    gint64 counts[T + 1];
    FoveaRowShare shares[T + 1];
    for (gint64 c = 0; c <= T; c++)
        counts[c] = c;
    fovea_sparse_row_get_heaviest (f.row, counts, T + 1, shares, NULL);
    for (gint64 c = 0; c <= T; c++) {
        ck_assert_int_eq (shares[c].n_keys, c);
        ck_assert_double_eq_tol (shares[c].mass, fovea_sparse_row_get_sums (f.row)[c], 1e-12);
    }
    fixture_clear (&f);
}
END_TEST

/* Weights that the quick way of sorting can and cannot tell apart: of many sizes, nearly equal, all equal,
 * equal in pairs, and of two and more, which need more bits. */
static float
make_weight (int kind, gint64 j)
{
    switch (kind) {
    case 0:
        return (float) exp2 (-(double) (j * 37 % 1000) / 9);
    case 1:
        return 0.25f + (float) (j * 7919 % 1009) * 0x1p-25f;
    case 2:
        return 0.001f;
    case 3:
        return (float) (j / 2 * 7919 % 1009) * 0x1p-20f;
    default:
        return j % 50 == 3 ? 7.5f : (float) (j * 37 % 1000) / 1000;
    }
}

static int
compare_falling (const void *a, const void *b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return x < y ? 1 : x > y ? -1 : 0;
}

START_TEST (sums_of_the_heaviest_are_those_of_a_plain_sort)
{
    enum {
        N = 3000
    };
    g_autofree float *weights = g_new (float, N), *sorted = g_new (float, N);
    const FoveaSparseHead head = {.n_tokens = N, .width = 4};
    g_autoptr (FoveaSparseRow) row = fovea_sparse_row_new (&head);
    for (gint64 first = 0; first < 600; first += 599) {
        gint64 n = N - first;
        double sum = 0;
        for (gint64 j = 0; j < N; j++)
            weights[j] = j < first ? 0 : make_weight (_i, j);
        memcpy (sorted, weights + first, (gsize) n * sizeof *sorted);
        qsort (sorted, (size_t) n, sizeof *sorted, compare_falling);
        fovea_sparse_row_load (row, weights, first, N);
        for (gint64 c = 0; c <= n; c++) {
            ck_assert_msg (fovea_sparse_row_get_sums (row)[c] == sum, "%d of %d heaviest", (int) c,
                           (int) n);
            sum += c < n ? (double) sorted[c] : 0;
        }
    }
}
END_TEST

START_TEST (the_best_of_packed_vectors_is_that_of_plain_products)
{
    gint64 D = widths[_i];
    g_autofree float *q = trace_random_values ((gsize) (T * D), 21);
    g_autofree float *k = trace_random_values ((gsize) (T * D), 22);
    const FoveaSparseHead head = {.n_tokens = T, .width = D, .q = q, .k = k};
    g_autoptr (FoveaPackedVectors) packed = fovea_packed_vectors_new (&head, 19);
    for (gint64 n = 19; n >= 0; n--) /* falling: what a longer run left behind must not count */
        for (gint64 stride = 1; stride < 3; stride++) {
            double best = -INFINITY;
            for (gint64 i = 0; i < n; i++) {
                double product = fovea_sparse_head_product (&head, 2 + i * stride, 7);
                best = MAX (best, product);
            }
            fovea_packed_vectors_set (packed, q + 2 * D, stride * D, n);
            ck_assert (fovea_packed_vectors_find_best (packed, k + 7 * D) == best);
        }
}
END_TEST

START_TEST (products_with_many_are_those_with_each_to_the_bit)
{
    gint64 D = widths[_i];
    g_autofree float *q = trace_random_values ((gsize) (T * D), 11);
    g_autofree float *k = trace_random_values ((gsize) (T * D), 12);
    const FoveaSparseHead head = {.n_tokens = T, .width = D, .q = q, .k = k};
    for (gint64 n = 0; n < 11; n++) {
        double out[11];
        fovea_sparse_head_get_products (&head, q + 9 * D, k + 3 * D, D, n, out);
        for (gint64 i = 0; i < n; i++)
            ck_assert (out[i] == fovea_sparse_head_product (&head, 9, 3 + i));
        fovea_sparse_head_get_products (&head, k + 9 * D, q + 3 * D, 2 * D, n, out);
        for (gint64 i = 0; i < n; i++)
            ck_assert (out[i] == fovea_sparse_head_product (&head, 3 + 2 * i, 9));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse-row");
    TCase *all = tcase_create ("all");
    tcase_add_loop_test (all, shares_of_ranges_are_sums_over_their_keys, 0, G_N_ELEMENTS (widths));
    tcase_add_loop_test (all, heaviest_sets_are_those_that_are_listed_one_by_one, 0,
                         G_N_ELEMENTS (widths));
    tcase_add_loop_test (all, rows_together_hold_what_each_holds_alone, 0, G_N_ELEMENTS (widths));
    tcase_add_test (all, every_number_of_heaviest_keys_adds_one_key);
    tcase_add_loop_test (all, sums_of_the_heaviest_are_those_of_a_plain_sort, 0, 5);
    tcase_add_loop_test (all, the_best_of_packed_vectors_is_that_of_plain_products, 0,
                         G_N_ELEMENTS (widths));
    tcase_add_loop_test (all, products_with_many_are_those_with_each_to_the_bit, 0,
                         G_N_ELEMENTS (widths));
    suite_add_tcase (suite, all);
    return support_run (suite);
}
