/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Neither a GtkLabel (lays out the window for each new text) nor a GtkInscription (shapes a pangram
 * to learn its line's height, a tenth of a millisecond each). */
#include "ui/text-cell.h"

#include "ui/palette.h"
#include "ui/scaled.h"

#define LETTER 13 /* pixels at text scale 1 */

struct _FoveaTextCell {
    GtkWidget parent_instance;
    char *text;
    guint chars;
    gboolean right;
};

G_DEFINE_FINAL_TYPE (FoveaTextCell, fovea_text_cell, GTK_TYPE_WIDGET)

/* By the style sheet, as of a selected row; what is shortened is measured as it usually stands. */
static FoveaLabelFlags
get_style (FoveaTextCell *self)
{
    PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
    PangoWeight weight =
        pango_font_description_get_weight (pango_context_get_font_description (context));
    return weight >= PANGO_WEIGHT_BOLD ? FOVEA_LABEL_BOLD : FOVEA_LABEL_NORMAL;
}

static void
fovea_text_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaTextCell *self = FOVEA_TEXT_CELL (widget);
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    GdkRGBA color;
    gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
    fovea_label_draw (widget, snapshot, self->text, LETTER,
                      get_style (self) | (self->right ? FOVEA_LABEL_RIGHT : 0), &color,
                      self->right ? width : 0, height / 2.0, MAX (width, 1));
}

/* Digits are all as wide, and the tallest letters no taller than the line. */
static void
fovea_text_cell_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
    g_autoptr (PangoLayout) digits =
        fovea_label_layout (widget, LETTER, FOVEA_LABEL_NORMAL, "0000000000");
    int width, height;
    pango_layout_get_pixel_size (digits, &width, &height);
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL
                              ? height
                              : (int) FOVEA_TEXT_CELL (widget)->chars * (width + 9) / 10;
}

/* Only what is shortened has more to tell. */
static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    const char *text = FOVEA_TEXT_CELL (widget)->text;
    gtk_tooltip_set_text (tooltip, text);
    return fovea_label_width (widget, LETTER, FOVEA_LABEL_NORMAL, text) >
           gtk_widget_get_width (widget);
}

static void
fovea_text_cell_finalize (GObject *object)
{
    g_free (FOVEA_TEXT_CELL (object)->text);
    G_OBJECT_CLASS (fovea_text_cell_parent_class)->finalize (object);
}

static void
fovea_text_cell_class_init (FoveaTextCellClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->finalize = fovea_text_cell_finalize;
    widget_class->snapshot = fovea_text_cell_snapshot;
    widget_class->measure = fovea_text_cell_measure;
    gtk_widget_class_set_css_name (widget_class, "textcell");
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
fovea_text_cell_init (FoveaTextCell *self)
{
    self->text = g_strdup ("");
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
}

GtkWidget *
fovea_text_cell_new (const char *css_class, guint chars, gboolean right)
{
    FoveaTextCell *self = g_object_new (FOVEA_TYPE_TEXT_CELL, NULL);
    self->chars = chars;
    self->right = right;
    if (css_class != NULL)
        gtk_widget_add_css_class (GTK_WIDGET (self), css_class);
    return GTK_WIDGET (self);
}

void
fovea_text_cell_set_text (FoveaTextCell *self, const char *text)
{
    if (g_str_equal (self->text, text))
        return;
    g_free (self->text);
    self->text = g_strdup (text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
fovea_text_cell_get_text (FoveaTextCell *self)
{
    return self->text;
}
