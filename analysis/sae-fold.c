/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Folding keeps W_enc x + b_enc times W_dec what it is: what one side loses the other gains. */
#include "analysis/sae-fold.h"

static void
scale (float *values, gint64 n, double by)
{
    for (gint64 i = 0; values != NULL && i < n; i++)
        values[i] = (float) ((double) values[i] * by);
}

static void
scale_latent (FoveaSae *sae, gint64 j, double norm)
{
    float *const per_latent[] = {sae->b_enc, sae->b_gate, sae->b_mag, sae->threshold};
    for (gint64 c = 0; c < sae->d_in; c++)
        scale (sae->w_enc + c * sae->d_sae + j, 1, norm);
    for (gsize a = 0; a < G_N_ELEMENTS (per_latent); a++)
        if (per_latent[a] != NULL)
            scale (per_latent[a] + j, 1, norm);
    scale (sae->w_dec + j * sae->d_out, sae->d_out, 1 / norm);
}

gboolean
fovea_sae_fold_decoder_norm (FoveaSae *sae, GError **error)
{
    gboolean ranks = fovea_sae_has_k (sae->architecture) && sae->threshold == NULL;
    if ((ranks && !sae->rescale_acts_by_decoder_norm) ||
        sae->architecture == FOVEA_SAE_MATCHING_PURSUIT) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "folding the decoder's norms would change which latents of this %s win",
                     fovea_sae_architecture_name (sae->architecture));
        return FALSE;
    }
    if (fovea_sae_get_metadata (sae, "fovea_folded") != NULL)
        return TRUE;
    float *norms = fovea_sae_decoder_norms (sae);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        if (norms[j] > 0)
            scale_latent (sae, j, (double) norms[j]);
        /* Codes that rescale were in the decoder's units before; a blank latent kept its own. */
        if (sae->rescale_acts_by_decoder_norm || !(norms[j] > 0))
            norms[j] = 1;
    }
    sae->folded_norm = norms;
    fovea_sae_set_metadata (sae, "fovea_folded", "decoder_norm");
    return TRUE;
}

void
fovea_sae_fold_scaler (FoveaSae *sae, double scaler)
{
    g_return_if_fail (scaler > 0);
    scale (sae->b_dec, sae->d_out, 1 / scaler);
    if (sae->architecture == FOVEA_SAE_MATCHING_PURSUIT) {
        /* A tied dictionary does both; only what is compared with residuals has a unit. */
        sae->residual_threshold /= scaler;
    } else {
        scale (sae->w_enc, sae->d_in * sae->d_sae, scaler);
        scale (sae->w_dec, sae->d_sae * sae->d_out, 1 / scaler);
    }
    sae->normalize = FOVEA_SAE_NORMALIZE_NONE;
    sae->scaler = 0;
}
