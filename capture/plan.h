/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a capture keeps, resolved from globs before anything runs: arrays, rows and bytes. A request
 * is comma-separated globs over names, classic or bridge, with layer sets and slices:
 *   blocks.{0,3-5}.attn.hook_z      layers 0, 3, 4, 5
 *   blocks.*.hook_resid_post@-64:   the last 64 positions
 *   blocks.5.attn.hook_z[7]         head 7 (also [0-3])
 * "attention" stands for factored attention with its summaries (the default), "all" for every
 * point but the optional ones (point.h), which a request has to spell out: *.attn.hook_result. A point that follows exactly from others that are kept in f32 takes no space of its own.
 */
#include "capture/architecture.h"
#include "capture/array.h"
#include "kernels/error.h"

typedef struct _FoveaPlan FoveaPlan;

typedef struct {
    const char *points; /* globs; NULL = "attention" */
    FoveaDtype keep;    /* F32, BF16 or F16; what attention maps follow from stays F32 */
    gboolean dense; /* also keep hook_attn_scores and hook_pattern dense where they are requested */
    /* What queries and keys are rounded to before attention (fovea_device_attend_dtype()): kept in
     * that type they are exact, and turned ones do not follow from those before the turn. */
    FoveaDtype attend;
} FoveaPlanOptions;

/**
 * fovea_plan_new:
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a glob that matches nothing, with the nearest names;
 * FOVEA_ERROR_RANGE for slices. Thread: any.   Owner: caller frees with fovea_plan_free(); autoptr.
 */
FoveaPlan *fovea_plan_new (const FoveaArchitecture *architecture,
                           const FoveaPlanOptions *options,
                           GError **error);

/**
 * fovea_plan_count_points:
 * @points: globs
 *
 * How many points of a model they name, each counted once; 0 where fovea_plan_new() has an error.
 *
 * Thread: any.
 */
guint fovea_plan_count_points (const FoveaArchitecture *architecture, const char *points);

/**
 * fovea_plan_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @plan.
 */
void fovea_plan_free (FoveaPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPlan, fovea_plan_free)

/**
 * fovea_plan_list_arrays:
 * @n_tokens: T
 *
 * The arrays that a sequence of @n_tokens leaves, with types and shapes.
 *
 * Thread: any.   Owner: caller; of #FoveaArray.
 */
GPtrArray *fovea_plan_list_arrays (FoveaPlan *plan, gint64 n_tokens);

/**
 * fovea_plan_get_bytes:
 *
 * Bytes kept for a sequence of @n_tokens.
 *
 * Thread: any.
 */
guint64 fovea_plan_get_bytes (FoveaPlan *plan, gint64 n_tokens);
