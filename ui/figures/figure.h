/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A picture that can draw itself with cairo at any size and save itself as PDF, SVG or PNG: what
 * the window previews and the command writes are the same bytes. Sizes in millimetres; style in
 * ui.md 9 (no outer margin, no title, 7 pt text). */
#include <cairo.h>
#include <gio/gio.h>

#include "analysis/table.h"
#include "capture/attention.h"
#include "ui/figures/color-map.h"

typedef struct _FoveaFigure FoveaFigure;

typedef enum {
    FOVEA_COLOR_LOG,
    FOVEA_COLOR_LINEAR,
    FOVEA_COLOR_SCORE,      /* scores before the softmax, signed; maps only */
    FOVEA_COLOR_DIFFERENCE, /* weights less those of another text, signed; maps only */
} FoveaColorScale;

/* A figure that does not fit the page it is given is refused, FOVEA_ERROR_RANGE, and not cut. */
typedef struct {
    double width_mm;  /* 0 = 89 for one map, 183 for a grid */
    double height_mm; /* 0 = from content, at most 247 */
    double text_pt;   /* 0 = 7 */
    gboolean letters; /* panel letters a, b */
    gboolean caption; /* grey line at the foot: model, length, rule */
    FoveaTheme theme; /* light: on paper, which no file paints; dark: with its ground */
} FoveaFigureStyle;

typedef struct {
    guint layer, head;
    gint64 q0, q1, k0, k1; /* rectangle; q1 or k1 = -1: to the end */
    FoveaColorScale scale;
    double floor;        /* of the log scale; 0 = from the length, see ui.md 3 */
    gboolean token_axes; /* token texts instead of positions where they fit */
    gint64 query, key;   /* chosen cell, -1 = none */
    FoveaTrace *less;    /* of a difference: whose weights are taken away; not held */
} FoveaMapOptions;

typedef struct {
    const char *score;   /* column of the heads table that colours or ranks; NULL = maps */
    const char *caption; /* grey line under scores, NULL = none; maps have their own */
} FoveaHeadsOptions;

typedef struct {
    const char *caption; /* what the values are, "weight from query 157" */
    const float *values; /* (T) one per token */
    double low, high;    /* range of the colours; equal = from the values; low < 0: diverging */
    FoveaColorScale scale;
} FoveaTokensOptions;

/**
 * fovea_figure_map_new:
 *
 * One head's pattern with axes and colour bar; like shared picture figure-map.
 *
 * Errors: FOVEA_ERROR_RANGE, the trace's. Data is read here, drawing cannot fail.
 * Thread: any; blocks.   Owner: caller, fovea_figure_unref(); autoptr.
 */
FoveaFigure *fovea_figure_map_new (FoveaTrace *trace,
                                   const FoveaMapOptions *options,
                                   const FoveaFigureStyle *style,
                                   GError **error);

/**
 * fovea_figure_heads_new:
 * @trace: (nullable): its maps fill the grid; NULL with a score in @options: a grid coloured by
 * that score
 * @heads: table of fovea_heads_finish(): role marks, ranked scores
 *
 * L x H grid with role marks, and ranked scores below; like picture figure-heads.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a score that the table lacks, FOVEA_ERROR_SHAPE if table and
 * trace have other heads, FOVEA_ERROR_RANGE where too many heads leave too little room; the
 * backend's.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaFigure *fovea_figure_heads_new (FoveaTrace *trace,
                                     FoveaTable *heads,
                                     const FoveaHeadsOptions *options,
                                     const FoveaFigureStyle *style,
                                     GCancellable *cancellable,
                                     GError **error);

/**
 * fovea_figure_tokens_new:
 *
 * Running text with each token on the colour of its value.
 *
 * Errors: FOVEA_ERROR_NUMERIC for a value that is no number, FOVEA_ERROR_RANGE for ends of the
 * colours.
 * Thread: any.   Owner: caller.
 */
FoveaFigure *fovea_figure_tokens_new (const FoveaTraceInfo *info,
                                      const FoveaTokensOptions *options,
                                      const FoveaFigureStyle *style,
                                      GError **error);

typedef struct {
    gint64 query; /* position whose weights are shown; 0 = the class token */
    FoveaColorScale scale;
    double floor; /* of the log scale; 0 = from the length */
} FoveaPictureOptions;

/**
 * fovea_figure_picture_new:
 * @trace: of an image model, with embed.hook_patches
 *
 * The picture, its rollout and every head's weights on its patches, laid over it.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a text; FOVEA_ERROR_RANGE; the trace's; G_IO_ERROR_CANCELLED.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaFigure *fovea_figure_picture_new (FoveaTrace *trace,
                                       const FoveaPictureOptions *options,
                                       const FoveaFigureStyle *style,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * fovea_figure_ref:
 *
 * Thread: any.
 */
FoveaFigure *fovea_figure_ref (FoveaFigure *figure);

/**
 * fovea_figure_unref:
 *
 * Thread: any.
 */
void fovea_figure_unref (FoveaFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFigure, fovea_figure_unref)

/**
 * fovea_figure_get_size:
 * @width_mm: (out):
 * @height_mm: (out):
 *
 * Thread: any.
 */
void fovea_figure_get_size (FoveaFigure *figure, double *width_mm, double *height_mm);

/**
 * fovea_figure_get_smallest_text:
 *
 * Points; under 6 is too small to print.
 *
 * Thread: any.
 */
double fovea_figure_get_smallest_text (FoveaFigure *figure);

/**
 * fovea_figure_draw:
 * @cr: in points, origin at the top left of the figure
 *
 * Thread: one at a time per @cr.
 */
void fovea_figure_draw (FoveaFigure *figure, cairo_t *cr);

/**
 * fovea_figure_save:
 * @path: *.pdf, *.svg or *.png
 * @dpi: of a PNG; 0 = 300
 * @provenance: (nullable): the query that made it, one line of JSON: kept in PDF and SVG metadata
 * or a PNG text chunk
 *
 * Same figure, same bytes, every time. The file appears complete or not at all.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for another suffix; file errors.
 * Thread: any; blocks.
 */
gboolean fovea_figure_save (
    FoveaFigure *figure, const char *path, double dpi, const char *provenance, GError **error);

/**
 * fovea_figure_read_provenance:
 * @path: a file that fovea_figure_save() wrote
 *
 * Errors: FOVEA_ERROR_FORMAT, FOVEA_ERROR_NOT_FOUND if it carries none.
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_figure_read_provenance (const char *path, GError **error);
