/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The two products of attention on AMX tiles (amx.h); softmax and statistics are the vector
 * version's.
 *
 * Does:  S = K q' for 64 queries, 16 keys at a time, then z' += V' e for 128 keys at a time.
 *        Keys, values, queries and e are cut into three bf16 pieces, six products each: f32
 *        accuracy. e is cut right after it is made; in bf16 precision e and v are rounded to one
 *        piece, while scores keep f32, so that a recomputed rectangle agrees with them.
 * Tiles: scores: 4 sums, 3 of keys, 1 of queries, 15 loads for 24 products. Values: 4 sums, 2 of
 *        values, 2 of e, 18 loads for 24 products.
 * Work:  24 T D bf16 flop a query. Roof: 1,024 a cycle and core, against 64 f32 flop of vectors:
 *        2.7 times as fast where both reach it; cutting e costs 7 vector operations a score.
 * Needs: 64 lanes. Any width; rows of tiles are padded to 32.   Twin: fovea_attend_ref(). */
#include "kernels/amx.h"

#include <math.h>
#include <string.h>

#include "kernels/cpu-vector-attend.h"

enum {
    LANES = FOVEA_TILE,
    KEY_GROUPS = FOVEA_BLOCK / TILE, /* tiles of keys in 64 */
    KEY_STEPS = FOVEA_BLOCK / DEPTH, /* depths of keys in 64 */
    QUERY_TILES = LANES / TILE,
    VALUE_KEYS = 128 /* keys whose e is cut before values are summed: z' is loaded and stored once
                        for them; 64 took 6 % longer at D = 32 */
};

/* Depths of 32 in a row of D. */
static int64_t
n_depths (int64_t width)
{
    return (width + DEPTH - 1) / DEPTH;
}

/* (4 groups, depths, pieces) tiles of 16 keys x 32 elements */
static int64_t
key_size (int64_t width)
{
    return KEY_GROUPS * n_depths (width) * MAX_PIECES * TILE_BF16;
}

/* (2 key steps, depths, pieces, 2) tiles of 16 elements x 32 keys */
static int64_t
value_size (int64_t width)
{
    return KEY_STEPS * n_depths (width) * MAX_PIECES * 2 * TILE_BF16;
}

/* Queries: (depths, 4, pieces) tiles; e: (4 steps of 32 keys, pieces, 4) tiles. */
static int64_t
own_size (int64_t width)
{
    return (n_depths (width) + VALUE_KEYS / DEPTH) * QUERY_TILES * MAX_PIECES * TILE_BF16;
}

/* 32 elements of a row of D from @d on, as pieces; NULL counts as zeros. */
static inline void
split_elements (const float *row, int64_t d, int64_t width, __m512i *pieces)
{
    int64_t n = row != NULL ? width - d : 0;
    split_row (load_floats (row + d, n), load_floats (row + d + TILE, n - TILE), MAX_PIECES,
               pieces);
}

static void
prepare_key (const float *k, int64_t width, uint16_t *out)
{
    __m512i pieces[MAX_PIECES];
    for (int64_t d = 0; d < width; d += DEPTH) {
        split_elements (k, d, width, pieces);
        for (int p = 0; p < MAX_PIECES; p++, out += TILE_BF16)
            _mm512_storeu_si512 (out, pieces[p]);
    }
}

/* 16 elements from @d on of the values of @n <= 32 keys: pairs of keys, transposed. */
static inline void
prepare_values (const float *v, int64_t stride, int64_t n, int64_t d, int64_t width, uint16_t *out)
{
    __m512i rows[MAX_PIECES][TILE], pieces[MAX_PIECES];
    for (int64_t j = 0; j < DEPTH; j += 2) {
        __m512 even = load_floats (v + j * stride + d, j < n ? width - d : 0);
        __m512 odd = load_floats (v + (j + 1) * stride + d, j + 1 < n ? width - d : 0);
        split_pairs (even, odd, MAX_PIECES, pieces);
        for (int p = 0; p < MAX_PIECES; p++)
            rows[p][j / 2] = pieces[p];
    }
    for (int p = 0; p < MAX_PIECES; p++) {
        transpose (rows[p]);
        memcpy (out + p * 2 * TILE_BF16, rows[p], sizeof rows[p]);
    }
}

static void
prepare (const float *k,
         const float *v,
         int64_t stride,
         int64_t n,
         int64_t width,
         uint16_t *k_out,
         uint16_t *v_out)
{
    int64_t group_size = key_size (width) / KEY_GROUPS;
    for (int64_t j = 0; j < FOVEA_BLOCK; j++)
        prepare_key (j < n ? k + j * stride : NULL, width,
                     k_out + j / TILE * group_size + j % TILE * DEPTH);
    if (v_out == NULL)
        return;
    for (int64_t j = 0; j < FOVEA_BLOCK; j += DEPTH) {
        for (int64_t d = 0; d < n_depths (width) * DEPTH; d += DEPTH) {
            prepare_values (v + j * stride, stride, n - j, d, width, v_out);
            prepare_values (v + j * stride, stride, n - j, d + TILE, width, v_out + TILE_BF16);
            v_out += MAX_PIECES * 2 * TILE_BF16;
        }
    }
}

/* 32 elements from @d on of 16 queries, scaled: pairs of elements, transposed. */
static inline void
prepare_query_tile (const FoveaScoreTile *t, int lane, int64_t d, uint16_t *out)
{
    __m512i rows[MAX_PIECES][TILE], pieces[MAX_PIECES];
    __m512 scale = _mm512_set1_ps (t->rule->scale);
    for (int r = 0; r < TILE; r++) {
        const float *q = t->q + (lane + r) * t->q_stride + d;
        int64_t n = lane + r < t->n_queries ? t->width - d : 0;
        split_row (load_floats (q, n) * scale, load_floats (q + TILE, n - TILE) * scale, MAX_PIECES,
                   pieces);
        for (int p = 0; p < MAX_PIECES; p++)
            rows[p][r] = pieces[p];
    }
    for (int p = 0; p < MAX_PIECES; p++) {
        transpose (rows[p]);
        memcpy (out + p * TILE_BF16, rows[p], sizeof rows[p]);
    }
}

/* Not inlined: tile loads are opaque to the compiler, which must have stored all of this. */
static __attribute__ ((noinline)) void
prepare_queries (const FoveaScoreTile *t)
{
    uint16_t *out = t->own_pieces;
    for (int64_t d = 0; d < t->width; d += DEPTH)
        for (int lane = 0; lane < LANES; lane += TILE, out += MAX_PIECES * TILE_BF16)
            prepare_query_tile (t, lane, d, out);
}

/* Sum tile @c of query tile @c: keys' pieces are in tiles 4 to 6. */
#define SCORE_QUERIES(c)                                                                           \
    _tile_loadd (7, q + ((c) *MAX_PIECES + 2) * TILE_BF16, 64);                                    \
    _tile_dpbf16ps (c, 4, 7);                                                                      \
    _tile_loadd (7, q + ((c) *MAX_PIECES + 1) * TILE_BF16, 64);                                    \
    _tile_dpbf16ps (c, 5, 7);                                                                      \
    _tile_dpbf16ps (c, 4, 7);                                                                      \
    _tile_loadd (7, q + (c) *MAX_PIECES * TILE_BF16, 64);                                          \
    _tile_dpbf16ps (c, 6, 7);                                                                      \
    _tile_dpbf16ps (c, 5, 7);                                                                      \
    _tile_dpbf16ps (c, 4, 7)

/* Raw scores of 16 keys and 64 queries. */
static inline void
score_group (const uint16_t *k, const uint16_t *q, int64_t depths, float *scores)
{
    _tile_zero (0);
    _tile_zero (1);
    _tile_zero (2);
    _tile_zero (3);
    for (int64_t depth = 0; depth < depths; depth++) {
        _tile_loadd (4, k, 64);
        _tile_loadd (5, k + TILE_BF16, 64);
        _tile_loadd (6, k + 2 * TILE_BF16, 64);
        SCORE_QUERIES (0);
        SCORE_QUERIES (1);
        SCORE_QUERIES (2);
        SCORE_QUERIES (3);
        k += MAX_PIECES * TILE_BF16;
        q += QUERY_TILES * MAX_PIECES * TILE_BF16;
    }
    _tile_stored (0, scores, LANES * sizeof (float));
    _tile_stored (1, scores + TILE, LANES * sizeof (float));
    _tile_stored (2, scores + 2 * TILE, LANES * sizeof (float));
    _tile_stored (3, scores + 3 * TILE, LANES * sizeof (float));
}

static void
score_tile (FoveaScoreTile *tile)
{
    int64_t n = tile->k1 - tile->k0, group_size = key_size (tile->width) / KEY_GROUPS;
    for (int r = 0; r < LANES; r++)
        tile->max[r] = -INFINITY;
    prepare_queries (tile);
    TILES_READ_MEMORY ();
    configure_tiles ();
    for (int64_t j = 0; j < n; j += FOVEA_BLOCK) {
        int64_t end = MIN (j + FOVEA_BLOCK, n);
        for (int64_t i = j; i < end; i += TILE)
            score_group (tile->k_pieces + i / TILE * group_size, tile->own_pieces,
                         n_depths (tile->width), tile->scores + i * LANES);
        FOVEA_IN_SET (fovea_finish_block) (tile, j, end);
    }
    _tile_release ();
}

/* Cuts e of 32 keys from @e on: (pieces, 4) tiles of pairs of keys. */
static inline void
cut_weights (const float *e, int pieces, uint16_t *out)
{
    for (int pair = 0; pair < TILE; pair++, e += 2 * LANES) {
        for (int tile = 0; tile < QUERY_TILES; tile++) {
            uint16_t *to = out + tile * TILE_BF16 + pair * DEPTH;
            __m512i rows[MAX_PIECES];
            split_pairs (_mm512_loadu_ps (e + tile * TILE),
                         _mm512_loadu_ps (e + LANES + tile * TILE), pieces, rows);
            for (int p = 0; p < pieces; p++)
                _mm512_storeu_si512 (to + p * QUERY_TILES * TILE_BF16, rows[p]);
        }
    }
}

/* The four products of two tiles of values and, in tiles 6 and 7, two of e. */
static inline void
multiply_values (const uint16_t *v)
{
    _tile_loadd (4, v, 64);
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (1, 4, 7);
    _tile_loadd (5, v + TILE_BF16, 64);
    _tile_dpbf16ps (2, 5, 6);
    _tile_dpbf16ps (3, 5, 7);
}

/* z' of 32 elements and 32 queries += values times e over @steps of 32 keys. */
static inline void
sum_values (
    const uint16_t *v, int64_t v_step, const uint16_t *e, int64_t steps, int pieces, float *z)
{
    _tile_loadd (0, z, LANES * sizeof (float));
    _tile_loadd (1, z + TILE, LANES * sizeof (float));
    _tile_loadd (2, z + TILE * LANES, LANES * sizeof (float));
    _tile_loadd (3, z + TILE * LANES + TILE, LANES * sizeof (float));
    for (int64_t step = 0; step < steps; step++) {
        for (int q = pieces - 1; q >= 0; q--) {
            const uint16_t *tile = e + q * QUERY_TILES * TILE_BF16;
            _tile_loadd (6, tile, 64);
            _tile_loadd (7, tile + TILE_BF16, 64);
            for (int p = pieces - 1 - q; p >= 0; p--)
                multiply_values (v + p * 2 * TILE_BF16);
        }
        v += v_step;
        e += MAX_PIECES * QUERY_TILES * TILE_BF16;
    }
    _tile_stored (0, z, LANES * sizeof (float));
    _tile_stored (1, z + TILE, LANES * sizeof (float));
    _tile_stored (2, z + TILE * LANES, LANES * sizeof (float));
    _tile_stored (3, z + TILE * LANES + TILE, LANES * sizeof (float));
}

/* e of keys [j, j + n) is made and cut; missing keys of the last depth count as zero. */
static __attribute__ ((noinline)) int64_t
weigh_keys (FoveaScoreTile *t, int64_t j, int64_t n, int pieces, uint16_t *out)
{
    for (int64_t i = j; i < j + n; i += FOVEA_BLOCK)
        FOVEA_IN_SET (fovea_weigh_block) (t, i, MIN (i + FOVEA_BLOCK, j + n));
    int64_t steps = (n + DEPTH - 1) / DEPTH;
    memset (t->scores + (j + n) * LANES, 0,
            (size_t) ((steps * DEPTH - n) * LANES) * sizeof (float));
    for (int64_t step = 0; step < steps; step++) {
        const float *e = t->scores + (j + step * DEPTH) * LANES;
        uint16_t *to = out + step * MAX_PIECES * QUERY_TILES * TILE_BF16;
        if (pieces == 1)
            cut_weights (e, 1, to);
        else
            cut_weights (e, MAX_PIECES, to);
    }
    return steps;
}

static void
weigh_tile (FoveaScoreTile *tile)
{
    int pieces = tile->precision == FOVEA_PRECISION_BF16 ? 1 : MAX_PIECES;
    int64_t depths = n_depths (tile->width), v_depth = MAX_PIECES * 2 * TILE_BF16;
    uint16_t *e = tile->own_pieces + depths * QUERY_TILES * MAX_PIECES * TILE_BF16;
    memset (tile->z_tile, 0, (size_t) (depths * DEPTH * LANES) * sizeof (float));
    FOVEA_IN_SET (fovea_clear_sums) (tile);
    configure_tiles ();
    for (int64_t j = 0; j < tile->k1 - tile->k0; j += VALUE_KEYS) {
        int64_t n = MIN (VALUE_KEYS, tile->k1 - tile->k0 - j);
        int64_t steps = weigh_keys (tile, j, n, pieces, e);
        const uint16_t *v = tile->v_pieces + j / DEPTH * depths * v_depth;
        TILES_READ_MEMORY ();
        for (int64_t depth = 0; depth < depths; depth++)
            for (int half = 0; half < 2; half++)
                sum_values (v + depth * v_depth, depths * v_depth, e + half * 2 * TILE_BF16, steps,
                            pieces, tile->z_tile + depth * DEPTH * LANES + half * 2 * TILE);
    }
    _tile_release ();
}

const FoveaTileKernels fovea_tile_kernels_amx = {
    .key_size = key_size,
    .value_size = value_size,
    .own_size = own_size,
    .prepare = prepare,
    .score_tile = score_tile,
    .weigh_tile = weigh_tile,
};
