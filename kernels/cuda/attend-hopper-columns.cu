/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Column mass on Hopper: the scores once more, against the rows' log-sum-exp, which is known, so that
 * nothing is rescaled. Blocks draw (head, keys) tickets, longest first, and walk the queries from the
 * last to the diagonal. A query is a row of the product, as in the forward pass: a lane needs two
 * log-sum-exps a tile and adds each cell to a register of its column, so that nothing is exchanged
 * until the walk ends. What the warps leave then is joined in a fixed order by a warp that has nothing
 * else to do: no atomics, the same bits every time.
 * Behind rows that lead (fovea_hopper_attend_leads()) a block starts where a multiprocessor has no rows
 * left, while others still compute theirs. It waits for nothing but the log-sum-exps that it is about
 * to use: those to come are marked. Rows end from the last to the first, the long ones first, so that a
 * walk that begins with the last finds nearly all of them.
 * Cost of 128 x 128 cells in clocks: products 8 D, exponentials 1024. Each consumer takes every C-th
 * tile of 64 queries, alone, so that one's products run beside the others' exponentials. */
#include <math_constants.h>

#include "kernels/cuda/attend-hopper.h"
#include "kernels/cuda/hopper-tiles.cuh"

/* Consumers are warpgroups of 64 queries. @E: begins before the rows are there, whose log-sum-exps are
 * marked until they come, and walks from the last row. */
template <int D, bool E> struct ColumnTiles : Tiles<D> {
    static constexpr int WIDTH = D;
    static constexpr bool EARLY = E;
    /* One of so many exponentials is a polynomial: the unit for them is a little relieved. Where waits for
     * rows lie between (E) it gains 1 to 3 %, else it costs as much. 0: none. */
    static constexpr int POLYNOMIAL = E ? 16 : 0;
    static constexpr int KEYS = HOPPER_KEYS;
    /* What keeps the exponentials' unit busy is warps: two consumers that never wait for a product were a
     * fifth slower than four that take turns (NOTES.md, version 12). */
    static constexpr int CONSUMERS = 4;
    static constexpr int THREADS = 128 * (CONSUMERS + 1);
    /* Two of each consumer's: one that it multiplies, one on its way. */
    static constexpr int STAGES = 2 * CONSUMERS;
    /* Tiles of queries after which sums are handed over: 64 of each consumer's, before f32 wears out. */
    static constexpr int PART = 64 * CONSUMERS;
    static constexpr uint32_t K_BYTES = KEYS * D * 2;
    static constexpr uint32_t Q_BYTES = HOPPER_ROWS * D * 2;
    /* A turn at the tensor cores ends with the product, or, where those are what all wait for, as soon
     * as it is under way. */
    static constexpr bool WHOLE_TURNS = D < 128;
    /* Together no more than the block owns: 96 a thread, or the kernel waits for ever. */
    static constexpr int CONSUMER_REGISTERS = 112;
    static constexpr int PRODUCER_REGISTERS = 32;
};

/* Kernel arguments beside the maps. */
typedef struct {
    FoveaHopperColumns args;
    Tickets tickets;
} ColumnShape;

/* Barriers and small things at the end of shared memory. Keys and sums are there twice, so that the next
 * item begins while the sums of this one are joined. */
template <class X> struct ColumnControl {
    uint64_t k_full[2], k_empty[2];
    uint64_t q_full[X::STAGES], q_empty[X::STAGES];
    uint64_t passed[X::STAGES]; /* the turn of a stage's product */
    uint64_t sums_full[2], sums_empty[2];
    int slot[2];        /* the ticket whose keys are there */
    int done_ticket[2]; /* the one whose sums are */
    alignas (16) float sums[2][4 * X::CONSUMERS][X::KEYS];
};

/* What a ticket stands for: keys of a head, and the rows that see them. */
typedef struct {
    int head, key0;
    int row0;    /* first row that sees a key of the tile */
    int n_tiles; /* of 64 rows */
} ColumnItem;

/* Low keys first: under a causal rule they are seen by most rows, and long items that come last leave
 * the other blocks idle. Heads innermost: those of a group share their keys in the L2 cache. */
template <class X>
static __device__ inline ColumnItem
column_item (const ColumnShape &s, int ticket)
{
    ColumnItem item;
    int heads = (int) s.args.heads;
    item.head = ticket % heads;
    item.key0 = ticket / heads * X::KEYS;
    item.row0 = s.args.causal ? max (0, item.key0 - (int) s.args.first_query) : 0;
    item.n_tiles = (max (0, (int) s.args.rows - item.row0) + HOPPER_ROWS - 1) / HOPPER_ROWS;
    return item;
}

/* One thread, which draws the tickets and loads what they name. It needs no row's result: keys and
 * queries were there before the rows' kernel began. */
template <class X>
static __device__ void
produce_columns (const ColumnShape &s,
                 const CUtensorMap *q,
                 const CUtensorMap *k,
                 char *memory,
                 ColumnControl<X> *c)
{
    char *queries = memory + 2 * X::K_BYTES;
    Ring ring = {0, 1};
    for (uint32_t turn = 0;; turn++) {
        int at = turn & 1, ticket = next_ticket (s.tickets, turn);
        barrier_wait (&c->k_empty[at], (turn >> 1 & 1) ^ 1);
        c->slot[at] = ticket;
        if (ticket >= s.tickets.n_items) {
            barrier_arrive (&c->k_full[at]);
            /* Whoever comes behind takes this grid's end for that of the rows, too. */
            if (X::EARLY)
                grid_wait ();
            return;
        }
        ColumnItem item = column_item<X> (s, ticket);
        int group = item.head / (int) (s.args.heads / s.args.kv_heads);
        load_panels<X::WIDTH> (k, memory + at * X::K_BYTES, &c->k_full[at], X::KEYS, X::K_BYTES,
                               group, item.key0);
        for (int n = 0; n < item.n_tiles; n++) {
            int tile = X::EARLY ? item.n_tiles - 1 - n : n;
            barrier_wait (&c->q_empty[ring.stage], ring.phase);
            load_panels<X::WIDTH> (q, queries + ring.stage * X::Q_BYTES, &c->q_full[ring.stage],
                                   HOPPER_ROWS, X::Q_BYTES, item.head,
                                   item.row0 + tile * HOPPER_ROWS);
            ring_next<X::STAGES> (&ring);
        }
    }
}

/* S = Q K^T: 64 queries, all keys of the item. Returns with the product under way. */
template <class X>
static __device__ inline void
multiply_queries (uint32_t queries, uint32_t keys, float (&s)[X::KEYS / 64][32])
{
    pin (s);
    product_fence ();
#pragma unroll
    for (int kk = 0; kk < X::WIDTH / 16; kk++) {
        int panel = kk * 16 / X::PANEL, step = kk * 16 % X::PANEL * 2;
        uint32_t qo = (panel * HOPPER_ROWS * X::ROW_BYTES + step) >> 4;
        uint32_t ko = (panel * X::KEYS * X::ROW_BYTES + step) >> 4;
        product_ss (s, descriptor (X::HIGH, queries + qo), descriptor (X::HIGH, keys + ko), kk > 0);
    }
    product_commit ();
}

/* 2^x for x of -126 to 1, less is as good as nothing, on the multiply-add pipes: off by 2.6e-6 of it at
 * most. A number so large that its units are whole ones rounds x to them, and holds them in its lowest
 * bits. NaN stays NaN. */
static __device__ inline float
exp2_polynomial (float x)
{
    asm("max.NaN.f32 %0, %0, %1;" : "+f"(x) : "f"(-126.0f));
    float whole = x + 12582912.0f, f = x - (whole - 12582912.0f);
    float p = fmaf (f, 0.009570101652056f, 0.055917862104932f);
    p = fmaf (f, p, 0.240247448499652f);
    p = fmaf (f, p, 0.693121814521475f);
    p = fmaf (f, p, 0.999999261434162f);
    return p * __int_as_float ((__float_as_int (whole) << 23) + 0x3f800000);
}

/* Whether the exponential of register @i of a tile is one, see ColumnTiles. */
template <class X>
static __device__ constexpr bool
is_polynomial (int i)
{
    if constexpr (X::POLYNOMIAL == 0)
        return false;
    else
        return i % X::POLYNOMIAL == X::POLYNOMIAL - 1;
}

/* Weights of a tile, added up by columns. Columns above @last of the lane's first row are forbidden.
 * @NEAR is a constant: two tiles of an item alone need comparisons. */
template <class X, bool NEAR>
static __device__ inline void
add_weights (const float (&s)[X::KEYS / 64][32],
             float c,
             const float (&lse)[2],
             int last,
             float (&mass)[X::KEYS / 4])
{
#pragma unroll
    for (int b = 0; b < X::KEYS / 64; b++)
#pragma unroll
        for (int i = 0; i < 32; i++) {
            int row = i / 2 % 2;
            float x = fmaf (s[b][i], c, -lse[row]);
            float w = !NEAR && is_polynomial<X> (32 * b + i) ? exp2_polynomial (x) : exp2_fast (x);
            if (NEAR && 64 * b + 8 * (i / 4) + i % 2 > last + 8 * row)
                w = 0;
            mass[16 * b + i / 4 * 2 + i % 2] += w;
        }
}

/* What the loop over an item's queries needs. The scale lies in a vector register, as do the negated
 * log-sum-exps: a multiply-add a cell, whose operands come from nowhere else. */
template <class X> struct ColumnLoop {
    ColumnControl<X> *c;
    uint32_t keys, queries; /* descriptors' low words */
    const float *lse;       /* of the item's head and the lane's first row */
    int64_t stride;         /* from row to row of them */
    int rows;               /* of them from there */
    int consumer, lane;
    float scale;
    bool causal;
    int top; /* the item's last tile */
};

/* First row of the @n-th tile of a walk. */
template <class X>
static __device__ inline int
row_of (const ColumnLoop<X> &loop, int n)
{
    return (X::EARLY ? loop.top - n : n) * HOPPER_ROWS;
}

/* Log-sum-exp of the lane's row @at of the item, or its mark; of one that is not there, nothing comes. */
template <class X>
static __device__ inline float
load_lse (const ColumnLoop<X> &loop, int at)
{
    if constexpr (X::EARLY)
        return load_coming (loop.lse + at * loop.stride, at >= 0 && at < loop.rows, CUDART_INF_F);
    return at < loop.rows ? __ldg (loop.lse + at * loop.stride) : CUDART_INF_F;
}

/* The same in log2 units. A row without allowed keys gives nothing either. */
static __device__ inline float
log2_lse (float lse)
{
    return lse == -CUDART_INF_F ? CUDART_INF_F : lse * 1.4426950408889634f;
}

/* Log-sum-exps of the lane's rows @at and @at + 8. */
template <class X>
static __device__ inline void
load_rows (const ColumnLoop<X> &loop, int at, float (&lse)[2])
{
    lse[0] = load_lse (loop, at);
    lse[1] = load_lse (loop, at + 8);
}

/* The same, once they have come. Whole warps look again: all lanes are there for the next product. */
template <class X>
static __device__ inline void
settle_rows (const ColumnLoop<X> &loop, int at, float (&lse)[2])
{
    while (__any_sync (~0u, is_marked (lse[0]) || is_marked (lse[1])))
        load_rows (loop, at, lse);
}

/* Waits until the product of the tile before @at has its turn behind it. Left to themselves, the
 * consumers' products run through each other, end together, and the exponentials wait for all of them. */
template <class X>
static __device__ inline void
take_turn (const ColumnLoop<X> &loop, int at)
{
    if (at > 0)
        barrier_wait (&loop.c->passed[(at - 1) % X::STAGES], (at - 1) / X::STAGES & 1);
}

/* The consumer's tiles among @n..@end of an item whose first is tile @before of all. @last: column
 * of the item's keys that the lane's row of tile 0 may still see. A stage goes back as soon as its product
 * is there: scores are in registers then. */
template <class X>
static __device__ inline void
column_sums (const ColumnLoop<X> &loop,
             uint32_t keys,
             int before,
             int n,
             int end,
             int last,
             float (&mass)[X::KEYS / 4])
{
    float scores[X::KEYS / 64][32];
    n += (loop.consumer + X::CONSUMERS - (before + n) % X::CONSUMERS) % X::CONSUMERS;
    float rows[2];
    /* A tile ahead: nothing waits for the L2 cache. */
    if (!X::EARLY)
        load_rows (loop, row_of (loop, n), rows);
    for (; n < end; n += X::CONSUMERS) {
        int at = before + n, stage = at % X::STAGES, row = row_of (loop, n);
        /* Or while the turn is waited for: what may still be to come is asked for late. */
        if (X::EARLY)
            load_rows (loop, row, rows);
        barrier_wait (&loop.c->q_full[stage], at / X::STAGES & 1);
        take_turn (loop, at);
        multiply_queries<X> (loop.queries + stage * (X::Q_BYTES >> 4), keys, scores);
        if (!X::WHOLE_TURNS)
            barrier_arrive_if (&loop.c->passed[stage], loop.lane == 0);
        float lse[2] = {log2_lse (rows[0]), log2_lse (rows[1])};
        if (!X::EARLY)
            load_rows (loop, row_of (loop, n + X::CONSUMERS), rows);
        product_wait<0> ();
        pin (scores);
        barrier_arrive_if (&loop.c->q_empty[stage], loop.lane == 0);
        if (X::WHOLE_TURNS)
            barrier_arrive_if (&loop.c->passed[stage], loop.lane == 0);
        if (X::EARLY) {
            settle_rows (loop, row, rows);
            lse[0] = log2_lse (rows[0]), lse[1] = log2_lse (rows[1]);
        }
        if (loop.causal && row < X::KEYS)
            add_weights<X, true> (scores, loop.scale, lse, last + row, mass);
        else
            add_weights<X, false> (scores, loop.scale, lse, last + row, mass);
    }
}

/* A step of the sum over the eight lanes that share columns. Exchanges one half of @N values for the other half's sums with the lane @WIDTH away. Returns the place
 * of the first that is left. */
template <int N, int WIDTH, int V>
static __device__ inline int
fold (float (&x)[V], int lane)
{
    bool upper = lane & WIDTH;
#pragma unroll
    for (int i = 0; i < N / 2; i++) {
        float mine = upper ? x[i + N / 2] : x[i], theirs = upper ? x[i] : x[i + N / 2];
        x[i] = mine + __shfl_xor_sync (~0u, theirs, WIDTH);
    }
    return upper ? N / 2 : 0;
}

/* Adds up what the eight lanes of a column have, and leaves it for the warp that joins: 28 exchanges,
 * once an item, for the 96 that every lane's own sum would take. */
template <class X>
static __device__ inline void
leave_sums (const ColumnLoop<X> &loop, float (&mass)[X::KEYS / 4], float *to)
{
    constexpr int N = X::KEYS / 4;
    int at = fold<N, 16> (mass, loop.lane);
    at += fold<N / 2, 8> (mass, loop.lane);
    at += fold<N / 4, 4> (mass, loop.lane);
#pragma unroll
    for (int i = 0; i < N / 8; i += 2)
        *(float2 *) (to + (at + i) * 4 + 2 * (loop.lane % 4)) = make_float2 (mass[i], mass[i + 1]);
}

/* Tells the joining warp that part @part of all is there, of item @ticket. */
template <class X>
static __device__ inline void
hand_sums_over (const ColumnLoop<X> &loop, uint32_t part, int ticket)
{
    if (loop.consumer == 0 && threadIdx.x % 128 == 0)
        loop.c->done_ticket[part & 1] = ticket;
    barrier_arrive (&loop.c->sums_full[part & 1]);
}

/* A warpgroup's life: items, and of each the tiles whose turn is its own. */
template <class X>
static __device__ void
consume_columns (const ColumnShape &s, int consumer, char *memory, ColumnControl<X> *c)
{
    ColumnLoop<X> loop;
    int warp = (int) threadIdx.x % 128 / 32;
    loop.c = c;
    loop.lane = (int) threadIdx.x % 32;
    int row = 16 * warp + loop.lane / 4;
    loop.stride = s.args.heads;
    loop.keys = descriptor_low (memory, 16);
    loop.queries = descriptor_low (memory + 2 * X::K_BYTES, 16);
    loop.consumer = consumer;
    loop.scale = s.args.scale * 1.4426950408889634f;
    loop.causal = s.args.causal;
    int before = 0;
    uint32_t part = 0;
    for (uint32_t turn = 0;; turn++) {
        int at = turn & 1;
        barrier_wait (&c->k_full[at], turn >> 1 & 1);
        int ticket = __shfl_sync (~0u, loop.lane == 0 ? *(volatile int *) &c->slot[at] : 0, 0);
        if (ticket >= s.tickets.n_items) {
            barrier_wait (&c->sums_empty[part & 1], (part >> 1 & 1) ^ 1);
            hand_sums_over (loop, part, ticket);
            return;
        }
        ColumnItem item = column_item<X> (s, ticket);
        int last = (int) s.args.first_query + item.row0 + row - item.key0 - 2 * (loop.lane % 4);
        loop.lse = s.args.lse + (item.row0 + row) * loop.stride + item.head;
        loop.rows = (int) s.args.rows - item.row0 - row;
        loop.top = item.n_tiles - 1;
        int n = 0;
        do {
            float mass[X::KEYS / 4];
#pragma unroll
            for (int i = 0; i < X::KEYS / 4; i++)
                mass[i] = 0;
            column_sums<X> (loop, loop.keys + at * (X::K_BYTES >> 4), before, n,
                            min (n + X::PART, item.n_tiles), last, mass);
            barrier_wait (&c->sums_empty[part & 1], (part >> 1 & 1) ^ 1);
            leave_sums<X> (loop, mass, c->sums[part & 1][4 * consumer + warp]);
            hand_sums_over (loop, part, ticket);
            part++;
            n += X::PART;
        } while (n < item.n_tiles);
        __syncwarp ();
        barrier_arrive_if (&c->k_empty[at], loop.lane == 0);
        before += item.n_tiles;
    }
}

/* One warp adds what the consumers' warps left of each key to the result, in their order. In f64, as the
 * result is: a key of a long text is seen by more rows than f32 can count in one chain. */
template <class X>
static __device__ void
join_columns (const ColumnShape &s, ColumnControl<X> *c)
{
    int lane = (int) threadIdx.x % 32;
    for (uint32_t part = 0;; part++) {
        barrier_wait (&c->sums_full[part & 1], part >> 1 & 1);
        int ticket = *(volatile int *) &c->done_ticket[part & 1];
        if (ticket >= s.tickets.n_items)
            return;
        /* No other block has these keys of this head: an ordinary addition, in an order that is always the
         * same. */
        ColumnItem item = column_item<X> (s, ticket);
        double *to = s.args.column_mass + item.head * s.args.column_stride + item.key0;
#pragma unroll 1
        for (int key = lane; key < X::KEYS; key += 32) {
            double sum = 0;
#pragma unroll 4
            for (int i = 0; i < 4 * X::CONSUMERS; i++)
                sum += (double) c->sums[part & 1][i][key];
            if (item.key0 + key < s.args.n_keys)
                to[key] += sum;
        }
        barrier_arrive (&c->sums_empty[part & 1]);
    }
}

/* How many arrivals complete a barrier: one of the loading thread and its bytes, one of each warp that has
 * read, or every lane's where ordinary stores and loads are what is ordered. */
template <class X>
static __device__ inline void
begin_barriers (ColumnControl<X> *c)
{
    for (int i = 0; i < 2; i++) {
        barrier_init (&c->k_full[i], 1);
        barrier_init (&c->k_empty[i], 4 * X::CONSUMERS);
        barrier_init (&c->sums_full[i], 128 * X::CONSUMERS);
        barrier_init (&c->sums_empty[i], 32);
    }
    for (int i = 0; i < X::STAGES; i++) {
        barrier_init (&c->q_full[i], 1);
        barrier_init (&c->passed[i], 4);
        barrier_init (&c->q_empty[i], 4); /* a stage belongs to one consumer for good */
    }
    barrier_fence_init ();
}

/* Moves: (H + G) T D * 2 B from the L2 cache, 4 H T B of lse.   Work: H T^2 D flop if causal.
 * Roof:  tensor cores and exponentials weigh the same at D = 128. */
template <class X>
static __global__ void
__launch_bounds__ (X::THREADS, 1) columns_kernel (const __grid_constant__ ColumnShape s,
                                                  const __grid_constant__ CUtensorMap q,
                                                  const __grid_constant__ CUtensorMap k)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char raw[];
    char *memory = (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
    auto *c = (ColumnControl<X> *) (memory + 2 * X::K_BYTES + X::STAGES * X::Q_BYTES);
    if (threadIdx.x == 0) {
        begin_barriers (c);
        map_prefetch (&q), map_prefetch (&k);
    }
    if (!X::EARLY)
        grid_wait ();
    grid_release ();
    __syncthreads ();
    int warpgroup = __shfl_sync (~0u, (int) threadIdx.x / 128, 0);
    if (warpgroup == 0) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(X::PRODUCER_REGISTERS));
        int warp = __shfl_sync (~0u, (int) threadIdx.x / 32, 0);
        if (threadIdx.x == 0)
            produce_columns<X> (s, &q, &k, memory, c);
        else if (warp == 1)
            join_columns<X> (s, c);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(X::CONSUMER_REGISTERS));
        consume_columns<X> (s, warpgroup - 1, memory, c);
    }
#endif
}

/* The ticket counter; a line of its own. */
size_t
fovea_hopper_columns_scratch (const FoveaHopperColumns *columns)
{
    (void) columns;
    return 256;
}

/* Shares the items out and launches. Maps are made anew each time: addresses change from layer to layer. */
template <class X>
static cudaError_t
launch_columns (const FoveaHopperColumns *a, int *counter, int n_processors, cudaStream_t stream)
{
    size_t shared = 1024 + 2 * X::K_BYTES + X::STAGES * X::Q_BYTES + sizeof (ColumnControl<X>);
    ColumnShape s = {*a};
    int n_items = (int) ((a->n_keys + X::KEYS - 1) / X::KEYS * a->heads);
    CUtensorMap maps[2];
    cudaError_t status = make_map (&maps[0], a->q, a->rows, a->heads, a->width, HOPPER_ROWS);
    if (status == cudaSuccess)
        status = make_map (&maps[1], a->k, a->n_keys, a->kv_heads, a->width, X::KEYS);
    if (status == cudaSuccess)
        status = cudaFuncSetAttribute (columns_kernel<X>,
                                       cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);
    int grid = n_items < n_processors ? n_items : n_processors;
    int falling = a->causal && a->rows == a->n_keys ? (int) a->heads : 0;
    /* Where multiprocessors come one after the other, those that come first get more: a counter, which
     * the rows have set to 0. */
    s.tickets = X::EARLY ? Tickets{n_items, counter, 0}
                         : plan_tickets (n_items, grid, falling, true, counter);
    if (status == cudaSuccess && !X::EARLY)
        status = clear_tickets (&s.tickets, stream);
    if (status != cudaSuccess)
        return status;
    cudaLaunchAttribute early;
    cudaLaunchConfig_t config = launch_early (grid, X::THREADS, shared, stream, &early);
    return cudaLaunchKernelEx (&config, columns_kernel<X>, s, maps[0], maps[1]);
}

/* One of the two walks, see ColumnTiles. */
template <int D>
static cudaError_t
launch_width (const FoveaHopperColumns *a, int *counter, int n_processors, cudaStream_t stream)
{
    return a->rows_marked
               ? launch_columns<ColumnTiles<D, true>> (a, counter, n_processors, stream)
               : launch_columns<ColumnTiles<D, false>> (a, counter, n_processors, stream);
}

cudaError_t
fovea_hopper_columns (const FoveaHopperColumns *a,
                      void *scratch,
                      int n_processors,
                      cudaStream_t stream)
{
    int *counter = (int *) scratch;
    if (a->width == 128)
        return launch_width<128> (a, counter, n_processors, stream);
    return a->width == 64 ? launch_width<64> (a, counter, n_processors, stream)
                          : launch_width<32> (a, counter, n_processors, stream);
}
