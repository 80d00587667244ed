/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes by levels on a GPU: how rows are encoded, and in what memory (sae-above.cuh). */
#include <limits.h>

#include "kernels/cuda/sae-above.cuh"

enum {
    STRIP_BYTES = 448 << 20, /* of what a pass leaves */
    MOST_SHARED = 160 << 10, /* of a block that orders codes: a million latents */
    DENSE_SHARE = 20, /* one latent in so many: a strip with more chunks is multiplied in full */
    TRIED_ROWS = SCORE_BLOCK /* that are looked at first */
};

static size_t
aligned (size_t bytes)
{
    return (bytes + 255) & ~(size_t) 255;
}

/* Rows of a pass: as many as its room holds, in whole blocks. */
static int
strip_rows (const AboveRun *run)
{
    int64_t row = run->codes.prepared.F * 4 + run->codes.tiles * 8;
    int64_t most = (run->codes.args.rows + SCORE_BLOCK - 1) / SCORE_BLOCK;
    int64_t fit = STRIP_BYTES / row / SCORE_BLOCK, blocks = fit < most ? fit : most;
    return (int) (blocks < 1 ? 1 : blocks) * SCORE_BLOCK;
}

/* Windows of a row, at most. */
static int64_t
most_windows (const AboveRun *run)
{
    return (run->codes.prepared.F / CODES_CHUNK + ABOVE_WINDOW - 1) / ABOVE_WINDOW;
}

/* Where the parts of the scratch memory begin; @base NULL only counts. */
static size_t
lay_out (AboveRun *run, char *base)
{
    CodesRun *c = &run->codes;
    size_t rows = (size_t) c->args.rows, strip = (size_t) c->strip, at = 0;
    c->rounded = (__half *) (base + at);
    at += aligned ((rows + SCORE_BLOCK) * (size_t) c->prepared.d * 2);
    c->row = (CodesRow *) (base + at);
    at += aligned (rows * sizeof (CodesRow));
    c->redo = (int *) (base + at); /* of no use here but to the kernel that rounds rows */
    at += aligned (2 * sizeof (int));
    run->counts = (AboveCounts *) (base + at);
    at += aligned (sizeof (AboveCounts));
    run->n_codes = (int *) (base + at);
    at += aligned (strip * sizeof (int));
    run->rest = (int2 *) (base + at);
    at += aligned (strip * (size_t) most_windows (run) * sizeof (int2));
    c->marks = (uint16_t *) (base + at);
    at += aligned (strip * (size_t) c->tiles * 4 * sizeof (uint16_t));
    c->chunks = (float4 *) (base + at);
    run->products = (float *) (base + at);
    return at + aligned (strip * (size_t) c->prepared.F * sizeof (float));
}

AboveRun
cuda_above_plan (const FoveaAboveArgs *args, int n_processors, int capability, size_t *scratch)
{
    AboveRun run = {};
    CodesRun *c = &run.codes;
    c->args.weights = args->weights;
    c->args.rows = args->rows;
    c->args.x = c->x = args->x;
    c->args.x_stride = c->x_stride = args->x_stride;
    c->prepared = codes_prepared (&args->weights);
    c->tiles = (int) (c->prepared.F / FOVEA_CODES_TILE);
    c->n_processors = n_processors;
    run.room = args->room;
    run.offset = args->offset;
    run.latent = args->latent;
    run.value = args->value;
    run.fused = capability == 90 && cuda_above_fill_bytes (&c->prepared) <= MOST_SHARED;
    c->strip = strip_rows (&run);
    *scratch = lay_out (&run, NULL);
    return run;
}

/* Products of a strip by cuBLAS, and codes from all of them. */
static cudaError_t
run_dense (AboveRun *run, int64_t first, int n, const AboveStreams *s)
{
    const CodesRun *c = &run->codes;
    const FoveaCodesWeights *w = &c->args.weights;
    const float one = 1, zero = 0;
    int64_t d = w->rounded ? c->prepared.d : w->n_in, stride = w->rounded ? d : c->x_stride;
    const void *x = w->rounded ? (const void *) (c->rounded + first * d) : c->x + first * stride;
    const void *weights = w->rounded ? (const void *) c->prepared.w : w->w;
    cudaDataType_t type = w->rounded ? CUDA_R_16F : CUDA_R_32F;
    cublasStatus_t made =
        cublasGemmEx (s->blas, CUBLAS_OP_T, CUBLAS_OP_N, (int) w->n_latents, n, (int) d, &one,
                      weights, type, (int) d, x, type, (int) stride, &zero, run->products,
                      CUDA_R_32F, (int) w->n_latents, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    if (made != CUBLAS_STATUS_SUCCESS)
        return made == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
    cudaError_t status = cuda_above_dense_count (run, first, n, s->stream);
    run->most_marked = ULLONG_MAX; /* now the count says nothing */
    if (status == cudaSuccess)
        status = cuda_above_sum (run, first, n, s->stream);
    return status == cudaSuccess ? cuda_above_dense_fill (run, first, n, s->stream) : status;
}

/* Chunks that are marked in the strip; the stream goes on while the host waits for them. */
static cudaError_t
read_marked (const AboveRun *run, const AboveStreams *s, unsigned long long *marked)
{
    cudaError_t status = cudaStreamWaitEvent (s->copies, s->counted, 0);
    if (status == cudaSuccess)
        status = cudaMemcpyAsync (marked, &run->counts->marked, sizeof *marked,
                                  cudaMemcpyDeviceToHost, s->copies);
    return status == cudaSuccess ? cudaStreamSynchronize (s->copies) : status;
}

/* From marked scores. @dense: (out): there were more than a share of latents, and nothing has been made of them. */
static cudaError_t
run_marked (AboveRun *run, int64_t first, int n, int share, const AboveStreams *s, bool *dense)
{
    unsigned long long marked = 0;
    run->most_marked =
        (unsigned long long) n * (unsigned long long) run->codes.prepared.F / (unsigned) share;
    cudaError_t status = cudaMemsetAsync (run->counts, 0, sizeof (AboveCounts), s->stream);
    if (status == cudaSuccess)
        status = cuda_codes_scores (&run->codes, first, n, s->stream);
    if (status == cudaSuccess)
        status = cuda_above_settle (run, first, n, s->counted, s->stream);
    if (status == cudaSuccess)
        status = cuda_above_sum (run, first, n, s->stream);
    if (status == cudaSuccess)
        status = cuda_above_fill (run, first, n, s->stream);
    if (status == cudaSuccess)
        status = read_marked (run, s, &marked);
    *dense = marked > run->most_marked;
    return status;
}

/* Once a strip was too dense, the others are not tried. */
cudaError_t
cuda_above_run (AboveRun *run, void *scratch, const AboveStreams *s)
{
    int64_t rows = run->codes.args.rows;
    bool dense = !run->fused;
    lay_out (run, (char *) scratch);
    cudaError_t status = cuda_codes_round (&run->codes, NULL, NULL, s->stream);
    for (int64_t first = 0; first < rows && status == cudaSuccess; first += run->codes.strip) {
        int64_t left = rows - first;
        int n = (int) (left < run->codes.strip ? left : run->codes.strip);
        if (!dense)
            status = run_marked (run, first, n, DENSE_SHARE, s, &dense);
        if (status == cudaSuccess && dense)
            status = run_dense (run, first, n, s);
    }
    return status;
}

cudaError_t
cuda_above_try (AboveRun *run, void *scratch, int share, const AboveStreams *s, bool *dense)
{
    int64_t rows = run->codes.args.rows, done = 0;
    *dense = !run->fused;
    if (*dense)
        return cudaSuccess;
    lay_out (run, (char *) scratch);
    cudaError_t status = cuda_codes_round (&run->codes, NULL, NULL, s->stream);
    while (done < rows && status == cudaSuccess && !*dense) {
        int most = done > 0 || run->codes.strip < TRIED_ROWS ? run->codes.strip : TRIED_ROWS;
        int n = rows - done < most ? (int) (rows - done) : most;
        status = run_marked (run, done, n, share, s, dense);
        done += n;
    }
    return status;
}
