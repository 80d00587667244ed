/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse codes on a GPU: how rows are encoded, and in what memory (sae-codes.cuh). */
#include <math.h>

#include "kernels/cuda/sae-codes.cuh"

enum {
    STRIP_BYTES = 448 << 20, /* of what a pass leaves */
    MOST_SHARED = 96 << 10,  /* of a block that chooses */
    GROUPS_A_CODE = 2        /* with fewer, a threshold spares too little */
};

static size_t
aligned (size_t bytes)
{
    return (bytes + 255) & ~(size_t) 255;
}

/* What a pass leaves of a row. */
static int64_t
row_bytes (const CodesRun *run)
{
    return run->fused ? run->tiles * (4 * FOVEA_CODES_TILE + 8) + run->sampled * CODES_RUNS * 4
                      : 4 * run->args.weights.n_latents;
}

/* Rows of a pass: as many as its room holds, in whole blocks; and if that is more than the sample of which
 * fills the processors once, in multiples of these. */
static int
strip_rows (const CodesRun *run)
{
    int64_t rows = run->args.rows, fit = STRIP_BYTES / row_bytes (run) / SCORE_BLOCK;
    int64_t most = (rows + SCORE_BLOCK - 1) / SCORE_BLOCK, wave = run->n_processors / run->sampled;
    int64_t blocks = fit < 1 ? 1 : fit < most ? fit : most;
    if (run->fused && wave > 0 && blocks < most && blocks > wave)
        blocks = blocks / wave * wave;
    return (int) (blocks * SCORE_BLOCK);
}

/* Where the parts of the scratch memory begin; @base NULL only counts. */
static size_t
lay_out (CodesRun *run, char *base)
{
    const FoveaCodesArgs *a = &run->args;
    size_t rows = (size_t) a->rows, at = 0;
    size_t strip = (size_t) run->strip, n = (size_t) a->weights.n_latents;
    run->rounded = (__half *) (base + at);
    at += aligned ((rows + SCORE_BLOCK) * (size_t) run->prepared.d * 2);
    run->row = (CodesRow *) (base + at);
    at += aligned (rows * sizeof (CodesRow));
    run->redo = (int *) (base + at);
    at += aligned ((rows + 2) * sizeof (int));
    run->products = (float *) (base + at);
    if (!run->fused)
        return at + aligned (strip * n * sizeof (float));
    at += aligned ((size_t) run->n_processors * n * sizeof (float));
    run->largest = (float *) (base + at);
    at += aligned (strip * (size_t) run->sampled * CODES_RUNS * sizeof (float));
    run->marks = (uint16_t *) (base + at);
    at += aligned (strip * (size_t) run->tiles * 4 * sizeof (uint16_t));
    run->chunks = (float4 *) (base + at);
    return at + aligned (strip * (size_t) run->prepared.F * sizeof (float));
}

/* How much is sampled, which rank of it is the threshold (sae-sample.cu), and room for what reaches it:
 * three times what is likely. */
static void
plan_sample (CodesRun *run)
{
    run->tiles = (int) (run->prepared.F / FOVEA_CODES_TILE);
    run->sampled = (run->tiles + CODES_SHARE - 1) / CODES_SHARE;
    run->sampled = run->sampled > CODES_SAMPLE ? run->sampled : CODES_SAMPLE;
    run->sampled = run->sampled < run->tiles ? run->sampled : run->tiles;
    double share = (double) run->sampled / run->tiles, in = (double) run->args.k * share;
    run->rank = (int) (share == 1 ? (double) run->args.k : ceil (in + 4 * sqrt (in) + 3));
    run->room = ((int) (3 * run->rank / share) + 63) / 32 * 32;
}

CodesRun
cuda_codes_plan (const FoveaCodesArgs *args, int n_processors, int capability, size_t *scratch)
{
    CodesRun run = {.args = *args};
    run.prepared = codes_prepared (&args->weights);
    run.n_processors = n_processors;
    run.x = args->x;
    run.x_stride = args->x_stride;
    plan_sample (&run);
    int64_t groups = args->weights.n_latents / FOVEA_CODES_GROUP;
    run.fused = capability == 90 && run.sampled <= CODES_SAMPLE_MOST &&
                groups >= GROUPS_A_CODE * args->k && cuda_codes_choice_bytes (&run) <= MOST_SHARED;
    run.strip = strip_rows (&run);
    *scratch = lay_out (&run, NULL);
    return run;
}

/* Products of a strip by cuBLAS, and the choice among all of them. */
static cudaError_t
run_dense (const CodesRun *run, int64_t first, int n, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaCodesArgs *a = &run->args;
    const FoveaCodesWeights *w = &a->weights;
    bool rounded = w->rounded;
    const float one = 1, zero = 0;
    int64_t d = rounded ? run->prepared.d : w->n_in, stride = rounded ? d : run->x_stride;
    const void *x = rounded ? (const void *) (run->rounded + first * d) : run->x + first * stride;
    cudaDataType_t type = rounded ? CUDA_R_16F : CUDA_R_32F;
    cublasStatus_t status =
        cublasGemmEx (blas, CUBLAS_OP_T, CUBLAS_OP_N, (int) w->n_latents, n, (int) d, &one,
                      rounded ? (const void *) run->prepared.w : w->w, type, (int) d, x, type,
                      (int) stride, &zero, run->products, CUDA_R_32F, (int) w->n_latents,
                      CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    if (status != CUBLAS_STATUS_SUCCESS)
        return status == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
    DenseRows dense = {.products = run->products,
                       .n = w->n_latents,
                       .stride = w->n_latents,
                       .bias = w->bias,
                       .scale = w->scale,
                       .k = a->k,
                       .by_magnitude = a->by_magnitude,
                       .only_positive = a->only_positive,
                       .latent = a->latent + first * a->k,
                       .count = a->count + first,
                       .value = a->value + first * a->k};
    if (rounded) {
        dense.row = run->row + first;
        dense.unit = run->prepared.unit;
    }
    return cuda_codes_dense (&dense, n, stream);
}

cudaError_t
cuda_codes_lay_out (CodesRun *run, void *scratch)
{
    lay_out (run, (char *) scratch);
    return cudaSuccess;
}

cudaError_t
cuda_codes_run (CodesRun *run,
                void *scratch,
                const float *centre,
                float *centred,
                cublasHandle_t blas,
                cudaStream_t stream)
{
    int64_t rows = run->args.rows;
    lay_out (run, (char *) scratch);
    if (centred != NULL) {
        run->x = centred;
        run->x_stride = run->args.weights.n_in;
    }
    cudaError_t status = cuda_codes_round (run, centre, centred, stream);
    for (int64_t first = 0; first < rows && status == cudaSuccess; first += run->strip) {
        int n = (int) (rows - first < run->strip ? rows - first : run->strip);
        if (!run->fused) {
            status = run_dense (run, first, n, blas, stream);
            continue;
        }
        status = cuda_codes_sample (run, first, n, stream);
        if (status == cudaSuccess)
            status = cuda_codes_scores (run, first, n, stream);
        if (status == cudaSuccess)
            status = cuda_codes_choose (run, first, n, stream);
    }
    return status == cudaSuccess && run->fused ? cuda_codes_redo (run, stream) : status;
}
