/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the Sparsity view shows, once for all its parts: curves, the methods chosen, whose curves, the
 * point that is selected, and that point's mask over the selected head. Curves come from a table
 * "recall"; the mask is made off the main loop and renewed when point or head change. */
#include "analysis/curve-set.h"
#include "analysis/sparse-curves.h"
#include "ui/head-set.h"
#include "ui/kept.h"
#include "ui/selection.h"
#include "ui/token-paint.h"

typedef struct _FoveaMaskOverlay FoveaMaskOverlay;     /* ui/mask-overlay.h */
typedef struct _FoveaSparseNumbers FoveaSparseNumbers; /* ui/sparse-numbers.h */

#define FOVEA_TYPE_SPARSE_MODEL (fovea_sparse_model_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSparseModel, fovea_sparse_model, FOVEA, SPARSE_MODEL, GObject)

enum {
    FOVEA_MAX_CHOSEN = 8, /* classes that can be told apart */
};

typedef enum {
    FOVEA_SCOPE_HEAD,
    FOVEA_SCOPE_LAYER,
    FOVEA_SCOPE_MODEL,
    FOVEA_SCOPE_CHOSEN, /* the mean of the heads that are chosen together */
} FoveaScope;

/* What runs from sparse to dense. */
typedef enum {
    FOVEA_ACROSS_LOG,
    FOVEA_ACROSS_LINEAR,
    FOVEA_ACROSS_KNOB, /* each method's own swept knob, step by step */
} FoveaAcross;

/* What is better upwards: on the axis of errors zero is at the top. */
typedef enum {
    FOVEA_UP_RECALL,
    FOVEA_UP_ERROR,
    FOVEA_UP_LEAST,
} FoveaUp;

/**
 * fovea_sparse_model_new:
 *
 * Properties: scope, across, up (int), goal (double). Signals: "changed" (curves, methods or
 * axes), "point-changed", "point-hovered", "mask-changed", "failed" (message). Masks are made only while
 * somebody uses them.
 *
 * Thread: main.   Owner: caller.
 */
FoveaSparseModel *fovea_sparse_model_new (FoveaSelection *selection);

/**
 * fovea_sparse_model_use:
 * @use: FALSE lets go again
 *
 * Masks are made while at least one view uses them.   Thread: main.
 */
void fovea_sparse_model_use (FoveaSparseModel *self, gboolean use);

/**
 * fovea_sparse_model_set_table:
 * @recall: (nullable): of the open sequence's run
 *
 * Keeps the methods chosen as far as they have curves.   Thread: main.
 */
void fovea_sparse_model_set_table (FoveaSparseModel *self, FoveaTable *recall);

/**
 * fovea_sparse_model_get_table:
 *
 * NULL if there is none.   Thread: main.   Owner: the model.
 */
FoveaTable *fovea_sparse_model_get_table (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_first_tokens:
 *
 * Of each longer text, which the curves are of; 0 = all tokens, or no curves.   Thread: main.
 */
gint64 fovea_sparse_model_get_first_tokens (FoveaSparseModel *self);

/**
 * fovea_sparse_model_count_tokens:
 *
 * Of the open text, that curves and masks are over; 0 if none is open.   Thread: main.
 */
gint64 fovea_sparse_model_count_tokens (FoveaSparseModel *self);

/**
 * fovea_sparse_model_is_chosen:
 * @method: index into fovea_sparse_method_list()
 *
 * Thread: main.
 */
gboolean fovea_sparse_model_is_chosen (FoveaSparseModel *self, guint method);

/**
 * fovea_sparse_model_choose:
 *
 * FALSE if FOVEA_MAX_CHOSEN are chosen already.   Thread: main.
 */
gboolean fovea_sparse_model_choose (FoveaSparseModel *self, guint method, gboolean chosen);

/**
 * fovea_sparse_model_list_chosen:
 * @methods: (out caller-allocates): (FOVEA_MAX_CHOSEN) indices
 *
 * Gives how many.   Thread: main.
 */
guint fovea_sparse_model_list_chosen (FoveaSparseModel *self, guint *methods);

/**
 * fovea_sparse_model_get_knob:
 * @knob: index; the first is swept and cannot be set
 *
 * What the next measurement takes: the user's value, or the default at this length.   Thread: main.
 */
double fovea_sparse_model_get_knob (FoveaSparseModel *self, guint method, guint knob);

/**
 * fovea_sparse_model_set_knob:
 *
 * Cut to the knob's range; a whole one is rounded.   Thread: main.
 */
void fovea_sparse_model_set_knob (FoveaSparseModel *self, guint method, guint knob, double value);

/**
 * fovea_sparse_model_list_settings:
 *
 * Of #FoveaSparseSetting: knobs of chosen methods that the user set.   Thread: main.   Owner: caller.
 */
GArray *fovea_sparse_model_list_settings (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_curve:
 *
 * A method's curve of what is shown, or NULL.   Thread: main.   Owner: the model.
 */
const FoveaCurve *fovea_sparse_model_get_curve (FoveaSparseModel *self, guint method);

/**
 * fovea_sparse_model_get_sparsest:
 *
 * The lowest density of any chosen method's curve, whichever head or layer it is of; 1 without curves.
 *
 * Thread: main.   Cost: curves.
 */
double fovea_sparse_model_get_sparsest (FoveaSparseModel *self);

/**
 * fovea_sparse_model_find_curve:
 * @layer, @head: -1 = all
 *
 * Thread: main.   Owner: the model.
 */
const FoveaCurve *
fovea_sparse_model_find_curve (FoveaSparseModel *self, gint64 layer, gint64 head, guint method);

/**
 * fovea_sparse_model_count_measured:
 * @first: (out): of them in the order of layers, unless there is none
 *
 * Heads that have a curve by one of the chosen methods.   Thread: main.
 */
guint fovea_sparse_model_count_measured (FoveaSparseModel *self, FoveaHeadPlace *first);

/**
 * fovea_sparse_model_get_number:
 * @column: of the table
 *
 * A number behind a point, NaN = none.   Thread: main.
 */
double fovea_sparse_model_get_number (FoveaSparseModel *self,
                                      const FoveaCurvePoint *point,
                                      const char *column);

/**
 * fovea_sparse_model_get_across:
 *
 * Thread: main.
 */
FoveaAcross fovea_sparse_model_get_across (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_up:
 *
 * What a point has on the upward axis.   Thread: main.
 */
double fovea_sparse_model_get_up (FoveaSparseModel *self, const FoveaCurvePoint *point);

/**
 * fovea_sparse_model_get_reason:
 *
 * Why a method has no curve of what is shown, NULL if it has one or nothing is known.
 *
 * Thread: main.   Owner: the model.
 */
const char *fovea_sparse_model_get_reason (FoveaSparseModel *self, guint method);

/**
 * fovea_sparse_model_describe:
 *
 * "head 5.10", "layer 5", "the model" or "3 chosen heads"; of the beginnings of texts "head 5.10, first 4,096
 * tokens".   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sparse_model_describe (FoveaSparseModel *self);

/**
 * fovea_sparse_model_select:
 * @method: one without such a point clears the selection
 *
 * Thread: main.
 */
void fovea_sparse_model_select (FoveaSparseModel *self, guint method, guint index);

/**
 * fovea_sparse_model_step_method:
 * @by: +1 or -1
 *
 * To the next chosen method's point of about the same density.   Thread: main.
 */
void fovea_sparse_model_step_method (FoveaSparseModel *self, int by);

/**
 * fovea_sparse_model_select_near:
 *
 * To a method's point of about the density of the selected one.   Thread: main.
 */
void fovea_sparse_model_select_near (FoveaSparseModel *self, guint method);

/**
 * fovea_sparse_model_get_point:
 * @method, @index: (out) (optional):
 *
 * The selected point, or NULL.   Thread: main.   Owner: the model.
 */
const FoveaCurvePoint *
fovea_sparse_model_get_point (FoveaSparseModel *self, guint *method, guint *index);

/**
 * fovea_sparse_model_hover:
 * @method: G_MAXUINT = no point
 *
 * A point of what is shown lies under the pointer, in the plot or in its table.   Thread: main.
 */
void fovea_sparse_model_hover (FoveaSparseModel *self, guint method, guint index);

/**
 * fovea_sparse_model_get_hovered:
 * @method, @index: (out): undefined where there is none
 *
 * The hovered point, or NULL.   Thread: main.   Owner: the model.
 */
const FoveaCurvePoint *
fovea_sparse_model_get_hovered (FoveaSparseModel *self, guint *method, guint *index);

/**
 * fovea_sparse_model_describe_point:
 *
 * "StreamingLLM, window 24: density 31.8 percent, recall 0.541", with the interval and the output's error where
 * they are known.   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_sparse_model_describe_point (FoveaSparseModel *self,
                                         guint method,
                                         const FoveaCurvePoint *point);

/**
 * fovea_sparse_model_write_knob:
 * @method: index into fovea_sparse_method_list()
 *
 * "window 24", "window 23.6 (mean)" if no mask has it.   Thread: any.   Owner: caller, g_free().
 */
char *fovea_sparse_model_write_knob (guint method, double value);

/**
 * fovea_sparse_model_describe_knob:
 *
 * As fovea_sparse_model_write_knob(), of the selected point; NULL without one.
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_sparse_model_describe_knob (FoveaSparseModel *self);

/**
 * fovea_sparse_model_describe_mask_knob:
 *
 * "window 24" of the mask that the point asks for on the selected head; NULL without a point.
 *
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_sparse_model_describe_mask_knob (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_name:
 *
 * "StreamingLLM, window 24" of the selected point, or NULL.   Thread: main.   Owner: caller.
 */
char *fovea_sparse_model_get_name (FoveaSparseModel *self);

/**
 * fovea_sparse_model_name_mask:
 *
 * As fovea_sparse_model_get_name(), with the mask's own knob; of the beginnings of texts "StreamingLLM, window 24, first 4,096 tokens".
 * Thread: main.   Owner: caller.
 */
char *fovea_sparse_model_name_mask (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_overlay:
 *
 * The mask of the point over the selected head; NULL while it is made.   Owner: the model.
 *
 * Thread: main.
 */
FoveaMaskOverlay *fovea_sparse_model_get_overlay (FoveaSparseModel *self);

/**
 * fovea_sparse_model_lacks_mask:
 *
 * Whether the selected point's mask is still to come, for whoever uses it.   Thread: main.
 */
gboolean fovea_sparse_model_lacks_mask (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_failure:
 *
 * Why not; NULL where it has not failed.   Thread: main.   Owner: the model.
 */
const char *fovea_sparse_model_get_failure (FoveaSparseModel *self);

/**
 * fovea_sparse_model_has_failed:
 *
 * Whether mask or numbers of the selected point will not come.   Thread: main.
 */
gboolean fovea_sparse_model_has_failed (FoveaSparseModel *self);

/**
 * fovea_sparse_model_retry:
 *
 * Asks once more for a mask that failed.   Thread: main.
 */
void fovea_sparse_model_retry (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_numbers:
 *
 * Of the overlay, hence of the open sequence; NULL while they are read.   Owner: the model.   Thread: main.
 */
const FoveaSparseNumbers *fovea_sparse_model_get_numbers (FoveaSparseModel *self);

/**
 * fovea_sparse_model_get_paint:
 *
 * The share of its mass that each query misses, for the strip.   Owner: the model.   Thread: main.
 */
FoveaTokenPaint *fovea_sparse_model_get_paint (FoveaSparseModel *self);

/**
 * fovea_sparse_model_keep:
 *
 * @kept gets methods, their knobs, axes, and which point is selected; one of curves that are not there yet
 * is when they come.   Thread: main.
 */
void fovea_sparse_model_keep (FoveaSparseModel *self, FoveaKept *kept);

/**
 * fovea_sparse_model_take_wanted_tokens:
 *
 * Of how many first tokens the curves were whose point was kept, told once; 0 = all.   Thread: main.
 */
gint64 fovea_sparse_model_take_wanted_tokens (FoveaSparseModel *self);
