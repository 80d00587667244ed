/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Pictures of the sparsity lab. Lists of methods are ids joined by commas; NULL picks for itself. */
#include "analysis/sparse-method.h"
#include "ui/figures/figure.h"

typedef struct {
    /* recall: at most 8; mask: at most 3; sparsity: one; budget: all that compete */
    const char *methods;
    /* sparsity: recall to reach, 0 = 0.9; mask: share of a query's mass that matters, 0 = 0.95 */
    double goal;
    /* mask: of every panel, 0 = 0.3; budget: at which methods compete, 0 = the least of 0.1, 0.2
     * and 0.5 that any of them reaches */
    double density;
    /* recall, mask, sinks: the object; -1 = the whole model, or a whole layer */
    gint64 layer, head;
    /* recall: "5.7,5.10", these heads and their mean in place of the object; NULL = the object */
    const char *heads;
    /* mask: queries [q0,q1) and keys [k0,k1) that are drawn and counted; an end of 0 = the text's */
    gint64 q0, q1, k0, k1;
    /* mask: token texts along the axes where they fit; a part has axes in any case */
    gboolean token_axes;
} FoveaSparseOptions;

/**
 * fovea_figure_recall_new:
 * @info: (nullable): for the caption
 * @recall: table of fovea_sparse_curves_finish()
 * @heads: (nullable): head table, for roles of single heads
 *
 * Curves of recall over density: the object with the middle half of its heads as bands, then four
 * telling heads. Like shared picture figure-recall.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if @recall has no such curves, naming the method.
 * Thread: any.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_figure_recall_new (const FoveaTraceInfo *info,
                                      FoveaTable *recall,
                                      FoveaTable *heads,
                                      const FoveaSparseOptions *options,
                                      const FoveaFigureStyle *style,
                                      GError **error);

/**
 * fovea_figure_sparsity_new:
 * @info: (nullable): for the caption
 * @heads: (nullable): head table, for role marks
 *
 * Grid of heads coloured by the density that a method needs for a recall, and the heads ranked.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without curves of heads.
 * Thread: any.   Owner: caller.
 */
FoveaFigure *fovea_figure_sparsity_new (const FoveaTraceInfo *info,
                                        FoveaTable *recall,
                                        FoveaTable *heads,
                                        const FoveaSparseOptions *options,
                                        const FoveaFigureStyle *style,
                                        GError **error);

/**
 * fovea_figure_budget_new:
 * @info: (nullable): for the caption
 *
 * Which method keeps most mass of each head at one density: a grid of heads, and how many heads each
 * method wins. Bounds and methods for decoding do not compete, and a method not where it was not
 * measured so sparse.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without curves of heads.
 * Thread: any.   Owner: caller.
 */
FoveaFigure *fovea_figure_budget_new (const FoveaTraceInfo *info,
                                      FoveaTable *recall,
                                      const FoveaSparseOptions *options,
                                      const FoveaFigureStyle *style,
                                      GError **error);

/**
 * fovea_figure_mask_new:
 *
 * What up to three methods of like density keep, miss and waste on one head: maps in three colours,
 * bars of mass and of work. Like shared picture figure-mask. A method may stand with its knobs,
 * "streaming:window=64:sinks=4", and is then drawn at them and not at the density. One method takes one
 * column unless a width is set, more take two. Of a part the masks are still those of the whole text.
 *
 * Errors: FOVEA_ERROR_RANGE; those of the methods and of the trace.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaFigure *fovea_figure_mask_new (FoveaTrace *trace,
                                    const FoveaSparseOptions *options,
                                    const FoveaFigureStyle *style,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_figure_sinks_new:
 *
 * Share of all attention that each key receives, along the text: of a head, a layer or the model, the
 * heaviest keys named; and the same of its parts as a strip each.
 *
 * Errors: FOVEA_ERROR_RANGE; the trace's.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaFigure *fovea_figure_sinks_new (FoveaTrace *trace,
                                     const FoveaSparseOptions *options,
                                     const FoveaFigureStyle *style,
                                     GCancellable *cancellable,
                                     GError **error);
