/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Patterns are written through the memory sink, so reading them takes the same road as a capture's.
 */
#include "tests/ui-support.h"

#include <math.h>

#include "capture/sink.h"
#include "tests/check-marks.h"

#define LAYERS 2
#define HEADS  2

float
ui_support_weight (guint layer, guint head, gint64 query, gint64 key)
{
    float even = 1.0f / (float) (query + 1);
    if (key > query)
        return 0;
    if (query == 0)
        return 1;
    if (layer == 0 && head == 0)
        return key == query - 1 ? 0.9f : key == query ? 0.1f : 0;
    if (layer == 1 && head == 0)
        return key == 0 ? 0.95f : 0.05f / (float) query;
    if (layer == 1 && query == UI_SUPPORT_SPIKE_QUERY)
        return key == UI_SUPPORT_SPIKE_KEY ? 0.5f : 0.5f / (float) query;
    return even;
}

static FoveaTraceInfo *
new_info (gint64 n)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    FoveaArchitecture *a = info->architecture = g_new0 (FoveaArchitecture, 1);
    a->family = g_strdup ("planted");
    a->n_layers = LAYERS;
    a->n_heads = HEADS;
    a->n_kv_heads = 1;
    a->head_width = 4;
    a->width = 8;
    a->vocabulary = 100;
    a->context = 4096;
    a->attention_scale = 0.5f;
    info->model_name = g_strdup ("planted");
    info->model_hash = g_strdup ("00112233445566778899aabbccddeeff");
    info->title = g_strdup ("planted");
    info->n_tokens = n;
    info->ids = g_new0 (gint32, (gsize) n);
    info->special = g_new0 (gboolean, (gsize) n);
    info->special[0] = TRUE;
    info->token_texts = g_new0 (char *, (gsize) n + 1);
    for (gint64 t = 0; t < n; t++) {
        info->ids[t] = (gint32) (t % 100);
        info->token_texts[t] =
            t == 0 ? g_strdup ("<|bos|>") : g_strdup_printf (" t%" G_GINT64_FORMAT, t);
    }
    return info;
}

static FoveaArray *
new_pattern (guint layer, gint64 n)
{
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = g_strdup_printf ("blocks.%u.attn.hook_pattern", layer);
    array->dtype = FOVEA_F32;
    array->rank = 3;
    array->shape[0] = HEADS;
    array->shape[1] = array->shape[2] = n;
    array->row_axes = 2;
    return array;
}

static FoveaTraceSource *
new_source (gint64 n, guint swap)
{
    g_autoptr (FoveaTraceInfo) info = new_info (n);
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (GError) error = NULL;
    g_autofree float *row = g_new (float, (gsize) n);
    for (guint l = 0; l < LAYERS; l++)
        g_ptr_array_add (arrays, new_pattern (l, n));
    ck_assert (sink->begin (sink, info, arrays, &error));
    for (guint l = 0; l < LAYERS; l++) {
        for (gint64 r = 0; r < HEADS * n; r++) {
            for (gint64 k = 0; k < n; k++)
                row[k] = ui_support_weight (l, (guint) (r / n) ^ swap, r % n, k);
            ck_assert (sink->write (sink, l, r, 1, row, &error));
        }
    }
    g_autoptr (FoveaTrace) trace = sink->finish (sink, &error);
    ck_assert_ptr_nonnull (trace);
    return fovea_trace_source_new (trace);
}

FoveaTraceSource *
ui_support_source (gint64 n)
{
    return new_source (n, 0);
}

FoveaTraceSource *
ui_support_swapped_source (gint64 n)
{
    return new_source (n, 1);
}

FoveaTraceSource *
ui_support_bare_source (gint64 n)
{
    g_autoptr (FoveaTraceInfo) info = new_info (n);
    g_autoptr (GPtrArray) none = g_ptr_array_new ();
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    ck_assert (sink->begin (sink, info, none, NULL));
    g_autoptr (FoveaTrace) trace = sink->finish (sink, NULL);
    ck_assert_ptr_nonnull (trace);
    return fovea_trace_source_new (trace);
}

static void
add_head (
    FoveaTable *table, guint layer, guint head, const char *role, double previous, double first)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_integer (table, row, 0, layer);
    fovea_table_set_integer (table, row, 1, head);
    fovea_table_set_text (table, row, 2, role);
    fovea_table_set_number (table, row, 3, previous);
    fovea_table_set_number (table, row, 4, 0.01);
    fovea_table_set_number (table, row, 5, first);
    fovea_table_set_number (table, row, 6, NAN);
}

FoveaTable *
ui_support_heads (void)
{
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "previous", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "previous_se", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "first_token", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_column (table, "induction", FOVEA_COLUMN_NUMBER, "", "");
    add_head (table, 0, 0, "previous token", 0.9, 0.02);
    add_head (table, 0, 1, "", 0.05, 0.1);
    add_head (table, 1, 0, "sink", 0.01, 0.95);
    add_head (table, 1, 1, "", 0.05, 0.1);
    return table;
}
