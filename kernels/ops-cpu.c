/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The CPU table: loops over rows on the device's threads around the inner loops of cpu-kernels.h.
 * Items are cut by size alone, so results do not depend on the number of threads. Runs below about
 * 64 KiB stay on the calling thread: waking another costs more than they do. */
#include "kernels/ops.h"

#include <glib.h>
#include <math.h>

#include "kernels/cpu-attend.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-experts.h"
#include "kernels/device-private.h"
#include "kernels/mask-rows.h"
#include "kernels/top-rows.h"
#include "kernels/weight.h"

enum {
    RUN = 16384 /* elements of an item */
};

/* What one elementwise loop works on. */
typedef struct {
    const FoveaCpuKernels *kernels;
    const void *args; /* of norm and rotary, or the table of embed */
    const float *a, *b;
    float *out;
    const int32_t *ids;
    float factor;
    FoveaActivation kind;
    FoveaDtype dtype; /* of convert */
    void *to;
    int64_t n;    /* elements or rows in all */
    int64_t step; /* of an item */
    int64_t width;
} Loop;

/* A device that has failed does nothing more: its first error is the one to report. */
static void
run_loop (FoveaDevice *device, Loop *loop, FoveaLoopBody body)
{
    if (device->failed || loop->n == 0)
        return;
    loop->kernels = device->kernels;
    fovea_threads_loop (device->threads, (loop->n + loop->step - 1) / loop->step, body, loop);
}

/* Rows that make about RUN elements. */
static int64_t
rows_of_run (int64_t width)
{
    return MAX (RUN / MAX (width, 1), 1);
}

static int64_t
end_of (const Loop *loop, int64_t i)
{
    return MIN ((i + 1) * loop->step, loop->n);
}

static void
embed_rows (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    const FoveaWeight *table = loop->args;
    for (int64_t t = i * loop->step; t < end_of (loop, i); t++)
        loop->kernels->widen (fovea_weight_line (table, loop->ids[t]), table->dtype, table->n_in,
                              loop->out + t * table->n_in);
}

/* An input-major table has its tokens in columns, which no fast loop is worth. */
static void
embed_cpu (FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out)
{
    if (table->input_major) {
        fovea_ops_ref.embed (device, table, ids, n, out);
        return;
    }
    Loop loop = {.args = table, .ids = ids, .out = out, .n = n, .step = rows_of_run (table->n_in)};
    run_loop (device, &loop, embed_rows);
}

static void
add_run (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    int64_t from = i * loop->step;
    loop->kernels->add (loop->a + from, loop->b + from, end_of (loop, i) - from, loop->out + from);
}

static void
add_cpu (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out)
{
    Loop loop = {.a = a, .b = b, .out = out, .n = n, .step = RUN};
    run_loop (device, &loop, add_run);
}

static void
scale_run (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    for (int64_t e = i * loop->step; e < end_of (loop, i); e++)
        loop->out[e] = loop->factor * loop->a[e];
}

static void
scale_cpu (FoveaDevice *device, const float *x, float factor, int64_t n, float *out)
{
    Loop loop = {.a = x, .factor = factor, .out = out, .n = n, .step = RUN};
    run_loop (device, &loop, scale_run);
}

static void
soft_cap_run (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    for (int64_t e = i * loop->step; e < end_of (loop, i); e++)
        loop->out[e] = loop->factor * tanhf (loop->a[e] / loop->factor);
}

static void
soft_cap_cpu (FoveaDevice *device, const float *x, float cap, int64_t n, float *out)
{
    Loop loop = {.a = x, .factor = cap, .out = out, .n = n, .step = RUN};
    run_loop (device, &loop, soft_cap_run);
}

static void
clip_run (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    float limit = loop->factor;
    for (int64_t e = i * loop->step; e < end_of (loop, i); e++) {
        float x = loop->a[e];
        loop->out[e] = x > limit ? limit : x < -limit ? -limit : x;
    }
}

static void
clip_cpu (FoveaDevice *device, const float *x, float limit, int64_t n, float *out)
{
    Loop loop = {.a = x, .factor = limit, .out = out, .n = n, .step = RUN};
    run_loop (device, &loop, clip_run);
}

static void
norm_rows (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    for (int64_t t = i * loop->step; t < end_of (loop, i); t++)
        loop->kernels->norm_row (loop->args, t);
}

static void
norm_cpu (FoveaDevice *device, const FoveaNormArgs *args)
{
    Loop loop = {.args = args, .n = args->rows, .step = rows_of_run (args->width)};
    run_loop (device, &loop, norm_rows);
}

static void
rotary_rows (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    for (int64_t t = i * loop->step; t < end_of (loop, i); t++)
        loop->kernels->rotary_row (loop->args, t);
}

static void
rotary_cpu (FoveaDevice *device, const FoveaRotaryArgs *args)
{
    Loop loop = {.args = args, .n = args->rows, .step = rows_of_run (args->heads * args->width)};
    run_loop (device, &loop, rotary_rows);
}

static void
activate_items (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    int64_t from = i * loop->step;
    loop->kernels->activate (loop->kind, loop->a + from, loop->b != NULL ? loop->b + from : NULL,
                             end_of (loop, i) - from, loop->out + from);
}

static void
activate_cpu (FoveaDevice *device,
              FoveaActivation kind,
              const float *x,
              const float *up,
              int64_t n,
              float *out)
{
    Loop loop = {.kind = kind, .a = x, .b = up, .out = out, .n = n, .step = RUN};
    run_loop (device, &loop, activate_items);
}

static void
convert_run (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    int64_t from = i * loop->step, n = end_of (loop, i) - from;
    size_t size = fovea_dtype_size (loop->dtype);
    fovea_dtype_from_f32 (loop->a + from, (size_t) n, loop->dtype,
                          (char *) loop->to + (size_t) from * size);
}

static void
convert_cpu (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to)
{
    Loop loop = {.a = from, .to = to, .dtype = dtype, .n = n, .step = RUN};
    run_loop (device, &loop, convert_run);
}

/* One thread: the place is looked for only after a look at the whole row, which is a vector loop at
 * the speed of memory. */
static void
find_nan_cpu (FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first)
{
    for (int64_t t = 0; t < rows && t < *first && !device->failed; t++) {
        const float *row = x + t * width;
        int bad = 0;
        for (int64_t c = 0; c < width; c++)
            bad |= row[c] != row[c];
        if (bad)
            *first = (int32_t) t;
    }
}

static void
cross_entropy_rows (void *data, int64_t i, int worker)
{
    const Loop *loop = data;
    for (int64_t t = i * loop->step; t < end_of (loop, i); t++) {
        const float *row = loop->a + t * loop->width;
        loop->out[t] = loop->kernels->log_sum_exp (row, loop->width) - row[loop->ids[t]];
    }
}

static void
cross_entropy_cpu (FoveaDevice *device,
                   const float *logits,
                   const int32_t *targets,
                   int64_t rows,
                   int64_t V,
                   float *nll)
{
    Loop loop = {.a = logits, .ids = targets, .out = nll, .n = rows, .width = V};
    loop.step = rows_of_run (V);
    run_loop (device, &loop, cross_entropy_rows);
}

const FoveaOps fovea_ops_cpu = {
    .name = "cpu",
    .host_memory = true,
    .alloc = fovea_host_alloc,
    .free = fovea_host_free,
    .write = fovea_host_copy_in,
    .read = fovea_host_copy_out,
    .zero = fovea_host_zero,
    .copy_rows = fovea_host_copy_rows,
    .alloc_pinned = fovea_host_alloc,
    .free_pinned = fovea_host_free,
    .copy_out = fovea_host_enqueue_copy,
    .order = fovea_host_order,
    .wait = fovea_host_wait,
    .convert = convert_cpu,
    .find_nan = find_nan_cpu,
    .embed = embed_cpu,
    .add = add_cpu,
    .scale = scale_cpu,
    .soft_cap = soft_cap_cpu,
    .clip = clip_cpu,
    .add_gated = fovea_host_add_gated,
    .route = fovea_host_route,
    .experts = fovea_host_experts,
    .norm = norm_cpu,
    .linear = fovea_linear_cpu,
    .rotary = rotary_cpu,
    .activate = activate_cpu,
    .attend = fovea_attend_cpu,
    .rectangle = fovea_rectangle_cpu,
    .top_rows = fovea_top_rows_cpu,
    .mask_rows = fovea_mask_rows_cpu,
    .cross_entropy = cross_entropy_cpu,
};
