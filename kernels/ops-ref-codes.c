/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse codes by their formula, a product at a time. Sums in double. */
#include "kernels/device-codes.h"
#include "kernels/device-private.h"
#include "kernels/ops-ref.h"

static double
get_input (const FoveaCodesWeights *w, float x)
{
    uint16_t half;
    if (!w->rounded)
        return (double) x;
    fovea_dtype_from_f32 (&x, 1, FOVEA_BF16, &half);
    fovea_dtype_to_f32 (&half, FOVEA_BF16, 1, &x);
    return (double) x;
}

static float
multiply (const FoveaCodesWeights *w, const float *x, int64_t latent)
{
    double sum = 0;
    for (int64_t i = 0; i < w->n_in; i++)
        sum += get_input (w, x[i]) * get_input (w, w->w[latent * w->n_in + i]);
    return (float) sum + (w->bias != NULL ? w->bias[latent] : 0);
}

void
fovea_top_prepare_ref (FoveaDevice *device, const FoveaCodesWeights *weights)
{
    /* Products are made of the weights as they are. */
}

void
fovea_codes_above_ref (FoveaDevice *device, const FoveaAboveArgs *args)
{
    const FoveaCodesWeights *w = &args->weights;
    if (device->failed)
        return;
    args->offset[0] = 0;
    for (int64_t t = 0; t < args->rows; t++) {
        const float *x = args->x + t * args->x_stride;
        int64_t n = args->offset[t];
        for (int64_t j = 0; j < w->n_latents; j++)
            n += multiply (w, x, j) > w->level[j];
        args->offset[t + 1] = n;
        n = args->offset[t];
        for (int64_t j = 0; j < w->n_latents && args->offset[t + 1] <= args->room; j++) {
            float p = multiply (w, x, j);
            if (!(p > w->level[j]))
                continue;
            args->latent[n] = (int32_t) j;
            args->value[n++] = p;
        }
    }
}
