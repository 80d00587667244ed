/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Numbers that count as soon as they are typed: the toolkit takes them when the focus goes on, and a key that
 * starts something leaves it where it is. */
#include <gtk/gtk.h>

/**
 * fovea_typed_number_bind:
 *
 * The value follows the text while that is a number within the range.   Thread: main.
 */
void fovea_typed_number_bind (GtkSpinButton *spin);
