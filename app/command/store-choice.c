/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/command/store-choice.h"

/* Says what was asked and what the store has. */
static void
fail_not_found (FoveaStore *store, gint64 run, gint64 sequence, GPtrArray *all, GError **error)
{
    g_autoptr (GString) asked = g_string_new (NULL);
    if (sequence != 0)
        g_string_append_printf (asked, "sequence %" G_GINT64_FORMAT, sequence);
    if (run != 0)
        g_string_append_printf (asked, "%srun %" G_GINT64_FORMAT, asked->len > 0 ? " in " : "",
                                run);
    if (all->len == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: holds no sequence yet",
                     fovea_store_get_path (store));
        return;
    }
    const FoveaSequenceInfo *first = g_ptr_array_index (all, 0);
    const FoveaSequenceInfo *last = g_ptr_array_index (all, all->len - 1);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s: no %s; it holds %u sequences, %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                 ", in runs %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 fovea_store_get_path (store), asked->str, all->len, first->id, last->id,
                 first->run_id, last->run_id);
}

FoveaSequenceInfo *
fovea_store_choice_find (FoveaStore *store, gint64 run, gint64 sequence, GError **error)
{
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, error);
    if (all == NULL)
        return NULL;
    for (guint i = 0; i < all->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (all, i);
        if ((sequence != 0 && info->id != sequence) || (run != 0 && info->run_id != run))
            continue;
        FoveaSequenceInfo *found = g_new (FoveaSequenceInfo, 1);
        *found = *info;
        found->title = g_strdup (info->title);
        return found;
    }
    fail_not_found (store, run, sequence, all, error);
    return NULL;
}

FoveaSequenceInfo *
fovea_store_choice_from_arguments (FoveaStore *store,
                                   const FoveaArguments *arguments,
                                   GError **error)
{
    return fovea_store_choice_find (store, fovea_arguments_integer (arguments, "run", 0),
                                    fovea_arguments_integer (arguments, "sequence", 0), error);
}
