/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/texture.h"
#include "ui/token-strip-private.h"
#include "ui/token-text.h"

/* Chips without a colour get an outline, or they would not look like chips. */
static void
draw_chip (FoveaTokenStrip *self,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           gint64 token,
           double x)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    guint32 color = fovea_token_paint_get_color (self->paint, palette->theme,
                                                 fovea_token_paint_get_value (self->paint, token),
                                                 self->n_tokens);
    gboolean plain = color == fovea_color_map_zero (palette->theme);
    double width = fovea_token_strip_chip_width (self, token);
    GdkRGBA fill = fovea_palette_rgba (color), ink = palette->text;
    if (!plain)
        ink = fovea_palette_rgba (fovea_color_map_text_on (color));
    fovea_fill_draw (snapshot, x, CHIP_Y, width, CHIP_HEIGHT, 5, &fill);
    if (plain)
        fovea_box_draw (snapshot, x, CHIP_Y, width, CHIP_HEIGHT, 5, 1, &palette->rule);
    g_autofree char *text = fovea_token_text (fovea_selection_get_info (self->selection), token);
    fovea_label_draw (GTK_WIDGET (self), snapshot, text, 13, FOVEA_LABEL_CENTER, &ink,
                      x + width / 2, CHIP_Y + CHIP_HEIGHT / 2.0, 0);
    if (fovea_selection_has_token (self->selection, token))
        fovea_fill_draw (snapshot, x + 2, CHOSEN_Y, width - 4, 3, 1.5, &palette->accent_text);
    if (token == place->query)
        fovea_box_draw (snapshot, x - 2, CHIP_Y - 2, width + 4, CHIP_HEIGHT + 4, 7, 2,
                        &palette->text);
    if (token != place->key)
        return;
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot,
        &GRAPHENE_RECT_INIT ((float) x - 3, CHIP_Y - 3, (float) width + 6, CHIP_HEIGHT + 6));
    gdk_cairo_set_source_rgba (cr, &palette->text);
    cairo_set_dash (cr, (double[]){3, 3}, 2, 0);
    cairo_set_line_width (cr, 2);
    cairo_rectangle (cr, x - 1, CHIP_Y - 1, width + 2, CHIP_HEIGHT + 2);
    cairo_stroke (cr);
    cairo_destroy (cr);
}

static GdkTexture *
build_overview (FoveaTokenStrip *self, FoveaTheme theme, int width)
{
    guint32 *pixels = g_new (guint32, (gsize) width * OVERVIEW);
    for (int x = 0; x < width; x++) {
        gint64 from = x * self->n_tokens / width;
        gint64 to = MAX ((x + 1) * self->n_tokens / width, from + 1);
        guint32 color = fovea_token_paint_get_color (
            self->paint, theme, fovea_token_paint_get_strongest (self->paint, from, to),
            self->n_tokens);
        for (int y = 0; y < OVERVIEW; y++)
            pixels[y * width + x] = color;
    }
    return fovea_texture_new (pixels, (guint) width, OVERVIEW);
}

/* Query below pointing up, key above pointing down. */
static void
draw_pointer (GtkSnapshot *snapshot, const GdkRGBA *color, double x, double y, int direction)
{
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) x - 6, (float) y - 6, 12, 12));
    gdk_cairo_set_source_rgba (cr, color);
    cairo_move_to (cr, x, y);
    cairo_line_to (cr, x - 4, y + 5 * direction);
    cairo_line_to (cr, x + 4, y + 5 * direction);
    cairo_fill (cr);
    cairo_destroy (cr);
}

static void
draw_overview (FoveaTokenStrip *self, GtkSnapshot *snapshot, const FoveaPalette *palette, int width)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (self->overview == NULL || gdk_texture_get_width (self->overview) != width ||
        self->overview_theme != palette->theme) {
        g_clear_object (&self->overview);
        self->overview = build_overview (self, palette->theme, width);
        self->overview_theme = palette->theme;
    }
    fovea_box_draw (snapshot, SIDE - 1, OVERVIEW_Y - 1, width + 2, OVERVIEW + 2, 0, 1,
                    &palette->rule);
    fovea_texture_draw (GTK_WIDGET (self), snapshot, self->overview,
                        &GRAPHENE_RECT_INIT (SIDE, OVERVIEW_Y, (float) width, OVERVIEW));
    gint64 first, end;
    double unit = (double) width / (double) self->n_tokens;
    fovea_token_strip_get_visible (self, &first, &end);
    fovea_box_draw (snapshot, SIDE + (double) first * unit - 1, OVERVIEW_Y - 2,
                    MAX ((double) (end - first) * unit, 8) + 2, OVERVIEW + 4, 2, 1.5,
                    &palette->text);
    draw_pointer (snapshot, &palette->text, SIDE + ((double) place->query + 0.5) * unit,
                  OVERVIEW_Y + OVERVIEW + 2, 1);
    draw_pointer (snapshot, &palette->text, SIDE + ((double) place->key + 0.5) * unit,
                  OVERVIEW_Y - 2, -1);
}

void
fovea_token_strip_draw (FoveaTokenStrip *self,
                        GtkSnapshot *snapshot,
                        const FoveaPalette *palette,
                        int width)
{
    gint64 first, end;
    double x = SIDE;
    fovea_strip_caption_draw (GTK_WIDGET (self), snapshot, palette, self->paint, self->n_tokens,
                              width);
    fovea_token_strip_get_visible (self, &first, &end);
    for (gint64 t = first; t < end; t++) {
        draw_chip (self, snapshot, palette, t, x);
        x += fovea_token_strip_chip_width (self, t) + CHIP_GAP;
    }
    draw_overview (self, snapshot, palette, width - 2 * SIDE);
}
