/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: rows that no layer computes. In an encoder-decoder the encoder's layers have
 * no rows of the target and the decoder's none of the source; sinks want all rows of a point. */
#include <glib.h>

typedef struct _FoveaRecorder FoveaRecorder; /* recorder.h */

/**
 * fovea_recorder_void_bytes:
 *
 * A row of zeros for any kept point.   Units: bytes.
 *
 * Thread: any.
 */
gsize fovea_recorder_void_bytes (const FoveaRecorder *recorder);

/**
 * fovea_recorder_split:
 * @recorder: (nullable): does nothing
 *
 * Records what is void of a sequence of two texts: zeros, and what the softmax of a row without
 * allowed keys gives. Called once, when the rows of the source are recorded and none of the target.
 *
 * Errors: those of the sink.   Thread: the capture's.
 */
gboolean fovea_recorder_split (FoveaRecorder *recorder, GError **error);
