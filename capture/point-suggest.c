/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* "Did you mean": the point names nearest to a mistyped one, by edit distance. Runs only on the way
 * to an error message, so it may look at every name of the model. */
#include "capture/point-table.h"

#include <string.h>

enum {
    N_SUGGESTIONS = 3
};

/* Levenshtein distance with one row of memory. */
static guint
edit_distance (const char *a, const char *b)
{
    gsize n = strlen (b);
    g_autofree guint *row = g_new (guint, n + 1);
    for (gsize j = 0; j <= n; j++)
        row[j] = (guint) j;
    for (gsize i = 1; a[i - 1] != '\0'; i++) {
        guint diagonal = row[0];
        row[0] = (guint) i;
        for (gsize j = 1; j <= n; j++) {
            guint up = row[j];
            guint change = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
            row[j] = MIN (change, MIN (up, row[j - 1]) + 1);
            diagonal = up;
        }
    }
    return row[n];
}

/* Keeps the best few in order; an earlier name wins a tie. */
static void
offer (const char **best, guint *distance, const char *candidate, guint d)
{
    for (guint i = 0; i < N_SUGGESTIONS; i++) {
        if (best[i] != NULL && distance[i] <= d)
            continue;
        for (guint j = N_SUGGESTIONS - 1; j > i; j--) {
            best[j] = best[j - 1];
            distance[j] = distance[j - 1];
        }
        best[i] = candidate;
        distance[i] = d;
        return;
    }
}

char *
fovea_point_suggest (const FoveaArchitecture *architecture, const char *name)
{
    g_autoptr (GPtrArray) points = fovea_points_list (architecture, 1);
    g_autoptr (GPtrArray) aliases = fovea_point_list_aliases (architecture);
    const char *best[N_SUGGESTIONS] = {NULL};
    guint distance[N_SUGGESTIONS] = {0};
    for (guint i = 0; i < points->len; i++) {
        const FoveaArray *array = g_ptr_array_index (points, i);
        offer (best, distance, array->name, edit_distance (name, array->name));
    }
    for (guint i = 0; i < aliases->len; i++) {
        const char *alias = g_ptr_array_index (aliases, i);
        offer (best, distance, alias, edit_distance (name, alias));
    }
    GString *text = g_string_new ("; nearest names: ");
    for (guint i = 0; i < N_SUGGESTIONS && best[i] != NULL; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", best[i]);
    return g_string_free (text, FALSE);
}
