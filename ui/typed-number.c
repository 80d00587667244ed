/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/typed-number.h"

/* What is unfinished or out of range waits, as the toolkit has it, until the focus goes on; so does a number
 * that would be written otherwise, or the text would change under the cursor. */
static void
text_changed (GtkSpinButton *spin)
{
    const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));
    double low, high;
    char *end;
    double value = g_strtod (text, &end);
    gtk_spin_button_get_range (spin, &low, &high);
    if (end == text || *end != '\0' || !(value >= low) || !(value <= high))
        return;
    g_autofree char *written =
        g_strdup_printf ("%0.*f", (int) gtk_spin_button_get_digits (spin), value);
    if (g_str_equal (written, text) && value != gtk_spin_button_get_value (spin))
        gtk_spin_button_set_value (spin, value);
}

void
fovea_typed_number_bind (GtkSpinButton *spin)
{
    g_signal_connect (spin, "changed", G_CALLBACK (text_changed), NULL);
}
