/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What arrows, Home and End do wherever cells are shown: queries run down, keys right. */
#include "ui/selection.h"

/**
 * fovea_cell_move:
 * @name: of a command without its prefix: "up", "far-left", "first-key", "last-query" and their kind
 *
 * Moves the selected cell, within the map; FALSE if @name is no move.   Thread: main.
 */
gboolean fovea_cell_move (FoveaSelection *selection, const char *name);
