/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the blocks of the attention kernel draw: tickets, each a head and 128 to 256 of its rows. */
#include "kernels/cuda/attend-hopper.h"
#include "kernels/cuda/hopper-tiles.cuh"

/* Wide heads: two consumers (@C) that take both blocks of a key tile at once. Narrow ones have the
 * registers for three or four consumers that take one, and run beside each other. @F: spare warps end
 * the blocks. Registers of a thread: together no more than the block owns, 168, 128 or 96 a thread, or
 * the kernel waits for ever. */
template <int D, int C, bool F> struct AttendTiles : Tiles<D, C> {
    static constexpr int WIDTH = D;
    static constexpr int BLOCKS = D == 128 ? 2 : 1;
    static constexpr bool FINISHERS = F;
    static constexpr int CONSUMER_REGISTERS = C == 2 ? (F ? 232 : 240) : C == 3 ? 160 : 112;
    static constexpr int PRODUCER_REGISTERS = C == 2 ? (F ? 40 : 24) : 32;
};
enum {
    MOST_CONSUMERS = 4
};

/* Kernel arguments beside the maps. */
typedef struct {
    FoveaHopperAttend args;
    int lead;       /* rows before the first: first_query % 64 */
    int n_rowtiles; /* the first may begin before row 0 */
    int group;      /* heads of a group */
    Tickets tickets;
    bool marks;      /* log-sum-exps are marked until they come */
    float2 *blocks;  /* per block and consumer: (key blocks, 64 rows) */
    int block_count; /* key blocks, even */
} HopperShape;

/* Barriers and small things at the end of shared memory. */
typedef struct {
    uint64_t q_full, q_empty;
    uint64_t k_full[4], k_empty[4], v_full[4], v_empty[4];
    int slot;
    /* From a consumer to the warp that ends its blocks, and back. */
    uint64_t rows_done[MOST_CONSUMERS], blocks_done[MOST_CONSUMERS];
    int done_ticket[MOST_CONSUMERS];
    alignas (16) float lse[MOST_CONSUMERS][HOPPER_ROWS];
} Control;

typedef struct {
    int head, row0; /* row0 of the tile in the call, -lead for the first */
    int n_tiles;    /* key tiles, walked from the last to 0 */
} Item;

static __device__ inline Item
decode_ticket (const HopperShape &s, int ticket, int tile_rows)
{
    Item item;
    int per_group = s.group * s.n_rowtiles, group = ticket / per_group, at = ticket % per_group;
    int heads = min (s.group, (int) s.args.heads - group * s.group);
    item.head = group * s.group + at % heads;
    item.row0 = (s.n_rowtiles - 1 - at / heads) * tile_rows - s.lead;
    int last = min (item.row0 + tile_rows, (int) s.args.rows) - 1 + (int) s.args.first_query;
    int end = s.args.causal ? min (last + 1, (int) s.args.n_keys) : (int) s.args.n_keys;
    item.n_tiles = (end + HOPPER_KEYS - 1) / HOPPER_KEYS;
    return item;
}

/* Blocks of 64 keys that any of a warpgroup's rows sees: fewer than the item's for the upper rows. Whole
 * tiles for wide heads, which take both blocks at once. */
template <class X>
static __device__ inline int
blocks_seen (const HopperShape &s, const Item &item, int query0)
{
    int end = s.args.causal ? min (query0 + HOPPER_ROWS, (int) s.args.n_keys) : (int) s.args.n_keys;
    constexpr int STEP = HOPPER_ROWS * X::BLOCKS;
    int seen = min ((end + STEP - 1) / STEP * X::BLOCKS, 2 * item.n_tiles);
    return __shfl_sync (~0u, seen, 0);
}
