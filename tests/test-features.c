/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The Features view on a made-up dictionary: list, filter, page, strip and inspector. Nothing sleeps.
 * Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "tests/feature-bench.h"
#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/shown-text.h"
#include "tests/ui-support.h"
#include "tests/widget-tree.h"
#include "ui/feature-facts.h"
#include "ui/features-page.h"
#include "ui/latent-list-view.h"
#include "ui/latent-model.h"
#include "ui/latent-table.h"
#include "ui/latent-view.h"
#include "ui/palette.h"
#include "ui/token-strip.h"

#define T FEATURE_TOKENS
#define F FEATURE_LATENTS

START_TEST (the_list_counts_both_sides_and_names_the_strongest_tokens)
{
    FeatureBench *bench = feature_bench_new ();
    for (gint32 j = 0; j < F; j += 37) {
        const FoveaLatentEntry *entry = fovea_latent_list_get (bench->list, j);
        gint64 plus = 0, minus = 0, best = -1;
        for (gint64 t = 1; t < T; t++) {
            plus += feature_bench_code_at (j, t) > 0;
            minus += feature_bench_code_at (j, t) < 0;
            if (feature_bench_code_at (j, t) > 0 &&
                (best < 0 || feature_bench_code_at (j, t) > feature_bench_code_at (j, best)))
                best = t;
        }
        ck_assert_int_eq (entry->n_positive, plus);
        ck_assert_int_eq (entry->n_negative, minus);
        if (best < 0) {
            ck_assert_ptr_null (entry->up[0]);
            continue;
        }
        ck_assert_float_eq (entry->most, feature_bench_code_at (j, best));
        g_autofree char *name = g_strdup_printf (" t%d", (int) best);
        ck_assert_str_eq (entry->up[0], name);
        ck_assert (entry->up[1] == NULL || strcmp (entry->up[1], name) != 0);
    }
    ck_assert_int_eq (fovea_latent_list_get_n_rows (bench->list), T - 1);
    feature_bench_free (bench);
}
END_TEST

START_TEST (a_word_is_named_once_with_its_strongest_code)
{
    static const float values[] = {1, 3, 2, -5};
    gint64 positions[] = {1, 2, 1, 3}, offsets[] = {0, 1, 2, 3, 4};
    gint32 latents[] = {0, 0, 0, 0};
    const FoveaSaeCodes codes = {4, 1, offsets, latents, (float *) (gpointer) values, NULL, NULL};
    g_autoptr (FoveaLatentList) list = fovea_latent_list_new (1);
    g_autoptr (GError) error = NULL;
    FoveaTraceSource *trace = ui_support_source (T);
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (trace));
    ck_assert (fovea_latent_list_add (list, info, positions, &codes, NULL));
    const FoveaLatentEntry *entry = fovea_latent_list_get (list, 0);
    ck_assert_str_eq (entry->up[0], " t2");
    ck_assert_str_eq (entry->up[1], " t1");
    ck_assert_str_eq (entry->down[0], " t3");
    ck_assert_ptr_null (entry->down[1]);
    ck_assert (fabs (fovea_latent_entry_get_balance (entry) - 0.5) <= 1e-12);
    ck_assert (fovea_latent_entry_get_rank (entry) < 0.05); /* four tokens say little */
    const FoveaSaeCodes wider = {4, 2, offsets, latents, (float *) (gpointer) values, NULL, NULL};
    ck_assert (!fovea_latent_list_add (list, info, positions, &wider, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    fovea_trace_source_unref (trace);
}
END_TEST

static guint
count_rows (FoveaLatentModel *model)
{
    return g_list_model_get_n_items (G_LIST_MODEL (model));
}

START_TEST (latents_are_found_by_id_sign_and_word)
{
    FeatureBench *bench = feature_bench_new ();
    g_autoptr (FoveaLatentModel) model = fovea_latent_model_new ();
    fovea_latent_model_set_list (model, bench->list);
    ck_assert_uint_eq (count_rows (model), F);
    fovea_latent_model_set_filter (model, " 97 ");
    ck_assert_uint_eq (count_rows (model), 1);
    ck_assert_int_eq (feature_bench_id_at (model, 0), 97);
    fovea_latent_model_set_filter (model, "-");
    guint minus = count_rows (model);
    for (guint i = 0; i < minus; i++)
        ck_assert (fovea_latent_list_get (bench->list, feature_bench_id_at (model, i))->n_negative >
                   0);
    ck_assert (minus > 0 && minus < F);
    fovea_latent_model_set_filter (model, "\u2212"); /* as it is written on screen */
    ck_assert_uint_eq (count_rows (model), minus);
    fovea_latent_model_set_filter (model, "+T19");
    ck_assert_uint_gt (count_rows (model), 0);
    for (guint i = 0; i < count_rows (model); i++) {
        const FoveaLatentEntry *entry =
            fovea_latent_list_get (bench->list, feature_bench_id_at (model, i));
        ck_assert (strcmp (entry->up[0], " t19") == 0 || g_strcmp0 (entry->up[1], " t19") == 0);
    }
    fovea_latent_model_set_filter (model, "- t19"); /* odd tokens are never minus */
    ck_assert_uint_eq (count_rows (model), 0);
    fovea_latent_model_set_filter (model, "299");
    ck_assert_int_eq (feature_bench_id_at (model, 0), 299); /* also one that never fires */
    ck_assert_uint_eq (fovea_latent_model_find (model, 97), G_MAXUINT);
    feature_bench_free (bench);
}
END_TEST

START_TEST (every_order_is_the_order_it_says)
{
    FeatureBench *bench = feature_bench_new ();
    g_autoptr (FoveaLatentModel) model = fovea_latent_model_new ();
    fovea_latent_model_set_list (model, bench->list);
    for (int sort = 0; sort < FOVEA_N_LATENT_SORTS; sort++) {
        double last = INFINITY;
        gint32 last_id = -1;
        fovea_latent_model_set_sort (model, (FoveaLatentSort) sort);
        for (guint i = 0; i < count_rows (model); i++) {
            gint32 id = feature_bench_id_at (model, i);
            const FoveaLatentEntry *e = fovea_latent_list_get (bench->list, id);
            double key =
                sort == FOVEA_LATENTS_BY_BALANCE    ? fovea_latent_entry_get_rank (e)
                : sort == FOVEA_LATENTS_BY_DENSITY  ? (double) (e->n_positive + e->n_negative)
                : sort == FOVEA_LATENTS_BY_STRENGTH ? fmax ((double) e->most, -(double) e->least)
                                                    : -id;
            ck_assert (key < last || (key == last && id > last_id));
            last = key;
            last_id = id;
            ck_assert_uint_eq (fovea_latent_model_find (model, id), i);
        }
    }
    feature_bench_free (bench);
}
END_TEST

START_TEST (strip_and_token_list_show_the_codes_of_the_sequence)
{
    FeatureBench *bench = feature_bench_new ();
    FoveaTokenPaint *paint = fovea_feature_model_get_paint (bench->model);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 4);
    RUN_UNTIL (!isnan (fovea_token_paint_get_value (paint, 5)));
    for (gint64 t = 1; t < T; t++)
        ck_assert_float_eq (fovea_token_paint_get_value (paint, t), feature_bench_code_at (4, t));
    ck_assert (isnan (fovea_token_paint_get_value (paint, 0))); /* it was not encoded */
    double limit;
    ck_assert_int_eq (fovea_token_paint_get_kind (paint, &limit), FOVEA_PAINT_SIGNED);
    ck_assert_str_eq (fovea_token_paint_get_quantity (paint), "code");
    ck_assert (fabs (limit - fovea_feature_model_get_limit (bench->model)) <= 1e-12);
    g_autoptr (GArray) codes = fovea_feature_model_list_codes (bench->model, 9);
    guint n = 0;
    for (gint32 j = 0; j < F; j++)
        n += feature_bench_code_at (j, 9) != 0;
    ck_assert_uint_eq (codes->len, n);
    for (guint i = 1; i < codes->len; i++)
        ck_assert (fabsf (g_array_index (codes, FoveaTokenCode, i).value) <=
                   fabsf (g_array_index (codes, FoveaTokenCode, i - 1).value));
    /* Another sequence, which was not encoded, has none and is no failure. */
    fovea_feature_model_set_sequence (bench->model, 7);
    RUN_UNTIL_SHOWN (bench, 4);
    g_autoptr (GArray) none = fovea_feature_model_list_codes (bench->model, 9);
    ck_assert_uint_eq (none->len, 0);
    ck_assert (isnan (fovea_token_paint_get_value (paint, 5)));
    /* Without latents there are no codes to have a legend for. */
    fovea_feature_model_set_source (bench->model, NULL);
    ck_assert_str_eq (fovea_token_paint_get_quantity (paint), "");
    ck_assert_ptr_null (bench->failure);
    feature_bench_free (bench);
}
END_TEST

START_TEST (what_arrives_for_a_latent_that_was_left_is_dropped)
{
    FeatureBench *bench = feature_bench_new ();
    fovea_feature_model_set_source (bench->model, bench->source);
    for (gint32 j = 20; j < 60; j++)
        fovea_feature_model_select (bench->model, j);
    ck_assert_ptr_null (fovea_feature_model_get_shown (bench->model));
    RUN_UNTIL_SHOWN (bench, 59);
    fovea_feature_model_select (bench->model, F);
    fovea_feature_model_select (bench->model, -3);
    ck_assert_int_eq (fovea_feature_model_get_latent (bench->model), 59);
    fovea_feature_model_select (bench->model, 13);
    RUN_UNTIL (bench->failure != NULL);
    ck_assert_str_eq (bench->failure, "Latent 13: latent 13 is damaged");
    ck_assert (fovea_feature_model_has_failed (bench->model));
    g_clear_pointer (&bench->failure, g_free);
    fovea_feature_model_retry (bench->model);
    RUN_UNTIL (bench->failure != NULL);
    ck_assert_str_eq (bench->failure, "Latent 13: latent 13 is damaged");
    fovea_feature_model_select (bench->model, 14);
    ck_assert (
        !fovea_feature_model_has_failed (bench->model)); /* of this one nothing is known yet */
    feature_bench_free (bench);
}
END_TEST

/* Pixels of words in their full colour: on a paler page there are none of the page's. */
static guint
count_words (GtkWidget *page)
{
    FoveaPalette palette;
    fovea_palette_load (page, &palette);
    return shown_color_count (page, shown_color_of (&palette.text));
}

/* Latent 13 cannot be read. */
START_TEST (the_last_page_stays_paler_and_says_whose_it_is_not)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *page = fovea_latent_view_new (bench->model);
    GtkWidget *window = show_in_window (page, 700, 700);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 13);
    RUN_UNTIL (bench->failure != NULL && count_words (page) > 0);
    guint alone = count_words (page);
    fovea_feature_model_select (bench->model, 20);
    RUN_UNTIL_SHOWN (bench, 20);
    RUN_UNTIL (count_words (page) > 4 * alone);
    guint drawn = shown_color_count_drawn (page);
    fovea_feature_model_select (bench->model, 13);
    RUN_UNTIL (fovea_feature_model_has_failed (bench->model));
    RUN_UNTIL (count_words (page) > 0 && count_words (page) < 4 * alone);
    ck_assert_uint_ge (shown_color_count_drawn (page), drawn);
    g_autofree char *sentence = fovea_latent_view_get_sentence (FOVEA_LATENT_VIEW (page));
    ck_assert_str_eq (sentence, "Latent 13, cannot be read");
    fovea_feature_model_select (bench->model, 20);
    RUN_UNTIL (count_words (page) > 4 * alone);
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

START_TEST (the_first_look_is_the_first_row_of_the_list)
{
    FeatureBench *bench = feature_bench_new ();
    g_autoptr (FoveaLatentModel) rows = fovea_latent_model_new ();
    fovea_latent_model_set_list (rows, bench->list);
    fovea_feature_model_set_source (bench->model, bench->source);
    ck_assert_int_eq (fovea_feature_model_get_latent (bench->model), feature_bench_id_at (rows, 0));
    fovea_feature_model_set_source (bench->model, NULL);
    ck_assert_int_eq (fovea_feature_model_get_latent (bench->model), -1);
    feature_bench_free (bench);
}
END_TEST

START_TEST (keys_walk_the_contexts_and_enter_selects_the_token)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *view = fovea_latent_view_new (bench->model);
    GtkWidget *window = show_in_window (view, 1000, 800);
    double x, y;
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 4);
    RUN_UNTIL_SHOWN (bench, 4);
    const FoveaSaeLatent *latent = fovea_feature_model_get_shown (bench->model);
    const FoveaLatentExample *first = g_ptr_array_index (latent->positive, 0);
    RUN_UNTIL (fovea_latent_view_locate (FOVEA_LATENT_VIEW (view), 0, first->position, &x, &y));
    gtk_widget_activate_action (view, "latent.down", NULL);
    g_autofree char *sentence = fovea_latent_view_get_sentence (FOVEA_LATENT_VIEW (view));
    ck_assert_ptr_nonnull (strstr (sentence, "Latent 4 fires + on"));
    ck_assert_ptr_nonnull (strstr (sentence, "context 1, which fires +"));
    gtk_widget_activate_action (view, "latent.open", NULL);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, first->position);
    gtk_widget_activate_action (view, "latent.left", NULL);
    gtk_widget_activate_action (view, "latent.open", NULL);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, first->position - 1);
    gtk_widget_activate_action (view, "latent.next", NULL);
    ck_assert_int_eq (fovea_feature_model_get_latent (bench->model), 5);
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

START_TEST (an_example_of_another_sequence_asks_for_it)
{
    FeatureBench *bench = feature_bench_new ();
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_visit (bench->model, 2, 33);
    ck_assert_int_eq (bench->visited[0], 2);
    ck_assert_int_eq (bench->visited[1], 33);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 9); /* not here */
    fovea_feature_model_visit (bench->model, 1, 33);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 33);
    feature_bench_free (bench);
}
END_TEST

static void
keep_text (char **at, const char *text)
{
    g_free (*at);
    *at = g_strdup (text);
}

static GtkWidget *
find_button (GtkWidget *parent, const char *start)
{
    EACH_WIDGET (widget, parent) {
        const char *label =
            GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;
        if (label != NULL && g_str_has_prefix (label, start))
            return widget;
    }
    return NULL;
}

START_TEST (without_codes_the_page_offers_what_would_give_some)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *page = fovea_features_page_new (bench->model);
    GtkWidget *window = show_in_window (page, 1000, 800);
    g_autofree char *asked = NULL;
    const FoveaDictionaryChoice choices[] = {{NULL, "/a/folder", "abstopk · blocks.3"}};
    g_signal_connect_swapped (page, "encode", G_CALLBACK (keep_text), &asked);
    fovea_features_page_set_choices (FOVEA_FEATURES_PAGE (page), choices, 1);
    g_autoptr (GString) text = g_string_new (NULL);
    RUN_UNTIL (find_button (page, "Encode with") != NULL);
    shown_text_collect (page, text);
    ck_assert_ptr_nonnull (strstr (text->str, "No dictionary in this store."));
    ck_assert_ptr_nonnull (find_button (page, "Add dictionary"));
    g_signal_emit_by_name (find_button (page, "Encode with abstopk"), "clicked");
    ck_assert_str_eq (asked, "/a/folder");
    fovea_features_page_set_busy (FOVEA_FEATURES_PAGE (page), "Reading codes…");
    ck_assert (!gtk_widget_get_sensitive (find_button (page, "Add dictionary")));
    g_autoptr (GString) busy = g_string_new (NULL);
    RUN_UNTIL ((g_string_set_size (busy, 0), shown_text_collect (page, busy),
                strstr (busy->str, "Reading codes") != NULL));
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* Whether a text that begins so is in sight. */
static gboolean
is_shown (GtkWidget *parent, const char *start)
{
    EACH_WIDGET (widget, parent)
        if (gtk_widget_get_mapped (widget) && shown_text (widget) != NULL &&
            g_str_has_prefix (shown_text (widget), start))
            return TRUE;
    return FALSE;
}

START_TEST (where_no_dictionary_is_at_hand_the_page_says_how_to_make_one)
{
    FeatureBench *bench = feature_bench_new ();
    FoveaFeaturesPage *page = FOVEA_FEATURES_PAGE (fovea_features_page_new (bench->model));
    GtkWidget *window = show_in_window (GTK_WIDGET (page), 1000, 800);
    const FoveaDictionaryChoice offer = {NULL, "/a/folder", "abstopk · blocks.3"};
    fovea_features_page_set_recipe (page, "fovea sae train MODEL -f TEXT");
    ck_assert (!is_shown (GTK_WIDGET (page), "fovea sae train")); /* nobody has looked yet */
    fovea_features_page_set_choices (page, NULL, 0);
    RUN_UNTIL (is_shown (GTK_WIDGET (page), "fovea sae train MODEL -f TEXT"));
    ck_assert_ptr_nonnull (find_button (GTK_WIDGET (page), "Add dictionary"));
    fovea_features_page_set_choices (page, &offer, 1); /* the button is the shorter way */
    RUN_UNTIL (!is_shown (GTK_WIDGET (page), "fovea sae train"));
    GtkWidget *first = find_button (GTK_WIDGET (page), "Encode with abstopk");
    ck_assert_ptr_nonnull (first);
    /* Of several the first is suggested, and has the focus that the view was given before. */
    const FoveaDictionaryChoice offers[] = {offer, {NULL, "/b/folder", "topk · blocks.3"}};
    gtk_widget_grab_focus (find_button (GTK_WIDGET (page), "Add dictionary"));
    fovea_features_page_set_choices (page, offers, 2);
    first = find_button (GTK_WIDGET (page), "Encode with abstopk");
    ck_assert (gtk_widget_has_css_class (first, "suggested-action"));
    ck_assert (!gtk_widget_has_css_class (find_button (GTK_WIDGET (page), "Encode with topk"),
                                          "suggested-action"));
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), first);
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

START_TEST (with_codes_the_page_lists_latents_and_says_what_they_are_of)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *page = fovea_features_page_new (bench->model);
    GtkWidget *window = show_in_window (page, 1000, 800);
    g_autofree char *chosen = NULL;
    const FoveaDictionaryChoice choices[] = {{"abcd", NULL, "mine · blocks.1"},
                                             {"ef01", NULL, "other · blocks.2"}};
    g_signal_connect_swapped (page, "choose", G_CALLBACK (keep_text), &chosen);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_features_page_set_choices (FOVEA_FEATURES_PAGE (page), choices, 2);
    ck_assert_ptr_null (chosen); /* filling the list is no choice */
    RUN_UNTIL_SHOWN (bench, fovea_feature_model_get_latent (bench->model));
    g_autoptr (GString) text = g_string_new (NULL);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (page, text),
                strstr (text->str, "abstopk, 300 latents, k = 32") != NULL));
    ck_assert_ptr_nonnull (strstr (text->str, "+ when on"));
    /* The next is the next of the list, as it is ordered. */
    EACH_WIDGET (widget, page)
        if (GTK_IS_COLUMN_VIEW (widget)) {
            GtkSelectionModel *rows = gtk_column_view_get_model (GTK_COLUMN_VIEW (widget));
            RUN_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (rows)) > 1);
            g_autoptr (FoveaLatentItem) first = g_list_model_get_item (G_LIST_MODEL (rows), 0);
            g_autoptr (FoveaLatentItem) second = g_list_model_get_item (G_LIST_MODEL (rows), 1);
            gint32 next = fovea_latent_item_get_id (second);
            ck_assert_int_ne (next, fovea_latent_item_get_id (first) + 1); /* or both would do */
            fovea_feature_model_select (bench->model, fovea_latent_item_get_id (first));
            fovea_features_page_activate (FOVEA_FEATURES_PAGE (page), "latent.next");
            ck_assert_int_eq (fovea_feature_model_get_latent (bench->model), next);
            fovea_features_page_activate (FOVEA_FEATURES_PAGE (page), "latent.previous");
            ck_assert_int_eq (fovea_feature_model_get_latent (bench->model),
                              fovea_latent_item_get_id (first));
            break;
        }
    fovea_features_page_search (FOVEA_FEATURES_PAGE (page)); /* and Escape leaves it */
    GtkWidget *entry =
        gtk_widget_get_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), GTK_TYPE_SEARCH_ENTRY);
    g_signal_emit_by_name (entry, "stop-search");
    ck_assert (FOVEA_IS_LATENT_VIEW (gtk_window_get_focus (GTK_WINDOW (window))));
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* The last column of the list, which has words. */
static GtkColumnViewColumn *
find_words (GtkWidget *page)
{
    EACH_WIDGET (widget, page)
        if (GTK_IS_COLUMN_VIEW (widget)) {
            GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (widget));
            return g_list_model_get_item (columns, g_list_model_get_n_items (columns) - 1);
        }
    return NULL;
}

/* The words of a latent are on its page, too, which has no other place. */
START_TEST (a_narrow_view_has_its_list_without_words)
{
    static const int widths[] = {1000, 600, 1000};
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *page = fovea_features_page_new (bench->model);
    fovea_feature_model_set_source (bench->model, bench->source);
    GtkWidget *window = show_in_window (page, 1000, 600);
    RUN_UNTIL_SHOWN (bench, fovea_feature_model_get_latent (bench->model));
    g_autoptr (GtkColumnViewColumn) words = find_words (page);
    ck_assert (gtk_column_view_column_get_visible (words));
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        gtk_window_set_default_size (GTK_WINDOW (window), widths[i], 600);
        RUN_UNTIL (gtk_widget_get_width (page) == widths[i]);
        RUN_UNTIL (gtk_column_view_column_get_visible (words) == (widths[i] == 1000));
    }
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* Half precision makes rows of length 1 a little longer or shorter. */
START_TEST (decoder_rows_are_of_length_one_or_their_lengths_are_told)
{
    g_autofree char *unit = fovea_feature_facts_describe_norms ((double[]){0.99994, 1.00006});
    g_autofree char *other = fovea_feature_facts_describe_norms ((double[]){0.526, 1.0});
    ck_assert_str_eq (unit, "unit length");
    ck_assert_str_eq (other, "length 0.53 to 1.00");
}
END_TEST

START_TEST (the_inspector_tells_the_latents_of_the_token)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *widgets[3];
    FoveaSection *sections[3];
    g_autofree char *sentence = NULL, *nothing = NULL;
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    for (int i = 0; i < 3; i++) {
        widgets[i] = fovea_section_new ("");
        sections[i] = FOVEA_SECTION (widgets[i]);
        gtk_box_append (GTK_BOX (box), widgets[i]);
    }
    GtkWidget *window = show_in_window (box, 1000, 800);
    g_autofree char *before = fovea_feature_facts_fill (bench->model, bench->selection,
                                                        FOVEA_THEME_LIGHT, sections, &nothing);
    ck_assert_str_eq (before, "Features");
    fovea_feature_model_set_source (bench->model, bench->source);
    RUN_UNTIL (fovea_feature_model_list_codes (bench->model, 9)->len > 0);
    g_autofree char *title = fovea_feature_facts_fill (bench->model, bench->selection,
                                                       FOVEA_THEME_LIGHT, sections, &sentence);
    ck_assert_str_eq (title, "Token 9 “t9”");
    ck_assert_ptr_nonnull (strstr (sentence, "of 300 latents on, largest first"));
    g_autoptr (GString) text = g_string_new (NULL);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (box, text),
                strstr (text->str, "AT THIS TOKEN") != NULL));
    ck_assert_ptr_nonnull (strstr (text->str, "weaker ones"));
    ck_assert_ptr_nonnull (strstr (text->str, "DICTIONARY"));
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* Latents of period 3 fire on tokens 1, 4, 7 and on none of the others chosen. */
START_TEST (the_inspector_tells_what_chosen_tokens_have_in_common)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    FoveaSection *sections[3];
    for (int i = 0; i < 3; i++) {
        sections[i] = FOVEA_SECTION (fovea_section_new (""));
        gtk_box_append (GTK_BOX (box), GTK_WIDGET (sections[i]));
    }
    GtkWidget *window = show_in_window (box, 1000, 800);
    fovea_feature_model_set_source (bench->model, bench->source);
    RUN_UNTIL (fovea_feature_model_list_codes (bench->model, 9)->len > 0);
    static const gint64 tokens[] = {4, 7, 13};
    for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
        fovea_selection_choose_token (bench->selection, tokens[i]);
    g_autofree char *sentence = NULL, *one = NULL;
    g_autofree char *title = fovea_feature_facts_fill (bench->model, bench->selection,
                                                       FOVEA_THEME_LIGHT, sections, &sentence);
    ck_assert_str_eq (title, "3 tokens");
    ck_assert_ptr_nonnull (strstr (sentence, "t4, t7, t13"));
    g_autoptr (GString) text = g_string_new (NULL);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (box, text),
                strstr (text->str, "AT THE CHOSEN TOKENS") != NULL));
    fovea_selection_choose_no_token (bench->selection);
    g_autofree char *again = fovea_feature_facts_fill (bench->model, bench->selection,
                                                       FOVEA_THEME_LIGHT, sections, &one);
    ck_assert_str_eq (again, "Token 9 “t9”");
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

START_TEST (a_latents_page_can_be_read_as_rows)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *table = fovea_latent_table_new (bench->model);
    GtkWidget *window = show_in_window (table, 1000, 800);
    fovea_feature_model_set_source (bench->model, bench->source);
    RUN_UNTIL_SHOWN (bench, fovea_feature_model_get_latent (bench->model));
    const FoveaSaeLatent *latent = fovea_feature_model_get_shown (bench->model);
    guint n = latent->positive->len + latent->negative->len + latent->up->len + latent->down->len;
    GListModel *rows = fovea_latent_table_get_rows (FOVEA_LATENT_TABLE (table));
    ck_assert_uint_gt (n, 0);
    ck_assert_uint_eq (g_list_model_get_n_items (rows), n);
    g_autoptr (GString) text = g_string_new (NULL);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (table, text),
                strstr (text->str, "Strongest") != NULL));
    ck_assert_ptr_nonnull (strstr (text->str, "»")); /* the firing token */
    /* Choosing a context goes to its token. */
    const FoveaLatentExample *first =
        g_ptr_array_index (latent->positive->len > 0 ? latent->positive : latent->negative, 0);
    gint64 sequence = first->sequence, position = first->position;
    fovea_selection_select_cell (bench->selection, 0, 0);
    bench->visited[0] = bench->visited[1] = -1;
    gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (rows), 0);
    gboolean here = fovea_selection_get_place (bench->selection)->query == position;
    ck_assert (here || (bench->visited[0] == sequence && bench->visited[1] == position));
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tests)
{
    tcase_add_test (tests, the_list_counts_both_sides_and_names_the_strongest_tokens);
    tcase_add_test (tests, a_word_is_named_once_with_its_strongest_code);
    tcase_add_test (tests, latents_are_found_by_id_sign_and_word);
    tcase_add_test (tests, every_order_is_the_order_it_says);
    tcase_add_test (tests, strip_and_token_list_show_the_codes_of_the_sequence);
    tcase_add_test (tests, what_arrives_for_a_latent_that_was_left_is_dropped);
    tcase_add_test (tests, the_last_page_stays_paler_and_says_whose_it_is_not);
    tcase_add_test (tests, the_first_look_is_the_first_row_of_the_list);
    tcase_add_test (tests, keys_walk_the_contexts_and_enter_selects_the_token);
    tcase_add_test (tests, an_example_of_another_sequence_asks_for_it);
    tcase_add_test (tests, without_codes_the_page_offers_what_would_give_some);
    tcase_add_test (tests, where_no_dictionary_is_at_hand_the_page_says_how_to_make_one);
    tcase_add_test (tests, with_codes_the_page_lists_latents_and_says_what_they_are_of);
    tcase_add_test (tests, a_narrow_view_has_its_list_without_words);
    tcase_add_test (tests, the_inspector_tells_the_latents_of_the_token);
    tcase_add_test (tests, decoder_rows_are_of_length_one_or_their_lengths_are_told);
    tcase_add_test (tests, the_inspector_tells_what_chosen_tokens_have_in_common);
    tcase_add_test (tests, a_latents_page_can_be_read_as_rows);
}

int
main (void)
{
    return run_on_display ("features", add_tests, 60);
}
