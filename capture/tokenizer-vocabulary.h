/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Token strings and ids. Grows while a tokenizer is opened, then is only read. */
#include <glib.h>

#include "kernels/error.h"

typedef struct _FoveaVocabulary FoveaVocabulary;

/**
 * fovea_vocabulary_new:
 *
 * Thread: any.   Owner: caller; autoptr.
 */
FoveaVocabulary *fovea_vocabulary_new (void);

/**
 * fovea_vocabulary_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @vocabulary.
 */
void fovea_vocabulary_free (FoveaVocabulary *vocabulary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaVocabulary, fovea_vocabulary_free)

/**
 * fovea_vocabulary_add:
 *
 * Errors: FOVEA_ERROR_RANGE for an id below 0 or over 4,194,303; FOVEA_ERROR_FORMAT for an id that
 * two different tokens claim.
 * Thread: one.
 */
gboolean
fovea_vocabulary_add (FoveaVocabulary *vocabulary, const char *token, gint64 id, GError **error);

/**
 * fovea_vocabulary_lookup:
 *
 * The id of a token of @length bytes, or -1.
 *
 * Thread: any.
 */
gint32 fovea_vocabulary_lookup (const FoveaVocabulary *vocabulary, const char *token, gsize length);

/**
 * fovea_vocabulary_get:
 * @length: (out): bytes
 *
 * Text of a token, NUL-terminated; "" for an id that no token has.
 *
 * Thread: any.   Owner: @vocabulary.
 */
const char *fovea_vocabulary_get (const FoveaVocabulary *vocabulary, gint32 id, gsize *length);

/**
 * fovea_vocabulary_get_size:
 *
 * Largest id + 1.
 *
 * Thread: any.
 */
guint fovea_vocabulary_get_size (const FoveaVocabulary *vocabulary);
