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
    run_and_score (bench);
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

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, plots_take_what_the_rows_of_heads_leave);
    tcase_add_test (tcase, plots_of_layers_take_what_the_mask_leaves);
}

int
main (void)
{
    return window_bench_main ("shared-room", add_tests);
}
