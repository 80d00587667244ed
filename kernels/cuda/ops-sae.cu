/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse codes and their training as operations of the table: scratch memory and failures. */
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/sae-above.cuh"
#include "kernels/cuda/sae-step.cuh"

void
fovea_cuda_top_prepare (FoveaDevice *device, const FoveaCodesWeights *weights)
{
    CudaState *state = cuda_begin (device);
    if (state != NULL)
        cuda_check (device, "top_prepare",
                    cuda_codes_prepare (weights, state->n_processors, state->stream));
}

void
fovea_cuda_top_codes (FoveaDevice *device, const FoveaCodesArgs *args)
{
    CudaState *state = cuda_begin (device);
    size_t bytes;
    if (state == NULL || args->rows <= 0)
        return;
    CodesRun run = cuda_codes_plan (args, state->n_processors, state->capability, &bytes);
    void *scratch = cuda_scratch (device, state, "top_codes", bytes);
    if (scratch != NULL)
        cuda_check (device, "top_codes",
                    cuda_codes_run (&run, scratch, NULL, NULL, state->blas, state->stream));
}

void
fovea_cuda_codes_above (FoveaDevice *device, const FoveaAboveArgs *args)
{
    CudaState *state = cuda_begin (device);
    size_t bytes;
    if (state == NULL)
        return;
    if (args->rows <= 0) {
        cuda_check (device, "codes_above",
                    cudaMemsetAsync (args->offset, 0, sizeof *args->offset, state->stream));
        return;
    }
    AboveRun run = cuda_above_plan (args, state->n_processors, state->capability, &bytes);
    void *scratch = cuda_scratch (device, state, "codes_above", bytes);
    const AboveStreams streams = {state->blas, state->stream, state->copies, state->computed};
    if (scratch == NULL)
        return;
    state->counts.waits++;
    cuda_check (device, "codes_above", cuda_above_run (&run, scratch, &streams));
}

void
fovea_cuda_sae_step (FoveaDevice *device, const FoveaSaeStepArgs *args)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL)
        return;
    size_t bytes = cuda_step_scratch (args, state->n_processors, state->capability);
    void *scratch = cuda_scratch (device, state, "sae_step", bytes);
    const AboveStreams streams = {state->blas, state->stream, state->copies, state->computed};
    if (scratch != NULL)
        cuda_check (device, "sae_step",
                    cuda_step (args, scratch, state->n_processors, state->capability, &streams));
}
