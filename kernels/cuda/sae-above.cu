/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes by levels on a GPU: how rows are encoded, and in what memory (sae-above.cuh). */
#include <limits.h>

#include "kernels/cuda/sae-above.cuh"
#include "kernels/cuda/sae-split.cuh"

enum {
    STRIP_BYTES = 448 << 20, /* of what a pass leaves */
    MOST_SHARED = 160 << 10, /* of a block that orders codes: a million latents */
    DENSE_SHARE = 48,   /* one latent in so many: a strip with more chunks is multiplied in full */
    ROUNDED_SHARE = 20, /* where scores are products */
    MOST_SUMMED = 1024, /* numbers of a row in one sum: each sixteen of them cut it at 24 bits */
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

/* What products of f32 in full are made of. */
static size_t
lay_out_parts (AboveRun *run, char *base, size_t at)
{
    const FoveaCodesWeights *w = &run->codes.args.weights;
    size_t line = 3 * (size_t) split_width (w->n_in) * sizeof (__half);
    size_t strip = (size_t) run->codes.strip, latents = (size_t) w->n_latents;
    run->lines = (__half *) (base + at);
    at += aligned (strip * line);
    run->weights = (__half *) (base + at);
    at += aligned (latents * line);
    run->line_unit = (float *) (base + at);
    at += aligned (strip * sizeof (float));
    run->weight_unit = (float *) (base + at);
    return at + aligned (latents * sizeof (float));
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
    at += aligned (strip * (size_t) c->prepared.F * sizeof (float));
    return c->args.weights.rounded ? at : lay_out_parts (run, base, at);
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

/* Rows of a strip in two parts, and weights unless they are there. */
static cudaError_t
split_strip (AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    const FoveaCodesWeights *w = &run->codes.args.weights;
    const float *x = run->codes.x + first * run->codes.x_stride;
    cudaError_t status = cudaSuccess;
    if (!run->split)
        status = cuda_split_latents (w->w, w->n_latents, w->n_in, run->weights, run->weight_unit,
                                     stream);
    run->split = true;
    return status == cudaSuccess ? cuda_split_rows (x, run->codes.x_stride, n, w->n_in, run->lines,
                                                    run->line_unit, stream)
                                 : status;
}

/* Products of numbers [@from, @end) of lines of @line, added to others but for the first. */
static cudaError_t
multiply (const AboveRun *run,
          const __half *weights,
          const __half *x,
          int n,
          int line,
          int from,
          int end,
          cublasHandle_t blas)
{
    const float one = 1, others = from > 0 ? 1 : 0;
    int F = (int) run->codes.args.weights.n_latents;
    cublasStatus_t made =
        cublasGemmEx (blas, CUBLAS_OP_T, CUBLAS_OP_N, F, n, end - from, &one, weights + from,
                      CUDA_R_16F, line, x + from, CUDA_R_16F, line, &others, run->products,
                      CUDA_R_32F, F, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    if (made == CUBLAS_STATUS_SUCCESS)
        return cudaSuccess;
    return made == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
}

/* All products of a strip. Those of f32 begin with what is small, in two thirds of a line. */
static cudaError_t
make_products (AboveRun *run, int64_t first, int n, const AboveStreams *s)
{
    const CodesRun *c = &run->codes;
    const FoveaCodesWeights *w = &c->args.weights;
    int width = (int) split_width (w->n_in), line = 3 * width, d = (int) c->prepared.d;
    if (w->rounded)
        return multiply (run, c->prepared.w, c->rounded + first * d, n, d, 0, d, s->blas);
    cudaError_t status = split_strip (run, first, n, s->stream);
    for (int from = 0, end; from < line && status == cudaSuccess; from = end) {
        end = (from > 0 ? from : 2 * width) + MOST_SUMMED;
        end = end < line ? end : line;
        status = multiply (run, run->weights, run->lines, n, line, from, end, s->blas);
    }
    return status;
}

/* Codes of a strip from all of its products. */
static cudaError_t
run_dense (AboveRun *run, int64_t first, int n, const AboveStreams *s)
{
    cudaError_t status = make_products (run, first, n, s);
    if (status != cudaSuccess)
        return status;
    status = cuda_above_dense_count (run, first, n, s->stream);
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
    int share = run->codes.args.weights.rounded ? ROUNDED_SHARE : DENSE_SHARE;
    lay_out (run, (char *) scratch);
    cudaError_t status = cuda_codes_round (&run->codes, NULL, NULL, s->stream);
    for (int64_t first = 0; first < rows && status == cudaSuccess; first += run->codes.strip) {
        int64_t left = rows - first;
        int n = (int) (left < run->codes.strip ? left : run->codes.strip);
        if (!dense)
            status = run_marked (run, first, n, share, s, &dense);
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
