/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Reader of safetensors files (the writer is in safetensors-writer.h). Layout: (1) uint64
 * little-endian n, (2) n bytes of JSON: tensor name -> {dtype, shape, data_offsets [begin, end)},
 * and "__metadata__" -> {text: text}, (3) data, offsets relative to its start. The reader maps the
 * file read-only and hands out pointers into the map: no element is copied on the host. */
#include <gio/gio.h>

#include "kernels/dtype.h"
#include "kernels/error.h"

typedef struct _FoveaSafetensors FoveaSafetensors;

enum {
    FOVEA_MAX_RANK = 8
};

typedef struct _FoveaTensor {
    const char *name;
    FoveaDtype dtype;
    guint rank;
    gint64 shape[FOVEA_MAX_RANK];
    gint64 n_elements;
    const void *data; /* into the map, perhaps unaligned */
    gsize n_bytes;
    gsize offset; /* of the first byte in its file, for messages */
    /* Of tensors that were rewritten for GGUF, whatever the family's own files do: */
    gboolean rewritten; /* matrices are (out, in), parts of fused ones stand one after another */
    gint64 pair_width;  /* see fovea_weight_row(); 0 = rows stand in the order of outputs */
} FoveaTensor;

/**
 * fovea_safetensors_open:
 * @path: a .safetensors file, or a .safetensors.index.json that names its shards
 *
 * Errors: FOVEA_ERROR_FORMAT with tensor and byte offset for truncated, overlapping, oversized or
 * lying files; FOVEA_ERROR_UNSUPPORTED for an unknown dtype; file errors. Thread: any.   Owner:
 * caller frees with fovea_safetensors_free(); autoptr. Source: github.com/huggingface/safetensors,
 * README "Format".
 */
FoveaSafetensors *fovea_safetensors_open (const char *path, GError **error);

/**
 * fovea_safetensors_open_bytes:
 * @bytes: a whole file
 * @name: what to call it in messages
 *
 * As fovea_safetensors_open() for bytes in memory; keeps a reference on @bytes.
 *
 * Thread: any.   Owner: caller.
 */
FoveaSafetensors *fovea_safetensors_open_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * fovea_safetensors_free:
 *
 * Unmaps; pointers into the map end with it. NULL is fine.
 *
 * Thread: any.   Owner: takes @file.
 */
void fovea_safetensors_free (FoveaSafetensors *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSafetensors, fovea_safetensors_free)

/**
 * fovea_safetensors_lookup:
 *
 * The tensor called @name, or NULL.
 *
 * Thread: any.   Owner: @file.
 */
const FoveaTensor *fovea_safetensors_lookup (FoveaSafetensors *file, const char *name);

/**
 * fovea_safetensors_list:
 * @n: (out): number of tensors
 *
 * All tensors, in the order of the file(s).
 *
 * Thread: any.   Owner: @file.
 */
const FoveaTensor *fovea_safetensors_list (FoveaSafetensors *file, guint *n);

/**
 * fovea_safetensors_get_metadata:
 *
 * A value of "__metadata__", or NULL.
 *
 * Thread: any.   Owner: @file.
 */
const char *fovea_safetensors_get_metadata (FoveaSafetensors *file, const char *key);

/**
 * fovea_safetensors_get_maps:
 * @n: (out): number of files
 *
 * The files as they are mapped, in the order of their names, for hashing.
 *
 * Thread: any.   Owner: @file.
 */
GBytes *const *fovea_safetensors_get_maps (FoveaSafetensors *file, guint *n);
