/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tooltips are answered when they are asked for: setting one asks the display where the pointer is,
 * which a list that binds forty cells in a frame cannot afford. */
#include "ui/still-label.h"

#define WHOLE "fovea-whole" /* words of which a shorter version is shown */

/* Only what is shortened has more to tell: the words at the label's width need more height. */
static gboolean
query_tooltip (
    GtkWidget *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    const char *text = fovea_still_label_get (label);
    const char *whole = g_object_get_data (G_OBJECT (label), WHOLE);
    if (whole != NULL) {
        gtk_tooltip_set_text (tooltip, whole);
        return !g_str_equal (whole, text);
    }
    g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (label, text);
    int height;
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width (layout, gtk_widget_get_width (label) * PANGO_SCALE);
    pango_layout_get_pixel_size (layout, NULL, &height);
    gtk_tooltip_set_text (tooltip, text);
    return *text != '\0' && height > gtk_widget_get_height (label) + 2;
}

GtkWidget *
fovea_still_label_new (const char *css_class, guint lines)
{
    GtkWidget *label = gtk_inscription_new (NULL);
    GtkInscription *words = GTK_INSCRIPTION (label);
    gtk_inscription_set_xalign (words, 0);
    gtk_inscription_set_yalign (words, lines > 1 ? 0 : 0.5f);
    gtk_inscription_set_min_lines (words, lines);
    gtk_inscription_set_nat_lines (words, lines);
    gtk_inscription_set_text_overflow (words, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
    gtk_inscription_set_wrap_mode (words, PANGO_WRAP_WORD_CHAR);
    if (css_class != NULL)
        gtk_widget_add_css_class (label, css_class);
    gtk_widget_set_hexpand (label, TRUE);
    gtk_widget_set_has_tooltip (label, TRUE);
    g_signal_connect (label, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
    return label;
}

void
fovea_still_label_set (GtkWidget *label, const char *text)
{
    if (g_strcmp0 (fovea_still_label_get (label), text != NULL ? text : "") == 0)
        return;
    gtk_inscription_set_text (GTK_INSCRIPTION (label), text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    text != NULL ? text : "", -1);
}

void
fovea_still_label_set_fitting (GtkWidget *label, const char *const *versions)
{
    int room = gtk_widget_get_width (label), width;
    g_object_set_data_full (G_OBJECT (label), WHOLE, g_strdup (versions[0]), g_free);
    for (; *versions != NULL; versions++) {
        g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (label, *versions);
        pango_layout_get_pixel_size (layout, &width, NULL);
        if (width <= room)
            break;
    }
    fovea_still_label_set (label, *versions);
}

const char *
fovea_still_label_get (GtkWidget *label)
{
    const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (label));
    return text != NULL ? text : "";
}
