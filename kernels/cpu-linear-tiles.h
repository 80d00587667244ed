/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the two ways to multiply on AMX tiles share: how rows of x become tiles, how a strip of 32
 * rows and 32 outputs goes into y. */
#include <string.h>

#include "kernels/amx.h"
#include "kernels/ops.h"

enum {
    PANEL = 2 * TILE, /* outputs of an item, rows of a step */
    MAX_ROWS = 512,   /* rows whose pieces are in scratch at one time */
    /* Strips worked on with one panel before the next: they stay in the second-level cache while
     * the panel stays in the first. 256 and 512 KiB gave 8 to 10 % over one strip, 512x384x1024. */
    GROUP_BYTES = 256 << 10,
    STREAM_BYTES = 8 << 20, /* of y */
    MAX_PANELS = 4          /* of an item */
};

/* Cuts a row of @n_in floats into tile rows, the smallest piece first; the tail of the last step is
 * zero. @order: which element of its step each one is, NULL = as they come. @out: the row's place
 * in (steps, pieces, 2, 16, 32). */
static inline void
split_x_row (const float *x,
             int64_t n_in,
             int64_t n_steps,
             int n_pieces,
             const uint16_t *order,
             uint16_t *out)
{
    const __m512i places = order != NULL ? _mm512_loadu_si512 (order) : _mm512_setzero_si512 ();
    for (int64_t i = 0; i < n_steps * DEPTH; i += DEPTH) {
        __m512i pieces[MAX_PIECES];
        split_row (load_floats (x + i, n_in - i), load_floats (x + i + TILE, n_in - i - TILE),
                   n_pieces, pieces);
        for (int p = n_pieces - 1; p >= 0; p--, out += 2 * TILE_BF16)
            _mm512_storeu_si512 (out, order == NULL ? pieces[p]
                                                    : _mm512_permutexvar_epi16 (places, pieces[p]));
    }
}

/* Strips or panels that stick out of y are finished in a buffer and copied. */
static inline void
copy_part (const float *from, float *to, int64_t stride, int64_t rows, int64_t columns)
{
    for (int64_t t = 0; t < rows; t++)
        memcpy (to + t * stride, from + t * PANEL, (size_t) columns * sizeof *to);
}

/* A whole strip past the caches: results larger than them would only push out what is used next,
 * and a line written in full need not be read first. 512x384x8192: 9 % faster, more on a busy
 * machine. */
static inline void
stream_strip (const float *from, float *to, int64_t stride)
{
    for (int64_t t = 0; t < PANEL; t++) {
        _mm512_stream_ps (to + t * stride, _mm512_loadu_ps (from + t * PANEL));
        _mm512_stream_ps (to + t * stride + TILE, _mm512_loadu_ps (from + t * PANEL + TILE));
    }
}

/* Streaming stores need whole lines. */
static inline bool
can_stream (const FoveaLinearArgs *args)
{
    return args->rows * args->y_stride > STREAM_BYTES / (int64_t) sizeof (float) &&
           (uintptr_t) args->y % 64 == 0 && args->y_stride % TILE == 0;
}
