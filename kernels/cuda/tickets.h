/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How the items of a launch, longest first, are shared out to its blocks. Where there are many, blocks
 * draw from a counter. Where rounds are few each block knows its own, because setting the counter to 0
 * takes longer than drawing gains: 2 of 100 us. Plain C as well, so that it is tested without a GPU. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __CUDACC__
#define FOVEA_ANYWHERE __host__ __device__
#else
#define FOVEA_ANYWHERE
#endif

typedef struct {
    int n_items;
    int *counter; /* next ticket; NULL: each block knows its own */
    int pairs;    /* blocks that get two of the longest, and nothing else */
} Tickets;

/**
 * own_ticket:
 *
 * What @block of @grid gets as its @turn-th where no counter is: every second round goes backwards, so
 * that who had the longest gets the shortest. @t->n_items or more if there is none.
 */
static inline FOVEA_ANYWHERE int
own_ticket (const Tickets *t, int grid, int block, int turn)
{
    int first = 0, blocks = t->pairs;
    if (block < blocks && turn > 1)
        return t->n_items;
    if (block >= blocks) {
        block -= blocks;
        first = 2 * blocks;
        blocks = grid - blocks;
    }
    return first + turn * blocks + (turn & 1 ? blocks - 1 - block : block);
}

/**
 * longest_share:
 *
 * The longest work of a block, where @heads items have each length, lengths fall by one to 1, and each
 * item costs one more to begin and to end.
 */
static inline int
longest_share (const Tickets *t, int grid, int heads)
{
    int longest = 0;
    for (int block = 0; block < grid; block++) {
        int share = 0, ticket;
        for (int turn = 0; (ticket = own_ticket (t, grid, block, turn)) < t->n_items; turn++)
            share += (t->n_items - 1 - ticket) / heads + 2;
        longest = longest > share ? longest : share;
    }
    return longest;
}

/**
 * plan_tickets:
 * @heads: items of each length, if lengths fall evenly to nothing; else 0
 * @counter: device memory, to draw from where rounds are many or items not sorted
 * @sorted: whether no item is longer than the one in front of it: without that forth and back is uneven
 *
 * Between two and four rounds the third is short for some blocks and long for others; then some get
 * two long items and the others the rest, if that is shorter. Some thousand steps at most. A counter,
 * where the result has one, is to be set to 0.
 */
static inline Tickets
plan_tickets (int n_items, int grid, int heads, bool sorted, int *counter)
{
    enum {
        FEW_ROUNDS = 8
    };
    Tickets best = {n_items, sorted && n_items <= FEW_ROUNDS * grid ? NULL : counter, 0};
    if (heads == 0 || best.counter != NULL || n_items <= 2 * grid || n_items >= 4 * grid)
        return best;
    int shortest = longest_share (&best, grid, heads);
    int step = heads > grid / 16 ? heads : grid / 16 + 1;
    for (Tickets t = best; (t.pairs += step) < grid && 2 * t.pairs < n_items;) {
        int longest = longest_share (&t, grid, heads);
        if (longest < shortest) {
            shortest = longest;
            best = t;
        }
    }
    return best;
}
