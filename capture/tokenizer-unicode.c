/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Normal forms are applied to runs: a run starts at a character that cannot interact with what
 * stands before it, so that normalising run by run gives the same bytes as the whole text, and each
 * run's bytes keep its place. ASCII never interacts and is copied through. */
#include "capture/tokenizer-unicode.h"

#include <string.h>

gboolean
fovea_unicode_is_space (gunichar c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    GUnicodeType type = g_unichar_type (c);
    return c == 0x85 || type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

gboolean
fovea_unicode_is_punctuation (gunichar c)
{
    if (c < 0x80)
        return g_ascii_ispunct ((char) c);
    GUnicodeType type = g_unichar_type (c);
    return type >= G_UNICODE_CONNECT_PUNCTUATION && type <= G_UNICODE_OPEN_PUNCTUATION;
}

gboolean
fovea_unicode_is_chinese (gunichar c)
{
    static const struct {
        gunichar first, last;
    } blocks[] = {
        {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},   {0x20000, 0x2A6DF},
        {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F},
    };
    for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
        if (c >= blocks[i].first && c <= blocks[i].last)
            return TRUE;
    return FALSE;
}

/* Letters in circles and squares, which Unicode calls symbols and yet alphabetic. */
static gboolean
is_letter_symbol (gunichar c)
{
    return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||
           (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

gunichar
fovea_unicode_lower (gunichar c)
{
    if (c >= 0x2160 && c <= 0x216F)
        return c + 16;
    if (c >= 0x24B6 && c <= 0x24CF)
        return c + 26;
    return g_unichar_tolower (c);
}

gboolean
fovea_unicode_is_word (gunichar c)
{
    GUnicodeType type = g_unichar_type (c);
    return g_unichar_isalpha (c) || type == G_UNICODE_DECIMAL_NUMBER ||
           type == G_UNICODE_LETTER_NUMBER || type == G_UNICODE_SPACING_MARK ||
           type == G_UNICODE_ENCLOSING_MARK || type == G_UNICODE_NON_SPACING_MARK ||
           type == G_UNICODE_CONNECT_PUNCTUATION || is_letter_symbol (c);
}

/* Whether no normal form can join @c to the character before it. Errs to the careful side: what
 * stays in one run only makes places coarser. */
static gboolean
starts_run (gunichar c)
{
    if (c < 0x300)
        return TRUE;
    if (g_unichar_combining_class (c) != 0)
        return FALSE;
    GUnicodeType type = g_unichar_type (c);
    if (type == G_UNICODE_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK ||
        type == G_UNICODE_NON_SPACING_MARK)
        return FALSE;
    /* Vowels and finals of Hangul, and half-width forms that decompose to such or to marks. */
    return !(c >= 0x1160 && c <= 0x11FF) && !(c >= 0xFF9E && c <= 0xFFDC);
}

static void
normalize_run (FoveaAlignedText *out,
               const FoveaAlignedText *text,
               gsize start,
               gsize end,
               GNormalizeMode mode)
{
    const char *run = text->bytes->str + start;
    g_autofree char *normal = g_utf8_normalize (run, end - start, mode);
    gsize n = strlen (normal);
    if (n == end - start && memcmp (normal, run, n) == 0)
        fovea_aligned_text_copy (out, text, start, end);
    else
        fovea_aligned_text_replace (out, text, start, end, normal, n);
}

/* End of the characters from @start on that are ASCII and stand before ASCII or the end. */
static gsize
find_plain_end (const char *bytes, gsize start, gsize length)
{
    gsize i = start;
    while (i < length && (guchar) bytes[i] < 0x80)
        i++;
    return i < length && i > start ? i - 1 : i;
}

FoveaAlignedText *
fovea_unicode_normalize (const FoveaAlignedText *text, GNormalizeMode mode)
{
    const char *bytes = text->bytes->str;
    gsize length = text->bytes->len, i = 0;
    FoveaAlignedText *out = fovea_aligned_text_new (length);
    while (i < length) {
        gsize plain = find_plain_end (bytes, i, length);
        fovea_aligned_text_copy (out, text, i, plain);
        if (plain == length)
            break;
        gsize end = g_utf8_next_char (bytes + plain) - bytes;
        while (end < length && !starts_run (g_utf8_get_char (bytes + end)))
            end = g_utf8_next_char (bytes + end) - bytes;
        normalize_run (out, text, plain, end, mode);
        i = end;
    }
    return out;
}
