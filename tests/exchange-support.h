/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A capture of the demo and a folder to write it to: what the suites of exchange share. */
#include "capture/exchange.h"
#include "tests/support.h"

enum {
    T = 70 /* tokens: more than one block of the pyramid */
};

/* Of the test under way. */
extern char *exchange_folder;
extern FoveaTrace *exchange_trace;

/**
 * exchange_set_up:
 *
 * Captures attention and residual streams; a checked fixture with exchange_tear_down().
 */
void exchange_set_up (void);

/**
 * exchange_tear_down:
 */
void exchange_tear_down (void);

/**
 * exchange_whole:
 *
 * Options that leave nothing out.
 */
FoveaExportOptions exchange_whole (void);

/**
 * exchange_export:
 *
 * Points of the capture in a file of the folder; fails the test if it cannot be.   Owner: caller.
 */
char *exchange_export (const char *name, const char *globs, FoveaExportOptions options);

/* An array of a file from elsewhere. */
typedef struct {
    const char *name;
    guint rank;
    gint64 shape[4];
    const float *data; /* NULL = zeros */
} ExchangeGiven;

/**
 * exchange_write:
 * @name: in the folder, .safetensors
 * @metadata: (nullable): keys and values by turns, to a NULL
 *
 * Arrays of f32 in their order.   Owner: caller.
 */
char *
exchange_write (const char *name, const ExchangeGiven *given, guint n, const char *const *metadata);

/**
 * exchange_import:
 *
 * Fails the test if the file is refused.   Owner: caller.
 */
FoveaTrace *exchange_import (const char *path);

/**
 * exchange_assert_error:
 * @part: of the message
 */
void exchange_assert_error (GError *error, GQuark domain, int code, const char *part);

/**
 * exchange_assert_point:
 *
 * A point of two traces differs by no more than @bound.
 */
void exchange_assert_point (FoveaTrace *a, FoveaTrace *b, const char *name, double bound);

/**
 * exchange_map_bound:
 * @cpu: where the CPU captured, too
 *
 * What maps that the CPU recomputes may differ by.
 */
double exchange_map_bound (double cpu);
