/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scenes as SVG. cairo's own SVG turns letters into outlines; here text stays text that can be
 * searched and edited, and maps are indexed images. Numbers have at most three decimals (a
 * thousandth of a point) and no locale. */
#include "analysis/plain-text.h"
#include "ui/figures/inks.h"
#include "ui/figures/png.h"
#include "ui/figures/scene.h"

#include <string.h>

#define MM_PER_POINT (25.4 / 72)

/* ' name="1.25"'. Trailing zeros go, minus zero is zero. */
static void
append_number (GString *out, const char *name, double value)
{
    char text[64];
    g_ascii_formatd (text, sizeof text, "%.3f", value);
    char *end = text + strlen (text);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    const char *clean = strcmp (text, "-0") == 0 ? "0" : text;
    if (name != NULL)
        g_string_append_printf (out, " %s=\"%s\"", name, clean);
    else
        g_string_append (out, clean);
}

static void
append_color (GString *out, const char *name, guint32 color)
{
    if (color >> 24 == 0)
        g_string_append_printf (out, " %s=\"none\"", name);
    else
        g_string_append_printf (out, " %s=\"#%06X\"", name, color & 0xFFFFFF);
}

/* XML has no way to write a control character. */
static void
append_escaped (GString *out, const char *text)
{
    g_autofree char *plain = fovea_plain_text (text);
    g_autofree char *escaped = g_markup_escape_text (plain, -1);
    g_string_append (out, escaped);
}

static void
append_dash (GString *out, const FoveaItem *item)
{
    guint n = fovea_scene_count_dashes (item);
    if (fovea_scene_is_curve (item))
        g_string_append (out, " stroke-linejoin=\"round\"");
    for (guint i = 0; i < n; i++) {
        g_string_append (out, i == 0 ? " stroke-dasharray=\"" : " ");
        append_number (out, NULL, item->dash[i]);
    }
    if (n > 0)
        g_string_append_c (out, '"');
}

static void
append_paint (GString *out, const FoveaItem *item)
{
    append_color (out, "fill", item->fill);
    if (item->stroke >> 24 != 0) {
        append_color (out, "stroke", item->stroke);
        append_number (out, "stroke-width", item->line_width);
        append_dash (out, item);
    }
    g_string_append (out, "/>\n");
}

static void
append_path (GString *out, const FoveaItem *item)
{
    g_string_append (out, "<path d=\"");
    for (guint i = 0; i < item->n_points; i++) {
        g_string_append_c (out, i == 0 ? 'M' : !item->bent ? 'L' : i == 1 ? 'C' : ' ');
        append_number (out, NULL, item->points[2 * i]);
        g_string_append_c (out, ',');
        append_number (out, NULL, item->points[2 * i + 1]);
    }
    g_string_append (out, item->closed ? "Z\"" : "\"");
    append_paint (out, item);
}

static void
append_disc (GString *out, const FoveaItem *item)
{
    g_string_append (out, "<circle");
    append_number (out, "cx", item->x);
    append_number (out, "cy", item->y);
    append_number (out, "r", item->w);
    append_paint (out, item);
}

/* Every pixel as @factor x @factor equal ones. */
static FoveaIndexedImage *
enlarge (const FoveaIndexedImage *image, guint factor)
{
    FoveaIndexedImage *large =
        fovea_indexed_image_new (image->width * factor, image->height * factor);
    memcpy (large->palette, image->palette, sizeof large->palette);
    for (guint y = 0; y < large->height; y++) {
        const guint8 *from = image->pixels + (gsize) (y / factor) * image->width;
        guint8 *to = large->pixels + (gsize) y * large->width;
        for (guint x = 0; x < large->width; x++)
            to[x] = from[x / factor];
    }
    return large;
}

/* librsvg 2.54 smooths enlarged images whatever image-rendering says. Cells of over a point are
 * therefore given several pixels, so that a smoothing viewer blurs an edge and not the cell. */
static guint
choose_factor (const FoveaItem *item)
{
    double pixel = MAX (item->w / item->image->width, item->h / item->image->height);
    return pixel > 1 ? (guint) CLAMP (4 * pixel + 0.5, 1, 32) : 1;
}

static void
append_image (GString *out, const FoveaItem *item)
{
    g_autoptr (FoveaIndexedImage) image = enlarge (item->image, choose_factor (item));
    g_autoptr (GBytes) png = fovea_png_print_indexed (image);
    gsize length;
    const guchar *data = g_bytes_get_data (png, &length);
    g_autofree char *encoded = g_base64_encode (data, length);
    g_string_append (out, "<image");
    append_number (out, "x", item->x);
    append_number (out, "y", item->y);
    append_number (out, "width", item->w);
    append_number (out, "height", item->h);
    g_string_append (out, " preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\""
                          " xlink:href=\"data:image/png;base64,");
    g_string_append (out, encoded);
    g_string_append (out, "\"/>\n");
}

/* Anchors rather than measured widths: a viewer with another font keeps labels in place. */
static void
append_text (GString *out, const FoveaItem *item)
{
    static const char *const anchors[] = {NULL, "middle", "end"};
    const FoveaTextStyle *style = &item->style;
    g_string_append (out, "<text");
    append_number (out, "x", item->x);
    append_number (out, "y", item->y);
    append_number (out, "font-size", style->size);
    append_color (out, "fill", style->color);
    if (style->bold)
        g_string_append (out, " font-weight=\"600\"");
    if (style->anchor != FOVEA_ANCHOR_START)
        g_string_append_printf (out, " text-anchor=\"%s\"", anchors[style->anchor]);
    if (style->turned) {
        g_string_append (out, " transform=\"rotate(-90 ");
        append_number (out, NULL, item->x);
        g_string_append_c (out, ' ');
        append_number (out, NULL, item->y);
        g_string_append (out, ")\"");
    }
    g_string_append (out, " xml:space=\"preserve\">");
    append_escaped (out, item->text);
    g_string_append (out, "</text>\n");
}

static void
append_element (GString *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    g_string_append_printf (out, "<%s>", name);
    append_escaped (out, text);
    g_string_append_printf (out, "</%s>\n", name);
}

static void
append_head (GString *out, FoveaScene *scene)
{
    double width, height, margin = fovea_scene_get_inks (scene)->margin;
    fovea_scene_get_size (scene, &width, &height);
    g_string_append (out, "<svg xmlns=\"http://www.w3.org/2000/svg\""
                          " xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"");
    append_number (out, NULL, width * MM_PER_POINT);
    g_string_append (out, "mm\" height=\"");
    append_number (out, NULL, height * MM_PER_POINT);
    g_string_append (out, "mm\" viewBox=\"");
    append_number (out, NULL, -margin);
    g_string_append_c (out, ' ');
    append_number (out, NULL, -margin);
    g_string_append_c (out, ' ');
    append_number (out, NULL, width);
    g_string_append_c (out, ' ');
    append_number (out, NULL, height);
    g_string_append (out, "\" font-family=\"" FOVEA_TEXT_FAMILIES ", sans-serif\">\n");
}

static void
append_page (GString *out, FoveaScene *scene)
{
    double width, height;
    const FoveaInks *inks = fovea_scene_get_inks (scene);
    fovea_scene_get_size (scene, &width, &height);
    if (inks->page >> 24 == 0)
        return;
    g_string_append (out, "<rect");
    append_number (out, "x", -inks->margin);
    append_number (out, "y", -inks->margin);
    append_number (out, "width", width);
    append_number (out, "height", height);
    append_color (out, "fill", inks->page);
    g_string_append (out, "/>\n");
}

char *
fovea_scene_print_svg (FoveaScene *scene, const char *title, const char *provenance)
{
    static void (*const append_item[]) (GString *, const FoveaItem *) = {append_path, append_disc,
                                                                         append_image, append_text};
    GString *out = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    append_head (out, scene);
    append_element (out, "title", title);
    append_element (out, "metadata", provenance);
    append_page (out, scene);
    guint n;
    const FoveaItem *items = fovea_scene_get_items (scene, &n);
    for (guint i = 0; i < n; i++)
        append_item[items[i].kind](out, &items[i]);
    g_string_append (out, "</svg>\n");
    return g_string_free (out, FALSE);
}
