/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tiles of attention in the instruction set FOVEA_SET: entries of its kernel table, described
 * there. */
#include "kernels/cpu-kernels.h"

void FOVEA_IN_SET (fovea_score_tile) (FoveaScoreTile *tile);
void FOVEA_IN_SET (fovea_weigh_tile) (FoveaScoreTile *tile);
void FOVEA_IN_SET (fovea_column_tile) (const FoveaScoreTile *tile, double *mass);
