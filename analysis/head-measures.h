/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* All that one sequence tells about each head: means over its rows. heads.c gathers these over
 * sequences. */
#include "analysis/kept-layers.h"
#include "capture/attention.h"
#include "capture/progress.h"
#include "kernels/threads.h"

typedef enum {
    FOVEA_MEASURE_ENTROPY,            /* nats */
    FOVEA_MEASURE_ENTROPY_NORMALISED, /* rows with at least 8 keys */
    FOVEA_MEASURE_EFFECTIVE_TOKENS,
    FOVEA_MEASURE_MAX_WEIGHT,
    FOVEA_MEASURE_MEAN_DISTANCE, /* tokens */
    FOVEA_MEASURE_FIRST,         /* weight on key 0, rows 1 on */
    FOVEA_MEASURE_FIRST_SHARE,   /* share of rows with more than 0.3 on key 0, rows 1 on */
    FOVEA_MEASURE_LOCAL,         /* mass in the last 16 keys, rows 64 on */
    FOVEA_MEASURE_LONG_RANGE,    /* mean distance over its mean possible value, rows 1 on */
    FOVEA_MEASURE_POSITIONAL,    /* share of rows at the commonest offset of the largest weight */
    FOVEA_MEASURE_PREVIOUS,      /* mean weight at offset -1 */
    FOVEA_MEASURE_CURRENT,       /* at offset 0 */
    FOVEA_MEASURE_DUPLICATE,     /* at offset -P, rows of the second copy */
    FOVEA_MEASURE_INDUCTION,     /* at offset -(P-1), rows of the second copy */
    FOVEA_MEASURE_PREVIOUS_MUL,  /* detectors on any text */
    FOVEA_MEASURE_DUPLICATE_MUL,
    FOVEA_MEASURE_INDUCTION_MUL,
    FOVEA_MEASURE_SINK_COLUMN, /* largest mean weight, rows of the second half, of a column of the
                                  first */
    FOVEA_MEASURE_SINK_KEY,    /* that column; the lower of equals */
    FOVEA_N_MEASURES,
} FoveaMeasure;

/**
 * fovea_head_measures_compute:
 * @out: (out caller-allocates): (L, H, FOVEA_N_MEASURES); NaN where a sequence cannot tell: too
 * short, no ids, not repeated
 * @kept: (nullable): layers that are found there are not computed, and those that are computed are left there
 * @progress: (nullable) (scope call): counts heads; from any of the threads, one at a time
 *
 * Row statistics come from the trace's summaries. Of patterns only diagonals are computed, and for
 * ordinary text the rows in tiles, since the detectors and sink columns look anywhere: O(T^2 H D)
 * flops a layer.
 *
 * Errors: FOVEA_ERROR_SHAPE if the repeat period is more than half the sequence;
 * FOVEA_ERROR_NOT_FOUND if attention is not kept; the backend's; G_IO_ERROR_CANCELLED.
 * Thread: the caller's own @threads; blocks.
 */
gboolean fovea_head_measures_compute (FoveaTrace *trace,
                                      FoveaThreads *threads,
                                      double *out,
                                      const FoveaKeptLayers *kept,
                                      FoveaProgress progress,
                                      gpointer progress_data,
                                      GCancellable *cancellable,
                                      GError **error);

/* Seconds of one thread: what it does while the others wait, and what all of them share. */
typedef struct {
    double alone, shared;
} FoveaWork;

/* What scoring one sequence takes. A text's tiles are as many as its rows and as wide as its keys, so that
 * part grows with the square of the length, the rest with the length. */
typedef struct {
    FoveaWork layers; /* of all layers: reading, and statistics of rows */
    FoveaWork tiles;  /* of all tiles of all heads; 0 for repeats, whose diagonals take no time */
    double
        busy; /* s that pass for each that a thread runs; 1 where nobody else wants the processors */
    guint64 bytes; /* at a time */
} FoveaHeadMeasuresCost;

/**
 * fovea_head_measures_time:
 *
 * Times the pieces that fovea_head_measures_compute() would put together: of each kind of layer one is begun,
 * and every thread reads one head's statistics and some tiles in the middle of the text, which are as large
 * as the mean tile. Takes some hundredths of a second. Processor time counts, whatever else runs.
 *
 * Errors: as fovea_head_measures_compute().   Thread: the caller's own @threads; blocks.
 */
gboolean fovea_head_measures_time (FoveaTrace *trace,
                                   FoveaThreads *threads,
                                   FoveaHeadMeasuresCost *out,
                                   GCancellable *cancellable,
                                   GError **error);
