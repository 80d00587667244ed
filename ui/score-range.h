/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The range of a head's scores, read off the main loop once a head and kept while the sequence is
 * open. Maps coloured by score need it before their first tile. */
#include "ui/selection.h"

#define FOVEA_TYPE_SCORE_RANGE (fovea_score_range_get_type ())
G_DECLARE_FINAL_TYPE (FoveaScoreRange, fovea_score_range, FOVEA, SCORE_RANGE, GObject)

/**
 * fovea_score_range_new:
 *
 * Signals: "changed" (a range arrived), "failed" (message).   Thread: main.   Owner: caller.
 */
FoveaScoreRange *fovea_score_range_new (FoveaSelection *selection);

/**
 * fovea_score_range_get:
 *
 * Limit of the selected head's scores, which run from -limit to limit; 0 after starting to read it.
 *
 * Units: nats.   Thread: main.
 */
double fovea_score_range_get (FoveaScoreRange *self);

/**
 * fovea_score_range_retry:
 *
 * Ranges that could not be read are when they are asked for again.   Thread: main.
 */
void fovea_score_range_retry (FoveaScoreRange *self);
