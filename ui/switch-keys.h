/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Keys of a row of choices of which one is on. */
#include <gtk/gtk.h>

/**
 * fovea_switch_keys_bind:
 * @switcher: a #GtkStackSwitcher whose stack has all of its pages
 *
 * Left and Right choose, and Tab comes to what is chosen. The toolkit's own go from button to button, of which
 * none is chosen by that, and on into what stands beside the row.
 *
 * Thread: main.
 */
void fovea_switch_keys_bind (GtkWidget *switcher);
