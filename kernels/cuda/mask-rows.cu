/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A block owns 64 rows of one mask and walks the tiles that the mask lists for them: scores as
 * rectangles have them, weights against the row's own log-sum-exp, so that no row needs its largest
 * score first, and the values behind them. Sums of a row stay in the registers of 16 threads, in
 * double where they decide a recall; no atomics, so the bits are the same every time.
 * Work: 2 D flop a cell of a listed tile, twice with values.   Roof: f32 arithmetic. */
#include "kernels/cuda/attend-tile.cuh"
#include "kernels/cuda/mask-rows.cuh"

enum {
    SLICE = 64,     /* elements of D a set of sums: 4 for each of 16 threads */
    VALUE_KEYS = 32 /* keys whose values are in shared memory at a time */
};

/* Weights lie by key, as queries do in TileInputs: a thread's four rows are one load. */
template <int SLICES> struct Shared {
    union {
        TileInputs in;
        float v[VALUE_KEYS][SLICES * SLICE + TILE_PAD];
    };
    float w[TILE][TILE + TILE_PAD];
};

/* Sums over a thread's own keys, of its four rows. */
struct RowSums {
    double mass[TILE_SIDE], value_mass[TILE_SIDE];
};

/* Rows and the mask's list. */
struct List {
    int64_t row, query; /* the first */
    int64_t first, end; /* tiles */
};

/* Which rows, and where the mask's list of them lies. */
static __device__ inline List
find_list (const FoveaMaskRowsArgs &args)
{
    /* Later rows see more keys: those blocks start first. Masks of the same rows are neighbours. */
    int64_t block = (int64_t) gridDim.y - 1 - blockIdx.y;
    int64_t at = block * args.n_masks + blockIdx.x;
    return List{block * TILE, args.q0 + block * TILE, args.ends[at], args.ends[at + 1]};
}

/* Weights of a tile's kept cells, to shared memory; their sums. */
template <int SLICES>
static __device__ inline void
weigh_tile (const FoveaMaskRowsArgs &args,
            const List &list,
            const FoveaMaskTile &tile,
            const float *lse,
            Shared<SLICES> *shared,
            RowSums *sums)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    int64_t k0 = (int64_t) tile.column * TILE;
    TileScores t;
    float w[TILE_SIDE][TILE_SIDE];
    tile_dot (&shared->in, TileRows{args.q, args.q_stride, args.n_queries}, list.row,
              TileRows{args.k, args.k_stride, args.n_keys}, k0, args.width, &t);
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = TILE_SIDE * y + i;
        /* Most masks keep whole tiles, which have no bits of their own. */
        uint64_t word = tile.bits < 0 ? ~(uint64_t) 0 : args.bits[tile.bits + row];
        float mass = 0, value_mass = 0;
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            int64_t key = k0 + TILE_SIDE * x + j;
            bool kept = (word >> (TILE_SIDE * x + j) & 1) != 0 && key < args.n_keys &&
                        list.row + row < args.n_queries;
            float s = kept ? rule_score (args.rule, args.head, list.query + row, key, t.s[i][j])
                           : -CUDART_INF_F;
            /* Against the whole row's log-sum-exp: what is kept is a share of it, not a softmax of its own. */
            w[i][j] = s > -CUDART_INF_F ? expf (s - lse[i]) : 0;
            mass += w[i][j];
            if (args.value_mass != NULL)
                value_mass += kept ? w[i][j] * args.lengths[key] : 0;
        }
        /* Four weights are added in f32, tiles in double: recall is a difference from 1. */
        sums->mass[i] += (double) mass;
        sums->value_mass[i] += (double) value_mass;
    }
#pragma unroll
    for (int j = 0; j < TILE_SIDE; j++)
        *(float4 *) &shared->w[TILE_SIDE * x + j][TILE_SIDE * y] =
            make_float4 (w[0][j], w[1][j], w[2][j], w[3][j]);
}

/* Elements [d0, d0 + SLICES * SLICE) of the values of keys from k0 on; zero beyond the arrays. */
template <int SLICES>
static __device__ inline void
load_values (const FoveaMaskRowsArgs &args, int64_t k0, int64_t d0, Shared<SLICES> *shared)
{
    for (int at = (int) threadIdx.x; at < VALUE_KEYS * SLICES * SLICE; at += TILE_THREADS) {
        int64_t key = k0 + at / (SLICES * SLICE), d = d0 + at % (SLICES * SLICE);
        bool inside = key < args.n_keys && d < args.width;
        shared->v[at / (SLICES * SLICE)][at % (SLICES * SLICE)] =
            inside ? args.v[key * args.v_stride + d] : 0;
    }
}

/* Adds weight times value of one tile. */
template <int SLICES>
static __device__ inline void
add_values (const FoveaMaskRowsArgs &args,
            int64_t k0,
            int64_t d0,
            Shared<SLICES> *shared,
            float (*z)[TILE_SIDE][TILE_SIDE])
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    for (int first = 0; first < TILE; first += VALUE_KEYS) {
        __syncthreads (); /* the inputs, or the values before, were read */
        load_values<SLICES> (args, k0 + first, d0, shared);
        __syncthreads ();
#pragma unroll 4
        for (int j = 0; j < VALUE_KEYS; j++) {
            float4 a = *(const float4 *) &shared->w[first + j][TILE_SIDE * y];
            const float w[TILE_SIDE] = {a.x, a.y, a.z, a.w};
#pragma unroll
            for (int slice = 0; slice < SLICES; slice++) {
                float4 b = *(const float4 *) &shared->v[j][slice * SLICE + TILE_SIDE * x];
                const float v[TILE_SIDE] = {b.x, b.y, b.z, b.w};
#pragma unroll
                for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
                    for (int d = 0; d < TILE_SIDE; d++)
                        z[slice][i][d] = fmaf (w[i], v[d], z[slice][i][d]);
            }
        }
    }
}

/* Over the 16 threads of a row, in each of them. */
static __device__ inline double
sum_row (double x)
{
    for (int other = 8; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

/* Writes this thread's part of a row's output; gives its part of what the row loses. */
template <int SLICES>
static __device__ inline double
finish_values (const FoveaMaskRowsArgs &args,
               int64_t row,
               int64_t d0,
               double norm,
               const float (*z)[TILE_SIDE][TILE_SIDE],
               int i)
{
    int x = (int) threadIdx.x % 16;
    /* Kept weights are brought to 1 again, as a sparse softmax would have them. */
    float scale = norm > 0 ? (float) (1 / norm) : 0;
    double loss = 0;
#pragma unroll
    for (int slice = 0; slice < SLICES; slice++)
#pragma unroll
        for (int e = 0; e < TILE_SIDE; e++) {
            int64_t d = d0 + slice * SLICE + TILE_SIDE * x + e;
            if (d >= args.width)
                continue;
            int64_t at = (int64_t) blockIdx.x * args.n_queries + row;
            if (args.z != NULL)
                args.z[at * args.width + d] = z[slice][i][e];
            if (args.loss == NULL)
                continue;
            /* Against the whole row's output; a row that keeps nothing loses all of it. */
            float lost = args.full[row * args.width + d] - scale * z[slice][i][e];
            loss += (double) lost * (double) lost;
        }
    return loss;
}

/* Does: what one mask keeps of 64 rows: masses, values, and what the rows lose by it.
 * Tiles: 64 rows x 64 keys, of the mask's list alone; SLICES x 64 elements of D a walk.
 * Moves: q once, k and v once a listed tile, from the L2 cache.
 * Order: a mask's tiles rise, and a row's sums follow them, so that the bits are those of any run. */
template <int SLICES>
static __global__ void
__launch_bounds__ (TILE_THREADS) mask_rows_kernel (const __grid_constant__ FoveaMaskRowsArgs args)
{
    __shared__ Shared<SLICES> shared;
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    const List list = find_list (args);
    float lse[TILE_SIDE]; /* in registers: each is read once a tile */
    double loss[TILE_SIDE] = {0};
    RowSums sums;
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = list.row + TILE_SIDE * y + i;
        lse[i] = row < args.n_queries ? args.lse[row] : 0;
    }
    /* One walk without values or with few elements; wider heads take several. */
    for (int64_t d0 = 0; d0 == 0 || (args.v != NULL && d0 < args.width); d0 += SLICES * SLICE) {
        float z[SLICES][TILE_SIDE][TILE_SIDE] = {};
        sums = RowSums{};
        for (int64_t t = list.first; t < list.end; t++) {
            weigh_tile<SLICES> (args, list, args.tiles[t], lse, &shared, &sums);
            if (args.v != NULL)
                add_values<SLICES> (args, (int64_t) args.tiles[t].column * TILE, d0, &shared, z);
        }
        for (int i = 0; i < TILE_SIDE; i++) {
            int64_t row = list.row + TILE_SIDE * y + i;
            double mass = sum_row (sums.mass[i]), sink = 0;
            /* A sink takes its share of what is kept as well. */
            if (args.rule.sink_logits != NULL)
                sink = exp ((double) args.rule.sink_logits[args.head] - (double) lse[i]);
            if (args.v != NULL && row < args.n_queries)
                loss[i] += finish_values<SLICES> (args, row, d0, mass + sink, z, i);
        }
    }
    for (int i = 0; i < TILE_SIDE; i++) {
        int64_t row = list.row + TILE_SIDE * y + i,
                at = (int64_t) blockIdx.x * args.n_queries + row;
        double mass = sum_row (sums.mass[i]), value_mass = sum_row (sums.value_mass[i]);
        double lost = sum_row (loss[i]);
        if (x != 0 || row >= args.n_queries)
            continue;
        args.mass[at] = (float) mass;
        if (args.value_mass != NULL)
            args.value_mass[at] = (float) value_mass;
        if (args.loss != NULL)
            args.loss[at] = (float) lost;
    }
}

/* Up to 64 elements take one walk with half of the sums, and so more blocks a processor. */
cudaError_t
fovea_cuda_mask_rows (const FoveaMaskRowsArgs *args, cudaStream_t stream)
{
    dim3 grid ((unsigned) args->n_masks, (unsigned) ((args->n_queries + TILE - 1) / TILE));
    if (args->v != NULL && args->width > SLICE)
        mask_rows_kernel<2><<<grid, TILE_THREADS, 0, stream>>> (*args);
    else
        mask_rows_kernel<1><<<grid, TILE_THREADS, 0, stream>>> (*args);
    return cudaGetLastError ();
}
