/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Which head a message is of is noted on the bar itself, since two views have one each. */
#include "ui/head-failure.h"

#include "ui/sentences.h"

#define SELECTION "fovea-selection"
#define HEAD      "fovea-head"

static gpointer
get_head (FoveaSelection *selection)
{
    const FoveaPlace *place = fovea_selection_get_place (selection);
    return GUINT_TO_POINTER (place->layer << 16 | place->head);
}

static void
moved (FoveaFailureBar *bar)
{
    FoveaSelection *selection = g_object_get_data (G_OBJECT (bar), SELECTION);
    if (fovea_failure_bar_get_message (bar) != NULL &&
        g_object_get_data (G_OBJECT (bar), HEAD) != get_head (selection))
        fovea_failure_bar_close (bar);
}

GtkWidget *
fovea_head_failure_new (FoveaSelection *selection)
{
    GtkWidget *bar = fovea_failure_bar_new (TRUE);
    g_object_set_data_full (G_OBJECT (bar), SELECTION, g_object_ref (selection), g_object_unref);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), bar, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (fovea_failure_bar_close), bar,
                             G_CONNECT_SWAPPED);
    return bar;
}

void
fovea_head_failure_show (FoveaFailureBar *bar, const char *message)
{
    FoveaSelection *selection = g_object_get_data (G_OBJECT (bar), SELECTION);
    const FoveaPlace *place = fovea_selection_get_place (selection);
    FoveaTraceSource *source = fovea_selection_get_source (selection);
    g_autofree char *missing =
        source != NULL ? fovea_sentence_for_missing (source, place->layer) : NULL;
    g_object_set_data (G_OBJECT (bar), HEAD, get_head (selection));
    if (missing != NULL)
        fovea_failure_bar_show_refusal (bar, missing);
    else
        fovea_failure_bar_show (bar, message);
}
