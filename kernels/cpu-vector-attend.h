/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tiles of attention in the instruction set FOVEA_SET: the entries of its kernel table, described
 * there, and the stages that the version on tile registers shares with them. */
#include "kernels/cpu-kernels.h"

#define FOVEA_JOIN2(name, set) name##_##set
#define FOVEA_JOIN(name, set)  FOVEA_JOIN2 (name, set)
#define FOVEA_IN_SET(name)     FOVEA_JOIN (name, FOVEA_SET)

void FOVEA_IN_SET (fovea_score_tile) (FoveaScoreTile *tile);
void FOVEA_IN_SET (fovea_weigh_tile) (FoveaScoreTile *tile);
void FOVEA_IN_SET (fovea_column_tile) (const FoveaScoreTile *tile, double *mass);
void FOVEA_IN_SET (fovea_top_mass) (const FoveaTopMassArgs *args);
extern const FoveaSparseLoops FOVEA_IN_SET (fovea_sparse_loops);

/**
 * fovea_finish_block:
 *
 * Bias, cap and mask of raw scores of keys [@j, @end) of the tile, and their maximum.
 *
 * Thread: any.
 */
void FOVEA_IN_SET (fovea_finish_block) (FoveaScoreTile *tile, int64_t j, int64_t end);
