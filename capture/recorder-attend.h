/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to recorder*.c: the recorder's memory, its half that deals with softmax layers, and the
 * delivery of values to the sink. */
#include "capture/pyramid.h"
#include "capture/point-table.h"
#include "capture/sink.h"
#include "capture/staging.h"

typedef struct _FoveaRecorder FoveaRecorder; /* recorder.h */

enum {
    FOVEA_N_STATISTIC_POINTS = FOVEA_POINT_ROW_LOCAL - FOVEA_POINT_LSE + 1
};

struct _FoveaRecorder {
    FoveaArchitecture *architecture;
    FoveaSink *sink;
    FoveaDevice *device;
    const FoveaOps *ops;
    gboolean host; /* device memory is host memory */
    gint64 n_tokens, max_rows, n_blocks;
    gint64 n_source;   /* tokens of the source, of an encoder-decoder; else 0 */
    GPtrArray *items;  /* of FoveaPlanItem, side by side with */
    GPtrArray *arrays; /* of FoveaArray */
    gint *whole;       /* [layer * N_POINTS + kind] array of the whole point, or -1 */
    gint *pyramid[2];  /* [layer * n_levels + level] mean and max, or -1 */
    guint n_levels;
    gint64 row_floats[FOVEA_N_POINTS]; /* elements of a token's row */
    gint64 heads[FOVEA_N_POINTS];      /* of points with heads behind tokens, else 0 */
    guint64 kept_bytes;
    gboolean finished;

    float *statistics;   /* device (7, max_rows, H) */
    double *column_mass; /* device (L, H, T) */
    float *blocks;       /* device: mass, then max, (H, block rows of a chunk, n_blocks) each */
    float *maps[2];      /* device (H, max_rows, T): scores and pattern */
    float *per_head;     /* device (fovea_recorder_heads_rows(), H, C) */
    float *one_head;     /* device, fovea_recorder_heads_bytes() */
    float *carry[2];     /* device (L, H, n_blocks): row of blocks that a chunk's end cut */
    FoveaStaging *ring;  /* borrowed; NULL where device memory is host memory */
    float *staging;      /* host: rows on their way to the sink; the delivering thread's */
    FoveaThreads *team;  /* of the delivering thread; NULL where device memory is host memory */
    FoveaPyramid **pyramids;
    FoveaScoreRule *rules;
    float *nothing; /* device: a row of zeros, as long as any; NULL where every row comes */
};

/* Bytes of each part, from one place for both allocation and prediction. */
typedef struct {
    gsize statistics, column_mass, blocks, maps, per_head, one_head, staging, carry, pyramids;
    gsize longest; /* of the stretches that leave a device at once */
} FoveaRecorderSizes;

enum {
    FOVEA_STAGED_BYTES = 8 << 20, /* rows leave in stretches of about this much */
    /* A device delivers faster than one thread copies: 25 GB/s and more against 8. Four do it on a
     * quiet machine; on one whose processors others use, eight take 67 ms for a gigabyte where four
     * take 81. */
    FOVEA_MOST_DELIVERY_THREADS = 8
};

/**
 * fovea_recorder_piece:
 * @row_bytes: on the device or on the host, whichever is more
 *
 * How many of @n rows leave at once: all where nothing has to leave.
 *
 * Units: rows.   Thread: any.
 */
gint64 fovea_recorder_piece (const FoveaRecorder *recorder, gint64 n, gsize row_bytes);

/**
 * fovea_recorder_hand_over:
 * @values: device memory: @n_elements of four bytes
 *
 * Delivers now, or enqueues conversion, copy and delivery.
 *
 * Errors: those of the sink and of the device.   Thread: the one that uses the device.
 */
gboolean fovea_recorder_hand_over (FoveaRecorder *recorder,
                                   const FoveaStaged *staged,
                                   const void *values,
                                   gint64 n_elements,
                                   GError **error);

/**
 * fovea_recorder_deliver:
 * @recorder: #FoveaRecorder
 * @values: host memory
 *
 * Writes to the sink what a hand-over brought.
 *
 * Errors: those of the sink.   Thread: one at a time.
 */
gboolean fovea_recorder_deliver (gpointer recorder,
                                 const FoveaStaged *staged,
                                 gconstpointer values,
                                 GError **error);

/**
 * fovea_recorder_array_of:
 *
 * Array that holds a whole point, or -1.
 *
 * Thread: the capture's.
 */
gint fovea_recorder_array_of (const FoveaRecorder *recorder, FoveaPointKind kind, guint layer);
