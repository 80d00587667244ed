/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reading GGUF. The file says how long everything is, so nothing is believed: a count must fit into
 * the bytes that are left before anything is allocated for it, lengths are compared by subtraction
 * from what is left, products are checked, and no two tensors may share a byte. After opening
 * nothing changes, so threads may share it. Cost: one walk over the metadata (a vocabulary's texts
 * are stepped over, not copied); data are not touched. */
#include "capture/gguf-private.h"

#include <string.h>

enum {
    MAX_AXES = 4,
    MAX_NAME = 65535, /* bytes of a key or a tensor's name */
    DEFAULT_ALIGNMENT = 32,
    MAX_ALIGNMENT = 1 << 20,
    LEAST_ENTRY = 8 + 4 + 1, /* bytes: empty key, type, a byte */
    LEAST_TENSOR = 8 + 4 + 4 + 8,
};

/* Numbers of GGML's types; a name alone is a type that is known and not read. */
static const struct {
    const char *name;
    gint dtype; /* -1 = not read */
} tensor_types[] = {
    {"F32", FOVEA_F32},
    {"F16", FOVEA_F16},
    {"Q4_0", FOVEA_Q4_0},
    {"Q4_1", FOVEA_Q4_1},
    {"Q4_2", -1},
    {"Q4_3", -1},
    {"Q5_0", FOVEA_Q5_0},
    {"Q5_1", FOVEA_Q5_1},
    {"Q8_0", FOVEA_Q8_0},
    {"Q8_1", -1},
    {"Q2_K", FOVEA_Q2_K},
    {"Q3_K", FOVEA_Q3_K},
    {"Q4_K", FOVEA_Q4_K},
    {"Q5_K", FOVEA_Q5_K},
    {"Q6_K", FOVEA_Q6_K},
    {"Q8_K", -1},
    {"IQ2_XXS", FOVEA_IQ2_XXS},
    {"IQ2_XS", FOVEA_IQ2_XS},
    {"IQ3_XXS", FOVEA_IQ3_XXS},
    {"IQ1_S", FOVEA_IQ1_S},
    {"IQ4_NL", FOVEA_IQ4_NL},
    {"IQ3_S", FOVEA_IQ3_S},
    {"IQ2_S", FOVEA_IQ2_S},
    {"IQ4_XS", FOVEA_IQ4_XS},
    {"I8", FOVEA_I8},
    {"I16", FOVEA_I16},
    {"I32", FOVEA_I32},
    {"I64", FOVEA_I64},
    {"F64", FOVEA_F64},
    {"IQ1_M", FOVEA_IQ1_M},
    {"BF16", FOVEA_BF16},
    {"Q4_0_4_4", -1},
    {"Q4_0_4_8", -1},
    {"Q4_0_8_8", -1},
    {"TQ1_0", FOVEA_TQ1_0},
    {"TQ2_0", FOVEA_TQ2_0},
    {"IQ4_NL_4_4", -1},
    {"IQ4_NL_4_8", -1},
    {"IQ4_NL_8_8", -1},
    {"MXFP4", FOVEA_MXFP4},
};

typedef struct {
    FoveaGguf *file;
    gsize at;
    char *what; /* the key or tensor at hand, for messages */
} Reading;

void
fovea_gguf_free (FoveaGguf *file)
{
    if (file == NULL)
        return;
    g_hash_table_unref (file->entries);
    g_ptr_array_unref (file->keys);
    g_array_unref (file->tensors);
    g_string_chunk_free (file->texts);
    g_bytes_unref (file->map);
    g_free (file->name);
    g_free (file);
}

static FoveaGguf *
new_empty (GBytes *bytes, const char *name)
{
    FoveaGguf *file = g_new0 (FoveaGguf, 1);
    file->map = g_bytes_ref (bytes);
    file->name = g_strdup (name);
    file->data = g_bytes_get_data (bytes, &file->length);
    file->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    file->keys = g_ptr_array_new ();
    file->tensors = g_array_new (FALSE, TRUE, sizeof (FoveaTensor));
    file->texts = g_string_chunk_new (4096);
    return file;
}

static G_GNUC_PRINTF (3, 4) gboolean
    fail (const Reading *reading, GError **error, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *what = g_strdup_vprintf (format, args);
    va_end (args);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: byte %" G_GSIZE_FORMAT ": %s%s%s",
                 reading->file->name, reading->at, reading->what != NULL ? reading->what : "",
                 reading->what != NULL ? ": " : "", what);
    return FALSE;
}

static gsize
left (const Reading *reading)
{
    return reading->file->length - reading->at;
}

static gboolean
read_u32 (Reading *reading, guint32 *value, GError **error)
{
    *value = 0;
    if (left (reading) < sizeof *value)
        return fail (reading, error, "the file ends inside a number");
    memcpy (value, reading->file->data + reading->at, sizeof *value);
    *value = GUINT32_FROM_LE (*value);
    reading->at += sizeof *value;
    return TRUE;
}

static gboolean
read_u64 (Reading *reading, guint64 *value, GError **error)
{
    *value = 0;
    if (left (reading) < sizeof *value)
        return fail (reading, error, "the file ends inside a number");
    memcpy (value, reading->file->data + reading->at, sizeof *value);
    *value = GUINT64_FROM_LE (*value);
    reading->at += sizeof *value;
    return TRUE;
}

/* The length of a text; its bytes lie in the file. */
static gboolean
read_length (Reading *reading, guint64 *n, GError **error)
{
    if (!read_u64 (reading, n, error))
        return FALSE;
    if (*n <= left (reading))
        return TRUE;
    return fail (reading, error,
                 "a text of %" G_GUINT64_FORMAT " bytes, with %" G_GSIZE_FORMAT " left in the file",
                 *n, left (reading));
}

/* A key or a tensor's name. */
static gboolean
read_name (Reading *reading, const char **name, GError **error)
{
    guint64 n;
    if (!read_length (reading, &n, error))
        return FALSE;
    const char *text = (const char *) reading->file->data + reading->at;
    if (n > MAX_NAME)
        return fail (reading, error, "a name of %" G_GUINT64_FORMAT " bytes; at most %d", n,
                     MAX_NAME);
    if (!g_utf8_validate_len (text, (gsize) n, NULL))
        return fail (reading, error, "a name that is no UTF-8 text");
    *name = g_string_chunk_insert_len (reading->file->texts, text, (gssize) n);
    reading->at += (gsize) n;
    return TRUE;
}

static gboolean
read_text (Reading *reading, FoveaGgufEntry *entry, GError **error)
{
    if (!read_length (reading, &entry->n, error))
        return FALSE;
    const char *text = (const char *) reading->file->data + reading->at;
    entry->at = reading->at;
    if (g_utf8_validate_len (text, (gsize) entry->n, NULL))
        entry->text = g_string_chunk_insert_len (reading->file->texts, text, (gssize) entry->n);
    reading->at += (gsize) entry->n;
    return TRUE;
}

static gboolean
skip_texts (Reading *reading, guint64 n, GError **error)
{
    for (guint64 i = 0; i < n; i++) {
        guint64 length;
        if (!read_length (reading, &length, error))
            return FALSE;
        reading->at += (gsize) length;
    }
    return TRUE;
}

static gboolean
read_array (Reading *reading, FoveaGgufEntry *entry, GError **error)
{
    guint32 element;
    if (!read_u32 (reading, &element, error) || !read_u64 (reading, &entry->n, error))
        return FALSE;
    if (element >= FOVEA_GGUF_N_TYPES || element == FOVEA_GGUF_ARRAY)
        return fail (reading, error, "an array of elements of type %u", element);
    gsize least = element == FOVEA_GGUF_TEXT ? sizeof (guint64) : fovea_gguf_widths[element];
    if (entry->n > left (reading) / least)
        return fail (reading, error,
                     "an array of %" G_GUINT64_FORMAT " elements, with %" G_GSIZE_FORMAT
                     " bytes left in the file",
                     entry->n, left (reading));
    entry->element = element;
    entry->at = reading->at;
    if (element == FOVEA_GGUF_TEXT)
        return skip_texts (reading, entry->n, error);
    reading->at += (gsize) entry->n * least;
    return TRUE;
}

static gboolean
read_value (Reading *reading, FoveaGgufEntry *entry, GError **error)
{
    guint32 type;
    if (!read_u32 (reading, &type, error))
        return FALSE;
    if (type >= FOVEA_GGUF_N_TYPES)
        return fail (reading, error, "a value of type %u", type);
    entry->type = type;
    if (type == FOVEA_GGUF_TEXT)
        return read_text (reading, entry, error);
    if (type == FOVEA_GGUF_ARRAY)
        return read_array (reading, entry, error);
    if (left (reading) < fovea_gguf_widths[type])
        return fail (reading, error, "the file ends inside a value");
    entry->at = reading->at;
    reading->at += fovea_gguf_widths[type];
    return TRUE;
}

static gboolean
read_entries (Reading *reading, guint64 n, GError **error)
{
    FoveaGguf *file = reading->file;
    for (guint64 i = 0; i < n; i++) {
        g_autofree FoveaGgufEntry *entry = g_new0 (FoveaGgufEntry, 1);
        const char *key;
        g_clear_pointer (&reading->what, g_free);
        if (!read_name (reading, &key, error))
            return FALSE;
        reading->what = g_strdup_printf ("\"%s\"", key);
        if (!read_value (reading, entry, error))
            return FALSE;
        if (!g_hash_table_insert (file->entries, (char *) key, g_steal_pointer (&entry)))
            return fail (reading, error, "the key is there twice");
        g_ptr_array_add (file->keys, (char *) key);
    }
    g_clear_pointer (&reading->what, g_free);
    return TRUE;
}

static gboolean
read_type (Reading *reading, FoveaTensor *tensor, GError **error)
{
    guint32 type;
    if (!read_u32 (reading, &type, error))
        return FALSE;
    if (type < G_N_ELEMENTS (tensor_types) && tensor_types[type].dtype >= 0) {
        tensor->dtype = (FoveaDtype) tensor_types[type].dtype;
        return TRUE;
    }
    const char *name = type < G_N_ELEMENTS (tensor_types) ? tensor_types[type].name : "unknown";
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: %s: elements of type %u (%s) are not supported", reading->file->name,
                 reading->what, type, name);
    return FALSE;
}

/* Lengths of the axes, slowest first, and their product. */
static gboolean
read_shape (Reading *reading, FoveaTensor *tensor, GError **error)
{
    guint32 rank;
    gsize n = 1;
    if (!read_u32 (reading, &rank, error))
        return FALSE;
    if (rank > MAX_AXES)
        return fail (reading, error, "%u axes; at most %d", rank, MAX_AXES);
    tensor->rank = rank;
    for (guint i = rank; i-- > 0;) {
        guint64 length;
        if (!read_u64 (reading, &length, error))
            return FALSE;
        if (length > G_MAXINT64 || !g_size_checked_mul (&n, n, (gsize) length) || n > G_MAXINT64)
            return fail (reading, error,
                         "the shape's product overflows at a length of %" G_GUINT64_FORMAT, length);
        tensor->shape[i] = (gint64) length;
    }
    tensor->n_elements = (gint64) n;
    return TRUE;
}

static gboolean
measure (const Reading *reading, FoveaTensor *tensor, GError **error)
{
    gsize block = fovea_dtype_block (tensor->dtype), n = (gsize) tensor->n_elements;
    gint64 row = tensor->rank > 0 ? tensor->shape[tensor->rank - 1] : 1;
    if ((gsize) row % block != 0)
        return fail (reading, error,
                     "rows of %" G_GINT64_FORMAT " elements are no whole blocks of %" G_GSIZE_FORMAT
                     " (%s)",
                     row, block, fovea_dtype_name (tensor->dtype));
    if (!g_size_checked_mul (&tensor->n_bytes, n / block, fovea_dtype_size (tensor->dtype)))
        return fail (reading, error, "%" G_GSIZE_FORMAT " elements of %s overflow", n,
                     fovea_dtype_name (tensor->dtype));
    return TRUE;
}

/* Offsets stay relative to the data part until its start is known. */
static gboolean
read_tensor (Reading *reading, guint64 alignment, GError **error)
{
    FoveaTensor tensor = {0};
    guint64 offset;
    g_clear_pointer (&reading->what, g_free);
    if (!read_name (reading, &tensor.name, error))
        return FALSE;
    reading->what = g_strdup_printf ("tensor \"%s\"", tensor.name);
    if (!read_shape (reading, &tensor, error) || !read_type (reading, &tensor, error) ||
        !measure (reading, &tensor, error) || !read_u64 (reading, &offset, error))
        return FALSE;
    if (offset % alignment != 0)
        return fail (reading, error,
                     "offset %" G_GUINT64_FORMAT
                     " is no multiple of the alignment, %" G_GUINT64_FORMAT,
                     offset, alignment);
    if (offset > reading->file->length)
        return fail (reading, error, "offset %" G_GUINT64_FORMAT " lies behind the file's end",
                     offset);
    tensor.offset = (gsize) offset;
    g_array_append_val (reading->file->tensors, tensor);
    return TRUE;
}

static gboolean
check_names (const Reading *reading, GError **error)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < reading->file->tensors->len; i++) {
        const char *name = g_array_index (reading->file->tensors, FoveaTensor, i).name;
        if (!g_hash_table_add (seen, (char *) name))
            return fail (reading, error, "tensor \"%s\" is there twice", name);
    }
    return TRUE;
}

static int
by_offset (gconstpointer a, gconstpointer b)
{
    const FoveaTensor *x = *(const FoveaTensor *const *) a, *y = *(const FoveaTensor *const *) b;
    return x->offset != y->offset ? (x->offset < y->offset ? -1 : 1)
                                  : (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

/* No byte belongs to two tensors. */
static gboolean
check_overlaps (const Reading *reading, GError **error)
{
    GArray *tensors = reading->file->tensors;
    g_autoptr (GPtrArray) order = g_ptr_array_new ();
    for (guint i = 0; i < tensors->len; i++)
        g_ptr_array_add (order, &g_array_index (tensors, FoveaTensor, i));
    g_ptr_array_sort (order, by_offset);
    for (guint i = 1; i < order->len; i++) {
        const FoveaTensor *a = order->pdata[i - 1], *b = order->pdata[i];
        if (b->offset - a->offset < a->n_bytes)
            return fail (reading, error,
                         "tensors \"%s\" and \"%s\" overlap at byte %" G_GSIZE_FORMAT, a->name,
                         b->name, b->offset);
    }
    return TRUE;
}

/* Data begin behind the padding; every tensor ends within the file. */
static gboolean
place_tensors (Reading *reading, gsize alignment, GError **error)
{
    FoveaGguf *file = reading->file;
    gsize start = reading->at + (alignment - reading->at % alignment) % alignment;
    for (guint i = 0; i < file->tensors->len; i++) {
        FoveaTensor *tensor = &g_array_index (file->tensors, FoveaTensor, i);
        if (start > file->length || tensor->offset > file->length - start ||
            tensor->n_bytes > file->length - start - tensor->offset)
            return fail (reading, error,
                         "tensor \"%s\": %" G_GSIZE_FORMAT " bytes from byte %" G_GSIZE_FORMAT
                         " on end behind the file, which has %" G_GSIZE_FORMAT,
                         tensor->name, tensor->n_bytes, start + tensor->offset, file->length);
        tensor->offset += start;
        tensor->data = file->data + tensor->offset;
    }
    return check_overlaps (reading, error);
}

static gboolean
read_alignment (Reading *reading, guint64 *alignment, GError **error)
{
    gint64 value = DEFAULT_ALIGNMENT;
    const FoveaGgufEntry *entry = g_hash_table_lookup (reading->file->entries, "general.alignment");
    if (entry != NULL && !fovea_gguf_get_integer (reading->file, "general.alignment", &value))
        return fail (reading, error, "general.alignment is no integer");
    if (value < 1 || value > MAX_ALIGNMENT || (value & (value - 1)) != 0)
        return fail (reading, error,
                     "general.alignment is %" G_GINT64_FORMAT ", no power of two up to %d", value,
                     MAX_ALIGNMENT);
    *alignment = (guint64) value;
    return TRUE;
}

static gboolean
read_version (Reading *reading, GError **error)
{
    guint32 version;
    if (left (reading) < 4 || memcmp (reading->file->data, "GGUF", 4) != 0)
        return fail (reading, error, "no GGUF file");
    reading->at += 4;
    if (!read_u32 (reading, &version, error))
        return FALSE;
    if (version == 2 || version == 3)
        return TRUE;
    gboolean swapped = GUINT32_SWAP_LE_BE (version) <= 3;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: GGUF %s %u is not supported (known: 2 and 3, little-endian)",
                 reading->file->name, swapped ? "big-endian version" : "version",
                 swapped ? GUINT32_SWAP_LE_BE (version) : version);
    return FALSE;
}

static gboolean
read_count (Reading *reading, const char *what, gsize least, guint64 *n, GError **error)
{
    if (!read_u64 (reading, n, error))
        return FALSE;
    if (*n <= left (reading) / least && *n <= G_MAXINT32)
        return TRUE;
    return fail (reading, error,
                 "%" G_GUINT64_FORMAT " %s do not fit into %" G_GSIZE_FORMAT " bytes", *n, what,
                 left (reading));
}

static gboolean
read_file (Reading *reading, GError **error)
{
    guint64 n_tensors, n_entries, alignment = 0;
    if (!read_version (reading, error) ||
        !read_count (reading, "tensors", LEAST_TENSOR, &n_tensors, error) ||
        !read_count (reading, "entries", LEAST_ENTRY, &n_entries, error) ||
        !read_entries (reading, n_entries, error) || !read_alignment (reading, &alignment, error))
        return FALSE;
    for (guint64 i = 0; i < n_tensors; i++)
        if (!read_tensor (reading, alignment, error))
            return FALSE;
    g_clear_pointer (&reading->what, g_free);
    return check_names (reading, error) && place_tensors (reading, (gsize) alignment, error);
}

FoveaGguf *
fovea_gguf_open_bytes (GBytes *bytes, const char *name, GError **error)
{
    g_autoptr (FoveaGguf) file = new_empty (bytes, name);
    Reading reading = {.file = file};
    gboolean ok = read_file (&reading, error);
    g_free (reading.what);
    return ok ? g_steal_pointer (&file) : NULL;
}

FoveaGguf *
fovea_gguf_open (const char *path, GError **error)
{
    g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, error);
    if (map == NULL)
        return NULL;
    g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (map);
    return fovea_gguf_open_bytes (bytes, path, error);
}

const FoveaTensor *
fovea_gguf_list (const FoveaGguf *file, guint *n)
{
    *n = file->tensors->len;
    return (const FoveaTensor *) (const void *) file->tensors->data;
}

GBytes *const *
fovea_gguf_get_map (const FoveaGguf *file)
{
    return &file->map;
}

const GPtrArray *
fovea_gguf_list_keys (const FoveaGguf *file)
{
    return file->keys;
}
