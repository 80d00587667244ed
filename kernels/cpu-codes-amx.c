/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Candidates for the largest products of a row on AMX tiles, in bf16 (candidates.h).
 * Does:  for 32 rows x 32 latents at a time, sums of bf16 products; a product that could be among
 *        its row's k largest is appended to the row's list. Nothing else is written.
 * Tiles: 2 x 2 sums, 2 of x, 2 of w. While the tiles of one block multiply, the vector units look
 *        through the sums of the block before: both finish in about the same time at n_in 384.
 * Work:  2 T n_in F flop; a comparison for every product.   Moves: 2 n_in F bytes of weights for
 *        every CANDIDATE_ROWS rows, from the last-level cache.
 * Roof:  1,024 bf16 flop a cycle and core.   Twin: scan_by_blas() in top-codes.c. */
#include "kernels/amx.h"

#include "kernels/candidates.h"
#include "kernels/device-private.h"

typedef struct {
    const FoveaCandidateScan *scan;
    int64_t n_steps;
    const uint16_t *x;
    __m512 reach[2]; /* of the panel whose sums are looked through */
    __mmask16 valid[2];
    __m512 clear; /* bits of a score that count: no sign if by magnitude */
    int32_t first;
} Pass;

static int64_t
count_steps (const FoveaTopEncoder *encoder)
{
    return (encoder->n_in + DEPTH - 1) / DEPTH;
}

size_t
fovea_candidates_room_amx (const FoveaTopEncoder *encoder, int64_t n_rows)
{
    int64_t strips = (n_rows + CANDIDATE_PANEL - 1) / CANDIDATE_PANEL;
    return (size_t) (strips * count_steps (encoder) * 2 * TILE_BF16) * sizeof (uint16_t);
}

/* The bf16 values in a tile row as the two vectors that they came from. */
static inline void
widen_row (__m512i row, __m512 *low, __m512 *high)
{
    *low = _mm512_castsi512_ps (
        _mm512_slli_epi32 (_mm512_cvtepu16_epi32 (_mm512_castsi512_si256 (row)), 16));
    *high = _mm512_castsi512_ps (
        _mm512_slli_epi32 (_mm512_cvtepu16_epi32 (_mm512_extracti64x4_epi64 (row, 1)), 16));
}

/* Sums of squares of a row, of its rounded form, and of what rounding took. */
typedef struct {
    __m512 exact, rounded, lost;
} Squares;

static inline __m512i
round_run (const float *x, int64_t n, float scale, Squares *squares)
{
    __m512 factor = _mm512_set1_ps (scale), a, b;
    __m512 low = _mm512_mul_ps (factor, load_floats (x, n));
    __m512 high = _mm512_mul_ps (factor, load_floats (x + TILE, n - TILE));
    __m512i row;
    split_row (low, high, 1, &row);
    widen_row (row, &a, &b);
    squares->exact = _mm512_fmadd_ps (low, low, squares->exact);
    squares->exact = _mm512_fmadd_ps (high, high, squares->exact);
    squares->rounded = _mm512_fmadd_ps (a, a, squares->rounded);
    squares->rounded = _mm512_fmadd_ps (b, b, squares->rounded);
    low = _mm512_sub_ps (low, a);
    high = _mm512_sub_ps (high, b);
    squares->lost = _mm512_fmadd_ps (low, low, squares->lost);
    squares->lost = _mm512_fmadd_ps (high, high, squares->lost);
    return row;
}

/* Norms from above: sums of squares in f32 may have lost a little. */
static float
norm_above (__m512 squares)
{
    return sqrtf (_mm512_reduce_add_ps (squares)) * (1 + 1e-4f);
}

/* Rounds 16 latents from @j on into one column of tiles. Not inlined: tile loads are opaque to the
 * compiler, which must have stored all of this before them. */
static __attribute__ ((noinline)) float
pack_half (FoveaTopEncoder *e, int64_t j, uint16_t *out)
{
    const FoveaTopWeights *w = &e->weights;
    Squares squares[TILE] = {0};
    for (int64_t step = 0; step < count_steps (e); step++) {
        __m512i rows[TILE];
        for (int r = 0; r < TILE; r++) {
            bool in = j + r < w->n_latents;
            int64_t row = !in ? 0 : w->members != NULL ? w->members[j + r] : j + r;
            float scale = in && w->scale != NULL ? w->scale[row] : 1;
            rows[r] = round_run (w->w + row * e->n_in + step * DEPTH,
                                 in ? e->n_in - step * DEPTH : 0, scale, &squares[r]);
        }
        transpose (rows);
        memcpy (out + step * 2 * TILE_BF16, rows, sizeof rows);
    }
    float worst = 0;
    for (int r = 0; r < TILE; r++) {
        float exact = norm_above (squares[r].exact), rounded = norm_above (squares[r].rounded);
        e->reach[j + r] = exact > rounded ? exact : rounded;
        float part = exact > 0 ? norm_above (squares[r].lost) / exact : 0;
        worst = part > worst ? part : worst;
    }
    return worst;
}

float
fovea_candidates_pack_amx (FoveaTopEncoder *encoder, int64_t panel)
{
    uint16_t *out = encoder->panels + panel * count_steps (encoder) * 2 * TILE_BF16;
    float a = pack_half (encoder, panel * CANDIDATE_PANEL, out);
    float b = pack_half (encoder, panel * CANDIDATE_PANEL + TILE, out + TILE_BF16);
    return a > b ? a : b;
}

/* Rounds the rows of x into tiles and finds what each may err by. */
static __attribute__ ((noinline)) void
pack_rows (const FoveaCandidateScan *scan, uint16_t *out)
{
    const FoveaTopEncoder *e = scan->encoder;
    int64_t steps = count_steps (e),
            padded = (scan->n_rows + CANDIDATE_PANEL - 1) & -CANDIDATE_PANEL;
    for (int64_t r = 0; r < padded; r++) {
        Squares squares = {0};
        uint16_t *to =
            out + r / CANDIDATE_PANEL * steps * 2 * TILE_BF16 + r % CANDIDATE_PANEL * DEPTH;
        const float *x = scan->args->x + (scan->row0 + r) * scan->args->x_stride;
        for (int64_t step = 0; step < steps; step++, to += 2 * TILE_BF16)
            _mm512_storeu_si512 (to, round_run (x + step * DEPTH,
                                                r < scan->n_rows ? e->n_in - step * DEPTH : 0, 1,
                                                &squares));
        float size = norm_above (squares.exact);
        float summing = 1.01f * (float) (e->n_in + 2) * 0x1p-23f;
        scan->rows[r].error = norm_above (squares.lost) + size * (e->lost + summing);
    }
}

/* Appends the lanes of @mask to the list of row @r. */
static __attribute__ ((noinline)) void
append (const Pass *pass, int64_t r, const __m512 *score, const __mmask16 *mask)
{
    const FoveaCandidateScan *scan = pass->scan;
    FoveaCandidateRow *row = &scan->rows[r];
    __m512i lane = _mm512_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (int h = 0; h < 2; h++) {
        int64_t at = r * scan->room + row->n;
        __m512i latent = _mm512_add_epi32 (lane, _mm512_set1_epi32 (pass->first + h * TILE));
        _mm512_storeu_ps (scan->score + at, _mm512_maskz_compress_ps (mask[h], score[h]));
        _mm512_storeu_si512 (scan->latent + at, _mm512_maskz_compress_epi32 (mask[h], latent));
        row->n += __builtin_popcount (mask[h]);
    }
    make_room (scan, r);
}

/* Looks through rows [@from, @to) of a block of sums; row 0 is row @r0 of the scan. */
static inline void
look (const Pass *pass, const float *sums, int64_t r0, int from, int to)
{
    for (int r = from; r < to; r++) {
        const FoveaCandidateRow *row = &pass->scan->rows[r0 + r];
        __m512 error = _mm512_set1_ps (row->error), threshold = _mm512_set1_ps (row->threshold);
        __m512 score[2];
        __mmask16 mask[2];
        for (int h = 0; h < 2; h++) {
            score[h] =
                _mm512_and_ps (pass->clear, _mm512_load_ps (sums + r * CANDIDATE_PANEL + h * TILE));
            __m512 most = _mm512_fmadd_ps (error, pass->reach[h], score[h]);
            mask[h] = _mm512_mask_cmp_ps_mask (pass->valid[h], most, threshold, _CMP_GE_OQ);
        }
        if (__builtin_expect (mask[0] | mask[1], 0))
            append (pass, r0 + r, score, mask);
    }
}

static inline void
multiply_step (const uint16_t *x, const uint16_t *w)
{
    _tile_loadd (6, w, 64);
    _tile_loadd (7, w + TILE_BF16, 64);
    _tile_loadd (4, x, 64);
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (1, 4, 7);
    _tile_loadd (5, x + TILE_BF16, 64);
    _tile_dpbf16ps (2, 5, 6);
    _tile_dpbf16ps (3, 5, 7);
}

/* Sums of strip @strip and panel @w, while the sums before, of the strip at row @r0, are looked
 * through; @r0 < 0: there are none. */
static inline void
run_block (const Pass *pass, int64_t strip, const uint16_t *w, const float *before, int64_t r0)
{
    const uint16_t *x = pass->x + strip * pass->n_steps * 2 * TILE_BF16;
    int done = r0 < 0 ? CANDIDATE_PANEL : 0;
    int share = (int) ((CANDIDATE_PANEL + pass->n_steps - 1) / pass->n_steps);
    for (int64_t step = 0; step < pass->n_steps; step++) {
        multiply_step (x + step * 2 * TILE_BF16, w + step * 2 * TILE_BF16);
        int end = done + share < CANDIDATE_PANEL ? done + share : CANDIDATE_PANEL;
        look (pass, before, r0, done, end);
        done = end;
    }
    look (pass, before, r0, done, CANDIDATE_PANEL);
}

/* Sums start from the bias: one row of it, loaded into all rows of a tile by a stride of 0. */
static inline void
start_sums (const float *bias)
{
    _tile_loadd (0, bias, 0);
    _tile_loadd (1, bias + TILE, 0);
    _tile_loadd (2, bias, 0);
    _tile_loadd (3, bias + TILE, 0);
}

static inline void
store_sums (float *sums)
{
    _tile_stored (0, sums, CANDIDATE_PANEL * sizeof *sums);
    _tile_stored (1, sums + TILE, CANDIDATE_PANEL * sizeof *sums);
    _tile_stored (2, sums + TILE * CANDIDATE_PANEL, CANDIDATE_PANEL * sizeof *sums);
    _tile_stored (3, sums + TILE * CANDIDATE_PANEL + TILE, CANDIDATE_PANEL * sizeof *sums);
}

/* What the sums of @panel are compared with. */
static inline void
enter_panel (Pass *pass, int64_t panel)
{
    const FoveaTopEncoder *e = pass->scan->encoder;
    int64_t j = panel * CANDIDATE_PANEL;
    pass->first = (int32_t) j;
    for (int h = 0; h < 2; h++) {
        pass->reach[h] = _mm512_loadu_ps (e->reach + j + h * TILE);
        pass->valid[h] = first_lanes (e->weights.n_latents - j - h * TILE);
    }
}

void
fovea_candidates_scan_amx (const FoveaCandidateScan *scan)
{
    const FoveaTopEncoder *e = scan->encoder;
    float sums[2][CANDIDATE_PANEL * CANDIDATE_PANEL] __attribute__ ((aligned (64)));
    int64_t strips = (scan->n_rows + CANDIDATE_PANEL - 1) / CANDIDATE_PANEL, r0 = -1, block = 0;
    Pass pass = {.scan = scan, .n_steps = count_steps (e), .x = scan->tiles};
    pass.clear = _mm512_castsi512_ps (
        _mm512_set1_epi32 (scan->args->by_magnitude ? 0x7fffffff : (int) 0xffffffff));
    pack_rows (scan, scan->tiles);
    TILES_READ_MEMORY ();
    configure_tiles ();
    for (int64_t panel = 0; panel * CANDIDATE_PANEL < e->n_padded; panel++) {
        const uint16_t *w = e->panels + panel * pass.n_steps * 2 * TILE_BF16;
        for (int64_t strip = 0; strip < strips; strip++, block++) {
            start_sums (e->bias + panel * CANDIDATE_PANEL);
            run_block (&pass, strip, w, sums[(block + 1) % 2], r0);
            if (strip == 0)
                enter_panel (&pass, panel);
            store_sums (sums[block % 2]);
            r0 = strip * CANDIDATE_PANEL;
        }
    }
    look (&pass, sums[(block + 1) % 2], r0, 0, CANDIDATE_PANEL);
    _tile_release ();
}
