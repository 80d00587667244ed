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
    STEP_LATENT_PARTS = 128,
    STEP_BINS = 2048, /* of a count by bits */
    FULL_PARTS = 32   /* of sums over rows of all products */
};

/* Sums over rows of a latent's products. */
enum {
    FULL_PRE,   /* gradient by p */
    FULL_NORM,  /* by the decoder's norm */
    FULL_OTHER, /* by the log threshold; by r_mag of a gated one */
    FULL_MAG,   /* by b_mag */
    FULL_TERM,  /* what codes cost */
    FULL_COUNT, /* codes that are not 0 */
    FULL_SUMS
};

/* Where the batch's smallest code lies; built from the highest bits down. */
typedef struct {
    unsigned bits;           /* known so far */
    unsigned smallest;       /* rank that was kept, as bits; ~0 = none */
    unsigned long long left; /* to be kept among those that agree in these bits; in the end: ties */
    int all;                 /* fewer than are to be kept are above 0 */
} BatchChoice;

/* Rules that look at all products. Those of a batch without prefixes leave a list of entries: only
 * products, bins, choice and ties are theirs. */
typedef struct {
    bool on;                                /* codes are a matrix */
    int groups;                             /* prefixes */
    float *products, *codes, *slope, *gate; /* (rows, F); gradient by codes, then by products */
    float *errors;                          /* (groups, rows, d_out), summed over longer prefixes */
    float *decoded;                         /* (rows, d_out) */
    float *threshold;                       /* (F) */
    double *parts;                          /* (FULL_PARTS, FULL_SUMS, F) */
    double *sums;                           /* (FULL_SUMS, F) */
    double *row_losses, *row_sides;         /* (rows) of all prefixes; of a gate's decode */
    unsigned long long *bins;               /* (STEP_BINS) */
    BatchChoice *choice;
    int *ties; /* (rows + 1) with the smallest: first of each row, then before each row */
} StepFull;

/* What rows say about latents: k entries a row, of which `count` are there; or as many as a row has, one row
 * after another. */
typedef struct {
    int64_t n;        /* room */
    int64_t k;        /* of a row; 0 = they differ */
    int *first, *row; /* (rows + 1) and (n), where they differ; else NULL */
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
    StepFull full;
    float *norm;       /* (F) of decoder rows; NULL where nothing depends on it */
    const float *x;    /* (rows, d) what was encoded */
    double *squares;   /* (F + 1) of the gradient's parts, the last of b_dec */
    float *d_pre;      /* (F) sums over rows */
    int *counts;       /* (F) */
    double *columns;   /* (STEP_ROW_PARTS, 3, d_out): error, target, target squared */
    float *bias_parts; /* (STEP_LATENT_PARTS, d) */
    float *scale;      /* of the gradient: clipping; NaN = do nothing */
} StepRun;

/* Where a row's entries begin. */
static __device__ inline int64_t
first_entry (const StepEntries &e, int64_t t)
{
    return e.first != NULL ? e.first[t] : t * e.k;
}

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
 * cuda_step_full:
 *
 * For rules that look at all products: codes, errors, and gradients of all but b_dec from them, which
 * cuda_step_latents() completes. Rows are centred.
 */
cudaError_t cuda_step_full (const StepRun *run, cublasHandle_t blas, cudaStream_t stream);

/**
 * cuda_step_full_products:
 *
 * full.products without their bias.
 */
cudaError_t cuda_step_full_products (const StepRun *run, cublasHandle_t blas);

/**
 * cuda_step_full_codes:
 *
 * full.products get their bias, and full.codes are made of them; not of FOVEA_STEP_BATCH.
 */
cudaError_t cuda_step_full_codes (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_full_backward:
 *
 * From gradients by codes to those by products, and the sums over rows.
 */
cudaError_t cuda_step_full_backward (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_batch_codes:
 *
 * As cuda_step_full_codes(), of FOVEA_STEP_BATCH: ties go to the earlier row, then the lower latent. They
 * go to full.codes, or if that is NULL to run->main.
 */
cudaError_t cuda_step_batch_codes (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_norms:
 *
 * run->norm, and thresholds.
 */
cudaError_t cuda_step_norms (const StepRun *run, cudaStream_t stream);

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
