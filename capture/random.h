/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The generator behind every random choice: xoshiro256** seeded by splitmix64
 * (methods/tasks-and-icl.md 0). */
#include <glib.h>

typedef struct {
    guint64 state[4];
} FoveaRandom;

/**
 * fovea_random_init:
 *
 * State = four successive outputs of splitmix64 started at @seed.
 *
 * Thread: any.   Source: Blackman & Vigna, prng.di.unimi.it.
 */
void fovea_random_init (FoveaRandom *random, guint64 seed);

/**
 * fovea_random_init_stream:
 *
 * Seed of example @index of task @task: splitmix64 (seed ^ splitmix64 (task) ^ splitmix64 (index)).
 *
 * Thread: any.
 */
void fovea_random_init_stream (FoveaRandom *random, guint64 seed, guint64 task, guint64 index);

/**
 * fovea_random_next:
 *
 * 64 random bits.
 *
 * Thread: one at a time for a @random.
 */
guint64 fovea_random_next (FoveaRandom *random);

/**
 * fovea_random_uniform:
 *
 * In [0, 1), 53 bits.
 *
 * Thread: one at a time for a @random.
 */
double fovea_random_uniform (FoveaRandom *random);

/**
 * fovea_random_below:
 *
 * In [0, n), unbiased. @n >= 1.
 *
 * Thread: one at a time for a @random.
 */
guint64 fovea_random_below (FoveaRandom *random, guint64 n);

/**
 * fovea_random_repeat_tokens:
 * @bos: id put in front, -1 = none
 * @first_id: ids are drawn from [first_id, vocabulary)
 * @period: P
 * @ids: (out caller-allocates): (bos >= 0) + 2 P ids: [bos] + r + r
 *
 * The standard induction test (methods/features-and-sparsity.md 9.3); sequence @index never depends
 * on the others.
 *
 * Thread: any.
 */
void fovea_random_repeat_tokens (guint64 seed,
                                 guint64 index,
                                 gint32 bos,
                                 gint32 first_id,
                                 gint32 vocabulary,
                                 gint64 period,
                                 gint32 *ids);
