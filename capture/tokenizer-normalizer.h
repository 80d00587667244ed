/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "normalizer" of tokenizer.json: rewriting of the text before it is cut into words. */
#include "capture/tokenizer-json.h"
#include "capture/tokenizer-text.h"

typedef struct _FoveaNormalizer FoveaNormalizer;

/**
 * fovea_normalizer_new_from_json:
 * @object: (nullable): NULL leaves texts as they are
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED naming the type, FOVEA_ERROR_FORMAT.
 * Thread: any.   Owner: caller; immutable, threads may share it.
 */
FoveaNormalizer *fovea_normalizer_new_from_json (JsonObject *object, GError **error);

/**
 * fovea_normalizer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @normalizer.
 */
void fovea_normalizer_free (FoveaNormalizer *normalizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaNormalizer, fovea_normalizer_free)

/**
 * fovea_normalizer_apply:
 * @text: (transfer full): valid UTF-8
 *
 * The rewritten text, or NULL with an error.
 *
 * Errors: those of fovea_pattern_find().
 * Thread: any.   Owner: caller.
 */
FoveaAlignedText *
fovea_normalizer_apply (const FoveaNormalizer *normalizer, FoveaAlignedText *text, GError **error);
