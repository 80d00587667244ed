/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse codes from scores (sae-codes.cuh): a warp chooses those of a row. It bounds the k-th largest
 * product by the largest scores of groups, opens the groups that may reach the bound, makes the products
 * of what may reach it inside, and ranks these. A row with more candidates than room (ties, as of rows
 * that are zero) is put on a list and redone in full.
 *
 * Moves, a row: 4 B a group of 64 latents, 256 B a group opened, a latent's weights a candidate; about
 * k groups and 1.1 k candidates.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"

enum {
    WARPS = 4,
    THREADS = 32 * WARPS,
    STRIP_BYTES = 288 << 20, /* of scores */
    MOST_SHARED = 96 << 10,  /* of a block that chooses */
    SCORE_BLOCK = 128,       /* rows: scores have room for whole blocks */
    GROUPS_A_CODE = 2,       /* with fewer, the bound says too little */
    FEW_EACH = 12,           /* groups of a lane: 24,576 latents, */
    MOST_EACH = 64,          /* or 131,072 */
    OPEN = 8                 /* groups that are opened at once */
};

/* What a warp keeps of its row. */
typedef struct {
    int *list;               /* (groups) that are open; then winners, who are fewer */
    unsigned long long *key; /* (room) rank, then the latent's complement: larger is better */
    float *value;            /* (room) */
} Choice;

static __device__ inline int
latent_of (unsigned long long key)
{
    return (int) ~(unsigned) key;
}

/* A lane's share of the groups: EACH of them, in registers, so that their loads fly together. */
template <int EACH> struct Groups {
    float largest[EACH];
    float reach[EACH]; /* what a group's largest may be off */
    int n;             /* groups in all */

    __device__ inline void
    load (const CodesRun &run, const CodesRow &row, const float *from)
    {
        n = (int) (run.prepared.F / FOVEA_CODES_GROUP);
#pragma unroll
        for (int i = 0; i < EACH; i++) {
            int g = 32 * i + lane_id ();
            largest[i] = g < n ? from[g] : NAN;
            reach[i] = g < n ? run.prepared.group_reach[g] : 0;
        }
#pragma unroll
        for (int i = 0; i < EACH; i++)
            reach[i] = row.error * reach[i] + row.slack;
    }
};

/* A lower bound of the k-th largest of the groups' lower bounds, as a float; -inf if all groups are
 * needed. Bits are found until k groups are left, or those that are left say little. */
template <int EACH>
static __device__ inline float
find_bound (const CodesRun &run, const Groups<EACH> &groups)
{
    int k = (int) run.args.k;
    unsigned lower[EACH], bound = 0;
#pragma unroll
    for (int i = 0; i < EACH; i++)
        lower[i] = codes_order (groups.largest[i] - groups.reach[i]);
    for (unsigned bit = 1u << 31; bit > 1u << 7; bit >>= 1) {
        int reached = 0;
#pragma unroll
        for (int i = 0; i < EACH; i++)
            reached += lower[i] >= (bound | bit);
        reached = (int) __reduce_add_sync (~0u, (unsigned) reached);
        if (reached < k)
            continue;
        bound |= bit;
        if (reached == k)
            break;
    }
    if (bound <= 0x007fffffu) /* -inf or a NaN */
        return -INFINITY;
    return __uint_as_float (bound >> 31 ? bound & 0x7fffffffu : ~bound);
}

/* What a score must be at least, and above. Scores were rounded to bf16, by 2^-9. */
static __device__ inline float2
find_limits (const CodesRun &run, float bound, float reach)
{
    float least = bound - reach;
    least *= least > 0 ? 1 - 0x1p-8f : 1 + 0x1p-7f;
    return make_float2 (least, run.args.only_positive ? -1.01f * reach : -INFINITY);
}

/* Lists the groups that may hold a code; gives how many. */
template <int EACH>
static __device__ inline int
list_groups (const CodesRun &run, const Groups<EACH> &groups, float bound, int *list)
{
    int n = 0;
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        float2 limits = find_limits (run, bound, groups.reach[i]);
        bool in = groups.largest[i] >= limits.x && groups.largest[i] > limits.y;
        unsigned all = __ballot_sync (~0u, in);
        if (in)
            list[n + __popc (all & ((1u << lane_id ()) - 1))] = 32 * i + lane_id ();
        n += __popc (all);
    }
    __syncwarp ();
    return n;
}

/* Appends the latents of one group's 64 scores that may reach the bound; gives how many there are, which
 * may be more than there is room for. */
static __device__ inline int
open_group (const CodesRun &run, float2 limits, unsigned two, int g, const Choice &c, int n)
{
    int lane = lane_id (), j = g / 4 * FOVEA_CODES_TILE + 8 * lane + 2 * (g % 4);
    unsigned before = (1u << lane) - 1;
#pragma unroll
    for (int e = 0; e < 2; e++) {
        float s = __uint_as_float (e == 0 ? two << 16 : two & 0xffff0000u);
        bool in = s >= limits.x && s > limits.y;
        unsigned all = __ballot_sync (~0u, in);
        int at = n + __popc (all & before);
        if (in && at < run.room)
            c.key[at] = ~(unsigned) (j + e);
        n += __popc (all);
    }
    return n;
}

/* All candidates of the row from its @n_open groups. They are opened OPEN at a time: their scores come
 * from memory. */
static __device__ inline int
find_candidates (const CodesRun &run,
                 const CodesRow &row,
                 float bound,
                 const uint4 *scores,
                 int n_open,
                 const Choice &c)
{
    int n = 0, lane = lane_id ();
    const int *list = (const int *) c.list;
    const unsigned *words = (const unsigned *) scores + lane / 4 * 16 + lane % 4;
    for (int first = 0; first < n_open && n <= run.room; first += OPEN) {
        unsigned two[OPEN];
#pragma unroll
        for (int i = 0; i < OPEN; i++) {
            int g = list[min (first + i, n_open - 1)];
            two[i] = __ldcs (words + g / 4 * (FOVEA_CODES_TILE / 2) + g % 4 * 4);
        }
        int own = list[min (first + lane % OPEN, n_open - 1)];
        float reach = row.error * run.prepared.group_reach[own] + row.slack;
        float2 limits = find_limits (run, bound, reach);
#pragma unroll
        for (int i = 0; i < OPEN; i++) {
            float2 at =
                make_float2 (__shfl_sync (~0u, limits.x, i), __shfl_sync (~0u, limits.y, i));
            if (first + i < n_open)
                n = open_group (run, at, two[i], list[first + i], c, n);
        }
    }
    __syncwarp ();
    return n;
}

/* Values and keys of @n candidates. */
template <bool ROUNDED, bool VECTORS>
static __device__ inline void
measure_candidates (const CodesRun &run, int64_t t, int n, const Choice &c)
{
    using P = Products<ROUNDED, VECTORS>;
    const FoveaCodesWeights &w = run.args.weights;
    for (int first = 0; first < n; first += P::BATCH) {
        auto name = [&] (int b) { return latent_of (c.key[min (first + b, n - 1)]); };
        float value = P::make (run, t, name);
        int at = first + lane_id ();
        if (lane_id () >= P::BATCH || at >= n)
            continue;
        int j = latent_of (c.key[at]);
        value += w.bias != NULL ? w.bias[j] : 0;
        unsigned rank = codes_rank (value, w.scale != NULL ? w.scale[j] : 1, run.args.by_magnitude,
                                    run.args.only_positive);
        c.value[at] = value;
        /* Only the upper half: other lanes may be reading the name. */
        ((unsigned *) &c.key[at])[1] = rank;
    }
    __syncwarp ();
}

/* The k best of @n candidates, in the order of latents. A place needs only counting. */
static __device__ inline void
choose_codes (const CodesRun &run, int64_t t, int n, const Choice &c)
{
    int k = (int) run.args.k, lane = lane_id (), kept = 0;
    int *winners = c.list;
    for (int first = 0; first < n; first += 32) {
        int i = first + lane, better = 0;
        unsigned long long own = i < n ? c.key[i] : 0;
        for (int o = 0; o < n; o++)
            better += c.key[o] > own;
        bool in = own >> 32 != 0 && better < k;
        unsigned all = __ballot_sync (~0u, in);
        if (in)
            winners[kept + __popc (all & ((1u << lane) - 1))] = i;
        kept += __popc (all);
    }
    __syncwarp ();
    for (int i = lane; i < kept; i += 32) {
        int own = winners[i], latent = latent_of (c.key[own]), at = 0;
        for (int o = 0; o < kept; o++)
            at += latent_of (c.key[winners[o]]) < latent;
        run.args.latent[t * k + at] = latent;
        run.args.value[t * k + at] = c.value[own];
    }
    if (lane == 0)
        run.args.count[t] = kept;
}

/* A warp a row of the strip that begins at @first. */
template <bool ROUNDED, bool VECTORS, int EACH>
static __global__ void
__launch_bounds__ (THREADS)
    choose_kernel (const __grid_constant__ CodesRun run, int64_t first, int n)
{
    extern __shared__ __align__ (16) unsigned shared[];
    int warp = (int) threadIdx.x / 32;
    int64_t at = (int64_t) blockIdx.x * WARPS + warp, t = first + at;
    Groups<EACH> groups;
    Choice c;
    if (at >= n)
        return;
    CodesRow row = run.row[t];
    groups.load (run, row, run.largest + at * (run.prepared.F / FOVEA_CODES_GROUP));
    c.key = (unsigned long long *) shared + warp * run.room;
    c.value = (float *) (shared + 2 * WARPS * run.room) + warp * run.room;
    c.list = (int *) shared + 3 * WARPS * run.room + warp * groups.n;
    float bound = find_bound (run, groups);
    int n_open = list_groups (run, groups, bound, c.list);
    int found =
        find_candidates (run, row, bound, run.scores + at * (run.prepared.F / 8), n_open, c);
    if (found > run.room) {
        if (lane_id () == 0)
            run.redo[1 + atomicAdd (run.redo, 1)] = (int) t;
        return;
    }
    measure_candidates<ROUNDED, VECTORS> (run, t, found, c);
    choose_codes (run, t, found, c);
}

static size_t
choice_bytes (const CodesRun *run)
{
    size_t words = (size_t) (run->prepared.F / FOVEA_CODES_GROUP) + 3 * (size_t) run->room;
    return WARPS * words * 4;
}

template <int EACH>
static cudaError_t
launch_choice (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    unsigned grid = (unsigned) ((n + WARPS - 1) / WARPS);
    auto kernel = run->args.weights.rounded ? choose_kernel<true, true, EACH>
                  : codes_has_vectors (run) ? choose_kernel<false, true, EACH>
                                            : choose_kernel<false, false, EACH>;
    cudaError_t status = cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                               (int) MOST_SHARED);
    if (status != cudaSuccess)
        return status;
    kernel<<<grid, THREADS, choice_bytes (run), stream>>> (*run, first, n);
    return cudaGetLastError ();
}

static cudaError_t
choose (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    if (run->prepared.F / FOVEA_CODES_GROUP <= 32 * FEW_EACH)
        return launch_choice<FEW_EACH> (run, first, n, stream);
    return launch_choice<MOST_EACH> (run, first, n, stream);
}

static size_t
aligned (size_t bytes)
{
    return (bytes + 255) & ~(size_t) 255;
}

/* Rows of a pass: as many as its room holds, in whole blocks. */
static int
strip_rows (int64_t rows, int64_t row_bytes)
{
    int64_t fit = STRIP_BYTES / row_bytes, most = (rows + SCORE_BLOCK - 1) / SCORE_BLOCK;
    int64_t blocks = fit / SCORE_BLOCK > 1 ? fit / SCORE_BLOCK : 1;
    return (int) ((blocks < most ? blocks : most) * SCORE_BLOCK);
}

/* Where the parts of the scratch memory begin; @base NULL only counts. */
static size_t
lay_out (CodesRun *run, char *base)
{
    const FoveaCodesArgs *a = &run->args;
    size_t rows = (size_t) a->rows, F = (size_t) run->prepared.F, at = 0;
    size_t strip = (size_t) run->strip, n = (size_t) a->weights.n_latents;
    run->rounded = (__half *) (base + at);
    at += aligned ((rows + SCORE_BLOCK) * (size_t) run->prepared.d * 2);
    run->row = (CodesRow *) (base + at);
    at += aligned (rows * sizeof (CodesRow));
    run->redo = (int *) (base + at);
    at += aligned ((rows + 1) * sizeof (int));
    run->products = (float *) (base + at);
    if (!run->fused)
        return at + aligned (strip * n * sizeof (float));
    at += aligned ((size_t) run->n_processors * n * sizeof (float));
    run->scores = (uint4 *) (base + at);
    at += aligned (strip * F * 2);
    run->largest = (float *) (base + at);
    return at + aligned (strip * F / FOVEA_CODES_GROUP * sizeof (float));
}

CodesRun
cuda_codes_plan (const FoveaCodesArgs *args, int n_processors, int capability, size_t *scratch)
{
    CodesRun run = {.args = *args};
    run.prepared = codes_prepared (&args->weights);
    run.n_processors = n_processors;
    run.x = args->x;
    run.x_stride = args->x_stride;
    run.room = (int) (4 * args->k + 256);
    int64_t groups = args->weights.n_latents / FOVEA_CODES_GROUP;
    run.fused =
        capability == 90 && groups >= GROUPS_A_CODE * args->k && choice_bytes (&run) <= MOST_SHARED;
    run.strip =
        strip_rows (args->rows, run.fused ? 2 * run.prepared.F : 4 * args->weights.n_latents);
    *scratch = lay_out (&run, NULL);
    return run;
}

/* Products of a strip by cuBLAS, and the choice among all of them. */
static cudaError_t
run_dense (const CodesRun *run, int64_t first, int n, cublasHandle_t blas, cudaStream_t stream)
{
    const FoveaCodesArgs *a = &run->args;
    const FoveaCodesWeights *w = &a->weights;
    bool rounded = w->rounded;
    const float one = 1, zero = 0;
    int64_t d = rounded ? run->prepared.d : w->n_in, stride = rounded ? d : run->x_stride;
    const void *x = rounded ? (const void *) (run->rounded + first * d) : run->x + first * stride;
    cudaDataType_t type = rounded ? CUDA_R_16F : CUDA_R_32F;
    cublasStatus_t status =
        cublasGemmEx (blas, CUBLAS_OP_T, CUBLAS_OP_N, (int) w->n_latents, n, (int) d, &one,
                      rounded ? (const void *) run->prepared.w : w->w, type, (int) d, x, type,
                      (int) stride, &zero, run->products, CUDA_R_32F, (int) w->n_latents,
                      CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    if (status != CUBLAS_STATUS_SUCCESS)
        return status == CUBLAS_STATUS_ALLOC_FAILED ? cudaErrorMemoryAllocation : cudaErrorUnknown;
    DenseRows dense = {.products = run->products,
                       .n = w->n_latents,
                       .stride = w->n_latents,
                       .bias = w->bias,
                       .scale = w->scale,
                       .k = a->k,
                       .by_magnitude = a->by_magnitude,
                       .only_positive = a->only_positive,
                       .latent = a->latent + first * a->k,
                       .count = a->count + first,
                       .value = a->value + first * a->k};
    if (rounded) {
        dense.row = run->row + first;
        dense.unit = run->prepared.unit;
    }
    return cuda_codes_dense (&dense, n, stream);
}

cudaError_t
cuda_codes_lay_out (CodesRun *run, void *scratch)
{
    lay_out (run, (char *) scratch);
    return cudaSuccess;
}

cudaError_t
cuda_codes_run (CodesRun *run,
                void *scratch,
                const float *centre,
                float *centred,
                cublasHandle_t blas,
                cudaStream_t stream)
{
    int64_t rows = run->args.rows;
    lay_out (run, (char *) scratch);
    if (centred != NULL) {
        run->x = centred;
        run->x_stride = run->args.weights.n_in;
    }
    cudaError_t status = cuda_codes_round (run, centre, centred, stream);
    for (int64_t first = 0; first < rows && status == cudaSuccess; first += run->strip) {
        int n = (int) (rows - first < run->strip ? rows - first : run->strip);
        if (!run->fused) {
            status = run_dense (run, first, n, blas, stream);
            continue;
        }
        status = cuda_codes_scores (run, first, n, stream);
        if (status == cudaSuccess)
            status = choose (run, first, n, stream);
    }
    return status == cudaSuccess && run->fused ? cuda_codes_redo (run, stream) : status;
}
