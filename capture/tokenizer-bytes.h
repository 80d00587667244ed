/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* GPT-2's alphabet: each byte as one visible character, so that a vocabulary of byte strings fits
 * into JSON ("Ġ" is the space). */
#include "capture/tokenizer-text.h"

/**
 * fovea_byte_to_char:
 *
 * The character that stands for @byte; at most two bytes of UTF-8.
 *
 * Thread: any.   Source: Radford et al. 2019, encoder of GPT-2.
 */
gunichar fovea_byte_to_char (guint8 byte);

/**
 * fovea_byte_append:
 * @i: a byte of @from
 *
 * Appends that character, whose place is the byte's.
 *
 * Thread: one at a time.
 */
void fovea_byte_append (FoveaAlignedText *to, const FoveaAlignedText *from, gsize i);

/**
 * fovea_byte_from_char:
 *
 * The byte that @c stands for, or -1.
 *
 * Thread: any.
 */
int fovea_byte_from_char (gunichar c);

/**
 * fovea_byte_decode:
 *
 * Appends the bytes that @text of this alphabet stands for; text with any other character is
 * appended as it is.
 *
 * Thread: any.
 */
void fovea_byte_decode (const char *text, gsize length, GString *out);
