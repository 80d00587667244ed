/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse rows touch few weights in the products, but Adam moves all of them every step, as it must. */
#include "analysis/linear-probe.h"

#include <math.h>

#include "capture/random.h"

enum {
    ORDER_TASK = 12 /* of the random streams that order rows */
};

typedef struct {
    const FoveaLinearRows *rows;
    const guint8 *labels;
    const FoveaLinearOptions *options;
    double *w, *gradient, *mean, *square; /* (d + 1), the bias last */
    gint64 *order;                        /* (n) */
    gint64 step, n_steps;
} Training;

void
fovea_linear_options_init (FoveaLinearOptions *options)
{
    *options = (FoveaLinearOptions){.batch = 16,
                                    .epochs = 20,
                                    .rate = 1e-3,
                                    .last_rate = 1e-3,
                                    .l1 = 1e-3,
                                    .decay = 0.01,
                                    .seed = 42};
}

static double
score (const Training *t, gint64 i)
{
    const FoveaLinearRows *r = t->rows;
    double sum = t->w[r->d];
    if (r->codes != NULL)
        for (gint64 c = r->codes->offsets[i]; c < r->codes->offsets[i + 1]; c++)
            sum += t->w[r->codes->latents[c]] * (double) r->codes->values[c];
    for (gint64 c = 0; r->codes == NULL && c < r->d; c++)
        sum += t->w[c] * (double) r->x[i * r->d + c];
    return sum;
}

static void
add_gradient (Training *t, gint64 i, double weight)
{
    const FoveaLinearRows *r = t->rows;
    t->gradient[r->d] += weight;
    if (r->codes != NULL)
        for (gint64 c = r->codes->offsets[i]; c < r->codes->offsets[i + 1]; c++)
            t->gradient[r->codes->latents[c]] += weight * (double) r->codes->values[c];
    for (gint64 c = 0; r->codes == NULL && c < r->d; c++)
        t->gradient[c] += weight * (double) r->x[i * r->d + c];
}

/* AdamW: the decay is beside the moments; of weights alone, as their penalty is. */
static void
move (Training *t)
{
    const FoveaLinearOptions *o = t->options;
    double done = (double) t->step / (double) MAX (t->n_steps - 1, 1), n = (double) ++t->step;
    double rate = o->rate + (o->last_rate - o->rate) * done;
    double first = 1 - pow (0.9, n), second = 1 - pow (0.999, n);
    for (gint64 c = 0; c <= t->rows->d; c++) {
        double g = t->gradient[c];
        t->mean[c] += 0.1 * (g - t->mean[c]);
        t->square[c] += 0.001 * (g * g - t->square[c]);
        t->w[c] -= rate * o->decay * t->w[c];
        t->w[c] -= rate * t->mean[c] / first / (sqrt (t->square[c] / second) + 1e-8);
    }
}

/* One step; gives the batch's loss. */
static double
run_batch (Training *t, gint64 first, gint64 n)
{
    double loss = 0;
    gint64 d = t->rows->d;
    t->gradient[d] = 0;
    for (gint64 c = 0; c < d; c++) {
        t->gradient[c] = t->options->l1 * ((t->w[c] > 0) - (t->w[c] < 0));
        loss += t->options->l1 * fabs (t->w[c]);
    }
    for (gint64 b = first; b < first + n; b++) {
        gint64 i = t->order[b];
        double v = score (t, i), y = t->labels[i] != 0;
        add_gradient (t, i, (1 / (1 + exp (-v)) - y) / (double) n);
        v = y > 0 ? -v : v;
        loss += (v > 0 ? v + log1p (exp (-v)) : log1p (exp (v))) / (double) n;
    }
    move (t);
    return loss;
}

static double
run_epoch (Training *t, gint64 epoch)
{
    FoveaRandom random;
    gint64 n = t->rows->n, n_batches = 0;
    double loss = 0;
    fovea_random_init_stream (&random, t->options->seed, ORDER_TASK, (guint64) epoch);
    for (gint64 i = n - 1; i >= 1; i--) {
        gint64 j = (gint64) fovea_random_below (&random, (guint64) i + 1), kept = t->order[i];
        t->order[i] = t->order[j];
        t->order[j] = kept;
    }
    for (gint64 first = 0; first < n; first += t->options->batch, n_batches++)
        loss += run_batch (t, first, MIN (t->options->batch, n - first));
    return loss / (double) MAX (n_batches, 1);
}

static gboolean
check (const FoveaLinearRows *rows, const guint8 *labels, GError **error)
{
    gint64 n_positive = 0;
    gint64 n_values = rows->codes != NULL ? rows->codes->offsets[rows->n] : rows->n * rows->d;
    const float *values = rows->codes != NULL ? rows->codes->values : rows->x;
    for (gint64 i = 0; i < rows->n; i++)
        n_positive += labels[i] != 0;
    if (n_positive == 0 || n_positive == rows->n) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "a probe needs rows of both labels, there are %" G_GINT64_FORMAT
                     " of %" G_GINT64_FORMAT,
                     n_positive, rows->n);
        return FALSE;
    }
    for (gint64 i = 0; i < n_values; i++)
        if (!isfinite (values[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                         "a probe's input is not finite at place %" G_GINT64_FORMAT, i);
            return FALSE;
        }
    return TRUE;
}

FoveaProbe *
fovea_linear_train (const FoveaLinearRows *rows,
                    const guint8 *labels,
                    const FoveaLinearOptions *options,
                    GError **error)
{
    if (!check (rows, labels, error))
        return NULL;
    gsize width = (gsize) rows->d + 1;
    g_autofree double *room = g_new0 (double, 3 * width);
    g_autofree gint64 *order = g_new (gint64, rows->n);
    FoveaProbe *probe = g_new0 (FoveaProbe, 1);
    Training t = {.rows = rows, .labels = labels, .options = options, .order = order};
    for (gint64 i = 0; i < rows->n; i++)
        order[i] = i;
    probe->n_inputs = rows->d;
    t.w = probe->weights = g_new0 (double, width);
    t.gradient = room;
    t.mean = room + width;
    t.square = room + 2 * width;
    t.n_steps = (rows->n + options->batch - 1) / options->batch * options->epochs;
    for (gint64 epoch = 0; epoch < options->epochs; epoch++)
        probe->objective = run_epoch (&t, epoch);
    probe->bias = t.w[rows->d];
    probe->iterations = (guint) t.step;
    probe->converged = TRUE;
    return probe;
}
