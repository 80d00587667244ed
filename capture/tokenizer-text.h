/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Text on its way through the stages of a tokenizer, with the place in the original text that each
 * byte came from, so that tokens can say where they stand however the stages changed lengths. */
#include <glib.h>

/* Byte range [start, end) of the original text; empty for bytes that a stage put in. */
typedef struct {
    gsize start, end;
} FoveaSpan;

typedef struct {
    GString *bytes;
    GArray *spans; /* one #FoveaSpan a byte */
} FoveaAlignedText;

/**
 * fovea_aligned_text_new:
 *
 * Empty, with room for @reserve bytes.
 *
 * Thread: any.   Owner: caller; autoptr.
 */
FoveaAlignedText *fovea_aligned_text_new (gsize reserve);

/**
 * fovea_aligned_text_new_from:
 * @text: UTF-8 of @length bytes that stand at @base in the original text
 *
 * Thread: any.   Owner: caller; autoptr.
 */
FoveaAlignedText *fovea_aligned_text_new_from (const char *text, gsize length, gsize base);

/**
 * fovea_aligned_text_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @text.
 */
void fovea_aligned_text_free (FoveaAlignedText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaAlignedText, fovea_aligned_text_free)

/**
 * fovea_aligned_text_copy:
 *
 * Appends bytes [start, end) of @from with their places.
 *
 * Thread: one.
 */
void fovea_aligned_text_copy (FoveaAlignedText *text,
                              const FoveaAlignedText *from,
                              gsize start,
                              gsize end);

/**
 * fovea_aligned_text_replace:
 *
 * Appends @n new bytes that stand for bytes [start, end) of @from. An empty range is an insertion:
 * its place is empty too.
 *
 * Thread: one.
 */
void fovea_aligned_text_replace (FoveaAlignedText *text,
                                 const FoveaAlignedText *from,
                                 gsize start,
                                 gsize end,
                                 const char *bytes,
                                 gsize n);

/**
 * fovea_aligned_text_span:
 *
 * Place in the original text of bytes [start, end).
 *
 * Thread: any.
 */
FoveaSpan fovea_aligned_text_span (const FoveaAlignedText *text, gsize start, gsize end);
