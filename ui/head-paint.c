/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The same ramp as the figure of heads by a score has. */
#include "ui/head-paint.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/drawn.h"
#include "ui/figures/axis.h"
#include "ui/palette.h"
#include "ui/token-text.h"

#define BAR     90
#define HEIGHT  30
#define N_STOPS 17

static double
get_value (const FoveaHeadPaint *self, FoveaHeadItem *item)
{
    return self->difference ? fovea_head_item_get_difference (item, self->score)
                            : fovea_head_item_get_score (item, self->score);
}

void
fovea_head_paint_set (FoveaHeadPaint *self,
                      GListModel *items,
                      const char *score,
                      gboolean difference)
{
    double low = 0, high = 0;
    gboolean any = FALSE;
    memset (self, 0, sizeof *self);
    self->score = score;
    self->difference = difference;
    for (guint i = 0; score != NULL && i < g_list_model_get_n_items (items); i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (items, i);
        double value = get_value (self, item);
        any |= isfinite (value);
        low = isfinite (value) ? MIN (low, value) : low;
        high = isfinite (value) ? MAX (high, value) : high;
    }
    if (!any) {
        self->score = NULL;
        return;
    }
    self->ramp = (FoveaRamp){low < 0 || difference ? FOVEA_RAMP_SIGNED : FOVEA_RAMP_LINEAR, 0,
                             fovea_ticks_round_up (MAX (high, -low))};
    fovea_ramp_set_palette (&self->ramp, FOVEA_THEME_LIGHT, self->colors[FOVEA_THEME_LIGHT]);
    fovea_ramp_set_palette (&self->ramp, FOVEA_THEME_DARK, self->colors[FOVEA_THEME_DARK]);
}

guint32
fovea_head_paint_get_color (const FoveaHeadPaint *self,
                            FoveaTheme theme,
                            FoveaHeadItem *item,
                            gboolean other)
{
    double value = get_value (self, item);
    if (other)
        value -= fovea_head_item_get_difference (item, self->score);
    return self->colors[theme][fovea_ramp_get_index (&self->ramp, value)];
}

struct _FoveaPaintKey {
    GtkWidget parent_instance;
    const FoveaHeadPaint *paint;
};

G_DEFINE_FINAL_TYPE (FoveaPaintKey, fovea_paint_key, GTK_TYPE_WIDGET)

/* The numbers at the ends.   Owner: caller. */
static void
name_ends (const FoveaHeadPaint *paint, char **low, char **high)
{
    gboolean sign = paint->ramp.kind == FOVEA_RAMP_SIGNED;
    *high = g_strdup_printf ("%s%g", sign ? "+" : "", paint->ramp.high);
    *low = sign ? g_strdup_printf ("\u2212%g", paint->ramp.high) : g_strdup ("0");
}

static void
fovea_paint_key_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    const FoveaHeadPaint *paint = FOVEA_PAINT_KEY (widget)->paint;
    FoveaPalette palette;
    GskColorStop stops[N_STOPS];
    if (paint == NULL || paint->score == NULL)
        return;
    fovea_palette_load (widget, &palette);
    for (int i = 0; i < N_STOPS; i++)
        stops[i] = (GskColorStop){
            (float) i / (N_STOPS - 1),
            fovea_palette_rgba (
                paint->colors[palette.theme]
                             [FOVEA_RAMP_FIRST + i * (FOVEA_RAMP_STEPS - 1) / (N_STOPS - 1)])};
    g_autofree char *low = NULL, *high = NULL;
    name_ends (paint, &low, &high);
    double y = gtk_widget_get_height (widget) / 2.0;
    int used =
        fovea_label_draw (widget, snapshot, low, 11, FOVEA_LABEL_NORMAL, &palette.quiet, 0, y, 0);
    float x = (float) used + 6;
    gtk_snapshot_append_linear_gradient (snapshot, &GRAPHENE_RECT_INIT (x, (float) y - 5, BAR, 10),
                                         &GRAPHENE_POINT_INIT (x, 0),
                                         &GRAPHENE_POINT_INIT (x + BAR, 0), stops, N_STOPS);
    fovea_label_draw (widget, snapshot, high, 11, FOVEA_LABEL_NORMAL, &palette.quiet, x + BAR + 6,
                      y, 0);
}

static void
fovea_paint_key_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
    const FoveaHeadPaint *paint = FOVEA_PAINT_KEY (widget)->paint;
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 0;
    if (orientation == GTK_ORIENTATION_VERTICAL || paint == NULL || paint->score == NULL)
        return;
    g_autofree char *low = NULL, *high = NULL;
    name_ends (paint, &low, &high);
    *minimum = *natural = BAR + 12 + fovea_label_width (widget, 11, FOVEA_LABEL_NORMAL, low) +
                          fovea_label_width (widget, 11, FOVEA_LABEL_NORMAL, high);
}

static void
fovea_paint_key_class_init (FoveaPaintKeyClass *klass)
{
    fovea_drawn_init_class (GTK_WIDGET_CLASS (klass), "paintkey", fovea_paint_key_snapshot,
                            fovea_paint_key_measure);
}

static void
fovea_paint_key_init (FoveaPaintKey *self)
{
}

GtkWidget *
fovea_paint_key_new (void)
{
    return g_object_new (FOVEA_TYPE_PAINT_KEY, "visible", FALSE, NULL);
}

void
fovea_paint_key_set (FoveaPaintKey *self, const FoveaHeadPaint *paint)
{
    self->paint = paint;
    gtk_widget_set_visible (GTK_WIDGET (self), paint->score != NULL);
    gtk_widget_queue_resize (GTK_WIDGET (self));
    if (paint->score == NULL)
        return;
    g_autofree char *low = NULL, *high = NULL;
    name_ends (paint, &low, &high);
    g_autofree char *label = g_strdup_printf (_ ("Colours from %s to %s"), low, high);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    gtk_widget_queue_draw (GTK_WIDGET (self));
}
