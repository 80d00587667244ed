/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A training step by products of whole matrices, for rules whose codes are not the k largest of a row:
 * products, codes, what they decode to, and the way back. Each product is three of f16 with sums in f32
 * (sae-split.cuh), so that parameters go where the CPU's go; or one if rounded inputs will do. Prefixes of latents that
 * decode by themselves are columns of the same matrices.
 * Work: 30 rows F d flop, 42 of a gated one.   Roof: tensor cores. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    LEAST_SHARE = 1024 /* latents of a share of a decode's */
};

/* A matrix of f16, as cuBLAS reads it. */
typedef struct {
    const __half *at;
    int64_t stride;
    bool turned;
} Factor;

/* c = alpha a b + beta c, column by column as cuBLAS has it; of @size: lines of c, columns, what is summed. */
static cudaError_t
multiply (cublasHandle_t blas,
          const int64_t (&size)[3],
          float alpha,
          Factor a,
          Factor b,
          float beta,
          float *c,
          int64_t c_stride)
{
    cublasStatus_t status = cublasGemmEx (
        blas, a.turned ? CUBLAS_OP_T : CUBLAS_OP_N, b.turned ? CUBLAS_OP_T : CUBLAS_OP_N,
        (int) size[0], (int) size[1], (int) size[2], &alpha, a.at, CUDA_R_16F, (int) a.stride, b.at,
        CUDA_R_16F, (int) b.stride, &beta, c, CUDA_R_32F, (int) c_stride, CUBLAS_COMPUTE_32F,
        CUBLAS_GEMM_DEFAULT);
    if (status == CUBLAS_STATUS_SUCCESS)
        return cudaSuccess;
    return status == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
}

/* Shares of a sum over @n latents that are made side by side, each into a matrix of its own: their tiles fill
 * the processors, and a sum is cut less often. */
static int
shares_of (int64_t n)
{
    int shares = FULL_SHARES;
    while (shares > 1 && (n % (8 * shares) != 0 || n / shares < LEAST_SHARE))
        shares /= 2;
    return shares;
}

/* c[share] = a b of each share of what is summed. */
static cudaError_t
multiply_shares (
    cublasHandle_t blas, const int64_t (&size)[3], int shares, Factor lines, Factor codes, float *c)
{
    const float one = 1, zero = 0;
    int64_t n = size[2] / shares;
    cublasStatus_t status = cublasGemmStridedBatchedEx (
        blas, CUBLAS_OP_N, CUBLAS_OP_N, (int) size[0], (int) size[1], (int) n, &one, lines.at,
        CUDA_R_16F, (int) lines.stride, n * lines.stride, codes.at, CUDA_R_16F, (int) codes.stride,
        n, &zero, c, CUDA_R_32F, (int) size[0], size[0] * size[1], shares, CUBLAS_COMPUTE_32F,
        CUBLAS_GEMM_DEFAULT);
    if (status == CUBLAS_STATUS_SUCCESS)
        return cudaSuccess;
    return status == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
}

/* c = lines codes, from both parts of each if they have two; @lines: high, and @low numbers behind it low. What
 * is small comes first. */
static cudaError_t
multiply_parts (cublasHandle_t blas,
                const int64_t (&size)[3],
                float alpha,
                Factor lines,
                int64_t low,
                __half *const (&codes)[2],
                int64_t first,
                Factor rows,
                float *c,
                int64_t c_stride)
{
    Factor high = rows, rest = rows, lines_rest = lines;
    high.at = codes[0] + first;
    rest.at = codes[1] + first;
    lines_rest.at += low;
    if (codes[1] == NULL)
        return multiply (blas, size, alpha, lines, high, 0, c, c_stride);
    cudaError_t status = multiply (blas, size, alpha, lines_rest, high, 0, c, c_stride);
    if (status == cudaSuccess)
        status = multiply (blas, size, alpha, lines, rest, 1, c, c_stride);
    return status == cudaSuccess ? multiply (blas, size, alpha, lines, high, 1, c, c_stride)
                                 : status;
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

/* An error's row: what was decoded, which is in units and @n_parts parts, with the bias, less what should have
 * been. A block a row. @adds: to what shorter prefixes decoded. @losses: (nullable) where squares are added up
 * over prefixes. */
static __global__ void
__launch_bounds__ (THREADS) errors_kernel (const __grid_constant__ StepRun run,
                                           int n_parts,
                                           float *errors,
                                           double *squares,
                                           double *losses,
                                           bool adds)
{
    __shared__ double parts[THREADS / 32];
    const FoveaSaeStepArgs &a = run.args;
    int64_t t = blockIdx.x, n = a.d_out;
    float unit = code_unit (run);
    double sum = 0;
    for (int64_t c = threadIdx.x; c < n; c += THREADS) {
        float all = adds ? run.full.decoded[t * n + c] : 0;
        for (int part = 0; part < n_parts; part++)
            all += run.full.shares[(part * a.rows + t) * n + c];
        run.full.decoded[t * n + c] = all;
        float e = all * unit + a.w.b_dec[c] - a.target[t * n + c];
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

/* Errors of what @codes of latents [@columns) decode to, with shorter prefixes if it @adds. */
static cudaError_t
decode_part (const StepRun *run,
             cublasHandle_t blas,
             __half *const (&codes)[2],
             Columns columns,
             bool adds,
             float *errors,
             cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    bool gate = codes[0] == f->gate_codes[0], small = !a->rounded;
    int64_t width = split_width (a->d_out), line = split_parts (a->rounded) * width;
    int64_t n = a->rows * a->d_out;
    const int64_t size[3] = {a->d_out, a->rows, columns.n};
    Factor low = {f->dec + columns.first * line, line, false}, high = low;
    Factor own = {codes[0] + columns.first, f->stride, false};
    Factor rest = {small ? codes[1] + columns.first : NULL, f->stride, false};
    int shares = shares_of (columns.n);
    cudaError_t status = cudaSuccess;
    high.at += small ? width : 0;
    if (small)
        status = multiply (blas, size, 1, low, own, 0, f->shares, a->d_out);
    if (status == cudaSuccess && small)
        status = multiply (blas, size, 1, high, rest, 1, f->shares, a->d_out);
    if (status == cudaSuccess)
        status = multiply_shares (blas, size, shares, high, own, f->shares + (small ? n : 0));
    if (status != cudaSuccess)
        return status;
    errors_kernel<<<(unsigned) a->rows, THREADS, 0, stream>>> (
        *run, small + shares, errors, gate ? f->row_sides : run->main.row_errors,
        gate ? NULL : f->row_losses, adds);
    return cudaGetLastError ();
}

/* What codes decode to, of prefix after prefix, and its errors. */
static cudaError_t
decode (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    cudaError_t status = cudaSuccess;
    int64_t n = a->rows * a->d_out;
    for (int g = 0; g < f->groups && status == cudaSuccess; g++)
        status = decode_part (run, blas, f->codes, columns_of (run, g), g > 0, f->errors + g * n,
                              stream);
    if (status == cudaSuccess)
        status = add_longer (run, stream);
    return status == cudaSuccess
               ? cuda_split_range (f->errors, f->groups * n, &f->ranges->errors, stream)
               : status;
}

/* @slope: (out): gradients by what latents [@columns) gave to @errors. */
static cudaError_t
differentiate (const StepRun *run,
               cublasHandle_t blas,
               const float *errors,
               const unsigned *most,
               Columns columns,
               float *slope,
               cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    int64_t line = split_parts (a->rounded) * split_width (a->d_out);
    cudaError_t status =
        cuda_split_lines (errors, a->rows, a->d_out, most, a->rounded, f->error_lines, stream);
    Factor weights = {f->dec + columns.first * line, line, true}, rows = {f->error_lines, line};
    return status == cudaSuccess ? multiply (blas, {columns.n, a->rows, line}, run->main.slope,
                                             weights, rows, 0, slope + columns.first, f->stride)
                                 : status;
}

/* What a gate alone explains, with the decoder held fixed, and its gradient. */
static cudaError_t
decode_gate (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    float *errors = f->decoded; /* in their place */
    const Columns all = {0, a->n_latents};
    cudaError_t status = decode_part (run, blas, f->gate_codes, all, false, errors, stream);
    if (status == cudaSuccess)
        status = cuda_split_range (errors, a->rows * a->d_out, &f->ranges->side, stream);
    return status == cudaSuccess
               ? differentiate (run, blas, errors, &f->ranges->side, all, f->gate, stream)
               : status;
}

/* Gradients by codes, and of decoder rows. */
static cudaError_t
decode_backward (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    int64_t width = split_width (a->d_out), line = split_parts (a->rounded) * width;
    cudaError_t status = cudaSuccess;
    for (int g = 0; g < f->groups && status == cudaSuccess; g++) {
        Columns c = columns_of (run, g);
        const float *errors = f->errors + g * a->rows * a->d_out;
        Factor lines = {f->error_lines, line, false}, codes = {NULL, f->stride, true};
        status = differentiate (run, blas, errors, &f->ranges->errors, c, f->slope, stream);
        if (status == cudaSuccess)
            status = multiply_parts (blas, {a->d_out, c.n, a->rows}, run->main.slope, lines, width,
                                     f->codes, c.first, codes,
                                     a->gradient.w_dec + c.first * a->d_out, a->d_out);
    }
    return status;
}

cudaError_t
cuda_step_full_products (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    int64_t line = split_parts (a->rounded) * split_width (a->d_in);
    Factor weights = {f->enc, line, true}, rows = {f->x, line, false};
    cudaError_t status = cudaMemsetAsync (f->ranges, 0, sizeof *f->ranges, stream);
    if (status == cudaSuccess)
        status = cuda_split_weights (run, stream);
    if (status == cudaSuccess)
        status = cuda_split_range (run->x, a->rows * a->d_in, &f->ranges->x, stream);
    if (status == cudaSuccess)
        status =
            cuda_split_lines (run->x, a->rows, a->d_in, &f->ranges->x, a->rounded, f->x, stream);
    return status == cudaSuccess ? multiply (blas, {a->n_latents, a->rows, line}, 1, weights, rows,
                                             0, f->products, f->stride)
                                 : status;
}

cudaError_t
cuda_step_full (const StepRun *run, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    const StepFull *f = &run->full;
    int64_t width = split_width (a->d_in);
    Factor lines = {f->x, split_parts (a->rounded) * width, false},
           gradients = {NULL, f->stride, true};
    cudaError_t status = cuda_step_full_products (run, blas, stream);
    if (status == cudaSuccess)
        status = a->rule == FOVEA_STEP_BATCH ? cuda_step_batch_codes (run, stream)
                                             : cuda_step_full_codes (run, stream);
    if (status == cudaSuccess)
        status = decode (run, blas, stream);
    if (status == cudaSuccess && f->gate != NULL)
        status = decode_gate (run, blas, stream);
    if (status == cudaSuccess)
        status = decode_backward (run, blas, stream);
    if (status == cudaSuccess)
        status = cuda_step_full_backward (run, stream);
    return status == cudaSuccess
               ? multiply_parts (blas, {a->d_in, a->n_latents, a->rows}, 1, lines, width, f->codes,
                                 0, gradients, a->gradient.w_enc, a->d_in)
               : status;
}
