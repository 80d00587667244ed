/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rules by value where few products are above their level: these come as a list (sae-above.cuh), and become
 * entries like those of a row's k largest.
 * Moves: 24 B an entry.   Roof: memory. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-rules.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 128
};

template <FoveaStepRule RULE>
static __device__ inline void
list_row (const StepRun &run, int64_t t, int64_t first, int n)
{
    const StepEntries &e = run.main;
    for (int i = (int) threadIdx.x; i < n; i += THREADS) {
        int64_t at = first + i;
        float code = code_of<RULE> (
            read_latent<RULE> (run.args, run.norm, run.full.threshold, e.latent[at]), run.pre[at]);
        e.row[at] = (int) t;
        e.value[at] = code;
    }
}

/* A block a row. */
static __global__ void
__launch_bounds__ (THREADS) list_kernel (const __grid_constant__ StepRun run, const int64_t *offset)
{
    int64_t t = blockIdx.x, first = offset[t], end = offset[t + 1];
    int n = end > run.main.n ? 0 : (int) (end - first);
    if (threadIdx.x == 0) {
        run.main.first[t] = (int) min (first, run.main.n);
        run.main.count[t] = n;
        if (t + 1 == run.args.rows)
            run.main.first[t + 1] = (int) min (end, run.main.n);
    }
    if (run.args.rule == FOVEA_STEP_GATE)
        list_row<FOVEA_STEP_GATE> (run, t, first, n);
    else if (run.args.rule == FOVEA_STEP_RELU)
        list_row<FOVEA_STEP_RELU> (run, t, first, n);
    else
        list_row<FOVEA_STEP_JUMP> (run, t, first, n);
}

cudaError_t
cuda_step_list (const StepRun *run, const int64_t *offset, cudaStream_t stream)
{
    list_kernel<<<(unsigned) run->args.rows, THREADS, 0, stream>>> (*run, offset);
    return cudaGetLastError ();
}
