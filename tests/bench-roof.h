/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a device can do at most, measured on it: what benchmarks divide by. */
#include "kernels/cost.h"
#include "kernels/device.h"

typedef struct {
    double bytes_per_us;
    double flop_per_us[FOVEA_N_PRECISIONS]; /* 0 where the precision is not served */
} BenchRoof;

/**
 * bench_roof_measure:
 * @from: device memory: 2 GiB on a GPU, 64 MiB on a CPU, of ordinary numbers
 * @to: as much
 *
 * A copy from @from to @to, read and written bytes together. On a CPU the rate is that of fused vector
 * products in registers, for all precisions, so that AMX tiles may pass it; on a GPU that of a square
 * product of 8192 (cuBLAS's), each precision its own.
 */
void bench_roof_measure (FoveaDevice *device, void *from, void *to, BenchRoof *roof);

/**
 * bench_roof_us:
 *
 * Microseconds under which the work cannot be done.
 */
double bench_roof_us (const BenchRoof *roof, FoveaPrecision precision, FoveaCost cost);
