/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Character classes and normal forms as the tokenizers library understands them. */
#include "capture/tokenizer-text.h"

/**
 * fovea_unicode_is_space:
 *
 * Unicode's White_Space property.
 *
 * Thread: any.
 */
gboolean fovea_unicode_is_space (gunichar c);

/**
 * fovea_unicode_is_punctuation:
 *
 * ASCII punctuation and symbols, or a general category P*.
 *
 * Thread: any.
 */
gboolean fovea_unicode_is_punctuation (gunichar c);

/**
 * fovea_unicode_is_chinese:
 *
 * Blocks of CJK ideographs (not kana or Hangul), which BERT splits one by one.
 *
 * Thread: any.
 */
gboolean fovea_unicode_is_chinese (gunichar c);

/**
 * fovea_unicode_lower:
 *
 * As g_unichar_tolower(), and for Roman numerals and circled letters, which it leaves alone.
 *
 * Thread: any.
 */
gunichar fovea_unicode_lower (gunichar c);

/**
 * fovea_unicode_is_word:
 *
 * Letter, mark, decimal digit, letter number or connector: \w of a regular expression. Also letters in
 * circles and squares.
 *
 * Thread: any.
 */
gboolean fovea_unicode_is_word (gunichar c);

/**
 * fovea_unicode_normalize:
 *
 * @text in a normal form; places stay exact to the smallest run that normalises on its own.
 *
 * Thread: any.   Owner: caller.
 */
FoveaAlignedText *fovea_unicode_normalize (const FoveaAlignedText *text, GNormalizeMode mode);
