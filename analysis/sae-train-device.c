/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A trainer's other half on a device with memory of its own. One wait a step: whether it is taken is
 * decided on the device. Rows go over through page-locked memory. */
#include <math.h>
#include <string.h>

#include "analysis/sae-train-private.h"
#include "kernels/device-codes.h"
#include "kernels/error.h"

struct _FoveaSaeRemote {
    FoveaDevice *device;
    const FoveaOps *ops;
    FoveaSaeTrainOptions options;
    int64_t n;                           /* numbers of a block */
    float *w, *gradient, *mean, *square; /* the device's */
    float *x, *target;                   /* (batch, d), (batch, d_out); target NULL = x */
    int32_t *since, *dead;
    void *prepared;
    double *row_errors;
    FoveaSaeStepResult *result;
    void *staging; /* page-locked, of the larger of x and target */
    size_t staging_bytes;
    int64_t n_dead;
    gboolean is_ahead; /* of the host */
};

gboolean
fovea_sae_remote_is_for (FoveaDevice *device)
{
    const FoveaOps *ops = fovea_device_get_ops (device);
    return ops->sae_step != NULL && !ops->host_memory;
}

/* What the operation does not do. */
static gboolean
check (const FoveaSaeTrainOptions *o, GError **error)
{
    const FoveaSaeLossOptions *l = &o->loss;
    gboolean ranks = l->rule >= FOVEA_SAE_RULE_TOPK, rises = TRUE;
    for (int g = 1; g < l->n_widths; g++)
        rises = rises && l->widths[g] > l->widths[g - 1];
    if (l->aux_by_variance)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "training on a GPU: the auxiliary loss is not divided by a variance");
    else if (l->rule == FOVEA_SAE_RULE_STANDARD && l->lp_norm != 1)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "training on a GPU: codes cost their sum, not their %g-norm", l->lp_norm);
    else if (o->d_in % 4 != 0 || o->d_out % 4 != 0)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "training on a GPU: widths are multiples of 4, not %" G_GINT64_FORMAT
                     " and %" G_GINT64_FORMAT,
                     o->d_in, o->d_out);
    else if (l->rule == FOVEA_SAE_RULE_MATRYOSHKA &&
             !(l->n_widths >= 1 && l->n_widths <= FOVEA_STEP_MOST_WIDTHS && rises &&
               l->widths[0] > 0 && l->widths[l->n_widths - 1] == o->n_latents))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "matryoshka widths must rise to the number of latents, %" G_GINT64_FORMAT,
                     o->n_latents);
    else if (ranks && !(l->k >= 1 && l->k <= (double) o->n_latents))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "k is %g, expected 1 to %" G_GINT64_FORMAT " latents", l->k, o->n_latents);
    else
        return TRUE;
    return FALSE;
}

static int64_t
aux_k (const FoveaSaeTrainOptions *o)
{
    return o->loss.aux_k > 0 ? o->loss.aux_k : MAX (o->d_out / 2, 1);
}

static void
allocate (FoveaSaeRemote *r)
{
    const FoveaSaeTrainOptions *o = &r->options;
    size_t line = sizeof (float), F = (size_t) o->n_latents, rows = (size_t) o->batch;
    size_t x = rows * (size_t) o->d_in * line, y = rows * (size_t) o->d_out * line;
    float **blocks[] = {&r->w, &r->gradient, &r->mean, &r->square};
    for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
        *blocks[i] = r->ops->alloc (r->device, (size_t) r->n * line);
    r->x = r->ops->alloc (r->device, x);
    if (o->loss.transcoder)
        r->target = r->ops->alloc (r->device, y);
    r->since = r->ops->alloc (r->device, F * sizeof (int32_t));
    r->dead = r->ops->alloc (r->device, F * sizeof (int32_t));
    r->prepared = r->ops->alloc (r->device, fovea_codes_prepared_bytes (o->n_latents, o->d_in));
    r->row_errors = r->ops->alloc (r->device, rows * sizeof (double));
    r->result = r->ops->alloc (r->device, sizeof *r->result);
    r->staging_bytes = MAX (x, y);
    r->staging = r->ops->alloc_pinned (r->device, r->staging_bytes);
}

static gboolean
jumps (FoveaSaeRule rule)
{
    return rule == FOVEA_SAE_RULE_JUMPRELU || rule == FOVEA_SAE_RULE_JUMPRELU_TANH;
}

/* Numbers of FoveaSaeParameters. */
static int64_t
block_size (const FoveaSaeTrainOptions *o)
{
    int64_t each = o->d_in + o->d_out + 1 + (jumps (o->loss.rule) ? 1 : 0);
    each += o->loss.rule == FOVEA_SAE_RULE_GATED ? 2 : 0;
    return o->n_latents * each + o->d_out;
}

FoveaSaeRemote *
fovea_sae_remote_new (FoveaDevice *device, const FoveaSaeTrainOptions *o, GError **error)
{
    if (!check (o, error))
        return NULL;
    FoveaSaeRemote *r = g_new0 (FoveaSaeRemote, 1);
    r->device = device;
    r->ops = fovea_device_get_ops (device);
    r->options = *o;
    r->n = block_size (o);
    allocate (r);
    if (fovea_device_sync (device, error))
        return r;
    fovea_sae_remote_free (r);
    return NULL;
}

void
fovea_sae_remote_free (FoveaSaeRemote *r)
{
    if (r == NULL)
        return;
    void *all[] = {r->w,     r->gradient, r->mean,     r->square,     r->x,     r->target,
                   r->since, r->dead,     r->prepared, r->row_errors, r->result};
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        r->ops->free (r->device, all[i]);
    r->ops->free_pinned (r->device, r->staging);
    g_free (r);
}

/* The dead as the device would list them. */
static void
write_dead (FoveaSaeRemote *r, const int32_t *since)
{
    int64_t F = r->options.n_latents;
    g_autofree int32_t *dead = g_new (int32_t, F);
    r->n_dead = 0;
    for (int64_t j = 0; j < F; j++)
        if (since[j] >= r->options.dead_window)
            dead[r->n_dead++] = (int32_t) j;
    r->ops->write (r->device, r->dead, dead, (size_t) F * sizeof *dead);
}

void
fovea_sae_remote_write (FoveaSaeRemote *r, const FoveaSaeRemoteState *s)
{
    size_t bytes = (size_t) r->n * sizeof (float);
    r->ops->write (r->device, r->w, s->w->all, bytes);
    r->ops->write (r->device, r->mean, s->mean->all, bytes);
    r->ops->write (r->device, r->square, s->square->all, bytes);
    r->ops->write (r->device, r->since, s->since, (size_t) r->options.n_latents * sizeof (int32_t));
    write_dead (r, s->since);
    r->is_ahead = FALSE;
}

void
fovea_sae_remote_read (FoveaSaeRemote *r, const FoveaSaeRemoteState *s)
{
    size_t bytes = (size_t) r->n * sizeof (float);
    if (!r->is_ahead)
        return;
    r->ops->read (r->device, s->w->all, r->w, bytes);
    r->ops->read (r->device, s->mean->all, r->mean, bytes);
    r->ops->read (r->device, s->square->all, r->square, bytes);
    r->ops->read (r->device, (int32_t *) s->since, r->since,
                  (size_t) r->options.n_latents * sizeof (int32_t));
    r->is_ahead = FALSE;
}

void
fovea_sae_remote_read_errors (FoveaSaeRemote *r, double *errors)
{
    r->ops->read (r->device, errors, r->row_errors, (size_t) r->options.batch * sizeof *errors);
}

/* Page-locked memory is copied at the bus's speed; but the copy of the last step must be over, which
 * reading its result made sure of. Where two copies share it, the first is waited for. */
static void
write_rows (FoveaSaeRemote *r, float *to, const float *from, int64_t n)
{
    size_t bytes = (size_t) n * sizeof *from;
    memcpy (r->staging, from, bytes);
    r->ops->write (r->device, to, r->staging, bytes);
}

/* Arrays of a block, in the order of FoveaSaeParameters. */
static FoveaSaeBlock
take_apart (const FoveaSaeRemote *r, float *block)
{
    const FoveaSaeTrainOptions *o = &r->options;
    FoveaSaeBlock b = {.w_enc = block};
    b.w_dec = b.w_enc + o->n_latents * o->d_in;
    b.b_enc = b.w_dec + o->n_latents * o->d_out;
    b.b_dec = b.b_enc + o->n_latents;
    if (o->loss.rule == FOVEA_SAE_RULE_GATED) {
        b.b_mag = b.b_dec + o->d_out;
        b.r_mag = b.b_mag + o->n_latents;
    } else if (jumps (o->loss.rule)) {
        b.log_threshold = b.b_dec + o->d_out;
    }
    return b;
}

static FoveaStepRule
step_rule (FoveaSaeRule rule)
{
    switch (rule) {
    case FOVEA_SAE_RULE_TOPK:
    case FOVEA_SAE_RULE_ABSTOPK:
        return FOVEA_STEP_ROWS;
    case FOVEA_SAE_RULE_STANDARD:
        return FOVEA_STEP_RELU;
    case FOVEA_SAE_RULE_GATED:
        return FOVEA_STEP_GATE;
    case FOVEA_SAE_RULE_JUMPRELU:
        return FOVEA_STEP_JUMP;
    case FOVEA_SAE_RULE_JUMPRELU_TANH:
        return FOVEA_STEP_JUMP_TANH;
    default:
        return FOVEA_STEP_BATCH;
    }
}

/* What the rule needs; coefficients become a row's. */
static void
describe_rule (const FoveaSaeRemote *r, const FoveaSaeLossOptions *l, FoveaSaeStepArgs *a)
{
    double rows = (double) r->options.batch;
    a->rule = step_rule (l->rule);
    a->k = (int64_t) l->k;
    a->keep = (int64_t) floor (l->k * rows);
    a->sparsity = l->sparsity / rows;
    a->bandwidth = l->bandwidth;
    a->pre_act = l->rule == FOVEA_SAE_RULE_JUMPRELU_TANH ? l->pre_act / rows : 0;
    a->rescales = l->rescales;
    a->by_magnitude = l->rule == FOVEA_SAE_RULE_ABSTOPK || l->rule == FOVEA_SAE_RULE_BATCH_ABSTOPK;
    if (l->rule != FOVEA_SAE_RULE_MATRYOSHKA)
        return;
    a->n_widths = l->n_widths;
    for (int g = 0; g < l->n_widths; g++)
        a->widths[g] = l->widths[g];
}

static FoveaSaeStepArgs
describe (const FoveaSaeRemote *r, const FoveaSaeRemoteStep *how)
{
    const FoveaSaeTrainOptions *o = &r->options;
    int64_t most = aux_k (o);
    double n = (double) how->step + 1, weight = 1 / (double) o->batch;
    FoveaSaeStepArgs a = {.rows = o->batch,
                          .d_in = o->d_in,
                          .d_out = o->d_out,
                          .n_latents = o->n_latents,
                          .subtracts_b_dec = o->loss.subtracts_b_dec,
                          .unit_norm = o->unit_norm,
                          .rounded = o->rounded,
                          .clip = o->clip,
                          .dead_window = (int32_t) MIN (o->dead_window, INT32_MAX),
                          .n_dead = r->n_dead,
                          .since = r->since,
                          .dead = r->dead,
                          .prepared = r->prepared,
                          .row_errors = r->row_errors,
                          .result = r->result};
    describe_rule (r, &how->loss, &a);
    a.weight = o->loss.mean_elements ? weight / (double) o->d_out : weight;
    a.aux_k = MIN (most, r->n_dead);
    a.aux = o->loss.aux * MIN ((double) r->n_dead / (double) most, 1) * a.weight;
    a.adam = (FoveaAdamStep){.rate = (float) (how->rate / (1 - pow (o->beta1, n))),
                             .root = (float) (1 / sqrt (1 - pow (o->beta2, n))),
                             .eps = 1e-8f,
                             .beta1 = (float) o->beta1,
                             .beta2 = (float) o->beta2};
    a.w = take_apart (r, r->w);
    a.gradient = take_apart (r, r->gradient);
    a.mean = take_apart (r, r->mean);
    a.square = take_apart (r, r->square);
    a.x = r->x;
    a.target = r->target != NULL ? r->target : r->x;
    return a;
}

static void
tell (const FoveaSaeRemote *r,
      const FoveaSaeStepArgs *a,
      const FoveaSaeStepResult *result,
      FoveaSaeTrainStep *step)
{
    step->loss = result->loss;
    step->mse = a->weight * result->squared_error;
    step->sparsity = result->sparsity;
    step->aux = result->aux;
    step->l0 = (double) result->n_codes / (double) a->rows;
    step->dead = (double) result->n_dead / (double) r->options.n_latents;
    step->explained = result->spread > 0 ? 1 - result->squared_error / result->spread : 0;
}

gboolean
fovea_sae_remote_step (FoveaSaeRemote *r,
                       const FoveaSaeRemoteStep *how,
                       const float *x,
                       const float *target,
                       FoveaSaeTrainStep *step,
                       double *smallest_kept,
                       GError **error)
{
    const FoveaSaeTrainOptions *o = &r->options;
    FoveaSaeStepResult result = {0};
    FoveaSaeStepArgs args = describe (r, how);
    write_rows (r, r->x, x, o->batch * o->d_in);
    if (r->target != NULL) {
        if (!fovea_device_sync (r->device, error))
            return FALSE;
        write_rows (r, r->target, target, o->batch * o->d_out);
    }
    r->ops->sae_step (r->device, &args);
    r->ops->read (r->device, &result, r->result, sizeof result);
    if (!fovea_device_sync (r->device, error))
        return FALSE;
    if (!result.finite) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                     "training: step %" G_GINT64_FORMAT ": the loss is %g and its gradient %g",
                     how->step + 1, result.loss, result.norm);
        return FALSE;
    }
    r->n_dead = result.n_dead;
    r->is_ahead = TRUE;
    *smallest_kept = result.smallest_kept;
    tell (r, &args, &result, step);
    return TRUE;
}
