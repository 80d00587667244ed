/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* bench-tokenizer FOLDER TEXT: time of encoding a whole text with the tokenizer of a model folder,
 * as TSV: tokenizer, bytes, tokens, median seconds of five rounds (processor time), MB/s. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "capture/tokenizer.h"

enum {
    N_ROUNDS = 5
};

static double
thread_seconds (void)
{
    struct timespec now;
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    if (argc != 3) {
        fprintf (stderr, "usage: bench-tokenizer FOLDER TEXT\n");
        return 2;
    }
    g_autoptr (FoveaTokenizer) tokenizer = fovea_tokenizer_open (argv[1], &error);
    if (tokenizer == NULL || !g_file_get_contents (argv[2], &text, &length, &error)) {
        fprintf (stderr, "bench-tokenizer: %s\n", error->message);
        return 1;
    }
    double seconds[N_ROUNDS];
    guint n_tokens = 0;
    for (guint round = 0; round < N_ROUNDS; round++) {
        double begin = thread_seconds ();
        g_autoptr (GArray) tokens =
            fovea_tokenizer_encode (tokenizer, text, (gssize) length, FALSE, NULL);
        seconds[round] = thread_seconds () - begin;
        n_tokens = tokens != NULL ? tokens->len : 0;
    }
    qsort (seconds, N_ROUNDS, sizeof seconds[0], compare);
    double median = seconds[N_ROUNDS / 2];
    printf ("%s\t%zu\t%u\t%.4f\t%.2f\n", fovea_tokenizer_describe (tokenizer), length, n_tokens,
            median, (double) length / 1e6 / median);
    return 0;
}
