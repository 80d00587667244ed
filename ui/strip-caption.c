/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The legend has the room that it needs, the caption what is left. */
#include "ui/strip-caption.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/token-text.h"

#define NARROW 600 /* the bar of the legend gives way below it */

typedef struct {
    GtkWidget *widget;
    FoveaTokenPaint *paint;
    gint64 n_tokens;
} Caption;

/* The ends of the legend in words. */
static void
name_ends (Caption *self, char **low, char **high)
{
    double limit;
    FoveaPaintKind kind = fovea_token_paint_get_kind (self->paint, &limit);
    *high = kind == FOVEA_PAINT_SIGNED ? g_strdup_printf ("+%.2g", limit) : g_strdup ("1");
    *low = kind == FOVEA_PAINT_SIGNED  ? g_strdup_printf ("\u2212%.2g", limit)
           : kind == FOVEA_PAINT_SHARE ? g_strdup ("0")
                                       : fovea_power_text (fovea_color_map_floor (self->n_tokens));
}

/* Right to left, since its right end is fixed. Only weights have a zero that is off the scale. None where
 * tokens have no colours. */
static double
draw_legend (Caption *self, GtkSnapshot *snapshot, const FoveaPalette *palette, int width)
{
    if (*fovea_token_paint_get_quantity (self->paint) == '\0')
        return width - FOVEA_STRIP_SIDE;
    GtkWidget *widget = self->widget;
    FoveaPaintKind kind = fovea_token_paint_get_kind (self->paint, NULL);
    const guint32 *map = kind == FOVEA_PAINT_SIGNED ? fovea_color_map_diverging (palette->theme)
                                                    : fovea_color_map_sequential (palette->theme);
    g_autofree char *low = NULL, *high = NULL;
    GskColorStop stops[9];
    name_ends (self, &low, &high);
    for (int i = 0; i < 9; i++)
        stops[i] = (GskColorStop){(float) i / 8, fovea_palette_rgba (map[MIN (i * 32, 255)])};
    int used = fovea_label_draw (widget, snapshot, high, 11, FOVEA_LABEL_RIGHT, &palette->quiet,
                                 width - FOVEA_STRIP_SIDE, FOVEA_STRIP_CAPTION_Y, 0);
    const float length = width < NARROW ? 60 : 96;
    double bar = width - FOVEA_STRIP_SIDE - used - 9 - length;
    gtk_snapshot_append_linear_gradient (
        snapshot, &GRAPHENE_RECT_INIT ((float) bar, FOVEA_STRIP_CAPTION_Y - 5, length, 10),
        &GRAPHENE_POINT_INIT ((float) bar, 0), &GRAPHENE_POINT_INIT ((float) bar + length, 0),
        stops, 9);
    used = fovea_label_draw (widget, snapshot, low, 11, FOVEA_LABEL_RIGHT, &palette->quiet, bar - 6,
                             FOVEA_STRIP_CAPTION_Y, 0);
    double x = bar - 6 - used - 6;
    g_autofree char *quantity = g_strconcat (fovea_token_paint_get_quantity (self->paint),
                                             kind == FOVEA_PAINT_WEIGHT ? "\u2002 0" : "", NULL);
    if (kind == FOVEA_PAINT_WEIGHT) {
        GdkRGBA zero = fovea_palette_rgba (fovea_color_map_zero (palette->theme));
        x -= 12;
        fovea_fill_draw (snapshot, x, FOVEA_STRIP_CAPTION_Y - 4, 9, 9, 0, &zero);
        fovea_box_draw (snapshot, x, FOVEA_STRIP_CAPTION_Y - 4, 9, 9, 0, 1, &palette->rule);
        x -= 6;
    }
    return x - fovea_label_draw (widget, snapshot, quantity, 11, FOVEA_LABEL_RIGHT, &palette->quiet,
                                 x, FOVEA_STRIP_CAPTION_Y, 0);
}

const char *
fovea_strip_caption_fit (GtkWidget *widget, const char *caption, double room)
{
    const char *opening = _ ("Tokens, coloured by ");
    int width = fovea_label_width (widget, 12, FOVEA_LABEL_NORMAL, caption);
    return width > room && g_str_has_prefix (caption, opening) ? caption + strlen (opening)
                                                               : caption;
}

void
fovea_strip_caption_draw (GtkWidget *strip,
                          GtkSnapshot *snapshot,
                          const FoveaPalette *palette,
                          FoveaTokenPaint *paint,
                          gint64 n_tokens,
                          int width)
{
    Caption caption = {strip, paint, n_tokens};
    double room = draw_legend (&caption, snapshot, palette, width) - 2 * FOVEA_STRIP_SIDE;
    fovea_label_draw (strip, snapshot,
                      fovea_strip_caption_fit (strip, fovea_token_paint_get_caption (paint), room),
                      12, FOVEA_LABEL_NORMAL, &palette->quiet, FOVEA_STRIP_SIDE,
                      FOVEA_STRIP_CAPTION_Y, room);
}
