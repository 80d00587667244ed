/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* General attention in f32, first pass: values, log-sum-exps, row statistics and norms. One block of
 * 256 threads owns 64 rows of one head and walks the keys that its rule allows; thread
 * (x = id % 16, y = id / 16) owns rows 4y.., keys 4x.. of a tile and elements 4x.. of the values. */
#include "kernels/cuda/attend-general.cuh"

enum {
    LANES = 16 /* of a row */
};

/* Rows of shared memory that hold queries and keys: queries of up to 128 elements stay there, wider
 * ones come again with every tile, 32 elements of both at a time (TileInputs). */
static __host__ __device__ constexpr int
input_lines (int chunks)
{
    return chunks <= 2 ? (chunks + 1) * TILE : 2 * TILE_DEPTH;
}

/* What the second product of a tile reads. Weights lie by key, so that a thread's four rows are one load;
 * they share no memory with queries and keys, which stay for the next tile. */
typedef struct {
    float p[TILE][TILE + TILE_PAD]; /* weights, key by row */
    float v[TILE][TILE];            /* values of 64 keys, 64 elements */
} ValueInputs;

/* Where a thread block stands: @at with the key still to come, tiles of keys [from, to). */
typedef struct {
    TilePlace at;
    int32_t group, from, to;
} Place;

/* The block's rows, and the tiles of keys that its rule lets any of them see. */
static __device__ inline Place
place_of (const GeneralAttend &a)
{
    const FoveaAttendArgs &args = a.args;
    Place p;
    /* The last row blocks see most keys under a causal rule: they start first. */
    p.at.row = (int32_t) ((gridDim.x - 1 - blockIdx.x) * TILE - a.first_row);
    p.at.head = (int32_t) blockIdx.y;
    p.at.query = (int32_t) args.first_query + p.at.row;
    p.at.key = 0;
    p.group = p.at.head / (int32_t) (args.heads / args.kv_heads);
    int64_t first = max (p.at.row, 0), end = min ((int64_t) p.at.row + TILE, args.rows), from, to;
    rule_tiles (args.rule, args.first_query + first, args.first_query + end - 1, args.n_keys, &from,
                &to);
    p.from = (int32_t) from;
    p.to = (int32_t) to;
    return p;
}

/* One head's rows of (rows, H, D), */
static __device__ inline TileRows
queries_of (const FoveaAttendArgs &args, int64_t head)
{
    return TileRows{args.q + head * args.width, args.heads * args.width, args.rows};
}

/* and one key head's of (n_keys, G, D): heads that share it find it in the L2 cache. */
static __device__ inline TileRows
keys_of (const FoveaAttendArgs &args, const float *data, int64_t group)
{
    return TileRows{data + group * args.width, args.kv_heads * args.width, args.n_keys};
}

/* Elements [d0, d0+64) of 64 rows, turned. */
static __device__ inline void
load_chunk (float (*to)[TILE + TILE_PAD], TileRows rows, int64_t first, int d0, int D)
{
    tile_load (to, rows, first, d0, D);
    if (d0 + TILE_DEPTH < D)
        tile_load (to + TILE_DEPTH, rows, first, d0 + TILE_DEPTH, D);
}

/* As tile_dot(), and with its bits, where queries stay in shared memory. */
template <int CHUNKS>
static __device__ inline void
dot_kept (float (*lines)[TILE + TILE_PAD], TileRows k, int32_t key, int D, TileScores *out)
{
    float (*keys)[TILE + TILE_PAD] = lines + CHUNKS * TILE;
    *out = TileScores{};
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
        /* Keys of one chunk at a time: all of them would leave room for one block a processor. */
        __syncthreads (); /* the last keys were used, and queries are there */
        load_chunk (keys, k, key, c * TILE, D);
        __syncthreads ();
        tile_multiply (lines + c * TILE, keys, min (D - c * TILE, (int) TILE), out);
    }
}

/* Looks for a row's largest score; few tiles have a new one. Keys rise, so that of equal scores the
 * lowest stays. */
static __device__ inline void
note_largest (const float *s, float top, int32_t key, RowState *row)
{
    if (!(top > row->largest))
        return;
    row->largest = top;
    /* A lane's four keys alone; lanes are joined when the row ends. */
    row->key = key + (s[0] == top ? 0 : s[1] == top ? 1 : s[2] == top ? 2 : 3);
}

/* What only few tiles have: key 0, and the last sixteen keys of a row. @back: query less key. */
static __device__ inline void
add_near (const TilePlace &at, const float *w, int32_t back, RowState *row)
{
    if (at.key == 0 && threadIdx.x % LANES == 0)
        row->first += w[0];
    if (at.key + TILE <= at.query - FOVEA_LOCAL_WINDOW || at.key >= at.query + TILE)
        return;
#pragma unroll
    for (int j = 0; j < TILE_SIDE; j++)
        row->local += back - j >= 0 && back - j < FOVEA_LOCAL_WINDOW ? w[j] : 0;
}

/* A tile's scores become weights; sums and values so far follow the references. */
template <int CHUNKS, bool ROWS>
static __device__ inline void
add_tile (const TilePlace &at, TileScores *t, RowState *rows, TileScores *z)
{
    int32_t key = at.key + TILE_SIDE * ((int) threadIdx.x % LANES);
    int32_t query = at.query + TILE_SIDE * ((int) threadIdx.x / LANES);
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        float *s = t->s[i], sum = 0;
        float top = fmaxf (fmaxf (s[0], s[1]), fmaxf (s[2], s[3]));
        if (ROWS)
            note_largest (s, top, key, &rows[i]);
        /* The reference lags behind the largest score, so that values are scaled anew in few tiles. */
        float factor = raise_reference<ROWS> (max_of_lanes<LANES> (top), &rows[i]);
        if (factor != 1)
#pragma unroll
            for (int c = 0; c < CHUNKS; c++)
#pragma unroll
                for (int e = 0; e < TILE_SIDE; e++)
                    z[c].s[i][e] *= factor;
        float shift = shift_of (rows[i]), back = (float) (query + i - key);
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            s[j] = weigh_score<ROWS> (s[j], back - (float) j, shift, &rows[i]);
            sum += s[j];
        }
        rows[i].sum += sum;
        if (ROWS)
            add_near (at, s, query + i - key, &rows[i]);
    }
}

/* Elements [d0, d0+64) of the values of 64 keys. A warp reads 128 contiguous bytes. */
static __device__ inline void
load_values (float (*to)[TILE], TileRows v, int32_t key, int d0, int D)
{
#pragma unroll 8
    for (int i = (int) threadIdx.x; i < TILE * TILE; i += TILE_THREADS) {
        int r = i / TILE, d = i % TILE;
        bool inside = key + r < v.n && d0 + d < D;
        to[r][d] = inside ? v.data[(key + r) * v.stride + d0 + d] : 0.0f;
    }
}

/* z += weights * values, 64 elements of D at a time. The product of scores stands between two calls,
 * and with it a barrier: what is written here first was used. */
template <int CHUNKS>
static __device__ inline void
add_values (ValueInputs *in, const TileScores &w, TileRows v, int32_t key, int D, TileScores *z)
{
    int x = (int) threadIdx.x % LANES, y = (int) threadIdx.x / LANES;
    /* Weights change hands: a thread made four rows by four keys, and wants four rows by 64 keys. */
#pragma unroll
    for (int j = 0; j < TILE_SIDE; j++)
        *(float4 *) &in->p[TILE_SIDE * x + j][TILE_SIDE * y] =
            float4{w.s[0][j], w.s[1][j], w.s[2][j], w.s[3][j]};
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
        if (c > 0)
            __syncthreads ();
        load_values (in->v, v, key, c * TILE, D);
        __syncthreads ();
#pragma unroll 8
        for (int k = 0; k < TILE; k++) {
            float4 weight = *(const float4 *) &in->p[k][TILE_SIDE * y];
            float4 value = *(const float4 *) &in->v[k][TILE_SIDE * x];
            const float left[TILE_SIDE] = {weight.x, weight.y, weight.z, weight.w};
            const float right[TILE_SIDE] = {value.x, value.y, value.z, value.w};
#pragma unroll
            for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
                for (int e = 0; e < TILE_SIDE; e++)
                    z[c].s[i][e] = fmaf (left[i], right[e], z[c].s[i][e]);
        }
    }
}

/* Ends the thread's four rows. */
template <int CHUNKS, bool ROWS>
static __device__ inline void
finish_rows (const GeneralAttend &a, const TilePlace &at, RowState *rows, const TileScores *z)
{
    const FoveaAttendArgs &args = a.args;
    int x = (int) threadIdx.x % LANES, y = (int) threadIdx.x / LANES;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int32_t row = at.row + TILE_SIDE * y + i;
        bool inside = row >= 0 && row < args.rows;
        float inverse = finish_row<LANES, ROWS> (args, at.head, row, inside, a.norms, &rows[i]);
        /* The lanes' sums above want all of them, also of rows that nobody asked for. */
        if (!inside)
            continue;
        float *to = args.z + ((int64_t) row * args.heads + at.head) * args.width;
#pragma unroll
        for (int c = 0; c < CHUNKS; c++)
#pragma unroll
            for (int e = 0; e < TILE_SIDE; e++)
                if (c * TILE + TILE_SIDE * x + e < args.width)
                    to[c * TILE + TILE_SIDE * x + e] = z[c].s[i][e] * inverse;
    }
}

/* Does: z = softmax (rule (q k)) v of 64 rows, their norms, and with ROWS their statistics; rows that see
 * no key become zeros.
 * Tiles: 64 rows x 64 keys, D in chunks of 64 that a thread's sums are cut into; two blocks a processor up
 * to D=128, one beyond, for which registers do not reach.
 * Moves: q once, k and v once per 64 rows, from L2: 8 T T/128 G D B.   Work: 2 T T H D flop if causal.
 * Roof:  f32 multiply-adds; two 16-byte shared loads feed 16 of them. */
template <int CHUNKS, bool ROWS>
static __global__ void
__launch_bounds__ (TILE_THREADS, CHUNKS <= 2 ? 2 : 1)
    attend_kernel (const __grid_constant__ GeneralAttend a)
{
    extern __shared__ __align__ (16) char shared[];
    float (*lines)[TILE + TILE_PAD] = (float (*)[TILE + TILE_PAD]) shared;
    ValueInputs *values = (ValueInputs *) (lines + input_lines (CHUNKS));
    Place p = place_of (a);
    const FoveaAttendArgs &args = a.args;
    int D = (int) args.width;
    TileRows q = queries_of (args, p.at.head), k = keys_of (args, args.k, p.group);
    TileRows v = keys_of (args, args.v, p.group);
    RowState rows[TILE_SIDE] = {new_row (), new_row (), new_row (), new_row ()};
    TileScores z[CHUNKS] = {};
    /* The first barrier behind this is that of the first tile's keys. */
    if (CHUNKS <= 2)
#pragma unroll
        for (int c = 0; c < CHUNKS; c++)
            load_chunk (lines + c * TILE, q, p.at.row, c * TILE, D);
    for (int32_t tile = p.from; tile < p.to; tile++) {
        TileScores t;
        p.at.key = tile * TILE;
        if (CHUNKS <= 2)
            dot_kept<CHUNKS> (lines, k, p.at.key, D, &t);
        else
            tile_dot ((TileInputs *) shared, q, p.at.row, k, p.at.key, D, &t);
        tile_rule (args, p.at, &t);
        add_tile<CHUNKS, ROWS> (p.at, &t, rows, z);
        add_values<CHUNKS> (values, t, v, p.at.key, D, z);
    }
    finish_rows<CHUNKS, ROWS> (a, p.at, rows, z);
}

size_t
fovea_cuda_attend_general_scratch (const FoveaAttendArgs *args)
{
    if (fovea_cuda_attend_is_decode (args))
        return fovea_cuda_attend_decode_scratch (args);
    return (size_t) (args->rows * args->heads) * sizeof (RowNorm);
}

/* The kernel for the number of chunks, then, where something of columns or blocks is kept, the second
 * pass: it needs each row's norm first. */
template <int CHUNKS>
static cudaError_t
launch (const GeneralAttend &a, cudaStream_t stream)
{
    constexpr int BYTES = input_lines (CHUNKS) * (TILE + TILE_PAD) * (int) sizeof (float) +
                          (int) sizeof (ValueInputs);
    void (*kernel) (GeneralAttend) =
        wants_rows (&a.args) ? attend_kernel<CHUNKS, true> : attend_kernel<CHUNKS, false>;
    dim3 grid ((unsigned) ((a.first_row + a.args.rows + TILE - 1) / TILE), (unsigned) a.args.heads);
    cudaError_t status =
        cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status != cudaSuccess)
        return status;
    kernel<<<grid, TILE_THREADS, BYTES, stream>>> (a);
    status = cudaGetLastError ();
    return status == cudaSuccess && wants_second_pass (&a.args)
               ? fovea_cuda_attend_columns (&a, stream)
               : status;
}

cudaError_t
fovea_cuda_attend_general (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream)
{
    if (fovea_cuda_attend_is_decode (args))
        return fovea_cuda_attend_decode (args, scratch, stream);
    /* Chunks are unrolled, as a thread's sums must not be indexed: a kernel for each number of them. */
    GeneralAttend a = {*args, (RowNorm *) scratch, args->first_query % TILE};
    if (args->width <= TILE)
        return launch<1> (a, stream);
    if (args->width <= 2 * TILE)
        return launch<2> (a, stream);
    return args->width <= 4 * TILE ? launch<4> (a, stream) : cudaErrorInvalidValue;
}
