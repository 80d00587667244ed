/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention as an operation: chooses the kernel, and brings the rule's arrays, which
 * travel with a trace in host memory, to the GPU. */
#include <cuda_bf16.h>

#include "kernels/cuda/attend-general.cuh"
#include "kernels/cuda/attend-hopper.h"
#include "kernels/cuda/attend-mma.cuh"
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/rectangle.cuh"

enum {
    ALIGNMENT = 256,
    FAST_ROWS = 5 /* fewer rows have kernels of their own (DECODE_ROWS) */
};

size_t
cuda_aligned (size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* A bias for each distance within reach, either way, and each head. */
static size_t
distance_bytes (const FoveaScoreRule *rule, int64_t heads)
{
    return (size_t) (heads * (2 * rule->reach + 1)) * sizeof (float);
}

size_t
cuda_rule_bytes (const FoveaScoreRule *rule, int64_t heads, int64_t n_keys)
{
    /* Each array begins at a multiple of ALIGNMENT, as bring() leaves them. */
    size_t per_head = cuda_aligned ((size_t) heads * sizeof (float));
    return (rule->alibi_slopes != NULL ? per_head : 0) +
           (rule->sink_logits != NULL ? per_head : 0) +
           (rule->distance_bias != NULL ? cuda_aligned (distance_bytes (rule, heads)) : 0) +
           (rule->segments != NULL ? cuda_aligned ((size_t) n_keys * sizeof (int32_t)) : 0);
}

/* One of the rule's arrays; the next one's place is behind it. */
static const void *
bring (FoveaDevice *device, CudaState *state, const void *host, size_t bytes, char **at)
{
    if (host == NULL)
        return NULL;
    void *to = *at;
    cuda_check (device, "attend", cuda_upload (state, to, host, bytes));
    *at += cuda_aligned (bytes);
    return to;
}

FoveaScoreRule
cuda_bring_rule (FoveaDevice *device,
                 CudaState *state,
                 const FoveaScoreRule *rule,
                 int64_t heads,
                 int64_t n_keys,
                 char *at)
{
    FoveaScoreRule copy = *rule; /* whose arrays are the GPU's */
    size_t per_head = (size_t) heads * sizeof (float);
    copy.alibi_slopes = (const float *) bring (device, state, rule->alibi_slopes, per_head, &at);
    copy.sink_logits = (const float *) bring (device, state, rule->sink_logits, per_head, &at);
    copy.distance_bias = (const float *) bring (device, state, rule->distance_bias,
                                                distance_bytes (rule, heads), &at);
    copy.segments = (const int32_t *) bring (device, state, rule->segments,
                                             (size_t) n_keys * sizeof (int32_t), &at);
    return copy;
}

/* Whatever kernel serves a call, so that chunks of any size see the same values. All but that in f32
 * multiply in the type. */
FoveaDtype
fovea_cuda_attend_dtype (FoveaDevice *device, FoveaPrecision precision)
{
    /* A question: what products have rounded stays. */
    CudaState *state = cuda_begin_product (device);
    if (state == NULL || state->attention == CUDA_ATTEND_F32)
        return FOVEA_F32;
    return precision == FOVEA_PRECISION_BF16  ? FOVEA_BF16
           : precision == FOVEA_PRECISION_F16 ? FOVEA_F16
                                              : FOVEA_F32;
}

/* What is given, or else room for it at *at. */
template <typename T>
static void
ensure (T **given, int64_t n, char **at)
{
    if (*given != NULL)
        return;
    *given = (T *) *at;
    *at += cuda_aligned ((size_t) n * sizeof (T));
}

/* The Hopper kernel gives row statistics six at a time, block sums by twos, and what follows from
 * the log-sum-exp only with it: those that nobody asked for get room at @at, so that the same kernel
 * computes z whatever is asked for. Returns the end of that room. */
static char *
complete (FoveaAttendArgs *args, char *at)
{
    int64_t n = args->rows * args->heads;
    int64_t row_blocks =
        (args->first_query + args->rows - 1) / FOVEA_BLOCK - args->first_query / FOVEA_BLOCK + 1;
    if (args->entropy != NULL || args->max_weight != NULL || args->max_key != NULL ||
        args->mean_distance != NULL || args->first_mass != NULL || args->local_mass != NULL) {
        ensure (&args->entropy, n, &at);
        ensure (&args->max_weight, n, &at);
        ensure (&args->max_key, n, &at);
        ensure (&args->mean_distance, n, &at);
        ensure (&args->first_mass, n, &at);
        ensure (&args->local_mass, n, &at);
    }
    if (args->block_mass != NULL || args->block_max != NULL) {
        ensure (&args->block_mass, args->heads * row_blocks * args->block_stride, &at);
        ensure (&args->block_max, args->heads * row_blocks * args->block_stride, &at);
    }
    if (args->column_mass != NULL || args->pattern != NULL)
        ensure (&args->lse, n, &at);
    return at;
}

/* What the Hopper kernel is asked for; false if it cannot serve the call. */
static bool
hopper_of (const CudaState *state, const FoveaAttendArgs *args, FoveaHopperAttend *to)
{
    const FoveaScoreRule *rule = &args->rule;
    /* sm_90a code runs on 9.0 alone: later GPUs have attend-mma. */
    if (state->capability != 90 || state->attention != CUDA_ATTEND_FASTEST ||
        args->precision != FOVEA_PRECISION_BF16 || args->rows < FAST_ROWS || rule->window != 0 ||
        rule->soft_cap != 0 || rule->alibi_slopes != NULL || rule->distance_bias != NULL ||
        rule->segments != NULL || fovea_score_rule_has_box (rule))
        return false;
    *to = FoveaHopperAttend{};
    to->rows = args->rows;
    to->n_keys = args->n_keys;
    to->first_query = args->first_query;
    to->heads = args->heads;
    to->kv_heads = args->kv_heads;
    to->width = args->width;
    to->scale = rule->scale;
    to->causal = rule->causal;
    to->sink_logits = rule->sink_logits; /* the host's, until the rule is brought */
    to->z = args->z;
    to->lse = args->lse;
    to->entropy = args->entropy;
    to->max_weight = args->max_weight;
    to->mean_distance = args->mean_distance;
    to->first_mass = args->first_mass;
    to->local_mass = args->local_mass;
    to->max_key = args->max_key;
    to->block_mass = args->block_mass;
    to->block_max = args->block_max;
    to->block_stride = args->block_stride;
    return fovea_hopper_attend_supports (to);
}

/* Whether the tensor-core kernel for every rule serves a call that the Hopper kernel does not. Widths
 * beyond 128 need more shared memory than some GPUs give a block. */
static bool
is_mma (const CudaState *state, const FoveaAttendArgs *args)
{
    const int64_t widest = state->shared_bytes >= MMA_SHARED_BYTES ? 256 : 128;
    return state->attention != CUDA_ATTEND_F32 &&
           (args->precision == FOVEA_PRECISION_BF16 || args->precision == FOVEA_PRECISION_F16) &&
           args->rows >= FAST_ROWS && args->width <= widest;
}

/* Bytes that attend_tiles() uses. */
static size_t
tile_bytes (const FoveaAttendArgs *args, bool mma)
{
    bool dense = args->scores != NULL || args->pattern != NULL;
    size_t bytes =
        mma ? fovea_cuda_attend_mma_scratch (args) : fovea_cuda_attend_general_scratch (args);
    return cuda_aligned (bytes) + (dense ? (size_t) args->rows * sizeof (float) : 0);
}

/* The second pass of the Hopper kernel, over what the first has rounded and the norms that it left. */
static FoveaHopperColumns
columns_of (const FoveaAttendArgs *args, const FoveaHopperAttend *fast)
{
    return FoveaHopperColumns{
        args->rows,  args->n_keys,      args->first_query,  args->heads, args->kv_heads,
        args->width, fast->scale,       fast->causal,       fast->q,     fast->k,
        args->lse,   args->column_mass, args->column_stride};
}

/* Dense rows, as rectangles: of scores, and with the log-sum-exps that the pass left, of the
 * pattern, so that one recomputed from kept factors has the same bits. @column: room for a float a
 * row. */
static cudaError_t
dense_rows (const FoveaAttendArgs *args, float *column, cudaStream_t stream)
{
    cudaError_t status = cudaSuccess;
    /* A launch a head: who asks for dense rows waits for T x T floats of each anyway. */
    for (int64_t head = 0; head < args->heads && status == cudaSuccess; head++) {
        int64_t group = head / (args->heads / args->kv_heads), width = args->width;
        FoveaRectangleArgs r = {args->rule,
                                head,
                                args->first_query,
                                args->rows,
                                0,
                                args->n_keys,
                                width,
                                args->q + head * width,
                                args->heads * width,
                                args->k + group * width,
                                args->kv_heads * width};
        int64_t at = head * args->rows * args->n_keys;
        if (args->scores != NULL) {
            r.out = args->scores + at;
            status = fovea_cuda_rectangle (&r, stream);
        }
        if (args->pattern == NULL || status != cudaSuccess)
            continue;
        /* Rectangles take the log-sum-exps of one head side by side; here heads are. */
        r.lse = column;
        r.out = args->pattern + at;
        status = cudaMemcpy2DAsync (column, sizeof (float), args->lse + head,
                                    (size_t) args->heads * sizeof (float), sizeof (float),
                                    (size_t) args->rows, cudaMemcpyDeviceToDevice, stream);
        if (status == cudaSuccess)
            status = fovea_cuda_rectangle (&r, stream);
    }
    return status;
}

/* Bytes that attend_hopper() uses at @at. */
static size_t
hopper_bytes (const CudaState *state, const FoveaAttendArgs *args, const FoveaHopperAttend *fast)
{
    size_t queries = (size_t) (args->rows * args->heads * args->width);
    size_t keys = (size_t) (args->n_keys * args->kv_heads * args->width);
    FoveaHopperColumns columns = columns_of (args, fast);
    bool dense = args->scores != NULL || args->pattern != NULL;
    return cuda_aligned (2 * queries) + 2 * cuda_aligned (2 * keys) +
           cuda_aligned (fovea_hopper_attend_scratch (fast, state->n_processors)) +
           (args->column_mass != NULL ? cuda_aligned (fovea_hopper_columns_scratch (&columns))
                                      : 0) +
           (dense ? (size_t) args->rows * sizeof (float) : 0);
}

/* Rounds queries, keys and values into @at and runs the one-pass kernel, then what goes over the
 * scores again. */
static void
attend_hopper (FoveaDevice *device,
               CudaState *state,
               const FoveaAttendArgs *args,
               FoveaHopperAttend *fast,
               char *at)
{
    /* Once for both passes: the second reads the same rounded rows. */
    const float *from[3] = {args->q, args->k, args->v};
    const void **to[3] = {&fast->q, &fast->k, &fast->v};
    int64_t kv = args->n_keys * args->kv_heads * args->width;
    int64_t n[3] = {args->rows * args->heads * args->width, kv, kv};
    for (int i = 0; i < 3; i++) {
        fovea_cuda_convert (device, from[i], FOVEA_BF16, n[i], at);
        *to[i] = at;
        at += cuda_aligned ((size_t) n[i] * sizeof (__nv_bfloat16));
    }
    char *scratch = at;
    at += cuda_aligned (fovea_hopper_attend_scratch (fast, state->n_processors));
    if (args->column_mass != NULL)
        fast->columns_scratch = at;
    cudaError_t status = fovea_hopper_attend (fast, scratch, state->n_processors, state->stream);
    if (status == cudaSuccess && args->column_mass != NULL) {
        FoveaHopperColumns columns = columns_of (args, fast);
        columns.rows_marked = fovea_hopper_attend_leads (fast, state->n_processors);
        status = fovea_hopper_columns (&columns, at, state->n_processors, state->stream);
        at += cuda_aligned (fovea_hopper_columns_scratch (&columns));
    }
    if (status == cudaSuccess && (args->scores != NULL || args->pattern != NULL))
        status = dense_rows (args, (float *) at, state->stream);
    cuda_check (device, "attend", status);
}

/* The kernels for every rule, on tensor cores or in f32; dense rows are rectangles here too. */
static void
attend_tiles (
    FoveaDevice *device, CudaState *state, const FoveaAttendArgs *args, bool mma, char *at)
{
    cudaError_t status = mma ? fovea_cuda_attend_mma (args, at, state->stream)
                             : fovea_cuda_attend_general (args, at, state->stream);
    at += cuda_aligned (mma ? fovea_cuda_attend_mma_scratch (args)
                            : fovea_cuda_attend_general_scratch (args));
    if (status == cudaSuccess && (args->scores != NULL || args->pattern != NULL))
        status = dense_rows (args, (float *) at, state->stream);
    cuda_check (device, "attend", status);
}

/* A call of the shape that asks for all that a capture keeps of a row; addresses only stand for
 * being there. */
static FoveaAttendArgs
call_of (const FoveaScratchShape *shape, int64_t rows)
{
    static float there[4];
    FoveaAttendArgs args = {};
    args.precision = shape->precision;
    args.rule.causal = true;
    args.rows = rows;
    args.n_keys = shape->n_keys;
    args.heads = shape->heads;
    args.kv_heads = shape->kv_heads;
    args.width = shape->width;
    args.block_stride = (shape->n_keys + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    args.entropy = there; /* the other statistics are counted as scratch */
    args.column_mass = (double *) there;
    args.block_mass = args.block_max = there;
    return args;
}

/* The most that fovea_cuda_attend_op() takes of cuda_scratch() for @rows rows, whatever the rule and
 * with it the kernel. */
static size_t
attend_scratch (const CudaState *state, const FoveaScratchShape *shape, int64_t rows)
{
    FoveaAttendArgs args = call_of (shape, rows);
    FoveaHopperAttend fast;
    char *origin = (char *) ALIGNMENT;
    /* Few rows ask for nothing but the slices' room. */
    if (fovea_cuda_attend_is_decode (&args))
        return fovea_cuda_attend_general_scratch (&args);
    size_t more = (size_t) (complete (&args, origin) - origin) + (size_t) rows * sizeof (float);
    size_t bytes = tile_bytes (&args, false);
    if (is_mma (state, &args) && tile_bytes (&args, true) > bytes)
        bytes = tile_bytes (&args, true);
    if (hopper_of (state, &args, &fast) && hopper_bytes (state, &args, &fast) > bytes)
        bytes = hopper_bytes (state, &args, &fast);
    return more + bytes;
}

/* Bytes of cuda_scratch(), whatever operation needs them. */
static size_t
shared_scratch (const CudaState *state, const FoveaScratchShape *shape, size_t *rounded)
{
    /* The largest of them: operations have the buffer one after the other. */
    size_t bytes = cuda_linear_scratch (shape, rounded), experts = cuda_experts_scratch (shape);
    bytes = bytes > experts ? bytes : experts;
    /* A few rows at the end of a long cache may take more than many. */
    const int64_t rows[2] = {shape->rows, shape->rows < FAST_ROWS ? shape->rows : FAST_ROWS - 1};
    size_t rule = 2 * cuda_aligned ((size_t) shape->heads * sizeof (float)) +
                  cuda_aligned ((size_t) shape->n_keys * sizeof (int32_t));
    for (int i = 0; i < 2; i++) {
        size_t attend = rule + attend_scratch (state, shape, rows[i]);
        bytes = bytes > attend ? bytes : attend;
    }
    return bytes;
}

size_t
fovea_cuda_scratch_bytes (FoveaDevice *device, const FoveaScratchShape *shape)
{
    CudaState *state = cuda_begin_product (device);
    size_t rounded;
    return state != NULL ? shared_scratch (state, shape, &rounded) + rounded : 0;
}

void
fovea_cuda_reserve (FoveaDevice *device, const FoveaScratchShape *shape)
{
    CudaState *state = cuda_begin (device);
    size_t rounded;
    if (state != NULL &&
        cuda_scratch (device, state, "scratch", shared_scratch (state, shape, &rounded)) != NULL)
        cuda_linear_reserve (device, state, rounded);
}

void
fovea_cuda_attend_op (FoveaDevice *device, const FoveaAttendArgs *given)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || given->rows <= 0)
        return;
    FoveaAttendArgs args = *given;
    FoveaHopperAttend fast;
    size_t rule = cuda_rule_bytes (&args.rule, args.heads, args.n_keys), spare = 0, bytes;
    bool hopper = hopper_of (state, &args, &fast), mma = !hopper && is_mma (state, &args);
    bool decode = fovea_cuda_attend_is_decode (&args);
    if (decode) {
        bytes = fovea_cuda_attend_general_scratch (&args);
    } else {
        /* only counted from an address that is not NULL, not used */
        char *origin = (char *) ALIGNMENT;
        spare = (size_t) (complete (&args, origin) - origin);
        hopper_of (state, &args, &fast);
        bytes = hopper ? hopper_bytes (state, &args, &fast) : tile_bytes (&args, mma);
    }
    char *scratch = (char *) cuda_scratch (device, state, "attend", rule + spare + bytes);
    if (scratch == NULL)
        return;
    /* Anew, since complete() has put addresses into it that were only counted from. */
    args = *given;
    args.rule = cuda_bring_rule (device, state, &given->rule, args.heads, args.n_keys, scratch);
    char *end = decode ? scratch + rule : complete (&args, scratch + rule);
    if (decode)
        cuda_check (device, "attend", fovea_cuda_attend_general (&args, end, state->stream));
    else if (hopper && hopper_of (state, &args, &fast))
        attend_hopper (device, state, &args, &fast, end);
    else
        attend_tiles (device, state, &args, mma, end);
}
