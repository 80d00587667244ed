/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* printf's own grouping is the locale's, and the C locale has none. */
#include "capture/count-text.h"

#include <string.h>

char *
fovea_count_text (gint64 count)
{
    g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, count);
    GString *text = g_string_new (NULL);
    gsize n = strlen (digits), first = digits[0] == '-';
    for (gsize i = 0; i < n; i++) {
        if (i > first && (n - i) % 3 == 0)
            g_string_append_c (text, ',');
        g_string_append_c (text, digits[i]);
    }
    return g_string_free (text, FALSE);
}
