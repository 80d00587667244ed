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

/* Keeps the best few in order; an earlier name wins a tie, and one that is among them is not there twice. */
static void
offer (char **best, guint *distance, const char *candidate, guint d)
{
    for (guint i = 0; i < N_SUGGESTIONS; i++)
        if (best[i] != NULL && distance[i] <= d && g_str_equal (best[i], candidate))
            return;
    for (guint i = 0; i < N_SUGGESTIONS; i++) {
        if (best[i] != NULL && distance[i] <= d)
            continue;
        g_free (best[N_SUGGESTIONS - 1]);
        for (guint j = N_SUGGESTIONS - 1; j > i; j--) {
            best[j] = best[j - 1];
            distance[j] = distance[j - 1];
        }
        best[i] = g_strdup (candidate);
        distance[i] = d;
        return;
    }
}

/* What stands behind the last dot, without "hook_", which people leave out. */
static const char *
get_tail (const char *name)
{
    const char *dot = strrchr (name, '.');
    const char *tail = dot != NULL ? dot + 1 : name;
    return g_str_has_prefix (tail, "hook_") ? tail + strlen ("hook_") : tail;
}

/* The same point of all layers, which a name without a layer, or with one that is not there, may mean. */
static char *
name_of_layers (const char *candidate)
{
    const char *rest = g_str_has_prefix (candidate, "blocks.")
                           ? strchr (candidate + strlen ("blocks."), '.')
                           : NULL;
    return rest != NULL ? g_strconcat ("blocks.*", rest, NULL) : g_strdup (candidate);
}

static gboolean
names_a_layer (const FoveaArchitecture *architecture, const char *name)
{
    const char *number = g_str_has_prefix (name, "blocks.") ? name + strlen ("blocks.") : "";
    char *end;
    guint64 layer = g_ascii_strtoull (number, &end, 10);
    return end != number && *end == '.' && layer < (guint64) architecture->n_layers;
}

/* A right name without what stands before it, or with something else there, is nearer than any that is
 * spelt alike. */
static void
consider (char **best, guint *distance, const char *name, const char *candidate, gboolean layer)
{
    g_autofree char *shown = layer ? g_strdup (candidate) : name_of_layers (candidate);
    guint d = edit_distance (name, shown);
    if (g_str_equal (get_tail (name), get_tail (candidate)))
        d = layer && strncmp (name, candidate, strcspn (name + 7, ".") + 8) != 0 ? MIN (d, 2) : 0;
    offer (best, distance, shown, d);
}

char *
fovea_point_suggest (const FoveaArchitecture *architecture, const char *name)
{
    g_autoptr (GPtrArray) points = fovea_points_list (architecture, 1);
    g_autoptr (GPtrArray) aliases = fovea_point_list_aliases (architecture);
    gboolean layer = names_a_layer (architecture, name);
    char *best[N_SUGGESTIONS] = {NULL};
    guint distance[N_SUGGESTIONS] = {0};
    for (guint i = 0; i < points->len; i++) {
        const FoveaArray *array = g_ptr_array_index (points, i);
        consider (best, distance, name, array->name, layer);
    }
    for (guint i = 0; i < aliases->len; i++)
        consider (best, distance, name, g_ptr_array_index (aliases, i), layer);
    GString *text = g_string_new ("; nearest names: ");
    for (guint i = 0; i < N_SUGGESTIONS && best[i] != NULL; i++) {
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", best[i]);
        g_free (best[i]);
    }
    return g_string_free (text, FALSE);
}
