/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A method's mask over one head's map: what it keeps, misses and wastes, as tiles at any zoom and as
 * a report. Immutable once made and shared by worker threads. */
#include "analysis/mask-judge.h"
#include "analysis/sparse-method.h"
#include "ui/tile.h"

/* Queries read of a pixel that has more: a dot then stands for those. */
#define FOVEA_MASK_SAMPLES 8

typedef struct _FoveaMaskOverlay FoveaMaskOverlay;

/* Which mask: a method at a point of its curve, on a head. */
typedef struct {
    guint layer, head;
    const FoveaSparseMethod *method;
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    gboolean selected;   /* what was chosen, not what a kernel computes */
    double share;        /* of a query's mass that decides what matters */
    gint64 first_tokens; /* of the text, a longer one; 0 = all */
} FoveaMaskQuestion;

/**
 * fovea_mask_overlay_new:
 *
 * Runs the method's selection.
 *
 * Errors: those of fovea_sparse_method_select(); the trace's; G_IO_ERROR_CANCELLED.
 * Thread: any; blocks.   Owner: caller, fovea_mask_overlay_unref(); autoptr.
 */
FoveaMaskOverlay *fovea_mask_overlay_new (FoveaTraceSource *source,
                                          const FoveaMaskQuestion *question,
                                          GCancellable *cancellable,
                                          GError **error);

/**
 * fovea_mask_overlay_ref:
 *
 * Thread: any.
 */
FoveaMaskOverlay *fovea_mask_overlay_ref (FoveaMaskOverlay *self);

/**
 * fovea_mask_overlay_unref:
 *
 * Thread: any.
 */
void fovea_mask_overlay_unref (FoveaMaskOverlay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMaskOverlay, fovea_mask_overlay_unref)

/**
 * fovea_mask_overlay_get_question:
 *
 * Thread: any.   Owner: the overlay.
 */
const FoveaMaskQuestion *fovea_mask_overlay_get_question (FoveaMaskOverlay *self);

/**
 * fovea_mask_overlay_name_error:
 *
 * As fovea_trace_source_name_error(), of what the judge could not read.   Thread: any.
 */
void fovea_mask_overlay_name_error (FoveaMaskOverlay *self, GError **error);

/**
 * fovea_mask_overlay_get_judge:
 *
 * Thread: any.   Owner: the overlay.
 */
FoveaMaskJudge *fovea_mask_overlay_get_judge (FoveaMaskOverlay *self);

/**
 * fovea_mask_overlay_get_n_tokens:
 *
 * Queries and keys that the mask is over.   Thread: any.
 */
gint64 fovea_mask_overlay_get_n_tokens (FoveaMaskOverlay *self);

/**
 * fovea_mask_overlay_is_cut:
 *
 * Whether the text goes on behind what the mask is over.   Thread: any.
 */
gboolean fovea_mask_overlay_is_cut (FoveaMaskOverlay *self);

/**
 * fovea_mask_hatch_get_color:
 *
 * Of the lines where nothing was measured, 0xAARRGGBB; the ground between them is the zero colour. No mask
 * has it.
 *
 * Thread: any.
 */
guint32 fovea_mask_hatch_get_color (FoveaTheme theme);

/**
 * fovea_mask_overlay_read:
 * @spec: layer and head are those of the overlay; block, colour and floor do not count
 * @pixels: (out caller-allocates): (height, width) 0xAARRGGBB; transparent beyond the sequence
 *
 * A dot (fovea_verdict_get_dot()) of the pairs under each pixel; hatched where the mask does not reach in a
 * text that goes on.
 * Exact up to FOVEA_MASK_SAMPLES queries a pixel.
 *
 * Errors: the trace's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 */
gboolean fovea_mask_overlay_read (FoveaMaskOverlay *self,
                                  const FoveaTileSpec *spec,
                                  guint32 *pixels,
                                  GCancellable *cancellable,
                                  GError **error);
