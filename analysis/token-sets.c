/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Members step up by 1 / |S| and others down by 1 / (V - |S|), so that the sum ends at 0. */
#include "analysis/token-sets.h"

#include <math.h>

const char *
fovea_token_set_name (FoveaTokenSet set)
{
    static const char *const names[FOVEA_N_TOKEN_SETS] = {
        "starts with a space", "starts with a capital", "digits alone", "punctuation alone"};
    return names[set];
}

/* Whether every character is of a kind; there must be one. */
static gboolean
is_all (const char *text, gboolean (*is) (gunichar c))
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
        if (!is (g_utf8_get_char (at)))
            return FALSE;
    return *text != '\0';
}

static gboolean
is_mark (gunichar c)
{
    GUnicodeType type = g_unichar_type (c);
    return g_unichar_ispunct (c) || type == G_UNICODE_MATH_SYMBOL ||
           type == G_UNICODE_CURRENCY_SYMBOL || type == G_UNICODE_MODIFIER_SYMBOL ||
           type == G_UNICODE_OTHER_SYMBOL;
}

gboolean
fovea_token_set_contains (FoveaTokenSet set, const char *text)
{
    const char *bare = text;
    if (set == FOVEA_TOKENS_SPACED)
        return *text == ' ';
    while (*bare == ' ')
        bare++;
    if (!g_utf8_validate (bare, -1, NULL))
        return FALSE;
    return set == FOVEA_TOKENS_CAPITAL  ? g_unichar_isupper (g_utf8_get_char (bare))
           : set == FOVEA_TOKENS_DIGITS ? is_all (bare, g_unichar_isdigit)
                                        : is_all (bare, is_mark);
}

FoveaTokenEnrichment
fovea_token_set_enrich (const gint64 *order, const guint8 *members, gint64 n)
{
    FoveaTokenEnrichment out = {0, NAN, FALSE};
    double sum = 0, largest = 0;
    for (gint64 i = 0; i < n; i++)
        out.n += members[i] != 0;
    if (out.n == 0 || out.n == n)
        return out;
    for (gint64 i = 0; i < n; i++) {
        sum += members[order[i]] ? 1 / (double) out.n : -1 / (double) (n - out.n);
        if (fabs (sum) > fabs (largest))
            largest = sum;
    }
    out.score = fmin (fabs (largest), 1);
    out.top = largest > 0;
    return out;
}
