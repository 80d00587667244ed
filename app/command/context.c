/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What commands share: the common options, where results go, where input comes from, which device.
 * Results go to a file complete or not at all; a full disk behind standard output is an error like
 * any other. */
#include "app/command/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analysis/plain-text.h"
#include "capture/output-file.h"

const FoveaOption fovea_options_always[] = {
    FOVEA_ROW_FLAG ("quiet", "no progress and no notes"),
    FOVEA_ROW_VALUE ("help", 'h', FLAG, NULL, "this page"),
    {NULL},
};

const FoveaOption fovea_options_output[] = {
    FOVEA_ROW_CHOICE ("format",
                      "FORM",
                      "text|tsv|csv|json",
                      "text, tsv, csv or json (default: as FILE ends, else text)"),
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "FILE", "write the result there; - is standard output"),
    {NULL},
};

const FoveaOption fovea_options_run[] = {
    FOVEA_ROW_VALUE ("device", 0, TEXT, "NAME", "auto, cpu, cuda, cuda:N or int8 (default auto)"),
    FOVEA_ROW_CHOICE ("precision",
                      "TYPE",
                      "f32|bf16|f16|tf32",
                      "of products: f32, bf16, f16, or on a GPU tf32 (default f32)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of a CPU (default: its cores)"),
    FOVEA_ROW_VALUE ("memory",
                     0,
                     SIZE,
                     "SIZE",
                     "most memory beside the mapped weights, as 512M (default: what is free)"),
    {NULL},
};

const FoveaOption fovea_options_draw[] = {
    FOVEA_ROW_INTEGER ("seed",
                       "N",
                       0,
                       G_MAXINT64,
                       "of every random choice (default 0; 42 of sae train and sae bench)"),
    {NULL},
};

const FoveaOption fovea_options_none[] = {{NULL}};

/* Flushed at once, so that a full disk is this command's error and not lost at exit. */
static gboolean
write_stdout (const char *text, gsize length, GError **error)
{
    if (fwrite (text, 1, length, stdout) == length && fflush (stdout) == 0)
        return TRUE;
    int code = errno;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "standard output: %s",
                 g_strerror (code));
    return FALSE;
}

gboolean
fovea_command_write (FoveaContext *context, const char *text, gssize length, GError **error)
{
    gsize n = length < 0 ? strlen (text) : (gsize) length;
    const char *path = fovea_arguments_text (context->arguments, "output", "-");
    if (g_str_equal (path, "-"))
        return write_stdout (text, n, error);
    return fovea_output_file_save (path, text, n, error);
}

FoveaTableFormat
fovea_command_get_format (FoveaContext *context)
{
    const char *name = fovea_arguments_text (context->arguments, "format", NULL);
    const char *path = fovea_arguments_text (context->arguments, "output", "");
    static const struct {
        const char *ending;
        FoveaTableFormat format;
    } forms[] = {
        {".tsv", FOVEA_FORMAT_TSV}, {".csv", FOVEA_FORMAT_CSV}, {".json", FOVEA_FORMAT_JSON}};
    for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
        if (name != NULL ? g_str_equal (name, forms[i].ending + 1)
                         : g_str_has_suffix (path, forms[i].ending))
            return forms[i].format;
    return FOVEA_FORMAT_TEXT;
}

gboolean
fovea_command_write_table (FoveaContext *context, FoveaTable *table, GError **error)
{
    g_autofree char *text = fovea_table_print (table, fovea_command_get_format (context));
    return fovea_command_write (context, text, -1, error);
}

/* Standard input to its end. */
static char *
read_stdin (gsize *length, GError **error)
{
    g_autoptr (GString) text = g_string_new (NULL);
    char block[65536];
    gssize n;
    while ((n = read (STDIN_FILENO, block, sizeof block)) > 0)
        g_string_append_len (text, block, n);
    if (n < 0) {
        int code = errno;
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "standard input: %s",
                     g_strerror (code));
        return NULL;
    }
    *length = text->len;
    return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
fovea_command_read_input (const char *path, gsize *length, GError **error)
{
    if (g_str_equal (path, "-"))
        return read_stdin (length, error);
    char *text = NULL;
    g_file_get_contents (path, &text, length, error);
    return text;
}

FoveaDevice *
fovea_command_open_device (FoveaContext *context, GError **error)
{
    const char *name = fovea_arguments_text (context->arguments, "device", "auto");
    int n_threads = (int) fovea_arguments_integer (context->arguments, "threads", 0);
    return fovea_device_open (name, n_threads, error);
}

FoveaPrecision
fovea_command_get_precision (FoveaContext *context)
{
    const char *name = fovea_arguments_text (context->arguments, "precision", "f32");
    return fovea_precision_from_name (name);
}

void
fovea_command_note (FoveaContext *context, const char *format, ...)
{
    if (fovea_arguments_has (context->arguments, "quiet"))
        return;
    va_list list;
    va_start (list, format);
    g_autofree char *text = g_strdup_vprintf (format, list);
    va_end (list);
    g_autofree char *plain = fovea_plain_text (text);
    fprintf (stderr, "fovea: %s\n", plain);
}
