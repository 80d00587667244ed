/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae train`: a sparse autoencoder from a model over texts, or from a store. */
#include <unistd.h>

#include "app/command/command.h"
#include "app/command/meter.h"
#include "app/sae-train-job.h"
#include "capture/count-text.h"

#define RULES                                                                                      \
    "standard|gated|jumprelu|jumprelu-tanh|topk|batchtopk|matryoshka|abstopk|batch-abstopk"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("output", 'o', TEXT, "FOLDER", "where the autoencoder and its curves go"),
    FOVEA_ROW_VALUE ("hook", 0, TEXT, "POINT", "what is encoded: blocks.3.hook_resid_post"),
    FOVEA_ROW_VALUE ("target", 0, TEXT, "POINT", "what is decoded instead: a transcoder"),
    FOVEA_ROW_CHOICE ("architecture", "NAME", RULES, "default topk"),
    FOVEA_ROW_INTEGER ("d-sae", "F", 1, 1 << 24, "latents (default 4 times the hook's width)"),
    FOVEA_ROW_NUMBER ("k", "K", 1, 1 << 24, "codes of a row, of top-k rules (default 32)"),
    FOVEA_ROW_INTEGER ("steps", "N", 1, 1 << 30, "default 30000"),
    FOVEA_ROW_INTEGER ("batch", "B", 1, 1 << 20, "rows of a step (default 4096)"),
    FOVEA_ROW_NUMBER ("lr", "RATE", 0, 1, "learning rate of Adam (default 3e-4)"),
    FOVEA_ROW_NUMBER ("sparsity", "C", 0, 1e9, "coefficient of L1 or L0 (default 5; tanh 1)"),
    FOVEA_ROW_NUMBER ("aux", "C", 0, 1e9, "of the loss of dead latents (default 1/32 for top-k)"),
    FOVEA_ROW_INTEGER ("warm-up", "N", 0, 1 << 30, "steps over which the rate rises (default 0)"),
    FOVEA_ROW_INTEGER ("dead-window",
                       "N",
                       1,
                       1 << 30,
                       "steps without firing until a latent is dead (default 1000)"),
    FOVEA_ROW_INTEGER (
        "resample", "N", 0, 1 << 30, "point dead latents elsewhere every N steps (default never)"),
    FOVEA_ROW_VALUE ("widths", 0, IDS, "M,M,...", "prefixes of a matryoshka (default F/4,F/2,F)"),
    FOVEA_ROW_CHOICE ("dtype", "TYPE", "float32|float16|bfloat16", "of the file (default float32)"),
    FOVEA_ROW_CHOICE ("products", "TYPE", "f32|tf32", "of a step on a GPU (default f32)"),
    FOVEA_ROW_VALUE ("file", 'f', TEXTS, "FILE", "of a model: text, may be given several times"),
    FOVEA_ROW_INTEGER ("tokens", "N", 2, 1 << 24, "of a model: windows of the texts (default 128)"),
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "of a store: this run alone (default: all)"),
    FOVEA_ROW_VALUE ("store", 0, TEXT, "STORE", "of a model: keep the curves there, too"),
    FOVEA_ROW_INTEGER ("log-every", "N", 1, 1 << 30, "steps of a row of curves (default 100)"),
    FOVEA_ROW_INTEGER ("keep-every", "N", 1, 1 << 30, "steps of a checkpoint (default 1000)"),
    FOVEA_ROW_VALUE ("resume", 0, FLAG, NULL, "go on from the folder's checkpoint"),
    {NULL},
};

/* A quarter, half and all of the latents, or what --widths says. */
static gboolean
read_widths (const FoveaArguments *arguments, FoveaSaeTrainOptions *o, GError **error)
{
    gint64 n = 0, F = o->n_latents;
    const gint32 *widths = fovea_arguments_ids (arguments, "widths", &n);
    const gint64 usual[] = {MAX (F / 4, 1), MAX (F / 2, 2), F};
    if (o->loss.rule != FOVEA_SAE_RULE_MATRYOSHKA && widths == NULL)
        return TRUE;
    if (o->loss.rule != FOVEA_SAE_RULE_MATRYOSHKA || n > FOVEA_SAE_MOST_WIDTHS) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--widths takes up to %d numbers, with --architecture matryoshka",
                     FOVEA_SAE_MOST_WIDTHS);
        return FALSE;
    }
    o->loss.n_widths = widths != NULL ? (int) n : 3;
    for (int i = 0; i < o->loss.n_widths; i++)
        o->loss.widths[i] = widths != NULL ? widths[i] : usual[i];
    return TRUE;
}

/* Options that mean something only for some rules are refused for the others. */
static gboolean
check_rule (const FoveaArguments *arguments, FoveaSaeRule rule, GError **error)
{
    gboolean ranks = rule >= FOVEA_SAE_RULE_TOPK;
    gboolean chosen = rule == FOVEA_SAE_RULE_TOPK || rule == FOVEA_SAE_RULE_ABSTOPK;
    const char *const idle[] = {ranks ? "sparsity" : "k", chosen ? "products" : NULL};
    for (guint i = 0; i < G_N_ELEMENTS (idle) && idle[i] != NULL; i++)
        if (fovea_arguments_has (arguments, idle[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                         "--%s has no effect with --architecture %s", idle[i],
                         fovea_sae_rule_name (rule));
            return FALSE;
        }
    return TRUE;
}

/* The recipe of the rule, with what was asked for. @width: of the hook. */
static gboolean
read_training (FoveaContext *context, gint64 width, FoveaSaeTrainOptions *o, GError **error)
{
    const FoveaArguments *a = context->arguments;
    FoveaSaeRule rule =
        (FoveaSaeRule) fovea_sae_rule_from_name (fovea_arguments_text (a, "architecture", "topk"));
    if (!check_rule (a, rule, error))
        return FALSE;
    fovea_sae_train_options_init (o, rule);
    o->n_latents = fovea_arguments_integer (a, "d-sae", 4 * width);
    o->steps = fovea_arguments_integer (a, "steps", o->steps);
    o->batch = fovea_arguments_integer (a, "batch", o->batch);
    o->rate = fovea_arguments_number (a, "lr", o->rate);
    o->warm_up = fovea_arguments_integer (a, "warm-up", 0);
    o->decay = o->steps / 5;
    o->sparsity_warm_up = o->sparsity_warm_up == 30000  ? o->steps
                          : o->sparsity_warm_up == 1500 ? o->steps / 20
                                                        : 0;
    o->dead_window = fovea_arguments_integer (a, "dead-window", o->dead_window);
    o->resample_every = fovea_arguments_integer (a, "resample", 0);
    o->seed = (guint64) fovea_arguments_integer (a, "seed", 42);
    o->rounded = g_str_equal (fovea_arguments_text (a, "products", "f32"), "tf32");
    o->loss.k = fovea_arguments_number (a, "k", o->loss.k);
    o->loss.sparsity = fovea_arguments_number (a, "sparsity", o->loss.sparsity);
    o->loss.aux = fovea_arguments_number (a, "aux", o->loss.aux);
    o->loss.transcoder = fovea_arguments_has (a, "target");
    o->loss.subtracts_b_dec = !o->loss.transcoder;
    if (o->loss.transcoder && rule != FOVEA_SAE_RULE_STANDARD && rule != FOVEA_SAE_RULE_JUMPRELU &&
        rule != FOVEA_SAE_RULE_JUMPRELU_TANH && rule != FOVEA_SAE_RULE_BATCHTOPK) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--target: a transcoder is standard, jumprelu, jumprelu-tanh or batchtopk");
        return FALSE;
    }
    return read_widths (a, o, error);
}

/* A store by its first bytes, or by its suffix if it is not there. */
static gboolean
is_store (const char *path)
{
    g_autoptr (FoveaStore) store = NULL;
    if (g_str_has_suffix (path, ".fovea"))
        return TRUE;
    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return FALSE;
    store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    return store != NULL;
}

static FoveaSaeSource *
open_model (FoveaContext *context, const char *name, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const FoveaSaeSourceOptions source = {fovea_arguments_text (a, "hook", NULL),
                                          fovea_arguments_text (a, "target", NULL),
                                          (guint64) fovea_arguments_integer (a, "seed", 42)};
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    if (!fovea_arguments_has (a, "file")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "sae train: a model needs text: -f FILE");
        return NULL;
    }
    request->model = g_strdup (name);
    request->files = g_strdupv (fovea_arguments_texts (a, "file"));
    request->tokens = request->stride = fovea_arguments_integer (a, "tokens", 128);
    request->device = g_strdup (fovea_arguments_text (a, "device", NULL));
    request->precision = fovea_command_get_precision (context);
    request->threads = (int) fovea_arguments_integer (a, "threads", 0);
    request->memory = (guint64) fovea_arguments_integer (a, "memory", 0);
    return fovea_sae_source_new_from_model (request, &source, context->cancellable, error);
}

static FoveaSaeSource *
open_store (FoveaContext *context, FoveaStore *store, GError **error)
{
    const FoveaArguments *a = context->arguments;
    static const char *const idle[] = {"file", "tokens", "store", "precision", "memory", NULL};
    const FoveaSaeSourceOptions source = {fovea_arguments_text (a, "hook", NULL),
                                          fovea_arguments_text (a, "target", NULL),
                                          (guint64) fovea_arguments_integer (a, "seed", 42)};
    for (const char *const *name = idle; *name != NULL; name++)
        if (fovea_arguments_has (a, *name)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s has no effect on a store",
                         *name);
            return NULL;
        }
    return fovea_sae_source_new_from_store (store, fovea_arguments_integer (a, "run", 0), &source,
                                            context->cancellable, error);
}

typedef struct {
    FoveaContext *context;
    FoveaMeter *meter;
} TrainMeter;

/* FoveaSaeTrainProgress: the bar, with what people watch. */
static void
on_progress (gpointer data, const FoveaSaeTrainStep *s)
{
    TrainMeter *m = data;
    g_autofree char *detail =
        g_strdup_printf ("loss %.4g  L0 %.1f  dead %.1f %%  explained %.1f %%", s->loss, s->l0,
                         100 * s->dead, 100 * s->explained);
    fovea_meter_update (m->meter, s->step, detail);
}

static FoveaTable *
train (FoveaContext *context, FoveaSaeSource *source, GError **error)
{
    const FoveaArguments *a = context->arguments;
    gint64 d_in, d_out;
    fovea_sae_source_get_widths (source, &d_in, &d_out);
    FoveaSaeTrainRequest request = {
        .folder = fovea_arguments_text (a, "output", NULL),
        .hook = fovea_arguments_text (a, "hook", NULL),
        .target = fovea_arguments_text (a, "target", NULL),
        .log_every = fovea_arguments_integer (a, "log-every", 100),
        .keep_every = fovea_arguments_integer (a, "keep-every", 1000),
        .resume = fovea_arguments_has (a, "resume"),
        .device = fovea_arguments_text (a, "device", NULL),
        .threads = (int) fovea_arguments_integer (a, "threads", 0),
    };
    const char *dtype = fovea_arguments_text (a, "dtype", "float32");
    request.dtype = g_str_equal (dtype, "float16")    ? FOVEA_F16
                    : g_str_equal (dtype, "bfloat16") ? FOVEA_BF16
                                                      : FOVEA_F32;
    if (!read_training (context, d_in, &request.train, error))
        return NULL;
    g_autofree char *rows = fovea_count_text (fovea_sae_source_get_n_rows (source));
    g_autofree char *wide = fovea_count_text (d_in);
    fovea_command_note (context, "%s %s: %s rows of %s a pass",
                        fovea_sae_source_get_model_name (source), request.hook, rows, wide);
    TrainMeter m = {context, fovea_meter_new ("sae train", "steps", request.train.steps,
                                              fovea_arguments_has (a, "quiet"))};
    FoveaTable *table =
        fovea_sae_train_job_run (source, &request, on_progress, &m, context->cancellable, error);
    fovea_meter_free (m.meter);
    return table;
}

/* The last row in words. */
static void
note_result (FoveaContext *context, FoveaTable *curves)
{
    guint n = fovea_table_get_n_rows (curves);
    if (n == 0)
        return;
    fovea_command_note (context, "explained variance %.4f, L0 %.2f, dead %.2f %%: %s",
                        fovea_table_read_number (curves, n - 1, "explained_variance"),
                        fovea_table_read_number (curves, n - 1, "l0"),
                        100 * fovea_table_read_number (curves, n - 1, "dead"),
                        fovea_arguments_text (context->arguments, "output", NULL));
}

/* Keeps the curves; a store that may not be written is no failure, for the folder has them. */
static gboolean
keep_curves (FoveaContext *context, const char *path, FoveaTable *curves, GError **error)
{
    if (path == NULL)
        return TRUE;
    if (access (path, F_OK) == 0 && access (path, W_OK) != 0) {
        fovea_command_note (context, "%s may not be written: the curves are not kept there", path);
        return TRUE;
    }
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_CREATE, error);
    return store != NULL && fovea_store_put_table (store, 0, curves, error);
}

static gboolean
run_sae_train (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const char *object = fovea_arguments_positional (a, 0);
    static const char *const needed[] = {"output", "hook"};
    g_autoptr (FoveaStore) store = NULL;
    g_autoptr (FoveaSaeSource) source = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
        if (!fovea_arguments_has (a, needed[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "sae train: --%s is needed",
                         needed[i]);
            return FALSE;
        }
    if (is_store (object)) {
        store = fovea_store_open (object, FOVEA_STORE_READ, error);
        source = store != NULL ? open_store (context, store, error) : NULL;
    } else {
        source = open_model (context, object, error);
    }
    if (source == NULL)
        return FALSE;
    g_autoptr (FoveaTable) curves = train (context, source, error);
    if (curves == NULL)
        return FALSE;
    note_result (context, curves);
    return keep_curves (context, store != NULL ? object : fovea_arguments_text (a, "store", NULL),
                        curves, error);
}

const FoveaCommand fovea_command_sae_train = {
    .name = "sae train",
    .usage = "(MODEL -f FILE or STORE) --hook POINT -o FOLDER",
    .summary = "Train a sparse autoencoder on what a point of a model does",
    .details =
        "A model is run over the files, in windows of --tokens; a store gives what it holds.\n"
        "Rows are mixed before they are used, and the first position of each window is left\n"
        "out. The folder has cfg.json and sae_weights.safetensors as SAELens reads them, and\n"
        "curves.tsv. A run that is interrupted keeps checkpoint.safetensors there, from which\n"
        "--resume goes on to the same result. Training is the CPU's work; --device cuda\n"
        "trains on the GPU, with f32 weights and products.",
    .example = "fovea sae train demo -f data/texts/moby_dick.txt --hook blocks.3.hook_resid_post"
               " --d-sae 768 --k 16 --steps 20 --batch 256 -o my-sae",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_sae_train,
};
