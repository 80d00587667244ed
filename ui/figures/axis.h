/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Axes as the style guide has them: 0.5 pt, left and bottom, outward ticks at 1-2-5 steps. */
#include "ui/figures/scene.h"

#define FOVEA_AXIS_WIDTH  0.5
#define FOVEA_TICK_LENGTH 2.5

typedef struct {
    double value;
    double at; /* points along the axis, in the scene */
    char *label;
    gboolean bold; /* a chosen one: never dropped, its line is thick */
} FoveaTick;

/**
 * fovea_ticks_new:
 *
 * An empty array of #FoveaTick that frees its labels.
 *
 * Thread: any.   Owner: caller, g_array_unref().
 */
GArray *fovea_ticks_new (void);

/**
 * fovea_ticks_steps:
 * @whole: only whole values between the ends
 * @most: 2 or more
 *
 * The two ends and the multiples of a 1-2-5 step between them that keep half a step from both: at
 * most @most values in all. @low alone if @high is not above it.
 *
 * Thread: any.   Owner: caller; an array of double, rising.
 */
GArray *fovea_ticks_steps (double low, double high, gboolean whole, guint most);

/**
 * fovea_ticks_round_up:
 *
 * The least 1, 2 or 5 times a power of ten that is >= @value; 1 if @value is not positive.
 *
 * Thread: any.
 */
double fovea_ticks_round_up (double value);

/**
 * fovea_ticks_add:
 *
 * Units: @at in points.   Thread: one at a time.   Owner: @label is copied.
 */
void fovea_ticks_add (GArray *ticks, double value, double at, const char *label, gboolean bold);

/**
 * fovea_ticks_thin:
 * @vertical: labels are stacked, else side by side
 *
 * Drops the ticks whose labels would touch a bold one, then those that would touch a neighbour;
 * first and last win over those between.
 *
 * Units: points.   Thread: one at a time.   Owner: labels that go are freed.
 */
void fovea_ticks_thin (GArray *ticks, double text, gboolean vertical);

/**
 * fovea_ticks_width:
 *
 * Widest label, 0 without one.
 *
 * Units: points.   Thread: any.
 */
double fovea_ticks_width (GArray *ticks, double text);

/**
 * fovea_axis_add_bottom:
 * @y: of the axis
 * @turned: labels read upwards
 *
 * Ticks and labels below a horizontal axis.
 *
 * Units: points.   Thread: one at a time.
 */
void
fovea_axis_add_bottom (FoveaScene *scene, GArray *ticks, double y, double text, gboolean turned);

/**
 * fovea_axis_add_left:
 * @x: of the axis
 *
 * Ticks and labels left of a vertical axis.
 *
 * Units: points.   Thread: one at a time.
 */
void fovea_axis_add_left (FoveaScene *scene, GArray *ticks, double x, double text);
