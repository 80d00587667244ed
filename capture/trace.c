/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Traces: look-up of kept arrays by name, and the road to derived points (trace-derive.c).
 * Invariant: nothing changes after fovea_trace_new() but the reference count, the rotary table and
 * the attention of the layer last derived; readers of kept rows need no lock. A read of kept rows
 * costs one hash look-up and the backend's copy. */
#include "capture/attention-private.h"
#include "capture/trace-private.h"

#include <string.h>

FoveaTrace *
fovea_trace_new (FoveaTraceInfo *info,
                 GPtrArray *arrays,
                 const FoveaTraceBackend *functions,
                 gpointer backend)
{
    FoveaTrace *trace = g_new0 (FoveaTrace, 1);
    g_atomic_ref_count_init (&trace->refs);
    trace->info = info;
    trace->arrays = arrays;
    trace->functions = *functions;
    trace->backend = backend;
    g_mutex_init (&trace->attention_lock);
    trace->index = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < arrays->len; i++) {
        FoveaArray *array = g_ptr_array_index (arrays, i);
        g_hash_table_insert (trace->index, array->name, GUINT_TO_POINTER (i + 1));
    }
    return trace;
}

FoveaTrace *
fovea_trace_ref (FoveaTrace *trace)
{
    g_atomic_ref_count_inc (&trace->refs);
    return trace;
}

void
fovea_trace_unref (FoveaTrace *trace)
{
    if (trace == NULL || !g_atomic_ref_count_dec (&trace->refs))
        return;
    fovea_attention_free (trace->attention);
    g_mutex_clear (&trace->attention_lock);
    if (trace->functions.free != NULL)
        trace->functions.free (trace->backend);
    g_hash_table_unref (trace->index);
    g_ptr_array_unref (trace->arrays);
    for (int angles = 0; angles < FOVEA_N_ANGLES; angles++)
        fovea_rotary_table_free (trace->rotary[angles]);
    fovea_trace_info_free (trace->info);
    g_free (trace);
}

const FoveaTraceInfo *
fovea_trace_get_info (FoveaTrace *trace)
{
    return trace->info;
}

GPtrArray *
fovea_trace_get_arrays (FoveaTrace *trace)
{
    return trace->arrays;
}

gint64
fovea_trace_info_count_source (const FoveaTraceInfo *info)
{
    return fovea_architecture_count_source (info->architecture, info->ids, info->n_tokens);
}

FoveaScoreRule
fovea_trace_info_get_rule (const FoveaTraceInfo *info, guint layer)
{
    return fovea_architecture_get_sequence_rule (info->architecture, layer,
                                                 fovea_trace_info_count_source (info));
}

FoveaAttention *
fovea_trace_borrow_attention (FoveaTrace *trace, guint layer, GError **error)
{
    g_mutex_lock (&trace->attention_lock);
    if (trace->attention == NULL || fovea_attention_get_layer (trace->attention) != layer) {
        fovea_attention_free (trace->attention);
        trace->attention = fovea_attention_open_weak (trace, layer, error);
    }
    if (trace->attention == NULL)
        g_mutex_unlock (&trace->attention_lock);
    return trace->attention;
}

void
fovea_trace_return_attention (FoveaTrace *trace)
{
    g_mutex_unlock (&trace->attention_lock);
}

gint64
fovea_trace_find (FoveaTrace *trace, const char *name)
{
    gpointer found = g_hash_table_lookup (trace->index, name);
    return (gint64) GPOINTER_TO_UINT (found) - 1;
}

char **
fovea_trace_list_points (FoveaTrace *trace)
{
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
    const FoveaArchitecture *architecture = trace->info->architecture;
    g_autoptr (GPtrArray) points = fovea_points_list (architecture, trace->info->n_tokens);
    for (guint i = 0; i < points->len; i++) {
        const FoveaArray *array = g_ptr_array_index (points, i);
        FoveaPoint point;
        if (fovea_trace_find (trace, array->name) >= 0 ||
            (fovea_point_parse (architecture, array->name, &point) &&
             fovea_trace_can_derive (trace, point)))
            g_strv_builder_add (names, array->name);
    }
    /* Slices and arrays that an import brought under names of its own. */
    for (guint i = 0; i < trace->arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (trace->arrays, i);
        FoveaPoint point;
        if (!fovea_point_parse (architecture, array->name, &point))
            g_strv_builder_add (names, array->name);
    }
    return g_strv_builder_end (names);
}

/* A slice keeps its brackets and positions behind the classic name: "x.hook_z[7]@0:64". */
static char *
canonical_name (FoveaTrace *trace, const char *name)
{
    gsize base = strcspn (name, "[@");
    g_autofree char *head = g_strndup (name, base);
    g_autofree char *classic = fovea_point_canonical_name (trace->info->architecture, head);
    return g_strconcat (classic, name + base, NULL);
}

static void
set_not_found (FoveaTrace *trace, const char *name, GError **error)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    FoveaPoint point;
    if (!fovea_point_parse (architecture, name, &point)) {
        g_autofree char *nearest = fovea_point_suggest (architecture, name);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "no point %s%s", name, nearest);
        return;
    }
    g_autofree char *needs = fovea_trace_derivation_needs (trace, point);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "point %s was not kept%s%s", name,
                 needs != NULL ? " and does not follow from what was; it needs " : "",
                 needs != NULL ? needs : "");
}

/* TRUE with either @index >= 0 (kept) or @point set (derived). */
static gboolean
resolve (FoveaTrace *trace, const char *name, gint64 *index, FoveaPoint *point, GError **error)
{
    g_autofree char *classic = canonical_name (trace, name);
    *index = fovea_trace_find (trace, classic);
    if (*index < 0)
        *index = fovea_trace_find (trace, name);
    if (*index >= 0)
        return TRUE;
    if (fovea_point_parse (trace->info->architecture, classic, point) &&
        fovea_trace_can_derive (trace, *point))
        return TRUE;
    set_not_found (trace, classic, error);
    return FALSE;
}

FoveaArray *
fovea_trace_describe_point (FoveaTrace *trace, const char *name, GError **error)
{
    gint64 index;
    FoveaPoint point;
    if (!resolve (trace, name, &index, &point, error))
        return NULL;
    if (index >= 0)
        return fovea_array_copy (g_ptr_array_index (trace->arrays, (guint) index));
    return fovea_point_describe (trace->info->architecture, point, trace->info->n_tokens);
}

static gboolean
check_rows (const FoveaArray *array, gint64 first_row, gint64 n_rows, GError **error)
{
    gint64 total = fovea_array_n_rows (array);
    if (first_row >= 0 && n_rows >= 0 && first_row <= total && n_rows <= total - first_row)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "%s: rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                 " are outside 0 to %" G_GINT64_FORMAT,
                 array->name, first_row, first_row + n_rows, total);
    return FALSE;
}

gboolean
fovea_trace_read (FoveaTrace *trace,
                  const char *name,
                  gint64 first_row,
                  gint64 n_rows,
                  float *out,
                  GError **error)
{
    gint64 index;
    FoveaPoint point;
    if (!resolve (trace, name, &index, &point, error))
        return FALSE;
    if (index >= 0) {
        const FoveaArray *array = g_ptr_array_index (trace->arrays, (guint) index);
        return check_rows (array, first_row, n_rows, error) &&
               trace->functions.read (trace->backend, (guint) index, first_row, n_rows, out, error);
    }
    g_autoptr (FoveaArray) array =
        fovea_point_describe (trace->info->architecture, point, trace->info->n_tokens);
    return check_rows (array, first_row, n_rows, error) &&
           fovea_trace_derive (trace, point, first_row, n_rows, out, error);
}
