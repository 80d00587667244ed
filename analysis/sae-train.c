/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One step: loss and gradient, then clipping, Adam, the decoder's norms, and the counters. Every
 * sum over parameters is made of fixed blocks in order, so threads do not change bits.
 * Cost: beside the loss, seven passes over the parameters, bound by memory. */
#include "analysis/sae-train.h"

#include <math.h>
#include <string.h>

#include "analysis/sae-train-private.h"
#include "kernels/error.h"

enum {
    BLOCK = 8192, /* parameters of an item */
    LATENTS = 32  /* latents of an item */
};

FoveaSaeTrainer *
fovea_sae_trainer_new (FoveaDevice *device, const FoveaSaeTrainOptions *o, GError **error)
{
    g_autoptr (FoveaSaeTrainer) t = g_new0 (FoveaSaeTrainer, 1);
    if (o->batch < 1 || o->steps < 1 || !(o->rate >= 0) || o->d_in < 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "training: batch %" G_GINT64_FORMAT ", steps %" G_GINT64_FORMAT
                     ", rate %g: each must be above 0",
                     o->batch, o->steps, o->rate);
        return NULL;
    }
    t->device = device;
    t->threads = fovea_device_get_threads (device);
    t->loops = fovea_sparse_loops_choose ();
    t->options = *o;
    FoveaSaeParameters **all[] = {&t->w, &t->gradient, &t->mean, &t->square};
    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
        *all[i] = fovea_sae_parameters_new (o->loss.rule, o->d_in, o->d_out, o->n_latents, error);
        if (*all[i] == NULL)
            return NULL;
    }
    if (fovea_sae_remote_is_for (device))
        t->remote = fovea_sae_remote_new (device, o, error);
    else if (o->rounded)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "training: products of tf32 need a GPU: the CPU's are of f32");
    else
        t->loss = fovea_sae_loss_new (device, t->w, error);
    if (t->loss == NULL && t->remote == NULL)
        return NULL;
    t->since = g_new0 (int32_t, o->n_latents);
    t->dead = g_new0 (uint8_t, o->n_latents);
    t->parts = g_new0 (double, t->w->n / BLOCK + 1);
    fovea_random_init (&t->random, o->seed);
    fovea_sae_trainer_start (t);
    fovea_sae_trainer_push (t);
    return g_steal_pointer (&t);
}

void
fovea_sae_trainer_free (FoveaSaeTrainer *t)
{
    if (t == NULL)
        return;
    fovea_sae_loss_free (t->loss);
    fovea_sae_remote_free (t->remote);
    fovea_sae_parameters_free (t->w);
    fovea_sae_parameters_free (t->gradient);
    fovea_sae_parameters_free (t->mean);
    fovea_sae_parameters_free (t->square);
    g_free (t->since);
    g_free (t->dead);
    g_free (t->parts);
    g_free (t->source);
    g_free (t);
}

static FoveaSaeRemoteState
get_state (const FoveaSaeTrainer *t)
{
    return (FoveaSaeRemoteState){t->w, t->mean, t->square, t->since};
}

void
fovea_sae_trainer_fetch (const FoveaSaeTrainer *t)
{
    const FoveaSaeRemoteState state = get_state (t);
    if (t->remote != NULL)
        fovea_sae_remote_read (t->remote, &state);
}

void
fovea_sae_trainer_push (FoveaSaeTrainer *t)
{
    const FoveaSaeRemoteState state = get_state (t);
    if (t->remote != NULL)
        fovea_sae_remote_write (t->remote, &state);
}

void
fovea_sae_trainer_centre (FoveaSaeTrainer *t, const float *target, int64_t rows)
{
    int64_t n = t->w->d_out;
    fovea_sae_trainer_fetch (t);
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t r = 0; r < rows; r++)
            sum += (double) target[r * n + i];
        t->w->b_dec[i] = (float) (sum / (double) rows);
    }
    fovea_sae_trainer_push (t);
}

/* Takes the part of a decoder row's gradient that would only change its norm, for the row is held
 * at norm 1. */
static void
project_latents (void *data, int64_t item, int worker)
{
    FoveaSaeTrainer *t = data;
    int64_t n = t->w->d_out, end = MIN ((item + 1) * LATENTS, t->w->n_latents);
    for (int64_t j = item * LATENTS; j < end; j++) {
        float *g = t->gradient->w_dec + j * n, along;
        const float *w = t->w->w_dec + j * n;
        t->loops->dots (g, w, n, n, NULL, 1, &along);
        t->loops->blend (1, g, -along, w, n, g);
    }
}

static void
normalise_latents (void *data, int64_t item, int worker)
{
    FoveaSaeTrainer *t = data;
    int64_t n = t->w->d_out, end = MIN ((item + 1) * LATENTS, t->w->n_latents);
    for (int64_t j = item * LATENTS; j < end; j++) {
        float *w = t->w->w_dec + j * n, squares;
        t->loops->dots (w, w, n, n, NULL, 1, &squares);
        float factor = squares > 0 ? 1 / sqrtf (squares) : 0;
        t->loops->blend (factor, w, 0, w, n, w);
    }
}

static void
for_latents (FoveaSaeTrainer *t, FoveaLoopBody body)
{
    fovea_threads_loop (t->threads, (t->w->n_latents + LATENTS - 1) / LATENTS, body, t);
}

static void
sum_block (void *data, int64_t i, int worker)
{
    FoveaSaeTrainer *t = data;
    int64_t n = MIN (BLOCK, t->w->n - i * BLOCK);
    const float *g = t->gradient->all + i * BLOCK;
    float squares;
    t->loops->dots (g, g, n, n, NULL, 1, &squares);
    t->parts[i] = (double) squares;
}

/* Norm of the whole gradient. */
static double
measure_gradient (FoveaSaeTrainer *t)
{
    int64_t blocks = (t->w->n + BLOCK - 1) / BLOCK;
    double sum = 0;
    fovea_threads_loop (t->threads, blocks, sum_block, t);
    for (int64_t i = 0; i < blocks; i++)
        sum += t->parts[i];
    return sqrt (sum);
}

typedef struct {
    FoveaSaeTrainer *trainer;
    FoveaAdamStep step;
} AdamPass;

static void
adam_block (void *data, int64_t i, int worker)
{
    const AdamPass *p = data;
    FoveaSaeTrainer *t = p->trainer;
    int64_t at = i * BLOCK, n = MIN (BLOCK, t->w->n - at);
    t->loops->adam (&p->step, n, t->gradient->all + at, t->w->all + at, t->mean->all + at,
                    t->square->all + at);
}

/* Learning rate of the step after @step steps. */
static double
schedule_rate (const FoveaSaeTrainOptions *o, int64_t step)
{
    double rate = o->rate;
    int64_t left = o->steps - step;
    if (o->warm_up > 0 && step < o->warm_up)
        rate *= (double) (step + 1) / (double) o->warm_up;
    if (o->decay > 0 && left < o->decay)
        rate *= (double) MAX (left, 0) / (double) o->decay;
    return rate;
}

/* The loss's options at this step. */
static FoveaSaeLossOptions
schedule_loss (const FoveaSaeTrainOptions *o, int64_t step)
{
    FoveaSaeLossOptions loss = o->loss;
    if (o->sparsity_warm_up > 0)
        loss.sparsity *= MIN ((double) step / (double) o->sparsity_warm_up, 1);
    if (o->k_steps > 0 && step < o->k_steps) {
        double k = o->first_k + (o->loss.k - o->first_k) * (double) step / (double) o->k_steps;
        loss.k = MIN (floor (k), (double) o->n_latents);
    }
    return loss;
}

static void
take_step (FoveaSaeTrainer *t, double norm, double rate)
{
    const FoveaSaeTrainOptions *o = &t->options;
    double n = (double) t->step + 1;
    AdamPass pass = {.trainer = t};
    pass.step.rate = (float) (rate / (1 - pow (o->beta1, n)));
    pass.step.root = (float) (1 / sqrt (1 - pow (o->beta2, n)));
    pass.step.eps = 1e-8f;
    pass.step.beta1 = (float) o->beta1;
    pass.step.beta2 = (float) o->beta2;
    pass.step.scale = o->clip > 0 && norm > o->clip ? (float) (o->clip / norm) : 1;
    fovea_threads_loop (t->threads, (t->w->n + BLOCK - 1) / BLOCK, adam_block, &pass);
    if (o->unit_norm)
        for_latents (t, normalise_latents);
}

/* The running threshold of a batch rule. */
static void
follow_threshold (FoveaSaeTrainer *t, double smallest_kept)
{
    double keep = t->options.threshold_keep;
    if (smallest_kept > 0)
        t->threshold = keep * t->threshold + (1 - keep) * smallest_kept;
}

/* Who fired; gives the share of dead latents. */
static double
count (FoveaSaeTrainer *t)
{
    const int32_t *counts = fovea_sae_loss_get_counts (t->loss);
    const FoveaSaeTrainOptions *o = &t->options;
    int64_t n = 0;
    for (int64_t j = 0; j < o->n_latents; j++) {
        t->since[j] = counts[j] > 0 ? 0 : MIN (t->since[j], INT32_MAX - 1) + 1;
        t->dead[j] = t->since[j] >= o->dead_window;
        n += t->dead[j];
    }
    return (double) n / (double) o->n_latents;
}

/* Sum of squares about the mean of the batch. */
static double
measure_spread (const float *x, int64_t rows, int64_t width)
{
    g_autofree double *sum = g_new0 (double, width), *squares = g_new0 (double, width);
    double total = 0;
    for (int64_t t = 0; t < rows; t++)
        for (int64_t i = 0; i < width; i++) {
            double value = (double) x[t * width + i];
            sum[i] += value;
            squares[i] += value * value;
        }
    for (int64_t i = 0; i < width; i++)
        total += squares[i] - sum[i] * sum[i] / (double) rows;
    return total;
}

static void
describe_step (const FoveaSaeTrainer *t,
               const FoveaSaeLossResult *r,
               const float *target,
               FoveaSaeTrainStep *step)
{
    double spread = measure_spread (target, t->options.batch, t->options.d_out);
    step->loss = r->loss;
    step->mse = r->mse;
    step->sparsity = r->sparsity;
    step->aux = r->aux;
    step->l0 = r->l0;
    step->explained = spread > 0 ? 1 - r->squared_error / spread : 0;
}

/* The step of a device that trains by itself. */
static gboolean
step_remotely (FoveaSaeTrainer *t,
               const float *x,
               const float *target,
               FoveaSaeTrainStep *step,
               GError **error)
{
    const FoveaSaeRemoteStep how = {schedule_rate (&t->options, t->step), t->step,
                                    schedule_loss (&t->options, t->step)};
    double smallest_kept = 0;
    step->rate = how.rate;
    if (!fovea_sae_remote_step (t->remote, &how, x, target, step, &smallest_kept, error))
        return FALSE;
    follow_threshold (t, smallest_kept);
    return TRUE;
}

static gboolean
step_here (FoveaSaeTrainer *t,
           const float *x,
           const float *target,
           FoveaSaeTrainStep *step,
           GError **error)
{
    const FoveaSaeTrainOptions *o = &t->options;
    FoveaSaeLossOptions loss = schedule_loss (o, t->step);
    FoveaSaeLossResult result;
    const FoveaSaeBatch batch = {.rows = o->batch, .x = x, .target = target, .dead = t->dead};
    if (!fovea_sae_loss_run (t->loss, &loss, t->w, &batch, t->gradient, &result, error))
        return FALSE;
    if (o->unit_norm)
        for_latents (t, project_latents);
    double norm = measure_gradient (t);
    if (!isfinite (result.loss) || !isfinite (norm)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                     "training: step %" G_GINT64_FORMAT ": the loss is %g and its gradient %g",
                     t->step + 1, result.loss, norm);
        return FALSE;
    }
    step->rate = schedule_rate (o, t->step);
    take_step (t, norm, step->rate);
    step->dead = count (t);
    follow_threshold (t, result.smallest_kept);
    describe_step (t, &result, target, step);
    return TRUE;
}

gboolean
fovea_sae_trainer_step (FoveaSaeTrainer *t,
                        const float *x,
                        const float *target,
                        FoveaSaeTrainStep *step,
                        GError **error)
{
    const FoveaSaeTrainOptions *o = &t->options;
    if (!(t->remote != NULL ? step_remotely (t, x, target, step, error)
                            : step_here (t, x, target, step, error)))
        return FALSE;
    step->step = ++t->step;
    if (o->resample_every > 0 && t->step % o->resample_every == 0)
        fovea_sae_trainer_resample (t, x, target);
    return TRUE;
}

int64_t
fovea_sae_trainer_get_step (const FoveaSaeTrainer *t)
{
    return t->step;
}

const FoveaSaeParameters *
fovea_sae_trainer_get_parameters (const FoveaSaeTrainer *t)
{
    fovea_sae_trainer_fetch (t);
    return t->w;
}
