/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* SentencePiece's tokenizer.model, a protobuf message: (1) pieces {1 text, 2 float score, 3 type}, (2)
 * trainer settings {3 kind of model, 24 space behind, 35 byte fallback, 40 to 42 ids of unknown,
 * beginning and end}, (3) normalizer {2 character map, 3 space in front, 4 spaces collapsed, 5 spaces
 * marked}, (5) denormalizer. */
#include "capture/tokenizer.h"

/**
 * fovea_sentencepiece_new:
 * @config: (nullable): the text of tokenizer_config.json, whose add_bos_token has the last word
 *
 * A tokenizer as Hugging Face makes it of such a file: the beginning is put in front of every text
 * unless @config says otherwise, names of control tokens are found in texts.
 * User-defined pieces are cut out first, as there: where the model puts a space in front of a text,
 * what follows such a piece gets one too, which sentencepiece itself would not give.
 *
 * Errors: FOVEA_ERROR_FORMAT with the byte offset; FOVEA_ERROR_UNSUPPORTED naming another kind of
 * model, or a denormalizer's map.
 * Thread: any.   Owner: caller.
 * Source: field numbers of sentencepiece_model.proto (github.com/google/sentencepiece).
 */
FoveaTokenizer *fovea_sentencepiece_new (
    const guint8 *bytes, gsize length, const char *config, gsize config_length, GError **error);
