/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/tip.h"

/* Nobody is asked for a widget that is not visible. */
void
fovea_tip_set (GtkWidget *widget, const char *text)
{
    gboolean aside = gtk_widget_get_root (widget) == NULL && gtk_widget_get_visible (widget);
    if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
        return;
    if (aside)
        gtk_widget_set_visible (widget, FALSE);
    gtk_widget_set_tooltip_text (widget, text);
    if (aside)
        gtk_widget_set_visible (widget, TRUE);
}
