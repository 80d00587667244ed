/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Times an MLP of experts, beside its products one expert after the other with lists that the host has
 * already: what a layer did when it waited for its router's scores, without that wait. Both take turns.
 * Usage: bench-experts [cpu|cuda [ROUNDS]]. 77 = no such device.
 *
 * Shapes are those of a Mixtral (8 experts of 4,096 to 14,336, two a row) and of a Qwen3-MoE (128 of 2,048
 * to 768, eight a row). Each call has other choices; weights are far larger than any cache. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/device-experts.h"
#include "tests/bench-roof.h"

enum {
    MOST_ROUNDS = 15,
    ROOF_BYTES = 1 << 30, /* of the buffers that roofs are measured with; twice that on a GPU */
    PATTERN = 1 << 20,    /* elements that buffers repeat */
    TURNS = 8             /* lists of choices that calls take in turn */
};

typedef struct {
    const char *name;
    int64_t E, K, C, M;
} Model;

static const Model gpu_models[] = {{"mixtral", 8, 2, 4096, 14336},
                                   {"qwen3-moe", 128, 8, 2048, 768}};
static const Model cpu_models[] = {{"small mixtral", 8, 2, 384, 1024},
                                   {"small qwen3-moe", 64, 8, 256, 128}};

typedef struct {
    FoveaDevice *device;
    const FoveaOps *ops;
    const Model *model;
    FoveaPrecision precision;
    int64_t rows;
    FoveaWeight *weights;
    const void **data; /* on the device, as all below but the lists */
    float *x, *out, *gathered, *pre, *up, *shares;
    int32_t *chosen;         /* (TURNS, rows, K) */
    int32_t *chosen_host;    /* the same */
    int32_t *lists, *counts; /* host: (TURNS, E, rows), (TURNS, E) */
} Bench;

static void
check (const Bench *b)
{
    g_autoptr (GError) error = NULL;
    if (fovea_device_sync (b->device, &error))
        return;
    g_printerr ("bench-experts: %s\n", error->message);
    exit (1);
}

/* @n elements of @dtype, a pattern over and over. */
static void *
new_buffer (const Bench *b, FoveaDtype dtype, int64_t n)
{
    size_t size = fovea_dtype_size (dtype), bytes = (size_t) n * size, unit = PATTERN * size;
    g_autofree float *values = g_new (float, PATTERN);
    g_autofree char *pattern = g_malloc (unit);
    for (int i = 0; i < PATTERN; i++)
        values[i] = (float) (i * 2654435761u % 1000) * 0.0001f - 0.05f;
    fovea_dtype_from_f32 (values, PATTERN, dtype, pattern);
    char *buffer = b->ops->alloc (b->device, bytes);
    check (b);
    for (size_t at = 0; at < bytes; at += unit)
        b->ops->write (b->device, buffer + at, pattern, MIN (unit, bytes - at));
    return buffer;
}

/* Experts of a row are drawn without repeats; a host list of each expert's rows besides. */
static void
draw_choices (Bench *b, int64_t most_rows)
{
    int64_t E = b->model->E, K = b->model->K, n = TURNS * most_rows * K;
    guint32 seed = 1;
    b->chosen_host = g_new (int32_t, n);
    for (int64_t i = 0; i < n; i++) {
        bool again = true;
        while (again) {
            seed = seed * 1664525u + 1013904223u;
            b->chosen_host[i] = (int32_t) ((seed >> 8) % E);
            again = false;
            for (int64_t other = i - i % K; other < i; other++)
                again |= b->chosen_host[other] == b->chosen_host[i];
        }
    }
    b->chosen = b->ops->alloc (b->device, (size_t) n * sizeof (int32_t));
    b->ops->write (b->device, b->chosen, b->chosen_host, (size_t) n * sizeof (int32_t));
}

static void
make_lists (Bench *b)
{
    int64_t E = b->model->E, K = b->model->K;
    b->lists = g_renew (int32_t, b->lists, TURNS * E * b->rows);
    b->counts = g_renew (int32_t, b->counts, TURNS * E);
    memset (b->counts, 0, (size_t) (TURNS * E) * sizeof *b->counts);
    for (int64_t i = 0; i < TURNS * b->rows * K; i++) {
        int64_t at = i / (b->rows * K) * E + b->chosen_host[i];
        b->lists[at * b->rows + b->counts[at]++] = (int32_t) (i / K % b->rows);
    }
}

static FoveaExpertsArgs
args_of (const Bench *b, int64_t turn)
{
    const Model *m = b->model;
    return (FoveaExpertsArgs){.precision = b->precision,
                              .activation = FOVEA_ACTIVATION_SILU,
                              .rows = b->rows,
                              .n_experts = m->E,
                              .n_used = m->K,
                              .weights = b->weights,
                              .data = b->data,
                              .x = b->x,
                              .chosen = b->chosen + turn % TURNS * b->rows * m->K,
                              .shares = b->shares,
                              .gathered = b->gathered,
                              .pre = b->pre,
                              .up = b->up,
                              .out = b->out};
}

static void
run_experts (const Bench *b, int64_t turn)
{
    FoveaExpertsArgs args = args_of (b, turn);
    b->ops->experts (b->device, &args);
}

static void
run_one_by_one (const Bench *b, int64_t turn)
{
    const Model *m = b->model;
    const FoveaWeight table = {b->x, FOVEA_F32, b->rows, m->C, m->C};
    for (int64_t e = 0; e < m->E; e++) {
        int64_t at = turn % TURNS * m->E + e, n = b->counts[at];
        const float *x[3] = {b->gathered, b->gathered, b->pre};
        float *y[3] = {b->pre, b->up, b->gathered};
        if (n == 0)
            continue;
        b->ops->embed (b->device, &table, b->lists + at * b->rows, n, b->gathered);
        for (int role = 0; role < 3; role++) {
            const FoveaWeight *w = &b->weights[role * m->E + e];
            const FoveaLinearArgs linear = {.precision = b->precision,
                                            .rows = n,
                                            .x = x[role],
                                            .x_stride = w->n_in,
                                            .weight = *w,
                                            .y = y[role],
                                            .y_stride = w->n_out};
            if (role == 2)
                b->ops->activate (b->device, FOVEA_ACTIVATION_SILU, b->pre, b->up, n * m->M,
                                  b->pre);
            b->ops->linear (b->device, &linear);
        }
        b->ops->add (b->device, b->out, b->gathered, n * m->C, b->out);
    }
}

static double
time_us (const Bench *b, void (*run) (const Bench *, int64_t), int repeats)
{
    gint64 start = g_get_monotonic_time ();
    for (int turn = 0; turn < repeats; turn++)
        run (b, turn);
    check (b);
    return (double) (g_get_monotonic_time () - start) / repeats;
}

static int
compare_doubles (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
median_of (double *us, int n)
{
    qsort (us, (size_t) n, sizeof *us, compare_doubles);
    return us[n / 2];
}

/* Experts that the first list meets. */
static int64_t
count_met (const Bench *b)
{
    int64_t n = 0;
    for (int64_t e = 0; e < b->model->E; e++)
        n += b->counts[e] > 0;
    return n;
}

static void
run_case (Bench *b, int64_t rows, int rounds, const BenchRoof *roof)
{
    double ours[MOST_ROUNDS], before[MOST_ROUNDS], ratio[MOST_ROUNDS];
    int repeats = rows > 1000 ? 2 : TURNS;
    b->rows = rows;
    make_lists (b);
    time_us (b, run_experts, 2);
    time_us (b, run_one_by_one, 2);
    for (int i = 0; i < rounds; i++) {
        ours[i] = time_us (b, run_experts, repeats);
        before[i] = time_us (b, run_one_by_one, repeats);
        ratio[i] = ours[i] / before[i];
    }
    FoveaExpertsArgs args = args_of (b, 0);
    FoveaCost cost = fovea_cost_experts (&args, count_met (b));
    double us = median_of (ours, rounds);
    printf ("%s\t%s\t%ld\t%.1f\t%.1f\t%.3f\t%.2f\t%.2f\t%.0f\n", b->model->name,
            fovea_precision_name (b->precision), (long) rows, us, median_of (before, rounds),
            median_of (ratio, rounds), cost.bytes / us * 1e-3, cost.flops / us * 1e-6,
            100 * bench_roof_us (roof, b->precision, cost) / us);
    fflush (stdout);
}

static void
make_model (Bench *b, int64_t most_rows)
{
    const Model *m = b->model;
    int64_t n = 3 * m->E, cells = m->C * m->M;
    g_autofree const void **data = g_new (const void *, n);
    uint16_t *w = new_buffer (b, FOVEA_BF16, n * cells);
    b->weights = g_new (FoveaWeight, n);
    for (int64_t i = 0; i < n; i++) {
        bool out = i >= 2 * m->E;
        b->weights[i] = (FoveaWeight){w + i * cells, FOVEA_BF16, out ? m->C : m->M,
                                      out ? m->M : m->C, out ? m->M : m->C};
        data[i] = b->weights[i].data;
    }
    b->data = b->ops->alloc (b->device, (size_t) n * sizeof *data);
    b->ops->write (b->device, b->data, data, (size_t) n * sizeof *data);
    b->x = new_buffer (b, FOVEA_F32, most_rows * m->C);
    b->out = new_buffer (b, FOVEA_F32, most_rows * m->C);
    b->gathered = new_buffer (b, FOVEA_F32, most_rows * m->C);
    b->pre = new_buffer (b, FOVEA_F32, most_rows * m->M);
    b->up = new_buffer (b, FOVEA_F32, most_rows * m->M);
    b->shares = new_buffer (b, FOVEA_F32, most_rows * m->K);
    draw_choices (b, most_rows);
}

static void
free_model (Bench *b)
{
    void *const buffers[] = {(void *) b->weights[0].data,
                             b->data,
                             b->x,
                             b->out,
                             b->gathered,
                             b->pre,
                             b->up,
                             b->shares,
                             b->chosen};
    for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        b->ops->free (b->device, buffers[i]);
    g_clear_pointer (&b->weights, g_free);
    g_clear_pointer (&b->chosen_host, g_free);
    g_clear_pointer (&b->lists, g_free);
    g_clear_pointer (&b->counts, g_free);
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    bool cuda = argc > 1 && strcmp (argv[1], "cuda") == 0;
    int rounds = CLAMP (argc > 2 ? atoi (argv[2]) : 5, 1, MOST_ROUNDS);
    Bench b = {.device = fovea_device_open (argc > 1 ? argv[1] : "cpu", 0, &error)};
    BenchRoof roof;
    if (b.device == NULL) {
        g_printerr ("bench-experts: %s\n", error->message);
        return 77;
    }
    b.ops = fovea_device_get_ops (b.device);
    int64_t n = (cuda ? 2 * (int64_t) ROOF_BYTES : 64 << 20) / 4;
    float *from = new_buffer (&b, FOVEA_F32, n), *to = new_buffer (&b, FOVEA_F32, n);
    bench_roof_measure (b.device, from, to, &roof);
    b.ops->free (b.device, from);
    b.ops->free (b.device, to);
    printf ("# %s\nmodel\tprecision\trows\tus\tone by one\tratio\tGB/s\tTFLOP/s\t%% of roof\n",
            fovea_device_describe (b.device));
    static const int64_t rows[] = {1, 4, 16, 512, 4096};
    for (guint model = 0; model < 2; model++) {
        b.model = cuda ? &gpu_models[model] : &cpu_models[model];
        make_model (&b, rows[G_N_ELEMENTS (rows) - 1]);
        for (int p = 0; p < 2; p++)
            for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
                b.precision = p == 0 ? FOVEA_PRECISION_BF16 : FOVEA_PRECISION_F32;
                if (rows[i] <= (cuda && p == 0 ? 4096 : 512))
                    run_case (&b, rows[i], rounds, &roof);
            }
        free_model (&b);
    }
    fovea_device_free (b.device);
    return 0;
}
