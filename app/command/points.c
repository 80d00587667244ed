/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea points`: every name that a capture can ask for, with shape and size. */
#include "app/command/array-table.h"
#include "app/command/command.h"
#include "capture/count-text.h"
#include "capture/point.h"

#define USUAL_TOKENS 512

static const FoveaOption options[] = {
    FOVEA_ROW_INTEGER (
        "tokens", "N", 1, 1 << 24, "length that shapes are for (default 512, or the context)"),
    {NULL},
};

static gboolean
run_points (FoveaContext *context, GError **error)
{
    g_autoptr (FoveaModel) model =
        fovea_model_open (fovea_arguments_positional (context->arguments, 0), error);
    if (model == NULL)
        return FALSE;
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    gint64 usual = MIN (USUAL_TOKENS, architecture->context);
    gint64 n_tokens = fovea_arguments_integer (context->arguments, "tokens", usual);
    if (n_tokens > architecture->context) {
        g_autofree char *asked = fovea_count_text (n_tokens);
        g_autofree char *most = fovea_count_text (architecture->context);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "points: --tokens is %s, %s holds %s tokens", asked,
                     fovea_model_get_name (model), most);
        return FALSE;
    }
    g_autoptr (GPtrArray) points = fovea_points_list (architecture, n_tokens);
    g_autoptr (FoveaTable) table = fovea_array_table_new ("points", points, architecture);
    return fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_points = {
    .name = "points",
    .usage = "MODEL",
    .summary = "List every capture point of a model with shape and bytes",
    .example = "fovea points demo --tokens 2048",
    .options = options,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_points,
};
