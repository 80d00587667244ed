/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Title, rows and a note; where there is neither row nor note it is not there. */
#include "ui/fact-private.h"
#include "ui/scaled.h"
#include "ui/still-label.h"

struct _FoveaSection {
    GtkBox parent_instance;
    GtkWidget *title;
    FoveaFactList *list;
    GtkLabel *note;
};

G_DEFINE_FINAL_TYPE (FoveaSection, fovea_section, GTK_TYPE_BOX)

static void
fovea_section_class_init (FoveaSectionClass *klass)
{
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "factsection");
}

static void
fovea_section_init (FoveaSection *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->list = g_object_new (FOVEA_TYPE_FACT_LIST, NULL);
    self->title = fovea_still_label_new ("section", 1);
    self->note = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "note");
    gtk_label_set_xalign (self->note, 0);
    gtk_label_set_wrap (self->note, TRUE);
    gtk_label_set_wrap_mode (self->note, PANGO_WRAP_WORD_CHAR); /* paths, names of points */
    gtk_box_append (GTK_BOX (self), self->title);
    gtk_box_append (GTK_BOX (self), fovea_scaled_new (GTK_WIDGET (self->list)));
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->note));
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
fovea_section_new (const char *title)
{
    FoveaSection *self = g_object_new (FOVEA_TYPE_SECTION, NULL);
    fovea_still_label_set (self->title, title);
    return GTK_WIDGET (self);
}

void
fovea_section_set (FoveaSection *self, const char *title, GListStore *facts, const char *note)
{
    guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (facts)), FOVEA_MAX_FACTS);
    fovea_fact_list_set (self->list, G_LIST_MODEL (facts), n);
    if (title != NULL)
        fovea_still_label_set (self->title, title);
    /* An empty list has no rows that would name it. */
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    fovea_still_label_get (self->title), -1);
    gtk_label_set_text (self->note, note != NULL ? note : "");
    gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
    gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || note != NULL);
}
