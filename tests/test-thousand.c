/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The Heads view with 1,024 heads: how long the main loop is away at the first look, when scores arrive
 * and in a step of the selection, printed, and held to a frame where FOVEA_QUIET says that nothing else
 * runs; and that a view at rest draws nothing and costs nothing. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/shown-text.h"
#include "tests/trace-support.h"
#include "tests/turn-meter.h"
#include "tests/widget-tree.h"
#include "ui/heads-page.h"
#include "ui/trace-source.h"

enum {
    LAYERS = 32,
    HEADS = 32,
    WIDTH = 4,
    T = 96,
    STEPS = 150,
};

/* Random queries and keys of every layer. */
static FoveaTrace *
new_trace (void)
{
    const FoveaArchitecture a = {.n_layers = LAYERS,
                                 .n_heads = HEADS,
                                 .n_kv_heads = HEADS,
                                 .head_width = WIDTH,
                                 .width = HEADS * WIDTH,
                                 .attention_scale = 0.5f,
                                 .context = T,
                                 .vocabulary = 100};
    g_autoptr (FoveaTraceInfo) info = trace_info (&a, T);
    g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
    TraceArray arrays[2 * LAYERS];
    for (guint i = 0; i < 2 * LAYERS; i++) {
        float *values = trace_random_values (T * HEADS * WIDTH, i + 1);
        char *name = g_strdup_printf ("blocks.%u.attn.hook_%s", i / 2, i % 2 == 0 ? "q" : "k");
        arrays[i] = (TraceArray){name, 3, {T, HEADS, WIDTH}, 1, values};
        g_ptr_array_add (kept, values);
        g_ptr_array_add (kept, name);
    }
    return trace_of (info, arrays, G_N_ELEMENTS (arrays));
}

static FoveaTable *
new_scores (void)
{
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "induction", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < LAYERS * HEADS; i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, i / HEADS);
        fovea_table_set_integer (table, row, 1, i % HEADS);
        fovea_table_set_text (table, row, 2, i % 7 == 0 ? "induction" : "");
        fovea_table_set_number (table, row, 3, i % 7 == 0 ? 0.9 : 0.01);
    }
    return table;
}

typedef struct {
    FoveaTraceSource *source;
    FoveaSelection *selection;
    GtkWidget *window, *page;
    FoveaTileCache *thumbnails;
} Bench;

static Bench *
bench_new (void)
{
    Bench *bench = g_new0 (Bench, 1);
    g_autoptr (FoveaTrace) trace = new_trace ();
    bench->source = fovea_trace_source_new (trace);
    bench->selection = fovea_selection_new ();
    bench->page = fovea_heads_page_new (bench->selection);
    bench->thumbnails = fovea_heads_page_get_thumbnails (FOVEA_HEADS_PAGE (bench->page));
    bench->window = show_in_window (bench->page, 1300, 900);
    return bench;
}

static void
bench_free (Bench *bench)
{
    close_window (bench->window);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    g_free (bench);
}

/* All cells made, all thumbnails there. */
static void
fill (Bench *bench, TurnMeter *meter)
{
    gint64 end = g_get_monotonic_time () + RUN_UNTIL_S * G_USEC_PER_SEC;
    guint before;
    do {
        before = fovea_tile_cache_get_pending (bench->thumbnails);
        turn_meter_frames (meter, bench->page, 10);
        ck_assert_msg (g_get_monotonic_time () < end, "not filled in %d s", RUN_UNTIL_S);
    } while (before > 0 || fovea_tile_cache_get_pending (bench->thumbnails) > 0);
}

START_TEST (a_thousand_heads_are_shown_scored_and_stepped_through)
{
    Bench *bench = bench_new ();
    g_autoptr (FoveaTable) scores = new_scores ();
    guint n_shown;
    TurnMeter *meter = turn_meter_new ("1,024 heads: first look");
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 0, 9, 5});
    fill (bench, meter);
    turn_meter_report (meter, 0);
    g_object_get (bench->page, "n-shown", &n_shown, NULL);
    ck_assert_uint_eq (n_shown, LAYERS * HEADS);
    g_autoptr (GString) words = g_string_new (NULL);
    shown_text_collect (bench->page, words);
    ck_assert_ptr_nonnull (strstr (words->str, "\n1,024 heads\n"));
    ck_assert (gtk_widget_has_css_class (widget_tree_find (bench->page, GTK_TYPE_GRID_VIEW),
                                         "many")); /* and small, so they stand closer */
    meter = turn_meter_new ("1,024 heads: scores arrive");
    fovea_selection_set_heads (bench->selection, scores);
    turn_meter_frames (meter, bench->page, 3);
    turn_meter_report (meter, 0);
    meter = turn_meter_new ("1,024 heads: selections");
    for (guint i = 0; i < STEPS; i++) {
        fovea_selection_select_head (bench->selection, i * 5 % LAYERS, i * 11 % HEADS);
        turn_meter_frames (meter, bench->page, 2);
    }
    turn_meter_report (meter, TURN_WORST_MS);
    bench_free (bench);
}
END_TEST

/* While the cells are made no other one has the keys: arrows would go on from there. */
START_TEST (the_selected_head_has_the_keys_or_none_has)
{
    Bench *bench = bench_new ();
    GtkWidget *grid = widget_tree_find (bench->page, GTK_TYPE_GRID_VIEW), *cell = NULL;
    gint64 end = g_get_monotonic_time () + RUN_UNTIL_S * G_USEC_PER_SEC;
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){20, 5, 9, 5});
    fovea_heads_page_focus (FOVEA_HEADS_PAGE (bench->page));
    gtk_widget_activate_action (bench->page, "heads.right", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 20);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 6);
    while (cell == NULL) {
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
        ck_assert_ptr_nonnull (focus);
        if (gtk_widget_is_ancestor (focus, grid))
            cell = focus;
        g_main_context_iteration (NULL, FALSE);
        ck_assert_msg (g_get_monotonic_time () < end, "no cell in %d s", RUN_UNTIL_S);
    }
    ck_assert (gtk_widget_get_state_flags (cell) & GTK_STATE_FLAG_SELECTED);
    bench_free (bench);
}
END_TEST

/* Sets a property of the page and waits until what it leads to is drawn. */
#define SET(bench, meter, ...)                                                                     \
    G_STMT_START                                                                                   \
    {                                                                                              \
        turn_meter_begin (meter);                                                                  \
        g_object_set ((bench)->page, __VA_ARGS__, NULL);                                           \
        turn_meter_end (meter);                                                                    \
        fill (bench, meter);                                                                       \
    }                                                                                              \
    G_STMT_END

START_TEST (a_thousand_heads_are_filtered_and_sorted)
{
    static const char *const filters[] = {"induction > 0.4", "layer < 8", "", "role:induction"};
    Bench *bench = bench_new ();
    g_autoptr (FoveaTable) scores = new_scores ();
    const guint n_induction = (LAYERS * HEADS + 6) / 7;
    const guint n_left[] = {n_induction, 8 * HEADS, LAYERS * HEADS, n_induction};
    guint n_shown;
    TurnMeter *meter = turn_meter_new ("1,024 heads: first look");
    fovea_selection_set_trace (bench->selection, bench->source, scores, &(FoveaPlace){0, 0, 9, 5});
    fill (bench, meter);
    turn_meter_free (meter);
    meter = turn_meter_new ("1,024 heads: filters");
    for (guint i = 0; i < G_N_ELEMENTS (filters); i++) {
        SET (bench, meter, "filter", filters[i]);
        g_object_get (bench->page, "n-shown", &n_shown, NULL);
        ck_assert_uint_eq (n_shown, n_left[i]);
    }
    SET (bench, meter, "filter", "");
    turn_meter_report (meter, TURN_WORST_MS);
    meter = turn_meter_new ("1,024 heads: orders");
    for (guint i = 0; i < 4; i++)
        SET (bench, meter, "sort", 1 - i % 2);
    turn_meter_report (meter, TURN_WORST_MS);
    bench_free (bench);
}
END_TEST

START_TEST (a_view_comes_to_rest_and_costs_nothing_then)
{
    Bench *bench = bench_new ();
    g_autoptr (FoveaTable) scores = new_scores ();
    TurnMeter *meter = turn_meter_new ("1,024 heads: filling");
    fovea_selection_set_trace (bench->selection, bench->source, scores, &(FoveaPlace){0, 0, 9, 5});
    fill (bench, meter);
    turn_meter_report (meter, 0);
    gtk_window_set_focus (GTK_WINDOW (bench->window), NULL); /* a caret would blink */
    turn_meter_rest (bench->page, "1,024 heads");
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_thousand_heads_are_shown_scored_and_stepped_through);
    tcase_add_test (tcase, the_selected_head_has_the_keys_or_none_has);
    tcase_add_test (tcase, a_thousand_heads_are_filtered_and_sorted);
    tcase_add_test (tcase, a_view_comes_to_rest_and_costs_nothing_then);
}

int
main (void)
{
    return run_on_display ("thousand", add_tests, 170);
}
