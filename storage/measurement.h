/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a long measurement has done so far, a layer of a sequence at a time, so that one that is stopped goes on
 * there. It is of use to the same measurement only and goes with its end; nobody else reads it. */
#include "storage/store.h"

typedef struct _FoveaMeasurement FoveaMeasurement;

/**
 * fovea_measurement_new:
 * @kind: "heads", "recall"
 * @options: JSON: all that the numbers of a layer depend on
 *
 * Of a store that is open for reading only nothing is found and nothing kept: a measurement is none the worse
 * for that, nor for a disk that is full.
 *
 * Thread: the store's.   Owner: caller frees with fovea_measurement_free(), before the store; autoptr.
 */
FoveaMeasurement *fovea_measurement_new (FoveaStore *store, const char *kind, const char *options);

/**
 * fovea_measurement_free:
 *
 * What was kept stays. NULL is fine.
 *
 * Thread: the store's.   Owner: takes @measurement.
 */
void fovea_measurement_free (FoveaMeasurement *measurement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMeasurement, fovea_measurement_free)

/**
 * fovea_measurement_find:
 *
 * What was kept of a layer; NULL if nothing was, or it is damaged.
 *
 * Thread: the store's.   Owner: caller, g_bytes_unref().
 */
GBytes *fovea_measurement_find (FoveaMeasurement *measurement, gint64 sequence_id, gint64 layer);

/**
 * fovea_measurement_keep:
 *
 * Committed once two seconds of work wait for it: what takes less leaves nothing behind.
 *
 * Thread: the store's.
 */
void fovea_measurement_keep (FoveaMeasurement *measurement,
                             gint64 sequence_id,
                             gint64 layer,
                             GBytes *bytes);

/**
 * fovea_measurement_complete:
 *
 * All layers are there, and what is made of them waits to be kept.   Thread: the store's.
 */
void fovea_measurement_complete (FoveaMeasurement *measurement);

/**
 * fovea_measurement_count:
 * @run_id: 0 = all
 * @sequence_id: 0 = all of the run
 *
 * Layers that are kept.   Thread: the store's.
 */
gint64 fovea_measurement_count (FoveaMeasurement *measurement, gint64 run_id, gint64 sequence_id);

/**
 * fovea_store_has_measurements:
 *
 * Whether any of a kind was stopped; FALSE for a store that is open for reading only.   Thread: the store's.
 */
gboolean fovea_store_has_measurements (FoveaStore *store, const char *kind);

/**
 * fovea_store_forget_complete:
 * @kind: of measurements
 *
 * What complete ones kept, once its result is in the store.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 */
gboolean fovea_store_forget_complete (FoveaStore *store, const char *kind, GError **error);
