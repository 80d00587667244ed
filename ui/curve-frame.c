/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparser is left and better is up on every axis, so that curves compare by eye alone. */
#include "ui/curve-frame.h"

#include <math.h>

#include "ui/figures/curve-plot.h"

#define LOWEST    1e-4 /* axes do not reach further left */
#define TICK_ROOM 34   /* pixels between numbers of the lower axis */

static double
density_x (const FoveaCurveFrame *frame, double density)
{
    double share = frame->across == FOVEA_ACROSS_LINEAR
                       ? density
                       : 1 - log (MAX (density, 1e-12)) / log (frame->low);
    return frame->x + CLAMP (share, 0, 1) * frame->width;
}

/* Knobs have units of their own, so only their order is common to all methods. */
double
fovea_curve_frame_get_x (const FoveaCurveFrame *frame, const FoveaCurve *curve, guint index)
{
    if (frame->across != FOVEA_ACROSS_KNOB)
        return density_x (frame, curve->points[index].density);
    return frame->x +
           frame->width * (curve->n_points > 1 ? (double) index / (curve->n_points - 1) : 0.5);
}

double
fovea_curve_frame_get_y (const FoveaCurveFrame *frame, double value)
{
    double share = CLAMP (value, 0, 1);
    return frame->y + (frame->flipped ? share : 1 - share) * frame->height;
}

double *
fovea_curve_frame_place (const FoveaCurveFrame *frame,
                         FoveaSparseModel *model,
                         const FoveaCurve *curve,
                         guint *n)
{
    double *points = g_new (double, 2 * (gsize) curve->n_points + 1);
    *n = 0;
    for (guint i = 0; i < curve->n_points; i++) {
        double value = fovea_sparse_model_get_up (model, &curve->points[i]);
        if (isnan (value))
            continue;
        points[2 * *n] = fovea_curve_frame_get_x (frame, curve, i);
        points[2 * *n + 1] = fovea_curve_frame_get_y (frame, value);
        (*n)++;
    }
    return points;
}

double
fovea_curve_frame_measure (const double *points, guint n, double x, double y)
{
    double least = n == 1 ? hypot (points[0] - x, points[1] - y) : INFINITY;
    for (guint i = 0; i + 1 < n; i++) {
        const double *p = points + 2 * i;
        double dx = p[2] - p[0], dy = p[3] - p[1], length = dx * dx + dy * dy;
        double at = length > 0 ? ((x - p[0]) * dx + (y - p[1]) * dy) / length : 0;
        at = CLAMP (at, 0, 1);
        least = MIN (least, hypot (p[0] + at * dx - x, p[1] + at * dy - y));
    }
    return least;
}

/* Dashes end with a 0; one whose first is 0 is no dash. */
void
fovea_curve_frame_stroke (cairo_t *cr,
                          const double *points,
                          guint n,
                          const FoveaMethodStyle *style,
                          double width,
                          double opacity)
{
    GdkRGBA color = fovea_palette_rgba (style->color);
    int n_dashes = 0;
    while (style->dash != NULL && style->dash[n_dashes] > 0)
        n_dashes++;
    cairo_save (cr);
    cairo_set_source_rgba (cr, color.red, color.green, color.blue, opacity);
    cairo_set_line_width (cr, width);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash (cr, style->dash, opacity < 1 ? 0 : n_dashes, 0);
    for (guint i = 0; i < n; i++)
        cairo_line_to (cr, points[2 * i], points[2 * i + 1]);
    if (n == 1) { /* of one knob: without a dot it would not be there at all */
        cairo_new_path (cr);
        cairo_arc (cr, points[0], points[1], 1.5 + width / 2, 0, 2 * G_PI);
        cairo_fill (cr);
    }
    cairo_stroke (cr);
    cairo_restore (cr);
}

static void
draw_left (GtkWidget *widget,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCurveFrame *frame,
           guint steps,
           gboolean numbers)
{
    for (guint i = 0; i <= steps; i++) {
        double value = (double) i / steps, y = fovea_curve_frame_get_y (frame, value);
        g_autofree char *text = i == 0 || i == steps ? g_strdup_printf ("%.0f", value)
                                                     : g_strdup_printf ("%.1f", value);
        gboolean low = y >= frame->y + frame->height - 0.5;
        fovea_fill_draw (snapshot, frame->x, round (y), frame->width, 1, 0,
                         low ? &palette->quiet : &palette->grid);
        if (numbers)
            fovea_label_draw (widget, snapshot, text, 11, FOVEA_LABEL_RIGHT, &palette->quiet,
                              frame->x - 8, y, 0);
    }
}

/* Values of one method's knob under its points; those that would touch the last are left out. */
static void
draw_knob (GtkWidget *widget,
           GtkSnapshot *snapshot,
           const FoveaPalette *palette,
           const FoveaCurveFrame *frame,
           const FoveaCurve *curve,
           gboolean fine)
{
    double bottom = frame->y + frame->height, last = INFINITY;
    for (guint i = curve->n_points; i-- > 0;) {
        double x = fovea_curve_frame_get_x (frame, curve, i);
        g_autofree char *text = g_strdup_printf ("%.4g", curve->points[i].value);
        if (last - x < TICK_ROOM || (!fine && i > 0 && i + 1 < curve->n_points))
            continue;
        fovea_label_draw (widget, snapshot, text, 11,
                          fine    ? FOVEA_LABEL_CENTER
                          : i > 0 ? FOVEA_LABEL_RIGHT
                                  : FOVEA_LABEL_NORMAL,
                          &palette->quiet, x, bottom + 14, 0);
        fovea_fill_draw (snapshot, round (x), bottom, 1, 4, 0, &palette->quiet);
        last = x;
    }
}

/* Decades before what is between them, each from the right.   Owner: caller. */
static GArray *
list_densities (const FoveaCurveFrame *frame, gboolean fine)
{
    static const double logs[] = {1, 5, 2}, linear[] = {1, 0.8, 0.6, 0.4, 0.2, 0};
    GArray *list = g_array_new (FALSE, FALSE, sizeof (double));
    if (frame->across == FOVEA_ACROSS_LINEAR) {
        for (guint i = 0; i < G_N_ELEMENTS (linear); i += fine ? 1 : 5)
            g_array_append_val (list, linear[i]);
        return list;
    }
    for (guint s = 0; s < G_N_ELEMENTS (logs); s++)
        for (int decade = 0; decade >= floor (log10 (frame->low)); decade--) {
            double density = logs[s] * pow (10, decade);
            gboolean end = fabs (density / frame->low - 1) < 1e-6;
            if (density <= 1 + 1e-9 && density >= frame->low * (1 - 1e-6) &&
                (fine || end || s == 0))
                g_array_append_val (list, density);
        }
    return list;
}

GArray *
fovea_curve_frame_list_ticks (const FoveaCurveFrame *frame, gboolean fine)
{
    g_autoptr (GArray) list = list_densities (frame, fine);
    GArray *ticks = g_array_new (FALSE, FALSE, sizeof (double));
    double room = fine ? TICK_ROOM : TICK_ROOM + 10; /* small numbers lean on their ticks */
    for (guint i = 0; i < list->len; i++) {
        double density = g_array_index (list, double, i), nearest = INFINITY;
        for (guint k = 0; k < ticks->len; k++)
            nearest = MIN (nearest, fabs (density_x (frame, g_array_index (ticks, double, k)) -
                                          density_x (frame, density)));
        if (nearest >= room)
            g_array_append_val (ticks, density);
    }
    return ticks;
}

static void
draw_below (GtkWidget *widget,
            GtkSnapshot *snapshot,
            const FoveaPalette *palette,
            const FoveaCurveFrame *frame,
            gboolean fine)
{
    double bottom = frame->y + frame->height;
    g_autoptr (GArray) ticks = fovea_curve_frame_list_ticks (frame, fine);
    for (guint i = 0; i < ticks->len; i++) {
        double density = g_array_index (ticks, double, i);
        double x = density_x (frame, density);
        g_autofree char *text = g_strdup_printf ("%.3g %%", 100 * density);
        fovea_label_draw (widget, snapshot, text, 11,
                          fine || (i > 0 && x > frame->x + 12) ? FOVEA_LABEL_CENTER
                          : i > 0                              ? FOVEA_LABEL_NORMAL
                                                               : FOVEA_LABEL_RIGHT,
                          &palette->quiet, x, bottom + 14, 0);
        fovea_fill_draw (snapshot, round (x), bottom, 1, 4, 0, &palette->quiet);
    }
}

void
fovea_curve_frame_draw_axes (GtkWidget *widget,
                             GtkSnapshot *snapshot,
                             const FoveaPalette *palette,
                             const FoveaCurveFrame *frame,
                             const FoveaCurve *curve,
                             gboolean fine,
                             gboolean numbers_left)
{
    draw_left (widget, snapshot, palette, frame, fine ? 5 : 2, numbers_left);
    if (frame->across != FOVEA_ACROSS_KNOB)
        draw_below (widget, snapshot, palette, frame, fine);
    else if (curve != NULL)
        draw_knob (widget, snapshot, palette, frame, curve, fine);
}

double
fovea_curve_frame_find_low (FoveaSparseModel *model)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (model, methods);
    double low = 0.5;
    gboolean any = FALSE;
    for (guint i = 0; i < n; i++) {
        const FoveaCurve *curve = fovea_sparse_model_get_curve (model, methods[i]);
        any = any || curve != NULL;
        if (curve != NULL)
            low = MIN (low, curve->points[0].density);
    }
    if (!any) /* those of the layers stand beside what has none */
        low = MIN (low, fovea_sparse_model_get_sparsest (model));
    return fovea_plot_get_low (MAX (low, LOWEST));
}

void
fovea_curve_frame_get_styles (const guint *methods,
                              guint n,
                              FoveaTheme theme,
                              FoveaMethodStyle *styles)
{
    const char *ids[FOVEA_MAX_CHOSEN];
    for (guint i = 0; i < n; i++)
        ids[i] = fovea_sparse_method_list ()[methods[i]]->id;
    fovea_method_styles_assign (ids, n, theme, styles);
}
