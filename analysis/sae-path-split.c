/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each step pulls a direction back through one linear map: from a latent to the heads' values, through
 * the value matrix and the norm's gain and frozen scale to the source's stream, and there it is
 * multiplied by the parts that the stream is a sum of. Sums in double precision. Cost of an attention
 * latent: T H C flops for the directions, and 2 C for each part. */
#include <math.h>

#include "analysis/sae-path-private.h"
#include "analysis/sae-reading.h"
#include "kernels/weight.h"

/* A layer's norm before its attention, as one token meets it. */
typedef struct {
    double mean, scale; /* (x - mean) * scale, then gain and bias */
} FrozenNorm;

static double
dot (const double *a, const float *b, gint64 n)
{
    double sum = 0;
    for (gint64 i = 0; i < n; i++)
        sum += a[i] * (double) b[i];
    return sum;
}

const float *
fovea_path_read_rows (const FoveaPathFinder *finder,
                      float **rows,
                      guint layer,
                      const char *point,
                      gint64 width,
                      GError **error)
{
    if (*rows != NULL)
        return *rows;
    g_autofree char *name = g_strdup_printf ("blocks.%u.%s", layer, point);
    g_autofree float *own = g_new (float, (gsize) (finder->T * width));
    if (!fovea_trace_read (finder->trace, name, 0, finder->T, own, error))
        return NULL;
    return *rows = g_steal_pointer (&own);
}

static const float *
read_stream (FoveaPathFinder *finder, guint layer, GError **error)
{
    return fovea_path_read_rows (finder, &finder->pre[layer], layer, "hook_resid_pre", finder->C,
                                 error);
}

gboolean
fovea_path_encode_site (const FoveaPathFinder *finder,
                        FoveaPathSite *site,
                        const float *rows,
                        GError **error)
{
    if (rows == NULL)
        return FALSE;
    if (site->codes != NULL)
        return TRUE;
    if (site->sae->rescale_acts_by_decoder_norm && fovea_sae_has_k (site->sae->architecture))
        site->norms = fovea_sae_decoder_norms (site->sae);
    site->codes = fovea_sae_encode (site->sae, finder->device, finder->T, rows, error);
    return site->codes != NULL;
}

/* The latents of one encoded row times a direction; what they and the bias leave is the error. */
static void
add_latents (const FoveaPathSite *site,
             FoveaPathKind kind,
             guint layer,
             gint64 t,
             const float *row,
             const double *direction,
             FoveaPathSplit *split)
{
    const FoveaSae *sae = site->sae;
    const FoveaSaeCodes *codes = site->codes;
    double scale = codes->scale != NULL ? (double) codes->scale[t] : 1;
    double shift = codes->shift != NULL ? (double) codes->shift[t] : 0, bias = 0;
    double whole = dot (direction, row, sae->d_out), explained = 0;
    for (gint64 i = 0; i < sae->d_out; i++)
        bias += direction[i] * ((double) sae->b_dec[i] * scale + shift);
    for (gint64 c = codes->offsets[t]; c < codes->offsets[t + 1]; c++) {
        gint32 j = codes->latents[c];
        double factor = fovea_sae_get_write_factor (codes, site->norms, t, j);
        FoveaPathPart part = {kind, layer, t, j, 0, NULL};
        part.value = (double) codes->values[c] * factor *
                     dot (direction, sae->w_dec + j * sae->d_out, sae->d_out);
        explained += part.value;
        g_array_append_val (split->parts, part);
    }
    split->bias += bias;
    split->error += whole - bias - explained;
    split->has_error = TRUE;
}

static double *
keep_direction (const double *direction, gint64 n)
{
    double *kept = g_rc_box_alloc ((gsize) n * sizeof *kept);
    for (gint64 i = 0; i < n; i++)
        kept[i] = direction[i];
    return kept;
}

/* The stream that enters @layer at token @t, by what was added to it. */
static gboolean
add_components (FoveaPathFinder *finder,
                guint layer,
                gint64 t,
                const double *direction,
                FoveaPathSplit *split,
                GError **error)
{
    const float *first = read_stream (finder, 0, error);
    if (first == NULL)
        return FALSE;
    FoveaPathPart embedding = {FOVEA_PATH_EMBEDDING, 0, t, -1, 0, NULL};
    embedding.value = dot (direction, first + t * finder->C, finder->C);
    g_array_append_val (split->parts, embedding);
    double *kept = keep_direction (direction, finder->C);
    gboolean fine = TRUE;
    for (guint l = 0; fine && l < layer; l++) {
        const float *attention = fovea_path_read_rows (finder, &finder->attn_out[l], l,
                                                       "hook_attn_out", finder->C, error);
        const float *mlp = attention != NULL
                               ? fovea_path_read_rows (finder, &finder->mlp_out[l], l,
                                                       "hook_mlp_out", finder->C, error)
                               : NULL;
        fine = mlp != NULL;
        if (!fine)
            break;
        FoveaPathPart a = {FOVEA_PATH_ATTENTION, l, t, -1, 0, g_rc_box_acquire (kept)};
        FoveaPathPart m = {FOVEA_PATH_MLP, l, t, -1, 0, NULL};
        a.value = dot (direction, attention + t * finder->C, finder->C);
        m.value = dot (direction, mlp + t * finder->C, finder->C);
        g_array_append_val (split->parts, a);
        g_array_append_val (split->parts, m);
    }
    g_rc_box_release (kept);
    return fine;
}

/* The stream that enters @layer at token @t times a direction. */
static gboolean
split_stream (FoveaPathFinder *finder,
              guint layer,
              gint64 t,
              const double *direction,
              FoveaPathSplit *split,
              GError **error)
{
    FoveaPathSite *site = &finder->stream[layer];
    const float *rows = read_stream (finder, layer, error);
    if (rows == NULL)
        return FALSE;
    if (site->sae == NULL)
        return add_components (finder, layer, t, direction, split, error);
    if (!fovea_path_encode_site (finder, site, rows, error))
        return FALSE;
    add_latents (site, FOVEA_PATH_STREAM_LATENT, layer, t, rows + t * finder->C, direction, split);
    return TRUE;
}

static FrozenNorm
freeze_norm (const FoveaArchitecture *a, const float *x)
{
    FrozenNorm norm = {0, 1};
    double squares = 0, n = (double) a->width;
    if (a->norm_place != FOVEA_NORM_BEFORE && a->norm_place != FOVEA_NORM_AROUND)
        return norm;
    for (gint64 c = 0; a->norm == FOVEA_NORM_LAYER && c < a->width; c++)
        norm.mean += (double) x[c] / n;
    for (gint64 c = 0; c < a->width; c++)
        squares += ((double) x[c] - norm.mean) * ((double) x[c] - norm.mean) / n;
    norm.scale = 1 / sqrt (squares + (double) a->norm_eps);
    return norm;
}

/* Head directions pulled back through the value matrix and the norm's gain: (H, C) of what
 * multiplies the normalised stream, and (H) of what is the same for every source. */
static gboolean
pull_through_values (const FoveaPathFinder *finder,
                     guint layer,
                     const double *direction,
                     double *pulled,
                     double *constant,
                     GError **error)
{
    const FoveaArchitecture *a = finder->architecture;
    gint64 D = a->head_width, group = a->n_heads / a->n_kv_heads;
    gboolean normed = a->norm_place == FOVEA_NORM_BEFORE || a->norm_place == FOVEA_NORM_AROUND;
    const float *value_bias = fovea_model_get_vector (finder->model, FOVEA_WEIGHT_V_BIAS, layer);
    const float *gain =
        normed ? fovea_model_get_vector (finder->model, FOVEA_WEIGHT_NORM1_GAIN, layer) : NULL;
    const float *bias =
        normed ? fovea_model_get_vector (finder->model, FOVEA_WEIGHT_NORM1_BIAS, layer) : NULL;
    g_autofree float *row = g_new (float, (gsize) finder->C);
    FoveaWeight v;
    if (!fovea_model_get_matrix (finder->model, FOVEA_WEIGHT_V, layer, &v)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "layer %u has no value matrix",
                     layer);
        return FALSE;
    }
    for (gint64 i = 0; i < a->n_heads * D; i++) {
        gint64 h = i / D, o = h / group * D + i % D;
        fovea_weight_read (&v, o, 0, finder->C, row);
        constant[h] += value_bias != NULL ? direction[i] * (double) value_bias[o] : 0;
        for (gint64 c = 0; c < finder->C; c++)
            pulled[h * finder->C + c] += direction[i] * (double) row[c];
    }
    for (gint64 h = 0; h < a->n_heads; h++)
        for (gint64 c = 0; c < finder->C; c++) {
            double *at = &pulled[h * finder->C + c];
            constant[h] += bias != NULL ? *at * (double) bias[c] : 0;
            *at *= gain != NULL ? (double) (gain[c] + a->norm_gain_offset) : 1;
        }
    return TRUE;
}

/* (H, n) weights of one query. */
static float *
read_weights (FoveaPathFinder *finder, guint layer, gint64 position, gint64 n, GError **error)
{
    gint64 H = finder->architecture->n_heads;
    if (finder->weights[layer] == NULL)
        finder->weights[layer] = fovea_attention_open (finder->trace, layer, error);
    g_autofree float *weights = g_new (float, (gsize) (H * n));
    for (gint64 h = 0; h < H; h++)
        if (finder->weights[layer] == NULL ||
            !fovea_attention_read_pattern (finder->weights[layer], (guint) h, position,
                                           position + 1, 0, n, weights + h * n, error))
            return NULL;
    return g_steal_pointer (&weights);
}

/* All sources of a query: @pulled and @constant as above. */
static gboolean
split_sources (FoveaPathFinder *finder,
               guint layer,
               gint64 position,
               const double *pulled,
               const double *constant,
               FoveaPathSplit *split,
               GError **error)
{
    const FoveaArchitecture *a = finder->architecture;
    gint64 n = a->bidirectional ? finder->T : position + 1;
    const float *stream = read_stream (finder, layer, error);
    g_autofree float *weights =
        stream != NULL ? read_weights (finder, layer, position, n, error) : NULL;
    g_autofree double *direction = g_new (double, (gsize) finder->C);
    if (weights == NULL)
        return FALSE;
    for (gint64 s = 0; s < n; s++) {
        FrozenNorm norm = freeze_norm (a, stream + s * finder->C);
        for (gint64 c = 0; c < finder->C; c++)
            direction[c] = 0;
        for (gint64 h = 0; h < a->n_heads; h++) {
            double weight = (double) weights[h * n + s];
            split->bias += weight * constant[h];
            for (gint64 c = 0; c < finder->C; c++)
                direction[c] += weight * norm.scale * pulled[h * finder->C + c];
        }
        for (gint64 c = 0; c < finder->C; c++)
            split->bias -= norm.mean * direction[c];
        if (g_cancellable_set_error_if_cancelled (finder->cancellable, error) ||
            !split_stream (finder, layer, s, direction, split, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_path_split_attention_latent (FoveaPathFinder *finder,
                                   guint layer,
                                   gint64 position,
                                   gint32 latent,
                                   double share,
                                   FoveaPathSplit *split,
                                   GError **error)
{
    const FoveaSae *sae = finder->attention[layer].sae;
    gint64 H = finder->architecture->n_heads;
    const float *z =
        fovea_path_read_rows (finder, &finder->z[layer], layer, "attn.hook_z", sae->d_in, error);
    g_autofree double *direction = g_new (double, (gsize) sae->d_in);
    g_autofree double *pulled = g_new0 (double, (gsize) (H * finder->C));
    g_autofree double *constant = g_new0 (double, (gsize) H);
    double offset;
    if (z == NULL ||
        !fovea_sae_read_latent (sae, latent, z + position * sae->d_in, direction, &offset, error))
        return FALSE;
    for (gint64 i = 0; i < sae->d_in; i++)
        direction[i] *= share;
    split->bias += share * offset;
    return pull_through_values (finder, layer, direction, pulled, constant, error) &&
           split_sources (finder, layer, position, pulled, constant, split, error);
}

gboolean
fovea_path_split_stream_latent (FoveaPathFinder *finder,
                                guint layer,
                                gint64 position,
                                gint32 latent,
                                double share,
                                FoveaPathSplit *split,
                                GError **error)
{
    const FoveaSae *sae = finder->stream[layer].sae;
    const float *rows = read_stream (finder, layer, error);
    g_autofree double *direction = g_new (double, (gsize) finder->C);
    double offset;
    if (rows == NULL || !fovea_sae_read_latent (sae, latent, rows + position * finder->C, direction,
                                                &offset, error))
        return FALSE;
    for (gint64 c = 0; c < finder->C; c++)
        direction[c] *= share;
    split->bias += share * offset;
    return add_components (finder, layer, position, direction, split, error);
}

gboolean
fovea_path_split_attention (FoveaPathFinder *finder,
                            guint layer,
                            gint64 position,
                            const double *direction,
                            FoveaPathSplit *split,
                            GError **error)
{
    FoveaPathSite *site = &finder->attention[layer];
    gint64 width = site->sae->d_in;
    const float *bias = fovea_model_get_vector (finder->model, FOVEA_WEIGHT_O_BIAS, layer);
    const float *z =
        fovea_path_read_rows (finder, &finder->z[layer], layer, "attn.hook_z", width, error);
    g_autofree double *pulled = g_new0 (double, (gsize) width);
    g_autofree float *row = g_new (float, (gsize) width);
    FoveaWeight o;
    if (!fovea_path_encode_site (finder, site, z, error))
        return FALSE;
    if (!fovea_model_get_matrix (finder->model, FOVEA_WEIGHT_O, layer, &o)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "layer %u has no output matrix",
                     layer);
        return FALSE;
    }
    for (gint64 c = 0; c < finder->C; c++) {
        fovea_weight_read (&o, c, 0, width, row);
        for (gint64 i = 0; i < width; i++)
            pulled[i] += direction[c] * (double) row[i];
    }
    split->bias += bias != NULL ? dot (direction, bias, finder->C) : 0;
    add_latents (site, FOVEA_PATH_ATTENTION_LATENT, layer, position, z + position * width, pulled,
                 split);
    return TRUE;
}
