/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Asking for weights before they are unpacked, where panels of 32 outputs are worked on in runs of
 * steps. A few bytes of many rows in turns are no stream that the processor would see, and all
 * asked for at once they would be more than it can wait for. Always inlined: a function that does
 * nothing but ask has no effect that the compiler knows of, and calls of it are left out. */
#include <immintrin.h>

#include "kernels/cpu-block-scales.h"
#include "kernels/dtype.h"
#include "kernels/weight.h"

enum {
    PANEL_LINES = 32,
    AHEAD = 8 /* steps of 32 elements, which are asked for and worked on together */
};

/* The order: a run of steps of all panels of an item, the next run; then another item, to which
 * @jump bytes lead from the last panel, if threads take items in turns. */
typedef struct {
    int64_t run;     /* bytes of a run of a line */
    int64_t n_steps; /* of a line */
    int64_t jump;
} OrderOfWork;

/* Bytes of each of 32 lines. */
typedef struct {
    const uint8_t *const *lines;
    int64_t at, length;
} Next;

static inline OrderOfWork
order_of_work (const FoveaWeight *weight, int64_t panels, int n_threads)
{
    const int64_t line = (int64_t) fovea_dtype_bytes (weight->dtype, (size_t) weight->stride);
    const int64_t n_steps = weight->stride / 32;
    return (OrderOfWork){line * AHEAD / n_steps, weight->n_in / 32,
                         (1 + panels * (n_threads - 1)) * PANEL_LINES * line};
}

/* Outputs beyond the last are the last. */
INLINE void
find_lines (const FoveaWeight *weight, int64_t o0, int64_t n, const uint8_t **lines)
{
    for (int64_t o = 0; o < n; o++)
        lines[o] =
            fovea_weight_line (weight, fovea_weight_row (weight, MIN (o0 + o, weight->n_out - 1)));
}

/* What is unpacked behind panel @p of @n_panels at @step. */
INLINE Next
find_next (const OrderOfWork *order,
           const uint8_t *const *lines,
           int64_t p,
           int64_t n_panels,
           int64_t step)
{
    if (p + 1 < n_panels)
        return (Next){lines + (p + 1) * PANEL_LINES, step / AHEAD * order->run, order->run};
    if (step + AHEAD < order->n_steps)
        return (Next){lines, (step / AHEAD + 1) * order->run, order->run};
    return (Next){lines + p * PANEL_LINES, order->jump, order->run};
}

/* Share @part of @parts. */
INLINE void
ask_for (const Next *next, int part, int parts)
{
    for (int o = part * PANEL_LINES / parts; o < (part + 1) * PANEL_LINES / parts; o++)
        for (int64_t i = 0; i < next->length; i += 64)
            _mm_prefetch (next->lines[o] + next->at + i, _MM_HINT_T0);
}
