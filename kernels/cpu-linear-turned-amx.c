/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Quantised weights times up to 8 rows of x on AMX tiles, in f32. The rows of x are the left
 * operand's, so a product takes 8 cycles and not 16, sums of 32 outputs stay in registers, and an
 * output's scale is one lane of a vector. The weight is turned before it is unpacked (cpu-block-
 * turned.h).
 * Does:  y(t,o) = bias(o) + sum over blocks b of s(o,b) sum_i x(t,i) q(o,i).
 * Tiles: sums of 8 rows x 16 outputs in 0 and 1, three pieces of x in 3 to 5, w in 6 and 7.
 *        Products of one right-hand tile follow each other: another one costs 16 cycles, whatever
 *        the left one's rows.
 * Work:  6 n_in n_out flop on tiles for each 8 rows; 3 instructions to unpack 32 weights.
 * Moves: weights once; a run of x (12 KiB), integers and products (6 KiB) through the first-level
 *        cache.
 * Measured: NOTES-quantised.md.   Twin: linear_ref(). */
#include "kernels/cpu-block-turned.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear-ahead.h"
#include "kernels/cpu-linear-tiles.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"
#include "kernels/weight.h"

enum {
    ROWS = 8,
    GROUPS = 2, /* of 16 outputs */
    OUTPUTS = GROUPS * TILE,
    PIECE = ROWS * DEPTH /* words of a piece of x */
};

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t n_steps;
    int64_t panels; /* of an item */
    OrderOfWork order_of_work;
    uint16_t order[DEPTH]; /* elements of a step as a turned tile has them */
    uint16_t *x;           /* (steps, pieces, 8 rows, 32) */
} Turned;

typedef float Products[GROUPS][ROWS][TILE];

/* Steps of x: pieces, the smallest first; rows that are not there are zero. */
static void
arrange_steps (void *data, int64_t i, int worker)
{
    const Turned *l = data;
    const FoveaLinearArgs *a = l->args;
    const __m512i order = _mm512_loadu_si512 (l->order);
    for (int64_t step = i * AHEAD; step < MIN ((i + 1) * AHEAD, l->n_steps); step++)
        for (int64_t r = 0; r < ROWS; r++) {
            uint16_t *out = l->x + step * MAX_PIECES * PIECE + r * DEPTH;
            __m512i pieces[MAX_PIECES] = {0};
            if (r < a->rows) {
                const float *x = a->x + r * a->x_stride + step * DEPTH;
                split_row (_mm512_loadu_ps (x), _mm512_loadu_ps (x + TILE), MAX_PIECES, pieces);
            }
            for (int p = MAX_PIECES - 1; p >= 0; p--, out += PIECE)
                _mm512_store_si512 (out, _mm512_permutexvar_epi16 (order, pieces[p]));
        }
}

/* Products of one step, in tiles 0 and 1. */
INLINE void
multiply_step (const uint16_t *x, const uint16_t *w)
{
    _tile_zero (0);
    _tile_zero (1);
    _tile_loadd (6, w, 64);
    _tile_loadd (3, x, 64);
    _tile_loadd (4, x + PIECE, 64);
    _tile_loadd (5, x + 2 * PIECE, 64);
    _tile_dpbf16ps (0, 3, 6);
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (0, 5, 6);
    _tile_loadd (7, w + TILE_BF16, 64);
    _tile_dpbf16ps (1, 3, 7);
    _tile_dpbf16ps (1, 4, 7);
    _tile_dpbf16ps (1, 5, 7);
}

/* After everything that reads what was there before. */
INLINE void
store_products (Products out)
{
    TILES_READ_MEMORY ();
    _tile_stored (0, out[0][0], 64);
    _tile_stored (1, out[1][0], 64);
    TILES_READ_MEMORY ();
}

INLINE void
add_scaled (Products products, const __m512 *scales, __m512 (*sums)[ROWS])
{
#pragma GCC unroll 2
    for (int g = 0; g < GROUPS; g++)
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++)
            sums[g][r] = _mm512_fmadd_ps (_mm512_load_ps (products[g][r]), scales[g], sums[g][r]);
}

INLINE void
turn_step (const uint8_t *const *lines, int64_t at, FoveaDtype dtype, uint16_t *w)
{
    for (int g = 0; g < GROUPS; g++)
        turn_block (lines + g * TILE, at, dtype, w + g * TILE_BF16);
}

/* @n steps from @step on of 32 outputs. While tiles work on a step, vectors turn the next one and
 * scale the one before. */
INLINE void
run_steps (const Turned *l,
           const uint8_t *const *lines,
           int64_t step,
           int64_t n,
           FoveaDtype dtype,
           const Next *next,
           Products total)
{
    const int64_t block = small_size (dtype);
    uint16_t w[2][GROUPS * TILE_BF16] __attribute__ ((aligned (64)));
    Products products[2] __attribute__ ((aligned (64)));
    __m512 sums[GROUPS][ROWS], scales[GROUPS];
    __m512i offsets[GROUPS];
#pragma GCC unroll 2
    for (int g = 0; g < GROUPS; g++) {
        offsets[g] = offsets_of (lines + g * TILE);
        scales[g] = _mm512_setzero_ps ();
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++)
            sums[g][r] = _mm512_load_ps (total[g][r]);
    }
    turn_step (lines, step * block, dtype, w[0]);
    for (int64_t i = 0; i < n; i++) {
        TILES_READ_MEMORY ();
        multiply_step (l->x + (step + i) * MAX_PIECES * PIECE, w[i % 2]);
        ask_for (next, (int) i, (int) n);
        if (i + 1 < n)
            turn_step (lines, (step + i + 1) * block, dtype, w[(i + 1) % 2]);
        if (i > 0)
            add_scaled (products[(i + 1) % 2], scales, sums);
#pragma GCC unroll 2
        for (int g = 0; g < GROUPS; g++)
            scales[g] = turned_scales (lines[g * TILE], offsets[g], (step + i) * block);
        store_products (products[i % 2]);
    }
    add_scaled (products[(n + 1) % 2], scales, sums);
#pragma GCC unroll 2
    for (int g = 0; g < GROUPS; g++)
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++)
            _mm512_store_ps (total[g][r], sums[g][r]);
}

static void
run_steps_of (const Turned *l,
              const uint8_t *const *lines,
              int64_t step,
              int64_t n,
              const Next *next,
              Products total)
{
    if (l->args->weight.dtype == FOVEA_Q4_0)
        run_steps (l, lines, step, n, FOVEA_Q4_0, next, total);
    else
        run_steps (l, lines, step, n, FOVEA_IQ4_NL, next, total);
}

static void
start_sums (const FoveaLinearArgs *a, int64_t o0, Products sums)
{
    for (int g = 0; g < GROUPS; g++) {
        const __mmask16 own = first_lanes (a->weight.n_out - o0 - g * TILE);
        const __m512 bias = a->bias != NULL ? _mm512_maskz_loadu_ps (own, a->bias + o0 + g * TILE)
                                            : _mm512_setzero_ps ();
        for (int r = 0; r < ROWS; r++)
            _mm512_store_ps (sums[g][r], bias);
    }
}

static void
write_sums (const FoveaLinearArgs *a, int64_t o0, Products sums)
{
    for (int g = 0; g < GROUPS; g++) {
        const __mmask16 own = first_lanes (a->weight.n_out - o0 - g * TILE);
        for (int64_t r = 0; r < a->rows; r++)
            _mm512_mask_storeu_ps (a->y + r * a->y_stride + o0 + g * TILE, own,
                                   _mm512_load_ps (sums[g][r]));
    }
}

/* An item: some times 32 outputs, run by run, so that a run of x is read from a near cache for all
 * of them but the first. */
static void
run_outputs (void *data, int64_t i, int worker)
{
    const Turned *l = data;
    const FoveaWeight *weight = &l->args->weight;
    const int64_t o0 = i * l->panels * OUTPUTS;
    const int64_t n_panels = MIN (l->panels, (weight->n_out - o0 + OUTPUTS - 1) / OUTPUTS);
    const uint8_t *lines[MAX_PANELS * OUTPUTS];
    Products sums[MAX_PANELS] __attribute__ ((aligned (64)));
    find_lines (weight, o0, n_panels * OUTPUTS, lines);
    for (int64_t p = 0; p < n_panels; p++)
        start_sums (l->args, o0 + p * OUTPUTS, sums[p]);
    configure_left_rows (ROWS);
    for (int64_t step = 0; step < l->n_steps; step += AHEAD)
        for (int64_t p = 0; p < n_panels; p++) {
            const Next next = find_next (&l->order_of_work, lines, p, n_panels, step);
            run_steps_of (l, lines + p * OUTPUTS, step, MIN (AHEAD, l->n_steps - step), &next,
                          sums[p]);
        }
    _tile_release ();
    for (int64_t p = 0; p < n_panels; p++)
        write_sums (l->args, o0 + p * OUTPUTS, sums[p]);
}

size_t
fovea_linear_turned_shared (int64_t n_in)
{
    return (size_t) (n_in / DEPTH) * MAX_PIECES * PIECE * sizeof (uint16_t);
}

bool
fovea_linear_is_turned (const FoveaLinearArgs *args)
{
    return args->precision == FOVEA_PRECISION_F32 && args->rows <= ROWS &&
           can_turn (args->weight.dtype);
}

void
fovea_linear_turned_amx (FoveaDevice *device, const FoveaLinearArgs *args)
{
    Turned l = {.device = device, .args = args, .n_steps = args->weight.n_in / DEPTH};
    const int64_t n_panels = (args->weight.n_out + OUTPUTS - 1) / OUTPUTS;
    for (int i = 0; i < DEPTH; i++)
        l.order[i] = (uint16_t) element_of_turned (i);
    l.panels = CLAMP (n_panels / (4 * fovea_threads_count (device->threads)), 1, MAX_PANELS);
    l.order_of_work =
        order_of_work (&args->weight, l.panels, fovea_threads_count (device->threads));
    if (!fovea_device_reserve (device, "linear", 0, fovea_linear_turned_shared (args->weight.n_in)))
        return;
    l.x = fovea_device_scratch (device, -1);
    fovea_threads_loop (device->threads, (l.n_steps + AHEAD - 1) / AHEAD, arrange_steps, &l);
    fovea_threads_loop (device->threads, (n_panels + l.panels - 1) / l.panels, run_outputs, &l);
}
