/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products with weights. One row: an own threaded vector times matrix, bound by memory (2 bytes a
 * bf16 weight). Many rows: tile registers where there are any (cpu-linear-amx.c), else BLAS, one
 * call a panel of outputs: a panel of 16-bit weights is converted to f32 in the worker's scratch
 * (at most 256 x n_in floats), so the weight is never held twice. The same goes for quantised
 * blocks, whose rows are unpacked as they are used, once for all rows of x. */
#include "kernels/cpu-linear.h"

#include <cblas.h>
#include <string.h>

#include "kernels/cpu-kernels.h"
#include "kernels/device-private.h"
#include "kernels/weight.h"

enum {
    MAX_PANEL = 256, /* outputs of a BLAS call: x is packed by each call, so wide is good */
    MIN_PANEL = 32,
    VECTOR_PANEL = 64, /* outputs of an item of vector times matrix */
    VECTOR_ROWS = 4    /* of them unpacked at a time: what one pass over x takes */
};

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    const float *x; /* args->x, or its rounded copy in shared scratch */
    int64_t x_stride;
    int64_t panel;
} Linear;

/* By parts, so that the narrow values stay on the stack. */
void
fovea_linear_round (FoveaPrecision precision, const float *in, int64_t n, float *out)
{
    enum {
        PART = 256
    };
    uint16_t half[PART];
    FoveaDtype dtype = precision == FOVEA_PRECISION_BF16 ? FOVEA_BF16 : FOVEA_F16;
    for (int64_t i = 0; i < n; i += PART) {
        size_t part = (size_t) MIN (PART, n - i);
        fovea_dtype_from_f32 (in + i, part, dtype, half);
        fovea_dtype_to_f32 (half, dtype, part, out + i);
    }
}

/* Whether weights must be rounded to the precision: not if they are stored in it. */
static bool
rounds_weight (const FoveaLinearArgs *args)
{
    FoveaDtype dtype = args->weight.dtype;
    return (args->precision == FOVEA_PRECISION_BF16 && dtype != FOVEA_BF16) ||
           (args->precision == FOVEA_PRECISION_F16 && dtype != FOVEA_F16);
}

bool
fovea_linear_is_packed (const FoveaWeight *weight)
{
    return weight->dtype > FOVEA_N_DTYPES || weight->pair_width > 0;
}

FoveaWeight
fovea_linear_unpack (
    FoveaDevice *device, const FoveaWeight *weight, int64_t o0, int64_t n, float *out)
{
    for (int64_t o = 0; o < n; o++)
        device->kernels->widen (fovea_weight_line (weight, fovea_weight_row (weight, o0 + o)),
                                weight->dtype, weight->n_in, out + o * weight->n_in);
    return (FoveaWeight){
        .data = out, .dtype = FOVEA_F32, .n_out = n, .n_in = weight->n_in, .stride = weight->n_in};
}

/* The panel's weights as f32 rows (columns, if input-major) of *@length floats. */
static const float *
fill_panel (const Linear *l, int64_t o0, int64_t n, int worker, int64_t *length)
{
    const FoveaWeight *w = &l->args->weight;
    int64_t lines = w->input_major ? w->n_in : n, first = w->input_major ? o0 : o0 * w->stride;
    bool packed = fovea_linear_is_packed (w);
    if (w->dtype == FOVEA_F32 && !packed && !rounds_weight (l->args)) {
        *length = w->stride;
        return (const float *) w->data + first;
    }
    float *panel = fovea_device_scratch (l->device, worker);
    int64_t size = (int64_t) fovea_dtype_size (w->dtype);
    *length = w->input_major ? n : w->n_in;
    for (int64_t line = 0; line < lines && !packed; line++) {
        const char *from = (const char *) w->data + (first + line * w->stride) * size;
        l->device->kernels->widen (from, w->dtype, *length, panel + line * *length);
    }
    if (packed)
        fovea_linear_unpack (l->device, w, o0, n, panel);
    if (rounds_weight (l->args))
        fovea_linear_round (l->args->precision, panel, lines * *length, panel);
    return panel;
}

/* The bias goes into the result first and BLAS adds to it, which saves a pass over the result. */
static void
run_panel (void *data, int64_t i, int worker)
{
    const Linear *l = data;
    const FoveaLinearArgs *a = l->args;
    int64_t length, o0 = i * l->panel, n = MIN (l->panel, a->weight.n_out - o0);
    const float *panel = fill_panel (l, o0, n, worker, &length);
    for (int64_t t = 0; t < a->rows && a->bias != NULL; t++)
        memcpy (a->y + t * a->y_stride + o0, a->bias + o0, (size_t) n * sizeof *a->y);
    cblas_sgemm (CblasRowMajor, CblasNoTrans, a->weight.input_major ? CblasNoTrans : CblasTrans,
                 (blasint) a->rows, (blasint) n, (blasint) a->weight.n_in, 1.0f, l->x,
                 (blasint) l->x_stride, panel, (blasint) length, a->bias != NULL ? 1.0f : 0.0f,
                 a->y + o0, (blasint) a->y_stride);
}

/* Packed rows are unpacked a few at a time, so that they are still in the cache when multiplied. */
static void
run_vector_panel (void *data, int64_t i, int worker)
{
    const Linear *l = data;
    const FoveaWeight *w = &l->args->weight;
    int64_t o0 = i * VECTOR_PANEL, o1 = MIN (o0 + VECTOR_PANEL, w->n_out);
    const float *bias = l->args->bias;
    if (!fovea_linear_is_packed (w)) {
        l->device->kernels->vector_product (w, l->x, bias, o0, o1, l->args->y);
        return;
    }
    float *rows = fovea_device_scratch (l->device, worker);
    for (int64_t o = o0; o < o1; o += VECTOR_ROWS) {
        int64_t n = MIN (VECTOR_ROWS, o1 - o);
        FoveaWeight some = fovea_linear_unpack (l->device, w, o, n, rows);
        l->device->kernels->vector_product (&some, l->x, bias != NULL ? bias + o : NULL, 0, n,
                                            l->args->y + o);
    }
}

/* A rounded copy of x in shared scratch where the precision asks for one. */
static bool
prepare_x (Linear *l, size_t worker_bytes)
{
    const FoveaLinearArgs *a = l->args;
    int64_t n_in = a->weight.n_in;
    bool rounds = a->precision != FOVEA_PRECISION_F32;
    size_t bytes = rounds ? (size_t) (a->rows * n_in) * sizeof (float) : 0;
    if (!fovea_device_reserve (l->device, "linear", worker_bytes, bytes))
        return false;
    l->x = a->x;
    l->x_stride = a->x_stride;
    if (!rounds)
        return true;
    float *x = fovea_device_scratch (l->device, -1);
    for (int64_t t = 0; t < a->rows; t++)
        fovea_linear_round (a->precision, a->x + t * a->x_stride, n_in, x + t * n_in);
    l->x = x;
    l->x_stride = n_in;
    return true;
}

static void
linear_vector (Linear *l)
{
    const FoveaWeight *w = &l->args->weight;
    int64_t rows = fovea_linear_is_packed (w) ? VECTOR_ROWS : 0;
    if (!prepare_x (l, (size_t) (rows * w->n_in) * sizeof (float)))
        return;
    int64_t n = (l->args->weight.n_out + VECTOR_PANEL - 1) / VECTOR_PANEL;
    fovea_threads_loop (l->device->threads, n, run_vector_panel, l);
}

/* A panel for each thread if that makes none too narrow or wide; 16 outputs fill a vector. */
static void
linear_blas (Linear *l)
{
    int64_t n_out = l->args->weight.n_out;
    int64_t share = n_out / fovea_threads_count (l->device->threads) / 16 * 16;
    l->panel = CLAMP (l->args->panel > 0 ? l->args->panel : share, MIN_PANEL, MAX_PANEL);
    if (!prepare_x (l, (size_t) (l->panel * l->args->weight.n_in) * sizeof (float)))
        return;
    fovea_threads_loop (l->device->threads, (n_out + l->panel - 1) / l->panel, run_panel, l);
}

/* A weight that would have to be rounded goes to BLAS even for one row: the vector loops read weights
 * as they are stored. */
void
fovea_linear_cpu (FoveaDevice *device, const FoveaLinearArgs *args)
{
    Linear l = {.device = device, .args = args};
    if (device->failed || args->rows == 0)
        return;
    if (fovea_linear_is_few (device, args))
        fovea_linear_few (device, args);
    else if (args->rows == 1 && !rounds_weight (args))
        linear_vector (&l);
    else if (device->kernels->linear != NULL && args->precision != FOVEA_PRECISION_F16)
        device->kernels->linear (device, args);
    else
        linear_blas (&l);
}

/* By BLAS: one converted panel a worker, x as it is. */
void
fovea_linear_predict_cpu (FoveaDevice *device,
                          const FoveaScratchShape *shape,
                          size_t *worker,
                          size_t *shared)
{
#ifdef __x86_64__
    if (device->kernels->linear != NULL) {
        fovea_linear_predict_amx (shape, worker, shared);
        return;
    }
#endif
    *worker = (size_t) (MAX_PANEL * shape->n_in) * sizeof (float);
    *shared = shape->weight > FOVEA_N_DTYPES ? fovea_linear_few_shared (shape->n_in) : 0;
}
