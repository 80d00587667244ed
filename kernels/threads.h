/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A fixed team of threads that runs one loop at a time. Between loops workers look for the next one
 * for some microseconds, then sleep: a pool that only spins collapses when another process wants a
 * core, and one that only sleeps loses a short product's second thread to the wake-up. Item i
 * always does the same work, so results never depend on timing. */
#include <stdint.h>

typedef struct _FoveaThreads FoveaThreads;

/* Item @i of a loop, on worker @worker (0 .. n_threads-1, to index scratch memory). */
typedef void (*FoveaLoopBody) (void *data, int64_t i, int worker);

/**
 * fovea_threads_new:
 * @n_threads: 1 or more; 0 = cores this process may run on
 *
 * Thread: any.   Owner: caller frees with fovea_threads_free().
 */
FoveaThreads *fovea_threads_new (int n_threads);

/**
 * fovea_threads_free:
 *
 * Joins the workers. NULL is fine.
 *
 * Thread: any.   Owner: takes @threads.
 */
void fovea_threads_free (FoveaThreads *threads);

/**
 * fovea_threads_give_way:
 *
 * The calling thread, and the workers of the teams that it makes from now on, offer the processor between
 * two items to whoever waits for it. For threads of a low priority: priority alone does not stop one that
 * has just begun before the scheduler's next tick.
 *
 * Thread: any.
 */
void fovea_threads_give_way (void);

/**
 * fovea_threads_count:
 *
 * Threads in the team, the caller of fovea_threads_loop() included.
 *
 * Thread: any.
 */
int fovea_threads_count (const FoveaThreads *threads);

/* Of all threads of a team since they began, the caller of its loops included. */
typedef struct {
    double ran;    /* s of processors */
    double caller; /* the caller's part of it */
    double waited; /* s that they could have run and others did; 0 where the system does not tell */
} FoveaThreadsClock;

/**
 * fovea_threads_read_clock:
 *
 * What a loop took whatever else ran on the machine: the difference of two readings. Some microseconds a
 * thread.
 *
 * Thread: the caller of the loops, between two of them.
 */
void fovea_threads_read_clock (const FoveaThreads *threads, FoveaThreadsClock *out);

/**
 * fovea_threads_loop:
 * @n: items; each is run exactly once, in any order
 *
 * Returns when all are done. The calling thread works too. Loops must not nest.
 *
 * Thread: one caller at a time.
 */
void fovea_threads_loop (FoveaThreads *threads, int64_t n, FoveaLoopBody body, void *data);
