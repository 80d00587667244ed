/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every place on a grid of 2 points is tried and priced: the distance to the label's own curve, more
 * where another curve is as near, more for a leader, and most for one through a curve or a name. Curves
 * are held as samples every 2 points, in runs with a box each: a run whose box is too far to matter
 * is passed over whole, which changes no place and is most of them. A panel has a few thousand places
 * and a thousand samples, so a label costs a millisecond; a window has fifty thousand places and
 * tries fewer. */
#include "ui/figures/label-place.h"

#include <math.h>

#define STEP        2.0
#define CLEARANCE   3.2  /* least white between a label and any curve, marks included */
#define NEAR        10.0 /* farther than this a label needs a leader */
#define APART       9.0  /* other curves within this make a label doubtful */
#define CROSSING    60.0 /* price of a leader through a curve */
#define THROUGH     90.0 /* of a leader through a name: worse than any, and better than no name */
#define LEADER      10.0
#define LETTERS_OFF 1.2 /* between a leader and its label; a label is CLEARANCE from its curve */
#define RUN         16  /* samples that share a box: some 32 points of a curve */

typedef struct {
    double x, y;
    guint curve;
} Sample;

/* Samples of one curve that follow each other. */
typedef struct {
    FoveaBox box;
    guint first, end;
} Run;

/* From a label to its curve. */
typedef struct {
    double from[2], to[2];
} Leader;

struct _FoveaLabelPlacer {
    FoveaBox area;
    GArray *samples; /* of Sample */
    GArray *runs;    /* of Run */
    GArray *starts;  /* of guint: the first run of each curve */
    GArray *taken;   /* of FoveaBox */
    GArray *leaders; /* of Leader */
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
    placer->runs = g_array_new (FALSE, FALSE, sizeof (Run));
    placer->starts = g_array_new (FALSE, FALSE, sizeof (guint));
    placer->taken = g_array_new (FALSE, FALSE, sizeof (FoveaBox));
    placer->leaders = g_array_new (FALSE, FALSE, sizeof (Leader));
    return placer;
}

void
fovea_label_placer_free (FoveaLabelPlacer *placer)
{
    if (placer == NULL)
        return;
    g_array_unref (placer->samples);
    g_array_unref (placer->runs);
    g_array_unref (placer->starts);
    g_array_unref (placer->taken);
    g_array_unref (placer->leaders);
    g_free (placer);
}

static void
add_run (FoveaLabelPlacer *placer, guint first, guint end)
{
    Run run = {{INFINITY, INFINITY, -INFINITY, -INFINITY}, first, end};
    for (guint i = first; i < end; i++) {
        const Sample *s = &g_array_index (placer->samples, Sample, i);
        run.box.x0 = MIN (run.box.x0, s->x);
        run.box.y0 = MIN (run.box.y0, s->y);
        run.box.x1 = MAX (run.box.x1, s->x);
        run.box.y1 = MAX (run.box.y1, s->y);
    }
    g_array_append_val (placer->runs, run);
}

guint
fovea_label_placer_add_curve (FoveaLabelPlacer *placer, const double *points, guint n)
{
    guint first = placer->samples->len;
    g_array_append_val (placer->starts, placer->runs->len);
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
    for (; first < placer->samples->len; first += RUN)
        add_run (placer, first, MIN (first + RUN, placer->samples->len));
    return placer->n_curves++;
}

/* Of the curve after the last: the end of the runs. */
static guint
get_start (const FoveaLabelPlacer *placer, guint curve)
{
    return curve < placer->starts->len ? g_array_index (placer->starts, guint, curve)
                                       : placer->runs->len;
}

/* Nearest point of a box to a sample, and the square of their distance. */
static double
get_square (const FoveaBox *box, const Sample *sample, double *x, double *y)
{
    *x = CLAMP (sample->x, box->x0, box->x1);
    *y = CLAMP (sample->y, box->y0, box->y1);
    return (sample->x - *x) * (sample->x - *x) + (sample->y - *y) * (sample->y - *y);
}

/* No sample of the run is nearer than that. */
static double
get_least_square (const FoveaBox *box, const Run *run)
{
    double dx = MAX (MAX (run->box.x0 - box->x1, box->x0 - run->box.x1), 0);
    double dy = MAX (MAX (run->box.y0 - box->y1, box->y0 - run->box.y1), 0);
    return dx * dx + dy * dy;
}

void
fovea_label_placer_set_step (FoveaLabelPlacer *placer, double step)
{
    placer->step = step;
}

/* Whether a leader comes within a point of a box: what is left of it when cut at all four sides. */
static gboolean
runs_through (const double *from, const double *to, const FoveaBox *box)
{
    const double low[] = {box->x0 - 1, box->y0 - 1}, high[] = {box->x1 + 1, box->y1 + 1};
    double first = 0, last = 1;
    for (int axis = 0; axis < 2; axis++) {
        double along = to[axis] - from[axis];
        double in = low[axis] - from[axis], out = high[axis] - from[axis];
        if (along == 0 && (in > 0 || out < 0))
            return FALSE;
        if (along == 0)
            continue;
        first = MAX (first, MIN (in / along, out / along));
        last = MIN (last, MAX (in / along, out / along));
    }
    return first <= last;
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

/* How many names that stand the leader of this one would run through, and leaders through this one. */
static guint
count_through (const FoveaLabelPlacer *placer, const FoveaLabelPlace *place)
{
    guint n = 0;
    for (guint i = 0; i < placer->taken->len && place->leader; i++)
        n += runs_through (place->from, place->to, &g_array_index (placer->taken, FoveaBox, i));
    for (guint i = 0; i < placer->leaders->len; i++) {
        const Leader *leader = &g_array_index (placer->leaders, Leader, i);
        n += runs_through (leader->from, leader->to, &place->box);
    }
    return n;
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

/* The nearest sample of a run, if its square is below @least; where it is goes into @place. */
static double
find_own_in_run (const FoveaLabelPlacer *placer,
                 const Run *run,
                 double least,
                 FoveaLabelPlace *place)
{
    double x, y;
    for (guint i = run->first; i < run->end; i++) {
        const Sample *s = &g_array_index (placer->samples, Sample, i);
        double square = get_square (&place->box, s, &x, &y);
        if (square >= least)
            continue;
        least = square;
        place->from[0] = x;
        place->from[1] = y;
        place->to[0] = s->x;
        place->to[1] = s->y;
    }
    return least;
}

/* The label's own curve first: a place costs at least the distance to it, so most places are given up
 * after a look at its runs, none being nearer than @best. */
static double
find_own (const FoveaLabelPlacer *placer, guint curve, double best, FoveaLabelPlace *place)
{
    double least = best * best;
    guint end = get_start (placer, curve + 1);
    for (guint r = get_start (placer, curve); r < end && least >= CLEARANCE * CLEARANCE; r++) {
        const Run *run = &g_array_index (placer->runs, Run, r);
        if (get_least_square (&place->box, run) < least)
            least = find_own_in_run (placer, run, least, place);
    }
    return sqrt (least);
}

static double
find_other (const FoveaLabelPlacer *placer, guint curve, const FoveaBox *box)
{
    double least = INFINITY, x, y;
    guint first = get_start (placer, curve), end = get_start (placer, curve + 1);
    for (guint r = 0; r < placer->runs->len && least >= CLEARANCE * CLEARANCE; r++) {
        const Run *run = &g_array_index (placer->runs, Run, r);
        if ((r >= first && r < end) || get_least_square (box, run) >= least)
            continue;
        for (guint i = run->first; i < run->end; i++) {
            double square = get_square (box, &g_array_index (placer->samples, Sample, i), &x, &y);
            least = MIN (least, square);
        }
    }
    return sqrt (least);
}

/* Price of a box, infinite where it may not stand or costs @best at least; fills the rest of @place. */
static double
price (const FoveaLabelPlacer *placer, guint curve, double best, FoveaLabelPlace *place)
{
    double own = find_own (placer, curve, best, place);
    if (own < CLEARANCE || own >= best)
        return INFINITY;
    double other = find_other (placer, curve, &place->box);
    if (other < CLEARANCE)
        return INFINITY;
    place->leader = own > NEAR || other < own + 1;
    double cost = place->leader ? own + LEADER + MAX (0, CLEARANCE + 2 - other) * 4
                                : own + MAX (0, APART - other);
    if (cost >= best)
        return INFINITY;
    cost += THROUGH * count_through (placer, place);
    return cost + (place->leader && crosses (placer, curve, place) ? CROSSING : 0);
}

/* It begins a little off the letters. */
static void
keep_leader (FoveaLabelPlacer *placer, FoveaLabelPlace *place)
{
    Leader leader;
    double length = hypot (place->to[0] - place->from[0], place->to[1] - place->from[1]);
    for (int axis = 0; axis < 2; axis++) {
        double along = (place->to[axis] - place->from[axis]) / length;
        place->from[axis] += LETTERS_OFF * along;
        leader.from[axis] = place->from[axis];
        leader.to[axis] = place->to[axis];
    }
    g_array_append_val (placer->leaders, leader);
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
    if (place->leader)
        keep_leader (placer, place);
    return TRUE;
}
