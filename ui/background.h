/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Threads that work for the window give way to it. The teams that a model or a dictionary computes with
 * are as many as there are cores, and at the main loop's own priority they hold up its frames; threads
 * that such a thread makes are as polite as it is. */
#include <gio/gio.h>

typedef enum {
    FOVEA_BACKGROUND_LOOK, /* somebody waits to see it: tiles, facts, a latent's contexts */
    FOVEA_BACKGROUND_JOB, /* takes long and has a progress bar: captures, scores, encoding; gives way
                              to looks too */
} FoveaBackground;

/**
 * fovea_background_count:
 * @n_processors: that the process may use
 *
 * On how many of them work of @kind runs: all but one, which the main loop and what draws for it have to
 * themselves, unless there are too few.
 *
 * Thread: any.
 */
guint fovea_background_count (FoveaBackground kind, guint n_processors);

/**
 * fovea_background_yield:
 *
 * The calling thread and those that it makes from now on give way, and leave the processor free on which the main
 * thread last called one of the functions below.
 *
 * Thread: any but main.
 */
void fovea_background_yield (FoveaBackground kind);

/**
 * fovea_background_lead:
 *
 * Threads that give way do not interrupt the calling one, which sleeps often and works for less than a tenth
 * of a second at once. Linux before 6.12 has no such wish, where nothing changes.
 *
 * Thread: main.
 */
void fovea_background_lead (void);

/**
 * fovea_background_run:
 * @func: called in a thread of its own, as by g_task_run_in_thread(), whose threads are the process's
 *     and stay what they are
 *
 * Keeps a reference to @task until @func has returned, and drops it in the task's own context.
 *
 * Thread: main.
 */
void fovea_background_run (GTask *task, FoveaBackground kind, GTaskThreadFunc func);

/**
 * fovea_background_new_pool:
 * @func: called with what is pushed
 *
 * Threads of its own for looks, which live as long as the process.   Thread: main.
 */
GThreadPool *fovea_background_new_pool (GFunc func, guint n_threads);

/**
 * fovea_background_push:
 * @pool: of fovea_background_new_pool()
 *
 * As g_thread_pool_push().   Thread: main.
 */
void fovea_background_push (GThreadPool *pool, gpointer data);

/**
 * fovea_background_finish:
 * @seconds: at most
 *
 * Waits until all that was asked for has returned; whoever asked has cancelled it. A process that ends before, as exit()
 * ends it, takes fonts and numbers from under what is still at work: after FALSE _exit() is the way out. The main loop runs
 * no more.
 *
 * Thread: main.
 */
gboolean fovea_background_finish (double seconds);
