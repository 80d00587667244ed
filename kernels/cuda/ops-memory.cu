/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Buffers of a GPU, copies in order with operations, and copies to the host beside them.
 * Invariants: operations and uploads share one stream, so that nothing has to be ordered among them.
 * Copies to the host have a stream of their own: they wait for what was enqueued before them, and
 * what comes after waits for them only where `order` says so. Whatever makes the host stand still is
 * counted, which tests hold layers to. */
#include <cstdio>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/early.cuh"
#include "kernels/cuda/elementwise.cuh"

void *
fovea_cuda_alloc (FoveaDevice *device, size_t bytes)
{
    CudaState *state = cuda_begin (device);
    void *buffer = NULL;
    if (state == NULL)
        return NULL;
    /* Not of a pool that the driver keeps: what is freed must be free for other processes, and for
     * what fovea_cuda_memory() predicts with. */
    cudaError_t status = cuda_take (state, &buffer, bytes);
    if (status == cudaErrorMemoryAllocation) {
        char what[120];
        size_t free_bytes = 0, total = 0;
        cudaGetLastError (); /* the refusal is told here, and is no failure of the next operation's */
        cudaMemGetInfo (&free_bytes, &total);
        snprintf (what, sizeof what, "no room for %zu bytes on the GPU, %zu of %zu are free", bytes,
                  free_bytes, total);
        cuda_fail (device, FOVEA_CUDA_NO_MEMORY, "alloc", what);
        return NULL;
    }
    return cuda_check (device, "alloc", status) ? buffer : NULL;
}

void
fovea_cuda_free (FoveaDevice *device, void *buffer)
{
    /* Also after a failure: the state is asked for without looking at it. */
    cuda_give_back (cuda_state (device), buffer);
}

void
fovea_cuda_write (FoveaDevice *device, void *to, const void *data, size_t bytes)
{
    CudaState *state = cuda_begin (device);
    /* Pageable memory is staged before the call returns. */
    if (state != NULL)
        cuda_check (device, "write", cuda_upload (state, to, data, bytes));
}

/* Reading does not spoil the rounded input of products: nothing is written on the GPU. */
void
fovea_cuda_read (FoveaDevice *device, void *data, const void *from, size_t bytes)
{
    CudaState *state = cuda_begin_product (device);
    if (state == NULL)
        return;
    state->counts.waits++;
    if (cuda_check (device, "read",
                    cudaMemcpyAsync (data, from, bytes, cudaMemcpyDeviceToHost, state->stream)))
        cuda_check (device, "read", cudaStreamSynchronize (state->stream));
}

void
fovea_cuda_zero (FoveaDevice *device, void *buffer, size_t bytes)
{
    CudaState *state = cuda_begin (device);
    if (state != NULL)
        cuda_check (device, "zero", cudaMemsetAsync (buffer, 0, bytes, state->stream));
}

void
fovea_cuda_copy_rows (FoveaDevice *device,
                      void *to,
                      size_t to_stride,
                      const void *from,
                      size_t from_stride,
                      size_t n_rows,
                      size_t bytes)
{
    /* A copy within the GPU may write what products have rounded. */
    CudaState *state = cuda_begin (device);
    if (state != NULL && n_rows > 0 && bytes > 0)
        cuda_check (device, "copy",
                    cudaMemcpy2DAsync (to, to_stride, from, from_stride, bytes, n_rows,
                                       cudaMemcpyDeviceToDevice, state->stream));
}

void
fovea_cuda_memory (FoveaDevice *device, size_t *free_bytes, size_t *total_bytes)
{
    *free_bytes = *total_bytes = 0; /* what a device that has failed has */
    if (cuda_begin_product (device) != NULL)
        cuda_check (device, "memory", cudaMemGetInfo (free_bytes, total_bytes));
}

void
fovea_cuda_counts (FoveaDevice *device, FoveaDeviceCounts *counts)
{
    *counts = cuda_state (device)->counts;
}

void
fovea_cuda_sync (FoveaDevice *device)
{
    CudaState *state = cuda_begin_product (device);
    if (state == NULL)
        return;
    state->counts.waits++;
    /* Errors of kernels show here: what is found first is the first that happened. Copies come second, as
     * they wait for operations and would only repeat those's errors. */
    if (cuda_check (device, "kernel", cudaStreamSynchronize (state->stream)))
        cuda_check (device, "copy", cudaStreamSynchronize (state->copies));
}

/* Page-locked, or a copy out of the GPU would be staged by the driver and hold up the thread that asks
 * for it. */
void *
fovea_cuda_alloc_pinned (FoveaDevice *device, size_t bytes)
{
    void *memory = NULL;
    CudaState *state = cuda_begin (device);
    if (state == NULL)
        return NULL;
    state->counts.allocations++;
    return cuda_check (device, "pinned memory", cudaMallocHost (&memory, bytes > 0 ? bytes : 1))
               ? memory
               : NULL;
}

void
fovea_cuda_free_pinned (FoveaDevice *device, void *memory)
{
    /* Also after a failure, as fovea_cuda_free(); it waits for copies that are under way. */
    cudaFreeHost (memory);
}

/* One event says that the values are there, another that the copy is done. The first may be used again
 * at once: the stream of copies waits for what it stood for when it was told to. */
FoveaTicket
fovea_cuda_copy_out (FoveaDevice *device, void *data, const void *from, size_t bytes)
{
    CudaState *state = cuda_begin_product (device);
    if (state == NULL)
        return 0; /* a ticket that nobody waits for */
    FoveaTicket ticket = state->last_ticket + 1;
    cudaEvent_t done = state->tickets[ticket % CUDA_N_TICKETS];
    cudaError_t status = cudaSuccess;
    /* The event's last copy must be over before its name is used again. */
    if (ticket > CUDA_N_TICKETS && cudaEventQuery (done) == cudaErrorNotReady) {
        cudaGetLastError (); /* "not ready" is no failure of the next operation's */
        state->counts.waits++;
        status = cudaEventSynchronize (done);
    }
    if (status == cudaSuccess)
        status = cudaEventRecord (state->computed, state->stream);
    if (status == cudaSuccess)
        status = cudaStreamWaitEvent (state->copies, state->computed, 0);
    if (status == cudaSuccess)
        status = cudaMemcpyAsync (data, from, bytes, cudaMemcpyDeviceToHost, state->copies);
    if (status == cudaSuccess)
        status = cudaEventRecord (done, state->copies);
    if (!cuda_check (device, "copy_out", status))
        return 0;
    state->last_ticket = ticket;
    state->counts.deliveries++;
    return ticket;
}

/* Whether the ticket's event may still stand for it. */
static bool
is_pending (const CudaState *state, FoveaTicket ticket)
{
    /* An older one's event has been waited for, in fovea_cuda_copy_out(), before its name was taken. */
    return ticket > 0 && ticket > state->last_ticket - CUDA_N_TICKETS;
}

void
fovea_cuda_order (FoveaDevice *device, FoveaTicket ticket)
{
    CudaState *state = cuda_begin_product (device);
    if (state != NULL && is_pending (state, ticket))
        cuda_check (
            device, "order",
            cudaStreamWaitEvent (state->stream, state->tickets[ticket % CUDA_N_TICKETS], 0));
}

bool
fovea_cuda_wait (FoveaDevice *device, FoveaTicket ticket)
{
    CudaState *state = cuda_begin_product (device);
    /* Another thread may be enqueueing: a failure is left for it, or for the next sync, to keep. */
    return state != NULL &&
           (!is_pending (state, ticket) ||
            cudaEventSynchronize (state->tickets[ticket % CUDA_N_TICKETS]) == cudaSuccess);
}

/* Neighbouring threads take neighbouring elements, one each: 4 bytes in and 2 out a thread, but four
 * steps unrolled are on their way at once.
 * Moves: 6 B an element.   Roof: memory, of which 70 % were measured. */
template <typename T>
static __global__ void
convert_kernel (const float *from, int64_t n, T *to)
{
    int64_t stride = element_step ();
    early_wait ();
    early_admit ();
#pragma unroll 4
    for (int64_t i = element_first (); i < n; i += stride)
        to[i] = (T) from[i];
}

void
fovea_cuda_convert (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to)
{
    /* Attention converts between products of one input, which is not written here. */
    CudaState *state = cuda_begin_product (device);
    if (state == NULL || n <= 0)
        return;
    unsigned grid = element_grid (state->n_processors, n);
    if (dtype == FOVEA_F32) {
        cuda_check (device, "convert",
                    cudaMemcpyAsync (to, from, (size_t) n * sizeof (float),
                                     cudaMemcpyDeviceToDevice, state->stream));
        return;
    }
    cuda_check (device, "convert",
                dtype == FOVEA_BF16
                    ? early_launch (convert_kernel<__nv_bfloat16>, grid, ELEMENT_THREADS,
                                    state->stream, from, n, (__nv_bfloat16 *) to)
                    : early_launch (convert_kernel<__half>, grid, ELEMENT_THREADS, state->stream,
                                    from, n, (__half *) to));
}

/* What attention in a reduced precision will multiply, but in f32: what is kept of it then gives the same
 * maps, and the product's own rounding changes nothing more.
 * Moves: 8 B an element.   Roof: memory. */
template <typename T>
static __global__ void
round_kernel (float *x, int64_t n)
{
    int64_t stride = element_step ();
    early_wait ();
    early_admit ();
    for (int64_t i = element_first (); i < n; i += stride)
        x[i] = (float) (T) x[i];
}

void
fovea_cuda_round (FoveaDevice *device, float *x, FoveaDtype dtype, int64_t n)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0 || dtype == FOVEA_F32)
        return;
    unsigned grid = element_grid (state->n_processors, n);
    auto kernel = dtype == FOVEA_BF16 ? round_kernel<__nv_bfloat16> : round_kernel<__half>;
    cuda_check (device, "round", early_launch (kernel, grid, ELEMENT_THREADS, state->stream, x, n));
}
