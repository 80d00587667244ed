/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bars share a zero line and the scale of the largest, whose size the caption tells. Signs have
 * colour and direction both: plus is brown and up, minus blue and down. */
#include "ui/score-bars.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/drawn.h"
#include "ui/palette.h"
#include "ui/token-text.h"

#define HEIGHT  64
#define HEADING 22

struct _FoveaScoreBars {
    GtkWidget parent_instance;
    FoveaCellModel *cells;
};

G_DEFINE_FINAL_TYPE (FoveaScoreBars, fovea_score_bars, GTK_TYPE_WIDGET)

/* NULL = there is nothing to show. */
static const FoveaScoreParts *
get_parts (FoveaScoreBars *self)
{
    const FoveaCellData *data = fovea_cell_model_get_data (self->cells);
    return data != NULL ? data->parts : NULL;
}

static double
largest_size (const FoveaScoreParts *parts)
{
    double largest = 1e-9;
    for (gint64 d = 0; d < parts->width; d++)
        largest = MAX (largest, fabsf (parts->products[d]));
    return largest;
}

/* "+1.20" with a true minus. */
static char *
spell (double value)
{
    g_autofree char *number = fovea_weight_text (value, 2);
    return g_strconcat (value > 0 ? "+" : "", number, NULL);
}

char *
fovea_score_bars_describe (const FoveaScoreParts *parts)
{
    gint64 most = 0;
    for (gint64 d = 0; d < parts->width; d++)
        if (fabsf (parts->products[d]) > fabsf (parts->products[most]))
            most = d;
    g_autofree char *total = spell (parts->sum), *largest = spell (parts->products[most]);
    return g_strdup_printf (_ ("Score by dimension: %" PRId64
                               " products sum to %s nats; dimension %" PRId64 " adds most, %s."),
                            parts->width, total, most, largest);
}

static void
draw_bars (FoveaScoreBars *self,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaScoreParts *parts)
{
    double width = gtk_widget_get_width (GTK_WIDGET (self));
    double unit = width / (double) parts->width, largest = largest_size (parts);
    double middle = HEADING + HEIGHT / 2.0;
    for (gint64 d = 0; d < parts->width; d++) {
        double value = parts->products[d] / largest, height = fabs (value) * HEIGHT / 2;
        /* Never pale: the length tells the size, the colour only the sign. */
        GdkRGBA color =
            fovea_palette_rgba (fovea_color_map_signed (palette->theme, value < 0 ? -0.8 : 0.8, 1));
        fovea_fill_draw (snapshot, (double) d * unit, value < 0 ? middle : middle - height,
                         MAX (unit - 1, 1), height, 0, &color);
    }
    fovea_fill_draw (snapshot, 0, round (middle), width, 1, 0, &palette->quiet);
}

static void
fovea_score_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaScoreBars *self = FOVEA_SCORE_BARS (widget);
    const FoveaScoreParts *parts = get_parts (self);
    FoveaPalette palette;
    if (parts == NULL)
        return;
    fovea_palette_load (widget, &palette);
    g_autofree char *limit = spell (largest_size (parts));
    g_autofree char *scale = g_strdup_printf (_ ("±%s nats"), limit + (limit[0] == '+'));
    /* The number first: the heading takes what it leaves. */
    int width = gtk_widget_get_width (widget);
    int taken = fovea_label_draw (widget, snapshot, scale, 11, FOVEA_LABEL_RIGHT, &palette.quiet,
                                  width, 8, 0);
    fovea_label_draw (widget, snapshot, _ ("SCORE BY DIMENSION"), 11, FOVEA_LABEL_BOLD,
                      &palette.quiet, 0, 8, MAX (1, width - taken - 6));
    draw_bars (self, snapshot, &palette, parts);
}

static void
fovea_score_bars_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEADING + HEIGHT : 120;
}

/* The bar under the pointer. */
static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    const FoveaScoreParts *parts = get_parts (FOVEA_SCORE_BARS (widget));
    int width = gtk_widget_get_width (widget);
    if (parts == NULL || width == 0)
        return FALSE;
    gint64 d = CLAMP (x * parts->width / width, 0, parts->width - 1);
    g_autofree char *value = spell (parts->products[d]);
    g_autofree char *all = fovea_score_bars_describe (parts);
    g_autofree char *one = g_strdup_printf (_ ("Dimension %" PRId64 ": %s nats"), d, value);
    g_autofree char *text =
        g_strdup_printf (_ ("%s\nCtrl+C here copies every product, Ctrl+E exports the figure"),
                         keyboard ? all : one);
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
}

static void
cell_changed (FoveaScoreBars *self)
{
    const FoveaScoreParts *parts = get_parts (self);
    g_autofree char *label = parts != NULL ? fovea_score_bars_describe (parts) : g_strdup ("");
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fovea_score_bars_dispose (GObject *object)
{
    g_clear_object (&FOVEA_SCORE_BARS (object)->cells);
    G_OBJECT_CLASS (fovea_score_bars_parent_class)->dispose (object);
}

static void
fovea_score_bars_class_init (FoveaScoreBarsClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_score_bars_dispose;
    fovea_drawn_init_class (widget_class, "scorebars", fovea_score_bars_snapshot,
                            fovea_score_bars_measure);
}

static void
fovea_score_bars_init (FoveaScoreBars *self)
{
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE); /* Ctrl+F1 tells the sum */
    GtkGesture *click = gtk_gesture_click_new (); /* what is copied and exported is of the focus */
    g_signal_connect_swapped (click, "pressed", G_CALLBACK (gtk_widget_grab_focus), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
}

GtkWidget *
fovea_score_bars_new (FoveaCellModel *cells)
{
    FoveaScoreBars *self = g_object_new (FOVEA_TYPE_SCORE_BARS, NULL);
    self->cells = g_object_ref (cells);
    g_signal_connect_object (cells, "changed", G_CALLBACK (cell_changed), self, G_CONNECT_SWAPPED);
    cell_changed (self);
    return GTK_WIDGET (self);
}
