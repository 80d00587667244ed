/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of recall over density, read back from a table "recall" wherever it comes from: what
 * summaries, figures and the window ask of a curve. Straight between points in (log density,
 * recall), ending at (1, 1). Source: methods/prefill.md 2. */
#include "analysis/table.h"

typedef struct _FoveaCurveSet FoveaCurveSet;

typedef struct {
    double density, recall;
    double low, high; /* 95 % interval, NaN = none */
    double value;     /* of the knob */
    guint row;        /* of the table */
} FoveaCurvePoint;

/* One method on one object: the model (both -1), a layer (head -1) or a head. */
typedef struct {
    gint64 layer, head;
    const char *name;              /* "model", "layer 3", "5.7" */
    const char *method, *knob;     /* ids */
    gboolean selected;             /* what was chosen, not what a kernel computes */
    const FoveaCurvePoint *points; /* rising in density; at least one */
    guint n_points;
} FoveaCurve;

/**
 * fovea_curves_get_first_tokens:
 *
 * Of each longer text, which the curves of a table "recall" are of; 0 = of all tokens.   Thread: any.
 */
gint64 fovea_curves_get_first_tokens (FoveaTable *recall);

/**
 * fovea_curve_set_new:
 * @recall: from fovea_sparse_curves_finish(), or a store
 *
 * Rows without numbers are left out; columns that are missing leave the set empty.
 *
 * Thread: any.   Owner: caller frees with fovea_curve_set_free(); autoptr. Holds the table.
 */
FoveaCurveSet *fovea_curve_set_new (FoveaTable *recall);

/**
 * fovea_curve_set_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @set.
 */
void fovea_curve_set_free (FoveaCurveSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCurveSet, fovea_curve_set_free)

/**
 * fovea_curve_set_list:
 * @n: (out): how many
 *
 * All curves in the order of the table.
 *
 * Thread: any.   Owner: the set.
 */
const FoveaCurve *fovea_curve_set_list (const FoveaCurveSet *set, guint *n);

/**
 * fovea_curve_set_find:
 * @layer: -1 = the model
 * @head: -1 = a layer, or the model
 *
 * The executed curve of a method, or NULL.
 *
 * Thread: any.   Owner: the set.
 */
const FoveaCurve *
fovea_curve_set_find (const FoveaCurveSet *set, gint64 layer, gint64 head, const char *method);

/**
 * fovea_curve_get_recall:
 *
 * Recall at a density; NaN below the sparsest point, where the method was not measured.
 *
 * Thread: any.
 */
double fovea_curve_get_recall (const FoveaCurve *curve, double density);

/**
 * fovea_curve_get_density:
 *
 * The least density at which the curve reaches @recall: an upper bound where its sparsest point
 * does already; NaN if it never does.
 *
 * Thread: any.
 */
double fovea_curve_get_density (const FoveaCurve *curve, double recall);

/**
 * fovea_curve_get_area:
 *
 * Mean recall over densities 0.02 to 1 on a logarithmic axis. Below its sparsest point recall falls
 * to 0 in proportion to the density.
 *
 * Thread: any.
 */
double fovea_curve_get_area (const FoveaCurve *curve);
