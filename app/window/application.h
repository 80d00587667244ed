/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The application: style sheet for light and dark, icons, keys, windows. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_APPLICATION (fovea_application_get_type ())
G_DECLARE_FINAL_TYPE (FoveaApplication, fovea_application, FOVEA, APPLICATION, GtkApplication)

/**
 * fovea_application_new:
 *
 * Thread: main.   Owner: caller.
 */
FoveaApplication *fovea_application_new (void);
