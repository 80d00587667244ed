/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Token texts are raw bytes and may end inside a character, so every byte that starts no valid
 * character is spelled out rather than replaced. */
#include "ui/token-text.h"

#include <math.h>
#include <string.h>

static void
append_bytes (GString *out, const char *bytes)
{
    while (*bytes != '\0') {
        gunichar c = g_utf8_get_char_validated (bytes, -1);
        if (c == (gunichar) -1 || c == (gunichar) -2) {
            g_string_append_printf (out, "\\x%02X", (guchar) *bytes);
            bytes++;
            continue;
        }
        if (c == '\n')
            g_string_append (out, "⏎");
        else if (c == '\t')
            g_string_append (out, "→");
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf (out, "\\x%02X", (guint) c);
        else
            g_string_append_unichar (out, c);
        bytes = g_utf8_next_char (bytes);
    }
}

/* "<|bos|>", "<s>", "[CLS]" without their brackets; "s" is the field's name for the start. */
static char *
special_name (const char *text)
{
    const char *first = text + strspn (text, "<|[");
    gsize length = strcspn (first, "|>]");
    return length > 0 ? g_strndup (first, length) : g_strdup (text);
}

char *
fovea_token_text (const FoveaTraceInfo *info, gint64 token)
{
    const char *bytes = info->token_texts != NULL ? info->token_texts[token] : NULL;
    if (bytes == NULL)
        return fovea_number_text (token);
    if (info->special != NULL && info->special[token])
        return special_name (bytes);
    if (strspn (bytes, " ") == strlen (bytes)) {
        GString *dots = g_string_new (NULL);
        for (const char *p = bytes; *p != '\0'; p++)
            g_string_append (dots, "·");
        return g_string_free (dots, FALSE);
    }
    GString *out = g_string_new (NULL);
    append_bytes (out, bytes + (bytes[0] == ' ' ? 1 : 0));
    return g_string_free (out, FALSE);
}

char *
fovea_number_text (gint64 number)
{
    g_autofree char *plain = g_strdup_printf ("%" G_GINT64_FORMAT, ABS (number));
    gsize length = strlen (plain);
    GString *out = g_string_new (number < 0 ? "−" : "");
    for (gsize i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c (out, ',');
        g_string_append_c (out, plain[i]);
    }
    return g_string_free (out, FALSE);
}

char *
fovea_weight_text (double value, int digits)
{
    char plain[G_ASCII_DTOSTR_BUF_SIZE], format[8];
    if (isnan (value))
        return g_strdup ("–");
    g_snprintf (format, sizeof format, "%%.%df", digits);
    g_ascii_formatd (plain, sizeof plain, format, fabs (value));
    return g_strconcat (signbit (value) && strspn (plain, "0.") < strlen (plain) ? "−" : "", plain,
                        NULL);
}

char *
fovea_power_text (double value)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    int exponent = (int) lround (log10 (value));
    if (exponent >= -2 && exponent <= 2)
        return g_strdup_printf ("%g", value);
    g_autofree char *plain = g_strdup_printf ("%d", ABS (exponent));
    GString *out = g_string_new (exponent < 0 ? "10⁻" : "10");
    for (const char *p = plain; *p != '\0'; p++)
        g_string_append (out, digits[*p - '0']);
    return g_string_free (out, FALSE);
}

char *
fovea_device_text (const char *device)
{
    const char *end = strchr (device, ',');
    end = end != NULL ? strchr (end + 1, ',') : NULL;
    return end != NULL ? g_strndup (device, (gsize) (end - device)) : g_strdup (device);
}
