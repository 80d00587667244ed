/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The run's options hold the name that was given then, perhaps from another folder; a relative one is
 * looked for beside the store too, as they are often kept together. Nothing here fails: without the
 * model there is less to show, and the view says so. */
#include "app/window/run-model.h"

#include <string.h>

#include "capture/json.h"

static const FoveaRunInfo *
find_run (GPtrArray *runs, gint64 id)
{
    for (guint i = 0; runs != NULL && i < runs->len; i++) {
        const FoveaRunInfo *run = g_ptr_array_index (runs, i);
        if (run->id == id)
            return run;
    }
    return NULL;
}

static char *
get_named (const FoveaRunInfo *run)
{
    g_autoptr (JsonObject) options =
        fovea_json_parse_object (run->options, strlen (run->options), "run", 0, NULL);
    return options != NULL && json_object_has_member (options, "model")
               ? g_strdup (json_object_get_string_member_with_default (options, "model", NULL))
               : NULL;
}

/* A hash costs a read of all weights, so the name is asked first. */
static gboolean
is_of_run (const char *name, const FoveaRunInfo *run, GCancellable *cancellable)
{
    g_autoptr (FoveaModel) model = name != NULL ? fovea_model_open (name, NULL) : NULL;
    if (model == NULL || strcmp (fovea_model_get_name (model), run->model_name) != 0)
        return FALSE;
    const char *hash = fovea_model_get_hash (model, cancellable, NULL);
    return hash != NULL && *hash != '\0' && g_str_equal (hash, run->model_hash);
}

char *
fovea_run_model_find (FoveaStore *store,
                      gint64 id,
                      const char *const *others,
                      GCancellable *cancellable)
{
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    const FoveaRunInfo *run = find_run (runs, id);
    if (run == NULL || run->model_hash == NULL)
        return NULL;
    g_autofree char *named = get_named (run);
    g_autofree char *folder = g_path_get_dirname (fovea_store_get_path (store));
    g_autofree char *beside = named != NULL ? g_build_filename (folder, named, NULL) : NULL;
    if (is_of_run (named, run, cancellable))
        return g_steal_pointer (&named);
    if (is_of_run (beside, run, cancellable))
        return g_steal_pointer (&beside);
    for (guint i = 0; others != NULL && others[i] != NULL; i++)
        if (is_of_run (others[i], run, cancellable))
            return g_strdup (others[i]);
    return NULL;
}
