/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Copies of what nobody reads soon. An ordinary store first reads the line that it writes, and leaves it in a
 * cache that others want; a stream of them goes to memory by itself, two transfers a byte and not three. */
#include <stddef.h>

/**
 * fovea_streamed_copy:
 * @bytes: any number; below some thousand an ordinary copy is faster
 *
 * As memcpy(): the two do not overlap, and what was copied is there for every thread that this one hands it to.
 *
 * Thread: any.
 */
void fovea_streamed_copy (void *to, const void *from, size_t bytes);
