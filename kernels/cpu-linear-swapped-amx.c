/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Quantised weights times up to 32 rows of x on AMX tiles, in f32, with the operands swapped: the
 * weight is the left one, whose rows are outputs as they are stored, so it is unpacked to integers
 * in bf16 and nothing of it is transposed; x is the right one and is transposed once for all
 * outputs. Where rows are few, preparing the weight is what costs (cpu-linear-scaled-amx.c prepares
 * more and then takes any number of rows).
 * Does:  y(t,o) = bias(o) + sum over parts b of s(o,b) sum_i x(t,i) q(o,i) + m(o,b) sum_i x(t,i); a
 *        part is 32 elements, or 16, whose products are half a tile.
 * Tiles: 2 x 2 sums of 16 outputs x 16 rows, 2 of w, 2 of x; three pieces of x, which up to 8 rows
 *        share tiles: two pieces side by side, or all three of up to 5 rows. Their sums are added
 *        at the end.
 * Work:  6 n_in n_out flop on tiles for each 16 rows begun (4 for 8, 2 for 5), a fused product for
 *        32 (or 16) of them, two where there is m; 3 to 9 instructions to unpack 32 weights.
 * Moves: weights once, 0.3 to 1.1 bytes an element; 16 KiB of integers through the first-level
 *        cache.
 * Measured: NOTES-quantised.md.   Twin: linear_ref(). */
#include "kernels/cpu-block-scales.h"
#include "kernels/cpu-block-words.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear-ahead.h"
#include "kernels/cpu-linear-tiles.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"
#include "kernels/weight.h"

enum {
    OUTPUTS = 2 * TILE, /* of an item */
    GROUPS = 2,         /* of 16 rows of x */
    MOST_ROWS = GROUPS * TILE,
    RUN = AHEAD /* steps whose weights are unpacked at one time: a large block */
};

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t row0, n_rows; /* the slab at work */
    int64_t n_steps;
    int groups; /* that have rows */
    int span;   /* columns from a piece of a row to its next; 0 = each piece in a tile of its own */
    int tiles;  /* of x a step and group */
    int64_t panels; /* of an item */
    OrderOfWork order_of_work;
    bool sixteen;          /* elements of a part, not 32 */
    uint16_t order[DEPTH]; /* elements of a step as unpacked weights have them */
    uint16_t *x;           /* (steps, tiles, groups, 16 pairs, 16 columns, 2) */
    float *x_sums;         /* (steps, 2, groups, 16): of the parts of a step */
} Swapped;

/* 32 outputs of up to 8 steps. */
typedef struct {
    uint16_t q[OUTPUTS][RUN][DEPTH] __attribute__ ((aligned (64)));
    float scale[OUTPUTS][LANES] __attribute__ ((aligned (64)));
    float least[OUTPUTS][LANES] __attribute__ ((aligned (64)));
} Unpacked;

INLINE bool
has_least (FoveaDtype dtype)
{
    return small_has_least (dtype) || dtype == FOVEA_Q2_K || dtype == FOVEA_Q4_K ||
           dtype == FOVEA_Q5_K;
}

/* Sums of small integers about their middle, so that s q and m do not cancel: what count_from()
 * takes off has to come back. */
INLINE void
store_least (const Scales *scales, FoveaDtype dtype, float *out)
{
    if (dtype == FOVEA_Q2_K) {
        const __m512 s = _mm512_load_ps (scales->values);
        _mm512_store_ps (
            out, _mm512_fmadd_ps (s, _mm512_set1_ps (2), _mm512_load_ps (scales->values + LANES)));
        return;
    }
    const __m256 s = _mm256_load_ps (scales->values);
    const __m256 middle = _mm256_set1_ps (dtype == FOVEA_Q4_K ? 8 : 16);
    _mm256_store_ps (
        out, _mm256_add_ps (_mm256_mul_ps (s, middle), _mm256_load_ps (scales->values + PARTS)));
}

/* One output's large block. */
INLINE void
unpack_big (const uint8_t *b, FoveaDtype dtype, int o, Unpacked *out)
{
    Scales scales;
    load_scales (b, dtype, &scales);
    _mm512_store_ps (out->scale[o], _mm512_load_ps (scales.values));
    if (has_least (dtype))
        store_least (&scales, dtype, out->least[o]);
#pragma GCC unroll 8
    for (int part = 0; part < PARTS; part++)
        _mm512_store_si512 (out->q[o][part], load_part_words (b, part, dtype));
}

/* What was taken off the integers of a small block. */
INLINE float
small_middle (FoveaDtype dtype)
{
    return dtype == FOVEA_Q4_1 ? 8 : 16;
}

/* One output's eight small blocks. */
INLINE void
unpack_eight (const uint8_t *b, FoveaDtype dtype, int o, Unpacked *out)
{
    Scales scales;
    load_scales_small (b, dtype, &scales);
    const __m256 s = _mm256_load_ps (scales.values);
    _mm256_store_ps (out->scale[o], s);
    if (has_least (dtype))
        _mm256_store_ps (out->least[o],
                         _mm256_add_ps (_mm256_load_ps (scales.values + PARTS),
                                        _mm256_mul_ps (s, _mm256_set1_ps (small_middle (dtype)))));
#pragma GCC unroll 8
    for (int i = 0; i < PARTS; i++)
        _mm512_store_si512 (out->q[o][i], load_small_words (b + i * small_size (dtype), dtype));
}

/* Less than eight. */
INLINE void
unpack_small (const uint8_t *b, int64_t n, FoveaDtype dtype, int o, Unpacked *out)
{
    for (int64_t i = 0; i < n; i++) {
        const uint8_t *block = b + i * small_size (dtype);
        const float d = half_at (block);
        _mm512_store_si512 (out->q[o][i], load_small_words (block, dtype));
        out->scale[o][i] = d;
        out->least[o][i] =
            small_has_least (dtype) ? half_at (block + 2) + d * small_middle (dtype) : 0;
    }
}

/* @n steps from @step on. */
INLINE void
unpack_type (const uint8_t *const *lines, int64_t step, int64_t n, FoveaDtype dtype, Unpacked *out)
{
    const int64_t bytes = is_big (dtype) ? (int64_t) fovea_dtype_size (dtype) : small_size (dtype);
    const int64_t at = (is_big (dtype) ? step / PARTS : step) * bytes;
    for (int o = 0; o < OUTPUTS; o++) {
        if (is_big (dtype))
            unpack_big (lines[o] + at, dtype, o, out);
        else if (n == RUN)
            unpack_eight (lines[o] + at, dtype, o, out);
        else
            unpack_small (lines[o] + at, n, dtype, o, out);
    }
}

/* Not inlined: tile loads are opaque to the compiler, which must have stored all of this before
 * them. */
static __attribute__ ((noinline)) void
unpack_run (const Swapped *l, const uint8_t *const *lines, int64_t step, int64_t n, Unpacked *out)
{
#define UNPACK(type)                                                                               \
    case type:                                                                                     \
        unpack_type (lines, step, n, type, out);                                                   \
        break
    switch (l->args->weight.dtype) {
        UNPACK (FOVEA_Q4_0);
        UNPACK (FOVEA_Q4_1);
        UNPACK (FOVEA_Q5_0);
        UNPACK (FOVEA_Q5_1);
        UNPACK (FOVEA_Q8_0);
        UNPACK (FOVEA_IQ4_NL);
        UNPACK (FOVEA_IQ4_XS);
        UNPACK (FOVEA_Q2_K);
        UNPACK (FOVEA_Q3_K);
        UNPACK (FOVEA_Q4_K);
        UNPACK (FOVEA_Q5_K);
        UNPACK (FOVEA_Q6_K);
    default: /* the caller has none else */
        break;
    }
#undef UNPACK
}

/* 16 rows of x from row @row0 on, one step: pieces, the smallest first, as right-hand tiles. Sums
 * of x stand in the columns of the first pieces alone, so that they count once. */
static void
arrange_step (const Swapped *l, int64_t step, int group)
{
    const FoveaLinearArgs *a = l->args;
    const __m512i order = _mm512_loadu_si512 (l->order);
    const int64_t i = step * DEPTH, n = CLAMP (l->n_rows - group * TILE, 0, TILE);
    __m512i rows[MAX_PIECES][TILE] = {0};
    float *sums = l->x_sums + (step * 2 * GROUPS + group) * TILE;
    memset (sums, 0, TILE * sizeof *sums);
    memset (sums + GROUPS * TILE, 0, TILE * sizeof *sums);
    for (int64_t r = 0; r < n; r++) {
        const float *x = a->x + (l->row0 + group * TILE + r) * a->x_stride + i;
        const __m512 low = _mm512_loadu_ps (x), high = _mm512_loadu_ps (x + TILE);
        __m512i pieces[MAX_PIECES];
        split_row (low, high, MAX_PIECES, pieces);
        for (int p = 0; p < MAX_PIECES; p++) {
            const int64_t column = r + (MAX_PIECES - 1 - p) * (l->span > 0 ? l->span : TILE);
            rows[column / TILE][column % TILE] = _mm512_permutexvar_epi16 (order, pieces[p]);
        }
        if (l->sixteen) {
            sums[r] = _mm512_reduce_add_ps (low);
            sums[GROUPS * TILE + r] = _mm512_reduce_add_ps (high);
        } else {
            sums[r] = _mm512_reduce_add_ps (_mm512_add_ps (low, high));
        }
    }
    for (int t = 0; t < l->tiles; t++) {
        transpose (rows[t]);
        memcpy (l->x + ((step * l->tiles + t) * l->groups + group) * TILE_BF16, rows[t],
                sizeof rows[t]);
    }
}

static void
arrange_steps (void *data, int64_t i, int worker)
{
    const Swapped *l = data;
    for (int64_t step = i * RUN; step < MIN ((i + 1) * RUN, l->n_steps); step++)
        for (int group = 0; group < l->groups; group++)
            arrange_step (l, step, group);
}

typedef float Sums[GROUPS][OUTPUTS][TILE];

/* Products of one part: the weight in tiles 4 and 5, one of @tiles of x in 6 and 7. */
INLINE void
multiply_part (const uint16_t *w, const uint16_t *x, int groups, int tiles)
{
    _tile_zero (0);
    _tile_zero (1);
    _tile_loadd (4, w, RUN * DEPTH * 2);
    _tile_loadd (5, w + TILE * RUN * DEPTH, RUN * DEPTH * 2);
    if (groups == 2) {
        _tile_zero (2);
        _tile_zero (3);
    }
    for (int t = 0; t < tiles; t++, x += groups * TILE_BF16) {
        _tile_loadd (6, x, 64);
        _tile_dpbf16ps (0, 4, 6);
        _tile_dpbf16ps (1, 5, 6);
        if (groups == 1)
            continue;
        _tile_loadd (7, x + TILE_BF16, 64);
        _tile_dpbf16ps (2, 4, 7);
        _tile_dpbf16ps (3, 5, 7);
    }
}

INLINE void
store_products (int groups, Sums out)
{
    TILES_READ_MEMORY (); /* what was read before is read before */
    _tile_stored (0, out[0][0], 64);
    _tile_stored (1, out[0][TILE], 64);
    if (groups == 2) {
        _tile_stored (2, out[1][0], 64);
        _tile_stored (3, out[1][TILE], 64);
    }
    TILES_READ_MEMORY (); /* what a tile store wrote is read next */
}

/* sums += s products + m x_sums */
INLINE void
add_scaled (const Unpacked *w,
            int part,
            const float *x_sums,
            int groups,
            bool least,
            Sums products,
            Sums sums)
{
    for (int g = 0; g < groups; g++) {
        const __m512 x = _mm512_loadu_ps (x_sums + g * TILE);
#pragma GCC unroll 8
        for (int o = 0; o < OUTPUTS; o++) {
            __m512 sum =
                _mm512_fmadd_ps (_mm512_load_ps (products[g][o]),
                                 _mm512_set1_ps (w->scale[o][part]), _mm512_load_ps (sums[g][o]));
            if (least)
                sum = _mm512_fmadd_ps (x, _mm512_set1_ps (w->least[o][part]), sum);
            _mm512_store_ps (sums[g][o], sum);
        }
    }
}

/* @n steps from @step on; products are scaled while tiles work on the next. */
INLINE void
multiply_run (const Swapped *l,
              const Unpacked *w,
              int64_t step,
              int64_t n,
              int groups,
              bool sixteen,
              bool least,
              const Next *next,
              Sums sums)
{
    Sums products[2] __attribute__ ((aligned (64)));
    const int parts = (int) n * (sixteen ? 2 : 1);
    const float *x_sums = l->x_sums + step * 2 * GROUPS * TILE;
    const int sums_stride = (sixteen ? 1 : 2) * GROUPS * TILE;
    for (int part = 0; part < parts; part++) {
        const int s = sixteen ? part / 2 : part, half = sixteen ? part % 2 : 0;
        ask_for (next, part, parts);
        multiply_part (w->q[0][s] + half * TILE,
                       l->x + (step + s) * l->tiles * groups * TILE_BF16 + half * TILE_BF16 / 2,
                       groups, l->tiles);
        if (part > 0)
            add_scaled (w, part - 1, x_sums + (part - 1) * sums_stride, groups, least,
                        products[(part - 1) % 2], sums);
        store_products (groups, products[part % 2]);
    }
    add_scaled (w, parts - 1, x_sums + (parts - 1) * sums_stride, groups, least,
                products[(parts - 1) % 2], sums);
}

static void
multiply_run_of (
    const Swapped *l, const Unpacked *w, int64_t step, int64_t n, const Next *next, Sums sums)
{
    const bool least = has_least (l->args->weight.dtype);
    if (l->sixteen && least)
        multiply_run (l, w, step, n, l->groups, true, true, next, sums);
    else if (l->sixteen && l->groups == 1)
        multiply_run (l, w, step, n, 1, true, false, next, sums);
    else if (l->sixteen)
        multiply_run (l, w, step, n, 2, true, false, next, sums);
    else if (l->groups == 1)
        multiply_run (l, w, step, n, 1, false, least, next, sums);
    else if (least)
        multiply_run (l, w, step, n, 2, false, true, next, sums);
    else
        multiply_run (l, w, step, n, 2, false, false, next, sums);
}

static void
start_sums (const FoveaLinearArgs *a, int64_t o0, int columns, Sums sums)
{
    const __mmask16 own = first_lanes (columns);
    for (int64_t o = 0; o < OUTPUTS; o++) {
        const float bias = a->bias != NULL && o0 + o < a->weight.n_out ? a->bias[o0 + o] : 0;
        for (int g = 0; g < GROUPS; g++)
            _mm512_store_ps (sums[g][o], _mm512_maskz_mov_ps (own, _mm512_set1_ps (bias)));
    }
}

/* Sums lie by output, y by row; of pieces that shared tiles there are as many sums. */
static void
write_sums (const Swapped *l, int64_t o0, Sums sums)
{
    const FoveaLinearArgs *a = l->args;
    for (int64_t at = 0; at < l->groups * OUTPUTS; at += TILE) {
        const int64_t g = at / OUTPUTS, o = o0 + at % OUTPUTS, n = MIN (TILE, l->n_rows - g * TILE);
        float *y = a->y + (l->row0 + g * TILE) * a->y_stride + o;
        __m512i rows[TILE];
        for (int r = 0; r < TILE; r++)
            rows[r] = _mm512_load_si512 (sums[g][at % OUTPUTS + r]);
        transpose (rows);
        for (int64_t r = 0; r < n; r++) {
            __m512 sum = _mm512_castsi512_ps (rows[r]);
            for (int64_t c = r + l->span; l->span > 0 && c < TILE; c += l->span)
                sum = _mm512_add_ps (sum, _mm512_castsi512_ps (rows[c]));
            _mm512_mask_storeu_ps (y + r * a->y_stride, first_lanes (a->weight.n_out - o), sum);
        }
    }
}

/* An item: some times 32 outputs, run by run, so that a run of x is read from a near cache for all
 * of them but the first. */
static void
run_outputs (void *data, int64_t i, int worker)
{
    const Swapped *l = data;
    const FoveaWeight *weight = &l->args->weight;
    const int64_t o0 = i * l->panels * OUTPUTS;
    const int64_t n_panels = MIN (l->panels, (weight->n_out - o0 + OUTPUTS - 1) / OUTPUTS);
    const uint8_t *lines[MAX_PANELS * OUTPUTS];
    Unpacked w;
    Sums sums[MAX_PANELS] __attribute__ ((aligned (64)));
    find_lines (weight, o0, n_panels * OUTPUTS, lines);
    for (int64_t p = 0; p < n_panels; p++)
        start_sums (l->args, o0 + p * OUTPUTS, l->span > 0 ? l->span : TILE, sums[p]);
    configure_tile_shapes (l->sixteen ? 32 : 64, l->sixteen ? TILE / 2 : TILE);
    for (int64_t step = 0; step < l->n_steps; step += RUN) {
        const int64_t n = MIN (RUN, l->n_steps - step);
        for (int64_t p = 0; p < n_panels; p++) {
            unpack_run (l, lines + p * OUTPUTS, step, n, &w);
            TILES_READ_MEMORY ();
            const Next next = find_next (&l->order_of_work, lines, p, n_panels, step);
            multiply_run_of (l, &w, step, n, &next, sums[p]);
        }
    }
    _tile_release ();
    for (int64_t p = 0; p < n_panels; p++)
        write_sums (l, o0 + p * OUTPUTS, sums[p]);
}

size_t
fovea_linear_swapped_shared (int64_t n_in)
{
    return (size_t) (n_in / DEPTH * GROUPS) *
           (MAX_PIECES * TILE_BF16 * sizeof (uint16_t) + 2 * TILE * sizeof (float));
}

bool
fovea_linear_is_swapped (const FoveaLinearArgs *args)
{
    return args->precision == FOVEA_PRECISION_F32 && args->rows <= MOST_ROWS &&
           fovea_linear_has_blocks (&args->weight);
}

void
fovea_linear_swapped_amx (FoveaDevice *device, const FoveaLinearArgs *args)
{
    Swapped l = {.device = device, .args = args, .n_steps = args->weight.n_in / DEPTH};
    const int64_t n_panels = (args->weight.n_out + OUTPUTS - 1) / OUTPUTS;
    l.sixteen = is_scaled_by_sixteen (args->weight.dtype);
    for (int i = 0; i < DEPTH; i++)
        l.order[i] = (uint16_t) element_of_word (args->weight.dtype, i);
    l.panels = CLAMP (n_panels / (4 * fovea_threads_count (device->threads)), 1, MAX_PANELS);
    l.order_of_work =
        order_of_work (&args->weight, l.panels, fovea_threads_count (device->threads));
    if (!fovea_device_reserve (device, "linear", 0,
                               fovea_linear_swapped_shared (args->weight.n_in)))
        return;
    l.x = fovea_device_scratch (device, -1);
    l.x_sums = (float *) (void *) (l.x + l.n_steps * GROUPS * MAX_PIECES * TILE_BF16);
    for (l.row0 = 0; l.row0 < args->rows; l.row0 += MOST_ROWS) {
        l.n_rows = MIN (MOST_ROWS, args->rows - l.row0);
        l.groups = l.n_rows > TILE ? 2 : 1;
        l.span = l.n_rows > TILE / 2            ? 0
                 : l.n_rows > TILE / MAX_PIECES ? TILE / 2
                                                : TILE / MAX_PIECES;
        l.tiles = l.span == 0 ? MAX_PIECES : l.span == TILE / 2 ? 2 : 1;
        fovea_threads_loop (device->threads, (l.n_steps + RUN - 1) / RUN, arrange_steps, &l);
        fovea_threads_loop (device->threads, (n_panels + l.panels - 1) / l.panels, run_outputs, &l);
    }
}
