/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The entries of experts: sorting choices, the way that an MLP of experts takes through the kernels of
 * experts.cuh, and the sum over a row's experts. Many rows are taken a slab at a time, which bounds
 * the room for hidden elements. Bound by memory but for the products. */
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/elementwise.cuh"
#include "kernels/cuda/experts.cuh"

enum {
    SORT_THREADS = 1024,
    SORT_WARPS = SORT_THREADS / 32,
    SLAB_ROWS = 4096,     /* of the stream at a time */
    SPLIT_CHOICES = 2048, /* up to which the second product's inputs may be cut in two, */
    SPLIT_INPUTS = 1024,  /* if there are so many */
    FEW = 40              /* rows an expert on average up to which tiles are small */
};

/* A thread block finds the choices of one expert. Every warp looks through its own stretch twice: to
 * count, then to write behind those of the warps before it, in rising order.
 * Moves: 8 B a choice and expert, from the L2 cache. */
static __global__ void
__launch_bounds__ (SORT_THREADS)
    sort_kernel (const int32_t *chosen, int32_t n, int32_t n_experts, int rows, ExpertLists lists)
{
    extern __shared__ int32_t counts[]; /* (E) of all experts, then one a warp */
    int32_t *own = counts + n_experts;
    int32_t expert = (int32_t) blockIdx.x, lane = (int32_t) threadIdx.x % 32;
    int32_t warp = (int32_t) threadIdx.x / 32;
    int32_t stretch = ((n + SORT_WARPS - 1) / SORT_WARPS + 31) / 32 * 32;
    int32_t from = warp * stretch, end = min (from + stretch, n);
    for (int32_t e = (int32_t) threadIdx.x; e < n_experts; e += SORT_THREADS)
        counts[e] = 0;
    __syncthreads ();
    /* All experts are counted by every block: cheaper than a kernel that would do it once. */
    int32_t mine = 0;
    for (int32_t i = from + lane; i < from + stretch; i += 32) {
        int32_t e = i < end ? chosen[i] : -1;
        if (e >= 0)
            atomicAdd (&counts[e], 1); /* whole numbers: the same in any order */
        mine += __popc (__ballot_sync (~0u, e == expert));
    }
    if (lane == 0)
        own[warp] = mine;
    __syncthreads ();
    /* Every thread adds for itself: some hundred numbers that all read at once, no barrier. */
    int32_t before = 0, tiles_before = 0, n_tiles = 0;
    for (int32_t e = 0; e < n_experts; e++) {
        int32_t tiles = (counts[e] + rows - 1) / rows;
        before += e < expert ? counts[e] : 0;
        tiles_before += e < expert ? tiles : 0;
        n_tiles += tiles;
    }
    int32_t count = counts[expert], tiles = (count + rows - 1) / rows;
    for (int32_t i = (int32_t) threadIdx.x; i < tiles; i += SORT_THREADS)
        lists.tiles[tiles_before + i] = ExpertTile{
            expert, before + i * rows, min (rows, count - i * rows), tiles_before, tiles};
    if (expert == 0 && threadIdx.x == 0)
        *lists.n_tiles = n_tiles;
    /* Behind the warps before it: positions rise with the choices. */
    for (int32_t w = 0; w < warp; w++)
        before += own[w];
    for (int32_t i = from + lane; i < from + stretch; i += 32) {
        bool is = i < end && chosen[i] == expert;
        uint32_t all = __ballot_sync (~0u, is);
        if (is)
            lists.choices[before + __popc (all & ((1u << lane) - 1))] = i;
        before += __popc (all);
    }
}

/* Counting and not comparing: stable, whatever order blocks run in, and without a float. */
cudaError_t
cuda_experts_sort (const int32_t *chosen,
                   int64_t n,
                   int64_t n_experts,
                   int rows,
                   ExpertLists lists,
                   cudaStream_t stream)
{
    size_t shared = (size_t) (n_experts + SORT_WARPS) * sizeof (int32_t);
    sort_kernel<<<(unsigned) n_experts, SORT_THREADS, shared, stream>>> (
        chosen, (int32_t) n, (int32_t) n_experts, rows, lists);
    return cudaGetLastError ();
}

/* Rows of the stream by positions, in the product's type, padded with zeros to whole pieces: bulk copies
 * gather nothing.   Moves: 6 B an element. */
template <typename T>
static __global__ void
__launch_bounds__ (ELEMENT_THREADS) gather_kernel (
    const float *x, ExpertLists lists, int32_t n_used, int64_t width, int64_t stride, T *to)
{
    /* What lies behind the width is multiplied, so it must be 0 and not what was there. */
    int64_t position = blockIdx.x, row = lists.choices[position] / n_used;
    for (int64_t c = threadIdx.x; c < stride; c += ELEMENT_THREADS)
        to[position * stride + c] = (T) (c < width ? x[row * width + c] : 0.0f);
}

/* out = sum of a row's choices, by expert; a block has a row. @second: where the other half of a sum lies
 * behind the first, 0 if it is whole. Product and sum are rounded one by one,
 * as the other tables do.   Moves: 4 (K + 1) C B a row. */
static __global__ void
__launch_bounds__ (ELEMENT_THREADS) combine_kernel (const float *y,
                                                    const int32_t *chosen,
                                                    const float *shares,
                                                    int32_t n_used,
                                                    int64_t width,
                                                    int64_t second,
                                                    float *out)
{
    extern __shared__ int32_t order[];
    int64_t t = blockIdx.x, first = t * n_used;
    for (int32_t k = (int32_t) threadIdx.x; k < n_used; k += ELEMENT_THREADS) {
        int32_t place = 0;
        for (int32_t other = 0; other < n_used; other++)
            place += chosen[first + other] < chosen[first + k];
        order[place] = k;
    }
    __syncthreads ();
    for (int64_t c = threadIdx.x; c < width; c += ELEMENT_THREADS) {
        float sum = 0;
        /* Experts in their order, whichever a row named first. */
        for (int32_t at = 0; at < n_used; at++) {
            int64_t choice = first + order[at];
            float one = y[choice * width + c];
            if (second > 0)
                one += y[second + choice * width + c];
            sum = __fadd_rn (sum, __fmul_rn (shares[choice], one));
        }
        out[t * width + c] = sum;
    }
}

/* Sizes of a call or a slab of it, and where its parts lie in scratch memory. */
typedef struct {
    int64_t rows, choices, C, M, E;
    FoveaDtype dtype; /* of the product's inputs */
    int size;         /* rows of a tile */
    int64_t most;     /* tiles */
    int64_t x_stride, h_stride;
    ExpertLists lists;
    char *x, *h; /* in the product's type, but that of one row in f32; @x not in f32 */
    float *y;    /* (choices, C), and once more where inputs are split */
    size_t bytes;
} Slab;

/* What the inputs of products are rounded to. tf32 is served as f32, which is more exact and slower. */
static FoveaDtype
product_dtype (FoveaPrecision precision)
{
    return precision == FOVEA_PRECISION_BF16  ? FOVEA_BF16
           : precision == FOVEA_PRECISION_F16 ? FOVEA_F16
                                              : FOVEA_F32;
}

/* The next part of scratch memory. */
static char *
cut (char *base, size_t *at, size_t bytes)
{
    char *part = base != NULL ? base + *at : NULL;
    *at += cuda_aligned (bytes);
    return part;
}

/* Sizes of @rows rows of an MLP, which prediction and call must agree on. @base: NULL to measure. */
static Slab
lay_out (const FoveaScratchShape *shape, int64_t rows, char *base)
{
    Slab s = {};
    s.rows = rows;
    s.C = shape->expert_in;
    s.M = shape->expert_out;
    s.E = shape->n_experts;
    s.choices = rows * shape->n_used;
    s.dtype = product_dtype (shape->precision);
    bool wide = s.dtype == FOVEA_F32;
    s.size = s.choices <= FEW * s.E ? EXPERT_SMALL : wide ? EXPERT_MEDIUM : EXPERT_LARGE;
    /* Each expert that has rows has one tile that may be part empty. */
    s.most = s.choices / s.size + (s.E < s.choices ? s.E : s.choices);
    s.x_stride = wide ? s.C : (s.C + 7) / 8 * 8;
    s.h_stride = wide ? s.M : (s.M + 7) / 8 * 8;
    /* Room for small tiles whichever they are, so that more rows never need less room. */
    size_t tiles = (size_t) (s.choices / EXPERT_SMALL + s.E);
    s.lists.tiles = (ExpertTile *) cut (base, &s.bytes, tiles * sizeof (ExpertTile));
    s.lists.n_tiles = (int32_t *) cut (base, &s.bytes, sizeof (int32_t));
    s.lists.choices = (int32_t *) cut (base, &s.bytes, (size_t) s.choices * sizeof (int32_t));
    s.x = cut (base, &s.bytes, wide ? 0 : 2 * (size_t) (s.choices * s.x_stride));
    s.h = cut (base, &s.bytes, (size_t) (s.choices * s.h_stride) * (wide || rows == 1 ? 4 : 2));
    /* Twice that where the second product may be cut in two; growing all the same. */
    int64_t twice = s.choices < SPLIT_CHOICES ? 2 * s.choices : 2 * SPLIT_CHOICES;
    int64_t parts = s.choices > twice ? s.choices : twice;
    s.y = (float *) cut (base, &s.bytes, (size_t) (parts * s.C) * sizeof (float));
    return s;
}

/* Of the largest slab of a call. */
static int64_t
slab_rows (int64_t rows)
{
    return rows < SLAB_ROWS ? rows : SLAB_ROWS;
}

size_t
cuda_experts_scratch (const FoveaScratchShape *shape)
{
    return shape->n_experts > 0 ? lay_out (shape, slab_rows (shape->rows), NULL).bytes : 0;
}

/* What kernels need of a role: all of it from its first expert but for the addresses. */
static ExpertMatrices
matrices (const FoveaExpertsArgs *args, int role)
{
    /* The first expert stands for all in everything but the address. */
    const FoveaWeight *w = &args->weights[role * args->n_experts];
    return ExpertMatrices{args->data + role * args->n_experts, args->bias[role], w->stride,
                          w->dtype, w->input_major};
}

/* A look at a few hundred addresses of the host's, for which no launch waits. */
static bool
is_aligned (const FoveaExpertsArgs *args)
{
    uintptr_t all = 0;
    for (int64_t i = 0; i < FOVEA_N_EXPERT_ROLES * args->n_experts; i++)
        all |= (uintptr_t) args->weights[i].data;
    return all % 16 == 0;
}

/* Whether a role's matrices lie at even distances that a map can have. */
static bool
is_even (const FoveaExpertsArgs *args, int role, ExpertStack *stack, int at)
{
    const FoveaWeight *w = &args->weights[role * args->n_experts];
    /* One expert alone is as far from the next as it is long. */
    int64_t apart = args->n_experts > 1 ? (const char *) w[1].data - (const char *) w[0].data
                                        : 2 * w->n_out * w->stride;
    for (int64_t e = 0; e < args->n_experts; e++)
        if ((const char *) w[e].data != (const char *) w[0].data + e * apart)
            return false;
    stack->first[at] = w->data;
    stack->stride[at] = apart / 2;
    return apart > 0 && apart % 16 == 0;
}

/* One product; @role: the first of those that it has. */
static cudaError_t
multiply (
    const CudaState *state, const FoveaExpertsArgs *args, ExpertProduct *p, const Slab *s, int role)
{
    bool fused = role == FOVEA_EXPERT_GATE;
    p->splits = 1;
    if (s->dtype == FOVEA_F32)
        return cuda_experts_tiles (p, fused, s->size, s->most, state->stream);
    ExpertStack stack = {};
    stack.n_experts = s->E;
    stack.n_positions = s->choices;
    /* FOVEA_CUDA_ATTEND=mma asks for the kernels of every GPU, here as in attention. */
    if (state->capability == 90 && state->attention == CUDA_ATTEND_FASTEST &&
        s->size == EXPERT_LARGE && experts_are_plain (p, s->dtype, fused) &&
        is_even (args, role, &stack, 0) && (!fused || is_even (args, FOVEA_EXPERT_IN, &stack, 1))) {
        /* Few tiles are a round of the processors and a bit: halves of them fill the second better. */
        bool halves = !fused && s->choices <= SPLIT_CHOICES && p->n_in >= SPLIT_INPUTS;
        p->splits = halves ? 2 : 1;
        return cuda_experts_hopper (p, &stack, s->dtype, fused, state->n_processors, state->stream);
    }
    return cuda_experts_mma (p, s->dtype, fused, s->size == EXPERT_LARGE, s->most, state->stream);
}

/* What the first product reads: the rows themselves in f32. */
static const void *
gather (const CudaState *state, const Slab *s, int32_t n_used, const float *x)
{
    unsigned grid = (unsigned) s->choices;
    if (s->dtype == FOVEA_F32)
        return x;
    if (s->dtype == FOVEA_BF16)
        gather_kernel<<<grid, ELEMENT_THREADS, 0, state->stream>>> (
            x, s->lists, n_used, s->C, s->x_stride, (__nv_bfloat16 *) s->x);
    else
        gather_kernel<<<grid, ELEMENT_THREADS, 0, state->stream>>> (x, s->lists, n_used, s->C,
                                                                    s->x_stride, (__half *) s->x);
    return s->x;
}

/* Shared memory of combine_kernel(): whole pieces of 16 bytes, which it is read by. */
static size_t
order_bytes (int64_t n_used)
{
    return (size_t) ((n_used + 3) / 4 * 4) * sizeof (int32_t);
}

/* Rows from @first on. */
static cudaError_t
run_slab (const CudaState *state, const FoveaExpertsArgs *args, const Slab *s, int64_t first)
{
    int64_t K = args->n_used;
    const int32_t *chosen = args->chosen + first * K;
    ExpertProduct p = {s->lists};
    p.w[0] = matrices (args, FOVEA_EXPERT_GATE);
    p.w[1] = matrices (args, FOVEA_EXPERT_IN);
    p.activation = args->activation;
    p.aligned = is_aligned (args);
    p.n_used = (int32_t) K;
    p.n_in = s->C;
    p.n_out = s->M;
    p.x_stride = s->x_stride;
    p.y = s->h;
    p.y_stride = s->h_stride;
    cudaError_t status =
        cuda_experts_sort (chosen, s->choices, s->E, s->size, s->lists, state->stream);
    p.x = gather (state, s, p.n_used, args->x + first * s->C);
    if (status == cudaSuccess)
        status = multiply (state, args, &p, s, FOVEA_EXPERT_GATE);
    /* The second product reads what the first has written, at the same positions. */
    p.w[0] = matrices (args, FOVEA_EXPERT_OUT);
    p.w[1] = ExpertMatrices{};
    p.n_in = s->M;
    p.n_out = p.y_stride = s->C;
    p.x = s->h;
    p.x_stride = s->h_stride;
    p.y = s->y;
    p.split_stride = s->choices * s->C;
    if (status == cudaSuccess)
        status = multiply (state, args, &p, s, FOVEA_EXPERT_OUT);
    if (status != cudaSuccess)
        return status;
    combine_kernel<<<(unsigned) s->rows, ELEMENT_THREADS, order_bytes (K), state->stream>>> (
        s->y, chosen, args->shares + first * K, (int32_t) K, s->C,
        p.splits > 1 ? p.split_stride : 0, args->out + first * s->C);
    return cudaGetLastError ();
}

/* A few rows need no lists: their choices are the lists. */
static cudaError_t
run_rows (const CudaState *state, const FoveaExpertsArgs *args, const Slab *s)
{
    ExpertRow r = {};
    for (int role = 0; role < FOVEA_N_EXPERT_ROLES; role++)
        r.w[role] = matrices (args, role);
    r.activation = args->activation;
    r.rounding = s->dtype;
    r.rows = (int32_t) args->rows;
    r.n_used = (int32_t) args->n_used;
    r.width = s->C;
    r.hidden = s->M;
    r.x = args->x;
    r.shares = args->shares;
    r.chosen = args->chosen;
    r.h = (float *) s->h;
    r.out = args->out;
    return cuda_experts_row (&r, state->stream);
}

void
fovea_cuda_experts (FoveaDevice *device, const FoveaExpertsArgs *args)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || args->rows <= 0)
        return;
    FoveaScratchShape shape = {};
    shape.rows = args->rows;
    shape.precision = args->precision;
    shape.n_experts = args->n_experts;
    shape.n_used = args->n_used;
    shape.expert_in = args->weights[0].n_in;
    shape.expert_out = args->weights[0].n_out;
    /* One room for all slabs: the stream has them one after the other. */
    char *scratch = (char *) cuda_scratch (device, state, "experts", cuda_experts_scratch (&shape));
    if (scratch == NULL)
        return;
    if (cuda_experts_row_serves (args)) {
        Slab s = lay_out (&shape, args->rows, scratch);
        cuda_check (device, "experts", run_rows (state, args, &s));
        return;
    }
    for (int64_t first = 0; first < args->rows; first += SLAB_ROWS) {
        Slab s = lay_out (&shape, slab_rows (args->rows - first), scratch);
        if (!cuda_check (device, "experts", run_slab (state, args, &s, first)))
            return;
    }
}

/* A block has a row. Product and sum are rounded one by one.   Moves: 12 B an element. */
static __global__ void
__launch_bounds__ (ELEMENT_THREADS)
    add_gated_kernel (const float *x, const float *gates, int64_t width, float *out)
{
    int64_t at = blockIdx.x * width;
    /* In double, as the CPU has it: once a row. */
    float gate = (float) (1 / (1 + exp (-(double) gates[blockIdx.x])));
    for (int64_t c = threadIdx.x; c < width; c += ELEMENT_THREADS)
        out[at + c] = __fadd_rn (out[at + c], __fmul_rn (gate, x[at + c]));
}

void
fovea_cuda_add_gated (FoveaDevice *device,
                      const float *x,
                      const float *gates,
                      int64_t rows,
                      int64_t width,
                      float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || rows <= 0)
        return;
    add_gated_kernel<<<(unsigned) rows, ELEMENT_THREADS, 0, state->stream>>> (x, gates, width, out);
    cuda_check (device, "add_gated", cudaGetLastError ());
}
