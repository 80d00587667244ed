/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A latent's direct path to the answer: what a unit of its code adds to each logit where nothing
 * comes between, with the final norm's scale left out, which is the same for all tokens. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/sae-latent.h"
#include "kernels/weight.h"

/* Sums one row of a matrix against @x. */
static double
multiply_row (const FoveaWeight *weight, gint64 o, const float *x, float *row)
{
    double sum = 0;
    fovea_weight_read (weight, o, 0, weight->n_in, row);
    for (gint64 i = 0; i < weight->n_in; i++)
        sum += (double) row[i] * (double) x[i];
    return sum;
}

/* The decoder's row as a direction of the stream: (C). */
static float *
get_direction (const FoveaSaeLatent *latent, const FoveaSae *sae, FoveaModel *model, GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    const float *row = sae->w_dec + latent->latent * sae->d_out;
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    guint layer = 0;
    FoveaWeight o;
    if (!sae->hook_z && sae->d_out == a->width)
        return g_memdup2 (row, (gsize) a->width * sizeof *row);
    if (!sae->hook_z || sae->d_out != a->n_heads * a->head_width || site == NULL ||
        sscanf (site, "blocks.%u.", &layer) != 1 || layer >= (guint64) a->n_layers ||
        !fovea_model_get_matrix (model, FOVEA_WEIGHT_O, layer, &o)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s of width %" G_GINT64_FORMAT " does not write into a stream of width "
                     "%" G_GINT64_FORMAT,
                     site != NULL ? site : "a site", sae->d_out, a->width);
        return NULL;
    }
    float *out = g_new (float, (gsize) a->width);
    g_autofree float *scratch = g_new (float, (gsize) o.n_in);
    for (gint64 c = 0; c < a->width; c++)
        out[c] = (float) multiply_row (&o, c, row, scratch);
    return out;
}

/* Through the final norm, its scale left out. */
static void
apply_norm (FoveaModel *model, float *direction)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    const float *gain = fovea_model_get_vector (model, FOVEA_WEIGHT_FINAL_NORM_GAIN, 0);
    double mean = 0;
    for (gint64 c = 0; a->norm == FOVEA_NORM_LAYER && c < a->width; c++)
        mean += (double) direction[c] / (double) a->width;
    for (gint64 c = 0; c < a->width; c++)
        direction[c] =
            (direction[c] - (float) mean) * (gain != NULL ? gain[c] + a->norm_gain_offset : 1);
}

/* Centres the effects and takes their moments. */
static void
centre (FoveaSaeLatent *latent, double *effects, gint64 V)
{
    double mean = 0, second = 0, third = 0, fourth = 0, n = (double) V;
    for (gint64 v = 0; v < V; v++)
        mean += effects[v] / n;
    for (gint64 v = 0; v < V; v++) {
        double e = effects[v] -= mean;
        second += e * e / n;
        third += e * e * e / n;
        fourth += e * e * e * e / n;
    }
    latent->effect_std = sqrt (second);
    latent->effect_skew = second > 0 ? third / pow (second, 1.5) : 0;
    latent->effect_kurtosis = second > 0 ? fourth / (second * second) - 3 : 0;
}

/* A vocabulary may have rows that the tokenizer has no text for. */
static char *
copy_text (FoveaTokenizer *tokenizer, gint32 id)
{
    gsize length = 0;
    const char *bytes = (guint) id < fovea_tokenizer_get_size (tokenizer)
                            ? fovea_tokenizer_get_bytes (tokenizer, id, &length)
                            : NULL;
    return bytes != NULL ? g_strndup (bytes, length) : g_strdup_printf ("[%d]", id);
}

/* The @n largest of sign times effect; the lower id first where they tie. */
static void
choose (
    GArray *list, const double *effects, gint64 V, guint n, double sign, FoveaTokenizer *tokenizer)
{
    g_array_set_size (list, 0);
    for (gint64 v = 0; v < V; v++) {
        guint at = list->len;
        while (at > 0 && sign * (double) g_array_index (list, FoveaLatentToken, at - 1).effect <
                             (double) (float) (sign * effects[v]))
            at--;
        if (at >= n)
            continue;
        FoveaLatentToken token = {(gint32) v, (float) effects[v], NULL, FALSE};
        g_array_insert_val (list, at, token);
        if (list->len > n)
            g_array_set_size (list, n);
    }
    for (guint i = 0; i < list->len; i++) {
        FoveaLatentToken *token = &g_array_index (list, FoveaLatentToken, i);
        token->text = copy_text (tokenizer, token->id);
        token->special = fovea_tokenizer_is_special (tokenizer, token->id);
    }
}

/* A token with its effect, while the vocabulary is sorted. */
typedef struct {
    double effect;
    gint64 id;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->effect != y->effect)
        return x->effect > y->effect ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* How the sets of tokens lie along the effects. */
static void
enrich (FoveaSaeLatent *latent, const double *effects, gint64 V, FoveaTokenizer *tokenizer)
{
    g_autofree Ranked *ranked = g_new (Ranked, (gsize) V);
    g_autofree gint64 *order = g_new (gint64, (gsize) V);
    g_autofree guint8 *members = g_new0 (guint8, (gsize) V * FOVEA_N_TOKEN_SETS);
    for (gint64 v = 0; v < V; v++) {
        gsize length;
        const char *bytes = (guint64) v < fovea_tokenizer_get_size (tokenizer)
                                ? fovea_tokenizer_get_bytes (tokenizer, (gint32) v, &length)
                                : NULL;
        ranked[v] = (Ranked){effects[v], v};
        for (int set = 0; bytes != NULL && set < FOVEA_N_TOKEN_SETS; set++)
            members[set * V + v] = fovea_token_set_contains (set, bytes) != FALSE;
    }
    qsort (ranked, (gsize) V, sizeof *ranked, compare_ranked);
    for (gint64 i = 0; i < V; i++)
        order[i] = ranked[i].id;
    for (int set = 0; set < FOVEA_N_TOKEN_SETS; set++)
        latent->sets[set] = fovea_token_set_enrich (order, members + set * V, V);
}

gboolean
fovea_sae_latent_set_effects (
    FoveaSaeLatent *latent, const FoveaSae *sae, FoveaModel *model, guint n, GError **error)
{
    gint64 V = fovea_model_get_architecture (model)->vocabulary;
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, error);
    FoveaWeight unembed;
    if (tokenizer == NULL)
        return FALSE;
    if (!fovea_model_get_matrix (model, FOVEA_WEIGHT_UNEMBED, 0, &unembed)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s has no unembedding",
                     fovea_model_get_name (model));
        return FALSE;
    }
    g_autofree float *direction = get_direction (latent, sae, model, error);
    if (direction == NULL)
        return FALSE;
    apply_norm (model, direction);
    for (gint64 c = 0; latent->unit > 0 && c < fovea_model_get_architecture (model)->width; c++)
        direction[c] = (float) ((double) direction[c] / latent->unit);
    g_autofree double *effects = g_new (double, (gsize) V);
    g_autofree float *row = g_new (float, (gsize) unembed.n_in);
    for (gint64 v = 0; v < V; v++)
        effects[v] = multiply_row (&unembed, v, direction, row);
    centre (latent, effects, V);
    choose (latent->up, effects, V, n, 1, tokenizer);
    choose (latent->down, effects, V, n, -1, tokenizer);
    enrich (latent, effects, V, tokenizer);
    return TRUE;
}
