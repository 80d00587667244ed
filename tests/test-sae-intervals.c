/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Examples of every strength: what the intervals hold, that the draw is even, repeatable and never
 * takes two firings of one text, and how a feature page's JSON names it. */
#include <math.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "analysis/sae-latent.h"
#include "capture/random.h"
#include "tests/support.h"

static GArray *
new_firings (void)
{
    return g_array_new (FALSE, FALSE, sizeof (FoveaFiring));
}

static void
add (GArray *firings, gint64 sequence, gint32 position, float value)
{
    const FoveaFiring firing = {sequence, position, value};
    g_array_append_val (firings, firing);
}

static const FoveaLatentInterval *
get (const FoveaSaeLatent *latent, guint i)
{
    return g_ptr_array_index (latent->intervals, i);
}

static float
get_chosen (GArray *firings, const FoveaLatentInterval *interval, guint i)
{
    return g_array_index (firings, FoveaFiring, g_array_index (interval->chosen, guint, i)).value;
}

START_TEST (each_side_is_cut_from_its_extreme_to_nothing)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (GArray) firings = new_firings ();
    add (firings, 1, 0, 10);
    add (firings, 1, 3, .5f);
    add (firings, 2, 0, 9.5f);
    add (firings, 2, 1, -4);
    add (firings, 3, 0, -.1f);
    add (firings, 3, 4, 5e-7f); /* counts as silent */
    fovea_sae_latent_draw (latent, firings);
    ck_assert_uint_eq (latent->intervals->len, 2 * FOVEA_LATENT_INTERVALS);
    ck_assert_double_eq_tol (get (latent, 0)->from, 9, 1e-9);
    ck_assert_double_eq_tol (get (latent, 0)->to, 10, 1e-9);
    ck_assert_int_eq (get (latent, 0)->n, 2);
    ck_assert_double_eq_tol (get (latent, 9)->from, 0, 1e-9);
    ck_assert_int_eq (get (latent, 9)->n, 1);
    ck_assert_double_eq_tol (get (latent, 10)->from, -4, 1e-9);
    ck_assert_double_eq_tol (get (latent, 10)->to, -3.6, 1e-9);
    ck_assert_int_eq (get (latent, 10)->n, 1);
    ck_assert_int_eq (get (latent, 19)->n, 1);
    ck_assert_float_eq (get_chosen (firings, get (latent, 9), 0), .5f);
    ck_assert_float_eq (get_chosen (firings, get (latent, 10), 0), -4);
}
END_TEST

START_TEST (side_that_never_fires_has_no_intervals)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (GArray) firings = new_firings ();
    fovea_sae_latent_draw (latent, firings);
    ck_assert_uint_eq (latent->intervals->len, 0);
    add (firings, 1, 0, -2);
    fovea_sae_latent_draw (latent, firings);
    ck_assert_uint_eq (latent->intervals->len, FOVEA_LATENT_INTERVALS);
    ck_assert_double_eq_tol (get (latent, 0)->from, -2, 1e-9);
    /* Drawing again starts over. */
    fovea_sae_latent_draw (latent, firings);
    ck_assert_uint_eq (latent->intervals->len, FOVEA_LATENT_INTERVALS);
    ck_assert_int_eq (get (latent, 0)->n, 1);
}
END_TEST

/* Twenty firings a sequence, spread over (0, 10]. */
static GArray *
make_many (gint64 n_sequences)
{
    GArray *firings = new_firings ();
    FoveaRandom random;
    fovea_random_init (&random, 8);
    for (gint64 s = 1; s <= n_sequences; s++)
        for (gint32 t = 0; t < 20; t++)
            add (firings, s, t, (float) (10 - 9.99 * fovea_random_uniform (&random)));
    return firings;
}

START_TEST (drawn_firings_lie_in_their_interval_and_in_texts_of_their_own)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (GArray) firings = make_many (100);
    gint64 total = 0;
    fovea_sae_latent_draw (latent, firings);
    for (guint i = 0; i < latent->intervals->len; i++) {
        const FoveaLatentInterval *interval = get (latent, i);
        total += interval->n;
        ck_assert_uint_eq (interval->chosen->len, FOVEA_LATENT_DRAWN);
        for (guint c = 0; c < interval->chosen->len; c++) {
            float value = get_chosen (firings, interval, c);
            ck_assert ((double) value > interval->from - 1e-5);
            ck_assert ((double) value <= interval->to + 1e-5);
            guint at = g_array_index (interval->chosen, guint, c);
            for (guint other = 0; other < c; other++)
                ck_assert_uint_ne (at / 20, g_array_index (interval->chosen, guint, other) / 20);
        }
    }
    ck_assert_int_eq (total, firings->len);
}
END_TEST

START_TEST (draw_is_the_same_twice_and_another_for_another_latent)
{
    g_autoptr (FoveaSaeLatent) a = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (FoveaSaeLatent) b = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (FoveaSaeLatent) c = fovea_sae_latent_new (4, 5, 4);
    g_autoptr (GArray) firings = make_many (100);
    guint differing = 0;
    fovea_sae_latent_draw (a, firings);
    fovea_sae_latent_draw (b, firings);
    fovea_sae_latent_draw (c, firings);
    for (guint i = 0; i < a->intervals->len; i++) {
        gsize bytes = FOVEA_LATENT_DRAWN * sizeof (guint);
        ck_assert_mem_eq (get (a, i)->chosen->data, get (b, i)->chosen->data, bytes);
        differing += memcmp (get (a, i)->chosen->data, get (c, i)->chosen->data, bytes) != 0;
    }
    ck_assert_uint_ge (differing, 8);
}
END_TEST

/* Each of 50 texts has the same chance: over 400 latents the first half is drawn as often as the
 * second, within four standard deviations. */
START_TEST (draw_favours_no_part_of_the_texts)
{
    g_autoptr (GArray) firings = make_many (50);
    double early = 0, all = 0;
    for (gint32 j = 0; j < 400; j++) {
        g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (j, 5, 4);
        fovea_sae_latent_draw (latent, firings);
        const FoveaLatentInterval *interval = get (latent, 4);
        for (guint c = 0; c < interval->chosen->len; c++) {
            early += g_array_index (interval->chosen, guint, c) < firings->len / 2;
            all += 1;
        }
    }
    ck_assert_double_eq_tol (early / all, .5, 4 * .5 / sqrt (all) + .03);
}
END_TEST

START_TEST (consistency_is_firings_a_text_that_has_any)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    ck_assert (isnan (fovea_sae_latent_consistency (latent)));
    for (int i = 0; i < 6; i++)
        fovea_sae_latent_count (latent, 1);
    latent->n_sequences = 4;
    ck_assert_double_eq (fovea_sae_latent_consistency (latent), 1.5);
}
END_TEST

static JsonObject *
parse_json (const FoveaSaeLatent *latent, const FoveaSae *sae, JsonParser *parser)
{
    g_autofree char *json = fovea_sae_latent_print_json (latent, sae);
    ck_assert (json_parser_load_from_data (parser, json, -1, NULL));
    return json_node_get_object (json_parser_get_root (parser));
}

START_TEST (page_has_bins_of_what_was_drawn_and_the_dimensions_it_writes)
{
    static const float row[] = {1, -4, 0, 2, 3};
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, 5, 5, 4, NULL);
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (GArray) firings = new_firings ();
    float dense[] = {0, 2, 1.1f, 0};
    char *texts[] = {"a", "b", "c", "d", NULL};
    const FoveaTraceInfo info = {.n_tokens = 4, .token_texts = texts};
    memcpy (sae->w_dec + 15, row, sizeof row);
    for (int t = 1; t < 3; t++) {
        add (firings, 7, t, dense[t]);
        fovea_sae_latent_count (latent, dense[t]);
    }
    fovea_sae_latent_draw (latent, firings);
    FoveaLatentInterval *strong = g_ptr_array_index (latent->intervals, 0);
    g_ptr_array_add (strong->examples, fovea_sae_latent_cut (latent, 7, &info, dense, 1));
    fovea_sae_latent_offer (latent, 7, &info, dense, 1);
    JsonObject *page = parse_json (latent, sae, parser);
    JsonArray *activations = json_object_get_array_member (page, "activations");
    ck_assert_uint_eq (json_array_get_length (activations), 2);
    JsonObject *top = json_array_get_object_element (activations, 0);
    JsonObject *drawn = json_array_get_object_element (activations, 1);
    ck_assert_double_eq (json_object_get_double_member (top, "binMin"), -1);
    ck_assert_double_eq_tol (json_object_get_double_member (drawn, "binMin"), 1.8, 1e-6);
    ck_assert_double_eq_tol (json_object_get_double_member (drawn, "binMax"), 2, 1e-6);
    ck_assert_double_eq (json_object_get_double_member (drawn, "binContains"), .5);
    JsonArray *aligned = json_object_get_array_member (page, "neuron_alignment_indices");
    JsonArray *shares = json_object_get_array_member (page, "neuron_alignment_l1");
    ck_assert_int_eq (json_array_get_int_element (aligned, 0), 1);
    ck_assert_int_eq (json_array_get_int_element (aligned, 1), 4);
    ck_assert_int_eq (json_array_get_int_element (aligned, 2), 3);
    ck_assert_double_eq_tol (json_array_get_double_element (shares, 0), .4, 1e-12);
    /* Sequences were not counted: not available. */
    ck_assert (json_object_get_null_member (page, "consistentActivation"));
}
END_TEST

static const FoveaFiring *
get_firing (GArray *firings, const FoveaLatentInterval *interval, guint i)
{
    return &g_array_index (firings, FoveaFiring, g_array_index (interval->chosen, guint, i));
}

START_TEST (bins_hold_what_the_histogram_counts)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (GArray) firings = make_many (20);
    double limit;
    for (guint i = 0; i < firings->len; i++) {
        float *value = &g_array_index (firings, FoveaFiring, i).value;
        *value = i % 3 == 0 ? -*value : *value;
        fovea_sae_latent_count (latent, *value);
    }
    g_autofree gint64 *counts = fovea_sae_latent_count_codes (latent, 48, &limit);
    gint64 total = 0;
    for (guint bin = 0; bin < 48; bin++) {
        g_autoptr (FoveaLatentInterval) one =
            fovea_sae_latent_draw_bins (latent, firings, &(FoveaCodeBins){48, bin, bin}, 12);
        ck_assert_int_eq (one->n, counts[bin]);
        ck_assert_uint_le (one->chosen->len, (guint) MIN (counts[bin], 12));
        ck_assert_int_eq (one->chosen->len > 0, counts[bin] > 0); /* windows keep others out */
        for (guint i = 0; i < one->chosen->len; i++)
            ck_assert_uint_eq (
                fovea_sae_latent_find_bin ((double) get_firing (firings, one, i)->value, limit, 48),
                bin);
        total += one->n;
    }
    ck_assert_int_eq (total, firings->len);
    ck_assert_uint_eq (fovea_sae_latent_find_bin (limit, limit, 48), 47);
    ck_assert_uint_eq (fovea_sae_latent_find_bin (-limit, limit, 48), 0);
}
END_TEST

/* Texts first, so that one long text does not fill the list; the largest code at the top. */
START_TEST (a_bins_examples_are_of_many_texts_and_of_one_if_there_is_one)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    const FoveaCodeBins all = {48, 0, 47};
    g_autoptr (GArray) many = make_many (100), few = make_many (2);
    g_autoptr (FoveaLatentInterval) of_many = fovea_sae_latent_draw_bins (latent, many, &all, 12);
    g_autoptr (FoveaLatentInterval) of_few = fovea_sae_latent_draw_bins (latent, few, &all, 12);
    g_autoptr (FoveaLatentInterval) again = fovea_sae_latent_draw_bins (latent, many, &all, 12);
    ck_assert_uint_eq (of_many->chosen->len, 12);
    for (guint i = 0; i < 12; i++) {
        ck_assert_ptr_eq (get_firing (many, of_many, i), get_firing (many, again, i));
        if (i > 0)
            ck_assert_float_le (get_firing (many, of_many, i)->value,
                                get_firing (many, of_many, i - 1)->value);
        for (guint other = 0; other < i; other++)
            ck_assert_int_ne (get_firing (many, of_many, i)->sequence,
                              get_firing (many, of_many, other)->sequence);
    }
    /* Two texts of twenty tokens have room for more than one window of nine each. */
    ck_assert_uint_gt (of_few->chosen->len, 2);
    for (guint i = 0; i < of_few->chosen->len; i++)
        for (guint other = 0; other < i; other++) {
            const FoveaFiring *a = get_firing (few, of_few, i),
                              *b = get_firing (few, of_few, other);
            ck_assert (a->sequence != b->sequence || ABS (a->position - b->position) > 4);
        }
}
END_TEST

START_TEST (an_empty_bin_has_no_examples)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (3, 5, 4);
    g_autoptr (GArray) firings = new_firings ();
    const FoveaCodeBins last = {48, 47, 47}, first = {48, 0, 0};
    g_autoptr (FoveaLatentInterval) never = fovea_sae_latent_draw_bins (latent, firings, &last, 12);
    ck_assert_int_eq (never->n, 0);
    add (firings, 1, 0, 2);
    add (firings, 1, 1, 0); /* silent */
    g_autoptr (FoveaLatentInterval) none = fovea_sae_latent_draw_bins (latent, firings, &first, 12);
    g_autoptr (FoveaLatentInterval) one = fovea_sae_latent_draw_bins (latent, firings, &last, 12);
    ck_assert_int_eq (none->n, 0);
    ck_assert_uint_eq (none->chosen->len, 0);
    ck_assert_int_eq (one->n, 1);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("intervals");
    tcase_add_test (tc, bins_hold_what_the_histogram_counts);
    tcase_add_test (tc, a_bins_examples_are_of_many_texts_and_of_one_if_there_is_one);
    tcase_add_test (tc, an_empty_bin_has_no_examples);
    tcase_add_test (tc, each_side_is_cut_from_its_extreme_to_nothing);
    tcase_add_test (tc, side_that_never_fires_has_no_intervals);
    tcase_add_test (tc, drawn_firings_lie_in_their_interval_and_in_texts_of_their_own);
    tcase_add_test (tc, draw_is_the_same_twice_and_another_for_another_latent);
    tcase_add_test (tc, draw_favours_no_part_of_the_texts);
    tcase_add_test (tc, consistency_is_firings_a_text_that_has_any);
    tcase_add_test (tc, page_has_bins_of_what_was_drawn_and_the_dimensions_it_writes);
    Suite *suite = suite_create ("sae-intervals");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
