/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files of the Sparsity view's model share: curves (sparse-model.c), methods and their
 * knobs (sparse-model-methods.c), the selected and the hovered point (sparse-model-point.c), the mask of the
 * selected one (sparse-model-mask.c). */
#include "ui/mask-overlay.h"
#include "ui/sparse-model.h"

#define FOVEA_SPARSE_NO_METHOD G_MAXUINT

struct _FoveaSparseModel {
    GObject parent_instance;
    FoveaSelection *selection;
    FoveaTable *table;
    FoveaCurveSet *set;
    FoveaTable *mean_table; /* of the heads chosen together, while they are shown */
    FoveaCurveSet *mean;
    gboolean *chosen; /* (methods) */
    gboolean chosen_by_user;
    double *settings; /* (methods, FOVEA_SPARSE_MAX_KNOBS) by the user, NaN = the default */
    guint n_methods;
    FoveaScope scope;
    FoveaUp up;
    FoveaAcross across;
    guint users; /* views that show the mask */
    double goal;
    guint method, index;             /* of the selected point; NO_METHOD = none */
    guint hover_method, hover_index; /* of the hovered one; NO_METHOD = none */
    guint wanted_method;  /* of a point that is selected when curves come; NO_METHOD = none */
    double wanted_value;  /* of its knob */
    gint64 wanted_tokens; /* of how many first tokens those curves are */
    FoveaPlace place;     /* whose curves were shown last */
    GHashTable *curves;   /* what a curve is of -> FoveaCurve of the set */

    GCancellable *cancellable;        /* of the mask that is made */
    FoveaMaskQuestion asked;          /* what overlay and numbers are of; method NULL = nothing */
    const FoveaTraceSource *asked_of; /* compared only */
    FoveaMaskOverlay *overlay;
    char *mask_failure; /* why it will not come, NULL = it does */
    FoveaSparseNumbers *numbers;
    FoveaTokenPaint *paint; /* missed mass of the mask's queries */
};

/* One of fovea_sparse_method_list(). */
static inline const FoveaSparseMethod *
fovea_sparse_model_get_method (guint method)
{
    return fovea_sparse_method_list ()[method];
}

/**
 * fovea_sparse_model_changed:
 *
 * After methods, curves or axes changed: selects a point if there is none, tells everybody, renews
 * the mask.   Thread: main.
 */
void fovea_sparse_model_changed (FoveaSparseModel *self);

/**
 * fovea_sparse_model_select_first:
 *
 * Where no point is selected, the one that was asked for before there were curves, or one to begin with.
 *
 * Thread: main.
 */
void fovea_sparse_model_select_first (FoveaSparseModel *self);

/**
 * fovea_sparse_model_point_changed:
 *
 * After another point is the selected one: tells everybody, renews the mask.   Thread: main.
 */
void fovea_sparse_model_point_changed (FoveaSparseModel *self);

/**
 * fovea_sparse_model_take_wanted:
 *
 * The point that was asked for before there were curves becomes the selected one, if they have it.
 *
 * Thread: main.
 */
void fovea_sparse_model_take_wanted (FoveaSparseModel *self);

/**
 * fovea_sparse_model_tell_hover:
 *
 * Emits "point-hovered".   Thread: main.
 */
void fovea_sparse_model_tell_hover (FoveaSparseModel *self);

/**
 * fovea_sparse_model_tell_mask:
 *
 * Emits "mask-changed".   Thread: main.
 */
void fovea_sparse_model_tell_mask (FoveaSparseModel *self);

/**
 * fovea_sparse_model_fail:
 *
 * Emits "failed".   Thread: main.
 */
void fovea_sparse_model_fail (FoveaSparseModel *self, const char *message);

/**
 * fovea_sparse_model_forget_mask:
 *
 * One that is on its way is cancelled.   Thread: main.
 */
void fovea_sparse_model_forget_mask (FoveaSparseModel *self);

/**
 * fovea_sparse_model_renew_mask:
 *
 * After every change that could ask for another mask; asks only if it does.   Thread: main.
 */
void fovea_sparse_model_renew_mask (FoveaSparseModel *self);

/**
 * fovea_sparse_model_choose_shown:
 *
 * Methods to show of a new table.   Thread: main.
 */
void fovea_sparse_model_choose_shown (FoveaSparseModel *self);
