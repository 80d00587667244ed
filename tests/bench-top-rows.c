/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Oracle recall of one head at seven budgets, 1/2 to 1/128 of the tokens, on a device, beside exact
 * attention of the same head: milliseconds, medians of rounds in turns. Columns: device, tokens, width,
 * oracle ms, attention ms, ratio. Usage: bench-top-rows DEVICE [TOKENS [WIDTH [ROUNDS [PRECISION]]]]. The
 * peer that sorts is tests/peer-top-rows.py. */
#include <stdio.h>
#include <stdlib.h>

#include "capture/random.h"
#include "kernels/device.h"
#include "kernels/ops.h"

enum {
    BUDGETS = 7,
    MOST_ROUNDS = 51,
};

typedef struct {
    FoveaDevice *device;
    const FoveaOps *ops;
    int64_t T, D;
    FoveaPrecision precision;
    float *q, *k, *v, *z, *lse, *mass; /* the device's */
} Bench;

static int
compare (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* Waits for what is under way. */
static void
check_device (const Bench *b)
{
    g_autoptr (GError) error = NULL;
    if (fovea_device_sync (b->device, &error))
        return;
    fprintf (stderr, "bench-top-rows: %s\n", error->message);
    exit (1);
}

/* A buffer of random numbers, or of nothing. */
static float *
make_buffer (const Bench *b, int64_t n, guint64 seed)
{
    size_t bytes = (size_t) n * sizeof (float);
    float *buffer = b->ops->alloc (b->device, bytes);
    g_autofree float *values = g_new0 (float, n);
    FoveaRandom random;
    check_device (b);
    fovea_random_init (&random, seed);
    for (int64_t i = 0; seed > 0 && i < n; i++)
        values[i] = (float) (4 * fovea_random_uniform (&random) - 2);
    b->ops->write (b->device, buffer, values, bytes);
    return buffer;
}

static void
run_oracle (const Bench *b)
{
    int64_t counts[BUDGETS];
    for (int c = 0; c < BUDGETS; c++)
        counts[c] = MAX (b->T >> (BUDGETS - c), 1);
    const FoveaTopRowsArgs args = {
        .rule = {.scale = 0.0883883f, .causal = true},
        .n_queries = b->T,
        .n_keys = b->T,
        .width = b->D,
        .q = b->q,
        .q_stride = b->D,
        .k = b->k,
        .k_stride = b->D,
        .counts = counts,
        .n_counts = BUDGETS,
        .mass = b->mass,
    };
    b->ops->top_rows (b->device, &args);
}

static void
run_attention (const Bench *b)
{
    const FoveaAttendArgs args = {
        .rule = {.scale = 0.0883883f, .causal = true},
        .rows = b->T,
        .n_keys = b->T,
        .heads = 1,
        .kv_heads = 1,
        .width = b->D,
        .q = b->q,
        .k = b->k,
        .v = b->v,
        .z = b->z,
        .lse = b->lse,
        .precision = b->precision,
    };
    b->ops->attend (b->device, &args);
}

static double
time_of (const Bench *b, void (*run) (const Bench *))
{
    gint64 start = g_get_monotonic_time ();
    run (b);
    check_device (b);
    return (double) (g_get_monotonic_time () - start) / 1000;
}

/* Mean recall at each budget: a glance at whether the numbers can be true. */
static void
print_recall (const Bench *b)
{
    size_t n = (size_t) (b->T * BUDGETS);
    g_autofree float *mass = g_new (float, n);
    b->ops->read (b->device, mass, b->mass, n * sizeof *mass);
    printf ("recall");
    for (int c = 0; c < BUDGETS; c++) {
        double sum = 0;
        for (int64_t t = 0; t < b->T; t++)
            sum += (double) mass[t * BUDGETS + c];
        printf ("\t%.6f", sum / (double) b->T);
    }
    printf ("\n");
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    int rounds = CLAMP (argc > 4 ? atoi (argv[4]) : 9, 1, MOST_ROUNDS);
    double oracle[MOST_ROUNDS], attention[MOST_ROUNDS];
    Bench b = {.T = argc > 2 ? g_ascii_strtoll (argv[2], NULL, 10) : 4096,
               .D = argc > 3 ? g_ascii_strtoll (argv[3], NULL, 10) : 128,
               .precision = argc > 5 && g_str_equal (argv[5], "bf16") ? FOVEA_PRECISION_BF16
                                                                      : FOVEA_PRECISION_F32};
    b.device = fovea_device_open (argc > 1 ? argv[1] : "cpu", 0, &error);
    if (b.device == NULL) {
        fprintf (stderr, "bench-top-rows: %s\n", error->message);
        return 1;
    }
    b.ops = fovea_device_get_ops (b.device);
    b.q = make_buffer (&b, b.T * b.D, 1);
    b.k = make_buffer (&b, b.T * b.D, 2);
    b.v = make_buffer (&b, b.T * b.D, 3);
    b.z = make_buffer (&b, b.T * b.D, 0);
    b.lse = make_buffer (&b, b.T, 0);
    b.mass = make_buffer (&b, b.T * BUDGETS, 0);
    time_of (&b, run_oracle);
    time_of (&b, run_attention);
    for (int r = 0; r < rounds; r++) {
        oracle[r] = time_of (&b, run_oracle);
        attention[r] = time_of (&b, run_attention);
    }
    qsort (oracle, (size_t) rounds, sizeof *oracle, compare);
    qsort (attention, (size_t) rounds, sizeof *attention, compare);
    printf ("%s\t%d\t%d\t%.2f\t%.2f\t%.2f\n", argc > 1 ? argv[1] : "cpu", (int) b.T, (int) b.D,
            oracle[rounds / 2], attention[rounds / 2], oracle[rounds / 2] / attention[rounds / 2]);
    print_recall (&b);
    fovea_device_free (b.device);
    return 0;
}
