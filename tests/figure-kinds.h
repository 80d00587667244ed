/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Every kind of figure there is, on small data, for suites about what all of them have in common. */
#include "app/figure-request.h"
#include "tests/figure-support.h"

/* The kinds of requests come first; then what else a kind can show, and the page of a latent. */
enum {
    FIGURE_KIND_SCORES = FOVEA_N_FIGURE_KINDS, /* heads by a score */
    FIGURE_KIND_CELL,                          /* a map with tokens and a chosen cell */
    FIGURE_KIND_SIGNED,                        /* a map of scores */
    FIGURE_KIND_PATCH,                         /* a picture with a chosen patch */
    FIGURE_KIND_LATENT,
    FIGURE_N_KINDS,
};

/**
 * figure_kinds_set_up:
 *
 * An unchecked fixture: what the kinds are drawn from.
 */
void figure_kinds_set_up (void);

/**
 * figure_kinds_tear_down:
 */
void figure_kinds_tear_down (void);

/**
 * figure_kinds_get_name:
 *
 * Owner: static.
 */
const char *figure_kinds_get_name (guint kind);

/**
 * figure_kinds_draw:
 *
 * Must succeed.   Owner: caller.
 */
FoveaFigure *figure_kinds_draw (guint kind, const FoveaFigureStyle *style);
