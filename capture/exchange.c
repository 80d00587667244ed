/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Export: points of a trace, chosen by globs, streamed in blocks of about a mebibyte into a writer.
 * Memory is one block whatever is exported. */
#include "capture/exchange.h"

#include <string.h>

#include "capture/array-writer.h"
#include "capture/exchange-extent.h"
#include "capture/exchange-metadata.h"
#include "capture/exchange-slice.h"
#include "capture/plan-private.h"
#include "capture/trace-private.h"

#define BLOCK_BYTES       (1 << 20)
#define DEFAULT_MAX_BYTES ((guint64) 1 << 30)

/* Everything of one export. */
typedef struct {
    FoveaTrace *trace;
    const FoveaTraceInfo *info;
    GArray *slices; /* of FoveaSlice */
    FoveaArrayWriter *writer;
    GCancellable *cancellable;
} Export;

static void
clear_slice (gpointer slice)
{
    fovea_slice_clear (slice);
}

/* An optional point that follows from others is meant only where it is spelled out. */
static gboolean
is_meant (const Export *export, const char *glob, const char *name)
{
    FoveaPoint point;
    return fovea_trace_find (export->trace, name) >= 0 ||
           !fovea_point_parse (export->info->architecture, name, &point) ||
           fovea_point_is_meant (point.kind, glob);
}

/* Whether @glob finds @name itself or a bridge name of the same point. */
static gboolean
matches (const FoveaArchitecture *architecture,
         const char *glob,
         GPtrArray *aliases,
         const char *name)
{
    if (strcmp (glob, "all") == 0 || g_pattern_match_simple (glob, name))
        return TRUE;
    for (guint i = 0; i < aliases->len; i++) {
        const char *alias = g_ptr_array_index (aliases, i);
        if (!g_pattern_match_simple (glob, alias))
            continue;
        g_autofree char *classic = fovea_point_canonical_name (architecture, alias);
        if (strcmp (classic, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* An exact name that the trace cannot answer has the better story to tell: what should be kept. */
static void
set_no_match (Export *export, const char *glob, GError **error)
{
    g_autoptr (FoveaArray) none = NULL;
    if (strpbrk (glob, "*?") == NULL)
        none = fovea_trace_describe_point (export->trace, glob, error);
    else {
        g_autofree char *nearest = fovea_point_suggest (export->info->architecture, glob);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "no point of the trace matches %s%s", glob, nearest);
    }
}

/* Marks in @chosen every name that one glob finds. */
static gboolean
choose (Export *export, const FoveaPlanGlob *glob, char **names, gboolean *chosen, GError **error)
{
    const FoveaArchitecture *architecture = export->info->architecture;
    if (glob->heads_text != NULL || glob->sliced) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: choose rows, keys and head of an export by its options", glob->glob);
        return FALSE;
    }
    g_autoptr (GPtrArray) aliases = fovea_point_list_aliases (architecture);
    gboolean any = FALSE;
    for (guint i = 0; names[i] != NULL; i++)
        if (is_meant (export, glob->glob, names[i]) &&
            matches (architecture, glob->glob, aliases, names[i]))
            any = chosen[i] = TRUE;
    if (!any)
        set_no_match (export, glob->glob, error);
    return any;
}

static gboolean
add_slices (Export *export,
            char **names,
            const gboolean *chosen,
            const FoveaExportOptions *options,
            GError **error)
{
    for (guint i = 0; names[i] != NULL; i++) {
        if (!chosen[i])
            continue;
        FoveaSlice slice;
        FoveaArray *array = fovea_trace_describe_point (export->trace, names[i], error);
        if (array == NULL || !fovea_slice_init (&slice, array, export->info, options, error))
            return FALSE;
        g_array_append_val (export->slices, slice);
    }
    return TRUE;
}

static gboolean
choose_points (Export *export, const char *globs, const FoveaExportOptions *options, GError **error)
{
    /* A slice that a capture kept has brackets and positions in its name, which are no glob. */
    FoveaArray *exact = fovea_trace_describe_point (export->trace, globs, NULL);
    if (exact != NULL) {
        FoveaSlice slice;
        if (!fovea_slice_init (&slice, exact, export->info, options, error))
            return FALSE;
        g_array_append_val (export->slices, slice);
        return TRUE;
    }
    g_autoptr (GPtrArray) parsed = fovea_plan_parse_globs (globs, error);
    if (parsed == NULL)
        return FALSE;
    g_auto (GStrv) names = fovea_trace_list_points (export->trace);
    g_autofree gboolean *chosen = g_new0 (gboolean, g_strv_length (names) + 1);
    for (guint i = 0; i < parsed->len; i++)
        if (!choose (export, g_ptr_array_index (parsed, i), names, chosen, error))
            return FALSE;
    return add_slices (export, names, chosen, options, error);
}

/* A choice that no array has an axis for would be ignored without a word. Rows choose tokens' ids, too. */
static gboolean
check_choices (const Export *export, const FoveaExportOptions *options, GError **error)
{
    gboolean heads = options->head < 0, keys = options->key0 == 0 && options->key1 < 0;
    for (guint i = 0; i < export->slices->len; i++) {
        heads |= g_array_index (export->slices, FoveaSlice, i).head_axis >= 0;
        keys |= g_array_index (export->slices, FoveaSlice, i).key_axis >= 0;
    }
    if (heads && keys)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "none of the points has %s, so there is nothing to choose from",
                 heads ? "an axis of keys" : "heads");
    return FALSE;
}

static gboolean
check_size (const Export *export, const FoveaExportOptions *options, GError **error)
{
    guint64 limit = options->max_bytes > 0 ? options->max_bytes : DEFAULT_MAX_BYTES, bytes = 0;
    for (guint i = 0; i < export->slices->len; i++)
        bytes += g_array_index (export->slices, FoveaSlice, i).out.n_bytes;
    if (bytes <= limit)
        return TRUE;
    g_autofree char *size = g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *allowed = g_format_size_full (limit, G_FORMAT_SIZE_IEC_UNITS);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                 "%u arrays of %s together; at most %s are exported at a time", export->slices->len,
                 size, allowed);
    return FALSE;
}

/* Rows [first, end) of one array. */
static gboolean
write_rows (Export *export, const FoveaSlice *slice, gint64 first, gint64 end, GError **error)
{
    gint64 length = fovea_array_row_length (slice->array);
    gint64 at_once =
        CLAMP (BLOCK_BYTES / (gint64) sizeof (float) / MAX (length, 1), 1, end - first);
    g_autofree float *rows = g_new (float, at_once *length);
    g_autofree float *out = g_new (float, at_once *length);
    for (gint64 row = first; row < end; row += at_once) {
        gint64 n = MIN (at_once, end - row);
        if (g_cancellable_set_error_if_cancelled (export->cancellable, error) ||
            !fovea_trace_read (export->trace, slice->array->name, row, n, rows, error))
            return FALSE;
        gsize written = fovea_slice_gather (slice, rows, n, out);
        if (!export->writer->append (export->writer, out, written * sizeof *out, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_slice (Export *export, const FoveaSlice *slice, GError **error)
{
    for (gint64 outer = slice->outer0; outer < slice->outer1; outer++) {
        gint64 base = outer * slice->inner_rows;
        if (!write_rows (export, slice, base + slice->row0, base + slice->row1, error))
            return FALSE;
    }
    return TRUE;
}

/* Ids of the exported rows, as (rows) i64. */
static gboolean
write_ids (Export *export, const FoveaExportOptions *options, GError **error)
{
    gint64 end = options->row1 < 0 ? export->info->n_tokens : options->row1;
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
    for (gint64 t = options->row0; t < end; t++) {
        gint64 id = export->info->ids[t];
        g_array_append_val (ids, id);
    }
    return export->writer->append (export->writer, ids->data, ids->len * sizeof (gint64), error);
}

static gboolean
write_all (Export *export, const FoveaExportOptions *options, GError **error)
{
    FoveaArrayWriter *writer = export->writer;
    gint64 end = options->row1 < 0 ? export->info->n_tokens : options->row1;
    gboolean in_range = options->row0 >= 0 && options->row0 < end && end <= export->info->n_tokens;
    gboolean with_ids = !writer->one_array && export->info->ids != NULL && in_range;
    if (writer->note != NULL) {
        g_autoptr (FoveaExtent) extent = fovea_extent_new (export->info, options);
        fovea_exchange_note (export->info, extent, writer);
    }
    for (guint i = 0; i < export->slices->len; i++)
        if (!writer->add (writer, &g_array_index (export->slices, FoveaSlice, i).out, error))
            return FALSE;
    FoveaTensor ids = {
        .name = "input_ids", .dtype = FOVEA_I64, .rank = 1, .shape = {end - options->row0}};
    if (with_ids && !writer->add (writer, &ids, error))
        return FALSE;
    for (guint i = 0; i < export->slices->len; i++)
        if (!write_slice (export, &g_array_index (export->slices, FoveaSlice, i), error))
            return FALSE;
    return (!with_ids || write_ids (export, options, error)) && writer->finish (writer, error);
}

gboolean
fovea_exchange_export (FoveaTrace *trace,
                       const char *globs,
                       const char *path,
                       const FoveaExportOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
    g_return_val_if_fail (trace != NULL && globs != NULL && path != NULL, FALSE);
    g_autoptr (GArray) slices = g_array_new (FALSE, FALSE, sizeof (FoveaSlice));
    g_array_set_clear_func (slices, clear_slice);
    Export export = {trace, fovea_trace_get_info (trace), slices, NULL, cancellable};
    if (!choose_points (&export, globs, options, error) ||
        !check_choices (&export, options, error) || !check_size (&export, options, error))
        return FALSE;
    g_autoptr (FoveaArrayWriter) writer = fovea_array_writer_new (path, error);
    if (writer == NULL)
        return FALSE;
    if (writer->one_array && slices->len != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: %u points match %s, and such a file holds one; export to .safetensors or "
                     ".npz",
                     path, slices->len, globs);
        return FALSE;
    }
    export.writer = writer;
    return write_all (&export, options, error);
}
