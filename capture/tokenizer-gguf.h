/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The tokenizer in a GGUF file's metadata. */
#include "capture/gguf.h"
#include "capture/tokenizer.h"

/**
 * fovea_gguf_tokenizer_new:
 * @name: what to call the file in messages
 *
 * Reads tokenizer.ggml.*: models "llama" (SentencePiece's byte-pair encoding), "gpt2" (byte-level,
 * cut as tokenizer.ggml.pre says) and "bert" (WordPiece).
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without one; FOVEA_ERROR_UNSUPPORTED naming another model or way of
 * cutting; FOVEA_ERROR_FORMAT for tables that do not fit together.
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_gguf_tokenizer_new (const FoveaGguf *file, const char *name, GError **error);
