/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the export dialog has to choose from. */
#include <gtk/gtk.h>

#include "app/window/latent-export.h"
#include "ui/selection.h"

enum {
    FOVEA_EXPORT_N_CONTENTS = 13,
    FOVEA_EXPORT_PDF = 0, /* the only format with pages */
    FOVEA_EXPORT_CSV = 4, /* from here on numbers, of which a latent has only the last */
    FOVEA_EXPORT_NPZ = 5,
    FOVEA_EXPORT_JSON = 6,
    FOVEA_EXPORT_N_FORMATS = 7
};

/* The ids are what is remembered, hence they never change. */
typedef struct {
    const char *name, *suffix, *id; /* the name is marked for translation */
    double dpi;
} FoveaExportFormat;

typedef struct {
    const char *name, *file; /* for people, marked for translation; how a file name begins */
    FoveaFigureKind kind;
    gboolean every_head;
} FoveaExportContent;

extern const FoveaExportFormat fovea_export_formats[FOVEA_EXPORT_N_FORMATS];
extern const FoveaExportContent fovea_export_contents[FOVEA_EXPORT_N_CONTENTS];

/**
 * fovea_export_list_formats:
 * @latent: of the latent's page
 * @formats: (inout): of guint; filled with which ones the rows are
 *
 * Names of the formats that a content of @kind can be had in.   Thread: main.   Owner: caller.
 */
GtkStringList *
fovea_export_list_formats (FoveaFigureKind kind, const FoveaLatentExport *latent, GArray *formats);

/**
 * fovea_export_name_file:
 *
 * Says what it is of, so that ten exports do not overwrite each other.   Thread: any.   Owner: caller.
 */
char *fovea_export_name_file (const FoveaExportContent *content,
                              const FoveaPlace *place,
                              gint32 latent,
                              const char *suffix);

/**
 * fovea_export_label_preview:
 *
 * Tells screen readers what the picture is of.   Thread: main.
 */
void fovea_export_label_preview (GtkWidget *preview, const FoveaExportContent *content);

/**
 * fovea_export_count_scales:
 *
 * Scales of colours that a kind may be drawn in, the first so many of FoveaColorScale: scores before the
 * softmax are a map's alone. 0 = it has one of its own.   Thread: any.
 */
guint fovea_export_count_scales (FoveaFigureKind kind);
