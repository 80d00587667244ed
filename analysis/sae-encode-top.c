/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Row-wise top-k through the fused encoder (kernels/top-codes.h), which never writes the F products
 * of a row. The encoder wants a latent's weights side by side, so W_enc is turned the first time: worth
 * it from a few dozen rows on. */
#include <string.h>

#include "analysis/sae-encode-private.h"
#include "kernels/top-codes.h"

enum {
    LEAST_ROWS = 64,  /* turning costs about what these do */
    TOP_CHUNK = 2048, /* rows at a time */
    TURN_TILE = 32    /* of the turn: what is read and written stays in the first cache */
};

gboolean
fovea_sae_top_is_for (const FoveaSae *sae, const FoveaDevice *device)
{
    return sae->threshold == NULL && fovea_top_encoder_is_for (device) &&
           (sae->architecture == FOVEA_SAE_TOPK || sae->architecture == FOVEA_SAE_ABSTOPK);
}

gboolean
fovea_sae_encoding_can_top (const FoveaSaeEncoding *encoding, gint64 n_rows)
{
    gint64 least = fovea_device_has_own_memory (encoding->device) ? 1 : LEAST_ROWS;
    return n_rows >= least && fovea_sae_top_is_for (encoding->sae, encoding->device);
}

/* (d, F) to (F, d) */
static void
turn (const float *from, gint64 d, gint64 F, float *to)
{
    for (gint64 j0 = 0; j0 < F; j0 += TURN_TILE)
        for (gint64 i0 = 0; i0 < d; i0 += TURN_TILE)
            for (gint64 j = j0; j < MIN (j0 + TURN_TILE, F); j++)
                for (gint64 i = i0; i < MIN (i0 + TURN_TILE, d); i++)
                    to[j * d + i] = from[i * F + j];
}

/* Codes of a chunk that starts at row @first, in units of the decoder's norm where the rule has it
 * so. */
static void
take (FoveaSaeEncoding *encoding, const FoveaTopCodesArgs *args, gint64 first)
{
    for (gint64 t = 0; t < args->rows; t++) {
        for (gint64 i = t * args->k; i < t * args->k + args->count[t]; i++) {
            gint32 j = args->latent[i];
            float norm = encoding->norms != NULL ? encoding->norms[j] : 1;
            fovea_sae_encoding_push (encoding, j, args->value[i] * norm);
        }
        encoding->codes->offsets[first + t + 1] = encoding->latents->len;
    }
}

/* One after another, with room for a chunk. */
static gboolean
run_chunks (FoveaSaeEncoding *encoding,
            FoveaTopEncoder *encoder,
            FoveaTopCodesArgs *args,
            gint64 n_rows,
            const float *x,
            GError **error)
{
    for (gint64 first = 0; first < n_rows; first += TOP_CHUNK) {
        args->rows = MIN (TOP_CHUNK, n_rows - first);
        if (!fovea_sae_encoding_prepare (encoding, first, args->rows, x, error) ||
            !fovea_top_encoder_run (encoder, args, error))
            return FALSE;
        take (encoding, args, first);
    }
    return TRUE;
}

gboolean
fovea_sae_encoder_turn (FoveaSaeEncoder *encoder, GError **error)
{
    const FoveaSae *sae = encoder->sae;
    gsize n;
    if (encoder->turned != NULL)
        return TRUE;
    if (g_size_checked_mul (&n, (gsize) sae->d_in, (gsize) sae->d_sae))
        encoder->turned = g_try_new (float, n);
    if (encoder->turned == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "no memory for an encoder of %" G_GINT64_FORMAT " by %" G_GINT64_FORMAT,
                     sae->d_in, sae->d_sae);
        return FALSE;
    }
    turn (sae->w_enc, sae->d_in, sae->d_sae, encoder->turned);
    return TRUE;
}

/* Hands the turned W_enc to the fused encoder, once. */
static gboolean
prepare_top (FoveaSaeEncoder *encoder, GError **error)
{
    const FoveaSae *sae = encoder->sae;
    if (encoder->top != NULL)
        return TRUE;
    g_autoptr (FoveaTopEncoder) top = fovea_top_encoder_new (encoder->device, sae->d_in, error);
    if (top == NULL || !fovea_sae_encoder_turn (encoder, error))
        return FALSE;
    const FoveaTopWeights weights = {
        .w = encoder->turned, .bias = sae->b_enc, .scale = encoder->norms, .n_latents = sae->d_sae};
    fovea_top_encoder_set (top, &weights);
    encoder->top = g_steal_pointer (&top);
    return TRUE;
}

gboolean
fovea_sae_encoding_run_top (FoveaSaeEncoding *encoding,
                            gint64 n_rows,
                            const float *x,
                            GError **error)
{
    const FoveaSae *sae = encoding->sae;
    gint64 k = (gint64) sae->k, chunk = MIN (TOP_CHUNK, n_rows);
    if (!prepare_top (encoding->encoder, error))
        return FALSE;
    g_autofree float *value = g_try_new (float, (gsize) (chunk * k));
    g_autofree gint32 *latent = g_try_new (gint32, (gsize) (chunk * k));
    g_autofree gint32 *count = g_new (gint32, (gsize) chunk);
    encoding->rows = g_try_new (float, (gsize) (chunk * sae->d_in));
    if (value == NULL || latent == NULL || encoding->rows == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "no memory to encode %" G_GINT64_FORMAT " rows into %" G_GINT64_FORMAT
                     " latents",
                     n_rows, sae->d_sae);
        return FALSE;
    }
    FoveaTopCodesArgs args = {.x = encoding->rows, .x_stride = sae->d_in, .k = k};
    args.by_magnitude = fovea_sae_has_signs (sae->architecture);
    args.only_positive = !args.by_magnitude;
    args.latent = latent;
    args.value = value;
    args.count = count;
    return run_chunks (encoding, encoding->encoder->top, &args, n_rows, x, error);
}
