/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The order of the passes, and their memory. Dense work is the product of the encoder; the rest
 * touches codes only, about 4 L0 rows of the dictionary for each row of the batch. */
#include "analysis/sae-loss.h"

#include <math.h>
#include <string.h>

#include "analysis/sae-loss-private.h"

FoveaSaeLoss *
fovea_sae_loss_new (FoveaDevice *device, const FoveaSaeParameters *w, GError **error)
{
    g_autoptr (FoveaSaeLoss) l = g_new0 (FoveaSaeLoss, 1);
    l->device = device;
    l->threads = fovea_device_get_threads (device);
    l->loops = fovea_sparse_loops_choose ();
    l->encoder = fovea_top_encoder_new (device, w->d_in, error);
    if (l->encoder == NULL)
        return NULL;
    l->dead_encoder = fovea_top_encoder_new (device, w->d_in, error);
    l->norm = g_new0 (float, w->n_latents);
    l->threshold = g_new0 (float, w->n_latents);
    l->counts = g_new0 (int32_t, w->n_latents);
    l->d_pre_sum = g_new0 (double, w->n_latents);
    l->dead_list = g_new0 (int32_t, w->n_latents);
    l->parts = g_new0 (float, SAE_PARTS *MAX (w->d_in, w->d_out));
    return g_steal_pointer (&l);
}

void
fovea_sae_loss_free (FoveaSaeLoss *l)
{
    if (l == NULL)
        return;
    void *const arrays[] = {l->norm,     l->threshold,  l->counts,     l->d_pre_sum,  l->dead_list,
                            l->parts,    l->centred,    l->products,   l->decoded,    l->slope,
                            l->side,     l->row_errors, l->row_losses, l->row_terms,  l->row_sides,
                            l->scratch,  l->counting,   l->ones,       l->top_latent, l->top_count,
                            l->top_value};
    fovea_top_encoder_free (l->encoder);
    fovea_top_encoder_free (l->dead_encoder);
    fovea_sae_entries_clear (&l->entries);
    fovea_sae_entries_clear (&l->dead_entries);
    for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
        g_free (arrays[i]);
    g_free (l);
}

/* Room that grows with the batch or the number of prefixes. */
static void
reserve (FoveaSaeLoss *l)
{
    const FoveaSaeParameters *w = l->parameters;
    int64_t rows = l->rows, most = MAX (rows, w->n_latents);
    int threads = fovea_threads_count (l->threads);
    size_t top =
        sae_rule_is_dense (l->options->rule) ? 0 : (size_t) (rows * (int64_t) l->options->k);
    if (top > l->top_room) {
        l->top_latent = g_renew (int32_t, l->top_latent, top);
        l->top_value = g_renew (float, l->top_value, top);
        l->top_room = top;
    }
    if (rows <= l->rows_room && l->groups <= l->groups_room)
        return;
    l->centred = g_renew (float, l->centred, rows * w->d_in);
    l->decoded = g_renew (float, l->decoded, rows * w->d_out);
    l->side = g_renew (float, l->side, rows * w->d_out);
    l->slope = g_renew (float, l->slope, l->groups *rows * w->d_out);
    l->scratch = g_renew (float, l->scratch, threads *rows);
    if (sae_rule_is_dense (l->options->rule))
        l->products = g_renew (float, l->products, rows * w->n_latents);
    double **doubles[] = {&l->row_errors, &l->row_losses, &l->row_terms, &l->row_sides};
    for (guint i = 0; i < G_N_ELEMENTS (doubles); i++)
        *doubles[i] = g_renew (double, *doubles[i], rows);
    l->top_count = g_renew (int32_t, l->top_count, rows);
    l->counting = g_renew (int32_t, l->counting, most);
    l->ones = g_renew (float, l->ones, most);
    for (int64_t i = 0; i < most; i++) {
        l->counting[i] = (int32_t) i;
        l->ones[i] = 1;
    }
    l->rows_room = rows;
    l->groups_room = l->groups;
}

static gboolean
check (const FoveaSaeLossOptions *o, const FoveaSaeParameters *w, GError **error)
{
    gboolean ranks = o->rule >= FOVEA_SAE_RULE_TOPK, rises = TRUE;
    if (ranks && !(o->k >= 1 && o->k <= (double) w->n_latents)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "k is %g, expected 1 to %" G_GINT64_FORMAT " latents", o->k, w->n_latents);
        return FALSE;
    }
    if (o->rule != FOVEA_SAE_RULE_MATRYOSHKA)
        return TRUE;
    for (int g = 1; g < o->n_widths; g++)
        rises = rises && o->widths[g] > o->widths[g - 1];
    if (o->n_widths >= 1 && o->n_widths <= FOVEA_SAE_MOST_WIDTHS && rises && o->widths[0] > 0 &&
        o->widths[o->n_widths - 1] == w->n_latents)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "matryoshka widths must rise to the number of latents, %" G_GINT64_FORMAT,
                 w->n_latents);
    return FALSE;
}

static void
measure_latents (void *data, int64_t item, int worker)
{
    FoveaSaeLoss *l = data;
    const FoveaSaeParameters *w = l->parameters;
    int64_t end = MIN ((item + 1) * SAE_LATENTS, w->n_latents);
    for (int64_t j = item * SAE_LATENTS; j < end; j++) {
        const float *row = w->w_dec + j * w->d_out;
        l->loops->dots (row, row, w->d_out, w->d_out, NULL, 1, &l->norm[j]);
        l->norm[j] = sqrtf (l->norm[j]);
        l->threshold[j] = w->log_threshold != NULL ? expf (w->log_threshold[j]) : 0;
    }
}

static void
centre_row (void *data, int64_t t, int worker)
{
    FoveaSaeLoss *l = data;
    int64_t d = l->parameters->d_in;
    l->loops->blend (1, l->batch->x + t * d, -1, l->parameters->b_dec, d, l->centred + t * d);
}

/* What the codes alone tell: who fired, and how weakly. */
static void
count_codes (FoveaSaeLoss *l, FoveaSaeLossResult *result)
{
    const SaeEntries *e = &l->entries;
    double smallest = INFINITY, sum = 0;
    int64_t n = 0, rows = 0;
    memset (l->counts, 0, (size_t) l->parameters->n_latents * sizeof *l->counts);
    for (int64_t t = 0; t < l->rows; t++) {
        double least = INFINITY;
        for (int64_t i = e->start[t]; i < e->start[t + 1]; i++) {
            if (e->code[i] == 0)
                continue;
            float norm = l->options->rescales ? l->norm[e->latent[i]] : 1;
            least = MIN (least, fabs ((double) (e->code[i] * norm)));
            l->counts[e->latent[i]]++;
            n++;
        }
        smallest = MIN (smallest, least);
        sum += isfinite (least) ? least : 0;
        rows += isfinite (least);
    }
    result->l0 = (double) n / (double) l->rows;
    result->smallest_kept = isfinite (smallest) ? smallest : 0;
    result->mean_smallest_kept = rows > 0 ? sum / (double) rows : 0;
}

static void
add_up (FoveaSaeLoss *l, double dead, FoveaSaeLossResult *result)
{
    double weight = 1 / (double) l->rows, errors = 0;
    if (l->options->mean_elements)
        weight /= (double) l->parameters->d_out;
    result->sparsity = 0;
    result->aux = dead;
    result->squared_error = 0;
    for (int64_t t = 0; t < l->rows; t++) {
        errors += l->row_losses[t];
        result->squared_error += l->row_errors[t];
        result->sparsity += l->row_terms[t];
    }
    result->mse = weight * result->squared_error;
    result->loss = weight * errors + result->sparsity + result->aux;
}

/* A gated one's second decode uses the room of the dead latents' before they do. */
static double
add_gate (const FoveaSaeLoss *l)
{
    double sum = 0;
    for (int64_t t = 0; t < l->rows && l->options->rule == FOVEA_SAE_RULE_GATED; t++)
        sum += l->row_sides[t];
    return sum;
}

gboolean
fovea_sae_loss_run (FoveaSaeLoss *l,
                    const FoveaSaeLossOptions *options,
                    const FoveaSaeParameters *parameters,
                    const FoveaSaeBatch *batch,
                    FoveaSaeParameters *gradient,
                    FoveaSaeLossResult *result,
                    GError **error)
{
    double dead = 0;
    if (!check (options, parameters, error))
        return FALSE;
    l->options = options;
    l->parameters = parameters;
    l->batch = batch;
    l->gradient = gradient;
    l->rows = batch->rows;
    l->groups = options->rule == FOVEA_SAE_RULE_MATRYOSHKA ? options->n_widths : 1;
    reserve (l);
    fovea_threads_loop (l->threads, (parameters->n_latents + SAE_LATENTS - 1) / SAE_LATENTS,
                        measure_latents, l);
    l->x = options->subtracts_b_dec ? l->centred : batch->x;
    if (options->subtracts_b_dec)
        fovea_threads_loop (l->threads, l->rows, centre_row, l);
    if (!fovea_sae_loss_encode (l, error))
        return FALSE;
    fovea_sae_loss_decode (l);
    fovea_sae_loss_rows_backward (l);
    double gate = add_gate (l);
    if (gradient != NULL) {
        fovea_sae_entries_sort (&l->entries, l->rows, parameters->n_latents);
        fovea_sae_loss_latents_backward (l, &l->entries, l->slope, FALSE);
    }
    if (!fovea_sae_loss_add_dead (l, &dead, error))
        return FALSE;
    if (gradient != NULL)
        fovea_sae_loss_bias_backward (l);
    count_codes (l, result);
    add_up (l, gate + dead, result);
    return TRUE;
}

const int32_t *
fovea_sae_loss_get_counts (const FoveaSaeLoss *l)
{
    return l->counts;
}

const double *
fovea_sae_loss_get_row_errors (const FoveaSaeLoss *l)
{
    return l->row_errors;
}
