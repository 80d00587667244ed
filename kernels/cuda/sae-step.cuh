/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A step of training on the GPU, in passes as on the CPU (analysis/sae-loss-private.h): rows are
 * decoded and give each of their entries its gradient; entries are sorted by latent, rows in order;
 * latents sum theirs; then the optimiser. No sum is made by atomics: same input, same bits. */
#include "kernels/cuda/sae-codes.cuh"
#include "kernels/cuda/sae-split.cuh"

enum {
    STEP_SEGMENT = 64,   /* entries of the sorted list that are summed at a time */
    STEP_ROW_PARTS = 64, /* of sums over rows */
    STEP_LATENT_PARTS = 128,
    STEP_BINS = 2048, /* of a count by bits */
    FULL_PARTS = 32,  /* of sums over rows of all products */
    FULL_SHARES = 8   /* of sums over latents, at most */
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

/* Rules that look at all products, which are made of numbers in two parts (sae-split.cuh). Those of a batch
 * without prefixes leave a list of entries: only products, what these are made of, bins, choice and ties are
 * theirs. Rows of latents are `stride` apart. */
typedef struct {
    bool on;    /* codes are a matrix */
    int groups; /* prefixes */
    int64_t stride;
    StepRanges *ranges;
    __half *x;       /* (rows, 3, d) */
    __half *enc;     /* (F, 3, d) */
    float *enc_unit; /* (F) */
    __half *dec;     /* (F, 3, d_out) */
    float *dec_unit; /* (F) */
    float *
        products; /* (rows, F) in units without bias; of a batch's rules soon what they stand for */
    __half *codes
        [2]; /* (rows, F) high and low (NULL if rounded), times their decoder's unit; then gradients by products */
    __half *gate_codes[2]; /* what a gate lets through, and in their room */
    float *gate;           /* (rows, F) the gradient by it, in units */
    float *slope;          /* (rows, F) gradient by codes, in units */
    float *errors;         /* (groups, rows, d_out), summed over longer prefixes */
    __half *error_lines;   /* (rows, 3, d_out) of one of them */
    float *
        shares; /* (1 + FULL_SHARES, rows, d_out) of what is decoded, in units; small terms first */
    float *decoded;                 /* (rows, d_out), in units */
    float *threshold;               /* (F) */
    double *parts;                  /* (FULL_PARTS, FULL_SUMS, F) */
    double *sums;                   /* (FULL_SUMS, F) */
    double *row_losses, *row_sides; /* (rows) of all prefixes; of a gate's decode */
    unsigned long long *bins;       /* (STEP_BINS) */
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
    double *segment_terms; /* (segments, FULL_SUMS), of rules by value */
    int *segment_counts;
} StepEntries;

typedef struct {
    FoveaSaeStepArgs args;
    StepEntries main, dead;
    StepEntries gate; /* of main, what a gate lets through: their values, errors and gradients */
    StepFull full;
    bool
        by_value; /* codes are a list of all that are above a level: full.sums and what they are of */
    float *pre;   /* products of main, which may be below their threshold */
    float *level;      /* (F) */
    float *norm;       /* (F) of decoder rows; NULL where nothing depends on it */
    const float *x;    /* (rows, d) what was encoded */
    double *squares;   /* (F + 1) of the gradient's parts, the last of b_dec */
    float *d_pre;      /* (F) sums over rows */
    int *counts;       /* (F) */
    double *columns;   /* (STEP_ROW_PARTS, 3, d_out): error, target, target squared */
    float *bias_parts; /* (STEP_LATENT_PARTS, d) */
    float *scale;      /* of the gradient: clipping; NaN = do nothing */
} StepRun;

/* What a unit of latent @j's products stands for. */
static __device__ inline float
product_unit (const StepFull &f, int64_t j)
{
    return codes_unit_of (__uint_as_float (f.ranges->x)) * f.enc_unit[j];
}

/* Of codes times their decoder's unit: from what no product can be beyond. */
static __device__ inline float
code_unit (const StepRun &run)
{
    const StepRanges *r = run.full.ranges;
    float length = __uint_as_float (r->x) * sqrtf ((float) run.args.d_in);
    return codes_unit_of (fmaf (length, __uint_as_float (r->reach), __uint_as_float (r->bias)));
}

/* A code that is not 0 stays so. Without @to[1] there is one part. */
static __device__ inline void
put_code (__half *const (&to)[2], int64_t i, float code)
{
    __half high, low;
    split (code, &high, &low);
    bool lost = code != 0 && __half2float (high) == 0;
    if (lost && to[1] == NULL)
        high = __ushort_as_half (1);
    else if (lost && __half2float (low) == 0)
        low = __ushort_as_half (1);
    to[0][i] = high;
    if (to[1] != NULL)
        to[1][i] = low;
}

/* Of what products with @errors, the errors' or a gate's, give latent @j. */
static __device__ inline float
slope_unit (const StepFull &f, unsigned errors, int64_t j)
{
    return codes_unit_of (__uint_as_float (errors)) * f.dec_unit[j];
}

/* Of gradients by latent @j's products: from what none can be beyond. */
static __device__ inline float
gradient_unit (const StepRun &run, int64_t j)
{
    const FoveaSaeStepArgs &a = run.args;
    float scale = a.w.r_mag != NULL ? fmaxf (expf (a.w.r_mag[j]), 1) : 1;
    float errors = fmaf (scale, __uint_as_float (run.full.ranges->errors),
                         __uint_as_float (run.full.ranges->side));
    float length = run.main.slope * sqrtf ((float) a.d_out) * errors;
    return codes_unit_of ((length + 4 * (float) a.sparsity + (float) a.pre_act) * run.norm[j]);
}

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
 * cuda_split_weights:
 *
 * Of run->full; with codes that are a matrix norms and thresholds, too.
 */
cudaError_t cuda_split_weights (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_full_products:
 *
 * full.products, and what they are made of.
 */
cudaError_t cuda_step_full_products (const StepRun *run, cublasHandle_t blas, cudaStream_t stream);

/**
 * cuda_step_full_codes:
 *
 * full.codes from full.products; not of FOVEA_STEP_BATCH.
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
 * go to full.codes where these are a matrix, else to run->main.
 */
cudaError_t cuda_step_batch_codes (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_norms:
 *
 * run->norm; thresholds and levels where there is room for them.
 */
cudaError_t cuda_step_norms (const StepRun *run, cudaStream_t stream);

/**
 * cuda_step_list:
 * @offset: (rows + 1) where rows' products begin in run->pre; rows that end beyond run->main.n are empty
 *
 * run->main's codes of listed products, and a gate's.
 */
cudaError_t cuda_step_list (const StepRun *run, const int64_t *offset, cudaStream_t stream);

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
 * Enqueues a whole step; of rules by value it waits for how many products are above their levels.
 */
cudaError_t cuda_step (const FoveaSaeStepArgs *args,
                       void *scratch,
                       int n_processors,
                       int capability,
                       const AboveStreams *streams);
