/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The main window: header, sidebar, token strip, views, inspector, status line, all round one
 * FoveaSelection. */
#include <gtk/gtk.h>

#include "ui/selection.h"

#define FOVEA_TYPE_WINDOW (fovea_window_get_type ())
G_DECLARE_FINAL_TYPE (FoveaWindow, fovea_window, FOVEA, WINDOW, GtkApplicationWindow)

/* Whether the window is to close, by itself or with all others. */
typedef enum {
    FOVEA_STAYING,
    FOVEA_CLOSING,
    FOVEA_QUITTING
} FoveaLeaving;

/**
 * fovea_window_new:
 *
 * Shows the start page.
 *
 * Thread: main.   Owner: the application.
 */
FoveaWindow *fovea_window_new (GtkApplication *application);

/**
 * fovea_window_open:
 * @path: a store
 *
 * Opens a store and looks at its newest sequence.   Thread: main.
 */
void fovea_window_open (FoveaWindow *self, const char *path);

/**
 * fovea_window_restore:
 *
 * Lists the stores that were listed when a window was last in use, and shows the one that was shown. Those
 * that are gone are named. Nothing, if the start page was left showing.   Thread: main.
 */
void fovea_window_restore (FoveaWindow *self);

/**
 * fovea_window_take:
 * @path: a store, which opens; or a model or text, which a new capture begins with
 *
 * Thread: main.
 */
void fovea_window_take (FoveaWindow *self, const char *path);

/**
 * fovea_window_hold:
 *
 * Whether the window has to stay for its notes: while one is being written, then until somebody answered what
 * becomes of those that could not be. It leaves by itself after that.
 *
 * Thread: main.
 */
gboolean fovea_window_hold (FoveaWindow *self, FoveaLeaving how);

/**
 * fovea_window_run_text:
 * @text: for the model that is chosen on the start page, the bundled one at first
 * @path: store that the run is added to
 *
 * What the start page's Run does.   Thread: main.
 */
void fovea_window_run_text (FoveaWindow *self, const char *text, const char *path);

/**
 * fovea_window_get_selection:
 *
 * Owner: the window.   Thread: main.
 */
FoveaSelection *fovea_window_get_selection (FoveaWindow *self);

/**
 * fovea_window_is_busy:
 *
 * Whether a job runs.   Thread: main.
 */
gboolean fovea_window_is_busy (FoveaWindow *self);

/**
 * fovea_window_get_failure:
 *
 * The line at the top, NULL if none is shown.   Owner: the window.   Thread: main.
 */
const char *fovea_window_get_failure (FoveaWindow *self);

/**
 * fovea_window_get_status:
 *
 * Text of the status line.   Owner: the window.   Thread: main.
 */
const char *fovea_window_get_status (FoveaWindow *self);
