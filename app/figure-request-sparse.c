/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Requests for pictures of the sparsity lab: which of figure-sparse.h's makers. */
#include "analysis/curve-set.h"
#include "app/figure-request.h"
#include "capture/trace-prefix.h"
#include "ui/figures/figure-sparse.h"

static gboolean
check_curves (const FoveaFigureRequest *request, FoveaTable *recall, GError **error)
{
    if (recall != NULL || !fovea_figure_kind_needs_curves (request->kind))
        return TRUE;
    g_autofree char *first =
        request->first_tokens > 0
            ? g_strdup_printf (" --first %" G_GINT64_FORMAT, request->first_tokens)
            : g_strdup ("");
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "figure %s: the store %s keeps no %scurves; run 'fovea recall %s --sweep%s' first",
                 fovea_figure_kind_get_name (request->kind), request->store_name,
                 request->first_tokens > 0 ? "such " : "", request->store_name, first);
    return FALSE;
}

/* The text, or the beginning that curves are of or a mask is asked for. */
static FoveaTrace *
take_text (const FoveaFigureRequest *request, FoveaTrace *trace, FoveaTable *recall, GError **error)
{
    gint64 n = fovea_figure_kind_needs_curves (request->kind) && recall != NULL
                   ? fovea_curves_get_first_tokens (recall)
                   : request->first_tokens;
    return n > 0 ? fovea_trace_take_beginning (fovea_trace_ref (trace), n, error)
                 : fovea_trace_ref (trace);
}

FoveaFigure *
fovea_figure_request_draw_sparse (const FoveaFigureRequest *request,
                                  FoveaTrace *trace,
                                  FoveaTable *recall,
                                  FoveaTable *heads,
                                  GCancellable *cancellable,
                                  GError **error)
{
    const FoveaSparseOptions options = {request->methods,       request->goal,
                                        request->density,       request->object_layer,
                                        request->object_head,   request->heads,
                                        request->map.q0,        MAX (request->map.q1, 0),
                                        request->map.k0,        MAX (request->map.k1, 0),
                                        request->map.token_axes};
    g_autoptr (FoveaTrace) text =
        check_curves (request, recall, error) ? take_text (request, trace, recall, error) : NULL;
    if (text == NULL)
        return NULL;
    const FoveaTraceInfo *info = fovea_trace_get_info (text);
    switch (request->kind) {
    case FOVEA_FIGURE_RECALL:
        return fovea_figure_recall_new (info, recall, heads, &options, &request->style, error);
    case FOVEA_FIGURE_SPARSITY:
        return fovea_figure_sparsity_new (info, recall, heads, &options, &request->style, error);
    case FOVEA_FIGURE_BUDGET:
        return fovea_figure_budget_new (info, recall, &options, &request->style, error);
    case FOVEA_FIGURE_MASK:
        return fovea_figure_mask_new (text, &options, &request->style, cancellable, error);
    case FOVEA_FIGURE_SINKS:
        return fovea_figure_sinks_new (text, &options, &request->style, cancellable, error);
    default:
        g_return_val_if_reached (NULL);
    }
}
