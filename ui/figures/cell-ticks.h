/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Ticks along the cells of a map: tokens where there is room for each, else positions. */
#include "capture/trace.h"
#include "ui/figures/axis.h"

/* A cell as high or wide as a line of text has its token beside it: of the text's size. */
#define FOVEA_CELL_TOKENS_FROM 1.15

typedef struct {
    gint64 q0, q1, k0, k1;       /* what is shown */
    gboolean q_tokens, k_tokens; /* wanted; after measuring those that fit */
    char *q_name, *k_name;
    GArray *q_ticks, *k_ticks;
    gboolean k_turned;
    double left, right, below; /* of the map, that they take */
} FoveaCellAxes;

/**
 * fovea_cell_ticks_new:
 * @from: first position, shown up to before @to
 * @chosen: one that is named in bold, -1 = none
 * @tokens: every token instead of some positions; the trace has texts then
 *
 * Ticks with labels, not placed yet.
 *
 * Units: @text in points.   Thread: any.   Owner: caller, g_array_unref().
 */
GArray *fovea_cell_ticks_new (const FoveaTraceInfo *info,
                              gint64 from,
                              gint64 to,
                              gint64 chosen,
                              gboolean tokens,
                              double text);

/**
 * fovea_cell_ticks_place:
 * @origin: of the map, in the scene
 * @from: its first position
 *
 * Puts every tick at the middle of its cell.   Units: points.   Thread: one at a time.
 */
void fovea_cell_ticks_place (GArray *ticks, double origin, gint64 from, double cell);

/**
 * fovea_cell_ticks_get_overhang:
 *
 * What labels hang over the right edge of a map that ends at key @end: the last one, and the bold one,
 * which are never dropped.   Units: points.   Thread: any.
 */
double fovea_cell_ticks_get_overhang (GArray *ticks, gint64 end, double cell, double text);

/**
 * fovea_cell_ticks_name:
 *
 * '157 “P”', or just '157' without token texts.   Thread: any.   Owner: caller.
 */
char *fovea_cell_ticks_name (const FoveaTraceInfo *info, gint64 position, double text);

/**
 * fovea_cell_ticks_name_axis:
 * @noun: "query" or "key"
 * @from: first position that is shown
 *
 * What an axis runs along, of which of two texts if there are two.   Thread: any.   Owner: caller.
 */
char *fovea_cell_ticks_name_axis (const FoveaTraceInfo *info,
                                  const char *noun,
                                  gboolean tokens,
                                  gint64 from);

/**
 * fovea_cell_axes_measure:
 * @cell, @line: width and height of a cell, HUGE_VAL if not known yet
 *
 * Labels and their room: tokens where they are wanted and a cell has room for one, else positions.
 *
 * Units: points.   Thread: one at a time.
 */
void fovea_cell_axes_measure (
    FoveaCellAxes *axes, const FoveaTraceInfo *info, double cell, double line, double text);

/**
 * fovea_cell_axes_add_keys:
 * @x, @y: lower left corner of the map
 *
 * Units: points.   Thread: one at a time.
 */
void fovea_cell_axes_add_keys (
    FoveaCellAxes *axes, FoveaScene *scene, double x, double y, double width, double text);

/**
 * fovea_cell_axes_add_queries:
 * @x, @y: upper left corner of the map
 *
 * The name stands at the scene's left edge.   Units: points.   Thread: one at a time.
 */
void fovea_cell_axes_add_queries (
    FoveaCellAxes *axes, FoveaScene *scene, double x, double y, double height, double text);

/**
 * fovea_cell_axes_clear:
 *
 * Frees what measuring made.   Thread: one at a time.
 */
void fovea_cell_axes_clear (FoveaCellAxes *axes);
