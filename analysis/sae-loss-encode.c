/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From rows to entries: which latents a row's loss depends on. Row-wise top-k comes from the fused
 * encoder; other rules look at all products. */
#include <math.h>
#include <string.h>

#include "analysis/sae-loss-private.h"

enum {
    FIRST_BITS = 12, /* of the 31 bits of a magnitude: sorted into bins by these at first */
    FIRST_SHIFT = 31 - FIRST_BITS,
    BINS = 1 << FIRST_BITS,
    /* Latents of one product of BLAS on any number of threads, so that a run goes on to the same bits. */
    PANEL = 128
};

/* What latents of a batch compete by; only what is above 0 competes. */
static inline float
rank_of (const FoveaSaeLoss *l, float product, int64_t j)
{
    float q = l->options->rescales ? product * l->norm[j] : product;
    return sae_rule_has_signs (l->options->rule) ? fabsf (q) : q;
}

static inline uint32_t
bits_of (float x)
{
    uint32_t bits;
    memcpy (&bits, &x, sizeof bits);
    return bits;
}

/* For qsort: falling. */
static int
compare_floats (const void *a, const void *b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return x > y ? -1 : x < y;
}

/* The bin in which the @keep-th largest lies; what is above it is taken off @keep. -1 if there are
 * fewer. */
static int
find_bin (const FoveaSaeLoss *l, int64_t *keep, int64_t *in_bin)
{
    int64_t F = l->parameters->n_latents, n = l->rows * F;
    g_autofree int64_t *bins = g_new0 (int64_t, BINS);
    for (int64_t i = 0; i < n; i++) {
        float rank = rank_of (l, l->products[i], i % F);
        if (rank > 0)
            bins[bits_of (rank) >> FIRST_SHIFT]++;
    }
    int bin = BINS - 1;
    for (; bin >= 0 && *keep > bins[bin]; bin--)
        *keep -= bins[bin];
    *in_bin = bin >= 0 ? bins[bin] : 0;
    return bin;
}

float
fovea_sae_batch_threshold (const FoveaSaeLoss *l, int64_t keep, int64_t *n_ties)
{
    int64_t F = l->parameters->n_latents, size, n = 0;
    int bin = find_bin (l, &keep, &size);
    *n_ties = G_MAXINT64;
    if (bin < 0)
        return 0;
    g_autofree float *list = g_new (float, size);
    for (int64_t i = 0; i < l->rows * F; i++) {
        float rank = rank_of (l, l->products[i], i % F);
        if (rank > 0 && (int) (bits_of (rank) >> FIRST_SHIFT) == bin)
            list[n++] = rank;
    }
    qsort (list, (size_t) n, sizeof *list, compare_floats);
    float threshold = list[keep - 1];
    *n_ties = 0;
    for (int64_t i = 0; i < keep; i++)
        *n_ties += list[i] == threshold;
    return threshold;
}

/* Whether latent @j of a row is an entry, and its code. Batch rules are decided by fill_batch(). */
static inline bool
enters (const FoveaSaeLoss *l, float p, int64_t j, float *code)
{
    const FoveaSaeLossOptions *o = l->options;
    *code = p;
    if (o->rule == FOVEA_SAE_RULE_STANDARD)
        return p > 0;
    if (o->rule == FOVEA_SAE_RULE_GATED) {
        const FoveaSaeParameters *w = l->parameters;
        float magnitude = (p - w->b_enc[j]) * expf (w->r_mag[j]) + w->b_mag[j];
        *code = magnitude > 0 ? magnitude : 0;
        return p > 0;
    }
    float off = p - l->threshold[j];
    bool is_dead = o->pre_act != 0 && l->batch->dead != NULL && l->batch->dead[j] && off < 0;
    *code = off > 0 ? p : 0;
    return off > 0 || fabsf (off) < (float) o->bandwidth / 2 || is_dead;
}

static void
count_row (void *data, int64_t t, int worker)
{
    FoveaSaeLoss *l = data;
    int64_t F = l->parameters->n_latents, n = 0;
    float code;
    for (int64_t j = 0; j < F; j++)
        n += enters (l, l->products[t * F + j], j, &code);
    l->entries.start[t + 1] = n;
}

static void
fill_row (void *data, int64_t t, int worker)
{
    FoveaSaeLoss *l = data;
    SaeEntries *e = &l->entries;
    int64_t F = l->parameters->n_latents, n = e->start[t];
    float code;
    for (int64_t j = 0; j < F; j++)
        if (enters (l, l->products[t * F + j], j, &code)) {
            e->latent[n] = (int32_t) j;
            e->pre[n] = l->products[t * F + j];
            e->code[n++] = code;
        }
}

/* Each row by itself. */
static void
fill_rows (FoveaSaeLoss *l)
{
    SaeEntries *e = &l->entries;
    fovea_sae_entries_reserve (e, 0, l->rows, l->parameters->n_latents);
    fovea_threads_loop (l->threads, l->rows, count_row, l);
    for (int64_t t = 0; t < l->rows; t++)
        e->start[t + 1] += e->start[t];
    e->n = e->start[l->rows];
    fovea_sae_entries_reserve (e, e->n, l->rows, l->parameters->n_latents);
    fovea_threads_loop (l->threads, l->rows, fill_row, l);
}

/* The floor (k B) largest of the whole batch; ties to the earlier row, then the lower latent. */
static void
fill_batch (FoveaSaeLoss *l)
{
    SaeEntries *e = &l->entries;
    int64_t F = l->parameters->n_latents, ties;
    int64_t keep = (int64_t) floor (l->options->k * (double) l->rows);
    float threshold = fovea_sae_batch_threshold (l, keep, &ties);
    fovea_sae_entries_reserve (e, keep, l->rows, F);
    e->n = 0;
    for (int64_t t = 0; t < l->rows; t++) {
        for (int64_t j = 0; j < F; j++) {
            float p = l->products[t * F + j], rank = rank_of (l, p, j);
            if (!(rank > threshold) && !(rank > 0 && rank == threshold && ties-- > 0))
                continue;
            e->latent[e->n] = (int32_t) j;
            e->pre[e->n] = p;
            e->code[e->n++] = p;
        }
        e->start[t + 1] = e->n;
    }
}

static gboolean
encode_top (FoveaSaeLoss *l, GError **error)
{
    const FoveaSaeParameters *w = l->parameters;
    const FoveaTopWeights weights = {.w = w->w_enc,
                                     .bias = w->b_enc,
                                     .scale = l->options->rescales ? l->norm : NULL,
                                     .n_latents = w->n_latents};
    FoveaTopCodesArgs args = {.rows = l->rows, .x = l->x, .x_stride = w->d_in};
    args.k = (int64_t) l->options->k;
    args.by_magnitude = sae_rule_has_signs (l->options->rule);
    args.only_positive = !args.by_magnitude;
    args.latent = l->top_latent;
    args.value = l->top_value;
    args.count = l->top_count;
    fovea_top_encoder_set (l->encoder, &weights);
    if (!fovea_top_encoder_run (l->encoder, &args, error))
        return FALSE;
    fovea_sae_entries_from_top (&l->entries, l->rows, w->n_latents, args.k, args.latent, args.value,
                                args.count);
    return TRUE;
}

gboolean
fovea_sae_loss_encode (FoveaSaeLoss *l, GError **error)
{
    const FoveaSaeParameters *w = l->parameters;
    FoveaSaeRule rule = l->options->rule;
    if (!sae_rule_is_dense (rule))
        return encode_top (l, error);
    const FoveaLinearArgs product = {.rows = l->rows,
                                     .x = l->x,
                                     .x_stride = w->d_in,
                                     .weight = {.data = w->w_enc,
                                                .dtype = FOVEA_F32,
                                                .n_out = w->n_latents,
                                                .n_in = w->d_in,
                                                .stride = w->d_in},
                                     .bias = w->b_enc,
                                     .y = l->products,
                                     .y_stride = w->n_latents,
                                     .panel = PANEL};
    fovea_device_get_ops (l->device)->linear (l->device, &product);
    if (!fovea_device_sync (l->device, error))
        return FALSE;
    if (rule == FOVEA_SAE_RULE_BATCHTOPK || rule == FOVEA_SAE_RULE_MATRYOSHKA ||
        rule == FOVEA_SAE_RULE_BATCH_ABSTOPK)
        fill_batch (l);
    else
        fill_rows (l);
    return TRUE;
}
