/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Density need not rise with the knob at every step, so bisection keeps the best value seen and not
 * the last. About 15 masks are made and counted; of an oracle by rows they are only measured. */
#include "analysis/sparse-fit.h"

#include <math.h>

#include "analysis/mask-rows.h"
#include "analysis/sparse-measures.h"

enum {
    N_BISECTIONS = 7,
};

static const double CLOSE = 0.01; /* relative: near enough */

typedef struct {
    const FoveaSparseMethod *method;
    FoveaSparseHead *head;
    double *knobs;
    double target;
    double best, off; /* knob, and how far its density is: |log| */
} Fit;

/* Density at a value of the knob; remembers the best. FALSE on failure. */
static gboolean
try_value (Fit *fit, double value, double *density, GError **error)
{
    FoveaSparseSelection selection;
    FoveaSparseMeasures measures;
    fit->knobs[0] = value;
    if (fit->method->count != NULL) {
        const FoveaSparseSubject oracle = {.oracle = fit->method, .knobs = fit->knobs};
        if (!fovea_sparse_method_check (fit->method, fit->head, fit->knobs, error) ||
            !fovea_sparse_measure (fit->head, &oracle, 1, NULL, &measures, NULL, error))
            return FALSE;
        *density = measures.density;
    } else {
        if (!fovea_sparse_method_select (fit->method, fit->head, fit->knobs, &selection, error))
            return FALSE;
        *density = (double) fovea_mask_count (selection.executed) /
                   (double) fovea_mask_count_allowed (selection.executed);
        fovea_sparse_selection_clear (&selection);
    }
    double off = fabs (log (*density / fit->target));
    if (off < fit->off) {
        fit->off = off;
        fit->best = value;
    }
    return TRUE;
}

/* Values on both sides of the target; the better one alone if all lie on one side. */
typedef struct {
    double below, above; /* NaN = none */
} Bracket;

static gboolean
walk_sweep (Fit *fit, Bracket *bracket, GError **error)
{
    double nearest_below = 0, nearest_above = INFINITY;
    for (gsize i = 0; i < FOVEA_SPARSE_MAX_POINTS; i++) {
        double value, density;
        if (!fovea_sparse_method_get_point (fit->method, fit->head->n_tokens, i, &value))
            continue;
        if (!try_value (fit, value, &density, error))
            return FALSE;
        if (density <= fit->target && density > nearest_below) {
            nearest_below = density;
            bracket->below = value;
        } else if (density > fit->target && density < nearest_above) {
            nearest_above = density;
            bracket->above = value;
        }
    }
    return TRUE;
}

static gboolean
bisect (Fit *fit, Bracket bracket, GError **error)
{
    gboolean whole = fit->method->knobs[0].whole;
    for (int i = 0; i < N_BISECTIONS && fit->off > CLOSE; i++) {
        double density, middle = (bracket.below + bracket.above) / 2;
        middle = whole ? floor (middle) : middle;
        if (isnan (middle) || middle == bracket.below || middle == bracket.above)
            return TRUE;
        if (!try_value (fit, middle, &density, error))
            return FALSE;
        if (density <= fit->target)
            bracket.below = middle;
        else
            bracket.above = middle;
    }
    return TRUE;
}

gboolean
fovea_sparse_fit (const FoveaSparseMethod *method,
                  FoveaSparseHead *head,
                  double density,
                  double *knobs,
                  FoveaSparseSelection *out,
                  GError **error)
{
    Fit fit = {method, head, knobs, density, NAN, INFINITY};
    Bracket bracket = {NAN, NAN};
    if (!walk_sweep (&fit, &bracket, error) || !bisect (&fit, bracket, error))
        return FALSE;
    if (isnan (fit.best)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: no point of its sweep fits %" G_GINT64_FORMAT " tokens", method->id,
                     head->n_tokens);
        return FALSE;
    }
    knobs[0] = fit.best;
    return fovea_sparse_method_select (method, head, knobs, out, error);
}
