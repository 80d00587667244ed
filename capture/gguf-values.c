/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Answers of an opened GGUF's metadata. Scalars are decoded from the mapped bytes when they are asked
 * for, in little-endian order at any alignment; a key that is absent or of another type is no error
 * here but an answer. Cost: a hash look-up. */
#include <string.h>

#include "capture/gguf-private.h"

const gsize fovea_gguf_widths[FOVEA_GGUF_N_TYPES] = {
    [FOVEA_GGUF_U8] = 1,  [FOVEA_GGUF_I8] = 1,  [FOVEA_GGUF_U16] = 2, [FOVEA_GGUF_I16] = 2,
    [FOVEA_GGUF_U32] = 4, [FOVEA_GGUF_I32] = 4, [FOVEA_GGUF_F32] = 4, [FOVEA_GGUF_BOOL] = 1,
    [FOVEA_GGUF_U64] = 8, [FOVEA_GGUF_I64] = 8, [FOVEA_GGUF_F64] = 8,
};

static guint64
unsigned_at (const guint8 *from, gsize width)
{
    guint64 value = 0;
    for (gsize i = 0; i < width; i++)
        value |= (guint64) from[i] << (8 * i);
    return value;
}

static gboolean
integer_at (const guint8 *from, FoveaGgufType type, gint64 *value)
{
    const gsize width = fovea_gguf_widths[type];
    const guint64 bits = unsigned_at (from, width);
    switch (type) {
    case FOVEA_GGUF_I8:
    case FOVEA_GGUF_I16:
    case FOVEA_GGUF_I32:
    case FOVEA_GGUF_I64:
        *value = (gint64) (bits << (64 - 8 * width)) >> (64 - 8 * width);
        return TRUE;
    case FOVEA_GGUF_U8:
    case FOVEA_GGUF_U16:
    case FOVEA_GGUF_U32:
    case FOVEA_GGUF_U64:
        if (bits > G_MAXINT64)
            return FALSE;
        *value = (gint64) bits;
        return TRUE;
    default:
        return FALSE;
    }
}

static double
number_at (const guint8 *from, FoveaGgufType type)
{
    const guint64 bits = unsigned_at (from, fovea_gguf_widths[type]);
    gint64 integer = 0;
    float single;
    double number;
    guint32 low = (guint32) bits;
    if (type == FOVEA_GGUF_BOOL)
        return bits != 0;
    if (type == FOVEA_GGUF_F32) {
        memcpy (&single, &low, sizeof single);
        return (double) single;
    }
    if (type == FOVEA_GGUF_F64) {
        memcpy (&number, &bits, sizeof number);
        return number;
    }
    return integer_at (from, type, &integer) ? (double) integer : (double) bits;
}

/* The entry of @key if it holds a scalar, else NULL. */
static const FoveaGgufEntry *
find_scalar (const FoveaGguf *file, const char *key)
{
    const FoveaGgufEntry *entry = g_hash_table_lookup (file->entries, key);
    return entry != NULL && fovea_gguf_widths[entry->type] > 0 ? entry : NULL;
}

gboolean
fovea_gguf_get_integer (const FoveaGguf *file, const char *key, gint64 *value)
{
    const FoveaGgufEntry *entry = find_scalar (file, key);
    return entry != NULL && integer_at (file->data + entry->at, entry->type, value);
}

gboolean
fovea_gguf_get_number (const FoveaGguf *file, const char *key, double *value)
{
    const FoveaGgufEntry *entry = find_scalar (file, key);
    if (entry == NULL || entry->type == FOVEA_GGUF_BOOL)
        return FALSE;
    *value = number_at (file->data + entry->at, entry->type);
    return TRUE;
}

gboolean
fovea_gguf_get_boolean (const FoveaGguf *file, const char *key, gboolean fallback)
{
    const FoveaGgufEntry *entry = find_scalar (file, key);
    if (entry == NULL || entry->type != FOVEA_GGUF_BOOL)
        return fallback;
    return file->data[entry->at] != 0;
}

const char *
fovea_gguf_get_text (const FoveaGguf *file, const char *key)
{
    const FoveaGgufEntry *entry = g_hash_table_lookup (file->entries, key);
    return entry != NULL ? entry->text : NULL;
}

gboolean
fovea_gguf_get_array (const FoveaGguf *file, const char *key, FoveaGgufArray *array)
{
    const FoveaGgufEntry *entry = g_hash_table_lookup (file->entries, key);
    if (entry == NULL || entry->type != FOVEA_GGUF_ARRAY)
        return FALSE;
    *array = (FoveaGgufArray){entry->element, entry->n, file->data + entry->at};
    return TRUE;
}

const char *
fovea_gguf_array_next_text (FoveaGgufArray *array, gsize *length)
{
    g_return_val_if_fail (array->type == FOVEA_GGUF_TEXT, NULL);
    *length = (gsize) unsigned_at (array->data, sizeof (guint64));
    const char *text = (const char *) array->data + sizeof (guint64);
    array->data += sizeof (guint64) + *length;
    return text;
}

double
fovea_gguf_array_number (const FoveaGgufArray *array, guint64 i)
{
    g_return_val_if_fail (fovea_gguf_widths[array->type] > 0 && i < array->n, 0);
    return number_at (array->data + (gsize) i * fovea_gguf_widths[array->type], array->type);
}
