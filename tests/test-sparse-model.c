/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the Sparsity view shows, without it: curves, the chosen point, masks, paint of the tokens. Nothing
 * sleeps. Exit status 77 without a display, which the threads' answers need. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "analysis/curve-mean.h"
#include "tests/on-display.h"
#include "tests/sparse-bench.h"
#include "tests/sparse-support.h"
#include "tests/widget-tree.h"
#include "ui/curve-frame.h"
#include "ui/head-set.h"
#include "ui/sparse-numbers.h"
#include "ui/trace-source.h"

START_TEST (curves_that_are_there_are_shown_with_a_point_and_its_numbers)
{
    SparseBench *bench = sparse_bench_new ();
    guint method;
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (bench->model, &method, NULL);
    ck_assert_ptr_nonnull (point);
    ck_assert (fovea_sparse_method_list ()[method]->kind != FOVEA_SPARSE_ORACLE);
    for (guint i = 0; i < G_N_ELEMENTS (sparse_bench_measured); i++)
        ck_assert_ptr_nonnull (fovea_sparse_model_get_curve (
            bench->model, sparse_bench_find_method (sparse_bench_measured[i])));
    ck_assert_ptr_null (
        fovea_sparse_model_get_curve (bench->model, sparse_bench_find_method ("s2")));
    g_autofree char *object = fovea_sparse_model_describe (bench->model);
    ck_assert_str_eq (object, "head 1.0");
    sparse_bench_free (bench);
}
END_TEST

START_TEST (what_was_measured_is_chosen_until_the_user_chooses)
{
    SparseBench *bench = sparse_bench_new ();
    guint methods[FOVEA_MAX_CHOSEN], n;
    n = fovea_sparse_model_list_chosen (bench->model, methods);
    ck_assert_uint_gt (n, 1);
    for (guint i = 0; i < n; i++)
        ck_assert_ptr_nonnull (fovea_sparse_model_get_curve (bench->model, methods[i]));
    fovea_sparse_model_choose (bench->model, methods[n - 1], FALSE);
    fovea_sparse_model_set_table (bench->model, bench->table);
    ck_assert (!fovea_sparse_model_is_chosen (bench->model, methods[n - 1]));
    ck_assert_uint_eq (fovea_sparse_model_list_chosen (bench->model, methods), n - 1);
    sparse_bench_free (bench);
}
END_TEST

/* Bounds that are not among the usual methods, too, unless there are more curves than are told apart. */
START_TEST (all_that_was_measured_is_shown_where_it_is_little)
{
    static const char *const ids[] = {"oracle-token", "oracle-mass", "oracle-block", "window",
                                      "streaming",    "a-shape",     "tri-shape"};
    const guint shown[] = {0, 1, 2, 3, 4, 5, 6, 5}; /* of so many: of the seven one bound alone */
    for (guint n = 3; n <= G_N_ELEMENTS (ids); n += 2) {
        SparseBench *bench = sparse_bench_new ();
        g_autoptr (FoveaSparseModel) model = fovea_sparse_model_new (bench->selection);
        g_autoptr (FoveaTable) table =
            sparse_bench_measure (fovea_trace_source_get_trace (bench->source), ids, n);
        guint methods[FOVEA_MAX_CHOSEN];
        fovea_sparse_model_set_table (model, table);
        ck_assert_uint_eq (fovea_sparse_model_list_chosen (model, methods), shown[n]);
        sparse_bench_free (bench);
    }
}
END_TEST

START_TEST (the_scope_decides_whose_curves)
{
    SparseBench *bench = sparse_bench_new ();
    static const char *const names[] = {"1.0", "layer 1", "model"};
    for (int scope = FOVEA_SCOPE_HEAD; scope <= FOVEA_SCOPE_MODEL; scope++) {
        g_object_set (bench->model, "scope", scope, NULL);
        const FoveaCurve *curve =
            fovea_sparse_model_get_curve (bench->model, sparse_bench_find_method ("streaming"));
        ck_assert_str_eq (curve->name, names[scope]);
    }
    sparse_bench_free (bench);
}
END_TEST

/* Mean of one number of one point over two heads of layer 0 and 1, from the table itself. */
static double
mean_by_hand (SparseBench *bench, guint method, guint point, const char *column)
{
    double sum = 0;
    for (gint64 l = 0; l < LAYERS; l++) {
        const FoveaCurve *curve = fovea_sparse_model_find_curve (bench->model, l, 1 - l, method);
        sum += fovea_table_read_number (bench->table, curve->points[point].row, column);
    }
    return sum / LAYERS;
}

START_TEST (chosen_heads_have_the_mean_of_their_curves)
{
    SparseBench *bench = sparse_bench_new ();
    FoveaHeadSet *chosen = fovea_selection_get_chosen (bench->selection);
    guint method = sparse_bench_find_method ("streaming");
    g_object_set (bench->model, "scope", FOVEA_SCOPE_CHOSEN, NULL);
    ck_assert_ptr_null (fovea_sparse_model_get_curve (bench->model, method));
    ck_assert_ptr_nonnull (
        strstr (fovea_sparse_model_get_reason (bench->model, method), "no head is chosen"));
    fovea_head_set_add (chosen, 0, 1);
    fovea_head_set_add (chosen, 1, 0);
    const FoveaCurve *curve = fovea_sparse_model_get_curve (bench->model, method);
    ck_assert_ptr_nonnull (curve);
    for (guint p = 0; p < curve->n_points; p++) {
        ck_assert (fabs (curve->points[p].recall - mean_by_hand (bench, method, p, "recall")) <=
                   1e-12);
        ck_assert (fabs (curve->points[p].density - mean_by_hand (bench, method, p, "density")) <=
                   1e-12);
        double error = fovea_sparse_model_get_number (bench->model, &curve->points[p], "error");
        ck_assert (fabs (error - mean_by_hand (bench, method, p, "error")) <= 1e-12);
        ck_assert (isnan (curve->points[p].low)); /* an interval of a mean is not known */
    }
    g_autofree char *words = fovea_sparse_model_describe (bench->model);
    ck_assert_str_eq (words, "2 chosen heads");
    /* One head alone is itself, and its worst query its own. */
    fovea_head_set_toggle (chosen, 1, 0);
    curve = fovea_sparse_model_get_curve (bench->model, method);
    const FoveaCurve *own = fovea_sparse_model_find_curve (bench->model, 0, 1, method);
    ck_assert_uint_eq (curve->n_points, own->n_points);
    ck_assert (fovea_sparse_model_get_number (bench->model, &curve->points[2], "least_recall") ==
               fovea_table_read_number (bench->table, own->points[2].row, "least_recall"));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (heads_measured_at_other_points_have_no_mean)
{
    SparseBench *bench = sparse_bench_new ();
    FoveaHeadSet *chosen = fovea_selection_get_chosen (bench->selection);
    g_autoptr (FoveaTable) less = fovea_table_new ("recall");
    static const char *const texts[] = {"name", "method", "series", "knob", "note"};
    static const char *const numbers[] = {"value", "density", "recall"};
    fovea_table_add_column (less, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (less, "head", FOVEA_COLUMN_INTEGER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        fovea_table_add_column (less, texts[i], FOVEA_COLUMN_TEXT, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_add_column (less, numbers[i], FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < 3; i++) { /* two points of head 0.0, one of head 0.1 */
        guint row = fovea_table_add_row (less);
        fovea_table_set_integer (less, row, 1, i / 2);
        fovea_table_set_text (less, row, 2, i / 2 == 0 ? "0.0" : "0.1");
        fovea_table_set_text (less, row, 3, "streaming");
        fovea_table_set_text (less, row, 4, "executed");
        for (guint c = 7; c < 10; c++)
            fovea_table_set_number (less, row, c, 0.25 * (i % 2 + 1));
    }
    fovea_sparse_model_set_table (bench->model, less);
    g_object_set (bench->model, "scope", FOVEA_SCOPE_CHOSEN, NULL);
    fovea_head_set_add (chosen, 0, 0);
    guint method = sparse_bench_find_method ("streaming");
    ck_assert_uint_eq (fovea_sparse_model_get_curve (bench->model, method)->n_points, 2);
    fovea_head_set_add (chosen, 0, 1);
    ck_assert_ptr_null (fovea_sparse_model_get_curve (bench->model, method));
    ck_assert_ptr_nonnull (
        strstr (fovea_sparse_model_get_reason (bench->model, method), "at the same points"));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (across_knobs_every_curve_runs_from_side_to_side)
{
    SparseBench *bench = sparse_bench_new ();
    FoveaCurveFrame frame = {.x = 10, .width = 300, .height = 100, .low = 0.01};
    for (guint i = 0; i < G_N_ELEMENTS (sparse_bench_measured); i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (
            bench->model, sparse_bench_find_method (sparse_bench_measured[i]));
        frame.across = FOVEA_ACROSS_KNOB;
        ck_assert (fovea_curve_frame_get_x (&frame, curve, 0) == 10);
        ck_assert (fovea_curve_frame_get_x (&frame, curve, curve->n_points - 1) == 310);
        ck_assert (fabs (fovea_curve_frame_get_x (&frame, curve, 1) -
                         (10 + 300.0 / (curve->n_points - 1))) <= 1e-9);
        frame.across = FOVEA_ACROSS_LINEAR;
        ck_assert (fabs (fovea_curve_frame_get_x (&frame, curve, 1) -
                         (10 + 300 * curve->points[1].density)) <= 1e-9);
    }
    g_object_set (bench->model, "across", FOVEA_ACROSS_KNOB, NULL);
    ck_assert_int_eq (fovea_sparse_model_get_across (bench->model), FOVEA_ACROSS_KNOB);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (tokens_take_the_mass_that_their_queries_miss)
{
    SparseBench *bench = sparse_bench_new ();
    FoveaTokenPaint *paint = fovea_sparse_model_get_paint (bench->model);
    double sum = 0;
    fovea_sparse_model_use (bench->model, TRUE);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 1);
    ck_assert (isnan (fovea_token_paint_get_value (paint, 5))); /* not the last mask's */
    RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL);
    for (gint64 t = 0; t < T; t++)
        sum += (double) fovea_token_paint_get_value (paint, t);
    const FoveaMaskReport *r = &fovea_sparse_model_get_numbers (bench->model)->report;
    ck_assert (fabs (sum / T - (1 - r->kept_mass)) <= 1e-5);
    ck_assert (fovea_token_paint_get_value (paint, 0) == 0); /* it sees nothing but itself */
    ck_assert_ptr_nonnull (strstr (fovea_token_paint_get_caption (paint), "StreamingLLM"));
    ck_assert_ptr_nonnull (strstr (fovea_token_paint_get_caption (paint), "head 1.0"));
    fovea_selection_select_head (bench->selection, 0, 1);
    ck_assert_ptr_nonnull (strstr (fovea_token_paint_get_caption (paint), "head 0.1"));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (a_paint_tells_zero_small_and_unknown_apart)
{
    g_autoptr (FoveaTokenPaint) paint = fovea_token_paint_new (FOVEA_PAINT_SIGNED);
    const float values[] = {0, -0.5f, 0.25f, NAN};
    fovea_token_paint_set (paint, values, 4, 0.5, "Tokens, coloured by latent 97", "code");
    ck_assert (fovea_token_paint_get_strongest (paint, 0, 4) == -0.5f);
    ck_assert (fovea_token_paint_get_strongest (paint, 2, 9) == 0.25f);
    ck_assert_uint_eq (fovea_token_paint_get_color (paint, FOVEA_THEME_LIGHT, 0, 4),
                       fovea_color_map_zero (FOVEA_THEME_LIGHT));
    ck_assert_uint_eq (fovea_token_paint_get_color (paint, FOVEA_THEME_LIGHT, -0.5f, 4),
                       fovea_color_map_diverging (FOVEA_THEME_LIGHT)[0]);
    g_autofree char *minus = fovea_token_paint_describe (paint, 1, 2);
    g_autofree char *plus = fovea_token_paint_describe (paint, 2, 2);
    g_autofree char *none = fovea_token_paint_describe (paint, 3, 2);
    ck_assert_str_eq (minus, "\u22120.50");
    ck_assert_str_eq (plus, "+0.25");
    ck_assert_str_eq (none, "not known");
    g_autoptr (FoveaTokenPaint) share = fovea_token_paint_new (FOVEA_PAINT_SHARE);
    fovea_token_paint_set (share, values, 4, 1, "", "");
    ck_assert_uint_eq (fovea_token_paint_get_color (share, FOVEA_THEME_DARK, NAN, 4),
                       fovea_color_map_future (FOVEA_THEME_DARK));
    ck_assert_uint_eq (fovea_token_paint_get_color (share, FOVEA_THEME_DARK, 0.25f, 4),
                       fovea_color_map_linear (FOVEA_THEME_DARK, 0.25));
    ck_assert (isnan (fovea_token_paint_get_strongest (share, 3, 4)));
}
END_TEST

START_TEST (the_mask_of_a_point_keeps_the_mass_that_the_curve_says)
{
    SparseBench *bench = sparse_bench_new ();
    fovea_sparse_model_use (bench->model, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS (sparse_bench_measured); i++) {
        guint method = sparse_bench_find_method (sparse_bench_measured[i]);
        const FoveaCurve *curve = fovea_sparse_model_get_curve (bench->model, method);
        for (guint p = 0; p < curve->n_points; p += 2) {
            fovea_sparse_model_select (bench->model, method, p);
            RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL);
            const FoveaMaskReport *r = &fovea_sparse_model_get_numbers (bench->model)->report;
            double density = (double) r->n_pairs / (double) r->n_allowed;
            ck_assert_msg (fabs (r->kept_mass - curve->points[p].recall) <= 1e-5,
                           "%s point %u: mask %g, curve %g", sparse_bench_measured[i], p,
                           r->kept_mass, curve->points[p].recall);
            ck_assert (fabs (density - curve->points[p].density) <= 1e-9);
        }
    }
    ck_assert_ptr_null (bench->failure);
    sparse_bench_free (bench);
}
END_TEST

typedef struct {
    FoveaSparseModel *model;
    guint told;
} Early;

static void
look (FoveaSelection *selection, Early *early)
{
    ck_assert_ptr_null (fovea_sparse_model_get_numbers (early->model));
    ck_assert_ptr_null (fovea_sparse_model_get_overlay (early->model));
    early->told++;
}

/* Who hears of another sequence before the model does, which may be shorter, reads no rows of it. */
START_TEST (a_mask_of_another_sequence_is_none)
{
    SparseBench *bench = sparse_bench_new ();
    Early early = {0};
    g_autoptr (FoveaTrace) trace = sparse_trace_new (T / 2, LAYERS, HEADS, LAYERS, 3);
    FoveaTraceSource *shorter = fovea_trace_source_new (trace);
    g_signal_connect (bench->selection, "trace-changed", G_CALLBACK (look), &early);
    early.model = fovea_sparse_model_new (bench->selection);
    fovea_sparse_model_set_table (early.model, bench->table);
    fovea_sparse_model_use (early.model, TRUE);
    RUN_UNTIL (fovea_sparse_model_get_numbers (early.model) != NULL);
    fovea_selection_set_trace (bench->selection, shorter, NULL, &(FoveaPlace){0, 0, 0, 0});
    ck_assert_uint_eq (early.told, 1);
    g_object_unref (early.model);
    fovea_trace_source_unref (shorter);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (the_mask_follows_the_head_and_not_the_cell)
{
    SparseBench *bench = sparse_bench_new ();
    fovea_sparse_model_use (bench->model, TRUE);
    RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL);
    FoveaMaskOverlay *first =
        fovea_mask_overlay_ref (fovea_sparse_model_get_overlay (bench->model));
    fovea_selection_select_cell (bench->selection, 20, 3);
    ck_assert_ptr_eq (fovea_sparse_model_get_overlay (bench->model), first);
    fovea_selection_select_head (bench->selection, 0, 1);
    ck_assert_ptr_null (
        fovea_sparse_model_get_overlay (bench->model)); /* never that of another head */
    RUN_UNTIL (fovea_sparse_model_get_overlay (bench->model) != NULL);
    const FoveaMaskQuestion *question =
        fovea_mask_overlay_get_question (fovea_sparse_model_get_overlay (bench->model));
    ck_assert (question->layer == 0 && question->head == 1);
    fovea_mask_overlay_unref (first);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (a_ninth_method_is_refused)
{
    SparseBench *bench = sparse_bench_new ();
    guint methods[FOVEA_MAX_CHOSEN], taken = 0;
    for (guint m = 0; fovea_sparse_method_list ()[m] != NULL; m++)
        taken += !fovea_sparse_model_is_chosen (bench->model, m) &&
                 fovea_sparse_model_choose (bench->model, m, TRUE);
    ck_assert_uint_eq (taken, FOVEA_MAX_CHOSEN - G_N_ELEMENTS (sparse_bench_measured));
    ck_assert_uint_eq (fovea_sparse_model_list_chosen (bench->model, methods), FOVEA_MAX_CHOSEN);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (knobs_are_cut_to_their_range_and_only_set_ones_are_listed)
{
    SparseBench *bench = sparse_bench_new ();
    guint method = sparse_bench_find_method ("streaming");
    int knob = fovea_sparse_method_find_knob (fovea_sparse_method_list ()[method], "sinks");
    g_autoptr (GArray) none = fovea_sparse_model_list_settings (bench->model);
    ck_assert_uint_eq (none->len, 0);
    fovea_sparse_model_set_knob (bench->model, method, (guint) knob, 7.4);
    ck_assert (fovea_sparse_model_get_knob (bench->model, method, (guint) knob) == 7);
    fovea_sparse_model_set_knob (bench->model, method, (guint) knob, -5);
    ck_assert (fovea_sparse_model_get_knob (bench->model, method, (guint) knob) ==
               fovea_sparse_method_list ()[method]->knobs[knob].low);
    g_autoptr (GArray) settings = fovea_sparse_model_list_settings (bench->model);
    ck_assert_uint_eq (settings->len, 1);
    ck_assert_str_eq (g_array_index (settings, FoveaSparseSetting, 0).knob, "sinks");
    sparse_bench_free (bench);
}
END_TEST

/* Two sequences of different lengths: no mask has a window of their mean length. */
START_TEST (a_mean_of_whole_knobs_says_so_and_a_mask_has_its_own)
{
    SparseBench *bench = sparse_bench_new ();
    guint streaming = sparse_bench_find_method ("streaming");
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_list ()[streaming], NULL};
    const FoveaSparseCurvesOptions options = {.methods = methods, .sweep = TRUE};
    FoveaThreads *threads = fovea_threads_new (1);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    for (gint64 n = 96; n <= 101; n += 5) {
        g_autoptr (FoveaTrace) trace = sparse_trace_new (n, 2, 2, 2, 3);
        ck_assert (fovea_sparse_curves_add (curves, trace, threads, NULL, NULL, NULL, NULL));
    }
    fovea_threads_free (threads);
    g_autoptr (FoveaTable) table = fovea_sparse_curves_finish (curves);
    fovea_sparse_model_set_table (bench->model, table);
    fovea_sparse_model_use (bench->model, TRUE);
    const FoveaCurve *curve = fovea_sparse_model_get_curve (bench->model, streaming);
    guint n_means = 0;
    for (guint i = 0; i < curve->n_points; i++) {
        double value = curve->points[i].value;
        fovea_sparse_model_select (bench->model, streaming, i);
        g_autofree char *point = fovea_sparse_model_describe_knob (bench->model);
        g_autofree char *mask = fovea_sparse_model_describe_mask_knob (bench->model);
        g_autofree char *own = g_strdup_printf ("window %.0f", round (value));
        ck_assert_str_eq (mask, own);
        g_autofree char *end = g_strconcat (", ", own, ", head 1.0", NULL);
        const char *strip =
            fovea_token_paint_get_caption (fovea_sparse_model_get_paint (bench->model));
        ck_assert_msg (g_str_has_suffix (strip, end), "%s", strip);
        ck_assert_int_eq (g_str_has_suffix (point, " (mean)"), value != round (value));
        n_means += value != round (value);
    }
    ck_assert_uint_gt (n_means, 0);
    sparse_bench_free (bench);
}
END_TEST

/* However far an axis reaches, each decade has its number, and no two touch. */
START_TEST (every_decade_of_density_has_its_number)
{
    static const double lows[] = {0.05, 0.01, 0.001, 1e-4};
    for (guint f = 0; f < G_N_ELEMENTS (lows); f++) {
        const FoveaCurveFrame frame = {
            .x = 40, .width = 430, .height = 300, .low = lows[f], .across = FOVEA_ACROSS_LOG};
        g_autoptr (GArray) ticks = fovea_curve_frame_list_ticks (&frame, TRUE);
        const double *at = (const double *) ticks->data;
        for (double decade = 1; decade > lows[f] * 0.999; decade /= 10) {
            double nearest = INFINITY;
            for (guint i = 0; i < ticks->len; i++)
                nearest = MIN (nearest, fabs (at[i] / decade - 1));
            ck_assert_msg (nearest < 1e-9, "from %g: no %g", lows[f], decade);
        }
        for (guint i = 0; i < ticks->len; i++)
            for (guint k = 0; k < i; k++)
                ck_assert_double_ge (fabs (log (at[i] / at[k]) / log (lows[f])) * 430, 34);
    }
    const FoveaCurveFrame short_axis = {.width = 430, .low = 0.05, .across = FOVEA_ACROSS_LOG};
    g_autoptr (GArray) all = fovea_curve_frame_list_ticks (&short_axis, TRUE);
    ck_assert_uint_eq (all->len, 5); /* 100, 50, 20, 10 and 5 % have room */
}
END_TEST

/* Sparser is left on every axis: by the density, by its logarithm from the lowest to all, or step by step. */
START_TEST (a_point_stands_where_its_density_or_its_step_is)
{
    FoveaCurvePoint points[] = {{.density = 0.01, .recall = 0.2},
                                {.density = 0.1, .recall = 0.6},
                                {.density = 1, .recall = 1}};
    const FoveaCurve curve = {.points = points, .n_points = 3};
    static const double places[][3] = {
        [FOVEA_ACROSS_LOG] = {40, 240, 440},
        [FOVEA_ACROSS_LINEAR] = {44, 80, 440},
        [FOVEA_ACROSS_KNOB] = {40, 240, 440},
    };
    FoveaCurveFrame frame = {.x = 40, .y = 10, .width = 400, .height = 300, .low = 0.01};
    for (guint across = 0; across < G_N_ELEMENTS (places); across++)
        for (guint i = 0; i < 3; i++) {
            frame.across = (FoveaAcross) across;
            ck_assert_double_eq_tol (fovea_curve_frame_get_x (&frame, &curve, i), places[across][i],
                                     1e-9);
        }
    points[0].density = 0.001; /* beyond the axis: at its end */
    frame.across = FOVEA_ACROSS_LOG;
    ck_assert_double_eq_tol (fovea_curve_frame_get_x (&frame, &curve, 0), 40, 1e-9);
    ck_assert_double_eq_tol (fovea_curve_frame_get_y (&frame, 0.25), 235, 1e-9);
    frame.flipped = TRUE; /* of errors, of which none is best */
    ck_assert_double_eq_tol (fovea_curve_frame_get_y (&frame, 0.25), 85, 1e-9);
    ck_assert_double_eq_tol (fovea_curve_frame_get_y (&frame, 1.5), 310, 1e-9);
}
END_TEST

static void
add_tests (TCase *tests)
{
    tcase_add_test (tests, a_point_stands_where_its_density_or_its_step_is);
    tcase_add_test (tests, curves_that_are_there_are_shown_with_a_point_and_its_numbers);
    tcase_add_test (tests, what_was_measured_is_chosen_until_the_user_chooses);
    tcase_add_test (tests, all_that_was_measured_is_shown_where_it_is_little);
    tcase_add_test (tests, the_scope_decides_whose_curves);
    tcase_add_test (tests, chosen_heads_have_the_mean_of_their_curves);
    tcase_add_test (tests, heads_measured_at_other_points_have_no_mean);
    tcase_add_test (tests, across_knobs_every_curve_runs_from_side_to_side);
    tcase_add_test (tests, tokens_take_the_mass_that_their_queries_miss);
    tcase_add_test (tests, a_paint_tells_zero_small_and_unknown_apart);
    tcase_add_test (tests, the_mask_of_a_point_keeps_the_mass_that_the_curve_says);
    tcase_add_test (tests, a_mask_of_another_sequence_is_none);
    tcase_add_test (tests, the_mask_follows_the_head_and_not_the_cell);
    tcase_add_test (tests, a_ninth_method_is_refused);
    tcase_add_test (tests, knobs_are_cut_to_their_range_and_only_set_ones_are_listed);
    tcase_add_test (tests, a_mean_of_whole_knobs_says_so_and_a_mask_has_its_own);
    tcase_add_test (tests, every_decade_of_density_has_its_number);
}

int
main (void)
{
    return run_on_display ("sparse-model", add_tests, 120);
}
