/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Colours are looked up by name (@define-color of style.css) each time a widget draws: about ten
 * hash look-ups, and no cache to go stale when the theme changes. */
#include "ui/palette.h"

#include "ui/scaled.h"

#include <math.h>

/* A sheet without the name falls back to the text colour, which is always readable. */
static void
look_up (GtkStyleContext *context, const char *name, GdkRGBA *color)
{
    if (!gtk_style_context_lookup_color (context, name, color))
        gtk_style_context_get_color (context, color);
}

void
fovea_palette_load (GtkWidget *widget, FoveaPalette *palette)
{
    GtkStyleContext *context = gtk_widget_get_style_context (widget);
    look_up (context, "fovea_view", &palette->view);
    look_up (context, "fovea_text", &palette->text);
    look_up (context, "fovea_quiet", &palette->quiet);
    look_up (context, "fovea_rule", &palette->rule);
    look_up (context, "fovea_grid", &palette->grid);
    look_up (context, "fovea_accent", &palette->accent);
    look_up (context, "fovea_accent_text", &palette->accent_text);
    look_up (context, "fovea_selected", &palette->selected);
    look_up (context, "fovea_header", &palette->header);
    look_up (context, "fovea_button", &palette->button);
    palette->theme = palette->view.green < 0.5 ? FOVEA_THEME_DARK : FOVEA_THEME_LIGHT;
}

GdkRGBA
fovea_palette_rgba (guint32 color)
{
    return (GdkRGBA){
        .red = (float) ((color >> 16) & 0xff) / 255.0f,
        .green = (float) ((color >> 8) & 0xff) / 255.0f,
        .blue = (float) (color & 0xff) / 255.0f,
        .alpha = (float) ((color >> 24) & 0xff) / 255.0f,
    };
}

guint32
fovea_palette_argb (const GdkRGBA *color)
{
    const float parts[] = {color->alpha, color->red, color->green, color->blue};
    guint32 out = 0;
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        out = out << 8 | (guint32) lroundf (parts[i] * 255);
    return out;
}

/* Points are pairs in units of the radius. */
static void
polygon (cairo_t *cr, const double *points, guint n, double x, double y, double r)
{
    for (guint i = 0; i < n; i++)
        cairo_line_to (cr, x + points[2 * i] * r, y + points[2 * i + 1] * r);
    cairo_close_path (cr);
}

void
fovea_mark_path (cairo_t *cr, FoveaMark mark, double x, double y, double r)
{
    static const double up[] = {0, -1.05, 1.05, 0.85, -1.05, 0.85};
    static const double down[] = {0, 1.05, 1.05, -0.85, -1.05, -0.85};
    static const double diamond[] = {0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0};
    static const double cross[] = {-1,   -0.35, -0.35, -0.35, -0.35, -1,   0.35, -1,
                                   0.35, -0.35, 1,     -0.35, 1,     0.35, 0.35, 0.35,
                                   0.35, 1,     -0.35, 1,     -0.35, 0.35, -1,   0.35};
    cairo_new_sub_path (cr);
    switch (mark) {
    case FOVEA_MARK_TRIANGLE_UP:
        polygon (cr, up, 3, x, y, r);
        break;
    case FOVEA_MARK_TRIANGLE_DOWN:
        polygon (cr, down, 3, x, y, r);
        break;
    case FOVEA_MARK_BAR:
        cairo_rectangle (cr, x - 1.25 * r, y - 0.42 * r, 2.5 * r, 0.84 * r);
        break;
    case FOVEA_MARK_DIAMOND:
        polygon (cr, diamond, 4, x, y, r);
        break;
    case FOVEA_MARK_SQUARE:
        cairo_rectangle (cr, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
        break;
    case FOVEA_MARK_CROSS:
        polygon (cr, cross, 12, x, y, r);
        break;
    case FOVEA_MARK_RING:
        cairo_arc (cr, x, y, r * 0.85, 0, 2 * G_PI);
        break;
    case FOVEA_MARK_DISC:
    default:
        cairo_arc (cr, x, y, r, 0, 2 * G_PI);
        break;
    }
}

void
fovea_mark_draw (
    GtkSnapshot *snapshot, FoveaTheme theme, const char *role, double x, double y, double r)
{
    FoveaMark mark;
    GdkRGBA color = fovea_palette_rgba (fovea_color_map_role (theme, role, &mark));
    float side = (float) (3 * r);
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) x - side, (float) y - side, 2 * side, 2 * side));
    gdk_cairo_set_source_rgba (cr, &color);
    fovea_mark_path (cr, mark, x, y, r);
    if (mark == FOVEA_MARK_RING) {
        cairo_set_line_width (cr, 1);
        cairo_stroke (cr);
    } else {
        cairo_fill (cr);
    }
    cairo_destroy (cr);
}

void
fovea_outline_draw (
    GtkWidget *widget, GtkSnapshot *snapshot, const double *corners, guint n, const GdkRGBA *color)
{
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                       (float) gtk_widget_get_height (widget)));
    for (guint i = 0; i < n; i++)
        cairo_line_to (cr, corners[2 * i], corners[2 * i + 1]);
    cairo_close_path (cr);
    gdk_cairo_set_source_rgba (cr, color);
    cairo_set_line_width (cr, 1);
    cairo_stroke_preserve (cr);
    cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_source_rgba (cr, color->red, color->green, color->blue, 0.08);
    cairo_fill (cr);
    cairo_destroy (cr);
}

void
fovea_box_draw (GtkSnapshot *snapshot,
                double x,
                double y,
                double width,
                double height,
                double radius,
                double stroke,
                const GdkRGBA *color)
{
    GskRoundedRect outline;
    float w = (float) stroke;
    gsk_rounded_rect_init_from_rect (
        &outline, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height),
        (float) radius);
    gtk_snapshot_append_border (snapshot, &outline, (float[4]){w, w, w, w},
                                (GdkRGBA[4]){*color, *color, *color, *color});
}

void
fovea_fill_draw (GtkSnapshot *snapshot,
                 double x,
                 double y,
                 double width,
                 double height,
                 double radius,
                 const GdkRGBA *color)
{
    graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height);
    GskRoundedRect clip;
    if (radius <= 0) {
        gtk_snapshot_append_color (snapshot, color, &rect);
        return;
    }
    gsk_rounded_rect_init_from_rect (&clip, &rect, (float) radius);
    gtk_snapshot_push_rounded_clip (snapshot, &clip);
    gtk_snapshot_append_color (snapshot, color, &rect);
    gtk_snapshot_pop (snapshot);
}

/* The sheet of high contrast makes quiet text text. */
gboolean
fovea_palette_is_contrast (const FoveaPalette *palette)
{
    return gdk_rgba_equal (&palette->quiet, &palette->text);
}

void
fovea_selected_draw (GtkSnapshot *snapshot,
                     double x,
                     double y,
                     double width,
                     double height,
                     double radius,
                     const FoveaPalette *palette)
{
    fovea_fill_draw (snapshot, x, y, width, height, radius, &palette->selected);
    if (fovea_palette_is_contrast (palette))
        fovea_box_draw (snapshot, x, y, width, height, radius, 2, &palette->text);
}
