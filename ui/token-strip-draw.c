/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/texture.h"
#include "ui/token-strip-private.h"
#include "ui/token-text.h"

/* Solid for the query, dashed for the key. */
static void
draw_rings (GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaPlace *place,
            gint64 token,
            double x,
            double width,
            double thick)
{
    if (token == place->query)
        fovea_box_draw (snapshot, x - 2, CHIP_Y - 2, width + 4, CHIP_HEIGHT + 4, 7, thick,
                        &palette->text);
    if (token != place->key)
        return;
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot,
        &GRAPHENE_RECT_INIT ((float) x - 3, CHIP_Y - 3, (float) width + 6, CHIP_HEIGHT + 6));
    gdk_cairo_set_source_rgba (cr, &palette->text);
    cairo_set_dash (cr, (double[]){3, 3}, 2, 0);
    cairo_set_line_width (cr, thick);
    double edge = thick / 2; /* its middle lies where whole pixels are covered */
    cairo_rectangle (cr, x - 2 + edge, CHIP_Y - 2 + edge, width + 4 - thick,
                     CHIP_HEIGHT + 4 - thick);
    cairo_stroke (cr);
    cairo_destroy (cr);
}

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
    draw_rings (snapshot, palette, place, token, x, width, 2);
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
draw_pointers (GtkSnapshot *snapshot, const GdkRGBA *color, const FoveaPlace *place, double unit)
{
    draw_pointer (snapshot, color, SIDE + ((double) place->query + 0.5) * unit,
                  OVERVIEW_Y + OVERVIEW + 2, 1);
    draw_pointer (snapshot, color, SIDE + ((double) place->key + 0.5) * unit, OVERVIEW_Y - 2, -1);
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
    draw_pointers (snapshot, &palette->text, place, unit);
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

void
fovea_token_strip_draw_hover (FoveaTokenStrip *self,
                              GtkSnapshot *snapshot,
                              const FoveaPalette *palette,
                              int width)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    gint64 first, end;
    double x = SIDE;
    if (hover == NULL)
        return;
    fovea_token_strip_get_visible (self, &first, &end);
    for (gint64 t = first; t < end; t++) {
        double chip = fovea_token_strip_chip_width (self, t);
        draw_rings (snapshot, palette, hover, t, x, chip, 1);
        x += chip + CHIP_GAP;
    }
    draw_pointers (snapshot, &palette->quiet, hover,
                   (double) (width - 2 * SIDE) / (double) self->n_tokens);
}
