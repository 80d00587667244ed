/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a head is called, from its scores (methods/features-and-sparsity.md 9.4). A label needs a
 * score that exceeds its threshold by more than two standard errors over sequences, so one sequence
 * alone, which has no standard error, names nothing. */
#include <glib.h>

/* In the order of precedence among equals: the classes of the figures first. */
typedef enum {
    FOVEA_ROLE_PREVIOUS,
    FOVEA_ROLE_INDUCTION,
    FOVEA_ROLE_LOCAL,
    FOVEA_ROLE_DUPLICATE,
    FOVEA_ROLE_SINK,
    FOVEA_ROLE_CURRENT,
    FOVEA_ROLE_POSITIONAL,
    FOVEA_ROLE_LONG_RANGE,
    FOVEA_ROLE_UNIFORM,
    FOVEA_ROLE_SINK_COLUMN, /* most of the weight on one early column, whichever; never main beside
                               FOVEA_ROLE_SINK, which is the case of column 0 */
    FOVEA_N_ROLES,
} FoveaRole;

/**
 * fovea_role_get_name:
 *
 * "previous token", "induction" ...; static text.
 *
 * Thread: any.
 */
const char *fovea_role_get_name (FoveaRole role);

/**
 * fovea_role_get_threshold:
 *
 * Thread: any.
 */
double fovea_role_get_threshold (FoveaRole role);

/**
 * fovea_role_holds:
 * @score: NaN = not measured
 * @error: standard error over sequences; NaN = unknown
 *
 * score - threshold > 2 error.
 *
 * Thread: any.
 */
gboolean fovea_role_holds (FoveaRole role, double score, double error);

/**
 * fovea_roles_choose:
 * @scores: (FOVEA_N_ROLES)
 * @errors: (FOVEA_N_ROLES)
 * @main: (out): the role with the largest margin over its threshold, as a share of weight;
 * FOVEA_N_ROLES if none holds
 *
 * All roles that hold, main one first, comma-separated; "" if none.
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_roles_choose (const double *scores, const double *errors, FoveaRole *main);
