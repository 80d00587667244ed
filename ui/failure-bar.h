/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One line at the top of the view that failed, with "Try again" and "Details". Never a modal: the
 * work goes on under it. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_FAILURE_BAR (fovea_failure_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFailureBar, fovea_failure_bar, FOVEA, FAILURE_BAR, GtkBox)

/**
 * fovea_failure_bar_new:
 * @can_retry: offer "Try again"
 *
 * Hidden until something fails. Actions: "failure.details", "failure.copy", "failure.close". Signal:
 * "retry" (the bar has closed itself).
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_failure_bar_new (gboolean can_retry);

/**
 * fovea_failure_bar_show:
 * @message: one line "what: which object, which numbers"
 *
 * Replaces what is shown and folds the details in.   Thread: main.
 */
void fovea_failure_bar_show (FoveaFailureBar *self, const char *message);

/**
 * fovea_failure_bar_show_refusal:
 *
 * As fovea_failure_bar_show(), of what would fail again until something is chosen otherwise: without
 * "Try again".   Thread: main.
 */
void fovea_failure_bar_show_refusal (FoveaFailureBar *self, const char *message);

/* Lines for the details: which store, which version.   Owner: caller. */
typedef char *(*FoveaFailureTeller) (GtkWidget *root);

/**
 * fovea_failure_bar_set_teller:
 * @root: a window, told to @tell
 *
 * What every bar in the window adds to its details when something fails.   Thread: main.
 */
void fovea_failure_bar_set_teller (GtkWidget *root, FoveaFailureTeller tell);

/**
 * fovea_failure_bar_close:
 *
 * Thread: main.
 */
void fovea_failure_bar_close (FoveaFailureBar *self);

/**
 * fovea_failure_bar_get_message:
 *
 * NULL while nothing is shown.   Thread: main.   Owner: the bar.
 */
const char *fovea_failure_bar_get_message (FoveaFailureBar *self);

/**
 * fovea_failure_bar_get_details:
 *
 * What "Details" unfolds and "Copy" copies, NULL while folded.   Thread: main.   Owner: the bar.
 */
const char *fovea_failure_bar_get_details (FoveaFailureBar *self);
