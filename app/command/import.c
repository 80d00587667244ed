/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea import`: a trace made elsewhere becomes a run of one sequence in a store. Arrays are
 * copied in blocks of rows, so memory stays small. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/command/command.h"
#include "capture/count-text.h"
#include "capture/exchange.h"
#include "capture/sink.h"
#include "storage/store.h"

#define BLOCK_BYTES (8 << 20)

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "STORE", "store to make or add to"),
    FOVEA_ROW_FLAG ("both-ways",
                    "every token sees the later ones, too, as in an encoder (default: causal)"),
    {NULL},
};

/* A sink takes whole numbers of an I32 array as they are; a trace gives them as f32. */
static void
make_whole (float *values, gint64 n)
{
    for (gint64 i = 0; i < n; i++) {
        gint32 whole = (gint32) values[i];
        memcpy (&values[i], &whole, sizeof whole);
    }
}

/* Copies one array in blocks of rows of about BLOCK_BYTES. */
static gboolean
copy_array (FoveaTrace *trace,
            guint index,
            const FoveaArray *array,
            FoveaSink *sink,
            GCancellable *cancellable,
            GError **error)
{
    gint64 length = fovea_array_row_length (array), n_rows = fovea_array_n_rows (array);
    gint64 block = CLAMP (BLOCK_BYTES / (gint64) sizeof (float) / MAX (length, 1), 1, n_rows);
    g_autofree float *rows = g_try_new (float, block *length);
    if (rows == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "import: %s: no memory for a row of %" G_GINT64_FORMAT " values", array->name,
                     length);
        return FALSE;
    }
    for (gint64 row = 0; row < n_rows; row += block) {
        gint64 n = MIN (block, n_rows - row);
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !fovea_trace_read (trace, array->name, row, n, rows, error))
            return FALSE;
        if (array->dtype == FOVEA_I32)
            make_whole (rows, n * length);
        if (!sink->write (sink, index, row, n, rows, error))
            return FALSE;
    }
    return TRUE;
}

/* One sequence: begun, filled, finished; abandoned if anything fails. */
static gboolean
copy_trace (FoveaTrace *trace, FoveaSink *sink, GCancellable *cancellable, GError **error)
{
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    if (!sink->begin (sink, fovea_trace_get_info (trace), arrays, error))
        return FALSE;
    for (guint i = 0; i < arrays->len; i++) {
        if (!copy_array (trace, i, g_ptr_array_index (arrays, i), sink, cancellable, error)) {
            sink->abandon (sink);
            return FALSE;
        }
    }
    g_autoptr (FoveaTrace) kept = sink->finish (sink, error);
    return kept != NULL;
}

/* The run's options as JSON. */
static char *
describe_run (const char *file, gboolean both_ways)
{
    g_autofree char *valid = g_utf8_make_valid (file, -1);
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "file");
    json_builder_add_string_value (builder, valid);
    json_builder_set_member_name (builder, "both_ways");
    json_builder_add_boolean_value (builder, both_ways);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

/* A run of kind "import" with this one sequence. */
static gboolean
import_into (FoveaContext *context, FoveaTrace *trace, const char *path, GError **error)
{
    g_autoptr (FoveaStore) store = fovea_store_open (
        fovea_arguments_text (context->arguments, "output", NULL), FOVEA_STORE_CREATE, error);
    if (store == NULL)
        return FALSE;
    g_autofree char *name = g_path_get_basename (path);
    g_autofree char *run_options =
        describe_run (name, fovea_arguments_has (context->arguments, "both-ways"));
    gint64 run = fovea_store_begin_run (store, "import", run_options, "", "f32", error);
    g_autoptr (FoveaSink) sink = run != 0 ? fovea_store_new_sink (store, run, 0, error) : NULL;
    if (sink == NULL || !copy_trace (trace, sink, context->cancellable, error) ||
        !fovea_store_finish_run (store, run, error))
        return FALSE;
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_autofree char *tokens = fovea_count_text (info->n_tokens);
    fovea_command_note (context,
                        "run %" G_GINT64_FORMAT " in %s: %u arrays, %s tokens, %" G_GINT64_FORMAT
                        " layers x %" G_GINT64_FORMAT " heads",
                        run, fovea_store_get_path (store), fovea_trace_get_arrays (trace)->len,
                        tokens, info->architecture->n_layers, info->architecture->n_heads);
    return TRUE;
}

static gboolean
run_import (FoveaContext *context, GError **error)
{
    const char *path = fovea_arguments_positional (context->arguments, 0);
    if (!fovea_arguments_has (context->arguments, "output")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "no store given: add -o FILE.fovea");
        return FALSE;
    }
    g_autoptr (FoveaTrace) trace = fovea_arguments_has (context->arguments, "both-ways")
                                       ? fovea_exchange_import_both_ways (path, error)
                                       : fovea_exchange_import (path, error);
    return trace != NULL && import_into (context, trace, path, error);
}

const FoveaCommand fovea_command_import = {
    .name = "import",
    .usage = "FILE -o STORE",
    .summary = "Take in a trace that another program made (.safetensors or .npz)",
    .details = "Arrays are named as points, as in a TransformerLens cache, or just q, k and v.\n"
               "Everything that needs no weights then works on it. Rows, keys or a head that fovea "
               "export\n"
               "wrote to a .safetensors file keep their place: blocks.0.attn.hook_z[3]@5:9.",
    .example = "fovea import cache.safetensors -o b.fovea",
    .options = options,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_import,
};
