/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Words that a widget shows, however it holds them. */
#include <gtk/gtk.h>

#include "tests/widget-tree.h"
#include "ui/text-cell.h"

/* The words of a label, inscription or cell, NULL = it is none. */
static inline const char *
shown_text (GtkWidget *widget)
{
    if (GTK_IS_LABEL (widget))
        return gtk_label_get_text (GTK_LABEL (widget));
    if (FOVEA_IS_TEXT_CELL (widget))
        return fovea_text_cell_get_text (FOVEA_TEXT_CELL (widget));
    if (!GTK_IS_INSCRIPTION (widget))
        return NULL;
    const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (widget));
    return text != NULL ? text : "";
}

/* Every word below @parent, in sight or not, a line each. */
static inline void
shown_text_collect (GtkWidget *parent, GString *text)
{
    EACH_WIDGET (widget, parent)
        if (shown_text (widget) != NULL)
            g_string_append_printf (text, "%s\n", shown_text (widget));
}
