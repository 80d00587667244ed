/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rules by value on a device with memory of its own (kernels/device-encoder.h). What a product must be
 * above for its code not to be 0 is worked out a latent; the device gives the products above it, and the
 * rule itself, which sees each of them once more, is the CPU's. */
#include "analysis/sae-encode-private.h"

#include <float.h>
#include <math.h>

enum {
    ABOVE_CHUNK = 2048 /* rows at a time */
};

/* Gate and magnitude must both be above 0. The sum with the gate's bias has its sign exactly; a quotient
 * is rounded, and is lowered for that: by the rule no code comes of it that is none. */
static float
get_gated_level (const FoveaSae *sae, gint64 j)
{
    float gate = -sae->b_gate[j], factor = expf (sae->r_mag[j]), bias = sae->b_mag[j];
    if (factor == 0)
        return bias > 0 ? gate : FLT_MAX;
    double magnitude = -(double) bias / (double) factor;
    magnitude -= 1e-6 * fabs (magnitude) + (double) FLT_MIN;
    return MAX (gate, (float) CLAMP (magnitude, (double) -FLT_MAX, (double) FLT_MAX));
}

static float
get_level (const FoveaSae *sae, gint64 j)
{
    if (sae->architecture == FOVEA_SAE_GATED)
        return get_gated_level (sae, j);
    return sae->threshold != NULL ? MAX (sae->threshold[j], 0) : 0;
}

/* Hands turned weights and levels to the device, once. */
static gboolean
prepare (FoveaSaeEncoder *encoder, GError **error)
{
    const FoveaSae *sae = encoder->sae;
    if (encoder->above != NULL)
        return TRUE;
    if (!fovea_sae_encoder_turn (encoder, error))
        return FALSE;
    g_autofree float *level = g_new (float, (gsize) sae->d_sae);
    for (gint64 j = 0; j < sae->d_sae; j++)
        level[j] = get_level (sae, j);
    const FoveaTopWeights weights = {
        .w = encoder->turned, .bias = sae->b_enc, .n_latents = sae->d_sae};
    FoveaDeviceEncoder *above = fovea_device_encoder_new (encoder->device, sae->d_in);
    fovea_device_encoder_set (above, &weights, level);
    encoder->above = above;
    return fovea_device_sync (encoder->device, error);
}

static void
take (FoveaSaeEncoding *encoding, const FoveaAboveCodes *codes, gint64 first, gint64 n)
{
    for (gint64 t = 0; t < n; t++) {
        for (gint64 i = codes->offset[t]; i < codes->offset[t + 1]; i++) {
            gint32 j = codes->latent[i];
            fovea_sae_encoding_push (encoding, j,
                                     fovea_sae_get_code (encoding->sae, codes->value[i], j));
        }
        encoding->codes->offsets[first + t + 1] = encoding->latents->len;
    }
}

gboolean
fovea_sae_encoding_run_above (FoveaSaeEncoding *encoding,
                              gint64 n_rows,
                              const float *x,
                              GError **error)
{
    gint64 d = encoding->sae->d_in;
    if (!prepare (encoding->encoder, error))
        return FALSE;
    encoding->rows = g_try_new (float, (gsize) (MIN (ABOVE_CHUNK, n_rows) * d));
    if (encoding->rows == NULL && n_rows > 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "no memory to encode %" G_GINT64_FORMAT " rows of %" G_GINT64_FORMAT, n_rows,
                     d);
        return FALSE;
    }
    for (gint64 first = 0; first < n_rows; first += ABOVE_CHUNK) {
        gint64 n = MIN (ABOVE_CHUNK, n_rows - first);
        FoveaAboveCodes codes;
        if (!fovea_sae_encoding_prepare (encoding, first, n, x, error) ||
            !fovea_device_encoder_run_above (encoding->encoder->above, n, encoding->rows, &codes,
                                             error))
            return FALSE;
        take (encoding, &codes, first, n);
    }
    return TRUE;
}
