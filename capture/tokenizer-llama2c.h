/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* llama2.c's tokenizer.bin: (1) uint32 longest token, then per id (2) float32 score, (3) int32
 * length, (4) bytes. Little-endian. */
#include "capture/tokenizer.h"

/**
 * fovea_llama2c_tokenizer_open:
 * @folder: with a tokenizer.bin or tok*.bin
 *
 * For bare llama2.c checkpoints, which have no tokenizer.json.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if @folder has neither; FOVEA_ERROR_FORMAT with the byte offset.
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_llama2c_tokenizer_open (const char *folder, GError **error);

/**
 * fovea_llama2c_tokenizer_new:
 *
 * As fovea_llama2c_tokenizer_open() from memory.
 *
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_llama2c_tokenizer_new (const guint8 *bytes, gsize length, GError **error);
