/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A quantity is a name, a value, a bar of what there is, and that in words: the bar alone says
 * nothing to who cannot see it. */
#include "app/window/prediction-card.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/window/command-text.h"
#include "app/window/form.h"
#include "ui/late.h"
#include "ui/token-text.h"

#define WIDTH      260
#define CHARACTERS 26

typedef struct {
    GtkWidget *rows[3];
    GtkLabel *value, *of;
    GtkProgressBar *bar;
} Quantity;

struct _FoveaPredictionCard {
    GtkBox parent_instance;
    Quantity store, device, host;
    GtkLabel *time, *where, *note, *verdict;
    FoveaCommandText *command;
    GtkWidget *buttons[FOVEA_MAX_REMEDIES];
    FoveaRemedy remedies[FOVEA_MAX_REMEDIES]; /* of the buttons */
};

G_DEFINE_FINAL_TYPE (FoveaPredictionCard, fovea_prediction_card, GTK_TYPE_BOX)

static guint remedy_signal;

static GtkLabel *
add_value (GtkWidget *card, const char *name, GtkWidget **row)
{
    GtkWidget *label = gtk_label_new (name), *value = gtk_label_new ("–");
    *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_widget_set_hexpand (label, TRUE);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_widget_add_css_class (value, "name");
    gtk_box_append (GTK_BOX (*row), label);
    gtk_box_append (GTK_BOX (*row), value);
    gtk_box_append (GTK_BOX (card), *row);
    return GTK_LABEL (value);
}

static void
add_quantity (GtkWidget *card, const char *name, Quantity *quantity)
{
    GtkWidget *bar = gtk_progress_bar_new ();
    quantity->value = add_value (card, name, &quantity->rows[0]);
    gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    gtk_widget_add_css_class (bar, "quantity");
    gtk_box_append (GTK_BOX (card), bar);
    quantity->bar = GTK_PROGRESS_BAR (bar);
    quantity->of = fovea_form_add_text (card, "quiet", CHARACTERS);
    quantity->rows[1] = bar;
    quantity->rows[2] = GTK_WIDGET (quantity->of);
}

/* @what follows the size of the room: "free on disk". */
static void
show_quantity (Quantity *quantity, guint64 bytes, guint64 room, const char *what)
{
    g_autofree char *value = g_format_size (bytes);
    g_autofree char *of = g_format_size (room);
    g_autofree char *text =
        room != G_MAXUINT64 ? g_strdup_printf (_ ("of %s %s"), of, what) : g_strdup ("");
    double share = room > 0 && room != G_MAXUINT64 ? (double) bytes / (double) room : 0;
    gtk_label_set_text (quantity->value, value);
    gtk_label_set_text (quantity->of, text);
    gtk_progress_bar_set_fraction (quantity->bar, MIN (share, 1));
    gtk_widget_remove_css_class (GTK_WIDGET (quantity->bar), "unknown");
    if (share > 1)
        gtk_widget_add_css_class (GTK_WIDGET (quantity->bar), "over");
    else
        gtk_widget_remove_css_class (GTK_WIDGET (quantity->bar), "over");
}

static void
clear_quantity (Quantity *quantity)
{
    gtk_label_set_text (quantity->value, "–");
    gtk_label_set_text (quantity->of, "");
    gtk_progress_bar_set_fraction (quantity->bar, 0);
    gtk_widget_add_css_class (GTK_WIDGET (quantity->bar), "unknown"); /* is not a little */
    gtk_widget_remove_css_class (GTK_WIDGET (quantity->bar), "over");
}

static void
remedy_clicked (GtkWidget *button, FoveaPredictionCard *self)
{
    for (guint i = 0; i < FOVEA_MAX_REMEDIES; i++)
        if (self->buttons[i] == button)
            g_signal_emit (self, remedy_signal, 0, &self->remedies[i]);
}

/* The form beside it is a frame's work by itself. */
static void
fovea_prediction_card_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    if (fovea_late_is_due (widget))
        GTK_WIDGET_CLASS (fovea_prediction_card_parent_class)->snapshot (widget, snapshot);
}

static void
fovea_prediction_card_class_init (FoveaPredictionCardClass *klass)
{
    GTK_WIDGET_CLASS (klass)->snapshot = fovea_prediction_card_snapshot;
    remedy_signal = g_signal_new ("remedy", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "predictioncard");
}

static void
fovea_prediction_card_init (FoveaPredictionCard *self)
{
    GtkWidget *card = GTK_WIDGET (self), *title = gtk_label_new (_ ("Prediction")), *row;
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing (GTK_BOX (self), 6);
    gtk_widget_add_css_class (card, "card");
    gtk_widget_add_css_class (title, "plottitle");
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_widget_set_size_request (card, WIDTH, -1);
    gtk_box_append (GTK_BOX (card), title);
    add_quantity (card, _ ("Store"), &self->store);
    add_quantity (card, _ ("Device memory"), &self->device);
    add_quantity (card, _ ("Memory"), &self->host);
    self->time = add_value (card, _ ("Time"), &row);
    self->where = fovea_form_add_text (card, "quiet", CHARACTERS);
    gtk_box_append (GTK_BOX (card), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
    self->note = fovea_form_add_text (card, "quiet", CHARACTERS);
    self->verdict = fovea_form_add_text (card, "good", CHARACTERS);
    for (guint i = 0; i < FOVEA_MAX_REMEDIES; i++) {
        self->buttons[i] = gtk_button_new ();
        gtk_widget_set_visible (self->buttons[i], FALSE);
        gtk_box_append (GTK_BOX (card), self->buttons[i]);
        g_signal_connect_object (self->buttons[i], "clicked", G_CALLBACK (remedy_clicked), self, 0);
    }
    self->command = FOVEA_COMMAND_TEXT (fovea_command_text_new (CHARACTERS));
    gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->command));
    for (guint i = 0; i < G_N_ELEMENTS (self->device.rows); i++)
        gtk_widget_set_visible (self->device.rows[i], FALSE);
    fovea_late_init (card, 1, fovea_late_draw);
}

GtkWidget *
fovea_prediction_card_new (void)
{
    return g_object_new (FOVEA_TYPE_PREDICTION_CARD, NULL);
}

/* What the factored form spares, where it spares something. */
static void
show_note (FoveaPredictionCard *self, const FoveaPrediction *p)
{
    guint64 dense = p->part_bytes[FOVEA_KEEP_DENSE];
    g_autofree char *size = g_format_size (dense);
    g_autofree char *text = g_strdup_printf (_ ("Whole maps would need %s. Fovea keeps queries and "
                                                "keys and recomputes any part exactly."),
                                             size);
    gtk_label_set_text (self->note, text);
    gtk_widget_set_visible (GTK_WIDGET (self->note), dense > p->part_bytes[FOVEA_KEEP_ATTENTION]);
}

void
fovea_prediction_card_show (FoveaPredictionCard *self, const FoveaPrediction *p)
{
    g_autofree char *tokens = fovea_number_text (p->n_tokens);
    g_autofree char *time = fovea_prediction_describe_time (p->seconds);
    g_autofree char *rate =
        p->seconds >= 1 ? fovea_number_text ((gint64) ((double) p->n_tokens / p->seconds)) : NULL;
    /* How fast is worth saying where it takes a while. */
    g_autofree char *amount =
        g_strdup_printf (ngettext ("%" PRId64 " sequence, %s tokens",
                                   "%" PRId64 " sequences, %s tokens", (gulong) p->n_sequences),
                         p->n_sequences, tokens);
    g_autofree char *speed =
        rate != NULL ? g_strdup_printf (_ (", %s a second"), rate) : g_strdup ("");
    g_autofree char *where = g_strdup_printf ("%s%s\n%s", amount, speed, p->device);
    g_autofree char *mapped = g_format_size (p->mapped_bytes);
    g_autofree char *host = p->mapped_bytes > 0
                                ? g_strdup_printf (_ ("free, beside %s of weights"), mapped)
                                : g_strdup (_ ("free"));
    show_quantity (&self->store, p->store_bytes, p->store_free, _ ("free on disk"));
    show_quantity (&self->host, p->host_bytes, p->host_room, host);
    for (guint i = 0; i < G_N_ELEMENTS (self->device.rows); i++)
        gtk_widget_set_visible (self->device.rows[i], p->device_room > 0);
    if (p->device_room > 0)
        show_quantity (&self->device, p->device_bytes, p->device_room, _ ("free or allowed"));
    gtk_label_set_text (self->time, *time != '\0' ? time : "–");
    gtk_label_set_text (self->where, where);
    show_note (self, p);
}

void
fovea_prediction_card_clear (FoveaPredictionCard *self)
{
    clear_quantity (&self->store);
    clear_quantity (&self->device);
    clear_quantity (&self->host);
    gtk_label_set_text (self->time, "–");
    gtk_label_set_text (self->where, "");
    gtk_widget_set_visible (GTK_WIDGET (self->note), FALSE);
}

void
fovea_prediction_card_set_verdict (FoveaPredictionCard *self, gboolean fits, const char *text)
{
    gtk_label_set_text (self->verdict, text);
    gtk_widget_remove_css_class (GTK_WIDGET (self->verdict), fits ? "failure" : "good");
    gtk_widget_add_css_class (GTK_WIDGET (self->verdict), fits ? "good" : "failure");
}

void
fovea_prediction_card_set_remedies (FoveaPredictionCard *self, const FoveaRemedy *remedies, guint n)
{
    for (guint i = 0; i < FOVEA_MAX_REMEDIES; i++) {
        gtk_widget_set_visible (self->buttons[i], i < n);
        if (i >= n)
            continue;
        g_autofree char *words = fovea_remedy_describe (&remedies[i]);
        self->remedies[i] = remedies[i];
        gtk_button_set_label (GTK_BUTTON (self->buttons[i]), words);
    }
}

void
fovea_prediction_card_set_command (FoveaPredictionCard *self, const char *command)
{
    fovea_command_text_set (self->command, command);
}
