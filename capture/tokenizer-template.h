/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* "post_processor" of tokenizer.json and add_bos_token, add_eos_token of tokenizer_config.json: ids
 * that stand around every text. */
#include "capture/tokenizer-json.h"
#include "capture/tokenizer-vocabulary.h"

typedef struct {
    GArray *before, *after; /* of gint32 */
} FoveaTemplate;

/**
 * fovea_template_new_from_json:
 * @post_processor: (nullable)
 * @config: (nullable): an explicit add_bos_token or add_eos_token has the last word
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED naming the type; FOVEA_ERROR_FORMAT; FOVEA_ERROR_RANGE for an id
 * outside the vocabulary.
 * Thread: any.   Owner: caller; autoptr.
 */
FoveaTemplate *fovea_template_new_from_json (JsonObject *post_processor,
                                             JsonObject *config,
                                             const FoveaVocabulary *vocabulary,
                                             GError **error);

/**
 * fovea_template_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @around.
 */
void fovea_template_free (FoveaTemplate *around);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTemplate, fovea_template_free)
