/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Words that change and lay nothing out, that are shortened and whole in a tooltip, and the rows of facts
 * made of them. Nothing sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/on-display.h"
#include "tests/widget-tree.h"
#include "ui/fact.h"
#include "ui/still-label.h"
#include "ui/text-cell.h"
#include "ui/token-text.h"

static int
measure (GtkWidget *widget, GtkOrientation orientation)
{
    int natural;
    gtk_widget_measure (widget, orientation, -1, NULL, &natural, NULL, NULL);
    return natural;
}

START_TEST (other_words_leave_the_size_of_a_still_label)
{
    for (guint lines = 1; lines <= 3; lines++) {
        g_autoptr (GtkWidget) label = g_object_ref_sink (fovea_still_label_new ("quiet", lines));
        int width = measure (label, GTK_ORIENTATION_HORIZONTAL);
        int height = measure (label, GTK_ORIENTATION_VERTICAL);
        fovea_still_label_set (label, "MInference Vertical-Slash, window 24, head 5.10, and more, "
                                      "and more again than a line could hold");
        ck_assert_int_eq (measure (label, GTK_ORIENTATION_HORIZONTAL), width);
        ck_assert_int_eq (measure (label, GTK_ORIENTATION_VERTICAL), height);
        ck_assert (gtk_widget_has_css_class (label, "quiet"));
    }
    g_autoptr (GtkWidget) one = g_object_ref_sink (fovea_still_label_new (NULL, 1));
    g_autoptr (GtkWidget) three = g_object_ref_sink (fovea_still_label_new (NULL, 3));
    ck_assert_int_gt (measure (three, GTK_ORIENTATION_VERTICAL),
                      2 * measure (one, GTK_ORIENTATION_VERTICAL));
}
END_TEST

static gboolean
has_tooltip (GtkWidget *widget)
{
    g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
    gboolean shown = FALSE;
    g_signal_emit_by_name (widget, "query-tooltip", 0, 0, FALSE, tooltip, &shown);
    return shown;
}

static void
collect_named (GtkWidget *parent, const char *type, GPtrArray *found)
{
    EACH_WIDGET (widget, parent)
        if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type))
            g_ptr_array_add (found, widget);
}

/* Words that were shortened are whole in the tooltip; those that are there need none. */
START_TEST (what_is_shortened_is_whole_in_a_tooltip)
{
    static const char words[] =
        "MInference Vertical-Slash, window 24, head 5.10, and a little more";
    GtkWidget *window = gtk_window_new (), *label = fovea_still_label_new (NULL, 1),
              *cell = fovea_text_cell_new (NULL, 5, FALSE),
              *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    gtk_window_set_default_size (GTK_WINDOW (window), 200, 100);
    gtk_box_append (GTK_BOX (box), label);
    gtk_box_append (GTK_BOX (box), cell);
    gtk_window_set_child (GTK_WINDOW (window), box);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (label) > 100);
    ck_assert_str_eq (fovea_still_label_get (label), "");
    ck_assert (!has_tooltip (label) && !has_tooltip (cell));
    fovea_still_label_set (label, "Cell 157 → 26");
    fovea_text_cell_set_text (FOVEA_TEXT_CELL (cell), "0.25");
    ck_assert_str_eq (fovea_still_label_get (label), "Cell 157 → 26");
    ck_assert (!has_tooltip (label) && !has_tooltip (cell));
    fovea_still_label_set (label, words);
    fovea_text_cell_set_text (FOVEA_TEXT_CELL (cell), words);
    ck_assert (has_tooltip (label) && has_tooltip (cell));
    fovea_still_label_set (label, NULL);
    ck_assert_str_eq (fovea_still_label_get (label), "");
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The longest version that has room; the tooltip has the whole as soon as another is shown. */
START_TEST (a_label_takes_the_version_that_fits)
{
    static const char *const versions[] = {"1.2 tokens per px", "1 : 1.2", NULL};
    static const int widths[] = {300, 90, 12};
    static const char *const shown[] = {"1.2 tokens per px", "1 : 1.2", ""};
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        GtkWidget *window = gtk_window_new (), *row = gtk_fixed_new (),
                  *label = fovea_still_label_new (NULL, 1);
        g_object_set (label, "min-chars", 0, "nat-chars", 0, "width-request", widths[i], NULL);
        gtk_fixed_put (GTK_FIXED (row), label, 0, 0);
        gtk_window_set_child (GTK_WINDOW (window), row);
        gtk_window_present (GTK_WINDOW (window));
        RUN_UNTIL (gtk_widget_get_width (label) >= widths[i]);
        fovea_still_label_set_fitting (label, versions);
        ck_assert_str_eq (fovea_still_label_get (label), shown[i]);
        ck_assert_int_eq (has_tooltip (label), i > 0);
        gtk_window_destroy (GTK_WINDOW (window));
    }
}
END_TEST

/* A row of the inspector beside its value: only the first label has room. */
START_TEST (a_facts_label_that_is_shortened_is_whole_in_a_tooltip)
{
    GtkWidget *section = fovea_section_new ("DENSITY"), *window = gtk_window_new ();
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    static const char *const labels[] = {"Block oracle", "MInference Vertical-Slash of all heads"};
    gtk_window_set_default_size (GTK_WINDOW (window), 260, 200);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_present (GTK_WINDOW (window));
    for (guint i = 0; i < G_N_ELEMENTS (labels); i++) {
        g_autoptr (FoveaFact) fact =
            fovea_fact_new_marked (0xff204080, FOVEA_MARK_DISC, labels[i], 0.5, "88 %");
        g_list_store_append (facts, fact);
    }
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    RUN_UNTIL ((g_ptr_array_set_size (rows, 0), collect_named (section, "FoveaFactRow", rows),
                rows->len == 2 && gtk_widget_get_width (rows->pdata[1]) > 100));
    ck_assert (!has_tooltip (rows->pdata[0]));
    ck_assert (has_tooltip (rows->pdata[1]));
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The longest run of columns without any ink, from @first to @end. */
static int
find_gap (GtkWidget *widget, int first, int end)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), gap = 0;
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *cr = cairo_create (surface);
    GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
    g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
    gsk_render_node_draw (node, cr);
    cairo_surface_flush (surface);
    for (int x = first, run = 0; x < end; x++) {
        gboolean ink = FALSE;
        for (int y = 0; y < height; y++)
            ink |= cairo_image_surface_get_data (
                       surface)[y * cairo_image_surface_get_stride (surface) + 4 * x + 3] != 0;
        run = ink ? 0 : run + 1;
        gap = MAX (gap, run);
    }
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
    return gap;
}

/* Of a book: the position, its token, the bar and the weight stand apart. */
START_TEST (long_positions_and_small_weights_have_their_room)
{
    GtkWidget *section = fovea_section_new ("TOP KEYS"), *window = gtk_window_new (), *row;
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autofree char *weight = fovea_small_text (4.6e-7, 3);
    gtk_window_set_default_size (GTK_WINDOW (window), 260, 200);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_present (GTK_WINDOW (window));
    ck_assert_str_eq (weight, "4.6 × 10⁻⁷");
    for (guint i = 0; i < 2; i++) {
        g_autoptr (FoveaFact) fact =
            fovea_fact_new_bar (NULL, "▼", i == 0 ? "9" : "31,335", "mmmmmm", 0.9, weight);
        g_list_store_append (facts, fact);
    }
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    RUN_UNTIL ((g_ptr_array_set_size (rows, 0), collect_named (section, "FoveaFactRow", rows),
                rows->len == 2 && gtk_widget_get_width (rows->pdata[1]) > 100));
    row = rows->pdata[1];
    int width = gtk_widget_get_width (row);
    ck_assert_int_ge (find_gap (row, 50, 80), 5);                 /* number | token */
    ck_assert_int_ge (find_gap (row, 68, width - 78 - 20), 3);    /* token | bar */
    ck_assert_int_ge (find_gap (row, width - 90, width - 60), 4); /* bar | weight */
    ck_assert_int_ge (find_gap (rows->pdata[0], 30, 66), 30);     /* tokens in one column */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* A density is at most all: its bar ends in front of it. */
START_TEST (a_share_of_all_stands_apart_from_its_bar)
{
    GtkWidget *section = fovea_section_new ("DENSITY"), *window = gtk_window_new ();
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autoptr (FoveaFact) fact =
        fovea_fact_new_marked (0xff204080, FOVEA_MARK_DISC, "Streaming", 1, "≤ 100 %");
    gtk_window_set_default_size (GTK_WINDOW (window), 260, 200);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_present (GTK_WINDOW (window));
    g_list_store_append (facts, fact);
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    RUN_UNTIL ((g_ptr_array_set_size (rows, 0), collect_named (section, "FoveaFactRow", rows),
                rows->len == 1 && gtk_widget_get_width (rows->pdata[0]) > 100));
    int width = gtk_widget_get_width (rows->pdata[0]);
    ck_assert_int_ge (find_gap (rows->pdata[0], width - 66, width - 46), 3);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static GListStore *
new_facts (guint n, const char *value)
{
    GListStore *facts = g_list_store_new (FOVEA_TYPE_FACT);
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaFact) fact = fovea_fact_new ("of one thing", value);
        g_list_store_append (facts, fact);
    }
    return facts;
}

/* Rows that are shown, from the top. */
static GPtrArray *
list_rows (GtkWidget *section)
{
    g_autoptr (GPtrArray) all = g_ptr_array_new ();
    GPtrArray *shown = g_ptr_array_new ();
    collect_named (section, "FoveaFactRow", all);
    for (guint i = 0; i < all->len; i++)
        if (gtk_widget_get_visible (all->pdata[i]))
            g_ptr_array_add (shown, all->pdata[i]);
    return shown;
}

/* @n of them that are laid out. */
static GPtrArray *
wait_for_rows (GtkWidget *section, guint n)
{
    GPtrArray *rows = list_rows (section);
    ck_assert_uint_eq (rows->len, n);
    RUN_UNTIL (gtk_widget_get_width (rows->pdata[n - 1]) > 0);
    return rows;
}

/* Long labels have a tooltip, which tells what a row shows. For a while there are none, as while
 * numbers are being read. */
START_TEST (rows_of_facts_stay_and_show_the_next)
{
    GtkWidget *child = fovea_section_new ("FACTS"), *window = gtk_window_new ();
    static const guint sizes[] = {3, 5, 2};
    g_autoptr (GListStore) none = new_facts (0, "");
    g_autoptr (GPtrArray) first = NULL;
    gtk_window_set_default_size (GTK_WINDOW (window), 240, 300);
    gtk_window_set_child (GTK_WINDOW (window), child);
    gtk_window_present (GTK_WINDOW (window));
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        /* A value that leaves its label no room, every other time. */
        g_autoptr (GListStore) facts =
            new_facts (sizes[i], i % 2 ? "a value that is as long as its row" : "1");
        fovea_section_set (FOVEA_SECTION (child), NULL, facts, NULL);
        g_autoptr (GPtrArray) rows = wait_for_rows (child, sizes[i]);
        for (guint r = 0; r < sizes[i]; r++)
            ck_assert_int_eq (has_tooltip (rows->pdata[r]), i % 2);
        if (first == NULL)
            first = g_steal_pointer (&rows);
        else
            for (guint r = 0; r < MIN (sizes[i], sizes[0]); r++)
                ck_assert_ptr_eq (rows->pdata[r], first->pdata[r]);
        fovea_section_set (FOVEA_SECTION (child), NULL, none, NULL);
        g_autoptr (GPtrArray) hidden = list_rows (child);
        ck_assert_uint_eq (hidden->len, 0);
    }
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (arrows_go_through_facts_and_tab_goes_past_them)
{
    GtkWidget *child = fovea_section_new ("FACTS"), *window = gtk_window_new (),
              *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *before = gtk_button_new_with_label ("before"),
              *after = gtk_button_new_with_label ("after");
    g_autoptr (GListStore) facts = new_facts (3, "1");
    gtk_box_append (GTK_BOX (box), before);
    gtk_box_append (GTK_BOX (box), child);
    gtk_box_append (GTK_BOX (box), after);
    gtk_window_set_child (GTK_WINDOW (window), box);
    fovea_section_set (FOVEA_SECTION (child), NULL, facts, NULL);
    gtk_window_present (GTK_WINDOW (window));
    g_autoptr (GPtrArray) rows = wait_for_rows (child, 3);
    GtkWidget *const way[] = {rows->pdata[0], rows->pdata[1], rows->pdata[2], rows->pdata[1]};
    static const GtkDirectionType keys[] = {GTK_DIR_TAB_FORWARD, GTK_DIR_DOWN, GTK_DIR_DOWN,
                                            GTK_DIR_UP};
    gtk_widget_grab_focus (before);
    for (guint i = 0; i < G_N_ELEMENTS (way); i++) {
        ck_assert (gtk_widget_child_focus (window, keys[i]));
        ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), way[i]);
    }
    ck_assert (gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD));
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), after);
    ck_assert (gtk_widget_child_focus (window, GTK_DIR_UP));
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), rows->pdata[2]);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, other_words_leave_the_size_of_a_still_label);
    tcase_add_test (tcase, what_is_shortened_is_whole_in_a_tooltip);
    tcase_add_test (tcase, a_label_takes_the_version_that_fits);
    tcase_add_test (tcase, a_facts_label_that_is_shortened_is_whole_in_a_tooltip);
    tcase_add_test (tcase, long_positions_and_small_weights_have_their_room);
    tcase_add_test (tcase, a_share_of_all_stands_apart_from_its_bar);
    tcase_add_test (tcase, rows_of_facts_stay_and_show_the_next);
    tcase_add_test (tcase, arrows_go_through_facts_and_tab_goes_past_them);
}

int
main (void)
{
    return run_on_display ("words shown", add_tests, 60);
}
