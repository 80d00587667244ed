/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A training step on the GPU, pass by pass (sae-step.cuh): codes, rows, what dead latents could explain,
 * entries sorted by latent, latents, the optimiser. */
#include <cub/device/device_radix_sort.cuh>

#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    STRIP_BYTES = 288 << 20 /* of products with dead latents */
};

/* Memory that is handed out from one block; @base NULL only counts. */
typedef struct {
    char *base;
    size_t used;
} Room;

template <typename T>
static T *
take (Room *room, int64_t n)
{
    T *at = (T *) (room->base + room->used);
    room->used += ((size_t) n * sizeof (T) + 255) & ~(size_t) 255;
    return at;
}

/* Everything of a step beside its arguments. */
typedef struct {
    StepRun run;
    CodesRun codes;
    void *codes_scratch;
    float *centred;
    float *dead_weights, *dead_products; /* (n_dead, d), (strip, n_dead) */
    int64_t dead_strip;
    unsigned *keys, *values; /* before they are sorted */
    void *sort;
    size_t sort_bytes;
} Step;

static void
plan_entries (StepEntries *e, const FoveaSaeStepArgs *a, int64_t k, Room *room)
{
    int64_t n = a->rows * k, segments = n / STEP_SEGMENT;
    e->k = k;
    e->latent = take<int32_t> (room, n);
    e->count = take<int32_t> (room, a->rows);
    e->value = take<float> (room, n);
    e->d_code = take<float> (room, n);
    e->error = take<float> (room, a->rows * a->d_out);
    e->key = take<unsigned> (room, n);
    e->order = take<unsigned> (room, n);
    e->start = take<int> (room, a->n_latents + 1);
    e->segment_sums = take<float> (room, segments * (a->d_out + a->d_in));
    e->segment_d = take<double> (room, segments);
    e->segment_counts = take<int> (room, segments);
}

static int
key_bits (int64_t n_latents)
{
    int bits = 1;
    while ((int64_t) 1 << bits <= n_latents) /* F itself stands for none */
        bits++;
    return bits;
}

/* Products with the dead: all of them are needed, for about half of a row's width are chosen. */
static void
plan_dead (Step *s, const FoveaSaeStepArgs *a, Room *room)
{
    int64_t fit = STRIP_BYTES / (4 * a->n_dead);
    s->dead_strip = fit < 1 ? 1 : fit < a->rows ? fit : a->rows;
    plan_entries (&s->run.dead, a, a->aux_k, room);
    s->run.dead.row_errors = take<double> (room, a->rows);
    s->dead_weights = take<float> (room, a->n_dead * a->d_in);
    s->dead_products = take<float> (room, s->dead_strip * a->n_dead);
}

static cudaError_t
plan (
    Step *s, const FoveaSaeStepArgs *a, char *base, int n_processors, int capability, size_t *bytes)
{
    Room room = {base, 0};
    int64_t most = a->rows * (a->k > a->aux_k ? a->k : a->aux_k);
    bool has_dead = a->n_dead > 0 && a->aux > 0 && a->aux_k > 0;
    StepRun *run = &s->run;
    run->args = *a;
    s->centred = take<float> (&room, a->rows * a->d_in);
    plan_entries (&run->main, a, a->k, &room);
    run->main.row_errors = a->row_errors;
    run->squares = take<double> (&room, a->n_latents);
    run->d_pre = take<float> (&room, a->n_latents);
    run->counts = take<int> (&room, a->n_latents);
    run->columns = take<double> (&room, STEP_ROW_PARTS * 3 * a->d_out);
    run->bias_parts = take<float> (&room, STEP_LATENT_PARTS * a->d_in);
    run->scale = take<float> (&room, 1);
    s->keys = take<unsigned> (&room, most);
    s->values = take<unsigned> (&room, most);
    if (has_dead)
        plan_dead (s, a, &room);
    cudaError_t status =
        cub::DeviceRadixSort::SortPairs (NULL, s->sort_bytes, s->keys, run->main.key, s->values,
                                         run->main.order, (int) most, 0, key_bits (a->n_latents));
    s->sort = take<char> (&room, (int64_t) s->sort_bytes);
    FoveaCodesArgs codes = {.weights = {.w = a->w.w_enc,
                                        .bias = a->w.b_enc,
                                        .n_latents = a->n_latents,
                                        .n_in = a->d_in,
                                        .prepared = a->prepared},
                            .rows = a->rows,
                            .x = a->x,
                            .x_stride = a->d_in,
                            .k = a->k,
                            .by_magnitude = a->by_magnitude,
                            .only_positive = !a->by_magnitude,
                            .latent = run->main.latent,
                            .value = run->main.value,
                            .count = run->main.count};
    size_t codes_bytes;
    s->codes = cuda_codes_plan (&codes, n_processors, capability, &codes_bytes);
    s->codes_scratch = take<char> (&room, (int64_t) codes_bytes);
    *bytes = room.used;
    return status;
}

/* Entries by name: F where a row has fewer. */
static __global__ void
__launch_bounds__ (THREADS)
    keys_kernel (StepEntries e, int64_t n, unsigned none, unsigned *keys, unsigned *values)
{
    int64_t i = (int64_t) blockIdx.x * THREADS + threadIdx.x;
    if (i >= n)
        return;
    keys[i] = i % e.k < e.count[i / e.k] ? (unsigned) e.latent[i] : none;
    values[i] = (unsigned) i;
}

/* Where each latent begins: a place with another latent than the one before fills in for those between. */
static __global__ void
__launch_bounds__ (THREADS) starts_kernel (StepEntries e, int64_t n, int64_t F)
{
    int64_t i = (int64_t) blockIdx.x * THREADS + threadIdx.x;
    if (i > n)
        return;
    int64_t before = i == 0 ? -1 : (int64_t) e.key[i - 1], own = i == n ? F : (int64_t) e.key[i];
    for (int64_t j = before + 1; j <= own; j++)
        e.start[j] = (int) i;
}

/* A radix sort keeps the order of equal keys, which is that of rows. */
static cudaError_t
sort_entries (Step *s, StepEntries *e, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    int64_t n = a->rows * e->k;
    unsigned grid = (unsigned) ((n + THREADS - 1) / THREADS);
    keys_kernel<<<grid, THREADS, 0, stream>>> (*e, n, (unsigned) a->n_latents, s->keys, s->values);
    cudaError_t status =
        cub::DeviceRadixSort::SortPairs (s->sort, s->sort_bytes, s->keys, e->key, s->values,
                                         e->order, (int) n, 0, key_bits (a->n_latents), stream);
    if (status != cudaSuccess)
        return status;
    starts_kernel<<<(unsigned) (n / THREADS + 1), THREADS, 0, stream>>> (*e, n, a->n_latents);
    return cudaGetLastError ();
}

static __global__ void
__launch_bounds__ (THREADS)
    gather_kernel (const float *w, const int32_t *members, int64_t width, float *to)
{
    const float *from = w + (int64_t) members[blockIdx.x] * width;
    for (int64_t c = threadIdx.x; c < width; c += THREADS)
        to[blockIdx.x * width + c] = from[c];
}

/* Codes of the dead, from products of f32. */
static cudaError_t
encode_dead (const Step *s, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    const StepEntries *e = &s->run.dead;
    const float one = 1, zero = 0;
    cudaError_t status = cudaSuccess;
    int n = (int) a->n_dead, d = (int) a->d_in;
    gather_kernel<<<(unsigned) n, THREADS, 0, stream>>> (a->w.w_enc, a->dead, d, s->dead_weights);
    for (int64_t first = 0; first < a->rows && status == cudaSuccess; first += s->dead_strip) {
        int64_t left = a->rows - first, rows = left < s->dead_strip ? left : s->dead_strip;
        if (cublasGemmEx (blas, CUBLAS_OP_T, CUBLAS_OP_N, n, (int) rows, d, &one, s->dead_weights,
                          CUDA_R_32F, d, s->run.x + first * d, CUDA_R_32F, d, &zero,
                          s->dead_products, CUDA_R_32F, n, CUBLAS_COMPUTE_32F,
                          CUBLAS_GEMM_DEFAULT) != CUBLAS_STATUS_SUCCESS)
            return cudaErrorUnknown;
        DenseRows dense = {.products = s->dead_products, .n = n, .stride = n, .bias = a->w.b_enc};
        dense.members = a->dead;
        dense.k = e->k;
        dense.by_magnitude = a->by_magnitude;
        dense.latent = e->latent + first * e->k;
        dense.count = e->count + first;
        dense.value = e->value + first * e->k;
        status = cuda_codes_dense (&dense, rows, stream);
    }
    return status;
}

static cudaError_t
run_dead (Step *s, cublasHandle_t blas, cudaStream_t stream)
{
    StepEntries *e = &s->run.dead;
    if (e->k == 0)
        return cudaSuccess;
    e->slope = (float) (2 * s->run.args.aux);
    cudaError_t status = encode_dead (s, blas, stream);
    if (status == cudaSuccess)
        status = cuda_step_decode (&s->run, e, NULL, s->run.main.error, true, stream);
    return status == cudaSuccess ? sort_entries (s, e, stream) : status;
}

size_t
cuda_step_scratch (const FoveaSaeStepArgs *args, int n_processors, int capability)
{
    Step s = {};
    size_t bytes = 0;
    plan (&s, args, NULL, n_processors, capability, &bytes);
    return bytes;
}

cudaError_t
cuda_step (const FoveaSaeStepArgs *a,
           void *scratch,
           int n_processors,
           int capability,
           cublasHandle_t blas,
           cudaStream_t stream)
{
    Step s = {};
    size_t bytes;
    cudaError_t status = plan (&s, a, (char *) scratch, n_processors, capability, &bytes);
    if (status == cudaSuccess)
        status = cuda_codes_prepare (&s.codes.args.weights, n_processors, stream);
    if (status == cudaSuccess)
        status = cuda_codes_run (&s.codes, s.codes_scratch, a->subtracts_b_dec ? a->w.b_dec : NULL,
                                 s.centred, blas, stream);
    if (status != cudaSuccess)
        return status;
    s.run.x = s.centred;
    s.run.main.slope = (float) (2 * a->weight);
    status = cuda_step_decode (&s.run, &s.run.main, a->w.b_dec, a->target, false, stream);
    if (status == cudaSuccess)
        status = sort_entries (&s, &s.run.main, stream);
    if (status == cudaSuccess)
        status = run_dead (&s, blas, stream);
    if (status == cudaSuccess)
        status = cuda_step_latents (&s.run, stream);
    return status == cudaSuccess ? cuda_step_finish (&s.run, stream) : status;
}
