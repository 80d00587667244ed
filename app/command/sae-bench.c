/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae bench`: SAEBench's measurements that need no judge. */
#include <unistd.h>

#include "analysis/sae-file.h"
#include "analysis/saebench-meta.h"
#include "analysis/saebench-weights.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/sae-bench-job.h"

#define MEASURES "probing|scr|tpp|absorption|mdl|weights|meta"

static const FoveaOption options[] = {
    FOVEA_ROW_CHOICE ("measure", "NAME", MEASURES, "what is measured (needed)"),
    FOVEA_ROW_VALUE ("model", 0, TEXT, "MODEL", "what the autoencoder was trained on"),
    FOVEA_ROW_VALUE ("texts", 0, TEXT, "FILE", "label, tab, text a line; of scr two labels"),
    FOVEA_ROW_VALUE ("latents", 0, IDS, "N,N,...", "numbers of latents (default: SAEBench's)"),
    FOVEA_ROW_INTEGER ("tokens", "N", 2, 1 << 24, "longest text (default 128)"),
    FOVEA_ROW_INTEGER ("words", "N", 2, 1 << 24, "of absorption (default: all of the vocabulary)"),
    FOVEA_ROW_VALUE ("store", 0, TEXT, "STORE", "of mdl: its rows; else: keep the table there"),
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "run of the store (default: all)"),
    FOVEA_ROW_NUMBER (
        "tolerance", "X", 0, 1e9, "of mdl: on the error of an element (default 0.01)"),
    {NULL},
};

/* Which options a measure needs, and which have no meaning for it. */
static const struct {
    const char *measure;
    const char *needs, *idle; /* words */
} rules[] = {
    {"probing", "model texts", "words tolerance"},
    {"scr", "model texts", "words tolerance"},
    {"tpp", "model texts", "words tolerance"},
    {"absorption", "model", "texts tokens latents tolerance"},
    {"mdl", "store", "texts tokens latents words device precision memory seed"},
    {"weights", "", "texts tokens latents words model device precision memory seed tolerance"},
    {"meta", "", "texts tokens words model device precision memory tolerance"},
};

/* First of @words that is an option given, or not given; NULL = none. */
static const char *
find_option (const FoveaArguments *a, char **words, gboolean given)
{
    for (; *words != NULL; words++)
        if (**words != '\0' && fovea_arguments_has (a, *words) == given)
            return *words;
    return NULL;
}

static gboolean
check_options (const FoveaArguments *a, const char *measure, GError **error)
{
    if (measure == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "sae bench needs --measure, one of " MEASURES);
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
        if (!g_str_equal (rules[i].measure, measure))
            continue;
        g_auto (GStrv) needs = g_strsplit (rules[i].needs, " ", -1);
        g_auto (GStrv) idle = g_strsplit (rules[i].idle, " ", -1);
        const char *missing = find_option (a, needs, FALSE);
        const char *ignored = find_option (a, idle, TRUE);
        if (missing != NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--measure %s needs --%s", measure,
                         missing);
            return FALSE;
        }
        if (ignored != NULL) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                         "--%s has no effect with --measure %s", ignored, measure);
            return FALSE;
        }
    }
    return fovea_arguments_need (a, "run", "store", error);
}

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    FoveaMeter **meter = data;
    if (*meter != NULL && done > 0)
        fovea_meter_update (*meter, (gint64) (1000.0 * (double) done / (double) total), NULL);
}

static FoveaTable *
describe (FoveaContext *context, const FoveaSae *sae, FoveaStore *store, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const FoveaSaeRequest request = {.sae = sae,
                                     .store = store,
                                     .run = fovea_arguments_integer (a, "run", 0),
                                     .model = fovea_arguments_text (a, "model", NULL),
                                     .threads = (int) fovea_arguments_integer (a, "threads", 0)};
    return fovea_sae_bench_describe (&request, fovea_arguments_number (a, "tolerance", 0.01),
                                     context->cancellable, error);
}

/* Measures that run the model. */
static FoveaTable *
measure_model (FoveaContext *context, const FoveaSae *sae, const char *measure, GError **error)
{
    const FoveaArguments *a = context->arguments;
    gint64 n_numbers = 0;
    const gint32 *ids = fovea_arguments_ids (a, "latents", &n_numbers);
    g_autofree gint64 *numbers = ids != NULL ? g_new (gint64, n_numbers) : NULL;
    for (gint64 i = 0; i < n_numbers; i++)
        numbers[i] = ids[i];
    g_autoptr (FoveaMeter) meter =
        fovea_meter_new ("sae bench", "per mille", 1000, fovea_arguments_has (a, "quiet"));
    const FoveaSaeBenchRequest request = {
        .source = {.sae = sae,
                   .model = fovea_arguments_text (a, "model", NULL),
                   .device = fovea_arguments_text (a, "device", NULL),
                   .threads = (int) fovea_arguments_integer (a, "threads", 0),
                   .precision = fovea_command_get_precision (context),
                   .memory = (guint64) fovea_arguments_integer (a, "memory", 0),
                   .tokens = fovea_arguments_integer (a, "tokens", 128),
                   .seed = (guint64) fovea_arguments_integer (a, "seed", 42)},
        .texts = fovea_arguments_text (a, "texts", NULL),
        .numbers = numbers,
        .n_numbers = (guint) n_numbers,
        .most_words = fovea_arguments_integer (a, "words", 0),
        .progress = on_progress,
        .progress_data = &meter,
    };
    if (g_str_equal (measure, "absorption"))
        return fovea_sae_bench_absorb (&request, context->cancellable, error);
    if (g_str_equal (measure, "scr"))
        return fovea_sae_bench_remove (&request, context->cancellable, error);
    return g_str_equal (measure, "tpp")
               ? fovea_sae_bench_perturb (&request, context->cancellable, error)
               : fovea_sae_bench_probe (&request, context->cancellable, error);
}

static FoveaTable *
weigh (FoveaContext *context, const FoveaSae *sae, GError **error)
{
    int threads = (int) fovea_arguments_integer (context->arguments, "threads", 0);
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", threads, error);
    return device != NULL ? fovea_sae_bench_weights (sae, device, context->cancellable, error)
                          : NULL;
}

/* A small autoencoder of each size. */
static FoveaTable *
train_meta (FoveaContext *context, const FoveaSae *sae, GError **error)
{
    const FoveaArguments *a = context->arguments;
    gint64 n = 0;
    const gint32 *sizes = fovea_arguments_ids (a, "latents", &n);
    g_autoptr (FoveaDevice) device =
        fovea_device_open ("cpu", (int) fovea_arguments_integer (a, "threads", 0), error);
    if (device == NULL)
        return NULL;
    static const FoveaColumn columns[] = {
        {"latents", FOVEA_COLUMN_INTEGER, "", "of the small one"},
        {"rows", FOVEA_COLUMN_INTEGER, "", "of the decoder, not 0"},
        {"l0", FOVEA_COLUMN_NUMBER, "latents", "a row is made of"},
        {"explained", FOVEA_COLUMN_NUMBER, "share", "of the rows' variance"},
        {"dead", FOVEA_COLUMN_NUMBER, "share", "of the small one"},
    };
    g_autoptr (FoveaTable) table =
        fovea_table_new_with ("sae_meta", columns, G_N_ELEMENTS (columns));
    for (gint64 i = 0; i < MAX (n, 1); i++) {
        FoveaMetaOptions how;
        FoveaMetaResult result;
        fovea_meta_options_init (&how);
        how.n_latents = sizes != NULL ? sizes[i] : 0;
        how.seed = (guint64) fovea_arguments_integer (a, "seed", 42);
        if (!fovea_sae_bench_meta (sae, device, &how, &result, context->cancellable, error))
            return NULL;
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, result.n_latents);
        fovea_table_set_integer (table, row, 1, result.n_rows);
        fovea_table_set_number (table, row, 2, result.quality.l0);
        fovea_table_set_number (table, row, 3, result.quality.explained);
        fovea_table_set_number (table, row, 4, result.quality.dead);
    }
    return g_steal_pointer (&table);
}

static FoveaTable *
measure_any (FoveaContext *context,
             const FoveaSae *sae,
             FoveaStore *store,
             const char *measure,
             GError **error)
{
    if (g_str_equal (measure, "mdl"))
        return describe (context, sae, store, error);
    if (g_str_equal (measure, "weights"))
        return weigh (context, sae, error);
    if (g_str_equal (measure, "meta"))
        return train_meta (context, sae, error);
    return measure_model (context, sae, measure, error);
}

static gboolean
run (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const char *measure = fovea_arguments_text (a, "measure", NULL);
    const char *path = fovea_arguments_text (a, "store", NULL);
    if (!check_options (a, measure, error))
        return FALSE;
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    if (sae == NULL)
        return FALSE;
    /* Rows are read from a store that cannot be written, too; a table that is asked for is kept. */
    gboolean writes = path != NULL && (!g_str_equal (measure, "mdl") || access (path, W_OK) == 0);
    g_autoptr (FoveaStore) store =
        path != NULL ? fovea_store_open (path, writes ? FOVEA_STORE_WRITE : FOVEA_STORE_READ, error)
                     : NULL;
    if (path != NULL && store == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table = measure_any (context, sae, store, measure, error);
    if (table == NULL)
        return FALSE;
    fovea_table_set_note (table, "autoencoder", fovea_arguments_positional (a, 0));
    if (writes &&
        !fovea_store_put_table (store, fovea_arguments_integer (a, "run", 0), table, error))
        return FALSE;
    return fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_sae_bench = {
    .name = "sae bench",
    .usage = "FOLDER --measure NAME (--model MODEL or --store STORE)",
    .summary = "Measure a sparse autoencoder as SAEBench does",
    .details =
        "probing: how much of a class the best latents know, on labelled texts.\n"
        "scr: what removing the latents of one label gains for a probe that mistook it for\n"
        "another. tpp: what removing a class's latents costs its probe, and the others'.\n"
        "absorption: words whose first letter another latent has taken along.\n"
        "mdl: bits of a row's code, as coarse as the reconstruction allows. weights: norms and\n"
        "cosines of encoder and decoder. meta: how far decoder rows are made of few others, by\n"
        "a small autoencoder trained on them, of --latents latents.",
    .example = "fovea sae bench my-sae --measure absorption --model demo",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
