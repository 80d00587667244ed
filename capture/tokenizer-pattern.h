/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A {"String": ...} or {"Regex": ...} of tokenizer.json. */
#include "capture/tokenizer-json.h"

/* Members of \w where upstream means Rust's: alphabetic characters, marks, digits, connectors, joiners.
 * In an expression of a file it is another engine's, see fovea_pattern_new_regex(). */
#define FOVEA_PATTERN_ALPHABETIC                                                                   \
    "\\p{L}\\p{Nl}\\x{24b6}-\\x{24e9}\\x{1f130}-\\x{1f149}\\x{1f150}-\\x{1f169}\\x{1f170}-\\x{"    \
    "1f189}"
#define FOVEA_PATTERN_WORD FOVEA_PATTERN_ALPHABETIC "\\p{Nd}\\p{M}\\p{Pc}\\x{200c}\\x{200d}"

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
 * As fovea_pattern_new_from_json() for the text of a regular expression, whose \w is that of upstream's
 * engine: no joiners, but, outside of brackets, the superscript digits and fractions of Latin-1.
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
