/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What suites of single widgets share: a window for one of them, and a program that needs a display. */
#include <gtk/gtk.h>
#include <stdlib.h>

#include "tests/run-until.h"
#include "tests/support.h"
#include "ui/background.h"

/* The window, once @child has a place in it. */
static inline GtkWidget *
show_in_window (GtkWidget *child, int width, int height)
{
    GtkWidget *window = gtk_window_new ();
    gtk_window_set_default_size (GTK_WINDOW (window), width, height);
    gtk_window_set_child (GTK_WINDOW (window), child);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_mapped (child) && gtk_widget_get_width (child) > 0);
    return window;
}

/* And all that is still to be done for it. */
static inline void
close_window (GtkWidget *window)
{
    gtk_window_destroy (GTK_WINDOW (window));
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
}

/* Runs a suite of one case; 77 without a display. */
static inline int
run_on_display (const char *name, void (*add_tests) (TCase *tcase), double timeout_s)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create (name);
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, timeout_s);
    add_tests (tcase);
    suite_add_tcase (suite, tcase);
    int status = support_run (suite);
    return fovea_background_finish (timeout_s) ? status : EXIT_FAILURE;
}
