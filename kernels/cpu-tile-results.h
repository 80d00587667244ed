/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What leaves a tile of attention, in the order of one:
 *
 *   1. score_tile: scores stand in the tile; dense scores are written now or never.
 *   2. settle_max, weigh_tile, settle_sum: exponentials stand there, and 1 / their sum a lane.
 *   3. write_z.
 *   4. settle_kept: 1 / exp of the log-sum-exp as it is kept, from here on.
 *   5. dense weights, column mass, blocks and statistics, in any order.
 *
 * Each function is called by the thread whose scratch the tile lies in. No two tiles of a call
 * write to the same place, so nothing is locked. */
#include "kernels/cpu-kernels.h"

/**
 * fovea_tile_settle_max:
 * @tile: with the largest score of every lane
 *
 * Makes them the maxima that exponents are taken from: that of a sink counts, and a row of -inf has 0.
 *
 * Thread: the one whose scratch the tile lies in.
 */
void fovea_tile_settle_max (FoveaScoreTile *tile);

/**
 * fovea_tile_settle_sum:
 * @tile: weighed
 *
 * Adds the sink to the sums and fills `inverse`; 0 there silences rows without keys and idle lanes.
 *
 * Thread: the one whose scratch the tile lies in.
 */
void fovea_tile_settle_sum (FoveaScoreTile *tile);

/**
 * fovea_tile_settle_kept:
 * @tile: whose output is written
 *
 * Makes `inverse` that of the log-sum-exp rounded to f32, as a rectangle that is recomputed from it
 * has: the two differ by 1e-6 of a weight once scores pass 16.
 *
 * Thread: the one whose scratch the tile lies in.
 */
void fovea_tile_settle_kept (FoveaScoreTile *tile);

/**
 * fovea_tile_write_z:
 * @row: of the tile's first query, counted from the call's first row
 *
 * Outputs, (rows, H, D) in @args, by rows.
 *
 * Thread: the one whose scratch the tile lies in.
 */
void fovea_tile_write_z (const FoveaAttendArgs *args, const FoveaScoreTile *tile, int64_t row);

/**
 * fovea_tile_write_statistics:
 * @tile: weighed with the sums of a capture
 * @row: as for fovea_tile_write_z()
 *
 * Those of the statistics of rows, each (rows, H), that @args asks for. Units: nats (entropy), tokens
 * (distance), shares of 1 (masses).
 *
 * Thread: the one whose scratch the tile lies in.
 */
void
fovea_tile_write_statistics (const FoveaAttendArgs *args, const FoveaScoreTile *tile, int64_t row);

/**
 * fovea_tile_write_blocks:
 * @tile: weighed with the sums of a capture
 * @n_row_blocks: row blocks that the call's queries lie in
 *
 * Adds the tile to its row of the pyramid's lowest level, (H, @n_row_blocks, block_stride): mass, and
 * the largest weight, of each 64 x 64 block.
 *
 * Thread: the one whose scratch the tile lies in.
 */
void fovea_tile_write_blocks (const FoveaAttendArgs *args,
                              const FoveaScoreTile *tile,
                              int64_t n_row_blocks);

/**
 * fovea_tile_write_dense:
 * @weights: (nullable): factor of each lane, with which exponentials become weights; NULL = scores
 * @n_keys: of a row of @out
 * @first_key: that the first column of @out stands for
 * @out: (out caller-allocates): (queries of the tile, @n_keys)
 *
 * The tile's scores or weights by rows; keys that the tile has not are -inf or 0.
 *
 * Thread: the one whose scratch the tile lies in.
 */
void fovea_tile_write_dense (const FoveaScoreTile *tile,
                             const float *weights,
                             int64_t n_keys,
                             int64_t first_key,
                             float *out);
