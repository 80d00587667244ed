/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store has one table "recall" for each set of sequences, named by the note "sequences" (ids, what
 * the means are over) and, where they were cut, by "first_tokens"; the summary "sparsity" follows it. */
#include "app/recall-keep.h"

#include "analysis/curve-set.h"
#include "analysis/sparse-curves.h"
#include "app/heads-job.h"
#include "app/recall-job.h"
#include "app/recall-merge.h"
#include "app/recall-partial.h"
#include "storage/measurement.h"

/* One that names the sequence and was made of so many first tokens. */
static FoveaTable *
find_kept (FoveaStore *store, gint64 sequence, gint64 first_tokens)
{
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, sequence);
    g_autofree char *first =
        first_tokens > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, first_tokens) : NULL;
    return fovea_store_find_table (store, "recall", "sequences", FOVEA_NOTE_HAS_WORD, id,
                                   "first_tokens", first, NULL);
}

FoveaTable *
fovea_recall_get_kept (FoveaStore *store, gint64 run, gint64 sequence, gint64 first_tokens)
{
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, sequence);
    FoveaTable *table = find_kept (store, sequence, first_tokens);
    if (table != NULL || first_tokens > 0)
        return table;
    /* Older stores' tables do not name their sequences. */
    g_autoptr (FoveaTable) old = fovea_store_get_table (store, run, "recall", NULL);
    gboolean nameless = old != NULL && fovea_table_get_note (old, "sequences") == NULL;
    return nameless ? g_steal_pointer (&old)
                    : fovea_store_find_table (store, "recall", "sequences", FOVEA_NOTE_HAS_WORD, id,
                                              NULL, NULL, NULL);
}

/* Most tokens first; none, which is all of them, before that. */
static int
compare_tables (gconstpointer a, gconstpointer b)
{
    gint64 p = fovea_curves_get_first_tokens (*(FoveaTable *const *) a);
    gint64 q = fovea_curves_get_first_tokens (*(FoveaTable *const *) b);
    if ((p == 0) != (q == 0))
        return p == 0 ? -1 : 1;
    return (p < q) - (p > q);
}

GPtrArray *
fovea_recall_list_kept (FoveaStore *store, gint64 run, gint64 sequence)
{
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, sequence);
    GPtrArray *tables = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_table_unref);
    g_auto (GStrv) numbers =
        fovea_store_list_table_notes (store, "recall", "sequences", id, "first_tokens", NULL);
    for (guint i = 0; numbers != NULL && numbers[i] != NULL; i++) {
        FoveaTable *table = find_kept (store, sequence, g_ascii_strtoll (numbers[i], NULL, 10));
        if (table != NULL)
            g_ptr_array_add (tables, table);
    }
    FoveaTable *old = tables->len == 0 ? fovea_recall_get_kept (store, run, sequence, 0) : NULL;
    if (old != NULL)
        g_ptr_array_add (tables, old);
    g_ptr_array_sort (tables, compare_tables);
    return tables;
}

FoveaTable *
fovea_recall_get_for_figure (FoveaStore *store,
                             gint64 sequence,
                             gint64 first_tokens,
                             GError **error)
{
    FoveaTable *kept = fovea_recall_get_kept (store, fovea_heads_job_find_run (store, sequence),
                                              sequence, first_tokens);
    return kept != NULL || first_tokens > 0 ? kept
                                            : fovea_store_get_table (store, 0, "recall", error);
}

/* The run that all sequences of a table are of, 0 if they are of several or unknown. */
static gint64
find_run (FoveaStore *store, FoveaTable *table)
{
    const char *note = fovea_table_get_note (table, "sequences");
    g_auto (GStrv) ids = g_strsplit (note != NULL ? note : "", " ", -1);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    gint64 run = 0;
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (all, i);
        g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, info->id);
        if (!g_strv_contains ((const char *const *) ids, id))
            continue;
        if (run != 0 && info->run_id != run)
            return 0;
        run = info->run_id;
    }
    return run;
}

FoveaTable *
fovea_recall_keep (
    FoveaStore *store, FoveaTable *fresh, gboolean anew, guint *n_kept, GError **error)
{
    const char *sequences = fovea_table_get_note (fresh, "sequences");
    const char *first = fovea_table_get_note (fresh, "first_tokens");
    g_autoptr (FoveaTable) kept =
        anew ? NULL
             : fovea_store_find_table (store, "recall", "sequences", FOVEA_NOTE_IS, sequences,
                                       "first_tokens", first, NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, n_kept);
    g_autoptr (FoveaTable) summary = fovea_sparse_curves_summarise (merged);
    gint64 run = find_run (store, fresh);
    fovea_recall_partial_mark (merged, kept, fresh);
    fovea_table_set_note (summary, "sequences", sequences);
    if (first != NULL)
        fovea_table_set_note (summary, "first_tokens", first);
    if (!fovea_store_replace_table (store, run, merged, "sequences", "first_tokens", error) ||
        !fovea_store_replace_table (store, run, summary, "sequences", "first_tokens", error) ||
        !fovea_recall_partial_replace (store, run, merged, error) ||
        !fovea_store_forget_complete (store, FOVEA_RECALL_MEASUREMENT, error))
        return NULL;
    return g_steal_pointer (&merged);
}
