/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes to rows: a weighted sum of those rows of W_dec that a code names. Cost: 2 d_out flops a
 * code. */
#include <string.h>

#include "analysis/sae-codes.h"
#include "kernels/sparse-rows.h"

static gboolean
check_codes (const FoveaSae *sae, const FoveaSaeCodes *codes, GError **error)
{
    if (codes->n_latents == sae->d_sae)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "codes over %" G_GINT64_FORMAT " latents, the decoder has %" G_GINT64_FORMAT,
                 codes->n_latents, sae->d_sae);
    return FALSE;
}

/* Codes in units of the decoder's norm go back to plain ones; NULL if they are plain. */
static float *
take_norms_off (const FoveaSae *sae, const FoveaSaeCodes *codes)
{
    if (!sae->rescale_acts_by_decoder_norm || !fovea_sae_has_k (sae->architecture))
        return NULL;
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    gint64 n = codes->offsets[codes->n_rows];
    float *plain = g_new (float, (gsize) MAX (n, 1));
    for (gint64 c = 0; c < n; c++) {
        float norm = norms[codes->latents[c]]; /* a blank latent writes nothing whatever its code */
        plain[c] = norm > 0 ? codes->values[c] / norm : 0;
    }
    return plain;
}

static void
undo_normalizing (const FoveaSaeCodes *codes, gint64 row, gint64 width, float *out)
{
    if (codes->scale == NULL)
        return;
    for (gint64 c = 0; c < width; c++)
        out[c] = out[c] * codes->scale[row] + codes->shift[row];
}

gboolean
fovea_sae_decode (const FoveaSae *sae, const FoveaSaeCodes *codes, float *out, GError **error)
{
    if (!check_codes (sae, codes, error))
        return FALSE;
    const FoveaSparseLoops *loops = fovea_sparse_loops_choose ();
    g_autofree float *plain = take_norms_off (sae, codes);
    const float *values = plain != NULL ? plain : codes->values;
    /* A tied dictionary puts back only what was taken off. */
    gboolean biased = sae->architecture != FOVEA_SAE_MATCHING_PURSUIT || sae->apply_b_dec_to_input;
    for (gint64 i = 0; i < codes->n_rows; i++) {
        gint64 from = codes->offsets[i];
        loops->sum (sae->w_dec, sae->d_out, sae->d_out, codes->latents + from, values + from,
                    codes->offsets[i + 1] - from, biased ? sae->b_dec : NULL, out + i * sae->d_out);
        undo_normalizing (codes, i, sae->d_out, out + i * sae->d_out);
    }
    return TRUE;
}

gboolean
fovea_sae_reconstruct (const FoveaSae *sae,
                       FoveaDevice *device,
                       const FoveaSaeCodes *codes,
                       const float *x,
                       float *out,
                       GError **error)
{
    if (!fovea_sae_decode (sae, codes, out, error))
        return FALSE;
    if (sae->w_skip == NULL || codes->n_rows == 0)
        return TRUE;
    g_autofree float *skip = g_new (float, (gsize) (codes->n_rows * sae->d_out));
    FoveaLinearArgs args = {.precision = FOVEA_PRECISION_F32,
                            .rows = codes->n_rows,
                            .x = x,
                            .x_stride = sae->d_in,
                            .weight = {.data = sae->w_skip,
                                       .dtype = FOVEA_F32,
                                       .n_out = sae->d_out,
                                       .n_in = sae->d_in,
                                       .stride = sae->d_in},
                            .y = skip,
                            .y_stride = sae->d_out};
    fovea_device_get_ops (device)->linear (device, &args);
    if (!fovea_device_sync (device, error))
        return FALSE;
    for (gint64 i = 0; i < codes->n_rows * sae->d_out; i++)
        out[i] += skip[i];
    return TRUE;
}

static gboolean
is_same_row (const FoveaSaeCodes *a, const FoveaSaeCodes *b, gint64 row)
{
    gint64 n = a->offsets[row + 1] - a->offsets[row];
    if (b->offsets[row + 1] - b->offsets[row] != n)
        return FALSE;
    for (gint64 c = 0; c < n; c++)
        if (a->latents[a->offsets[row] + c] != b->latents[b->offsets[row] + c] ||
            a->values[a->offsets[row] + c] != b->values[b->offsets[row] + c])
            return FALSE;
    return TRUE;
}

gboolean
fovea_sae_patch (const FoveaSae *sae,
                 const FoveaSaeCodes *clean,
                 const FoveaSaeCodes *edited,
                 const float *target,
                 float *out,
                 GError **error)
{
    if (clean->n_rows != edited->n_rows) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "edited codes of %" G_GINT64_FORMAT " rows, clean ones of %" G_GINT64_FORMAT,
                     edited->n_rows, clean->n_rows);
        return FALSE;
    }
    gsize n = (gsize) (clean->n_rows * sae->d_out);
    g_autofree float *before = g_new (float, MAX (n, 1));
    g_autofree float *after = g_new (float, MAX (n, 1));
    if (!fovea_sae_decode (sae, clean, before, error) ||
        !fovea_sae_decode (sae, edited, after, error))
        return FALSE;
    for (gint64 i = 0; i < clean->n_rows; i++) {
        gboolean same = is_same_row (clean, edited, i);
        for (gint64 c = i * sae->d_out; c < (i + 1) * sae->d_out; c++)
            out[c] = same ? target[c] : target[c] + (after[c] - before[c]);
    }
    return TRUE;
}
