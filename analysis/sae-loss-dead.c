/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Auxiliary loss: latents that have not fired for long explain what the others leave
 * (methods/features-and-sparsity.md 3.4). The residual is held fixed, and is decoded without bias,
 * which it already contains. */
#include "analysis/sae-loss-private.h"

typedef struct {
    FoveaSaeLoss *loss;
    double weight; /* of a squared error in the loss */
} DeadPass;

/* side = 2 weight (decode - residual), and the entries' gradients by it. */
static void
run_row (void *data, int64_t t, int worker)
{
    const DeadPass *p = data;
    FoveaSaeLoss *l = p->loss;
    SaeEntries *e = &l->dead_entries;
    int64_t n = l->parameters->d_out, first = e->start[t], count = e->start[t + 1] - first;
    float *side = l->side + t * n;
    const float *y = l->batch->target + t * n, *xh = l->decoded + t * n;
    double squares = 0;
    l->loops->sum (l->parameters->w_dec, n, n, e->latent + first, e->code + first, count, NULL,
                   side);
    for (int64_t i = 0; i < n; i++) {
        float error = side[i] - (y[i] - xh[i]);
        squares += (double) error * (double) error;
        side[i] = (float) (2 * p->weight) * error;
    }
    l->row_sides[t] = p->weight * squares;
    l->loops->dots (side, l->parameters->w_dec, n, n, e->latent + first, count, e->d_code + first);
    for (int64_t i = first; i < first + count; i++)
        e->d_pre[i] = e->d_code[i];
}

/* Mean over rows of |r - mean r|^2 of the residual r. */
static double
residual_variance (const FoveaSaeLoss *l)
{
    int64_t n = l->parameters->d_out;
    double total = 0;
    for (int64_t i = 0; i < n; i++) {
        double sum = 0, squares = 0;
        for (int64_t t = 0; t < l->rows; t++) {
            double r = (double) l->batch->target[t * n + i] - (double) l->decoded[t * n + i];
            sum += r;
            squares += r * r;
        }
        total += squares - sum * sum / (double) l->rows;
    }
    return total / (double) l->rows;
}

static int64_t
list_dead (FoveaSaeLoss *l)
{
    int64_t n = 0;
    for (int64_t j = 0; l->batch->dead != NULL && j < l->parameters->n_latents; j++)
        if (l->batch->dead[j])
            l->dead_list[n++] = (int32_t) j;
    return n;
}

/* The @k largest products of each row among the @n dead. */
static gboolean
encode_dead (FoveaSaeLoss *l, int64_t n, int64_t k, GError **error)
{
    const FoveaSaeParameters *w = l->parameters;
    const FoveaTopWeights weights = {
        .w = w->w_enc, .bias = w->b_enc, .members = l->dead_list, .n_latents = n};
    g_autofree int32_t *latent = g_new (int32_t, l->rows * k), *count = g_new (int32_t, l->rows);
    g_autofree float *value = g_new (float, l->rows *k);
    FoveaTopCodesArgs args = {.rows = l->rows, .x = l->x, .x_stride = w->d_in, .k = k};
    args.by_magnitude = sae_rule_has_signs (l->options->rule);
    args.latent = latent;
    args.value = value;
    args.count = count;
    fovea_top_encoder_set (l->dead_encoder, &weights);
    if (!fovea_top_encoder_run (l->dead_encoder, &args, error))
        return FALSE;
    fovea_sae_entries_from_top (&l->dead_entries, l->rows, w->n_latents, k, latent, value, count);
    return TRUE;
}

gboolean
fovea_sae_loss_add_dead (FoveaSaeLoss *l, double *value, GError **error)
{
    const FoveaSaeLossOptions *o = l->options;
    int64_t n = list_dead (l), k = o->aux_k > 0 ? o->aux_k : MAX (l->parameters->d_out / 2, 1);
    double share = MIN ((double) n / (double) k, 1);
    *value = 0;
    if (n == 0 || o->aux == 0)
        return TRUE;
    if (!encode_dead (l, n, MIN (k, n), error))
        return FALSE;
    DeadPass pass = {l, o->aux * share / (double) l->rows};
    if (o->mean_elements)
        pass.weight /= (double) l->parameters->d_out;
    if (o->aux_by_variance)
        pass.weight /= MAX (residual_variance (l), G_MINDOUBLE);
    fovea_threads_loop (l->threads, l->rows, run_row, &pass);
    for (int64_t t = 0; t < l->rows; t++)
        *value += l->row_sides[t];
    if (l->gradient == NULL)
        return TRUE;
    fovea_sae_entries_sort (&l->dead_entries, l->rows, l->parameters->n_latents);
    fovea_sae_loss_latents_backward (l, &l->dead_entries, l->side, TRUE);
    return TRUE;
}
