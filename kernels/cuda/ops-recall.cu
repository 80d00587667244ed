/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What a kept head is asked again, as operations: rectangles, and what its heaviest keys or those of
 * masks hold. */
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/mask-rows.cuh"
#include "kernels/cuda/rectangle.cuh"
#include "kernels/cuda/top-rows.cuh"

/* The rule's arrays are the host's: those of all heads up to the one that is asked for, and of all
 * positions up to the rectangle's end, come along, as kernels look them up by number. */
void
fovea_cuda_rectangle_op (FoveaDevice *device, const FoveaRectangleArgs *given)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || given->n_queries <= 0 || given->n_keys <= 0)
        return;
    FoveaRectangleArgs args = *given;
    int64_t query_end = args.q0 + args.n_queries, key_end = args.k0 + args.n_keys;
    int64_t end = query_end > key_end ? query_end : key_end;
    size_t bytes = cuda_rule_bytes (&args.rule, args.head + 1, end);
    /* NULL would say that there is no room: a rule without arrays asks for a byte. */
    char *scratch = (char *) cuda_scratch (device, state, "rectangle", bytes > 0 ? bytes : 1);
    if (scratch == NULL)
        return;
    args.rule = cuda_bring_rule (device, state, &given->rule, args.head + 1, end, scratch);
    cuda_check (device, "rectangle", fovea_cuda_rectangle (&args, state->stream));
}

/* Rows of a strip of products: several for each processor, as few rows make cuBLAS choose small tiles,
 * but no more than fit into 256 MiB. */
static int64_t
count_strip_rows (const CudaState *state, const FoveaTopRowsArgs *args)
{
    /* 16 were measured against 3 and 8 (NOTES.md). */
    const int64_t a_processor = 16, most_cells = 1 << 26;
    int64_t fit = most_cells / args->n_keys, rows = a_processor * state->n_processors;
    rows = rows < fit ? rows : fit;
    rows = rows < args->n_queries ? rows : args->n_queries;
    return rows > 0 ? rows : 1;
}

/* q k^T of a strip, true f32 products whatever the session's precision: ranks follow from them. cuBLAS
 * counts columns first. */
static bool
multiply_strip (FoveaDevice *device,
                CudaState *state,
                const FoveaTopRowsArgs *args,
                const TopRowsStrip *strip,
                float *dots)
{
    const float one = 1, zero = 0;
    cublasStatus_t status = cublasGemmEx (
        state->blas, CUBLAS_OP_T, CUBLAS_OP_N, (int) strip->n_keys, (int) strip->n_queries,
        (int) args->width, &one, args->k + strip->k0 * args->k_stride, CUDA_R_32F,
        (int) args->k_stride, args->q + (strip->q0 - args->q0) * args->q_stride, CUDA_R_32F,
        (int) args->q_stride, &zero, dots, CUDA_R_32F, (int) strip->stride, CUBLAS_COMPUTE_32F,
        CUBLAS_GEMM_DEFAULT);
    if (status == CUBLAS_STATUS_SUCCESS)
        return true;
    cuda_fail (device, FOVEA_CUDA_FAILED, "top_rows", cublasGetStatusString (status));
    return false;
}

/* The keys that queries from strip->q0 on may see, so that a causal head of T tokens is half the products.
 * Strides are whole fours, which the kernel reads at once. */
static void
set_keys (const FoveaTopRowsArgs *args, TopRowsStrip *strip)
{
    int64_t last = strip->q0 + strip->n_queries - 1, end = args->n_keys;
    int64_t window = args->rule.window;
    if (args->rule.causal && last + 1 < end)
        end = last + 1;
    else if (!args->rule.causal && window > 0 && last + window < end)
        end = last + window;
    /* Those of the strip's first query begin first. */
    strip->k0 = window > 0 && strip->q0 >= window ? strip->q0 - window + 1 : 0;
    strip->n_keys = end - strip->k0;
    strip->stride = (strip->n_keys + 3) / 4 * 4;
}

/* All numbers of keys of a strip, as many at once as the kernel takes. */
static bool
rank_strip (FoveaDevice *device,
            CudaState *state,
            const FoveaTopRowsArgs *args,
            TopRowsStrip *strip)
{
    int64_t at = (strip->q0 - args->q0) * args->n_counts;
    for (int first = 0; first < args->n_counts; first += FOVEA_TOP_MOST) {
        int n = args->n_counts - first;
        strip->n_counts = n < FOVEA_TOP_MOST ? n : FOVEA_TOP_MOST;
        for (int c = 0; args->counts != NULL && c < strip->n_counts; c++)
            strip->counts[c] = args->counts[first + c];
        /* Numbers of all rows travel in the kernel's arguments, those of each row are on the GPU already. */
        strip->row_counts = args->counts != NULL ? NULL : args->row_counts + at + first;
        strip->mass = args->mass + at + first;
        if (!cuda_check (device, "top_rows", fovea_cuda_top_rows (strip, state->stream)))
            return false;
    }
    return true;
}

void
fovea_cuda_top_rows_op (FoveaDevice *device, const FoveaTopRowsArgs *args)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || args->n_queries <= 0 || args->n_keys <= 0)
        return;
    int64_t end = args->q0 + args->n_queries, n = end > args->n_keys ? end : args->n_keys;
    int64_t rows = count_strip_rows (state, args);
    size_t rule = cuda_aligned (cuda_rule_bytes (&args->rule, args->head + 1, n));
    char *scratch = (char *) cuda_scratch (
        device, state, "top_rows", rule + (size_t) (rows * (args->n_keys + 3)) * sizeof (float));
    if (scratch == NULL)
        return;
    /* Strips are made one behind the other in the same room: the stream keeps them apart. */
    float *dots = (float *) (scratch + rule);
    TopRowsStrip strip = {};
    strip.rule = cuda_bring_rule (device, state, &args->rule, args->head + 1, n, scratch);
    strip.head = args->head;
    strip.dots = dots;
    strip.out_stride = args->n_counts;
    for (strip.q0 = args->q0; strip.q0 < end; strip.q0 += rows) {
        strip.n_queries = end - strip.q0 < rows ? end - strip.q0 : rows;
        set_keys (args, &strip);
        if (!multiply_strip (device, state, args, &strip, dots) ||
            !rank_strip (device, state, args, &strip))
            return;
    }
}

/* Copies a list to @at, and gives where the next may start. */
template <typename T>
static char *
bring_list (FoveaDevice *device, CudaState *state, const T **list, int64_t n, char *at)
{
    size_t bytes = (size_t) n * sizeof (T);
    if (n > 0)
        cuda_check (device, "mask_rows", cuda_upload (state, at, *list, bytes));
    *list = (const T *) at;
    return at + cuda_aligned (bytes);
}

/* Lists of tiles are the host's and may be long: they travel in one piece each. */
void
fovea_cuda_mask_rows_op (FoveaDevice *device, const FoveaMaskRowsArgs *given)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || given->n_queries <= 0 || given->n_masks <= 0)
        return;
    FoveaMaskRowsArgs args = *given;
    int64_t end = args.q0 + args.n_queries, n = end > args.n_keys ? end : args.n_keys;
    int64_t n_lists = args.n_masks * ((args.n_queries + FOVEA_BLOCK - 1) / FOVEA_BLOCK);
    int64_t n_tiles = args.ends[n_lists]; /* where the last list ends */
    size_t rule = cuda_aligned (cuda_rule_bytes (&args.rule, args.head + 1, n));
    size_t lists = cuda_aligned ((size_t) (n_lists + 1) * sizeof *args.ends) +
                   cuda_aligned ((size_t) n_tiles * sizeof *args.tiles) +
                   cuda_aligned ((size_t) args.n_words * sizeof *args.bits);
    char *at = (char *) cuda_scratch (device, state, "mask_rows", rule + lists);
    if (at == NULL)
        return;
    args.rule = cuda_bring_rule (device, state, &given->rule, args.head + 1, n, at);
    at = bring_list (device, state, &args.ends, n_lists + 1, at + rule);
    at = bring_list (device, state, &args.tiles, n_tiles, at);
    bring_list (device, state, &args.bits, args.n_words, at);
    cuda_check (device, "mask_rows", fovea_cuda_mask_rows (&args, state->stream));
}
