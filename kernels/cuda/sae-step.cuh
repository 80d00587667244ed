/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A step of training on the GPU, in passes as on the CPU (analysis/sae-loss-private.h): rows are
 * decoded and give each of their entries its gradient; entries are sorted by latent, rows in order;
 * latents sum theirs; then the optimiser. No sum is made by atomics: same input, same bits. */
#include "kernels/cuda/sae-codes.cuh"

enum {
    STEP_SEGMENT = 64,   /* entries of the sorted list that are summed at a time */
    STEP_ROW_PARTS = 64, /* of sums over rows */
    STEP_LATENT_PARTS = 128
};

/* What rows say about latents: k entries a row, of which `count` are there. */
typedef struct {
    int64_t k;
    int32_t *latent, *count;
    float *value;  /* codes */
    float *d_code; /* the loss's gradient by them */
    float *error;  /* (rows, d_out) what was decoded, less what should have been */
    float slope;   /* gradient by `error`, for a unit of it */
    double *row_errors;
    unsigned *key, *order; /* (rows k) sorted: latents, F for none, and entries */
    int *start;            /* (F+1) */
    float *segment_sums;   /* (segments, d_out + d) of those within one latent */
    double *segment_d;     /* (segments) */
    int *segment_counts;
} StepEntries;

typedef struct {
    FoveaSaeStepArgs args;
    StepEntries main, dead;
    const float *x;    /* (rows, d) what was encoded */
    double *squares;   /* (F + 1) of the gradient's parts, the last of b_dec */
    float *d_pre;      /* (F) sums over rows */
    int *counts;       /* (F) */
    double *columns;   /* (STEP_ROW_PARTS, 3, d_out): error, target, target squared */
    float *bias_parts; /* (STEP_LATENT_PARTS, d) */
    float *scale;      /* of the gradient: clipping; NaN = do nothing */
} StepRun;

/**
 * cuda_step_decode:
 * @base: (nullable) (d_out)
 * @wanted: (rows, d_out), subtracted; for dead latents the main error, added
 *
 * Errors of rows, and gradients of their entries.
 */
cudaError_t cuda_step_decode (const StepRun *run,
                              const StepEntries *entries,
                              const float *base,
                              const float *wanted,
                              bool dead,
                              cudaStream_t stream);

/**
 * cuda_step_latents:
 *
 * The gradient of all but b_dec; entries are sorted.
 */
cudaError_t cuda_step_latents (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_finish:
 *
 * Gradient of b_dec, the result, Adam, who is dead.
 */
cudaError_t cuda_step_finish (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_scratch:
 *
 * Bytes that cuda_step() needs.
 */
size_t cuda_step_scratch (const FoveaSaeStepArgs *args, int n_processors, int capability);

/**
 * cuda_step:
 *
 * Enqueues a whole step.
 */
cudaError_t cuda_step (const FoveaSaeStepArgs *args,
                       void *scratch,
                       int n_processors,
                       int capability,
                       cublasHandle_t blas,
                       cudaStream_t stream);
