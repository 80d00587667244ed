/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Arrays in and out: safetensors, npz, npy and csv with point names as tensor names. */
#include "capture/trace.h"

typedef struct {
    gint64 row0, row1; /* tokens (queries of a map); row1 = -1: to the end */
    gint64 key0, key1; /* keys of a map; key1 = -1: to the end */
    gint64 head;       /* -1 = all */
    guint64 max_bytes; /* 0 = 1 GiB */
} FoveaExportOptions;

/**
 * fovea_exchange_export:
 * @globs: point globs, see plan.h
 * @path: *.safetensors, *.npz, *.npy (one point) or *.csv (one point)
 *
 * Writes every point of @trace that matches, derived ones included, as f32; input_ids goes along in
 * safetensors and npz. A safetensors file says which part it holds and can be imported again. Streams in rows, so memory stays small; the file appears complete or not at
 * all.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND with nearest names; FOVEA_ERROR_RANGE; FOVEA_ERROR_MEMORY over
 * max_bytes, with the size. Thread: any; blocks.
 */
gboolean fovea_exchange_export (FoveaTrace *trace,
                                const char *globs,
                                const char *path,
                                const FoveaExportOptions *options,
                                GCancellable *cancellable,
                                GError **error);

/**
 * fovea_exchange_import:
 * @path: *.safetensors or *.npz
 *
 * A trace made elsewhere: arrays named as points (classic or bridge; a leading batch axis of 1 is
 * dropped; or just q, k, v), optional input_ids and token_texts (metadata, JSON list). The
 * description is inferred from names and shapes, unless the file is an export of Fovea's; then
 * rows, keys and heads that it lacks show in the names of its arrays. Attention is taken to be causal, with scale 1 / sqrt (D).
 *
 * Errors: FOVEA_ERROR_FORMAT, FOVEA_ERROR_SHAPE naming the array, FOVEA_ERROR_NUMERIC for NaN,
 * FOVEA_ERROR_UNSUPPORTED for a pattern that looks ahead.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaTrace *fovea_exchange_import (const char *path, GError **error);

/**
 * fovea_exchange_import_both_ways:
 *
 * As fovea_exchange_import(), for attention in which every token sees the later ones, too, as in an
 * encoder: a pattern may look ahead.
 *
 * Errors: and FOVEA_ERROR_UNSUPPORTED for an export of Fovea's, which says itself which way it looks.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaTrace *fovea_exchange_import_both_ways (const char *path, GError **error);

/**
 * fovea_exchange_import_bytes:
 * @name: as a path would end: *.safetensors or *.npz
 *
 * As fovea_exchange_import() for a file in memory; the trace keeps a reference on @bytes.
 *
 * Thread: any; blocks.   Owner: caller.
 */
FoveaTrace *fovea_exchange_import_bytes (GBytes *bytes, const char *name, GError **error);
