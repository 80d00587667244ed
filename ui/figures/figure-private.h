/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the kinds of figure share; tests look at the scene through it. */
#include "ui/figures/figure.h"
#include "ui/figures/inks.h"
#include "ui/figures/scene.h"

#define FOVEA_FIGURE_SINGLE_MM 89
#define FOVEA_FIGURE_DOUBLE_MM 183
#define FOVEA_FIGURE_MAX_MM    247
#define FOVEA_FIGURE_TEXT_PT   7
#define FOVEA_POINTS_PER_MM    (72 / 25.4)

/* A style with every default filled in, in points, without the margin of a painted page. */
typedef struct {
    double width, height; /* height 0 = from content */
    double max_height;
    double text;
    gboolean letters, caption;
    const FoveaInks *inks;
} FoveaFigureMeasures;

/**
 * fovea_figure_measure:
 * @style: (nullable)
 * @default_mm: width if none is set
 *
 * Errors: FOVEA_ERROR_RANGE for a size under 20 mm or over 2 m, or text under 3 pt or over 40.
 * Thread: any.
 */
gboolean fovea_figure_measure (const FoveaFigureStyle *style,
                               double default_mm,
                               FoveaFigureMeasures *measures,
                               GError **error);

/**
 * fovea_figure_check_room:
 * @what: of which figure, "map"
 * @width, @height: that the words around it leave for what is drawn
 *
 * Whether there is enough to see anything; it may be negative where letters are large.
 *
 * Units: points.   Errors: FOVEA_ERROR_RANGE naming both.   Thread: any.
 */
gboolean fovea_figure_check_room (const char *what, double width, double height, GError **error);

/**
 * fovea_figure_outline_part:
 * @points: (out caller-allocates): (8, 2) key and query of the corners
 *
 * Corners in order of the rectangle of queries [@q0,@q1) and keys [@k0,@k1), cut along the diagonal if it
 * is @causal; gives how many there are.   Units: tokens.   Thread: any.
 */
guint fovea_figure_outline_part (
    gint64 q0, gint64 q1, gint64 k0, gint64 k1, gboolean causal, double *points);

/**
 * fovea_figure_stairs_part:
 *
 * The same along the edges of the cells that a causal map has, for cells large enough to see them; none if
 * no query sees a key.
 *
 * Units: tokens.   Thread: any.   Owner: caller, an array of key and query, each pair of doubles a corner.
 */
GArray *fovea_figure_stairs_part (gint64 q0, gint64 q1, gint64 k0, gint64 k1);

/* Sides of cells, in points, from which a causal map is outlined step by step. */
#define FOVEA_FIGURE_STAIRS_FROM 4.0

/**
 * fovea_figure_whole_dots:
 * @cell: side of a cell of a map
 *
 * @cell, or a little less: a whole number of dots of 300 to the inch, where it has at least five, so that
 * all cells of a PNG are alike. Finer cells have to differ by a dot.
 *
 * Units: points.   Thread: any.
 */
double fovea_figure_whole_dots (double cell);

/**
 * fovea_figure_next_dot:
 *
 * The first edge of such a dot at or after @x: where a map of whole dots begins.
 *
 * Units: points.   Thread: any.
 */
double fovea_figure_next_dot (double x);

/* Fills @scene, what is drawn in it higher by @stretch points than it would be by itself. */
typedef void (*FoveaFigureLayOut) (FoveaScene *scene, double stretch, gpointer data);

/**
 * fovea_figure_lay_out:
 *
 * A scene that fills the height of its page, if it has a set one; @lay_out is asked again until it
 * does, or cannot.
 *
 * Units: points.   Thread: any.   Owner: caller.
 */
FoveaScene *fovea_figure_lay_out (const FoveaFigureMeasures *measures,
                                  FoveaFigureLayOut lay_out,
                                  gpointer data);

/**
 * fovea_figure_finish:
 * @scene: (transfer full): filled
 * @title: printf format: what it shows, for the file's metadata
 *
 * The figure of a scene, as high as @measures ask or as the content is.
 *
 * Errors: FOVEA_ERROR_RANGE if the content leaves the page: it would be cut.
 * Thread: any.   Owner: caller.
 */
FoveaFigure *fovea_figure_finish (FoveaScene *scene,
                                  const FoveaFigureMeasures *measures,
                                  GError **error,
                                  const char *title,
                                  ...) G_GNUC_PRINTF (4, 5);

/**
 * fovea_figure_add_letter:
 *
 * A panel's letter with its top left at (0, @y), if letters are wanted.
 *
 * Units: points.
 * Thread: as the scene.
 */
void fovea_figure_add_letter (FoveaScene *scene,
                              const FoveaFigureMeasures *measures,
                              double y,
                              const char *letter);

/**
 * fovea_figure_get_scene:
 *
 * Thread: any.
 * Owner: the figure.
 */
FoveaScene *fovea_figure_get_scene (FoveaFigure *figure);

/**
 * fovea_figure_caption:
 * @rest: (nullable): sentences that follow
 *
 * "fovea-demo, 160 tokens. ...", of a beginning "first 4,096 of 32,768 tokens".   Owner: caller.
 *
 * Thread: any.
 */
char *fovea_figure_caption (const FoveaTraceInfo *info, const char *rest);

/**
 * fovea_figure_name_position:
 * @text: size of the letters
 * @width: that the token may take
 *
 * '17 “the”', or the position alone where the trace has no texts.
 *
 * Units: points.   Thread: any.   Owner: caller.
 */
char *
fovea_figure_name_position (const FoveaTraceInfo *info, gint64 position, double text, double width);

/**
 * fovea_figure_add_caption:
 *
 * @words as lines of quiet text below (0, @y), as wide as the page, if a caption is wanted.
 *
 * Units: points.
 * Thread: as the scene.
 */
void fovea_figure_add_caption (FoveaScene *scene,
                               const FoveaFigureMeasures *measures,
                               double y,
                               const char *words);

/**
 * fovea_figure_measure_caption:
 *
 * How far down fovea_figure_add_caption() of the same reaches; 0 if no caption is wanted.
 *
 * Units: points.
 * Thread: any.
 */
double
fovea_figure_measure_caption (const FoveaFigureMeasures *measures, double y, const char *words);
