/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The grid view does not tell where its rows are; its rows are equal, so the adjustment does. */
#include "ui/layer-labels.h"

#include "ui/palette.h"
#include "ui/scaled.h"

#define WIDTH  46
#define TOP    9    /* padding of the list above its rows, */
#define BOTTOM 6    /* and below them, as in the style sheet */
#define MIDDLE 0.42 /* of a thumbnail, in its row with the line of text */

struct _FoveaLayerLabels {
    GtkWidget parent_instance;
    FoveaSelection *selection;
    GtkAdjustment *scroll;
    int pitch;
};

G_DEFINE_FINAL_TYPE (FoveaLayerLabels, fovea_layer_labels, GTK_TYPE_WIDGET)

static void
fovea_layer_labels_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaLayerLabels *self = FOVEA_LAYER_LABELS (widget);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaPalette palette;
    if (info == NULL)
        return;
    fovea_palette_load (widget, &palette);
    gint64 n_layers = info->architecture->n_layers;
    double grown = 15 * (fovea_text_scale (widget) - 1); /* of the line of text in a cell */
    double row = self->pitch + grown;
    double upper = gtk_adjustment_get_upper (self->scroll);
    /* Rows fill the list exactly when it scrolls; else the list is taller than its rows. */
    if (upper > gtk_adjustment_get_page_size (self->scroll) + 1)
        row = (upper - TOP - BOTTOM) / (double) n_layers;
    double top = -gtk_adjustment_get_value (self->scroll);
    for (gint64 l = 0; l < n_layers; l++) {
        double y = top + TOP + (double) l * row + row * MIDDLE;
        if (y < -20 || y > gtk_widget_get_height (widget) + 20)
            continue;
        g_autofree char *text = g_strdup_printf ("L%" G_GINT64_FORMAT, l);
        fovea_label_draw (widget, snapshot, text, 13, FOVEA_LABEL_BOLD, &palette.text, 18, y, 0);
    }
}

static void
fovea_layer_labels_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
    *minimum = *natural =
        orientation == GTK_ORIENTATION_HORIZONTAL ? (int) (WIDTH * fovea_text_scale (widget)) : 0;
}

static void
fovea_layer_labels_dispose (GObject *object)
{
    g_clear_object (&FOVEA_LAYER_LABELS (object)->selection);
    g_clear_object (&FOVEA_LAYER_LABELS (object)->scroll);
    G_OBJECT_CLASS (fovea_layer_labels_parent_class)->dispose (object);
}

static void
fovea_layer_labels_class_init (FoveaLayerLabelsClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_layer_labels_dispose;
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_layer_labels_snapshot;
    GTK_WIDGET_CLASS (klass)->measure = fovea_layer_labels_measure;
    gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass),
                                          GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
fovea_layer_labels_init (FoveaLayerLabels *self)
{
    gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
fovea_layer_labels_new (FoveaSelection *selection, GtkAdjustment *scroll)
{
    FoveaLayerLabels *self = g_object_new (FOVEA_TYPE_LAYER_LABELS, NULL);
    self->selection = g_object_ref (selection);
    self->scroll = g_object_ref (scroll);
    g_signal_connect_object (scroll, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (scroll, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

void
fovea_layer_labels_set_pitch (FoveaLayerLabels *self, int pitch)
{
    self->pitch = pitch;
    gtk_widget_queue_draw (GTK_WIDGET (self));
}
