/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea export`: arrays of one sequence as safetensors, npz, npy or csv. */
#include <glib/gstdio.h>

#include "app/command/command.h"
#include "app/command/store-choice.h"
#include "capture/exchange.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE (
        "point", 0, TEXTS, "GLOB", "points to export, derived ones included; may be given again"),
    FOVEA_OPTIONS_SEQUENCE,
    FOVEA_ROW_INTEGER ("head", "N", 0, 1 << 20, "one head of points that have heads"),
    FOVEA_ROW_VALUE ("rows", 0, RANGE, "A:B", "tokens, or queries"),
    FOVEA_ROW_VALUE ("keys", 0, RANGE, "A:B", "keys of maps"),
    FOVEA_ROW_VALUE ("max-bytes", 0, SIZE, "SIZE", "refuse to write more (default 1G)"),
    FOVEA_ROW_VALUE ("output",
                     'o',
                     TEXT,
                     "FILE",
                     ".safetensors, .npz, .npy or .csv; - writes csv to standard output"),
    {NULL},
};

/* Ranges and limits of the command line; everything by default. */
static FoveaExportOptions
get_options (const FoveaArguments *arguments)
{
    FoveaExportOptions o = {.row1 = -1, .key1 = -1, .head = -1};
    fovea_arguments_pair (arguments, "rows", &o.row0, &o.row1);
    fovea_arguments_pair (arguments, "keys", &o.key0, &o.key1);
    o.head = fovea_arguments_integer (arguments, "head", -1);
    o.max_bytes = (guint64) fovea_arguments_integer (arguments, "max-bytes", 0);
    return o;
}

/* Exports into a scratch file and copies that to standard output. */
static gboolean
export_to_stdout (FoveaContext *context,
                  FoveaTrace *trace,
                  const char *globs,
                  const FoveaExportOptions *o,
                  GError **error)
{
    g_autofree char *folder = g_dir_make_tmp ("fovea-XXXXXX", error);
    if (folder == NULL)
        return FALSE;
    g_autofree char *path = g_build_filename (folder, "export.csv", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    gboolean done = fovea_exchange_export (trace, globs, path, o, context->cancellable, error) &&
                    g_file_get_contents (path, &text, &length, error);
    g_unlink (path);
    g_rmdir (folder);
    return done && fovea_command_write (context, text, (gssize) length, error);
}

static gboolean
run_export (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const char *path = fovea_arguments_text (arguments, "output", NULL);
    if (path == NULL || !fovea_arguments_has (arguments, "point")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "%s is missing",
                     path == NULL ? "-o FILE" : "--point GLOB");
        return FALSE;
    }
    g_autoptr (FoveaStore) store =
        fovea_store_open (fovea_arguments_positional (arguments, 0), FOVEA_STORE_READ, error);
    g_autoptr (FoveaSequenceInfo) sequence =
        store != NULL ? fovea_store_choice_from_arguments (store, arguments, error) : NULL;
    g_autoptr (FoveaTrace) trace =
        sequence != NULL ? fovea_store_open_trace (store, sequence->id, error) : NULL;
    if (trace == NULL)
        return FALSE;
    g_autofree char *globs = g_strjoinv (",", fovea_arguments_texts (arguments, "point"));
    FoveaExportOptions o = get_options (arguments);
    if (g_str_equal (path, "-"))
        return export_to_stdout (context, trace, globs, &o, error);
    return fovea_exchange_export (trace, globs, path, &o, context->cancellable, error);
}

const FoveaCommand fovea_command_export = {
    .name = "export",
    .usage = "STORE --point GLOB -o FILE",
    .summary = "Write captured or derived arrays to a file that NumPy and others read",
    .details = "Tensor names are point names. Patterns are computed from what is kept.",
    .example = "fovea export a.fovea --point 'blocks.5.attn.hook_pattern' --head 7 -o head.npy",
    .options = options,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_export,
};
