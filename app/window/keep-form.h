/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a capture keeps: common parts with their sizes as checks, anything else by name. */
#include "app/capture-prediction.h"
#include "app/window/form.h"

typedef struct _FoveaKeepForm FoveaKeepForm;

/**
 * fovea_keep_form_new:
 *
 * Thread: main.   Owner: caller frees with g_free(), after its widget has gone.
 */
FoveaKeepForm *fovea_keep_form_new (FoveaFormChanged changed, gpointer data);

/**
 * fovea_keep_form_get_widget:
 *
 * Thread: main.   Owner: its parent.
 */
GtkWidget *fovea_keep_form_get_widget (FoveaKeepForm *self);

/**
 * fovea_keep_form_get_entry:
 *
 * Of the points that are named.   Thread: main.   Owner: the form.
 */
GtkWidget *fovea_keep_form_get_entry (FoveaKeepForm *self);

/**
 * fovea_keep_form_fill:
 *
 * Sets points and dense of the request.   Thread: main.
 */
void fovea_keep_form_fill (FoveaKeepForm *self, FoveaCaptureRequest *request);

/**
 * fovea_keep_form_keeps:
 * Thread: main.
 */
gboolean fovea_keep_form_keeps (FoveaKeepForm *self, FoveaKeepPart part);

/**
 * fovea_keep_form_leave_out:
 * Nothing happens for a part that is always kept.   Thread: main.
 */
void fovea_keep_form_leave_out (FoveaKeepForm *self, FoveaKeepPart part);

/**
 * fovea_keep_form_show_sizes:
 * @prediction: (nullable): NULL shows none
 *
 * Thread: main.
 */
void fovea_keep_form_show_sizes (FoveaKeepForm *self, const FoveaPrediction *prediction);

/**
 * fovea_keep_form_show_error:
 *
 * Says below the names that one of them is of no point; other errors are not about them.   Thread: main.
 */
void fovea_keep_form_show_error (FoveaKeepForm *self, const GError *error);
