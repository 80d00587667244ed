/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The request language of plan.h: LIST of GLOB[HEADS]@FROM:TO, with sets in braces.
 * Commas inside brackets belong to the set. A set in braces may hold ranges of numbers; each of its
 * members becomes a glob of its own, so that a member that matches nothing can be named. */
#include "capture/plan-private.h"

#include <string.h>

enum {
    MAX_GLOBS = 10000 /* braces multiply; a model has fewer names than this */
};

static void
plan_glob_free (gpointer data)
{
    FoveaPlanGlob *glob = data;
    g_free (glob->glob);
    g_free (glob->heads_text);
    g_free (glob);
}

/* What stands open after the character @at: the closing bracket that it waits for, '\0' = nothing.
 * FALSE if @at closes something else, or opens a second one. */
static gboolean
follow_bracket (char at, char *waiting)
{
    gboolean opens = at == '{' || at == '[', closes = at == '}' || at == ']';
    if ((opens && *waiting != '\0') || (closes && *waiting != at))
        return FALSE;
    if (opens)
        *waiting = at == '{' ? '}' : ']';
    else if (closes)
        *waiting = '\0';
    return at != '\0' || *waiting == '\0';
}

/* Pieces between commas outside brackets. */
static GPtrArray *
split_list (const char *text, GError **error)
{
    g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
    char waiting = '\0';
    const char *start = text;
    for (const char *at = text;; at++) {
        if (!follow_bracket (*at, &waiting)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                         "\"%s\": bracket without partner at character %d", text,
                         (int) (at - text));
            return NULL;
        }
        if (*at != '\0' && (*at != ',' || waiting != '\0'))
            continue;
        g_autofree char *piece = g_strstrip (g_strndup (start, (gsize) (at - start)));
        if (*piece != '\0')
            g_ptr_array_add (pieces, g_steal_pointer (&piece));
        if (*at == '\0')
            return g_steal_pointer (&pieces);
        start = at + 1;
    }
}

static gboolean
parse_number (const char *text, gint64 *value)
{
    return *text != '\0' &&
           g_ascii_string_to_signed (text, 10, -G_MAXINT32, G_MAXINT32, value, NULL);
}

/* "3-5" as two numbers, "7" as the same twice. */
static gboolean
parse_range (const char *member, gint64 *from, gint64 *to)
{
    g_auto (GStrv) ends = g_strsplit (member, "-", 2);
    if (ends[0] == NULL || !parse_number (ends[0], from) || *from < 0)
        return FALSE;
    *to = *from;
    return ends[1] == NULL || (parse_number (ends[1], to) && *to >= *from);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
    return x < y ? -1 : x > y;
}

GArray *
fovea_plan_parse_set (const char *text, const char *what, gint64 limit, GError **error)
{
    g_autoptr (GArray) set = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_auto (GStrv) members = g_strsplit (text, ",", -1);
    for (guint i = 0; members[i] != NULL; i++) {
        gint64 from, to;
        if (!parse_range (members[i], &from, &to) || to >= limit) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "%s: %s is no part of 0 to %" G_GINT64_FORMAT, what, members[i],
                         limit - 1);
            return NULL;
        }
        for (gint64 value = from; value <= to; value++)
            g_array_append_val (set, value);
    }
    if (set->len == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: the brackets are empty", what);
        return NULL;
    }
    g_array_sort (set, compare_numbers);
    for (guint i = set->len; i-- > 1;)
        if (g_array_index (set, gint64, i) == g_array_index (set, gint64, i - 1))
            g_array_remove_index (set, i);
    return g_steal_pointer (&set);
}

/* Members of a set in braces as texts; ranges of numbers are written out. */
static GPtrArray *
brace_members (const char *set)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
    g_auto (GStrv) members = g_strsplit (set, ",", -1);
    for (guint i = 0; members[i] != NULL; i++) {
        gint64 from, to;
        if (!parse_range (members[i], &from, &to) || to - from > MAX_GLOBS) {
            g_ptr_array_add (texts, g_strdup (members[i]));
            continue;
        }
        for (gint64 value = from; value <= to; value++)
            g_ptr_array_add (texts, g_strdup_printf ("%" G_GINT64_FORMAT, value));
    }
    if (texts->len == 0) /* "{}" stands for nothing, rather than leave no name to complain about */
        g_ptr_array_add (texts, g_strdup (""));
    return texts;
}

/* Every combination of the members of the braces in @glob, in order: the last text opened is the
 * next one done, so members are opened from the last to the first. */
static GPtrArray *
expand_braces (const char *glob, GError **error)
{
    g_autoptr (GPtrArray) done = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (open, g_strdup (glob));
    while (open->len > 0) {
        g_autofree char *text = g_ptr_array_steal_index (open, open->len - 1);
        const char *left = strchr (text, '{');
        if (left == NULL) {
            g_ptr_array_add (done, g_steal_pointer (&text));
            continue;
        }
        const char *right = strchr (left, '}');
        g_autofree char *set = g_strndup (left + 1, (gsize) (right - left - 1));
        g_autoptr (GPtrArray) members = brace_members (set);
        for (guint i = members->len; i-- > 0 && open->len < MAX_GLOBS;)
            g_ptr_array_add (open,
                             g_strdup_printf ("%.*s%s%s", (int) (left - text), text,
                                              (char *) g_ptr_array_index (members, i), right + 1));
        if (open->len + done->len >= MAX_GLOBS) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "\"%s\": braces give over %d names",
                         glob, MAX_GLOBS);
            return NULL;
        }
    }
    return g_steal_pointer (&done);
}

/* "-64:", "10:20", ":20", "5". Ends on the same side of the text must be in order, or no sequence
 * could ever hold such rows. */
static gboolean
parse_positions (const char *text, FoveaPlanGlob *glob)
{
    const char *colon = strchr (text, ':');
    glob->sliced = TRUE;
    if (colon == NULL) {
        gboolean ok = parse_number (text, &glob->from);
        glob->to = glob->from + 1;
        glob->open = glob->from == -1;
        return ok;
    }
    g_autofree char *head = g_strndup (text, (gsize) (colon - text));
    glob->open = colon[1] == '\0';
    if ((*head != '\0' && !parse_number (head, &glob->from)) ||
        (!glob->open && !parse_number (colon + 1, &glob->to)))
        return FALSE;
    return glob->open ||
           (glob->to != 0 && ((glob->from < 0) != (glob->to < 0) || glob->from < glob->to));
}

/* Takes "@..." and "[...]" off the end of @piece. */
static gboolean
cut_slices (char *piece, FoveaPlanGlob *glob, GError **error)
{
    char *at = strchr (piece, '@');
    if (at != NULL) {
        *at = '\0';
        if (!parse_positions (at + 1, glob)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "%s@%s: positions are FROM:TO, FROM first, either may be left out", piece,
                         at + 1);
            return FALSE;
        }
    }
    char *bracket = strchr (piece, '[');
    if (bracket == NULL)
        return TRUE;
    gsize n = strlen (bracket);
    *bracket = '\0';
    if (bracket[n - 1] != ']') {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "%s[%s: heads stand at the end", piece,
                     bracket + 1);
        return FALSE;
    }
    glob->heads_text = g_strndup (bracket + 1, n - 2);
    return TRUE;
}

static gboolean
add_piece (GPtrArray *globs, const char *text, GError **error)
{
    g_autofree char *piece = g_strdup (text);
    FoveaPlanGlob slices = {0};
    gboolean ok = cut_slices (piece, &slices, error);
    g_autofree char *heads_text = slices.heads_text;
    g_autoptr (GPtrArray) names = ok ? expand_braces (piece, error) : NULL;
    for (guint i = 0; names != NULL && i < names->len; i++) {
        FoveaPlanGlob *glob = g_memdup2 (&slices, sizeof slices);
        glob->glob = g_strdup (g_ptr_array_index (names, i));
        glob->heads_text = g_strdup (heads_text);
        g_ptr_array_add (globs, glob);
    }
    return names != NULL;
}

GPtrArray *
fovea_plan_parse_globs (const char *request, GError **error)
{
    const char *end = NULL;
    if (!g_utf8_validate (request, -1, &end)) { /* GLib's patterns abort on anything else */
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "the list of points is no UTF-8 at byte %d", (int) (end - request));
        return NULL;
    }
    g_autoptr (GPtrArray) pieces = split_list (request, error);
    g_autoptr (GPtrArray) globs = g_ptr_array_new_with_free_func (plan_glob_free);
    if (pieces == NULL)
        return NULL;
    for (guint i = 0; i < pieces->len; i++)
        if (!add_piece (globs, g_ptr_array_index (pieces, i), error))
            return NULL;
    if (globs->len == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "the list of points is empty");
        return NULL;
    }
    return g_steal_pointer (&globs);
}
