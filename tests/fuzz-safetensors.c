/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as a safetensors file. What opens is read to its last element, so that a pointer past
 * the exact-size block shows. */
#include "capture/safetensors.h"
#include "tests/fuzz.h"

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open_bytes (bytes, "fuzz", NULL);
    if (file == NULL)
        return;
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    for (guint i = 0; i < n; i++) {
        g_autofree float *values = g_new (float, tensors[i].n_elements + 1);
        fovea_dtype_to_f32 (tensors[i].data, tensors[i].dtype, (gsize) tensors[i].n_elements,
                            values);
        g_assert (fovea_safetensors_lookup (file, tensors[i].name) == &tensors[i]);
    }
}
