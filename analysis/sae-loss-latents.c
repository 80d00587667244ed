/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Passes over latents: what a latent's entries give its parameters, summed in the order of rows; and
 * the decoder's bias, summed in fixed parts. */
#include <math.h>
#include <string.h>

#include "analysis/sae-loss-private.h"

typedef struct {
    FoveaSaeLoss *loss;
    const SaeEntries *entries;
    const float *slope;
    gboolean adds;
} LatentPass;

/* Numbers of entries [@first, @first + @n) by latent, one after another. */
static const float *
gather (const SaeEntries *e, const float *of, int64_t first, int64_t n, float *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = of[e->order[first + i]];
    return out;
}

static double
sum_of (const SaeEntries *e, const float *of, int64_t first, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += (double) of[e->order[first + i]];
    return sum;
}

/* Gradients that are one number a latent, and the decoder norm's. */
static void
add_scalars (const LatentPass *p, int64_t j, int64_t first, int64_t n, double d_pre)
{
    FoveaSaeLoss *l = p->loss;
    const SaeEntries *e = p->entries;
    FoveaSaeParameters *g = l->gradient;
    const FoveaSaeParameters *w = l->parameters;
    FoveaSaeRule rule = l->options->rule;
    g->b_enc[j] = (float) d_pre;
    if (rule == FOVEA_SAE_RULE_GATED) {
        double d_mag = sum_of (e, e->d_mag, first, n);
        g->b_mag[j] = (float) d_mag;
        g->r_mag[j] = (float) sum_of (e, e->d_other, first, n);
        g->b_enc[j] = (float) (d_pre - d_mag * (double) expf (w->r_mag[j])); /* the gate's alone */
    } else if (sae_rule_jumps (rule)) {
        g->log_threshold[j] = (float) sum_of (e, e->d_other, first, n);
    }
    if (rule > FOVEA_SAE_RULE_JUMPRELU_TANH || !(l->norm[j] > 0))
        return;
    float *row = g->w_dec + j * w->d_out;
    float a = (float) (sum_of (e, e->d_norm, first, n) / (double) l->norm[j]);
    l->loops->blend (1, row, a, w->w_dec + j * w->d_out, w->d_out, row);
}

static void
run_latent (const LatentPass *p, int64_t j, float *scratch)
{
    FoveaSaeLoss *l = p->loss;
    const SaeEntries *e = p->entries;
    FoveaSaeParameters *g = l->gradient;
    int64_t d = g->d_in, d_out = g->d_out, first = e->by_latent[j], n = e->by_latent[j + 1] - first;
    float *w_dec = g->w_dec + j * d_out, *w_enc = g->w_enc + j * d;
    const float *slope = p->slope + fovea_sae_group_of (l->options, j) * l->rows * d_out;
    if (p->adds && n == 0)
        return;
    double d_pre = sum_of (e, e->d_pre, first, n);
    l->loops->sum (p->adds ? p->slope : slope, d_out, d_out, e->row + first,
                   gather (e, e->code, first, n, scratch), n, p->adds ? w_dec : NULL, w_dec);
    l->loops->sum (l->x, d, d, e->row + first, gather (e, e->d_pre, first, n, scratch), n,
                   p->adds ? w_enc : NULL, w_enc);
    if (p->adds) {
        g->b_enc[j] += (float) d_pre;
        l->d_pre_sum[j] += d_pre;
        return;
    }
    l->d_pre_sum[j] = d_pre;
    add_scalars (p, j, first, n, d_pre);
}

static void
run_latents (void *data, int64_t item, int worker)
{
    const LatentPass *p = data;
    int64_t end = MIN ((item + 1) * SAE_LATENTS, p->loss->parameters->n_latents);
    for (int64_t j = item * SAE_LATENTS; j < end; j++)
        run_latent (p, j, p->loss->scratch + worker * p->loss->rows);
}

void
fovea_sae_loss_latents_backward (FoveaSaeLoss *l,
                                 const SaeEntries *entries,
                                 const float *slope,
                                 gboolean adds)
{
    LatentPass pass = {l, entries, slope, adds};
    fovea_threads_loop (l->threads, (l->parameters->n_latents + SAE_LATENTS - 1) / SAE_LATENTS,
                        run_latents, &pass);
}

/* A weighted sum of rows in SAE_PARTS parts, each in order. */
typedef struct {
    FoveaSaeLoss *loss;
    const float *rows, *weight;
    int64_t n, width;
} PartSum;

static void
run_part (void *data, int64_t part, int worker)
{
    const PartSum *s = data;
    int64_t from = s->n * part / SAE_PARTS, to = s->n * (part + 1) / SAE_PARTS;
    s->loss->loops->sum (s->rows, s->width, s->width, s->loss->counting + from, s->weight + from,
                         to - from, NULL, s->loss->parts + part * s->width);
}

/* out += factor * sum of weight[i] rows[i] */
static void
add_weighted_rows (FoveaSaeLoss *l,
                   const float *rows,
                   const float *weight,
                   int64_t n,
                   int64_t width,
                   float factor,
                   float *out)
{
    PartSum sum = {l, rows, weight, n, width};
    fovea_threads_loop (l->threads, SAE_PARTS, run_part, &sum);
    for (int64_t part = 0; part < SAE_PARTS; part++)
        l->loops->blend (factor, l->parts + part * width, 1, out, width, out);
}

void
fovea_sae_loss_bias_backward (FoveaSaeLoss *l)
{
    const FoveaSaeParameters *w = l->parameters;
    float *out = l->gradient->b_dec;
    memset (out, 0, (size_t) w->d_out * sizeof *out);
    add_weighted_rows (l, l->slope, l->ones, l->rows, w->d_out, 1, out);
    if (!l->options->subtracts_b_dec)
        return;
    g_autofree float *weight = g_new (float, w->n_latents);
    for (int64_t j = 0; j < w->n_latents; j++)
        weight[j] = (float) l->d_pre_sum[j];
    add_weighted_rows (l, w->w_enc, weight, w->n_latents, w->d_in, -1, out);
}
