/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Reader of numpy's .npz: a zip archive of .npy members, stored or deflated, with the 64-bit
 * extension. Stored members are read in place. */
#include "capture/safetensors.h"

typedef struct _FoveaNpz FoveaNpz;

/**
 * fovea_npz_open:
 *
 * Every member is checked against its checksum.
 *
 * Errors: FOVEA_ERROR_FORMAT with member and byte offset; FOVEA_ERROR_UNSUPPORTED for encryption,
 * another compression or element type; file errors.
 * Thread: any.   Owner: caller frees with fovea_npz_free(); autoptr.
 * Source: PKWARE APPNOTE 6.3.
 */
FoveaNpz *fovea_npz_open (const char *path, GError **error);

/**
 * fovea_npz_open_bytes:
 * @name: what to call it in messages
 *
 * As fovea_npz_open() for bytes in memory; keeps a reference on @bytes.
 *
 * Thread: any.   Owner: caller.
 */
FoveaNpz *fovea_npz_open_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * fovea_npz_free:
 *
 * Pointers into members end with it. NULL is fine.
 *
 * Thread: any.   Owner: takes @npz.
 */
void fovea_npz_free (FoveaNpz *npz);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaNpz, fovea_npz_free)

/**
 * fovea_npz_list:
 * @n: (out): number of arrays
 *
 * All arrays, without ".npy" in their names, in the order of the archive.
 *
 * Thread: any.   Owner: @npz.
 */
const FoveaTensor *fovea_npz_list (FoveaNpz *npz, guint *n);
