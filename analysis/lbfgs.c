/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The last ten pairs (step, change of gradient) stand in for the inverse of the second derivatives.
 * A pair whose product is not clearly positive would make that inverse indefinite, so it is left
 * out; with it every direction goes downhill and halving the step ends. */
#include "analysis/lbfgs.h"

#include <math.h>
#include <string.h>

enum {
    PAIRS = 10,
    MOST_HALVINGS = 50, /* a step of 2^-50 is below what doubles tell apart */
};

typedef struct {
    gsize n;
    double *steps, *changes; /* (PAIRS, n), as a ring */
    double products[PAIRS];  /* step . change */
    guint first, count;
} History;

static double
dot (const double *a, const double *b, gsize n)
{
    double sum = 0;
    for (gsize i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void
add_scaled (double *a, double scale, const double *b, gsize n)
{
    for (gsize i = 0; i < n; i++)
        a[i] += scale * b[i];
}

static double
get_largest (const double *a, gsize n)
{
    double largest = 0;
    for (gsize i = 0; i < n; i++)
        largest = fmax (largest, fabs (a[i]));
    return largest;
}

static const double *
get_pair (const History *h, guint i, const double *ring)
{
    return ring + (gsize) ((h->first + i) % PAIRS) * h->n;
}

static void
keep_pair (
    History *h, const double *x, const double *old_x, const double *gradient, const double *old)
{
    guint at = (h->first + h->count) % PAIRS;
    double *step = h->steps + at * h->n, *change = h->changes + at * h->n;
    for (gsize i = 0; i < h->n; i++) {
        step[i] = x[i] - old_x[i];
        change[i] = gradient[i] - old[i];
    }
    double product = dot (step, change, h->n);
    if (!(product > 1e-10 * dot (change, change, h->n)))
        return;
    h->products[at] = product;
    if (h->count < PAIRS)
        h->count++;
    else
        h->first = (h->first + 1) % PAIRS;
}

/* -H g by the two loops over the pairs. */
static void
get_direction (const History *h, const double *gradient, double *direction)
{
    double weights[PAIRS];
    for (gsize i = 0; i < h->n; i++)
        direction[i] = -gradient[i];
    for (guint i = h->count; i-- > 0;) {
        guint at = (h->first + i) % PAIRS;
        weights[i] = dot (get_pair (h, i, h->steps), direction, h->n) / h->products[at];
        add_scaled (direction, -weights[i], get_pair (h, i, h->changes), h->n);
    }
    /* Before there is a pair the first step has length 1 at most. */
    double scale = 1 / fmax (1, sqrt (dot (gradient, gradient, h->n)));
    if (h->count > 0) {
        const double *change = get_pair (h, h->count - 1, h->changes);
        scale = h->products[(h->first + h->count - 1) % PAIRS] / dot (change, change, h->n);
    }
    for (gsize i = 0; i < h->n; i++)
        direction[i] *= scale;
    for (guint i = 0; i < h->count; i++) {
        guint at = (h->first + i) % PAIRS;
        double back = dot (get_pair (h, i, h->changes), direction, h->n) / h->products[at];
        add_scaled (direction, weights[i] - back, get_pair (h, i, h->steps), h->n);
    }
}

/* Where a search stands. */
typedef struct {
    double *x, *gradient, *old_x, *old_gradient, *direction; /* (n) */
    double value;
} Point;

/* Goes along the direction; FALSE if nothing is gained however short the step. */
static gboolean
take_step (FoveaObjective objective, gpointer data, gsize n, Point *p)
{
    double slope = dot (p->gradient, p->direction, n), step = 1;
    memcpy (p->old_x, p->x, n * sizeof *p->x);
    memcpy (p->old_gradient, p->gradient, n * sizeof *p->x);
    for (guint i = 0; i < MOST_HALVINGS && slope < 0; i++, step /= 2) {
        memcpy (p->x, p->old_x, n * sizeof *p->x);
        add_scaled (p->x, step, p->direction, n);
        double value = objective (data, p->x, p->gradient);
        if (value <= p->value + 1e-4 * step * slope) {
            p->value = value;
            return TRUE;
        }
    }
    memcpy (p->x, p->old_x, n * sizeof *p->x);
    memcpy (p->gradient, p->old_gradient, n * sizeof *p->x);
    return FALSE;
}

FoveaMinimum
fovea_lbfgs_minimise (FoveaObjective objective,
                      gpointer data,
                      gsize n,
                      double *x,
                      guint most_iterations,
                      double tolerance)
{
    g_autofree double *room = g_new (double, (2 * PAIRS + 4) * MAX (n, 1));
    History h = {.n = n, .steps = room, .changes = room + PAIRS * n};
    double *rest = room + 2 * PAIRS * n;
    Point p = {x, rest, rest + n, rest + 2 * n, rest + 3 * n, 0};
    FoveaMinimum minimum = {0};
    p.value = objective (data, x, p.gradient);
    while (isfinite (p.value) && get_largest (p.gradient, n) > tolerance &&
           minimum.iterations < most_iterations) {
        get_direction (&h, p.gradient, p.direction);
        if (!take_step (objective, data, n, &p))
            break;
        keep_pair (&h, p.x, p.old_x, p.gradient, p.old_gradient);
        minimum.iterations++;
    }
    minimum.value = p.value;
    minimum.gradient = get_largest (p.gradient, n);
    minimum.converged = isfinite (p.value) && minimum.gradient <= tolerance;
    return minimum;
}
