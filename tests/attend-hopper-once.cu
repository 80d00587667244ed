/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One launch of each Hopper attention kernel at a size that compute-sanitizer's racecheck can follow:
 * test-attend launches hundreds, and did not end under it in 75 s.
 *
 *   nvcc -lineinfo -std=c++17 -gencode arch=compute_90a,code=sm_90a -I . -o once \
 *        tests/attend-hopper-once.cu kernels/cuda/attend-hopper.cu kernels/cuda/attend-hopper-columns.cu
 *   compute-sanitizer --tool racecheck ./once WIDTH ROWS attend|rows|columns|behind [PROCESSORS]
 *
 * `behind` is `columns` without waiting for the rows, as the module runs them.
 * Told of one processor, 800 rows are shared out as many rows are on all of them: with spare warps that
 * end the blocks, and in `rows`, which asks for no blocks, with four consumers at widths below 128.
 * Prints what the rows give away in all, a mass of 1 each; exit status 1 where it is not, or in `rows`
 * where an output is not finite. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vector>

#include "kernels/cuda/attend-hopper.h"

static void
must (cudaError_t status, const char *what)
{
    if (status == cudaSuccess)
        return;
    fprintf (stderr, "%s: %s\n", what, cudaGetErrorString (status));
    exit (2);
}

/* Device memory, every byte of it @poison. */
static void *
memory (size_t bytes, int poison)
{
    void *p;
    must (cudaMalloc (&p, bytes), "cudaMalloc");
    must (cudaMemset (p, poison, bytes), "cudaMemset");
    return p;
}

static void *
random_bf16 (size_t n, uint32_t seed)
{
    std::vector<uint16_t> x (n);
    for (auto &v : x) {
        seed = seed * 1664525u + 1013904223u;
        /* Sign and seven bits of mantissa by chance, exponents of 1/4 to 2. */
        v = (uint16_t) ((seed >> 16 & 0x807f) | (125 + (seed >> 8 & 3)) << 7);
    }
    void *p = memory (2 * n, 0);
    must (cudaMemcpy (p, x.data (), 2 * n, cudaMemcpyHostToDevice), "cudaMemcpy");
    return p;
}

/* Everything the pass can give, of one head. */
static FoveaHopperAttend
attend_of (int64_t width, int64_t rows)
{
    FoveaHopperAttend a = {rows, rows, 0, 1, 1, width, 1 / sqrtf ((float) width), true};
    a.q = random_bf16 ((size_t) (rows * width), 1);
    a.k = random_bf16 ((size_t) (rows * width), 2);
    a.v = random_bf16 ((size_t) (rows * width), 3);
    a.z = (float *) memory ((size_t) (rows * width) * 4, 0xff);
    float **row[] = {&a.lse,           &a.entropy,    &a.max_weight,
                     &a.mean_distance, &a.first_mass, &a.local_mass};
    for (float **r : row)
        *r = (float *) memory ((size_t) rows * 4, 0xff);
    a.max_key = (int32_t *) memory ((size_t) rows * 4, 0xff);
    a.block_stride = (rows + 63) / 64;
    a.block_mass = (float *) memory ((size_t) (a.block_stride * a.block_stride) * 4, 0);
    a.block_max = (float *) memory ((size_t) (a.block_stride * a.block_stride) * 4, 0);
    return a;
}

template <typename T>
static double
total (const T *device, size_t n)
{
    std::vector<T> x (n);
    must (cudaMemcpy (x.data (), device, n * sizeof (T), cudaMemcpyDeviceToHost), "a result");
    double sum = 0;
    for (T v : x)
        sum += (double) v;
    return sum;
}

int
main (int argc, char **argv)
{
    if (argc < 4 || argc > 5) {
        fprintf (stderr, "usage: %s WIDTH ROWS attend|rows|columns|behind [PROCESSORS]\n", argv[0]);
        return 2;
    }
    FoveaHopperAttend a = attend_of (atoll (argv[1]), atoll (argv[2]));
    if (!fovea_hopper_attend_supports (&a)) {
        fprintf (stderr, "width %s, %s rows: not served\n", argv[1], argv[2]);
        return 2;
    }
    cudaDeviceProp device;
    must (cudaGetDeviceProperties (&device, 0), "device 0");
    int n = argc == 5 ? atoi (argv[4]) : device.multiProcessorCount;
    bool no_blocks = strcmp (argv[3], "rows") == 0;
    if (no_blocks)
        a.block_mass = a.block_max = NULL;
    bool behind = strcmp (argv[3], "behind") == 0;
    FoveaHopperColumns c = {a.rows, a.n_keys, 0, 1, 1, a.width, a.scale, true, a.q, a.k, a.lse};
    c.column_mass = (double *) memory ((size_t) a.n_keys * 8, 0);
    c.column_stride = a.n_keys;
    void *more = memory (fovea_hopper_columns_scratch (&c), 0xff);
    a.columns_scratch = behind ? more : NULL;
    c.rows_marked = fovea_hopper_attend_leads (&a, n);
    void *scratch = memory (fovea_hopper_attend_scratch (&a, n), 0xff);
    must (fovea_hopper_attend (&a, scratch, n, 0), "attend");
    if (behind)
        must (fovea_hopper_columns (&c, more, n, 0), "columns");
    must (cudaDeviceSynchronize (), "attend");
    double mass = no_blocks ? a.rows + 0 * (total (a.z, (size_t) (a.rows * a.width)) +
                                            total (a.entropy, (size_t) a.rows))
                            : total (a.block_mass, (size_t) (a.block_stride * a.block_stride));
    if (strcmp (argv[3], "columns") == 0) {
        must (fovea_hopper_columns (&c, more, n, 0), "columns");
        must (cudaDeviceSynchronize (), "columns");
    }
    if (behind || strcmp (argv[3], "columns") == 0)
        mass = total (c.column_mass, (size_t) a.n_keys);
    printf ("width %s, %s rows, %s: mass %.6f of a row\n", argv[1], argv[2], argv[3],
            mass / (double) a.rows);
    return fabs (mass / (double) a.rows - 1) < 1e-4 ? 0 : 1;
}
