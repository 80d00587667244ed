/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Layout of the block of parameters, and its names. */
#include "analysis/sae-parameters.h"

#include <math.h>
#include <string.h>

#include "kernels/error.h"

static const char *const rule_names[FOVEA_N_SAE_RULES] = {
    "standard",  "gated",      "jumprelu", "jumprelu-tanh", "topk",
    "batchtopk", "matryoshka", "abstopk",  "batch-abstopk",
};

const char *
fovea_sae_rule_name (FoveaSaeRule rule)
{
    return rule_names[rule];
}

int
fovea_sae_rule_from_name (const char *name)
{
    for (int i = 0; i < FOVEA_N_SAE_RULES; i++)
        if (g_str_equal (rule_names[i], name))
            return i;
    return -1;
}

/* Hands out the next @n numbers of the block; only counts while there is none. */
static float *
take (FoveaSaeParameters *p, int64_t n)
{
    float *at = p->all != NULL ? p->all + p->n : NULL;
    p->n += n;
    return at;
}

static void
lay_out (FoveaSaeParameters *p, FoveaSaeRule rule)
{
    gboolean jumps = rule == FOVEA_SAE_RULE_JUMPRELU || rule == FOVEA_SAE_RULE_JUMPRELU_TANH;
    p->n = 0;
    p->w_enc = take (p, p->n_latents * p->d_in);
    p->w_dec = take (p, p->n_latents * p->d_out);
    p->b_enc = take (p, p->n_latents);
    p->b_dec = take (p, p->d_out);
    if (rule == FOVEA_SAE_RULE_GATED) {
        p->b_mag = take (p, p->n_latents);
        p->r_mag = take (p, p->n_latents);
    }
    if (jumps)
        p->log_threshold = take (p, p->n_latents);
}

FoveaSaeParameters *
fovea_sae_parameters_new (
    FoveaSaeRule rule, int64_t d_in, int64_t d_out, int64_t n_latents, GError **error)
{
    const int64_t most = INT32_MAX; /* latents and columns are counted in 32 bits */
    if (d_in < 1 || d_out < 1 || n_latents < 1 || d_in > most || d_out > most || n_latents > most ||
        (d_in + d_out + 8) > G_MAXINT64 / 8 / n_latents) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "sparse autoencoder: %" G_GINT64_FORMAT " -> %" G_GINT64_FORMAT
                     " -> %" G_GINT64_FORMAT " is no size",
                     d_in, n_latents, d_out);
        return NULL;
    }
    g_autoptr (FoveaSaeParameters) p = g_new0 (FoveaSaeParameters, 1);
    p->d_in = d_in;
    p->d_out = d_out;
    p->n_latents = n_latents;
    lay_out (p, rule);
    p->all = g_try_malloc0_n ((gsize) p->n, sizeof *p->all);
    if (p->all == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "sparse autoencoder: no room for %" G_GINT64_FORMAT " parameters", p->n);
        return NULL;
    }
    lay_out (p, rule);
    return g_steal_pointer (&p);
}

void
fovea_sae_parameters_free (FoveaSaeParameters *parameters)
{
    if (parameters == NULL)
        return;
    g_free (parameters->all);
    g_free (parameters);
}

gboolean
fovea_sae_parameters_find_bad (const FoveaSaeParameters *p, char **where)
{
    const struct {
        const char *name;
        const float *at;
        int64_t n, width;
    } arrays[] = {
        {"W_enc (by latent)", p->w_enc, p->n_latents * p->d_in, p->d_in},
        {"W_dec", p->w_dec, p->n_latents * p->d_out, p->d_out},
        {"b_enc", p->b_enc, p->n_latents, 1},
        {"b_dec", p->b_dec, p->d_out, 1},
        {"b_mag", p->b_mag, p->n_latents, 1},
        {"r_mag", p->r_mag, p->n_latents, 1},
        {"log_threshold", p->log_threshold, p->n_latents, 1},
    };
    *where = NULL;
    for (guint a = 0; a < G_N_ELEMENTS (arrays); a++)
        for (int64_t i = 0; arrays[a].at != NULL && i < arrays[a].n; i++)
            if (!isfinite (arrays[a].at[i])) {
                *where = g_strdup_printf ("%s[%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "]",
                                          arrays[a].name, i / arrays[a].width, i % arrays[a].width);
                return TRUE;
            }
    return FALSE;
}
