/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Minimum description length: how many bits a row's code takes when its values are quantised as
 * coarsely as the reconstruction allows (methods/features-and-sparsity.md 6.6). Whether a latent fires
 * costs the entropy of its firing; what it then says, that of its bins. */
#include "analysis/sae-codes.h"

typedef struct {
    int bins;                 /* of a latent's range: the fewest within the tolerance */
    gboolean within;          /* whether any was; else the bits are those of the most bins */
    double bits;              /* a row */
    double firing_bits;       /* of them: which latents fire */
    double value_bits;        /* of them: their values */
    double error, exact;      /* mean squared error an element, quantised and as it is */
    gint64 n_rows, n_latents; /* latents that fired */
} FoveaMdl;

/**
 * fovea_mdl_bits:
 * @firing: share of rows in which the latent fires
 * @counts: (n_bins) how often its value fell into each bin
 * @value_bits: (out) (optional): the second term
 *
 * Bits a row of one latent: h2(P) + P Hq.   Thread: any.
 */
double fovea_mdl_bits (double firing, const gint64 *counts, int n_bins, double *value_bits);

/**
 * fovea_mdl_measure:
 * @x: (n_rows, d): what was encoded; a skip is added for reconstruction
 * @target: (n_rows, d_out)
 * @tolerance: on the mean squared error of an element; 0.01 is SAEBench's
 *
 * Tries 4, 6, 8, 12, 16 and 32 bins. Values other than 0 alone are counted, of either sign.
 *
 * Errors: those of decoding; FOVEA_ERROR_RANGE without rows.
 * Thread: the one that uses the device; blocks.
 */
gboolean fovea_mdl_measure (const FoveaSae *sae,
                            FoveaDevice *device,
                            const FoveaSaeCodes *codes,
                            const float *x,
                            const float *target,
                            double tolerance,
                            FoveaMdl *mdl,
                            GError **error);
