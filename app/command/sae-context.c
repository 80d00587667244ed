/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae context`: how much of the text before it a latent needs; `fovea sae prefixes`: how long a
 * repeated prefix each head needs before it copies what followed. */
#include <math.h>

#include "analysis/induction-prefix.h"
#include "analysis/sae-context.h"
#include "analysis/sae-file.h"
#include "app/command/meter.h"
#include "app/command/prompts.h"

static const FoveaOption context_options[] = {
    FOVEA_ROW_VALUE ("sae", 0, TEXT, "FOLDER", "the autoencoder (needed)"),
    FOVEA_ROW_INTEGER ("latent", "J", 0, G_MAXINT32, "which one (needed)"),
    FOVEA_ROW_INTEGER ("position", "T", 0, G_MAXINT32, "token (default: the text's last)"),
    FOVEA_ROW_VALUE ("file", 'f', TEXTS, "FILE", "text from a file; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "token ids instead"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    {NULL},
};

static const FoveaOption prefix_options[] = {
    FOVEA_ROW_INTEGER ("sequences", "N", 1, 1 << 20, "texts of each prefix length (default 45)"),
    FOVEA_ROW_INTEGER ("tokens", "N", 32, 1 << 20, "of a text (default 128)"),
    FOVEA_ROW_INTEGER ("prefix", "M", 1, 14, "longest prefix (default 9)"),
    {NULL},
};

static FoveaTable *
tabulate_context (GArray *steps)
{
    static const char *const ranges[] = {"neither short nor long", "short-range", "long-range"};
    FoveaTable *table = fovea_table_new ("sae_context");
    fovea_table_add_column (table, "tokens", FOVEA_COLUMN_INTEGER, "tokens",
                            "that the model was given");
    fovea_table_add_column (table, "code", FOVEA_COLUMN_NUMBER, "", "at the last of them");
    fovea_table_add_column (table, "share", FOVEA_COLUMN_NUMBER, "", "of that in the whole text");
    for (guint i = 0; i < steps->len; i++) {
        const FoveaContextStep *step = &g_array_index (steps, FoveaContextStep, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, step->n_tokens);
        fovea_table_set_number (table, row, 1, (double) step->code);
        fovea_table_set_number (table, row, 2, step->share);
    }
    fovea_table_set_note (table, "range", ranges[fovea_sae_context_judge (steps)]);
    return table;
}

static gboolean
measure_context (FoveaContext *context, const FoveaSae *sae, FoveaModel *model, GError **error)
{
    const FoveaArguments *a = context->arguments;
    g_autoptr (GPtrArray) infos = fovea_command_read_prompts (context, model, error);
    g_autoptr (FoveaDevice) device =
        infos != NULL ? fovea_command_open_device (context, error) : NULL;
    if (device == NULL)
        return FALSE;
    const FoveaTraceInfo *info = g_ptr_array_index (infos, 0);
    const FoveaSessionOptions options = {.precision = fovea_command_get_precision (context),
                                         .max_tokens = info->n_tokens,
                                         .memory =
                                             (guint64) fovea_arguments_integer (a, "memory", 0)};
    g_autoptr (FoveaSession) session = fovea_session_new (model, device, &options, error);
    g_autoptr (GArray) steps =
        session != NULL
            ? fovea_sae_context_run (session, sae,
                                     (gint32) fovea_arguments_integer (a, "latent", 0), info,
                                     fovea_arguments_integer (a, "position", info->n_tokens - 1),
                                     context->cancellable, error)
            : NULL;
    if (steps == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table = tabulate_context (steps);
    return fovea_command_write_table (context, table, error);
}

static gboolean
run_context (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    if (!fovea_arguments_has (a, "sae") || !fovea_arguments_has (a, "latent")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "sae context needs --sae FOLDER and --latent J");
        return FALSE;
    }
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_text (a, "sae", ""), error);
    g_autoptr (FoveaModel) model =
        sae != NULL ? fovea_model_open (fovea_arguments_positional (a, 0), error) : NULL;
    return model != NULL && fovea_model_check_complete (model, error) &&
           measure_context (context, sae, model, error);
}

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    fovea_meter_update (data, done, NULL);
}

/* A row a head, a column a prefix length. */
static FoveaTable *
tabulate_prefixes (const FoveaArchitecture *a, const double *weights, guint most)
{
    FoveaTable *table = fovea_table_new ("prefixes");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    for (guint m = 1; m <= most; m++) {
        g_autofree char *name = g_strdup_printf ("prefix_%u", m);
        fovea_table_add_column (table, name, FOVEA_COLUMN_NUMBER, "share",
                                "weight on what followed a repeated prefix so long");
    }
    for (gint64 l = 0; l < a->n_layers; l++)
        for (gint64 h = 0; h < a->n_heads; h++) {
            guint row = fovea_table_add_row (table);
            fovea_table_set_integer (table, row, 0, l);
            fovea_table_set_integer (table, row, 1, h);
            for (guint m = 0; m < most; m++)
                fovea_table_set_number (table, row, 2 + m,
                                        weights[(m * a->n_layers + l) * a->n_heads + h]);
        }
    return table;
}

static gboolean
run_prefixes (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const FoveaPrefixOptions options = {
        .n_sequences = fovea_arguments_integer (a, "sequences", 45),
        .length = fovea_arguments_integer (a, "tokens", 128),
        .most_prefix = (guint) fovea_arguments_integer (a, "prefix", 9),
        .seed = (guint64) fovea_arguments_integer (a, "seed", 0),
    };
    g_autoptr (FoveaModel) model = fovea_model_open (fovea_arguments_positional (a, 0), error);
    if (model == NULL || !fovea_model_check_complete (model, error))
        return FALSE;
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    const FoveaSessionOptions session = {
        .precision = fovea_command_get_precision (context),
        .max_tokens = MIN (options.length + 1, architecture->context),
        .memory = (guint64) fovea_arguments_integer (a, "memory", 0)};
    g_autoptr (FoveaDevice) device = fovea_command_open_device (context, error);
    g_autoptr (FoveaSession) own =
        device != NULL ? fovea_session_new (model, device, &session, error) : NULL;
    if (own == NULL)
        return FALSE;
    g_autoptr (FoveaMeter) meter =
        fovea_meter_new ("sae prefixes", "texts", options.n_sequences * options.most_prefix,
                         fovea_arguments_has (a, "quiet"));
    g_autofree double *weights =
        fovea_induction_prefix_run (own, &options, on_progress, meter, context->cancellable, error);
    g_clear_pointer (&meter, fovea_meter_free);
    if (weights == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table = tabulate_prefixes (architecture, weights, options.most_prefix);
    return fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_sae_context = {
    .name = "sae context",
    .usage = "MODEL (TEXT, -f FILE or --ids LIST) --sae FOLDER --latent J",
    .summary = "Tell how much of the text before it a latent needs",
    .details =
        "The model is given the last 1, 2, 4 .. tokens alone. Short-range: 90 % of the code is\n"
        "there with 8 tokens or fewer; long-range: only with 64 or more.",
    .example = "fovea sae context demo \"Once upon a time\" --sae my-sae --latent 17",
    .options = context_options,
    .runs_model = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run_context,
};

const FoveaCommand fovea_command_sae_prefixes = {
    .name = "sae prefixes",
    .usage = "MODEL",
    .summary = "Tell how long a repeated prefix each head copies from",
    .details =
        "In random texts of different tokens a block of m tokens comes again; the weight on what\n"
        "followed it the first time, by m.",
    .example = "fovea sae prefixes demo --sequences 5",
    .options = prefix_options,
    .runs_model = TRUE,
    .draws = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_prefixes,
};
