/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products with weights, by cuBLAS; those of one row are in linear-row.cu. In f32 they are true f32 products whatever the weight's type;
 * TF32 only where it is asked for; in bf16 and f16 inputs and weights are rounded and sums are f32. Weights of another
 * type than the product's are converted a slab of outputs at a time, so that no second copy of a
 * model stands on the GPU. */
#include <cstdio>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/early.cuh"
#include "kernels/cuda/elementwise.cuh"

enum {
    LINEAR_THREADS = ELEMENT_THREADS,
    SLAB_BYTES = 64 << 20 /* of converted weights: beyond the L2 cache, small beside a model */
};

/* The product's own type, and how it is computed. */
typedef struct {
    FoveaDtype dtype;
    cudaDataType_t blas;
    size_t size;
    cublasComputeType_t compute;
} ProductType;

static ProductType
product_type (FoveaPrecision precision)
{
    /* Sums are f32 in all of them: COMPUTE_32F does not let cuBLAS take fewer bits. */
    if (precision == FOVEA_PRECISION_BF16)
        return ProductType{FOVEA_BF16, CUDA_R_16BF, 2, CUBLAS_COMPUTE_32F};
    if (precision == FOVEA_PRECISION_F16)
        return ProductType{FOVEA_F16, CUDA_R_16F, 2, CUBLAS_COMPUTE_32F};
    if (precision == FOVEA_PRECISION_TF32)
        return ProductType{FOVEA_F32, CUDA_R_32F, 4, CUBLAS_COMPUTE_32F_FAST_TF32};
    return ProductType{FOVEA_F32, CUDA_R_32F, 4, CUBLAS_COMPUTE_32F};
}

/* Exact for both types of two bytes. */
template <typename From>
static __device__ inline float
widen (From x)
{
    return (float) x;
}

/* Copies @lines runs of @length elements, converting. A division an element: only what narrow_kernel()
 * does not serve comes here, slabs of weights and rows with gaps.
 * Moves: both types once.   Roof: memory. */
template <typename From, typename To>
static __global__ void
__launch_bounds__ (LINEAR_THREADS)
    recode_kernel (const From *from, int64_t from_stride, int64_t lines, int64_t length, To *to)
{
    int64_t n = lines * length, stride = element_step ();
    for (int64_t i = element_first (); i < n; i += stride)
        to[i] = (To) widen (from[i / length * from_stride + i % length]);
}

/* Four elements of two bytes, stored at once. */
typedef struct {
    uint16_t bits[4];
} Four;

/* Floats that lie side by side as bf16 or f16, four a thread: 16-byte loads, 8-byte stores.
 * Moves: 6 B an element.   Roof: memory. */
template <typename To>
static __global__ void
__launch_bounds__ (LINEAR_THREADS) narrow_kernel (const float4 *from, int64_t n, Four *to)
{
    int64_t stride = element_step ();
    for (int64_t i = element_first (); i < n; i += stride) {
        float4 x = from[i];
        To four[4] = {(To) x.x, (To) x.y, (To) x.z, (To) x.w};
        to[i] = *(const Four *) four;
    }
}

/* Whether narrow_kernel() serves. */
static bool
is_contiguous (const float *from, int64_t stride, int64_t lines, int64_t length, FoveaDtype dtype)
{
    /* One line has no gaps, whatever its stride says. */
    return dtype != FOVEA_F32 && (stride == length || lines == 1) && lines * length % 4 == 0 &&
           (uintptr_t) from % 16 == 0;
}

/* Contiguous floats to a type of two bytes. */
static cudaError_t
narrow (const CudaState *state, const float *from, int64_t n, FoveaDtype dtype, void *to)
{
    unsigned grid = element_grid (state->n_processors, n / 4);
    if (dtype == FOVEA_BF16)
        narrow_kernel<__nv_bfloat16><<<grid, LINEAR_THREADS, 0, state->stream>>> (
            (const float4 *) from, n / 4, (Four *) to);
    else
        narrow_kernel<__half><<<grid, LINEAR_THREADS, 0, state->stream>>> ((const float4 *) from,
                                                                           n / 4, (Four *) to);
    return cudaGetLastError ();
}

/* The types that a product may have; the one that it converts from is the template's. */
template <typename From>
static cudaError_t
recode_from (const CudaState *state,
             const From *from,
             int64_t from_stride,
             int64_t lines,
             int64_t length,
             FoveaDtype dtype,
             void *to)
{
    unsigned grid = element_grid (state->n_processors, lines * length);
    if (dtype == FOVEA_BF16)
        recode_kernel<<<grid, LINEAR_THREADS, 0, state->stream>>> (from, from_stride, lines, length,
                                                                   (__nv_bfloat16 *) to);
    else if (dtype == FOVEA_F16)
        recode_kernel<<<grid, LINEAR_THREADS, 0, state->stream>>> (from, from_stride, lines, length,
                                                                   (__half *) to);
    else
        recode_kernel<<<grid, LINEAR_THREADS, 0, state->stream>>> (from, from_stride, lines, length,
                                                                   (float *) to);
    return cudaGetLastError ();
}

/* @lines runs of @length elements from any type to any other, on the stream. */
static cudaError_t
recode (const CudaState *state,
        const void *from,
        FoveaDtype from_dtype,
        int64_t from_stride,
        int64_t lines,
        int64_t length,
        FoveaDtype dtype,
        void *to)
{
    /* The type is the call's, not an element's: no kernel branches. */
    if (from_dtype == FOVEA_BF16)
        return recode_from (state, (const __nv_bfloat16 *) from, from_stride, lines, length, dtype,
                            to);
    if (from_dtype == FOVEA_F16)
        return recode_from (state, (const __half *) from, from_stride, lines, length, dtype, to);
    if (is_contiguous ((const float *) from, from_stride, lines, length, dtype))
        return narrow (state, (const float *) from, lines * length, dtype, to);
    return recode_from (state, (const float *) from, from_stride, lines, length, dtype, to);
}

bool
cuda_linear_reserve (FoveaDevice *device, CudaState *state, size_t bytes)
{
    if (state->rounded_bytes >= bytes)
        return true;
    state->rounded_input.x = NULL;
    cuda_give_back (state, state->rounded);
    state->rounded = NULL;
    state->rounded_bytes = 0;
    if (!cuda_check (device, "linear", cuda_take (state, &state->rounded, bytes)))
        return false;
    state->rounded_bytes = bytes;
    return true;
}

/* The input in the product's type, contiguous; NULL and a failure if there is no room. */
static const void *
rounded_input (FoveaDevice *device, CudaState *state, const FoveaLinearArgs *args, ProductType type)
{
    const CudaRounded *had = &state->rounded_input;
    CudaRounded wanted = {args->x, args->rows, args->weight.n_in, args->x_stride, args->precision};
    size_t bytes = (size_t) (args->rows * args->weight.n_in) * type.size;
    if (had->x == wanted.x && had->rows == wanted.rows && had->width == wanted.width &&
        had->stride == wanted.stride && had->precision == wanted.precision)
        return state->rounded;
    state->rounded_input.x = NULL;
    if (!cuda_linear_reserve (device, state, bytes) ||
        !cuda_check (device, "linear",
                     recode (state, args->x, FOVEA_F32, args->x_stride, args->rows,
                             args->weight.n_in, type.dtype, state->rounded)))
        return NULL;
    state->rounded_input = wanted;
    return state->rounded;
}

/* y[:, o0:o0+n] += x w^T; @w has rows of @w_stride elements, or columns if input_major. */
static bool
multiply (FoveaDevice *device,
          const CudaState *state,
          const FoveaLinearArgs *args,
          ProductType type,
          const void *w,
          int64_t w_stride,
          int64_t o0,
          int64_t n,
          const void *x,
          int64_t x_stride)
{
    const float one = 1, zero = 0;
    /* The output is f32 in every precision: what follows adds to the stream, which is.
     * cuBLAS counts columns first: y^T (n, rows) = w (n, n_in) x^T (n_in, rows). */
    cublasStatus_t status =
        cublasGemmEx (state->blas, args->weight.input_major ? CUBLAS_OP_N : CUBLAS_OP_T,
                      CUBLAS_OP_N, (int) n, (int) args->rows, (int) args->weight.n_in, &one, w,
                      type.blas, (int) w_stride, x, type.blas, (int) x_stride, &zero, args->y + o0,
                      CUDA_R_32F, (int) args->y_stride, type.compute, CUBLAS_GEMM_DEFAULT);
    if (status == CUBLAS_STATUS_SUCCESS)
        return true;
    /* A kernel before this one may be what failed: then cuBLAS only says that it cannot start. */
    cudaError_t before = cudaStreamQuery (state->stream);
    if (before != cudaSuccess && before != cudaErrorNotReady)
        return cuda_check (device, "kernel", before);
    char what[160];
    snprintf (what, sizeof what, "cuBLAS: %s for (%lld, %lld) x (%lld, %lld)",
              cublasGetStatusString (status), (long long) args->rows, (long long) args->weight.n_in,
              (long long) n, (long long) args->weight.n_in);
    cuda_fail (device, FOVEA_CUDA_FAILED, "linear", what);
    return false;
}

/* Converts a slab of outputs after the other and multiplies with it. */
static bool
multiply_slabs (FoveaDevice *device,
                CudaState *state,
                const FoveaLinearArgs *args,
                ProductType type,
                const void *x,
                int64_t x_stride)
{
    const FoveaWeight *w = &args->weight;
    /* At least one output, however many inputs it has. */
    int64_t fit = SLAB_BYTES / (w->n_in * (int64_t) type.size), slab = fit < 1 ? 1 : fit;
    slab = slab < w->n_out ? slab : w->n_out;
    void *to = cuda_scratch (device, state, "linear", (size_t) (slab * w->n_in) * type.size);
    if (to == NULL)
        return false;
    for (int64_t o = 0; o < w->n_out; o += slab) {
        int64_t n = w->n_out - o < slab ? w->n_out - o : slab;
        /* Input-major weights have their outputs side by side: a slab is a band of each line. */
        int64_t at = w->input_major ? o : o * w->stride;
        const char *from = (const char *) w->data + at * (w->dtype == FOVEA_F32 ? 4 : 2);
        int64_t lines = w->input_major ? w->n_in : n, length = w->input_major ? n : w->n_in;
        if (!cuda_check (
                device, "linear",
                recode (state, from, w->dtype, w->stride, lines, length, type.dtype, to)) ||
            !multiply (device, state, args, type, to, length, o, n, x, x_stride))
            return false;
    }
    return true;
}

size_t
cuda_linear_scratch (const FoveaScratchShape *shape, size_t *rounded)
{
    ProductType type = product_type (shape->precision);
    size_t row = (size_t) shape->n_in * type.size, slab = row > SLAB_BYTES ? row : SLAB_BYTES;
    /* f32 products read the rows themselves. */
    *rounded = type.dtype != FOVEA_F32 ? (size_t) shape->rows * row : 0;
    return shape->weight != type.dtype ? slab : 0;
}

/* y += bias. cuBLAS's own epilogue would need its other interface and a plan a shape; families with
 * biases have small ones.
 * Moves: 8 B an element and the bias.   Roof: memory. */
static __global__ void
__launch_bounds__ (LINEAR_THREADS)
    bias_kernel (const float *bias, int64_t rows, int64_t width, float *y, int64_t stride)
{
    int64_t n = rows * width, step = element_step ();
    early_wait ();
    early_admit ();
    for (int64_t i = element_first (); i < n; i += step)
        y[i / width * stride + i % width] += bias[i % width];
}

/* Work: 2 rows n_in n_out flop.   Roof: tensor cores (bf16, f16), multiply-adds (f32), or the
 * weight's bytes for few rows. */
void
fovea_cuda_linear (FoveaDevice *device, const FoveaLinearArgs *args)
{
    CudaState *state = cuda_begin_product (device);
    if (state == NULL || args->rows <= 0)
        return;
    const FoveaWeight *w = &args->weight;
    ProductType type = product_type (args->precision);
    const void *x = args->x;
    int64_t x_stride = args->x_stride;
    bool row = cuda_linear_row_serves (args);
    if (type.dtype != FOVEA_F32 && !row) {
        x = rounded_input (device, state, args, type);
        x_stride = w->n_in;
    }
    if (x == NULL)
        return;
    bool done;
    if (row)
        done = cuda_check (device, "linear",
                           cuda_linear_row (args, state->n_processors, state->stream));
    else if (w->dtype == type.dtype)
        done = multiply (device, state, args, type, w->data, w->stride, 0, w->n_out, x, x_stride);
    else
        done = multiply_slabs (device, state, args, type, x, x_stride);
    if (done && args->bias != NULL) {
        cuda_check (device, "linear",
                    early_launch (bias_kernel,
                                  element_grid (state->n_processors, args->rows * w->n_out),
                                  LINEAR_THREADS, state->stream, args->bias, args->rows, w->n_out,
                                  args->y, args->y_stride));
    }
    /* The result may stand where the rounded input was read from, by this product or, if this one
     * rounded nothing, by an earlier one of other rows. */
    const CudaRounded *kept = &state->rounded_input;
    const float *y_end = args->y + (args->rows - 1) * args->y_stride + w->n_out;
    const float *x_end =
        kept->x != NULL ? kept->x + (kept->rows - 1) * kept->stride + kept->width : NULL;
    if (kept->x != NULL && kept->x < y_end && x_end > args->y)
        state->rounded_input.x = NULL;
}
