/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Import: the arrays of a file become a trace that reads them where they lie (mapped, or unpacked
 * by the archive's reader); nothing is copied. The file stays open as long as the trace. */
#include "capture/exchange.h"

#include <math.h>
#include <string.h>

#include "capture/architecture-json.h"
#include "capture/exchange-extent.h"
#include "capture/exchange-infer.h"
#include "capture/exchange-metadata.h"
#include "capture/exchange-slice.h"
#include "capture/npz.h"
#include "capture/point-table.h"
#include "capture/safetensors.h"

/* An array of the trace, in its file. */
typedef struct {
    const FoveaTensor *tensor;
    gint64 row_length;
} Kept;

/* The file behind a trace. */
typedef struct {
    FoveaSafetensors *safetensors;
    FoveaNpz *npz;
    GArray *kept; /* of Kept, side by side with the trace's arrays */
} Source;

typedef struct {
    Source *source;
    GArray *files; /* of FoveaImported: all that the file holds */
    GPtrArray *arrays;
    FoveaTraceInfo *info;
    FoveaExtent *extent; /* of an export of Fovea's; else NULL */
} Import;

static void
source_free (gpointer data)
{
    Source *source = data;
    fovea_safetensors_free (source->safetensors);
    fovea_npz_free (source->npz);
    g_array_unref (source->kept);
    g_free (source);
}

static void
import_free (Import *import)
{
    g_clear_pointer (&import->source, source_free);
    g_clear_pointer (&import->arrays, g_ptr_array_unref);
    g_array_unref (import->files);
    fovea_extent_free (import->extent);
    fovea_trace_info_free (import->info);
    g_free (import);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Import, import_free)

static gboolean
source_read (
    gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    const Source *source = backend;
    const Kept *kept = &g_array_index (source->kept, Kept, index);
    gsize skip = (gsize) (first_row * kept->row_length) * fovea_dtype_size (kept->tensor->dtype);
    fovea_dtype_to_f32 ((const char *) kept->tensor->data + skip, kept->tensor->dtype,
                        (gsize) (n_rows * kept->row_length), out);
    return TRUE;
}

static const FoveaTraceBackend source_backend = {source_read, source_free};

static void
clear_imported (gpointer data)
{
    g_free (((FoveaImported *) data)->name);
}

/* @bytes: NULL = map the file called @name. */
static const FoveaTensor *
open_source (Source *source, GBytes *bytes, const char *name, guint *n, GError **error)
{
    if (g_str_has_suffix (name, ".npz")) {
        source->npz = bytes != NULL ? fovea_npz_open_bytes (bytes, name, error)
                                    : fovea_npz_open (name, error);
        return source->npz == NULL ? NULL : fovea_npz_list (source->npz, n);
    }
    if (g_str_has_suffix (name, ".safetensors")) {
        source->safetensors = bytes != NULL ? fovea_safetensors_open_bytes (bytes, name, error)
                                            : fovea_safetensors_open (name, error);
        return source->safetensors == NULL ? NULL : fovea_safetensors_list (source->safetensors, n);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: name ends in neither .safetensors nor .npz", name);
    return NULL;
}

static const char *
get_metadata (const Import *import, const char *key)
{
    FoveaSafetensors *file = import->source->safetensors;
    return file == NULL ? NULL : fovea_safetensors_get_metadata (file, key);
}

static Import *
import_new (GBytes *bytes, const char *name, GError **error)
{
    g_autoptr (Import) import = g_new0 (Import, 1);
    import->source = g_new0 (Source, 1);
    import->source->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
    import->files = g_array_new (FALSE, FALSE, sizeof (FoveaImported));
    g_array_set_clear_func (import->files, clear_imported);
    import->arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    guint n = 0;
    g_autoptr (GError) local = NULL;
    const FoveaTensor *tensors = open_source (import->source, bytes, name, &n, &local);
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    for (guint i = 0; i < n; i++) {
        FoveaImported array = {&tensors[i], g_strdup (tensors[i].name), tensors[i].rank,
                               tensors[i].shape};
        g_array_append_val (import->files, array);
    }
    return g_steal_pointer (&import);
}

/* Description and number of tokens, as the file says or as its arrays tell. */
static gboolean
set_architecture (Import *import, const FoveaArchitecture *given, GError **error)
{
    FoveaTraceInfo *info = import->info;
    const char *text = get_metadata (import, "fovea.extent");
    if (text == NULL || given == NULL) {
        info->architecture =
            fovea_infer_architecture (import->files, given, &info->n_tokens, error);
        return info->architecture != NULL;
    }
    import->extent = fovea_extent_read (text, error);
    if (import->extent == NULL)
        return FALSE;
    info->architecture = fovea_architecture_copy (given);
    info->n_tokens = import->extent->n_tokens;
    info->ids = g_steal_pointer (&import->extent->ids);
    return TRUE;
}

/* Description, number of tokens and names. */
static gboolean
describe (Import *import, const char *path, GError **error)
{
    const char *text = get_metadata (import, "fovea.architecture");
    g_autoptr (FoveaArchitecture) given = NULL;
    FoveaTraceInfo *info = import->info = g_new0 (FoveaTraceInfo, 1);
    if (text != NULL)
        given = fovea_architecture_from_json (text, "metadata: fovea.architecture", error);
    if (text != NULL && given == NULL)
        return FALSE;
    if (!fovea_infer_names (import->files, given, error) ||
        !set_architecture (import, given, error))
        return FALSE;
    const char *model = get_metadata (import, "model"), *title = get_metadata (import, "title");
    const char *hash = get_metadata (import, "model_hash");
    info->model_name = g_strdup (model != NULL ? model : FOVEA_INFERRED_FAMILY);
    info->model_hash = g_strdup (hash != NULL ? hash : "");
    info->title = title != NULL ? g_strdup (title) : g_path_get_basename (path);
    info->keep = FOVEA_F32;
    return TRUE;
}

static gboolean
fail_shape (const FoveaImported *array, const char *expected, GError **error)
{
    g_autoptr (GString) shape = g_string_new (NULL);
    for (guint i = 0; i < array->rank; i++)
        g_string_append_printf (shape, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", array->shape[i]);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s: %s is (%s), expected %s",
                 array->tensor->name, fovea_dtype_name (array->tensor->dtype), shape->str,
                 expected);
    return FALSE;
}

static gint64
read_id (const FoveaTensor *tensor, gint64 i)
{
    gint64 wide;
    gint32 narrow;
    if (tensor->dtype == FOVEA_I64) {
        memcpy (&wide, (const char *) tensor->data + i * (gint64) sizeof wide, sizeof wide);
        return wide;
    }
    memcpy (&narrow, (const char *) tensor->data + i * (gint64) sizeof narrow, sizeof narrow);
    return narrow;
}

static gboolean
take_ids (Import *import, const FoveaImported *array, GError **error)
{
    FoveaTraceInfo *info = import->info;
    const FoveaTensor *tensor = array->tensor;
    gboolean cut = import->extent != NULL && !fovea_extent_has_all_rows (import->extent);
    gint64 n = cut ? import->extent->part.row1 - import->extent->part.row0 : info->n_tokens;
    if (array->rank != 1 || array->shape[0] != n ||
        (tensor->dtype != FOVEA_I64 && tensor->dtype != FOVEA_I32)) {
        g_autofree char *expected = g_strdup_printf ("I64 or I32 of (%" G_GINT64_FORMAT ")", n);
        return fail_shape (array, expected, error);
    }
    if (cut)
        return TRUE; /* the extent has all */
    g_free (info->ids);
    info->ids = g_new (gint32, info->n_tokens);
    for (gint64 t = 0; t < info->n_tokens; t++) {
        gint64 id = read_id (tensor, t);
        if (id < 0 || id >= G_MAXINT32) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "%s: position %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT " is no id",
                         tensor->name, t, id);
            return FALSE;
        }
        info->ids[t] = (gint32) id;
        info->architecture->vocabulary = MAX (info->architecture->vocabulary, id + 1);
    }
    return TRUE;
}

/* NaN is refused here, so that no later reader has to ask. */
static gboolean
check_numbers (const FoveaTensor *tensor, GError **error)
{
    enum {
        AT_ONCE = 1 << 16
    };
    g_autofree float *values = g_new (float, AT_ONCE);
    for (gint64 at = 0; at < tensor->n_elements; at += AT_ONCE) {
        gint64 n = MIN (AT_ONCE, tensor->n_elements - at);
        fovea_dtype_to_f32 ((const char *) tensor->data +
                                (gsize) at * fovea_dtype_size (tensor->dtype),
                            tensor->dtype, (gsize) n, values);
        for (gint64 i = 0; i < n; i++)
            if (isnan (values[i])) {
                g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                             "%s: NaN at element %" G_GINT64_FORMAT, tensor->name, at + i);
                return FALSE;
            }
    }
    return TRUE;
}

/* Unless they are said to look both ways score rules are causal; a map that looks ahead would be
 * recomputed wrongly. */
static gboolean
check_causal (const FoveaTensor *tensor, const FoveaArray *array, GError **error)
{
    gint64 n = array->shape[2];
    for (gint64 h = 0; h < array->shape[0]; h++)
        for (gint64 key = 1; key < n; key++) {
            float weight;
            gsize at = (gsize) (h * n * n + key) * fovea_dtype_size (tensor->dtype);
            fovea_dtype_to_f32 ((const char *) tensor->data + at, tensor->dtype, 1, &weight);
            if (fabsf (weight) > 1e-6f) {
                g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                             "%s: head %" G_GINT64_FORMAT
                             " looks ahead, from token 0 to %" G_GINT64_FORMAT
                             "; attention is taken to be causal unless --both-ways is given",
                             tensor->name, h, key);
                return FALSE;
            }
        }
    return TRUE;
}

static gboolean
has_shape (const FoveaImported *file, guint rank, const gint64 *shape)
{
    return file->rank == rank && memcmp (file->shape, shape, rank * sizeof *shape) == 0;
}

/* What the file's extent leaves of @whole. */
static FoveaArray *
cut_array (const Import *import, FoveaArray *whole, const FoveaImported *file, GError **error)
{
    static const FoveaExportOptions everything = {.row1 = -1, .key1 = -1, .head = -1};
    FoveaSlice slice;
    if (!fovea_slice_init (&slice, whole, import->info,
                           import->extent != NULL ? &import->extent->part : &everything, error))
        return NULL;
    g_autoptr (FoveaArray) array = fovea_slice_describe (&slice);
    if (!has_shape (file, slice.out.rank, slice.out.shape)) {
        FoveaArray expected = {.rank = slice.out.rank};
        memcpy (expected.shape, slice.out.shape, sizeof expected.shape);
        g_autofree char *text = fovea_array_print_shape (&expected);
        fail_shape (file, text, error);
        g_clear_pointer (&array, fovea_array_free);
    }
    fovea_slice_clear (&slice);
    return g_steal_pointer (&array);
}

/* An array whose name already says which part of a point it is: "hook_z[3,5-7]@50:130", as captures
 * and imports of slices leave them. NULL if it is none. */
static FoveaArray *
make_named_slice (const Import *import, const FoveaImported *file)
{
    const FoveaTraceInfo *info = import->info;
    g_autofree char *base = g_strndup (file->name, strcspn (file->name, "[@"));
    FoveaPoint point;
    if (import->extent == NULL || !fovea_point_parse (info->architecture, base, &point))
        return NULL;
    g_autoptr (FoveaArray) array = fovea_point_describe (info->architecture, point, info->n_tokens);
    gboolean inside = file->rank == array->rank;
    for (guint i = 0; inside && i < array->rank; i++)
        inside = file->shape[i] >= 1 && file->shape[i] <= array->shape[i];
    if (!inside)
        return NULL;
    memcpy (array->shape, file->shape, file->rank * sizeof *file->shape);
    g_free (array->name);
    array->name = g_strdup (file->name);
    return g_steal_pointer (&array);
}

/* The trace's array for one of the file's; NULL without error if it is nothing that a trace holds.
 */
static FoveaArray *
make_array (const Import *import, const FoveaImported *file, GError **error)
{
    const FoveaTraceInfo *info = import->info;
    FoveaPoint point;
    if (fovea_point_parse (info->architecture, file->name, &point) &&
        point.level < fovea_point_n_levels (info->n_tokens))
        return cut_array (import, fovea_point_describe (info->architecture, point, info->n_tokens),
                          file, error);
    FoveaArray *named = make_named_slice (import, file);
    if (named != NULL)
        return named;
    if (file->rank < 1 || file->rank > 4 || file->shape[0] != info->n_tokens)
        return NULL;
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = g_strdup (file->name);
    array->rank = file->rank;
    memcpy (array->shape, file->shape, file->rank * sizeof *file->shape);
    array->row_axes = 1;
    return array;
}

static gboolean
take_array (Import *import, const FoveaImported *file, GHashTable *seen, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (FoveaArray) array = make_array (import, file, &local);
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    /* The same tensor often comes under several bridge names. */
    if (array == NULL || !g_hash_table_add (seen, g_strdup (array->name)))
        return TRUE;
    FoveaDtype dtype = file->tensor->dtype;
    gboolean kept_type = dtype == FOVEA_F16 || dtype == FOVEA_BF16 || dtype == FOVEA_I32;
    array->dtype = kept_type ? dtype : FOVEA_F32;
    if (!check_numbers (file->tensor, error) ||
        (g_str_has_suffix (array->name, "attn.hook_pattern") &&
         !import->info->architecture->bidirectional && !check_causal (file->tensor, array, error)))
        return FALSE;
    Kept kept = {file->tensor, fovea_array_row_length (array)};
    g_array_append_val (import->source->kept, kept);
    g_ptr_array_add (import->arrays, g_steal_pointer (&array));
    return TRUE;
}

static gboolean
take_all (Import *import, GError **error)
{
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < import->files->len; i++) {
        const FoveaImported *file = &g_array_index (import->files, FoveaImported, i);
        gboolean ids = strcmp (file->name, "input_ids") == 0 || strcmp (file->name, "tokens") == 0;
        if (!(ids ? take_ids (import, file, error) : take_array (import, file, seen, error)))
            return FALSE;
    }
    if (import->arrays->len == 0) {
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                             "no array is a capture point of the model");
        return FALSE;
    }
    const char *texts = get_metadata (import, "token_texts");
    if (texts == NULL && import->extent != NULL)
        texts = get_metadata (import, "fovea.token_texts");
    if (texts != NULL)
        import->info->token_texts =
            fovea_exchange_read_texts (texts, import->info->n_tokens, error);
    return texts == NULL || import->info->token_texts != NULL;
}

/* What nothing in a foreign file tells. */
static gboolean
set_both_ways (Import *import, GError **error)
{
    if (import->extent != NULL) {
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                             "an export of Fovea's says itself whether its attention looks ahead");
        return FALSE;
    }
    import->info->architecture->bidirectional = TRUE;
    return TRUE;
}

static FoveaTrace *
import_file (GBytes *bytes, const char *name, gboolean both_ways, GError **error)
{
    g_autoptr (Import) import = import_new (bytes, name, error);
    if (import == NULL)
        return NULL;
    if (!describe (import, name, error) || (both_ways && !set_both_ways (import, error)) ||
        !take_all (import, error)) {
        g_prefix_error (error, "%s: ", name);
        return NULL;
    }
    return fovea_trace_new (g_steal_pointer (&import->info), g_steal_pointer (&import->arrays),
                            &source_backend, g_steal_pointer (&import->source));
}

FoveaTrace *
fovea_exchange_import (const char *path, GError **error)
{
    g_return_val_if_fail (path != NULL, NULL);
    return import_file (NULL, path, FALSE, error);
}

FoveaTrace *
fovea_exchange_import_both_ways (const char *path, GError **error)
{
    g_return_val_if_fail (path != NULL, NULL);
    return import_file (NULL, path, TRUE, error);
}

FoveaTrace *
fovea_exchange_import_bytes (GBytes *bytes, const char *name, GError **error)
{
    g_return_val_if_fail (bytes != NULL && name != NULL, NULL);
    return import_file (bytes, name, FALSE, error);
}
