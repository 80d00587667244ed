/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Around one latent: the strongest firings of either sign with their windows, logit effects by their
 * definition, neighbours, and the page that shows them. */
#include <math.h>
#include <string.h>

#include "analysis/sae-latent.h"
#include "tests/figure-support.h"
#include "tests/forward-support.h"
#include "tests/support.h"
#include "ui/figures/figure-latent.h"

enum {
    T = 30,
    D = 384, /* of the demo model */
};

static FoveaTraceInfo *
make_info (void)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->n_tokens = T;
    info->token_texts = g_new0 (char *, T + 1);
    info->special = g_new0 (gboolean, T);
    info->special[0] = TRUE;
    for (int t = 0; t < T; t++)
        info->token_texts[t] = g_strdup_printf (" word%d", t);
    return info;
}

/* Latent 1 of 3 has @values[t] at token t + 1; latent 0 fires everywhere. */
static void
add_sequence (FoveaSaeLatent *latent, gint64 sequence, const float *values)
{
    g_autoptr (FoveaTraceInfo) info = make_info ();
    gint64 positions[T - 1], offsets[T] = {0}, n = 0;
    gint32 latents[2 * T];
    float codes[2 * T];
    for (int t = 0; t + 1 < T; t++) {
        positions[t] = t + 1;
        latents[n] = 0;
        codes[n++] = 100;
        latents[n] = 1;
        codes[n] = values[t];
        n += values[t] != 0;
        offsets[t + 1] = n;
    }
    const FoveaSaeCodes rows = {T - 1, 3, offsets, latents, codes, NULL, NULL};
    fovea_sae_latent_add (latent, sequence, info, positions, &rows);
}

static float
get_value (GPtrArray *list, guint i)
{
    return ((FoveaLatentExample *) g_ptr_array_index (list, i))->value;
}

START_TEST (strongest_firings_of_either_sign_are_kept)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 2, 3);
    float first[T] = {0}, second[T] = {0};
    first[2] = 1;
    first[10] = 3;
    first[20] = -2;
    second[5] = 2;
    second[15] = -4;
    second[25] = -1;
    add_sequence (latent, 7, first);
    add_sequence (latent, 9, second);
    ck_assert_int_eq (latent->n_rows, 2 * (T - 1));
    ck_assert_int_eq (latent->n_positive, 3);
    ck_assert_int_eq (latent->n_negative, 3);
    ck_assert_uint_eq (latent->positive->len, 2);
    ck_assert_float_eq (get_value (latent->positive, 0), 3);
    ck_assert_float_eq (get_value (latent->positive, 1), 2);
    ck_assert_float_eq (get_value (latent->negative, 0), -4);
    ck_assert_float_eq (get_value (latent->negative, 1), -2);
    const FoveaLatentExample *best = g_ptr_array_index (latent->positive, 0);
    ck_assert_int_eq (best->sequence, 7);
    ck_assert_int_eq (best->position, 11);
    ck_assert_int_eq (best->first, 8);
    ck_assert_uint_eq (best->n, 7);
    ck_assert_str_eq (best->texts[3], " word11");
    ck_assert_float_eq (best->codes[3], 3);
    ck_assert_float_eq (best->codes[2], 0);
}
END_TEST

START_TEST (windows_do_not_overlap_with_a_stronger_firing)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 5, 3);
    float values[T] = {0};
    values[8] = 1;
    values[10] = 5; /* within the window of the one before and the one behind */
    values[13] = 2;
    values[20] = .5f;
    add_sequence (latent, 1, values);
    ck_assert_uint_eq (latent->positive->len, 2);
    ck_assert_float_eq (get_value (latent->positive, 0), 5);
    ck_assert_float_eq (get_value (latent->positive, 1), .5f);
}
END_TEST

START_TEST (window_ends_with_the_sequence)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 5, 6);
    float values[T] = {0};
    values[0] = 1;
    values[T - 2] = -1;
    add_sequence (latent, 1, values);
    const FoveaLatentExample *start = g_ptr_array_index (latent->positive, 0);
    const FoveaLatentExample *end = g_ptr_array_index (latent->negative, 0);
    ck_assert_int_eq (start->first, 0);
    ck_assert_int_eq (start->special[0], 1);
    ck_assert_int_eq (end->first + end->n, T);
}
END_TEST

START_TEST (histogram_has_both_sides)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 5, 1);
    float values[T] = {4, -4, 1, -1.5f, 3.9f};
    double limit;
    add_sequence (latent, 1, values);
    g_autofree gint64 *counts = fovea_sae_latent_count_codes (latent, 4, &limit);
    ck_assert_double_eq (limit, 4);
    ck_assert_int_eq (counts[0], 1);
    ck_assert_int_eq (counts[1], 1);
    ck_assert_int_eq (counts[2], 1);
    ck_assert_int_eq (counts[3], 2);
    g_autoptr (FoveaSaeLatent) silent = fovea_sae_latent_new (1, 5, 1);
    g_autofree gint64 *none = fovea_sae_latent_count_codes (silent, 4, &limit);
    ck_assert_double_eq (limit, 1);
    ck_assert_int_eq (none[0] + none[1] + none[2] + none[3], 0);
}
END_TEST

START_TEST (neighbours_are_by_cosine_and_opposites_apart)
{
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (0, 1, 1);
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_TOPK, 2, 2, 5, NULL);
    const float rows[] = {1, 0, 3, 3, -2, 0, 1, 0.1f, 0, 0};
    memcpy (sae->w_dec, rows, sizeof rows);
    fovea_sae_latent_set_neighbours (latent, sae, 2);
    ck_assert_uint_eq (latent->near->len, 2);
    ck_assert_int_eq (g_array_index (latent->near, FoveaLatentNeighbour, 0).latent, 3);
    ck_assert_int_eq (g_array_index (latent->near, FoveaLatentNeighbour, 1).latent, 1);
    ck_assert_float_eq_tol (g_array_index (latent->near, FoveaLatentNeighbour, 1).cosine,
                            sqrtf (.5f), 1e-6f);
    ck_assert_uint_eq (latent->opposite->len, 1);
    ck_assert_float_eq_tol (g_array_index (latent->opposite, FoveaLatentNeighbour, 0).cosine, -1,
                            1e-6f);
}
END_TEST

static FoveaModel *
open_demo (void)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = support_data ("data/demo");
    FoveaModel *model = fovea_model_open (path, &error);
    ck_assert_msg (model != NULL, "%s", error != NULL ? error->message : "");
    return model;
}

/* The decoder's row is the unembedding of @token, brought in front of the final norm's gain. */
static FoveaSae *
make_towards (FoveaModel *model, gint64 token)
{
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, D, D, 3, NULL);
    const float *gain = fovea_model_get_vector (model, FOVEA_WEIGHT_FINAL_NORM_GAIN, 0);
    FoveaWeight unembed;
    float row[D];
    ck_assert (fovea_model_get_matrix (model, FOVEA_WEIGHT_UNEMBED, 0, &unembed));
    fovea_dtype_to_f32 ((const guint16 *) unembed.data + token * unembed.stride, unembed.dtype, D,
                        row);
    for (int c = 0; c < D; c++)
        sae->w_dec[D + c] = row[c] / gain[c];
    fovea_sae_set_metadata (sae, "hook_name", "blocks.3.hook_resid_pre");
    return sae;
}

START_TEST (direction_of_a_token_pushes_that_token)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSae) sae = make_towards (model, 4321);
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 1, 1);
    ck_assert_msg (fovea_sae_latent_set_effects (latent, sae, model, 3, &error), "%s",
                   error != NULL ? error->message : "");
    ck_assert_uint_eq (latent->up->len, 3);
    const FoveaLatentToken *best = &g_array_index (latent->up, FoveaLatentToken, 0);
    ck_assert_int_eq (best->id, 4321);
    ck_assert (best->effect > g_array_index (latent->up, FoveaLatentToken, 1).effect);
    ck_assert (g_array_index (latent->down, FoveaLatentToken, 0).effect < 0);
    ck_assert_double_gt (latent->effect_skew, 0);
    ck_assert_ptr_nonnull (best->text);
    for (int set = 0; set < FOVEA_N_TOKEN_SETS; set++) {
        ck_assert_int_gt (latent->sets[set].n, 0);
        ck_assert_double_gt (latent->sets[set].score, 0);
        ck_assert_double_le (latent->sets[set].score, 1);
    }
    g_autofree char *json = fovea_sae_latent_print_json (latent, sae);
    ck_assert_ptr_nonnull (strstr (json, "\"name\" : \"starts with a space\""));
}
END_TEST

START_TEST (a_special_token_is_known_as_one)
{
    g_autoptr (FoveaModel) model = open_demo ();
    const gint32 bos = fovea_tokenizer_get_bos (fovea_model_get_tokenizer (model, NULL));
    g_autoptr (FoveaSae) sae = make_towards (model, bos);
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 1, 1);
    ck_assert (fovea_sae_latent_set_effects (latent, sae, model, 2, NULL));
    const FoveaLatentToken *token = &g_array_index (latent->up, FoveaLatentToken, 0);
    ck_assert_int_eq (token->id, bos);
    ck_assert (token->special && !token[1].special);
}
END_TEST

START_TEST (z_goes_through_the_output_matrix)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSae) sae = make_towards (model, 99);
    g_autoptr (FoveaSaeLatent) plain = fovea_sae_latent_new (1, 1, 1);
    g_autoptr (FoveaSaeLatent) z = fovea_sae_latent_new (1, 1, 1);
    ck_assert (fovea_sae_latent_set_effects (plain, sae, model, 1, NULL));
    sae->hook_z = TRUE;
    fovea_sae_set_metadata (sae, "hook_name", "blocks.2.attn.hook_z");
    ck_assert (fovea_sae_latent_set_effects (z, sae, model, 1, NULL));
    ck_assert_float_ne (g_array_index (plain->up, FoveaLatentToken, 0).effect,
                        g_array_index (z->up, FoveaLatentToken, 0).effect);
}
END_TEST

START_TEST (site_outside_the_stream_has_no_effects)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_TOPK, 7, 7, 3, NULL);
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 1, 1);
    ck_assert (!fovea_sae_latent_set_effects (latent, sae, model, 1, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
}
END_TEST

static FoveaSaeLatent *
make_shown (FoveaModel *model)
{
    g_autoptr (FoveaSae) sae = make_towards (model, 4321);
    FoveaSaeLatent *latent = fovea_sae_latent_new (1, 5, 8);
    float values[T] = {4, 0, 1, -1.5f, 3.9f};
    values[14] = -4;
    values[24] = 2;
    add_sequence (latent, 1, values);
    ck_assert (fovea_sae_latent_set_effects (latent, sae, model, 6, NULL));
    fovea_sae_latent_set_neighbours (latent, sae, 2);
    return latent;
}

START_TEST (page_shows_both_signs_and_nothing_touches)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSaeLatent) latent = make_shown (model);
    const FoveaLatentOptions options = {.has_signs = TRUE, .caption = "A dictionary."};
    const FoveaFigureStyle style = {.letters = TRUE, .caption = TRUE};
    g_autoptr (FoveaFigure) figure = fovea_figure_latent_new (latent, &options, &style, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    figure_assert_tidy (figure);
    ck_assert (figure_has_text (figure, "− on 2 tokens"));
    ck_assert (figure_has_text (figure, "+ on 4 tokens"));
    ck_assert (figure_has_text (figure, "when −"));
    ck_assert (figure_has_text (figure, "−4.00"));
    ck_assert (figure_has_text (figure, "word15"));
    ck_assert (figure_has_text (figure, "A dictionary."));
}
END_TEST

/* Grounds of firing tokens have round corners, as in the window: no corner of their box is painted. */
START_TEST (grounds_of_firing_tokens_are_round)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSaeLatent) latent = make_shown (model);
    const FoveaLatentOptions options = {.has_signs = TRUE};
    g_autoptr (FoveaFigure) figure = fovea_figure_latent_new (latent, &options, NULL, NULL);
    guint n, n_grounds = 0;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++) {
        const FoveaBox box = fovea_scene_get_box (&items[i]);
        if (items[i].kind != FOVEA_ITEM_PATH || fabs (box.y1 - box.y0 - 9.8) > 1e-6)
            continue;
        n_grounds++;
        for (guint p = 0; p < items[i].n_points; p++) {
            const double *at = &items[i].points[2 * p];
            double x = MIN (at[0] - box.x0, box.x1 - at[0]);
            double y = MIN (at[1] - box.y0, box.y1 - at[1]);
            ck_assert_msg (x + y > 0.8, "a corner at %g, %g", at[0], at[1]);
        }
    }
    ck_assert_uint_ge (n_grounds, 6);
}
END_TEST

/* A table as app/sae-probe-job.h makes it. */
static FoveaTable *
make_detection (double auroc, int side)
{
    static const char *const names[] = {"difference in means", "logistic probe",
                                        "probe of shuffled labels", "latent"};
    FoveaTable *table = fovea_table_new ("sae_detection");
    fovea_table_add_column (table, "detector", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "side", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "auroc", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "cosine", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, names[i]);
        fovea_table_set_integer (table, row, 1, i == 3 ? side : 1);
        fovea_table_set_number (table, row, 2, i == 3 ? auroc : 0.97 - 0.2 * i);
        fovea_table_set_number (table, row, 3, i == 2 ? (double) NAN : 0.25);
    }
    fovea_table_set_note (table, "positive", "moby*");
    fovea_table_set_note (table, "negative", "pride*");
    fovea_table_set_note (table, "test_positive", "6");
    fovea_table_set_note (table, "test_negative", "7");
    return table;
}

START_TEST (page_sets_the_latent_beside_probes_where_that_was_asked)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSaeLatent) latent = make_shown (model);
    g_autoptr (FoveaTable) table = make_detection (_i == 0 ? 0.85 : (double) NAN, _i == 0 ? -1 : 1);
    const FoveaLatentOptions options = {.has_signs = TRUE, .caption = "A dictionary."};
    const FoveaFigureStyle style = {.letters = TRUE, .caption = TRUE};
    g_autoptr (FoveaFigure) before = fovea_figure_latent_new (latent, &options, &style, NULL);
    ck_assert (!figure_has_text (before, "chance"));
    fovea_sae_latent_set_detection (latent, table);
    fovea_sae_latent_set_detection (latent, table); /* again does no harm */
    g_autoptr (FoveaFigure) figure = fovea_figure_latent_new (latent, &options, &style, NULL);
    figure_assert_tidy (figure);
    ck_assert (figure_has_text (figure, "Telling texts “moby*” from “pride*”, AUROC on 6 and 7"));
    ck_assert (figure_has_text (figure, _i == 0 ? "this latent, when −" : "this latent, when +"));
    ck_assert (figure_has_text (figure, _i == 0 ? "0.85" : "–"));
    ck_assert (figure_has_text (figure, "difference in means"));
    ck_assert (figure_has_text (figure, "0.77")); /* the probe's */
    ck_assert (figure_has_text (figure, "chance"));
}
END_TEST

START_TEST (page_of_a_silent_latent_is_drawn_and_a_narrow_one_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (1, 5, 8);
    const FoveaLatentOptions options = {0};
    const FoveaFigureStyle narrow = {.width_mm = 89};
    g_autoptr (FoveaFigure) figure = fovea_figure_latent_new (latent, &options, NULL, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (figure_has_text (figure, "+ on 0 tokens"));
    ck_assert (!figure_has_text (figure, "when −"));
    ck_assert_ptr_null (fovea_figure_latent_new (latent, &options, &narrow, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (json_has_tokens_and_values)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSaeLatent) latent = make_shown (model);
    g_autoptr (FoveaSae) sae = make_towards (model, 4321);
    g_autofree char *text = fovea_sae_latent_print_json (latent, sae);
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_data (parser, text, -1, NULL));
    JsonObject *root = json_node_get_object (json_parser_get_root (parser));
    JsonArray *examples = json_object_get_array_member (root, "activations");
    JsonObject *best = json_array_get_object_element (examples, 0);
    ck_assert_str_eq (json_object_get_string_member (root, "index"), "1");
    ck_assert_uint_eq (
        json_array_get_length (json_object_get_array_member (root, "freq_hist_data_bar_heights")),
        50);
    ck_assert_double_eq (json_object_get_double_member (best, "maxValue"), 4);
    gint64 at = json_object_get_int_member (best, "maxValueTokenIndex");
    JsonArray *values = json_object_get_array_member (best, "values");
    ck_assert_double_eq (json_array_get_double_element (values, (guint) at), 4);
    ck_assert_uint_eq (json_array_get_length (examples), 3 + 1);
}
END_TEST

START_TEST (json_has_probes_where_they_were_asked)
{
    g_autoptr (FoveaModel) model = open_demo ();
    g_autoptr (FoveaSaeLatent) latent = make_shown (model);
    g_autoptr (FoveaSae) sae = make_towards (model, 4321);
    g_autoptr (FoveaTable) table = make_detection (0.85, -1);
    g_autofree char *without = fovea_sae_latent_print_json (latent, sae);
    ck_assert_ptr_null (strstr (without, "detection"));
    fovea_sae_latent_set_detection (latent, table);
    g_autofree char *text = fovea_sae_latent_print_json (latent, sae);
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_data (parser, text, -1, NULL));
    JsonObject *root = json_node_get_object (json_parser_get_root (parser));
    JsonObject *detection = json_object_get_object_member (root, "detection");
    JsonArray *detectors = json_object_get_array_member (detection, "detectors");
    ck_assert_str_eq (json_object_get_string_member (detection, "positive"), "moby*");
    ck_assert_uint_eq (json_array_get_length (detectors), 4);
    JsonObject *own = json_array_get_object_element (detectors, 3);
    ck_assert_str_eq (json_object_get_string_member (own, "name"), "latent");
    ck_assert_double_eq (json_object_get_double_member (own, "auroc"), 0.85);
    ck_assert_double_eq (json_object_get_double_member (own, "side"), -1);
    JsonObject *shuffled = json_array_get_object_element (detectors, 2);
    ck_assert (json_object_get_null_member (shuffled, "cosine")); /* no number is no 0 */
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("latent");
    tcase_set_timeout (tc, 60);
    tcase_add_test (tc, strongest_firings_of_either_sign_are_kept);
    tcase_add_test (tc, windows_do_not_overlap_with_a_stronger_firing);
    tcase_add_test (tc, window_ends_with_the_sequence);
    tcase_add_test (tc, histogram_has_both_sides);
    tcase_add_test (tc, neighbours_are_by_cosine_and_opposites_apart);
    tcase_add_test (tc, direction_of_a_token_pushes_that_token);
    tcase_add_test (tc, a_special_token_is_known_as_one);
    tcase_add_test (tc, z_goes_through_the_output_matrix);
    tcase_add_test (tc, site_outside_the_stream_has_no_effects);
    tcase_add_test (tc, page_shows_both_signs_and_nothing_touches);
    tcase_add_test (tc, grounds_of_firing_tokens_are_round);
    tcase_add_test (tc, page_of_a_silent_latent_is_drawn_and_a_narrow_one_refused);
    tcase_add_test (tc, json_has_tokens_and_values);
    tcase_add_loop_test (tc, page_sets_the_latent_beside_probes_where_that_was_asked, 0, 2);
    tcase_add_test (tc, json_has_probes_where_they_were_asked);
    Suite *suite = suite_create ("sae-latent");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
