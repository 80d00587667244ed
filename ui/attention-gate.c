/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One layer is enough for the view, which tells of single layers that are missing. Layers that were
 * looked at stay open in the source, so the question costs what the view's first tile would. */
#include "ui/attention-gate.h"

#include <glib/gi18n.h>

#include "ui/sentences.h"
#include "ui/trace-source.h"

/* TRUE while nothing is open, too: there is nothing to be missed yet. */
static gboolean
has_attention (FoveaSelection *selection)
{
    FoveaTraceSource *source = fovea_selection_get_source (selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    gint64 n = source != NULL ? info->architecture->n_layers : 0;
    for (gint64 layer = n; layer-- > 0;)
        if (fovea_trace_source_get_layer (source, (guint) layer, NULL) != NULL)
            return TRUE;
    return source == NULL;
}

static void
follow (GtkStack *gate)
{
    FoveaSelection *selection = g_object_get_data (G_OBJECT (gate), "selection");
    gtk_stack_set_visible_child_name (gate, has_attention (selection) ? "view" : "empty");
}

static GtkWidget *
new_line (const char *text, const char *css_class)
{
    GtkWidget *label = gtk_label_new (text);
    gtk_widget_add_css_class (label, css_class);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
    return label;
}

static GtkWidget *
build_empty (void)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *button = gtk_button_new_with_label (_ ("New capture…"));
    gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
    gtk_widget_set_halign (column, GTK_ALIGN_CENTER);
    gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.new-capture");
    gtk_box_append (GTK_BOX (column),
                    new_line (_ ("Attention was not kept in this run."), "plottitle"));
    gtk_box_append (GTK_BOX (column),
                    new_line (_ ("This view needs hook_q and hook_k, or hook_pattern, of a layer. "
                                 "New capture keeps them."),
                              "quiet"));
    gtk_box_append (GTK_BOX (column), button);
    gtk_box_append (GTK_BOX (column), new_line (_ ("From a shell:"), "quiet"));
    GtkWidget *command = new_line (FOVEA_ATTENTION_COMMAND, "command");
    gtk_label_set_selectable (GTK_LABEL (command), TRUE);
    gtk_box_append (GTK_BOX (column), command);
    return column;
}

GtkWidget *
fovea_attention_gate_new (GtkWidget *view, FoveaSelection *selection)
{
    GtkWidget *gate = gtk_stack_new ();
    gtk_stack_set_hhomogeneous (GTK_STACK (gate), FALSE);
    gtk_stack_set_vhomogeneous (GTK_STACK (gate), FALSE);
    gtk_stack_add_named (GTK_STACK (gate), view, "view");
    gtk_stack_add_named (GTK_STACK (gate), build_empty (), "empty");
    g_object_set_data_full (G_OBJECT (gate), "selection", g_object_ref (selection), g_object_unref);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (follow), gate,
                             G_CONNECT_SWAPPED);
    follow (GTK_STACK (gate));
    return gate;
}

gboolean
fovea_attention_gate_is_open (GtkWidget *gate)
{
    return !GTK_IS_STACK (gate) ||
           g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (gate)), "empty") != 0;
}
