/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A {"String": ...} or {"Regex": ...} of tokenizer.json. */
#include "capture/tokenizer-json.h"

typedef struct _FoveaPattern FoveaPattern;

/**
 * fovea_pattern_new_from_json:
 * @object: with a member "pattern"
 *
 * Errors: FOVEA_ERROR_FORMAT for a pattern that does not compile, with its text.
 * Thread: any.   Owner: caller; immutable, threads may share it.
 */
FoveaPattern *fovea_pattern_new_from_json (JsonObject *object, GError **error);

/**
 * fovea_pattern_new_regex:
 *
 * As fovea_pattern_new_from_json() for the text of a regular expression.
 *
 * Thread: any.   Owner: caller.
 */
FoveaPattern *fovea_pattern_new_regex (const char *regex, GError **error);

/**
 * fovea_pattern_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @pattern.
 */
void fovea_pattern_free (FoveaPattern *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPattern, fovea_pattern_free)

/**
 * fovea_pattern_find:
 * @text: valid UTF-8, all that the pattern may look at
 * @matches: (out caller-allocates): pairs of gsize start, end are appended
 *
 * All matches, left to right, not overlapping; an empty match advances by one character.
 *
 * Errors: FOVEA_ERROR_FORMAT when matching needs more than its limits allow.
 * Thread: any.
 */
gboolean fovea_pattern_find (
    const FoveaPattern *pattern, const char *text, gsize length, GArray *matches, GError **error);
