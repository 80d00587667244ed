/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How much of a long text is captured: the tokens of a window, and how far it is to the next one. */
#include "app/capture-job.h"
#include "app/window/form.h"

typedef struct _FoveaStrideForm FoveaStrideForm;

/**
 * fovea_stride_form_new:
 *
 * Thread: main.   Owner: caller frees with g_free(), after its widget has gone.
 */
FoveaStrideForm *fovea_stride_form_new (FoveaFormChanged changed, gpointer data);

/**
 * fovea_stride_form_get_widget:
 *
 * Thread: main.   Owner: its parent.
 */
GtkWidget *fovea_stride_form_get_widget (FoveaStrideForm *self);

/**
 * fovea_stride_form_get_entry:
 *
 * Of the window's tokens.   Thread: main.   Owner: the form.
 */
GtkWidget *fovea_stride_form_get_entry (FoveaStrideForm *self);

/**
 * fovea_stride_form_set_used:
 *
 * Whether the input has windows at all.   Thread: main.
 */
void fovea_stride_form_set_used (FoveaStrideForm *self, gboolean used);

/**
 * fovea_stride_form_fill:
 *
 * Sets tokens and stride of the request.   Thread: main.
 */
void fovea_stride_form_fill (FoveaStrideForm *self, FoveaCaptureRequest *request);

/**
 * fovea_stride_form_get_window:
 *
 * Units: tokens.   Thread: main.
 */
int fovea_stride_form_get_window (FoveaStrideForm *self);

/**
 * fovea_stride_form_choose_window:
 *
 * As by hand.   Units: tokens.   Thread: main.
 */
void fovea_stride_form_choose_window (FoveaStrideForm *self, gint64 tokens);

/**
 * fovea_stride_form_is_chosen:
 *
 * Whether the window is one that somebody chose.   Thread: main.
 */
gboolean fovea_stride_form_is_chosen (FoveaStrideForm *self);

/**
 * fovea_stride_form_fit:
 * @context: tokens that the model reads
 *
 * A window that nobody chose is no longer than that. FALSE if it stays.   Thread: main.
 */
gboolean fovea_stride_form_fit (FoveaStrideForm *self, gint64 context);

/**
 * fovea_stride_form_show_longest:
 * @longest: tokens of the longest sequence that would be captured, 0 = not known
 *
 * Where a text may go on behind its only window, the form says so and offers the rest of it.
 *
 * Thread: main.
 */
void fovea_stride_form_show_longest (FoveaStrideForm *self, gint64 longest);
