/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scaling as preprocessors do it: weights of a filter in fixed point of 22 bits, rows first, each
 * pass rounded to 8 bits. Widening the filter when a picture shrinks is what keeps it from aliasing.
 * Cost: for each value as many products as the filter is wide. */
#include <math.h>

#include "capture/picture.h"

enum {
    FRACTION_BITS = 22
};

/* What one output reads of its axis. */
typedef struct {
    gint64 first, n;
    gint32 *weights;
} Taps;

static double
filter (FoveaResample resample, double x)
{
    const double a = -0.5; /* of the cubic */
    x = fabs (x);
    if (resample == FOVEA_RESAMPLE_BILINEAR)
        return x < 1 ? 1 - x : 0;
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static Taps
make_taps (FoveaResample resample, gint64 n_in, gint64 n_out, gint64 out)
{
    double scale = (double) n_in / (double) n_out, wide = fmax (scale, 1), sum = 0;
    double support = wide * (resample == FOVEA_RESAMPLE_BILINEAR ? 1 : 2);
    double center = ((double) out + 0.5) * scale;
    gint64 first = MAX ((gint64) (center - support + 0.5), 0);
    gint64 end = MIN ((gint64) (center + support + 0.5), n_in);
    Taps taps = {first, end - first, g_new (gint32, (gsize) (end - first))};
    g_autofree double *weights = g_new (double, (gsize) taps.n);
    for (gint64 i = 0; i < taps.n; i++) {
        weights[i] = filter (resample, ((double) (i + first) - center + 0.5) / wide);
        sum += weights[i];
    }
    for (gint64 i = 0; i < taps.n; i++) {
        double weight = weights[i] / sum * (1 << FRACTION_BITS);
        taps.weights[i] = (gint32) (weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    return taps;
}

/* One axis: @lines lines, of which an element stands every @step bytes and a line every @pitch. */
typedef struct {
    const guint8 *from;
    guint8 *to;
    gint64 step, pitch, to_step, to_pitch, lines;
} Axis;

static void
scale_axis (const Axis *axis, FoveaResample resample, gint64 n_in, gint64 n_out)
{
    for (gint64 out = 0; out < n_out; out++) {
        Taps taps = make_taps (resample, n_in, n_out, out);
        for (gint64 line = 0; line < axis->lines; line++) {
            const guint8 *from = axis->from + line * axis->pitch + taps.first * axis->step;
            gint32 sum = 1 << (FRACTION_BITS - 1);
            for (gint64 i = 0; i < taps.n; i++, from += axis->step)
                sum += *from * taps.weights[i];
            axis->to[line * axis->to_pitch + out * axis->to_step] =
                (guint8) CLAMP (sum >> FRACTION_BITS, 0, 255);
        }
        g_free (taps.weights);
    }
}

FoveaPicture *
fovea_picture_scale (const FoveaPicture *picture,
                     gint64 width,
                     gint64 height,
                     FoveaResample resample)
{
    const gint64 n = picture->channels, W = picture->width, H = picture->height;
    g_autoptr (FoveaPicture) wide = fovea_picture_new (width, H, n, "", NULL);
    FoveaPicture *out = fovea_picture_new (width, height, n, "", NULL);
    if (wide == NULL || out == NULL)
        return out;
    for (gint64 c = 0; c < n; c++) {
        const Axis rows = {picture->values + c, wide->values + c, n, W * n, n, width * n, H};
        scale_axis (&rows, resample, W, width);
    }
    const Axis columns = {wide->values, out->values, width * n, 1, width * n, 1, width * n};
    scale_axis (&columns, resample, H, height);
    return out;
}
