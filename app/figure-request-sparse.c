/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Requests for pictures of the sparsity lab: which of figure-sparse.h's makers. */
#include "app/figure-request.h"
#include "ui/figures/figure-sparse.h"

static gboolean
check_curves (const FoveaFigureRequest *request, FoveaTable *recall, GError **error)
{
    if (recall != NULL || !fovea_figure_kind_needs_curves (request->kind))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "figure %s: the store %s keeps no curves; run 'fovea recall %s --sweep' first",
                 fovea_figure_kind_get_name (request->kind), request->store_name,
                 request->store_name);
    return FALSE;
}

FoveaFigure *
fovea_figure_request_draw_sparse (const FoveaFigureRequest *request,
                                  FoveaTrace *trace,
                                  FoveaTable *recall,
                                  FoveaTable *heads,
                                  GCancellable *cancellable,
                                  GError **error)
{
    const FoveaSparseOptions options = {request->methods,     request->goal,
                                        request->density,     request->object_layer,
                                        request->object_head, request->heads};
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    if (!check_curves (request, recall, error))
        return NULL;
    switch (request->kind) {
    case FOVEA_FIGURE_RECALL:
        return fovea_figure_recall_new (info, recall, heads, &options, &request->style, error);
    case FOVEA_FIGURE_SPARSITY:
        return fovea_figure_sparsity_new (info, recall, heads, &options, &request->style, error);
    case FOVEA_FIGURE_BUDGET:
        return fovea_figure_budget_new (info, recall, &options, &request->style, error);
    case FOVEA_FIGURE_MASK:
        return fovea_figure_mask_new (trace, &options, &request->style, cancellable, error);
    case FOVEA_FIGURE_SINKS:
        return fovea_figure_sinks_new (trace, &options, &request->style, cancellable, error);
    default:
        g_return_val_if_reached (NULL);
    }
}
