/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: takes points out of a running forward pass into a sink, as the plan says. */
#include "capture/plan.h"
#include "capture/point-table.h"
#include "capture/sink.h"
#include "capture/staging.h"

typedef struct _FoveaRecorder FoveaRecorder;

enum {
    FOVEA_KEPT_TO_WEIGHTS = 4 /* kept bytes over weights' from which on their pages are let go */
};

/**
 * fovea_recorder_new:
 * @plan: (nullable): keeps nothing
 * @ring: (nullable): how values leave a device with its own memory, at least as long as predicted;
 * borrowed. Not looked at elsewhere
 * @max_rows: most rows recorded at once
 *
 * Begins the sequence in @sink; everything that recording needs is allocated here.
 *
 * Errors: those of the sink and of the device.
 * Thread: the one that uses the device.
 * Owner: caller, fovea_recorder_free(), after finish or abandon; autoptr.
 */
FoveaRecorder *fovea_recorder_new (FoveaPlan *plan,
                                   const FoveaTraceInfo *info,
                                   FoveaSink *sink,
                                   FoveaDevice *device,
                                   FoveaStaging *ring,
                                   gint64 max_rows,
                                   GError **error);

/**
 * fovea_recorder_free:
 *
 * NULL is fine. A sequence not finished is abandoned.
 *
 * Thread: any.   Owner: takes @recorder.
 */
void fovea_recorder_free (FoveaRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRecorder, fovea_recorder_free)

/* Memory of a recorder beside the kept arrays. */
typedef struct {
    guint64 device; /* 0 where that is host memory; the ring included */
    guint64 host;   /* the ring's twin included */
    guint64 ring;
} FoveaRecorderMemory;

/**
 * fovea_recorder_predict:
 * @plan: (nullable)
 * @host: whether device memory is host memory
 * @most_ring: what the ring may have if it can do with that
 *
 * Units: bytes.   Thread: any.
 */
void fovea_recorder_predict (FoveaPlan *plan,
                             gint64 n_tokens,
                             gint64 max_rows,
                             gboolean host,
                             guint64 most_ring,
                             FoveaRecorderMemory *memory);

/**
 * fovea_recorder_wants:
 * @recorder: (nullable)
 *
 * Thread: the capture's.
 */
gboolean fovea_recorder_wants (FoveaRecorder *recorder, FoveaPointKind kind, guint layer);

/**
 * fovea_recorder_destination:
 * @recorder: (nullable)
 * @fallback: where to compute if the sink offers no memory
 *
 * Where the forward pass should put rows [first, first+n) of a point: the sink's own memory if it
 * can, so that nothing is copied.
 *
 * Shape: (n, row of the point).   Owner: the sink, or the caller's @fallback.
 * Thread: the one that uses the device.
 */
float *fovea_recorder_destination (FoveaRecorder *recorder,
                                   FoveaPointKind kind,
                                   guint layer,
                                   gint64 first,
                                   gint64 n,
                                   float *fallback);

/**
 * fovea_recorder_history:
 * @recorder: (nullable)
 * @fallback: the session's own cache of the layer
 *
 * Where all rows of a point stand together: keys and values kept in memory are a cache.
 *
 * Shape: (T, row of the point).   Owner: the sink, or the caller's @fallback.
 * Thread: the one that uses the device.
 */
float *
fovea_recorder_history (FoveaRecorder *recorder, FoveaPointKind kind, guint layer, float *fallback);

/**
 * fovea_recorder_fills_memory:
 * @recorder: (nullable)
 *
 * Whether the capture stays in memory and dwarfs @weight_bytes: then pages of weights make room for
 * it after each layer. They come back from the page cache, about 2 ms for each 25 MB and chunk; a
 * sink that reuses memory has all of it from the first chunk on.
 *
 * Thread: the capture's.
 */
gboolean fovea_recorder_fills_memory (FoveaRecorder *recorder, guint64 weight_bytes);

/**
 * fovea_recorder_record:
 * @recorder: (nullable): does nothing
 * @data: device memory, (n, row); may be the destination itself
 *
 * Errors: those of the sink.
 * Thread: the capture's.
 */
gboolean fovea_recorder_record (FoveaRecorder *recorder,
                                FoveaPointKind kind,
                                guint layer,
                                gint64 first,
                                gint64 n,
                                const float *data,
                                GError **error);

/**
 * fovea_recorder_prepare_attend:
 * @recorder: (nullable)
 *
 * Adds to @args the outputs that are wanted of this layer's softmax.
 *
 * Thread: the capture's.   Owner: outputs stay the recorder's.
 */
void fovea_recorder_prepare_attend (FoveaRecorder *recorder, guint layer, FoveaAttendArgs *args);

/**
 * fovea_recorder_record_attend:
 * @recorder: (nullable)
 *
 * Records what the operation gave.
 *
 * Errors: those of the sink.
 * Thread: the capture's.
 */
gboolean fovea_recorder_record_attend (FoveaRecorder *recorder,
                                       guint layer,
                                       const FoveaAttendArgs *args,
                                       GError **error);

/**
 * fovea_recorder_finish:
 *
 * The finished trace.
 *
 * Errors: those of the sink.
 * Thread: the capture's.   Owner: caller, fovea_trace_unref(); the recorder is done.
 */
FoveaTrace *fovea_recorder_finish (FoveaRecorder *recorder, GError **error);
