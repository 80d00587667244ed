/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The list behind a figure and its drawing with cairo. Items are few (thousands at most), so they
 * lie in one array and are never searched. Images are drawn with the nearest filter; only on a
 * raster coarser than the image itself are pixels averaged, else lone cells would vanish. */
#include "ui/figures/scene.h"

#include <math.h>
#include <string.h>

#include "ui/figures/inks.h"

/* Height of capitals and depth of descenders as parts of the font size. */
#define ASCENT       0.78
#define DESCENT      0.26  /* ink of brackets is 0.24, and no pixel of it may be cut off */
#define LINE_SPACING 1.286 /* 9 pt for 7 pt text */

struct _FoveaScene {
    const FoveaInks *inks;
    double width, height;
    gboolean height_set;
    FoveaBox content;
    GArray *items;
};

FoveaIndexedImage *
fovea_indexed_image_new (guint width, guint height)
{
    FoveaIndexedImage *image = g_new0 (FoveaIndexedImage, 1);
    image->width = width;
    image->height = height;
    image->pixels = g_malloc0_n (height, width);
    return image;
}

void
fovea_indexed_image_free (FoveaIndexedImage *image)
{
    if (image == NULL)
        return;
    g_free (image->pixels);
    g_free (image);
}

static void
clear_item (gpointer data)
{
    FoveaItem *item = data;
    g_free (item->points);
    g_free (item->text);
    fovea_indexed_image_free (item->image);
}

FoveaScene *
fovea_scene_new (double width, const FoveaInks *inks)
{
    FoveaScene *scene = g_new0 (FoveaScene, 1);
    scene->inks = inks;
    scene->width = width;
    scene->items = g_array_new (FALSE, TRUE, sizeof (FoveaItem));
    g_array_set_clear_func (scene->items, clear_item);
    return scene;
}

void
fovea_scene_free (FoveaScene *scene)
{
    if (scene == NULL)
        return;
    g_array_unref (scene->items);
    g_free (scene);
}

const FoveaInks *
fovea_scene_get_inks (FoveaScene *scene)
{
    return scene->inks;
}

void
fovea_scene_set_height (FoveaScene *scene, double height)
{
    scene->height = height;
    scene->height_set = TRUE;
}

void
fovea_scene_get_size (FoveaScene *scene, double *width, double *height)
{
    if (width != NULL)
        *width = scene->width + 2 * scene->inks->margin;
    if (height != NULL)
        *height = scene->height + 2 * scene->inks->margin;
}

FoveaBox
fovea_scene_get_content (FoveaScene *scene)
{
    return scene->content;
}

const FoveaItem *
fovea_scene_get_items (FoveaScene *scene, guint *n_items)
{
    *n_items = scene->items->len;
    return &g_array_index (scene->items, FoveaItem, 0);
}

static FoveaBox
text_box (const FoveaItem *item)
{
    const FoveaTextStyle *style = &item->style;
    double along = fovea_text_width (item->text, style->size, style->bold);
    double before = style->anchor == FOVEA_ANCHOR_START    ? 0
                    : style->anchor == FOVEA_ANCHOR_MIDDLE ? along / 2
                                                           : along;
    double up = ASCENT * style->size, down = DESCENT * style->size;
    if (style->turned)
        return (FoveaBox){item->x - up, item->y - along + before, item->x + down, item->y + before};
    return (FoveaBox){item->x - before, item->y - up, item->x - before + along, item->y + down};
}

static FoveaBox
path_box (const FoveaItem *item)
{
    FoveaBox box = {item->points[0], item->points[1], item->points[0], item->points[1]};
    for (guint i = 1; i < item->n_points; i++) {
        box.x0 = MIN (box.x0, item->points[2 * i]);
        box.y0 = MIN (box.y0, item->points[2 * i + 1]);
        box.x1 = MAX (box.x1, item->points[2 * i]);
        box.y1 = MAX (box.y1, item->points[2 * i + 1]);
    }
    double half = item->stroke >> 24 != 0 ? item->line_width / 2 : 0;
    return (FoveaBox){box.x0 - half, box.y0 - half, box.x1 + half, box.y1 + half};
}

FoveaBox
fovea_scene_get_box (const FoveaItem *item)
{
    if (item->kind == FOVEA_ITEM_TEXT)
        return text_box (item);
    if (item->kind == FOVEA_ITEM_PATH)
        return path_box (item);
    if (item->kind == FOVEA_ITEM_IMAGE)
        return (FoveaBox){item->x, item->y, item->x + item->w, item->y + item->h};
    double r = item->w + (item->stroke >> 24 != 0 ? item->line_width / 2 : 0);
    return (FoveaBox){item->x - r, item->y - r, item->x + r, item->y + r};
}

/* Takes the item's pointers. */
static void
append (FoveaScene *scene, const FoveaItem *item)
{
    const FoveaBox box = fovea_scene_get_box (item);
    FoveaBox *content = &scene->content;
    g_array_append_val (scene->items, *item);
    *content = (FoveaBox){MIN (content->x0, box.x0), MIN (content->y0, box.y0),
                          MAX (content->x1, box.x1), MAX (content->y1, box.y1)};
    if (!scene->height_set)
        scene->height = content->y1;
}

void
fovea_scene_add_path (FoveaScene *scene,
                      const double *points,
                      guint n,
                      gboolean closed,
                      guint32 fill,
                      guint32 stroke,
                      double line_width)
{
    FoveaItem item = {.kind = FOVEA_ITEM_PATH,
                      .points = g_memdup2 (points, 2 * n * sizeof (double)),
                      .n_points = n,
                      .closed = closed,
                      .fill = fill,
                      .stroke = stroke,
                      .line_width = line_width};
    append (scene, &item);
}

void
fovea_scene_add_curve (FoveaScene *scene,
                       const double *points,
                       guint n,
                       guint32 color,
                       double line_width,
                       const double *dash)
{
    FoveaItem item = {.kind = FOVEA_ITEM_PATH,
                      .points = g_memdup2 (points, 2 * n * sizeof (double)),
                      .n_points = n,
                      .stroke = color,
                      .line_width = line_width};
    for (guint i = 0; dash != NULL && i + 1 < FOVEA_MAX_DASH && dash[i] > 0; i++)
        item.dash[i] = dash[i];
    append (scene, &item);
}

void
fovea_scene_add_bend (FoveaScene *scene, const double *points, guint32 color, double line_width)
{
    FoveaItem item = {.kind = FOVEA_ITEM_PATH,
                      .points = g_memdup2 (points, 8 * sizeof (double)),
                      .n_points = 4,
                      .bent = TRUE,
                      .stroke = color,
                      .line_width = line_width};
    append (scene, &item);
}

gboolean
fovea_scene_is_curve (const FoveaItem *item)
{
    return item->kind == FOVEA_ITEM_PATH && !item->closed && item->n_points > 2;
}

guint
fovea_scene_count_dashes (const FoveaItem *item)
{
    guint n = 0;
    while (n < FOVEA_MAX_DASH && item->dash[n] > 0)
        n++;
    return n;
}

void
fovea_scene_add_line (
    FoveaScene *scene, double x0, double y0, double x1, double y1, double width, guint32 color)
{
    double points[] = {x0, y0, x1, y1};
    fovea_scene_add_path (scene, points, 2, FALSE, 0, color, width);
}

void
fovea_scene_add_rectangle (FoveaScene *scene,
                           double x,
                           double y,
                           double w,
                           double h,
                           guint32 fill,
                           guint32 stroke,
                           double line_width)
{
    double points[] = {x, y, x + w, y, x + w, y + h, x, y + h};
    fovea_scene_add_path (scene, points, 4, TRUE, fill, stroke, line_width);
}

/* Corners of five points: as round as print can tell at the size of a word's ground. */
void
fovea_scene_add_chip (
    FoveaScene *scene, double x, double y, double w, double h, double radius, guint32 fill)
{
    enum {
        CORNER = 5
    };
    double points[4 * CORNER][2], r = MIN (radius, MIN (w, h) / 2);
    const double centres[4][2] = {
        {x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}, {x + w - r, y + r}};
    for (guint i = 0; i < 4 * CORNER; i++) {
        double angle = G_PI / 2 * (i / CORNER + (double) (i % CORNER) / (CORNER - 1));
        points[i][0] = centres[i / CORNER][0] + r * cos (angle);
        points[i][1] = centres[i / CORNER][1] + r * sin (angle);
    }
    fovea_scene_add_path (scene, &points[0][0], 4 * CORNER, TRUE, fill, 0, 0);
}

void
fovea_scene_add_disc (FoveaScene *scene,
                      double x,
                      double y,
                      double radius,
                      guint32 fill,
                      guint32 stroke,
                      double line_width)
{
    FoveaItem item = {.kind = FOVEA_ITEM_DISC,
                      .x = x,
                      .y = y,
                      .w = radius,
                      .fill = fill,
                      .stroke = stroke,
                      .line_width = line_width};
    append (scene, &item);
}

void
fovea_scene_add_image (
    FoveaScene *scene, double x, double y, double w, double h, FoveaIndexedImage *image)
{
    FoveaItem item = {.kind = FOVEA_ITEM_IMAGE, .x = x, .y = y, .w = w, .h = h, .image = image};
    append (scene, &item);
}

void
fovea_scene_add_text (
    FoveaScene *scene, double x, double y, const char *text, const FoveaTextStyle *style)
{
    if (*text == '\0')
        return;
    FoveaItem item = {
        .kind = FOVEA_ITEM_TEXT, .x = x, .y = y, .text = g_strdup (text), .style = *style};
    append (scene, &item);
}

double
fovea_scene_add_paragraph (FoveaScene *scene,
                           double x,
                           double y,
                           double width,
                           const char *text,
                           const FoveaTextStyle *style)
{
    g_auto (GStrv) words = g_strsplit (text, " ", -1);
    g_autoptr (GString) line = g_string_new (NULL);
    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *longer =
            line->len == 0 ? g_strdup (words[i]) : g_strconcat (line->str, " ", words[i], NULL);
        if (line->len > 0 && fovea_text_width (longer, style->size, style->bold) > width) {
            fovea_scene_add_text (scene, x, y, line->str, style);
            y += LINE_SPACING * style->size;
            g_string_assign (line, words[i]);
        } else {
            g_string_assign (line, longer);
        }
    }
    fovea_scene_add_text (scene, x, y, line->str, style);
    return y;
}

void
fovea_scene_set_source (cairo_t *cr, guint32 color)
{
    cairo_set_source_rgb (cr, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0,
                          (color & 255) / 255.0);
}

static void
paint_path (cairo_t *cr, const FoveaItem *item)
{
    if (item->fill >> 24 != 0) {
        fovea_scene_set_source (cr, item->fill);
        cairo_fill_preserve (cr);
    }
    if (item->stroke >> 24 != 0) {
        fovea_scene_set_source (cr, item->stroke);
        cairo_set_line_width (cr, item->line_width);
        cairo_set_dash (cr, item->dash, (int) fovea_scene_count_dashes (item), 0);
        cairo_set_line_join (cr, fovea_scene_is_curve (item) ? CAIRO_LINE_JOIN_ROUND
                                                             : CAIRO_LINE_JOIN_MITER);
        cairo_stroke_preserve (cr);
    }
    cairo_new_path (cr);
}

static void
draw_path (cairo_t *cr, const FoveaItem *item)
{
    const double *p = item->points;
    for (guint i = 0; i < item->n_points && !item->bent; i++)
        cairo_line_to (cr, p[2 * i], p[2 * i + 1]);
    if (item->bent) {
        cairo_move_to (cr, p[0], p[1]);
        cairo_curve_to (cr, p[2], p[3], p[4], p[5], p[6], p[7]);
    }
    if (item->closed)
        cairo_close_path (cr);
    paint_path (cr, item);
}

static cairo_surface_t *
make_surface (const FoveaIndexedImage *image)
{
    cairo_surface_t *surface =
        cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) image->width, (int) image->height);
    cairo_surface_flush (surface);
    guchar *data = cairo_image_surface_get_data (surface);
    int stride = cairo_image_surface_get_stride (surface);
    for (guint y = 0; data != NULL && y < image->height; y++) {
        const guint8 *row = image->pixels + (gsize) y * image->width;
        guint32 *out = (guint32 *) (data + (gsize) y * stride);
        for (guint x = 0; x < image->width; x++) {
            guint32 color = image->palette[row[x]];
            out[x] = color >> 24 != 0 ? color : 0; /* premultiplied */
        }
    }
    cairo_surface_mark_dirty (surface);
    return surface;
}

/* Whether a raster target has fewer pixels than the image. */
static gboolean
is_reduced (cairo_t *cr, const FoveaItem *item)
{
    cairo_surface_t *target = cairo_get_target (cr);
    cairo_surface_type_t type = cairo_surface_get_type (target);
    if (type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_SVG ||
        type == CAIRO_SURFACE_TYPE_RECORDING)
        return FALSE;
    double w = item->w, h = item->h, sx = 1, sy = 1;
    cairo_user_to_device_distance (cr, &w, &h);
    cairo_surface_get_device_scale (target, &sx, &sy);
    return fabs (w * sx) < item->image->width || fabs (h * sy) < item->image->height;
}

static void
draw_image (cairo_t *cr, const FoveaItem *item)
{
    cairo_surface_t *surface = make_surface (item->image);
    cairo_save (cr);
    cairo_filter_t filter = is_reduced (cr, item) ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST;
    cairo_translate (cr, item->x, item->y);
    cairo_scale (cr, item->w / item->image->width, item->h / item->image->height);
    cairo_set_source_surface (cr, surface, 0, 0);
    cairo_pattern_set_filter (cairo_get_source (cr), filter);
    /* A smoothing filter would fade past the edges of an image that is one pixel high. */
    if (filter != CAIRO_FILTER_NEAREST) {
        cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
        cairo_rectangle (cr, 0, 0, item->image->width, item->image->height);
        cairo_clip (cr);
    }
    cairo_paint (cr);
    cairo_restore (cr);
    cairo_surface_destroy (surface);
}

static void
draw_item (cairo_t *cr, const FoveaItem *item)
{
    switch (item->kind) {
    case FOVEA_ITEM_PATH:
        draw_path (cr, item);
        break;
    case FOVEA_ITEM_DISC:
        cairo_arc (cr, item->x, item->y, item->w, 0, 2 * G_PI);
        paint_path (cr, item);
        break;
    case FOVEA_ITEM_IMAGE:
        draw_image (cr, item);
        break;
    case FOVEA_ITEM_TEXT:
        fovea_text_draw (cr, item->text, item->x, item->y, &item->style);
        break;
    }
}

static void
draw_page (FoveaScene *scene, cairo_t *cr)
{
    if (scene->inks->page >> 24 == 0)
        return;
    fovea_scene_set_source (cr, scene->inks->page);
    double width, height;
    fovea_scene_get_size (scene, &width, &height);
    cairo_rectangle (cr, 0, 0, width, height);
    cairo_fill (cr);
}

void
fovea_scene_draw (FoveaScene *scene, cairo_t *cr)
{
    cairo_save (cr);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
    draw_page (scene, cr);
    cairo_translate (cr, scene->inks->margin, scene->inks->margin);
    for (guint i = 0; i < scene->items->len; i++)
        draw_item (cr, &g_array_index (scene->items, FoveaItem, i));
    cairo_restore (cr);
}
