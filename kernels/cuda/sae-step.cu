/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A training step on the GPU, pass by pass (sae-step.cuh): codes, rows, what dead latents could explain,
 * entries sorted by latent, latents, the optimiser. */
#include <cub/device/device_radix_sort.cuh>

#include "kernels/cuda/sae-above.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    STRIP_BYTES = 288 << 20, /* of products with dead latents */
    LISTED_SHARE = 64,       /* one product in so many has room in a list, */
    ROUNDED_SHARE = 160 /* which goes as fast as whole matrices, if these are rounded, with fewer */
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
    StepRun listed; /* of a rule by value, while few products are above their level */
    AboveRun above;
    void *above_scratch;
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
plan_entries (StepEntries *e, const FoveaSaeStepArgs *a, int64_t n, int64_t k, Room *room)
{
    int64_t segments = n / STEP_SEGMENT;
    e->n = n;
    e->k = k;
    e->first = k == 0 ? take<int> (room, a->rows + 1) : NULL;
    e->row = k == 0 ? take<int> (room, n) : NULL;
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
    plan_entries (&s->run.dead, a, a->rows * a->aux_k, a->aux_k, room);
    s->run.dead.row_errors = take<double> (room, a->rows);
    s->dead_weights = take<float> (room, a->n_dead * a->d_in);
    s->dead_products = take<float> (room, s->dead_strip * a->n_dead);
}

/* What is chosen from all products, and by what. */
static void
plan_choice (Step *s, const FoveaSaeStepArgs *a, Room *room)
{
    StepFull *f = &s->run.full;
    int64_t width = split_width (a->d_in);
    f->stride = split_width (a->n_latents);
    f->ranges = take<StepRanges> (room, 1);
    f->x = take<__half> (room, a->rows * 3 * width);
    f->enc = take<__half> (room, a->n_latents * 3 * width);
    f->enc_unit = take<float> (room, a->n_latents);
    f->products = take<float> (room, a->rows * f->stride);
    f->bins = take<unsigned long long> (room, STEP_BINS);
    f->choice = take<BatchChoice> (room, 1);
    f->ties = take<int> (room, a->rows + 1);
}

/* A matrix of rows by latents as two of f16; its memory holds one of f32, too. */
static float *
take_parts (Room *room, const FoveaSaeStepArgs *a, int64_t stride, __half *(&parts)[2])
{
    parts[0] = take<__half> (room, 2 * a->rows * stride);
    parts[1] = a->rounded ? NULL : parts[0] + a->rows * stride;
    return (float *) parts[0];
}

/* What rules need beside whose codes are a matrix. */
static void
plan_full (Step *s, const FoveaSaeStepArgs *a, Room *room)
{
    StepFull *f = &s->run.full;
    int64_t errors = a->rows * a->d_out, width = split_width (a->d_out);
    f->groups = a->n_widths > 1 ? a->n_widths : 1;
    plan_choice (s, a, room);
    f->dec = take<__half> (room, a->n_latents * 3 * width);
    f->dec_unit = take<float> (room, a->n_latents);
    take_parts (room, a, f->stride, f->codes);
    f->slope = take<float> (room, a->rows * f->stride);
    f->gate = a->rule == FOVEA_STEP_GATE ? take_parts (room, a, f->stride, f->gate_codes) : NULL;
    f->errors = take<float> (room, f->groups * errors);
    f->error_lines = take<__half> (room, a->rows * 3 * width);
    f->shares = take<float> (room, (1 + FULL_SHARES) * errors);
    f->decoded = take<float> (room, errors);
    f->threshold = take<float> (room, a->n_latents);
    f->parts = take<double> (room, FULL_PARTS * FULL_SUMS * a->n_latents);
    f->sums = take<double> (room, FULL_SUMS * a->n_latents);
    f->row_losses = take<double> (room, a->rows);
    f->row_sides = a->rule == FOVEA_STEP_GATE ? take<double> (room, a->rows) : NULL;
    s->run.main.error = f->errors;
}

/* How rows are encoded that keep their k largest. */
static void
plan_codes (Step *s, const FoveaSaeStepArgs *a, int n_processors, int capability, Room *room)
{
    const StepEntries *e = &s->run.main;
    FoveaCodesArgs codes = {.weights = {.w = a->w.w_enc,
                                        .bias = a->w.b_enc,
                                        .scale = a->rescales ? s->run.norm : NULL,
                                        .n_latents = a->n_latents,
                                        .n_in = a->d_in,
                                        .prepared = a->prepared},
                            .rows = a->rows,
                            .x = a->x,
                            .x_stride = a->d_in,
                            .k = a->k,
                            .by_magnitude = a->by_magnitude,
                            .only_positive = !a->by_magnitude,
                            .latent = e->latent,
                            .value = e->value,
                            .count = e->count};
    size_t bytes;
    s->codes = cuda_codes_plan (&codes, n_processors, capability, &bytes);
    s->codes_scratch = take<char> (room, (int64_t) bytes);
}

/* Latents whose rule needs no product but those above a level. */
static bool
may_list (const FoveaSaeStepArgs *a)
{
    bool pulls = a->pre_act != 0 && a->n_dead > 0; /* all products of dead latents */
    return a->rule >= FOVEA_STEP_RELU && !pulls;
}

static int64_t
listed_room (const FoveaSaeStepArgs *a)
{
    int64_t room = a->rows * a->n_latents / LISTED_SHARE;
    return room > a->rows ? room : a->rows;
}

/* In the memory that whole matrices have else. */
static void
plan_listed (Step *s, const FoveaSaeStepArgs *a, int n_processors, int capability, Room *room)
{
    StepRun *run = &s->listed;
    int64_t n = listed_room (a);
    plan_entries (&run->main, a, n, 0, room);
    run->main.row_errors = a->row_errors;
    run->main.segment_terms = take<double> (room, n / STEP_SEGMENT * FULL_SUMS);
    run->by_value = true;
    run->pre = take<float> (room, n);
    run->level = take<float> (room, a->n_latents);
    run->full.threshold = take<float> (room, a->n_latents);
    run->full.sums = take<double> (room, FULL_SUMS * a->n_latents);
    if (a->rule == FOVEA_STEP_GATE) {
        run->gate = run->main;
        run->gate.value = run->pre;
        run->gate.d_code = take<float> (room, n);
        run->gate.error = take<float> (room, a->rows * a->d_out);
        run->gate.row_errors = run->full.row_sides = take<double> (room, a->rows);
    }
    FoveaAboveArgs above = {.rows = a->rows, .x = s->centred, .x_stride = a->d_in, .room = n};
    above.weights = {a->w.w_enc, a->w.b_enc, NULL, a->n_latents, a->d_in, false, a->prepared};
    above.weights.level = run->level;
    above.offset = take<int64_t> (room, a->rows + 1);
    above.latent = run->main.latent;
    above.value = run->pre;
    size_t bytes;
    s->above = cuda_above_plan (&above, n_processors, capability, &bytes);
    s->above_scratch = take<char> (room, (int64_t) bytes);
}

/* What is a matrix has its memory with what is a list: one of them is made. */
static void
plan_by_value (Step *s, const FoveaSaeStepArgs *a, int n_processors, int capability, Room *room)
{
    Room listed = *room;
    s->listed = s->run;
    s->run.full.on = true;
    plan_full (s, a, room);
    if (may_list (a))
        plan_listed (s, a, n_processors, capability, &listed);
    room->used = room->used > listed.used ? room->used : listed.used;
}

/* Sums over rows and over latents. */
static void
plan_sums (Step *s, const FoveaSaeStepArgs *a, Room *room)
{
    StepRun *run = &s->run;
    run->main.row_errors = a->row_errors;
    run->squares = take<double> (room, a->n_latents);
    run->d_pre = take<float> (room, a->n_latents);
    run->counts = take<int> (room, a->n_latents);
    run->columns = take<double> (room, STEP_ROW_PARTS * 3 * a->d_out);
    run->bias_parts = take<float> (room, STEP_LATENT_PARTS * a->d_in);
    run->scale = take<float> (room, 1);
}

static cudaError_t
plan (
    Step *s, const FoveaSaeStepArgs *a, char *base, int n_processors, int capability, size_t *bytes)
{
    Room room = {base, 0};
    bool rows = a->rule == FOVEA_STEP_ROWS, batch = a->rule == FOVEA_STEP_BATCH && a->n_widths <= 1;
    bool full = !rows && !batch;
    int64_t own = rows ? a->rows * a->k : batch ? a->keep : may_list (a) ? listed_room (a) : 0;
    int64_t dead = a->rows * a->aux_k, most = own > dead ? own : dead;
    bool has_dead = a->n_dead > 0 && a->aux > 0 && a->aux_k > 0;
    StepRun *run = &s->run;
    run->args = *a;
    run->main.slope = run->gate.slope = (float) (2 * a->weight);
    run->x = s->centred = take<float> (&room, a->rows * a->d_in);
    if (full || a->rescales)
        run->norm = take<float> (&room, a->n_latents);
    plan_sums (s, a, &room);
    s->keys = take<unsigned> (&room, most);
    s->values = take<unsigned> (&room, most);
    if (has_dead)
        plan_dead (s, a, &room);
    cudaError_t status =
        cub::DeviceRadixSort::SortPairs (NULL, s->sort_bytes, s->keys, s->keys, s->values,
                                         s->values, (int) most, 0, key_bits (a->n_latents));
    s->sort = take<char> (&room, (int64_t) s->sort_bytes);
    if (full)
        plan_by_value (s, a, n_processors, capability, &room);
    else
        plan_entries (&run->main, a, own, rows ? a->k : 0, &room);
    if (batch)
        plan_choice (s, a, &room);
    if (rows)
        plan_codes (s, a, n_processors, capability, &room);
    *bytes = room.used;
    return status;
}

/* Entries by name: F where there is none. */
static __global__ void
__launch_bounds__ (THREADS)
    keys_kernel (StepEntries e, int64_t rows, unsigned none, unsigned *keys, unsigned *values)
{
    int64_t i = (int64_t) blockIdx.x * THREADS + threadIdx.x;
    if (i >= e.n)
        return;
    bool in = e.first != NULL ? i < e.first[rows] : i % e.k < e.count[i / e.k];
    keys[i] = in ? (unsigned) e.latent[i] : none;
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
    int64_t n = e->n;
    unsigned grid = (unsigned) ((n + THREADS - 1) / THREADS), none = (unsigned) a->n_latents;
    keys_kernel<<<grid, THREADS, 0, stream>>> (*e, a->rows, none, s->keys, s->values);
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
    /* What is missing is what all latents together miss: the last prefix's error. */
    int64_t errors = s->run.args.rows * s->run.args.d_out;
    const float *missing =
        s->run.main.error + (s->run.full.on ? s->run.full.groups - 1 : 0) * errors;
    if (status == cudaSuccess)
        status = cuda_step_decode (&s->run, e, NULL, missing, true, stream);
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

/* x less b_dec, or x. */
static __global__ void
__launch_bounds__ (THREADS)
    centre_kernel (const float *x, const float *centre, int64_t d, float *to)
{
    for (int64_t c = threadIdx.x; c < d; c += THREADS)
        to[blockIdx.x * d + c] = x[blockIdx.x * d + c] - (centre != NULL ? centre[c] : 0);
}

/* Rows that keep their k largest: only these are decoded. */
static cudaError_t
run_rows (Step *s, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    const float *centre = a->subtracts_b_dec ? a->w.b_dec : NULL;
    cudaError_t status = cuda_codes_prepare (&s->codes.args.weights, s->codes.n_processors, stream);
    if (status == cudaSuccess)
        status = cuda_codes_run (&s->codes, s->codes_scratch, centre, s->centred, blas, stream);
    if (status == cudaSuccess)
        status = cuda_step_decode (&s->run, &s->run.main, a->w.b_dec, a->target, false, stream);
    return status == cudaSuccess ? sort_entries (s, &s->run.main, stream) : status;
}

/* Rows that compete with each other: all products are looked at, and those that are kept are decoded. */
static cudaError_t
run_batch (Step *s, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    cudaError_t status = cuda_step_full_products (&s->run, blas, stream);
    if (status == cudaSuccess)
        status = cuda_step_batch_codes (&s->run, stream);
    if (status == cudaSuccess)
        status = cuda_step_decode (&s->run, &s->run.main, a->w.b_dec, a->target, false, stream);
    return status == cudaSuccess ? sort_entries (s, &s->run.main, stream) : status;
}

/* How many products are listed; the stream goes on while the host waits for them. */
static cudaError_t
read_listed (const Step *s, const AboveStreams *streams, int64_t *n)
{
    const int64_t *last = s->above.offset + s->run.args.rows;
    cudaError_t status = cudaStreamWaitEvent (streams->copies, streams->counted, 0);
    if (status == cudaSuccess)
        status = cudaMemcpyAsync (n, last, sizeof *n, cudaMemcpyDeviceToHost, streams->copies);
    return status == cudaSuccess ? cudaStreamSynchronize (streams->copies) : status;
}

/* Rows and entries of a list that is there. */
static cudaError_t
decode_listed (Step *s, const AboveStreams *streams, int64_t *n)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    StepRun *run = &s->listed;
    cudaError_t status = cuda_step_list (run, s->above.offset, streams->stream);
    if (status == cudaSuccess)
        status = cudaEventRecord (streams->counted, streams->stream);
    if (status == cudaSuccess)
        status = cuda_step_decode (run, &run->main, a->w.b_dec, a->target, false, streams->stream);
    if (status == cudaSuccess && a->rule == FOVEA_STEP_GATE)
        status = cuda_step_decode (run, &run->gate, a->w.b_dec, a->target, false, streams->stream);
    return status == cudaSuccess ? read_listed (s, streams, n) : status;
}

/* A rule by value from products above their level. @dense: (out): these are too many, and nothing of use has been
 * made of them. */
static cudaError_t
run_listed (Step *s, const AboveStreams *streams, bool *dense)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    StepRun *run = &s->listed;
    int64_t n = 0;
    *dense = !run->by_value;
    if (*dense)
        return cudaSuccess;
    cudaError_t status = cuda_step_norms (run, streams->stream);
    if (status == cudaSuccess)
        status = cuda_codes_prepare (&s->above.codes.args.weights, s->above.codes.n_processors,
                                     streams->stream);
    if (status == cudaSuccess)
        status = cuda_above_try (&s->above, s->above_scratch,
                                 a->rounded ? ROUNDED_SHARE : LISTED_SHARE, streams, dense);
    if (status != cudaSuccess || *dense)
        return status;
    status = decode_listed (s, streams, &n);
    *dense = n > run->main.n;
    if (status != cudaSuccess || *dense)
        return status;
    run->main.n = n > 0 ? n : 1;
    s->run = *run;
    return sort_entries (s, &s->run.main, streams->stream);
}

/* All but rows that keep their k largest. */
static cudaError_t
run_others (Step *s, const AboveStreams *streams)
{
    const FoveaSaeStepArgs *a = &s->run.args;
    const float *centre = a->subtracts_b_dec ? a->w.b_dec : NULL;
    bool dense = true;
    centre_kernel<<<(unsigned) a->rows, THREADS, 0, streams->stream>>> (a->x, centre, a->d_in,
                                                                        s->centred);
    cudaError_t status = cudaGetLastError ();
    if (status == cudaSuccess && s->run.full.on)
        status = run_listed (s, streams, &dense);
    if (status != cudaSuccess || !dense)
        return status;
    return s->run.full.on ? cuda_step_full (&s->run, streams->blas, streams->stream)
                          : run_batch (s, streams->blas, streams->stream);
}

cudaError_t
cuda_step (const FoveaSaeStepArgs *a,
           void *scratch,
           int n_processors,
           int capability,
           const AboveStreams *streams)
{
    Step s = {};
    size_t bytes;
    cudaStream_t stream = streams->stream;
    cudaError_t status = plan (&s, a, (char *) scratch, n_processors, capability, &bytes);
    if (status == cudaSuccess && s.run.norm != NULL && !s.run.full.on)
        status = cuda_step_norms (&s.run, stream);
    if (status == cudaSuccess)
        status = a->rule == FOVEA_STEP_ROWS ? run_rows (&s, streams->blas, stream)
                                            : run_others (&s, streams);
    if (status == cudaSuccess)
        status = run_dead (&s, streams->blas, stream);
    if (status == cudaSuccess)
        status = cuda_step_latents (&s.run, stream);
    return status == cudaSuccess ? cuda_step_finish (&s.run, stream) : status;
}
