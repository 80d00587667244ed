/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of heads that somebody chose, as one curve a method. */
#include "analysis/curve-set.h"

/* What a mean over chosen heads has where a head has its layer and number. */
#define FOVEA_CURVE_CHOSEN (-2)

/**
 * fovea_curve_mean_new:
 * @set: of @recall
 * @heads: (n, 2): layers and numbers
 *
 * A table like @recall with the mean over @heads of every method that was measured at the same
 * number of points on each of them, under layer and head #FOVEA_CURVE_CHOSEN. The recall of the worst
 * query is the worst of any head; intervals over sequences are left out, since those of a mean are
 * not the mean of those.
 *
 * Thread: any.   Owner: caller, fovea_table_unref().   Cost: rows of these heads.
 */
FoveaTable *fovea_curve_mean_new (const FoveaCurveSet *set,
                                  FoveaTable *recall,
                                  const gint64 (*heads)[2],
                                  guint n);

/**
 * fovea_curve_chosen_new:
 *
 * What fovea_curve_mean_new() gives, followed by the rows of @heads themselves: a table of a model
 * that had these heads only.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND naming a head that has no curves.
 * Thread: any.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_curve_chosen_new (const FoveaCurveSet *set,
                                    FoveaTable *recall,
                                    const gint64 (*heads)[2],
                                    guint n,
                                    GError **error);

/**
 * fovea_head_list_parse:
 * @text: "5.7,5.10"
 * @n: (out): at least one
 *
 * Layers and numbers of heads, (n, 2), in the order of the text.
 *
 * Errors: FOVEA_ERROR_USAGE naming what is no head, or stands there twice.
 * Thread: any.   Owner: caller, g_free().
 */
gint64 (*fovea_head_list_parse (const char *text, guint *n, GError **error))[2];
