/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The steps of encoding one row, folded into one vector and one number. */
#include "analysis/sae-reading.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How a row is normalised: (x - mean) * by. */
static void
get_normalizing (const FoveaSae *sae, const float *x, double *mean, double *by)
{
    double d = (double) sae->d_in, squares = 0;
    *mean = 0;
    *by = 1;
    if (sae->normalize == FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE && sae->scaler > 0)
        *by = sae->scaler;
    if (x == NULL)
        return;
    for (gint64 c = 0; sae->normalize == FOVEA_SAE_NORMALIZE_LAYER_NORM && c < sae->d_in; c++)
        *mean += (double) x[c] / d;
    for (gint64 c = 0; c < sae->d_in; c++)
        squares += ((double) x[c] - *mean) * ((double) x[c] - *mean);
    if (sae->normalize == FOVEA_SAE_NORMALIZE_LAYER_NORM)
        *by = 1 / ((d > 1 ? sqrt (squares / (d - 1)) : 0) + 1e-5);
    else if (sae->normalize == FOVEA_SAE_NORMALIZE_CONSTANT_NORM && squares > 0)
        *by = sqrt (d / squares);
}

/* From the product with the encoder's column to the code: what it is multiplied by, what is added. */
static void
get_scaling (const FoveaSae *sae, gint32 j, double *factor, double *bias)
{
    *factor = 1;
    *bias = sae->b_enc != NULL ? (double) sae->b_enc[j] : 0;
    if (sae->architecture == FOVEA_SAE_GATED) {
        *factor = exp ((double) sae->r_mag[j]);
        *bias = (double) sae->b_mag[j] / *factor;
    }
    if (sae->rescale_acts_by_decoder_norm && fovea_sae_has_k (sae->architecture)) {
        double square = 0;
        for (gint64 c = 0; c < sae->d_out; c++)
            square +=
                (double) sae->w_dec[j * sae->d_out + c] * (double) sae->w_dec[j * sae->d_out + c];
        *factor *= sqrt (square);
    }
    if (sae->scaling_factor != NULL)
        *factor *= (double) sae->scaling_factor[j];
}

gboolean
fovea_sae_read_latent (const FoveaSae *sae,
                       gint32 latent,
                       const float *x,
                       double *weights,
                       double *offset,
                       GError **error)
{
    gboolean centred = sae->apply_b_dec_to_input && !fovea_sae_is_transcoder (sae->architecture);
    gboolean by_row = sae->normalize == FOVEA_SAE_NORMALIZE_LAYER_NORM ||
                      sae->normalize == FOVEA_SAE_NORMALIZE_CONSTANT_NORM;
    double mean, by, factor, bias;
    if (!fovea_sae_check_latent (sae, latent, error))
        return FALSE;
    if (sae->w_enc == NULL || (by_row && x == NULL)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "codes of a %s dictionary%s are no linear function of its input",
                     fovea_sae_architecture_name (sae->architecture),
                     sae->w_enc == NULL ? "" : " that normalises each row");
        return FALSE;
    }
    get_normalizing (sae, x, &mean, &by);
    get_scaling (sae, latent, &factor, &bias);
    *offset = bias;
    for (gint64 c = 0; c < sae->d_in; c++) {
        double w = (double) sae->w_enc[c * sae->d_sae + latent];
        weights[c] = factor * by * w;
        *offset -= mean * by * w + (centred ? (double) sae->b_dec[c] * w : 0);
    }
    *offset *= factor;
    return TRUE;
}

double
fovea_sae_get_write_factor (const FoveaSaeCodes *codes,
                            const float *norms,
                            gint64 row,
                            gint32 latent)
{
    double factor = codes->scale != NULL ? (double) codes->scale[row] : 1;
    if (norms == NULL)
        return factor;
    return norms[latent] > 0 ? factor / (double) norms[latent] : 0;
}

gboolean
fovea_sae_parse_site (const char *site, const char *suffix, guint *layer)
{
    int end = 0;
    return site != NULL && sscanf (site, "blocks.%u.%n", layer, &end) == 1 && end > 0 &&
           strcmp (site + end, suffix) == 0;
}
