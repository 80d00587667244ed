/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What encoding by rank or threshold shares with matching pursuit: a growing list of codes, and
 * products of rows with a dictionary. */
#include "analysis/sae-codes.h"
#include "kernels/device-encoder.h"

enum {
    FOVEA_SAE_CHUNK = 128 /* rows whose F products are in memory at a time */
};

struct _FoveaSaeEncoder {
    const FoveaSae *sae;
    FoveaDevice *device;
    float *norms;              /* (F) or NULL: codes are in units of the decoder's norm */
    float *turned;             /* (F, d) W_enc, or NULL: not wanted yet */
    FoveaTopEncoder *top;      /* set to @turned */
    FoveaDeviceEncoder *above; /* the same, of rules by value on a device with memory of its own */
};

/* One call of fovea_sae_encoder_run(). */
typedef struct {
    const FoveaSae *sae;
    FoveaDevice *device;
    FoveaSaeCodes *codes;
    GArray *latents;    /* of gint32 */
    GArray *values;     /* of float */
    float *rows;        /* (chunk, d) prepared inputs */
    float *products;    /* (chunk, F) */
    const float *norms; /* the encoder's */
    FoveaSaeEncoder *encoder;
} FoveaSaeEncoding;

/**
 * fovea_sae_encoding_push:
 *
 * The next code, after old files' factors; a 0 is dropped.
 *
 * Thread: the one that encodes.
 */
void fovea_sae_encoding_push (FoveaSaeEncoding *encoding, gint32 latent, float value);

/**
 * fovea_sae_encoding_multiply:
 * @x: (n, d)
 * @w: (F, d), or (d, F) if @input_major
 * @bias: (nullable): (F)
 *
 * Fills products for @n rows of @x.
 *
 * Shape: fills encoding->products, (n, F).
 * Errors: FOVEA_ERROR_DEVICE.
 * Thread: the one that encodes.
 */
gboolean fovea_sae_encoding_multiply (FoveaSaeEncoding *encoding,
                                      gint64 n,
                                      const float *x,
                                      const float *w,
                                      gboolean input_major,
                                      const float *bias,
                                      GError **error);

/**
 * fovea_sae_encoding_pursue:
 * @first: row of the codes that row 0 is
 *
 * Matching pursuit of @n prepared rows, which are used up.
 *
 * Errors: FOVEA_ERROR_DEVICE.
 * Thread: the one that encodes.
 */
gboolean
fovea_sae_encoding_pursue (FoveaSaeEncoding *encoding, gint64 first, gint64 n, GError **error);

/**
 * fovea_sae_encoding_prepare:
 * @first: row of @x that the chunk begins with
 *
 * Normalised and centred inputs of @n rows into encoding->rows.
 *
 * Errors: FOVEA_ERROR_NUMERIC with row and column.
 * Thread: the one that encodes.
 */
gboolean fovea_sae_encoding_prepare (
    FoveaSaeEncoding *encoding, gint64 first, gint64 n, const float *x, GError **error);

/**
 * fovea_sae_is_by_value:
 *
 * Whether a product alone decides its code, whatever the others are.   Thread: any.
 */
gboolean fovea_sae_is_by_value (const FoveaSae *sae);

/**
 * fovea_sae_get_code:
 * @p: product of latent @j with its bias
 *
 * The code by a rule by value, before old files' factors; 0 = none.   Thread: any.
 */
float fovea_sae_get_code (const FoveaSae *sae, float p, gint64 j);

/**
 * fovea_sae_encoder_turn:
 *
 * Fills encoder->turned, once.
 *
 * Errors: FOVEA_ERROR_MEMORY.
 * Thread: the one that encodes.
 */
gboolean fovea_sae_encoder_turn (FoveaSaeEncoder *encoder, GError **error);

/**
 * fovea_sae_encoding_run_above:
 * @x: (n_rows, d)
 *
 * All rows of a rule by value, on a device that has `codes_above`.
 *
 * Errors: of preparing; FOVEA_ERROR_MEMORY; the device's.
 * Thread: the one that encodes.
 */
gboolean fovea_sae_encoding_run_above (FoveaSaeEncoding *encoding,
                                       gint64 n_rows,
                                       const float *x,
                                       GError **error);

/**
 * fovea_sae_top_is_for:
 *
 * Whether the autoencoder chooses by rank within a row, and the device has an encoder for that.
 *
 * Thread: any.
 */
gboolean fovea_sae_top_is_for (const FoveaSae *sae, const FoveaDevice *device);

/**
 * fovea_sae_encoding_can_top:
 *
 * Whether fovea_sae_encoding_run_top() serves this autoencoder and device, and pays.
 *
 * Thread: any.
 */
gboolean fovea_sae_encoding_can_top (const FoveaSaeEncoding *encoding, gint64 n_rows);

/**
 * fovea_sae_encoding_run_top:
 * @x: (n_rows, d)
 *
 * All rows of a rule by rank of a row.
 *
 * Errors: of preparing; FOVEA_ERROR_MEMORY.
 * Thread: the one that encodes.
 */
gboolean fovea_sae_encoding_run_top (FoveaSaeEncoding *encoding,
                                     gint64 n_rows,
                                     const float *x,
                                     GError **error);
