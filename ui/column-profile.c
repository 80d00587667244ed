/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bars on the log scale of the map, as those of the row below it; they begin where the map does. */
#include "ui/column-profile.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/map-canvas-private.h"
#include "ui/token-text.h"

#define LEFT  6
#define BARS  FOVEA_PROFILE_BARS
#define WIDTH 96 /* with the numbers beside them */

struct _FoveaColumnProfile {
    FoveaProfile parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaColumnProfile, fovea_column_profile, FOVEA_TYPE_PROFILE)

/* At most a bar each two pixels; more would be a grey mass. One path, as they change with every step. */
static void
draw_bars (GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCellData *data,
           double length)
{
    int bars = (int) MIN ((double) data->n_tokens, length / 2);
    double unit = length / (double) data->n_tokens;
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (LEFT, FOVEA_MAP_TOP - 4, BARS, (float) length + 8));
    gdk_cairo_set_source_rgba (cr, &palette->accent_text);
    for (int i = 0; i < bars; i++) {
        gint64 from = i * data->n_tokens / bars, to = (i + 1) * data->n_tokens / bars;
        double share = fovea_profile_get_share (data->column, data->n_tokens, from, to);
        double y = FOVEA_MAP_TOP + ((double) (from + to) / 2) * unit;
        cairo_rectangle (cr, LEFT, floor (y - 1), share * BARS, CLAMP (unit * 0.6, 1.5, 4));
    }
    cairo_fill (cr);
    cairo_destroy (cr);
}

/* The selected query in ink, the hovered one as a line. */
static void
draw_marks (FoveaProfile *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCellData *data,
            double unit)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (fovea_profile_get_selection (self));
    gint64 query = data->place.query;
    double share = fovea_profile_get_share (data->column, data->n_tokens, query, query + 1);
    fovea_fill_draw (snapshot, LEFT, FOVEA_MAP_TOP + ((double) query + 0.5) * unit - 1.5,
                     MAX (share * BARS, 2), 3, 0, &palette->text);
    if (hover != NULL)
        fovea_fill_draw (snapshot, LEFT,
                         floor (FOVEA_MAP_TOP + ((double) hover->query + 0.5) * unit - 0.5), BARS,
                         1, 0, &palette->quiet);
}

static void
draw_words (FoveaProfile *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCellData *data,
            double length)
{
    GtkWidget *widget = GTK_WIDGET (self);
    g_autofree char *low = fovea_power_text (fovea_color_map_floor (data->n_tokens));
    g_autofree char *key = fovea_number_text (data->place.key);
    g_autofree char *title = g_strdup_printf (_ ("Column %s"), key);
    g_autofree char *last = fovea_number_text (data->n_tokens - 1);
    fovea_label_draw (widget, snapshot, title, 12, FOVEA_LABEL_BOLD, &palette->text, LEFT,
                      FOVEA_MAP_TOP - 46, WIDTH - LEFT);
    fovea_label_draw (widget, snapshot, _ ("all queries"), 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT, FOVEA_MAP_TOP - 30, WIDTH - LEFT);
    fovea_label_draw (widget, snapshot, low, 11, FOVEA_LABEL_NORMAL, &palette->quiet, LEFT - 3,
                      FOVEA_MAP_TOP - 10, 0);
    fovea_label_draw (widget, snapshot, "1", 11, FOVEA_LABEL_CENTER, &palette->quiet, LEFT + BARS,
                      FOVEA_MAP_TOP - 10, 0);
    fovea_label_draw (widget, snapshot, "0", 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + BARS + 6, FOVEA_MAP_TOP + 5, 0);
    fovea_label_draw (widget, snapshot, last, 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + BARS + 6, FOVEA_MAP_TOP + length - 5, 0);
}

static void
fovea_column_profile_draw (FoveaProfile *self,
                           GtkSnapshot *snapshot,
                           const FoveaPalette *palette,
                           const FoveaCellData *data,
                           double length)
{
    FoveaViewport *viewport = fovea_profile_get_viewport (self);
    double unit = length / (double) data->n_tokens;
    gint64 first, end;
    fovea_fill_draw (snapshot, LEFT, FOVEA_MAP_TOP, 1, length, 0, &palette->quiet);
    fovea_fill_draw (snapshot, LEFT + BARS, FOVEA_MAP_TOP, 1, length, 0, &palette->grid);
    draw_bars (snapshot, palette, data, length);
    draw_words (self, snapshot, palette, data, length);
    fovea_viewport_get_span (viewport, TRUE, &first, &end);
    if (!fovea_viewport_is_fit (viewport))
        fovea_box_draw (snapshot, LEFT - 2, FOVEA_MAP_TOP + (double) first * unit - 1, BARS + 5,
                        MAX ((double) (end - first) * unit, 6) + 2, 2, 1.5, &palette->text);
    draw_marks (self, snapshot, palette, data, unit);
}

static char *
fovea_column_profile_describe (const FoveaCellData *data)
{
    return g_strdup_printf (_ ("Weights of all %" PRId64 " queries on key %" PRId64
                               "; selected query %" PRId64 ", weight %.3f"),
                            data->n_tokens, data->place.key, data->place.query,
                            data->column[data->place.query]);
}

static void
fovea_column_profile_class_init (FoveaColumnProfileClass *klass)
{
    FoveaProfileClass *profile = FOVEA_PROFILE_CLASS (klass);
    profile->column = TRUE;
    profile->before = FOVEA_MAP_TOP;
    profile->after = FOVEA_MAP_BOTTOM;
    profile->size = WIDTH;
    profile->draw = fovea_column_profile_draw;
    profile->describe = fovea_column_profile_describe;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "columnprofile");
}

static void
fovea_column_profile_init (FoveaColumnProfile *self)
{
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Selected column over all queries"), -1);
}

GtkWidget *
fovea_column_profile_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport)
{
    GtkWidget *self = g_object_new (FOVEA_TYPE_COLUMN_PROFILE, NULL);
    fovea_profile_set (FOVEA_PROFILE (self), selection, cells, viewport);
    return self;
}
