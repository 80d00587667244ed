/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rates of a device, each the best of several rounds: a roof is what it can do when nothing
 * disturbs it. */
#include "tests/bench-roof.h"

#include <string.h>

enum {
    ROUNDS = 5,
    PART = 4 << 20, /* bytes that a thread copies at a time */
    CPU_COPY = 64 << 20,
    SIDE = 8192 /* of a GPU's product */
};

#define GPU_COPY ((size_t) 2 << 30)

typedef struct {
    const char *from;
    char *to;
} Copy;

static void
copy_part (void *data, int64_t i, int worker)
{
    const Copy *copy = data;
    memcpy (copy->to + i * PART, copy->from + i * PART, PART);
}

static void
copy_all (FoveaDevice *device, void *from, void *to, size_t bytes)
{
    Copy copy = {from, to};
    if (fovea_device_has_own_memory (device))
        fovea_device_get_ops (device)->copy_rows (device, to, bytes, from, bytes, 1, bytes);
    else
        fovea_threads_loop (fovea_device_get_threads (device), (int64_t) (bytes / PART), copy_part,
                            &copy);
}

static double
measure_copy (FoveaDevice *device, void *from, void *to)
{
    size_t bytes = fovea_device_has_own_memory (device) ? GPU_COPY : CPU_COPY;
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        gint64 start = g_get_monotonic_time ();
        copy_all (device, from, to, bytes);
        fovea_device_sync (device, NULL);
        best = MAX (best, 2.0 * (double) bytes / (double) (g_get_monotonic_time () - start));
    }
    return best;
}

typedef float Wide __attribute__ ((vector_size (64)));

/* Twelve independent chains of vector products and sums in registers. */
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
measure_registers (FoveaDevice *device)
{
    float out[64];
    int n = MIN (fovea_threads_count (fovea_device_get_threads (device)), 64);
    gint64 start = g_get_monotonic_time ();
    fovea_threads_loop (fovea_device_get_threads (device), n, multiply_registers, out);
    return 12.0 * 16 * 2 * 1e6 * n / (double) (g_get_monotonic_time () - start);
}

static double
measure_product (FoveaDevice *device, FoveaPrecision precision, void *from, void *to)
{
    static const FoveaDtype types[FOVEA_N_PRECISIONS] = {FOVEA_F32, FOVEA_BF16, FOVEA_F16,
                                                         FOVEA_F32};
    const FoveaOps *ops = fovea_device_get_ops (device);
    float *weight = (float *) from + (size_t) SIDE * SIDE;
    if (types[precision] != FOVEA_F32) {
        weight += (size_t) SIDE * SIDE;
        ops->convert (device, from, types[precision], (int64_t) SIDE * SIDE, weight);
    }
    const FoveaLinearArgs args = {.precision = precision,
                                  .rows = SIDE,
                                  .x = from,
                                  .x_stride = SIDE,
                                  .weight = {weight, types[precision], SIDE, SIDE, SIDE},
                                  .y = to,
                                  .y_stride = SIDE};
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        gint64 start = g_get_monotonic_time ();
        for (int i = 0; i < 3; i++) /* the input is rounded once */
            ops->linear (device, &args);
        fovea_device_sync (device, NULL);
        double us = (double) (g_get_monotonic_time () - start);
        best = MAX (best, 3 * fovea_cost_linear (&args).flops / us);
    }
    return best;
}

void
bench_roof_measure (FoveaDevice *device, void *from, void *to, BenchRoof *roof)
{
    bool own = fovea_device_has_own_memory (device);
    double registers = own ? 0 : measure_registers (device);
    roof->bytes_per_us = measure_copy (device, from, to);
    for (int p = 0; p < FOVEA_N_PRECISIONS; p++) {
        bool served = fovea_device_check_precision (device, (FoveaPrecision) p, NULL);
        roof->flop_per_us[p] = !served ? 0
                               : own   ? measure_product (device, (FoveaPrecision) p, from, to)
                                       : registers;
    }
}

double
bench_roof_us (const BenchRoof *roof, FoveaPrecision precision, FoveaCost cost)
{
    double rate = roof->flop_per_us[precision];
    double products = rate > 0 ? cost.flops / rate : 0;
    return MAX (cost.bytes / roof->bytes_per_us, products);
}
