/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Scores of attention on AMX tiles (amx.h), and keys, values and queries cut for them. Masks and
 * maxima are the vector version's, sums of values stand in cpu-weigh-amx.c.
 *
 * Does:  S = K q' for 64 queries, 16 keys at a time, with six products of pieces: f32 accuracy in
 *        every precision, so that a recomputed rectangle agrees with the pass.
 * Tiles: 4 sums, 3 of keys, 1 of queries; 15 loads for 24 products.
 * Work:  12 T D bf16 flop a query. Roof: 1,024 a cycle and core, against 64 f32 flop of vectors:
 *        2.7 times as fast where both reach it.
 * Needs: 64 lanes. Any width; rows of tiles are padded to 32.   Twin: fovea_attend_ref(). */
#include "kernels/amx.h"

#include <math.h>
#include <string.h>

#include "kernels/cpu-attend-amx.h"
#include "kernels/cpu-vector-attend.h"

enum {
    KEY_GROUPS = FOVEA_BLOCK / TILE /* tiles of keys in 64 */
};

/* (4 groups, depths, pieces) tiles of 16 keys x 32 elements */
static int64_t
key_size (int64_t width)
{
    return KEY_GROUPS * fovea_amx_depths (width) * MAX_PIECES * TILE_BF16;
}

/* (2 key steps, depths, pieces, 2) tiles of 16 elements x 32 keys */
static int64_t
value_size (int64_t width)
{
    return FOVEA_BLOCK / DEPTH * fovea_amx_depths (width) * MAX_PIECES * 2 * TILE_BF16;
}

/* Queries: (depths, 4, pieces) tiles; then what fovea_weigh_tile_amx() wants. */
static int64_t
own_size (int64_t width)
{
    return fovea_amx_query_size (width) + fovea_amx_weigh_size (width);
}

/* One row of keys as pieces; @width is 0 for a row that is missing. */
static void
prepare_key (const float *k, int64_t width, int64_t depths, uint16_t *out)
{
    __m512i pieces[MAX_PIECES];
    for (int64_t d = 0; d < depths * DEPTH; d += DEPTH) {
        split_row (load_floats (k + d, width - d), load_floats (k + d + TILE, width - d - TILE),
                   MAX_PIECES, pieces);
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
        split_pairs (even, odd, MAX_PIECES, false, pieces);
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
    for (int64_t j = 0; j < FOVEA_BLOCK; j++) {
        uint16_t *out = k_out + j / TILE * group_size + j % TILE * DEPTH;
        prepare_key (j < n ? k + j * stride : k, j < n ? width : 0, fovea_amx_depths (width), out);
    }
    if (v_out == NULL)
        return;
    for (int64_t j = 0; j < FOVEA_BLOCK; j += DEPTH) {
        for (int64_t d = 0; d < fovea_amx_depths (width) * DEPTH; d += DEPTH) {
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
        for (int lane = 0; lane < QUERIES; lane += TILE, out += MAX_PIECES * TILE_BF16)
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
    _tile_stored (0, scores, QUERIES * sizeof (float));
    _tile_stored (1, scores + TILE, QUERIES * sizeof (float));
    _tile_stored (2, scores + 2 * TILE, QUERIES * sizeof (float));
    _tile_stored (3, scores + 3 * TILE, QUERIES * sizeof (float));
}

static void
score_tile (FoveaScoreTile *tile)
{
    int64_t n = tile->k1 - tile->k0, group_size = key_size (tile->width) / KEY_GROUPS;
    for (int r = 0; r < QUERIES; r++)
        tile->max[r] = -INFINITY;
    prepare_queries (tile);
    TILES_READ_MEMORY ();
    configure_tiles ();
    for (int64_t j = 0; j < n; j += FOVEA_BLOCK) {
        int64_t end = MIN (j + FOVEA_BLOCK, n);
        for (int64_t i = j; i < end; i += TILE)
            score_group (tile->k_pieces + i / TILE * group_size, tile->own_pieces,
                         fovea_amx_depths (tile->width), tile->scores + i * QUERIES);
        FOVEA_IN_SET (fovea_finish_block) (tile, j, end);
    }
    _tile_release ();
}

const FoveaTileKernels fovea_tile_kernels_amx = {
    .key_size = key_size,
    .value_size = value_size,
    .own_size = own_size,
    .prepare = prepare,
    .score_tile = score_tile,
    .weigh_tile = fovea_weigh_tile_amx,
};
