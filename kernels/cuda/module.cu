/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The CUDA module: opens a GPU, or says in one line why not; keeps its state and its failures. */
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kernels/cuda/cuda-device.h"

enum {
    LINE = 160, /* bytes of a reason or description */
    OLDEST_CAPABILITY = 80,
    WORKSPACE = 32 << 20 /* what cuBLAS asks for on Hopper */
};

/* The program's own functions, by which failures and messages reach it: the module links none of it. */
static const FoveaCudaHost *host;

/* A kernel's fault was met when a GPU was closed: see close_state(). */
static bool had_fault;

/* The order is that of kernels/ops.h, so that a missing entry shows when the two are read side by side. */
static const FoveaOps cuda_ops = {
    .name = "cuda",
    .host_memory = false,
    .has_tf32 = true,
    .memory = fovea_cuda_memory,
    .scratch = fovea_cuda_scratch_bytes,
    .reserve = fovea_cuda_reserve,
    .counts = fovea_cuda_counts,
    .sync = fovea_cuda_sync,
    .alloc = fovea_cuda_alloc,
    .free = fovea_cuda_free,
    .write = fovea_cuda_write,
    .read = fovea_cuda_read,
    .zero = fovea_cuda_zero,
    .copy_rows = fovea_cuda_copy_rows,
    .alloc_pinned = fovea_cuda_alloc_pinned,
    .free_pinned = fovea_cuda_free_pinned,
    .copy_out = fovea_cuda_copy_out,
    .order = fovea_cuda_order,
    .wait = fovea_cuda_wait,
    .convert = fovea_cuda_convert,
    .attend_dtype = fovea_cuda_attend_dtype,
    .round = fovea_cuda_round,
    .find_nan = fovea_cuda_find_nan,
    .embed = fovea_cuda_embed,
    .add = fovea_cuda_add,
    .scale = fovea_cuda_scale,
    .soft_cap = fovea_cuda_soft_cap,
    .clip = fovea_cuda_clip,
    .add_gated = fovea_cuda_add_gated,
    .route = fovea_cuda_route,
    .experts = fovea_cuda_experts,
    .norm = fovea_cuda_norm,
    .linear = fovea_cuda_linear,
    .rotary = fovea_cuda_rotary,
    .activate = fovea_cuda_activate,
    .attend = fovea_cuda_attend_op,
    .rectangle = fovea_cuda_rectangle_op,
    .top_rows = fovea_cuda_top_rows_op,
    .mask_rows = fovea_cuda_mask_rows_op,
    .cross_entropy = fovea_cuda_cross_entropy,
    .top_prepare = fovea_cuda_top_prepare,
    .top_codes = fovea_cuda_top_codes,
    .codes_above = fovea_cuda_codes_above,
    .sae_step = fovea_cuda_sae_step,
};

CudaState *
cuda_state (FoveaDevice *device)
{
    return (CudaState *) host->state (device);
}

/* The driver keeps the current GPU a thread, and a session may go from one thread to another. */
CudaState *
cuda_begin_product (FoveaDevice *device)
{
    CudaState *state = cuda_state (device);
    if (host->has_failed (device) || !cuda_check (device, "device", cudaSetDevice (state->index)))
        return NULL;
    return state;
}

/* What was rounded may be written over by the operation that begins here. */
CudaState *
cuda_begin (FoveaDevice *device)
{
    CudaState *state = cuda_begin_product (device);
    if (state != NULL)
        state->rounded_input.x = NULL;
    return state;
}

void
cuda_fail (FoveaDevice *device, FoveaCudaFailure failure, const char *operation, const char *what)
{
    host->fail (device, failure, operation, what);
}

bool
cuda_check (FoveaDevice *device, const char *operation, cudaError_t status)
{
    if (status == cudaSuccess)
        return true;
    cuda_fail (device,
               status == cudaErrorMemoryAllocation ? FOVEA_CUDA_NO_MEMORY : FOVEA_CUDA_FAILED,
               operation, cudaGetErrorString (status));
    return false;
}

/* All device memory but that of opening goes through here and cuda_give_back(), or tests that count it
 * would not see it. */
cudaError_t
cuda_take (CudaState *state, void **buffer, size_t bytes)
{
    state->counts.allocations++;
    *buffer = NULL;
    return cudaMalloc (buffer, bytes);
}

/* cudaFree() waits for everything that is enqueued, whoever uses the buffer: it is counted as the wait that it
 * is. */

void
cuda_give_back (CudaState *state, void *buffer)
{
    state->counts.waits += buffer != NULL;
    cudaFree (buffer);
}

cudaError_t
cuda_upload (CudaState *state, void *to, const void *host, size_t bytes)
{
    /* What the driver promises for pageable memory; above, it may wait until the copy is made. */
    const size_t staged_at_once = 64 << 10;
    state->counts.uploads++;
    state->counts.waits += bytes > staged_at_once;
    return cudaMemcpyAsync (to, host, bytes, cudaMemcpyHostToDevice, state->stream);
}

/* One buffer for all operations: they run one after the other, so that none needs its own. */
void *
cuda_scratch (FoveaDevice *device, CudaState *state, const char *operation, size_t bytes)
{
    /* It never shrinks: a session's first layer has taken what all others need. */
    if (state->scratch_bytes >= bytes)
        return state->scratch;
    cuda_give_back (state, state->scratch); /* waits for the operations that use it */
    state->scratch = NULL;
    state->scratch_bytes = 0;
    if (!cuda_check (device, operation, cuda_take (state, (void **) &state->scratch, bytes)))
        return NULL;
    state->scratch_bytes = bytes;
    return state->scratch;
}

/* Asked after, never run: every kernel of the module is built for the same GPUs. */
static __global__ void
probe_kernel (void)
{
}

/* Whether this module holds code that GPU @index can run. */
static bool
has_code (int index, const cudaDeviceProp *properties, char *why)
{
    cudaFuncAttributes attributes;
    cudaError_t status = cudaSetDevice (index);
    if (status == cudaSuccess)
        status = cudaFuncGetAttributes (&attributes, probe_kernel);
    if (status == cudaSuccess)
        return true;
    cudaGetLastError (); /* the next call must not meet it */
    if (status == cudaErrorNoKernelImageForDevice || status == cudaErrorInvalidDeviceFunction)
        snprintf (why, LINE, "%.60s has compute capability %d.%d, this build holds code for %.40s",
                  properties->name, properties->major, properties->minor, FOVEA_GPU_ARCH);
    else
        snprintf (why, LINE, "GPU %d: %s", index, cudaGetErrorString (status));
    return false;
}

/* Whether GPU @index is there and this module has code for it. */
static bool
usable (int index, cudaDeviceProp *properties, char *why)
{
    int count = 0;
    /* The first call that needs a driver: what it says tells a machine without one from an old one. */
    cudaError_t status = cudaGetDeviceCount (&count);
    if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0)) {
        snprintf (why, LINE, "no CUDA GPU on this machine");
    } else if (status == cudaErrorInsufficientDriver) {
        int driver = 0;
        cudaDriverGetVersion (&driver);
        if (driver == 0)
            snprintf (why, LINE, "no CUDA driver on this machine");
        else
            snprintf (why, LINE, "the driver is for CUDA %d.%d, this build needs %d.%d",
                      driver / 1000, driver / 10 % 100, CUDART_VERSION / 1000,
                      CUDART_VERSION / 10 % 100);
    } else if (status != cudaSuccess) {
        snprintf (why, LINE, "%s", cudaGetErrorString (status));
    } else if (index >= count) {
        snprintf (why, LINE, "GPU %d asked for, %d present (numbered from 0)", index, count);
    } else if ((status = cudaGetDeviceProperties (properties, index)) != cudaSuccess) {
        snprintf (why, LINE, "GPU %d: %s", index, cudaGetErrorString (status));
    } else if (properties->major * 10 + properties->minor < OLDEST_CAPABILITY) {
        snprintf (why, LINE, "%.60s has compute capability %d.%d, 8.0 or newer is needed",
                  properties->name, properties->major, properties->minor);
    } else {
        return has_code (index, properties, why);
    }
    return false;
}

/* Everything that was opened, in the opposite order; also of a state that was only half made. */
static void
close_state (void *data)
{
    CudaState *state = (CudaState *) data;
    if (state == NULL)
        return;
    cudaSetDevice (state->index);
    /* Buffers may go only when nothing uses them any more. Errors are asked for at the end. */
    if (state->stream != NULL)
        cudaStreamSynchronize (state->stream);
    if (state->blas != NULL)
        cublasDestroy (state->blas);
    for (int i = 0; i < CUDA_N_TICKETS; i++)
        if (state->tickets[i] != NULL)
            cudaEventDestroy (state->tickets[i]);
    if (state->computed != NULL)
        cudaEventDestroy (state->computed);
    if (state->copies != NULL)
        cudaStreamDestroy (state->copies);
    if (state->stream != NULL)
        cudaStreamDestroy (state->stream);
    cudaFree (state->workspace);
    cudaFree (state->scratch);
    cudaFree (state->rounded);
    /* A kernel's fault spoils all that this process has on the GPU, what other devices of the process
     * have there included; it is given up. On an H100 (driver CUDA 13.0) opening it again in the same
     * process still failed, "busy or unavailable": the CPU goes on, the GPU wants a restart, and
     * explain_fault() says so to who asks for it again. Other processes are not touched by it. */
    if (cudaDeviceSynchronize () != cudaSuccess) {
        had_fault = true;
        cudaDeviceReset ();
        cudaGetLastError ();
    }
    free (state);
}

/* Streams do not wait for the process's default one, which other libraries use: theirs is theirs. */
static bool
make_streams (CudaState *state)
{
    unsigned plain = cudaEventDisableTiming;
    bool made = cudaSetDevice (state->index) == cudaSuccess &&
                cudaStreamCreateWithFlags (&state->stream, cudaStreamNonBlocking) == cudaSuccess &&
                cudaStreamCreateWithFlags (&state->copies, cudaStreamNonBlocking) == cudaSuccess &&
                cudaEventCreateWithFlags (&state->computed, plain) == cudaSuccess;
    /* Threads that wait for a copy sleep instead of spinning. */
    for (int i = 0; made && i < CUDA_N_TICKETS; i++)
        made = cudaEventCreateWithFlags (&state->tickets[i], plain | cudaEventBlockingSync) ==
               cudaSuccess;
    /* A workspace of our own also keeps cuBLAS from taking one while layers run. */
    return made && cudaMalloc (&state->workspace, WORKSPACE) == cudaSuccess &&
           cublasCreate (&state->blas) == CUBLAS_STATUS_SUCCESS &&
           cublasSetStream (state->blas, state->stream) == CUBLAS_STATUS_SUCCESS &&
           cublasSetWorkspace (state->blas, state->workspace, WORKSPACE) == CUBLAS_STATUS_SUCCESS;
}

/* Puts before @why, the reason why a GPU does not open, that it failed in this process. False. */
static bool
explain_fault (char *why)
{
    char reason[LINE];
    if (had_fault) {
        snprintf (reason, sizeof reason, "%s", why);
        snprintf (why, LINE, "a kernel failed there before, start the program again (%.100s)",
                  reason);
    }
    return false;
}

/* For tests, which hold one kernel against another on the same inputs. */
static CudaAttend
chosen_attention (void)
{
    const char *name = getenv ("FOVEA_CUDA_ATTEND");
    if (name != NULL && strcmp (name, "mma") == 0)
        return CUDA_ATTEND_MMA;
    return name != NULL && strcmp (name, "f32") == 0 ? CUDA_ATTEND_F32 : CUDA_ATTEND_FASTEST;
}

bool
fovea_cuda_open (int index, const FoveaCudaHost *callbacks, FoveaCudaDevice *device, char *why)
{
    cudaDeviceProp properties;
    if (!usable (index, &properties, why))
        return explain_fault (why);
    host = callbacks; /* the same of every call: a process has one program */
    CudaState *state = (CudaState *) calloc (1, sizeof *state);
    int driver = 0;
    if (state == NULL) {
        snprintf (why, LINE, "no memory");
        return false;
    }
    state->index = index;
    state->n_processors = properties.multiProcessorCount;
    state->capability = properties.major * 10 + properties.minor;
    state->shared_bytes = properties.sharedMemPerBlockOptin;
    state->attention = chosen_attention ();
    if (!make_streams (state)) {
        cudaError_t status = cudaGetLastError ();
        snprintf (why, LINE, "GPU %d: %s", index,
                  status != cudaSuccess ? cudaGetErrorString (status) : "cuBLAS does not start");
        close_state (state);
        return explain_fault (why);
    }
    cudaDriverGetVersion (&driver);
    device->ops = &cuda_ops;
    device->state = state;
    device->close = close_state;
    snprintf (device->description, sizeof device->description,
              "%.80s, %zu GiB, driver CUDA %d.%d, sm_%d", properties.name,
              properties.totalGlobalMem >> 30, driver / 1000, driver / 10 % 100, state->capability);
    return true;
}
