/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Quantised weights on AMX tiles in f32, without making floats of them: w = s q + m with q a small
 * integer, which bf16 holds exactly, so a product of x takes three pieces in the place of five or
 * six (cpu-linear-amx.c), and s and m are applied to sums of 32 products.
 * Does:  y(t,o) = bias(o) + sum over blocks b of s(o,b) sum_i x(t,i) q(o,i) + m(o,b) sum_i x(t,i).
 * Tiles: as there, 2 x 2 sums; each step's sums go through a buffer while the next step multiplies.
 * Work:  6 T n_in n_out flop on tiles, and a fused product for 32 of them (two where there is m).
 * Moves: a panel of 32 outputs is packed once for all rows: n_in x 64 bytes and 8 for scales.
 * Rounding: f32 sums; m is taken about the middle of q, so that s q and m do not cancel.
 * Measured: NOTES-quantised.md.   Twin: linear_ref(). */
#include "kernels/cpu-block-turned.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear-tiles.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"
#include "kernels/weight.h"

enum {
    SUMS = PANEL * PANEL,
    PANEL_TILES = 2 * TILE_BF16, /* bf16 of a step of a panel */
    CHUNK = 2 /* steps of x, 6 KiB each, that all panels of an item take in turn */
};

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t row0, n_rows; /* the slab of rows at work */
    int64_t n_steps, n_strips;
    int64_t panels; /* of an item */
    bool streams;   /* y is written past the caches */
    bool has_least; /* there is an m */
    bool turned;    /* elements of a step are in another order */
    uint16_t order[DEPTH];
    uint16_t *x;   /* (strips, steps, pieces, 2, 16, 32) */
    float *x_sums; /* (strips, steps, 32): of a row's 32 elements */
} Scaled;

/* A packed panel: integers (steps, 2, 16, 32), s and m (steps, 32). */
typedef struct {
    uint16_t *tiles;
    float *scale, *least;
} Panel;

INLINE Block
load_block (const uint8_t *line, int64_t step, FoveaDtype dtype, size_t bytes, bool small)
{
    return small ? load_small (line + (size_t) step * bytes, dtype)
                 : load_part (line + (size_t) (step / 8) * bytes, (int) (step % 8), dtype);
}

/* Packs a step of 16 outputs, of which @n exist. Called with a constant @n where it can be: then
 * rows stay in registers. */
INLINE void
pack_step (const uint8_t *const *lines,
           int64_t n,
           int64_t step,
           FoveaDtype dtype,
           size_t bytes,
           uint16_t *tile,
           float *scale,
           float *least)
{
    const bool small = dtype != FOVEA_IQ4_XS && dtype != FOVEA_Q4_K && dtype != FOVEA_Q5_K;
    __m512i rows[TILE] = {0};
#pragma GCC unroll 16
    for (int64_t r = 0; r < n; r++) {
        Block block = load_block (lines[r], step, dtype, bytes, small);
        rows[r] = block.q;
        scale[r] = block.scale;
        least[r] = block.least;
    }
    transpose (rows);
#pragma GCC unroll 16
    for (int r = 0; r < TILE; r++)
        _mm512_storeu_si512 (tile + r * DEPTH, rows[r]);
}

/* The same where blocks are turned before they are unpacked. */
INLINE void
pack_turned (const uint8_t *const *lines,
             __m512i offsets,
             int64_t n,
             int64_t at,
             FoveaDtype dtype,
             uint16_t *tile,
             float *scale,
             float *least)
{
    turn_block (lines, at, dtype, tile);
    _mm512_storeu_ps (scale,
                      _mm512_maskz_mov_ps (first_lanes (n), turned_scales (lines[0], offsets, at)));
    _mm512_storeu_ps (least, _mm512_setzero_ps ());
}

/* Packs 16 outputs of which @n exist; @half says which of the panel's. */
INLINE void
pack_half (const Scaled *l, int64_t o0, int64_t n, int half, const Panel *panel, FoveaDtype dtype)
{
    const FoveaWeight *w = &l->args->weight;
    const size_t bytes = fovea_dtype_size (dtype);
    const uint8_t *lines[TILE];
    for (int64_t r = 0; r < TILE; r++)
        lines[r] = fovea_weight_line (w, fovea_weight_row (w, MIN (o0 + r, w->n_out - 1)));
    const __m512i offsets = offsets_of (lines);
    for (int64_t step = 0; step < l->n_steps; step++) {
        uint16_t *tile = panel->tiles + step * PANEL_TILES + half * TILE_BF16;
        float *scale = panel->scale + step * PANEL + half * TILE;
        float *least = panel->least + step * PANEL + half * TILE;
        if (can_turn (dtype)) {
            pack_turned (lines, offsets, n, step * (int64_t) bytes, dtype, tile, scale, least);
            continue;
        }
        if (n == TILE) {
            pack_step (lines, TILE, step, dtype, bytes, tile, scale, least);
            continue;
        }
        memset (scale, 0, TILE * sizeof *scale);
        memset (least, 0, TILE * sizeof *least);
        pack_step (lines, n, step, dtype, bytes, tile, scale, least);
    }
}

/* The loops once for each type. Not inlined: tile loads are opaque to the compiler, which must have
 * stored all of this before them. */
static __attribute__ ((noinline)) void
pack_panel (const Scaled *l, int64_t o0, const Panel *panel)
{
#define PACK(type)                                                                                 \
    case type:                                                                                     \
        pack_half (l, o, n, half, panel, type);                                                    \
        break
    for (int half = 0; half < 2; half++) {
        int64_t o = o0 + half * TILE;
        int64_t n = CLAMP (l->args->weight.n_out - o, 0, TILE);
        switch (l->args->weight.dtype) {
            PACK (FOVEA_Q4_0);
            PACK (FOVEA_Q4_1);
            PACK (FOVEA_Q5_0);
            PACK (FOVEA_Q5_1);
            PACK (FOVEA_Q8_0);
            PACK (FOVEA_IQ4_NL);
            PACK (FOVEA_IQ4_XS);
            PACK (FOVEA_Q4_K);
        default:
            pack_half (l, o, n, half, panel, FOVEA_Q5_K);
        }
    }
#undef PACK
}

static void
split_strip (void *data, int64_t strip, int worker)
{
    const Scaled *l = data;
    const FoveaLinearArgs *a = l->args;
    for (int64_t r = 0; r < PANEL; r++) {
        int64_t row = strip * PANEL + r, n_in = row < l->n_rows ? a->weight.n_in : 0;
        const float *x = a->x + (l->row0 + row) * a->x_stride;
        float *sums = l->x_sums + strip * l->n_steps * PANEL + r;
        split_x_row (x, n_in, l->n_steps, MAX_PIECES, l->turned ? l->order : NULL,
                     l->x + strip * l->n_steps * MAX_PIECES * PANEL_TILES + r * DEPTH);
        for (int64_t step = 0; step < l->n_steps && l->has_least; step++) {
            int64_t i = step * DEPTH;
            sums[step * PANEL] = _mm512_reduce_add_ps (_mm512_add_ps (
                load_floats (x + i, n_in - i), load_floats (x + i + TILE, n_in - i - TILE)));
        }
    }
}

INLINE void
store_products (bool both, float *out)
{
    TILES_READ_MEMORY (); /* what was read before is read before */
    _tile_stored (0, out, PANEL * sizeof *out);
    _tile_stored (1, out + TILE, PANEL * sizeof *out);
    if (both) {
        _tile_stored (2, out + TILE * PANEL, PANEL * sizeof *out);
        _tile_stored (3, out + TILE * PANEL + TILE, PANEL * sizeof *out);
    }
    TILES_READ_MEMORY (); /* what a tile store wrote is read next */
}

/* sums += s products + m x_sums for rows [@r0, @r1). */
INLINE void
add_scaled (const float *products,
            const float *scale,
            const float *least,
            const float *x_sums,
            int64_t r0,
            int64_t r1,
            bool has_least,
            float *sums)
{
    for (int h = 0; h < PANEL; h += TILE) {
        const __m512 s = _mm512_loadu_ps (scale + h), m = _mm512_loadu_ps (least + h);
        for (int64_t r = r0; r < r1; r++) {
            float *to = sums + r * PANEL + h;
            __m512 sum = _mm512_fmadd_ps (_mm512_loadu_ps (products + r * PANEL + h), s,
                                          _mm512_loadu_ps (to));
            if (has_least)
                sum = _mm512_fmadd_ps (_mm512_set1_ps (x_sums[r]), m, sum);
            _mm512_storeu_ps (to, sum);
        }
    }
}

/* Products that wait for their scales. */
typedef struct {
    const Panel *panel;
    int64_t step;
    const float *products, *x_sums;
    float *sums; /* NULL = none wait */
} Waiting;

/* Share @part of MAX_PIECES, by rows. */
INLINE void
add_waiting (const Waiting *waiting, int part, bool both, bool has_least)
{
    const int64_t at = waiting->step * PANEL, rows = both ? PANEL : TILE;
    if (waiting->sums != NULL)
        add_scaled (waiting->products, waiting->panel->scale + at, waiting->panel->least + at,
                    waiting->x_sums + at, rows * part / MAX_PIECES, rows * (part + 1) / MAX_PIECES,
                    has_least, waiting->sums);
}

/* Products of one step: three pieces of x in tiles 4 and 5 with the integers in 6 and 7. Of a strip
 * that has no more than 16 rows only the upper half. Behind each piece a share of what waits: a
 * processor looks some hundred instructions ahead and not a whole step. */
INLINE void
multiply_step (
    const uint16_t *x, const uint16_t *w, bool both, bool has_least, const Waiting *waiting)
{
    _tile_zero (0);
    _tile_zero (1);
    _tile_loadd (6, w, 64);
    _tile_loadd (7, w + TILE_BF16, 64);
    if (both) {
        _tile_zero (2);
        _tile_zero (3);
    }
    for (int p = 0; p < MAX_PIECES; p++, x += PANEL_TILES) {
        _tile_loadd (4, x, 64);
        _tile_dpbf16ps (0, 4, 6);
        _tile_dpbf16ps (1, 4, 7);
        if (both) {
            _tile_loadd (5, x + TILE_BF16, 64);
            _tile_dpbf16ps (2, 5, 6);
            _tile_dpbf16ps (3, 5, 7);
        }
        TILES_READ_MEMORY ();
        add_waiting (waiting, p, both, has_least);
    }
}

/* A strip times @n panels. A few steps of x at a time for all of them, so that they are read from
 * the first-level cache but once; products are scaled while tiles work on the next. */
INLINE void
multiply_strip (const Scaled *l,
                int64_t strip,
                const Panel *panels,
                int64_t n,
                bool both,
                bool has_least,
                float (*sums)[SUMS])
{
    float products[2][SUMS] __attribute__ ((aligned (64)));
    const uint16_t *x = l->x + strip * l->n_steps * MAX_PIECES * PANEL_TILES;
    const float *x_sums = l->x_sums + strip * l->n_steps * PANEL;
    Waiting waiting = {.sums = NULL};
    int turn = 0;
    for (int64_t from = 0; from < l->n_steps; from += CHUNK) {
        for (int64_t p = 0; p < n; p++) {
            for (int64_t step = from; step < MIN (from + CHUNK, l->n_steps); step++, turn ^= 1) {
                multiply_step (x + step * MAX_PIECES * PANEL_TILES,
                               panels[p].tiles + step * PANEL_TILES, both, has_least, &waiting);
                store_products (both, products[turn]);
                waiting = (Waiting){&panels[p], step, products[turn], x_sums, sums[p]};
            }
        }
    }
    for (int p = 0; p < MAX_PIECES; p++)
        add_waiting (&waiting, p, both, has_least);
}

/* Sums start from the bias. */
static void
start_sums (const FoveaLinearArgs *a, int64_t o0, float *sums)
{
    float bias[PANEL] = {0};
    if (a->bias != NULL)
        memcpy (bias, a->bias + o0, (size_t) MIN (PANEL, a->weight.n_out - o0) * sizeof *bias);
    for (int64_t r = 0; r < PANEL; r++)
        memcpy (sums + r * PANEL, bias, sizeof bias);
}

static void
write_sums (const Scaled *l, int64_t strip, int64_t o0, const float *sums)
{
    const FoveaLinearArgs *a = l->args;
    int64_t row = strip * PANEL, rows = MIN (PANEL, l->n_rows - row);
    int64_t columns = MIN (PANEL, a->weight.n_out - o0);
    float *y = a->y + (l->row0 + row) * a->y_stride + o0;
    if (rows == PANEL && columns == PANEL && l->streams)
        stream_strip (sums, y, a->y_stride);
    else
        copy_part (sums, y, a->y_stride, rows, columns);
}

static void
run_strip (const Scaled *l, int64_t strip, int64_t first, const Panel *panels, int64_t n)
{
    float sums[MAX_PANELS][SUMS] __attribute__ ((aligned (64)));
    bool both = l->n_rows - strip * PANEL > TILE;
    for (int64_t p = 0; p < n; p++)
        start_sums (l->args, (first + p) * PANEL, sums[p]);
    if (both && l->has_least)
        multiply_strip (l, strip, panels, n, true, true, sums);
    else if (both)
        multiply_strip (l, strip, panels, n, true, false, sums);
    else
        multiply_strip (l, strip, panels, n, false, l->has_least, sums);
    for (int64_t p = 0; p < n; p++)
        write_sums (l, strip, (first + p) * PANEL, sums[p]);
}

/* Bytes of a packed panel. */
static size_t
panel_bytes (int64_t n_steps)
{
    return (size_t) n_steps * (PANEL_TILES * sizeof (uint16_t) + 2 * PANEL * sizeof (float));
}

static Panel
panel_at (const Scaled *l, void *scratch, int64_t i)
{
    uint16_t *tiles =
        (uint16_t *) (void *) ((char *) scratch + (size_t) i * panel_bytes (l->n_steps));
    float *scale = (float *) (void *) (tiles + l->n_steps * PANEL_TILES);
    return (Panel){tiles, scale, scale + l->n_steps * PANEL};
}

/* An item: packs its panels, then takes the strips past them. */
static void
run_panels (void *data, int64_t i, int worker)
{
    const Scaled *l = data;
    int64_t from = i * l->panels,
            to = MIN ((i + 1) * l->panels, (l->args->weight.n_out + PANEL - 1) / PANEL);
    Panel panels[MAX_PANELS];
    for (int64_t p = from; p < to; p++) {
        panels[p - from] = panel_at (l, fovea_device_scratch (l->device, worker), p - from);
        pack_panel (l, p * PANEL, &panels[p - from]);
    }
    TILES_READ_MEMORY ();
    configure_tiles ();
    for (int64_t strip = 0; strip < l->n_strips; strip++)
        run_strip (l, strip, from, panels, to - from);
    _tile_release ();
    _mm_sfence ();
}

bool
fovea_linear_is_scaled (const FoveaLinearArgs *args)
{
    switch (args->weight.dtype) {
    case FOVEA_Q4_0:
    case FOVEA_Q4_1:
    case FOVEA_Q5_0:
    case FOVEA_Q5_1:
    case FOVEA_Q8_0:
    case FOVEA_Q4_K:
    case FOVEA_Q5_K:
    case FOVEA_IQ4_NL:
    case FOVEA_IQ4_XS:
        return args->precision == FOVEA_PRECISION_F32;
    default:
        return false;
    }
}

static bool
has_least (FoveaDtype dtype)
{
    return dtype == FOVEA_Q4_1 || dtype == FOVEA_Q5_1 || dtype == FOVEA_Q4_K || dtype == FOVEA_Q5_K;
}

size_t
fovea_linear_scaled_shared (int64_t rows, int64_t n_in)
{
    int64_t strips = (MIN (rows, MAX_ROWS) + PANEL - 1) / PANEL, n_steps = n_in / DEPTH;
    return (size_t) (strips * n_steps) *
           (MAX_PIECES * PANEL_TILES * sizeof (uint16_t) + PANEL * sizeof (float));
}

void
fovea_linear_scaled_amx (FoveaDevice *device, const FoveaLinearArgs *args)
{
    const int64_t n_panels = (args->weight.n_out + PANEL - 1) / PANEL;
    Scaled l = {.device = device, .args = args, .n_steps = args->weight.n_in / DEPTH};
    l.streams = can_stream (args);
    l.has_least = has_least (args->weight.dtype);
    l.turned = can_turn (args->weight.dtype);
    for (int i = 0; i < DEPTH; i++)
        l.order[i] = (uint16_t) element_of_turned (i);
    l.panels = CLAMP (n_panels / (4 * fovea_threads_count (device->threads)), 1, MAX_PANELS);
    if (!fovea_device_reserve (device, "linear", panel_bytes (l.n_steps) * (size_t) l.panels,
                               fovea_linear_scaled_shared (args->rows, args->weight.n_in)))
        return;
    int64_t strips = (MIN (args->rows, MAX_ROWS) + PANEL - 1) / PANEL;
    l.x = fovea_device_scratch (device, -1);
    l.x_sums = (float *) (void *) (l.x + strips * l.n_steps * MAX_PIECES * PANEL_TILES);
    for (l.row0 = 0; l.row0 < args->rows; l.row0 += MAX_ROWS) {
        l.n_rows = MIN (MAX_ROWS, args->rows - l.row0);
        l.n_strips = (l.n_rows + PANEL - 1) / PANEL;
        fovea_threads_loop (device->threads, l.n_strips, split_strip, &l);
        fovea_threads_loop (device->threads, (n_panels + l.panels - 1) / l.panels, run_panels, &l);
    }
}
