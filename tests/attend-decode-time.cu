/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Times attention of one row behind a cache by itself: what the GPU takes (a graph of calls, so that no host
 * is in the way), and what a host takes to enqueue a call. bench-ops has both together, as a forward pass does.
 *
 *     nvcc -O3 -std=c++17 -arch=sm_90 -I . -o decode-time tests/attend-decode-time.cu \
 *         kernels/cuda/attend-decode.cu kernels/cuda/attend-decode-join.cu
 *     ./decode-time [HEADS KV_HEADS WIDTH]
 *
 * Caches are taken in turns, 256 MB of them, so that none is found in the L2 cache. */
#include <cuda_runtime.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "kernels/cuda/attend-decode.cuh"
#include "kernels/cuda/attend-general.cuh"

enum {
    CALLS = 64, /* of a graph */
    ROUNDS = 15
};

#define CHECK(call) check (call, #call)

static void
check (cudaError_t status, const char *what)
{
    if (status == cudaSuccess)
        return;
    fprintf (stderr, "%s: %s\n", what, cudaGetErrorString (status));
    exit (1);
}

static __global__ void
fill (float *x, size_t n)
{
    for (size_t i = blockIdx.x * (size_t) blockDim.x + threadIdx.x; i < n;
         i += (size_t) gridDim.x * blockDim.x)
        x[i] = (float) ((unsigned) i * 2654435761u % 1000) * 0.004f - 2;
}

/* Device memory that nothing gives back: the process ends soon. */
static float *
take (size_t n)
{
    float *x;
    CHECK (cudaMalloc (&x, n * sizeof *x));
    fill<<<1024, 256>>> (x, n);
    CHECK (cudaDeviceSynchronize ());
    return x;
}

/* Calls of one shape, each on the next of some caches. */
struct Calls {
    std::vector<FoveaAttendArgs> each;
    void *scratch;

    Calls (int64_t n_keys, int64_t heads, int64_t kv_heads, int64_t width, bool rows)
    {
        size_t cache = (size_t) (n_keys * kv_heads * width), n = heads * width;
        size_t caches = std::max<size_t> (2, ((size_t) 32 << 20) / cache);
        float *q = take (n), *z = take (n), *lse = take (heads);
        for (size_t i = 0; i < caches; i++) {
            FoveaAttendArgs a = {};
            a.precision = FOVEA_PRECISION_BF16;
            a.rule.scale = 0.125f;
            a.rule.causal = true;
            a.rows = 1;
            a.n_keys = n_keys;
            a.heads = heads;
            a.kv_heads = kv_heads;
            a.width = width;
            a.first_query = n_keys - 1;
            a.q = q;
            a.k = take (cache);
            a.v = take (cache);
            a.z = z;
            a.lse = a.entropy = rows ? lse : NULL;
            each.push_back (a);
        }
        scratch = take (fovea_cuda_attend_decode_scratch (&each[0]) / sizeof (float) + 1);
    }

    ~Calls ()
    {
        for (const FoveaAttendArgs &a : each) {
            cudaFree ((void *) a.k);
            cudaFree ((void *) a.v);
        }
    }

    void
    enqueue (int turn, cudaStream_t stream) const
    {
        CHECK (fovea_cuda_attend_decode (&each[(size_t) turn % each.size ()], scratch, stream));
    }
};

static double
median (std::vector<double> values)
{
    std::sort (values.begin (), values.end ());
    return values[values.size () / 2];
}

/* Microseconds of a call on the GPU alone. */
static double
time_graph (const Calls &calls, cudaStream_t stream)
{
    cudaGraph_t graph;
    cudaGraphExec_t ready;
    cudaEvent_t from, to;
    CHECK (cudaEventCreate (&from));
    CHECK (cudaEventCreate (&to));
    CHECK (cudaStreamBeginCapture (stream, cudaStreamCaptureModeThreadLocal));
    for (int i = 0; i < CALLS; i++)
        calls.enqueue (i, stream);
    CHECK (cudaStreamEndCapture (stream, &graph));
    CHECK (cudaGraphInstantiate (&ready, graph, 0));
    std::vector<double> us;
    for (int round = -1; round < ROUNDS; round++) {
        float ms;
        CHECK (cudaEventRecord (from, stream));
        CHECK (cudaGraphLaunch (ready, stream));
        CHECK (cudaEventRecord (to, stream));
        CHECK (cudaStreamSynchronize (stream));
        CHECK (cudaEventElapsedTime (&ms, from, to));
        if (round >= 0)
            us.push_back (1e3 * ms / CALLS);
    }
    CHECK (cudaGraphExecDestroy (ready));
    CHECK (cudaGraphDestroy (graph));
    return median (us);
}

static double
now_us (void)
{
    return std::chrono::duration<double, std::micro> (
               std::chrono::steady_clock::now ().time_since_epoch ())
        .count ();
}

/* Microseconds of a call until it is enqueued (the first), and until it is done, many at once. */
static void
time_stream (const Calls &calls, cudaStream_t stream, double *enqueued, double *done)
{
    std::vector<double> a, b;
    for (int round = -1; round < ROUNDS; round++) {
        double start = now_us ();
        for (int i = 0; i < CALLS; i++)
            calls.enqueue (i, stream);
        double middle = now_us ();
        CHECK (cudaStreamSynchronize (stream));
        if (round < 0)
            continue;
        a.push_back ((middle - start) / CALLS);
        b.push_back ((now_us () - start) / CALLS);
    }
    *enqueued = median (a);
    *done = median (b);
}

int
main (int argc, char **argv)
{
    int64_t heads = argc > 3 ? atoi (argv[1]) : 32, kv_heads = argc > 3 ? atoi (argv[2]) : 8;
    int64_t width = argc > 3 ? atoi (argv[3]) : 64;
    cudaStream_t stream;
    CHECK (cudaStreamCreateWithFlags (&stream, cudaStreamNonBlocking));
    printf ("keys\tGPU us\tGB/s\tenqueued us\tdone us\n");
    for (int64_t n_keys : {256, 1024, 2048, 4096, 8192, 32768}) {
        Calls calls (n_keys, heads, kv_heads, width, true);
        double gpu = time_graph (calls, stream), enqueued, done;
        time_stream (calls, stream, &enqueued, &done);
        double bytes = 8.0 * (double) (n_keys * kv_heads * width);
        printf ("%ld\t%.2f\t%.0f\t%.2f\t%.2f\n", (long) n_keys, gpu, bytes / gpu * 1e-3, enqueued,
                done);
    }
    return 0;
}
