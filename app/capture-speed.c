/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Zeros multiply as fast as other numbers, so nothing is filled. The first product pays for
 * scratch memory and cold caches and is not counted. */
#include "app/capture-speed.h"

enum {
    ROWS = 512,
    SIDE = 1024,
    ROUNDS = 2,
};

static GMutex mutex;
static GHashTable *rates; /* "device precision type" -> double */

/* Seconds of the fastest round, 0 if the device failed. */
static double
time_product (FoveaDevice *device, const FoveaLinearArgs *args)
{
    const FoveaOps *ops = fovea_device_get_ops (device);
    gint64 best = G_MAXINT64;
    for (int round = 0; round <= ROUNDS; round++) {
        gint64 start = g_get_monotonic_time ();
        ops->linear (device, args);
        if (!fovea_device_sync (device, NULL))
            return 0;
        if (round > 0)
            best = MIN (best, g_get_monotonic_time () - start);
    }
    return (double) MAX (best, 1) / 1e6;
}

static double
measure (FoveaDevice *device, FoveaPrecision precision, FoveaDtype dtype)
{
    const FoveaOps *ops = fovea_device_get_ops (device);
    gsize weight_bytes = (gsize) SIDE * SIDE * fovea_dtype_size (dtype);
    gsize rows_bytes = (gsize) ROWS * SIDE * sizeof (float);
    void *weight = ops->alloc (device, weight_bytes);
    float *x = ops->alloc (device, rows_bytes), *y = ops->alloc (device, rows_bytes);
    double seconds = 0;
    if (weight != NULL && x != NULL && y != NULL) {
        ops->zero (device, weight, weight_bytes);
        ops->zero (device, x, rows_bytes);
        const FoveaLinearArgs args = {
            .precision = precision,
            .rows = ROWS,
            .x = x,
            .x_stride = SIDE,
            .weight = {weight, dtype, SIDE, SIDE, SIDE, false},
            .y = y,
            .y_stride = SIDE,
        };
        seconds = time_product (device, &args);
    }
    void *buffers[] = {weight, x, y};
    for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        if (buffers[i] != NULL)
            ops->free (device, buffers[i]);
    return seconds > 0 ? 2.0 * ROWS * SIDE * SIDE / seconds : 0;
}

double
fovea_capture_speed_measure (FoveaDevice *device, FoveaPrecision precision, FoveaDtype weights)
{
    g_autofree char *key =
        g_strdup_printf ("%s %d %d", fovea_device_describe (device), precision, weights);
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
    if (rates == NULL)
        rates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    const double *known = g_hash_table_lookup (rates, key);
    if (known != NULL)
        return *known;
    double *rate = g_new (double, 1);
    *rate = measure (device, precision, weights);
    g_hash_table_insert (rates, g_steal_pointer (&key), rate);
    return *rate;
}

void
fovea_capture_speed_flops (const FoveaArchitecture *a,
                           gint64 n_tokens,
                           double *weights,
                           double *attention)
{
    double n = (double) n_tokens;
    double matrices = (double) (a->n_parameters - a->vocabulary * a->width);
    *weights = 2 * MAX (matrices, 0) * n;
    *attention = 2 * 2 * n * n * (double) (a->n_heads * a->head_width * a->n_layers);
}
