/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the two halves of attention on AMX tiles share: sizes of a tile's own pieces, in bf16
 * elements. */
#include "kernels/amx.h"

#include "kernels/cpu-kernels.h"

enum {
    QUERIES = FOVEA_TILE,
    QUERY_TILES = QUERIES / TILE,
    VALUE_KEYS = 128 /* keys whose e is cut before values are summed: z' is loaded and stored once
                        for them */
};

/**
 * fovea_amx_depths:
 *
 * Depths of 32 in a row of D.   Thread: any.
 */
static inline int64_t
fovea_amx_depths (int64_t width)
{
    return (width + DEPTH - 1) / DEPTH;
}

/**
 * fovea_amx_query_size:
 *
 * Elements of the pieces of 64 queries.
 *
 * Shape: (depths, 4, pieces) tiles.   Thread: any.
 */
static inline int64_t
fovea_amx_query_size (int64_t width)
{
    return fovea_amx_depths (width) * QUERY_TILES * MAX_PIECES * TILE_BF16;
}

/**
 * fovea_amx_weigh_size:
 *
 * Elements that fovea_weigh_tile_amx() needs behind the query pieces.   Thread: any.
 */
int64_t fovea_amx_weigh_size (int64_t width);

/**
 * fovea_weigh_tile_amx:
 *
 * The entry weigh_tile of FoveaTileKernels.   Thread: any.
 */
void fovea_weigh_tile_amx (FoveaScoreTile *tile);
