/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A sink that keeps nothing: what a capture costs up to where it would be kept. */
#include "capture/sink.h"

/**
 * discard_sink_new:
 *
 * Its traces have no arrays.
 *
 * Thread: any.   Owner: caller frees with fovea_sink_free().
 */
FoveaSink *discard_sink_new (void);
