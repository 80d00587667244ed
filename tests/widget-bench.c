/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* See widget-bench.h. */
#include "tests/widget-bench.h"

#include "tests/on-display.h"
#include "tests/ui-support.h"
#include "tests/widget-tree.h"

WidgetBench *
widget_bench_new (gint64 n_tokens)
{
    WidgetBench *bench = g_new0 (WidgetBench, 1);
    bench->selection = fovea_selection_new ();
    bench->cells = fovea_cell_model_new (bench->selection);
    bench->source = ui_support_source (n_tokens);
    bench->heads = ui_support_heads ();
    return bench;
}

void
widget_bench_show (WidgetBench *bench, GtkWidget *widget, int width, int height)
{
    bench->window = show_in_window (widget, width, height);
}

void
widget_bench_open (WidgetBench *bench, guint layer, guint head, gint64 query, gint64 key)
{
    fovea_selection_set_trace (bench->selection, bench->source, bench->heads,
                               &(FoveaPlace){layer, head, query, key});
    RUN_UNTIL (fovea_cell_model_get_data (bench->cells) != NULL);
}

void
widget_bench_free (WidgetBench *bench)
{
    close_window (bench->window);
    g_object_unref (bench->cells);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    fovea_table_unref (bench->heads);
    g_free (bench);
}

void
widget_bench_press (GtkWidget *widget, const char *action)
{
    ck_assert_msg (gtk_widget_activate_action (widget, action, NULL), "no action %s", action);
}
