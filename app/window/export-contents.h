/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the export dialog has to choose from. */
#include "app/figure-request.h"

enum {
    FOVEA_EXPORT_N_CONTENTS = 11,
    FOVEA_EXPORT_PDF = 0, /* the only format with pages */
    FOVEA_EXPORT_N_FORMATS = 6
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
 * fovea_export_count_scales:
 *
 * Scales of colours that a kind may be drawn in, the first so many of FoveaColorScale: scores before the
 * softmax are a map's alone. 0 = it has one of its own.   Thread: any.
 */
guint fovea_export_count_scales (FoveaFigureKind kind);
