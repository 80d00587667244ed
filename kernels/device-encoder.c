/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Buffers grow to the largest call and stay. Rows go over in runs, so that many rows need no more room
 * than a few thousand. */
#include "kernels/device-encoder.h"

#include "kernels/device-codes.h"
#include "kernels/device-private.h"

enum {
    RUN_ROWS = 16384,
    FIRST_CODES = 128 /* of a row that there is room for at first */
};

/* A buffer of the device, and its room. */
typedef struct {
    void *data;
    size_t bytes;
} Buffer;

struct _FoveaDeviceEncoder {
    FoveaDevice *device;
    int64_t n_in;
    FoveaCodesWeights weights; /* of the device's memory */
    Buffer w, bias, scale, level, prepared;
    Buffer x, latent, value, count, offset;
    int64_t *offsets; /* the host's copies of what codes_above() leaves */
    int32_t *latents;
    float *values;
};

gboolean
fovea_device_encoder_is_for (const FoveaDevice *device)
{
    return device->ops->top_codes != NULL && !device->ops->host_memory;
}

gboolean
fovea_device_encoder_has_levels (const FoveaDevice *device)
{
    return device->ops->codes_above != NULL && !device->ops->host_memory;
}

FoveaDeviceEncoder *
fovea_device_encoder_new (FoveaDevice *device, int64_t n_in)
{
    FoveaDeviceEncoder *encoder = g_new0 (FoveaDeviceEncoder, 1);
    encoder->device = device;
    encoder->n_in = n_in;
    return encoder;
}

void
fovea_device_encoder_free (FoveaDeviceEncoder *encoder)
{
    if (encoder == NULL)
        return;
    Buffer *all[] = {&encoder->w,        &encoder->bias,  &encoder->scale,  &encoder->level,
                     &encoder->prepared, &encoder->x,     &encoder->latent, &encoder->value,
                     &encoder->count,    &encoder->offset};
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        encoder->device->ops->free (encoder->device, all[i]->data);
    g_free (encoder->offsets);
    g_free (encoder->latents);
    g_free (encoder->values);
    g_free (encoder);
}

/* At least @bytes of room, contents undefined; NULL and the device has failed if there are none. */
static void *
reserve (FoveaDeviceEncoder *encoder, Buffer *buffer, size_t bytes)
{
    const FoveaOps *ops = encoder->device->ops;
    if (buffer->bytes >= bytes)
        return buffer->data;
    ops->free (encoder->device, buffer->data);
    buffer->data = ops->alloc (encoder->device, bytes);
    buffer->bytes = buffer->data != NULL ? bytes : 0;
    return buffer->data;
}

/* A copy of @n floats; NULL stays NULL. */
static const float *
copy_in (FoveaDeviceEncoder *encoder, Buffer *buffer, const float *from, int64_t n)
{
    size_t bytes = (size_t) n * sizeof *from;
    if (from == NULL || reserve (encoder, buffer, bytes) == NULL)
        return NULL;
    encoder->device->ops->write (encoder->device, buffer->data, from, bytes);
    return buffer->data;
}

void
fovea_device_encoder_set (FoveaDeviceEncoder *encoder, const FoveaTopWeights *w, const float *level)
{
    FoveaCodesWeights *to = &encoder->weights;
    if (w->members != NULL) {
        fovea_device_fail (encoder->device, "top-k codes", "a GPU takes all latents, no members");
        return;
    }
    to->n_latents = w->n_latents;
    to->n_in = encoder->n_in;
    to->w = copy_in (encoder, &encoder->w, w->w, w->n_latents * encoder->n_in);
    to->bias = copy_in (encoder, &encoder->bias, w->bias, w->n_latents);
    to->scale = copy_in (encoder, &encoder->scale, w->scale, w->n_latents);
    to->level = copy_in (encoder, &encoder->level, level, w->n_latents);
    to->prepared = reserve (encoder, &encoder->prepared,
                            fovea_codes_prepared_bytes (w->n_latents, encoder->n_in));
    if (!fovea_device_has_failed (encoder->device))
        encoder->device->ops->top_prepare (encoder->device, to);
}

/* Rows lie one after another on the device. */
static void
copy_rows (FoveaDeviceEncoder *encoder, const float *from, int64_t stride, int64_t n)
{
    const FoveaOps *ops = encoder->device->ops;
    size_t line = (size_t) encoder->n_in * sizeof (float);
    if (stride == encoder->n_in) {
        ops->write (encoder->device, encoder->x.data, from, (size_t) n * line);
        return;
    }
    for (int64_t t = 0; t < n; t++)
        ops->write (encoder->device, (char *) encoder->x.data + (size_t) t * line,
                    from + t * stride, line);
}

static void
run_rows (FoveaDeviceEncoder *encoder, const FoveaTopCodesArgs *args, int64_t first, int64_t n)
{
    FoveaDevice *device = encoder->device;
    const FoveaOps *ops = device->ops;
    size_t codes = (size_t) (n * args->k);
    FoveaCodesArgs run = {.weights = encoder->weights,
                          .rows = n,
                          .x_stride = encoder->n_in,
                          .k = args->k,
                          .by_magnitude = args->by_magnitude,
                          .only_positive = args->only_positive};
    run.x = reserve (encoder, &encoder->x, (size_t) (n * encoder->n_in) * sizeof (float));
    run.latent = reserve (encoder, &encoder->latent, codes * sizeof (int32_t));
    run.value = reserve (encoder, &encoder->value, codes * sizeof (float));
    run.count = reserve (encoder, &encoder->count, (size_t) n * sizeof (int32_t));
    if (fovea_device_has_failed (device))
        return;
    copy_rows (encoder, args->x + first * args->x_stride, args->x_stride, n);
    ops->top_codes (device, &run);
    ops->read (device, args->latent + first * args->k, run.latent, codes * sizeof (int32_t));
    ops->read (device, args->value + first * args->k, run.value, codes * sizeof (float));
    ops->read (device, args->count + first, run.count, (size_t) n * sizeof (int32_t));
}

gboolean
fovea_device_encoder_run (FoveaDeviceEncoder *encoder,
                          const FoveaTopCodesArgs *args,
                          GError **error)
{
    for (int64_t first = 0; first < args->rows; first += RUN_ROWS)
        run_rows (encoder, args, first, MIN (RUN_ROWS, args->rows - first));
    return fovea_device_sync (encoder->device, error);
}

/* Makes codes, and tells by the last offset how many there are; whether there was room for them is the
 * caller's to look at. */
static gboolean
make_above (FoveaDeviceEncoder *encoder, int64_t rows, int64_t room, GError **error)
{
    FoveaDevice *device = encoder->device;
    FoveaAboveArgs run = {.weights = encoder->weights,
                          .rows = rows,
                          .x = encoder->x.data,
                          .x_stride = encoder->n_in,
                          .room = room,
                          .offset = encoder->offset.data};
    run.latent = reserve (encoder, &encoder->latent, (size_t) room * sizeof (int32_t));
    run.value = reserve (encoder, &encoder->value, (size_t) room * sizeof (float));
    if (!fovea_device_has_failed (device)) {
        device->ops->codes_above (device, &run);
        device->ops->read (device, encoder->offsets, run.offset,
                           (size_t) (rows + 1) * sizeof (int64_t));
    }
    return fovea_device_sync (device, error);
}

gboolean
fovea_device_encoder_run_above (FoveaDeviceEncoder *encoder,
                                int64_t rows,
                                const float *x,
                                FoveaAboveCodes *codes,
                                GError **error)
{
    FoveaDevice *device = encoder->device;
    size_t offsets = (size_t) (rows + 1) * sizeof (int64_t);
    encoder->offsets = g_realloc (encoder->offsets, offsets);
    reserve (encoder, &encoder->offset, offsets);
    reserve (encoder, &encoder->x, (size_t) (rows * encoder->n_in) * sizeof (float));
    if (fovea_device_has_failed (device))
        return fovea_device_sync (device, error);
    copy_rows (encoder, x, encoder->n_in, rows);
    int64_t room = MAX ((int64_t) (encoder->latent.bytes / sizeof (int32_t)), rows * FIRST_CODES);
    if (!make_above (encoder, rows, room, error))
        return FALSE;
    int64_t n = encoder->offsets[rows];
    if (n > room && !make_above (encoder, rows, n + n / 4, error))
        return FALSE;
    encoder->latents = g_realloc (encoder->latents, (size_t) n * sizeof (int32_t));
    encoder->values = g_realloc (encoder->values, (size_t) n * sizeof (float));
    if (n > 0) {
        device->ops->read (device, encoder->latents, encoder->latent.data,
                           (size_t) n * sizeof (int32_t));
        device->ops->read (device, encoder->values, encoder->value.data,
                           (size_t) n * sizeof (float));
    }
    *codes = (FoveaAboveCodes){encoder->offsets, encoder->latents, encoder->values};
    return fovea_device_sync (device, error);
}
