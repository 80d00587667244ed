/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums in double precision: thousands of cells of either sign must add up to a code that is small
 * beside them. */
#include "analysis/sae-attribution.h"

#include <math.h>
#include <stdio.h>

#include "analysis/sae-reading.h"
#include "capture/attention.h"

static gboolean
check_heads (const FoveaSae *sae, gint64 n_heads, gint32 latent, GError **error)
{
    if (n_heads >= 1 && sae->d_out % n_heads == 0)
        return fovea_sae_check_latent (sae, latent, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "rows of %" G_GINT64_FORMAT " numbers are not those of %" G_GINT64_FORMAT " heads",
                 sae->d_out, n_heads);
    return FALSE;
}

/* Lengths of the head blocks of a decoder row; gives their sum. */
static double
measure_blocks (const FoveaSae *sae, gint64 n_heads, gint64 latent, double *lengths)
{
    gint64 D = sae->d_out / n_heads;
    double sum = 0;
    for (gint64 h = 0; h < n_heads; h++) {
        double square = 0;
        for (gint64 c = h * D; c < (h + 1) * D; c++)
            square += (double) sae->w_dec[latent * sae->d_out + c] *
                      (double) sae->w_dec[latent * sae->d_out + c];
        sum += lengths[h] = sqrt (square);
    }
    return sum;
}

gboolean
fovea_sae_head_shares (
    const FoveaSae *sae, gint64 n_heads, gint32 latent, double *shares, GError **error)
{
    if (!check_heads (sae, n_heads, latent, error))
        return FALSE;
    double sum = measure_blocks (sae, n_heads, latent, shares);
    for (gint64 h = 0; h < n_heads; h++)
        shares[h] = sum > 0 ? shares[h] / sum : 0;
    return TRUE;
}

GArray *
fovea_sae_head_latents (const FoveaSae *sae, gint64 n_heads, gint64 head, guint n, GError **error)
{
    if (!check_heads (sae, n_heads, 0, error))
        return NULL;
    if (head < 0 || head >= n_heads) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "head %" G_GINT64_FORMAT " is outside 0 .. %" G_GINT64_FORMAT, head,
                     n_heads - 1);
        return NULL;
    }
    GArray *list = g_array_new (FALSE, FALSE, sizeof (FoveaHeadLatent));
    g_autofree double *lengths = g_new (double, (gsize) n_heads);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        double sum = measure_blocks (sae, n_heads, j, lengths);
        FoveaHeadLatent item = {(gint32) j, sum > 0 ? lengths[head] / sum : 0};
        guint at = list->len;
        while (at > 0 && g_array_index (list, FoveaHeadLatent, at - 1).share < item.share)
            at--;
        if (at >= n)
            continue;
        g_array_insert_val (list, at, item);
        if (list->len > n)
            g_array_set_size (list, n);
    }
    return list;
}

void
fovea_direct_attribution_free (FoveaDirectAttribution *attribution)
{
    if (attribution == NULL)
        return;
    g_free (attribution->cells);
    g_free (attribution->by_head);
    g_free (attribution->by_source);
    g_free (attribution);
}

static gboolean
check_site (const FoveaSae *sae, FoveaTrace *trace, gint64 position, guint *layer, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    const FoveaArchitecture *a = info->architecture;
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    if (!fovea_sae_parse_site (site, "attn.hook_z", layer) || *layer >= a->n_layers)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "attribution to heads and sources is for autoencoders of attn.hook_z, not %s",
                     site != NULL ? site : "a site without a name");
    else if (position < 0 || position >= info->n_tokens)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "position %" G_GINT64_FORMAT " is outside 0 .. %" G_GINT64_FORMAT, position,
                     info->n_tokens - 1);
    else
        return fovea_sae_check_width (sae, site, a->n_heads * a->head_width, error);
    return FALSE;
}

/* One head's cells. */
static gboolean
add_head (FoveaDirectAttribution *out,
          FoveaAttention *attention,
          gint64 head,
          gint64 width,
          const double *direction,
          GError **error)
{
    gint64 n = out->n_sources, t = out->position;
    g_autofree float *pattern = g_new (float, (gsize) n);
    g_autofree float *values = g_new (float, (gsize) (n * width));
    if (!fovea_attention_read_pattern (attention, (guint) head, t, t + 1, 0, n, pattern, error) ||
        !fovea_attention_read_vectors (attention, (guint) head, FOVEA_VECTOR_VALUE, 0, n, values,
                                       error))
        return FALSE;
    for (gint64 s = 0; s < n; s++) {
        double product = 0;
        for (gint64 c = 0; c < width; c++)
            product += (double) values[s * width + c] * direction[head * width + c];
        double cell = (double) pattern[s] * product;
        out->cells[head * n + s] = cell;
        out->by_head[head] += cell;
        out->by_source[s] += cell;
        out->total += cell;
    }
    return TRUE;
}

/* The token's own z, if it can be had. */
static float *
read_z (FoveaTrace *trace, guint layer, gint64 position, gint64 width)
{
    g_autofree char *name = g_strdup_printf ("blocks.%u.attn.hook_z", layer);
    g_autofree float *z = g_new (float, (gsize) width);
    return fovea_trace_read (trace, name, position, 1, z, NULL) ? g_steal_pointer (&z) : NULL;
}

FoveaDirectAttribution *
fovea_sae_attribute (
    const FoveaSae *sae, gint32 latent, FoveaTrace *trace, gint64 position, GError **error)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    g_autoptr (FoveaDirectAttribution) out = g_new0 (FoveaDirectAttribution, 1);
    if (!check_site (sae, trace, position, &out->layer, error))
        return NULL;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, out->layer, error);
    g_autofree float *z = read_z (trace, out->layer, position, sae->d_in);
    g_autofree double *direction = g_new (double, (gsize) sae->d_in);
    if (attention == NULL || !fovea_sae_read_latent (sae, latent, z, direction, &out->rest, error))
        return NULL;
    out->position = position;
    out->n_heads = a->n_heads;
    out->n_sources = a->bidirectional ? fovea_trace_get_info (trace)->n_tokens : position + 1;
    out->cells = g_new0 (double, (gsize) (out->n_heads * out->n_sources));
    out->by_head = g_new0 (double, (gsize) out->n_heads);
    out->by_source = g_new0 (double, (gsize) out->n_sources);
    out->direct = z != NULL ? 0 : (double) NAN;
    for (gint64 c = 0; z != NULL && c < sae->d_in; c++)
        out->direct += (double) z[c] * direction[c];
    for (gint64 h = 0; h < a->n_heads; h++)
        if (!add_head (out, attention, h, a->head_width, direction, error))
            return NULL;
    return g_steal_pointer (&out);
}

float *
fovea_sae_attribute_window (const FoveaSae *sae,
                            gint32 latent,
                            FoveaTrace *trace,
                            gint64 position,
                            gint64 first,
                            guint n,
                            GError **error)
{
    g_autoptr (FoveaDirectAttribution) a =
        fovea_sae_attribute (sae, latent, trace, position, error);
    if (a == NULL)
        return NULL;
    float *window = g_new0 (float, MAX (n, 1));
    for (gint64 i = 0; i < n; i++)
        if (first + i >= 0 && first + i < a->n_sources)
            window[i] = (float) a->by_source[first + i];
    return window;
}
