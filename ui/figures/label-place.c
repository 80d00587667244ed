/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every place on a grid of 2 points is tried and priced: the distance to the label's own curve, more
 * where another curve is as near, more for a leader and most for one that crosses a curve. Curves
 * are held as samples every 2 points; a panel has a few thousand places and a thousand samples, so
 * a label costs milliseconds; a window has fifty thousand places and tries fewer. */
#include "ui/figures/label-place.h"

#include <math.h>

#define STEP      2.0
#define CLEARANCE 3.2  /* least white between a label and any curve, marks included */
#define NEAR      10.0 /* farther than this a label needs a leader */
#define APART     9.0  /* other curves within this make a label doubtful */
#define CROSSING  60.0 /* price of a leader through a curve */
#define LEADER    10.0

typedef struct {
    double x, y;
    guint curve;
} Sample;

struct _FoveaLabelPlacer {
    FoveaBox area;
    GArray *samples; /* of Sample */
    GArray *starts;  /* of guint: the first sample of each curve */
    GArray *taken;   /* of FoveaBox */
    guint n_curves;
    double step; /* between places that are tried */
};

FoveaLabelPlacer *
fovea_label_placer_new (FoveaBox area)
{
    FoveaLabelPlacer *placer = g_new0 (FoveaLabelPlacer, 1);
    placer->area = area;
    placer->step = STEP;
    placer->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
    placer->starts = g_array_new (FALSE, FALSE, sizeof (guint));
    placer->taken = g_array_new (FALSE, FALSE, sizeof (FoveaBox));
    return placer;
}

void
fovea_label_placer_free (FoveaLabelPlacer *placer)
{
    if (placer == NULL)
        return;
    g_array_unref (placer->samples);
    g_array_unref (placer->starts);
    g_array_unref (placer->taken);
    g_free (placer);
}

guint
fovea_label_placer_add_curve (FoveaLabelPlacer *placer, const double *points, guint n)
{
    g_array_append_val (placer->starts, placer->samples->len);
    for (guint i = 0; i < n; i++) {
        guint before = i > 0 ? i - 1 : i;
        double dx = points[2 * i] - points[2 * before];
        double dy = points[2 * i + 1] - points[2 * before + 1];
        guint steps = MAX (1, (guint) ceil (hypot (dx, dy) / STEP));
        for (guint s = 1; s <= steps; s++) {
            double share = (double) s / steps;
            Sample sample = {points[2 * before] + share * dx, points[2 * before + 1] + share * dy,
                             placer->n_curves};
            g_array_append_val (placer->samples, sample);
        }
    }
    return placer->n_curves++;
}

/* Of the curve after the last: the end of the samples. */
static guint
get_start (const FoveaLabelPlacer *placer, guint curve)
{
    return curve < placer->starts->len ? g_array_index (placer->starts, guint, curve)
                                       : placer->samples->len;
}

/* Nearest point of a box to a sample, and the square of their distance. */
static double
get_square (const FoveaBox *box, const Sample *sample, double *x, double *y)
{
    *x = CLAMP (sample->x, box->x0, box->x1);
    *y = CLAMP (sample->y, box->y0, box->y1);
    return (sample->x - *x) * (sample->x - *x) + (sample->y - *y) * (sample->y - *y);
}

/* Whether a distance may be below @bound: what is not is passed over without its root. The square is
 * off by a rounding or two, hence the margin; what is left is compared exactly. */
static gboolean
may_be_below (double square, double bound)
{
    return square <= bound * bound * (1 + 1e-9);
}

void
fovea_label_placer_set_step (FoveaLabelPlacer *placer, double step)
{
    placer->step = step;
}

static gboolean
is_free (const FoveaLabelPlacer *placer, const FoveaBox *box)
{
    for (guint i = 0; i < placer->taken->len; i++) {
        const FoveaBox *t = &g_array_index (placer->taken, FoveaBox, i);
        if (box->x0 < t->x1 + CLEARANCE && t->x0 < box->x1 + CLEARANCE &&
            box->y0 < t->y1 + CLEARANCE && t->y0 < box->y1 + CLEARANCE)
            return FALSE;
    }
    return TRUE;
}

/* Whether another curve runs within a point and a half of a leader. */
static gboolean
crosses (const FoveaLabelPlacer *placer, guint curve, const FoveaLabelPlace *place)
{
    double dx = place->to[0] - place->from[0], dy = place->to[1] - place->from[1];
    double length = hypot (dx, dy);
    for (guint i = 0; i < placer->samples->len; i++) {
        const Sample *s = &g_array_index (placer->samples, Sample, i);
        double t = ((s->x - place->from[0]) * dx + (s->y - place->from[1]) * dy) / length;
        double off = fabs ((s->x - place->from[0]) * dy - (s->y - place->from[1]) * dx) / length;
        if (s->curve != curve && off < 1.5 && t > 0 && t < length - 1)
            return TRUE;
    }
    return FALSE;
}

/* The label's own curve first: a place costs at least the distance to it, so most places are given up
 * after a fraction of the samples. */
static double
find_own (const FoveaLabelPlacer *placer, guint curve, FoveaLabelPlace *place)
{
    double own = INFINITY, x, y;
    for (guint i = get_start (placer, curve); i < get_start (placer, curve + 1); i++) {
        const Sample *s = &g_array_index (placer->samples, Sample, i);
        double square = get_square (&place->box, s, &x, &y);
        if (!may_be_below (square, own))
            continue;
        double distance = hypot (s->x - x, s->y - y);
        if (distance >= own)
            continue;
        own = distance;
        place->from[0] = x;
        place->from[1] = y;
        place->to[0] = s->x;
        place->to[1] = s->y;
        if (own < CLEARANCE)
            return own;
    }
    return own;
}

static double
find_other (const FoveaLabelPlacer *placer, guint curve, const FoveaBox *box)
{
    double other = INFINITY, x, y;
    for (guint i = 0; i < placer->samples->len; i++) {
        const Sample *s = &g_array_index (placer->samples, Sample, i);
        if (s->curve == curve || !may_be_below (get_square (box, s, &x, &y), other))
            continue;
        other = MIN (other, hypot (s->x - x, s->y - y));
        if (other < CLEARANCE)
            return other;
    }
    return other;
}

/* Price of a box, infinite where it may not stand or costs @best at least; fills the rest of @place. */
static double
price (const FoveaLabelPlacer *placer, guint curve, double best, FoveaLabelPlace *place)
{
    double own = find_own (placer, curve, place);
    if (own < CLEARANCE || own >= best)
        return INFINITY;
    double other = find_other (placer, curve, &place->box);
    if (other < CLEARANCE)
        return INFINITY;
    place->leader = own > NEAR || other < own + 1;
    if (!place->leader)
        return own + MAX (0, APART - other);
    return own + LEADER + (crosses (placer, curve, place) ? CROSSING : 0) +
           MAX (0, CLEARANCE + 2 - other) * 4;
}

gboolean
fovea_label_placer_find (
    FoveaLabelPlacer *placer, guint curve, double width, double height, FoveaLabelPlace *place)
{
    double best = INFINITY;
    for (double y = placer->area.y0; y + height <= placer->area.y1; y += placer->step)
        for (double x = placer->area.x0; x + width <= placer->area.x1; x += placer->step) {
            FoveaLabelPlace trial = {.box = {x, y, x + width, y + height}};
            if (!is_free (placer, &trial.box))
                continue;
            double cost = price (placer, curve, best, &trial);
            if (cost < best) {
                best = cost;
                *place = trial;
            }
        }
    if (!isfinite (best))
        return FALSE;
    g_array_append_val (placer->taken, place->box);
    return TRUE;
}
