/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "decoder" of tokenizer.json: from token texts back to text. */
#include "capture/tokenizer-json.h"

typedef struct _FoveaDecoder FoveaDecoder;

/**
 * fovea_decoder_new_from_json:
 * @object: (nullable): NULL joins tokens with spaces
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED naming the type, FOVEA_ERROR_FORMAT.
 * Thread: any.   Owner: caller; immutable, threads may share it.
 */
FoveaDecoder *fovea_decoder_new_from_json (JsonObject *object, GError **error);

/**
 * fovea_decoder_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @decoder.
 */
void fovea_decoder_free (FoveaDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDecoder, fovea_decoder_free)

/**
 * fovea_decoder_new_list:
 *
 * An empty list for fovea_decoder_apply() that owns its strings.
 *
 * Thread: any.   Owner: caller.
 */
GPtrArray *fovea_decoder_new_list (void);

/**
 * fovea_decoder_apply:
 * @tokens: of #GString in order, from fovea_decoder_new_list(); changed on the way
 *
 * The text of a whole sequence.
 *
 * Thread: any.   Owner: caller.
 */
GString *fovea_decoder_apply (const FoveaDecoder *decoder, GPtrArray *tokens);

/**
 * fovea_decoder_show:
 *
 * Turns the text of one token into the bytes that it stands for inside a sequence.
 *
 * Thread: any.
 */
void fovea_decoder_show (const FoveaDecoder *decoder, GString *token);
