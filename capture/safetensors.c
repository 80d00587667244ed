/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reading safetensors: one file or the shards of an index. Everything that a header claims is
 * checked against the map before a pointer is made from it: tensors must tile the data part without
 * gap or overlap, and shape times element size must be the extent. After opening nothing changes,
 * so threads may share it. Cost: the header's JSON; the data are not touched. */
#include "capture/safetensors.h"

#include <string.h>

#include "capture/json.h"

/* The format's own limit; larger headers are attacks. */
static const guint64 MAX_HEADER_BYTES = 100000000;

enum {
    LENGTH_BYTES = 8
};

struct _FoveaSafetensors {
    GPtrArray *maps;      /* of GBytes */
    GArray *tensors;      /* of FoveaTensor, in order of file and offset */
    GHashTable *by_name;  /* name -> index + 1 */
    GHashTable *metadata; /* text -> text */
    GStringChunk *names;
};

/* One file while its header is read. */
typedef struct {
    const char *name;
    const guint8 *data;
    gsize length;
    gsize header_bytes;
    GArray *tensors;
    GStringChunk *names;
} Reading;

static FoveaSafetensors *
new_empty (void)
{
    FoveaSafetensors *file = g_new0 (FoveaSafetensors, 1);
    file->maps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    file->tensors = g_array_new (FALSE, TRUE, sizeof (FoveaTensor));
    file->by_name = g_hash_table_new (g_str_hash, g_str_equal);
    file->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    file->names = g_string_chunk_new (4096);
    return file;
}

void
fovea_safetensors_free (FoveaSafetensors *file)
{
    if (file == NULL)
        return;
    g_hash_table_unref (file->by_name);
    g_hash_table_unref (file->metadata);
    g_array_unref (file->tensors);
    g_string_chunk_free (file->names);
    g_ptr_array_unref (file->maps);
    g_free (file);
}

static G_GNUC_PRINTF (4, 5) gboolean
    fail (const Reading *reading, const char *tensor, GError **error, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *what = g_strdup_vprintf (format, args);
    va_end (args);
    if (tensor != NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: tensor \"%s\": %s", reading->name,
                     tensor, what);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: %s", reading->name, what);
    return FALSE;
}

static gboolean
get_count (JsonNode *node, gint64 *value)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_INT64)
        return FALSE;
    *value = json_node_get_int (node);
    return *value >= 0;
}

static gboolean
read_dtype (const Reading *reading, JsonObject *entry, FoveaTensor *tensor, GError **error)
{
    JsonNode *node = json_object_get_member (entry, "dtype");
    const char *text =
        node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
    if (text == NULL)
        return fail (reading, tensor->name, error, "no \"dtype\"");
    if (fovea_dtype_from_name (text, &tensor->dtype))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: tensor \"%s\": element type %s is not supported", reading->name, tensor->name,
                 text);
    return FALSE;
}

static gboolean
read_shape (const Reading *reading, JsonObject *entry, FoveaTensor *tensor, GError **error)
{
    JsonNode *node = json_object_get_member (entry, "shape");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
        return fail (reading, tensor->name, error, "no \"shape\"");
    JsonArray *shape = json_node_get_array (node);
    tensor->rank = json_array_get_length (shape);
    if (tensor->rank > FOVEA_MAX_RANK)
        return fail (reading, tensor->name, error, "%u axes; at most %d are supported",
                     tensor->rank, FOVEA_MAX_RANK);
    gsize n = 1;
    for (guint i = 0; i < tensor->rank; i++) {
        if (!get_count (json_array_get_element (shape, i), &tensor->shape[i]))
            return fail (reading, tensor->name, error, "axis %u of the shape is no length", i);
        if (!g_size_checked_mul (&n, n, (gsize) tensor->shape[i]) || n > G_MAXINT64)
            return fail (reading, tensor->name, error, "the shape's product overflows at axis %u",
                         i);
    }
    tensor->n_elements = (gint64) n;
    return TRUE;
}

/* @tensor->offset becomes the offset in the file; the bytes lie inside it afterwards. */
static gboolean
read_extent (const Reading *reading, JsonObject *entry, FoveaTensor *tensor, GError **error)
{
    JsonNode *node = json_object_get_member (entry, "data_offsets");
    JsonArray *pair =
        node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    gint64 begin, end;
    if (pair == NULL || json_array_get_length (pair) != 2 ||
        !get_count (json_array_get_element (pair, 0), &begin) ||
        !get_count (json_array_get_element (pair, 1), &end) || end < begin)
        return fail (reading, tensor->name, error, "\"data_offsets\" is no pair begin <= end");
    gsize start = LENGTH_BYTES + reading->header_bytes;
    gsize room = reading->length - start;
    if ((guint64) end > room)
        return fail (reading, tensor->name, error,
                     "data end at byte %" G_GUINT64_FORMAT
                     " but the file ends at byte %" G_GSIZE_FORMAT,
                     (guint64) start + (guint64) end, reading->length);
    tensor->offset = start + (gsize) begin;
    tensor->n_bytes = (gsize) (end - begin);
    tensor->data = reading->data + tensor->offset;
    gsize expected;
    if (!g_size_checked_mul (&expected, (gsize) tensor->n_elements,
                             fovea_dtype_size (tensor->dtype)) ||
        expected != tensor->n_bytes)
        return fail (reading, tensor->name, error,
                     "%" G_GSIZE_FORMAT " bytes at byte %" G_GSIZE_FORMAT ", but %" G_GINT64_FORMAT
                     " elements of %s need another number",
                     tensor->n_bytes, tensor->offset, tensor->n_elements,
                     fovea_dtype_name (tensor->dtype));
    return TRUE;
}

static gboolean
read_metadata (FoveaSafetensors *file, const Reading *reading, JsonNode *node, GError **error)
{
    if (!JSON_NODE_HOLDS_OBJECT (node))
        return fail (reading, NULL, error, "\"__metadata__\" is no object");
    JsonObjectIter iter;
    const char *key;
    JsonNode *value;
    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &key, &value)) {
        if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
            return fail (reading, NULL, error, "\"__metadata__\": the value of \"%s\" is no text",
                         key);
        g_hash_table_replace (file->metadata, g_strdup (key),
                              g_strdup (json_node_get_string (value)));
    }
    return TRUE;
}

static gboolean
read_entry (const Reading *reading, const char *name, JsonNode *node, GError **error)
{
    FoveaTensor tensor = {.name = g_string_chunk_insert (reading->names, name)};
    if (!JSON_NODE_HOLDS_OBJECT (node))
        return fail (reading, name, error, "its entry is no object");
    JsonObject *entry = json_node_get_object (node);
    if (!read_dtype (reading, entry, &tensor, error) ||
        !read_shape (reading, entry, &tensor, error) ||
        !read_extent (reading, entry, &tensor, error))
        return FALSE;
    g_array_append_val (reading->tensors, tensor);
    return TRUE;
}

static int
compare_offsets (gconstpointer a, gconstpointer b)
{
    const FoveaTensor *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->n_bytes != y->n_bytes) /* empty tensors share their offset with the next */
        return x->n_bytes < y->n_bytes ? -1 : 1;
    return strcmp (x->name, y->name);
}

/* The format wants the data part covered exactly once. */
static gboolean
check_tiling (const Reading *reading, GError **error)
{
    gsize at = LENGTH_BYTES + reading->header_bytes;
    g_array_sort (reading->tensors, compare_offsets);
    for (guint i = 0; i < reading->tensors->len; i++) {
        const FoveaTensor *tensor = &g_array_index (reading->tensors, FoveaTensor, i);
        if (tensor->offset < at)
            return fail (reading, tensor->name, error,
                         "data from byte %" G_GSIZE_FORMAT
                         " overlap those of another tensor, which end at byte %" G_GSIZE_FORMAT,
                         tensor->offset, at);
        if (tensor->offset > at)
            return fail (reading, tensor->name, error,
                         "a gap before its data: bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT
                         " belong to no tensor",
                         at, tensor->offset);
        at += tensor->n_bytes;
    }
    if (at != reading->length)
        return fail (reading, NULL, error,
                     "bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT
                     " at the end belong to no tensor",
                     at, reading->length);
    return TRUE;
}

static JsonObject *
read_header (Reading *reading, GError **error)
{
    guint64 n = 0;
    if (reading->length < LENGTH_BYTES) {
        fail (reading, NULL, error, "%" G_GSIZE_FORMAT " bytes; the header's length alone takes 8",
              reading->length);
        return NULL;
    }
    memcpy (&n, reading->data, sizeof n);
    n = GUINT64_FROM_LE (n);
    if (n > MAX_HEADER_BYTES || n > reading->length - LENGTH_BYTES) {
        fail (reading, NULL, error,
              "byte 0: a header of %" G_GUINT64_FORMAT
              " bytes is claimed, but the file has %" G_GSIZE_FORMAT
              " (and a header at most %" G_GUINT64_FORMAT ")",
              n, reading->length, MAX_HEADER_BYTES);
        return NULL;
    }
    reading->header_bytes = (gsize) n;
    return fovea_json_parse_object ((const char *) reading->data + LENGTH_BYTES, (gsize) n,
                                    reading->name, LENGTH_BYTES, error);
}

static gboolean
add_tensors (FoveaSafetensors *file, const Reading *reading, GError **error)
{
    for (guint i = 0; i < reading->tensors->len; i++) {
        FoveaTensor *tensor = &g_array_index (reading->tensors, FoveaTensor, i);
        if (g_hash_table_contains (file->by_name, tensor->name))
            return fail (reading, tensor->name, error,
                         "its data at byte %" G_GSIZE_FORMAT
                         " are here, but another shard has it too",
                         tensor->offset);
        g_array_append_val (file->tensors, *tensor);
        g_hash_table_insert (file->by_name, (char *) tensor->name,
                             GUINT_TO_POINTER (file->tensors->len));
    }
    return TRUE;
}

static gboolean
add_bytes (FoveaSafetensors *file, GBytes *bytes, const char *name, GError **error)
{
    g_autoptr (GArray) tensors = g_array_new (FALSE, TRUE, sizeof (FoveaTensor));
    Reading reading = {.name = name, .tensors = tensors, .names = file->names};
    reading.data = g_bytes_get_data (bytes, &reading.length);
    g_ptr_array_add (file->maps, g_bytes_ref (bytes));
    g_autoptr (JsonObject) header = read_header (&reading, error);
    if (header == NULL)
        return FALSE;
    JsonObjectIter iter;
    const char *key;
    JsonNode *node;
    json_object_iter_init (&iter, header);
    while (json_object_iter_next (&iter, &key, &node)) {
        gboolean read = g_str_equal (key, "__metadata__")
                            ? read_metadata (file, &reading, node, error)
                            : read_entry (&reading, key, node, error);
        if (!read)
            return FALSE;
    }
    return check_tiling (&reading, error) && add_tensors (file, &reading, error);
}

static gboolean
add_file (FoveaSafetensors *file, const char *path, GError **error)
{
    g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, error);
    if (map == NULL)
        return FALSE;
    g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (map);
    return add_bytes (file, bytes, path, error);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Shard names of an index, each once, sorted. A shard lies beside its index: a name that leads
 * elsewhere is an attack. */
static GPtrArray *
list_shards (JsonObject *weight_map, const char *path, GError **error)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GPtrArray) shards = g_ptr_array_new_with_free_func (g_free);
    JsonObjectIter iter;
    const char *key;
    JsonNode *node;
    json_object_iter_init (&iter, weight_map);
    while (json_object_iter_next (&iter, &key, &node)) {
        const char *shard = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
        if (shard == NULL || *shard == '\0' || *shard == '.' || strchr (shard, '/') != NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "%s: tensor \"%s\": its shard is no file name beside the index", path,
                         key);
            return NULL;
        }
        if (g_hash_table_add (seen, (char *) shard))
            g_ptr_array_add (shards, g_strdup (shard));
    }
    g_ptr_array_sort (shards, compare_texts);
    return g_steal_pointer (&shards);
}

static gboolean
check_index (FoveaSafetensors *file, JsonObject *weight_map, const char *path, GError **error)
{
    JsonObjectIter iter;
    const char *key;
    json_object_iter_init (&iter, weight_map);
    while (json_object_iter_next (&iter, &key, NULL)) {
        if (fovea_safetensors_lookup (file, key) == NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "%s: tensor \"%s\" is in no shard, though the index names %s for it", path,
                         key, json_object_get_string_member (weight_map, key));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
add_index (FoveaSafetensors *file, const char *path, GError **error)
{
    g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, error);
    if (map == NULL)
        return FALSE;
    g_autoptr (JsonObject) index = fovea_json_parse_object (
        g_mapped_file_get_contents (map), g_mapped_file_get_length (map), path, 0, error);
    if (index == NULL)
        return FALSE;
    JsonNode *node = json_object_get_member (index, "weight_map");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: no \"weight_map\"", path);
        return FALSE;
    }
    JsonObject *weight_map = json_node_get_object (node);
    g_autoptr (GPtrArray) shards = list_shards (weight_map, path, error);
    if (shards == NULL)
        return FALSE;
    g_autofree char *folder = g_path_get_dirname (path);
    for (guint i = 0; i < shards->len; i++) {
        g_autofree char *shard = g_build_filename (folder, shards->pdata[i], NULL);
        if (!add_file (file, shard, error))
            return FALSE;
    }
    return check_index (file, weight_map, path, error);
}

FoveaSafetensors *
fovea_safetensors_open (const char *path, GError **error)
{
    g_autoptr (FoveaSafetensors) file = new_empty ();
    gboolean read = g_str_has_suffix (path, ".json") ? add_index (file, path, error)
                                                     : add_file (file, path, error);
    return read ? g_steal_pointer (&file) : NULL;
}

FoveaSafetensors *
fovea_safetensors_open_bytes (GBytes *bytes, const char *name, GError **error)
{
    g_autoptr (FoveaSafetensors) file = new_empty ();
    return add_bytes (file, bytes, name, error) ? g_steal_pointer (&file) : NULL;
}

const FoveaTensor *
fovea_safetensors_lookup (FoveaSafetensors *file, const char *name)
{
    guint index = GPOINTER_TO_UINT (g_hash_table_lookup (file->by_name, name));
    return index > 0 ? &g_array_index (file->tensors, FoveaTensor, index - 1) : NULL;
}

const FoveaTensor *
fovea_safetensors_list (FoveaSafetensors *file, guint *n)
{
    *n = file->tensors->len;
    return (const FoveaTensor *) (void *) file->tensors->data;
}

const char *
fovea_safetensors_get_metadata (FoveaSafetensors *file, const char *key)
{
    return g_hash_table_lookup (file->metadata, key);
}

GBytes *const *
fovea_safetensors_get_maps (FoveaSafetensors *file, guint *n)
{
    *n = file->maps->len;
    return (GBytes *const *) file->maps->pdata;
}
