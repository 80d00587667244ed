/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The quick pass of sparse codes on Hopper (sae-codes.cuh): a persistent grid of one block per
 * multiprocessor. Warpgroup 0 loads, two warpgroups multiply 64 rows by 256 latents each. A lane holds
 * two rows of a tile, 64 columns of each: these are a group, and it keeps those of their chunks of four
 * that reach the row's threshold, so that keeping costs no exchange and three comparisons in four only
 * find a largest.
 *
 * What a warpgroup needs of an item beside the product (factors of latents, limits of rows) is copied
 * to shared memory while it multiplies.
 *
 * Tiles: 128 rows x 256 latents x 64 wide, four stages of 48 KiB. Neighbouring blocks take the rows of
 * one band before the next latents, so that a wave reads few of both.
 * Moves: the inputs, 2 B a group and 16 B a chunk that is kept.   Work: 2 rows F d flop.
 * Roof: tensor cores, 989 TFLOP/s nominal on an H100. */
#include <stddef.h>

#include "kernels/cuda/hopper-wide.cuh"
#include "kernels/cuda/sae-codes.cuh"

enum {
    BAND = 16, /* row blocks */
    COPIED = 2 /* named barrier of a warpgroup: an item's numbers are there */
};

static_assert ((int) SCORE_BLOCK == (int) TILE_ROWS &&
                   (int) FOVEA_CODES_TILE == (int) WIDE_COLUMNS &&
                   (int) FOVEA_CODES_PANEL == (int) WIDE_PANEL,
               "a tile is what a stage of hopper-wide.cuh holds");

typedef struct {
    const float2 *affine; /* (F) */
    const float *group_reach;
    const int *n_odd;
    const CodesRow *row;
    float *largest;
    uint16_t *marks;
    float4 *chunks;
    int steps;
    int rows;
    int row_blocks, tiles; /* of rows, and of latents that are multiplied */
    int n_tiles;           /* of all */
    int whole;             /* items for both warpgroups */
    bool only_positive;
} ScoreShape;

/* What a warpgroup keeps an item's scores by. Columns are in the order of chunks, then of quads. */
typedef struct {
    float factor[FOVEA_CODES_TILE], bias[FOVEA_CODES_TILE];
    CodesRow row[HOPPER_ROWS];
    float reach[4];
} ItemNumbers;

typedef struct {
    WideBarriers b;
    ItemNumbers __align__ (16) numbers[CONSUMERS][2]; /* of this item and the next */
} ScoreControl;

static const size_t SCORE_SHARED = WIDE_BYTES + sizeof (ScoreControl);

/* Items as blocks count them: those of a last turn that would leave half of the blocks or more without any
 * are there twice, once for each warpgroup. */
static __device__ inline int
n_items (const ScoreShape &s)
{
    return s.whole + (s.row_blocks * s.tiles - s.whole) * CONSUMERS;
}

static __device__ inline bool
has_part (const ScoreShape &s, int item, int consumer)
{
    return item < s.whole || (item - s.whole) % CONSUMERS == consumer;
}

/* A row block and a tile of latents. */
static __device__ inline int2
find_item (const ScoreShape &s, int item)
{
    item = item < s.whole ? item : s.whole + (item - s.whole) / CONSUMERS;
    int per_band = BAND * s.tiles, band = item / per_band, at = item % per_band;
    int blocks = min (BAND, s.row_blocks - band * BAND);
    return make_int2 (band * BAND + at % blocks, at / blocks);
}

static __device__ void
produce (
    const ScoreShape &s, const CUtensorMap *x, const CUtensorMap *w, char *stages, ScoreControl *c)
{
    Ring ring = {0, 1};
    int2 at = find_item (s, (int) blockIdx.x), next = at;
    for (int item = (int) blockIdx.x; item < n_items (s); item += (int) gridDim.x) {
        for (int step = 0; step < s.steps; step++) {
            char *stage = wide_next_stage (stages, ring, &c->b);
            uint64_t *full = &c->b.full[ring.stage];
            tensor_load (x, stage, full, step * WIDE_PANEL, 0, at.x * SCORE_BLOCK);
            tensor_load (w, stage + WIDE_X_BYTES, full, step * WIDE_PANEL, at.y, 0);
            ring_next<WIDE_STAGES> (&ring);
            if (step == 0)
                next = find_item (s, min (item + (int) gridDim.x, n_items (s) - 1));
        }
        at = next;
    }
}

/* Begins to copy an item's numbers; @row: the warpgroup's first. */
static __device__ inline void
copy_numbers (const ScoreShape &s, int tile, int row, ItemNumbers *to)
{
    int i = (int) threadIdx.x % 128;
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int c = i + 128 * half, place = c / 16 * 16 + c % 8 / 2 * 4 + c % 16 / 8 * 2 + c % 2;
        const float2 *from = &s.affine[codes_latent (s.n_tiles, tile, c)];
        copy_async<4> (&to->factor[place], &from->x);
        copy_async<4> (&to->bias[place], &from->y);
    }
    if (i < HOPPER_ROWS)
        copy_async<16> (&to->row[i], &s.row[min (row + i, s.rows - 1)]);
    else if (i == HOPPER_ROWS)
        copy_async<16> (to->reach, &s.group_reach[4 * tile]);
}

/* A lane's view of an item: its two rows are @local and @local + 8 of the block. */
typedef struct {
    uint32_t numbers; /* in shared memory */
    int64_t row;      /* of the strip */
    int tile, quad;
    float unit[2], limit[2];
} LaneItem;

/* Of a block's row, as CodesRow has it. */
static __device__ inline float4
load_row (uint32_t numbers, int local)
{
    return load_four (numbers + (uint32_t) offsetof (ItemNumbers, row) +
                      (uint32_t) (local % HOPPER_ROWS) * (uint32_t) sizeof (CodesRow));
}

static __device__ inline LaneItem
open_item (const ScoreShape &s, int2 at, int local, const ItemNumbers *numbers, bool odd)
{
    LaneItem l = {shared_address (numbers), (int64_t) at.x * SCORE_BLOCK + local, at.y,
                  (int) threadIdx.x % 4};
    float reach = load_one (l.numbers + offsetof (ItemNumbers, reach) + 4 * l.quad);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float4 row = load_row (l.numbers, local + 8 * half); /* unit, error, slack, least */
        float limit = codes_limit (row.w, row.y * reach + row.z, s.only_positive);
        l.unit[half] = odd ? row.x : row.x * CODES_UNIT;
        l.limit[half] = l.row + 8 * half < s.rows ? limit : INFINITY;
    }
    return l;
}

/* The four scores of a chunk, of one of the lane's rows. */
template <bool ODD>
static __device__ inline void
make_chunk (const LaneItem &l, const float (&d)[128], int chunk, int half, float (&v)[4])
{
    uint32_t at = l.numbers + (uint32_t) (4 * chunk + l.quad) * 16;
    float4 bias = load_four (at + (uint32_t) offsetof (ItemNumbers, bias));
    float4 factor = ODD ? load_four (at) : make_float4 (1, 1, 1, 1);
    const float *mine = &d[8 * chunk + 2 * half];
    v[0] = fmaf (mine[0], ODD ? factor.x * l.unit[half] : l.unit[half], bias.x);
    v[1] = fmaf (mine[1], ODD ? factor.y * l.unit[half] : l.unit[half], bias.y);
    v[2] = fmaf (mine[4], ODD ? factor.z * l.unit[half] : l.unit[half], bias.z);
    v[3] = fmaf (mine[5], ODD ? factor.w * l.unit[half] : l.unit[half], bias.w);
}

template <bool MAGNITUDE>
static __device__ inline float
largest_of (const float (&v)[4])
{
    if (MAGNITUDE)
        return fmaxf (fmaxf (fabsf (v[0]), fabsf (v[1])), fmaxf (fabsf (v[2]), fabsf (v[3])));
    return fmaxf (fmaxf (v[0], v[1]), fmaxf (v[2], v[3]));
}

/* The sample leaves the largest of each two chunks. */
template <bool MAGNITUDE, bool ODD>
static __device__ inline void
store_largest (const ScoreShape &s, const LaneItem &l, const float (&d)[128])
{
    float most[2][CODES_CHUNKS / 2];
#pragma unroll
    for (int chunk = 0; chunk < CODES_CHUNKS; chunk++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float v[4], &run = most[half][chunk / 2];
            make_chunk<ODD> (l, d, chunk, half, v);
            float own = largest_of<MAGNITUDE> (v);
            run = chunk % 2 == 0 ? own : fmaxf (run, own);
        }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float4 *to = (float4 *) s.largest +
                     ((l.row + 8 * half) * s.tiles + l.tile) * (CODES_RUNS / 4) + 2 * l.quad;
        to[0] = make_float4 (most[half][0], most[half][1], most[half][2], most[half][3]);
        to[1] = make_float4 (most[half][4], most[half][5], most[half][6], most[half][7]);
    }
}

/* Keeps and marks the chunk if its @largest score is at least @limit; its place is @used bytes after
 * @to. Without a branch: some lane of a warp nearly always has one. */
static __device__ inline void
keep_chunk (
    const float (&v)[4], float largest, float limit, float4 *to, int bit, int &used, int &marks)
{
    asm volatile("{\n.reg .pred in;\n.reg .b64 at;\n"
                 "setp.ge.f32 in, %6, %7;\n"
                 "mad.wide.u32 at, %0, 1, %8;\n"
                 "@in st.global.v4.f32 [at], {%2, %3, %4, %5};\n"
                 "@in add.s32 %0, %0, 64;\n"
                 "@in or.b32 %1, %1, %9;\n}\n"
                 : "+r"(used), "+r"(marks)
                 : "f"(v[0]), "f"(v[1]), "f"(v[2]), "f"(v[3]), "f"(largest), "f"(limit), "l"(to),
                   "r"(bit)
                 : "memory");
}

/* Chunks of a lane's two groups. There is room for whole row blocks. */
template <bool MAGNITUDE, bool ODD>
static __device__ inline void
keep_chunks (const ScoreShape &s, const LaneItem &l, const float (&d)[128])
{
    int used[2] = {0, 0}, marks[2] = {0, 0};
    int64_t group[2] = {(l.row * s.n_tiles + l.tile) * 4 + l.quad,
                        ((l.row + 8) * s.n_tiles + l.tile) * 4 + l.quad};
    float4 *to[2] = {s.chunks + (group[0] / 4 * CODES_CHUNKS * 4 + l.quad),
                     s.chunks + (group[1] / 4 * CODES_CHUNKS * 4 + l.quad)};
#pragma unroll
    for (int chunk = 0; chunk < CODES_CHUNKS; chunk++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float v[4];
            make_chunk<ODD> (l, d, chunk, half, v);
            keep_chunk (v, largest_of<MAGNITUDE> (v), l.limit[half], to[half], 1 << chunk,
                        used[half], marks[half]);
        }
    s.marks[group[0]] = (uint16_t) marks[0];
    s.marks[group[1]] = (uint16_t) marks[1];
}

template <bool SAMPLE, bool MAGNITUDE>
static __device__ inline void
take_scores (const ScoreShape &s, const LaneItem &l, bool odd, const float (&d)[128])
{
    if (SAMPLE && odd)
        store_largest<MAGNITUDE, true> (s, l, d);
    else if (SAMPLE)
        store_largest<MAGNITUDE, false> (s, l, d);
    else if (odd)
        keep_chunks<MAGNITUDE, true> (s, l, d);
    else
        keep_chunks<MAGNITUDE, false> (s, l, d);
}

template <bool SAMPLE, bool MAGNITUDE>
static __device__ void
consume (const ScoreShape &s, int consumer, char *stages, ScoreControl *c)
{
    uint32_t x = descriptor_low (stages + consumer * HOPPER_ROWS * WIDE_LINE_BYTES, 16);
    uint32_t w = descriptor_low (stages + WIDE_X_BYTES, 16);
    int local =
        consumer * HOPPER_ROWS + 16 * ((int) threadIdx.x % 128 / 32) + (int) threadIdx.x % 32 / 4;
    bool odd = *s.n_odd != 0;
    Ring ring = {0, 0};
    float d[128];
    int turn = 0;
    for (int item = (int) blockIdx.x; item < n_items (s); item += (int) gridDim.x) {
        if (!has_part (s, item, consumer)) {
            wide_skip (s.steps, &c->b, &ring);
            continue;
        }
        ItemNumbers *numbers = &c->numbers[consumer][turn++ & 1];
        int2 at;
        auto begin = [&] {
            at = find_item (s, item);
            copy_numbers (s, at.y, at.x * SCORE_BLOCK + consumer * HOPPER_ROWS, numbers);
        };
        wide_multiply<__half> (s.steps, x, w, &c->b, &ring, d, begin);
        copy_wait ();
        named_sync (COPIED + consumer, 128);
        LaneItem lane = open_item (s, at, local, numbers, odd);
        take_scores<SAMPLE, MAGNITUDE> (s, lane, odd, d);
    }
}

template <bool SAMPLE, bool MAGNITUDE>
static __global__ void
__launch_bounds__ (HOPPER_THREADS, 1) scores_kernel (const __grid_constant__ ScoreShape s,
                                                     const __grid_constant__ CUtensorMap x,
                                                     const __grid_constant__ CUtensorMap w)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char raw[];
    char *stages = wide_stages (raw);
    ScoreControl *c = (ScoreControl *) (stages + WIDE_STAGES * WIDE_STAGE_BYTES);
    wide_begin (&c->b);
    codes_begin ();
    wide_split ([&] { produce (s, &x, &w, stages, c); },
                [&] (int consumer) { consume<SAMPLE, MAGNITUDE> (s, consumer, stages, c); });
#endif
}

/* The first @tiles tiles of rows [@first, @first + @n). */
template <bool SAMPLE, bool MAGNITUDE>
static cudaError_t
launch (const CodesRun *run, int64_t first, int n, int tiles, cudaStream_t stream)
{
    const CodesPrepared *p = &run->prepared;
    ScoreShape s = {.affine = p->affine,
                    .group_reach = p->group_reach,
                    .n_odd = p->n_odd,
                    .row = run->row + first,
                    .largest = run->largest,
                    .marks = run->marks,
                    .chunks = run->chunks,
                    .steps = (int) (p->d / FOVEA_CODES_PANEL),
                    .rows = n,
                    .row_blocks = (n + SCORE_BLOCK - 1) / SCORE_BLOCK,
                    .tiles = tiles,
                    .n_tiles = run->tiles,
                    .only_positive = run->args.only_positive};
    CUtensorMap x, w;
    cudaError_t status = make_map (&x, run->rounded + first * p->d, n, 1, p->d, SCORE_BLOCK);
    if (status == cudaSuccess)
        status = make_map (&w, p->w, FOVEA_CODES_TILE, run->tiles, p->d, FOVEA_CODES_TILE);
    auto kernel = scores_kernel<SAMPLE, MAGNITUDE>;
    if (status == cudaSuccess)
        status = cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       (int) SCORE_SHARED);
    if (status != cudaSuccess)
        return status;
    int items = s.row_blocks * s.tiles, last = items % run->n_processors;
    s.whole = CONSUMERS * last <= run->n_processors ? items - last : items;
    int turns = s.whole + (items - s.whole) * CONSUMERS;
    unsigned grid = (unsigned) (turns < run->n_processors ? turns : run->n_processors);
    return codes_follow (kernel, grid, HOPPER_THREADS, SCORE_SHARED, stream, s, x, w);
}

cudaError_t
cuda_codes_sample (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    auto sample = run->args.by_magnitude ? launch<true, true> : launch<true, false>;
    cudaError_t status = sample (run, first, n, run->sampled, stream);
    return status == cudaSuccess ? cuda_codes_threshold (run, first, n, stream) : status;
}

cudaError_t
cuda_codes_scores (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    auto keep = run->args.by_magnitude ? launch<false, true> : launch<false, false>;
    return keep (run, first, n, run->tiles, stream);
}
