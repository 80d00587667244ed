/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tokens and counts are spelled as in figures, so that one token looks the same in both. */
#include "ui/token-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/text.h"

#define LEFT_TO_RIGHT                                                                              \
    "\u200E"         /* a mark that is not seen: the sides of it go on from left to right */
#define MOST_BYTES 4 /* of a character in UTF-8 */

char *
fovea_token_text (const FoveaTraceInfo *info, gint64 token)
{
    const char *bytes = info->token_texts != NULL ? info->token_texts[token] : NULL;
    if (bytes == NULL)
        return fovea_text_count (token);
    return fovea_text_token (bytes, info->special != NULL && info->special[token], FALSE);
}

/* Bytes of the text; NULL = none, as of a special token. */
static const char *
get_bytes (const FoveaTraceInfo *info, gint64 token)
{
    gboolean inside = token >= 0 && token < info->n_tokens && info->token_texts != NULL;
    gboolean special = inside && info->special != NULL && info->special[token];
    return inside && !special ? info->token_texts[token] : NULL;
}

static gboolean
continues (char byte)
{
    return ((guchar) byte & 0xC0) == 0x80;
}

/* The characters that a token has bytes of, NULL = it has whole ones or nobody knows.   Owner: caller. */
static char *
complete (const FoveaTraceInfo *info, gint64 token)
{
    const char *own = get_bytes (info, token);
    if (own == NULL || g_utf8_validate (own, -1, NULL))
        return NULL;
    g_autoptr (GString) around = g_string_new (own);
    gsize begin = 0, end = strlen (own);
    const char *bytes;
    for (gint64 t = token - 1; begin < MOST_BYTES && (bytes = get_bytes (info, t)) != NULL; t--) {
        g_string_prepend (around, bytes);
        begin += strlen (bytes);
    }
    end += begin;
    for (gint64 t = token + 1;
         around->len < end + MOST_BYTES && (bytes = get_bytes (info, t)) != NULL; t++)
        g_string_append (around, bytes);
    while (begin > 0 && continues (around->str[begin]))
        begin--;
    while (continues (around->str[end]))
        end++;
    return g_utf8_validate (around->str + begin, (gssize) (end - begin), NULL)
               ? g_strndup (around->str + begin, end - begin)
               : NULL;
}

/* The blocks that Unicode sets aside for such scripts. */
static gboolean
has_right_to_left (const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char (text)) {
        gunichar c = g_utf8_get_char (text);
        if ((c >= 0x590 && c < 0x900) || (c >= 0xFB1D && c < 0xFE00) ||
            (c >= 0xFE70 && c < 0xFF00) || (c >= 0x10800 && c < 0x11000) ||
            (c >= 0x1E800 && c < 0x1F000))
            return TRUE;
    }
    return FALSE;
}

/* @part: with what the token is part of, too.   Owner: caller. */
static char *
write_token (const FoveaTraceInfo *info, gint64 token, const char *alone, const char *part)
{
    g_autofree char *text = fovea_token_text (info, token);
    g_autofree char *whole = complete (info, token);
    g_autofree char *shown = whole != NULL ? fovea_text_token (whole, FALSE, FALSE) : NULL;
    return shown != NULL ? g_strdup_printf (part, text, shown) : g_strdup_printf (alone, text);
}

char *
fovea_token_words (const FoveaTraceInfo *info, gint64 token)
{
    return write_token (info, token, "%s", _ ("%s of %s"));
}

char *
fovea_token_quote (const FoveaTraceInfo *info, gint64 token)
{
    g_autofree char *quote = write_token (info, token, "“%s”", _ ("“%s” of “%s”"));
    if (!has_right_to_left (quote))
        return g_steal_pointer (&quote);
    return g_strconcat (LEFT_TO_RIGHT, quote, LEFT_TO_RIGHT, NULL);
}

gboolean
fovea_token_begins (const FoveaTraceInfo *info, gint64 token, const char *words)
{
    if (info->token_texts == NULL || *words == '\0')
        return FALSE;
    for (gint64 t = token; t < info->n_tokens && *words != '\0'; t++) {
        const char *bytes = info->token_texts[t];
        if (bytes == NULL || (info->special != NULL && info->special[t]))
            return FALSE;
        if (t == token)
            bytes += strspn (bytes, " ");
        gsize length = MIN (strlen (bytes), strlen (words));
        if ((t == token && length == 0) || g_ascii_strncasecmp (bytes, words, length) != 0)
            return FALSE;
        words += length;
    }
    return *words == '\0';
}

char *
fovea_duration_text (double ms)
{
    return ms < 10000 ? g_strdup_printf (_ ("%.0f ms"), ms)
                      : g_strdup_printf (_ ("%.0f s"), ms / 1000);
}

char *
fovea_number_text (gint64 number)
{
    return fovea_text_count (number);
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

/* "4.6 × 10⁻⁷". */
static char *
spell_power (double value)
{
    int exponent = (int) floor (log10 (value));
    double mantissa = value / pow (10, exponent);
    if (mantissa >= 9.95) { /* would be written 10.0 */
        mantissa /= 10;
        exponent++;
    }
    g_autofree char *power = fovea_power_text (pow (10, exponent));
    return g_strdup_printf ("%.1f × %s", mantissa, power);
}

char *
fovea_bound_text (double value, int digits)
{
    double least = pow (10, -digits);
    if (!(value > 0) || value >= least / 2)
        return fovea_weight_text (value, digits);
    g_autofree char *bound = fovea_weight_text (least, digits);
    return g_strconcat ("<", bound, NULL);
}

char *
fovea_small_text (double value, int digits)
{
    return value > 0 && value < pow (10, -digits) / 2 ? spell_power (value)
                                                      : fovea_weight_text (value, digits);
}

char *
fovea_share_text (double value)
{
    if (value == 0)
        return g_strdup ("0");
    return value < 1e-4 ? spell_power (value) : fovea_weight_text (value, 6); /* NaN, too */
}

char *
fovea_round_text (double value)
{
    if (value <= 0 || value >= 1e-3)
        return value >= 100 ? g_strdup_printf ("%.0f", value) : g_strdup_printf ("%.2g", value);
    double power = pow (10, round (log10 (value)));
    return fabs (value / power - 1) < 1e-9 ? fovea_power_text (value) : spell_power (value);
}

char *
fovea_device_text (const char *device)
{
    const char *end = strchr (device, ',');
    end = end != NULL ? strchr (end + 1, ',') : NULL;
    return end != NULL ? g_strndup (device, (gsize) (end - device)) : g_strdup (device);
}
