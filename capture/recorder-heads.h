/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: optional points with a row of the stream for every head. */
#include "capture/architecture.h"

typedef struct _FoveaRecorder FoveaRecorder; /* recorder.h */

/**
 * fovea_recorder_heads_rows:
 * @max_rows: most rows recorded at once
 * @host: whether device memory is host memory
 *
 * Rows of such a point that are made at once; their buffer has as many.
 *
 * Units: rows.   Thread: any.
 */
gint64
fovea_recorder_heads_rows (const FoveaArchitecture *architecture, gint64 max_rows, gboolean host);

/**
 * fovea_recorder_heads_bytes:
 * @rows: as fovea_recorder_heads_rows() gives
 *
 * Room for one head's part of hook_z, padded with zeros to whole blocks of a quantised weight.
 *
 * Units: bytes.   Thread: any.
 */
gsize fovea_recorder_heads_bytes (const FoveaArchitecture *architecture, gint64 rows);

/**
 * fovea_recorder_record_inputs:
 * @recorder: (nullable): does nothing
 * @resid: device memory, (n, C): the stream at the layer's entry
 *
 * Records hook_attn_in, hook_q_input, hook_k_input and hook_v_input: the stream once a head.
 *
 * Errors: those of the sink.   Thread: the capture's.
 */
gboolean fovea_recorder_record_inputs (FoveaRecorder *recorder,
                                       guint layer,
                                       gint64 first,
                                       gint64 n,
                                       const float *resid,
                                       GError **error);

/**
 * fovea_recorder_record_result:
 * @recorder: (nullable): does nothing
 * @first: position of the product's first row
 * @product: what makes hook_attn_out of hook_z; not run here
 *
 * Records hook_result: each head's own part of the product, without the bias.
 *
 * Errors: those of the sink.   Thread: the capture's.
 */
gboolean fovea_recorder_record_result (FoveaRecorder *recorder,
                                       guint layer,
                                       gint64 first,
                                       const FoveaLinearArgs *product,
                                       GError **error);
