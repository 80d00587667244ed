/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention on Hopper: a persistent grid of one block per multiprocessor. Warpgroup 0 loads (one
 * thread works), two warpgroups compute 64 query rows each. A block draws (head, row block) tickets,
 * longest rows first, heads in groups whose keys and values fit the L2 cache.
 *
 * Invariant: what capture wants never changes z. A warpgroup's 64 rows are one block row of the
 * pyramid, so that its sums need no atomics: same input, same bits. */
#include "kernels/cuda/attend-hopper.h"

#include <cuda.h>
#include <math_constants.h>

#include "kernels/cuda/attend-hopper-keys.cuh"
#include "kernels/cuda/attend-hopper-softmax.cuh"
#include "kernels/cuda/hopper-tiles.cuh"

/* Kernel arguments beside the maps. */
typedef struct {
    FoveaHopperAttend args;
    int lead;       /* rows before the first: first_query % 64 */
    int n_rowtiles; /* the first may begin before row 0 */
    int group;      /* heads of a group */
    int n_items;
    int *counter;    /* next ticket */
    float2 *blocks;  /* per block and consumer: (key blocks, 64 rows) */
    int block_count; /* key blocks, even */
} HopperShape;

/* Barriers and small things at the end of shared memory. */
typedef struct {
    uint64_t q_full, q_empty;
    uint64_t k_full[4], k_empty[4], v_full[4], v_empty[4];
    int slot;
    alignas (16) float lse[CONSUMERS][HOPPER_ROWS];
} Control;

typedef struct {
    int head, row0; /* row0 of the tile in the call, -lead for the first */
    int n_tiles;    /* key tiles, walked from the last to 0 */
} Item;

static __device__ inline Item
decode_ticket (const HopperShape &s, int ticket)
{
    Item item;
    int per_group = s.group * s.n_rowtiles, group = ticket / per_group, at = ticket % per_group;
    int heads = min (s.group, (int) s.args.heads - group * s.group);
    item.head = group * s.group + at % heads;
    item.row0 = (s.n_rowtiles - 1 - at / heads) * TILE_ROWS - s.lead;
    int last = min (item.row0 + TILE_ROWS, (int) s.args.rows) - 1 + (int) s.args.first_query;
    int end = s.args.causal ? min (last + 1, (int) s.args.n_keys) : (int) s.args.n_keys;
    item.n_tiles = (end + HOPPER_KEYS - 1) / HOPPER_KEYS;
    return item;
}

template <int D>
static __device__ void
produce (const HopperShape &s,
         const CUtensorMap *q,
         const CUtensorMap *k,
         const CUtensorMap *v,
         char *memory,
         Control *c)
{
    using X = Tiles<D>;
    char *keys = memory + X::Q_BYTES, *values = keys + X::STAGES * X::KV_BYTES;
    Ring ring = {0, 1};
    for (uint32_t turn = 1;; turn ^= 1) {
        int ticket = atomicAdd (s.counter, 1);
        barrier_wait (&c->q_empty, turn);
        c->slot = ticket;
        if (ticket >= s.n_items) {
            barrier_arrive (&c->q_full);
            return;
        }
        Item item = decode_ticket (s, ticket);
        int group = item.head / (int) (s.args.heads / s.args.kv_heads);
        load_panels<D> (q, memory, &c->q_full, TILE_ROWS, X::Q_BYTES, item.head, item.row0);
        for (int n = item.n_tiles - 1; n >= 0; n--) {
            int at = ring.stage;
            barrier_wait (&c->k_empty[at], ring.phase);
            load_panels<D> (k, keys + at * X::KV_BYTES, &c->k_full[at], HOPPER_KEYS, X::KV_BYTES,
                            group, n * HOPPER_KEYS);
            barrier_wait (&c->v_empty[at], ring.phase);
            load_panels<D> (v, values + at * X::KV_BYTES, &c->v_full[at], HOPPER_KEYS, X::KV_BYTES,
                            group, n * HOPPER_KEYS);
            ring_next<X::STAGES> (&ring);
        }
    }
}

/* Everything a consumer's loop needs to know. */
template <int D> struct Consumer {
    uint32_t q, k, v; /* descriptors' low words */
    Control *c;
    float2 *blocks; /* scratch of this lane: + block * 64 */
    TilePlace place;
    Ring keys, values;
    bool leader; /* arrives on empty barriers for its warp */
};

/* S = Q K^T of the tile in stage @stage. */
template <int D>
static __device__ inline void
multiply_keys (const Consumer<D> &me, int stage, float (&s)[64])
{
    using X = Tiles<D>;
    uint32_t k = me.k + stage * (X::KV_BYTES >> 4);
#pragma unroll
    for (int kk = 0; kk < D / 16; kk++) {
        int panel = kk * 16 / X::PANEL, step = kk * 16 % X::PANEL * 2;
        uint32_t qo = (panel * TILE_ROWS * X::ROW_BYTES + step) >> 4;
        uint32_t ko = (panel * HOPPER_KEYS * X::ROW_BYTES + step) >> 4;
        product_ss (s, descriptor (X::HIGH, me.q + qo), descriptor (X::HIGH, k + ko), kk > 0);
    }
}

/* O += P V. */
template <int D>
static __device__ inline void
multiply_values (const Consumer<D> &me, int stage, const uint32_t (&p)[32], float (&o)[D / 2])
{
    using X = Tiles<D>;
    uint32_t v = me.v + stage * (X::KV_BYTES >> 4);
#pragma unroll
    for (int kk = 0; kk < HOPPER_KEYS / 16; kk++)
        product_rs (o, p + 4 * kk, descriptor (X::HIGH, v + ((kk * 16 * X::ROW_BYTES) >> 4)));
}

static __device__ inline void
pack_weights (const float (&s)[64], uint32_t (&p)[32])
{
#pragma unroll
    for (int i = 0; i < 32; i++)
        p[i] = pack_bf16 (s[2 * i], s[2 * i + 1]);
}

template <int D>
static __device__ inline void
rescale_output (float (&o)[D / 2], const RowState &r)
{
    if (!r.rescaled)
        return;
#pragma unroll
    for (int i = 0; i < D / 2; i++)
        o[i] *= r.rescale[i / 2 % 2];
}

template <int D, int FEATURES>
static __device__ inline void
store_block (const Consumer<D> &me, int tile, float2 value)
{
    if (FEATURES & WITH_BLOCKS)
        __stcs (me.blocks + (int64_t) tile * 2 * HOPPER_ROWS, value);
}

/* One step down the keys: scores of tile @n beside the values of tile @n + 1. */
template <int D, int FEATURES, bool NEAR>
static __device__ inline void
step (Consumer<D> &me, int n, float (&s)[64], uint32_t (&p)[32], float (&o)[D / 2], RowState *r)
{
    using X = Tiles<D>;
    int stage = me.keys.stage;
    barrier_wait (&me.c->k_full[stage], me.keys.phase);
    pin (s), pin (p), pin (o);
    product_fence ();
    multiply_keys<D> (me, stage, s);
    product_commit ();
    barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
    multiply_values<D> (me, me.values.stage, p, o);
    product_commit ();
    product_wait<1> ();
    pin (s);
    if (me.leader)
        barrier_arrive (&me.c->k_empty[stage]);
    me.place.key0 = n * HOPPER_KEYS;
    float2 block = softmax_tile<FEATURES, NEAR> (s, me.place, r);
    store_block<D, FEATURES> (me, n, block);
    product_wait<0> ();
    pin (o), pin (p);
    if (me.leader)
        barrier_arrive (&me.c->v_empty[me.values.stage]);
    rescale_output<D> (o, *r);
    pack_weights (s, p);
    ring_next<X::STAGES> (&me.keys);
    ring_next<X::STAGES> (&me.values);
}

/* Row results: z, lse and statistics. @first: unscaled weights of key 0, in lanes of column 0.
 * Leaves log2 of the rows' sums in shared memory for the blocks. */
template <int D, int FEATURES>
static __device__ inline void
finish_rows (const HopperShape &s,
             const Item &item,
             int consumer,
             const TilePlace &p,
             float (&o)[D / 2],
             RowState *r,
             const float (&first)[2],
             float *shared_lse)
{
    const FoveaHopperAttend &a = s.args;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        float sum = quad_total (r->sum[i]), top = r->m[i] * p.c;
        float log_sum = top + log2f (sum);
        if (a.sink_logits != NULL) {
            float sink = a.sink_logits[item.head] * 1.4426950408889634f;
            float most = fmaxf (sink, log_sum);
            log_sum = most + log2f (exp2f (sink - most) + exp2f (log_sum - most));
        }
        float inverse = a.sink_logits != NULL ? exp2f (top - log_sum) : 1 / sum;
        int lane_row = 16 * ((int) threadIdx.x % 128 / 32) + (int) threadIdx.x % 32 / 4 + 8 * i;
        int row = item.row0 + consumer * HOPPER_ROWS + lane_row;
        bool valid = row >= 0 && row < a.rows;
        if (FEATURES & WITH_BLOCKS)
            shared_lse[lane_row] = valid ? log_sum : CUDART_INF_F;
        float plogp = 0, distance = 0, local = 0, largest = 0;
        if (FEATURES & WITH_ROWS) {
            plogp = quad_total (r->plogp[i]);
            distance = quad_total (r->distance[i]);
            local = quad_total (r->local[i]);
            largest = fmaxf (r->top[i], __shfl_xor_sync (~0u, r->top[i], 1));
            largest = fmaxf (largest, __shfl_xor_sync (~0u, largest, 2));
        }
        if (!valid)
            continue;
        int64_t at = (int64_t) row * a.heads + item.head;
        float *z = a.z + at * D + p.column;
#pragma unroll
        for (int j = 0; j < D / 8; j++)
            __stcs ((float2 *) (z + 8 * j),
                    make_float2 (o[4 * j + 2 * i] * inverse, o[4 * j + 2 * i + 1] * inverse));
        if (p.column != 0)
            continue;
        if (a.lse != NULL)
            a.lse[at] = log_sum * 0.6931471805599453f;
        if (!(FEATURES & WITH_ROWS))
            continue;
        a.entropy[at] = 0.6931471805599453f * ((log_sum - top) * (sum * inverse) - plogp * inverse);
        a.max_weight[at] = exp2f ((largest - r->m[i]) * p.c) * inverse;
        a.mean_distance[at] = distance * inverse;
        a.first_mass[at] = first[i] * inverse;
        a.local_mass[at] = local * inverse;
    }
}

/* Of eight values of each lane, the joined one of all lanes for value lane / 4: nine exchanges
 * instead of forty. */
template <bool SUM>
static __device__ inline float
join_eight (float (&x)[8])
{
#pragma unroll
    for (int width = 4; width > 0; width /= 2) {
        bool upper = threadIdx.x & (4 * width);
#pragma unroll
        for (int i = 0; i < width; i++) {
            float mine = upper ? x[i + width] : x[i], theirs = upper ? x[i] : x[i + width];
            theirs = __shfl_xor_sync (~0u, theirs, 4 * width);
            x[i] = SUM ? mine + theirs : fmaxf (mine, theirs);
        }
    }
#pragma unroll
    for (int other = 2; other > 0; other /= 2) {
        float theirs = __shfl_xor_sync (~0u, x[0], other);
        x[0] = SUM ? x[0] + theirs : fmaxf (x[0], theirs);
    }
    return x[0];
}

/* Block sums of a warpgroup's 64 rows from what its tiles left: mass = sum of 2^(y - lse). A warp
 * takes eight blocks at a time, lane l of it the rows 2l and 2l+1. */
static __device__ inline void
finish_blocks (const HopperShape &s,
               const Item &item,
               int consumer,
               const float2 *scratch,
               const float *shared_lse)
{
    const FoveaHopperAttend &a = s.args;
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x % 128 / 32;
    int row_block = (item.row0 + s.lead) / HOPPER_BLOCK + consumer;
    int n_row_blocks = (s.lead + (int) a.rows + HOPPER_BLOCK - 1) / HOPPER_BLOCK;
    int n_blocks = 2 * item.n_tiles;
    int n_kept = min (n_blocks, (int) ((a.n_keys + HOPPER_BLOCK - 1) / HOPPER_BLOCK));
    float2 lse = *(const float2 *) (shared_lse + 2 * lane);
    if (row_block >= n_row_blocks)
        return;
    int64_t base = ((int64_t) item.head * n_row_blocks + row_block) * a.block_stride;
    for (int first = 8 * warp; first < n_blocks; first += 32) {
        float4 two[8];
        float mass[8], top[8];
#pragma unroll
        for (int i = 0; i < 8; i++) {
            int b = min (first + i, n_blocks - 1);
            two[i] = __ldcg ((const float4 *) (scratch + (int64_t) b * HOPPER_ROWS + 2 * lane));
        }
        int at = first + lane / 4;
        bool writer = lane % 4 == 0 && at < n_kept;
        float old_mass = writer ? a.block_mass[base + at] : 0;
        float old_top = writer ? a.block_max[base + at] : 0;
#pragma unroll
        for (int i = 0; i < 8; i++) {
            mass[i] = exp2_fast (two[i].y - lse.x) + exp2_fast (two[i].w - lse.y);
            top[i] = fmaxf (exp2_fast (two[i].x - lse.x), exp2_fast (two[i].z - lse.y));
        }
        float sum = join_eight<true> (mass), largest = join_eight<false> (top);
        if (writer) {
            a.block_mass[base + at] = old_mass + sum;
            a.block_max[base + at] = fmaxf (old_top, largest);
        }
    }
}

/* First tile down the keys that is wholly before the rows' diagonal and local window. */
static __device__ inline int
first_far_tile (const HopperShape &s, const Item &item, int query0)
{
    int ragged = (int) s.args.n_keys % HOPPER_KEYS != 0 ? item.n_tiles - 2 : item.n_tiles - 1;
    int near = query0 - HOPPER_LOCAL + 1;
    int before = near >= HOPPER_KEYS ? near / HOPPER_KEYS - 1 : -1;
    return s.args.causal ? min (before, item.n_tiles - 2) : min (before, ragged);
}

/* A row block of one head. */
template <int D, int FEATURES>
static __device__ inline void
attend_item (const HopperShape &s, const Item &item, int consumer, Consumer<D> &me)
{
    using X = Tiles<D>;
    float scores[64], o[D / 2];
    uint32_t p[32];
    RowState r;
    rows_begin (&r);
#pragma unroll
    for (int i = 0; i < D / 2; i++)
        o[i] = 0;
    int n = item.n_tiles - 1, stage = me.keys.stage;
    int query0 = item.row0 + consumer * HOPPER_ROWS + (int) s.args.first_query;
    me.place.query = query0 + 16 * ((int) threadIdx.x % 128 / 32) + (int) threadIdx.x % 32 / 4;
    me.place.key0 = n * HOPPER_KEYS;
    barrier_wait (&me.c->k_full[stage], me.keys.phase);
    pin (scores);
    product_fence ();
    multiply_keys<D> (me, stage, scores);
    product_commit ();
    product_wait<0> ();
    pin (scores);
    if (me.leader)
        barrier_arrive (&me.c->k_empty[stage]);
    ring_next<X::STAGES> (&me.keys);
    float2 block = softmax_tile<FEATURES, true> (scores, me.place, &r);
    store_block<D, FEATURES> (me, n, block);
    pack_weights (scores, p);
    int far = __shfl_sync (~0u, first_far_tile (s, item, query0), 0);
    for (n--; n > far && n >= 0; n--)
        step<D, FEATURES, true> (me, n, scores, p, o, &r);
    for (; n >= 0; n--)
        step<D, FEATURES, false> (me, n, scores, p, o, &r);
    if (me.leader)
        barrier_arrive (&me.c->q_empty);
    barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
    pin (p), pin (o);
    product_fence ();
    multiply_values<D> (me, me.values.stage, p, o);
    product_commit ();
    product_wait<0> ();
    pin (o), pin (p);
    if (me.leader)
        barrier_arrive (&me.c->v_empty[me.values.stage]);
    ring_next<X::STAGES> (&me.values);
    const float first[2] = {scores[0], scores[2]};
    finish_rows<D, FEATURES> (s, item, consumer, me.place, o, &r, first, me.c->lse[consumer]);
    if (FEATURES & WITH_ROWS)
        finish_keys<D> (s.args, item.head,
                        item.row0 + consumer * HOPPER_ROWS + 16 * ((int) threadIdx.x % 128 / 32),
                        r);
}

template <int D, int FEATURES>
static __device__ void
consume (const HopperShape &s, int consumer, char *memory, Control *c)
{
    using X = Tiles<D>;
    char *keys = memory + X::Q_BYTES, *values = keys + X::STAGES * X::KV_BYTES;
    int lane = (int) threadIdx.x % 32;
    float2 *scratch =
        s.blocks + (int64_t) (blockIdx.x * CONSUMERS + consumer) * s.block_count * HOPPER_ROWS;
    Consumer<D> me;
    me.q = descriptor_low (memory + consumer * HOPPER_ROWS * X::ROW_BYTES, 16);
    me.k = descriptor_low (keys, 16);
    me.v = descriptor_low (values, HOPPER_KEYS * X::ROW_BYTES);
    me.c = c;
    me.keys = me.values = Ring{0, 0};
    me.leader = lane == 0;
    me.place.column = 2 * (lane % 4);
    me.place.n_keys = (int) s.args.n_keys;
    me.place.causal = s.args.causal;
    me.place.c = s.args.scale * 1.4426950408889634f;
    me.place.slack = (float) HOPPER_SLACK / me.place.c;
    /* Lane q of a quad keeps (row q>>1, block q&1). */
    int row = 16 * ((int) threadIdx.x % 128 / 32) + lane / 4 + 8 * (lane >> 1 & 1);
    me.blocks = scratch + (lane & 1) * HOPPER_ROWS + row;
    for (uint32_t turn = 0;; turn ^= 1) {
        barrier_wait (&c->q_full, turn);
        int ticket = __shfl_sync (~0u, lane == 0 ? *(volatile int *) &c->slot : 0, 0);
        if (ticket >= s.n_items)
            return;
        Item item = decode_ticket (s, ticket);
        attend_item<D, FEATURES> (s, item, consumer, me);
        if (!(FEATURES & WITH_BLOCKS))
            continue;
        __threadfence_block ();
        named_sync (4 + consumer, 128);
        finish_blocks (s, item, consumer, scratch, c->lse[consumer]);
        named_sync (4 + consumer, 128);
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
template <int D, int FEATURES>
static __global__ void
__launch_bounds__ (HOPPER_THREADS, 1) attend_kernel (const __grid_constant__ HopperShape s,
                                                     const __grid_constant__ CUtensorMap q,
                                                     const __grid_constant__ CUtensorMap k,
                                                     const __grid_constant__ CUtensorMap v)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    using X = Tiles<D>;
    extern __shared__ char raw[];
    char *memory = (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
    Control *c = (Control *) (memory + X::Q_BYTES + 2 * X::STAGES * X::KV_BYTES);
    if (threadIdx.x == 0) {
        barrier_init (&c->q_full, 1);
        barrier_init (&c->q_empty, 4 * CONSUMERS);
        for (int i = 0; i < X::STAGES; i++) {
            barrier_init (&c->k_full[i], 1);
            barrier_init (&c->v_full[i], 1);
            barrier_init (&c->k_empty[i], 4 * CONSUMERS);
            barrier_init (&c->v_empty[i], 4 * CONSUMERS);
        }
        barrier_fence_init ();
    }
    __syncthreads ();
    int warpgroup = __shfl_sync (~0u, (int) threadIdx.x / 128, 0);
    if (warpgroup == 0) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
        if (threadIdx.x == 0)
            produce<D> (s, &q, &k, &v, memory, c);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
        consume<D, FEATURES> (s, warpgroup - 1, memory, c);
    }
#endif
}

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

static int64_t
block_count (const FoveaHopperAttend *a)
{
    return (a->n_keys + HOPPER_KEYS - 1) / HOPPER_KEYS * 2;
}

size_t
fovea_hopper_attend_scratch (const FoveaHopperAttend *a, int n_processors)
{
    size_t blocks = (size_t) n_processors * CONSUMERS * (size_t) block_count (a) * HOPPER_ROWS;
    return 256 + (a->block_mass != NULL ? blocks * sizeof (float2) : 0);
}

template <int D, int FEATURES>
static cudaError_t
launch (const HopperShape *s, const CUtensorMap *maps, int n_processors, cudaStream_t stream)
{
    size_t shared = Tiles<D>::SHARED + sizeof (Control);
    cudaError_t status = cudaFuncSetAttribute (
        attend_kernel<D, FEATURES>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);
    if (status != cudaSuccess)
        return status;
    int grid = s->n_items < n_processors ? s->n_items : n_processors;
    attend_kernel<D, FEATURES>
        <<<grid, HOPPER_THREADS, shared, stream>>> (*s, maps[0], maps[1], maps[2]);
    return cudaGetLastError ();
}

template <int D>
static cudaError_t
launch_features (const HopperShape *s, const CUtensorMap *maps, int n, cudaStream_t stream)
{
    bool rows = s->args.entropy != NULL, blocks = s->args.block_mass != NULL;
    if (rows && blocks)
        return launch<D, WITH_ROWS | WITH_BLOCKS> (s, maps, n, stream);
    if (rows)
        return launch<D, WITH_ROWS> (s, maps, n, stream);
    return blocks ? launch<D, WITH_BLOCKS> (s, maps, n, stream) : launch<D, 0> (s, maps, n, stream);
}

cudaError_t
fovea_hopper_attend (const FoveaHopperAttend *a,
                     void *scratch,
                     int n_processors,
                     cudaStream_t stream)
{
    HopperShape s = {*a};
    s.lead = (int) (a->first_query % HOPPER_BLOCK);
    s.n_rowtiles = (int) ((s.lead + a->rows + TILE_ROWS - 1) / TILE_ROWS);
    s.group = heads_together (a);
    s.n_items = s.n_rowtiles * (int) a->heads;
    s.counter = (int *) scratch;
    s.blocks = (float2 *) ((char *) scratch + 256);
    s.block_count = (int) block_count (a);
    CUtensorMap maps[3];
    cudaError_t status = make_map (&maps[0], a->q, a->rows, a->heads, a->width, TILE_ROWS);
    if (status == cudaSuccess)
        status = make_map (&maps[1], a->k, a->n_keys, a->kv_heads, a->width, HOPPER_KEYS);
    if (status == cudaSuccess)
        status = make_map (&maps[2], a->v, a->n_keys, a->kv_heads, a->width, HOPPER_KEYS);
    if (status == cudaSuccess)
        status = cudaMemsetAsync (s.counter, 0, sizeof (int), stream);
    if (status != cudaSuccess)
        return status;
    if (a->width == 128)
        return launch_features<128> (&s, maps, n_processors, stream);
    return a->width == 64 ? launch_features<64> (&s, maps, n_processors, stream)
                          : launch_features<32> (&s, maps, n_processors, stream);
}
