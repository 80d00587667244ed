/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rows of lists that a screen reader can name. */
#include <gtk/gtk.h>

/**
 * fovea_row_names_bind:
 * @list: a list or column view
 *
 * A row that gets the focus is named by the words in it; of a column view with the titles of their columns.
 *
 * Thread: main.
 */
void fovea_row_names_bind (GtkWidget *list);
