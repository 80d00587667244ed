/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Encoding and training of a top-k autoencoder on the CPU, 384 -> 8,192, k 32, by rows that tell
 * median and least time. tests/peer-sae.py runs SAELens on the same sizes and interleaves its rounds
 * with this program's (--rounds 1). Usage: bench-sae [rounds] [threads]. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/sae-train.h"
#include "kernels/top-codes.h"

enum {
    D = 384,
    F = 8192,
    K = 32,
    ENCODE_ROWS = 4096,
    TRAIN_ROWS = 2048,
    MOST_ROUNDS = 99
};

/* A sum of four uniforms: near enough to what activations look like. */
static float *
draw (gint64 n, guint64 seed)
{
    FoveaRandom random;
    float *x = g_new (float, n);
    fovea_random_init (&random, seed);
    for (gint64 i = 0; i < n; i++) {
        double sum = 0;
        for (int a = 0; a < 4; a++)
            sum += fovea_random_uniform (&random) - 0.5;
        x[i] = (float) (1.7 * sum);
    }
    return x;
}

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* One line: what, rows, median and least milliseconds, rows or steps a second by the median. */
static void
print_line (const char *what, gint64 units, double *times, int n)
{
    qsort (times, (size_t) n, sizeof *times, compare);
    printf ("%s\t%.3f\t%.3f\t%.2f\n", what, 1e3 * times[n / 2], 1e3 * times[0],
            (double) units / times[n / 2]);
}

static void
bench_encode (FoveaDevice *device, int rounds)
{
    double times[MOST_ROUNDS];
    g_autofree float *x = draw (ENCODE_ROWS * D, 1), *w = draw (F * D, 2);
    g_autofree gint32 *latent = g_new (gint32, ENCODE_ROWS * K),
                      *count = g_new (gint32, ENCODE_ROWS);
    g_autofree float *value = g_new (float, ENCODE_ROWS *K);
    g_autoptr (FoveaTopEncoder) encoder = fovea_top_encoder_new (device, D, NULL);
    const FoveaTopWeights weights = {.w = w, .n_latents = F};
    FoveaTopCodesArgs args = {
        .rows = ENCODE_ROWS, .x = x, .x_stride = D, .k = K, .only_positive = true};
    args.latent = latent;
    args.value = value;
    args.count = count;
    fovea_top_encoder_set (encoder, &weights);
    fovea_top_encoder_run (encoder, &args, NULL);
    for (int r = 0; r < rounds; r++) {
        gint64 start = g_get_monotonic_time ();
        fovea_top_encoder_run (encoder, &args, NULL);
        times[r] = (double) (g_get_monotonic_time () - start) / 1e6;
    }
    print_line ("encode", ENCODE_ROWS, times, rounds);
}

/* @dead: of eight latents, so many never fire, because their bias is low. */
static void
bench_train (FoveaDevice *device, int rounds, int dead)
{
    double times[MOST_ROUNDS];
    FoveaSaeTrainOptions options;
    FoveaSaeTrainStep step;
    g_autofree float *x = draw (TRAIN_ROWS * D, 3);
    fovea_sae_train_options_init (&options, FOVEA_SAE_RULE_TOPK);
    options.d_in = options.d_out = D;
    options.n_latents = F;
    options.batch = TRAIN_ROWS;
    options.loss.k = K;
    options.loss.aux = 1;
    options.loss.rescales = TRUE;
    options.unit_norm = FALSE;
    options.dead_window = 1;
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    FoveaSaeParameters *w = (FoveaSaeParameters *) fovea_sae_trainer_get_parameters (trainer);
    for (gint64 j = 0; j < F; j++)
        w->b_enc[j] = j % 8 < dead ? -1000 : 0;
    for (int r = 0; r < rounds + 2; r++) {
        gint64 start = g_get_monotonic_time ();
        fovea_sae_trainer_step (trainer, x, x, &step, NULL);
        if (r >= 2)
            times[r - 2] = (double) (g_get_monotonic_time () - start) / 1e6;
    }
    printf ("# dead latents %.3f\n", step.dead);
    print_line (dead > 0 ? "train, half dead" : "train", 1, times, rounds);
}

int
main (int argc, char **argv)
{
    int rounds = argc > 1 ? CLAMP (atoi (argv[1]), 1, MOST_ROUNDS) : 7;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", argc > 2 ? atoi (argv[2]) : 2, NULL);
    if (device == NULL)
        return 1;
    printf ("# %s\n# what\tmedian ms\tleast ms\ta second\n", fovea_device_describe (device));
    bench_encode (device, rounds);
    bench_train (device, rounds, 0);
    bench_train (device, rounds, 4);
    return 0;
}
