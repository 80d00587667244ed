/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A model in a GGUF file, told in the words of Hugging Face: its metadata become a config.json, its
 * tensors get the names that the family's own checkpoints use. So the families' descriptions and
 * tables serve both kinds of files. */
#include "capture/architecture.h"
#include "capture/gguf.h"

/**
 * fovea_gguf_describe:
 * @name: what to call the file in messages
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED naming an architecture or a key of it that is not known (a key may
 * change the mathematics, so none is passed over); those of fovea_family_describe().
 * Thread: any.   Owner: caller.
 */
FoveaArchitecture *fovea_gguf_describe (const FoveaGguf *file, const char *name, GError **error);

/**
 * fovea_gguf_rename:
 * @architecture: from fovea_gguf_describe()
 * @names: holds the new names
 *
 * The tensors under the family's names, rows of turned pairs marked. One that the table does not
 * know keeps its own name, which the family then refuses.
 *
 * Thread: any.   Owner: caller; an array of #FoveaTensor that point into @file.
 */
GArray *fovea_gguf_rename (const FoveaGguf *file,
                           const FoveaArchitecture *architecture,
                           GStringChunk *names);
