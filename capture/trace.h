/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What one sequence did inside one model: ids, token texts, description, score rules and named
 * arrays. Immutable and safe to read from many threads. Where the arrays live (memory, a store) is
 * the backend's secret.
 *
 * Beside TransformerLens's points a trace may hold these summaries of a softmax layer, all made in
 * the forward pass; each name follows "blocks.{l}.attn.":
 *   hook_lse           (T,H)  f32  natural log-sum-exp of the row's scores
 *   hook_row_entropy   (T,H)  f32  nats
 *   hook_row_max       (T,H)  f32  largest weight
 *   hook_row_argmax    (T,H)  i32  its key, -1 in an empty row
 *   hook_row_distance  (T,H)  f32  mean distance, tokens
 *   hook_row_first     (T,H)  f32  weight on key 0
 *   hook_row_local     (T,H)  f32  weight on keys i-15 .. i
 *   hook_column_mass   (H,T)  f32  sum over queries
 *   hook_pyramid_mean.{n}, hook_pyramid_max.{n}
 *                      (H,B,B) f32, B = ceil (T / (64*2^n)), level n down to one cell:
 *                             mean over allowed pairs, and largest weight, of each block
 * Reading a point that is not kept but follows exactly from kept ones (resid_mid = resid_pre +
 * attn_out, pattern from rot_q, rot_k and lse, ...) computes it. */
#include <gio/gio.h>

#include "capture/architecture.h"
#include "capture/array.h"
#include "kernels/error.h"

typedef struct _FoveaTrace FoveaTrace;

/* Everything about a sequence but its arrays. Strings and arrays are owned by the struct. */
typedef struct {
    FoveaArchitecture *architecture;
    char *model_name;
    char *model_hash; /* hex, or "" */
    char *title;      /* what the sequence is called: file name and part, "random repeat 3" */
    gint64 n_tokens;  /* T */
    gint64 n_whole; /* tokens of the text that this is a window of, with what stands around it; 0 =
                             unknown, as in what is read from a store */
    gint64 n_uncut; /* tokens of the sequence that this is the beginning of; 0 = it is whole */
    gint32 *ids;    /* (T), or NULL in an import without ids */
    char **token_texts;   /* (T) NUL-terminated bytes of each token, perhaps not UTF-8; NULL if
                             unknown */
    gboolean *special;    /* (T), NULL = none */
    float *patches;       /* (T, patch width): what an image model reads in place of ids, zeros for
                             the class token; NULL = none, as in what is read from a store, where
                             embed.hook_patches has them */
    gint64 repeat_period; /* P of [bos] + r + r, else 0 */
    FoveaDtype keep;      /* type that activations are kept in */
    gboolean folded;      /* weight processing: norm gains folded */
} FoveaTraceInfo;

/**
 * fovea_trace_info_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @info.
 */
void fovea_trace_info_free (FoveaTraceInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTraceInfo, fovea_trace_info_free)

/**
 * fovea_trace_info_copy:
 *
 * Thread: any.   Owner: caller.
 */
FoveaTraceInfo *fovea_trace_info_copy (const FoveaTraceInfo *info);

/**
 * fovea_trace_info_count_source:
 *
 * Tokens of the source, of an encoder-decoder's sequence; else 0.
 *
 * Thread: any.
 */
gint64 fovea_trace_info_count_source (const FoveaTraceInfo *info);

/**
 * fovea_trace_info_get_rule:
 * @layer: 0 .. L-1
 *
 * The score rule of a layer in the sequence's map; its pointers are borrowed from the description.
 *
 * Thread: any.
 */
FoveaScoreRule fovea_trace_info_get_rule (const FoveaTraceInfo *info, guint layer);

/* How a trace gets at its arrays. @read fills n_rows * row_length elements of arrays[index],
 * converted to f32 (i32 arrays too); it must be callable from several threads at once. */
typedef struct {
    gboolean (*read) (
        gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error);
    GDestroyNotify free;
} FoveaTraceBackend;

/**
 * fovea_trace_new:
 * @info: (transfer full): the sequence
 * @arrays: (transfer full): of #FoveaArray, in the backend's order
 * @backend: (transfer full): freed with functions->free
 *
 * Thread: any.   Owner: caller, fovea_trace_unref(); autoptr.
 */
FoveaTrace *fovea_trace_new (FoveaTraceInfo *info,
                             GPtrArray *arrays,
                             const FoveaTraceBackend *functions,
                             gpointer backend);

/**
 * fovea_trace_ref:
 *
 * Thread: any.
 */
FoveaTrace *fovea_trace_ref (FoveaTrace *trace);

/**
 * fovea_trace_unref:
 *
 * Thread: any.
 */
void fovea_trace_unref (FoveaTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTrace, fovea_trace_unref)

/**
 * fovea_trace_get_info:
 *
 * Thread: any.   Owner: the trace.
 */
const FoveaTraceInfo *fovea_trace_get_info (FoveaTrace *trace);

/**
 * fovea_trace_get_arrays:
 *
 * What is kept, of #FoveaArray.
 *
 * Thread: any.   Owner: the trace.
 */
GPtrArray *fovea_trace_get_arrays (FoveaTrace *trace);

/**
 * fovea_trace_list_points:
 *
 * Names of everything that can be read: kept arrays, and points that follow exactly from them
 * (patterns included).
 *
 * Thread: any.   Owner: caller, g_strfreev().
 */
char **fovea_trace_list_points (FoveaTrace *trace);

/**
 * fovea_trace_describe_point:
 * @name: classic name or bridge alias
 *
 * Name (classic), type, shape and row axes of what fovea_trace_read() gives.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND with the nearest names, or naming what would have to be kept.
 * Thread: any.   Owner: caller, fovea_array_free().
 */
FoveaArray *fovea_trace_describe_point (FoveaTrace *trace, const char *name, GError **error);

/**
 * fovea_trace_read:
 * @name: classic name or bridge alias
 * @out: (out caller-allocates): @n_rows rows as f32, row-major
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_RANGE, FOVEA_ERROR_STORE.
 * Thread: any; blocks on the backend.
 */
gboolean fovea_trace_read (FoveaTrace *trace,
                           const char *name,
                           gint64 first_row,
                           gint64 n_rows,
                           float *out,
                           GError **error);
