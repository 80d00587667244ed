/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The list of latents, which fills some rows a frame, and the histogram of one latent, whose bins can
 * be chosen. Nothing sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "tests/feature-bench.h"
#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/shown-text.h"
#include "tests/widget-tree.h"
#include "ui/context-box.h"
#include "ui/latent-bins.h"
#include "ui/latent-list-view.h"
#include "ui/latent-table.h"
#include "ui/latent-view.h"
#include "ui/scaled.h"

#define F FEATURE_LATENTS

/* Descendants of a type of that name. */
static guint
count_named (GtkWidget *parent, const char *name)
{
    guint n = 0;
    EACH_WIDGET (widget, parent)
        n += g_str_equal (G_OBJECT_TYPE_NAME (widget), name);
    return n;
}

static void
count_update (GdkFrameClock *clock, guint *n)
{
    (*n)++;
}

/* Three words a row. */
START_TEST (rows_of_the_list_come_some_a_frame_and_the_chosen_one_comes_into_sight)
{
    FeatureBench *bench = feature_bench_new ();
    g_autoptr (FoveaLatentModel) rows = fovea_latent_model_new ();
    GtkWidget *list = fovea_latent_list_view_new (bench->model, rows);
    GtkWidget *window = show_in_window (list, 400, 300);
    guint n = 0;
    g_signal_connect (gtk_widget_get_frame_clock (window), "update", G_CALLBACK (count_update), &n);
    RUN_UNTIL (n > 2); /* the list has found that there is nothing yet */
    ck_assert_uint_eq (count_named (list, "FoveaTextCell"), 0);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_latent_model_set_list (rows, bench->list);
    guint first = count_named (list, "FoveaTextCell");
    ck_assert_uint_gt (first, 0); /* the list is not empty in between */
    ck_assert_uint_le (first, 3 * 24);
    gint32 last = feature_bench_id_at (rows, F - 1);
    fovea_feature_model_select (bench->model, last);
    GtkAdjustment *scrolled = gtk_scrolled_window_get_vadjustment (
        GTK_SCROLLED_WINDOW (widget_tree_find (list, GTK_TYPE_SCROLLED_WINDOW)));
    RUN_UNTIL (count_named (list, "FoveaTextCell") > 3 * 200);
    RUN_UNTIL (gtk_adjustment_get_value (scrolled) > gtk_adjustment_get_upper (scrolled) / 2);
    ck_assert_int_eq (fovea_feature_model_get_latent (bench->model), last);
    fovea_latent_model_set_filter (rows, "12"); /* fewer rows than a frame brings */
    ck_assert_uint_eq (count_named (list, "FoveaTextCell"), 3);
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* A blank list could be one that is still being read. */
START_TEST (a_search_that_finds_nothing_says_so)
{
    FeatureBench *bench = feature_bench_new ();
    g_autoptr (FoveaLatentModel) rows = fovea_latent_model_new ();
    GtkWidget *list = fovea_latent_list_view_new (bench->model, rows);
    GtkWidget *window = show_in_window (list, 400, 300);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_latent_model_set_list (rows, bench->list);
    GtkWidget *words = gtk_widget_get_last_child (widget_tree_find (list, GTK_TYPE_OVERLAY));
    ck_assert (GTK_IS_LABEL (words) && !gtk_widget_get_visible (words));
    fovea_latent_model_set_filter (rows, "no such token");
    ck_assert (gtk_widget_get_visible (words));
    fovea_latent_model_set_filter (rows, "");
    ck_assert (!gtk_widget_get_visible (words));
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

START_TEST (a_list_out_of_sight_waits_for_its_rows_without_a_frame)
{
    FeatureBench *bench = feature_bench_new ();
    g_autoptr (FoveaLatentModel) rows = fovea_latent_model_new ();
    GtkWidget *list = fovea_latent_list_view_new (bench->model, rows);
    GtkWidget *stack = gtk_stack_new ();
    gtk_stack_add_named (GTK_STACK (stack), gtk_label_new ("other"), "other");
    gtk_stack_add_named (GTK_STACK (stack), list, "list");
    gtk_stack_set_visible_child_name (GTK_STACK (stack), "list");
    GtkWidget *window = show_in_window (stack, 400, 300);
    gtk_stack_set_visible_child_name (GTK_STACK (stack), "other");
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_latent_model_set_list (rows, bench->list);
    fovea_feature_model_select (bench->model, feature_bench_id_at (rows, F - 1));
    guint n = 0, before;
    g_signal_connect (gtk_widget_get_frame_clock (window), "update", G_CALLBACK (count_update), &n);
    gint64 end = g_get_monotonic_time () + RUN_UNTIL_S * G_USEC_PER_SEC;
    do {
        before = n;
        for (int i = 0; i < 12; i++) { /* of 20 ms */
            g_timeout_add (20, run_until_tick, NULL);
            g_main_context_iteration (NULL, TRUE);
        }
    } while (n != before && g_get_monotonic_time () < end);
    ck_assert_msg (n == before, "%u frames in twelve turns", n - before);
    ck_assert_uint_eq (count_named (list, "FoveaTextCell"), 0);
    gtk_stack_set_visible_child_name (GTK_STACK (stack), "list");
    RUN_UNTIL (count_named (list, "FoveaTextCell") > 3 * 200);
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* Eight bins from -4 to 4, of which the first are not drawn. */
static FoveaLatentBins
make_bins (guint first)
{
    static const gint64 counts[] = {1, 0, 0, 2, 0, 5, 0, 3};
    return (FoveaLatentBins){.x = 100,
                             .y = 20,
                             .width = 80,
                             .height = 40,
                             .n_bins = 8,
                             .first = first,
                             .limit = 4,
                             .counts = g_memdup2 (counts, sizeof counts)};
}

START_TEST (a_bin_is_found_where_it_is_drawn)
{
    FoveaLatentBins whole = make_bins (0), half = make_bins (4), none = {0};
    ck_assert (fovea_latent_bins_holds (&whole, 100, 20));
    ck_assert (!fovea_latent_bins_holds (&whole, 99, 20));
    ck_assert (!fovea_latent_bins_holds (&whole, 120, 61));
    ck_assert (!fovea_latent_bins_holds (&none, 0, 0));
    ck_assert_uint_eq (fovea_latent_bins_find (&whole, 100), 0);
    ck_assert_uint_eq (fovea_latent_bins_find (&whole, 139), 3);
    ck_assert_uint_eq (fovea_latent_bins_find (&whole, 140), 4);
    ck_assert_uint_eq (fovea_latent_bins_find (&half, 100), 4);
    ck_assert_uint_eq (fovea_latent_bins_find (&half, 179), 7);
    ck_assert_uint_eq (fovea_latent_bins_find (&whole, -1000), 0); /* a drag that went too far */
    ck_assert_uint_eq (fovea_latent_bins_find (&whole, 1000), 7);
    fovea_latent_bins_clear (&whole);
    fovea_latent_bins_clear (&half);
    ck_assert_ptr_null (whole.counts);
}
END_TEST

START_TEST (keys_go_from_bin_to_bin_with_tokens)
{
    FoveaLatentBins bins = make_bins (0), half = make_bins (4);
    FoveaCodeBins at, chosen;
    ck_assert (fovea_latent_bins_step (&bins, NULL, 1, &at));
    ck_assert_uint_eq (at.first, 5);
    ck_assert (fovea_latent_bins_step (&bins, &at, 1, &chosen));
    ck_assert_uint_eq (chosen.first, 7);
    ck_assert (!fovea_latent_bins_step (&bins, &chosen, 1, &at)); /* there is no more */
    ck_assert (fovea_latent_bins_step (&bins, NULL, -1, &at));
    ck_assert_uint_eq (at.first, 3);
    ck_assert (fovea_latent_bins_step (&bins, &at, -1, &chosen));
    ck_assert_uint_eq (chosen.last, 0);
    ck_assert (!fovea_latent_bins_step (&bins, &chosen, -1, &at));
    ck_assert (!fovea_latent_bins_step (&half, NULL, -1, &at)); /* that half is not drawn */
    fovea_latent_bins_clear (&half);
    ck_assert (fovea_latent_bins_widen (&bins, &(FoveaCodeBins){8, 5, 5}, 1, &at));
    ck_assert (at.first == 4 && at.last == 6);
    ck_assert (fovea_latent_bins_widen (&bins, &at, 3, &chosen));
    ck_assert (chosen.first == 1 && chosen.last == 7);
    ck_assert (fovea_latent_bins_widen (&bins, &at, -1, &chosen));
    ck_assert (chosen.first == 5 && chosen.last == 5);
    ck_assert (!fovea_latent_bins_widen (&bins, &chosen, -1, &at)); /* one is the least */
    ck_assert (!fovea_latent_bins_widen (&bins, &(FoveaCodeBins){8, 0, 7}, 1, &at));
    fovea_latent_bins_clear (&bins);
    ck_assert (!fovea_latent_bins_step (&bins, NULL, 1, &at));
}
END_TEST

START_TEST (bins_are_told_in_words)
{
    FoveaLatentBins bins = make_bins (0);
    g_autofree char *several = fovea_latent_bins_describe (&bins, &(FoveaCodeBins){8, 3, 5});
    g_autofree char *one = fovea_latent_bins_describe (&bins, &(FoveaCodeBins){8, 0, 0});
    ck_assert_str_eq (several, "codes −1 to +2, 7 tokens");
    ck_assert_str_eq (one, "codes −4 to −3, 1 token");
    fovea_latent_bins_clear (&bins);
}
END_TEST

typedef struct {
    FeatureBench *features;
    GtkWidget *view, *window;
} Page;

static Page
page_new (gint32 latent)
{
    Page page = {.features = feature_bench_new ()};
    FeatureBench *bench = page.features;
    page.view = fovea_latent_view_new (bench->model);
    page.window = show_in_window (fovea_scaled_new (page.view), 700, 720);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, latent);
    RUN_UNTIL_SHOWN (bench, latent);
    gtk_widget_grab_focus (page.view);
    return page;
}

static void
page_free (Page *page)
{
    gtk_window_destroy (GTK_WINDOW (page->window));
    feature_bench_free (page->features);
}

static char *
get_sentence (const Page *page)
{
    return fovea_latent_view_get_sentence (FOVEA_LATENT_VIEW (page->view));
}

/* Until the bin is there that is wanted. */
#define PRESS_UNTIL(page, action, condition)                                                       \
    RUN_UNTIL ((gtk_widget_activate_action ((page)->view, action, NULL), (condition)))

static gboolean
has_bins (const Page *page)
{
    return fovea_feature_model_get_bins (page->features->model) != NULL;
}

/* The examples of the chosen bins are there, and all of them are of codes in them. */
static void
check_examples (const Page *page, gint32 latent)
{
    RUN_UNTIL (fovea_feature_model_get_interval (page->features->model) != NULL);
    const FoveaLatentInterval *interval = fovea_feature_model_get_interval (page->features->model);
    const FoveaCodeBins *bins = fovea_feature_model_get_bins (page->features->model);
    double limit = fovea_feature_model_get_limit (page->features->model);
    ck_assert_int_gt (interval->n, 0);
    ck_assert_uint_gt (interval->examples->len, 0);
    for (guint i = 0; i < interval->examples->len; i++) {
        const FoveaLatentExample *e = g_ptr_array_index (interval->examples, i);
        guint bin = fovea_sae_latent_find_bin ((double) e->value, limit, bins->n_bins);
        ck_assert (bin >= bins->first && bin <= bins->last);
        ck_assert_float_eq (e->value, feature_bench_code_at (latent, e->position));
    }
}

START_TEST (keys_choose_bins_and_escape_lets_go)
{
    Page page = page_new (3);
    PRESS_UNTIL (&page, "latent.bin-right", has_bins (&page));
    check_examples (&page, 3);
    guint first = fovea_feature_model_get_bins (page.features->model)->first;
    ck_assert_uint_ge (first, 24); /* to the right of 0 */
    g_autofree char *sentence = get_sentence (&page);
    ck_assert_ptr_nonnull (strstr (sentence, "Of codes +"));
    gtk_widget_activate_action (page.view, "latent.wider", NULL);
    const FoveaCodeBins *bins = fovea_feature_model_get_bins (page.features->model);
    ck_assert (bins->first == first - 1 && bins->last == MIN (first + 1, 47));
    check_examples (&page, 3);
    PRESS_UNTIL (&page, "latent.bin-left",
                 fovea_feature_model_get_bins (page.features->model)->last < 24);
    check_examples (&page, 3);
    gtk_widget_activate_action (page.view, "latent.all", NULL);
    ck_assert (!has_bins (&page));
    ck_assert_ptr_null (fovea_feature_model_get_interval (page.features->model));
    g_autofree char *all = get_sentence (&page);
    ck_assert_ptr_null (strstr (all, "Of codes"));
    page_free (&page);
}
END_TEST

static void
press_down (const Page *page)
{
    gtk_widget_activate_action (page->view, "latent.down", NULL);
}

/* On a busy machine a key can be quicker than the frame that draws what it is meant for. */
START_TEST (keys_need_not_wait_for_the_frame_that_draws_a_latent)
{
    Page page = page_new (3);
    g_signal_connect_swapped (page.features->model, "latent-changed", G_CALLBACK (press_down),
                              &page);
    fovea_feature_model_select (page.features->model, 4);
    RUN_UNTIL_SHOWN (page.features, 4);
    g_autofree char *sentence = get_sentence (&page);
    ck_assert_msg (strstr (sentence, "At context 1, which fires") != NULL, "%s", sentence);
    g_signal_handlers_disconnect_by_data (page.features->model, &page);
    page_free (&page);
}
END_TEST

START_TEST (tokens_of_a_bins_examples_can_be_walked_and_looked_at)
{
    Page page = page_new (3);
    PRESS_UNTIL (&page, "latent.bin-left", has_bins (&page));
    check_examples (&page, 3);
    const FoveaLatentExample *e =
        g_ptr_array_index (fovea_feature_model_get_interval (page.features->model)->examples, 0);
    double x, y;
    RUN_UNTIL (fovea_latent_view_locate (FOVEA_LATENT_VIEW (page.view), 0, e->position, &x, &y));
    gtk_widget_activate_action (page.view, "latent.down", NULL);
    page.features->visited[0] = page.features->visited[1] = -1;
    fovea_selection_select_cell (page.features->selection, 0, 0);
    gtk_widget_activate_action (page.view, "latent.open", NULL);
    gboolean here = fovea_selection_get_place (page.features->selection)->query == e->position;
    ck_assert (here || (page.features->visited[0] == e->sequence &&
                        page.features->visited[1] == e->position));
    page_free (&page);
}
END_TEST

START_TEST (chosen_bins_are_the_rows_of_the_table)
{
    Page page = page_new (3);
    FoveaLatentTable *table = FOVEA_LATENT_TABLE (fovea_latent_table_new (page.features->model));
    GtkWidget *window = show_in_window (GTK_WIDGET (table), 500, 400);
    RUN_UNTIL (g_list_model_get_n_items (fovea_latent_table_get_rows (table)) > 0);
    g_autoptr (GString) text = g_string_new (NULL);
    fovea_feature_model_choose_bins (page.features->model, &(FoveaCodeBins){48, 24, 47});
    check_examples (&page, 3);
    guint n = fovea_feature_model_get_interval (page.features->model)->examples->len;
    GListModel *rows = fovea_latent_table_get_rows (table);
    ck_assert_uint_eq (g_list_model_get_n_items (rows), n);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (GTK_WIDGET (table), text),
                strstr (text->str, "Chosen bins") != NULL));
    fovea_feature_model_choose_bins (page.features->model, NULL);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (GTK_WIDGET (table), text),
                strstr (text->str, "Strongest +") != NULL));
    gtk_window_destroy (GTK_WINDOW (window));
    page_free (&page);
}
END_TEST

START_TEST (another_latent_begins_with_all_its_codes)
{
    Page page = page_new (3);
    PRESS_UNTIL (&page, "latent.bin-right", has_bins (&page));
    fovea_feature_model_select (page.features->model, 4);
    ck_assert (!has_bins (&page));
    gtk_widget_activate_action (page.view, "latent.bin-right", NULL); /* nothing is drawn of it */
    ck_assert (!has_bins (&page));
    RUN_UNTIL_SHOWN (page.features, 4);
    ck_assert_ptr_null (fovea_feature_model_get_interval (page.features->model));
    page_free (&page);
}
END_TEST

START_TEST (examples_that_cannot_be_read_are_told_and_let_go)
{
    Page page = page_new (17);
    PRESS_UNTIL (&page, "latent.bin-right", page.features->failure != NULL);
    ck_assert_str_eq (page.features->failure,
                      "Examples of latent 17: the codes of latent 17 are gone");
    ck_assert_ptr_null (fovea_feature_model_get_interval (page.features->model));
    page_free (&page);
}
END_TEST

START_TEST (bins_chosen_one_after_another_show_the_last)
{
    Page page = page_new (3);
    PRESS_UNTIL (&page, "latent.bin-right", has_bins (&page));
    for (guint i = 24; i < 48; i++)
        fovea_feature_model_choose_bins (page.features->model, &(FoveaCodeBins){48, 47 - i, i});
    ck_assert_ptr_null (fovea_feature_model_get_interval (page.features->model));
    RUN_UNTIL (fovea_feature_model_get_interval (page.features->model) != NULL);
    ck_assert_uint_eq (fovea_feature_model_get_bins (page.features->model)->first, 0);
    check_examples (&page, 3);
    ck_assert_int_eq (fovea_feature_model_get_interval (page.features->model)->n,
                      fovea_feature_model_get_shown (page.features->model)->codes->len);
    page_free (&page);
}
END_TEST

/* The upper side of a ring, 11 pixels over the middle of the token's line, where no letter is. */
static gboolean
has_ring (GtkWidget *view, guint row, gint64 position)
{
    double x, y;
    if (!fovea_latent_view_locate (FOVEA_LATENT_VIEW (view), row, position, &x, &y))
        return FALSE;
    cairo_surface_t *surface = shown_color_paint (view);
    if (surface == NULL)
        return FALSE;
    const guchar *bytes = cairo_image_surface_get_data (surface);
    gboolean drawn =
        bytes[((int) y - 11) * cairo_image_surface_get_stride (surface) + (int) x * 4 + 3] > 100;
    cairo_surface_destroy (surface);
    return drawn;
}

/* Both sequences have the same tokens, and the one with the id 1 is open. */
START_TEST (a_token_hovered_elsewhere_has_a_ring_in_every_context_it_stands_in)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *view = fovea_latent_view_new (bench->model);
    GtkWidget *window = show_in_window (view, 700, 720);
    double x, y;
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 3);
    RUN_UNTIL_SHOWN (bench, 3);
    GPtrArray *examples = fovea_feature_model_get_shown (bench->model)->positive;
    RUN_UNTIL (fovea_latent_view_locate (FOVEA_LATENT_VIEW (view), 0,
                                         ((FoveaLatentExample *) examples->pdata[0])->position, &x,
                                         &y));
    const FoveaLatentExample *open = NULL;
    for (guint row = 0; open == NULL && row < examples->len; row++) {
        open = examples->pdata[row];
        open = open->sequence == 1 ? open : NULL;
    }
    ck_assert_ptr_nonnull (open);
    fovea_selection_hover_query (bench->selection, open->position);
    guint n_rings = 0;
    for (guint row = 0; row < examples->len; row++) {
        const FoveaLatentExample *e = examples->pdata[row];
        gboolean drawn =
            fovea_latent_view_locate (FOVEA_LATENT_VIEW (view), row, open->position, &x, &y);
        gboolean wanted = drawn && e->sequence == 1;
        RUN_UNTIL (has_ring (view, row, open->position) == wanted);
        n_rings += wanted;
    }
    ck_assert_uint_ge (n_rings, 1);
    fovea_selection_hover_nothing (bench->selection);
    for (guint row = 0; row < examples->len; row++)
        RUN_UNTIL (!has_ring (view, row, open->position));
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

/* Two contexts of three tokens each, which fire at their second and at their third. */
START_TEST (keys_stay_at_the_ends_of_a_context_and_of_the_page)
{
    FoveaLatentExample examples[] = {{.first = 10, .position = 11, .n = 3},
                                     {.first = 40, .position = 42, .n = 3}};
    g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (FoveaContextBox));
    for (guint i = 0; i < 6; i++) {
        const FoveaContextBox box = {20.0 * (i % 3),   30.0 * (i / 3), 16,   22,
                                     &examples[i / 3], i % 3,          i / 3};
        g_array_append_val (boxes, box);
    }
    static const struct {
        guint at;
        int across, down;
        guint next;
    } steps[] = {{G_MAXUINT, 1, 0, 1}, {G_MAXUINT, 0, -1, 1}, {0, 1, 0, 1},  {1, -1, 0, 0},
                 {0, -1, 0, 0},        {2, 1, 0, 2},          {3, -1, 0, 3}, {5, 1, 0, 5},
                 {0, 0, 1, 5},         {4, 0, -1, 1},         {1, 0, -1, 1}, {4, 0, 1, 4}};
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        ck_assert_uint_eq (
            fovea_context_box_step (boxes, steps[i].at, steps[i].across, steps[i].down),
            steps[i].next);
    ck_assert_uint_eq (fovea_context_box_find (boxes, 37, 11), 1); /* 2 beside it are its own */
    ck_assert_uint_eq (fovea_context_box_find (boxes, 39, 51), 5);
    ck_assert_uint_eq (fovea_context_box_find (boxes, 20, 25), G_MAXUINT);
    ck_assert_uint_eq (fovea_context_box_find_token (boxes, 1, 41), 4);
    ck_assert_uint_eq (fovea_context_box_find_token (boxes, 0, 41), G_MAXUINT);
}
END_TEST

static void
add_tests (TCase *tests)
{
    tcase_add_test (tests, rows_of_the_list_come_some_a_frame_and_the_chosen_one_comes_into_sight);
    tcase_add_test (tests, a_search_that_finds_nothing_says_so);
    tcase_add_test (tests, a_list_out_of_sight_waits_for_its_rows_without_a_frame);
    tcase_add_test (tests, a_bin_is_found_where_it_is_drawn);
    tcase_add_test (tests, keys_go_from_bin_to_bin_with_tokens);
    tcase_add_test (tests, bins_are_told_in_words);
    tcase_add_test (tests, keys_choose_bins_and_escape_lets_go);
    tcase_add_test (tests, keys_need_not_wait_for_the_frame_that_draws_a_latent);
    tcase_add_test (tests, tokens_of_a_bins_examples_can_be_walked_and_looked_at);
    tcase_add_test (tests, chosen_bins_are_the_rows_of_the_table);
    tcase_add_test (tests, another_latent_begins_with_all_its_codes);
    tcase_add_test (tests, examples_that_cannot_be_read_are_told_and_let_go);
    tcase_add_test (tests, bins_chosen_one_after_another_show_the_last);
    tcase_add_test (tests, keys_stay_at_the_ends_of_a_context_and_of_the_page);
    tcase_add_test (tests, a_token_hovered_elsewhere_has_a_ring_in_every_context_it_stands_in);
}

int
main (void)
{
    return run_on_display ("latents", add_tests, 60);
}
