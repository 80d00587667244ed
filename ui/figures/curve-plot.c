/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bands first, then lines, then marks, then labels, so that nothing hides a name. A label takes the
 * place that label-place.c finds; where there is none, the curve goes without. */
#include "ui/figures/curve-plot.h"

#include <math.h>

#include "ui/figures/axis.h"
#include "ui/figures/inks.h"
#include "ui/figures/label-place.h"
#include "ui/figures/marks.h"

#define BAND_SHARE   0.13 /* of the colour, the rest is paper */
#define MARK_RADIUS  1.9
#define MARK_EDGE    0.4
#define LEADER_WIDTH 0.5

double
fovea_plot_get_low (double density)
{
    double power = pow (10, floor (log10 (density) + 1e-9)), rest = density / power;
    return power * (rest >= 5 - 1e-9 ? 5 : rest >= 2 - 1e-9 ? 2 : 1);
}

static double
x_of (const FoveaPlotPanel *p, double density)
{
    double share = 1 - log (MAX (density, p->low)) / log (p->low);
    return p->x + CLAMP (share, 0, 1) * p->width;
}

static double
y_of (const FoveaPlotPanel *p, double share)
{
    return p->y + (1 - CLAMP (share, 0, 1)) * p->height;
}

/* Opaque, since nothing else lies below. */
static guint32
get_band_color (FoveaScene *scene, const FoveaPlotCurve *curve)
{
    return fovea_color_map_mix (fovea_scene_get_inks (scene)->ground, curve->style.color,
                                BAND_SHARE);
}

static void
add_band (FoveaScene *scene, const FoveaPlotPanel *p, const FoveaPlotCurve *curve)
{
    guint n = curve->n_band;
    g_autofree double *points = g_new (double, 4 * n + 1);
    if (n < 2)
        return;
    for (guint i = 0; i < n; i++) {
        guint back = 2 * n - 1 - i;
        points[2 * i] = points[2 * back] = x_of (p, curve->band_density[i]);
        points[2 * i + 1] = y_of (p, curve->band_high[i]);
        points[2 * back + 1] = y_of (p, curve->band_low[i]);
    }
    fovea_scene_add_path (scene, points, 2 * n, TRUE, get_band_color (scene, curve), 0, 0);
}

/* Points of a curve in the scene, (n, 2). */
static double *
place_points (const FoveaPlotPanel *p, const FoveaPlotCurve *curve)
{
    double *points = g_new (double, 2 * curve->n + 1);
    for (guint i = 0; i < curve->n; i++) {
        points[2 * i] = x_of (p, curve->density[i]);
        points[2 * i + 1] = y_of (p, curve->share[i]);
    }
    return points;
}

static void
add_line (FoveaScene *scene, const FoveaPlotPanel *p, const FoveaPlotCurve *curve)
{
    g_autofree double *points = place_points (p, curve);
    double dash[FOVEA_MAX_DASH] = {0};
    /* Dashes of the style guide are for lines of 2 pt. */
    for (guint i = 0; i + 1 < FOVEA_MAX_DASH && curve->style.dash[i] > 0; i++)
        dash[i] = curve->style.dash[i] * p->line_width / 2 * 1.3;
    if (curve->n > 1)
        fovea_scene_add_curve (scene, points, curve->n, curve->style.color, p->line_width, dash);
    for (guint i = 0; i < curve->n && (p->marks || curve->n == 1); i++)
        fovea_mark_add (scene, curve->style.mark, points[2 * i], points[2 * i + 1], MARK_RADIUS,
                        curve->style.color, MARK_EDGE);
}

/* Whether a band reaches into a box. */
static gboolean
meets_band (const FoveaPlotPanel *p, const FoveaPlotCurve *curve, const FoveaBox *box)
{
    for (guint i = 1; i < curve->n_band; i++) {
        double from = x_of (p, curve->band_density[i - 1]), to = x_of (p, curve->band_density[i]);
        double high = MAX (curve->band_high[i - 1], curve->band_high[i]);
        double low = MIN (curve->band_low[i - 1], curve->band_low[i]);
        if (from < box->x1 && to > box->x0 && y_of (p, high) < box->y1 && y_of (p, low) > box->y0)
            return TRUE;
    }
    return FALSE;
}

/* Of a name that may stand on bands, which take some of its contrast. */
static guint32
get_word_color (FoveaScene *scene,
                const FoveaPlotPanel *p,
                const FoveaPlotCurve *curves,
                guint n,
                guint32 color,
                const FoveaBox *box)
{
    for (guint i = 0; i < n; i++)
        if (meets_band (p, &curves[i], box))
            color = fovea_color_map_word_on (color, get_band_color (scene, &curves[i]));
    return color;
}

static void
add_label (FoveaScene *scene,
           const FoveaPlotPanel *p,
           const FoveaPlotCurve *curves,
           guint n,
           guint number,
           FoveaLabelPlacer *placer)
{
    const FoveaPlotCurve *curve = &curves[number];
    FoveaTextStyle style = {p->text, TRUE, 0, FOVEA_ANCHOR_START, FALSE};
    FoveaLabelPlace place;
    double width = fovea_text_width (curve->label, p->text, TRUE), height = 0.98 * p->text;
    if (!fovea_label_placer_find (placer, number, width, height, &place))
        return;
    if (place.leader)
        fovea_scene_add_line (scene, place.from[0], place.from[1], place.to[0], place.to[1],
                              LEADER_WIDTH, curve->style.color);
    style.color = get_word_color (scene, p, curves, n, curve->style.color, &place.box);
    fovea_scene_add_text (scene, place.box.x0, place.box.y0 + 0.78 * p->text, curve->label, &style);
}

static void
add_labels (FoveaScene *scene, const FoveaPlotPanel *p, const FoveaPlotCurve *curves, guint n)
{
    const FoveaBox area = {p->x + 2, p->y - 1, p->x + p->width, p->y + p->height - 2};
    g_autoptr (FoveaLabelPlacer) placer = fovea_label_placer_new (area);
    for (guint i = 0; i < n; i++) {
        g_autofree double *points = place_points (p, &curves[i]);
        fovea_label_placer_add_curve (placer, points, curves[i].n);
    }
    for (guint i = 0; i < n; i++)
        if (curves[i].label != NULL)
            add_label (scene, p, curves, n, i, placer);
}

static void
add_left_axis (FoveaScene *scene, const FoveaPlotPanel *p)
{
    guint32 ink = fovea_scene_get_inks (scene)->ink;
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    g_autoptr (GArray) values = fovea_ticks_steps (0, 1, FALSE, p->fine ? 6 : 3);
    for (guint i = 0; i < values->len; i++) {
        double value = g_array_index (values, double, i);
        g_autofree char *label = fovea_text_number (value, 2);
        fovea_ticks_add (ticks, value, y_of (p, value), p->numbers_left ? label : "", FALSE);
    }
    fovea_scene_add_line (scene, p->x, p->y, p->x, p->y + p->height, FOVEA_AXIS_WIDTH, ink);
    fovea_axis_add_left (scene, ticks, p->x, p->text);
}

/* Ticks at 1, 2 and 5 of each decade, or at decades and the two ends. */
static void
add_bottom_axis (FoveaScene *scene, const FoveaPlotPanel *p)
{
    static const double steps[] = {1, 2, 5};
    guint32 ink = fovea_scene_get_inks (scene)->ink;
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    double bottom = p->y + p->height;
    for (int decade = (int) floor (log10 (p->low)); decade <= 0; decade++)
        for (guint s = 0; s < G_N_ELEMENTS (steps); s++) {
            double density = steps[s] * pow (10, decade);
            gboolean end = fabs (density / p->low - 1) < 1e-9;
            if (density < p->low * (1 - 1e-9) || density > 1 + 1e-9 || (!p->fine && s > 0 && !end))
                continue;
            g_autofree char *label = fovea_text_number (100 * density, 3);
            fovea_ticks_add (ticks, density, x_of (p, density), p->numbers_below ? label : "",
                             FALSE);
        }
    fovea_ticks_thin (ticks, p->text, FALSE);
    fovea_scene_add_line (scene, p->x, bottom, p->x + p->width, bottom, FOVEA_AXIS_WIDTH, ink);
    fovea_axis_add_bottom (scene, ticks, bottom, p->text, FALSE);
    if (p->below == NULL)
        return;
    FoveaTextStyle words = {p->text, FALSE, ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    fovea_scene_add_text (scene, p->x + p->width / 2, bottom + 4.5 + 2.4 * p->text, p->below,
                          &words);
}

void
fovea_plot_add (FoveaScene *scene,
                const FoveaPlotPanel *panel,
                const FoveaPlotCurve *curves,
                guint n)
{
    for (guint i = 0; i < n; i++)
        add_band (scene, panel, &curves[i]);
    add_left_axis (scene, panel);
    add_bottom_axis (scene, panel);
    for (guint i = n; i-- > 0;)
        add_line (scene, panel, &curves[i]);
    add_labels (scene, panel, curves, n);
}
