/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The settings that people choose, each with its unit and what it does. What the window merely remembers, its
 * size or the last store, is none of them. */
#include <gtk/gtk.h>

/**
 * fovea_preferences_dialog_present:
 *
 * Without a schema there are no settings, and nothing is shown.   Thread: main.
 */
void fovea_preferences_dialog_present (GtkWindow *owner);
