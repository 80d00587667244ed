/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A writer of GGUF files for the suites, honest or lying: every number of the layout is put by
 * hand, and a finished file may be changed before it is read. */
#include <glib.h>

#include "kernels/dtype.h"

typedef struct {
    GByteArray *entries, *tensors, *data;
    guint64 n_entries, n_tensors;
    guint64 alignment;
} GgufBuilder;

/**
 * gguf_builder_new:
 *
 * Owner: gguf_builder_finish() or gguf_builder_free().
 */
GgufBuilder *gguf_builder_new (void);

/** gguf_builder_free: */
void gguf_builder_free (GgufBuilder *builder);

/** gguf_put: the low @n bytes of @value, little-endian. */
void gguf_put (GByteArray *to, guint64 value, guint n);

/** gguf_put_text: length and bytes. */
void gguf_put_text (GByteArray *to, const char *text);

/** gguf_add_text: */
void gguf_add_text (GgufBuilder *builder, const char *key, const char *text);

/** gguf_add_integer: an entry of @type (a FoveaGgufType) of @width bytes. */
void
gguf_add_integer (GgufBuilder *builder, const char *key, guint type, guint width, guint64 value);

/** gguf_add_u32: */
void gguf_add_u32 (GgufBuilder *builder, const char *key, guint32 value);

/** gguf_add_f32: */
void gguf_add_f32 (GgufBuilder *builder, const char *key, float value);

/** gguf_add_array: @n elements of @type and @width bytes. */
void gguf_add_array (
    GgufBuilder *builder, const char *key, guint type, guint width, guint64 n, const void *data);

/** gguf_add_texts: */
void gguf_add_texts (GgufBuilder *builder, const char *key, guint64 n, const char *const *texts);

/**
 * gguf_add_tensor:
 * @type: ggml's number, 0 = F32
 * @shape: slowest axis first
 */
void gguf_add_tensor (GgufBuilder *builder,
                      const char *name,
                      guint type,
                      guint rank,
                      const gint64 *shape,
                      const void *data,
                      gsize n_bytes);

/** gguf_add_tensor_at: the description alone, at a stated offset. */
void gguf_add_tensor_at (GgufBuilder *builder,
                         const char *name,
                         guint type,
                         guint rank,
                         const gint64 *shape,
                         guint64 offset);

/**
 * gguf_builder_finish:
 *
 * The file.   Owner: caller; takes @builder.
 */
GBytes *gguf_builder_finish (GgufBuilder *builder, guint32 version);
