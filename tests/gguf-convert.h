/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Hugging Face folders rewritten as GGUF, the way llama.cpp's conversion does it: names, order of
 * the rows of queries and keys, order of axes, gains. */
#include "tests/gguf-support.h"

/**
 * gguf_convert:
 * @folder: with config.json and model.safetensors
 * @path: of the file to write
 *
 * Fails the test for a family without a table here.
 */
void gguf_convert (const char *folder, const char *path);

/**
 * gguf_write:
 *
 * Finishes @builder as version 3 into a file.
 */
void gguf_write (GgufBuilder *builder, const char *path);

/**
 * gguf_copy_with_context:
 *
 * A copy of a file whose context_length (a u32) is another: llama.cpp does not hold to it, Fovea
 * does.   Owner: caller, a path in @folder.
 */
char *gguf_copy_with_context (const char *from, const char *folder, guint32 context);

/**
 * gguf_copy_with_biases:
 *
 * The small Llama as its family's own checkpoint in @folder, where every projection adds values that tell each
 * place from every other.
 */
void gguf_copy_with_biases (const char *folder);
