/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the window shows as requests for figures: the selection, and of each view what it is set to. And what
 * becomes of them: files, and pictures on the clipboard. */
#include <glib/gi18n.h>
#include <math.h>

#include "app/window/export.h"
#include "app/window/window-private.h"
#include "ui/head-set.h"
#include "ui/score-bars.h"

/* "5.7,5.10" as the command takes it; NULL = none. */
static char *
list_chosen (FoveaWindow *self)
{
    g_autoptr (GArray) heads = fovea_head_set_list (fovea_selection_get_chosen (self->selection));
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < heads->len; i++) {
        FoveaHeadPlace at = g_array_index (heads, FoveaHeadPlace, i);
        g_string_append_printf (text, "%s%u.%u", i > 0 ? "," : "", at.layer, at.head);
    }
    return g_string_free (text, heads->len == 0);
}

/* What of the map is in front: a part of it, unless all of it is or another view. */
static void
set_part (FoveaWindow *self, FoveaMapOptions *map)
{
    FoveaViewport *viewport = fovea_map_page_get_viewport (self->map);
    if (fovea_viewport_is_fit (viewport) ||
        g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "map") != 0)
        return;
    fovea_viewport_get_span (viewport, TRUE, &map->q0, &map->q1);
    fovea_viewport_get_span (viewport, FALSE, &map->k0, &map->k1);
}

/* A mask over the beginning of a text ends with it, and so does its part. */
static void
set_mask_part (FoveaWindow *self, FoveaFigureRequest *request)
{
    FoveaMapOptions part = request->map;
    gint64 n = request->first_tokens;
    set_part (self, &part);
    if (n > 0 && (part.q0 >= n || part.k0 >= n))
        return;
    if (n > 0 && part.q1 >= 0) {
        part.q1 = MIN (part.q1, n);
        part.k1 = MIN (part.k1, n);
    }
    part.token_axes = part.q1 >= 0;
    request->map = part;
}

/* Curves of what is shown; mask and densities of the selected point's method. */
static FoveaFigureRequest *
request_sparse (FoveaWindow *self, FoveaFigureKind kind)
{
    FoveaFigureRequest *request = fovea_figure_request_new (kind);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->sparse, methods);
    guint method;
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self->sparse, &method, NULL);
    g_autoptr (GString) ids = g_string_new (NULL);
    int scope;
    g_object_get (self->sparse, "scope", &scope, NULL);
    if (scope == FOVEA_SCOPE_CHOSEN && kind == FOVEA_FIGURE_RECALL)
        request->heads = list_chosen (self);
    /* A mask is of one head; without chosen heads the figure is of the selected one. */
    if (kind == FOVEA_FIGURE_MASK || (scope == FOVEA_SCOPE_CHOSEN && request->heads == NULL))
        scope = FOVEA_SCOPE_HEAD;
    /* Densities and best methods are of every head, whatever is shown. */
    gboolean whole = kind == FOVEA_FIGURE_SPARSITY || kind == FOVEA_FIGURE_BUDGET;
    gboolean all = whole || scope == FOVEA_SCOPE_MODEL || scope == FOVEA_SCOPE_CHOSEN;
    request->object_layer = all ? -1 : (gint64) place->layer;
    request->object_head = !all && scope == FOVEA_SCOPE_HEAD ? (gint64) place->head : -1;
    /* The command has one --layer and one --head for all kinds. */
    request->map.layer = (guint) MAX (request->object_layer, 0);
    request->map.head = (guint) MAX (request->object_head, 0);
    for (guint i = 0; i < n && kind == FOVEA_FIGURE_RECALL; i++)
        if (fovea_sparse_model_get_curve (self->sparse, methods[i]) != NULL)
            g_string_append_printf (ids, "%s%s", ids->len > 0 ? "," : "",
                                    fovea_sparse_method_list ()[methods[i]]->id);
    if (point != NULL && (kind == FOVEA_FIGURE_MASK || kind == FOVEA_FIGURE_SPARSITY))
        g_string_append (ids, fovea_sparse_method_list ()[method]->id);
    if (point != NULL && kind == FOVEA_FIGURE_MASK)
        request->density = round (point->density * 1e4) / 1e4;
    if (kind == FOVEA_FIGURE_SPARSITY)
        g_object_get (self->sparse, "goal", &request->goal, NULL);
    if (ids->len > 0)
        request->methods = g_strdup (ids->str);
    if (kind != FOVEA_FIGURE_SINKS)
        request->first_tokens = fovea_sparse_model_get_first_tokens (self->sparse);
    if (kind == FOVEA_FIGURE_MASK)
        set_mask_part (self, request);
    return request;
}

/* What the open text is compared with, whether the map shows that or not. */
static void
set_less (FoveaWindow *self, FoveaFigureRequest *request)
{
    if (!fovea_selection_can_differ (self->selection))
        return;
    FoveaTraceSource *source = fovea_selection_get_reference (self->selection)->source;
    const char *path = fovea_trace_source_get_origin (source);
    request->less = fovea_trace_source_get_sequence (source);
    if (g_strcmp0 (path, self->opened->path) != 0)
        request->less_store = g_strdup (path);
}

FoveaFigureRequest *
fovea_window_request_figure (FoveaWindow *self, FoveaFigureKind kind)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (kind != FOVEA_EXPORT_LATENT && fovea_figure_kind_is_sparse (kind))
        return request_sparse (self, kind);
    FoveaFigureRequest *request = fovea_figure_request_new (kind);
    FoveaTileSpec spec;
    if (kind == FOVEA_FIGURE_HEADS)
        request->score = g_strdup (fovea_heads_page_get_color (self->heads));
    if (kind == FOVEA_FIGURE_HEADS || kind == FOVEA_EXPORT_LATENT)
        return request;
    fovea_map_canvas_get_spec (fovea_map_page_get_canvas (self->map), &spec);
    request->map.layer = place->layer;
    request->map.head = place->head;
    request->map.query = place->query;
    if (kind == FOVEA_FIGURE_ARCS) /* of the whole text, which is short */
        return request;
    if (kind == FOVEA_FIGURE_QK) {
        request->map.key = place->key;
        return request;
    }
    request->map.scale = spec.difference ? FOVEA_COLOR_DIFFERENCE : spec.color;
    gboolean weights = kind == FOVEA_FIGURE_TOKENS || kind == FOVEA_FIGURE_PICTURE;
    if (weights && request->map.scale >= FOVEA_COLOR_SCORE)
        request->map.scale = FOVEA_COLOR_LOG; /* what they are coloured by */
    if (weights)
        return request;
    request->map.key = place->key;
    request->map.token_axes = TRUE;
    set_part (self, &request->map);
    set_less (self, request);
    return request;
}

gboolean
fovea_window_has_products (FoveaWindow *self)
{
    const FoveaCellData *cell = fovea_cell_model_get_data (self->cells);
    return cell != NULL && cell->parts != NULL && isfinite (cell->score);
}

/* With a mask over it the map is that mask's figure. */
static FoveaFigureKind
get_map_kind (FoveaWindow *self)
{
    gboolean overlay;
    g_object_get (fovea_map_page_get_canvas (self->map), "overlay", &overlay, NULL);
    if (fovea_map_page_shows_arcs (self->map))
        return FOVEA_FIGURE_ARCS;
    return overlay && fovea_sparse_model_get_point (self->sparse, NULL, NULL) != NULL
               ? FOVEA_FIGURE_MASK
               : FOVEA_FIGURE_MAP;
}

FoveaFigureRequest *
fovea_window_request_view (FoveaWindow *self)
{
    const char *view = gtk_stack_get_visible_child_name (self->views);
    FoveaFigureKind kind = FOVEA_FIGURE_HEADS;
    if (FOVEA_IS_SCORE_BARS (gtk_window_get_focus (GTK_WINDOW (self))) &&
        fovea_window_has_products (self))
        kind = FOVEA_FIGURE_QK;
    else if (g_strcmp0 (view, "map") == 0)
        kind = get_map_kind (self);
    else if (g_strcmp0 (view, "sparsity") == 0)
        kind = FOVEA_FIGURE_RECALL;
    else if (g_strcmp0 (view, "features") == 0 && fovea_window_get_latent (self).source != NULL)
        kind = FOVEA_EXPORT_LATENT;
    else if (fovea_window_shows_picture (self))
        kind = FOVEA_FIGURE_PICTURE;
    return fovea_window_request_figure (self, kind);
}

typedef struct {
    FoveaWindow *window;
    char *path;
} Exporting;

/* The status line then shows how to do it again from a shell, or where it is if that cannot. */
static void
exported (GObject *object, GAsyncResult *result, gpointer data)
{
    Exporting *exporting = data;
    g_autoptr (FoveaWindow) self = exporting->window;
    g_autofree char *path = exporting->path;
    g_autoptr (GError) error = NULL;
    g_autofree char *command = fovea_export_finish (result, &error);
    g_autofree char *text = command != NULL ? g_strdup_printf (_ ("Saved. Same as: %s"), command)
                                            : g_strdup_printf (_ ("Saved as %s"), path);
    g_free (exporting);
    fovea_window_end_job (self, error, text);
}

void
fovea_window_export (FoveaWindow *self, FoveaFigureRequest *request, const char *path)
{
    if (self->opened == NULL || fovea_window_start_job (self, _ ("Drawing the figure")) == NULL) {
        fovea_figure_request_free (request);
        return;
    }
    Exporting *exporting = g_new0 (Exporting, 1);
    exporting->window = g_object_ref (self);
    exporting->path = g_strdup (path);
    FoveaLatentExport latent = fovea_window_get_latent (self);
    fovea_export_async (request, self->opened, fovea_selection_get_heads (self->selection), &latent,
                        path, self->job, exported, exporting);
}

/* No job, which it would have to wait for: it is done in a moment. What is asked for meanwhile is of what is
 * selected by then, and takes the place of what was asked for before. */
static void
set_copying (FoveaWindow *self, GCancellable *copying)
{
    if (self->copying != NULL)
        g_cancellable_cancel (self->copying);
    g_clear_object (&self->copying);
    self->copying = copying;
    fovea_window_update_actions (self);
}

/* The clipboard serves the bytes for as long as the window lives. */
static void
picture_drawn (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GdkContentProvider) picture = fovea_export_copy_finish (result, &error);
    if (g_cancellable_is_cancelled (self->cancellable) ||
        g_task_get_cancellable (G_TASK (result)) != self->copying)
        return; /* closed, or overtaken */
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    if (picture != NULL)
        gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), picture);
    else if (!cancelled)
        fovea_window_show_failure (self, error->message);
    set_copying (self, NULL);
    fovea_window_say (self, picture != NULL ? _ ("Copied the picture as PNG and SVG")
                            : cancelled     ? _ ("Cancelled")
                                            : _ ("Failed"));
}

void
fovea_window_copy_figure (FoveaWindow *self, FoveaFigureRequest *request)
{
    if (self->opened == NULL) {
        fovea_figure_request_free (request);
        return;
    }
    FoveaLatentExport latent = fovea_window_get_latent (self);
    set_copying (self, g_cancellable_new ());
    fovea_window_say (self, _ ("Drawing the picture"));
    fovea_export_copy_async (request, self->opened, fovea_selection_get_heads (self->selection),
                             &latent, self->copying, picture_drawn, g_object_ref (self));
}
