/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as a GGUF file. What opens is read to its last element and its last text, so that a
 * pointer past the exact-size block shows; it is also tried as a tokenizer and as a model. */
#include "capture/gguf-model.h"
#include "capture/tokenizer-gguf.h"
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

/* A vocabulary that is taken encodes any text, if not without error. */
static void
try_tokenizer (const FoveaGguf *file)
{
    static const char text[] = " a\xc3\xa9  <s>b\n12 ab";
    g_autoptr (FoveaTokenizer) tokenizer = fovea_gguf_tokenizer_new (file, "fuzz", NULL);
    if (tokenizer == NULL)
        return;
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, TRUE, NULL);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++) {
        gint32 id = g_array_index (tokens, FoveaToken, i).id;
        g_assert (id >= 0 && (guint) id < fovea_tokenizer_get_size (tokenizer));
    }
}

/* Shapes are not bound here, only described and renamed. */
static void
try_model (const FoveaGguf *file)
{
    g_autoptr (FoveaArchitecture) a = fovea_gguf_describe (file, "fuzz", NULL);
    if (a == NULL)
        return;
    GStringChunk *names = g_string_chunk_new (256);
    g_autoptr (GArray) tensors = fovea_gguf_rename (file, a, names);
    guint n;
    fovea_gguf_list (file, &n);
    g_assert (tensors->len <= n || a->n_experts > 0);
    g_string_chunk_free (names);
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
    try_tokenizer (file);
    try_model (file);
    guint n;
    const FoveaTensor *tensors = fovea_gguf_list (file, &n);
    for (guint i = 0; i < n; i++) {
        g_autofree float *values = g_new (float, tensors[i].n_elements + 1);
        fovea_dtype_to_f32 (tensors[i].data, tensors[i].dtype, (gsize) tensors[i].n_elements,
                            values);
    }
}
