/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What is shown, as a figure file: the same request, hence the same bytes, as `fovea figure` or `fovea sae
 * dashboard`. */
#include "app/figure-request.h"
#include "app/window/latent-export.h"
#include "app/window/library.h"

#include <gdk/gdk.h>

/**
 * fovea_export_async:
 * @request: (transfer full): kind and options
 * @opened: the sequence it is about
 * @heads: (nullable): table "heads"
 * @latent: which, of a request for FOVEA_EXPORT_LATENT
 * @path: *.pdf, *.svg or *.png; *.csv or *.npz writes the numbers instead, of a latent *.json
 *
 * Thread: main.
 */
void fovea_export_async (FoveaFigureRequest *request,
                         const FoveaOpened *opened,
                         FoveaTable *heads,
                         const FoveaLatentExport *latent,
                         const char *path,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data);

/**
 * fovea_export_finish:
 *
 * The same file as a shell command; NULL without error if there is none.
 *
 * Errors: those of figure.h and store.h.   Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_export_finish (GAsyncResult *result, GError **error);

/* What there is for a picture, in pixels of the screen: shrinking one that is larger would take a frame. */
typedef struct {
    int width, height;
} FoveaPreviewRoom;

/* A figure as it will look, and what is to be said about it. */
typedef struct {
    GdkTexture *texture; /* on its ground, of fovea_texture_new_for_bytes() */
    double width_mm, height_mm, smallest_text;
    char *command; /* that makes it */
} FoveaPreview;

/**
 * fovea_preview_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_preview_free (FoveaPreview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPreview, fovea_preview_free)

/**
 * fovea_preview_describe:
 * @pages: of every head
 * @data: the numbers in place of a picture
 * @small: (out): whether its text is too small to print, which some journals allow
 *
 * "89 × 60 mm, smallest text 7.0 pt": what is to be saved.   Thread: any.   Owner: caller.
 */
char *fovea_preview_describe (const FoveaPreview *preview,
                              gboolean pages,
                              gboolean data,
                              gboolean *small);

/**
 * fovea_export_preview_async:
 * @room: that the picture will fit into
 *
 * As fovea_export_async() without writing @path, which only the command names.   Thread: main.
 */
void fovea_export_preview_async (FoveaFigureRequest *request,
                                 const FoveaOpened *opened,
                                 FoveaTable *heads,
                                 const FoveaLatentExport *latent,
                                 const char *path,
                                 const FoveaPreviewRoom *room,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);

/**
 * fovea_export_preview_finish:
 *
 * Errors: those of figure.h and store.h.   Thread: main.   Owner: caller.
 */
FoveaPreview *fovea_export_preview_finish (GAsyncResult *result, GError **error);

/**
 * fovea_export_copy_async:
 *
 * As fovea_export_async(), for the clipboard: PNG and SVG together, each with the bytes of the file
 * that the command writes.   Thread: main.
 */
void fovea_export_copy_async (FoveaFigureRequest *request,
                              const FoveaOpened *opened,
                              FoveaTable *heads,
                              const FoveaLatentExport *latent,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);

/**
 * fovea_export_copy_finish:
 *
 * Errors: those of figure.h and store.h.   Thread: main.   Owner: caller.
 */
GdkContentProvider *fovea_export_copy_finish (GAsyncResult *result, GError **error);
