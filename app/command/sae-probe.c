/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae probe`: whether latents tell two kinds of text apart, beside the difference in means and
 * a logistic probe. */
#include "analysis/sae-file.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/sae-probe-job.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("positive", 0, TEXT, "GLOB", "titles of one kind, 'moby*' (needed)"),
    FOVEA_ROW_VALUE ("negative", 0, TEXT, "GLOB", "titles of the other (needed)"),
    FOVEA_ROW_INTEGER ("latent", "J", 0, G_MAXINT32, "list this one, whatever it is worth"),
    FOVEA_ROW_INTEGER ("latents", "N", 0, 1 << 20, "latents that differ most (default 10)"),
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "run of the store (default: all)"),
    FOVEA_ROW_FLAG ("all-tokens", "count special tokens too"),
    FOVEA_ROW_INTEGER ("seed", "N", 0, G_MAXINT64, "of shuffled labels (default 0)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of the CPU (default: its cores)"),
    {NULL},
};

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    fovea_meter_update (data, done, NULL);
}

static gboolean
run_probe (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    if (!fovea_arguments_has (a, "positive") || !fovea_arguments_has (a, "negative")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "sae probe needs --positive GLOB and --negative GLOB");
        return FALSE;
    }
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    g_autoptr (FoveaStore) store =
        sae != NULL ? fovea_store_open (fovea_arguments_positional (a, 1), FOVEA_STORE_READ, error)
                    : NULL;
    if (store == NULL)
        return FALSE;
    const FoveaSaeRequest request = {.sae = sae,
                                     .store = store,
                                     .run = fovea_arguments_integer (a, "run", 0),
                                     .all_tokens = fovea_arguments_has (a, "all-tokens"),
                                     .threads = (int) fovea_arguments_integer (a, "threads", 0)};
    const FoveaSaeProbeOptions probe = {
        .positive = fovea_arguments_text (a, "positive", ""),
        .negative = fovea_arguments_text (a, "negative", ""),
        .latent = (gint32) fovea_arguments_integer (a, "latent", -1),
        .n_latents = (guint) fovea_arguments_integer (a, "latents", 10),
        .seed = (guint64) fovea_arguments_integer (a, "seed", 0),
    };
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, request.run, error);
    if (sequences == NULL)
        return FALSE;
    g_autoptr (FoveaMeter) meter = fovea_meter_new ("sae probe", "sequences", sequences->len,
                                                    fovea_arguments_has (a, "quiet"));
    g_autoptr (FoveaTable) table =
        fovea_sae_probe_job_run (&request, &probe, on_progress, meter, context->cancellable, error);
    g_clear_pointer (&meter, fovea_meter_free);
    return table != NULL && fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_sae_probe = {
    .name = "sae probe",
    .usage = "FOLDER STORE --positive GLOB --negative GLOB",
    .summary = "Tell two kinds of text apart by latents and by directions",
    .details =
        "Every other sequence of a kind is learnt from, the rest are scored: AUROC of single\n"
        "latents beside that of the difference in means, of a logistic probe, and of the\n"
        "same probe on shuffled labels, which should be near 0.5.",
    .example = "fovea sae probe my-sae a.fovea --positive 'moby*' --negative 'pride*'",
    .options = options,
    .prints = TRUE,
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run_probe,
};
