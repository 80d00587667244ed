/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* State of a trainer; private to analysis/sae-train*.c. */
#include "analysis/sae-train.h"
#include "kernels/sparse-rows.h"

struct _FoveaSaeTrainer {
    FoveaDevice *device;
    FoveaThreads *threads;
    const FoveaSparseLoops *loops;
    FoveaSaeTrainOptions options;
    FoveaSaeParameters *w, *gradient, *mean, *square; /* of one layout */
    FoveaSaeLoss *loss;
    int64_t step;       /* taken */
    int32_t *since;     /* (F) steps without firing */
    uint8_t *dead;      /* (F) since >= dead_window */
    double threshold;   /* running mean of a batch rule's smallest code kept */
    double *parts;      /* sums of squares of the gradient's blocks */
    FoveaRandom random; /* of resampling */
};

/**
 * fovea_sae_trainer_start:
 *
 * Parameters of step 0: decoder rows of equal norm in random directions, W_enc their transpose.
 */
void fovea_sae_trainer_start (FoveaSaeTrainer *trainer);

/**
 * fovea_sae_trainer_resample:
 *
 * Points dead latents at rows of the last batch that are reconstructed badly
 * (methods/features-and-sparsity.md 3.5).
 */
void fovea_sae_trainer_resample (FoveaSaeTrainer *trainer, const float *x, const float *target);
