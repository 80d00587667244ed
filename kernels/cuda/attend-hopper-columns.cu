/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Column mass on Hopper: the scores once more, turned, so that a key is a row of the product and its
 * sum over queries stays with one lane: no atomics, the same bits every time. The rows' log-sum-exp
 * is known, so nothing is rescaled. Blocks draw (head, 128 keys) tickets, longest first. */
#include <math_constants.h>

#include "kernels/cuda/attend-hopper.h"
#include "kernels/cuda/hopper-tiles.cuh"

enum {
    COLUMN_STAGES = 4,
    COLUMN_TURNS = 2, /* pairs of warpgroups, each of which takes every second tile of queries */
    COLUMN_CONSUMERS = 2 * COLUMN_TURNS,
    COLUMN_THREADS = 128 * (COLUMN_CONSUMERS + 1)
};

typedef struct {
    FoveaHopperColumns args;
    int n_items;
    int *counter;
    float *lse; /* (H, padded) in log2 units, inf behind the rows */
    int64_t padded;
} ColumnShape;

typedef struct {
    uint64_t k_full, k_empty;
    uint64_t q_full[COLUMN_STAGES], q_empty[COLUMN_STAGES];
    int slot;
    alignas (128) float lse[COLUMN_STAGES][TILE_ROWS]; /* of the queries of each stage */
    double mass[HOPPER_KEYS]; /* of the second pair, on its way to the first */
} ColumnControl;

typedef struct {
    int head, key0;
    int row0;    /* first row that sees a key of the tile */
    int n_tiles; /* of 128 rows */
} ColumnItem;

static __device__ inline ColumnItem
column_item (const ColumnShape &s, int ticket)
{
    ColumnItem item;
    int heads = (int) s.args.heads;
    item.head = ticket % heads;
    item.key0 = ticket / heads * HOPPER_KEYS;
    /* A multiple of four, because lse are copied 16 bytes at a time; rows before the diagonal are
     * masked. */
    item.row0 = s.args.causal ? max (0, item.key0 - (int) s.args.first_query) & ~3 : 0;
    item.n_tiles = (max (0, (int) s.args.rows - item.row0) + TILE_ROWS - 1) / TILE_ROWS;
    return item;
}

template <int D>
static __device__ void
produce_columns (const ColumnShape &s,
                 const CUtensorMap *q,
                 const CUtensorMap *k,
                 char *memory,
                 ColumnControl *c)
{
    using X = Tiles<D>;
    Ring ring = {0, 1};
    for (uint32_t turn = 1;; turn ^= 1) {
        int ticket = atomicAdd (s.counter, 1);
        barrier_wait (&c->k_empty, turn);
        c->slot = ticket;
        if (ticket >= s.n_items) {
            barrier_arrive (&c->k_full);
            return;
        }
        ColumnItem item = column_item (s, ticket);
        int group = item.head / (int) (s.args.heads / s.args.kv_heads);
        load_panels<D> (k, memory, &c->k_full, HOPPER_KEYS, X::KV_BYTES, group, item.key0);
        for (int n = 0; n < item.n_tiles; n++) {
            barrier_wait (&c->q_empty[ring.stage], ring.phase);
            uint64_t *full = &c->q_full[ring.stage];
            int row = item.row0 + n * TILE_ROWS;
            load_panels<D> (q, memory + X::KV_BYTES + ring.stage * X::Q_BYTES, full, TILE_ROWS,
                            X::Q_BYTES + sizeof c->lse[0], item.head, row);
            bulk_load (c->lse[ring.stage], s.lse + item.head * s.padded + row, sizeof c->lse[0],
                       full);
            ring_next<COLUMN_STAGES> (&ring);
        }
    }
}

/* S^T = K Q^T: 64 keys of a warpgroup, 128 queries. Both tiles have 128 rows. */
template <int D>
static __device__ inline void
multiply_queries (uint32_t keys, uint32_t queries, float (&s)[64])
{
    using X = Tiles<D>;
    pin (s);
    product_fence ();
#pragma unroll
    for (int kk = 0; kk < D / 16; kk++) {
        int panel = kk * 16 / X::PANEL, step = kk * 16 % X::PANEL * 2;
        uint32_t at = (panel * HOPPER_KEYS * X::ROW_BYTES + step) >> 4;
        product_ss (s, descriptor (X::HIGH, keys + at), descriptor (X::HIGH, queries + at), kk > 0);
    }
    product_commit ();
}

/* Weights of a tile, summed into the lane's two keys. @lse: in shared memory, from the lane's first
 * column on. */
static __device__ inline void
add_weights (
    const float (&s)[64], float c, uint32_t lse, int key, int query, bool near, double *mass)
{
    float sums[2][2] = {{0, 0}, {0, 0}};
#pragma unroll
    for (int i = 0; i < 16; i++) {
        float2 l = load_pair (lse + 32 * i);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            float w = exp2_fast (fmaf (s[4 * i + j], c, j % 2 ? -l.y : -l.x));
            if (near && key + j / 2 * 8 > query + 8 * i + j % 2)
                w = 0;
            sums[j / 2][j % 2] += w;
        }
    }
    mass[0] += (double) (sums[0][0] + sums[0][1]);
    mass[1] += (double) (sums[1][0] + sums[1][1]);
}

/* What the loop over an item's queries needs. */
typedef struct {
    ColumnControl *c;
    Ring ring;
    uint32_t keys, queries; /* descriptors' low words */
    uint32_t lse;           /* the first stage's, from the lane's first column on */
    int lane, turn;
    float scale;
    bool causal;
} ColumnLoop;

/* Every second tile of an item's queries, for the lane's keys @key and @key + 8. The products of the
 * other three warpgroups run while this one's weights are summed. */
template <int D>
static __device__ inline void
column_sums (const ColumnShape &s, const ColumnItem &item, int key, ColumnLoop *loop, double *mass)
{
    using X = Tiles<D>;
    float scores[64];
    int column = 2 * (loop->lane % 4), first = (int) s.args.first_query + item.row0;
    for (int n = 0; n < item.n_tiles; n++, first += TILE_ROWS) {
        /* Rings run on over items: a stage belongs to a pair for good, a tile to its stage's pair. */
        if (loop->ring.stage % COLUMN_TURNS != loop->turn) {
            ring_next<COLUMN_STAGES> (&loop->ring);
            continue;
        }
        int stage = loop->ring.stage;
        barrier_wait (&loop->c->q_full[stage], loop->ring.phase);
        multiply_queries<D> (loop->keys, loop->queries + stage * (X::Q_BYTES >> 4), scores);
        product_wait<0> ();
        pin (scores);
        uint32_t l = loop->lse + stage * (uint32_t) sizeof loop->c->lse[0];
        if (loop->causal && first < item.key0 + HOPPER_KEYS - 1)
            add_weights (scores, loop->scale, l, key, first + column, true, mass);
        else
            add_weights (scores, loop->scale, l, key, first + column, false, mass);
        barrier_arrive (&loop->c->q_empty[stage]);
        ring_next<COLUMN_STAGES> (&loop->ring);
    }
}

/* Joins both pairs' sums of the keys @at and @at + 8 of the tile and adds them to the result. */
static __device__ inline void
add_columns (const ColumnShape &s,
             const ColumnItem &item,
             int at,
             bool writer,
             int turn,
             const double (&mass)[2],
             ColumnControl *c)
{
    int barrier = 1 + at / HOPPER_ROWS;
#pragma unroll
    for (int i = 0; i < 2; i++)
        if (writer && turn == 1)
            c->mass[at + 8 * i] = mass[i];
    named_sync (barrier, 256);
#pragma unroll
    for (int i = 0; i < 2; i++) {
        int key = item.key0 + at + 8 * i;
        if (writer && turn == 0 && key < s.args.n_keys)
            s.args.column_mass[item.head * s.args.column_stride + key] +=
                mass[i] + c->mass[at + 8 * i];
    }
    named_sync (barrier, 256);
}

template <int D>
static __device__ void
consume_columns (const ColumnShape &s, int consumer, char *memory, ColumnControl *c)
{
    using X = Tiles<D>;
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x % 128 / 32;
    ColumnLoop loop = {c, {0, 0}};
    loop.keys = descriptor_low (memory + consumer % 2 * HOPPER_ROWS * X::ROW_BYTES, 16);
    loop.queries = descriptor_low (memory + X::KV_BYTES, 16);
    loop.lse = shared_address (c->lse[0] + 2 * (lane % 4));
    loop.lane = lane;
    loop.turn = consumer / 2;
    loop.scale = s.args.scale * 1.4426950408889634f;
    loop.causal = s.args.causal;
    for (uint32_t turn = 0;; turn ^= 1) {
        barrier_wait (&c->k_full, turn);
        int ticket = __shfl_sync (~0u, lane == 0 ? *(volatile int *) &c->slot : 0, 0);
        if (ticket >= s.n_items)
            return;
        ColumnItem item = column_item (s, ticket);
        int at = consumer % 2 * HOPPER_ROWS + 16 * warp + lane / 4;
        double mass[2] = {0, 0};
        column_sums<D> (s, item, item.key0 + at, &loop, mass);
        if (lane == 0)
            barrier_arrive (&c->k_empty);
#pragma unroll
        for (int i = 0; i < 2; i++) {
            mass[i] += __shfl_xor_sync (~0u, mass[i], 1);
            mass[i] += __shfl_xor_sync (~0u, mass[i], 2);
        }
        add_columns (s, item, at, lane % 4 == 0, loop.turn, mass, c);
    }
}

/* Moves: (H + G) T D * 2 B from the L2 cache, 4 H T B of lse.   Work: H T^2 D flop if causal.
 * Roof:  tensor cores and exponentials weigh the same at D = 64. */
template <int D>
static __global__ void
__launch_bounds__ (COLUMN_THREADS, 1) columns_kernel (const __grid_constant__ ColumnShape s,
                                                      const __grid_constant__ CUtensorMap q,
                                                      const __grid_constant__ CUtensorMap k)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    using X = Tiles<D>;
    extern __shared__ char raw[];
    char *memory = (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
    ColumnControl *c = (ColumnControl *) (memory + X::KV_BYTES + COLUMN_STAGES * X::Q_BYTES);
    if (threadIdx.x == 0) {
        barrier_init (&c->k_full, 1);
        barrier_init (&c->k_empty, 4 * COLUMN_CONSUMERS);
        for (int i = 0; i < COLUMN_STAGES; i++) {
            barrier_init (&c->q_full[i], 1);
            barrier_init (&c->q_empty[i], 128 * CONSUMERS);
        }
        barrier_fence_init ();
    }
    __syncthreads ();
    int warpgroup = __shfl_sync (~0u, (int) threadIdx.x / 128, 0);
    if (warpgroup == 0) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
        if (threadIdx.x == 0)
            produce_columns<D> (s, &q, &k, memory, c);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 112;");
        consume_columns<D> (s, warpgroup - 1, memory, c);
    }
#endif
}

/* lse (rows, H) natural to (H, padded) in log2 units. */
static __global__ void
turn_lse_kernel (const float *lse, int64_t rows, int64_t heads, int64_t padded, float *to)
{
    int64_t row = (int64_t) blockIdx.x * blockDim.x + threadIdx.x, head = blockIdx.y;
    if (row >= padded)
        return;
    float x = row < rows ? lse[row * heads + head] : CUDART_INF_F;
    /* A row without allowed keys gives nothing. */
    to[head * padded + row] = x == -CUDART_INF_F ? CUDART_INF_F : x * 1.4426950408889634f;
}

/* Tiles start at every fourth row and are copied whole: a multiple of four beyond the last tile. */
static int64_t
padded_rows (const FoveaHopperColumns *columns)
{
    return (columns->rows + 2 * TILE_ROWS) / 4 * 4;
}

size_t
fovea_hopper_columns_scratch (const FoveaHopperColumns *columns)
{
    return 256 + (size_t) (columns->heads * padded_rows (columns)) * sizeof (float);
}

template <int D>
static cudaError_t
launch_columns (const ColumnShape *s, const CUtensorMap *maps, int n, cudaStream_t stream)
{
    size_t shared =
        1024 + Tiles<D>::KV_BYTES + COLUMN_STAGES * Tiles<D>::Q_BYTES + sizeof (ColumnControl);
    cudaError_t status = cudaFuncSetAttribute (
        columns_kernel<D>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);
    if (status != cudaSuccess)
        return status;
    int grid = s->n_items < n ? s->n_items : n;
    columns_kernel<D><<<grid, COLUMN_THREADS, shared, stream>>> (*s, maps[0], maps[1]);
    return cudaGetLastError ();
}

cudaError_t
fovea_hopper_columns (const FoveaHopperColumns *a,
                      void *scratch,
                      int n_processors,
                      cudaStream_t stream)
{
    enum {
        TURN_THREADS = 256
    };
    ColumnShape s = {*a};
    s.n_items = (int) ((a->n_keys + HOPPER_KEYS - 1) / HOPPER_KEYS * a->heads);
    s.counter = (int *) scratch;
    s.lse = (float *) ((char *) scratch + 256);
    s.padded = padded_rows (a);
    CUtensorMap maps[2];
    cudaError_t status = make_map (&maps[0], a->q, a->rows, a->heads, a->width, TILE_ROWS);
    if (status == cudaSuccess)
        status = make_map (&maps[1], a->k, a->n_keys, a->kv_heads, a->width, HOPPER_KEYS);
    if (status == cudaSuccess)
        status = cudaMemsetAsync (s.counter, 0, sizeof (int), stream);
    if (status != cudaSuccess)
        return status;
    dim3 turn ((unsigned) ((s.padded + TURN_THREADS - 1) / TURN_THREADS), (unsigned) a->heads);
    turn_lse_kernel<<<turn, TURN_THREADS, 0, stream>>> (a->lse, a->rows, a->heads, s.padded, s.lse);
    if (a->width == 128)
        return launch_columns<128> (&s, maps, n_processors, stream);
    return a->width == 64 ? launch_columns<64> (&s, maps, n_processors, stream)
                          : launch_columns<32> (&s, maps, n_processors, stream);
}
