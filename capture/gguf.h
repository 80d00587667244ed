/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Reader of GGUF files, versions 2 and 3, little-endian. Layout: (1) "GGUF", uint32 version, uint64
 * number of tensors, uint64 number of entries; (2) entries: key, uint32 type, value, where a text
 * is a uint64 length and its bytes, an array a uint32 element type, a uint64 count and its
 * elements; (3) tensors: name, uint32 number of axes, uint64 lengths (fastest axis first), uint32
 * type, uint64 offset; (4) padding to general.alignment (32 if absent); (5) data, offsets relative
 * to its start. The file is mapped and tensors are pointers into it. */
#include "capture/safetensors.h"

typedef struct _FoveaGguf FoveaGguf;

typedef enum {
    FOVEA_GGUF_U8,
    FOVEA_GGUF_I8,
    FOVEA_GGUF_U16,
    FOVEA_GGUF_I16,
    FOVEA_GGUF_U32,
    FOVEA_GGUF_I32,
    FOVEA_GGUF_F32,
    FOVEA_GGUF_BOOL,
    FOVEA_GGUF_TEXT,
    FOVEA_GGUF_ARRAY,
    FOVEA_GGUF_U64,
    FOVEA_GGUF_I64,
    FOVEA_GGUF_F64,
    FOVEA_GGUF_N_TYPES,
} FoveaGgufType;

/* An array of metadata, in place. */
typedef struct {
    FoveaGgufType type; /* of elements, never another array */
    guint64 n;
    const guint8 *data; /* first element; fovea_gguf_array_next_text() moves it on */
} FoveaGgufArray;

/**
 * fovea_gguf_open:
 *
 * Errors: FOVEA_ERROR_FORMAT with key or tensor and byte offset for truncated, overlapping,
 * oversized or lying files; FOVEA_ERROR_UNSUPPORTED for another version, byte order or type of
 * tensor, by name; file errors.
 * Thread: any.   Owner: caller frees with fovea_gguf_free(); autoptr.
 * Source: github.com/ggml-org/ggml, docs/gguf.md.
 */
FoveaGguf *fovea_gguf_open (const char *path, GError **error);

/**
 * fovea_gguf_open_bytes:
 * @bytes: a whole file
 * @name: what to call it in messages
 *
 * As fovea_gguf_open() for bytes in memory; keeps a reference on @bytes.
 *
 * Thread: any.   Owner: caller.
 */
FoveaGguf *fovea_gguf_open_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * fovea_gguf_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @file.
 */
void fovea_gguf_free (FoveaGguf *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaGguf, fovea_gguf_free)

/**
 * fovea_gguf_list:
 * @n: (out): number of tensors
 *
 * All tensors in the order of the file; shapes slowest axis first, as everywhere in Fovea.
 *
 * Thread: any.   Owner: @file.
 */
const FoveaTensor *fovea_gguf_list (const FoveaGguf *file, guint *n);

/**
 * fovea_gguf_get_map:
 *
 * Thread: any.   Owner: @file.
 */
GBytes *const *fovea_gguf_get_map (const FoveaGguf *file);

/**
 * fovea_gguf_list_keys:
 *
 * Keys of the metadata in the order of the file.
 *
 * Thread: any.   Owner: @file; of const char *.
 */
const GPtrArray *fovea_gguf_list_keys (const FoveaGguf *file);

/**
 * fovea_gguf_get_integer:
 * @value: (out): untouched if there is no such integer
 *
 * FALSE if the key is absent or holds no integer that fits.
 *
 * Thread: any.
 */
gboolean fovea_gguf_get_integer (const FoveaGguf *file, const char *key, gint64 *value);

/**
 * fovea_gguf_get_number:
 *
 * As fovea_gguf_get_integer() for any number.
 *
 * Thread: any.
 */
gboolean fovea_gguf_get_number (const FoveaGguf *file, const char *key, double *value);

/**
 * fovea_gguf_get_boolean:
 *
 * @fallback unless the key holds a boolean.
 *
 * Thread: any.
 */
gboolean fovea_gguf_get_boolean (const FoveaGguf *file, const char *key, gboolean fallback);

/**
 * fovea_gguf_get_text:
 *
 * NULL if the key is absent or holds no UTF-8 text.
 *
 * Thread: any.   Owner: @file.
 */
const char *fovea_gguf_get_text (const FoveaGguf *file, const char *key);

/**
 * fovea_gguf_get_array:
 * @array: (out)
 *
 * FALSE if the key is absent or holds no array.
 *
 * Thread: any.   Owner: @file keeps the elements.
 */
gboolean fovea_gguf_get_array (const FoveaGguf *file, const char *key, FoveaGgufArray *array);

/**
 * fovea_gguf_array_next_text:
 * @length: (out): bytes
 *
 * The next of at most n elements of an array of texts, not NUL-terminated; moves @array on.
 *
 * Thread: any.   Owner: the file.
 */
const char *fovea_gguf_array_next_text (FoveaGgufArray *array, gsize *length);

/**
 * fovea_gguf_array_number:
 *
 * Element @i of an array of numbers or booleans.
 *
 * Thread: any.
 */
double fovea_gguf_array_number (const FoveaGgufArray *array, guint64 i);
