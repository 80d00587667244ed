/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to the forward pass: a chunk under way, and the steps that forward.c (from ids to the
 * first layer, from the last to logits) and forward-layer.c (one layer) share. */
#include "capture/model.h"
#include "capture/point-table.h"

typedef struct _FoveaRecorder FoveaRecorder;             /* recorder.h */
typedef struct _FoveaSession FoveaSession;               /* session.h */
typedef struct _FoveaSessionWeights FoveaSessionWeights; /* session-private.h */

/* A chunk under way; small enough to hand down by pointer. */
typedef struct {
    FoveaSession *session;
    FoveaRecorder *recorder;
    gint64 first, rows; /* positions of the chunk */
    guint layer;
    float *resid;     /* (rows, C): the stream where it stands now */
    gboolean release; /* pages of weights make room for what is kept */
} FoveaPass;

/* Which norm: its weights, and the points that show it. */
typedef struct {
    const FoveaSessionWeights *weights;
    FoveaWeightRole gain, bias;
    FoveaPointKind scale_point, normalized_point;
} FoveaNormSite;

/**
 * fovea_forward_home:
 * @scratch: (rows, row of the point)
 *
 * Where rows of a point are computed: where they are kept, else @scratch.
 *
 * Thread: the session's.   Owner: the recorder's sink, or the caller's @scratch.
 */
float *fovea_forward_home (const FoveaPass *pass, FoveaPointKind kind, float *scratch);

/**
 * fovea_forward_record:
 * @data: (rows, row of the point)
 *
 * Hands rows of a point to the recorder; does nothing without one.
 *
 * Errors: those of the recorder.
 * Thread: the session's.
 */
gboolean fovea_forward_record (const FoveaPass *pass,
                               FoveaPointKind kind,
                               const float *data,
                               GError **error);

/**
 * fovea_forward_edit:
 * @values: (rows, width) on the device
 *
 * Lets the session's edit hook have the rows, if they are of its site.
 *
 * Errors: the hook's; FOVEA_ERROR_DEVICE.
 * Thread: the session's.
 */
gboolean fovea_forward_edit (
    const FoveaPass *pass, FoveaPointKind kind, gint64 width, float *values, GError **error);

/**
 * fovea_forward_linear_args:
 *
 * Arguments for outputs [from, from + n) of a linear operation; @y is where output 0 of the first
 * row stands. @bias is FOVEA_N_WEIGHT_ROLES where there is none in any family.
 *
 * Thread: the session's.
 */
FoveaLinearArgs fovea_forward_linear_args (const FoveaPass *pass,
                                           const FoveaSessionWeights *weights,
                                           FoveaWeightRole role,
                                           FoveaWeightRole bias,
                                           const float *x,
                                           gint64 from,
                                           gint64 n,
                                           float *y);

/**
 * fovea_forward_linear:
 * @x: (rows, n_in)
 * @y: (out): (rows, n_out)
 *
 * All outputs.
 *
 * Thread: the session's.
 */
void fovea_forward_linear (const FoveaPass *pass,
                           const FoveaSessionWeights *weights,
                           FoveaWeightRole role,
                           FoveaWeightRole bias,
                           const float *x,
                           float *y);

/**
 * fovea_forward_norm:
 * @x: (rows, C)
 * @out: (out): (rows, C)
 *
 * Norm of rows of the stream's width. The scale and the normalized rows are computed only where
 * they are kept; what the sink wants to be handed of them passes through scratch that is free at
 * every norm.
 *
 * Errors: those of the recorder.
 * Thread: the session's.
 */
gboolean fovea_forward_norm (
    const FoveaPass *pass, const FoveaNormSite *site, const float *x, float *out, GError **error);

/**
 * fovea_forward_add:
 * @branch: (rows, C)
 * @to: (rows, C)
 *
 * Adds @branch to the stream, which stands at @to from then on.
 *
 * Thread: the session's.
 */
void fovea_forward_add (FoveaPass *pass, const float *branch, float *to);

/**
 * fovea_forward_experts:
 * @x: (rows, C): what the router and the experts read
 * @out: (rows, C): what they add together
 *
 * Errors: those of the recorder.
 * Thread: the session's.
 */
gboolean fovea_forward_experts (const FoveaPass *pass, const float *x, float *out, GError **error);

/**
 * fovea_forward_source:
 * @states: (rows, C): the source as the layer reads it
 *
 * Keys and values of a layer that attends to the source.
 *
 * Errors: those of the recorder.
 * Thread: the session's.
 */
gboolean fovea_forward_source (const FoveaPass *pass, const float *states, GError **error);

/**
 * fovea_forward_layer:
 *
 * One layer of the chunk.
 *
 * Errors: those of the recorder.
 * Thread: the session's.
 */
gboolean fovea_forward_layer (FoveaPass *pass, GError **error);
