/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/drawn.h"

void
fovea_drawn_init_class (GtkWidgetClass *klass,
                        const char *css_name,
                        void (*snapshot) (GtkWidget *widget, GtkSnapshot *snapshot),
                        void (*measure) (GtkWidget *widget,
                                         GtkOrientation orientation,
                                         int for_size,
                                         int *minimum,
                                         int *natural,
                                         int *minimum_baseline,
                                         int *natural_baseline))
{
    klass->snapshot = snapshot;
    klass->measure = measure;
    gtk_widget_class_set_css_name (klass, css_name);
    gtk_widget_class_set_accessible_role (klass, GTK_ACCESSIBLE_ROLE_IMG);
}
