/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Times the operations that a forward pass spends its time in and prints a table of tab-separated
 * values. Usage: bench-ops [generic|avx2|avx512|amx|cuda [OP]]; without a name all instruction sets of
 * this processor, at the bundled model's sizes; cuda has those of Llama-1B; OP is part of the name of
 * the operations that are wanted. 77 = no such device.
 *
 * The roof of a row is what fovea_cost_*() says at the rates of bench-roof.h. Instruction sets take
 * turns within a round, so that a busy machine disturbs all of them alike; on a GPU each call works
 * on other parts of large buffers, so that nothing is found in its cache. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench-roof.h"

enum {
    ROUNDS = 7,
    MAX_SETS = 4,
    MAX_CASES = 64,
    PATTERN = 1 << 20 /* floats that the buffers repeat */
};

static const char *const set_names[MAX_SETS] = {"generic", "avx2", "avx512", "amx"};

typedef struct {
    int64_t T, chunk; /* rows of long and of ordinary calls */
    int64_t C, heads, kv_heads, width, hidden, V;
    int64_t floats, weights, statistics; /* elements of the buffers */
    double least_us;                     /* of one measurement */
} Sizes;

static const Sizes bundled = {2048, 512,  384,      12,         4,        32,
                              1024, 8192, 16 << 20, 384 * 8192, 16 << 20, 3000};
static const Sizes llama = {8192,    8192,     2048, 32, 8, 64, 8192, 128256, (int64_t) 512 << 20,
                            1 << 29, 64 << 20, 20000};

/* Device memory. Contents hardly matter for time, but no subnormals. */
typedef struct {
    float *x, *y, *up, *statistics;
    uint16_t *weights;
    double *columns;
} Buffers;

typedef struct {
    const Sizes *sizes;
    FoveaDevice *device;
    const FoveaOps *ops;
    Buffers b;
} Bench;

typedef struct _Case Case;
struct _Case {
    const char *op;
    int64_t rows, n_in, n_out; /* of products; n_in is the width of other rows, or the keys */
    FoveaPrecision precision;
    /* Runs it on the @turn-th part of the buffers, unless @bench has no operations; its cost. */
    FoveaCost (*run) (const Bench *bench, const Case *c, int64_t turn);
};

/* The @turn-th part of @n floats, round and round. */
static float *
part (const Bench *bench, float *buffer, int64_t n, int64_t turn)
{
    int64_t parts = MAX (bench->sizes->floats / n, 1);
    return buffer + (fovea_device_has_own_memory (bench->device) ? turn % parts : 0) * n;
}

static FoveaCost
run_linear (const Bench *bench, const Case *c, int64_t turn)
{
    int64_t cells = c->n_in * c->n_out, parts = MAX (bench->sizes->weights / cells, 1);
    bool own = fovea_device_has_own_memory (bench->device);
    const FoveaLinearArgs args = {.precision = c->precision,
                                  .rows = c->rows,
                                  .x = part (bench, bench->b.x, c->rows * c->n_in, turn),
                                  .x_stride = c->n_in,
                                  .y = part (bench, bench->b.y, c->rows * c->n_out, turn),
                                  .y_stride = c->n_out,
                                  .weight = {bench->b.weights + (own ? turn % parts : 0) * cells,
                                             FOVEA_BF16, c->n_out, c->n_in, c->n_in}};
    if (bench->ops != NULL)
        bench->ops->linear (bench->device, &args);
    return fovea_cost_linear (&args);
}

/* What attention's third number says: no rule but causal, a soft-cap, else a window's width. */
enum {
    CAPPED = 1,
    WINDOW = 1024
};

static FoveaAttendArgs
attend_args (const Bench *bench, const Case *c, int64_t turn)
{
    const Sizes *s = bench->sizes;
    int64_t n_kv = c->n_in * s->kv_heads * s->width, n_q = c->rows * s->heads * s->width;
    float *k = part (bench, bench->b.up, 2 * n_kv, turn);
    return (FoveaAttendArgs){.precision = c->precision,
                             .rule = {.scale = 1 / sqrtf ((float) s->width),
                                      .causal = true,
                                      .window = c->n_out == CAPPED ? 0 : c->n_out,
                                      .soft_cap = c->n_out == CAPPED ? 50 : 0},
                             .rows = c->rows,
                             .n_keys = c->n_in,
                             .heads = s->heads,
                             .kv_heads = s->kv_heads,
                             .width = s->width,
                             .first_query = c->n_in - c->rows,
                             .q = part (bench, bench->b.x, n_q, turn),
                             .k = k,
                             .v = k + n_kv,
                             .z = part (bench, bench->b.y, n_q, turn)};
}

static FoveaCost
attend (const Bench *bench, const FoveaAttendArgs *args)
{
    if (bench->ops != NULL)
        bench->ops->attend (bench->device, args);
    return fovea_cost_attend (args);
}

static FoveaCost
run_attend (const Bench *bench, const Case *c, int64_t turn)
{
    FoveaAttendArgs args = attend_args (bench, c, turn);
    return attend (bench, &args);
}

static float *
ask_statistics (const Bench *bench, FoveaAttendArgs *args)
{
    int64_t n = args->rows * args->heads;
    args->lse = bench->b.statistics;
    args->entropy = args->lse + n;
    args->max_weight = args->entropy + n;
    args->mean_distance = args->max_weight + n;
    args->first_mass = args->mean_distance + n;
    args->local_mass = args->first_mass + n;
    args->max_key = (int32_t *) (args->local_mass + n);
    return args->local_mass + 2 * n;
}

static FoveaCost
run_attend_rows (const Bench *bench, const Case *c, int64_t turn)
{
    FoveaAttendArgs args = attend_args (bench, c, turn);
    ask_statistics (bench, &args);
    return attend (bench, &args);
}

static FoveaCost
run_attend_capture (const Bench *bench, const Case *c, int64_t turn)
{
    FoveaAttendArgs args = attend_args (bench, c, turn);
    int64_t side = c->n_in / 64 + 1;
    args.block_mass = ask_statistics (bench, &args);
    args.block_max = args.block_mass + side * side * bench->sizes->heads;
    args.block_stride = side;
    args.column_mass = bench->b.columns;
    args.column_stride = c->n_in;
    return attend (bench, &args);
}

static FoveaCost
run_rectangle (const Bench *bench, const Case *c, int64_t turn)
{
    const Sizes *s = bench->sizes;
    const FoveaRectangleArgs args = {.rule = {.scale = 0.125f, .causal = true},
                                     .n_queries = c->rows,
                                     .n_keys = c->n_in,
                                     .width = s->width,
                                     .q = bench->b.x,
                                     .q_stride = s->heads * s->width,
                                     .k = bench->b.up,
                                     .k_stride = s->kv_heads * s->width,
                                     .lse = bench->b.statistics,
                                     .out = part (bench, bench->b.y, c->rows * c->n_in, turn)};
    if (bench->ops != NULL)
        bench->ops->rectangle (bench->device, &args);
    return fovea_cost_rectangle (&args);
}

static FoveaCost
run_norm (const Bench *bench, const Case *c, int64_t turn)
{
    const FoveaNormArgs args = {.kind = FOVEA_NORM_RMS,
                                .eps = 1e-5f,
                                .rows = c->rows,
                                .width = c->n_in,
                                .x = part (bench, bench->b.x, c->rows * c->n_in, turn),
                                .gain = bench->b.up,
                                .out = part (bench, bench->b.y, c->rows * c->n_in, turn)};
    if (bench->ops != NULL)
        bench->ops->norm (bench->device, &args);
    return fovea_cost_norm (&args);
}

static FoveaCost
run_rotary (const Bench *bench, const Case *c, int64_t turn)
{
    const Sizes *s = bench->sizes;
    int64_t n = c->rows * s->heads * s->width;
    const FoveaRotaryArgs args = {.rows = c->rows,
                                  .heads = s->heads,
                                  .width = s->width,
                                  .rotary_width = s->width,
                                  .cos = bench->b.up,
                                  .sin = bench->b.up + c->rows * s->width / 2,
                                  .x = part (bench, bench->b.x, n, turn),
                                  .out = part (bench, bench->b.y, n, turn)};
    if (bench->ops != NULL)
        bench->ops->rotary (bench->device, &args);
    return fovea_cost_rotary (&args);
}

static FoveaCost
run_activate (const Bench *bench, const Case *c, int64_t turn)
{
    int64_t n = c->rows * c->n_in;
    if (bench->ops != NULL)
        bench->ops->activate (bench->device, FOVEA_ACTIVATION_SILU,
                              part (bench, bench->b.x, n, turn), part (bench, bench->b.up, n, turn),
                              n, part (bench, bench->b.y, n, turn));
    return fovea_cost_activate (n, true);
}

static FoveaCost
run_add (const Bench *bench, const Case *c, int64_t turn)
{
    int64_t n = c->rows * c->n_in;
    if (bench->ops != NULL)
        bench->ops->add (bench->device, part (bench, bench->b.x, n, turn),
                         part (bench, bench->b.up, n, turn), n, part (bench, bench->b.y, n, turn));
    return fovea_cost_add (n);
}

static FoveaCost
run_convert (const Bench *bench, const Case *c, int64_t turn)
{
    int64_t n = c->rows * c->n_in;
    if (bench->ops != NULL)
        bench->ops->convert (bench->device, part (bench, bench->b.x, n, turn), FOVEA_BF16, n,
                             part (bench, bench->b.y, n, turn));
    return fovea_cost_convert (FOVEA_BF16, n);
}

static FoveaCost
run_find_nan (const Bench *bench, const Case *c, int64_t turn)
{
    if (bench->ops != NULL)
        bench->ops->find_nan (bench->device, part (bench, bench->b.x, c->rows * c->n_in, turn),
                              c->rows, c->n_in, (int32_t *) bench->b.statistics);
    return fovea_cost_find_nan (c->rows, c->n_in);
}

/* Rows of ids or targets from all over the vocabulary. */
static int32_t *
new_ids (int64_t n, int64_t V, int64_t turn)
{
    int32_t *ids = g_new (int32_t, n);
    for (int64_t i = 0; i < n; i++)
        ids[i] = (int32_t) ((i * 7919 + turn * 104729) % V);
    return ids;
}

static FoveaCost
run_embed (const Bench *bench, const Case *c, int64_t turn)
{
    const FoveaWeight table = {bench->b.weights, FOVEA_BF16, bench->sizes->V, c->n_in, c->n_in};
    g_autofree int32_t *ids = new_ids (c->rows, bench->sizes->V, turn);
    if (bench->ops != NULL)
        bench->ops->embed (bench->device, &table, ids, c->rows,
                           part (bench, bench->b.y, c->rows * c->n_in, turn));
    return fovea_cost_embed (&table, c->rows);
}

static FoveaCost
run_cross_entropy (const Bench *bench, const Case *c, int64_t turn)
{
    g_autofree int32_t *targets = new_ids (c->rows, c->n_in, turn);
    if (bench->ops != NULL)
        bench->ops->cross_entropy (bench->device, part (bench, bench->b.x, c->rows * c->n_in, turn),
                                   targets, c->rows, c->n_in, bench->b.statistics);
    return fovea_cost_cross_entropy (c->rows, c->n_in);
}

static guint
list_cases (const Sizes *s, FoveaPrecision fast, Case *cases)
{
    const FoveaPrecision f32 = FOVEA_PRECISION_F32, tf32 = FOVEA_PRECISION_TF32;
    int64_t R = s->chunk, T = s->T, K = MIN (T, 4096), few = 256;
    const Case all[] = {
        {"linear", R, s->C, s->C, f32, run_linear},
        {"linear", R, s->C, s->hidden, f32, run_linear},
        {"linear", R, s->hidden, s->C, f32, run_linear},
        {"linear", R, s->C, s->hidden, tf32, run_linear},
        {"linear", R, s->C, s->C, fast, run_linear},
        {"linear", R, s->C, s->hidden, fast, run_linear},
        {"linear", R, s->hidden, s->C, fast, run_linear},
        {"linear", few, s->C, s->V, fast, run_linear},
        {"linear", 1, s->C, s->hidden, f32, run_linear},
        {"linear", 1, s->C, s->V, f32, run_linear},
        {"linear", 1, s->C, s->hidden, fast, run_linear},
        {"linear", 1, s->C, s->V, fast, run_linear},
        {"attend", 512, 512, 0, f32, run_attend},
        {"attend capture", 512, 512, 0, f32, run_attend_capture},
        {"attend", K, K, 0, f32, run_attend},
        {"attend capture", K, K, 0, f32, run_attend_capture},
        {"attend", T, T, 0, fast, run_attend},
        {"attend rows", T, T, 0, fast, run_attend_rows},
        {"attend capture", T, T, 0, fast, run_attend_capture},
        {"attend capture", T, T, 0, FOVEA_PRECISION_F16, run_attend_capture},
        {"attend", T, T, CAPPED, fast, run_attend},
        {"attend capture", T, T, CAPPED, fast, run_attend_capture},
        {"attend", T, T, WINDOW, fast, run_attend},
        {"attend capture", T, T, WINDOW, fast, run_attend_capture},
        {"attend decode", 1, K, 0, fast, run_attend},
        {"attend decode rows", 1, K, 0, fast, run_attend_rows},
        {"attend decode", 1, 8 * K, 0, fast, run_attend},
        {"attend decode rows", 1, 8 * K, 0, fast, run_attend_rows},
        {"rectangle", 1024, 1024, 0, f32, run_rectangle},
        {"norm", T, s->C, 0, f32, run_norm},
        {"norm", 1, s->C, 0, f32, run_norm},
        {"rotary", T, s->heads * s->width, 0, f32, run_rotary},
        {"activate", T, s->hidden, 0, f32, run_activate},
        {"add", T, s->C, 0, f32, run_add},
        {"convert", T, s->C, 0, f32, run_convert},
        {"find_nan", T, s->C, 0, f32, run_find_nan},
        {"embed", T, s->C, 0, f32, run_embed},
        {"cross_entropy", few, s->V, 0, f32, run_cross_entropy},
    };
    memcpy (cases, all, sizeof all);
    return G_N_ELEMENTS (all);
}

/* Repeats a pattern over a buffer of the device. */
static void
fill (const Bench *bench, void *buffer, const void *pattern, size_t unit, size_t bytes)
{
    bench->ops->write (bench->device, buffer, pattern, MIN (unit, bytes));
    for (size_t done = unit; done < bytes; done *= 2) {
        size_t n = MIN (done, bytes - done);
        bench->ops->copy_rows (bench->device, (char *) buffer + done, n, buffer, n, 1, n);
    }
}

static void *
new_buffer (const Bench *bench, const void *pattern, size_t unit, size_t bytes)
{
    void *buffer = bench->ops->alloc (bench->device, bytes);
    if (buffer == NULL)
        return NULL;
    fill (bench, buffer, pattern, unit, bytes);
    return buffer;
}

/* False if there is no room. */
static bool
make_buffers (Bench *bench)
{
    const Sizes *s = bench->sizes;
    g_autofree float *pattern = g_new (float, PATTERN);
    g_autofree uint16_t *small = g_new (uint16_t, PATTERN);
    for (int i = 0; i < PATTERN; i++)
        pattern[i] = (float) (i * 2654435761u % 1000) * 0.004f - 2;
    fovea_dtype_from_f32 (pattern, PATTERN, FOVEA_BF16, small);
    size_t unit = PATTERN * sizeof (float), bytes = (size_t) s->floats * sizeof (float);
    bench->b.x = new_buffer (bench, pattern, unit, bytes);
    bench->b.y = new_buffer (bench, pattern, unit, bytes);
    bench->b.up = new_buffer (bench, pattern, unit, bytes);
    bench->b.statistics =
        new_buffer (bench, pattern, unit, (size_t) s->statistics * sizeof (float));
    bench->b.weights = new_buffer (bench, small, unit / 2, (size_t) s->weights * sizeof (uint16_t));
    size_t columns = (size_t) (s->heads * s->T) * sizeof (double);
    bench->b.columns = bench->ops->alloc (bench->device, columns);
    if (bench->b.columns != NULL)
        bench->ops->zero (bench->device, bench->b.columns, columns);
    return !fovea_device_has_failed (bench->device);
}

static void
free_buffers (const Bench *bench)
{
    void *const buffers[] = {bench->b.x,          bench->b.y,       bench->b.up,
                             bench->b.statistics, bench->b.weights, bench->b.columns};
    for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        bench->ops->free (bench->device, buffers[i]);
}

/* Of one call among as many as take the least time, waited for together. */
static double
time_us (const Bench *bench, const Case *c)
{
    gint64 elapsed = 0, repeats = 1;
    for (;; repeats *= 2) {
        gint64 start = g_get_monotonic_time ();
        for (gint64 turn = 0; turn < repeats; turn++)
            c->run (bench, c, turn);
        fovea_device_sync (bench->device, NULL);
        elapsed = g_get_monotonic_time () - start;
        if ((double) elapsed >= bench->sizes->least_us || fovea_device_has_failed (bench->device))
            break;
    }
    return (double) elapsed / (double) repeats;
}

static int
compare_doubles (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/* A line a device. @names: of the devices. */
static void
run_case (Bench *benches, const char *const *names, int n, const Case *c, const BenchRoof *roof)
{
    double us[MAX_SETS][ROUNDS];
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < n; i++)
            us[i][round] = time_us (&benches[i], c);
    Bench counting = benches[0];
    counting.ops = NULL;
    FoveaCost cost = c->run (&counting, c, 0);
    for (int i = 0; i < n; i++) {
        qsort (us[i], ROUNDS, sizeof us[i][0], compare_doubles);
        double median = us[i][ROUNDS / 2];
        printf ("%s\t%s %s\t%ldx%ldx%ld\t%.1f\t%.2f\t%.3f\t%.0f\n", names[i], c->op,
                fovea_precision_name (c->precision), (long) c->rows, (long) c->n_in,
                (long) c->n_out, median, cost.bytes / median * 1e-3, cost.flops / median * 1e-6,
                100 * bench_roof_us (roof, c->precision, cost) / median);
    }
    fflush (stdout);
}

static void
print_roof (FoveaDevice *device, const BenchRoof *roof)
{
    printf ("# %s: copy %.0f GB/s, products", fovea_device_describe (device),
            roof->bytes_per_us * 1e-3);
    for (int p = 0; p < FOVEA_N_PRECISIONS; p++)
        if (roof->flop_per_us[p] > 0)
            printf (" %s %.2f", fovea_precision_name ((FoveaPrecision) p),
                    roof->flop_per_us[p] * 1e-6);
    printf (" TFLOP/s\nset\top\tshape\tmedian us\tGB/s\tTFLOP/s\t%% of roof\n");
}

/* CPU devices of the asked sets, or the GPU. */
static int
open_devices (const char *asked, Bench *benches, const char **names)
{
    bool cuda = asked != NULL && strcmp (asked, "cuda") == 0;
    g_autoptr (GError) error = NULL;
    int n = 0;
    for (int i = 0; i < MAX_SETS && !cuda; i++) {
        g_setenv ("FOVEA_CPU", set_names[i], TRUE);
        bool wanted = asked == NULL || strcmp (asked, set_names[i]) == 0;
        names[n] = set_names[i];
        benches[n].device = wanted ? fovea_device_open ("cpu", 0, NULL) : NULL;
        n += benches[n].device != NULL;
    }
    if (cuda) {
        names[0] = "cuda";
        benches[0].device = fovea_device_open ("cuda", 0, &error);
        n = benches[0].device != NULL;
        if (n == 0)
            g_printerr ("%s\n", error->message);
    }
    for (int i = 0; i < n; i++) {
        benches[i].sizes = cuda ? &llama : &bundled;
        benches[i].ops = fovea_device_get_ops (benches[i].device);
    }
    return n;
}

int
main (int argc, char **argv)
{
    Bench benches[MAX_SETS] = {0};
    const char *names[MAX_SETS];
    g_autoptr (GError) error = NULL;
    BenchRoof roof;
    Case cases[MAX_CASES];
    int n = open_devices (argc > 1 ? argv[1] : NULL, benches, names);
    if (n == 0)
        return 77;
    bool made = make_buffers (&benches[0]);
    for (int i = 1; i < n; i++)
        benches[i].b = benches[0].b; /* host memory serves all instruction sets */
    if (made) {
        bench_roof_measure (benches[n - 1].device, benches[0].b.x, benches[0].b.y, &roof);
        print_roof (benches[n - 1].device, &roof);
    }
    guint n_cases = list_cases (benches[0].sizes, FOVEA_PRECISION_BF16, cases);
    for (guint i = 0; made && i < n_cases; i++)
        if ((argc < 3 || strstr (cases[i].op, argv[2]) != NULL) &&
            fovea_device_check_precision (benches[0].device, cases[i].precision, NULL))
            run_case (benches, names, n, &cases[i], &roof);
    bool ok = fovea_device_sync (benches[0].device, &error);
    if (!ok)
        g_printerr ("%s\n", error->message);
    free_buffers (&benches[0]);
    for (int i = 0; i < n; i++)
        fovea_device_free (benches[i].device);
    return ok ? 0 : 1;
}
