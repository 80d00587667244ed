/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A beginning of three letters counts as near whatever follows it. */
#include "analysis/name-nearest.h"

#include <string.h>

/* Levenshtein distance; @a and @b are short. */
static guint
edit_distance (const char *a, const char *b)
{
    gsize n = strlen (b);
    g_autofree guint *row = g_new (guint, n + 1);
    for (guint j = 0; j <= n; j++)
        row[j] = j;
    for (guint i = 1; a[i - 1] != '\0'; i++) {
        guint diagonal = row[0];
        row[0] = i;
        for (guint j = 1; j <= n; j++) {
            guint change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN (change, 1 + MIN (row[j], row[j - 1]));
        }
    }
    return row[n];
}

const char *
fovea_name_nearest (const char *word, const char *const *names)
{
    const char *nearest = NULL;
    guint least = (guint) MAX (strlen (word) / 2, 2) + 1;
    for (; *names != NULL; names++) {
        gboolean begins = strlen (word) >= 3 && g_str_has_prefix (*names, word);
        guint distance = begins ? 1 : edit_distance (word, *names);
        if (distance < least) {
            least = distance;
            nearest = *names;
        }
    }
    return nearest;
}
