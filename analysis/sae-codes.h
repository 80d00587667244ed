/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Codes of rows, sparse, and the way there and back (methods/features-and-sparsity.md 1.4, 2 and
 * 4). A code is a number other than 0: signs are kept everywhere. */
#include "analysis/sae.h"
#include "kernels/device.h"

/* Compressed rows: those of row i stand at offsets[i] .. offsets[i + 1], latents rising. */
typedef struct {
    gint64 n_rows, n_latents; /* rows, F */
    gint64 *offsets;          /* (n_rows + 1) */
    gint32 *latents;
    float *values;
    /* What normalising took off each row, put back after decoding: xh * scale + shift; NULL if the
     * autoencoder does not normalise. (n_rows) */
    float *scale, *shift;
} FoveaSaeCodes;

/* Where a latent fires. */
typedef struct {
    gint64 sequence;
    gint32 position;
    float value;
} FoveaFiring;

/**
 * fovea_sae_encode:
 * @device: as fovea_sae_encoder_new() has it
 * @x: (n_rows, d)
 *
 * Rows of a rule by batch compete with each other, so what is passed together matters there. Ties
 * go to the lower row, then to the lower latent. For many calls an encoder is cheaper.
 *
 * Errors: FOVEA_ERROR_NUMERIC for an input that is not finite, with row and column;
 * those of fovea_sae_encoder_new(); FOVEA_ERROR_MEMORY; the device's.
 * Thread: the one that uses the device; blocks.   Owner: caller, fovea_sae_codes_free(); autoptr.
 */
FoveaSaeCodes *fovea_sae_encode (
    const FoveaSae *sae, FoveaDevice *device, gint64 n_rows, const float *x, GError **error);

/* What encoding wants to know of an autoencoder, worked out once for many calls. */
typedef struct _FoveaSaeEncoder FoveaSaeEncoder;

/**
 * fovea_sae_encoder_new:
 * @sae: must outlive the encoder and stay as it is
 * @device: of the CPU, or a GPU for all but matching pursuit and batch rules without thresholds; must
 * outlive it too
 *
 * Checks the numbers. A GPU keeps the weights; its codes have the CPU's latents but where two products, or a
 * product and what it must be above, differ by no more than rounding in f32.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for what a device with memory of its own does not encode; those of fovea_sae_check().
 * Thread: any.   Owner: caller frees with fovea_sae_encoder_free(); autoptr.
 */
FoveaSaeEncoder *fovea_sae_encoder_new (const FoveaSae *sae, FoveaDevice *device, GError **error);

/**
 * fovea_sae_encoder_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @encoder.
 */
void fovea_sae_encoder_free (FoveaSaeEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeEncoder, fovea_sae_encoder_free)

/**
 * fovea_sae_encoder_run:
 * @x: (n_rows, d_in)
 *
 * As fovea_sae_encode(), the same bits; on a GPU those of rules by value depend, within rounding, on how many
 * codes the rows have that are passed together. The first call with many rows, and any on a GPU, turns W_enc
 * for the fused encoder, which takes as much memory again.
 *
 * Errors: as fovea_sae_encode().
 * Thread: the one that uses the device; blocks.   Owner: caller.
 */
FoveaSaeCodes *
fovea_sae_encoder_run (FoveaSaeEncoder *encoder, gint64 n_rows, const float *x, GError **error);

/**
 * fovea_sae_decode:
 * @out: (out caller-allocates): (n_rows, d_out)
 *
 * Without the skip of a skip transcoder, which needs the input.
 *
 * Errors: FOVEA_ERROR_SHAPE for codes over another number of latents.   Thread: any.
 */
gboolean
fovea_sae_decode (const FoveaSae *sae, const FoveaSaeCodes *codes, float *out, GError **error);

/**
 * fovea_sae_reconstruct:
 * @x: (n_rows, d): what was encoded
 * @out: (out caller-allocates): (n_rows, d_out)
 *
 * Decodes and adds the skip.
 *
 * Errors: as fovea_sae_decode(); the device's.   Thread: the one that uses the device; blocks.
 */
gboolean fovea_sae_reconstruct (const FoveaSae *sae,
                                FoveaDevice *device,
                                const FoveaSaeCodes *codes,
                                const float *x,
                                float *out,
                                GError **error);

/**
 * fovea_sae_patch:
 * @clean: codes as they were encoded
 * @edited: codes after an intervention, on the same rows
 * @target: (n_rows, d_out): what stands at the site that the codes are decoded to
 * @out: (out caller-allocates): (n_rows, d_out); may be @target
 *
 * Error-term mode: what the intervention changes and nothing else. Rows whose codes are equal come
 * out bit for bit as they went in.
 *
 * Errors: FOVEA_ERROR_SHAPE if rows or latents differ.   Thread: any.
 */
gboolean fovea_sae_patch (const FoveaSae *sae,
                          const FoveaSaeCodes *clean,
                          const FoveaSaeCodes *edited,
                          const float *target,
                          float *out,
                          GError **error);

/**
 * fovea_sae_codes_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @codes.
 */
void fovea_sae_codes_free (FoveaSaeCodes *codes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeCodes, fovea_sae_codes_free)

/**
 * fovea_sae_codes_clamp:
 * @value: of @latent in every row afterwards; 0 takes it away
 *
 * A copy with one latent set.   Thread: any.   Owner: caller.
 */
FoveaSaeCodes *fovea_sae_codes_clamp (const FoveaSaeCodes *codes, gint32 latent, float value);

/**
 * fovea_sae_codes_set:
 * @values: (n_rows): of @latent afterwards; 0 takes it away
 *
 * A copy with one latent set, row by row.   Thread: any.   Owner: caller.
 */
FoveaSaeCodes *fovea_sae_codes_set (const FoveaSaeCodes *codes, gint32 latent, const float *values);

/**
 * fovea_sae_codes_get:
 *
 * The code of a latent in a row, 0 if it is not there.   Cost: log of the row's codes.
 *
 * Thread: any.
 */
float fovea_sae_codes_get (const FoveaSaeCodes *codes, gint64 row, gint32 latent);

/**
 * fovea_sae_codes_unfold:
 *
 * Brings codes of a folded autoencoder to the units of the file it was folded from; nothing if it
 * is not folded.
 *
 * Thread: one at a time.
 */
void fovea_sae_codes_unfold (FoveaSaeCodes *codes, const FoveaSae *sae);
