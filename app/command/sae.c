/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae info`, `encode` and `eval`: what an autoencoder's folder holds, its codes of a store's
 * sequences, and how well it does on them. */
#include <math.h>
#include <unistd.h>

#include "analysis/sae-attribution.h"
#include "analysis/sae-file.h"
#include "analysis/sae-fold.h"
#include "analysis/sae-metrics.h"
#include "analysis/sae-similarity.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/job-time.h"
#include "app/latent-list-job.h"
#include "app/sae-job.h"
#include "capture/count-text.h"

static const FoveaOption info_options[] = {
    FOVEA_ROW_FLAG ("kin", "nearest and most opposite latent of each, instead"),
    FOVEA_ROW_FLAG ("axes", "pairs of latents with a cosine below -0.7, instead"),
    FOVEA_ROW_INTEGER ("heads",
                       "H",
                       1,
                       1 << 16,
                       "of attn.hook_z: the ten latents that write most with each of H heads"),
    {NULL},
};

static const FoveaOption fold_options[] = {
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "FOLDER", "where the folded one goes (needed)"),
    {NULL},
};

static const FoveaOption eval_options[] = {
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "run of the store (default: all)"),
    FOVEA_ROW_INTEGER ("sequence", "N", 1, G_MAXINT64, "sequence (default: all)"),
    FOVEA_ROW_VALUE ("model", 0, TEXT, "MODEL", "also run it with the reconstruction in place"),
    FOVEA_ROW_FLAG ("all-tokens", "count special tokens too"),
    FOVEA_ROW_CHOICE ("units",
                      "NAME",
                      "stored|raw",
                      "of codes: the folder's (default), or those from before decoder norms were "
                      "folded"),
    FOVEA_ROW_FLAG ("latents", "a row a latent in place of the summary"),
    FOVEA_ROW_FLAG ("densities", "how many latents fire how often, instead"),
    FOVEA_ROW_VALUE ("device", 0, TEXT, "NAME", "cpu (default) or cuda: where codes are made"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of the CPU (default: its cores)"),
    {NULL},
};

static const FoveaOption encode_options[] = {
    FOVEA_ROW_VALUE ("model", 0, TEXT, "MODEL", "run it for a site that the store does not keep"),
    FOVEA_ROW_VALUE ("device", 0, TEXT, "NAME", "cpu (default) or cuda: where codes are made"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of the CPU (default: its cores)"),
    {NULL},
};

static void
add_fact (FoveaTable *table, const char *name, const char *value)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, name);
    fovea_table_set_text (table, row, 1, value != NULL ? value : "");
}

static G_GNUC_PRINTF (3, 4) void add_number (FoveaTable *table,
                                             const char *name,
                                             const char *format,
                                             ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *text = g_strdup_vprintf (format, args);
    va_end (args);
    add_fact (table, name, text);
}

/* What is odd but legal. */
static void
add_oddities (FoveaTable *table, const FoveaSae *sae)
{
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    gint64 blank = 0, negative = 0;
    double least = INFINITY, most = 0;
    for (gint64 j = 0; j < sae->d_sae; j++) {
        blank += !(norms[j] > 0);
        negative += sae->threshold != NULL && sae->threshold[j] < 0;
        least = MIN (least, (double) norms[j]);
        most = MAX (most, (double) norms[j]);
    }
    add_number (table, "decoder norms", "%.6g .. %.6g", least, most);
    add_number (table, "blank latents", "%" G_GINT64_FORMAT, blank);
    if (negative > 0)
        add_number (table, "negative thresholds", "%" G_GINT64_FORMAT, negative);
}

static FoveaTable *
describe (const FoveaSae *sae)
{
    static const char *const metadata[] = {"hook_name", "hook_name_out", "model_name",
                                           "sae_lens_version"};
    FoveaTable *table = fovea_table_new ("sae");
    fovea_table_add_column (table, "what", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "value", FOVEA_COLUMN_TEXT, "", "");
    add_fact (table, "architecture", fovea_sae_architecture_name (sae->architecture));
    add_number (table, "reads (d_in)", "%" G_GINT64_FORMAT, sae->d_in);
    add_number (table, "writes (d_out)", "%" G_GINT64_FORMAT, sae->d_out);
    add_number (table, "latents (d_sae)", "%" G_GINT64_FORMAT, sae->d_sae);
    if (fovea_sae_has_k (sae->architecture))
        add_number (table, "k", "%g", sae->k);
    add_fact (table, "codes",
              fovea_sae_has_signs (sae->architecture) ? "of both signs" : "0 or above");
    add_fact (table, "normalises", fovea_sae_normalize_name (sae->normalize));
    add_fact (table, "subtracts b_dec", sae->apply_b_dec_to_input ? "yes" : "no");
    add_fact (table, "rescales by decoder norm", sae->rescale_acts_by_decoder_norm ? "yes" : "no");
    add_fact (table, "decoder norm folded",
              fovea_sae_get_metadata (sae, "fovea_folded") != NULL ? "yes" : "no");
    add_fact (table, "tensors", fovea_dtype_name (sae->dtype));
    for (guint i = 0; i < G_N_ELEMENTS (metadata); i++)
        add_fact (table, metadata[i], fovea_sae_get_metadata (sae, metadata[i]));
    add_oddities (table, sae);
    return table;
}

/* Pairs of latents that are two ends of one axis. */
static FoveaTable *
list_axes (const FoveaSae *sae, FoveaDevice *device, GCancellable *cancellable, GError **error)
{
    g_autoptr (GArray) axes = fovea_sae_list_axes (sae, device, -0.7, cancellable, error);
    if (axes == NULL)
        return NULL;
    FoveaTable *table = fovea_table_new ("sae_axes");
    fovea_table_add_column (table, "first", FOVEA_COLUMN_INTEGER, "", "latent");
    fovea_table_add_column (table, "second", FOVEA_COLUMN_INTEGER, "", "its other end");
    fovea_table_add_column (table, "cosine", FOVEA_COLUMN_NUMBER, "", "between decoder rows");
    for (guint i = 0; i < axes->len; i++) {
        const FoveaLatentAxis *axis = &g_array_index (axes, FoveaLatentAxis, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, axis->first);
        fovea_table_set_integer (table, row, 1, axis->second);
        fovea_table_set_number (table, row, 2, (double) axis->cosine);
    }
    return table;
}

/* The latents with the largest share of each head. */
static FoveaTable *
list_heads (const FoveaSae *sae, gint64 n_heads, GError **error)
{
    static const FoveaColumn columns[] = {
        {"head", FOVEA_COLUMN_INTEGER, "", ""},
        {"rank", FOVEA_COLUMN_INTEGER, "", ""},
        {"latent", FOVEA_COLUMN_INTEGER, "", ""},
        {"share", FOVEA_COLUMN_NUMBER, "", "of the lengths of its decoder row's head blocks"},
    };
    g_autoptr (FoveaTable) table =
        fovea_table_new_with ("sae_heads", columns, G_N_ELEMENTS (columns));
    for (gint64 h = 0; h < n_heads; h++) {
        g_autoptr (GArray) latents = fovea_sae_head_latents (sae, n_heads, h, 10, error);
        if (latents == NULL)
            return NULL;
        for (guint i = 0; i < latents->len; i++) {
            const FoveaHeadLatent *item = &g_array_index (latents, FoveaHeadLatent, i);
            guint row = fovea_table_add_row (table);
            fovea_table_set_integer (table, row, 0, h);
            fovea_table_set_integer (table, row, 1, i + 1);
            fovea_table_set_integer (table, row, 2, item->latent);
            fovea_table_set_number (table, row, 3, item->share);
        }
    }
    return g_steal_pointer (&table);
}

static gboolean
run_info (FoveaContext *context, GError **error)
{
    static const char *const one[] = {"kin", "axes", "heads", NULL};
    const FoveaArguments *a = context->arguments;
    if (!fovea_arguments_exclude (a, one, error))
        return FALSE;
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    g_autoptr (FoveaDevice) device = sae != NULL ? fovea_device_open ("cpu", 0, error) : NULL;
    if (device == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table =
        fovea_arguments_has (a, "kin")
            ? fovea_sae_tabulate_kin (sae, device, context->cancellable, error)
        : fovea_arguments_has (a, "heads")
            ? list_heads (sae, fovea_arguments_integer (a, "heads", 1), error)
        : fovea_arguments_has (a, "axes") ? list_axes (sae, device, context->cancellable, error)
                                          : describe (sae);
    return table != NULL && fovea_command_write_table (context, table, error);
}

static gboolean
run_fold (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const char *folder = fovea_arguments_text (a, "output", NULL);
    if (folder == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "sae fold needs -o FOLDER");
        return FALSE;
    }
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    return sae != NULL && fovea_sae_fold_decoder_norm (sae, error) &&
           fovea_sae_save (sae, folder, error);
}

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    fovea_meter_update (data, done, NULL);
}

/* Keeps the tables in the store; one that may not be written is no failure. */
static gboolean
keep (const FoveaSaeRequest *request, FoveaTable *quality, FoveaTable *latents, GError **error)
{
    if (access (fovea_store_get_path (request->store), W_OK) != 0)
        return TRUE;
    return fovea_store_put_table (request->store, request->run, quality, error) &&
           fovea_store_put_table (request->store, request->run, latents, error);
}

static gboolean
evaluate (FoveaContext *context, const FoveaSaeRequest *request, GError **error)
{
    const FoveaArguments *a = context->arguments;
    g_autoptr (GPtrArray) sequences =
        fovea_store_list_sequences (request->store, request->run, error);
    if (sequences == NULL)
        return FALSE;
    g_autoptr (FoveaTable) latents = NULL;
    g_autoptr (FoveaMeter) meter =
        fovea_meter_new ("sae eval", "sequences", request->sequence != 0 ? 1 : sequences->len,
                         fovea_arguments_has (a, "quiet"));
    g_autoptr (FoveaTable) quality =
        fovea_sae_job_evaluate (request, &latents, on_progress, meter, context->cancellable, error);
    g_clear_pointer (&meter, fovea_meter_free);
    if (quality == NULL || !keep (request, quality, latents, error))
        return FALSE;
    if (!fovea_arguments_has (a, "densities"))
        return fovea_command_write_table (
            context, fovea_arguments_has (a, "latents") ? latents : quality, error);
    g_autoptr (FoveaTable) densities = fovea_sae_metrics_count_densities (latents);
    return fovea_command_write_table (context, densities, error);
}

static gboolean
run_eval (FoveaContext *context, GError **error)
{
    static const char *const one[] = {"latents", "densities", NULL};
    const FoveaArguments *a = context->arguments;
    if (!fovea_arguments_exclude (a, one, error))
        return FALSE;
    const char *path = fovea_arguments_positional (a, 1);
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_positional (a, 0), error);
    if (sae == NULL)
        return FALSE;
    g_autoptr (FoveaStore) store = fovea_store_open (
        path, access (path, W_OK) == 0 ? FOVEA_STORE_WRITE : FOVEA_STORE_READ, error);
    if (store == NULL)
        return FALSE;
    const FoveaSaeRequest request = {
        .sae = sae,
        .store = store,
        .run = fovea_arguments_integer (a, "run", 0),
        .sequence = fovea_arguments_integer (a, "sequence", 0),
        .model = fovea_arguments_text (a, "model", NULL),
        .all_tokens = fovea_arguments_has (a, "all-tokens"),
        .raw_units = g_str_equal (fovea_arguments_text (a, "units", "stored"), "raw"),
        .device = fovea_arguments_text (a, "device", NULL),
        .threads = (int) fovea_arguments_integer (a, "threads", 0),
    };
    return evaluate (context, &request, error);
}

typedef struct {
    FoveaContext *context;
    FoveaMeter *meter;
    gint64 started; /* us, monotonic */
    gint64 first;   /* sequences that were kept; -1 = not known yet */
} Encoding;

/* FoveaProgress: begins with what is kept, whose time nobody knows. */
static void
on_encoded (gpointer data, gint64 done, gint64 total)
{
    Encoding *job = data;
    if (job->first < 0) {
        job->first = done;
        job->started = g_get_monotonic_time ();
        g_autofree char *kept = fovea_count_text (done), *all = fovea_count_text (total);
        if (done > 0)
            fovea_command_note (job->context, "%s of %s sequences are encoded; it goes on there",
                                kept, all);
    }
    fovea_meter_expect (job->meter, fovea_job_time_begin (job->started, job->first, done), 0);
    fovea_meter_update (job->meter, done, NULL);
}

/* What stays of one that came to no end. */
static void
tell_encoded (FoveaContext *context, const FoveaEncoding *encoding, GError **error)
{
    if (encoding->n_encoded == 0)
        return;
    g_autofree char *n = fovea_count_text (encoding->n_encoded);
    g_autofree char *all = fovea_count_text (encoding->n_all);
    g_autofree char *stay =
        g_strdup_printf ("%s of %s sequences stay encoded; the same command goes on there", n, all);
    if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        fovea_command_note (context, "%s", stay);
        return;
    }
    g_clear_error (error);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "sae encode: interrupted: %s", stay);
}

static gboolean
run_encode (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const char *folder = fovea_arguments_positional (a, 0);
    g_autoptr (FoveaSae) sae = fovea_sae_load (folder, error);
    g_autoptr (FoveaStore) store =
        sae != NULL ? fovea_store_open (fovea_arguments_positional (a, 1), FOVEA_STORE_WRITE, error)
                    : NULL;
    g_autoptr (GPtrArray) sequences =
        store != NULL ? fovea_store_list_sequences (store, 0, error) : NULL;
    if (sequences == NULL)
        return FALSE;
    g_autofree char *name = g_path_get_basename (folder);
    const FoveaSaeRequest request = {.sae = sae,
                                     .store = store,
                                     .model = fovea_arguments_text (a, "model", NULL),
                                     .device = fovea_arguments_text (a, "device", NULL),
                                     .threads = (int) fovea_arguments_integer (a, "threads", 0)};
    g_autoptr (FoveaMeter) meter = fovea_meter_new ("sae encode", "sequences", sequences->len,
                                                    fovea_arguments_has (a, "quiet"));
    Encoding job = {context, meter, 0, -1};
    g_auto (FoveaEncoding) encoding = {0};
    if (fovea_latent_list_job_encode (&request, name, &encoding, on_encoded, &job,
                                      context->cancellable, error))
        return TRUE;
    g_clear_pointer (&meter, fovea_meter_free);
    tell_encoded (context, &encoding, error);
    return FALSE;
}

const FoveaCommand fovea_command_sae_encode = {
    .name = "sae encode",
    .usage = "FOLDER STORE",
    .summary = "Keep the codes of every sequence in its store",
    .details =
        "Codes are kept by sequence and by latent; 'sae dashboard' reads them from there, and\n"
        "the view 'latents' lists them. Codes of the same autoencoder are replaced; those of a\n"
        "store that has got more sequences since are added to.\n"
        "What is encoded stays, sequence by sequence: after Ctrl-C, a crash or a full disk the\n"
        "same command goes on behind it, to the same bytes. Until then nothing reads half of\n"
        "them; 'store info' says how far it is.\n"
        "--device cuda makes those of every kind but matching pursuit; of batch rules, once\n"
        "they have thresholds.",
    .example = "fovea sae encode my-sae a.fovea",
    .options = encode_options,
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run_encode,
};

const FoveaCommand fovea_command_sae_fold = {
    .name = "sae fold",
    .usage = "FOLDER -o FOLDER",
    .summary = "Make decoder rows unit vectors, so that codes of autoencoders compare",
    .details = "Codes grow by the norms, which are kept beside ('--units raw' of 'sae eval' and\n"
               "'sae dashboard' takes them off again); reconstructions stay what they were. "
               "Refused for top-k rules that\n"
               "do not rescale: other latents would win.",
    .example = "fovea sae fold my-sae -o my-sae-folded",
    .options = fold_options,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_fold,
};

const FoveaCommand fovea_command_sae_info = {
    .name = "sae info",
    .usage = "FOLDER",
    .summary = "Tell what a sparse autoencoder is",
    .details = "Reads folders of SAELens (6 and older), sparsify, Gemma Scope, Llama Scope and\n"
               "dictionary_learning (safetensors). Pickles are refused: they are programs.",
    .example = "fovea sae info my-sae",
    .options = info_options,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_info,
};

const FoveaCommand fovea_command_sae_eval = {
    .name = "sae eval",
    .usage = "FOLDER STORE",
    .summary = "Measure a sparse autoencoder on captured activations",
    .details =
        "Codes count if they are not 0, whatever their sign; special tokens are left out.\n"
        "The tables 'sae_quality' and 'sae_latents' stay in the store. --model runs the model\n"
        "with the reconstruction, zeros and the mean at the site: loss and KL recovered.",
    .example = "fovea sae eval my-sae a.fovea --model demo",
    .options = eval_options,
    .prints = TRUE,
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run_eval,
};
