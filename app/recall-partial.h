/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves that an interrupted measurement left of its first sequences: the whole one, or a later part of it,
 * takes their place, and nobody else's. Two notes say so: "interrupted_of", the sequences that were to be
 * measured, and "interrupted_methods", whose curves are here for that reason alone. */
#include "analysis/table.h"
#include "storage/store.h"

/**
 * fovea_recall_partial_mark:
 * @merged: that is to be kept; gets the notes
 * @kept: (nullable): of the same sequences, measured before
 * @fresh: measured now; its note "interrupted_of" says whether that was interrupted
 *
 * Thread: any.
 */
void fovea_recall_partial_mark (FoveaTable *merged, FoveaTable *kept, FoveaTable *fresh);

/**
 * fovea_recall_partial_replace:
 * @merged: that is kept
 *
 * Takes the curves that it has of more sequences out of the tables of its parts, with their summaries.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean
fovea_recall_partial_replace (FoveaStore *store, gint64 run, FoveaTable *merged, GError **error);
