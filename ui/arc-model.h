/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Every weight of one head on a short text, for who shows each of them: lines between tokens and their table. */
#include "ui/selection.h"

/* Longer texts have the map; so many lines would be a grey mass. */
#define FOVEA_ARCS_MAX_TOKENS 96

/* Smaller weights have no line: it would not be seen. */
#define FOVEA_ARCS_LEAST 0.02f

#define FOVEA_TYPE_ARC_MODEL (fovea_arc_model_get_type ())
G_DECLARE_FINAL_TYPE (FoveaArcModel, fovea_arc_model, FOVEA, ARC_MODEL, GObject)

/**
 * fovea_arc_model_new:
 *
 * Signals: "changed" (of another head or text, and again when they are read), "failed" (message). Weights are read
 * only while somebody uses them.   Thread: main.   Owner: caller.
 */
FoveaArcModel *fovea_arc_model_new (FoveaSelection *selection);

/**
 * fovea_arc_model_can_show:
 *
 * Whether the open text is short enough.   Thread: main.
 */
gboolean fovea_arc_model_can_show (FoveaSelection *selection);

/**
 * fovea_arc_model_use:
 * @use: FALSE lets go again
 *
 * Thread: main.
 */
void fovea_arc_model_use (FoveaArcModel *self, gboolean use);

/**
 * fovea_arc_model_count_tokens:
 *
 * Of the text whose weights are used; 0 = nobody does, or it is too long.   Thread: main.
 */
gint64 fovea_arc_model_count_tokens (FoveaArcModel *self);

/**
 * fovea_arc_model_get_weights:
 *
 * (n, n) of the selected head, NULL while they are read.   Thread: main.   Owner: the model.
 */
const float *fovea_arc_model_get_weights (FoveaArcModel *self);

/**
 * fovea_arc_model_retry:
 *
 * Reads weights that could not be read.   Thread: main.
 */
void fovea_arc_model_retry (FoveaArcModel *self);
