/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as a llama2.c checkpoint; what is taken is read to its last element. */
#include "capture/llama2c.h"
#include "tests/fuzz.h"

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
    GStringChunk *names = g_string_chunk_new (256);
    g_autoptr (FoveaArchitecture) architecture = NULL;
    g_autoptr (GArray) tensors = fovea_llama2c_read (bytes, "fuzz", names, &architecture, NULL);
    for (guint i = 0; tensors != NULL && i < tensors->len; i++) {
        const FoveaTensor *tensor = &g_array_index (tensors, FoveaTensor, i);
        g_autofree float *values = g_new (float, tensor->n_elements + 1);
        fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements, values);
    }
    g_string_chunk_free (names);
}
