/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Text to token ids and back, as tokenizer.json of Hugging Face's tokenizers says (normalizer,
 * pre-tokenizer, model, post-processor, decoder, added tokens). A part that is not known is refused
 * by name, never guessed. */
#include <glib.h>

#include "kernels/error.h"

typedef struct _FoveaTokenizer FoveaTokenizer;

typedef struct {
    gint32 id;
    gint64 start, end; /* byte range in the text; empty for tokens that the post-processor adds */
} FoveaToken;

/**
 * fovea_tokenizer_open:
 * @folder: a model folder with tokenizer.json, or else one of the files of tokenizer-files.h, and
 * perhaps tokenizer_config.json
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_FORMAT, FOVEA_ERROR_UNSUPPORTED (names the part).
 * Thread: any.   Owner: caller frees with fovea_tokenizer_free(); autoptr. Immutable, so threads
 * may share it.
 */
FoveaTokenizer *fovea_tokenizer_open (const char *folder, GError **error);

/**
 * fovea_tokenizer_new_from_json:
 * @json: the text of tokenizer.json
 * @config: (nullable): the text of tokenizer_config.json
 *
 * As fovea_tokenizer_open() from memory.
 *
 * Thread: any.   Owner: caller.
 */
FoveaTokenizer *fovea_tokenizer_new_from_json (
    const char *json, gssize length, const char *config, gssize config_length, GError **error);

/**
 * fovea_tokenizer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @tokenizer.
 */
void fovea_tokenizer_free (FoveaTokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTokenizer, fovea_tokenizer_free)

/**
 * fovea_tokenizer_get_size:
 *
 * Number of ids, added tokens included: ids are 0 .. size-1.
 *
 * Thread: any.
 */
guint fovea_tokenizer_get_size (FoveaTokenizer *tokenizer);

/**
 * fovea_tokenizer_describe:
 *
 * One line for people: "byte-level BPE, 8,192 tokens".
 *
 * Thread: any.   Owner: @tokenizer.
 */
const char *fovea_tokenizer_describe (FoveaTokenizer *tokenizer);

/**
 * fovea_tokenizer_get_bytes:
 * @length: (out): bytes
 *
 * What a token stands for in the text ("Ġthe" gives " the"), perhaps half a character; special
 * tokens give their name. NUL-terminated after @length. Empty for an id out of range.
 *
 * Thread: any.   Owner: @tokenizer.
 */
const char *fovea_tokenizer_get_bytes (FoveaTokenizer *tokenizer, gint32 id, gsize *length);

/**
 * fovea_tokenizer_is_special:
 *
 * Thread: any.
 */
gboolean fovea_tokenizer_is_special (FoveaTokenizer *tokenizer, gint32 id);

/**
 * fovea_tokenizer_get_bos:
 *
 * Id put in front of every text, or -1.
 *
 * Thread: any.
 */
gint32 fovea_tokenizer_get_bos (FoveaTokenizer *tokenizer);

/**
 * fovea_tokenizer_get_around:
 * @after: FALSE: the ids put in front of every text, TRUE: those put behind
 * @n: (out): how many
 *
 * Thread: any.   Owner: @tokenizer.
 */
const gint32 *fovea_tokenizer_get_around (FoveaTokenizer *tokenizer, gboolean after, guint *n);

/**
 * fovea_tokenizer_encode:
 * @text: UTF-8 of @length bytes (-1: NUL-terminated)
 * @add_special: also what the post-processor (or add_bos_token) adds
 *
 * A character that has no token is an error where upstream drops it in silence (vocabularies
 * without unknown token and byte fallback). Places keep the spaces that a token stands for.
 *
 * Errors: FOVEA_ERROR_FORMAT for invalid UTF-8 with its byte offset; FOVEA_ERROR_RANGE for a
 * character without token, and for more than 256 MiB.
 * Thread: any.   Owner: caller; an array of #FoveaToken.
 */
GArray *fovea_tokenizer_encode (FoveaTokenizer *tokenizer,
                                const char *text,
                                gssize length,
                                gboolean add_special,
                                GError **error);

/**
 * fovea_tokenizer_decode:
 * @skip_special: leave special tokens out
 * @length: (out) (optional): bytes
 *
 * The text that @ids stand for, as the decoder of tokenizer.json says. Bytes that form no UTF-8 are
 * kept as they are.
 *
 * Errors: FOVEA_ERROR_RANGE for an id out of range.
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_tokenizer_decode (FoveaTokenizer *tokenizer,
                              const gint32 *ids,
                              gsize n,
                              gboolean skip_special,
                              gsize *length,
                              GError **error);
