/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two labels in one place. It asks for the whole text and is content with the part behind the colon,
 * so a toolbar that grows tight takes the names first, which the tooltips have, and never the values. */
#include "ui/short-label.h"

#include <string.h>

#include "ui/tip.h"

#define LEAST_CHARS 18 /* of a part, below which nothing is cut, */
#define LEAST_NAME  8  /* of a text without a colon, */
#define NAME_CHARS  20 /* unless it is longer and its end tells most, as that of a path */

struct _FoveaShortLabel {
    GtkWidget parent_instance;
    GtkWidget *whole, *part;
    gboolean spare;
};

G_DEFINE_FINAL_TYPE (FoveaShortLabel, fovea_short_label, GTK_TYPE_WIDGET)

static void
fovea_short_label_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
    FoveaShortLabel *self = FOVEA_SHORT_LABEL (widget);
    gtk_widget_measure (self->whole, orientation, -1, minimum, natural, minimum_baseline,
                        natural_baseline);
    int least;
    if (orientation == GTK_ORIENTATION_VERTICAL)
        return;
    gtk_widget_measure (self->part, orientation, -1, &least, NULL, NULL, NULL);
    *minimum =
        self->spare ? 0 : MIN (least, *natural); /* characters are reckoned wider than some are */
}

static void
fovea_short_label_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
    FoveaShortLabel *self = FOVEA_SHORT_LABEL (widget);
    int wanted, least;
    gtk_widget_measure (self->whole, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &wanted, NULL, NULL);
    gtk_widget_measure (self->part, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    gboolean fits = wanted <= width;
    gtk_widget_set_child_visible (self->whole, fits);
    gtk_widget_set_child_visible (self->part, !fits && (!self->spare || least <= width));
    gtk_widget_allocate (fits ? self->whole : self->part, MAX (width, least), height, baseline,
                         NULL);
}

static void
fovea_short_label_dispose (GObject *object)
{
    FoveaShortLabel *self = FOVEA_SHORT_LABEL (object);
    g_clear_pointer (&self->whole, gtk_widget_unparent);
    g_clear_pointer (&self->part, gtk_widget_unparent);
    G_OBJECT_CLASS (fovea_short_label_parent_class)->dispose (object);
}

static void
fovea_short_label_class_init (FoveaShortLabelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_short_label_dispose;
    widget_class->measure = fovea_short_label_measure;
    widget_class->size_allocate = fovea_short_label_size_allocate;
}

static GtkWidget *
add_label (FoveaShortLabel *self)
{
    GtkWidget *label = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_widget_set_parent (label, GTK_WIDGET (self));
    return label;
}

static void
fovea_short_label_init (FoveaShortLabel *self)
{
    self->whole = add_label (self);
    self->part = add_label (self);
}

GtkWidget *
fovea_short_label_new (void)
{
    return g_object_new (FOVEA_TYPE_SHORT_LABEL, NULL);
}

void
fovea_short_label_set_text (FoveaShortLabel *self, const char *text)
{
    const char *colon = text != NULL ? strstr (text, ": ") : NULL;
    const char *part = colon != NULL ? colon + 2 : text;
    int chars = part != NULL ? (int) g_utf8_strlen (part, -1) : 0;
    int least = colon != NULL ? LEAST_CHARS : chars <= NAME_CHARS ? LEAST_NAME : chars;
    gtk_label_set_text (GTK_LABEL (self->whole), text);
    gtk_label_set_text (GTK_LABEL (self->part), part);
    gtk_label_set_ellipsize (GTK_LABEL (self->part),
                             chars > least ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    gtk_label_set_width_chars (GTK_LABEL (self->part), chars > least ? least : -1);
}

GtkWidget *
fovea_short_label_new_spare (void)
{
    FoveaShortLabel *self = g_object_new (FOVEA_TYPE_SHORT_LABEL, NULL);
    self->spare = TRUE;
    gtk_label_set_xalign (GTK_LABEL (self->whole), 1);
    gtk_label_set_xalign (GTK_LABEL (self->part), 1);
    gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
    gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
    gtk_widget_add_css_class (GTK_WIDGET (self), "quiet");
    return GTK_WIDGET (self);
}

void
fovea_short_label_set_forms (FoveaShortLabel *self, const char *text, const char *part)
{
    gtk_label_set_text (GTK_LABEL (self->whole), text);
    gtk_label_set_text (GTK_LABEL (self->part), part != NULL ? part : "");
    fovea_tip_set (GTK_WIDGET (self), text);
}

gboolean
fovea_short_label_is_short (FoveaShortLabel *self)
{
    return gtk_widget_get_child_visible (self->part);
}
