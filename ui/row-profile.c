/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bars on the log scale of the map; each pixel shows the largest weight beneath it. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/map-rail.h"
#include "ui/token-text.h"

#define LEFT       88
#define RIGHT      36
#define TOP        4
#define BARS       FOVEA_PROFILE_BARS
#define HEIGHT     66
#define TICK_GAP   100 /* pixels between two numbers, at least */
#define TICK_CLEAR 60  /* of the last one */

struct _FoveaRowProfile {
    FoveaProfile parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaRowProfile, fovea_row_profile, FOVEA_TYPE_PROFILE)

static double
bar_height (const FoveaCellData *data, gint64 from, gint64 to)
{
    return fovea_profile_get_share (data->row, data->n_tokens, from, to) * BARS;
}

/* At most a bar each two pixels; more would be a grey mass. */
static void
draw_bars (FoveaProfile *self, cairo_t *cr, const FoveaCellData *data, double width)
{
    double unit = width / (double) data->n_tokens;
    int bars = (int) MIN ((double) data->n_tokens, width / 2);
    for (int i = 0; i < bars; i++) {
        gint64 from = i * data->n_tokens / bars, to = (i + 1) * data->n_tokens / bars;
        double height = bar_height (data, from, to);
        double x = LEFT + ((double) (from + to) / 2) * unit;
        cairo_rectangle (cr, floor (x - 1), TOP + BARS - height, CLAMP (unit * 0.6, 1.5, 4),
                         height);
    }
    cairo_fill (cr);
}

static void
draw_tick (GtkWidget *widget,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           gint64 token,
           double unit,
           FoveaLabelFlags flags)
{
    g_autofree char *text = fovea_number_text (token);
    fovea_label_draw (widget, snapshot, text, 11, flags, &palette->quiet,
                      LEFT + ((double) token + 0.5) * unit, TOP + BARS + 10, 0);
}

/* In the steps of the map above; the last key always, and what would touch it gives way. */
static void
draw_axis (FoveaProfile *self,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCellData *data,
           double width)
{
    GtkWidget *widget = GTK_WIDGET (self);
    double unit = width / (double) data->n_tokens;
    g_autofree char *low = fovea_power_text (fovea_color_map_floor (data->n_tokens));
    g_autofree char *row = fovea_number_text (data->place.query);
    g_autofree char *title = g_strdup_printf (_ ("Row %s"), row);
    fovea_label_draw (widget, snapshot, title, 12, FOVEA_LABEL_BOLD, &palette->text, 14, 18, 0);
    fovea_label_draw (widget, snapshot, _ ("all keys"), 11, FOVEA_LABEL_NORMAL, &palette->quiet, 14,
                      34, 0);
    fovea_label_draw (widget, snapshot, "1", 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + width + 6, TOP + 4, 0);
    fovea_label_draw (widget, snapshot, low, 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      LEFT + width + 6, TOP + BARS - 2, 0);
    gint64 last = data->n_tokens - 1;
    gint64 step = fovea_viewport_find_step (fovea_profile_get_viewport (self), TICK_GAP / unit);
    for (gint64 t = 0; t < last; t += step)
        if ((double) (last - t) * unit > TICK_CLEAR)
            draw_tick (widget, snapshot, palette, t, unit,
                       t == 0 ? FOVEA_LABEL_NORMAL : FOVEA_LABEL_CENTER);
    draw_tick (widget, snapshot, palette, last, unit, FOVEA_LABEL_RIGHT);
}

/* Near the right end the text turns to the left of its bar. On a ground of its own: bars and frame
 * would strike it through. */
static void
draw_key (FoveaProfile *self,
          GtkSnapshot *snapshot,
          const FoveaPalette *palette,
          const FoveaCellData *data,
          double width)
{
    double x = LEFT + ((double) data->place.key + 0.5) * width / (double) data->n_tokens;
    double height = MAX (bar_height (data, data->place.key, data->place.key + 1), 2);
    g_autofree char *token = fovea_token_quote (
        fovea_selection_get_info (fovea_profile_get_selection (self)), data->place.key);
    g_autofree char *number = fovea_number_text (data->place.key);
    g_autofree char *text = g_strdup_printf ("%s %s", number, token);
    gboolean flip = x > LEFT + width - 90;
    g_autoptr (PangoLayout) layout =
        fovea_label_layout (GTK_WIDGET (self), 11, FOVEA_LABEL_NORMAL, text);
    int used, high;
    GdkRGBA ground = palette->view;
    pango_layout_get_pixel_size (layout, &used, &high);
    ground.alpha = 0.85f;
    fovea_fill_draw (snapshot, x - 1.5, TOP + BARS - height, 3, height, 0, &palette->text);
    fovea_fill_draw (snapshot, flip ? x - 8 - used : x + 4, TOP + 8 - high / 2.0, used + 4, high, 2,
                     &ground);
    fovea_label_draw (GTK_WIDGET (self), snapshot, text, 11,
                      flip ? FOVEA_LABEL_RIGHT : FOVEA_LABEL_NORMAL, &palette->text,
                      flip ? x - 6 : x + 6, TOP + 8, 0);
}

/* Where a cell is hovered, here or elsewhere: its key, and of another row no more. */
static void
draw_hover (FoveaProfile *self,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            gint64 n_tokens,
            double width)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (fovea_profile_get_selection (self));
    if (hover == NULL)
        return;
    double x = LEFT + ((double) hover->key + 0.5) * width / (double) n_tokens;
    fovea_fill_draw (snapshot, floor (x - 0.5), TOP, 1, BARS, 0, &palette->quiet);
}

static void
fovea_row_profile_draw (FoveaProfile *self,
                        GtkSnapshot *snapshot,
                        const FoveaPalette *palette,
                        const FoveaCellData *data,
                        double width)
{
    double unit = width / (double) data->n_tokens;
    gint64 first, end;
    fovea_fill_draw (snapshot, LEFT, TOP, width, 1, 0, &palette->grid);
    fovea_fill_draw (snapshot, LEFT, TOP + BARS, width, 1, 0, &palette->quiet);
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (LEFT - 4, TOP, (float) width + 8, BARS));
    gdk_cairo_set_source_rgba (cr, &palette->accent_text);
    draw_bars (self, cr, data, width);
    cairo_destroy (cr);
    draw_axis (self, snapshot, palette, data, width);
    fovea_viewport_get_span (fovea_profile_get_viewport (self), FALSE, &first, &end);
    if (!fovea_viewport_is_fit (fovea_profile_get_viewport (self)))
        fovea_box_draw (snapshot, LEFT + (double) first * unit - 1, TOP - 2,
                        MAX ((double) (end - first) * unit, 6) + 2, BARS + 5, 2, 1.5,
                        &palette->text);
    draw_key (self, snapshot, palette, data, width);
    draw_hover (self, snapshot, palette, data->n_tokens, width);
}

static char *
fovea_row_profile_describe (const FoveaCellData *data)
{
    return g_strdup_printf (_ ("Weights of query %" PRId64 " on all %" PRId64
                               " keys; selected key %" PRId64 ", weight %.3f"),
                            data->place.query, data->n_tokens, data->place.key,
                            data->row[data->place.key]);
}

static void
fovea_row_profile_class_init (FoveaRowProfileClass *klass)
{
    FoveaProfileClass *profile = FOVEA_PROFILE_CLASS (klass);
    profile->before = LEFT;
    profile->after = RIGHT;
    profile->size = HEIGHT;
    profile->draw = fovea_row_profile_draw;
    profile->describe = fovea_row_profile_describe;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "rowprofile");
}

static void
fovea_row_profile_init (FoveaRowProfile *self)
{
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Selected row over all keys"), -1);
}

GtkWidget *
fovea_row_profile_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport)
{
    GtkWidget *self = g_object_new (FOVEA_TYPE_ROW_PROFILE, NULL);
    fovea_profile_set (FOVEA_PROFILE (self), selection, cells, viewport);
    return self;
}
