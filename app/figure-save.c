/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pages are drawn one after the other, so that only one map's picture is held at a time beside the
 * PDF. The provenance is that of the whole file: drawn again, it gives all pages. */
#include "app/figure-save.h"

#include <math.h>

#include "ui/figures/pages.h"

gboolean
fovea_figure_request_check_path (const FoveaFigureRequest *request,
                                 const char *path,
                                 GError **error)
{
    g_autofree char *lower = g_ascii_strdown (path, -1);
    if (!request->every_head || g_str_has_suffix (lower, ".pdf"))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "figure: %s: a page for each head needs a .pdf", path);
    return FALSE;
}

/* One figure, the usual case. */
static gboolean
save_one (const FoveaFigureRequest *request,
          const char *path,
          FoveaFigureDraw draw,
          gpointer data,
          double *smallest,
          GError **error)
{
    g_autoptr (FoveaFigure) figure = draw (request, data, error);
    if (figure == NULL)
        return FALSE;
    *smallest = fovea_figure_get_smallest_text (figure);
    g_autofree char *provenance = fovea_figure_request_to_json (request);
    return fovea_figure_save (figure, path, request->dpi, provenance, error);
}

/* Draws the page of @head, which is named for people: layer.head. */
static gboolean
add_page (FoveaFigurePages *pages,
          FoveaFigureRequest *page,
          guint head,
          FoveaFigureDraw draw,
          gpointer data,
          double *smallest,
          GError **error)
{
    page->map.head = head;
    g_autoptr (FoveaFigure) figure = draw (page, data, error);
    if (figure == NULL)
        return FALSE;
    g_autofree char *name = g_strdup_printf ("Head %u.%u", page->map.layer, head);
    *smallest = MIN (*smallest, fovea_figure_get_smallest_text (figure));
    fovea_figure_pages_add (pages, figure, name);
    return TRUE;
}

gboolean
fovea_figure_request_save (const FoveaFigureRequest *request,
                           FoveaTrace *trace,
                           const char *path,
                           FoveaFigureDraw draw,
                           gpointer data,
                           FoveaProgress progress,
                           gpointer progress_data,
                           double *smallest,
                           GCancellable *cancellable,
                           GError **error)
{
    double least = INFINITY;
    if (smallest == NULL)
        smallest = &least;
    *smallest = INFINITY;
    if (!fovea_figure_request_check_path (request, path, error))
        return FALSE;
    if (!request->every_head)
        return save_one (request, path, draw, data, smallest, error);
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    guint n = (guint) info->architecture->n_heads;
    FoveaFigureRequest page = *request; /* borrows the strings */
    page.map.head = 0; /* is of no page in particular, and the command names none */
    g_autofree char *provenance = fovea_figure_request_to_json (&page);
    g_autofree char *title =
        g_strdup_printf ("Every head of layer %u, %s", request->map.layer, request->model_name);
    g_autoptr (FoveaFigurePages) pages = fovea_figure_pages_new (title, provenance);
    for (guint head = 0; head < n; head++) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !add_page (pages, &page, head, draw, data, smallest, error))
            return FALSE;
        if (progress != NULL)
            progress (progress_data, head + 1, n);
    }
    return fovea_figure_pages_save (pages, path, error);
}
