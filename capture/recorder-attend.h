/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to recorder*.c: the recorder's memory, and its half that deals with softmax layers. */
#include "capture/pyramid.h"
#include "capture/point-table.h"
#include "capture/sink.h"
#include "kernels/device.h"

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
    float *blocks[2];    /* device (H, block rows of a chunk, n_blocks): mass and max */
    float *maps[2];      /* device (H, max_rows, T): scores and pattern */
    float *staging;      /* host: rows on their way to the sink */
    gsize staging_floats;
    float *host_blocks[2]; /* host copies of blocks */
    float *carry[2];       /* host (L, H, n_blocks): row of blocks that a chunk's end cut */
    FoveaPyramid **pyramids;
    FoveaScoreRule *rules;
};

/* Bytes of each part, from one place for both allocation and prediction. */
typedef struct {
    gsize statistics, column_mass, blocks, maps, staging, carry, pyramids;
} FoveaRecorderSizes;

/**
 * fovea_recorder_attend_finish:
 *
 * Writes column masses: known only when all queries are through.
 *
 * Errors: those of the sink.   Thread: the capture's.
 */
gboolean fovea_recorder_attend_finish (FoveaRecorder *recorder, GError **error);

/**
 * fovea_recorder_array_of:
 *
 * Array that holds a whole point, or -1.
 *
 * Thread: the capture's.
 */
gint fovea_recorder_array_of (const FoveaRecorder *recorder, FoveaPointKind kind, guint layer);
