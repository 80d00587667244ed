/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How the parts of a window share its room, and that they come to rest. Exit status 77 without a display. */
#include "tests/turn-meter.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/head-plots.h"
#include "ui/layer-curves.h"
#include "ui/mask-view.h"

#define N_SHOWN 4 /* grid and plots, either, the table */

/* The mask is as wide as its column and square; what is left under it goes to the plots of layers, up to
 * what they are drawn for. */
START_TEST (plots_of_layers_take_what_the_mask_leaves)
{
    Bench *bench = bench_new ();
    GtkWidget *window = GTK_WIDGET (bench->window), *plots, *mask;
    int least, most;
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) &&
               (plots = widget_tree_find (window, FOVEA_TYPE_LAYER_CURVES)) != NULL &&
               gtk_widget_get_mapped (plots));
    mask = widget_tree_find (window, FOVEA_TYPE_MASK_VIEW);
    gtk_widget_measure (plots, GTK_ORIENTATION_VERTICAL, -1, &least, &most, NULL, NULL);
    bench_resize (bench, 1480, 940);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == most);
    ck_assert_int_ge (gtk_widget_get_allocated_height (mask),
                      gtk_widget_get_allocated_width (mask));
    bench_resize (bench, 1000, 640);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) < most);
    ck_assert_int_ge (gtk_widget_get_allocated_height (plots), least);
    turn_meter_rest (window, "sparsity"); /* neither follows the other */
    bench_resize (bench, 1480, 940);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == most);
    turn_meter_rest (window, "sparsity");
    bench_free (bench);
}
END_TEST

/* Of the sidebar, the inspector and the notes. */
START_TEST (headings_of_sections_are_of_one_size)
{
    Bench *bench = bench_new ();
    int size = 0;
    guint n = 0;
    open_scored (bench);
    EACH_WIDGET (widget, GTK_WIDGET (bench->window)) {
        if (!gtk_widget_has_css_class (widget, "section") || !gtk_widget_get_mapped (widget))
            continue; /* what was never in sight has no letters yet */
        PangoContext *context = gtk_widget_get_pango_context (widget);
        int own = pango_font_description_get_size (pango_context_get_font_description (context));
        ck_assert_msg (n == 0 || own == size, "%s is of %d, others of %d",
                       GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "one", own,
                       size);
        size = own;
        n++;
    }
    ck_assert_uint_ge (n, 3);
    bench_free (bench);
}
END_TEST

/* Six rows of thumbnails leave room on a desktop's screen and none in a smaller window. */
START_TEST (plots_take_what_the_rows_of_heads_leave)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkPaned *panes = GTK_PANED (gtk_widget_get_ancestor (
        widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_HEAD_PLOT), GTK_TYPE_PANED));
    GtkWidget *plots = gtk_paned_get_end_child (panes);
    int least;
    gtk_widget_measure (plots, GTK_ORIENTATION_VERTICAL, -1, &least, NULL, NULL, NULL);
    bench_resize (bench, 1480, 940);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == 216);
    bench_resize (bench, 1240, 700);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == least);
    bench_resize (bench, 1480, 940);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == 216);
    turn_meter_rest (GTK_WIDGET (bench->window), "heads"); /* neither follows the other */
    /* Once round grid alone, plots alone, table, and both again. */
    for (guint i = 0; i < N_SHOWN; i++) {
        TurnMeter *meter = turn_meter_new ("shown");
        gtk_widget_activate_action (GTK_WIDGET (panes), "heads.show", NULL);
        turn_meter_frames (meter, GTK_WIDGET (bench->window), 4);
        turn_meter_free (meter);
    }
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == 216);
    /* Who moves the handle has it there, whatever the rows would leave. */
    gtk_paned_set_position (panes, gtk_paned_get_position (panes) - 60);
    RUN_UNTIL (gtk_widget_get_allocated_height (plots) == 276);
    bench_resize (bench, 1400, 880);
    turn_meter_rest (GTK_WIDGET (bench->window), "heads");
    ck_assert_int_eq (gtk_widget_get_allocated_height (plots), 276);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, plots_take_what_the_rows_of_heads_leave);
    tcase_add_test (tcase, plots_of_layers_take_what_the_mask_leaves);
    tcase_add_test (tcase, headings_of_sections_are_of_one_size);
}

int
main (void)
{
    return window_bench_main ("shared-room", add_tests);
}
