/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Oracle recall at six budgets, 1/2 to 1/64 of the tokens, for 12 heads of random queries and keys:
 * milliseconds in all (median of rounds), and of the scores alone. Columns: tokens, heads, threads,
 * median ms, least ms, ms of the scores, median user ms of the processor. Usage: bench-recall [TOKENS [THREADS [ROUNDS]]]. The peer that
 * sorts is tests/peer-recall.py. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "analysis/oracle-recall.h"
#include "capture/random.h"
#include "capture/sink.h"

enum {
    HEADS = 12,
    WIDTH = 32,
    BUDGETS = 6,
    MOST_ROUNDS = 101,
};

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* A layer of random queries and keys. */
static FoveaTrace *
make_trace (gint64 T)
{
    static const char *const names[] = {"blocks.0.attn.hook_q", "blocks.0.attn.hook_k"};
    FoveaArchitecture architecture = {.n_layers = 1,
                                      .n_heads = HEADS,
                                      .n_kv_heads = HEADS,
                                      .head_width = WIDTH,
                                      .width = HEADS * WIDTH,
                                      .attention_scale = 0.17677669f,
                                      .family = (char *) "import"};
    FoveaTraceInfo info = {.architecture = &architecture,
                           .model_name = (char *) "import",
                           .model_hash = (char *) "",
                           .title = (char *) "bench",
                           .n_tokens = T};
    gsize n = (gsize) (T * HEADS * WIDTH);
    g_autofree float *values = g_new (float, n);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    FoveaRandom random;
    fovea_random_init (&random, 1);
    for (guint i = 0; i < 2; i++) {
        FoveaArray *array = g_new0 (FoveaArray, 1);
        array->name = g_strdup (names[i]);
        array->rank = 3;
        array->row_axes = 1;
        array->shape[0] = T;
        array->shape[1] = HEADS;
        array->shape[2] = WIDTH;
        g_ptr_array_add (list, array);
    }
    if (!sink->begin (sink, &info, list, NULL))
        exit (1);
    for (guint a = 0; a < 2; a++) {
        for (gsize i = 0; i < n; i++)
            values[i] = (float) (4 * fovea_random_uniform (&random) - 2);
        if (!sink->write (sink, a, 0, T, values, NULL))
            exit (1);
    }
    return sink->finish (sink, NULL);
}

/* User time of the process: what a round costs however busy the machine is. */
static double
get_user_ms (void)
{
    struct rusage usage;
    getrusage (RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec * 1000 + (double) usage.ru_utime.tv_usec / 1000;
}

static double
run_heads (FoveaAttention *attention, gint64 T, FoveaThreads *threads)
{
    gint64 counts[BUDGETS], start = g_get_monotonic_time ();
    double recall[BUDGETS];
    for (int b = 0; b < BUDGETS; b++)
        counts[b] = MAX (T >> (BUDGETS - b), 1);
    for (guint h = 0; h < HEADS; h++)
        if (!fovea_oracle_recall_measure (attention, h, counts, BUDGETS, threads, recall, NULL,
                                          NULL, NULL))
            exit (1);
    return (double) (g_get_monotonic_time () - start) / 1000;
}

typedef struct {
    FoveaAttention *attention;
    gint64 T;
    guint head;
} Scores;

static void
read_block (void *data, int64_t block, int worker)
{
    const Scores *s = data;
    gint64 q0 = block * 64, q1 = MIN (q0 + 64, s->T);
    g_autofree float *tile = g_new (float, (gsize) ((q1 - q0) * q1));
    if (!fovea_attention_read_scores (s->attention, s->head, q0, q1, 0, q1, tile, NULL))
        exit (1);
}

static double
run_scores (FoveaAttention *attention, gint64 T, FoveaThreads *threads)
{
    gint64 start = g_get_monotonic_time ();
    for (guint h = 0; h < HEADS; h++) {
        Scores scores = {attention, T, h};
        fovea_threads_loop (threads, (T + 63) / 64, read_block, &scores);
    }
    return (double) (g_get_monotonic_time () - start) / 1000;
}

int
main (int argc, char **argv)
{
    gint64 T = argc > 1 ? g_ascii_strtoll (argv[1], NULL, 10) : 2048;
    int n_threads = argc > 2 ? atoi (argv[2]) : 2;
    int rounds = CLAMP (argc > 3 ? atoi (argv[3]) : 15, 1, MOST_ROUNDS);
    double times[MOST_ROUNDS], scores[MOST_ROUNDS], users[MOST_ROUNDS];
    g_autoptr (FoveaTrace) trace = make_trace (T);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    FoveaThreads *threads = fovea_threads_new (n_threads);
    run_heads (attention, T, threads);
    for (int r = 0; r < rounds; r++) {
        double before = get_user_ms ();
        times[r] = run_heads (attention, T, threads);
        users[r] = get_user_ms () - before;
        scores[r] = run_scores (attention, T, threads);
    }
    qsort (times, (size_t) rounds, sizeof *times, compare);
    qsort (users, (size_t) rounds, sizeof *users, compare);
    qsort (scores, (size_t) rounds, sizeof *scores, compare);
    printf ("%d\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.2f\n", (int) T, HEADS, n_threads, times[rounds / 2],
            times[0], scores[rounds / 2], users[rounds / 2]);
    fovea_threads_free (threads);
    return 0;
}
