/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* State of a trainer; private to analysis/sae-train*.c. On a device with memory of its own, parameters,
 * gradient and moments live there (FoveaSaeRemote) and come to the host when somebody looks. */
#include "analysis/sae-train.h"
#include "kernels/sparse-rows.h"

typedef struct _FoveaSaeRemote FoveaSaeRemote;

struct _FoveaSaeTrainer {
    char *source; /* where rows come from; NULL = not said */
    FoveaDevice *device;
    FoveaThreads *threads;
    const FoveaSparseLoops *loops;
    FoveaSaeTrainOptions options;
    FoveaSaeParameters *w, *gradient, *mean, *square; /* of one layout */
    FoveaSaeLoss *loss;                               /* NULL where the device trains */
    FoveaSaeRemote *remote;                           /* what it trains with, else NULL */
    int64_t step;                                     /* taken */
    int32_t *since;                                   /* (F) steps without firing */
    uint8_t *dead;                                    /* (F) since >= dead_window */
    double threshold;   /* running mean of a batch rule's smallest code kept */
    double *parts;      /* sums of squares of the gradient's blocks */
    FoveaRandom random; /* of resampling */
};

/**
 * fovea_sae_trainer_start:
 *
 * Parameters of step 0: decoder rows of equal norm in random directions, W_enc their transpose.
 *
 * Thread: the one that trains.
 */
void fovea_sae_trainer_start (FoveaSaeTrainer *trainer);

/**
 * fovea_sae_trainer_fetch:
 *
 * Makes w, mean, square and since what they are after the last step, wherever it was taken.
 *
 * Thread: the one that trains.
 */
void fovea_sae_trainer_fetch (const FoveaSaeTrainer *trainer);

/**
 * fovea_sae_trainer_push:
 *
 * The reverse, after they were changed here.
 *
 * Thread: the one that trains.
 */
void fovea_sae_trainer_push (FoveaSaeTrainer *trainer);

/**
 * fovea_sae_trainer_resample:
 * @x: (batch, d_in) the last batch
 * @target: (batch, d_out)
 *
 * Points dead latents at rows of the last batch that are reconstructed badly
 * (methods/features-and-sparsity.md 3.5).
 *
 * Thread: the one that trains.
 */
void fovea_sae_trainer_resample (FoveaSaeTrainer *trainer, const float *x, const float *target);

/* What a step is made with, beside the options. */
typedef struct {
    double rate;
    int64_t step;             /* taken before */
    FoveaSaeLossOptions loss; /* at this step */
} FoveaSaeRemoteStep;

/**
 * fovea_sae_remote_is_for:
 *
 * Whether @device trains by an operation of its own.   Thread: any.
 */
gboolean fovea_sae_remote_is_for (FoveaDevice *device);

/**
 * fovea_sae_remote_new:
 *
 * Room for a run of these options.
 *
 * Errors: FOVEA_ERROR_RANGE for what only the CPU trains: an auxiliary loss divided by a variance, codes
 * that cost another norm than their sum, widths that are no multiples of 4; for k and prefixes as the
 * loss has them; FOVEA_ERROR_MEMORY.
 * Thread: the one that uses the device.   Owner: caller, fovea_sae_remote_free().
 */
FoveaSaeRemote *
fovea_sae_remote_new (FoveaDevice *device, const FoveaSaeTrainOptions *options, GError **error);

/**
 * fovea_sae_remote_free:
 *
 * NULL is fine.
 *
 * Thread: the one that uses the device.   Owner: takes @remote.
 */
void fovea_sae_remote_free (FoveaSaeRemote *remote);

/* Blocks of one layout, as a trainer has them. */
typedef struct {
    const FoveaSaeParameters *w, *mean, *square;
    const int32_t *since;
} FoveaSaeRemoteState;

/**
 * fovea_sae_remote_write:
 *
 * Makes the device's numbers those of the host.   Thread: as above.
 */
void fovea_sae_remote_write (FoveaSaeRemote *remote, const FoveaSaeRemoteState *state);

/**
 * fovea_sae_remote_read:
 *
 * The reverse; copies nothing if no step was taken since.   Thread: as above; blocks.
 */
void fovea_sae_remote_read (FoveaSaeRemote *remote, const FoveaSaeRemoteState *state);

/**
 * fovea_sae_remote_step:
 * @smallest_kept: (out): least of what a batch rule kept, 0 = none or another rule
 *
 * One step: the same as that of the host, but for the order of its sums.
 *
 * Errors: FOVEA_ERROR_NUMERIC as fovea_sae_trainer_step(); FOVEA_ERROR_DEVICE, FOVEA_ERROR_MEMORY.
 * Thread: as above; blocks.
 */
gboolean fovea_sae_remote_step (FoveaSaeRemote *remote,
                                const FoveaSaeRemoteStep *how,
                                const float *x,
                                const float *target,
                                FoveaSaeTrainStep *step,
                                double *smallest_kept,
                                GError **error);

/**
 * fovea_sae_remote_read_errors:
 * @errors: (out): (batch) |x - xh|^2 of the last step's rows
 *
 * Thread: as above; blocks.
 */
void fovea_sae_remote_read_errors (FoveaSaeRemote *remote, double *errors);
