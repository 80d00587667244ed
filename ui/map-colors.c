/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What is wanted is the canvas's: a text that cannot be compared is drawn otherwise meanwhile, and the list
 * says how. */
#include "ui/map-colors.h"

#include <glib/gi18n.h>

#include "ui/choice.h"
#include "ui/sentences.h"

#define FOLLOWING "fovea-following" /* set while the list is changed by what it shows */

static void
chosen (GtkDropDown *list, GParamSpec *pspec, FoveaMapCanvas *canvas)
{
    guint row = gtk_drop_down_get_selected (list);
    if (g_object_get_data (G_OBJECT (list), FOLLOWING) == NULL && row != GTK_INVALID_LIST_POSITION)
        g_object_set (canvas, "color-scale", (int) row, NULL);
}

static void
tell_scores (GtkDropDown *list, FoveaSelection *selection)
{
    FoveaTraceSource *source = fovea_selection_get_source (selection);
    guint layer = fovea_selection_get_place (selection)->layer;
    g_autofree char *why =
        source != NULL ? fovea_sentence_for_missing_scores (source, layer) : NULL;
    fovea_choice_refuse (list, FOVEA_COLOR_SCORE, why);
}

/* The last row comes before it is chosen and goes after another was. */
static void
follow (GtkDropDown *list)
{
    FoveaMapCanvas *canvas = g_object_get_data (G_OBJECT (list), "canvas");
    FoveaSelection *selection = g_object_get_data (G_OBJECT (list), "selection");
    GtkStringList *rows = GTK_STRING_LIST (gtk_drop_down_get_model (list));
    gboolean can = fovea_selection_can_differ (selection);
    gboolean has = g_list_model_get_n_items (G_LIST_MODEL (rows)) > FOVEA_COLOR_DIFFERENCE;
    g_object_set_data (G_OBJECT (list), FOLLOWING, list);
    if (can && !has)
        gtk_string_list_append (rows, _ ("Colour: difference"));
    gtk_drop_down_set_selected (list, (guint) fovea_map_canvas_get_color_scale (canvas));
    tell_scores (list, selection);
    if (!can && has)
        gtk_string_list_remove (rows, FOVEA_COLOR_DIFFERENCE);
    g_object_set_data (G_OBJECT (list), FOLLOWING, NULL);
}

GtkDropDown *
fovea_map_colors_new (FoveaMapCanvas *canvas, FoveaSelection *selection)
{
    GtkDropDown *list = fovea_choice_new (
        (const char *[]){_ ("Colour: log"), _ ("Colour: linear"), _ ("Colour: score"), NULL},
        _ ("Colour (L)"));
    g_object_set_data_full (G_OBJECT (list), "canvas", g_object_ref (canvas), g_object_unref);
    g_object_set_data_full (G_OBJECT (list), "selection", g_object_ref (selection), g_object_unref);
    g_signal_connect_object (list, "notify::selected", G_CALLBACK (chosen), canvas, 0);
    g_signal_connect_object (canvas, "notify::color-scale", G_CALLBACK (follow), list,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "reference-changed", G_CALLBACK (follow), list,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (follow), list, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (follow), list,
                             G_CONNECT_SWAPPED);
    follow (list);
    return list;
}
