/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea capture`: from the command line to a request, then app/capture-job.h does the work. */
#include <stdio.h>

#include "app/capture-job.h"
#include "app/capture-prediction.h"
#include "app/command/array-table.h"
#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/job-time.h"
#include "capture/count-text.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE (
        "file", 'f', TEXTS, "FILE", "text file, - is standard input; several may follow"),
    FOVEA_ROW_VALUE ("jsonl", 0, TEXT, "FILE", "lines of {\"text\": ...} or {\"ids\": [...]}"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "token ids, as 0,519,671"),
    FOVEA_ROW_INTEGER (
        "random-repeat", "P", 1, 1 << 24, "P random tokens, twice: the standard induction test"),
    FOVEA_ROW_VALUE ("target",
                     0,
                     TEXT,
                     "TEXT",
                     "what the decoder of an encoder-decoder reads (default: only its beginning)"),
    FOVEA_ROW_INTEGER ("tokens", "N", 1, 1 << 24, "tokens of a sequence (default: the context)"),
    FOVEA_ROW_INTEGER (
        "stride", "S", 1, 1 << 24, "start a window every S tokens (default: only the first)"),
    FOVEA_ROW_INTEGER (
        "limit", "M", 1, 1 << 24, "most sequences (default: all; 10 random repeats)"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    FOVEA_ROW_INTEGER (
        "generate", "N", 1, 1 << 24, "continue each sequence by N greedy tokens first"),
    FOVEA_ROW_VALUE ("points",
                     0,
                     TEXT,
                     "GLOBS",
                     "what to keep (default attention; all = every point but those that fovea "
                     "points has by name)"),
    FOVEA_ROW_CHOICE ("keep", "TYPE", "f32|bf16|f16", "element type in the store (default f32)"),
    FOVEA_ROW_FLAG ("dense", "keep scores and patterns as whole maps where they are asked for"),
    FOVEA_ROW_FLAG ("dry-run", "print arrays, bytes and memory, and run nothing"),
    FOVEA_ROW_FLAG ("resume", "go on where an interrupted run of the same options stopped"),
    FOVEA_ROW_VALUE (
        "shard", 0, SHARD, "I/N", "every N-th sequence from I (default: the Slurm array task)"),
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "STORE", "store to make or add to"),
    {NULL},
};

/* Texts and files from -f and from arguments: after -f, more arguments are more files. */
static gboolean
fill_source (FoveaCaptureRequest *request, const FoveaArguments *arguments, GError **error)
{
    const char *text = fovea_arguments_positional (arguments, 1);
    gboolean has_files = fovea_arguments_has (arguments, "file");
    if (has_files) {
        g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
        g_strv_builder_addv (files, (const char **) fovea_arguments_texts (arguments, "file"));
        for (guint i = 1; fovea_arguments_positional (arguments, i) != NULL; i++) {
            const char *path = fovea_arguments_positional (arguments, i);
            if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
                g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                             "'%s' after -f is no file; a text and -f exclude each other", path);
                return FALSE;
            }
            g_strv_builder_add (files, path);
        }
        request->files = g_strv_builder_end (files);
    } else if (fovea_arguments_positional (arguments, 2) != NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "unexpected argument '%s'; quote a text with spaces",
                     fovea_arguments_positional (arguments, 2));
        return FALSE;
    } else if (text != NULL) {
        request->text = g_strdup (text);
    }
    request->jsonl = g_strdup (fovea_arguments_text (arguments, "jsonl", NULL));
    const gint32 *ids = fovea_arguments_ids (arguments, "ids", &request->n_ids);
    request->ids = g_memdup2 (ids, (gsize) request->n_ids * sizeof (gint32));
    request->random_repeat = fovea_arguments_integer (arguments, "random-repeat", 0);
    return TRUE;
}

/* --shard, else Slurm's array task if there is one. */
static gboolean
fill_shard (FoveaCaptureRequest *request, const FoveaArguments *arguments, GError **error)
{
    fovea_arguments_pair (arguments, "shard", &request->shard, &request->n_shards);
    const char *task = g_getenv ("SLURM_ARRAY_TASK_ID");
    const char *count = g_getenv ("SLURM_ARRAY_TASK_COUNT");
    if (fovea_arguments_has (arguments, "shard") || task == NULL || count == NULL)
        return TRUE;
    guint64 i, n;
    if (g_ascii_string_to_unsigned (count, 10, 1, G_MAXINT32, &n, NULL) &&
        g_ascii_string_to_unsigned (task, 10, 0, n - 1, &i, NULL)) {
        request->shard = (gint64) i;
        request->n_shards = (gint64) n;
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "SLURM_ARRAY_TASK_ID is '%s' of SLURM_ARRAY_TASK_COUNT '%s', expected tasks from "
                 "0; give --shard I/N",
                 task, count);
    return FALSE;
}

static FoveaDtype
get_keep (const FoveaArguments *arguments)
{
    FoveaDtype dtype = FOVEA_F32;
    fovea_dtype_from_name (fovea_arguments_text (arguments, "keep", "f32"), &dtype);
    return dtype;
}

/* The whole command line as one request. */
static FoveaCaptureRequest *
make_request (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    request->model = g_strdup (fovea_arguments_positional (arguments, 0));
    request->target = g_strdup (fovea_arguments_text (arguments, "target", NULL));
    request->tokens = fovea_arguments_integer (arguments, "tokens", 0);
    request->stride = fovea_arguments_integer (arguments, "stride", 0);
    request->limit = fovea_arguments_integer (arguments, "limit", 0);
    request->no_special = fovea_arguments_has (arguments, "no-special");
    request->generate = fovea_arguments_integer (arguments, "generate", 0);
    request->seed = (guint64) fovea_arguments_integer (arguments, "seed", 0);
    request->points = g_strdup (fovea_arguments_text (arguments, "points", NULL));
    request->keep = get_keep (arguments);
    request->dense = fovea_arguments_has (arguments, "dense");
    request->device = g_strdup (fovea_arguments_text (arguments, "device", NULL));
    request->precision = fovea_command_get_precision (context);
    request->threads = (int) fovea_arguments_integer (arguments, "threads", 0);
    request->memory = (guint64) fovea_arguments_integer (arguments, "memory", 0);
    if (!fill_source (request, arguments, error) || !fill_shard (request, arguments, error))
        return NULL;
    return g_steal_pointer (&request);
}

/* Combinations in which an option would do nothing. */
static gboolean
check_combinations (const FoveaArguments *arguments, GError **error)
{
    static const char *const sources[] = {"file", "jsonl", "ids", "random-repeat", NULL};
    static const char *const dry[] = {"dry-run", "resume", NULL};
    static const struct {
        const char *source, *option;
    } idle[] = {
        {"ids", "target"},
        {"random-repeat", "target"},
        {"ids", "tokens"},
        {"ids", "stride"},
        {"ids", "limit"},
        {"ids", "no-special"},
        {"random-repeat", "tokens"},
        {"random-repeat", "stride"},
        {"random-repeat", "no-special"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (idle); i++) {
        const char *const pair[] = {idle[i].source, idle[i].option, NULL};
        if (!fovea_arguments_exclude (arguments, pair, error))
            return FALSE;
    }
    if (!fovea_arguments_exclude (arguments, sources, error) ||
        !fovea_arguments_exclude (arguments, dry, error) ||
        !fovea_arguments_need (arguments, "seed", "random-repeat", error) ||
        !fovea_arguments_need (arguments, "dense", "points", error))
        return FALSE;
    if (fovea_arguments_has (arguments, "output") || fovea_arguments_has (arguments, "dry-run"))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "no store given: add -o FILE.fovea");
    return FALSE;
}

/* What the run would take, in the words of the window's prediction. */
static void
print_prediction (FoveaCaptureJob *job, gint64 n_tokens)
{
    guint64 bytes;
    FoveaMemoryPlan memory = {0};
    fovea_capture_job_predict (job, &bytes, &memory);
    g_autofree char *store = g_format_size (bytes);
    g_autofree char *peak =
        g_format_size (memory.weights + memory.cache + memory.scratch + memory.kept);
    g_autofree char *weights = g_format_size (memory.weights);
    g_autofree char *cache = g_format_size (memory.cache);
    g_autofree char *scratch = g_format_size (memory.scratch);
    g_autofree char *waiting = g_format_size (memory.kept);
    g_autofree char *all = fovea_count_text (fovea_capture_job_get_sequences (job)->len);
    g_autofree char *tokens = fovea_count_text (n_tokens);
    g_autofree char *rows = fovea_count_text (memory.chunk);
    printf ("sequences    %s, the first of %s tokens\n", all, tokens);
    printf ("store        %s for all sequences\n", store);
    printf (
        "peak memory  %s: weights %s (mapped), cache %s, scratch %s, store %s; %s rows at a time\n",
        peak, weights, cache, scratch, waiting, rows);
    if (memory.host > 0) {
        g_autofree char *host = g_format_size (memory.host);
        printf ("beside it    %s of the host's memory\n", host);
    }
    printf ("device       %s\n", fovea_device_describe (fovea_capture_job_get_device (job)));
    g_autoptr (FoveaPrediction) prediction = fovea_prediction_new (job, NULL);
    g_autofree char *time = fovea_prediction_describe_time (prediction->seconds);
    printf ("time         %s\n", *time != '\0' ? time : "unknown");
    if (prediction->refusal != NULL)
        printf ("does not fit %s\n", prediction->refusal);
}

/* Arrays of the first sequence and the prediction for all; runs nothing. */
static gboolean
run_dry (FoveaCaptureJob *job)
{
    const FoveaTraceInfo *info = g_ptr_array_index (fovea_capture_job_get_sequences (job), 0);
    g_autoptr (GPtrArray) list =
        fovea_plan_list_arrays (fovea_capture_job_get_plan (job), info->n_tokens);
    g_autoptr (FoveaTable) arrays = fovea_array_table_new ("arrays", list, NULL);
    g_autofree char *text = fovea_table_print (arrays, FOVEA_FORMAT_TEXT);
    fputs (text, stdout);
    print_prediction (job, info->n_tokens);
    return TRUE;
}

typedef struct {
    FoveaMeter *meter;
    gint64 started; /* us, monotonic */
} Meter;

/* FoveaCaptureProgressFunc that draws the meter, whose pace is that of what is made now. */
static void
on_progress (gpointer data, const FoveaCaptureProgress *progress)
{
    Meter *shown = data;
    g_autofree char *detail = g_strdup_printf ("sequence %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                                               MIN (progress->sequence + 1, progress->n_sequences),
                                               progress->n_sequences);
    fovea_meter_expect (shown->meter,
                        fovea_job_time_begin (shown->started, progress->kept, progress->tokens), 0);
    fovea_meter_update (shown->meter, progress->tokens, detail);
}

static gint64
count_tokens (GPtrArray *sequences)
{
    gint64 n = 0;
    for (guint i = 0; i < sequences->len; i++)
        n += ((const FoveaTraceInfo *) g_ptr_array_index (sequences, i))->n_tokens;
    return n;
}

/* Says what is in the store after the run, complete or not. */
static void
report (FoveaContext *context, FoveaStore *store, gint64 run, double seconds, guint n_wanted)
{
    g_autoptr (GPtrArray) kept = run > 0 ? fovea_store_list_sequences (store, run, NULL) : NULL;
    if (kept == NULL)
        return;
    gint64 n_tokens = 0, n_bytes = 0;
    for (guint i = 0; i < kept->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (kept, i);
        n_tokens += info->n_tokens;
        n_bytes += (gint64) info->n_bytes;
    }
    g_autofree char *tokens = fovea_count_text (n_tokens);
    g_autofree char *bytes = fovea_count_text (n_bytes);
    fovea_command_note (context,
                        "run %" G_GINT64_FORMAT " in %s: %u of %u sequences, %s tokens, %s bytes, "
                        "%.2f s",
                        run, fovea_store_get_path (store), kept->len, n_wanted, tokens, bytes,
                        seconds);
}

/* Captures into the store and says what is in it afterwards, however it ended. */
static gboolean
run_job (FoveaContext *context, FoveaCaptureJob *job, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    GPtrArray *sequences = fovea_capture_job_get_sequences (job);
    if (!fovea_capture_job_allocate (job, error))
        return FALSE;
    g_autoptr (FoveaStore) store = fovea_store_open (
        fovea_arguments_text (arguments, "output", NULL), FOVEA_STORE_CREATE, error);
    if (store == NULL)
        return FALSE;
    gint64 start = g_get_monotonic_time (), run = 0;
    Meter shown = {fovea_meter_new ("capture", "tokens", count_tokens (sequences),
                                    fovea_arguments_has (arguments, "quiet")),
                   start};
    gboolean done = fovea_capture_job_run (job, store, fovea_arguments_has (arguments, "resume"),
                                           on_progress, &shown, &run, context->cancellable, error);
    fovea_meter_free (shown.meter);
    double seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
    report (context, store, run, seconds, sequences->len);
    if (!done && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_clear_error (error);
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                     "capture: interrupted: %s keeps the sequences committed so far; --resume goes "
                     "on",
                     fovea_store_get_path (store));
    }
    return done;
}

static gboolean
run_capture (FoveaContext *context, GError **error)
{
    if (!check_combinations (context->arguments, error))
        return FALSE;
    FoveaCaptureRequest *request = make_request (context, error);
    if (request == NULL)
        return FALSE;
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, error);
    if (job == NULL)
        return FALSE;
    if (fovea_arguments_has (context->arguments, "dry-run"))
        return run_dry (job);
    return run_job (context, job, error);
}

const FoveaCommand fovea_command_capture = {
    .name = "capture",
    .usage = "MODEL -o STORE (TEXT, -f FILE..., --jsonl FILE, --ids LIST or --random-repeat P)",
    .summary = "Run a model and keep what happens inside it in a store",
    .details = "A text longer than --tokens is cut there; with --stride the rest follows in more\n"
               "windows. Ctrl-C keeps every finished sequence; --resume goes on from there.\n"
               "Patterns need no space of their own: they follow exactly from what is kept.",
    .example = "fovea capture demo -o a.fovea \"It was the best of times, it was the worst of "
               "times\"",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .least_arguments = 1,
    .most_arguments = -1,
    .run = run_capture,
};
