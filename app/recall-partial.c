/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What was measured of a part on purpose has no such notes, and a method that was there before it was
 * interrupted keeps its curves: their numbers are the same. */
#include "app/recall-partial.h"

#include <string.h>

#include "analysis/sparse-curves.h"
#include "app/recall-merge.h"

#define OF      "interrupted_of"
#define METHODS "interrupted_methods"

/* Of a note, or of the rows' methods.   Owner: caller. */
static GHashTable *
list_words (const char *note)
{
    GHashTable *words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_auto (GStrv) all = g_strsplit (note != NULL ? note : "", " ", -1);
    for (char **word = all; *word != NULL; word++)
        if (**word != '\0')
            g_hash_table_add (words, g_strdup (*word));
    return words;
}

static GHashTable *
list_methods (FoveaTable *table)
{
    GHashTable *methods = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; table != NULL && i < fovea_table_get_n_rows (table); i++)
        g_hash_table_add (methods, g_strdup (fovea_table_read_text (table, i, "method")));
    return methods;
}

void
fovea_recall_partial_mark (FoveaTable *merged, FoveaTable *kept, FoveaTable *fresh)
{
    const char *of = fovea_table_get_note (fresh, OF);
    g_autoptr (GHashTable) old =
        list_words (kept != NULL ? fovea_table_get_note (kept, METHODS) : NULL);
    g_autoptr (GHashTable) before = list_methods (kept), now = list_methods (fresh);
    g_autoptr (GString) partial = g_string_new (NULL);
    GHashTableIter iter;
    gpointer method;
    g_hash_table_iter_init (&iter, now);
    while (of != NULL && g_hash_table_iter_next (&iter, &method, NULL))
        if (!g_hash_table_contains (before, method) || g_hash_table_contains (old, method))
            g_string_append_printf (partial, "%s%s", partial->len > 0 ? " " : "", (char *) method);
    g_hash_table_iter_init (&iter, old);
    while (g_hash_table_iter_next (&iter, &method, NULL))
        if (!g_hash_table_contains (now, method))
            g_string_append_printf (partial, "%s%s", partial->len > 0 ? " " : "", (char *) method);
    if (partial->len == 0)
        return;
    fovea_table_set_note (merged, OF, of != NULL ? of : fovea_table_get_note (kept, OF));
    fovea_table_set_note (merged, METHODS, partial->str);
}

/* More of the same: all that @of names, or a part with every word of the other and more. */
static gboolean
goes_further (const char *sequences, const char *part)
{
    g_autoptr (GHashTable) all = list_words (sequences), some = list_words (part);
    GHashTableIter iter;
    gpointer word;
    g_hash_table_iter_init (&iter, some);
    while (g_hash_table_iter_next (&iter, &word, NULL))
        if (!g_hash_table_contains (all, word))
            return FALSE;
    return g_hash_table_size (all) > g_hash_table_size (some);
}

/* The table of a part, without what @merged has: rewritten, or gone. */
static gboolean
replace_part (FoveaStore *store, gint64 run, FoveaTable *part, FoveaTable *merged, GError **error)
{
    const char *sequences = fovea_table_get_note (part, "sequences");
    const char *first = fovea_table_get_note (part, "first_tokens");
    g_autoptr (FoveaTable) rest =
        fovea_recall_leave (part, fovea_table_get_note (part, METHODS), merged);
    if (rest == NULL)
        return fovea_store_remove_table (store, "recall", "sequences", sequences, "first_tokens",
                                         first, error) &&
               fovea_store_remove_table (store, "sparsity", "sequences", sequences, "first_tokens",
                                         first, error);
    g_autoptr (FoveaTable) summary = fovea_sparse_curves_summarise (rest);
    fovea_table_set_note (rest, "sequences", sequences);
    fovea_table_set_note (summary, "sequences", sequences);
    if (first != NULL) {
        fovea_table_set_note (rest, "first_tokens", first);
        fovea_table_set_note (summary, "first_tokens", first);
    }
    return fovea_store_replace_table (store, run, rest, "sequences", "first_tokens", error) &&
           fovea_store_replace_table (store, run, summary, "sequences", "first_tokens", error);
}

gboolean
fovea_recall_partial_replace (FoveaStore *store, gint64 run, FoveaTable *merged, GError **error)
{
    const char *sequences = fovea_table_get_note (merged, "sequences");
    const char *first = fovea_table_get_note (merged, "first_tokens");
    const char *of =
        fovea_table_get_note (merged, OF) != NULL ? fovea_table_get_note (merged, OF) : sequences;
    g_autofree char *word = g_strndup (of, strcspn (of, " "));
    g_auto (GStrv) parts =
        fovea_store_list_table_notes (store, "recall", OF, word, "sequences", NULL);
    for (guint i = 0; parts != NULL && parts[i] != NULL; i++) {
        g_autoptr (FoveaTable) part =
            goes_further (sequences, parts[i])
                ? fovea_store_find_table (store, "recall", "sequences", FOVEA_NOTE_IS, parts[i],
                                          "first_tokens", first, NULL)
                : NULL;
        if (part != NULL && g_strcmp0 (fovea_table_get_note (part, OF), of) == 0 &&
            !replace_part (store, run, part, merged, error))
            return FALSE;
    }
    return TRUE;
}
