/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The PDF is collected in memory: a page of a map is some hundred kB, and a reader of the path must
 * never see half a file. Nothing of the moment enters the bytes; what cairo would date is left
 * undated. */
#include "ui/figures/pages.h"

#include <cairo-pdf.h>

#include "capture/output-file.h"
#include "ui/figures/figure-private.h"

#include "fovea-config.h"

struct _FoveaFigurePages {
    GByteArray *bytes;
    cairo_surface_t *surface;
    guint n_pages;
};

/* cairo's writer: collects a file in memory. */
static cairo_status_t
append_bytes (void *out, const unsigned char *data, unsigned int length)
{
    g_byte_array_append (out, data, length);
    return CAIRO_STATUS_SUCCESS;
}

/* Version 1.4 has no object streams: the information dictionary stays readable without inflating,
 * for fovea_figure_read_provenance() and for anybody's grep. */
FoveaFigurePages *
fovea_figure_pages_new (const char *title, const char *provenance)
{
    FoveaFigurePages *pages = g_new0 (FoveaFigurePages, 1);
    pages->bytes = g_byte_array_new ();
    /* Every page brings its own size. */
    pages->surface = cairo_pdf_surface_create_for_stream (append_bytes, pages->bytes, 1, 1);
    cairo_pdf_surface_restrict_to_version (pages->surface, CAIRO_PDF_VERSION_1_4);
    cairo_pdf_surface_set_metadata (pages->surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    cairo_pdf_surface_set_metadata (pages->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata (pages->surface, CAIRO_PDF_METADATA_CREATOR,
                                    "Fovea " FOVEA_VERSION);
    if (provenance != NULL)
        cairo_pdf_surface_set_metadata (pages->surface, CAIRO_PDF_METADATA_SUBJECT, provenance);
    return pages;
}

void
fovea_figure_pages_free (FoveaFigurePages *pages)
{
    if (pages == NULL)
        return;
    g_clear_pointer (&pages->surface, cairo_surface_destroy);
    g_byte_array_unref (pages->bytes);
    g_free (pages);
}

void
fovea_figure_pages_add (FoveaFigurePages *pages, FoveaFigure *figure, const char *name)
{
    double width, height;
    fovea_scene_get_size (fovea_figure_get_scene (figure), &width, &height);
    if (pages->n_pages++ > 0)
        cairo_surface_show_page (pages->surface);
    cairo_pdf_surface_set_size (pages->surface, width, height);
    cairo_t *cr = cairo_create (pages->surface);
    if (name != NULL) {
        g_autofree char *place = g_strdup_printf ("page=%u", pages->n_pages);
        cairo_pdf_surface_set_page_label (pages->surface, name);
        cairo_pdf_surface_add_outline (pages->surface, CAIRO_PDF_OUTLINE_ROOT, name, place,
                                       CAIRO_PDF_OUTLINE_FLAG_OPEN);
    }
    fovea_figure_draw (figure, cr);
    cairo_destroy (cr);
}

GBytes *
fovea_figure_pages_finish (FoveaFigurePages *pages, GError **error)
{
    cairo_surface_finish (pages->surface);
    cairo_status_t status = cairo_surface_status (pages->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return g_bytes_new (pages->bytes->data, pages->bytes->len);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "figure: PDF: %s",
                 cairo_status_to_string (status));
    return NULL;
}

gboolean
fovea_figure_pages_save (FoveaFigurePages *pages, const char *path, GError **error)
{
    g_autoptr (GBytes) bytes = fovea_figure_pages_finish (pages, error);
    gsize length = 0;
    const char *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
    return data != NULL && fovea_output_file_save (path, data, length, error);
}
