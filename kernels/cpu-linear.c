/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Linear operations by BLAS: panels of outputs are converted to f32 in a worker's scratch memory.
 */
#include "kernels/cpu-linear.h"

#include <cblas.h>
#include <string.h>

#include "kernels/device-private.h"

enum {
    PANEL = 64
};

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
} Linear;

static void
round_run (FoveaPrecision precision, float *x, int64_t n)
{
    if (precision == FOVEA_PRECISION_F32)
        return;
    FoveaDtype dtype = precision == FOVEA_PRECISION_BF16 ? FOVEA_BF16 : FOVEA_F16;
    for (int64_t i = 0; i < n; i++) {
        uint16_t half;
        fovea_dtype_from_f32 (&x[i], 1, dtype, &half);
        fovea_dtype_to_f32 (&half, dtype, 1, &x[i]);
    }
}

static void
run_panel (void *data, int64_t i, int worker)
{
    Linear *l = data;
    const FoveaLinearArgs *a = l->args;
    const FoveaWeight *w = &a->weight;
    float *panel = fovea_device_scratch (l->device, worker);
    const float *x = fovea_device_scratch (l->device, -1);
    int64_t o0 = i * PANEL, n = MIN (PANEL, w->n_out - o0);
    int64_t lines = w->input_major ? w->n_in : n, length = w->input_major ? n : w->n_in;
    int64_t first = w->input_major ? o0 : o0 * w->stride;
    int64_t size = (int64_t) fovea_dtype_size (w->dtype);
    for (int64_t line = 0; line < lines; line++) {
        const char *from = (const char *) w->data + (first + line * w->stride) * size;
        fovea_dtype_to_f32 (from, w->dtype, (size_t) length, panel + line * length);
    }
    round_run (a->precision, panel, lines * length);
    for (int64_t t = 0; t < a->rows; t++)
        for (int64_t o = 0; o < n; o++)
            a->y[t * a->y_stride + o0 + o] = a->bias != NULL ? a->bias[o0 + o] : 0;
    cblas_sgemm (CblasRowMajor, CblasNoTrans, w->input_major ? CblasNoTrans : CblasTrans,
                 (blasint) a->rows, (blasint) n, (blasint) w->n_in, 1.0f, x, (blasint) w->n_in,
                 panel, (blasint) length, 1.0f, a->y + o0, (blasint) a->y_stride);
}

void
fovea_linear_cpu (FoveaDevice *device, const FoveaLinearArgs *args)
{
    size_t n_in = (size_t) args->weight.n_in;
    if (!fovea_device_reserve (device, "linear", PANEL * n_in * sizeof (float),
                               (size_t) args->rows * n_in * sizeof (float)))
        return;
    float *x = fovea_device_scratch (device, -1);
    for (int64_t t = 0; t < args->rows; t++) {
        memcpy (x + t * args->weight.n_in, args->x + t * args->x_stride, n_in * sizeof *x);
        round_run (args->precision, x + t * args->weight.n_in, args->weight.n_in);
    }
    Linear l = {device, args};
    fovea_threads_loop (device->threads, (args->weight.n_out + PANEL - 1) / PANEL, run_panel, &l);
}
