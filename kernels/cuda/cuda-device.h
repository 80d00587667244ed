/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to kernels/cuda/: one opened GPU, its streams, its scratch memory, and how an operation
 * begins and fails. Operations run in order on one stream; copies to the host on another. */
#include <cublas_v2.h>
#include <cuda_runtime.h>

#include "kernels/cuda/cuda-module.h"

enum {
    CUDA_N_TICKETS = 256 /* copies under way at once; a further one waits for the oldest */
};

/* Products of one input follow each other (queries, keys, values; gate and up): the rounded form of
 * the last one is kept until another operation could have written it. */
typedef struct {
    const float *x;
    int64_t rows, width, stride;
    FoveaPrecision precision;
} CudaRounded;

/* Which kernels attention has, by FOVEA_CUDA_ATTEND of the environment. */
typedef enum {
    CUDA_ATTEND_FASTEST,
    CUDA_ATTEND_MMA, /* "mma": attend-mma for all of bf16 and f16, the one-pass kernel's oracle */
    CUDA_ATTEND_F32  /* "f32": the general kernel, the oracle of both */
} CudaAttend;

typedef struct {
    int index, n_processors, capability; /* 90 */
    size_t shared_bytes;                 /* of a thread block, at most */
    CudaAttend attention;
    cudaStream_t stream, copies;
    cublasHandle_t blas;
    void *workspace; /* cuBLAS's; fixed, so that it chooses the same algorithm every time */
    char *scratch;
    size_t scratch_bytes;
    void *rounded; /* the input below, in 2-byte form */
    size_t rounded_bytes;
    CudaRounded rounded_input;
    cudaEvent_t computed;
    cudaEvent_t tickets[CUDA_N_TICKETS];
    FoveaTicket last_ticket;
    FoveaDeviceCounts counts; /* of the thread that uses the device; others do not count */
} CudaState;

/**
 * cuda_begin:
 *
 * The state, with its GPU current and the rounded input forgotten; NULL if the device has failed
 * before, and then the operation does nothing.
 */
CudaState *cuda_begin (FoveaDevice *device);

/**
 * cuda_begin_product:
 *
 * The same, but the rounded input stays.
 */
CudaState *cuda_begin_product (FoveaDevice *device);

/**
 * cuda_state:
 *
 * The state, also of a device that has failed; no GPU is made current.
 */
CudaState *cuda_state (FoveaDevice *device);

/**
 * cuda_check:
 * @operation: static text
 *
 * Makes the device fail unless @status is success. True if it is.
 */
bool cuda_check (FoveaDevice *device, const char *operation, cudaError_t status);

/**
 * cuda_fail:
 *
 * Makes the device fail.
 */
void
cuda_fail (FoveaDevice *device, FoveaCudaFailure failure, const char *operation, const char *what);

/**
 * cuda_take:
 *
 * Device memory, counted; *buffer is NULL where there is none.
 */
cudaError_t cuda_take (CudaState *state, void **buffer, size_t bytes);

/**
 * cuda_give_back:
 *
 * Frees device memory; that waits for all that runs, and is counted as a wait. NULL is fine.
 */
void cuda_give_back (CudaState *state, void *buffer);

/**
 * cuda_upload:
 *
 * Enqueues a copy from pageable host memory. The driver stages up to 64 KiB at once; for more it may
 * have to wait for the stream, and that is counted as a wait.
 */
cudaError_t cuda_upload (CudaState *state, void *to, const void *host, size_t bytes);

/**
 * cuda_scratch:
 *
 * At least @bytes of device memory, valid for the operation at hand; NULL and a failure if there is
 * no room. It grows when an operation first needs more: in a first layer, never later.
 */
void *cuda_scratch (FoveaDevice *device, CudaState *state, const char *operation, size_t bytes);

/**
 * cuda_aligned:
 *
 * @bytes rounded up to what arrays side by side in scratch memory start at multiples of.
 */
size_t cuda_aligned (size_t bytes);

/**
 * cuda_rule_bytes:
 *
 * Bytes of a rule's arrays on the GPU.
 */
size_t cuda_rule_bytes (const FoveaScoreRule *rule, int64_t heads, int64_t n_keys);

/**
 * cuda_bring_rule:
 * @at: room of cuda_rule_bytes(), in device memory
 *
 * The rule with its arrays at @at.
 */
FoveaScoreRule cuda_bring_rule (FoveaDevice *device,
                                CudaState *state,
                                const FoveaScoreRule *rule,
                                int64_t heads,
                                int64_t n_keys,
                                char *at);

/**
 * cuda_linear_scratch:
 * @rounded: (out): bytes of the input's rounded form, beside
 *
 * Bytes of cuda_scratch() that products of these sizes ask for at most.
 */
size_t cuda_linear_scratch (const FoveaScratchShape *shape, size_t *rounded);

/**
 * cuda_experts_scratch:
 *
 * Bytes of cuda_scratch() that an MLP of experts asks for at most; 0 if there are none.
 */
size_t cuda_experts_scratch (const FoveaScratchShape *shape);

/**
 * cuda_linear_row_serves:
 *
 * Whether the product is one row that needs no cuBLAS.
 */
bool cuda_linear_row_serves (const FoveaLinearArgs *args);

/**
 * cuda_linear_row:
 *
 * Enqueues such a product; the bias is not added.
 */
cudaError_t cuda_linear_row (const FoveaLinearArgs *args, int n_processors, cudaStream_t stream);

/**
 * cuda_linear_reserve:
 *
 * Room for rounded inputs of @bytes. False and a failure if there is none.
 */
bool cuda_linear_reserve (FoveaDevice *device, CudaState *state, size_t bytes);

/* The entries of the table, each in the file of its family; what they promise stands in kernels/ops.h.
 * Thread: the one that uses the device, unless it says otherwise. */
extern "C" {
/** fovea_cuda_alloc: NULL and a failure that tells what is free, if there is no room. */
void *fovea_cuda_alloc (FoveaDevice *device, size_t bytes);

/** fovea_cuda_free: waits for operations that use the buffer. */
void fovea_cuda_free (FoveaDevice *device, void *buffer);

/** fovea_cuda_write: from pageable memory, which is staged before the call returns. */
void fovea_cuda_write (FoveaDevice *device, void *to, const void *host, size_t bytes);

/** fovea_cuda_read: waits for the operations before it. */
void fovea_cuda_read (FoveaDevice *device, void *host, const void *from, size_t bytes);

/** fovea_cuda_zero: enqueued. */
void fovea_cuda_zero (FoveaDevice *device, void *buffer, size_t bytes);

/** fovea_cuda_copy_rows: within the GPU; enqueued. */
void fovea_cuda_copy_rows (FoveaDevice *device,
                           void *to,
                           size_t to_stride,
                           const void *from,
                           size_t from_stride,
                           size_t n_rows,
                           size_t bytes);

/** fovea_cuda_memory: what the driver tells, other processes included. */
void fovea_cuda_memory (FoveaDevice *device, size_t *free_bytes, size_t *total_bytes);

/** fovea_cuda_counts: what cuda_take() and its like counted. */
void fovea_cuda_counts (FoveaDevice *device, FoveaDeviceCounts *counts);

/** fovea_cuda_scratch_bytes: whatever capture asks for; dense rows take 4 B a row more. */
size_t fovea_cuda_scratch_bytes (FoveaDevice *device, const FoveaScratchShape *shape);

/** fovea_cuda_reserve: the same bytes. */
void fovea_cuda_reserve (FoveaDevice *device, const FoveaScratchShape *shape);

/** fovea_cuda_sync: waits for operations and copies; where late errors of kernels show. */
void fovea_cuda_sync (FoveaDevice *device);

/** fovea_cuda_alloc_pinned: page-locked. */
void *fovea_cuda_alloc_pinned (FoveaDevice *device, size_t bytes);

/** fovea_cuda_free_pinned: enqueued. */
void fovea_cuda_free_pinned (FoveaDevice *device, void *memory);

/** fovea_cuda_copy_out: on the stream of copies, behind what is enqueued; the 257th ticket waits for the first. */
FoveaTicket fovea_cuda_copy_out (FoveaDevice *device, void *host, const void *from, size_t bytes);

/** fovea_cuda_order: the host does not wait. */
void fovea_cuda_order (FoveaDevice *device, FoveaTicket ticket);

/** fovea_cuda_wait: sleeps rather than spins; any thread. */
bool fovea_cuda_wait (FoveaDevice *device, FoveaTicket ticket);

/** fovea_cuda_convert: leaves the rounded input of products as it is. */
void
fovea_cuda_convert (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to);

/** fovea_cuda_attend_dtype: BF16 in bf16, F16 in f16, else F32. */
FoveaDtype fovea_cuda_attend_dtype (FoveaDevice *device, FoveaPrecision precision);

/** fovea_cuda_round: in place. */
void fovea_cuda_round (FoveaDevice *device, float *x, FoveaDtype dtype, int64_t n);

/** fovea_cuda_find_nan: an integer minimum: the same in any order. */
void fovea_cuda_find_nan (
    FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first);

/** fovea_cuda_embed: ids are copied to the GPU. */
void fovea_cuda_embed (
    FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out);

/** fovea_cuda_add: enqueued. */
void fovea_cuda_add (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out);

/** fovea_cuda_scale: enqueued. */
void fovea_cuda_scale (FoveaDevice *device, const float *x, float factor, int64_t n, float *out);

/** fovea_cuda_soft_cap: enqueued. */
void fovea_cuda_soft_cap (FoveaDevice *device, const float *x, float cap, int64_t n, float *out);

/** fovea_cuda_clip: enqueued. */
void fovea_cuda_clip (FoveaDevice *device, const float *x, float limit, int64_t n, float *out);

/** fovea_cuda_add_gated: enqueued. */
void fovea_cuda_add_gated (FoveaDevice *device,
                           const float *x,
                           const float *gates,
                           int64_t rows,
                           int64_t width,
                           float *out);

/** fovea_cuda_route: a warp a row; leaves the rounded input of products as it is. */
void fovea_cuda_route (FoveaDevice *device, const FoveaRouteArgs *args);

/** fovea_cuda_experts: grouped products, whose numbers of rows the host does not know. */
void fovea_cuda_experts (FoveaDevice *device, const FoveaExpertsArgs *args);

/** fovea_cuda_norm: one thread block a row. */
void fovea_cuda_norm (FoveaDevice *device, const FoveaNormArgs *args);

/** fovea_cuda_linear: cuBLAS; input rounded once for products that share it. */
void fovea_cuda_linear (FoveaDevice *device, const FoveaLinearArgs *args);

/** fovea_cuda_rotary: one thread block a token. */
void fovea_cuda_rotary (FoveaDevice *device, const FoveaRotaryArgs *args);

/** fovea_cuda_activate: enqueued. */
void fovea_cuda_activate (FoveaDevice *device,
                          FoveaActivation kind,
                          const float *x,
                          const float *up,
                          int64_t n,
                          float *out);

/** fovea_cuda_attend_op: `attend`: the one-pass kernel on Hopper where it serves; else attend-mma in
 * bf16 and f16; else, and for few rows, the general kernels. */
void fovea_cuda_attend_op (FoveaDevice *device, const FoveaAttendArgs *args);

/** fovea_cuda_rectangle_op: `rectangle`: the scores have the bits of the general kernel. */
void fovea_cuda_rectangle_op (FoveaDevice *device, const FoveaRectangleArgs *args);

/** fovea_cuda_top_rows_op: `top_rows`: products by cuBLAS, a strip of rows at a time. */
void fovea_cuda_top_rows_op (FoveaDevice *device, const FoveaTopRowsArgs *args);

/** fovea_cuda_mask_rows_op: `mask_rows`: the scores have the bits of rectangles. */
void fovea_cuda_mask_rows_op (FoveaDevice *device, const FoveaMaskRowsArgs *args);

/** fovea_cuda_cross_entropy: targets are copied to the GPU. */
void fovea_cuda_cross_entropy (FoveaDevice *device,
                               const float *logits,
                               const int32_t *targets,
                               int64_t rows,
                               int64_t V,
                               float *nll);

/** fovea_cuda_top_prepare: reads the weights once. */
void fovea_cuda_top_prepare (FoveaDevice *device, const FoveaCodesWeights *weights);

/** fovea_cuda_top_codes: fused on compute capability 9.0 where k is small beside the latents; else
 * products by cuBLAS and a choice among all. */
void fovea_cuda_top_codes (FoveaDevice *device, const FoveaCodesArgs *args);

/** fovea_cuda_codes_above: fused on compute capability 9.0 where few products are codes; else from all of
 * them. Waits for the count that tells which. */
void fovea_cuda_codes_above (FoveaDevice *device, const FoveaAboveArgs *args);

/** fovea_cuda_sae_step: widths are multiples of 4. */
void fovea_cuda_sae_step (FoveaDevice *device, const FoveaSaeStepArgs *args);
}
