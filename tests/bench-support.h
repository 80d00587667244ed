/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the benchmarks of whole models share. */
#include "capture/model.h"
#include "capture/trace.h"

/**
 * bench_random_sequence:
 *
 * @n ids of the model's vocabulary, the same every time.
 *
 * Owner: caller, fovea_trace_info_free().
 */
FoveaTraceInfo *bench_random_sequence (FoveaModel *model, gint64 n);
