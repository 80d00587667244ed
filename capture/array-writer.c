/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Choice of a writer by suffix, and the two that are thin: safetensors (over its own writer) and a
 * bare .npy. */
#include "capture/array-writer.h"

#include "capture/npy.h"
#include "capture/output-file.h"
#include "capture/safetensors-writer.h"

typedef struct {
    FoveaArrayWriter base;
    FoveaSafetensorsWriter *file;
} SafetensorsOutput;

static gboolean
safetensors_add (FoveaArrayWriter *base, const FoveaTensor *tensor, GError **error)
{
    SafetensorsOutput *writer = (SafetensorsOutput *) base;
    return fovea_safetensors_writer_add_tensor (writer->file, tensor->name, tensor->dtype,
                                                tensor->rank, tensor->shape, error);
}

static gboolean
safetensors_append (FoveaArrayWriter *base, const void *data, gsize n_bytes, GError **error)
{
    SafetensorsOutput *writer = (SafetensorsOutput *) base;
    return fovea_safetensors_writer_append (writer->file, data, n_bytes, error);
}

static gboolean
safetensors_finish (FoveaArrayWriter *base, GError **error)
{
    return fovea_safetensors_writer_finish (((SafetensorsOutput *) base)->file, error);
}

static void
safetensors_note (FoveaArrayWriter *base, const char *key, const char *value)
{
    fovea_safetensors_writer_add_metadata (((SafetensorsOutput *) base)->file, key, value);
}

static void
safetensors_free (FoveaArrayWriter *base)
{
    fovea_safetensors_writer_free (((SafetensorsOutput *) base)->file);
    g_free (base);
}

static FoveaArrayWriter *
safetensors_new (const char *path, GError **error)
{
    SafetensorsOutput *writer = g_new0 (SafetensorsOutput, 1);
    writer->base = (FoveaArrayWriter){safetensors_add,  safetensors_append, safetensors_finish,
                                      safetensors_free, safetensors_note,   FALSE};
    writer->file = fovea_safetensors_writer_new (path);
    return &writer->base;
}

typedef struct {
    FoveaArrayWriter base;
    FoveaOutputFile *file;
} NpyOutput;

static gboolean
npy_add (FoveaArrayWriter *base, const FoveaTensor *tensor, GError **error)
{
    g_autoptr (GString) header =
        fovea_npy_write_header (tensor->dtype, tensor->rank, tensor->shape);
    return fovea_output_file_write (((NpyOutput *) base)->file, header->str, header->len, error);
}

static gboolean
npy_append (FoveaArrayWriter *base, const void *data, gsize n_bytes, GError **error)
{
    return fovea_output_file_write (((NpyOutput *) base)->file, data, n_bytes, error);
}

static gboolean
npy_finish (FoveaArrayWriter *base, GError **error)
{
    return fovea_output_file_finish (((NpyOutput *) base)->file, error);
}

static void
npy_free (FoveaArrayWriter *base)
{
    fovea_output_file_free (((NpyOutput *) base)->file);
    g_free (base);
}

FoveaArrayWriter *
fovea_npy_writer_new (const char *path, GError **error)
{
    g_autoptr (FoveaOutputFile) file = fovea_output_file_new (path, error);
    if (file == NULL)
        return NULL;
    NpyOutput *writer = g_new0 (NpyOutput, 1);
    writer->base = (FoveaArrayWriter){npy_add, npy_append, npy_finish, npy_free, NULL, TRUE};
    writer->file = g_steal_pointer (&file);
    return &writer->base;
}

static const struct {
    const char *suffix;
    FoveaArrayWriter *(*create) (const char *path, GError **error);
} formats[] = {
    {".safetensors", safetensors_new},
    {".npz", fovea_npz_writer_new},
    {".npy", fovea_npy_writer_new},
    {".csv", fovea_csv_writer_new},
};

FoveaArrayWriter *
fovea_array_writer_new (const char *path, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
        if (g_str_has_suffix (path, formats[i].suffix))
            return formats[i].create (path, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: name ends in none of .safetensors, .npz, .npy, .csv", path);
    return NULL;
}

void
fovea_array_writer_free (FoveaArrayWriter *writer)
{
    if (writer != NULL)
        writer->free (writer);
}
