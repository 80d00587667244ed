/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Control characters are those of Unicode: also U+0080 to U+009F, which old terminals obey. */
#include "analysis/plain-text.h"

#include <string.h>

gsize
fovea_plain_text_append_character (GString *out, const char *text)
{
    gunichar c = g_utf8_get_char_validated (text, -1);
    gboolean bad = c == (gunichar) -1 || c == (gunichar) -2;
    gsize n = bad ? 1 : (gsize) (g_utf8_next_char (text) - text);
    if (!bad && !g_unichar_iscntrl (c))
        g_string_append_len (out, text, (gssize) n);
    else
        for (gsize i = 0; i < n; i++)
            g_string_append_printf (out, "\\x%02X", (guchar) text[i]);
    return n;
}

char *
fovea_plain_text (const char *text)
{
    GString *out = g_string_new (NULL);
    while (*text != '\0') {
        if (strchr ("\n\r\t", *text) == NULL) {
            text += fovea_plain_text_append_character (out, text);
            continue;
        }
        g_string_append_c (out, ' ');
        text++;
    }
    return g_string_free (out, FALSE);
}
