/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The forward pass: one model on one device, with a key/value cache, run in chunks of rows. */
#include "capture/model.h"
#include "capture/plan.h"
#include "capture/progress.h"
#include "capture/trace.h"
#include "kernels/device.h"

typedef struct _FoveaSession FoveaSession;
typedef struct _FoveaSink FoveaSink; /* sink.h */

typedef struct {
    FoveaPrecision precision;
    gint64 max_tokens; /* longest sequence; sizes the cache */
    gint64 chunk;      /* rows at a time; 0 = chosen to fit @memory */
    guint64 memory;    /* limit in bytes, 0 = what the machine has free */
    /* What captures will keep: counts against the limit, and so for the choice of chunk. */
    FoveaPlan *plan;    /* (nullable): nothing; borrowed while the options are looked at */
    gboolean in_memory; /* whether kept arrays stay in memory, or go to a store: then */
    guint64 (*waiting) (
        GPtrArray *arrays); /* bytes of a sequence's arrays on their way; NULL = 0 */
} FoveaSessionOptions;

/* Peak bytes of a session, predicted by a dry run over the same code that allocates. */
typedef struct {
    /* Mapped, shared with the page cache, counted once; a layer's where a capture in memory lets
     * go of the others; or on the device. */
    guint64 weights;
    guint64 cache;
    guint64 scratch;
    guint64 kept; /* arrays in memory, or what of them is on its way to a store */
    guint64 host; /* beside all this, on the host, if the device has its own memory; else 0 */
    gint64 chunk; /* rows at a time that this is for */
} FoveaMemoryPlan;

/* Called with a layer's attention before its output goes on: @args as the operation had them, in host
 * memory; q, k and v may be read and z overwritten. For runs in which heads look at less. */
typedef gboolean (*FoveaAttendHook) (gpointer data,
                                     guint layer,
                                     const FoveaAttendArgs *args,
                                     GError **error);

/* Called with rows of a site before anything reads them: @values (rows, width) of positions @first
 * on, in host memory, may be overwritten. For runs in which a part is replaced. */
typedef gboolean (*FoveaEditHook) (
    gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error);

/**
 * fovea_session_predict_memory:
 * @memory: (out): for the most rows at a time with which it is within the limit; for one row if
 * none is
 *
 * Thread: any; allocates nothing large.
 */
void fovea_session_predict_memory (FoveaModel *model,
                                   FoveaDevice *device,
                                   const FoveaSessionOptions *options,
                                   FoveaMemoryPlan *memory);

/**
 * fovea_session_find_fitting:
 *
 * The most tokens, up to those of @options, of which everything that is predicted is within the
 * limit; 0 if not even one is.
 *
 * Thread: any; allocates nothing large.
 */
gint64 fovea_session_find_fitting (FoveaModel *model,
                                   FoveaDevice *device,
                                   const FoveaSessionOptions *options);

/**
 * fovea_session_new:
 *
 * Allocates everything that running will need, and refuses what would not fit with what captures
 * by options->plan take.
 *
 * Errors: FOVEA_ERROR_MEMORY with needed and allowed sizes and what would fit;
 * FOVEA_ERROR_NOT_FOUND for missing weights; FOVEA_ERROR_RANGE if max_tokens is over the context.
 * Thread: any one at a time.   Owner: caller frees with fovea_session_free(); autoptr. Keeps @model
 * and borrows @device.
 */
FoveaSession *fovea_session_new (FoveaModel *model,
                                 FoveaDevice *device,
                                 const FoveaSessionOptions *options,
                                 GError **error);

/**
 * fovea_session_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @session.
 */
void fovea_session_free (FoveaSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSession, fovea_session_free)

/**
 * fovea_session_run:
 * @ids: (array length=n): appended to what the cache holds
 * @logits: (out caller-allocates) (nullable): (V) logits of the last position
 *
 * One plain forward of @n more tokens.
 *
 * Errors: FOVEA_ERROR_RANGE for an id out of range (names position and limit) or a full cache;
 * FOVEA_ERROR_DEVICE; FOVEA_ERROR_NUMERIC; G_IO_ERROR_CANCELLED between layers. Thread: one at a
 * time; blocks.
 */
gboolean fovea_session_run (FoveaSession *session,
                            const gint32 *ids,
                            gint64 n,
                            float *logits,
                            GCancellable *cancellable,
                            GError **error);

/**
 * fovea_session_read_losses:
 * @ids: (array length=n): a whole sequence
 * @losses: (out caller-allocates): (n-1) nats; loss t is that of token t+1
 *
 * Forgets the cache, runs the sequence and gives the loss of every next token.
 *
 * Errors: as fovea_session_run(): FOVEA_ERROR_RANGE for ids or a length that the model does not
 * have, FOVEA_ERROR_DEVICE, %G_IO_ERROR_CANCELLED.
 * Thread: one at a time; blocks.
 */
gboolean fovea_session_read_losses (FoveaSession *session,
                                    const gint32 *ids,
                                    gint64 n,
                                    float *losses,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_session_reset:
 *
 * Forgets the cache.
 *
 * Thread: the session's.
 */
void fovea_session_reset (FoveaSession *session);

/**
 * fovea_session_capture:
 * @info: the sequence; ids are what is run
 * @plan: (nullable): what is kept; NULL = nothing
 * @sink: where arrays go
 * @progress: (nullable) (scope call): told between layers, on the capturing thread, of rows times
 * layers
 * @logits: (out caller-allocates) (nullable): (T, V), for tests
 *
 * Runs the whole sequence and keeps what @plan asks for; the cache is empty afterwards. Logits are
 * the same bits as without a plan. On failure or cancel the sink has abandoned the sequence.
 *
 * Errors: those of fovea_session_run() and of the sink.
 * Thread: one at a time; blocks.   Owner: caller, fovea_trace_unref().
 */
FoveaTrace *fovea_session_capture (FoveaSession *session,
                                   const FoveaTraceInfo *info,
                                   FoveaPlan *plan,
                                   FoveaSink *sink,
                                   FoveaProgress progress,
                                   gpointer progress_data,
                                   float *logits,
                                   GCancellable *cancellable,
                                   GError **error);

/**
 * fovea_session_set_attend_hook:
 * @hook: (nullable) (scope notified): NULL = none
 *
 * Later runs call @hook in every layer of every chunk. What is recorded of the scores and weights is
 * of the untouched attention; z and all behind it is of what the hook leaves. On a device with its
 * own memory the layer's queries, keys, values and outputs cross twice.
 *
 * Thread: the session's.
 */
void fovea_session_set_attend_hook (FoveaSession *session, FoveaAttendHook hook, gpointer data);

/**
 * fovea_session_set_edit_hook:
 * @point: hook_resid_pre, hook_resid_mid, hook_resid_post, hook_attn_out, hook_mlp_out or
 * attn.hook_z of a layer, by its classic name or its alias
 * @hook: (nullable) (scope notified): NULL = none, whatever @point
 *
 * Later runs call @hook with the rows of one site. What is recorded there, and of the same tensor
 * under another name, is what the hook leaves; what parallel blocks read of the stream at its entry
 * is too.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for another point; the hook stays as it was.
 * Thread: the session's.
 */
gboolean fovea_session_set_edit_hook (
    FoveaSession *session, const char *point, FoveaEditHook hook, gpointer data, GError **error);

/**
 * fovea_session_get_model:
 *
 * Thread: any.   Owner: the session.
 */
FoveaModel *fovea_session_get_model (const FoveaSession *session);

/**
 * fovea_session_get_device:
 *
 * Thread: any.   Owner: borrowed by the session.
 */
FoveaDevice *fovea_session_get_device (const FoveaSession *session);

/**
 * fovea_session_get_chunk:
 *
 * Rows that are run at a time.
 *
 * Thread: any.
 */
gint64 fovea_session_get_chunk (const FoveaSession *session);

/**
 * fovea_session_project_heads:
 * @z: (rows, H, D) outputs of a layer's heads, in host memory
 * @rows: up to the session's chunk
 * @out: (out caller-allocates): (rows, C)
 *
 * What a layer's output matrix makes of its heads, without its bias: differences of heads may go
 * through it.
 *
 * Errors: FOVEA_ERROR_DEVICE.   Thread: the session's, also from an attend hook; blocks.
 */
gboolean fovea_session_project_heads (
    FoveaSession *session, guint layer, const float *z, gint64 rows, float *out, GError **error);
