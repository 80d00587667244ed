/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The layout of GGUF, written plainly: header, entries, tensors, padding, data. */
#include "tests/gguf-support.h"

#include <string.h>

#include "capture/gguf.h"

GgufBuilder *
gguf_builder_new (void)
{
    GgufBuilder *builder = g_new0 (GgufBuilder, 1);
    builder->entries = g_byte_array_new ();
    builder->tensors = g_byte_array_new ();
    builder->data = g_byte_array_new ();
    builder->alignment = 32;
    return builder;
}

void
gguf_builder_free (GgufBuilder *builder)
{
    g_byte_array_unref (builder->entries);
    g_byte_array_unref (builder->tensors);
    g_byte_array_unref (builder->data);
    g_free (builder);
}

void
gguf_put (GByteArray *to, guint64 value, guint n)
{
    for (guint i = 0; i < n; i++) {
        guint8 byte = (guint8) (value >> (8 * i));
        g_byte_array_append (to, &byte, 1);
    }
}

void
gguf_put_text (GByteArray *to, const char *text)
{
    gguf_put (to, strlen (text), 8);
    g_byte_array_append (to, (const guint8 *) text, (guint) strlen (text));
}

static void
begin_entry (GgufBuilder *builder, const char *key, guint type)
{
    gguf_put_text (builder->entries, key);
    gguf_put (builder->entries, type, 4);
    builder->n_entries++;
}

void
gguf_add_text (GgufBuilder *builder, const char *key, const char *text)
{
    begin_entry (builder, key, FOVEA_GGUF_TEXT);
    gguf_put_text (builder->entries, text);
}

void
gguf_add_integer (GgufBuilder *builder, const char *key, guint type, guint width, guint64 value)
{
    begin_entry (builder, key, type);
    gguf_put (builder->entries, value, width);
}

void
gguf_add_u32 (GgufBuilder *builder, const char *key, guint32 value)
{
    gguf_add_integer (builder, key, FOVEA_GGUF_U32, 4, value);
}

void
gguf_add_f32 (GgufBuilder *builder, const char *key, float value)
{
    guint32 bits;
    memcpy (&bits, &value, sizeof bits);
    gguf_add_integer (builder, key, FOVEA_GGUF_F32, 4, bits);
}

void
gguf_add_array (
    GgufBuilder *builder, const char *key, guint type, guint width, guint64 n, const void *data)
{
    begin_entry (builder, key, FOVEA_GGUF_ARRAY);
    gguf_put (builder->entries, type, 4);
    gguf_put (builder->entries, n, 8);
    g_byte_array_append (builder->entries, data, (guint) n * width);
}

void
gguf_add_texts (GgufBuilder *builder, const char *key, guint64 n, const char *const *texts)
{
    gguf_add_array (builder, key, FOVEA_GGUF_TEXT, 0, n, texts);
    for (guint64 i = 0; i < n; i++)
        gguf_put_text (builder->entries, texts[i]);
}

void
gguf_add_tensor_at (GgufBuilder *builder,
                    const char *name,
                    guint type,
                    guint rank,
                    const gint64 *shape,
                    guint64 offset)
{
    gguf_put_text (builder->tensors, name);
    gguf_put (builder->tensors, rank, 4);
    for (guint i = rank; i-- > 0;)
        gguf_put (builder->tensors, (guint64) shape[i], 8);
    gguf_put (builder->tensors, type, 4);
    gguf_put (builder->tensors, offset, 8);
    builder->n_tensors++;
}

static void
pad (GByteArray *to, guint64 alignment)
{
    while (to->len % alignment != 0)
        gguf_put (to, 0, 1);
}

void
gguf_add_tensor (GgufBuilder *builder,
                 const char *name,
                 guint type,
                 guint rank,
                 const gint64 *shape,
                 const void *data,
                 gsize n_bytes)
{
    pad (builder->data, builder->alignment);
    gguf_add_tensor_at (builder, name, type, rank, shape, builder->data->len);
    g_byte_array_append (builder->data, data, (guint) n_bytes);
}

GBytes *
gguf_builder_finish (GgufBuilder *builder, guint32 version)
{
    GByteArray *file = g_byte_array_new ();
    g_byte_array_append (file, (const guint8 *) "GGUF", 4);
    gguf_put (file, version, 4);
    gguf_put (file, builder->n_tensors, 8);
    gguf_put (file, builder->n_entries, 8);
    g_byte_array_append (file, builder->entries->data, builder->entries->len);
    g_byte_array_append (file, builder->tensors->data, builder->tensors->len);
    pad (file, builder->alignment);
    g_byte_array_append (file, builder->data->data, builder->data->len);
    gguf_builder_free (builder);
    return g_byte_array_free_to_bytes (file);
}
