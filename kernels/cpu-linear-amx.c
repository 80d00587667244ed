/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Linear operations on AMX tiles, in f32 or bf16 (amx.h): x times a bf16 weight takes three
 * products of pieces, times an f16 weight (two pieces) five, times an f32 weight (three) six.
 * Does:  y = x w' + bias. x is cut into pieces once (shared scratch, at most 512 rows at a time);
 *        each item packs 32 outputs of the weight (worker scratch, n_in x 64 bytes a piece);
 *        quantised blocks go through f32 rows behind the panels (n_in x 128 bytes).
 * Tiles: 2 x 2 sums, 2 of x, 2 of w: 4 tile loads feed 4 products in bf16, 8 feed 12 in f32.
 * Work:  2 T n_in n_out flop, times 3 for f32 and bf16 weights.
 * Roof:  1,024 bf16 flop a cycle and core.   Twin: linear_ref(). */
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear-tiles.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t row0, n_rows; /* the slab of rows at work */
    int64_t n_steps;      /* n_in / 32, rounded up */
    int64_t n_strips;     /* row pairs of tiles, rounded up */
    int64_t panels;       /* of an item */
    int64_t group;        /* strips that take turns with the panels */
    bool streams;         /* y is written past the caches */
    bool packed;          /* rows of the weight go through f32 */
    int x_pieces, w_pieces;
    uint16_t *x; /* (strips, steps, pieces, 2, 16, 32) */
} Linear;

static void
split_strip (void *data, int64_t strip, int worker)
{
    const Linear *l = data;
    const FoveaLinearArgs *a = l->args;
    for (int64_t row = strip * PANEL; row < (strip + 1) * PANEL; row++)
        split_x_row (a->x + (l->row0 + row) * a->x_stride, row < l->n_rows ? a->weight.n_in : 0,
                     l->n_steps, l->x_pieces, NULL,
                     l->x + strip * l->n_steps * l->x_pieces * 2 * TILE_BF16 + row % PANEL * DEPTH);
}

/* 16 weights as f32 from element @at on; elements past @n are 0 and not touched. */
static inline __m512
load_weights (const FoveaWeight *w, int64_t at, int64_t n)
{
    __mmask16 some = first_lanes (n);
    if (w->dtype == FOVEA_F32)
        return _mm512_maskz_loadu_ps (some, (const float *) w->data + at);
    __m256i half = _mm256_maskz_loadu_epi16 (some, (const uint16_t *) w->data + at);
    if (w->dtype == FOVEA_F16)
        return _mm512_cvtph_ps (half);
    return _mm512_castsi512_ps (_mm512_slli_epi32 (_mm512_cvtepu16_epi32 (half), 16));
}

/* 32 weights in the order of a tile row, @pieces of them. */
static inline void
load_pieces (const FoveaWeight *w, int64_t at, int64_t n, int pieces, __m512i *out)
{
    if (w->dtype == FOVEA_BF16) {
        __mmask32 some = n >= DEPTH ? 0xffffffff : n > 0 ? (1u << n) - 1 : 0;
        out[0] = _mm512_maskz_loadu_epi16 (some, (const uint16_t *) w->data + at);
        return;
    }
    split_row (load_weights (w, at, n), load_weights (w, at + TILE, n - TILE), pieces, out);
}

/* One tile of 16 outputs x 32 inputs of an output-major weight. Tiles of pieces are 2 apart. */
static inline void
pack_rows (const FoveaWeight *w, int pieces, int64_t o, int64_t i, uint16_t *out)
{
    __m512i rows[MAX_PIECES][TILE];
    for (int r = 0; r < TILE; r++) {
        __m512i row[MAX_PIECES] = {0};
        int64_t n = o + r < w->n_out ? w->n_in - i : 0;
        if (n > 0)
            load_pieces (w, (o + r) * w->stride + i, n, pieces, row);
        for (int p = 0; p < pieces; p++)
            rows[p][r] = row[p];
    }
    for (int p = 0; p < pieces; p++) {
        transpose (rows[p]);
        memcpy (out + p * 2 * TILE_BF16, rows[p], sizeof rows[p]);
    }
}

/* The same of an input-major weight: two neighbouring inputs are interleaved. */
static inline void
pack_columns (const FoveaWeight *w, int pieces, int64_t o, int64_t i, uint16_t *out)
{
    for (int pair = 0; pair < TILE; pair++, i += 2) {
        int64_t n = i < w->n_in ? w->n_out - o : 0, m = i + 1 < w->n_in ? w->n_out - o : 0;
        int64_t at = i * w->stride + o;
        __m512i rows[MAX_PIECES];
        split_pairs (load_weights (w, at, n), load_weights (w, at + w->stride, m), pieces, false,
                     rows);
        for (int p = 0; p < pieces; p++)
            _mm512_storeu_si512 (out + p * 2 * TILE_BF16 + pair * DEPTH, rows[p]);
    }
}

/* Packs 32 outputs: (steps, pieces, 2, 16, 32). Not inlined: tile loads are opaque to the
 * compiler, which must have stored all of this before them. */
static __attribute__ ((noinline)) void
pack_panel (const Linear *l, const FoveaWeight *w, int64_t o0, uint16_t *out)
{
    for (int64_t step = 0; step < l->n_steps; step++) {
        for (int half = 0; half < 2; half++) {
            uint16_t *to = out + (step * l->w_pieces * 2 + half) * TILE_BF16;
            if (w->input_major)
                pack_columns (w, l->w_pieces, o0 + half * TILE, step * DEPTH, to);
            else
                pack_rows (w, l->w_pieces, o0 + half * TILE, step * DEPTH, to);
        }
    }
}

/* Packs the panel from output @o0 on, through @rows if it must be unpacked first. */
static void
pack_outputs (const Linear *l, int64_t o0, float *rows, uint16_t *out)
{
    const FoveaWeight *w = &l->args->weight;
    if (!l->packed) {
        pack_panel (l, w, o0, out);
        return;
    }
    FoveaWeight some = fovea_linear_unpack (l->device, w, o0, MIN (PANEL, w->n_out - o0), rows);
    pack_panel (l, &some, 0, out);
}

/* The four products of two tiles of x (4, 5) and two of w (6, 7). */
static inline void
multiply_step (const uint16_t *x, const uint16_t *w, bool load_w)
{
    if (load_w) {
        _tile_loadd (6, w, 64);
        _tile_loadd (7, w + TILE_BF16, 64);
    }
    _tile_loadd (4, x, 64);
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (1, 4, 7);
    _tile_loadd (5, x + TILE_BF16, 64);
    _tile_dpbf16ps (2, 5, 6);
    _tile_dpbf16ps (3, 5, 7);
}

/* Sums of 32 rows x 32 outputs over all inputs into tiles 0 to 3. Pieces of x lie from the smallest
 * to the largest, in the order of use; with piece q of the weight, the q smallest matter less than
 * 2^-24 and are skipped. */
static void
multiply_strip (const Linear *l, const uint16_t *x, const uint16_t *w)
{
    for (int64_t step = 0; step < l->n_steps; step++) {
        for (int q = 0; q < l->w_pieces; q++) {
            int skipped = MAX (l->x_pieces + q - MAX_PIECES, 0);
            for (int p = skipped; p < l->x_pieces; p++)
                multiply_step (x + p * 2 * TILE_BF16, w + q * 2 * TILE_BF16, p == skipped);
        }
        x += l->x_pieces * 2 * TILE_BF16;
        w += l->w_pieces * 2 * TILE_BF16;
    }
}

static void
store_sums (float *y, int64_t stride)
{
    _tile_stored (0, y, stride * (int64_t) sizeof *y);
    _tile_stored (1, y + TILE, stride * (int64_t) sizeof *y);
    _tile_stored (2, y + TILE * stride, stride * (int64_t) sizeof *y);
    _tile_stored (3, y + TILE * stride + TILE, stride * (int64_t) sizeof *y);
}

/* Sums start from the bias: one row of it, loaded into all rows of a tile by a stride of 0. */
static void
start_sums (const float *bias)
{
    _tile_loadd (0, bias, 0);
    _tile_loadd (1, bias + TILE, 0);
    _tile_loadd (2, bias, 0);
    _tile_loadd (3, bias + TILE, 0);
}

/* One strip of rows times one packed panel. */
static void
run_strip (const Linear *l, int64_t strip, int64_t o0, const float *bias, const uint16_t *w)
{
    const FoveaLinearArgs *a = l->args;
    int64_t row = strip * PANEL, rows = MIN (PANEL, l->n_rows - row);
    int64_t columns = MIN (PANEL, a->weight.n_out - o0);
    float edge[PANEL * PANEL], *y = a->y + (l->row0 + row) * a->y_stride + o0;
    bool whole = rows == PANEL && columns == PANEL;
    start_sums (bias);
    multiply_strip (l, l->x + strip * l->n_steps * l->x_pieces * 2 * TILE_BF16, w);
    store_sums (whole && !l->streams ? y : edge, whole && !l->streams ? a->y_stride : PANEL);
    if (whole && l->streams)
        stream_strip (edge, y, a->y_stride);
    else if (!whole)
        copy_part (edge, y, a->y_stride, rows, columns);
}

/* An item: packs its panels, then takes the strips past them, group by group. */
static void
run_panels (void *data, int64_t i, int worker)
{
    const Linear *l = data;
    const FoveaLinearArgs *a = l->args;
    int64_t from = i * l->panels * PANEL, to = MIN (from + l->panels * PANEL, a->weight.n_out);
    int64_t panel_size = l->n_steps * l->w_pieces * 2 * TILE_BF16;
    uint16_t *w = fovea_device_scratch (l->device, worker);
    float bias[MAX_PANELS * PANEL] = {0};
    float *rows = (float *) (void *) (w + l->panels * panel_size);
    for (int64_t o = from; o < to; o += PANEL)
        pack_outputs (l, o, rows, w + (o - from) / PANEL * panel_size);
    if (a->bias != NULL)
        memcpy (bias, a->bias + from, (size_t) (to - from) * sizeof *bias);
    __asm__ volatile("" ::: "memory"); /* what tiles load is in memory now */
    configure_tiles ();
    for (int64_t strip = 0; strip < l->n_strips; strip += l->group)
        for (int64_t o = from; o < to; o += PANEL)
            for (int64_t g = strip; g < MIN (strip + l->group, l->n_strips); g++)
                run_strip (l, g, o, bias + o - from, w + (o - from) / PANEL * panel_size);
    _tile_release ();
    _mm_sfence ();
}

/* A rounded or bf16 weight is one piece, f16 (11 bits) two, f32 (24 bits) three. So are blocks that
 * are not multiplied as integers. */
static int
weight_pieces (const FoveaLinearArgs *args)
{
    if (args->precision == FOVEA_PRECISION_BF16)
        return 1;
    switch (args->weight.dtype) {
    case FOVEA_BF16:
    case FOVEA_MXFP4: /* a power of two times three bits */
        return 1;
    case FOVEA_F16:
    case FOVEA_TQ1_0: /* an f16 scale times an integer of two bits */
    case FOVEA_TQ2_0:
        return 2;
    default:
        return 3;
    }
}

void
fovea_linear_amx (FoveaDevice *device, const FoveaLinearArgs *args)
{
    if (fovea_linear_is_turned (args)) {
        fovea_linear_turned_amx (device, args);
        return;
    }
    if (fovea_linear_is_swapped (args)) {
        fovea_linear_swapped_amx (device, args);
        return;
    }
    if (fovea_linear_is_scaled (args)) {
        fovea_linear_scaled_amx (device, args);
        return;
    }
    Linear l = {.device = device, .args = args};
    l.x_pieces = args->precision == FOVEA_PRECISION_BF16 ? 1 : MAX_PIECES;
    l.w_pieces = weight_pieces (args);
    l.streams = can_stream (args);
    l.packed = fovea_linear_is_packed (&args->weight);
    l.n_steps = (args->weight.n_in + DEPTH - 1) / DEPTH;
    size_t panel_bytes = (size_t) (l.n_steps * 2 * TILE_BF16) * sizeof (uint16_t);
    int64_t n_panels = (args->weight.n_out + PANEL - 1) / PANEL;
    l.panels = CLAMP (n_panels / (4 * fovea_threads_count (device->threads)), 1, MAX_PANELS);
    l.group = MAX (GROUP_BYTES / ((int64_t) panel_bytes * l.x_pieces), 1);
    int64_t strips = (MIN (args->rows, MAX_ROWS) + PANEL - 1) / PANEL;
    size_t rows_bytes = l.packed ? (size_t) (PANEL * args->weight.n_in) * sizeof (float) : 0;
    if (!fovea_device_reserve (device, "linear",
                               panel_bytes * (size_t) (l.w_pieces * l.panels) + rows_bytes,
                               panel_bytes * (size_t) (strips * l.x_pieces)))
        return;
    l.x = fovea_device_scratch (device, -1);
    for (l.row0 = 0; l.row0 < args->rows; l.row0 += MAX_ROWS) {
        l.n_rows = MIN (MAX_ROWS, args->rows - l.row0);
        l.n_strips = (l.n_rows + PANEL - 1) / PANEL;
        fovea_threads_loop (device->threads, l.n_strips, split_strip, &l);
        fovea_threads_loop (device->threads, (n_panels + l.panels - 1) / l.panels, run_panels, &l);
    }
}

void
fovea_linear_predict_amx (const FoveaScratchShape *shape, size_t *worker, size_t *shared)
{
    int64_t n_steps = (shape->n_in + DEPTH - 1) / DEPTH;
    int64_t strips = (MIN (shape->rows, MAX_ROWS) + PANEL - 1) / PANEL;
    size_t panel_bytes = (size_t) (n_steps * 2 * TILE_BF16) * sizeof (uint16_t);
    bool blocks = shape->weight > FOVEA_N_DTYPES;
    *worker = panel_bytes * MAX_PANELS * (blocks ? MAX_PIECES : 1);
    if (blocks)
        *worker += (size_t) (PANEL * shape->n_in) * sizeof (float);
    *shared = panel_bytes * (size_t) (strips * MAX_PIECES);
    if (blocks) { /* a few rows: more than fovea_linear_few_shared() */
        *shared = MAX (*shared, fovea_linear_scaled_shared (shape->rows, n_steps * DEPTH));
        *shared = MAX (*shared, fovea_linear_swapped_shared (n_steps * DEPTH));
        *shared = MAX (*shared, fovea_linear_turned_shared (n_steps * DEPTH));
    }
}
