/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Weights and sums of values of attention on AMX tiles.
 *
 * Does:  e = exp (s - max) of 128 keys, cut into bf16 pieces; z' += V' e of the 128 keys before.
 *        The two are independent and use different units, so the products are dealt out between
 *        the exponentials: a processor of 512 instructions in flight runs them at one time. In
 *        bf16 precision e and v are one rounded piece, else three, six products.
 * Tiles: 4 sums, 2 of values, 2 of e; an operation of the program is one pair of value tiles: 2 to
 *        4 loads, 4 products.
 * Work:  12 T D bf16 flop a query, beside 25 vector operations a score (17 exp and sums, 8 cut).
 * Roof:  the larger of both: 16 cycles a product, 2 vector operations a cycle; at D = 32 they are
 *        even.   Twin: fovea_attend_ref(). */
#include "kernels/cpu-attend-amx.h"
#include "kernels/cpu-weigh.h"

enum {
    MAX_STEPS = VALUE_KEYS / DEPTH,
    PAIRS_OF_PIECES = 6,
    E_STEP = MAX_PIECES * QUERY_TILES * TILE_BF16, /* pieces of e of 32 keys */
    ONE = 1 << 16                                  /* of the fixed-point rate below */
};

/* Products with one pair of value tiles; offsets in elements. */
typedef struct {
    int32_t v;
    int32_t e;        /* of a pair of tiles to load first, -1 = those loaded before */
    int32_t z;        /* of the four sums */
    bool first, last; /* of these sums: load or store them */
} ValueOp;

/* The operations of one run of keys, issued one by one while the next run is weighed. */
typedef struct {
    ValueOp *ops;
    int64_t n, next;
    const uint16_t *v, *e;
    float *z;
    int64_t due, rate; /* operations a pair of keys, times ONE */
} Program;

static int64_t
program_bytes (int64_t width)
{
    return fovea_amx_depths (width) * 2 * MAX_STEPS * PAIRS_OF_PIECES * (int64_t) sizeof (ValueOp);
}

/* Two buffers of e, and the program. */
int64_t
fovea_amx_weigh_size (int64_t width)
{
    return 2 * MAX_STEPS * E_STEP + (program_bytes (width) + 63) / 64 * 32;
}

/* The operations of four sums: 32 elements of z' and 32 queries. Pieces q of e and p of v with
 * p + q > 2 matter less than 2^-21 and are left out. */
static int64_t
write_sums (ValueOp *ops, int64_t depth, int64_t depths, int half, int64_t steps, int pieces)
{
    int64_t n = 0;
    int32_t z = (int32_t) (depth * DEPTH * QUERIES + half * 2 * TILE);
    for (int64_t step = 0; step < steps; step++) {
        int64_t v = (step * depths + depth) * MAX_PIECES * 2 * TILE_BF16;
        for (int q = pieces - 1; q >= 0; q--) {
            int64_t e = step * E_STEP + (q * QUERY_TILES + half * 2) * TILE_BF16;
            for (int p = pieces - 1 - q; p >= 0; p--) {
                bool loads_e = p == pieces - 1 - q;
                ops[n++] = (ValueOp){(int32_t) (v + p * 2 * TILE_BF16), loads_e ? (int32_t) e : -1,
                                     z, false, false};
            }
        }
    }
    ops[0].first = true;
    ops[n - 1].last = true;
    return n;
}

static void
write_program (Program *program, int64_t width, int64_t steps, int pieces)
{
    int64_t depths = fovea_amx_depths (width);
    program->n = 0;
    for (int64_t depth = 0; depth < depths; depth++)
        for (int half = 0; half < 2; half++)
            program->n +=
                write_sums (program->ops + program->n, depth, depths, half, steps, pieces);
}

static inline void
load_sums (const float *z)
{
    _tile_loadd (0, z, QUERIES * sizeof (float));
    _tile_loadd (1, z + TILE, QUERIES * sizeof (float));
    _tile_loadd (2, z + TILE * QUERIES, QUERIES * sizeof (float));
    _tile_loadd (3, z + TILE * QUERIES + TILE, QUERIES * sizeof (float));
}

static inline void
store_sums (float *z)
{
    _tile_stored (0, z, QUERIES * sizeof (float));
    _tile_stored (1, z + TILE, QUERIES * sizeof (float));
    _tile_stored (2, z + TILE * QUERIES, QUERIES * sizeof (float));
    _tile_stored (3, z + TILE * QUERIES + TILE, QUERIES * sizeof (float));
}

static inline void
issue (Program *program)
{
    const ValueOp *op = &program->ops[program->next++];
    const uint16_t *v = program->v + op->v, *e = program->e + op->e;
    if (op->first)
        load_sums (program->z + op->z);
    if (op->e >= 0) {
        _tile_loadd (6, e, 64);
        _tile_loadd (7, e + TILE_BF16, 64);
    }
    _tile_loadd (4, v, 64);
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (1, 4, 7);
    _tile_loadd (5, v + TILE_BF16, 64);
    _tile_dpbf16ps (2, 5, 6);
    _tile_dpbf16ps (3, 5, 7);
    if (op->last)
        store_sums (program->z + op->z);
}

static inline void
issue_due (Program *program)
{
    program->due += program->rate;
    while (program->due >= ONE && program->next < program->n) {
        program->due -= ONE;
        issue (program);
    }
}

static void
issue_rest (Program *program)
{
    while (program->next < program->n)
        issue (program);
}

/* One vector of queries and the keys [j,end) of one block; @out: the block's first row of pairs. */
INLINE void
weigh_lane (FoveaScoreTile *t,
            Program *program,
            int64_t j,
            int64_t end,
            int lane,
            int pieces,
            bool capture,
            uint16_t *out)
{
    WeighLane l = weigh_start (t, j, lane);
    float *s = t->scores + j * QUERIES + lane;
    for (int64_t i = 0; i < end - j; i += 2, s += 2 * QUERIES) {
        uint16_t *to = out + i / DEPTH * E_STEP + lane / TILE * TILE_BF16 + i % DEPTH * TILE;
        __m512i rows[MAX_PIECES];
        V even = weigh_key (&l, s, capture), odd = weigh_key (&l, s + QUERIES, capture);
        split_pairs (even, odd, pieces, true, rows);
        for (int p = 0; p < pieces; p++)
            _mm512_storeu_si512 (to + p * QUERY_TILES * TILE_BF16, rows[p]);
        issue_due (program);
    }
    weigh_finish (t, &l, j, lane, capture);
}

INLINE void
weigh_block (FoveaScoreTile *t,
             Program *program,
             int64_t j,
             int64_t end,
             int pieces,
             bool capture,
             uint16_t *out)
{
    for (int lane = 0; lane < QUERIES; lane += TILE)
        weigh_lane (t, program, j, end, lane, pieces, capture, out);
}

/* e of keys [j, j + 32 steps), issuing the operations of the run before. Rows past the last key are
 * scores of -inf. */
static __attribute__ ((noinline)) void
weigh_run (FoveaScoreTile *t, Program *program, int64_t j, int64_t steps, int pieces, uint16_t *out)
{
    bool capture = t->block_sum != NULL;
    program->due = 0;
    program->rate = ONE * program->n / (steps * DEPTH / 2 * QUERY_TILES);
    for (int64_t i = 0; i < steps * DEPTH; i += FOVEA_BLOCK, out += FOVEA_BLOCK / DEPTH * E_STEP) {
        int64_t first = j + i, end = first + MIN (FOVEA_BLOCK, steps * DEPTH - i);
        if (pieces == 1 && capture)
            weigh_block (t, program, first, end, 1, true, out);
        else if (pieces == 1)
            weigh_block (t, program, first, end, 1, false, out);
        else if (capture)
            weigh_block (t, program, first, end, MAX_PIECES, true, out);
        else
            weigh_block (t, program, first, end, MAX_PIECES, false, out);
    }
    issue_rest (program);
}

/* Scores past the last key up to a whole depth. */
static void
fill_tail (FoveaScoreTile *t)
{
    int64_t n = t->k1 - t->k0, whole = (n + DEPTH - 1) / DEPTH * DEPTH;
    for (int64_t i = n * QUERIES; i < whole * QUERIES; i++)
        t->scores[i] = -INFINITY;
}

void
fovea_weigh_tile_amx (FoveaScoreTile *tile)
{
    int pieces = tile->precision == FOVEA_PRECISION_BF16 ? 1 : MAX_PIECES;
    int64_t depths = fovea_amx_depths (tile->width), n = tile->k1 - tile->k0;
    uint16_t *e = tile->own_pieces + fovea_amx_query_size (tile->width);
    Program program = {.ops = (ValueOp *) (e + 2 * MAX_STEPS * E_STEP), .z = tile->z_tile};
    memset (tile->z_tile, 0, (size_t) (depths * DEPTH * QUERIES) * sizeof (float));
    weigh_clear (tile);
    fill_tail (tile);
    configure_tiles ();
    for (int64_t j = 0; j < n; j += VALUE_KEYS) {
        int64_t steps = (MIN (VALUE_KEYS, n - j) + DEPTH - 1) / DEPTH;
        uint16_t *out = e + j / VALUE_KEYS % 2 * MAX_STEPS * E_STEP;
        weigh_run (tile, &program, j, steps, pieces, out);
        if (j == 0 || steps < MAX_STEPS)
            write_program (&program, tile->width, steps, pieces);
        program.next = 0;
        program.e = out;
        program.v = tile->v_pieces + j / DEPTH * depths * MAX_PIECES * 2 * TILE_BF16;
        TILES_READ_MEMORY ();
    }
    issue_rest (&program);
    _tile_release ();
}
