/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Lists that Tab leaves by one press. */
#include <gtk/gtk.h>

/**
 * fovea_tab_out_bind:
 * @list: a list, grid or column view
 *
 * Arrows go from row to row; Tab, which those views take for one more arrow, goes to what is behind the
 * list, and with Shift to what is before it.
 *
 * Thread: main.
 */
void fovea_tab_out_bind (GtkWidget *list);
