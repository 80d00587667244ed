/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Times the operations that a forward pass of the bundled model spends its time in, and prints a
 * table of tab-separated values: set, op, shape, median us, GB/s, TFLOP/s, % of roof.
 *
 * The roof of a row is the larger of bytes / memory bandwidth and flop / vector rate. Both are
 * measured first, on the same threads: a copy of 64 MiB, and fused products on registers. So a
 * product on AMX tiles may pass 100 %. Instruction sets take turns within a round, so that a busy
 * machine disturbs all of them alike. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/device.h"

enum {
    ROUNDS = 7,
    MAX_SETS = 4,
    T = 2048,
    C = 384,
    HEADS = 12,
    KV_HEADS = 4,
    WIDTH = 32,
    HIDDEN = 1024,
    V = 8192
};

static const char *const set_names[MAX_SETS] = {"generic", "avx2", "avx512", "amx"};

/* Inputs of the largest case; contents hardly matter for time, but no subnormals. */
typedef struct {
    float *x, *y, *up, *statistics;
    uint16_t *weights;
    double *columns;
} Buffers;

typedef struct {
    const char *op;
    int64_t rows, n_in, n_out; /* of products; n_in is the width of other rows */
    FoveaPrecision precision;
    void (*run) (FoveaDevice *device, const Buffers *b, const void *bench_case);
    double bytes, flops;
} Case;

static void
run_linear (FoveaDevice *device, const Buffers *b, const void *data)
{
    const Case *c = data;
    FoveaLinearArgs args = {.precision = c->precision,
                            .rows = c->rows,
                            .x = b->x,
                            .x_stride = c->n_in,
                            .y = b->y,
                            .y_stride = c->n_out,
                            .weight = {b->weights, FOVEA_BF16, c->n_out, c->n_in, c->n_in, false}};
    fovea_ops_cpu.linear (device, &args);
}

static FoveaAttendArgs
attend_args (const Buffers *b, const Case *c)
{
    return (FoveaAttendArgs){.rule = {.scale = 0.17677669f, .causal = true},
                             .rows = c->rows,
                             .n_keys = c->n_in,
                             .heads = HEADS,
                             .kv_heads = KV_HEADS,
                             .width = WIDTH,
                             .first_query = c->n_in - c->rows,
                             .q = b->x,
                             .k = b->up,
                             .v = b->up + c->n_in * KV_HEADS * WIDTH,
                             .z = b->y};
}

static void
run_attend (FoveaDevice *device, const Buffers *b, const void *data)
{
    FoveaAttendArgs args = attend_args (b, data);
    fovea_ops_cpu.attend (device, &args);
}

static void
run_attend_capture (FoveaDevice *device, const Buffers *b, const void *data)
{
    const Case *c = data;
    FoveaAttendArgs args = attend_args (b, c);
    int64_t n = c->rows * HEADS, blocks = (c->n_in / 64 + 1) * (c->n_in / 64 + 1) * HEADS;
    args.lse = b->statistics;
    args.entropy = args.lse + n;
    args.max_weight = args.entropy + n;
    args.mean_distance = args.max_weight + n;
    args.first_mass = args.mean_distance + n;
    args.local_mass = args.first_mass + n;
    args.max_key = (int32_t *) (args.local_mass + n);
    args.block_mass = args.local_mass + 2 * n;
    args.block_max = args.block_mass + blocks;
    args.block_stride = c->n_in / 64 + 1;
    args.column_mass = b->columns;
    args.column_stride = c->n_in;
    fovea_ops_cpu.attend (device, &args);
}

static void
run_norm (FoveaDevice *device, const Buffers *b, const void *data)
{
    const Case *c = data;
    FoveaNormArgs args = {.kind = FOVEA_NORM_RMS,
                          .eps = 1e-5f,
                          .rows = c->rows,
                          .width = c->n_in,
                          .x = b->x,
                          .gain = b->up,
                          .out = b->y};
    fovea_ops_cpu.norm (device, &args);
}

static void
run_activate (FoveaDevice *device, const Buffers *b, const void *data)
{
    const Case *c = data;
    fovea_ops_cpu.activate (device, FOVEA_ACTIVATION_SILU, b->x, b->up, c->rows * c->n_in, b->y);
}

static void
run_add (FoveaDevice *device, const Buffers *b, const void *data)
{
    const Case *c = data;
    fovea_ops_cpu.add (device, b->x, b->up, c->rows * c->n_in, b->y);
}

static Case
linear_case (int64_t rows, int64_t n_in, int64_t n_out, FoveaPrecision precision)
{
    return (Case){precision == FOVEA_PRECISION_BF16 ? "linear bf16" : "linear f32",
                  rows,
                  n_in,
                  n_out,
                  precision,
                  run_linear,
                  4.0 * (double) (rows * (n_in + n_out)) + 2.0 * (double) (n_in * n_out),
                  2.0 * (double) (rows * n_in * n_out)};
}

/* Causal: query i sees i + 1 keys. */
static Case
attend_case (int64_t rows, int64_t n_keys, bool capture)
{
    double pairs = (double) rows * ((double) n_keys - (double) (rows - 1) / 2);
    double bytes = 4.0 * (double) (2 * rows * HEADS + 2 * n_keys * KV_HEADS) * WIDTH;
    return (Case){capture ? "attend capture" : "attend",
                  rows,
                  n_keys,
                  HEADS * WIDTH,
                  FOVEA_PRECISION_F32,
                  capture ? run_attend_capture : run_attend,
                  bytes,
                  4.0 * pairs * HEADS * WIDTH};
}

static Case
row_case (const char *op,
          int64_t width,
          double bytes_each,
          void (*run) (FoveaDevice *, const Buffers *, const void *))
{
    return (Case){op, T, width, width, FOVEA_PRECISION_F32, run, bytes_each * T * (double) width,
                  0};
}

static Buffers
new_buffers (void)
{
    gsize n = (gsize) T * V;
    Buffers b = {g_new (float, n),
                 g_new (float, n),
                 g_new (float, n),
                 g_new0 (float, n),
                 g_new (uint16_t, (gsize) C * V),
                 g_new0 (double, (gsize) HEADS *T)};
    for (gsize i = 0; i < n; i++) {
        b.x[i] = (float) (i * 2654435761u % 1000) * 0.004f - 2;
        b.up[i] = (float) (i * 40503u % 1000) * 0.004f - 2;
        b.y[i] = 0;
    }
    fovea_dtype_from_f32 (b.x, (gsize) C * V, FOVEA_BF16, b.weights);
    return b;
}

static double
time_us (FoveaDevice *device, const Buffers *b, const Case *c)
{
    gint64 start = g_get_monotonic_time ();
    int repeats = 0;
    do {
        c->run (device, b, c);
        repeats++;
    } while (g_get_monotonic_time () - start < 3000);
    return (double) (g_get_monotonic_time () - start) / repeats;
}

static int
compare_doubles (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/* Part of a copy, to find the memory's rate. */
static void
copy_part (void *data, int64_t i, int worker)
{
    const Buffers *b = data;
    memcpy (b->y + i * (1 << 20), b->x + i * (1 << 20), (1 << 20) * sizeof (float));
}

static double
bytes_per_us (FoveaDevice *device, Buffers *b)
{
    double best = 0;
    for (int round = 0; round < 5; round++) {
        gint64 start = g_get_monotonic_time ();
        fovea_threads_loop (fovea_device_get_threads (device), 16, copy_part, b);
        best = MAX (best, 2.0 * (64 << 20) / (double) (g_get_monotonic_time () - start));
    }
    return best;
}

typedef float Wide __attribute__ ((vector_size (64)));

/* Eight independent chains of vector products and sums in registers. */
#ifdef __x86_64__
__attribute__ ((target ("avx512f"), optimize ("O3", "fp-contract=fast")))
#endif
static void
multiply_registers (void *data, int64_t i, int worker)
{
    Wide sum[12], factor = {0};
    for (int c = 0; c < 12; c++)
        sum[c] = (Wide){0} + (float) c;
    float *out = data;
    factor += 1.0f - 1e-6f * (float) i;
    for (int n = 0; n < 1000000; n++)
        for (int c = 0; c < 12; c++)
            sum[c] = sum[c] * factor + factor;
    for (int c = 1; c < 12; c++)
        sum[0] += sum[c];
    out[i] = sum[0][0];
}

static double
flop_per_us (FoveaDevice *device)
{
    float out[64];
    int n = MIN (fovea_threads_count (fovea_device_get_threads (device)), 64);
    gint64 start = g_get_monotonic_time ();
    fovea_threads_loop (fovea_device_get_threads (device), n, multiply_registers, out);
    return 12.0 * 16 * 2 * 1e6 * n / (double) (g_get_monotonic_time () - start);
}

static void
run_case (FoveaDevice **devices, const Buffers *b, const Case *c, double bandwidth, double rate)
{
    double us[MAX_SETS][ROUNDS];
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < MAX_SETS; i++)
            us[i][round] = devices[i] != NULL ? time_us (devices[i], b, c) : 0;
    for (int i = 0; i < MAX_SETS; i++) {
        if (devices[i] == NULL)
            continue;
        qsort (us[i], ROUNDS, sizeof us[i][0], compare_doubles);
        double median = us[i][ROUNDS / 2], roof = MAX (c->bytes / bandwidth, c->flops / rate);
        printf ("%s\t%s\t%ldx%ldx%ld\t%.1f\t%.2f\t%.3f\t%.0f\n", set_names[i], c->op,
                (long) c->rows, (long) c->n_in, (long) c->n_out, median, c->bytes / median * 1e-3,
                c->flops / median * 1e-6, 100 * roof / median);
    }
    fflush (stdout);
}

int
main (int argc, char **argv)
{
    FoveaDevice *devices[MAX_SETS], *any = NULL;
    for (int i = 0; i < MAX_SETS; i++) {
        g_setenv ("FOVEA_CPU", set_names[i], TRUE);
        bool wanted = argc < 2 || strcmp (argv[1], set_names[i]) == 0;
        devices[i] = wanted ? fovea_device_open ("cpu", 0, NULL) : NULL;
        any = devices[i] != NULL ? devices[i] : any;
    }
    if (any == NULL)
        return 77;
    Buffers b = new_buffers ();
    double bandwidth = bytes_per_us (any, &b), rate = flop_per_us (any);
    printf ("# %s: copy %.1f GB/s, vector products %.0f GFLOP/s\n", fovea_device_describe (any),
            bandwidth * 1e-3, rate * 1e-3);
    printf ("set\top\tshape\tmedian us\tGB/s\tTFLOP/s\t%% of roof\n");
    const Case cases[] = {
        linear_case (512, C, C, FOVEA_PRECISION_F32),
        linear_case (512, C, HIDDEN, FOVEA_PRECISION_F32),
        linear_case (512, HIDDEN, C, FOVEA_PRECISION_F32),
        linear_case (512, C, V, FOVEA_PRECISION_F32),
        linear_case (T, C, HIDDEN, FOVEA_PRECISION_F32),
        linear_case (512, C, C, FOVEA_PRECISION_BF16),
        linear_case (512, C, HIDDEN, FOVEA_PRECISION_BF16),
        linear_case (512, C, V, FOVEA_PRECISION_BF16),
        linear_case (1, C, HIDDEN, FOVEA_PRECISION_F32),
        linear_case (1, C, V, FOVEA_PRECISION_F32),
        attend_case (512, 512, false),
        attend_case (512, 512, true),
        attend_case (T, T, false),
        attend_case (T, T, true),
        attend_case (1, T, false),
        row_case ("norm", C, 8, run_norm),
        row_case ("activate", HIDDEN, 12, run_activate),
        row_case ("add", C, 12, run_add),
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        run_case (devices, &b, &cases[i], bandwidth, rate);
    for (int i = 0; i < MAX_SETS; i++)
        fovea_device_free (devices[i]);
    g_free (b.x);
    g_free (b.y);
    g_free (b.up);
    g_free (b.statistics);
    g_free (b.weights);
    g_free (b.columns);
    return 0;
}
