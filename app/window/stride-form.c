/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A stride as long as the window follows the window: texts are whole then at any length of it. */
#include "app/window/stride-form.h"

#include <glib/gi18n.h>

#include "ui/tip.h"

#define USUAL_WINDOW 512 /* tokens, until another number is chosen or a model reads fewer */

struct _FoveaStrideForm {
    GtkWidget *column, *row;
    GtkWidget *cut; /* takes all of a text that may go on behind its only window */
    GtkSpinButton *window, *stride;
    int before; /* the window, before it is changed */
    gboolean chosen, fitting;
};

static int
get_stride (FoveaStrideForm *self)
{
    return gtk_spin_button_get_value_as_int (self->stride);
}

static void
window_changed (FoveaStrideForm *self)
{
    int window = fovea_stride_form_get_window (self);
    self->chosen |= !self->fitting;
    if (get_stride (self) == self->before)
        gtk_spin_button_set_value (self->stride, window);
    self->before = window;
}

/* The button goes, as soon as the prediction is another. */
static void
take_whole (FoveaStrideForm *self)
{
    gtk_spin_button_set_value (self->stride, fovea_stride_form_get_window (self));
    gtk_widget_grab_focus (GTK_WIDGET (self->stride));
}

static void
build_cut (FoveaStrideForm *self)
{
    self->cut = gtk_button_new_with_label (_ ("Longer texts end there: take them whole"));
    gtk_widget_add_css_class (self->cut, "flat");
    gtk_widget_set_halign (self->cut, GTK_ALIGN_START);
    gtk_widget_set_visible (self->cut, FALSE);
    fovea_tip_set (self->cut, _ ("A stride as long as the window: one follows the other"));
    g_signal_connect_swapped (self->cut, "clicked", G_CALLBACK (take_whole), self);
    gtk_box_append (GTK_BOX (self->column), self->cut);
}

FoveaStrideForm *
fovea_stride_form_new (FoveaFormChanged changed, gpointer data)
{
    FoveaStrideForm *self = g_new0 (FoveaStrideForm, 1);
    self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
    self->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    self->before = USUAL_WINDOW;
    self->window = fovea_form_new_number (_ ("Most tokens of a sequence"), 1, 1 << 20, USUAL_WINDOW,
                                          changed, data);
    g_signal_connect_swapped (self->window, "value-changed", G_CALLBACK (window_changed), self);
    self->stride = fovea_form_new_number (_ ("A new window every so many tokens"), 0, 1 << 20, 0,
                                          changed, data);
    fovea_tip_set (GTK_WIDGET (self->stride),
                   _ ("A long text goes on in more windows, one every so many tokens; "
                      "0 = only the first"));
    gtk_box_append (GTK_BOX (self->row), GTK_WIDGET (self->window));
    gtk_box_append (GTK_BOX (self->row), gtk_label_new (_ ("tokens, stride")));
    gtk_box_append (GTK_BOX (self->row), GTK_WIDGET (self->stride));
    gtk_box_append (GTK_BOX (self->column), self->row);
    build_cut (self);
    return self;
}

GtkWidget *
fovea_stride_form_get_widget (FoveaStrideForm *self)
{
    return self->column;
}

GtkWidget *
fovea_stride_form_get_entry (FoveaStrideForm *self)
{
    return GTK_WIDGET (self->window);
}

void
fovea_stride_form_set_used (FoveaStrideForm *self, gboolean used)
{
    gtk_widget_set_sensitive (self->row, used);
}

void
fovea_stride_form_fill (FoveaStrideForm *self, FoveaCaptureRequest *request)
{
    request->tokens = fovea_stride_form_get_window (self);
    request->stride = get_stride (self);
}

int
fovea_stride_form_get_window (FoveaStrideForm *self)
{
    return gtk_spin_button_get_value_as_int (self->window);
}

void
fovea_stride_form_choose_window (FoveaStrideForm *self, gint64 tokens)
{
    gtk_spin_button_set_value (self->window, (double) tokens);
}

gboolean
fovea_stride_form_is_chosen (FoveaStrideForm *self)
{
    return self->chosen;
}

gboolean
fovea_stride_form_fit (FoveaStrideForm *self, gint64 context)
{
    int window = (int) MIN (USUAL_WINDOW, context);
    if (self->chosen || window < 1 || fovea_stride_form_get_window (self) == window)
        return FALSE;
    self->fitting = TRUE;
    gtk_spin_button_set_value (self->window, window);
    self->fitting = FALSE;
    return TRUE;
}

void
fovea_stride_form_show_longest (FoveaStrideForm *self, gint64 longest)
{
    gtk_widget_set_visible (self->cut, get_stride (self) == 0 &&
                                           longest >= fovea_stride_form_get_window (self));
}
