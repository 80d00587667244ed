/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which model a dialog is about: an entry that takes a folder, a file or "demo", the models of before, and
 * choosers for folders and for files. */
#include "app/window/form.h"

/**
 * fovea_model_row_new:
 * @entry: (out): in the row; holds the model that was captured last
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_model_row_new (GtkEditable **entry, FoveaFormChanged changed, gpointer data);

/**
 * fovea_model_row_is_model:
 *
 * Whether a path is a model rather than a text, by its kind and name alone.   Thread: any.
 */
gboolean fovea_model_row_is_model (const char *path);
