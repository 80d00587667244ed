/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Nothing is copied but the description: rows are read from the whole. */
#include "capture/trace-prefix.h"

#include "capture/count-text.h"

#include <string.h>

typedef struct {
    FoveaTrace *whole;
    GPtrArray *names; /* borrowed from it; of each array */
} Prefix;

static void
prefix_free (gpointer data)
{
    Prefix *prefix = data;
    fovea_trace_unref (prefix->whole);
    g_ptr_array_unref (prefix->names);
    g_free (prefix);
}

static gboolean
prefix_read (
    gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    const Prefix *prefix = backend;
    return fovea_trace_read (prefix->whole, g_ptr_array_index (prefix->names, index), first_row,
                             n_rows, out, error);
}

gboolean
fovea_trace_looks_ahead (FoveaTrace *trace)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    for (gint64 layer = 0; layer < info->architecture->n_layers; layer++)
        if (!fovea_trace_info_get_rule (info, (guint) layer).causal)
            return TRUE;
    return FALSE;
}

/* Rows are tokens and hold nothing that other tokens would change. */
static gboolean
stays (const FoveaArray *array, gint64 T, gboolean ahead)
{
    return array->row_axes == 1 && array->shape[0] == T &&
           strstr (array->name, ".hook_column_mass") == NULL &&
           strstr (array->name, ".hook_pyramid_") == NULL &&
           (!ahead || (!g_str_has_suffix (array->name, ".hook_lse") &&
                       strstr (array->name, ".hook_row_") == NULL));
}

static FoveaTraceInfo *
cut_info (const FoveaTraceInfo *whole, gint64 n_tokens)
{
    FoveaTraceInfo *info = fovea_trace_info_copy (whole);
    for (gint64 t = n_tokens; info->token_texts != NULL && t < whole->n_tokens; t++)
        g_clear_pointer (&info->token_texts[t], g_free);
    info->n_tokens = n_tokens;
    info->n_uncut = whole->n_uncut > 0 ? whole->n_uncut : whole->n_tokens;
    if (2 * info->repeat_period > n_tokens)
        info->repeat_period = 0; /* too few are left to tell */
    return info;
}

FoveaTrace *
fovea_trace_new_prefix (FoveaTrace *whole, gint64 n_tokens, GError **error)
{
    static const FoveaTraceBackend backend = {prefix_read, prefix_free};
    const FoveaTraceInfo *info = fovea_trace_get_info (whole);
    if (n_tokens < 1 || n_tokens > info->n_tokens) {
        g_autofree char *asked = fovea_count_text (n_tokens);
        g_autofree char *all = fovea_count_text (info->n_tokens);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: the first %s of %s tokens",
                     info->title, asked, all);
        return NULL;
    }
    gboolean ahead = fovea_trace_looks_ahead (whole);
    GPtrArray *kept = fovea_trace_get_arrays (whole);
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    Prefix *prefix = g_new0 (Prefix, 1);
    prefix->whole = fovea_trace_ref (whole);
    prefix->names = g_ptr_array_new ();
    for (guint i = 0; i < kept->len; i++) {
        const FoveaArray *array = g_ptr_array_index (kept, i);
        if (!stays (array, info->n_tokens, ahead))
            continue;
        FoveaArray *cut = fovea_array_copy (array);
        cut->shape[0] = n_tokens;
        g_ptr_array_add (arrays, cut);
        g_ptr_array_add (prefix->names, array->name);
    }
    return fovea_trace_new (cut_info (info, n_tokens), arrays, &backend, prefix);
}

gboolean
fovea_trace_keeps_rows (FoveaTrace *trace)
{
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    for (guint i = 0; i < arrays->len; i++)
        if (g_str_has_suffix (((const FoveaArray *) g_ptr_array_index (arrays, i))->name,
                              ".hook_lse"))
            return TRUE;
    return FALSE;
}

FoveaTrace *
fovea_trace_take_beginning (FoveaTrace *whole, gint64 n_tokens, GError **error)
{
    g_autoptr (FoveaTrace) trace = whole;
    if (fovea_trace_get_info (trace)->n_tokens <= n_tokens)
        return g_steal_pointer (&trace);
    if (!fovea_trace_looks_ahead (trace))
        return fovea_trace_new_prefix (trace, n_tokens, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "the first %" G_GINT64_FORMAT
                 " tokens are no map of their own where tokens look ahead",
                 n_tokens);
    return NULL;
}
