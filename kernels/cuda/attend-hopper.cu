/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention on Hopper: a persistent grid of one block per multiprocessor. Warpgroup 0 loads (one
 * thread works), two to four consumers compute 64 query rows each. A block draws (head, rows) tickets,
 * longest rows first, heads in groups whose keys and values fit the L2 cache.
 *
 * Invariant: what capture wants never changes z. A warpgroup's 64 rows are one block row of the
 * pyramid, so that its sums need no atomics: same input, same bits. */
#include "kernels/cuda/attend-hopper.h"

#include <cuda.h>

#include "kernels/cuda/attend-hopper-finish.cuh"
#include "kernels/cuda/attend-hopper-keys.cuh"
#include "kernels/cuda/attend-hopper-steps.cuh"

/* One thread: draws tickets and loads the rows' queries, then keys and values from the last tile
 * down. Keys of a tile before its values: scores are wanted first. */
template <class X>
static __device__ void
produce (const HopperShape &s,
         const CUtensorMap *q,
         const CUtensorMap *k,
         const CUtensorMap *v,
         char *memory,
         Control *c)
{
    char *keys = memory + X::Q_BYTES, *values = keys + X::STAGES * X::KV_BYTES;
    Ring ring = {0, 1};
    for (uint32_t turn = 0;; turn++) {
        int ticket = next_ticket (s.tickets, turn);
        barrier_wait (&c->q_empty, (turn & 1) ^ 1);
        c->slot = ticket;
        if (ticket >= s.tickets.n_items) {
            barrier_arrive (&c->q_full);
            return;
        }
        Item item = decode_ticket (s, ticket, X::TILE_ROWS);
        int group = item.head / (int) (s.args.heads / s.args.kv_heads);
        load_panels<X::WIDTH> (q, memory, &c->q_full, X::TILE_ROWS, X::Q_BYTES, item.head,
                               item.row0);
        for (int n = item.n_tiles - 1; n >= 0; n--) {
            int at = ring.stage;
            barrier_wait (&c->k_empty[at], ring.phase);
            load_panels<X::WIDTH> (k, keys + at * X::KV_BYTES, &c->k_full[at], HOPPER_KEYS,
                                   X::KV_BYTES, group, n * HOPPER_KEYS);
            barrier_wait (&c->v_empty[at], ring.phase);
            load_panels<X::WIDTH> (v, values + at * X::KV_BYTES, &c->v_full[at], HOPPER_KEYS,
                                   X::KV_BYTES, group, n * HOPPER_KEYS);
            ring_next<X::STAGES> (&ring);
        }
    }
}

/* A consumer's rows of one head. */
template <class X, int FEATURES>
static __device__ inline void
attend_item (const HopperShape &s, const Item &item, int consumer, uint32_t turn, Consumer<X> &me)
{
    float scores[X::BLOCKS][32], o[X::WIDTH / 2];
    RowState r;
    rows_begin (me.place, &r);
#pragma unroll
    for (int i = 0; i < X::WIDTH / 2; i++)
        o[i] = 0;
    int row0 = item.row0 + consumer * HOPPER_ROWS, query0 = row0 + (int) s.args.first_query;
    /* The upper rows of an item see fewer keys than the lowest, for which they are loaded. */
    int seen = blocks_seen<X> (s, item, query0);
    skip_tiles<X> (me, item.n_tiles - (seen + 1) / 2);
    me.place.query0 = query0;
    me.place.query = query0 + 16 * ((int) threadIdx.x % 128 / 32) + (int) threadIdx.x % 32 / 4;
    if (FEATURES & WITH_BLOCKS)
        me.blocks += (int64_t) (seen - X::BLOCKS) * HOPPER_ROWS;
    /* The same for the warp, and said so: a loop bound in a vector register would take the stages'
     * numbers with it, and every product two instructions more. */
    int far = __shfl_sync (~0u, first_far<X> (s, item, query0), 0);
    if constexpr (X::BLOCKS == 2)
        walk_wholes<X, FEATURES> (me, seen / 2 - 1, far, scores, o, &r);
    else
        walk_halves<X, FEATURES> (me, seen - 1, far, scores, o, &r);
    if (FEATURES & WITH_BLOCKS)
        me.blocks += X::BLOCKS * HOPPER_ROWS;
    /* The spare warp still reads the log-sum-exps of the item before, whose place these take. */
    if ((FEATURES & WITH_BLOCKS) && X::FINISHERS)
        barrier_wait (&me.c->blocks_done[consumer], turn ^ 1);
    /* Keys are walked down: what is left of the scores is that of key 0. */
    const float first[2] = {scores[0][0], scores[0][2]};
    finish_rows<X, FEATURES> (s, item, consumer, me.place, o, &r, first, me.c->lse[consumer]);
    if (FEATURES & WITH_ROWS)
        finish_keys<X> (s.args, item.head, row0 + 16 * ((int) threadIdx.x % 128 / 32), r);
}

/* Row of the scratch that a lane looks after, of the lower block at hand: eight rows lie side by side, so
 * that a warp's 8-byte stores fill whole lines. */
template <class X>
static __device__ inline int
kept_row (int lane)
{
    int row = 16 * ((int) threadIdx.x % 128 / 32) + lane / 4 + 8 * keeps_second_row<X::BLOCKS> ();
    return X::BLOCKS == 2 ? (lane & 1) * HOPPER_ROWS + row : row;
}

/* A warpgroup's life: items, of each the 64 rows that are its own. What stays the same from item to item
 * is set up once. */
template <class X, int FEATURES>
static __device__ void
consume (const HopperShape &s, int consumer, char *memory, Control *c)
{
    constexpr bool HANDS_OVER = (FEATURES & WITH_BLOCKS) && X::FINISHERS;
    char *keys = memory + X::Q_BYTES, *values = keys + X::STAGES * X::KV_BYTES;
    int lane = (int) threadIdx.x % 32;
    Consumer<X> me;
    me.q = descriptor_low (memory + consumer * HOPPER_ROWS * X::ROW_BYTES, 16);
    me.k = descriptor_low (keys, 16);
    me.v = descriptor_low (values, HOPPER_KEYS * X::ROW_BYTES);
    me.c = c;
    me.keys = me.values = Ring{0, 0};
    me.leader = lane == 0;
    me.keeper = X::BLOCKS == 2 || (lane & 2) == 0;
    me.place.column = 2 * (lane % 4);
    me.place.n_keys = (int) s.args.n_keys;
    me.place.causal = s.args.causal;
    me.place.c = s.args.scale * 1.4426950408889634f;
    me.blocks = consumer_scratch<X> (s, consumer) + kept_row<X> (lane);
    for (uint32_t turn = 0;; turn ^= 1) {
        barrier_wait (&c->q_full, turn);
        int ticket = __shfl_sync (~0u, lane == 0 ? *(volatile int *) &c->slot : 0, 0);
        /* Leaves at once: a condition around the item's work would make the rings' stages, joined
         * behind it, look different from lane to lane. */
        if (ticket >= s.tickets.n_items) {
            if (HANDS_OVER) {
                barrier_wait (&c->blocks_done[consumer], turn ^ 1);
                hand_blocks_over (ticket, consumer, c);
            }
            return;
        }
        Item item = decode_ticket (s, ticket, X::TILE_ROWS);
        attend_item<X, FEATURES> (s, item, consumer, turn, me);
        if (HANDS_OVER) {
            hand_blocks_over (ticket, consumer, c);
            me.blocks += (turn ? -1 : 1) * (int64_t) s.block_count * HOPPER_ROWS;
        } else if (FEATURES & WITH_BLOCKS)
            end_own_blocks<X> (s, item, consumer, c);
    }
}

/* Marks the log-sum-exps of the block's rows as still to come, for columns that begin before they are
 * there. Its own rows alone, known because no counter is drawn from: another block may have written
 * its results already. */
template <class X>
static __device__ inline void
mark_rows (const HopperShape &s)
{
    for (int turn = 0;; turn++) {
        int ticket = own_ticket (&s.tickets, (int) gridDim.x, (int) blockIdx.x, turn);
        if (ticket >= s.tickets.n_items)
            return;
        Item item = decode_ticket (s, ticket, X::TILE_ROWS);
        for (int i = (int) threadIdx.x; i < X::TILE_ROWS; i += X::THREADS) {
            int64_t row = item.row0 + i;
            if (row >= 0 && row < s.args.rows)
                s.args.lse[row * s.args.heads + item.head] = __uint_as_float (HOPPER_MARK);
        }
    }
}

/* Attention with capture.
 * Does:  z, lse, and by FEATURES row statistics and block sums of the true softmax, causal or not.
 * Tiles: 128 queries of one head (2 x 64) walk 128-key tiles downwards; 384 threads; 1 block/SM.
 * Moves: 2 (H + G) T D * 2 B if the L2 cache holds a group of heads; with blocks 8 B per row and
 *        64 keys of scratch, most of it through device memory.
 * Work:  4 H T^2 D flop, half if causal.   Roof: tensor cores, 989 TFLOP/s nominal on an H100.
 * Needs: sm_90a; D in 32, 64, 128; n_keys >= 1.   Rounding: weights to bf16 for z alone.
 * Source: online softmax, Milakov & Gimelshein 2018; twin: fovea_attend_ref. */
template <class X, int FEATURES>
static __global__ void
__launch_bounds__ (X::THREADS, 1) attend_kernel (const __grid_constant__ HopperShape s,
                                                 const __grid_constant__ CUtensorMap q,
                                                 const __grid_constant__ CUtensorMap k,
                                                 const __grid_constant__ CUtensorMap v)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char raw[];
    char *memory = (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
    Control *c = (Control *) (memory + X::Q_BYTES + 2 * X::STAGES * X::KV_BYTES);
    if (threadIdx.x == 0) {
        barrier_init (&c->q_full, 1);
        barrier_init (&c->q_empty, 4 * X::CONSUMERS);
        for (int i = 0; i < X::CONSUMERS; i++) {
            barrier_init (&c->rows_done[i], 128);
            barrier_init (&c->blocks_done[i], 32);
        }
        for (int i = 0; i < X::STAGES; i++) {
            barrier_init (&c->k_full[i], 1);
            barrier_init (&c->v_full[i], 1);
            barrier_init (&c->k_empty[i], 4 * X::CONSUMERS);
            barrier_init (&c->v_empty[i], 4 * X::CONSUMERS);
        }
        barrier_fence_init ();
        map_prefetch (&q), map_prefetch (&k), map_prefetch (&v);
    }
    grid_wait ();
    if (s.marks)
        mark_rows<X> (s);
    else
        grid_release ();
    __syncthreads ();
    int warpgroup = __shfl_sync (~0u, (int) threadIdx.x / 128, 0);
    if (warpgroup == 0) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(X::PRODUCER_REGISTERS));
        int warp = __shfl_sync (~0u, (int) threadIdx.x / 32, 0);
        if (threadIdx.x == 0)
            produce<X> (s, &q, &k, &v, memory, c);
        /* The columns may begin when every block's marks can be seen, and their counter. One thread
         * speaks for all, whose stores lie before the barrier above; it loads nothing, so that the
         * fence delays no one. */
        if (s.marks && threadIdx.x == 96) {
            if (blockIdx.x == 0)
                *(int *) s.args.columns_scratch = 0;
            __threadfence ();
            grid_release ();
        }
        if ((FEATURES & WITH_BLOCKS) && X::FINISHERS && warp > 0 && warp <= X::CONSUMERS)
            end_blocks<X> (s, warp - 1, c);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(X::CONSUMER_REGISTERS));
        consume<X, FEATURES> (s, warpgroup - 1, memory, c);
    }
#endif
}

/* Positions are ints on the device, and a bulk copy starts at a multiple of 16 bytes. */
bool
fovea_hopper_attend_supports (const FoveaHopperAttend *a)
{
    bool width = a->width == 32 || a->width == 64 || a->width == 128;
    return width && a->n_keys >= 1 && a->rows >= 1 && a->n_keys < (1 << 30) &&
           ((uintptr_t) a->q | (uintptr_t) a->k | (uintptr_t) a->v) % 16 == 0;
}

/* Heads whose keys and values share the L2 cache (half of its 50 MB) while their rows are worked on;
 * at least the heads of one key/value head, which share them anyway. */
static int
heads_together (const FoveaHopperAttend *a)
{
    int64_t per_kv = a->heads / a->kv_heads, bytes = a->n_keys * a->width * 4;
    int64_t fit = (34 << 20) / (bytes > 0 ? bytes : 1);
    int64_t heads = (fit < 1 ? 1 : fit) * per_kv;
    return (int) (heads < a->heads ? heads : a->heads);
}

/* Blocks of 64 keys, an even number: two a tile. */
static int64_t
block_count (const FoveaHopperAttend *a)
{
    return (a->n_keys + HOPPER_KEYS - 1) / HOPPER_KEYS * 2;
}

/* How a call is shared out. Four consumers keep a multiprocessor busiest, three and spare warps where
 * blocks are wanted too. But items of 256 rows are few where rows are, and the longest of them the last
 * to end; and what spare warps do of the last item nobody works beside. */
typedef struct {
    int consumers;
    bool finishers;
} Sharing;

static Sharing
share_out (const FoveaHopperAttend *a, int n_processors)
{
    int64_t items = (a->rows + 4 * HOPPER_ROWS - 1) / (4 * HOPPER_ROWS) * a->heads;
    bool many = items >= 4 * (int64_t) n_processors, blocks = a->block_mass != NULL;
    if (a->width == 128)
        return (Sharing){2, many && blocks};
    bool everything = blocks && a->entropy != NULL;
    return (Sharing){many && !everything ? 4 : 3, many && everything};
}

/* The ticket counter, then what tiles leave of their blocks until a row's log-sum-exp is known: two items'
 * worth where spare warps end them. */
size_t
fovea_hopper_attend_scratch (const FoveaHopperAttend *a, int n_processors)
{
    Sharing sharing = share_out (a, n_processors);
    size_t blocks = (size_t) n_processors * (size_t) sharing.consumers * (size_t) block_count (a) *
                    HOPPER_ROWS * (sharing.finishers ? 2 : 1);
    return 256 + (a->block_mass != NULL ? blocks * sizeof (float2) : 0);
}

/* What is launched: maps and all. */
typedef struct {
    HopperShape shape;
    CUtensorMap maps[3];
    Sharing sharing;
    int grid;
    cudaStream_t stream;
} Launch;

/* The kernel of the tiles and wishes. */
template <class X, int FEATURES>
static cudaError_t
launch (const Launch *l)
{
    size_t shared = X::SHARED + sizeof (Control);
    cudaError_t status = cudaFuncSetAttribute (
        attend_kernel<X, FEATURES>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);
    if (status != cudaSuccess)
        return status;
    /* Before the kernel in front has ended: barriers and maps are ready when it has. */
    cudaLaunchAttribute early;
    cudaLaunchConfig_t config = launch_early (l->grid, X::THREADS, shared, l->stream, &early);
    return cudaLaunchKernelEx (&config, attend_kernel<X, FEATURES>, l->shape, l->maps[0],
                               l->maps[1], l->maps[2]);
}

/* Narrow heads, by share_out(). Only what it can choose is compiled. */
template <int D, int FEATURES>
static cudaError_t
launch_narrow (const Launch *l)
{
    if constexpr (FEATURES == (WITH_ROWS | WITH_BLOCKS)) {
        if (l->sharing.finishers)
            return launch<AttendTiles<D, 3, true>, FEATURES> (l);
    } else if (l->sharing.consumers == 4)
        return launch<AttendTiles<D, 4, false>, FEATURES> (l);
    return launch<AttendTiles<D, 3, false>, FEATURES> (l);
}

/* The width, a constant of the kernel: registers cannot be counted at run time. */
template <int FEATURES>
static cudaError_t
launch_width (const Launch *l)
{
    if (l->shape.args.width == 64)
        return launch_narrow<64, FEATURES> (l);
    if (l->shape.args.width == 32)
        return launch_narrow<32, FEATURES> (l);
    if constexpr ((FEATURES & WITH_BLOCKS) != 0)
        if (l->sharing.finishers)
            return launch<AttendTiles<128, 2, true>, FEATURES> (l);
    return launch<AttendTiles<128, 2, false>, FEATURES> (l);
}

/* How the items of a call are shared out. */
static Launch
plan_launch (const FoveaHopperAttend *a, int n_processors, int *counter)
{
    Launch l = {{*a}};
    HopperShape *s = &l.shape;
    l.sharing = share_out (a, n_processors);
    int tile_rows = HOPPER_ROWS * l.sharing.consumers;
    s->lead = (int) (a->first_query % HOPPER_BLOCK);
    s->n_rowtiles = (int) ((s->lead + a->rows + tile_rows - 1) / tile_rows);
    s->group = heads_together (a);
    int n_items = s->n_rowtiles * (int) a->heads;
    int falling = a->causal && a->rows == a->n_keys ? (int) a->heads : 0;
    l.grid = n_items < n_processors ? n_items : n_processors;
    s->tickets = plan_tickets (n_items, l.grid, falling, s->group >= a->heads, counter);
    s->marks = a->columns_scratch != NULL && a->lse != NULL && s->tickets.counter == NULL;
    return l;
}

bool
fovea_hopper_attend_leads (const FoveaHopperAttend *a, int n_processors)
{
    int counter;
    return plan_launch (a, n_processors, &counter).shape.marks;
}

cudaError_t
fovea_hopper_attend (const FoveaHopperAttend *a,
                     void *scratch,
                     int n_processors,
                     cudaStream_t stream)
{
    Launch l = plan_launch (a, n_processors, (int *) scratch);
    HopperShape *s = &l.shape;
    l.stream = stream;
    int tile_rows = HOPPER_ROWS * l.sharing.consumers;
    s->blocks = (float2 *) ((char *) scratch + 256);
    s->block_count = (int) block_count (a);
    cudaError_t status = make_map (&l.maps[0], a->q, a->rows, a->heads, a->width, tile_rows);
    if (status == cudaSuccess)
        status = make_map (&l.maps[1], a->k, a->n_keys, a->kv_heads, a->width, HOPPER_KEYS);
    if (status == cudaSuccess)
        status = make_map (&l.maps[2], a->v, a->n_keys, a->kv_heads, a->width, HOPPER_KEYS);
    if (status == cudaSuccess)
        status = clear_tickets (&s->tickets, stream);
    if (status != cudaSuccess)
        return status;
    bool rows = a->entropy != NULL, blocks = a->block_mass != NULL;
    if (rows && blocks)
        return launch_width<WITH_ROWS | WITH_BLOCKS> (&l);
    if (rows)
        return launch_width<WITH_ROWS> (&l);
    return blocks ? launch_width<WITH_BLOCKS> (&l) : launch_width<0> (&l);
}
