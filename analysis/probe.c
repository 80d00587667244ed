/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are never copied: what standardising does to them is done to the weights instead, so that a
 * step reads the inputs twice and writes nothing of their size. */
#include "analysis/probe.h"

#include <math.h>

#include "analysis/lbfgs.h"
#include "analysis/separation.h"

/* The problem that is minimised; parameters are (d) weights on standardised inputs and the bias. */
typedef struct {
    gint64 n, d;
    const float *x;
    const guint8 *labels;
    double c;
    double *mean, *scale; /* (d) */
    double *effective;    /* (d) weights on inputs as they are */
} Problem;

/* ln (1 + e^v) without overflow. */
static double
softplus (double v)
{
    return v > 0 ? v + log1p (exp (-v)) : log1p (exp (v));
}

static double
weigh (const double *weights, const float *row, gint64 d)
{
    double sum = 0;
    for (gint64 i = 0; i < d; i++)
        sum += weights[i] * (double) row[i];
    return sum;
}

/* Weights and bias on inputs as they are. */
static double
get_effective (const Problem *p, const double *parameters)
{
    double bias = parameters[p->d];
    for (gint64 i = 0; i < p->d; i++) {
        p->effective[i] = parameters[i] / p->scale[i];
        bias -= p->effective[i] * p->mean[i];
    }
    return bias;
}

/* A FoveaObjective. */
static double
evaluate (gpointer data, const double *parameters, double *gradient)
{
    const Problem *p = data;
    double bias = get_effective (p, parameters), losses = 0, penalty = 0, total = 0;
    for (gint64 i = 0; i <= p->d; i++)
        gradient[i] = 0;
    for (gint64 r = 0; r < p->n; r++) {
        const float *row = p->x + r * p->d;
        double v = weigh (p->effective, row, p->d) + bias;
        double wrong = 1 / (1 + exp (-v)) - (p->labels[r] != 0);
        losses += softplus (p->labels[r] != 0 ? -v : v);
        total += wrong;
        for (gint64 i = 0; i < p->d; i++)
            gradient[i] += wrong * (double) row[i];
    }
    for (gint64 i = 0; i < p->d; i++) {
        penalty += parameters[i] * parameters[i];
        gradient[i] = p->c * (gradient[i] - total * p->mean[i]) / p->scale[i] + parameters[i];
    }
    gradient[p->d] = p->c * total;
    return penalty / 2 + p->c * losses;
}

/* Means and deviations of the inputs; an input that never varies is left as it is, and centred. */
static void
standardise (Problem *p)
{
    double n = (double) p->n;
    for (gint64 r = 0; r < p->n; r++)
        for (gint64 i = 0; i < p->d; i++)
            p->mean[i] += (double) p->x[r * p->d + i] / n;
    for (gint64 i = 0; i < p->d; i++)
        p->scale[i] = 0;
    for (gint64 r = 0; r < p->n; r++)
        for (gint64 i = 0; i < p->d; i++) {
            double off = (double) p->x[r * p->d + i] - p->mean[i];
            p->scale[i] += off * off / n;
        }
    for (gint64 i = 0; i < p->d; i++)
        p->scale[i] = p->scale[i] > 1e-20 * p->mean[i] * p->mean[i] && p->scale[i] > 0
                          ? sqrt (p->scale[i])
                          : 1;
}

FoveaProbe *
fovea_probe_train (gint64 n,
                   gint64 d,
                   const float *x,
                   const guint8 *labels,
                   const FoveaProbeOptions *options,
                   GError **error)
{
    if (!fovea_separation_check (n, d, x, labels, error))
        return NULL;
    static const FoveaProbeOptions usual = {0};
    const FoveaProbeOptions *o = options != NULL ? options : &usual;
    gsize width = (gsize) d;
    g_autofree double *room = g_new0 (double, 3 * width + 1);
    Problem p = {n, d, x, labels, o->c > 0 ? o->c : 1, room, room + width, NULL};
    double *parameters = room + 2 * width; /* (d + 1) */
    FoveaProbe *probe = g_new0 (FoveaProbe, 1);
    p.effective = probe->weights = g_new0 (double, MAX (width, 1));
    for (gint64 i = 0; i < d; i++)
        p.scale[i] = 1;
    if (!o->raw)
        standardise (&p);
    /* Derivatives grow with rows, and so does what rounding leaves of them. */
    FoveaMinimum end = fovea_lbfgs_minimise (evaluate, &p, width + 1, parameters,
                                             o->most_iterations > 0 ? o->most_iterations : 1000,
                                             1e-7 * p.c * (double) n);
    probe->n_inputs = d;
    probe->bias = get_effective (&p, parameters);
    probe->objective = end.value;
    probe->iterations = end.iterations;
    probe->converged = end.converged;
    return probe;
}

void
fovea_probe_free (FoveaProbe *probe)
{
    if (probe == NULL)
        return;
    g_free (probe->weights);
    g_free (probe);
}

double
fovea_probe_score (const FoveaProbe *probe, const float *row)
{
    return weigh (probe->weights, row, probe->n_inputs) + probe->bias;
}

double
fovea_probe_measure (
    const FoveaProbe *probe, gint64 n, const float *x, const guint8 *labels, double *auroc)
{
    g_autofree double *scores = g_new (double, (gsize) MAX (n, 1));
    gint64 right = 0;
    for (gint64 i = 0; i < n; i++) {
        scores[i] = fovea_probe_score (probe, x + i * probe->n_inputs);
        right += (scores[i] > 0) == (labels[i] != 0);
    }
    if (auroc != NULL)
        *auroc = fovea_separation_auroc (scores, labels, (gsize) n);
    return (double) right / (double) MAX (n, 1);
}
