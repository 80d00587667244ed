/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The list of operations that a device offers: all that a forward pass with capture is made of.
 * Three tables implement it: fovea_ops_ref (plain loops, double sums: documentation and test
 * oracle), fovea_ops_cpu (BLAS, threads, vectors) and the CUDA module's. Buffers are the device's
 * own memory; shapes are row-major; T here is the rows of the chunk at hand. An operation that
 * fails leaves the first error on its device (fovea_device_sync()) and later ones do nothing; none
 * allocates results, none synchronises.
 *
 * Same input, same thread count: same bits. Optional outputs (NULL = not wanted) never change the
 * others. */
#include "kernels/dtype.h"
#include "kernels/score-rule.h"

typedef struct _FoveaDevice FoveaDevice;
/* An MLP of experts: kernels/device-experts.h. */
typedef struct _FoveaRouteArgs FoveaRouteArgs;
typedef struct _FoveaExpertsArgs FoveaExpertsArgs;
/* Sparse codes: kernels/device-codes.h. */
typedef struct _FoveaCodesWeights FoveaCodesWeights;
typedef struct _FoveaCodesArgs FoveaCodesArgs;
typedef struct _FoveaAboveArgs FoveaAboveArgs;
typedef struct _FoveaSaeStepArgs FoveaSaeStepArgs;

/* A weight matrix used in place (memory-mapped on the CPU): w(o,i) = data[o*stride + i], or
 * data[i*stride + o] if input_major (GPT-2's Conv1D; a slice of a fused matrix is an offset pointer
 * with the full stride). Types of blocks are never input-major, and their rows are whole blocks;
 * a device with memory of its own is given them unpacked. */
typedef struct {
    const void *data;
    FoveaDtype dtype; /* F32, F16, BF16, or a type of blocks */
    int64_t n_out, n_in;
    int64_t stride; /* elements */
    bool input_major;
    int64_t pair_width; /* see fovea_weight_row(); 0 = rows stand in the order of outputs */
} FoveaWeight;

typedef enum {
    FOVEA_PRECISION_F32,  /* products as if in f32 whatever the weight's type */
    FOVEA_PRECISION_BF16, /* inputs of products rounded to bf16, sums in f32 */
    FOVEA_PRECISION_F16,
    FOVEA_PRECISION_TF32, /* inputs of products rounded to 10 bits behind the point, sums in f32; only
                           * where the table has it */
    FOVEA_N_PRECISIONS
} FoveaPrecision;

typedef enum {
    FOVEA_NORM_LAYER, /* subtracts the mean; scale = sqrt (variance + eps) */
    FOVEA_NORM_RMS,   /* scale = sqrt (mean square + eps) */
} FoveaNormKind;

typedef enum {
    FOVEA_ACTIVATION_GELU,     /* exact, by erf */
    FOVEA_ACTIVATION_GELU_NEW, /* tanh form, 0.044715 */
    FOVEA_ACTIVATION_SILU,
    FOVEA_ACTIVATION_RELU,
    FOVEA_ACTIVATION_CLAMPED, /* gated only: x' sigmoid (1.702 x') (up' + 1), where x' is at most 7 and
                                 up' within 7 of 0 */
    FOVEA_ACTIVATION_RELU_SQUARED,
    FOVEA_N_ACTIVATIONS
} FoveaActivation;

typedef struct {
    FoveaNormKind kind;
    float eps;
    float gain_offset; /* 1 in Gemma, whose gains are stored less one; else 0 */
    int64_t rows, width;
    const float *x;    /* (T,C) */
    const float *gain; /* (C), NULL = 1; or (gain_rows, C), which rows take in turn */
    const float *bias; /* (C), NULL = 0 */
    float *out;        /* (T,C) normalized * (gain + gain_offset) + bias; may be x */
    float *scale;      /* (T) or NULL: TransformerLens's hook_scale */
    float *normalized; /* (T,C) or NULL: hook_normalized, before gain and bias */
    int64_t gain_rows; /* 0 = 1 */
} FoveaNormArgs;

typedef struct {
    FoveaPrecision precision;
    int64_t rows;
    const float *x; /* (T, n_in), row stride x_stride */
    int64_t x_stride;
    FoveaWeight weight;
    const float *bias; /* (n_out), NULL = 0 */
    float *y;          /* (T, n_out), row stride y_stride */
    int64_t y_stride;
    /* Outputs that BLAS computes at a time, at most 256; 0 = as suits the threads, on whose number the
     * last bits then depend. */
    int64_t panel;
} FoveaLinearArgs;

typedef struct {
    int64_t rows, heads, width; /* width D */
    int64_t rotary_width;       /* R <= D: the first R of D elements turn */
    bool interleaved;           /* pairs (2i, 2i+1) as GPT-J and llama2.c; else (i, i + R/2) */
    int64_t first_position;
    const float *cos, *sin; /* (context, R/2), indexed by position */
    const float *x;         /* (T, heads, D) */
    float *out;             /* (T, heads, D); may be x */
} FoveaRotaryArgs;

enum {
    FOVEA_BLOCK = 64,
    FOVEA_LOCAL_WINDOW = 16
};

/* Scores are f32 in every precision, so that a rectangle recomputed from kept queries and keys
 * agrees with the pass that it came from; a reduced precision may round weights and values when
 * they are summed into z, never what is written of the weights.
 *
 * Attention of @rows queries over @n_keys keys (the cache, the chunk's own included) for all heads
 * of a layer. */
typedef struct {
    FoveaPrecision precision;
    FoveaScoreRule rule;
    int64_t rows, n_keys;
    int64_t heads, kv_heads, width; /* H, G, D */
    int64_t first_query;            /* position of row 0; key j has position j */
    const float *q;                 /* (rows, H, D) post-rotary */
    const float *k, *v;             /* (n_keys, G, D) post-rotary */
    float *z;                       /* (rows, H, D) */

    /* Optional; (rows, H) each. Statistics of the softmax row a
     * (methods/features-and-sparsity.md 9.1). */
    float *lse;     /* natural log-sum-exp of the scores */
    float *entropy; /* nats */
    float *max_weight;
    int32_t *max_key;     /* lower index wins a tie; -1 in a row without allowed keys */
    float *mean_distance; /* sum a |i - j|, tokens */
    float *first_mass;    /* a on key 0 */
    float *local_mass;    /* a on keys i-15 .. i */

    /* Optional; accumulated over calls, the caller zeroes them before the first. */
    double *column_mass; /* (H, n_keys_stride): += sum of a over the rows */
    int64_t column_stride;

    /* Optional: block row sums. Row block b = (first_query + row)/64 - first_query/64; (H,
     * n_row_blocks, block_stride), with the caller zeroing new row blocks: mass += sum of a per
     * 64-key block, largest = max. */
    float *block_mass, *block_max;
    int64_t block_stride;

    /* Optional dense rows, (H, rows, n_keys): -inf (scores) and 0 (pattern) where forbidden. */
    float *scores, *pattern;
} FoveaAttendArgs;

/* One rectangle of one head from kept queries and keys: rows q0..q1 of scores, and with @lse of the
 * pattern. */
typedef struct {
    FoveaScoreRule rule;
    int64_t head;          /* for the rule's per-head terms */
    int64_t q0, n_queries; /* positions */
    int64_t k0, n_keys;
    int64_t width;  /* D */
    const float *q; /* (n_queries, D), row stride q_stride */
    int64_t q_stride;
    const float *k; /* (n_keys, D), row stride k_stride */
    int64_t k_stride;
    const float *lse; /* (n_queries) or NULL: scores wanted */
    float *out;       /* (n_queries, n_keys) */
} FoveaRectangleArgs;

/* Rows of one head, and what their heaviest keys hold of them. */
typedef struct {
    FoveaScoreRule rule;
    int64_t head;          /* for the rule's per-head terms */
    int64_t q0, n_queries; /* positions */
    int64_t n_keys;        /* all that there are, from position 0 on */
    int64_t width;         /* D */
    const float *q;        /* (n_queries, D), row stride q_stride */
    int64_t q_stride;
    const float *k; /* (n_keys, D), row stride k_stride */
    int64_t k_stride;
    /* Numbers of keys: ascending and the same for every row, at most FOVEA_TOP_MOST
     * (kernels/top-mass.h), in host memory; or each row's own, any number in any order. */
    const int64_t *counts;     /* (n_counts), or NULL and */
    const int32_t *row_counts; /* (n_queries, n_counts) */
    int n_counts;
    float *mass; /* (n_queries, n_counts): share of the softmax, 0 to 1 */
} FoveaTopRowsArgs;

/* A piece of a mask, FOVEA_BLOCK queries by FOVEA_BLOCK keys. */
typedef struct {
    int32_t column; /* keys from FOVEA_BLOCK * column on */
    int32_t
        bits; /* place of its FOVEA_BLOCK words: bit j of word i keeps key j of query i; -1 = all
                     * that the rule allows */
} FoveaMaskTile;

/* Rows of one head, and what masks keep of them. Only tiles that a mask lists are computed. Sums over
 * the kept keys that the rule allows, with the weights exp (score - lse). */
typedef struct {
    FoveaScoreRule rule;
    int64_t head;          /* for the rule's per-head terms */
    int64_t q0, n_queries; /* positions */
    int64_t n_keys;        /* all that there are, from position 0 on */
    int64_t width;         /* D */
    const float *q;        /* (n_queries, D), row stride q_stride */
    int64_t q_stride;
    const float *k; /* (n_keys, D), row stride k_stride */
    int64_t k_stride;
    const float *v; /* (n_keys, D), row stride v_stride; NULL = only masses are wanted */
    int64_t v_stride;
    const float *lse;     /* (n_queries) of each whole row */
    const float *lengths; /* (n_keys) what value_mass counts a key for */
    const float *full;    /* (n_queries, D) output of the whole row, for loss */

    /* Host memory. Mask m's tiles over queries from q0 + FOVEA_BLOCK b on are tiles[ends[l]] to
     * tiles[ends[l + 1] - 1], l = b * n_masks + m, in rising columns. */
    int n_masks;
    const int64_t *ends; /* (blocks of rows * n_masks + 1), from 0 */
    const FoveaMaskTile *tiles;
    const uint64_t *bits; /* (n_words) */
    int64_t n_words;

    float *mass;       /* (n_masks, n_queries) */
    float *value_mass; /* (n_masks, n_queries) or NULL */
    float *z;          /* (n_masks, n_queries, D) sum of weight * value, or NULL */
    float *loss;       /* (n_masks, n_queries) or NULL: |full - z / (mass + the sink's weight)|^2; z
                        * counts as 0 where nothing is kept */
} FoveaMaskRowsArgs;

/* What a forward pass asks of a device's own memory. */
typedef struct {
    int64_t rows, n_keys;           /* of the largest chunk */
    int64_t heads, kv_heads, width; /* H, G, D */
    int64_t n_in;                   /* widest input of a product */
    int64_t n_experts, n_used;      /* E, K; 0 = no layer has experts */
    int64_t expert_in, expert_out;  /* C, M */
    FoveaDtype weight;              /* of most weights */
    FoveaPrecision precision;
    bool capture;
} FoveaScratchShape;

/* What a device did, since it was opened, that makes the thread that uses it wait. A loop over layers
 * does none of the first two. */
typedef struct {
    uint64_t allocations; /* buffers taken: the device's and page-locked ones */
    uint64_t waits;       /* reads, syncs, frees, and copies that found no room to be enqueued */
    uint64_t uploads;     /* copies from host memory */
    uint64_t deliveries;  /* copies to the host beside operations */
} FoveaDeviceCounts;

/* Names an enqueued copy to the host; they rise, and 0 is a copy that is done. */
typedef int64_t FoveaTicket;

typedef struct _FoveaOps {
    const char *name;
    /* Buffers are host addresses and operations are done when they return. Else a buffer means
     * nothing to the host but as an address to count from, and operations are only enqueued. */
    bool host_memory;
    bool has_tf32; /* FOVEA_PRECISION_TF32 is served */

    /* Bytes free and in all of the memory that alloc takes from. NULL = the machine's own. */
    void (*memory) (FoveaDevice *device, size_t *free_bytes, size_t *total_bytes);
    /* Bytes that operations up to these sizes will keep beside their arguments once they have run, at
     * most. NULL = fovea_device_predict_scratch() knows. */
    size_t (*scratch) (FoveaDevice *device, const FoveaScratchShape *shape);
    /* Takes it now; the device's error if there is no room. NULL = when an operation needs it. */
    void (*reserve) (FoveaDevice *device, const FoveaScratchShape *shape);
    /* NULL = nothing is counted, since nothing waits. Thread: the one that uses the device. */
    void (*counts) (FoveaDevice *device, FoveaDeviceCounts *counts);
    /* Waits for all that is enqueued, and tells what failed to the device. NULL = nothing waits. */
    void (*sync) (FoveaDevice *device);

    /* Buffers of the device. alloc gives NULL and sets the device's error if there is no room;
     * copies are ordered after the operations before them, and read is complete when it returns;
     * what write and embed are given may be changed once they have returned. */
    void *(*alloc) (FoveaDevice *device, size_t bytes);
    void (*free) (FoveaDevice *device, void *buffer);
    void (*write) (FoveaDevice *device, void *to, const void *host, size_t bytes);
    void (*read) (FoveaDevice *device, void *host, const void *from, size_t bytes);
    void (*zero) (FoveaDevice *device, void *buffer, size_t bytes);
    /* @n_rows runs of @bytes, from buffer to buffer of the device; strides in bytes. */
    void (*copy_rows) (FoveaDevice *device,
                       void *to,
                       size_t to_stride,
                       const void *from,
                       size_t from_stride,
                       size_t n_rows,
                       size_t bytes);

    /* Copies that run beside operations. Their host end lies in memory of alloc_pinned (page-locked
     * where that matters; NULL and the device's error if there is none). copy_out is ordered behind
     * the operations before it, and returns at once. Until the copy is done the host must not look
     * at @host, and no operation may write @from unless `order` came before it. */
    void *(*alloc_pinned) (FoveaDevice *device, size_t bytes);
    void (*free_pinned) (FoveaDevice *device, void *memory);
    FoveaTicket (*copy_out) (FoveaDevice *device, void *host, const void *from, size_t bytes);
    /* Operations enqueued from now on start when the copy is done; the host does not wait. */
    void (*order) (FoveaDevice *device, FoveaTicket ticket);
    /* Returns when the copy is done; false if the device failed before. The one operation that any
     * thread may call, also while another is enqueueing. */
    bool (*wait) (FoveaDevice *device, FoveaTicket ticket);

    /* to[i] = from[i] as F32, F16 or BF16, as fovea_dtype_from_f32() rounds; n elements. */
    void (*convert) (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to);
    /* The type that queries, keys and values are rounded to before they enter attention in a
     * precision, so that kept ones give the maps that the pass had. NULL = never rounded. */
    FoveaDtype (*attend_dtype) (FoveaDevice *device, FoveaPrecision precision);
    /* x[i] = the value of @dtype nearest to it; n elements. NULL where attend_dtype is. */
    void (*round) (FoveaDevice *device, float *x, FoveaDtype dtype, int64_t n);
    /* *first = min (*first, lowest row of x that holds a NaN); x (rows, width). */
    void (*find_nan) (
        FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first);

    /* out[t,:] = table row ids[t], as f32. ids are host memory, already range-checked. */
    void (*embed) (
        FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out);
    /* out = a + b over n elements; out may be a or b. */
    void (*add) (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out);
    /* out = factor * x over n elements; out may be x. */
    void (*scale) (FoveaDevice *device, const float *x, float factor, int64_t n, float *out);
    /* out = cap * tanh (x / cap) over n elements; out may be x. */
    void (*soft_cap) (FoveaDevice *device, const float *x, float cap, int64_t n, float *out);
    /* out = x, or @limit or -@limit where it is beyond; NaN stays; n elements; out may be x. */
    void (*clip) (FoveaDevice *device, const float *x, float limit, int64_t n, float *out);
    /* out[t,:] += sigmoid (gates[t]) * x[t,:] for t < rows. */
    void (*add_gated) (FoveaDevice *device,
                       const float *x,
                       const float *gates,
                       int64_t rows,
                       int64_t width,
                       float *out);
    /* An MLP of experts: kernels/device-experts.h. */
    void (*route) (FoveaDevice *device, const FoveaRouteArgs *args);
    void (*experts) (FoveaDevice *device, const FoveaExpertsArgs *args);
    void (*norm) (FoveaDevice *device, const FoveaNormArgs *args);
    void (*linear) (FoveaDevice *device, const FoveaLinearArgs *args);
    void (*rotary) (FoveaDevice *device, const FoveaRotaryArgs *args);
    /* out = act (x), times @up elementwise if not NULL (FOVEA_ACTIVATION_CLAMPED has it otherwise); n
     * elements. */
    void (*activate) (FoveaDevice *device,
                      FoveaActivation kind,
                      const float *x,
                      const float *up,
                      int64_t n,
                      float *out);
    void (*attend) (FoveaDevice *device, const FoveaAttendArgs *args);
    void (*rectangle) (FoveaDevice *device, const FoveaRectangleArgs *args);
    void (*top_rows) (FoveaDevice *device, const FoveaTopRowsArgs *args);
    void (*mask_rows) (FoveaDevice *device, const FoveaMaskRowsArgs *args);
    /* nll[t] = lse (logits[t,:]) - logits[t, targets[t]], nats; logits (rows, V); targets are host
     * memory. */
    void (*cross_entropy) (FoveaDevice *device,
                           const float *logits,
                           const int32_t *targets,
                           int64_t rows,
                           int64_t V,
                           float *nll);
    /* Sparse codes and their training on a device with memory of its own. NULL = the host's loops
     * serve: kernels/top-codes.h, analysis/sae-encode.c, analysis/sae-loss.h. Weights are prepared again
     * whenever they have changed; a step does that itself. codes_above may wait for a count of its own, by
     * which it chooses its way. */
    void (*top_prepare) (FoveaDevice *device, const FoveaCodesWeights *weights);
    void (*top_codes) (FoveaDevice *device, const FoveaCodesArgs *args);
    void (*codes_above) (FoveaDevice *device, const FoveaAboveArgs *args);
    void (*sae_step) (FoveaDevice *device, const FoveaSaeStepArgs *args);
} FoveaOps;

extern const FoveaOps fovea_ops_ref;
extern const FoveaOps fovea_ops_cpu;
