/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* tiktoken's files: a token in base64 and its rank on every line. How texts are cut into words and
 * which special tokens there are stands in programs, not in the file. */
#include "capture/tokenizer.h"

/**
 * fovea_tiktoken_is_one:
 *
 * Whether a file begins as one of tiktoken does, whatever its name; Llama 3's is called
 * tokenizer.model as SentencePiece's are.
 *
 * Thread: any.
 */
gboolean fovea_tiktoken_is_one (const char *text, gsize length);

/**
 * fovea_tiktoken_new:
 * @text: (array length=length): need not end in NUL
 * @name: the file's, without folder
 * @config: (nullable): the text of tokenizer_config.json
 *
 * Byte-level BPE by ranks. The pattern that cuts words is @config's "pat_str" if there is one, else
 * that of the encoding that the file's name (cl100k_base.tiktoken) or its number of tokens names;
 * special tokens are @config's "added_tokens_decoder", else the encoding's.
 *
 * Errors: FOVEA_ERROR_FORMAT with the line; FOVEA_ERROR_UNSUPPORTED for an encoding that neither
 * name nor number tells.
 * Thread: any.   Owner: caller.
 * Source: the format of github.com/openai/tiktoken (MIT), held to that program's ids by tests.
 */
FoveaTokenizer *fovea_tiktoken_new (
    const char *text, gsize length, const char *name, const char *config, GError **error);
