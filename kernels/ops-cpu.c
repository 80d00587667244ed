/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The CPU table. */
#include "kernels/ops.h"

#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"

static void
embed_cpu (FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out)
{
    fovea_ops_ref.embed (device, table, ids, n, out);
}

static void
add_cpu (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out)
{
    fovea_ops_ref.add (device, a, b, n, out);
}

static void
norm_cpu (FoveaDevice *device, const FoveaNormArgs *args)
{
    fovea_ops_ref.norm (device, args);
}

static void
rotary_cpu (FoveaDevice *device, const FoveaRotaryArgs *args)
{
    fovea_ops_ref.rotary (device, args);
}

static void
activate_cpu (FoveaDevice *device,
              FoveaActivation kind,
              const float *x,
              const float *up,
              int64_t n,
              float *out)
{
    fovea_ops_ref.activate (device, kind, x, up, n, out);
}

static void
attend_cpu (FoveaDevice *device, const FoveaAttendArgs *args)
{
    fovea_ops_ref.attend (device, args);
}

static void
rectangle_cpu (FoveaDevice *device, const FoveaRectangleArgs *args)
{
    fovea_ops_ref.rectangle (device, args);
}

static void
cross_entropy_cpu (FoveaDevice *device,
                   const float *logits,
                   const int32_t *targets,
                   int64_t rows,
                   int64_t V,
                   float *nll)
{
    fovea_ops_ref.cross_entropy (device, logits, targets, rows, V, nll);
}

const FoveaOps fovea_ops_cpu = {
    .name = "cpu",
    .alloc = fovea_host_alloc,
    .free = fovea_host_free,
    .write = fovea_host_copy_in,
    .read = fovea_host_copy_out,
    .zero = fovea_host_zero,
    .embed = embed_cpu,
    .add = add_cpu,
    .norm = norm_cpu,
    .linear = fovea_linear_cpu,
    .rotary = rotary_cpu,
    .activate = activate_cpu,
    .attend = attend_cpu,
    .rectangle = rectangle_cpu,
    .cross_entropy = cross_entropy_cpu,
};
