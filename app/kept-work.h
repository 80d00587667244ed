/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a long measurement of a store's sequences has done, kept in that store: joins storage/measurement.h to
 * analysis/kept-layers.h. */
#include "analysis/kept-layers.h"
#include "storage/measurement.h"

typedef struct {
    FoveaMeasurement *measurement; /* borrowed */
    gint64 sequence;
    FoveaKeptLayers layers; /* of the sequence */
} FoveaKeptWork;

/**
 * fovea_kept_work_begin:
 * @work: (out caller-allocates): for one sequence at a time; must not move while it is used
 * @measurement: (nullable): NULL = nothing is kept
 *
 * What a measurement is given of the sequence, NULL if nothing is kept.   Thread: the store's.   Owner: @work.
 */
const FoveaKeptLayers *
fovea_kept_work_begin (FoveaKeptWork *work, FoveaMeasurement *measurement, gint64 sequence);

/**
 * fovea_kept_work_count_layers:
 *
 * Of the model that a sequence's run is of, 0 if that is not known.   Thread: the store's.
 */
gint64 fovea_kept_work_count_layers (FoveaStore *store, const FoveaSequenceInfo *sequence);

/* Numbers of first tokens that are offered: all, and powers of two. */
enum {
    FOVEA_KEPT_LENGTHS = 16
};

/**
 * fovea_kept_work_get_tokens:
 * @i: below FOVEA_KEPT_LENGTHS
 *
 * 0 = all, then 1,024, 2,048 and so on.   Thread: any.
 */
gint64 fovea_kept_work_get_tokens (guint i);

/**
 * fovea_kept_work_find_tokens:
 *
 * Which of them it is; 0 for others, too.   Thread: any.
 */
guint fovea_kept_work_find_tokens (gint64 first_tokens);

/**
 * fovea_kept_work_percent:
 * @share: 0 .. 1
 *
 * In whole percent, never 0 or 100 of what is neither.   Thread: any.
 */
int fovea_kept_work_percent (double share);
