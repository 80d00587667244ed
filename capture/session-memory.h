/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: sizes of a session, shared by prediction and allocation. */
#include "capture/session.h"

/**
 * fovea_session_logit_rows:
 *
 * Rows whose logits are computed at once.
 *
 * Units: rows.   Thread: any.
 */
gint64
fovea_session_logit_rows (const FoveaArchitecture *architecture, gint64 chunk, gboolean host);

/**
 * fovea_session_weight_dtype:
 *
 * What a weight becomes on a device with its own memory: quantised blocks are unpacked to the
 * precision's type, all else stays as it is stored.
 *
 * Thread: any.
 */
FoveaDtype fovea_session_weight_dtype (FoveaDtype stored, FoveaPrecision precision);

/**
 * fovea_session_cache_bytes:
 *
 * Keys, values and rotary tables.
 *
 * Units: bytes.   Thread: any.
 */
guint64 fovea_session_cache_bytes (const FoveaArchitecture *architecture, gint64 n_tokens);

/**
 * fovea_session_reserve_scratch:
 *
 * Lets operations take what they keep for themselves now, where the device can: then what is free is
 * free for captures, and no layer takes memory.
 *
 * Errors: the device's, at its next sync.   Thread: the session's.
 */
void fovea_session_reserve_scratch (FoveaSession *session);

/**
 * fovea_session_allowed_memory:
 *
 * The option, or what the device has free.
 *
 * Units: bytes.   Thread: any.
 */
guint64 fovea_session_allowed_memory (FoveaDevice *device, const FoveaSessionOptions *options);

/**
 * fovea_session_turns_by:
 *
 * Whether any layer turns by these angles.   Thread: any.
 */
gboolean fovea_session_turns_by (const FoveaArchitecture *architecture, FoveaRotaryAngles angles);

/**
 * fovea_session_check_memory:
 * @chunk: (out): rows at a time, the most with which everything fits that
 * fovea_session_predict_memory() counts
 *
 * Errors: FOVEA_ERROR_MEMORY with both sizes and what would fit.
 * Thread: any.
 */
gboolean fovea_session_check_memory (FoveaModel *model,
                                     FoveaDevice *device,
                                     const FoveaSessionOptions *options,
                                     gint64 *chunk,
                                     GError **error);

/**
 * fovea_session_most_ring:
 *
 * What the ring of captures may have on a device and again on the host.
 *
 * Units: bytes.   Thread: any.
 */
guint64 fovea_session_most_ring (FoveaDevice *device, const FoveaSessionOptions *options);

/**
 * fovea_session_check_capture_memory:
 * @most_ring: as for fovea_recorder_predict()
 * @needed: bytes that a capture of @n_tokens still takes on the device
 *
 * Errors: FOVEA_ERROR_MEMORY with both sizes and the tokens that would fit.
 * Thread: any.
 */
gboolean fovea_session_check_capture_memory (FoveaDevice *device,
                                             FoveaPlan *plan,
                                             gint64 n_tokens,
                                             gint64 chunk,
                                             guint64 most_ring,
                                             guint64 needed,
                                             GError **error);
