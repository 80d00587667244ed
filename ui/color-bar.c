/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A log bar has a tick a decade, a linear one a tick each half; a bar of scores five, round zero,
 * which is on its scale and needs no swatch. The ends are always labelled. */
#include "ui/color-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/scaled.h"
#include "ui/token-text.h"

#define N_STOPS 17

/* 17 stops of the 256-colour table: between them the table is straight to within one grey level. */
static void
fill_stops (const FoveaPalette *palette, const FoveaTileSpec *spec, GskColorStop *stops)
{
    const guint32 *map = spec->color == FOVEA_COLOR_SCORE
                             ? fovea_color_map_diverging (palette->theme)
                             : fovea_color_map_sequential (palette->theme);
    for (int i = 0; i < N_STOPS; i++)
        stops[i] = (GskColorStop){(float) i / (N_STOPS - 1),
                                  fovea_palette_rgba (map[i * 255 / (N_STOPS - 1)])};
}

/* Below this a weight has the zero colour, so the bar must not go on. */
static double
low_end (const FoveaTileSpec *spec)
{
    return spec->color == FOVEA_COLOR_LOG ? spec->floor : 0.005;
}

/* Share of the bar at which a value stands. */
static double
position (const FoveaTileSpec *spec, double value)
{
    if (spec->color == FOVEA_COLOR_SCORE)
        return spec->floor > 0 ? CLAMP ((value / spec->floor + 1) / 2, 0, 1) : 0.5;
    if (spec->color == FOVEA_COLOR_LINEAR)
        return CLAMP (value, 0, 1);
    return CLAMP (1 - log10 (MAX (value, 1e-30)) / log10 (spec->floor), 0, 1);
}

/* Decades on the log scale; ends and middle on the linear one. */
static guint
find_ticks (const FoveaTileSpec *spec, double *ticks, guint max)
{
    guint n = 0;
    if (spec->color == FOVEA_COLOR_SCORE) {
        for (int i = -2; i <= 2 && spec->floor > 0; i++)
            ticks[n++] = spec->floor * i / 2;
        return n;
    }
    if (spec->color == FOVEA_COLOR_LINEAR) {
        for (double v = 0; v <= 1 && n < max; v += 0.5)
            ticks[n++] = v;
        return n;
    }
    for (double v = spec->floor; v < 1.5 && n < max; v *= 10)
        ticks[n++] = v;
    return n;
}

static char *
tick_text (const FoveaTileSpec *spec, double value)
{
    if (spec->difference) {
        g_autofree char *amount = g_strdup_printf ("%g", fabs (value));
        return g_strconcat (value > 0 ? "+" : value < 0 ? "\u2212" : "", amount, NULL);
    }
    if (spec->color == FOVEA_COLOR_SCORE)
        return fovea_weight_text (value, spec->floor < 8 && value != 0 ? 1 : 0);
    return value == 0 ? g_strdup ("0") : fovea_power_text (value);
}

/* Zero and future stand apart from the bar because they are not on its scale. */
static void
draw_swatch (GtkSnapshot *snapshot, const FoveaPalette *palette, guint32 color, double x, double y)
{
    GdkRGBA fill = fovea_palette_rgba (color);
    fovea_fill_draw (snapshot, x, y, 16, 12, 0, &fill);
    fovea_box_draw (snapshot, x, y, 16, 12, 0, 1, &palette->rule);
}

/* The ends are named first; of the ticks between, those that touch no name. */
static void
draw_ticks (GtkWidget *widget,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaTileSpec *spec,
            double bar,
            double y,
            double length)
{
    double grown = fovea_label_scale (widget), ticks[16], edge = 0, limit = 0;
    guint n = find_ticks (spec, ticks, G_N_ELEMENTS (ticks));
    for (guint i = 0; i < n; i++) {
        /* First, last, and then those between. */
        guint tick = i == 0 ? 0 : i == 1 ? n - 1 : i - 1;
        double at = bar + position (spec, ticks[tick]) * length;
        g_autofree char *text = tick_text (spec, ticks[tick]);
        double half = fovea_label_width (widget, 11, FOVEA_LABEL_CENTER, text) / 2.0 + 3 * grown;
        fovea_fill_draw (snapshot, at - 0.5, y + 12, 1, 4, 0, &palette->quiet);
        if (i > 1 && (at - half < edge || at + half > limit))
            continue;
        if (i == 1)
            limit = at - half;
        else
            edge = at + half;
        fovea_label_draw (widget, snapshot, text, 11, FOVEA_LABEL_CENTER, &palette->quiet, at,
                          y + 12 + 12 * grown, 0);
    }
}

void
fovea_color_bar_draw_horizontal (GtkWidget *widget,
                                 GtkSnapshot *snapshot,
                                 const FoveaPalette *palette,
                                 const FoveaTileSpec *spec,
                                 double x,
                                 double y,
                                 double width)
{
    GskColorStop stops[N_STOPS];
    gboolean weights = spec->color != FOVEA_COLOR_SCORE;
    double grown = fovea_label_scale (widget);
    double indent = weights ? 8 + 38 * grown : 8, bar = x + indent, length = width - indent;
    fill_stops (palette, spec, stops);
    if (weights)
        draw_swatch (snapshot, palette, fovea_color_map_zero (palette->theme), x, y);
    gtk_snapshot_append_linear_gradient (
        snapshot, &GRAPHENE_RECT_INIT ((float) bar, (float) y, (float) length, 12),
        &GRAPHENE_POINT_INIT ((float) bar, 0), &GRAPHENE_POINT_INIT ((float) (bar + length), 0),
        stops, N_STOPS);
    g_autofree char *low = fovea_power_text (low_end (spec));
    g_autofree char *less = g_strconcat ("<", low, NULL);
    if (weights)
        fovea_label_draw (widget, snapshot, less, 11, FOVEA_LABEL_CENTER, &palette->quiet, x + 8,
                          y + 12 + 12 * grown, 0);
    draw_ticks (widget, snapshot, palette, spec, bar, y, length);
}

void
fovea_color_bar_draw_vertical (GtkWidget *widget,
                               GtkSnapshot *snapshot,
                               const FoveaPalette *palette,
                               const FoveaTileSpec *spec,
                               double x,
                               double y,
                               double height,
                               double marked)
{
    GskColorStop stops[N_STOPS];
    double ticks[16];
    fill_stops (palette, spec, stops);
    gtk_snapshot_append_linear_gradient (
        snapshot, &GRAPHENE_RECT_INIT ((float) x, (float) y, 18, (float) height),
        &GRAPHENE_POINT_INIT (0, (float) (y + height)), &GRAPHENE_POINT_INIT (0, (float) y), stops,
        N_STOPS);
    fovea_box_draw (snapshot, x, y, 18, height, 0, 1, &palette->rule);
    guint n = find_ticks (spec, ticks, G_N_ELEMENTS (ticks));
    for (guint i = 0; i < n; i++) {
        double at = y + (1 - position (spec, ticks[i])) * height;
        g_autofree char *text = tick_text (spec, ticks[i]);
        fovea_fill_draw (snapshot, x + 18, at - 0.5, 5, 1, 0, &palette->quiet);
        fovea_label_draw (widget, snapshot, text, 11, FOVEA_LABEL_NORMAL, &palette->quiet, x + 28,
                          at, 0);
    }
    gboolean weights = spec->color != FOVEA_COLOR_SCORE;
    if (isfinite (marked) && (!weights || marked >= low_end (spec))) {
        double at = y + (1 - position (spec, marked)) * height;
        fovea_fill_draw (snapshot, x - 4, at - 1.5, 26, 3, 0, &palette->text);
    }
    g_autofree char *low = fovea_power_text (low_end (spec));
    g_autofree char *below = g_strdup_printf (_ ("below %s"), low);
    if (weights) {
        draw_swatch (snapshot, palette, fovea_color_map_zero (palette->theme), x, y + height + 18);
        fovea_label_draw (widget, snapshot, below, 11, FOVEA_LABEL_NORMAL, &palette->quiet, x + 24,
                          y + height + 24, 0);
    }
}

void
fovea_color_bar_draw_future (GtkWidget *widget,
                             GtkSnapshot *snapshot,
                             const FoveaPalette *palette,
                             const FoveaTileSpec *spec,
                             double x,
                             double bottom)
{
    double y = bottom + (spec->color != FOVEA_COLOR_SCORE ? 42 : 18);
    draw_swatch (snapshot, palette, fovea_color_map_future (palette->theme), x, y);
    fovea_label_draw (widget, snapshot, _ ("future"), 11, FOVEA_LABEL_NORMAL, &palette->quiet,
                      x + 24, y + 6, 0);
}
