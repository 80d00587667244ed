/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* XAttention's planned thresholds against every plan there is, and InfiniteHiP against its rule worked
 * out row by row. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-xattention-plan.h"
#include "tests/sparse-support.h"

enum {
    T = 129,
    D = 8,
    H = 4,
    LEVELS = 4,
    HEADS = 5,
    BLOCK = 16, /* queries of InfiniteHiP */
    SINKS = 5,
    WINDOW = 20,
    KEYS = 12,
};

/* The best of all plans, tried one by one. */
static double
try_all (const double *recalls, const guint *costs, gsize budget)
{
    double best = -INFINITY;
    for (int plan = 0; plan < 1 << (2 * HEADS); plan++) {
        double sum = 0;
        gsize cost = 0;
        for (int h = 0; h < HEADS; h++) {
            int level = plan >> (2 * h) & (LEVELS - 1);
            sum += recalls[h * LEVELS + level];
            cost += costs[h * LEVELS + level];
        }
        best = cost <= budget ? MAX (best, sum) : best;
    }
    return best;
}

START_TEST (a_plan_is_the_best_of_all)
{
    g_autofree float *random = trace_random_values (2 * HEADS * LEVELS, 30 + (guint64) _i);
    double recalls[HEADS * LEVELS];
    guint costs[HEADS * LEVELS], levels[HEADS];
    gsize least = 0;
    for (int at = 0; at < HEADS * LEVELS; at++) {
        recalls[at] = (double) random[at];
        costs[at] = (guint) (20 + 19 * (double) random[HEADS * LEVELS + at]);
    }
    for (int h = 0; h < HEADS; h++) {
        guint own = costs[h * LEVELS];
        for (int level = 1; level < LEVELS; level++)
            own = MIN (own, costs[h * LEVELS + level]);
        least += own;
    }
    for (gsize budget = least; budget < least + 90; budget += 7) {
        double sum = 0;
        gsize cost = 0;
        fovea_xattention_plan (recalls, costs, HEADS, LEVELS, budget, levels);
        for (int h = 0; h < HEADS; h++) {
            sum += recalls[h * LEVELS + levels[h]];
            cost += costs[h * LEVELS + levels[h]];
        }
        ck_assert_uint_le (cost, budget);
        ck_assert_double_eq_tol (sum, try_all (recalls, costs, budget), 1e-12);
    }
}
END_TEST

/* A layer of heads of which some are peaked. */
static SparseFixture
open_random (guint head)
{
    g_autofree float *q = trace_random_values (T * H * D, 61);
    g_autofree float *k = trace_random_values (T * H * D, 62);
    g_autofree float *v = trace_random_values (T * H * D, 63);
    for (gint64 i = 0; i < T * H * D; i++)
        q[i] *= (float) (1 + 2 * (i / D % H));
    return sparse_fixture_heads (T, D, H, H, head, q, k, v);
}

static FoveaSparseMeasures
measure (SparseFixture *fixture, const char *id, const char *text)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    FoveaSparseMeasures m;
    sparse_set_knobs (method, T, text, knobs);
    ck_assert_msg (fovea_sparse_method_select (method, fixture->head, knobs, &selection, &error),
                   "%s", error != NULL ? error->message : "");
    const FoveaSparseSubject subject = {.selection = &selection, .mask = selection.executed};
    ck_assert (fovea_sparse_measure (fixture->head, &subject, 1, NULL, &m, NULL, &error));
    fovea_sparse_selection_clear (&selection);
    return m;
}

/* Over the whole layer, a plan keeps no more tiles than the same steps for all, and no less mass. */
START_TEST (a_planned_layer_keeps_more_for_as_many_tiles)
{
    double recall = 0, uniform_recall = 0, tiles = 0, uniform_tiles = 0;
    g_autofree char *planned = g_strdup_printf ("steps=%d stride=4 block=8", _i);
    g_autofree char *uniform = g_strdup_printf ("share=%.17g stride=4 block=8", pow (0.9, _i + 1));
    for (guint h = 0; h < H; h++) {
        SparseFixture fixture = open_random (h);
        FoveaSparseMeasures a = measure (&fixture, "xattention-planned", planned);
        FoveaSparseMeasures b = measure (&fixture, "xattention", uniform);
        recall += a.recall;
        tiles += a.block_density;
        uniform_recall += b.recall;
        uniform_tiles += b.block_density;
        sparse_fixture_clear (&fixture);
    }
    ck_assert_double_ge (recall, uniform_recall - 1e-6);
    ck_assert_double_le (tiles, uniform_tiles + H / 1024. + 1e-9); /* costs are rounded up */
    if (_i == 3) /* and not only by being the same plan */
        ck_assert_double_gt (recall, uniform_recall + 1e-3);
}
END_TEST

/* The mean of queries [from,to) times a key. */
static double
multiply_mean (const FoveaSparseHead *head, gint64 from, gint64 to, gint64 key)
{
    double sum = 0;
    for (gint64 i = from; i < to; i++)
        for (gint64 d = 0; d < D; d++)
            sum += (double) head->q[i * D + d] * (double) head->k[key * D + d];
    return sum / (double) (to - from);
}

static double
score_key (const FoveaSparseHead *head, gint64 q0, gint64 q1, gint64 stride, gint64 key)
{
    double best = -INFINITY;
    for (gint64 q = q0; q < q1; q += stride)
        best = MAX (best, multiply_mean (head, q, MIN (q + stride, q1), key));
    return best;
}

/* The descent into [l,r), by recursion. */
static double
descend (const FoveaSparseHead *head, gint64 q0, gint64 q1, gint64 stride, gint64 l, gint64 r)
{
    if (r - l <= 1)
        return -INFINITY;
    gint64 c = (l + r) / 2;
    double left = score_key (head, q0, q1, stride, (l + c) / 2);
    double right = score_key (head, q0, q1, stride, (c + r) / 2);
    double deeper =
        left > right ? descend (head, q0, q1, stride, l, c) : descend (head, q0, q1, stride, c, r);
    return MAX (deeper, MAX (left, right));
}

/* Marks of keys that are still in after one stage: the best chunks of the marked ones. */
static void
prune (const FoveaSparseHead *head,
       gint64 q0,
       gint64 q1,
       gint64 stride,
       gint64 chunk,
       gint64 n_keys,
       gint64 to,
       gboolean *in)
{
    g_autofree double *scores = g_new (double, T);
    g_autofree gboolean *kept = g_new0 (gboolean, T);
    for (gint64 j = 0; j < T; j++)
        scores[j] = -INFINITY;
    for (gint64 j = SINKS; j < to; j += chunk)
        if (in[j])
            scores[j] = MIN (chunk, to - j) == 1
                            ? score_key (head, q0, q1, stride, j)
                            : descend (head, q0, q1, stride, j, MIN (j + chunk, to));
    for (gint64 n = 0; n < (n_keys + chunk - 1) / chunk; n++) {
        gint64 best = SINKS;
        for (gint64 j = SINKS; j < to; j++)
            if (scores[j] > scores[best])
                best = j;
        if (isinf (scores[best]))
            break;
        for (gint64 j = best; j < MIN (best + chunk, to); j++)
            kept[j] = TRUE;
        scores[best] = -INFINITY;
    }
    memcpy (in, kept, T * sizeof *in);
}

START_TEST (three_stages_keep_the_chunks_with_the_best_keys)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find ("infinite-hip", NULL);
    SparseFixture fixture = open_random (2);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    sparse_set_knobs (method, T,
                      "keys=12 second=64 third=32 chunk=32 query-block=16 stride=4 "
                      "sinks=5 window=20",
                      knobs);
    ck_assert (fovea_sparse_method_select (method, fixture.head, knobs, &selection, &error));
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (selection.executed);
    for (gint64 q = 0; q < T; q++) {
        gint64 q0 = q / BLOCK * BLOCK, q1 = MIN (q0 + BLOCK, T), to = MAX (q1 - WINDOW, SINKS);
        gboolean in[T];
        for (gint64 j = 0; j < T; j++)
            in[j] = j >= SINKS && j < to;
        prune (fixture.head, q0, q1, 4, 32, 64, to, in);
        prune (fixture.head, q0, q1, 4, 4, 32, to, in);
        prune (fixture.head, q0, q1, 1, 1, KEYS, to, in);
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, q, &ranges);
        for (gint64 j = 0; j <= q; j++) {
            gboolean is_kept = FALSE;
            for (gsize i = 0; i < n; i++)
                is_kept |= ranges[i].from <= j && j < ranges[i].to;
            ck_assert_msg (is_kept == (j < SINKS || j >= to || in[j]), "query %d, key %d", (int) q,
                           (int) j);
        }
    }
    fovea_sparse_selection_clear (&selection);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (infinite_hip_with_room_for_all_keys_is_dense)
{
    SparseFixture fixture = open_random (1);
    FoveaSparseMeasures all = measure (&fixture, "infinite-hip", "keys=129 sinks=0 window=1");
    FoveaSparseMeasures few = measure (&fixture, "infinite-hip", "keys=8 sinks=4 window=8");
    ck_assert_double_eq (all.density, 1);
    ck_assert_double_lt (few.density, 0.45);
    ck_assert_double_gt (few.recall, few.density); /* it does choose */
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sparse plans");
    TCase *all = tcase_create ("all");
    tcase_add_loop_test (all, a_plan_is_the_best_of_all, 0, 4);
    tcase_add_loop_test (all, a_planned_layer_keeps_more_for_as_many_tiles, 0, 6);
    tcase_add_test (all, three_stages_keep_the_chunks_with_the_best_keys);
    tcase_add_test (all, infinite_hip_with_room_for_all_keys_is_dense);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
