/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Passes over rows: decode, errors, and the gradients of a row's entries by their own numbers
 * (methods/features-and-sparsity.md 3.2 and 3.3). Each row is one thread's work. */
#include <math.h>

#include "analysis/sae-loss-private.h"

/* What one squared error weighs in the loss. */
static double
error_weight (const FoveaSaeLoss *l)
{
    double weight = 1 / (double) l->rows;
    return l->options->mean_elements ? weight / (double) l->parameters->d_out : weight;
}

/* out = 2 weight (xh - y); gives |xh - y|^2. */
static double
subtract_target (const float *xh, const float *y, int64_t n, float weight, float *out)
{
    double squares = 0;
    for (int64_t i = 0; i < n; i++) {
        float e = xh[i] - y[i];
        squares += (double) e * (double) e;
        out[i] = 2 * weight * e;
    }
    return squares;
}

/* First entry of a row, from @i on, that does not belong to the first @width latents. */
static int64_t
end_of_group (const FoveaSaeLoss *l, int64_t i, int64_t end, int g)
{
    if (g + 1 == l->groups)
        return end;
    while (i < end && l->entries.latent[i] < l->options->widths[g])
        i++;
    return i;
}

/* The second decode of a gated one: what the gate alone explains, with the decoder held fixed. */
static void
decode_gate (FoveaSaeLoss *l, int64_t t)
{
    const SaeEntries *e = &l->entries;
    const FoveaSaeParameters *w = l->parameters;
    int64_t n = w->d_out, first = e->start[t];
    float *side = l->side + t * n;
    double weight = error_weight (l);
    l->loops->sum (w->w_dec, n, n, e->latent + first, e->pre + first, e->start[t + 1] - first,
                   w->b_dec, side);
    l->row_sides[t] =
        weight * subtract_target (side, l->batch->target + t * n, n, (float) weight, side);
}

static void
decode_row (void *data, int64_t t, int worker)
{
    FoveaSaeLoss *l = data;
    const SaeEntries *e = &l->entries;
    const FoveaSaeParameters *w = l->parameters;
    int64_t n = w->d_out, i = e->start[t];
    float *xh = l->decoded + t * n, weight = (float) error_weight (l);
    l->row_losses[t] = 0;
    for (int g = 0; g < l->groups; g++) {
        int64_t end = end_of_group (l, i, e->start[t + 1], g);
        l->loops->sum (w->w_dec, n, n, e->latent + i, e->code + i, end - i, g == 0 ? w->b_dec : xh,
                       xh);
        l->row_errors[t] = subtract_target (xh, l->batch->target + t * n, n, weight,
                                            l->slope + (g * l->rows + t) * n);
        l->row_losses[t] += l->row_errors[t];
        i = end;
    }
    /* A latent of one prefix is part of all longer ones. */
    for (int g = l->groups - 2; g >= 0; g--) {
        float *slope = l->slope + (g * l->rows + t) * n;
        l->loops->blend (1, slope, 1, slope + l->rows * n, n, slope);
    }
    if (l->options->rule == FOVEA_SAE_RULE_GATED)
        decode_gate (l, t);
}

void
fovea_sae_loss_decode (FoveaSaeLoss *l)
{
    fovea_threads_loop (l->threads, l->rows, decode_row, l);
}

/* L1, or another norm, of the row's codes times their decoders' norms. */
static void
finish_standard (FoveaSaeLoss *l, int64_t t)
{
    SaeEntries *e = &l->entries;
    double p = l->options->lp_norm, sum = 0, a = l->options->sparsity / (double) l->rows;
    for (int64_t i = e->start[t]; i < e->start[t + 1]; i++)
        sum += pow ((double) (e->code[i] * l->norm[e->latent[i]]), p);
    l->row_terms[t] = a * (sum > 0 ? pow (sum, 1 / p) : 0);
    double outer = p != 1 && sum > 0 ? pow (sum, 1 / p - 1) : 1;
    for (int64_t i = e->start[t]; i < e->start[t + 1]; i++) {
        double norm = (double) l->norm[e->latent[i]], f = (double) e->code[i];
        double slope = a * outer * (p != 1 ? pow (f * norm, p - 1) : 1);
        e->d_norm[i] = (float) (slope * f);
        e->d_pre[i] = e->d_code[i] + (float) (slope * norm);
    }
}

/* d_pre is the gradient by u = x W_enc here: of the gate, and of the magnitude where it is on. */
static void
finish_gated (FoveaSaeLoss *l, int64_t t)
{
    SaeEntries *e = &l->entries;
    const FoveaSaeParameters *w = l->parameters;
    int64_t first = e->start[t], n = e->start[t + 1] - first;
    float a = (float) (l->options->sparsity / (double) l->rows);
    l->loops->dots (l->side + t * w->d_out, w->w_dec, w->d_out, w->d_out, e->latent + first, n,
                    e->d_pre + first);
    for (int64_t i = first; i < first + n; i++) {
        int32_t j = e->latent[i];
        float scale = expf (w->r_mag[j]), u = e->pre[i] - w->b_enc[j];
        l->row_terms[t] += (double) (a * e->pre[i] * l->norm[j]);
        e->d_norm[i] = a * e->pre[i];
        e->d_mag[i] = e->code[i] > 0 ? e->d_code[i] : 0;
        e->d_other[i] = e->d_mag[i] * u * scale;
        e->d_pre[i] += a * l->norm[j] + e->d_mag[i] * scale;
    }
}

/* One entry's terms of the tanh variant; gives their value. */
static double
add_tanh (FoveaSaeLoss *l, int64_t i, float off, float c, double *d_threshold)
{
    SaeEntries *e = &l->entries;
    int32_t j = e->latent[i];
    float norm = l->norm[j], v = tanhf (4 * e->code[i] * norm), slope = 4 * c * (1 - v * v);
    double value = (double) (c * v);
    e->d_code[i] += slope * norm;
    e->d_norm[i] = slope * e->code[i];
    e->d_pre[i] = off > 0 ? e->d_code[i] : 0;
    if (off < 0 && l->options->pre_act != 0 && l->batch->dead != NULL && l->batch->dead[j]) {
        float a = (float) (l->options->pre_act / (double) l->rows);
        value -= (double) (a * off * norm);
        e->d_norm[i] -= a * off;
        e->d_pre[i] -= a * norm;
        *d_threshold += (double) (a * norm);
    }
    return value;
}

/* Straight-through: a threshold feels the entries within half a bandwidth. */
static void
finish_jump (FoveaSaeLoss *l, int64_t t)
{
    SaeEntries *e = &l->entries;
    double width = l->options->bandwidth;
    float c = (float) (l->options->sparsity / (double) l->rows);
    for (int64_t i = e->start[t]; i < e->start[t + 1]; i++) {
        double threshold = (double) l->threshold[e->latent[i]], d_threshold = 0;
        float off = e->pre[i] - l->threshold[e->latent[i]];
        gboolean near = fabs ((double) off) < width / 2;
        if (l->options->rule == FOVEA_SAE_RULE_JUMPRELU_TANH) {
            l->row_terms[t] += add_tanh (l, i, off, c, &d_threshold);
        } else {
            l->row_terms[t] += off > 0 ? (double) c : 0;
            e->d_norm[i] = 0;
            e->d_pre[i] = off > 0 ? e->d_code[i] : 0;
            d_threshold -= near ? (double) c / width : 0;
        }
        d_threshold -= near ? threshold / width * (double) e->d_code[i] : 0;
        e->d_other[i] = (float) (d_threshold * threshold); /* the parameter is the logarithm */
    }
}

static void
run_row_backward (void *data, int64_t t, int worker)
{
    FoveaSaeLoss *l = data;
    SaeEntries *e = &l->entries;
    const FoveaSaeParameters *w = l->parameters;
    int64_t n = w->d_out, i = e->start[t];
    l->row_terms[t] = 0;
    for (int g = 0; g < l->groups; g++) {
        int64_t end = end_of_group (l, i, e->start[t + 1], g);
        l->loops->dots (l->slope + (g * l->rows + t) * n, w->w_dec, n, n, e->latent + i, end - i,
                        e->d_code + i);
        i = end;
    }
    if (l->options->rule == FOVEA_SAE_RULE_STANDARD)
        finish_standard (l, t);
    else if (l->options->rule == FOVEA_SAE_RULE_GATED)
        finish_gated (l, t);
    else if (sae_rule_jumps (l->options->rule))
        finish_jump (l, t);
    else
        for (i = e->start[t]; i < e->start[t + 1]; i++)
            e->d_pre[i] = e->d_code[i];
}

void
fovea_sae_loss_rows_backward (FoveaSaeLoss *l)
{
    fovea_threads_loop (l->threads, l->rows, run_row_backward, l);
}
