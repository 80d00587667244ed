/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* xoshiro256** seeded by splitmix64: integer arithmetic only, so that the same seed gives the same
 * choices on every machine. Four 64-bit words of state, about 1 ns a number. */
#include "capture/random.h"

/* Task id of fovea_random_repeat_tokens() ("repeat" in ASCII); part of the stream seed, so it must
 * never change. */
#define REPEAT_TASK G_GUINT64_CONSTANT (0x726570656174)

static guint64
splitmix64_next (guint64 *state)
{
    guint64 z = *state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* First output of splitmix64 started at @seed. */
static guint64
splitmix64 (guint64 seed)
{
    return splitmix64_next (&seed);
}

static guint64
rotate_left (guint64 x, int n)
{
    return x << n | x >> (64 - n);
}

void
fovea_random_init (FoveaRandom *random, guint64 seed)
{
    g_return_if_fail (random != NULL);
    for (guint i = 0; i < G_N_ELEMENTS (random->state); i++)
        random->state[i] = splitmix64_next (&seed);
}

void
fovea_random_init_stream (FoveaRandom *random, guint64 seed, guint64 task, guint64 index)
{
    fovea_random_init (random, splitmix64 (seed ^ splitmix64 (task) ^ splitmix64 (index)));
}

guint64
fovea_random_next (FoveaRandom *random)
{
    guint64 *s = random->state;
    guint64 result = rotate_left (s[1] * 5, 7) * 9;
    guint64 t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left (s[3], 45);
    return result;
}

double
fovea_random_uniform (FoveaRandom *random)
{
    return (double) (fovea_random_next (random) >> 11) * 0x1p-53;
}

guint64
fovea_random_below (FoveaRandom *random, guint64 n)
{
    g_return_val_if_fail (n >= 1, 0);
    /* The last, incomplete run of n values is refused. 2^64 mod n is (2^64 - n) mod n. */
    guint64 excess = (G_MAXUINT64 - n + 1) % n;
    guint64 last = G_MAXUINT64 - excess;
    guint64 x = fovea_random_next (random);
    while (x > last)
        x = fovea_random_next (random);
    return x % n;
}

void
fovea_random_repeat_tokens (guint64 seed,
                            guint64 index,
                            gint32 bos,
                            gint32 first_id,
                            gint32 vocabulary,
                            gint64 period,
                            gint32 *ids)
{
    g_return_if_fail (first_id >= 0 && first_id < vocabulary && period >= 0);
    FoveaRandom random;
    fovea_random_init_stream (&random, seed, REPEAT_TASK, index);
    if (bos >= 0)
        *ids++ = bos;
    for (gint64 i = 0; i < period; i++) {
        gint32 id = first_id + (gint32) fovea_random_below (&random, vocabulary - first_id);
        ids[i] = id;
        ids[period + i] = id;
    }
}
