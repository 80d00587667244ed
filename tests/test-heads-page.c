/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The view of heads on a display: what it filters, compares, lets choose and opens. Exit status 77 without a
 * display. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/shown-reach.h"
#include "tests/shown-text.h"
#include "tests/sparse-support.h"
#include "tests/trace-support.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/data-table.h"
#include "ui/failure-bar.h"
#include "ui/head-cell.h"
#include "ui/head-change.h"
#include "ui/head-plots.h"
#include "ui/head-set.h"
#include "ui/heads-page.h"
#include "ui/inspector.h"
#include "ui/palette.h"
#include "ui/row-table.h"
#include "ui/sentences.h"

#define CALM_FRAMES 30 /* more than a bar takes to slide in */

START_TEST (the_heads_page_filters_sorts_and_selects)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    guint n_shown;
    widget_bench_show (bench, page, 1000, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    g_object_get (page, "n-shown", &n_shown, NULL);
    ck_assert_uint_eq (n_shown, 4);
    g_object_set (page, "filter", "role:sink", NULL);
    g_object_get (page, "n-shown", &n_shown, NULL);
    ck_assert_uint_eq (n_shown, 1);
    g_object_set (page, "filter", "", NULL);
    widget_bench_press (page, "heads.right");
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 1);
    widget_bench_press (page, "heads.down");
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 1);
    g_object_set (page, "sort", 2, NULL); /* previous token: 0.0 comes first */
    widget_bench_press (page, "heads.first");
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 0);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 0);
    RUN_UNTIL (fovea_tile_cache_get_pending (
                   fovea_heads_page_get_thumbnails (FOVEA_HEADS_PAGE (page))) == 0);
    widget_bench_free (bench);
}
END_TEST

/* Through grid, plots and table the keys go to what shows the heads, never to a list of scores above it. */
START_TEST (what_is_shown_has_the_keys)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    widget_bench_show (bench, page, 1000, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    GtkRoot *root = gtk_widget_get_root (page);
    const GType types[] = {GTK_TYPE_GRID_VIEW, FOVEA_TYPE_HEAD_PLOT, FOVEA_TYPE_DATA_TABLE,
                           GTK_TYPE_GRID_VIEW};
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
        widget_bench_press (page, "heads.show");
        RUN_UNTIL (gtk_root_get_focus (root) != NULL &&
                   (G_TYPE_CHECK_INSTANCE_TYPE (gtk_root_get_focus (root), types[i]) ||
                    gtk_widget_get_ancestor (gtk_root_get_focus (root), types[i]) != NULL));
        ck_assert (gtk_widget_get_mapped (gtk_root_get_focus (root)));
        ck_assert_ptr_null (
            gtk_widget_get_ancestor (gtk_root_get_focus (root), GTK_TYPE_DROP_DOWN));
    }
    widget_bench_free (bench);
}
END_TEST

/* They have as many lines as the plot is narrow. */
START_TEST (words_in_place_of_a_plot_are_not_cut_off)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    guint n = 0;
    widget_bench_show (bench, page, 640, 700);
    fovea_selection_set_waiting (bench->selection,
                                 "Heads are scored when the job under way has ended.");
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 0, 20, 7});
    EACH_WIDGET (widget, page) {
        graphene_point_t reach = {0, 0};
        g_autoptr (GskRenderNode) drawn = NULL;
        if (!FOVEA_IS_HEAD_PLOT (widget))
            continue;
        RUN_UNTIL ((drawn = shown_color_draw (widget)) != NULL);
        shown_reach_find (drawn, 0, 0, &reach);
        ck_assert_float_gt (reach.x, 100);
        ck_assert_float_le (reach.x, (float) gtk_widget_get_width (widget));
        n++;
    }
    ck_assert_uint_eq (n, 2);
    widget_bench_free (bench);
}
END_TEST

static gboolean
grid_has_focus (GtkRoot *root)
{
    GtkWidget *focus = gtk_root_get_focus (root);
    return focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_GRID_VIEW) != NULL;
}

/* By Enter, which selects one that is left, and by Escape, which leaves what is typed. */
START_TEST (a_filter_that_is_left_gives_the_keys_to_the_heads)
{
    static const char *const ways[] = {"activate", "stop-search"};
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection), *entry;
    widget_bench_show (bench, page, 1000, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    GtkRoot *root = gtk_widget_get_root (page);
    entry = widget_tree_find (page, GTK_TYPE_SEARCH_ENTRY);
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
        g_autofree char *filter = NULL;
        ck_assert (gtk_widget_grab_focus (entry));
        gtk_editable_set_text (GTK_EDITABLE (entry), "layer:1");
        g_signal_emit_by_name (entry, ways[i]);
        RUN_UNTIL (grid_has_focus (root));
        g_object_get (page, "filter", &filter, NULL);
        ck_assert_str_eq (filter, "layer:1");
        ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 1);
    }
    widget_bench_free (bench);
}
END_TEST

/* Whether a label that begins so is to be seen. */
static gboolean
is_shown (GtkWidget *parent, const char *start)
{
    EACH_WIDGET (widget, parent)
        if (GTK_IS_LABEL (widget) && gtk_widget_get_visible (widget) &&
            g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), start))
            return TRUE;
    return FALSE;
}

START_TEST (half_a_condition_keeps_the_heads_that_are_shown_and_marks_the_entry)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    guint n;
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 1, 20, 7);
    GtkWidget *entry = widget_tree_find (page, GTK_TYPE_SEARCH_ENTRY);
    g_object_set (page, "filter", "previous > 0.4 and layer < 1", NULL);
    g_object_get (page, "n-shown", &n, NULL);
    ck_assert_uint_eq (n, 1);
    ck_assert (!gtk_widget_has_css_class (entry, "error"));
    g_object_set (page, "filter", "previous > 0.4 and layer <", NULL);
    g_object_get (page, "n-shown", &n, NULL);
    ck_assert_uint_eq (n, 1);
    ck_assert (gtk_widget_has_css_class (entry, "error"));
    ck_assert_ptr_nonnull (strstr (gtk_widget_get_tooltip_text (entry), "wants a number"));
    ck_assert (
        is_shown (page, "Filter: “<” wants a number after it.")); /* without a pointer, too */
    g_object_set (page, "filter", "", NULL);
    g_object_get (page, "n-shown", &n, NULL);
    ck_assert_uint_eq (n, 4);
    ck_assert (!gtk_widget_has_css_class (entry, "error"));
    ck_assert (!is_shown (page, "Filter: “"));
    widget_bench_free (bench);
}
END_TEST

START_TEST (a_filter_that_leaves_no_head_says_so)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 1, 20, 7);
    g_object_set (page, "filter", "layer:7", NULL);
    ck_assert (is_shown (page, "No head matches the filter."));
    g_object_set (page, "filter", "layer:1", NULL);
    ck_assert (!is_shown (page, "No head matches"));
    widget_bench_free (bench);
}
END_TEST

/* Pixels of the first head's cell that have the colour of @value among scores up to 1. */
static guint
count_score_color (GtkWidget *cell, FoveaTheme theme, double value)
{
    const FoveaRamp ramp = {FOVEA_RAMP_LINEAR, 0, 1};
    guint32 colors[256];
    fovea_ramp_set_palette (&ramp, theme, colors);
    return shown_color_count (cell, colors[fovea_ramp_get_index (&ramp, value)]);
}

/* The planted table: previous token 0.9 of the first head. Behind the map come induction, of which it knows
 * nothing, and previous token. */
START_TEST (heads_are_coloured_by_a_score_of_all_of_them)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection), *cell, *key;
    FoveaPalette palette;
    shown_color_load ();
    widget_bench_show (bench, page, 1200, 700);
    widget_bench_open (bench, 0, 1, 20, 7);
    RUN_UNTIL ((cell = widget_tree_find (page, FOVEA_TYPE_HEAD_CELL)) != NULL &&
               gtk_widget_get_width (cell) > 0);
    fovea_palette_load (page, &palette);
    key = widget_tree_find (page, FOVEA_TYPE_PAINT_KEY);
    ck_assert (!gtk_widget_get_visible (key));
    ck_assert_ptr_null (fovea_heads_page_get_color (FOVEA_HEADS_PAGE (page)));
    widget_bench_press (page, "heads.color");
    ck_assert_ptr_null (fovea_heads_page_get_color (FOVEA_HEADS_PAGE (page))); /* no values */
    widget_bench_press (page, "heads.color");
    ck_assert (gtk_widget_get_visible (key));
    ck_assert_str_eq (fovea_heads_page_get_color (FOVEA_HEADS_PAGE (page)), "previous");
    RUN_UNTIL (count_score_color (cell, palette.theme, 0.9) >= 60 * 60 - 8);
    g_object_set (page, "filter", "layer:0 head:0", NULL); /* no less a part of all */
    RUN_UNTIL ((cell = widget_tree_find (page, FOVEA_TYPE_HEAD_CELL)) != NULL &&
               count_score_color (cell, palette.theme, 0.9) >= 60 * 60 - 8);
    for (guint i = 0; i < 7; i++)
        widget_bench_press (page, "heads.color"); /* round to the maps */
    ck_assert (!gtk_widget_get_visible (key));
    RUN_UNTIL (count_score_color (cell, palette.theme, 0.9) < 60 * 20);
    widget_bench_free (bench);
}
END_TEST

/* From a mark of a plot the eye goes to the map of its head. */
START_TEST (a_hovered_head_is_framed_in_the_grid)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    FoveaPalette palette;
    GtkWidget *cell;
    shown_color_load ();
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 1, 20, 7);
    RUN_UNTIL ((cell = widget_tree_find (page, FOVEA_TYPE_HEAD_CELL)) != NULL &&
               gtk_widget_get_width (cell) > 0);
    fovea_palette_load (page, &palette);
    guint32 quiet = shown_color_of (&palette.quiet);
    guint before = shown_color_count (cell, quiet);
    fovea_selection_hover_head (bench->selection, 0, 0); /* the first; the second is selected */
    RUN_UNTIL (shown_color_count (cell, quiet) >= before + 2 * 60);
    fovea_selection_hover_cell (bench->selection, 20, 3); /* tokens of the selected head */
    RUN_UNTIL (shown_color_count (cell, quiet) == before);
    widget_bench_free (bench);
}
END_TEST

START_TEST (heads_stand_beside_those_of_the_reference_or_show_the_difference)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    g_autoptr (FoveaTraceSource) other = ui_support_swapped_source (40);
    guint compare;
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 1, 20, 7);
    RUN_UNTIL (widget_tree_find (page, FOVEA_TYPE_HEAD_CELL) != NULL);
    int alone = gtk_widget_get_height (widget_tree_find (page, FOVEA_TYPE_HEAD_CELL));
    fovea_selection_set_reference (bench->selection);
    g_object_get (page, "compare", &compare, NULL);
    ck_assert_uint_eq (compare, FOVEA_HEAD_ALONE); /* the open one is the reference itself */
    fovea_selection_set_trace (bench->selection, other, bench->heads, &(FoveaPlace){0, 0, 20, 7});
    g_object_get (page, "compare", &compare, NULL);
    ck_assert_uint_eq (compare, FOVEA_HEAD_BESIDE);
    ck_assert (is_shown (page, "Above: this text, 40 tokens. Below: “planted”, 40 tokens"));
    RUN_UNTIL (gtk_widget_get_height (widget_tree_find (page, FOVEA_TYPE_HEAD_CELL)) > alone);
    g_object_set (page, "compare", FOVEA_HEAD_DIFFERENCE, NULL);
    RUN_UNTIL (gtk_widget_get_height (widget_tree_find (page, FOVEA_TYPE_HEAD_CELL)) == alone);
    FoveaTileCache *thumbnails = fovea_heads_page_get_thumbnails (FOVEA_HEADS_PAGE (page));
    RUN_UNTIL (fovea_tile_cache_get_pending (thumbnails) == 0);
    ck_assert (is_shown (page, "This text less “planted”: brown"));
    g_autoptr (FoveaTraceSource) longer = ui_support_source (50);
    fovea_selection_set_trace (bench->selection, longer, bench->heads, &(FoveaPlace){0, 0, 20, 7});
    ck_assert (is_shown (page, "A difference is of texts of one length. Above: this text, 50 "));
    RUN_UNTIL (gtk_widget_get_height (widget_tree_find (page, FOVEA_TYPE_HEAD_CELL)) > alone);
    fovea_selection_go (bench->selection, -1);
    fovea_selection_go (bench->selection, -1);
    g_object_get (page, "compare", &compare, NULL);
    ck_assert_uint_eq (compare, FOVEA_HEAD_ALONE);
    widget_bench_free (bench);
}
END_TEST

/* Of 40 tokens each is a block of its own. */
START_TEST (change_is_the_share_of_attention_that_lies_elsewhere)
{
    g_autoptr (FoveaTraceSource) source = ui_support_source (40);
    g_autoptr (FoveaTraceSource) other = ui_support_swapped_source (40);
    g_autoptr (GError) error = NULL;
    float changes[4], none[4];
    ck_assert (fovea_head_change_read (source, other, changes, NULL, &error));
    ck_assert (fovea_head_change_read (source, source, none, NULL, &error));
    for (guint i = 0; i < 4; i++) {
        double moved = 0;
        for (gint64 q = 0; q < 40; q++)
            for (gint64 k = 0; k <= q; k++)
                moved += fabs ((double) ui_support_weight (i / 2, i % 2, q, k) -
                               (double) ui_support_weight (i / 2, 1 - i % 2, q, k));
        ck_assert_double_gt (moved, 1);
        ck_assert_double_eq_tol (changes[i], moved / 80, 1e-5);
        ck_assert_double_eq_tol (none[i], 0, 1e-7);
    }
}
END_TEST

static guint
count_shown (GtkWidget *page, const char *filter)
{
    guint n = 0;
    g_object_set (page, "filter", filter, NULL);
    g_object_get (page, "n-shown", &n, NULL);
    return n;
}

/* Scores are of the run, and the same for each of its texts. */
START_TEST (heads_are_ordered_by_what_changed_between_two_texts)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    g_autoptr (FoveaTraceSource) other = ui_support_swapped_source (40);
    guint sort = 0;
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 1, 20, 7);
    fovea_selection_set_reference (bench->selection);
    fovea_selection_set_trace (bench->selection, other, bench->heads, &(FoveaPlace){0, 0, 20, 7});
    ck_assert_uint_eq (count_shown (page, "change > 2"),
                       4); /* nobody asked for it: no such score */
    g_object_set (page, "sort", 9, "compare", FOVEA_HEAD_DIFFERENCE, NULL);
    RUN_UNTIL (count_shown (page, "change > 2") == 0);
    ck_assert_uint_eq (count_shown (page, "change > 0.01"), 4);
    ck_assert (is_shown (page,
                         "This text less “planted”: brown where the mean weight is larger here, "
                         "blue where it is larger there, fully at 0.1. Change: the share"));
    g_autoptr (FoveaTraceSource) longer = ui_support_source (50);
    fovea_selection_set_trace (bench->selection, longer, bench->heads, &(FoveaPlace){0, 0, 20, 7});
    g_object_get (page, "sort", &sort, NULL);
    ck_assert_uint_eq (sort, 0); /* there is none between texts of two lengths */
    widget_bench_free (bench);
}
END_TEST

/* A block of a long text holds the mean of many pairs. */
START_TEST (colours_of_a_difference_reach_further_in_longer_texts)
{
    ck_assert_double_eq_tol (fovea_color_map_difference_limit (40), 0.1, 1e-9);
    ck_assert_double_eq_tol (fovea_color_map_difference_limit (160), 0.1, 1e-9);
    ck_assert_double_eq_tol (fovea_color_map_difference_limit (161), 0.05, 1e-9);
    ck_assert_double_eq_tol (fovea_color_map_difference_limit (4096), 0.002, 1e-9);
    ck_assert_double_eq_tol (fovea_color_map_difference_limit (32768), 2e-4, 1e-9);
}
END_TEST

START_TEST (several_heads_are_chosen_by_click_and_key)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    g_autoptr (FoveaNotes) notes = fovea_notes_new ();
    g_autoptr (FoveaSparseModel) sparse = fovea_sparse_model_new (bench->selection);
    GtkWidget *inspector = fovea_inspector_new (bench->selection, bench->cells, sparse, notes);
    FoveaHeadSet *chosen = fovea_selection_get_chosen (bench->selection);
    gtk_box_append (GTK_BOX (box), page);
    gtk_box_append (GTK_BOX (box), inspector);
    widget_bench_show (bench, box, 1300, 700);
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_HEAD);
    widget_bench_open (bench, 0, 1, 20, 7);
    /* Ctrl: the clicked one joins what is selected, a second click takes it out. */
    gtk_widget_activate_action (page, "heads.choose-at", "(uub)", 1, 1, FALSE);
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 2);
    ck_assert_str_eq (fovea_inspector_get_title (FOVEA_INSPECTOR (inspector)), "2 heads");
    gtk_widget_activate_action (page, "heads.choose-at", "(uub)", 1, 1, FALSE);
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 1);
    /* Shift: all that is shown between 0.1 and 1.1. */
    gtk_widget_activate_action (page, "heads.choose-at", "(uub)", 1, 1, TRUE);
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 3);
    ck_assert (!fovea_head_set_contains (chosen, 0, 0));
    widget_bench_press (page, "heads.choose-none");
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 0);
    g_object_set (page, "filter", "role:sink", NULL);
    widget_bench_press (page, "heads.choose-all");
    ck_assert_uint_eq (fovea_head_set_get_n (chosen), 1);
    ck_assert (fovea_head_set_contains (chosen, 1, 0));
    widget_bench_free (bench);
}
END_TEST

static void
note_open (GtkWidget *page, gboolean *opened)
{
    *opened = TRUE;
}

START_TEST (enter_on_a_head_opens_its_map)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    gboolean opened = FALSE;
    widget_bench_show (bench, page, 1000, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    g_signal_connect (page, "open-map", G_CALLBACK (note_open), &opened);
    widget_bench_press (page, "heads.open");
    ck_assert (opened);
    widget_bench_free (bench);
}
END_TEST

/* As those of tokens beside it do. */
START_TEST (the_number_of_keys_has_its_thousands)
{
    WidgetBench *bench = widget_bench_new (1100);
    GtkWidget *table = fovea_row_table_new (bench->selection, bench->cells);
    g_autoptr (GString) shown = g_string_new (NULL);
    widget_bench_show (bench, table, 700, 500);
    widget_bench_open (bench, 1, 0, 1050, 7);
    shown_text_collect (table, shown);
    ck_assert_msg (strstr (shown->str, ": 1,051 keys") != NULL, "%.80s", shown->str);
    widget_bench_free (bench);
}
END_TEST

static gboolean
has_map (FoveaTileCache *cache, guint layer, guint head)
{
    FoveaTileSpec spec = {.layer = layer,
                          .head = head,
                          .color = FOVEA_COLOR_LOG,
                          .floor = fovea_color_map_floor (40)};
    return fovea_tile_cache_has_like (cache, &spec);
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer n)
{
    (*(guint *) n)++;
    return G_SOURCE_CONTINUE;
}

/* Until so many frames have gone by in which nobody asked for a map. */
static void
wait_for_calm (GtkWidget *page, const TraceReads *reads)
{
    guint frames = 0, n_reads = reads->n_reads, tick;
    tick = gtk_widget_add_tick_callback (page, count_frame, &frames, NULL);
    RUN_UNTIL ((n_reads != reads->n_reads ? (n_reads = reads->n_reads, frames = 0) : 0,
                frames >= CALM_FRAMES));
    gtk_widget_remove_tick_callback (page, tick);
}

/* The maps of layer 0 cannot be read at first. */
START_TEST (maps_that_cannot_be_read_are_named_in_the_view_and_read_when_tried_again)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    FoveaTileCache *cache = fovea_heads_page_get_thumbnails (FOVEA_HEADS_PAGE (page));
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (page, FOVEA_TYPE_FAILURE_BAR));
    static TraceReads reads = {.unreadable = 0}; /* threads may let go of the trace later */
    g_autoptr (FoveaTrace) trace =
        trace_watched (fovea_trace_source_get_trace (bench->source), &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    fovea_trace_source_set_origin (source, "a.fovea", 2, 12);
    widget_bench_show (bench, page, 1000, 700);
    fovea_selection_set_trace (bench->selection, source, bench->heads, &(FoveaPlace){1, 0, 20, 7});
    RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL &&
               strstr (fovea_failure_bar_get_message (bar), " other map ") != NULL);
    RUN_UNTIL (has_map (cache, 1, 0) && has_map (cache, 1, 1));
    ck_assert_msg (
        g_str_has_prefix (fovea_failure_bar_get_message (bar), "Map of head 0.") &&
            g_str_has_suffix (fovea_failure_bar_get_message (bar),
                              ", sequence 12 of run 2: no bytes of blocks.0.attn.hook_pattern · 1 "
                              "other map cannot be read"),
        "%s", fovea_failure_bar_get_message (bar));
    wait_for_calm (page, &reads); /* the bar slides in, and cells are drawn at other places */
    ck_assert (!has_map (cache, 0, 0));
    reads.unreadable = G_MAXUINT;
    g_signal_emit_by_name (bar, "retry"); /* the bar stays, for its going would draw all anew */
    RUN_UNTIL (has_map (cache, 0, 0) && has_map (cache, 0, 1));
    ck_assert_ptr_nonnull (fovea_failure_bar_get_message (bar));
    /* It is not of another text. */
    widget_bench_open (bench, 0, 0, 20, 7);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    widget_bench_free (bench);
}
END_TEST

/* Of the layer behind the first nothing was kept. */
START_TEST (maps_that_were_not_kept_are_no_failure)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_heads_page_new (bench->selection);
    FoveaTileCache *cache = fovea_heads_page_get_thumbnails (FOVEA_HEADS_PAGE (page));
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (page, FOVEA_TYPE_FAILURE_BAR));
    static TraceReads reads = {.unreadable = G_MAXUINT}; /* threads may let go of the trace later */
    g_autoptr (FoveaTrace) whole = sparse_trace_new (40, 2, 2, 1, 3);
    g_autoptr (FoveaTrace) trace = trace_watched (whole, &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    widget_bench_show (bench, page, 1000, 700);
    fovea_selection_set_trace (bench->selection, source, bench->heads, &(FoveaPlace){0, 0, 20, 7});
    RUN_UNTIL (has_map (cache, 0, 0) && has_map (cache, 0, 1));
    wait_for_calm (page, &reads);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    g_autofree char *kept = fovea_sentence_for_missing (source, 0);
    g_autofree char *missing = fovea_sentence_for_missing (source, 1);
    ck_assert_ptr_null (kept);
    ck_assert_ptr_nonnull (strstr (missing, "Needs blocks.1.attn.hook_q and hook_k, or "));
    widget_bench_free (bench);
}
END_TEST

static gboolean
says (GtkWidget *widget, const char *words)
{
    EACH_WIDGET (at, widget)
        if (gtk_widget_get_mapped (at) && g_strcmp0 (shown_text (at), words) == 0)
            return TRUE;
    return FALSE;
}

/* Of the head and of its cell. */
START_TEST (without_attention_the_inspector_says_what_keeps_it)
{
    static const char needs[] =
        "Needs blocks.1.attn.hook_q and hook_k, or hook_pattern, not kept in this run. This keeps "
        "them: fovea capture MODEL -f TEXT -o STORE --points attention";
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (FoveaTraceSource) bare = ui_support_bare_source (40);
    g_autoptr (FoveaNotes) notes = fovea_notes_new ();
    g_autoptr (FoveaSparseModel) sparse = fovea_sparse_model_new (bench->selection);
    GtkWidget *inspector = fovea_inspector_new (bench->selection, bench->cells, sparse, notes);
    widget_bench_show (bench, inspector, 300, 700);
    fovea_selection_set_trace (bench->selection, bare, NULL, &(FoveaPlace){1, 1, 20, 7});
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_HEAD);
    RUN_UNTIL (says (inspector, "ON THIS TEXT") && says (inspector, needs));
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_CELL);
    RUN_UNTIL (says (inspector, "CELL") && says (inspector, needs));
    widget_bench_free (bench);
}
END_TEST

int
main (void)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("heads page");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, the_heads_page_filters_sorts_and_selects);
    tcase_add_test (tcase, what_is_shown_has_the_keys);
    tcase_add_test (tcase, words_in_place_of_a_plot_are_not_cut_off);
    tcase_add_test (tcase, a_filter_that_is_left_gives_the_keys_to_the_heads);
    tcase_add_test (tcase, half_a_condition_keeps_the_heads_that_are_shown_and_marks_the_entry);
    tcase_add_test (tcase, a_filter_that_leaves_no_head_says_so);
    tcase_add_test (tcase, heads_are_coloured_by_a_score_of_all_of_them);
    tcase_add_test (tcase, a_hovered_head_is_framed_in_the_grid);
    tcase_add_test (tcase, heads_stand_beside_those_of_the_reference_or_show_the_difference);
    tcase_add_test (tcase, change_is_the_share_of_attention_that_lies_elsewhere);
    tcase_add_test (tcase, heads_are_ordered_by_what_changed_between_two_texts);
    tcase_add_test (tcase, colours_of_a_difference_reach_further_in_longer_texts);
    tcase_add_test (tcase, several_heads_are_chosen_by_click_and_key);
    tcase_add_test (tcase, enter_on_a_head_opens_its_map);
    tcase_add_test (tcase, the_number_of_keys_has_its_thousands);
    tcase_add_test (tcase,
                    maps_that_cannot_be_read_are_named_in_the_view_and_read_when_tried_again);
    tcase_add_test (tcase, maps_that_were_not_kept_are_no_failure);
    tcase_add_test (tcase, without_attention_the_inspector_says_what_keeps_it);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
