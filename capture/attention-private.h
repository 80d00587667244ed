/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: attention points as rows of a trace, and what attention.c shares with
 * attention-summary.c. */
#include "capture/attention.h"
#include "capture/point-table.h"
#include "kernels/device.h"

/* What is computed when a trace does not keep it: everything that one sweep over the maps of a
 * layer gives. */
typedef struct {
    float *statistics[FOVEA_N_ROW_STATISTICS]; /* (T,H) each */
    float *column_mass;                        /* (H,T) */
    guint n_levels;
    float **mean, **largest; /* per level (H,B,B) */
} FoveaAttentionSummary;

struct _FoveaAttention {
    FoveaTrace *trace;
    gboolean weak; /* the trace owns this, not this the trace */
    FoveaArchitecture *architecture;
    guint layer;
    gint64 n_tokens, n_heads, n_kv_heads, width;
    FoveaScoreRule rule;
    char *q_name, *k_name; /* NULL if only a dense pattern is kept */
    char *pattern_name;    /* kept dense pattern, or NULL */
    GMutex lock;           /* guards the rest, each made once */
    float *q, *k;          /* whole layer, if small enough to hold */
    float *lse; /* (T,H) likewise, if kept: a diagonal asks for it in many small pieces */
    gboolean loaded;
    FoveaAttentionSummary *summary;
};

/**
 * fovea_attention_open_weak:
 *
 * As fovea_attention_open() for the trace's own use: holds no reference on it.
 *
 * Errors: as fovea_attention_open().   Thread: the one that holds the trace's lock.
 * Owner: caller frees with fovea_attention_free() before the trace ends.
 */
FoveaAttention *fovea_attention_open_weak (FoveaTrace *trace, guint layer, GError **error);

/**
 * fovea_attention_get_layer:
 *
 * Thread: any.
 */
guint fovea_attention_get_layer (const FoveaAttention *attention);

/**
 * fovea_attention_makes:
 *
 * Whether points of @kind come out of a layer's queries and keys.
 *
 * Thread: any.
 */
gboolean fovea_attention_makes (FoveaPointKind kind);

/**
 * fovea_attention_can_make:
 *
 * Whether @trace keeps what @point needs.
 *
 * Thread: any.
 */
gboolean fovea_attention_can_make (FoveaTrace *trace, FoveaPoint point);

/**
 * fovea_attention_make:
 *
 * Rows of a point that fovea_attention_can_make(), in the layout of the point.
 *
 * Errors: the backend's.   Thread: any; blocks.
 */
gboolean fovea_attention_make (FoveaTrace *trace,
                               FoveaPoint point,
                               gint64 first_row,
                               gint64 n_rows,
                               float *out,
                               GError **error);

/**
 * fovea_attention_get_summary:
 *
 * Computed on the first call.
 *
 * Errors: FOVEA_ERROR_NUMERIC for a NaN, naming head, query and key; the backend's.
 * Thread: any; blocks.   Owner: the attention.
 */
const FoveaAttentionSummary *fovea_attention_get_summary (FoveaAttention *attention,
                                                          GError **error);

/**
 * fovea_attention_summary_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @summary.
 */
void fovea_attention_summary_free (FoveaAttentionSummary *summary);

/**
 * fovea_attention_read_queries:
 *
 * Queries of all heads, (n, H, D).
 *
 * Errors: the backend's.   Thread: any; blocks.
 */
gboolean fovea_attention_read_queries (
    FoveaAttention *attention, gint64 first, gint64 n, float *out, GError **error);

/**
 * fovea_attention_read_keys:
 *
 * Keys of all heads, (n, G, D).
 *
 * Errors: the backend's.   Thread: any; blocks.
 */
gboolean fovea_attention_read_keys (
    FoveaAttention *attention, gint64 first, gint64 n, float *out, GError **error);

/**
 * fovea_attention_is_kept:
 *
 * Whether @trace holds the array of a point itself.
 *
 * Thread: any.
 */
gboolean fovea_attention_is_kept (FoveaTrace *trace, FoveaPointKind kind, guint layer, guint level);

/**
 * fovea_attention_has_product:
 *
 * Whether scores can be computed: queries and keys are there, turned or to be turned.
 *
 * Thread: any.
 */
gboolean fovea_attention_has_product (FoveaTrace *trace, guint layer);

/**
 * fovea_attention_check_span:
 * @what: of the message, "queries"
 *
 * Errors: FOVEA_ERROR_RANGE names both ends and the limit.   Thread: any.
 */
gboolean
fovea_attention_check_span (const char *what, gint64 from, gint64 to, gint64 limit, GError **error);

/**
 * fovea_attention_check_head:
 *
 * Errors: FOVEA_ERROR_RANGE names the head and how many there are.   Thread: any.
 */
gboolean fovea_attention_check_head (const FoveaAttention *attention, guint head, GError **error);
