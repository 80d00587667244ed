/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The k largest of F products per row of x, without ever writing the F products: the encoder of
 * top-k sparse autoencoders on the CPU. On a GPU it copies weights, rows and codes and leaves the work
 * to the operation `top_codes`, which follows the same rules.
 *
 * A quick pass (bf16 tile registers where there are any, else BLAS) finds candidates: every latent
 * whose product could be among the k largest, given a bound of the quick pass's error that follows
 * from what rounding took off each row. The candidates' products are then computed in f32, and the
 * k largest of these are the result. So codes do not depend on how the candidates were found: the
 * same bits with and without tiles.
 *
 * The bound: |x~ w~ - x w| <= |x~ - x| |w~| + |x| |w~ - w| + (n_in + 2) 2^-23 |x| |w|. */
#include <glib.h>
#include <stdbool.h>

typedef struct _FoveaDevice FoveaDevice;
typedef struct _FoveaTopEncoder FoveaTopEncoder;

/* What is encoded with. All of it must live until the next fovea_top_encoder_set(). */
typedef struct {
    const float *w;         /* (rows, n_in): a row is a latent's direction */
    const float *bias;      /* (rows), NULL = 0 */
    const float *scale;     /* (rows) positive: latents compete by scale * p; NULL = 1 */
    const int32_t *members; /* (n_latents) rows that compete, rising; NULL = the first n_latents */
    int64_t n_latents;
} FoveaTopWeights;

typedef struct {
    int64_t rows;
    const float *x; /* (rows, n_in), row stride x_stride */
    int64_t x_stride;
    int64_t k;
    bool by_magnitude;  /* the k largest |p|, sign kept; else the k largest p */
    bool only_positive; /* p <= 0 is no code, so a row may have fewer than k; not by magnitude */
    int32_t *latent;    /* (rows, k) out: rows of w, rising */
    float *value;       /* (rows, k) out: p = x . w + bias */
    int32_t *count;     /* (rows) out: codes of the row */
} FoveaTopCodesArgs;

/**
 * fovea_top_encoder_is_for:
 *
 * Whether @device has what an encoder needs.   Thread: any.
 */
gboolean fovea_top_encoder_is_for (const FoveaDevice *device);

/**
 * fovea_top_encoder_new:
 * @device: of the CPU, or one that has `top_codes`; must outlive the encoder
 *
 * Errors: FOVEA_ERROR_DEVICE for any other.
 * Thread: any.   Owner: caller frees with fovea_top_encoder_free(); autoptr.
 */
FoveaTopEncoder *fovea_top_encoder_new (FoveaDevice *device, int64_t n_in, GError **error);

/**
 * fovea_top_encoder_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @encoder.
 */
void fovea_top_encoder_free (FoveaTopEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTopEncoder, fovea_top_encoder_free)

/**
 * fovea_top_encoder_set:
 *
 * Prepares weights: to be called again whenever they have changed. Keeps 2 bytes a weight on a
 * machine with tile registers. Weights must be finite. Members are for the CPU alone.
 *
 * Thread: the one that uses the device.
 */
void fovea_top_encoder_set (FoveaTopEncoder *encoder, const FoveaTopWeights *weights);

/**
 * fovea_top_encoder_run:
 *
 * Ties go to the lower latent. A row with a NaN has no codes.
 *
 * Errors: FOVEA_ERROR_RANGE for k outside 1..F, FOVEA_ERROR_MEMORY.
 * Thread: the one that uses the device; blocks.
 */
gboolean
fovea_top_encoder_run (FoveaTopEncoder *encoder, const FoveaTopCodesArgs *args, GError **error);
