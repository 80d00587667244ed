/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A fuzz target is one file that defines fuzz_one(). fuzz-driver.c makes a libFuzzer program of it
 * (clang), or an ordinary test that replays the files of tests/fuzz-corpus/NAME. */
#include <glib.h>

/**
 * fuzz_one:
 * @data: exactly @size bytes on the heap, so that a sanitizer sees a read of one byte too many
 *
 * Must return whatever the bytes are.
 */
void fuzz_one (const guint8 *data, gsize size);
