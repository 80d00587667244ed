/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tokenizers of folders without a tokenizer.json: SentencePiece's tokenizer.model, tiktoken's files,
 * GPT-2's vocab.json with merges.txt, BERT's vocab.txt, llama2.c's tok*.bin; the first that is there. */
#include "capture/tokenizer.h"

/**
 * fovea_tokenizer_files_open:
 * @folder: perhaps with a tokenizer_config.json
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if there is none of them; those of their readers.
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_tokenizer_files_open (const char *folder, GError **error);

/**
 * fovea_tokenizer_new_from_merges:
 * @vocabulary: the text of vocab.json
 * @merges: the text of merges.txt
 *
 * GPT-2's byte-level BPE; with <s>, </s> and <mask> in the vocabulary RoBERTa's, which stand around
 * every text.
 *
 * Errors: FOVEA_ERROR_FORMAT.
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_tokenizer_new_from_merges (const char *vocabulary,
                                                 const char *merges,
                                                 const char *config,
                                                 GError **error);

/**
 * fovea_tokenizer_new_from_words:
 * @vocabulary: the text of vocab.txt, a token a line
 *
 * BERT's WordPiece; lower case unless @config says "do_lower_case": false.
 *
 * Errors: FOVEA_ERROR_FORMAT.
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *
fovea_tokenizer_new_from_words (const char *vocabulary, const char *config, GError **error);
