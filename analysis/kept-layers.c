/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "analysis/kept-layers.h"

#include <string.h>

gboolean
fovea_kept_layers_read (const FoveaKeptLayers *kept, gint64 layer, double *out, gsize n)
{
    g_autoptr (GBytes) bytes = kept != NULL ? kept->find (kept->data, layer) : NULL;
    gsize n_bytes = 0;
    const void *data = bytes != NULL ? g_bytes_get_data (bytes, &n_bytes) : NULL;
    if (data == NULL || n_bytes != n * sizeof *out)
        return FALSE;
    memcpy (out, data, n_bytes);
    return TRUE;
}

void
fovea_kept_layers_write (const FoveaKeptLayers *kept, gint64 layer, const double *values, gsize n)
{
    if (kept == NULL)
        return;
    g_autoptr (GBytes) bytes = g_bytes_new (values, n * sizeof *values);
    kept->keep (kept->data, layer, bytes);
}
