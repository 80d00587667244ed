/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The .bin checkpoints of llama2.c, float32. Version 0: seven int32 (dim, hidden, layers, heads, kv
 * heads, vocabulary, context; a negative vocabulary says that the head is not tied), then
 * embedding, attention norms, wq, wk, wv, wo, MLP norms, w1, w2, w3, final norm, two rotary tables
 * that nobody reads, head if not tied. Version 1: "ak42", int32 1, the seven, a byte that says
 * tied, zeros to byte 256, then attention norms, MLP norms, final norm, embedding, wq, wk, wv, wo,
 * w1, w2, w3, head if not tied. Each stands for all layers at once. */
#include "capture/architecture.h"
#include "capture/safetensors.h"

/**
 * fovea_llama2c_read:
 * @bytes: the whole file, which must outlive the tensors
 * @name: what to call it in messages
 * @architecture: (out): its description, a Llama with interleaved rotary pairs
 * @names: holds the tensors' names
 *
 * The tensors in place, under Llama's names.
 *
 * Errors: FOVEA_ERROR_FORMAT with the byte offset; FOVEA_ERROR_UNSUPPORTED for another version.
 * Thread: any.   Owner: caller; an array of #FoveaTensor.
 */
GArray *fovea_llama2c_read (GBytes *bytes,
                            const char *name,
                            GStringChunk *names,
                            FoveaArchitecture **architecture,
                            GError **error);
