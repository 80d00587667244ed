/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a capture would take, and whether it fits: bytes, memory and time, with what there is of
 * each. Nothing is run; all sizes come from the plan and the session's own layout. */
#include "app/capture-job.h"

/* Parts that the New capture dialog offers. */
typedef enum {
    FOVEA_KEEP_ATTENTION, /* queries and keys: maps exact at any zoom */
    FOVEA_KEEP_SUMMARIES, /* row statistics, column mass, pyramid */
    FOVEA_KEEP_RESIDUAL,
    FOVEA_KEEP_MLP,
    FOVEA_KEEP_DENSE,
    FOVEA_KEEP_N,
} FoveaKeepPart;

/* Of one input, over all sequences that were cut from it. */
typedef struct {
    gint64 captured;
    gint64 whole; /* what the input has; 0 = unknown */
} FoveaTextTokens;

typedef struct {
    char *model; /* "fovea-demo, 6 layers × 12 heads" */
    char *facts; /* "llama · 6 layers × 12 heads, 4 key/value · context 4,096 · bf16 · 25 MB" */
    char *device; /* one line */
    gint64 n_layers, n_heads, context;
    gint64 n_sequences, n_tokens;
    GHashTable *tokens_by_title;       /* sequence title -> FoveaTextTokens* */
    guint64 part_bytes[FOVEA_KEEP_N];  /* what each part takes, or would add */
    guint n_named;                     /* points that the request's `named` names */
    guint64 named_bytes;               /* what they add to attention */
    guint64 store_bytes, store_free;   /* free: G_MAXUINT64 = unknown */
    guint64 device_bytes, device_room; /* 0 room: the device has no memory of its own */
    guint64 host_bytes, host_room;     /* beside mapped weights */
    guint64 mapped_bytes;              /* weights in the page cache; 0 if the device holds them */
    gint64 longest, fitting;           /* tokens of the longest sequence, and what memory holds */
    double seconds;                    /* 0 = unknown */
    gint64 resumed;                    /* unfinished run of the same in the store, 0 = none */
    gint64 n_done, done_tokens;        /* sequences that it has, which sizes and time leave out */
    char *refusal;                     /* what does not fit and what would; NULL = all fits */
    FoveaCaptureChoice refused;        /* what that is about */
} FoveaPrediction;

/**
 * fovea_prediction_new:
 * @job: prepared
 * @store: (nullable): path it will write to, for the room there and whether it may be written
 *
 * Thread: any; blocks for some milliseconds, the first time on a device for some more.
 * Owner: caller, fovea_prediction_free(); autoptr.
 */
FoveaPrediction *fovea_prediction_new (FoveaCaptureJob *job, const char *store);

/**
 * fovea_prediction_free:
 *
 * NULL is fine.   Thread: any.   Owner: takes @prediction.
 */
void fovea_prediction_free (FoveaPrediction *prediction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPrediction, fovea_prediction_free)

/**
 * fovea_prediction_count_tokens:
 * @title: of an input: a file's name
 *
 * Zeros for what is no input.   Thread: any.
 */
FoveaTextTokens fovea_prediction_count_tokens (const FoveaPrediction *prediction,
                                               const char *title);

/**
 * fovea_prediction_describe_time:
 *
 * "under a second", "about 40 s", "about 3 min", "about 2 h"; "" = unknown.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_prediction_describe_time (double seconds);

/**
 * fovea_prediction_check_room:
 *
 * Sets the refusal from the sizes: the first of store, device and host that does not fit, with what
 * is needed, what there is, and the tokens that would fit.   Thread: any.
 */
void fovea_prediction_check_room (FoveaPrediction *prediction);
