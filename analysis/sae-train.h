/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Trainer of sparse autoencoders: Adam on the losses of sae-loss.h, with schedules, counters of dead
 * latents, resampling, and checkpoints from which a run goes on to the same bits
 * (methods/features-and-sparsity.md 3). A step that fails leaves every number as it was. */
#include "analysis/sae-buffer.h"
#include "analysis/sae-loss.h"
#include "analysis/sae.h"

typedef struct {
    FoveaSaeLossOptions loss; /* coefficients and k are those after warm-up */
    int64_t d_in, d_out, n_latents;
    int64_t batch, steps;
    double rate, beta1, beta2; /* Adam's */
    double clip;               /* largest norm of a gradient; 0 = not clipped */
    int64_t warm_up;           /* steps over which the rate rises from 0 */
    int64_t decay;             /* last steps over which it falls to 0 */
    int64_t sparsity_warm_up;  /* steps over which the coefficient rises from 0 */
    double first_k;            /* k falls from here ... */
    int64_t k_steps;           /* ... to its value over so many steps; 0 = does not */
    int64_t dead_window;       /* steps without firing after which a latent is dead */
    int64_t resample_every;    /* steps; 0 = never */
    gboolean unit_norm;        /* decoder rows are held at norm 1 */
    gboolean rounded;          /* a GPU's products of whole matrices are of 11 bits, as tf32's */
    double first_norm;         /* of decoder rows; 1 with unit_norm */
    double first_threshold;
    double threshold_keep; /* what the running threshold of a batch rule keeps a step */
    guint64 seed;
} FoveaSaeTrainOptions;

/* One step, as curves show it. */
typedef struct {
    int64_t step; /* 1 after the first */
    double loss, mse, sparsity, aux;
    double l0;        /* codes a row */
    double dead;      /* share of latents */
    double explained; /* 1 - squared error / squares about the batch's mean */
    double rate;      /* of the optimiser */
} FoveaSaeTrainStep;

typedef struct _FoveaSaeTrainer FoveaSaeTrainer;

/**
 * fovea_sae_train_options_init:
 *
 * The recipe of a rule: SAELens's defaults where there are, unit-norm decoders and an auxiliary
 * loss of 1/32 for top-k rules.
 *
 * Thread: any.   Source: methods/features-and-sparsity.md 3.1, 3.2, 4.
 */
void fovea_sae_train_options_init (FoveaSaeTrainOptions *options, FoveaSaeRule rule);

/**
 * fovea_sae_train_options_describe:
 *
 * Every option in one line: equal texts, equal runs.   Owner: caller frees with g_free().
 *
 * Thread: any.
 */
char *fovea_sae_train_options_describe (const FoveaSaeTrainOptions *options);

/**
 * fovea_sae_trainer_new:
 * @device: of the CPU or a GPU; must outlive the trainer
 *
 * Errors: FOVEA_ERROR_RANGE naming the option; FOVEA_ERROR_MEMORY, FOVEA_ERROR_DEVICE.
 * Thread: any.   Owner: caller frees with fovea_sae_trainer_free(); autoptr.
 */
FoveaSaeTrainer *
fovea_sae_trainer_new (FoveaDevice *device, const FoveaSaeTrainOptions *options, GError **error);

/**
 * fovea_sae_trainer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @trainer.
 */
void fovea_sae_trainer_free (FoveaSaeTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeTrainer, fovea_sae_trainer_free)

/**
 * fovea_sae_trainer_centre:
 * @target: (rows, d_out)
 *
 * Sets b_dec to the mean of some rows, before the first step.   Thread: the trainer's.
 */
void fovea_sae_trainer_centre (FoveaSaeTrainer *trainer, const float *target, int64_t rows);

/**
 * fovea_sae_trainer_step:
 * @x: (batch, d)
 * @target: (batch, d_out), @x itself but for transcoders
 * @step: (out):
 *
 * Errors: FOVEA_ERROR_NUMERIC, naming the step, if the loss or its gradient is not finite: the
 * parameters are still those before. Those of sae-loss.h.
 * Thread: the one that uses the device; blocks.
 */
gboolean fovea_sae_trainer_step (FoveaSaeTrainer *trainer,
                                 const float *x,
                                 const float *target,
                                 FoveaSaeTrainStep *step,
                                 GError **error);

/**
 * fovea_sae_trainer_get_step:
 *
 * Steps taken.   Thread: the trainer's.
 */
int64_t fovea_sae_trainer_get_step (const FoveaSaeTrainer *trainer);

/**
 * fovea_sae_trainer_get_parameters:
 *
 * Thread: the trainer's.   Owner: the trainer.
 */
const FoveaSaeParameters *fovea_sae_trainer_get_parameters (const FoveaSaeTrainer *trainer);

/**
 * fovea_sae_trainer_make_sae:
 *
 * The autoencoder as it stands: rules of a batch become thresholds, as SAELens saves them; a rule
 * by magnitude keeps k a row.
 *
 * Errors: FOVEA_ERROR_MEMORY.   Thread: the trainer's.   Owner: caller.
 */
FoveaSae *fovea_sae_trainer_make_sae (const FoveaSaeTrainer *trainer, GError **error);

/**
 * fovea_sae_trainer_set_source:
 *
 * Says where rows come from, for checkpoints: one of other rows is not gone on with.
 *
 * Thread: the trainer's.
 */
void fovea_sae_trainer_set_source (FoveaSaeTrainer *trainer, const char *source);

/**
 * fovea_sae_trainer_save:
 * @buffer: (nullable): kept too
 *
 * A checkpoint, complete or not at all.
 *
 * Errors: file errors.   Thread: the trainer's; blocks.
 */
gboolean fovea_sae_trainer_save (const FoveaSaeTrainer *trainer,
                                 const FoveaSaeBuffer *buffer,
                                 const char *path,
                                 GError **error);

/**
 * fovea_sae_trainer_load:
 * @trainer: new, of the same options
 * @buffer: (nullable): of the same size
 *
 * Errors: FOVEA_ERROR_SHAPE if the checkpoint is of other options, sizes or rows; file errors,
 * FOVEA_ERROR_FORMAT. Then @trainer may not be used.
 * Thread: the trainer's; blocks.
 */
gboolean fovea_sae_trainer_load (FoveaSaeTrainer *trainer,
                                 FoveaSaeBuffer *buffer,
                                 const char *path,
                                 GError **error);
