/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The score of the selected cell, dimension by dimension: what each product of query and key adds to
 * it, as a bar up or down. Hidden where queries and keys were not kept. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"

#define FOVEA_TYPE_SCORE_BARS (fovea_score_bars_get_type ())
G_DECLARE_FINAL_TYPE (FoveaScoreBars, fovea_score_bars, FOVEA, SCORE_BARS, GtkWidget)

/**
 * fovea_score_bars_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_score_bars_new (FoveaCellModel *cells);

/**
 * fovea_score_bars_describe:
 *
 * "Score by dimension: 32 products sum to +5.36 nats; dimension 7 adds most, +4.20." Spoken by
 * screen readers, and the caption.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_score_bars_describe (const FoveaScoreParts *parts);
