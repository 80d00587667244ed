/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as a GGUF file. What opens is read to its last element and its last text, so that a
 * pointer past the exact-size block shows. */
#include "capture/gguf.h"
#include "tests/fuzz.h"

static void
read_value (const FoveaGguf *file, const char *key)
{
    gint64 integer;
    double number = 0;
    FoveaGgufArray array;
    gsize length;
    fovea_gguf_get_integer (file, key, &integer);
    fovea_gguf_get_number (file, key, &number);
    fovea_gguf_get_boolean (file, key, FALSE);
    fovea_gguf_get_text (file, key);
    if (!fovea_gguf_get_array (file, key, &array))
        return;
    for (guint64 i = 0, n = array.n; i < n; i++) {
        if (array.type != FOVEA_GGUF_TEXT) {
            number += fovea_gguf_array_number (&array, i);
            continue;
        }
        const char *text = fovea_gguf_array_next_text (&array, &length);
        for (gsize at = 0; at < length; at++)
            number += text[at];
    }
}

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
    g_autoptr (FoveaGguf) file = fovea_gguf_open_bytes (bytes, "fuzz", NULL);
    if (file == NULL)
        return;
    const GPtrArray *keys = fovea_gguf_list_keys (file);
    for (guint i = 0; i < keys->len; i++)
        read_value (file, keys->pdata[i]);
    guint n;
    const FoveaTensor *tensors = fovea_gguf_list (file, &n);
    for (guint i = 0; i < n; i++) {
        g_autofree float *values = g_new (float, tensors[i].n_elements + 1);
        fovea_dtype_to_f32 (tensors[i].data, tensors[i].dtype, (gsize) tensors[i].n_elements,
                            values);
    }
}
