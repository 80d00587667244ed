/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A figure is a finished scene and a title. Saving renders into memory and then replaces the file
 * in one rename, so a reader never sees half of it. Nothing of the moment enters the bytes: no
 * dates, no random names. */
#include "ui/figures/figure.h"

#include <math.h>
#include <string.h>

#include "analysis/plain-text.h"
#include "capture/output-file.h"
#include "ui/figures/figure-private.h"
#include "ui/figures/pages.h"
#include "ui/figures/png.h"

#define DEFAULT_DPI 300
#define MAX_SIDE    32767 /* pixels, cairo's limit */
#define LEAST_ROOM  6.0   /* points a side */
#define OVERHANG    1.0   /* points */
#define DOT         (72.0 / DEFAULT_DPI)
#define FEWEST_DOTS 5   /* of a cell: with fewer too much of the page would stay empty */
#define FILLED      0.5 /* of a page: points left that nobody misses */
#define MAX_PASSES  4   /* lines that break anew, names that move: the second is nearly right */

struct _FoveaFigure {
    gatomicrefcount references;
    FoveaScene *scene;
    char *title;
};

gboolean
fovea_figure_check_room (const char *what, double width, double height, GError **error)
{
    if (width >= LEAST_ROOM && height >= LEAST_ROOM)
        return TRUE;
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
        "%s figure: the words on this page leave %.0f x %.0f mm to draw in; a larger page or "
        "smaller text leaves more",
        what, MAX (width, 0) / FOVEA_POINTS_PER_MM, MAX (height, 0) / FOVEA_POINTS_PER_MM);
    return FALSE;
}

guint
fovea_figure_outline_part (
    gint64 q0, gint64 q1, gint64 k0, gint64 k1, gboolean causal, double *points)
{
    double corners[4][2] = {{k0, q0}, {k0, q1}, {k1, q1}, {k1, q0}};
    guint n = 0;
    for (guint i = 0; i < 4; i++) {
        const double *a = corners[i], *b = corners[(i + 1) % 4];
        double da = a[1] - a[0], db = b[1] - b[0]; /* >= 0: the past */
        double t = da / (da - db);
        if (!causal || da >= 0) {
            points[2 * n] = a[0];
            points[2 * n++ + 1] = a[1];
        }
        if (causal && da * db < 0) { /* where the edge crosses from one side to the other */
            points[2 * n] = a[0] + t * (b[0] - a[0]);
            points[2 * n++ + 1] = a[1] + t * (b[1] - a[1]);
        }
    }
    return n;
}

GArray *
fovea_figure_stairs_part (gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    GArray *points = g_array_new (FALSE, FALSE, 2 * sizeof (double));
    gint64 first = MAX (q0, k0); /* rows above see no key of the rectangle */
    double begin[2] = {k0, first}, end[2] = {k0, q1};
    if (first >= q1)
        return points;
    g_array_append_val (points, begin);
    for (gint64 q = first; q < q1; q++) {
        double upper[2] = {MIN (q + 1, k1), q}, lower[2] = {upper[0], q + 1};
        g_array_append_val (points, upper);
        g_array_append_val (points, lower);
    }
    g_array_append_val (points, end);
    return points;
}

double
fovea_figure_whole_dots (double cell)
{
    double dots = floor (cell / DOT + 1e-9);
    return dots >= FEWEST_DOTS ? dots * DOT : cell;
}

double
fovea_figure_next_dot (double x)
{
    return ceil (x / DOT - 1e-9) * DOT;
}

FoveaScene *
fovea_figure_lay_out (const FoveaFigureMeasures *measures, FoveaFigureLayOut lay_out, gpointer data)
{
    double stretch = 0;
    for (guint pass = 1;; pass++) {
        FoveaScene *scene = fovea_scene_new (measures->width, measures->inks);
        lay_out (scene, stretch, data);
        double rest = measures->height - fovea_scene_get_content (scene).y1;
        if (measures->height <= 0 || fabs (rest) < FILLED || pass == MAX_PASSES)
            return scene;
        fovea_scene_free (scene);
        stretch += rest;
    }
}

/* Whether all of a scene is on its page; the last letters and lines may hang over by nothing that
 * one sees. */
static gboolean
check_content (FoveaScene *scene, GError **error)
{
    double width, height, margins = 2 * fovea_scene_get_inks (scene)->margin;
    const FoveaBox box = fovea_scene_get_content (scene);
    fovea_scene_get_size (scene, &width, &height);
    if (box.x0 >= -OVERHANG && box.y0 >= -OVERHANG && box.x1 <= width - margins + OVERHANG &&
        box.y1 <= height - margins + OVERHANG)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "figure: at this size of text it takes %.0f x %.0f mm and the page has %.0f x "
                 "%.0f: part of it would be cut off; a larger page or smaller text holds it",
                 ceil ((MAX (box.x1 + margins, width) - box.x0) / FOVEA_POINTS_PER_MM),
                 ceil ((MAX (box.y1, 0) + margins - box.y0) / FOVEA_POINTS_PER_MM),
                 width / FOVEA_POINTS_PER_MM, height / FOVEA_POINTS_PER_MM);
    return FALSE;
}

FoveaFigure *
fovea_figure_finish (
    FoveaScene *scene, const FoveaFigureMeasures *measures, GError **error, const char *title, ...)
{
    if (measures->height > 0)
        fovea_scene_set_height (scene, measures->height);
    if (!check_content (scene, error)) {
        fovea_scene_free (scene);
        return NULL;
    }
    FoveaFigure *figure = g_new0 (FoveaFigure, 1);
    g_atomic_ref_count_init (&figure->references);
    figure->scene = scene;
    va_list arguments;
    va_start (arguments, title);
    figure->title = g_strdup_vprintf (title, arguments);
    va_end (arguments);
    return figure;
}

void
fovea_figure_add_letter (FoveaScene *scene,
                         const FoveaFigureMeasures *measures,
                         double y,
                         const char *letter)
{
    /* 8 pt beside 7 pt text, and in that proportion beside any other. */
    double size = measures->text * 8 / 7;
    FoveaTextStyle style = {size, TRUE, measures->inks->ink, FOVEA_ANCHOR_START, FALSE};
    if (measures->letters)
        fovea_scene_add_text (scene, 0, y + 0.78 * size, letter, &style);
}

FoveaFigure *
fovea_figure_ref (FoveaFigure *figure)
{
    g_atomic_ref_count_inc (&figure->references);
    return figure;
}

void
fovea_figure_unref (FoveaFigure *figure)
{
    if (!g_atomic_ref_count_dec (&figure->references))
        return;
    fovea_scene_free (figure->scene);
    g_free (figure->title);
    g_free (figure);
}

FoveaScene *
fovea_figure_get_scene (FoveaFigure *figure)
{
    return figure->scene;
}

static gboolean
check_range (const char *what, double value, double low, double high, GError **error)
{
    if (value >= low && value <= high)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "figure: %s is %g, allowed %g to %g", what,
                 value, low, high);
    return FALSE;
}

gboolean
fovea_figure_measure (const FoveaFigureStyle *style,
                      double default_mm,
                      FoveaFigureMeasures *measures,
                      GError **error)
{
    static const FoveaFigureStyle plain = {0};
    const FoveaFigureStyle *s = style != NULL ? style : &plain;
    double width = s->width_mm != 0 ? s->width_mm : default_mm;
    double text = s->text_pt != 0 ? s->text_pt : FOVEA_FIGURE_TEXT_PT;
    if (!check_range ("width in mm", width, 20, 2000, error) ||
        !check_range ("text in points", text, 3, 40, error) ||
        (s->height_mm != 0 && !check_range ("height in mm", s->height_mm, 20, 2000, error)))
        return FALSE;
    double limit = s->height_mm != 0 ? s->height_mm : FOVEA_FIGURE_MAX_MM;
    const FoveaInks *inks = fovea_inks_get (s->theme);
    double margins = 2 * inks->margin;
    *measures =
        (FoveaFigureMeasures){.width = width * FOVEA_POINTS_PER_MM - margins,
                              .height = MAX (s->height_mm * FOVEA_POINTS_PER_MM - margins, 0),
                              .max_height = limit * FOVEA_POINTS_PER_MM - margins,
                              .text = text,
                              .letters = s->letters,
                              .caption = s->caption,
                              .inks = inks};
    return TRUE;
}

char *
fovea_figure_caption (const FoveaTraceInfo *info, const char *rest)
{
    g_autofree char *part = fovea_text_count (info->n_tokens);
    g_autofree char *whole = fovea_text_count (info->n_uncut);
    g_autofree char *length = info->n_uncut > info->n_tokens
                                  ? g_strdup_printf ("first %s of %s", part, whole)
                                  : g_strdup (part);
    gboolean named = info->model_name != NULL && *info->model_name != '\0';
    g_autofree char *model = fovea_plain_text (named ? info->model_name : "model");
    return g_strdup_printf ("%s, %s tokens.%s%s", model, length,
                            rest != NULL && *rest != '\0' ? " " : "", rest != NULL ? rest : "");
}

char *
fovea_figure_name_position (const FoveaTraceInfo *info, gint64 position, double text, double width)
{
    g_autofree char *number = fovea_text_count (position);
    if (info->token_texts == NULL || info->token_texts[position] == NULL)
        return g_steal_pointer (&number);
    gboolean special = info->special != NULL && info->special[position];
    g_autofree char *token = fovea_text_token (info->token_texts[position], special, FALSE);
    g_autofree char *shortened = fovea_text_shorten (token, text, FALSE, width);
    return g_strconcat (number, " “", shortened, "”", NULL);
}

void
fovea_figure_get_size (FoveaFigure *figure, double *width_mm, double *height_mm)
{
    double width, height;
    fovea_scene_get_size (figure->scene, &width, &height);
    if (width_mm != NULL)
        *width_mm = width / FOVEA_POINTS_PER_MM;
    if (height_mm != NULL)
        *height_mm = height / FOVEA_POINTS_PER_MM;
}

double
fovea_figure_get_smallest_text (FoveaFigure *figure)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (figure->scene, &n);
    double smallest = INFINITY;
    for (guint i = 0; i < n; i++)
        if (items[i].kind == FOVEA_ITEM_TEXT)
            smallest = MIN (smallest, items[i].style.size);
    return smallest;
}

void
fovea_figure_draw (FoveaFigure *figure, cairo_t *cr)
{
    fovea_scene_draw (figure->scene, cr);
}

static gboolean
check_status (cairo_status_t status, const char *what, GError **error)
{
    if (status == CAIRO_STATUS_SUCCESS)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "figure: %s: %s", what,
                 cairo_status_to_string (status));
    return FALSE;
}

static GBytes *
print_pdf (FoveaFigure *figure, const char *provenance, GError **error)
{
    g_autoptr (FoveaFigurePages) pages = fovea_figure_pages_new (figure->title, provenance);
    fovea_figure_pages_add (pages, figure, NULL);
    return fovea_figure_pages_finish (pages, error);
}

static GBytes *
print_png (FoveaFigure *figure, double dpi, const char *provenance, GError **error)
{
    double width, height;
    fovea_scene_get_size (figure->scene, &width, &height);
    double pixels_w = round (width * dpi / 72), pixels_h = ceil (height * dpi / 72 - 0.01);
    if (!check_range ("PNG resolution in dpi", dpi, 10, 4800, error) ||
        !check_range ("PNG width in pixels", pixels_w, 1, MAX_SIDE, error) ||
        !check_range ("PNG height in pixels", pixels_h, 1, MAX_SIDE, error))
        return NULL;
    cairo_surface_t *surface =
        cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) pixels_w, (int) pixels_h);
    cairo_t *cr = cairo_create (surface);
    fovea_scene_set_source (cr, fovea_scene_get_inks (figure->scene)->ground);
    cairo_paint (cr);
    /* Not to the pixel that the width is rounded to: cells of whole dots would not stay so. */
    cairo_scale (cr, dpi / 72, dpi / 72);
    fovea_figure_draw (figure, cr);
    cairo_status_t status = cairo_status (cr);
    cairo_destroy (cr);
    GBytes *bytes = NULL;
    if (check_status (status, "PNG", error))
        bytes = fovea_png_print_surface (surface, dpi, provenance);
    cairo_surface_destroy (surface);
    return bytes;
}

static GBytes *
print_svg (FoveaFigure *figure, const char *provenance)
{
    char *text = fovea_scene_print_svg (figure->scene, figure->title, provenance);
    return g_bytes_new_take (text, strlen (text));
}

static GBytes *
print_figure (
    FoveaFigure *figure, const char *path, double dpi, const char *provenance, GError **error)
{
    g_autofree char *lower = g_ascii_strdown (path, -1);
    if (g_str_has_suffix (lower, ".pdf"))
        return print_pdf (figure, provenance, error);
    if (g_str_has_suffix (lower, ".svg"))
        return print_svg (figure, provenance);
    if (g_str_has_suffix (lower, ".png"))
        return print_png (figure, dpi != 0 ? dpi : DEFAULT_DPI, provenance, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "figure: %s: the suffix must be .pdf, .svg or .png", path);
    return NULL;
}

gboolean
fovea_figure_save (
    FoveaFigure *figure, const char *path, double dpi, const char *provenance, GError **error)
{
    g_autoptr (GBytes) bytes = print_figure (figure, path, dpi, provenance, error);
    if (bytes == NULL)
        return FALSE;
    gsize length;
    const char *data = g_bytes_get_data (bytes, &length);
    return fovea_output_file_save (path, data, length, error);
}

void
fovea_figure_add_caption (FoveaScene *scene,
                          const FoveaFigureMeasures *measures,
                          double y,
                          const char *words)
{
    FoveaTextStyle quiet = {measures->text, FALSE, measures->inks->quiet, FOVEA_ANCHOR_START,
                            FALSE};
    if (measures->caption)
        fovea_scene_add_paragraph (scene, 0, y, measures->width, words, &quiet);
}

double
fovea_figure_measure_caption (const FoveaFigureMeasures *measures, double y, const char *words)
{
    FoveaScene *scene = fovea_scene_new (measures->width, measures->inks);
    fovea_figure_add_caption (scene, measures, y, words);
    double foot = fovea_scene_get_content (scene).y1;
    fovea_scene_free (scene);
    return foot;
}
