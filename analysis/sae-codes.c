/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Compressed rows of codes, and edits of them. */
#include "analysis/sae-codes.h"

void
fovea_sae_codes_free (FoveaSaeCodes *codes)
{
    if (codes == NULL)
        return;
    g_free (codes->offsets);
    g_free (codes->latents);
    g_free (codes->values);
    g_free (codes->scale);
    g_free (codes->shift);
    g_free (codes);
}

/* Where @latent stands in a row, or where it would be put. */
static gint64
find (const FoveaSaeCodes *codes, gint64 row, gint32 latent)
{
    gint64 low = codes->offsets[row], high = codes->offsets[row + 1];
    while (low < high) {
        gint64 middle = low + (high - low) / 2;
        if (codes->latents[middle] < latent)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

float
fovea_sae_codes_get (const FoveaSaeCodes *codes, gint64 row, gint32 latent)
{
    gint64 at = find (codes, row, latent);
    gboolean there = at < codes->offsets[row + 1] && codes->latents[at] == latent;
    return there ? codes->values[at] : 0;
}

static float *
copy_floats (const float *values, gint64 n)
{
    return values != NULL ? g_memdup2 (values, (gsize) n * sizeof (float)) : NULL;
}

FoveaSaeCodes *
fovea_sae_codes_set (const FoveaSaeCodes *codes, gint32 latent, const float *values)
{
    FoveaSaeCodes *out = g_new0 (FoveaSaeCodes, 1);
    gsize most = (gsize) (codes->offsets[codes->n_rows] + codes->n_rows);
    out->n_rows = codes->n_rows;
    out->n_latents = codes->n_latents;
    out->offsets = g_new0 (gint64, (gsize) codes->n_rows + 1);
    out->latents = g_new (gint32, MAX (most, 1));
    out->values = g_new (float, MAX (most, 1));
    out->scale = copy_floats (codes->scale, codes->n_rows);
    out->shift = copy_floats (codes->shift, codes->n_rows);
    gint64 n = 0;
    for (gint64 i = 0; i < codes->n_rows; i++) {
        gint64 at = find (codes, i, latent);
        for (gint64 c = codes->offsets[i]; c <= codes->offsets[i + 1]; c++) {
            if (c == at && values[i] != 0) {
                out->latents[n] = latent;
                out->values[n++] = values[i];
            }
            if (c == codes->offsets[i + 1] || codes->latents[c] == latent)
                continue;
            out->latents[n] = codes->latents[c];
            out->values[n++] = codes->values[c];
        }
        out->offsets[i + 1] = n;
    }
    return out;
}

FoveaSaeCodes *
fovea_sae_codes_clamp (const FoveaSaeCodes *codes, gint32 latent, float value)
{
    g_autofree float *values = g_new (float, (gsize) MAX (codes->n_rows, 1));
    for (gint64 i = 0; i < codes->n_rows; i++)
        values[i] = value;
    return fovea_sae_codes_set (codes, latent, values);
}

void
fovea_sae_codes_unfold (FoveaSaeCodes *codes, const FoveaSae *sae)
{
    for (gint64 c = 0; sae->folded_norm != NULL && c < codes->offsets[codes->n_rows]; c++)
        codes->values[c] /= sae->folded_norm[codes->latents[c]];
}
