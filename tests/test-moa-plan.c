/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* MoA's plans against every plan there is, its losses against masks, its influence against what it
 * stands for. */
#include <math.h>
#include <string.h>

#include "analysis/moa-plan.h"
#include "capture/random.h"
#include "tests/sparse-support.h"

START_TEST (spans_are_valid_at_all_lengths_and_ascend)
{
    g_autoptr (GArray) spans = fovea_moa_list_spans (1024, 512, 2048, 64);
    ck_assert_uint_ge (spans->len, 8);
    for (guint i = 0; i < spans->len; i++) {
        const FoveaMoaSpan *s = &g_array_index (spans, FoveaMoaSpan, i);
        gint64 lengths[] = {512, 1024, 2048};
        for (int n = 0; n < 3; n++) {
            double span = s->alpha + s->beta * (double) lengths[n];
            ck_assert_double_gt (span, n == 0 ? 0 : -1e9);
            ck_assert (n == 0 || span <= (double) lengths[n]);
        }
        ck_assert (i == 0 || s->blocks > s[-1].blocks);
        ck_assert_double_eq (s->density, (double) MIN (s->blocks + 1, 16) / 16);
    }
    /* All keys, and none but the own block and the first. */
    ck_assert_int_eq (g_array_index (spans, FoveaMoaSpan, 0).blocks, 1);
    ck_assert_double_eq (g_array_index (spans, FoveaMoaSpan, spans->len - 1).density, 1);
}
END_TEST

START_TEST (losses_are_the_mass_outside_the_mask)
{
    enum {
        T = 330,
        H = 3,
        D = 8
    };
    g_autoptr (GError) error = NULL;
    g_autofree float *q = trace_random_values (T * H * D, 1);
    g_autofree float *k = trace_random_values (T * H * D, 2);
    g_autoptr (GArray) spans = fovea_moa_list_spans (T, T / 2, 2 * T, 64);
    const FoveaSparseMethod *span = fovea_sparse_method_find ("moa-span", NULL);
    double losses[H * 64];
    ck_assert_uint_le (spans->len, 64);
    for (guint head = 0; head < H; head++) {
        SparseFixture fixture = sparse_fixture_heads (T, D, H, H, head, q, k, NULL);
        ck_assert (fovea_moa_read_losses (fixture.attention, spans, losses, &error));
        for (guint p = 0; p < spans->len; p++) {
            gint64 blocks = g_array_index (spans, FoveaMoaSpan, p).blocks;
            const double knobs[FOVEA_SPARSE_MAX_KNOBS] = {0, (double) blocks * 64, 64};
            FoveaSparseSelection selection;
            FoveaSparseMeasures m;
            ck_assert (fovea_sparse_method_select (span, fixture.head, knobs, &selection, &error));
            const FoveaSparseSubject subject = {.selection = &selection,
                                                .mask = selection.executed};
            ck_assert (fovea_sparse_measure (fixture.head, &subject, 1, NULL, &m, NULL, &error));
            ck_assert_double_eq_tol (losses[head * spans->len + p], (1 - m.recall) * T, 1e-3);
            fovea_sparse_selection_clear (&selection);
        }
        sparse_fixture_clear (&fixture);
    }
}
END_TEST

enum {
    LAYERS = 2,
    HEADS = 3,
    SPANS = 4,
    PLANS = 4096, /* SPANS ^ (LAYERS HEADS) */
};

/* Whether a layer has at most two different spans. */
static gboolean
is_pair (const guint *chosen)
{
    guint low = G_MAXUINT, high = 0;
    for (int h = 0; h < HEADS; h++) {
        low = MIN (low, chosen[h]);
        high = MAX (high, chosen[h]);
    }
    for (int h = 0; h < HEADS; h++)
        if (chosen[h] != low && chosen[h] != high)
            return FALSE;
    return TRUE;
}

static double
get_loss (const double *losses, const guint *chosen)
{
    double loss = 0;
    for (int i = 0; i < LAYERS * HEADS; i++)
        loss += losses[i * SPANS + (int) chosen[i]];
    return loss;
}

START_TEST (no_plan_within_the_bound_loses_less)
{
    const double densities[] = {.1, .25, .5, 1}; /* sums are whole steps */
    double losses[LAYERS * HEADS * SPANS], bound = .15 + .1 * _i, least = INFINITY;
    guint chosen[LAYERS * HEADS];
    FoveaRandom random;
    fovea_random_init (&random, 3 + (guint64) _i);
    for (int i = 0; i < LAYERS * HEADS; i++)
        for (int p = SPANS - 1; p >= 0; p--)
            losses[i * SPANS + p] =
                p == SPANS - 1 ? 0 : losses[i * SPANS + p + 1] + fovea_random_uniform (&random);
    double density = fovea_moa_choose (losses, densities, LAYERS, HEADS, SPANS, bound, chosen);
    ck_assert_double_le (density, bound + 1e-9);
    ck_assert (is_pair (chosen) && is_pair (chosen + HEADS));
    for (int plan = 0; plan < PLANS; plan++) {
        guint other[LAYERS * HEADS];
        double sum = 0, steps = 0;
        for (int i = 0, rest = plan; i < LAYERS * HEADS; i++, rest /= SPANS)
            other[i] = (guint) (rest % SPANS);
        for (int l = 0; l < LAYERS; l++) {
            double layer = 0;
            for (int h = 0; h < HEADS; h++)
                layer += densities[other[l * HEADS + h]] / HEADS;
            steps += ceil (layer * 400 - 1e-9);
            sum += layer / LAYERS;
        }
        if (is_pair (other) && is_pair (other + HEADS) && steps <= bound * LAYERS * 400 + 1e-9)
            least = MIN (least, get_loss (losses, other));
    }
    ck_assert_double_eq_tol (get_loss (losses, chosen), least, 1e-9);
}
END_TEST

START_TEST (a_bound_below_every_span_gives_the_sparsest)
{
    const double densities[] = {.25, 1}, losses[] = {3, 0, 4, 0};
    guint chosen[2] = {7, 7};
    ck_assert_double_eq (fovea_moa_choose (losses, densities, 1, 2, 2, .1, chosen), .25);
    ck_assert_uint_eq (chosen[0], 0);
    ck_assert_uint_eq (chosen[1], 0);
}
END_TEST

START_TEST (influence_is_what_leaving_a_key_out_does)
{
    double weights[7], gradients[7], influence[7], sum = 0;
    FoveaRandom random;
    fovea_random_init (&random, 12);
    for (int i = 0; i < 7; i++) {
        sum += weights[i] = fovea_random_uniform (&random);
        gradients[i] = 4 * fovea_random_uniform (&random) - 2;
    }
    for (int i = 0; i < 7; i++)
        weights[i] /= sum;
    fovea_moa_get_influence (weights, gradients, 7, influence);
    for (int j = 0; j < 7; j++) {
        double change = 0;
        for (int i = 0; i < 7; i++) {
            double after = i == j ? 0 : weights[i] / (1 - weights[j]);
            change += gradients[i] * (after - weights[i]);
        }
        ck_assert_double_eq_tol (influence[j], change, 1e-9);
    }
    fovea_moa_get_influence (weights, gradients, 1, influence);
    ck_assert_double_eq (influence[0], -weights[0] * gradients[0]);
}
END_TEST

START_TEST (the_method_gives_long_windows_to_heads_that_look_far)
{
    enum {
        T = 512,
        D = 4
    };
    float q[T * 2 * D] = {0}, k[T * 2 * D] = {0};
    gint64 cells[2];
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find ("moa", NULL);
    for (int t = 0; t < T; t++) /* head 0 looks near, head 1 everywhere */
        for (int c = 0; c < 2; c++)
            q[t * 2 * D + c] = k[t * 2 * D + c] =
                (float) (8 * (c == 0 ? cos (t * .02) : sin (t * .02)));
    for (guint head = 0; head < 2; head++) {
        SparseFixture fixture = sparse_fixture_heads (T, D, 2, 2, head, q, k, NULL);
        FoveaSparseSelection selection;
        double knobs[FOVEA_SPARSE_MAX_KNOBS];
        sparse_set_knobs (method, T, "density=.7", knobs);
        ck_assert (fovea_sparse_method_select (method, fixture.head, knobs, &selection, &error));
        cells[head] = fovea_mask_count (selection.executed);
        fovea_sparse_selection_clear (&selection);
        sparse_fixture_clear (&fixture);
    }
    ck_assert_int_lt (3 * cells[0], 2 * cells[1]);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("moa");
    TCase *all = tcase_create ("plans");
    tcase_add_test (all, spans_are_valid_at_all_lengths_and_ascend);
    tcase_add_test (all, losses_are_the_mass_outside_the_mask);
    tcase_add_loop_test (all, no_plan_within_the_bound_loses_less, 0, 7);
    tcase_add_test (all, a_bound_below_every_span_gives_the_sparsest);
    tcase_add_test (all, influence_is_what_leaving_a_key_out_does);
    tcase_add_test (all, the_method_gives_long_windows_to_heads_that_look_far);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
