/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store has one table "recall" for each set of sequences, named by the note "sequences" (ids, what
 * the means are over); the summary "sparsity" follows it. */
#include "app/recall-keep.h"

#include "analysis/sparse-curves.h"
#include "app/heads-job.h"
#include "app/recall-merge.h"

FoveaTable *
fovea_recall_get_kept (FoveaStore *store, gint64 run, gint64 sequence)
{
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, sequence);
    FoveaTable *table =
        fovea_store_find_table (store, "recall", "sequences", FOVEA_NOTE_HAS_WORD, id, NULL);
    if (table != NULL)
        return table;
    /* Older stores' tables do not name their sequences. */
    g_autoptr (FoveaTable) old = fovea_store_get_table (store, run, "recall", NULL);
    gboolean nameless = old != NULL && fovea_table_get_note (old, "sequences") == NULL;
    return nameless ? g_steal_pointer (&old) : NULL;
}

FoveaTable *
fovea_recall_get_for_figure (FoveaStore *store, gint64 sequence, GError **error)
{
    FoveaTable *kept =
        fovea_recall_get_kept (store, fovea_heads_job_find_run (store, sequence), sequence);
    return kept != NULL ? kept : fovea_store_get_table (store, 0, "recall", error);
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
    g_autoptr (FoveaTable) kept = anew ? NULL
                                       : fovea_store_find_table (store, "recall", "sequences",
                                                                 FOVEA_NOTE_IS, sequences, NULL);
    g_autoptr (FoveaTable) merged = fovea_recall_merge (kept, fresh, n_kept);
    g_autoptr (FoveaTable) summary = fovea_sparse_curves_summarise (merged);
    gint64 run = find_run (store, fresh);
    fovea_table_set_note (summary, "sequences", sequences);
    if (!fovea_store_replace_table (store, run, merged, "sequences", error) ||
        !fovea_store_replace_table (store, run, summary, "sequences", error))
        return NULL;
    return g_steal_pointer (&merged);
}
