/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The store is opened again in the thread, because a figure names the store's identity and the
 * trace it was made from. */
#include "app/window/export.h"

#include "app/figure-data.h"
#include "app/heads-job.h"
#include "app/recall-keep.h"
#include "app/figure-save.h"
#include "app/window/picture-copy.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/background.h"
#include "ui/figures/inks.h"
#include "ui/figures/scene.h"
#include "ui/texture.h"
#include "ui/trace-source.h"

#define PREVIEW_MARGIN 0.024 /* of the room's shorter side */
#define LEAST_PREVIEW  100   /* pixels */
#define LIGHT_EDGE     0.8   /* grey */
#define DARK_EDGE      0.35

typedef struct {
    FoveaFigureRequest *request;
    FoveaTraceSource *source;
    FoveaTrace *less; /* of a difference: whose weights are taken away */
    FoveaTable *heads;
    FoveaTable *recall; /* of kinds that are drawn from curves */
    char *store_path, *path;
    gint64 sequence;
    FoveaLatentExport latent;
    FoveaPreviewRoom room; /* of a preview */
} Export;

static void
export_free (gpointer data)
{
    Export *work = data;
    fovea_figure_request_free (work->request);
    fovea_trace_source_unref (work->source);
    fovea_trace_unref (work->less);
    g_clear_pointer (&work->heads, fovea_table_unref);
    g_clear_pointer (&work->recall, fovea_table_unref);
    g_clear_pointer (&work->latent.source, fovea_feature_source_unref);
    g_free (work->store_path);
    g_free (work->path);
    g_free (work);
}

/* Pictures of the sparsity lab are drawn from the tables that the store keeps, as the command draws
 * them: the same bytes. */
static gboolean
read_tables (Export *work, FoveaStore *store, GError **error)
{
    g_autoptr (GError) failure = NULL;
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (work->source));
    if (!fovea_figure_kind_is_sparse (work->request->kind))
        return TRUE;
    g_clear_pointer (&work->heads, fovea_table_unref);
    work->heads = fovea_heads_job_get_kept (store, fovea_heads_job_find_run (store, work->sequence),
                                            info->architecture);
    if (fovea_figure_kind_needs_curves (work->request->kind))
        work->recall = fovea_recall_get_for_figure (store, work->sequence,
                                                    work->request->first_tokens, &failure);
    if (failure == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

static gboolean
is_latent (const Export *work)
{
    return work->request->kind == FOVEA_EXPORT_LATENT;
}

/* Store name and identity go into the provenance, hence the store is opened here. */
static gboolean
set_object (Export *work, GError **error)
{
    g_autoptr (FoveaStore) store = fovea_store_open (work->store_path, FOVEA_STORE_READ, error);
    if (store == NULL || !read_tables (work, store, error))
        return FALSE;
    fovea_figure_request_set_object (work->request, store, work->sequence,
                                     fovea_trace_source_get_trace (work->source));
    if (work->request->map.scale != FOVEA_COLOR_DIFFERENCE)
        return TRUE;
    if (work->less == NULL)
        work->less = fovea_figure_request_open_less (work->request, store, error);
    work->request->map.less = work->less;
    return work->less != NULL;
}

typedef struct {
    Export *work;
    GCancellable *cancellable;
} Drawing;

/* FoveaFigureDraw. */
static FoveaFigure *
draw_request (const FoveaFigureRequest *request, gpointer data, GError **error)
{
    Drawing *drawing = data;
    if (fovea_figure_kind_is_sparse (request->kind))
        return fovea_figure_request_draw_sparse (
            request, fovea_trace_source_get_trace (drawing->work->source), drawing->work->recall,
            drawing->work->heads, drawing->cancellable, error);
    return fovea_figure_request_draw (request, fovea_trace_source_get_trace (drawing->work->source),
                                      drawing->work->heads, drawing->cancellable, error);
}

/* One figure; of a request for every head, that of the selected one. */
static FoveaFigure *
draw (Export *work, GCancellable *cancellable, GError **error)
{
    Drawing drawing = {work, cancellable};
    if (is_latent (work))
        return fovea_latent_export_draw (&work->latent, work->request, cancellable, error);
    return set_object (work, error) ? draw_request (work->request, &drawing, error) : NULL;
}

/* Numbers instead of a picture of them. */
static gboolean
is_data (const char *path)
{
    return g_str_has_suffix (path, ".csv") || g_str_has_suffix (path, ".npz");
}

/* With the path as chosen, so that pasting it writes the same file. */
static char *
get_command (const Export *work)
{
    if (is_latent (work))
        return fovea_latent_export_to_command (&work->latent, work->request, work->path);
    if (is_data (work->path))
        return fovea_figure_data_to_command (work->request, work->store_path, work->path);
    return fovea_figure_request_to_command (work->request, work->store_path, work->path);
}

/* The command may be NULL: a table that only the window has. */
static void
save_data (GTask *task, Export *work, GCancellable *cancellable)
{
    GError *error = NULL;
    if (set_object (work, &error) &&
        fovea_figure_data_save (work->request, fovea_trace_source_get_trace (work->source),
                                work->recall != NULL ? work->recall : work->heads, work->path,
                                cancellable, &error)) {
        g_task_return_pointer (task, get_command (work), g_free);
    } else {
        g_task_return_error (task, error);
    }
}

static gboolean
save (Export *work, GCancellable *cancellable, GError **error)
{
    Drawing drawing = {work, cancellable};
    if (is_latent (work))
        return fovea_latent_export_save (&work->latent, work->request, work->path, cancellable,
                                         error);
    return set_object (work, error) &&
           fovea_figure_request_save (work->request, fovea_trace_source_get_trace (work->source),
                                      work->path, draw_request, &drawing, NULL, NULL, NULL,
                                      cancellable, error);
}

static void
export_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Export *work = data;
    GError *error = NULL;
    if (!is_latent (work) && is_data (work->path)) {
        save_data (task, work, cancellable);
        return;
    }
    if (save (work, cancellable, &error))
        g_task_return_pointer (task, get_command (work), g_free);
    else
        g_task_return_error (task, error);
}

void
fovea_preview_free (FoveaPreview *preview)
{
    if (preview == NULL)
        return;
    g_clear_object (&preview->texture);
    g_free (preview->command);
    g_free (preview);
}

char *
fovea_preview_describe (const FoveaPreview *preview, gboolean pages, gboolean data, gboolean *small)
{
    *small = !data && preview->smallest_text < 6;
    if (data)
        return g_strdup (preview->command != NULL
                             ? _ ("The numbers of this picture, not the picture")
                             : _ ("The table of this picture's numbers, which the window has; no "
                                  "command makes it"));
    return g_strdup_printf (_ ("%.0f × %.0f mm, smallest text %.1f pt%s%s"), preview->width_mm,
                            preview->height_mm, preview->smallest_text,
                            *small ? _ (": too small to print") : "",
                            pages ? _ (". The page of the selected head is shown") : "");
}

/* The edge of the paper, which on a slide is not where the drawing ends. */
static void
draw_edge (cairo_t *cr, FoveaTheme theme, int width, int height)
{
    double grey = theme == FOVEA_THEME_DARK ? DARK_EDGE : LIGHT_EDGE;
    cairo_set_source_rgb (cr, grey, grey, grey);
    cairo_set_line_width (cr, 1);
    cairo_rectangle (cr, 0.5, 0.5, width - 1, height - 1);
    cairo_stroke (cr);
}

/* The figure on white paper with a little margin round it, or the dark page, which has its own, as large
 * as fits. */
static GdkTexture *
render (FoveaFigure *figure,
        FoveaTheme theme,
        double width,
        double height,
        const FoveaPreviewRoom *room)
{
    int across = MAX (room->width, LEAST_PREVIEW), down = MAX (room->height, LEAST_PREVIEW);
    const FoveaInks *inks = fovea_inks_get (theme);
    double margin = inks->margin > 0 ? 1 : ceil (PREVIEW_MARGIN * MIN (across, down));
    double scale = MIN ((across - 2 * margin) / width, (down - 2 * margin) / height);
    int w = (int) ceil (width * scale + 2 * margin - 1e-6);
    int h = (int) ceil (height * scale + 2 * margin - 1e-6);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, h);
    cairo_t *cr = cairo_create (surface);
    fovea_scene_set_source (cr, inks->ground);
    cairo_paint (cr);
    draw_edge (cr, theme, w, h);
    cairo_translate (cr, margin, margin);
    cairo_scale (cr, scale, scale);
    fovea_figure_draw (figure, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    gsize size = (gsize) cairo_image_surface_get_stride (surface) * (gsize) h;
    g_autoptr (GBytes) bytes =
        g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), size,
                                    (GDestroyNotify) cairo_surface_destroy, surface);
    return fovea_texture_new_for_bytes (bytes, (guint) w, (guint) h);
}

static void
preview_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Export *work = data;
    GError *error = NULL;
    gboolean possible = is_latent (work) || !is_data (work->path) ||
                        fovea_figure_data_check (work->request, work->path, &error);
    g_autoptr (FoveaFigure) figure = possible ? draw (work, cancellable, &error) : NULL;
    if (figure == NULL) {
        g_task_return_error (task, error);
        return;
    }
    FoveaPreview *preview = g_new0 (FoveaPreview, 1);
    fovea_figure_get_size (figure, &preview->width_mm, &preview->height_mm);
    preview->smallest_text = fovea_figure_get_smallest_text (figure);
    preview->texture = render (figure, work->request->style.theme, preview->width_mm * 72 / 25.4,
                               preview->height_mm * 72 / 25.4, &work->room);
    preview->command = get_command (work);
    g_task_return_pointer (task, preview, (GDestroyNotify) fovea_preview_free);
}

typedef struct {
    FoveaFigure *figure;
    const Export *work;
} Copy;

/* FoveaSavePicture. */
static gboolean
save_copy (gpointer data, const char *path, GError **error)
{
    const Copy *copy = data;
    const Export *work = copy->work;
    g_autofree char *provenance =
        is_latent (work) ? fovea_latent_export_print_provenance (&work->latent, work->request)
                         : fovea_figure_request_to_json (work->request);
    return fovea_figure_save (copy->figure, path, work->request->dpi, provenance, error);
}

static void
copy_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Export *work = data;
    GError *error = NULL;
    g_autoptr (FoveaFigure) figure = draw (work, cancellable, &error);
    Copy copy = {figure, work};
    GdkContentProvider *both =
        figure != NULL ? fovea_picture_copy_new (save_copy, &copy, &error) : NULL;
    if (both != NULL)
        g_task_return_pointer (task, both, g_object_unref);
    else
        g_task_return_error (task, error);
}

/* Another text may have been opened behind the dialog, by a capture that ended. */
static gboolean
check_there (const FoveaFigureRequest *request,
             const FoveaOpened *opened,
             const FoveaLatentExport *latent,
             GTask *task)
{
    if (opened != NULL && (request->kind != FOVEA_EXPORT_LATENT || latent->source != NULL))
        return TRUE;
    g_task_return_new_error (task, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s",
                             opened == NULL
                                 ? _ ("The text that this is of is not open any more.")
                                 : _ ("The latent that this is of is not shown any more."));
    return FALSE;
}

/* Everything that the thread needs is referenced before it starts. */
static void
start (FoveaFigureRequest *request,
       const FoveaOpened *opened,
       FoveaTable *heads,
       const FoveaLatentExport *latent,
       const char *path,
       const FoveaPreviewRoom *room,
       GTaskThreadFunc thread,
       GTask *task)
{
    if (!check_there (request, opened, latent, task)) {
        fovea_figure_request_free (request);
        return;
    }
    Export *work = g_new0 (Export, 1);
    work->request = request;
    work->source = fovea_trace_source_ref (opened->source);
    work->heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    work->store_path = g_strdup (opened->path);
    work->path = g_strdup (path);
    work->sequence = opened->sequence;
    if (request->kind == FOVEA_EXPORT_LATENT)
        work->latent =
            (FoveaLatentExport){fovea_feature_source_ref (latent->source), latent->latent};
    if (room != NULL)
        work->room = *room;
    g_task_set_task_data (task, work, export_free);
    fovea_background_run (task, FOVEA_BACKGROUND_JOB, thread);
}

void
fovea_export_async (FoveaFigureRequest *request,
                    const FoveaOpened *opened,
                    FoveaTable *heads,
                    const FoveaLatentExport *latent,
                    const char *path,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    g_task_set_source_tag (task, fovea_export_async);
    start (request, opened, heads, latent, path, NULL, export_thread, task);
}

void
fovea_export_preview_async (FoveaFigureRequest *request,
                            const FoveaOpened *opened,
                            FoveaTable *heads,
                            const FoveaLatentExport *latent,
                            const char *path,
                            const FoveaPreviewRoom *room,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    g_task_set_source_tag (task, fovea_export_preview_async);
    start (request, opened, heads, latent, path, room, preview_thread, task);
}

FoveaPreview *
fovea_export_preview_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

char *
fovea_export_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

void
fovea_export_copy_async (FoveaFigureRequest *request,
                         const FoveaOpened *opened,
                         FoveaTable *heads,
                         const FoveaLatentExport *latent,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    g_task_set_source_tag (task, fovea_export_copy_async);
    start (request, opened, heads, latent, "figure.png", NULL, copy_thread, task);
}

GdkContentProvider *
fovea_export_copy_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
