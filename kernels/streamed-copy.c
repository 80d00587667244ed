/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Whole lines of 64 bytes by stores past the caches, what stands before and behind them as ever. SSE2 is part of
 * every x86-64, and its four stores fill a line as well as wider ones do: memory is what is waited for. Other
 * processors have memcpy(), which does for long copies what is best there. */
#include "kernels/streamed-copy.h"

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    LINE = 64,
    PIECE = 16
};

#ifdef __SSE2__
/* A line at a multiple of 64 bytes, from anywhere. */
static inline void
stream_line (char *to, const char *from)
{
    __m128i pieces[LINE / PIECE];
    for (int i = 0; i < LINE / PIECE; i++)
        pieces[i] = _mm_loadu_si128 ((const __m128i *) (const void *) (from + PIECE * i));
    for (int i = 0; i < LINE / PIECE; i++)
        _mm_stream_si128 ((__m128i *) (void *) (to + PIECE * i), pieces[i]);
}

void
fovea_streamed_copy (void *to, const void *from, size_t bytes)
{
    char *target = to;
    const char *source = from;
    size_t ahead = -(uintptr_t) to % LINE, at;
    ahead = ahead < bytes ? ahead : bytes;
    memcpy (target, source, ahead);
    for (at = ahead; at + LINE <= bytes; at += LINE)
        stream_line (target + at, source + at);
    memcpy (target + at, source + at, bytes - at);
    _mm_sfence (); /* such stores are in no order with those that say that they are done */
}
#else
void
fovea_streamed_copy (void *to, const void *from, size_t bytes)
{
    memcpy (to, from, bytes);
}
#endif
