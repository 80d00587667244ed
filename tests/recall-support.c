/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/recall-support.h"

#include <string.h>

#include "tests/command-support.h"
#include "tests/sparse-support.h"

void
recall_import_tiny (void)
{
    static const char header[] =
        "{\"q\":{\"dtype\":\"F32\",\"shape\":[32,1,4],\"data_offsets\":[0,512]},"
        "\"k\":{\"dtype\":\"F32\",\"shape\":[32,1,4],\"data_offsets\":[512,1024]},"
        "\"v\":{\"dtype\":\"F32\",\"shape\":[32,1,4],\"data_offsets\":[1024,1536]}}";
    float values[3 * 32 * 4];
    guint64 length = GUINT64_TO_LE (strlen (header));
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autofree char *path = g_build_filename (command_folder, "tiny.safetensors", NULL);
    sparse_tiny_values (values);
    g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
    g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
    g_byte_array_append (bytes, (const guint8 *) values, sizeof values);
    ck_assert (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
    command_result_free (command_expect (
        command_folder, "fovea import tiny.safetensors -o tiny.fovea --quiet", 0, NULL));
}

void
recall_capture_demo (void)
{
    command_result_free (command_expect (
        command_folder,
        "fovea capture demo -o a.fovea --device cpu --quiet --tokens 48 --stride 48 --limit 2"
        " \"$(for i in 1 2 3 4 5 6 7 8; do printf 'It was the best of times, it was the worst of"
        " times, and number %d was the age of wisdom. ' $i; done)\"",
        0, NULL));
}
