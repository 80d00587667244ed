/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Widgets that draw all they show: to assistive technology a picture, which their label describes. */
#include <gtk/gtk.h>

/**
 * fovea_drawn_init_class:
 * @css_name: static
 *
 * Thread: main.
 */
void fovea_drawn_init_class (GtkWidgetClass *klass,
                             const char *css_name,
                             void (*snapshot) (GtkWidget *widget, GtkSnapshot *snapshot),
                             void (*measure) (GtkWidget *widget,
                                              GtkOrientation orientation,
                                              int for_size,
                                              int *minimum,
                                              int *natural,
                                              int *minimum_baseline,
                                              int *natural_baseline));
