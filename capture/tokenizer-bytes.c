/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The visible bytes 0x21-0x7E, 0xA1-0xAC, 0xAE-0xFF stand for themselves; the other 68, in rising
 * order, are U+0100 and on. */
#include "capture/tokenizer-bytes.h"

enum {
    FIRST_OTHER = 0x100,
    N_OTHERS = 68,
    N_BELOW_DELETE = 0x21,   /* 0x00-0x20 */
    N_BELOW_SOFT_HYPHEN = 67 /* and 0x7F-0xA0 */
};

gunichar
fovea_byte_to_char (guint8 byte)
{
    if (byte <= 0x20)
        return FIRST_OTHER + byte;
    if (byte >= 0x7F && byte <= 0xA0)
        return FIRST_OTHER + N_BELOW_DELETE + (byte - 0x7F);
    if (byte == 0xAD)
        return FIRST_OTHER + N_BELOW_SOFT_HYPHEN;
    return byte;
}

void
fovea_byte_append (FoveaAlignedText *to, const FoveaAlignedText *from, gsize i)
{
    char utf8[6];
    int n = g_unichar_to_utf8 (fovea_byte_to_char ((guint8) from->bytes->str[i]), utf8);
    fovea_aligned_text_replace (to, from, i, i + 1, utf8, n);
}

int
fovea_byte_from_char (gunichar c)
{
    if (c >= FIRST_OTHER + N_OTHERS)
        return -1;
    if (c < FIRST_OTHER)
        return fovea_byte_to_char ((guint8) c) == c ? (int) c : -1;
    gunichar other = c - FIRST_OTHER;
    if (other < N_BELOW_DELETE)
        return (int) other;
    return other < N_BELOW_SOFT_HYPHEN ? (int) (0x7F + other - N_BELOW_DELETE) : 0xAD;
}

void
fovea_byte_decode (const char *text, gsize length, GString *out)
{
    gsize before = out->len;
    for (const char *p = text; p < text + length; p = g_utf8_next_char (p)) {
        int byte = fovea_byte_from_char (g_utf8_get_char (p));
        if (byte < 0) {
            g_string_truncate (out, before);
            g_string_append_len (out, text, length);
            return;
        }
        g_string_append_c (out, (char) byte);
    }
}
