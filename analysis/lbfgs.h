/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Minimises a smooth function of many numbers by limited-memory BFGS. */
#include <glib.h>

/* The value at @x; its derivatives go to @gradient. */
typedef double (*FoveaObjective) (gpointer data, const double *x, double *gradient);

typedef struct {
    double value;
    double gradient; /* largest derivative, by magnitude */
    guint iterations;
    gboolean converged; /* @gradient is within the tolerance */
} FoveaMinimum;

/**
 * fovea_lbfgs_minimise:
 * @x: (inout): (n) where to start; where it ended
 * @most_iterations: steps
 * @tolerance: on the largest derivative
 *
 * Stops at the tolerance, after so many steps, or where no step along the direction gains anything
 * that the arithmetic can see. A function that is not finite at the start is left at once.
 *
 * Thread: any; blocks.   Memory: 24 n doubles.
 * Source: Liu & Nocedal 1989, ten pairs; steps by halving until Armijo's condition holds.
 */
FoveaMinimum fovea_lbfgs_minimise (FoveaObjective objective,
                                   gpointer data,
                                   gsize n,
                                   double *x,
                                   guint most_iterations,
                                   double tolerance);
