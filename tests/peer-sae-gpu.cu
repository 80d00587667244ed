/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The GPU's sparse codes and training step as plain functions on device pointers, for peer-sae-gpu.py: so
 * that the peer's rounds and ours take turns in one process. Built with kernels/cuda/sae-*.cu:
 * nvcc -shared -O3 -std=c++17 -gencode arch=compute_90a,code=sm_90a -Xcompiler -fPIC -I. -o sae-gpu.so
 * tests/peer-sae-gpu.cu kernels/cuda/sae-*.cu -lcublas */
#include "kernels/cuda/sae-above.cuh"
#include "kernels/cuda/sae-step.cuh"

typedef struct {
    FoveaCodesArgs codes;
    FoveaAboveArgs above;
    FoveaSaeStepArgs step;
    void *scratch;
    size_t scratch_bytes;
} Bench;

static cublasHandle_t blas;
static cudaStream_t copies;
static cudaEvent_t counted;
static int n_processors;

static int
start (void)
{
    if (blas != NULL)
        return 0;
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties (&properties, 0) != cudaSuccess)
        return 1;
    n_processors = properties.multiProcessorCount;
    if (cudaStreamCreateWithFlags (&copies, cudaStreamNonBlocking) != cudaSuccess ||
        cudaEventCreateWithFlags (&counted, cudaEventDisableTiming) != cudaSuccess)
        return 1;
    return cublasCreate (&blas) != CUBLAS_STATUS_SUCCESS;
}

extern "C" {
Bench *
bench_new (void)
{
    return start () == 0 ? new Bench () : NULL;
}

void
bench_set_weights (Bench *b,
                   const float *w,
                   const float *bias,
                   const float *scale,
                   int64_t F,
                   int64_t d,
                   int rounded,
                   void *prepared)
{
    b->codes.weights = {w, bias, scale, F, d, rounded != 0, prepared};
}

void
bench_set_rows (Bench *b,
                const float *x,
                int64_t rows,
                int64_t k,
                int by_magnitude,
                int only_positive,
                int32_t *latent,
                float *value,
                int32_t *count)
{
    FoveaCodesArgs *a = &b->codes;
    a->x = x;
    a->rows = rows;
    a->x_stride = a->weights.n_in;
    a->k = k;
    a->by_magnitude = by_magnitude;
    a->only_positive = only_positive;
    a->latent = latent;
    a->value = value;
    a->count = count;
}

size_t
bench_prepared_bytes (int64_t F, int64_t d)
{
    return fovea_codes_prepared_bytes (F, d);
}

FoveaSaeStepArgs *
bench_step_args (Bench *b)
{
    return &b->step;
}

static int
reserve (Bench *b, size_t bytes)
{
    if (bytes <= b->scratch_bytes)
        return 0;
    cudaFree (b->scratch);
    b->scratch_bytes = bytes;
    return (int) cudaMalloc (&b->scratch, bytes);
}

/* @capability: 90, or 80 for the way without Hopper. @fused: (out). */
int
bench_codes (Bench *b, int capability, int *fused)
{
    size_t bytes;
    CodesRun run = cuda_codes_plan (&b->codes, n_processors, capability, &bytes);
    *fused = run.fused;
    if (reserve (b, bytes) != 0)
        return 2;
    return (int) cuda_codes_run (&run, b->scratch, NULL, NULL, blas, 0);
}

/* Levels of the weights last set. @room: codes that `latent` and `value` hold. */
void
bench_set_levels (Bench *b,
                  const float *level,
                  const float *x,
                  int64_t rows,
                  int64_t room,
                  int64_t *offset,
                  int32_t *latent,
                  float *value)
{
    b->codes.weights.level = level;
    b->above = {b->codes.weights, rows, x, b->codes.weights.n_in, room, offset, latent, value};
}

/* @capability: 90, or 80 for the way without Hopper. */
int
bench_above (Bench *b, int capability)
{
    size_t bytes;
    AboveRun run = cuda_above_plan (&b->above, n_processors, capability, &bytes);
    const AboveStreams streams = {blas, 0, copies, counted};
    if (reserve (b, bytes) != 0)
        return 2;
    return (int) cuda_above_run (&run, b->scratch, &streams);
}

int
bench_prepare (Bench *b)
{
    return (int) cuda_codes_prepare (&b->codes.weights, n_processors, 0);
}

/* The quick pass alone, of the rows that the last bench_codes() rounded. @redone: rows of its list. */
int
bench_scores (Bench *b, int *redone)
{
    size_t bytes;
    CodesRun run = cuda_codes_plan (&b->codes, n_processors, 90, &bytes);
    cudaError_t status = cuda_codes_lay_out (&run, b->scratch);
    for (int64_t first = 0; first < run.args.rows && status == cudaSuccess; first += run.strip) {
        int64_t left = run.args.rows - first;
        int n = (int) (left < run.strip ? left : run.strip);
        status = cuda_codes_sample (&run, first, n, 0);
        if (status == cudaSuccess)
            status = cuda_codes_scores (&run, first, n, 0);
    }
    if (status == cudaSuccess && redone != NULL)
        status = cudaMemcpy (redone, run.redo, sizeof (int), cudaMemcpyDeviceToHost);
    return (int) status;
}

int
bench_step (Bench *b)
{
    size_t bytes = cuda_step_scratch (&b->step, n_processors, 90);
    const AboveStreams streams = {blas, 0, copies, counted};
    if (reserve (b, bytes) != 0)
        return 2;
    return (int) cuda_step (&b->step, b->scratch, n_processors, 90, &streams);
}
}
