/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Drawn anew for a row that is bound to another latent: two rectangles and a tick. */
#include "ui/sign-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/palette.h"
#include "ui/token-text.h"

#define WIDTH  66
#define HEIGHT 10

struct _FoveaSignBar {
    GtkWidget parent_instance;
    gint64 minus, plus, most;
};

G_DEFINE_FINAL_TYPE (FoveaSignBar, fovea_sign_bar, GTK_TYPE_WIDGET)

static double
get_length (gint64 count, gint64 most, double room)
{
    if (count == 0)
        return 0;
    return MAX (room * log1p ((double) count) / log1p ((double) MAX (most, 1)), 1);
}

static void
fovea_sign_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaSignBar *self = FOVEA_SIGN_BAR (widget);
    FoveaPalette palette;
    double width = gtk_widget_get_width (widget), middle = round (width / 2),
           y = (gtk_widget_get_height (widget) - HEIGHT) / 2.0;
    double left = get_length (self->minus, self->most, middle - 2),
           right = get_length (self->plus, self->most, middle - 2);
    fovea_palette_load (widget, &palette);
    const guint32 *map = fovea_color_map_diverging (palette.theme);
    GdkRGBA minus = fovea_palette_rgba (map[32]), plus = fovea_palette_rgba (map[223]);
    fovea_fill_draw (snapshot, middle - 1 - left, y, left, HEIGHT, 0, &minus);
    fovea_fill_draw (snapshot, middle + 1, y, right, HEIGHT, 0, &plus);
    fovea_fill_draw (snapshot, middle - 1, y - 2, 2, HEIGHT + 4, 0, &palette.quiet);
}

static void
fovea_sign_bar_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT + 6 : WIDTH;
}

static void
fovea_sign_bar_class_init (FoveaSignBarClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    widget_class->snapshot = fovea_sign_bar_snapshot;
    widget_class->measure = fovea_sign_bar_measure;
    gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static char *
describe (FoveaSignBar *self)
{
    g_autofree char *minus = fovea_number_text (self->minus);
    g_autofree char *plus = fovea_number_text (self->plus);
    return g_strdup_printf (_ ("minus on %s tokens, plus on %s"), minus, plus);
}

static gboolean
query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer unused)
{
    g_autofree char *text = describe (FOVEA_SIGN_BAR (widget));
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
}

/* Answered when it is asked for: setting a tooltip asks the display where the pointer is. */
static void
fovea_sign_bar_init (FoveaSignBar *self)
{
    gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
    g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip), NULL);
}

GtkWidget *
fovea_sign_bar_new (void)
{
    return g_object_new (FOVEA_TYPE_SIGN_BAR, NULL);
}

void
fovea_sign_bar_set (FoveaSignBar *self, gint64 minus, gint64 plus, gint64 most)
{
    self->minus = minus;
    self->plus = plus;
    self->most = most;
    g_autofree char *label = describe (self);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}
