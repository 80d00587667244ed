/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a capture runs on: a text, files, JSON lines, token ids or random repeats, one tab each. */
#include "app/capture-prediction.h"
#include "app/window/form.h"

typedef struct _FoveaInputForm FoveaInputForm;

/**
 * fovea_input_form_new:
 * @text: to begin with
 *
 * Thread: main.   Owner: caller frees with fovea_input_form_free(), after its widget has gone.
 */
FoveaInputForm *fovea_input_form_new (const char *text, FoveaFormChanged changed, gpointer data);

/**
 * fovea_input_form_free:
 *
 * NULL is fine.   Thread: main.
 */
void fovea_input_form_free (FoveaInputForm *self);

/**
 * fovea_input_form_get_widget:
 *
 * Thread: main.   Owner: its parent.
 */
GtkWidget *fovea_input_form_get_widget (FoveaInputForm *self);

/**
 * fovea_input_form_add_path:
 * @path: *.jsonl, or any other file as text
 *
 * Turns to the tab of its kind.   Thread: main.
 */
void fovea_input_form_add_path (FoveaInputForm *self, const char *path);

/**
 * fovea_input_form_show_files:
 *
 * Turns to the tab of files.   Thread: main.
 */
void fovea_input_form_show_files (FoveaInputForm *self);

/**
 * fovea_input_form_focus_files:
 *
 * Puts the focus on what adds files.   Thread: main.
 */
void fovea_input_form_focus_files (FoveaInputForm *self);

/**
 * fovea_input_form_fill:
 *
 * Sets exactly one source of the request.
 *
 * Errors: FOVEA_ERROR_USAGE for what is no list of ids, or nothing given.   Thread: main.
 */
gboolean fovea_input_form_fill (FoveaInputForm *self, FoveaCaptureRequest *request, GError **error);

/**
 * fovea_input_form_get_source:
 *
 * Where the input of the visible tab is chosen; NULL while there is no text or file.
 *
 * Thread: main.   Owner: the form.
 */
GtkWidget *fovea_input_form_get_source (FoveaInputForm *self);

/**
 * fovea_input_form_has_windows:
 *
 * Whether the input is text, which windows cut; pictures are not.   Thread: main.
 */
gboolean fovea_input_form_has_windows (FoveaInputForm *self);

/**
 * fovea_input_form_show_tokens:
 *
 * @prediction: (nullable): NULL = nothing is known
 *
 * The tokens of each file, beside it.   Thread: main.
 */
void fovea_input_form_show_tokens (FoveaInputForm *self, const FoveaPrediction *prediction);
