/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Loss of a sparse autoencoder on a batch, and its gradient (methods/features-and-sparsity.md 3.2 to
 * 3.4 and 4). Only latents that a row's code names are decoded and get gradients from it; sums are
 * made in a fixed order, so the bits depend neither on the number of threads nor on their timing. */
#include "analysis/sae-parameters.h"
#include "kernels/device.h"

enum {
    FOVEA_SAE_MOST_WIDTHS = 16
};

/* One batch's rule. Coefficients are those of the step: warm-up is the trainer's. */
typedef struct {
    FoveaSaeRule rule;
    gboolean transcoder;      /* the target is another site; b_dec is not subtracted from x */
    gboolean subtracts_b_dec; /* from x before encoding; never of a transcoder */
    gboolean rescales;        /* latents compete by p times their decoder's norm */
    gboolean mean_elements;   /* squared error averaged over d_out too, not summed */
    double k;                 /* of top-k rules; may be a fraction where the batch competes */
    double sparsity;          /* coefficient of the sparsity term: l1 or l0 */
    double lp_norm;           /* of the standard rule's weighted codes; 1 */
    double bandwidth;         /* w of straight-through gradients */
    double pre_act;           /* coefficient of dead latents' distance to their threshold (tanh) */
    double aux;               /* coefficient of the auxiliary loss; 0 = none */
    int64_t aux_k;            /* dead latents a row; 0 = d_out/2 */
    gboolean aux_by_variance; /* the auxiliary loss is divided by the variance of the residual */
    int64_t widths[FOVEA_SAE_MOST_WIDTHS]; /* prefixes, rising; the last is F */
    int n_widths;
} FoveaSaeLossOptions;

/* One batch. @target may be @x. */
typedef struct {
    int64_t rows;
    const float *x;      /* (rows, d) */
    const float *target; /* (rows, d_out) */
    const uint8_t *dead; /* (F) or NULL: 1 = has not fired for long */
    int64_t n_dead;
} FoveaSaeBatch;

typedef struct {
    double loss;               /* what is minimised */
    double mse;                /* mean over rows of |x - xh|^2 (or its mean over d_out) */
    double sparsity, aux;      /* the other terms, with their coefficients */
    double l0;                 /* mean over rows of codes that are not 0 */
    double squared_error;      /* sum over rows of |x - xh|^2 of the full width */
    double smallest_kept;      /* least code magnitude kept in the batch, 0 = none */
    double mean_smallest_kept; /* mean over rows of each row's least; 0 = none */
} FoveaSaeLossResult;

typedef struct _FoveaSaeLoss FoveaSaeLoss;

/**
 * fovea_sae_loss_new:
 * @device: of the CPU; must outlive the loss
 *
 * Room for batches of these sizes; grows with the batch.
 *
 * Errors: FOVEA_ERROR_DEVICE.
 * Thread: any.   Owner: caller frees with fovea_sae_loss_free(); autoptr.
 */
FoveaSaeLoss *
fovea_sae_loss_new (FoveaDevice *device, const FoveaSaeParameters *parameters, GError **error);

/**
 * fovea_sae_loss_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @loss.
 */
void fovea_sae_loss_free (FoveaSaeLoss *loss);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeLoss, fovea_sae_loss_free)

/**
 * fovea_sae_loss_run:
 * @gradient: (nullable): of the layout of @parameters, overwritten
 *
 * Errors: FOVEA_ERROR_RANGE for k outside 1 .. F or widths that do not rise to F.
 * Thread: the one that uses the device; blocks.
 */
gboolean fovea_sae_loss_run (FoveaSaeLoss *loss,
                             const FoveaSaeLossOptions *options,
                             const FoveaSaeParameters *parameters,
                             const FoveaSaeBatch *batch,
                             FoveaSaeParameters *gradient,
                             FoveaSaeLossResult *result,
                             GError **error);

/**
 * fovea_sae_loss_get_counts:
 *
 * (F): rows of the last batch in which each latent fired.   Owner: the loss.
 *
 * Thread: that of the loss.
 */
const int32_t *fovea_sae_loss_get_counts (const FoveaSaeLoss *loss);

/**
 * fovea_sae_loss_get_row_errors:
 *
 * (rows): |x - xh|^2 of the last batch.
 *
 * Thread: one at a time.   Owner: the loss.
 */
const double *fovea_sae_loss_get_row_errors (const FoveaSaeLoss *loss);
