/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A selection, its cell and a planted trace, for widgets that show them. */
#include "ui/cell-model.h"

#include <gtk/gtk.h>

typedef struct {
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaTraceSource *source;
    FoveaTable *heads;
    GtkWidget *window;
} WidgetBench;

/**
 * widget_bench_new:
 * @n_tokens: of its trace, which is not selected yet
 *
 * Owner: caller, widget_bench_free().
 */
WidgetBench *widget_bench_new (gint64 n_tokens);

/**
 * widget_bench_show:
 *
 * @widget in a window of its own.
 */
void widget_bench_show (WidgetBench *bench, GtkWidget *widget, int width, int height);

/**
 * widget_bench_open:
 *
 * Selects the trace and a cell of it, which is read when this returns.
 */
void widget_bench_open (WidgetBench *bench, guint layer, guint head, gint64 query, gint64 key);

/**
 * widget_bench_free:
 *
 * Its window is closed.   Owner: takes @bench.
 */
void widget_bench_free (WidgetBench *bench);

/**
 * widget_bench_press:
 *
 * What a key of @widget does; it must exist.
 */
void widget_bench_press (GtkWidget *widget, const char *action);
