/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A training step by products of whole matrices, for rules whose codes are not the k largest of a row:
 * products, codes, what they decode to, and the way back. All products are of f32 by cuBLAS, so that
 * parameters go where the CPU's go. Prefixes of latents that decode by themselves are columns of the
 * same matrices.
 * Work: 10 rows F d flop, 14 of a gated one.   Roof: f32 arithmetic. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256
};

/* c = alpha op (a) op (b) + beta c, column by column as cuBLAS has it. */
static cudaError_t
multiply (cublasHandle_t blas,
          cublasOperation_t op_a,
          cublasOperation_t op_b,
          const int64_t (&size)[3],
          float alpha,
          const float *a,
          int64_t a_stride,
          const float *b,
          int64_t b_stride,
          float beta,
          float *c,
          int64_t c_stride)
{
    cublasStatus_t status =
        cublasGemmEx (blas, op_a, op_b, (int) size[0], (int) size[1], (int) size[2], &alpha, a,
                      CUDA_R_32F, (int) a_stride, b, CUDA_R_32F, (int) b_stride, &beta, c,
                      CUDA_R_32F, (int) c_stride, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    if (status == CUBLAS_STATUS_SUCCESS)
        return cudaSuccess;
    return status == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
}

/* Latents [first, end) of prefix @g that are in no shorter one. */
typedef struct {
    int64_t first, n;
} Columns;

static Columns
columns_of (const StepRun *run, int g)
{
    const FoveaSaeStepArgs *a = &run->args;
    int64_t first = g > 0 ? a->widths[g - 1] : 0;
    return {first, (run->full.groups > 1 ? a->widths[g] : a->n_latents) - first};
}

/* An error's row: what was decoded, with the bias, less what should have been. A block a row.
 * @losses: (nullable) where squares are added up over prefixes. */
static __global__ void
__launch_bounds__ (THREADS) errors_kernel (
    const __grid_constant__ StepRun run, float *errors, double *squares, double *losses, bool adds)
{
    __shared__ double parts[THREADS / 32];
    const FoveaSaeStepArgs &a = run.args;
    int64_t t = blockIdx.x, n = a.d_out;
    double sum = 0;
    for (int64_t c = threadIdx.x; c < n; c += THREADS) {
        float e = run.full.decoded[t * n + c] + a.w.b_dec[c] - a.target[t * n + c];
        errors[t * n + c] = e;
        sum += (double) e * (double) e;
    }
    for (int other = 16; other > 0; other /= 2)
        sum += __shfl_xor_sync (~0u, sum, other);
    if (lane_id () == 0)
        parts[threadIdx.x / 32] = sum;
    __syncthreads ();
    if (threadIdx.x != 0)
        return;
    sum = 0;
    for (int i = 0; i < THREADS / 32; i++)
        sum += parts[i];
    squares[t] = sum;
    if (losses != NULL)
        losses[t] = adds ? losses[t] + sum : sum;
}

/* to += from */
static __global__ void
__launch_bounds__ (THREADS) add_kernel (const float *from, float *to, int64_t n)
{
    int64_t i = (int64_t) blockIdx.x * THREADS + threadIdx.x;
    if (i < n)
        to[i] += from[i];
}

/* A latent of one prefix is part of all longer ones. */
static cudaError_t
add_longer (const StepRun *run, cudaStream_t stream)
{
    int64_t n = run->args.rows * run->args.d_out;
    unsigned grid = (unsigned) ((n + THREADS - 1) / THREADS);
    for (int g = run->full.groups - 2; g >= 0; g--) {
        float *to = run->full.errors + g * n;
        add_kernel<<<grid, THREADS, 0, stream>>> (to + n, to, n);
    }
    return cudaGetLastError ();
}

/* full.decoded = @codes w_dec, of prefix after prefix, and their errors. */
static cudaError_t
decode (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    cudaError_t status = cudaSuccess;
    for (int g = 0; g < f->groups && status == cudaSuccess; g++) {
        Columns c = columns_of (run, g);
        status = multiply (blas, CUBLAS_OP_N, CUBLAS_OP_N, {a->d_out, a->rows, c.n}, 1,
                           a->w.w_dec + c.first * a->d_out, a->d_out, f->codes + c.first,
                           a->n_latents, g > 0, f->decoded, a->d_out);
        if (status != cudaSuccess)
            break;
        errors_kernel<<<(unsigned) a->rows, THREADS, 0, stream>>> (
            *run, f->errors + g * a->rows * a->d_out, run->main.row_errors, f->row_losses, g > 0);
        status = cudaGetLastError ();
    }
    return status == cudaSuccess ? add_longer (run, stream) : status;
}

/* What a gate alone explains, with the decoder held fixed, and its gradient. */
static cudaError_t
decode_gate (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    float *errors = f->decoded; /* in their place */
    cudaError_t status =
        multiply (blas, CUBLAS_OP_N, CUBLAS_OP_N, {a->d_out, a->rows, a->n_latents}, 1, a->w.w_dec,
                  a->d_out, f->slope, a->n_latents, 0, f->decoded, a->d_out);
    if (status != cudaSuccess)
        return status;
    errors_kernel<<<(unsigned) a->rows, THREADS, 0, stream>>> (*run, errors, f->row_sides, NULL,
                                                               false);
    status = cudaGetLastError ();
    return status != cudaSuccess
               ? status
               : multiply (blas, CUBLAS_OP_T, CUBLAS_OP_N, {a->n_latents, a->rows, a->d_out},
                           run->main.slope, a->w.w_dec, a->d_out, errors, a->d_out, 0, f->gate,
                           a->n_latents);
}

/* Gradients by codes, and of decoder rows. */
static cudaError_t
decode_backward (const StepRun *run, cublasHandle_t blas)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    cudaError_t status = cudaSuccess;
    for (int g = 0; g < f->groups && status == cudaSuccess; g++) {
        Columns c = columns_of (run, g);
        const float *errors = f->errors + g * a->rows * a->d_out;
        status = multiply (blas, CUBLAS_OP_T, CUBLAS_OP_N, {c.n, a->rows, a->d_out},
                           run->main.slope, a->w.w_dec + c.first * a->d_out, a->d_out, errors,
                           a->d_out, 0, f->slope + c.first, a->n_latents);
        if (status == cudaSuccess)
            status = multiply (blas, CUBLAS_OP_N, CUBLAS_OP_T, {a->d_out, c.n, a->rows},
                               run->main.slope, errors, a->d_out, f->codes + c.first, a->n_latents,
                               0, a->gradient.w_dec + c.first * a->d_out, a->d_out);
    }
    return status;
}

cudaError_t
cuda_step_full_products (const StepRun *run, cublasHandle_t blas)
{
    const FoveaSaeStepArgs *a = &run->args;
    return multiply (blas, CUBLAS_OP_T, CUBLAS_OP_N, {a->n_latents, a->rows, a->d_in}, 1,
                     a->w.w_enc, a->d_in, run->x, a->d_in, 0, run->full.products, a->n_latents);
}

cudaError_t
cuda_step_full (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    cudaError_t status = cuda_step_full_products (run, blas);
    if (status == cudaSuccess)
        status = a->rule == FOVEA_STEP_BATCH ? cuda_step_batch_codes (run, stream)
                                             : cuda_step_full_codes (run, stream);
    if (status == cudaSuccess)
        status = decode (run, blas, stream);
    if (status == cudaSuccess && f->gate != NULL)
        status = decode_gate (run, blas, stream);
    if (status == cudaSuccess)
        status = decode_backward (run, blas);
    if (status == cudaSuccess)
        status = cuda_step_full_backward (run, stream);
    return status != cudaSuccess
               ? status
               : multiply (blas, CUBLAS_OP_N, CUBLAS_OP_T, {a->d_in, a->n_latents, a->rows}, 1,
                           run->x, a->d_in, f->slope, a->n_latents, 0, a->gradient.w_enc, a->d_in);
}
